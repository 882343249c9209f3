"""OPC UA Part 13 aggregates: what a value was over regular intervals, with its quality in the status code."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..errors import BadQuestion, UnknownName
from ..model import Codes, Numbers, Times, Window
from . import counted, weighted
from .line import Grid, Samples, samples
from .part13 import DATA_VALUE, NO_DATA, PARTIAL, AggregateRules, Rule

__all__ = ["AGGREGATES", "SKIPPING", "AggregateRules", "Aggregates", "aggregate"]

AGGREGATES: Mapping[str, Rule] = {
    "Interpolative": weighted.interpolative,
    "Average": counted.average,
    "TimeAverage": weighted.time_average,
    "TimeAverage2": weighted.time_average2,
    "Total": weighted.total,
    "Total2": weighted.total2,
    "Minimum": counted.minimum,
    "Maximum": counted.maximum,
    "MinimumActualTime": counted.minimum_actual_time,
    "MaximumActualTime": counted.maximum_actual_time,
    "Range": counted.range_,
    "Count": counted.count,
    "DurationInStateZero": weighted.duration_in_state_zero,
    "DurationInStateNonZero": weighted.duration_in_state_non_zero,
    "NumberOfTransitions": counted.number_of_transitions,
    "Start": counted.start,
    "End": counted.end,
    "Delta": counted.delta,
    "StartBound": weighted.start_bound,
    "EndBound": weighted.end_bound,
    "DeltaBounds": weighted.delta_bounds,
    "DurationGood": weighted.duration_good,
    "DurationBad": weighted.duration_bad,
    "PercentGood": weighted.percent_good,
    "PercentBad": weighted.percent_bad,
    "WorstQuality": counted.worst_quality,
    "StandardDeviationSample": counted.standard_deviation_sample,
    "VarianceSample": counted.variance_sample,
    "StandardDeviationPopulation": counted.standard_deviation_population,
    "VariancePopulation": counted.variance_population,
}
EXTRAPOLATED = frozenset({"Interpolative", "TimeAverage", "Total"})
"""These go on after the last sample; the others have no data there."""
WHOLE = frozenset({"Interpolative", "Average"})
"""These never say that an interval is partial."""
SKIPPING = EXTRAPOLATED | {"NumberOfTransitions"}
"""These look past bad samples for the nearest good one, on both sides of the window."""
BOUNDS = frozenset({"StartBound", "EndBound"})
"""These say that an interval is partial even where they have no value."""


@dataclass(frozen=True, slots=True)
class Aggregates:
    """One row an interval: `at` (microseconds), `value` (NaN: none), `quality` (status code with aggregate bits)."""

    at: Times
    value: Numbers
    quality: Codes


def aggregate(
    name: str,
    at: Times,
    value: Numbers,
    quality: Codes,
    window: Window,
    interval: int,
    rules: AggregateRules | None = None,
) -> Aggregates:
    """What a value was over each interval of a window, by one of the aggregates of OPC UA Part 13.

    Parameters
    ----------
    name
        Which aggregate, in the standard's words: a key of `AGGREGATES`. TimeAverage2 is the one for process values
        (weighted by time, stepped or sloped, bad stretches left out).
    at, value, quality
        Samples in order of time, n of each: microseconds, numbers (NaN where there is none), raw status codes. Give the
        last sample before the window and the first one after it, too, if there are any: without them its begin has no
        data and its end is the end of the data. Bounds that skip bad samples want the nearest good ones.
    window
        The stretch to cut into intervals; the last one may be shorter.
    interval
        The length of an interval, microseconds.
    rules
        How doubtful data are treated; None: as the standard does by default.

    Returns
    -------
    Aggregates
        One row an interval, stamped with its begin; Start, End and ...ActualTime with the time of their sample. The
        code says whether the value was calculated or interpolated, and whether the interval was only partly covered.
        Durations are milliseconds; totals are value times seconds.

    Raises
    ------
    UnknownName
        There is no such aggregate.
    BadQuestion
        The interval is not longer than nothing, or the window is empty.

    Examples
    --------
    >>> at, value = np.array([0, 10, 20]), np.array([1.0, 3.0, 3.0])
    >>> aggregate("TimeAverage2", at, value, np.zeros(3, np.uint32), Window(0, 20), 10).value.tolist()
    [2.0, 3.0]

    References
    ----------
    OPC 10000-13 v1.04, 5.4.3 and Annex A.
    """
    if name not in AGGREGATES:
        raise UnknownName("aggregate", name, AGGREGATES)
    if interval <= 0 or not window.duration:
        raise BadQuestion(
            f"An interval of {interval} us in a window of {window.duration} us holds nothing: "
            "both must be longer than 0."
        )
    rules = rules or AggregateRules()
    edges = np.append(np.arange(window.since, window.until, interval), window.until)
    if not len(at):
        return Aggregates(edges[:-1], np.full(len(edges) - 1, np.nan), np.full(len(edges) - 1, NO_DATA))
    these = samples(at, value, quality, uncertain_is_bad=rules.treat_uncertain_as_bad)
    grid = _grid(these, edges, rules.resolution)
    return _stamped(name, these, grid, interval, rules)


def _grid(these: Samples, edges: Times, resolution: int) -> Grid:
    finish = int(these.at[-1]) + resolution
    there = np.flatnonzero(~these.absent)
    begin = int(these.at[there[0]]) if len(there) else finish
    return Grid(edges, np.searchsorted(these.at, edges), begin, finish)


def _stamped(name: str, these: Samples, grid: Grid, interval: int, rules: AggregateRules) -> Aggregates:
    """Run an aggregate, then say where there were no data or only a part of them."""
    found = AGGREGATES[name](these, grid, rules)
    since, until = grid.edges[:-1], grid.edges[1:]
    open_end = name in EXTRAPOLATED
    empty = (until <= grid.begin) | ((since >= grid.finish) & (not open_end))
    partial = (since < grid.begin) | ((until > grid.finish) & (not open_end)) | (until - since < interval)
    partial &= (name not in WHOLE) & ((found.status != NO_DATA) | (name in BOUNDS))
    bits = found.bits | np.where(partial, PARTIAL, np.uint32(0))
    code = found.status | bits | np.where(bits > 0, DATA_VALUE, np.uint32(0))
    return Aggregates(
        since if found.at is None else np.where(empty, since, found.at),
        np.where(empty, np.nan, found.value),
        np.where(empty, NO_DATA, code).astype(np.uint32),
    )
