"""Part 13 aggregates over the raw samples of an interval: average, extremes, counts, deviations."""

import numpy as np

from ..model import Numbers, Times
from .line import Grid, Samples, reduced
from .part13 import BAD, CALCULATED, GOOD, MULTIPLE, NO_DATA, RAW, SUBNORMAL, AggregateRules, Found, found, judged
from .quality import WHAT, Mask


def average(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The arithmetic mean of the good samples; TimeAverage is the one for process values."""
    value, _, first = _good(these, grid)
    number = np.diff(first)
    with np.errstate(invalid="ignore"):
        mean = reduced(np.add, value, first) / number
    return found(mean, np.where(number > 0, _status(these, grid, rules), NO_DATA))


def count(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """How many good samples there are."""
    first = _good(these, grid)[2]
    status = _status(these, grid, rules)
    return found(np.diff(first).astype(np.float64), status, np.where(status == BAD, RAW, CALCULATED))


def minimum(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The least good sample, at the begin of the interval."""
    return _extreme(these, grid, np.minimum)


def maximum(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The greatest good sample, at the begin of the interval."""
    return _extreme(these, grid, np.maximum)


def minimum_actual_time(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The least good sample, at its own time (the first, if there are more)."""
    return _at_its_time(these, grid, np.minimum)


def maximum_actual_time(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The greatest good sample, at its own time (the first, if there are more)."""
    return _at_its_time(these, grid, np.maximum)


def range_(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The greatest good sample less the least."""
    low, high = _extreme(these, grid, np.minimum), _extreme(these, grid, np.maximum)
    return found(high.value - low.value, np.maximum(low.status, high.status))


def start(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The first sample of the interval as it is, at its own time."""
    return _raw(these, grid, grid.first[:-1])


def end(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The last sample of the interval as it is, at its own time."""
    return _raw(these, grid, grid.first[1:] - 1)


def delta(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The last good sample less the first; uncertain where others had to be skipped to find them."""
    value, at, first = _good(these, grid)
    some = first[1:] > first[:-1]
    since, until = np.minimum(first[:-1], len(at) - 1), first[1:] - 1
    raw, _, raws = _picked(these, ~these.absent, grid)
    outer = these.at[~these.absent]
    if not len(raw) or not len(value):
        return found(np.zeros(len(some)), np.full(len(some), NO_DATA))
    skipped = (outer[np.minimum(raws[:-1], len(outer) - 1)] != at[since]) | (outer[raws[1:] - 1] != at[until])
    status = np.where(some, np.where(skipped, SUBNORMAL, GOOD), NO_DATA)
    return found(value[until] - value[since], status)


def number_of_transitions(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """How often a sample that is not bad differs from the one before it; the first ever does."""
    value, _, first = _picked(these, ~these.bad, grid)
    changed = np.append(True, np.diff(value) != 0)[: len(value)].astype(np.float64)
    return found(reduced(np.add, changed, first), _status(these, grid, rules))


def worst_quality(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The worst status code of the interval, the first if there are more of that severity."""
    severity = np.minimum(these.quality >> np.uint32(30), 2).astype(np.float64)
    worst = reduced(np.maximum, severity, grid.first)
    is_worst = severity[_inside(grid)] == np.repeat(worst, np.diff(grid.first))
    place, many = _first_marked(is_worst, grid.first)
    status = np.where(np.diff(grid.first) > 0, GOOD, NO_DATA)
    code = these.quality[np.minimum(place, len(these.at) - 1)].astype(np.float64)
    return found(code, status, CALCULATED | np.where(many, MULTIPLE, RAW))


def standard_deviation_sample(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The standard deviation of the good samples, n - 1 in the denominator; 0 for one sample."""
    return _root(variance_sample(these, grid, rules))


def variance_sample(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The variance of the good samples, n - 1 in the denominator; 0 for one sample."""
    return _variance(these, grid, 1)


def standard_deviation_population(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The standard deviation of the good samples, n in the denominator."""
    return _root(variance_population(these, grid, rules))


def variance_population(these: Samples, grid: Grid, rules: AggregateRules) -> Found:
    """The variance of the good samples, n in the denominator."""
    return _variance(these, grid, 0)


# ---- what they share ----


def _inside(grid: Grid) -> slice:
    return slice(int(grid.first[0]), int(grid.first[-1]))


def _picked(these: Samples, mask: Mask, grid: Grid) -> tuple[Numbers, Times, Times]:
    """Values and times of marked samples, and the place of the first one in each interval."""
    at = these.at[mask]
    return these.value[mask], at, np.searchsorted(at, grid.edges)


def _good(these: Samples, grid: Grid) -> tuple[Numbers, Times, Times]:
    return (these.value, these.at, grid.first) if these.sound else _picked(these, these.good, grid)


def _number(mask: Mask, grid: Grid) -> Numbers:
    """How many samples of each interval are marked."""
    return np.diff(np.searchsorted(np.flatnonzero(mask), grid.first)).astype(np.float64)


def _status(these: Samples, grid: Grid, rules: AggregateRules) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """The status of each interval by the number of good and bad samples."""
    if these.sound:
        return np.zeros(len(grid.edges) - 1, dtype=np.uint32)
    whole, bad = _number(~these.absent, grid), _number(these.bad & ~these.absent, grid)
    doubt = _number(~these.good & ~these.bad, grid) > 0
    return judged(bad, whole - bad, whole, doubt, rules)


def _extreme(these: Samples, grid: Grid, operation: np.ufunc) -> Found:
    """The least or greatest good sample of each interval and how sure it is."""
    value, at, first = _good(these, grid)
    best, some = reduced(operation, value, first), np.diff(first) > 0
    status = np.where(some, np.where(_outdone(these, grid, operation, best), SUBNORMAL, GOOD), NO_DATA)
    same = value[first[0] : first[-1]] == np.repeat(best, np.diff(first))
    place, many = _first_marked(same, first)
    raw = (at[np.minimum(place, len(at) - 1)] == grid.edges[:-1]) & (status == GOOD) if len(at) else some
    bits = np.where(raw, RAW, CALCULATED)
    return found(best, status, np.bitwise_or(bits, MULTIPLE, out=bits, where=many))


def _at_its_time(these: Samples, grid: Grid, operation: np.ufunc) -> Found:
    value, at, first = _good(these, grid)
    seen = _extreme(these, grid, operation)
    same = value[first[0] : first[-1]] == np.repeat(np.nan_to_num(seen.value), np.diff(first))
    place, _ = _first_marked(same, first)
    when = at[np.minimum(place, len(at) - 1)] if len(at) else grid.edges[:-1]
    return Found(seen.value, seen.status, seen.bits & MULTIPLE, np.where(np.diff(first) > 0, when, grid.edges[:-1]))


def _outdone(these: Samples, grid: Grid, operation: np.ufunc, best: Numbers) -> Mask:
    """Whether an interval has bad samples, or an uncertain one beyond the best good one."""
    if these.sound:
        return np.zeros(len(best), dtype=bool)
    value, _, first = _picked(these, ~these.good & ~these.bad, grid)
    uncertain = reduced(operation, value, first)
    beyond: Mask = (np.diff(first) > 0) & np.not_equal(operation(uncertain, best), best)
    return beyond | (_number(these.bad & ~these.absent, grid) > 0)


def _first_marked(marked: Mask, first: Times) -> tuple[Times, Mask]:
    """The place of the first marked row of each group (rows start at `first[0]`), and whether there are more."""
    places = np.flatnonzero(marked) + first[0]
    since, until = np.searchsorted(places, first[:-1]), np.searchsorted(places, first[1:])
    return np.append(places, 0)[since], until - since > 1


def _raw(these: Samples, grid: Grid, place: Times) -> Found:
    some = np.diff(grid.first) > 0
    j = np.clip(place, 0, len(these.at) - 1)
    status = np.where(some, these.quality[j] & np.uint32(WHAT), NO_DATA)
    value = np.where(some & ~((status >> np.uint32(30)) >= 2), these.value[j], np.nan)
    return Found(value, status, np.zeros(len(some), dtype=np.uint32), np.where(some, these.at[j], grid.edges[:-1]))


def _variance(these: Samples, grid: Grid, less: int) -> Found:
    value, _, first = _good(these, grid)
    number = np.diff(first)
    divisor = np.maximum(number, 1)
    mean = reduced(np.add, value, first) / divisor
    apart = (value[first[0] : first[-1]] - np.repeat(mean, number)) ** 2
    variance = reduced(np.add, apart, first - first[0]) / np.maximum(number - less, 1)
    skipped = _number(~these.good & ~these.absent, grid) > 0
    return found(variance, np.where(number > 0, np.where(skipped, SUBNORMAL, GOOD), NO_DATA))


def _root(variance: Found) -> Found:
    return Found(np.sqrt(variance.value), variance.status, variance.bits)
