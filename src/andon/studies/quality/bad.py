"""Which stretches of time or which units somebody calls bad: a period, a state, an order, a limit, what failed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...errors import AndonError, BadQuestion, NoData, UnknownName
from ...model import Measurements, Numbers, Process, Times, Window
from ...units import duration
from .samples import blocks

Mask = NDArray[np.bool_]
Texted = NDArray[np.object_]
Number = Callable[[str], Numbers]
"""The values of a number by its name, a row each; NaN where there is none."""
HOW = (
    "Say what is `bad`: failed, last 4 h, first 2 h, SINCE/UNTIL (UTC), a text such as state=fault or lot=A7, or a "
    "number such as oil>60."
)


@dataclass(frozen=True, slots=True)
class Rows:
    """What is compared: n rows in order of time, bad or not, each with numbers and texts by name.

    `of` says what a row is: "unit" or "bucket" (of time). A number is taken when it is asked for, by one of `names`:
    there may be thousands.
    """

    of: str
    said: str
    at: Times
    bad: Mask
    names: tuple[str, ...]
    number: Number
    texts: dict[str, Texted]


def rows(process: Process, measurements: Measurements | None, bad: str) -> Rows:
    """The units, where `bad` is about units, else the buckets of the machine's process.

    Raises
    ------
    BadQuestion
        What is bad cannot be read.
    UnknownName
        It names something that nobody said.
    NoData
        All rows are bad, or none is.
    """
    bad = bad.strip() or ("failed" if _judged(measurements) else "")
    if not bad:
        raise BadQuestion(HOW)
    condition = re.fullmatch(r"([^=<>]+?)\s*(=|<|>)\s*(.+)", bad)
    if bad == "failed" or (condition and _of_units(condition[1], measurements)):
        found = _units(process, measurements, bad, condition)
    else:
        found = _buckets(process, bad, condition)
    if not found.bad.any() or found.bad.all():
        which = "no" if not found.bad.any() else "every"
        raise NoData(f"With bad = {bad!r} {which} {found.of} of that window is bad: there is nothing to compare.")
    return found


def period(text: str, window: Window) -> Window | None:
    """The stretch that `last 4 h`, `first 2 h` or SINCE/UNTIL mean in a window; None where a text is no stretch.

    >>> period("last 1 s", Window(0, 5_000_000))
    Window(since=4000000, until=5000000)
    """
    try:
        if text.startswith("last "):
            return Window(window.until - duration(text[5:]), window.until) & window
        if text.startswith("first "):
            return Window(window.since, window.since + duration(text[6:])) & window
        if "/" in text:
            since, _, until = text.partition("/")
            return Window(_moment(since), _moment(until)) & window
    except (ValueError, AndonError) as wrong:
        raise BadQuestion(f"bad = {text!r} is no stretch of time: {wrong} {HOW}") from None
    return None


def _moment(text: str) -> int:
    """Microseconds since 1970, or an ISO moment in UTC."""
    text = text.strip().removesuffix("Z")
    return int(text) if text.isdigit() else int(np.datetime64(text.replace(" ", "T"), "us").astype(np.int64))


def _judged(measurements: Measurements | None) -> bool:
    return measurements is not None and bool((measurements.units.verdicts == 0).any())


def _of_units(name: str, measurements: Measurements | None) -> bool:
    if measurements is None or not len(measurements.units):
        return False
    return name in measurements.names or _has_fact(measurements, name)


def _has_fact(measurements: Measurements, name: str) -> bool:
    try:
        return bool((measurements.units.column(name) != "").any())
    except UnknownName:
        return False


def _units(process: Process, measurements: Measurements | None, bad: str, condition: re.Match[str] | None) -> Rows:
    """The last test of each unit that was judged."""
    if measurements is None or not len(measurements.units):
        raise NoData("No units were tested there in that window, so none of them is bad.")
    units = measurements.units
    tests = blocks(measurements)
    texts = {
        n: np.asarray(units.column(n), dtype=object) for n in ("lot", "wafer", "product", "step", "site", *units.facts)
    }
    known = units.last | (units.unit == "")
    if condition is None:
        known &= units.verdicts >= 0
        is_bad = units.verdicts == 0
    else:
        is_bad, heard = _meets(condition, tuple(tests), lambda name: _by_unit(measurements, tests[name]), texts)
        known &= heard
    place = np.flatnonzero(known)
    at = units.at[place]

    def number(name: str) -> Numbers:
        if name in process.numbers:
            return process.at(name, at)
        values = _by_unit(measurements, tests[name])
        return values if len(place) == len(values) else values[place]

    texts = {n: t[place] for n, t in texts.items()}
    texts |= {n: np.array(process.text_at(n, at), dtype=object) for n in process.texts}
    names = dict.fromkeys((*tests, *process.numbers))
    return _without(condition, Rows("unit", bad, at, np.asarray(is_bad[place]), tuple(names), number, texts))


def _without(condition: re.Match[str] | None, given: Rows) -> Rows:
    """What tells bad from good by its own meaning is not compared."""
    if condition is None:
        return given
    names = tuple(n for n in given.names if n != condition[1])
    return replace(given, names=names, texts={n: t for n, t in given.texts.items() if n != condition[1]})


def _by_unit(measurements: Measurements, places: Sequence[int]) -> Numbers:
    """The values of a test, a row a unit; NaN where there is none."""
    found = np.full(len(measurements.units), np.nan)
    for j in places:
        of = slice(int(measurements.first[j]), int(measurements.first[j + 1]))
        row, value = measurements.row[of], measurements.value[of]
        good = np.isfinite(value)
        if not good.all():
            row, value = row[good], value[good]
        elif len(places) == 1 and len(row) == len(found) and (row[1:] > row[:-1]).all():
            return value
        found[row] = value
    return found


def _buckets(process: Process, bad: str, condition: re.Match[str] | None) -> Rows:
    """The buckets of the machine's process."""
    middle = process.since + np.diff(process.edges) // 2
    numbers = {n: b.mean for n, b in process.numbers.items()}
    texts = {n: np.array(process.text_at(n, middle), dtype=object) for n in process.texts}
    known = np.any([~np.isnan(v) for v in numbers.values()] + [t != "" for t in texts.values()], axis=0)
    if condition is not None:
        is_bad, heard = _meets(condition, tuple(numbers), numbers.__getitem__, texts)
        known = known & heard
    elif (stretch := period(bad, process.window)) is not None:
        is_bad = (middle >= stretch.since) & (middle < stretch.until)
    else:
        raise BadQuestion(f"bad = {bad!r} cannot be read. {HOW}")
    place = np.flatnonzero(known) if np.ndim(known) else np.empty(0, np.intp)
    texts = {n: t[place] for n, t in texts.items()}
    at, is_bad = process.since[place], np.asarray(is_bad[place])
    return _without(condition, Rows("bucket", bad, at, is_bad, tuple(numbers), lambda n: numbers[n][place], texts))


def _meets(
    condition: re.Match[str], names: Sequence[str], number: Number, texts: Mapping[str, Texted]
) -> tuple[Mask, Mask]:
    """Which rows meet a condition, and of which it is known."""
    name, sign, value = condition.groups()
    if name in texts and sign == "=":
        return np.asarray(texts[name] == value), np.asarray(texts[name] != "")
    if name not in names:
        raise UnknownName("number or text", name, (*names, *texts))
    try:
        limit = float(value)
    except ValueError:
        raise BadQuestion(f"{value!r} is no number to compare {name} with. {HOW}") from None
    of = number(name)
    with np.errstate(invalid="ignore"):
        met = {"=": of == limit, "<": of < limit, ">": of > limit}[sign]
    return met, ~np.isnan(of)
