"""What people may change: typed, with the right it needs, audited."""

from ..plant.login import RIGHTS
from . import alarms, entries, orders, stops  # noqa: F401  (importing them fills the register)
from .door import act, settle
from .register import ACTS, Act, Argument, Desk, Memory, may

__all__ = ["ACTS", "RIGHTS", "Act", "Argument", "Desk", "Memory", "act", "may", "settle"]
