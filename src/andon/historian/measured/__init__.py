"""Units as they were tested, and what was measured on them: kept once, read by test."""

from .form import Formed, form
from .keep import Blocks, bulky, enter, insert, seal, write_blocks
from .listed import tested, tests
from .look import measurements, units

__all__ = [
    "Blocks",
    "Formed",
    "bulky",
    "enter",
    "form",
    "insert",
    "measurements",
    "seal",
    "tested",
    "tests",
    "units",
    "write_blocks",
]
