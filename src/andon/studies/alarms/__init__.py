"""Studies of alarms: whether people can live with them."""

from . import load

__all__ = ["load"]
