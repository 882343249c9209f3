"""Studies of yield: bins, wafers and tests, and what bad units have in common."""

from . import bins, lot_acceptance, parametric, part_average, wafer_map

__all__ = ["bins", "lot_acceptance", "parametric", "part_average", "wafer_map"]
