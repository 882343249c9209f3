"""Studies of production: time, parts, losses, orders and reliability."""

FILES = {
    "bottleneck": "bottleneck",
    "changeovers": "changeovers",
    "counts": "counts",
    "cycle-times": "cycle_times",
    "kpis": "kpis",
    "losses": "losses",
    "oee": "oee",
    "oee-semi": "semi",
    "orders": "orders",
    "reliability": "reliability",
    "states": "states",
    "throughput-yield": "counts",
}
"""The file of each study."""
