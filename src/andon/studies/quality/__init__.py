"""Studies of quality: what was measured on units against what it should be."""

from . import capability, gauge_rr

__all__ = ["capability", "gauge_rr"]
