"""Studies of yield: bins, wafers and tests, and what bad units have in common."""

from . import bins, defect_density, wafer_map, yield_model

__all__ = ["bins", "defect_density", "wafer_map", "yield_model"]
