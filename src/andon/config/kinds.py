"""The kinds of values in plant.toml: durations, times of day, dates, units, names; each read with a clear complaint."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from ..errors import AndonError
from ..model import Element, Loss, State
from ..plant import ROLES
from ..plant.calendar import WEEKDAYS
from ..plant.states import STATE_MAPS
from ..plant.ucum import is_unit, nearest_unit
from ..plant.zones import clock, zone_names
from ..units import LENGTHS, duration

YEAR = 31_557_600_000_000
"""A Julian year in microseconds: 365.25 days."""

STOP_LOSSES = tuple(x.value for x in (Loss.BREAKDOWN, Loss.SETUP, Loss.MINOR_STOP, Loss.DELAY, Loss.IDLE))
SIGNAL_KINDS = ("number", "integer", "boolean", "text", "state", "count", "waveform")
MAPPED = tuple(s.value for s in State if s is not State.UNKNOWN)


def nearest(found: str, known: Iterable[str]) -> str:
    """`Did you mean 'x'?`, or the first names that there are.

    >>> nearest("prodcing", ["producing", "setup"]), nearest("zzz", ["producing", "setup"])
    ("Did you mean 'producing'?", 'Known: producing, setup.')
    """
    choices = sorted(known)
    folded = {c.casefold(): c for c in choices}
    near = get_close_matches(found.casefold(), folded, n=3)
    if near:
        # Of equally near ones, that with the same letters: ADTE is ADET, not ADOT.
        return f"Did you mean {folded[max(near, key=lambda c: sorted(c) == sorted(found.casefold()))]!r}?"
    more = f" and {len(choices) - 12} more" if len(choices) > 12 else ""
    return f"Known: {', '.join(choices[:12]) or 'none'}{more}."


def _one_of(what: str, known: Iterable[str]) -> Callable[[str], str]:
    choices = tuple(known)

    def read(found: str) -> str:
        if found not in choices:
            raise ValueError(f"{found!r} is no {what}. {nearest(found, choices)}")
        return found

    return read


def _length(found: object) -> int:
    """A positive length of time, in microseconds."""
    if not isinstance(found, str):
        raise ValueError(f"{found!r} has no unit. Write a length of time such as '45 s', in quotes.")
    years = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*y\s*", found)
    try:
        length = round(float(years[1]) * YEAR) if years else duration(found)
    except AndonError as wrong:
        raise ValueError(str(wrong)) from None
    if length <= 0:
        raise ValueError(f"{found!r} is no time at all. Write a length greater than zero.")
    return length


def _kept(found: object) -> int | None:
    return None if found == "forever" else _length(found)


def _switched(found: object) -> int | None:
    return None if found == "off" else _length(found)


def _clock(found: object) -> time:
    if isinstance(found, time):
        return found
    if not isinstance(found, str):
        raise ValueError(f"{found!r} is not a time of day. Write hours and minutes: '06:00'.")
    try:
        return clock(found)
    except AndonError as wrong:
        raise ValueError(str(wrong)) from None


def _day(found: object) -> date:
    if isinstance(found, date) and not isinstance(found, datetime):
        return found
    try:
        return date.fromisoformat(str(found))
    except ValueError:
        raise ValueError(f"{found!s} is not a date. Write year-month-day: 2022-09-01.") from None


def _start(found: object) -> date | datetime:
    if isinstance(found, datetime):
        return found
    return datetime.fromisoformat(found) if isinstance(found, str) and ":" in found and _dated(found) else _day(found)


def _dated(found: str) -> bool:
    try:
        return bool(datetime.fromisoformat(found))
    except ValueError:
        return False


def _unit(found: str) -> str:
    if is_unit(found):
        return found
    near = nearest_unit(found)
    hint = f"Did you mean {near!r}?" if near else "Examples: 'kW', 'kW.h', 'Cel', 'mm/s', '{part}', '1'."
    raise ValueError(f"{found!r} is no UCUM unit. {hint}")


def _named(called: str, form: str, example: str) -> Callable[[str], str]:
    def read(found: str) -> str:
        if not re.fullmatch(form, found):
            raise ValueError(f"{found!r} is no {called}: letters, digits, '-', '_' and '.' only. Example: '{example}'.")
        return found

    return read


def _state_map(found: object) -> str | dict[str, str]:
    """A map by name, or one written in place."""
    if isinstance(found, str):
        return found
    if not isinstance(found, dict):
        raise ValueError(f"{found!r} is no state map. Write the name of one, or {{ '2' = 'producing' }}.")
    read = _one_of("state", MAPPED)
    return {key: read(str(state)) for key, state in found.items()}


NAME, PATH = r"[\w.-]+", r"[\w.-]+(/[\w.-]+)*"
LENGTH_FORM = r"^\s*\d+(\.\d+)?\s*(" + "|".join((*LENGTHS, "y")) + r")\s*$"
CLOCK_FORM = r"^([01]?\d|2[0-4]):[0-5]\d(:[0-5]\d)?$"

Length = Annotated[
    int,
    BeforeValidator(_length),
    WithJsonSchema({"type": "string", "pattern": LENGTH_FORM, "examples": ["45 s", "1.5 min", "8 h"]}),
]
Kept = Annotated[
    int | None,
    BeforeValidator(_kept),
    WithJsonSchema(
        {"type": "string", "pattern": LENGTH_FORM[:-1] + r"|forever$", "examples": ["10 y", "90 d", "forever"]}
    ),
]
Switched = Annotated[
    int | None,
    BeforeValidator(_switched),
    WithJsonSchema({"type": "string", "pattern": LENGTH_FORM[:-1] + r"|off$", "examples": ["1 min", "off"]}),
]
Clock = Annotated[
    time, BeforeValidator(_clock), WithJsonSchema({"type": "string", "pattern": CLOCK_FORM, "examples": ["06:00"]})
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Start = Annotated[
    date | datetime,
    BeforeValidator(_start),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "format": "date"},
                {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d"},
            ]
        }
    ),
]
UnitCode = Annotated[
    str,
    AfterValidator(_unit),
    WithJsonSchema({"type": "string", "examples": ["kW", "kW.h", "Cel", "mm/s", "{part}", "1"]}),
]
Zone = Annotated[
    str,
    AfterValidator(_one_of("IANA time zone", zone_names())),
    WithJsonSchema({"type": "string", "examples": ["Europe/Rome", "Asia/Shanghai", "America/New_York"]}),
]
Name = Annotated[
    str, AfterValidator(_named("name", NAME, "good_count")), WithJsonSchema({"type": "string", "pattern": f"^{NAME}$"})
]
Path = Annotated[
    str,
    AfterValidator(_named("path", PATH, "line-1/press-3")),
    WithJsonSchema({"type": "string", "pattern": f"^{PATH}$"}),
]
Currency = Annotated[
    str,
    AfterValidator(_named("currency", r"[A-Z]{3}|", "EUR")),
    WithJsonSchema({"type": "string", "pattern": "^([A-Z]{3})?$", "examples": ["EUR", "CNY", "USD"]}),
]
StateName = Annotated[
    str, AfterValidator(_one_of("state", MAPPED)), WithJsonSchema({"type": "string", "enum": list(MAPPED)})
]
ElementName = Annotated[
    str,
    AfterValidator(_one_of("ISO 22400 element", (e.value for e in Element))),
    WithJsonSchema({"type": "string", "enum": [e.value for e in Element]}),
]
LossName = Annotated[
    str,
    AfterValidator(_one_of("loss of a stop", STOP_LOSSES)),
    WithJsonSchema({"type": "string", "enum": list(STOP_LOSSES)}),
]
Role = Annotated[str, AfterValidator(_one_of("role", ROLES)), WithJsonSchema({"type": "string", "enum": list(ROLES)})]
SignalKind = Annotated[
    str,
    AfterValidator(_one_of("kind of signal", SIGNAL_KINDS)),
    WithJsonSchema({"type": "string", "enum": list(SIGNAL_KINDS)}),
]
Weekday = Annotated[
    str, AfterValidator(_one_of("weekday", WEEKDAYS)), WithJsonSchema({"type": "string", "enum": list(WEEKDAYS)})
]
StateMap = Annotated[
    str | dict[str, str],
    BeforeValidator(_state_map),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "examples": list(STATE_MAPS)},
                {"type": "object", "additionalProperties": {"type": "string", "enum": list(MAPPED)}},
            ]
        }
    ),
]
