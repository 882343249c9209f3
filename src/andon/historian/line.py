"""The line through samples: what a value was between them, and its integral over regular intervals."""

from dataclasses import dataclass

import numpy as np

from ..model import Codes, Numbers, Times
from .quality import CODES, WHAT, Mask

NO_DATA = np.uint32(CODES["BadNoData"])


@dataclass(frozen=True, slots=True)
class Samples:
    """Raw samples in order of time, n of them, and what the rules make of each.

    Attributes
    ----------
    good
        Severity good, and there is a number.
    bad
        No number, severity bad, or uncertain where the rules say that this is bad.
    absent
        Not a sample at all: the archive's own note that there is no data (BadNoData).
    sound
        All are good: nothing to look out for.
    """

    at: Times
    value: Numbers
    quality: Codes
    good: Mask
    bad: Mask
    absent: Mask
    sound: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """Intervals side by side: interval i is [edges[i], edges[i + 1]); data were there in [begin, finish).

    `first[i]` is the place of the first sample at or after `edges[i]`.
    """

    edges: Times
    first: Times
    begin: int
    finish: int


@dataclass(frozen=True, slots=True)
class Line:
    """Segment j starts at `at[j]` with value `start[j]` and heads for `end[j]`, `length[j]` later.

    `live`: it has a value at all. `doubt`: what is read from it is uncertain.
    """

    at: Times
    start: Numbers
    end: Numbers
    length: Numbers
    live: Mask
    doubt: Mask


def samples(at: Times, value: Numbers, quality: Codes, *, uncertain_is_bad: bool) -> Samples:
    """Sort raw samples into good and bad."""
    number = np.isfinite(value)
    if bool(number.all()) and not bool((quality >> np.uint32(30)).any()):
        no = np.zeros(len(at), dtype=bool)
        return Samples(at, value, quality, number, no, no, True)
    severity = quality >> np.uint32(30)
    bad = ~number | (severity >= (1 if uncertain_is_bad else 2))
    return Samples(at, np.where(number, value, 0.0), quality, number & (severity == 0), bad,
                   quality & np.uint32(WHAT) == NO_DATA, False)


def simple(these: Samples, *, stepped: bool) -> Line:
    """The line with simple bounds: a bad sample ends it, and the next good one begins it anew.

    Sloped, a segment whose end is bad or uncertain is level or doubtful, and so is the last one; stepped, only the
    sample at its beginning counts.
    """
    length = np.append(np.diff(these.at), 1).astype(np.float64)
    last = np.arange(len(these.at)) == len(these.at) - 1
    after = np.append(these.value[1:], these.value[-1:])
    if these.sound:
        return Line(these.at, these.value, these.value if stepped else after, length, these.good, last & (not stepped))
    live = ~these.bad
    follows = np.append(live[1:], False)
    certain = these.good if stepped else these.good & np.append(these.good[1:], False)
    end = these.value if stepped else np.where(follows, after, these.value)
    return Line(these.at, np.where(live, these.value, 0.0), np.where(live, end, 0.0), length, live, live & ~certain)


def interpolated(these: Samples, *, stepped: bool, sloped_extrapolation: bool) -> Line:
    """The line with interpolated bounds: it skips bad samples, is doubtful there, and goes on after the last one."""
    place = np.flatnonzero(~these.bad)
    at, value, good = these.at[place], these.value[place], these.good[place]
    skipped = np.append(np.diff(place) > 1, True)
    length = np.append(np.diff(at), 1).astype(np.float64)
    end = value.copy()
    if not stepped:
        end[:-1] = value[1:]
    if sloped_extrapolation and len(at) > 1:
        length[-1], end[-1] = length[-2], 2 * value[-1] - value[-2]
    doubt = ~good | np.append(~good[1:], True) | skipped if not stepped else ~good
    return Line(at, value, end, length, np.ones(len(at), dtype=bool), doubt)


def values_at(line: Line, moments: Times) -> tuple[Numbers, Times]:
    """What the line's value is at moments, and on which segment (-1: before the first)."""
    place = np.searchsorted(line.at, moments, "right") - 1
    j = np.maximum(place, 0)
    part = (moments - line.at[j]) / line.length[j]
    return line.start[j] + (line.end[j] - line.start[j]) * part, place


def integrals(line: Line, edges: Times) -> tuple[Numbers, Numbers]:
    """The integral of a line over each interval, in value times microseconds.

    Parameters
    ----------
    line
        n segments.
    edges
        m + 1 moments in order.

    Returns
    -------
    (head, rest)
        Over the stretch from the interval's begin to its first sample, and over the rest: m numbers each.
    """
    first = np.searchsorted(line.at, edges)
    head_until = np.minimum(edges[1:], np.append(line.at, edges[-1])[first[:-1]])
    head = _part(line, first[:-1] - 1, edges[:-1], head_until)
    tail_since = line.at[np.maximum(first[1:] - 1, 0)]
    tail = np.where(first[1:] > first[:-1], _part(line, first[1:] - 1, tail_since, edges[1:]), 0.0)
    if first[-1] == first[0]:
        return head, tail
    low, high = first[0], first[-1]
    whole = (line.start[low:high] + line.end[low:high]) * line.length[low:high]
    whole[first[1:][first[1:] > low] - 1 - low] = 0.0  # the segments that cross an edge are head and tail
    return head, tail + 0.5 * reduced(np.add, whole, first - low)


def reduced(operation: np.ufunc, column: Numbers, first: Times) -> Numbers:
    """A ufunc over the rows [first[i], first[i + 1]) of a column; 0 where there are none."""
    full = np.flatnonzero(first[1:] > first[:-1])
    found = np.zeros(len(first) - 1)
    if len(full):
        found[full] = operation.reduceat(column[: first[-1]], first[:-1][full])
    return found


def touched(marked: Mask, since: Times, until: Times) -> Mask:
    """Whether any row of [since[i], until[i]) is marked."""
    places = np.flatnonzero(marked)
    return np.searchsorted(places, until) > np.searchsorted(places, since)


def _part(line: Line, segment: Times, since: Times, until: Times) -> Numbers:
    """The integral over [since, until) of one segment each; nothing before the first segment."""
    j = np.maximum(segment, 0)
    middle = (since - line.at[j]) + 0.5 * (until - since)
    height = line.start[j] + (line.end[j] - line.start[j]) * (middle / line.length[j])
    return np.where((segment >= 0) & (until > since), height * (until - since), 0.0)
