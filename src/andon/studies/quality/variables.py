"""Charts of measured values: single values, means with ranges or deviations, three-way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...errors import NoData, UnknownName
from ...model import Numbers
from .constants import c4, c5, d2, d3, d4
from .drawing import Chart, Drawn, Law, Options, panel
from .places import Places
from .rules import Rule
from .run_length import of_normal, run_length

SPREADS = ("range", "deviation", "pooled", "median")


def law_of_singles(places: Places, options: Options) -> Law:
    """Center and spread of single values: from their moving ranges, unless another way is asked for."""
    return _law(places, options, "range")


def law_of_ranges(places: Places, options: Options) -> Law:
    """Center and spread of subgroups: from their ranges, unless another way is asked for."""
    return _law(places, options, "range")


def law_of_deviations(places: Places, options: Options) -> Law:
    """Center and spread of subgroups: from their standard deviations, unless another way is asked for."""
    return _law(places, options, "deviation")


def law_of_three(places: Places, options: Options) -> Law:
    """Between subgroups: from the moving ranges of their means; within: from their ranges or deviations."""
    within = law_of_ranges(places, options) if places.usual <= 8 else law_of_deviations(places, options)
    between, _ = _moving(places, "range")
    return Law(_center(places), between, f"moving range / d2; {within.basis}", within.sigma)


def _law(places: Places, options: Options, usual: str) -> Law:
    way = options.spread or usual
    if way not in SPREADS:
        raise UnknownName("way to estimate the spread", way, SPREADS)
    several = places.used & (places.size > 1)
    if bool(np.any(several)):
        sigma, basis = WITHIN[way](places.pick(several))
    else:
        sigma, basis = _moving(places, way)
    return Law(_center(places) if options.center is None else options.center, sigma, basis)


def _center(places: Places) -> float:
    used = places.used
    if not np.any(used):
        raise NoData("No subgroup is left for the limits: all were excluded, or lie outside of the baseline.")
    return float((places.size * places.value)[used].sum() / places.size[used].sum())


def _of_ranges(places: Places) -> tuple[float, str]:
    scale = by_size(d2, places.size)
    return float((places.range / scale).mean()), "mean range / d2"


def _of_deviations(places: Places) -> tuple[float, str]:
    return float((places.deviation / by_size(c4, places.size)).mean()), "mean standard deviation / c4"


def _pooled(places: Places) -> tuple[float, str]:
    free = places.size - 1
    whole = float((free * places.deviation**2).sum() / free.sum()) ** 0.5
    return whole / c4(int(free.sum()) + 1), "pooled standard deviation / c4"


def _of_median(places: Places) -> tuple[float, str]:
    return float(np.median(places.range / by_size(d4, places.size))), "median range / d4"


WITHIN: Mapping[str, Callable[[Places], tuple[float, str]]] = {
    "range": _of_ranges,
    "deviation": _of_deviations,
    "pooled": _pooled,
    "median": _of_median,
}
"""How the spread within subgroups is estimated."""


def moving_ranges(places: Places) -> tuple[NDArray[np.intp], Numbers]:
    """The places that have a neighbour before them, and the difference to it; none reaches over a gap."""
    rows = np.flatnonzero(~places.begin)
    return rows, np.abs(places.value[rows] - places.value[rows - 1])


def _moving(places: Places, way: str) -> tuple[float, str]:
    """The spread of values that stand alone: from pairs of neighbours that are both used."""
    if way in ("deviation", "pooled"):
        x = places.value[places.used]
        if len(x) < 2:
            raise NoData("It takes two values to tell a spread.")
        return float(x.std(ddof=1)) / c4(len(x)), "standard deviation / c4"
    rows, steps = moving_ranges(places)
    steps = steps[places.used[rows] & places.used[rows - 1]]
    if not len(steps):
        raise NoData("It takes two values in a row to tell a spread: ask about a longer window, or set `sigma`.")
    if way == "median":
        return float(np.median(steps)) / d4(2), "median moving range / d4"
    return float(steps.mean()) / d2(2), "moving range / d2"


def by_size(constant: Callable[[int], float], size: Numbers) -> Numbers:
    """A constant of control charts for each size of a subgroup; NaN for a single value."""
    sizes, where = np.unique(size, return_inverse=True)
    known = np.array([constant(int(n)) if n > 1 else np.nan for n in sizes.tolist()])
    return np.asarray(known[where], np.float64)


def draw_singles(places: Places, law: Law, options: Options) -> tuple[Drawn, ...]:
    """Single values, and their moving ranges below."""
    rows = np.arange(len(places))
    single = panel("value", rows, places.value, law.center, law.sigma, width=options.width)
    return single, _moving_panel(places, law.sigma, options)


def _moving_panel(places: Places, sigma: float, options: Options) -> Drawn:
    rows, steps = moving_ranges(places)
    center, spread = d2(2) * sigma, d3(2) * sigma
    return panel("moving range", rows, steps, center, spread, width=options.width, floor=0.0, watched=False)


def draw_means_and_ranges(places: Places, law: Law, options: Options) -> tuple[Drawn, ...]:
    """Means of subgroups, and their ranges below."""
    return _means(places, law, options), ranges(places, law.sigma, options)


def draw_means_and_deviations(places: Places, law: Law, options: Options) -> tuple[Drawn, ...]:
    """Means of subgroups, and their standard deviations below."""
    return _means(places, law, options), deviations(places, law.sigma, options)


def draw_three(places: Places, law: Law, options: Options) -> tuple[Drawn, ...]:
    """Means of subgroups as single values, their moving ranges, and the spread within."""
    means, moving = draw_singles(places, law, options)
    within = law.second if law.second is not None else law.sigma
    inner = ranges if places.usual <= 8 else deviations
    return replace(means, panel="mean"), moving, inner(places, within, options)


def _means(places: Places, law: Law, options: Options) -> Drawn:
    rows = np.arange(len(places))
    return panel("mean", rows, places.value, law.center, law.sigma / np.sqrt(places.size), width=options.width)


def ranges(places: Places, sigma: float, options: Options) -> Drawn:
    """The ranges of subgroups, limits by the size of each."""
    rows = np.flatnonzero(places.size > 1)
    size = places.size[rows]
    center, spread = by_size(d2, size) * sigma, by_size(d3, size) * sigma
    return panel("range", rows, places.range[rows], center, spread, width=options.width, floor=0.0, watched=False)


def deviations(places: Places, sigma: float, options: Options) -> Drawn:
    """The standard deviations of subgroups, limits by the size of each."""
    rows = np.flatnonzero(places.size > 1)
    size = places.size[rows]
    center, spread = by_size(c4, size) * sigma, by_size(c5, size) * sigma
    value, name = places.deviation[rows], "standard deviation"
    return panel(name, rows, value, center, spread, width=options.width, floor=0.0, watched=False)


def length_of_normal(places: Places, law: Law, options: Options, rules: tuple[Rule, ...]) -> float | None:
    """The run length of the rules for normal figures."""
    return run_length(rules, of_normal(options.width))


SINGLES = Chart("i-mr", law_of_singles, draw_singles, length_of_normal)
RANGES = Chart("xbar-r", law_of_ranges, draw_means_and_ranges, length_of_normal)
DEVIATIONS = Chart("xbar-s", law_of_deviations, draw_means_and_deviations, length_of_normal)
THREE_WAY = Chart("three-way", law_of_three, draw_three, length_of_normal, needs=3)
