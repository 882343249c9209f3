"""Studies of yield: bins, wafers and tests, and what bad units have in common."""

from . import commonality, lot_acceptance, parametric, part_average, testing_time

__all__ = ["commonality", "lot_acceptance", "parametric", "part_average", "testing_time"]
