"""What people may change: typed, with the right it needs, audited."""

from ..plant.login import RIGHTS
from . import (  # noqa: F401  (importing them fills the register)
    alarms,
    calls,
    charts,
    entries,
    inspections,
    orders,
    standing,
    stops,
)
from .door import act, rehearsed, settle
from .register import ACTS, Act, Argument, Desk, Memory, may
from .repeats import Repeats

__all__ = ["ACTS", "RIGHTS", "Act", "Argument", "Desk", "Memory", "Repeats", "act", "may", "rehearsed", "settle"]
