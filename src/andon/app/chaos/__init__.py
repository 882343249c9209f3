"""Chaos: real servers, a real `andon run`, faults one after the other, and an exact account of every sample."""

from .chaos import chaos
from .trials import LONG, SHORT, Trial

__all__ = ["LONG", "SHORT", "Trial", "chaos"]
