"""What people may change: typed, with the right it needs, audited."""

from ..plant.login import RIGHTS
from . import alarms, calls, charts, entries, orders, standing, stops  # noqa: F401  (importing them fills the register)
from .door import act, rehearsed, settle
from .register import ACTS, Act, Argument, Desk, Memory, may
from .repeats import Repeats

__all__ = ["ACTS", "RIGHTS", "Act", "Argument", "Desk", "Memory", "Repeats", "act", "may", "rehearsed", "settle"]
