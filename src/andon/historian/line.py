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
    if bool(number.all()) and (not quality.any() or not (quality >> np.uint32(30)).any()):
        no = np.zeros(len(at), dtype=bool)
        return Samples(at, value, quality, number, no, no, True)
    severity = quality >> np.uint32(30)
    bad = ~number | (severity >= (1 if uncertain_is_bad else 2))
    return Samples(
        at,
        np.where(number, value, 0.0),
        quality,
        number & (severity == 0),
        bad,
        quality & np.uint32(WHAT) == NO_DATA,
        False,
    )


def simple(these: Samples, *, stepped: bool) -> Line:
    """The line with simple bounds: a bad sample ends it, and the next good one begins it anew.

    Sloped, a segment whose end is bad or uncertain is level or doubtful, and so is the last one; stepped, only the
    sample at its beginning counts.
    """
    length, after = _lengths(these.at), these.value if stepped else np.append(these.value[1:], these.value[-1:])
    if these.sound:
        doubt = np.zeros(len(these.at), dtype=bool)
        doubt[-1] = not stepped
        return Line(these.at, these.value, after, length, these.good, doubt)
    live = ~these.bad
    follows = np.append(live[1:], False)
    certain = these.good if stepped else these.good & np.append(these.good[1:], False)
    end = these.value if stepped else np.where(follows, after, these.value)
    return Line(these.at, np.where(live, these.value, 0.0), np.where(live, end, 0.0), length, live, live & ~certain)


def interpolated(these: Samples, *, stepped: bool, sloped_extrapolation: bool) -> Line:
    """The line with interpolated bounds: it skips bad samples, is doubtful there, and goes on after the last one."""
    if these.sound and not sloped_extrapolation:
        return simple(these, stepped=stepped)
    place = np.flatnonzero(~these.bad)
    at, value, good = these.at[place], these.value[place], these.good[place]
    skipped = np.append(np.diff(place) > 1, True)
    length, end = _lengths(at), value.copy()
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


def integrals(line: Line, edges: Times, first: Times | None = None) -> tuple[Numbers, Numbers]:
    """The integral of a line over each interval, in value times microseconds.

    Parameters
    ----------
    line
        n segments.
    edges
        m + 1 moments in order.
    first
        The first segment at or after each edge, where that is known already.

    Returns
    -------
    (head, rest)
        Over the stretch from the interval's begin to its first sample, and over the rest: m numbers each.
    """
    first = np.searchsorted(line.at, edges) if first is None else first
    head_until = np.minimum(edges[1:], line.at[np.minimum(first[:-1], len(line.at) - 1)])
    head_until = np.where(first[:-1] < len(line.at), head_until, edges[1:])
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


def doubtful(line: Line, edges: Times) -> Mask:
    """Whether a doubtful segment lies in the interval; the last segment goes on for ever."""
    places = np.flatnonzero(line.doubt)
    until = np.append(line.at[1:], np.iinfo(np.int64).max)[places] if len(places) else places
    met = np.searchsorted(line.at[places], edges[1:]) > np.searchsorted(until, edges[:-1], "right")
    return met & (edges[1:] > edges[:-1])


def _lengths(at: Times) -> Numbers:
    """How long each segment is; the last one's is no matter."""
    found = np.ones(len(at))
    np.subtract(at[1:], at[:-1], out=found[:-1])
    return found


def _part(line: Line, segment: Times, since: Times, until: Times) -> Numbers:
    """The integral over [since, until) of one segment each; nothing before the first segment."""
    j = np.maximum(segment, 0)
    middle = (since - line.at[j]) + 0.5 * (until - since)
    height = line.start[j] + (line.end[j] - line.start[j]) * (middle / line.length[j])
    return np.where((segment >= 0) & (until > since), height * (until - since), 0.0)
