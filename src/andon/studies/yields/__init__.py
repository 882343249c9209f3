"""Studies of yield: bins, wafers and tests, and what bad units have in common."""

from . import bins, wafer_map

__all__ = ["bins", "wafer_map"]
