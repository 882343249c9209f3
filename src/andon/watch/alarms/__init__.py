"""Alarms (ISA-18.2, IEC 62682): what raises them, what becomes of them, kept as spells in the history."""

from .keeper import Keeper, Raise
from .life import Stage
from .occurrence import OPEN, Occurrence
from .panel import Panel
from .record import recover

__all__ = ["OPEN", "Keeper", "Occurrence", "Panel", "Raise", "Stage", "recover"]
