"""Studies of production: time, parts, losses, orders and reliability."""

from . import counts, losses, oee, semi, states

__all__ = ["counts", "losses", "oee", "semi", "states"]
