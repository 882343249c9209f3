"""Studies of production: time, parts, losses, orders and reliability."""

from . import bottleneck, changeovers, counts, cycle_times, kpis, losses, oee, orders, reliability, semi, states

__all__ = [
    "bottleneck",
    "changeovers",
    "counts",
    "cycle_times",
    "kpis",
    "losses",
    "oee",
    "orders",
    "reliability",
    "semi",
    "states",
]
