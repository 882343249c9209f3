"""Rational subgroups: which measurements stand together as one point of a chart."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import BadInput, BadQuestion, NoData
from ...model import Calendar, Names, Orders, Times, Window
from ...units import duration

Groups = NDArray[np.int64]
"""The subgroup of each row, counted from 0; -1: it is in none."""
WAYS = "`5`, `5 every 100`, `5 every 1 h`, `8 h`, `shift`, `day`, `order`, `lot`, `wafer`, `product`"


@dataclass(frozen=True, slots=True)
class Scheme:
    """How subgroups are made: so many in a row, one each so often, or by what a column says.

    `count` 0: all that belong together. `every` is a number of rows, `span` microseconds, `column` a name.
    """

    count: int = 0
    every: int = 0
    span: int = 0
    column: str = ""

    @property
    def single(self) -> bool:
        """Each value stands for itself."""
        return self.count == 1 and not self.span


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What rows can be grouped by besides their moments: columns of texts, shifts, orders."""

    column: Callable[[str], Names]
    calendar: Calendar | None = None
    orders: Orders | None = None

    @property
    def ordered(self) -> bool:
        """Orders are known to have been run."""
        return self.orders is not None and bool(np.any(self.orders.since >= 0))


def scheme(text: str, usual: int = 1) -> Scheme:
    """Read how subgroups are made.

    >>> scheme("5 every 1 h"), scheme("lot").column
    (Scheme(count=5, every=0, span=3600000000, column=''), 'lot')
    """
    text = " ".join(text.split())
    if not text:
        return Scheme(count=usual, every=usual)
    match = re.fullmatch(r"(\d+)(?: every (.+))?", text)
    if match and int(match[1]) > 0:
        count, every = int(match[1]), match[2] or match[1]
        if every.isdigit():
            if int(every) < count:
                raise BadQuestion(f"{count} in a row from each {every} is more than there are: write {count} or more.")
            return Scheme(count=count, every=int(every))
        return Scheme(count=count, span=_length(every))
    if text[:1].isdigit():
        return Scheme(span=_length(text))
    return Scheme(column=text)


def _length(text: str) -> int:
    try:
        found = duration(text)
    except BadInput:
        found = 0
    if found <= 0:
        raise BadQuestion(f"{text!r} says nothing about subgroups. Write one of: {WAYS}.")
    return found


def grouped(at: Times, scheme: Scheme, around: Surroundings, *, gap: int = 0) -> tuple[Groups, tuple[str, ...]]:
    """The subgroup of each row, in order of their first rows, and the subgroups' labels.

    Subgroups of rows in a row never reach over a gap; those that are not full there, or at the end, are left out.

    Parameters
    ----------
    at
        Moments of the rows, in order.
    scheme
        How subgroups are made.
    around
        Columns, shifts and orders.
    gap
        A time between two rows that is a gap (microseconds); 0: there are none.
    """
    if scheme.column in ("shift", "day") or (scheme.column == "order" and around.ordered):
        return _by_windows(at, *stretches(scheme, around, Window(0, 0)))
    if scheme.column:
        return _by_texts(around.column(scheme.column))
    if scheme.span:
        return _by_time(at, scheme)
    return _in_a_row(at, scheme, gap)


def stretches(scheme: Scheme, around: Surroundings, window: Window) -> tuple[list[Window], list[str]]:
    """The stretches of time that a scheme cuts a window into, with their labels.

    Raises
    ------
    BadQuestion
        The scheme is not one of time, or there are no shifts.
    NoData
        No order was run.
    """
    if scheme.column in ("shift", "day"):
        return _shifts(scheme.column, around.calendar)
    if scheme.column == "order":
        return _orders(around.orders)
    if scheme.span and not scheme.count:
        first = window.since // scheme.span * scheme.span
        starts = range(first, window.until, scheme.span)
        return [Window(s, s + scheme.span) & window for s in starts], [""] * len(starts)
    raise BadQuestion("Counters make no subgroups but by time. Write `subgroup` as shift, day, order or a length: 8 h.")


def gaps(since: Times, at: Times, gap: int) -> NDArray[np.bool_]:
    """The rows before which nothing was heard for longer than `gap`: from the end of one to the begin of the next."""
    found = np.zeros(len(at), np.bool_)
    if gap and len(at) > 1:
        found[1:] = since[1:] - at[:-1] > gap
    return found


def _in_a_row(at: Times, scheme: Scheme, gap: int) -> tuple[Groups, tuple[str, ...]]:
    place = np.arange(len(at))
    begin = gaps(at, at, gap)
    begin[:1] = True
    begun = np.maximum.accumulate(np.where(begin, place, 0)) if len(at) else place
    within = (place - begun) % scheme.every
    first = within == 0
    groups = np.where(within < scheme.count, np.cumsum(first) - 1, -1)
    sizes = np.bincount(groups[groups >= 0], minlength=int(first.sum()))
    return _numbered(np.where(np.append(sizes, 0)[groups] == scheme.count, groups, -1), ())


def _by_time(at: Times, scheme: Scheme) -> tuple[Groups, tuple[str, ...]]:
    spans = at // scheme.span
    if not scheme.count:
        return _numbered(spans, ())
    starts = np.searchsorted(spans, spans, side="left")
    return _numbered(np.where(np.arange(len(at)) - starts < scheme.count, spans, -1), ())


def _by_texts(column: Names) -> tuple[Groups, tuple[str, ...]]:
    codes: dict[str, int] = {}
    groups = np.fromiter((codes.setdefault(c, len(codes)) if c else -1 for c in column.tolist()), np.int64, len(column))
    return groups, tuple(codes)


def _by_windows(at: Times, windows: Sequence[Window], labels: Sequence[str]) -> tuple[Groups, tuple[str, ...]]:
    """The window that each moment lies in; two windows of one label are one subgroup."""
    since = np.array([w.since for w in windows], np.int64)
    place = np.searchsorted(since, at, side="right") - 1
    until = np.array([w.until for w in windows] or [0], np.int64)
    inside = (place >= 0) & (at < until[place])
    codes: dict[str, int] = {}
    numbers = np.array([codes.setdefault(name, len(codes)) for name in labels] or [-1], np.int64)
    return _numbered(np.where(inside, numbers[place], -1), tuple(codes))


def _shifts(kind: str, calendar: Calendar | None) -> tuple[list[Window], list[str]]:
    if calendar is None or not calendar.described:
        raise BadQuestion(f"Subgroups by {kind} take shifts: add [[shift]] to plant.toml, or write a length: 8 h.")
    shifts = sorted(calendar.shifts, key=lambda s: s.window.since)
    return [s.window for s in shifts], [f"{s.day} {s.name}" if kind == "shift" else s.day for s in shifts]


def _orders(orders: Orders | None) -> tuple[list[Window], list[str]]:
    runs = zip(orders.since.tolist(), orders.until.tolist(), orders.order, strict=True) if orders else ()
    known = sorted((since, until, name) for since, until, name in runs if since >= 0)
    if not known:
        raise NoData("No order was run there in that window, so there are no subgroups by order.")
    return [Window(since, until) for since, until, _ in known], [name for _, _, name in known]


def _numbered(groups: Groups, labels: tuple[str, ...]) -> tuple[Groups, tuple[str, ...]]:
    """Subgroups counted from 0 in the order in which they come, with their labels."""
    kept = groups >= 0 if labels else groups != -1
    codes, first = np.unique(groups[kept], return_index=True)
    ranks = np.empty(len(codes), np.int64)
    ranks[np.argsort(first, kind="stable")] = np.arange(len(codes))
    found = np.full(len(groups), -1, np.int64)
    found[kept] = ranks[np.searchsorted(codes, groups[kept])]
    named = [""] * len(codes)
    for code, rank in zip(codes.tolist(), ranks.tolist(), strict=True):
        named[rank] = labels[code] if labels else ""
    return found, tuple(named)
