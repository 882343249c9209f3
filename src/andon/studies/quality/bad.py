"""Which stretches of time or which units somebody calls bad: a period, a state, an order, a limit, what failed."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import AndonError, BadQuestion, NoData, UnknownName
from ...model import Measurements, Numbers, Process, Times, Window
from ...units import duration

Mask = NDArray[np.bool_]
Texted = NDArray[np.object_]
HOW = (
    "Say what is `bad`: failed, last 4 h, first 2 h, SINCE/UNTIL (UTC), a text such as state=fault or lot=A7, or a "
    "number such as oil>60."
)


@dataclass(frozen=True, slots=True)
class Rows:
    """What is compared: n rows in order of time, bad or not, each with numbers and texts by name.

    `of` says what a row is: "unit" or "bucket" (of time).
    """

    of: str
    said: str
    at: Times
    bad: Mask
    numbers: dict[str, Numbers]
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
    numbers = _by_unit(measurements)
    texts = {
        n: np.asarray(units.column(n), dtype=object) for n in ("lot", "wafer", "product", "step", "site", *units.facts)
    }
    known = units.last | (units.unit == "")
    if condition is None:
        known &= units.verdicts >= 0
        is_bad = units.verdicts == 0
    else:
        is_bad, heard = _meets(condition, numbers, texts)
        known &= heard
        numbers.pop(condition[1], None)
        texts.pop(condition[1], None)
    place = np.flatnonzero(known)
    at = units.at[place]
    numbers = {n: v[place] for n, v in numbers.items()} | {n: process.at(n, at) for n in process.numbers}
    texts = {n: t[place] for n, t in texts.items()}
    texts |= {n: np.array(process.text_at(n, at), dtype=object) for n in process.texts}
    return Rows("unit", bad, at, np.asarray(is_bad[place]), numbers, texts)


def _by_unit(measurements: Measurements) -> dict[str, Numbers]:
    """The values of each test, a row a unit; NaN where there is none."""
    found: dict[str, Numbers] = {}
    for j, test in enumerate(measurements.tests):
        values = found.setdefault(test.name, np.full(len(measurements.units), np.nan))
        of = slice(int(measurements.first[j]), int(measurements.first[j + 1]))
        good = np.isfinite(measurements.value[of])
        values[measurements.row[of][good]] = measurements.value[of][good]
    return found


def _buckets(process: Process, bad: str, condition: re.Match[str] | None) -> Rows:
    """The buckets of the machine's process."""
    middle = process.since + np.diff(process.edges) // 2
    numbers = {n: b.mean for n, b in process.numbers.items()}
    texts = {n: np.array(process.text_at(n, middle), dtype=object) for n in process.texts}
    known = np.any([~np.isnan(v) for v in numbers.values()] + [t != "" for t in texts.values()], axis=0)
    if condition is not None:
        is_bad, heard = _meets(condition, numbers, texts)
        known = known & heard
        numbers.pop(condition[1], None)
        texts.pop(condition[1], None)
    elif (stretch := period(bad, process.window)) is not None:
        is_bad = (middle >= stretch.since) & (middle < stretch.until)
    else:
        raise BadQuestion(f"bad = {bad!r} cannot be read. {HOW}")
    place = np.flatnonzero(known) if np.ndim(known) else np.empty(0, np.intp)
    return Rows(
        "bucket",
        bad,
        process.since[place],
        np.asarray(is_bad[place]),
        {n: v[place] for n, v in numbers.items()},
        {n: t[place] for n, t in texts.items()},
    )


def _meets(condition: re.Match[str], numbers: dict[str, Numbers], texts: dict[str, Texted]) -> tuple[Mask, Mask]:
    """Which rows meet a condition, and of which it is known."""
    name, sign, value = condition.groups()
    if name in texts and sign == "=":
        return np.asarray(texts[name] == value), np.asarray(texts[name] != "")
    if name not in numbers:
        raise UnknownName("number or text", name, (*numbers, *texts))
    try:
        limit = float(value)
    except ValueError:
        raise BadQuestion(f"{value!r} is no number to compare {name} with. {HOW}") from None
    of = numbers[name]
    with np.errstate(invalid="ignore"):
        met = {"=": of == limit, "<": of < limit, ">": of > limit}[sign]
    return met, ~np.isnan(of)
