"""Standing questions at work: asked when a shift has closed, their answers kept, alarms raised."""

from .answers import Answers, Given
from .asking import Asking

__all__ = ["Answers", "Asking", "Given"]
