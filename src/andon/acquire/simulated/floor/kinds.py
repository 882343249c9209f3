"""The type that a machine's controller gives a signal."""

from __future__ import annotations

from typing import Literal

from ..layout import MACHINES
from ..paper import UNITS

Kind = Literal["Double", "Int16", "String", "UInt32", "UInt64"]
WHOLE = {m.path for m in MACHINES if isinstance(next(iter(m.row.codes.values())), int)}
"""Machines whose states are whole numbers."""


def kind_of(path: str) -> Kind:
    """Whole numbers for counters and most states, texts, floats.

    >>> kind_of("line-1/press-1/state"), kind_of("line-1/cell-1/state"), kind_of("line-1/cell-1/good_count")
    ('Int16', 'String', 'UInt32')
    """
    machine, _, name = path.rpartition("/")
    if name.endswith("_count"):
        return "UInt32"
    if name == "tick":
        return "UInt64"
    if name == "state":
        return "Int16" if machine in WHOLE else "String"
    return "Double" if name in UNITS else "String"
