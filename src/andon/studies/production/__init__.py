"""Studies of production: time, parts, losses, orders and reliability."""

from . import losses, oee

__all__ = ["losses", "oee"]
