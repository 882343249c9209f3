"""Studies of yield: bins, wafers and tests, and what bad units have in common."""

from . import parametric

__all__ = ["parametric"]
