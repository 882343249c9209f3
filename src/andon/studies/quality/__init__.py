"""Studies of quality: what was measured on units against what it should be."""

from . import capability

__all__ = ["capability"]
