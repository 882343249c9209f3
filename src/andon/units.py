"""Quantities: a number that knows its UCUM unit, so every surface can print it."""

import re
from dataclasses import dataclass
from typing import Annotated

from .errors import BadInput


@dataclass(frozen=True, slots=True)
class Unit:
    """The UCUM code of a number's unit: `Unit("kW.h")`."""

    code: str


Ratio = Annotated[float, Unit("1")]
Probability = Annotated[float, Unit("{p}")]
"""A p-value or the like: people read it as a number such as 0.0004 (`probable`), not in per cent."""
Correlation = Annotated[float, Unit("{r}")]
"""From -1 to 1."""
Factor = Annotated[float, Unit("{ratio}")]
"""How many times as large; 1 is alike."""
Statistic = Annotated[float, Unit("{statistic}")]
"""What a test statistic, a coefficient or a shape came to: a bare number."""
Parts = Annotated[float, Unit("{part}")]
Micros = Annotated[int, Unit("us")]
Moment = Annotated[int, Unit("us{1970}")]
"""A moment: microseconds since 1970-01-01T00:00Z. Faces print it as local time, where `Micros` is a length."""
Seconds = Annotated[float, Unit("s")]
Hertz = Annotated[float, Unit("Hz")]
KilowattHours = Annotated[float, Unit("kW.h")]
Kilograms = Annotated[float, Unit("kg")]
Measured = Annotated[float, Unit("{value}")]
"""A value in the unit of what was measured, which the answer names."""
Money = Annotated[float, Unit("{money}")]

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

LENGTHS = {"us": 1, "ms": 1_000, "s": SECOND, "min": MINUTE, "h": HOUR, "d": 24 * HOUR, "w": 7 * 24 * HOUR}


BARE = ("", "1", "us", "us{1970}", "{p}", "{statistic}", "{unit2}")
"""Units of which nothing is told beside the figure: it shows them itself, or has none that has a name."""


def probable(value: float) -> str:
    """A probability as people read it.

    >>> probable(0.00041), probable(3e-7), probable(0.25)
    ('0.0004', '< 0.0001', '0.2500')
    """
    return "< 0.0001" if 0 <= value < 0.0001 else f"{value:.4f}"


def duration(text: str) -> int:
    """Read a length of time such as `45 s`, `1.5 min`, `90 d` as microseconds.

    >>> duration("45 s"), duration("1.5 min")
    (45000000, 90000000)
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*", text)
    if not match or match[2] not in LENGTHS:
        raise BadInput(f"{text!r} is not a length of time. Write a number and one of {', '.join(LENGTHS)}: '45 s'.")
    return round(float(match[1]) * LENGTHS[match[2]])
