"""Studies of yield: bins, wafers and tests, and what bad units have in common."""

from . import (
    bins,
    commonality,
    defect_density,
    lot_acceptance,
    machine_yield,
    parametric,
    parametric_map,
    part_average,
    testing_time,
    wafer_map,
    wafer_pattern,
    yield_model,
)

__all__ = [
    "bins",
    "commonality",
    "defect_density",
    "lot_acceptance",
    "machine_yield",
    "parametric",
    "parametric_map",
    "part_average",
    "testing_time",
    "wafer_map",
    "wafer_pattern",
    "yield_model",
]
