"""Part 13 aggregates that weigh by time: averages, totals, durations, bounds."""

import numpy as np

from ..model import Numbers, Times
from .line import Grid, Line, Samples, doubtful, integrals, interpolated, simple, values_at
from .part13 import GOOD, INTERPOLATED, NO_DATA, RAW, SUBNORMAL, AggregateRules, Found, found, judged
from .quality import WHAT, Mask

SECOND, MILLISECOND = 1e6, 1e3


def interpolative(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The value at the begin of each interval, skipping bad samples."""
    line = interpolated(these, stepped=rules.stepped, sloped_extrapolation=rules.sloped_extrapolation)
    edges = grid.edges[:-1]
    if not len(line.at):
        return found(np.zeros(len(edges)), np.full(len(edges), NO_DATA))
    value, place = values_at(line, edges)
    said = np.flatnonzero(~these.bad)[np.maximum(place, 0)]
    exact = (place >= 0) & (line.at[np.maximum(place, 0)] == edges)
    skipped = these.bad[np.maximum(np.searchsorted(these.at, edges, "right") - 1, 0)]
    doubt = line.doubt[np.maximum(place, 0)] | (place == len(line.at) - 1) | (skipped & rules.stepped)
    status = np.where(exact, these.quality[said] & np.uint32(WHAT), np.where(doubt, SUBNORMAL, GOOD))
    return found(value, np.where(place < 0, NO_DATA, status), np.where(exact, RAW, INTERPOLATED))


def time_average(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The area under the sloped line with interpolated bounds, over the time since the first sample."""
    line = interpolated(these, stepped=False, sloped_extrapolation=rules.sloped_extrapolation)
    if not len(line.at):
        return found(np.zeros(len(grid.edges) - 1), np.full(len(grid.edges) - 1, NO_DATA))
    edges = np.maximum(grid.edges, line.at[0])
    length = np.diff(edges).astype(np.float64)
    head, rest = integrals(line, edges, _first(these, grid, edges) if these.sound else None)
    late = grid.edges[:-1] < line.at[0]
    status = np.where(doubtful(line, edges) | late, SUBNORMAL, GOOD)
    with np.errstate(invalid="ignore"):
        return found((head + rest) / length, np.where(length > 0, status, NO_DATA))


def time_average2(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The area under the line with simple bounds, over the time in which it has a value."""
    line, edges, whole = _simple(these, grid, stepped=rules.stepped)
    head, rest = integrals(line, edges, _first(these, grid, edges))
    live = np.diff(edges).astype(np.float64) if these.sound else _time(line, line.live, edges)
    status = judged(whole - live, live, whole, doubtful(line, edges), rules)
    with np.errstate(invalid="ignore"):
        return found((head + rest) / live, np.where(live > 0, status, NO_DATA))


def total(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The time average times the length of the interval in seconds."""
    mean = time_average(these, grid, rules)
    return Found(mean.value * np.diff(grid.edges) / SECOND, mean.status, mean.bits)


def total2(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The time average with simple bounds times the length of the interval in seconds."""
    mean = time_average2(these, grid, rules)
    return Found(mean.value * np.diff(grid.edges) / SECOND, mean.status, mean.bits)


def duration_good(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """Milliseconds in which the status was good: each stretch has that of the sample or bound it starts with."""
    good, _ = _good_and_bad(these, grid, rules)
    return found(good / MILLISECOND, np.full(len(good), GOOD))


def duration_bad(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """Milliseconds in which the status was bad, or nothing was heard yet."""
    _, bad = _good_and_bad(these, grid, rules)
    return found(bad / MILLISECOND, np.full(len(bad), GOOD))


def percent_good(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """DurationGood over the length of the interval, up to the last sample."""
    return _percent(_good_and_bad(these, grid, rules)[0], grid)


def percent_bad(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """DurationBad over the length of the interval, up to the last sample."""
    return _percent(_good_and_bad(these, grid, rules)[1], grid)


def duration_in_state_zero(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """Milliseconds in which the value was 0."""
    return _in_state(these, grid, these.value == 0, rules)


def duration_in_state_non_zero(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """Milliseconds in which the value was not 0."""
    return _in_state(these, grid, these.value != 0, rules)


def start_bound(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The value at the begin of each interval, from the samples next to it."""
    return _bound(these, grid.edges[:-1], grid, rules)


def end_bound(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The value at the end of each interval, from the samples next to it."""
    bound = _bound(these, grid.edges[1:], grid, rules)
    return found(bound.value, bound.status)


def delta_bounds(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """EndBound less StartBound."""
    start, end = start_bound(these, grid, rules), end_bound(these, grid, rules)
    worst = np.maximum(start.status >> np.uint32(30), end.status >> np.uint32(30))
    return found(end.value - start.value, np.array([GOOD, SUBNORMAL, NO_DATA, NO_DATA])[worst])


# ---- what they share ----


def _simple(these: Samples, grid: Grid, *, stepped: bool) -> tuple[Line, Times, Numbers]:
    """The line with simple bounds, the intervals cut to where there are data, and their lengths up to the end."""
    edges = np.minimum(grid.edges, grid.finish)
    whole = np.diff(edges).astype(np.float64)
    return simple(these, stepped=stepped), np.maximum(edges, min(int(these.at[0]), grid.finish)), whole


def _first(these: Samples, grid: Grid, edges: Times) -> Times:
    """The first sample at or after each edge."""
    return grid.first if np.array_equal(edges, grid.edges) else np.searchsorted(these.at, edges)


def _time(line: Line, marked: Mask, edges: Times) -> Numbers:
    """Microseconds of each interval on marked segments."""
    height = marked.astype(np.float64)
    head, rest = integrals(Line(line.at, height, height, line.length, line.live, line.doubt), edges)
    return head + rest


def _good_and_bad(these: Samples, grid: Grid, rules: AggregateRules) -> tuple[Numbers, Numbers]:
    """Microseconds of each interval that were good and bad, by the status at the begin of each stretch."""
    line, edges, whole = _simple(these, grid, stepped=rules.stepped)
    bad = whole - _time(line, ~these.bad, edges)
    height = these.good.astype(np.float64)
    head, rest = integrals(Line(line.at, height, height, line.length, line.live, line.doubt), edges)
    at_edge = np.maximum(np.searchsorted(line.at, edges[:-1], "right") - 1, 0)
    return np.where(line.doubt[at_edge], 0.0, head) + rest, bad


def _percent(time: Numbers, grid: Grid) -> Found:
    whole = np.diff(np.minimum(grid.edges, grid.finish))
    with np.errstate(invalid="ignore", divide="ignore"):
        return found(100.0 * time / whole, np.where(whole > 0, GOOD, NO_DATA))


def _in_state(these: Samples, grid: Grid, state: Mask, rules: AggregateRules) -> Found:
    line, edges, whole = _simple(these, grid, stepped=True)
    live = _time(line, line.live, edges)
    status = judged(whole - live, live, whole, doubtful(line, edges), rules)
    return found(_time(line, line.live & state, edges) / MILLISECOND, status)


def _bound(these: Samples, moments: Times, grid: Grid, rules: AggregateRules) -> Found:
    """The simple bounding value at moments."""
    line = simple(these, stepped=rules.stepped)
    value, place = values_at(line, moments)
    j = np.maximum(place, 0)
    exact = (place >= 0) & (line.at[j] == moments)
    none = (place < 0) | ~line.live[j] | (moments >= grid.finish)
    inexact = np.where(line.doubt[j], SUBNORMAL, GOOD)
    status = np.where(none, NO_DATA, np.where(exact, these.quality[j] & np.uint32(WHAT), inexact))
    return found(value, status, np.where(exact, RAW, INTERPOLATED))
