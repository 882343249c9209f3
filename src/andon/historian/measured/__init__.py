"""Units as they were tested, and what was measured on them: kept once, read by test."""

from .drop import drop, due, tested_places
from .flat import SCHEMAS, flat
from .form import Formed, form
from .keep import Blocks, bulky, enter, insert, seal, write_blocks
from .listed import tested, tests
from .look import measurements, units

__all__ = [
    "SCHEMAS",
    "Blocks",
    "Formed",
    "bulky",
    "drop",
    "due",
    "enter",
    "flat",
    "form",
    "insert",
    "measurements",
    "seal",
    "tested",
    "tested_places",
    "tests",
    "units",
    "write_blocks",
]
