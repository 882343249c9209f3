"""Studies of yield: bins, wafers and tests, and what bad units have in common."""

from . import bins, commonality, lot_acceptance, machine_yield, parametric, part_average, testing_time

__all__ = ["bins", "commonality", "lot_acceptance", "machine_yield", "parametric", "part_average", "testing_time"]
