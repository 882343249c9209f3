"""Studies of yield: bins, wafers and tests, and what bad units have in common."""

FILES = {
    "bins": "bins",
    "commonality": "commonality",
    "defect-density": "defect_density",
    "lot-acceptance": "lot_acceptance",
    "parametric": "parametric",
    "parametric-map": "parametric_map",
    "part-average": "part_average",
    "test-time": "testing_time",
    "test-to-machine": "machine_yield",
    "wafer-map": "wafer_map",
    "wafer-pattern": "wafer_pattern",
    "yield-model": "yield_model",
}
"""The file of each study."""
