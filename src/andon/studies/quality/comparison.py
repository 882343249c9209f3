"""Whether groups differ: means, spreads and distributions, with sizes, intervals and many comparisons allowed for."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import sqrt

import numpy as np
import scipy

from ...catalog import study
from ...errors import BadQuestion, NoData
from ...model import Measurements, Numbers, Process
from ...picture import Picture, lines
from ...units import Factor, Measured, Probability, Ratio, Statistic
from .amounts import Size, adjusted, confident
from .differences import ranks, spreads, superiority, welch
from .joined import groups_of, response

MOST = 40
"""More groups than this make more pairs than anybody reads."""
FEW = 10
"""Below so many values in a group only large differences can be seen."""


@dataclass(frozen=True, slots=True)
class Group:
    """One group.

    Attributes
    ----------
    group
        Its name.
    count
        Values in it.
    mean, mean_low, mean_high
        Their mean with its interval.
    deviation, deviation_low, deviation_high
        Their standard deviation with its interval, which holds for normal values.
    median
        Half of the values are below.
    least, greatest
        The extremes.
    """

    group: str
    count: int
    mean: Measured
    mean_low: Measured
    mean_high: Measured
    deviation: Measured
    deviation_low: Measured
    deviation_high: Measured
    median: Measured
    least: Measured
    greatest: Measured


@dataclass(frozen=True, slots=True)
class Pair:
    """Two groups against each other; the intervals of all pairs hold together.

    Attributes
    ----------
    first, second
        The groups.
    difference, difference_low, difference_high
        Mean of the second less mean of the first, with its interval (Welch, Bonferroni over the pairs).
    p
        That means of equal groups would differ so much (Welch, Holm over the pairs); None where it cannot be told.
    different
        p is below 1 - confidence.
    effect, effect_low, effect_high
        The difference in standard deviations (0.2 small, 0.5 medium, 0.8 large), with its interval.
    superiority
        How often a value of the second group is above one of the first (ties count half).
    spread
        Standard deviation of the second group over that of the first; None where the first has none.
    spread_p
        That spreads of equal groups would differ so much (Brown-Forsythe, Holm); None where it cannot be told.
    distribution_p
        That samples of one distribution would differ so much (Kolmogorov-Smirnov, Holm).
    """

    first: str
    second: str
    difference: Measured
    difference_low: Measured | None
    difference_high: Measured | None
    p: Probability | None
    different: bool
    effect: Size | None
    effect_low: Size | None
    effect_high: Size | None
    superiority: Ratio
    spread: Factor | None
    spread_p: Probability | None
    distribution_p: Probability


@dataclass(frozen=True, slots=True)
class Comparison:
    """How groups of values differ.

    Attributes
    ----------
    test
        What was measured.
    unit
        Its unit.
    factor
        What tells the groups apart.
    count
        Values compared.
    confidence
        Of all intervals.
    means_f
        Welch's F of the means, which needs no equal spreads; None where a group has no spread.
    means_p
        That means of equal groups would differ so much.
    spreads_p
        That spreads of equal groups would differ so much (Brown-Forsythe); None where it cannot be told.
    ranks_p
        That ranks of equal groups would differ so much (Kruskal-Wallis); None where all values are equal.
    different
        The means differ: `means_p` is below 1 - confidence.
    rows
        One row a group.
    pairs
        One row a pair of groups, the one with the smallest p first.
    remarks
        What to bear in mind.
    """

    HEADLINE = ("different", "means_p", "spreads_p", "ranks_p", "count")

    test: str
    unit: str
    factor: str
    count: int
    confidence: Ratio
    means_f: Statistic | None
    means_p: Probability | None
    spreads_p: Probability | None
    ranks_p: Probability | None
    different: bool
    rows: tuple[Group, ...]
    pairs: tuple[Pair, ...]
    remarks: tuple[str, ...]


def comparison_picture(answer: Comparison) -> Picture:
    """The mean of each group with its interval."""
    rows = [
        (name, float(place), value)
        for place, g in enumerate(answer.rows, 1)
        for name, value in (("mean", g.mean), ("low", g.mean_low), ("high", g.mean_high))
    ]
    named = ", ".join(f"{place} {g.group}" for place, g in enumerate(answer.rows[:8], 1))
    return lines(f"{answer.test} by {answer.factor}: {named}", rows, answer.unit, x=answer.factor, y=answer.test)


@study(picture=comparison_picture)
def comparison(
    measurements: Measurements,
    process: Process | None = None,
    test: str = "",
    factor: str = "lot",
    levels: str = "",
    confidence: Ratio = 0.95,
) -> Comparison:
    """Whether groups differ in mean, spread or distribution, and by how much.

    The last value of each unit counts. Means are compared without taking spreads as equal (Welch); spreads by the
    distances from the medians (Brown-Forsythe), which values that are not normal do not mislead; distributions by
    ranks (Kruskal-Wallis) and, pair by pair, by Kolmogorov-Smirnov. With k groups there are k(k-1)/2 pairs: their p
    are raised by Holm's method, and their intervals widened by Bonferroni's, so that all of them hold together.

    Use `anova` instead for several factors at once, and `what_moved` where you do not know what to compare by.

    Parameters
    ----------
    measurements
        Values of the test.
    process
        What the machine did then: its states, orders, settings and shifts can make the groups.
    test
        What was measured; not needed where there is only one.
    factor
        What tells groups apart: lot, wafer, product, step, site, a fact of the units such as who, or a text of the
        machine such as state, order or shift.
    levels
        Only these groups, with commas; "" for all.
    confidence
        Of the intervals, and 1 - the chance that equal groups are called different.

    Returns
    -------
    Comparison
        The groups, the pairs, and whether there is any difference at all.

    Raises
    ------
    NoData
        There are fewer than two groups of two values.
    UnknownName
        Nobody said anything by that name.
    BadQuestion
        There are too many groups.

    Examples
    --------
    >>> rows = [(i, str(i), "width", 5.0 + 0.1 * (i % 5) + (0.3 if i % 2 else 0.0)) for i in range(40)]
    >>> found = comparison(Measurements.of(rows, lot=["A", "B"] * 20), factor="lot")
    >>> found.different, round(found.pairs[0].difference, 2), round(found.pairs[0].effect, 2)
    (True, 0.3, 2.03)

    References
    ----------
    B. L. Welch: On the Comparison of Several Mean Values. Biometrika 38 (1951), 330-336.
    M. B. Brown, A. B. Forsythe: Robust Tests for the Equality of Variances. JASA 69 (1974), 364-367.
    D. G. Bonett: Confidence Intervals for Standardized Linear Contrasts of Means. Psychological Methods 13 (2008).
    S. Holm: A Simple Sequentially Rejective Multiple Test Procedure. Scand. J. Statistics 6 (1979), 65-70.
    """
    confident(confidence)
    said = response(measurements, test, process)
    places = groups_of(said.text(factor))
    wanted = [g.strip() for g in levels.split(",") if g.strip()]
    if missing := [g for g in wanted if g not in places]:
        raise NoData(f"No value of {said.found.name} belongs to {factor} {', '.join(missing)}.")
    named = {n: said.value[p] for n, p in places.items() if not wanted or n in wanted}
    alone = [n for n, v in named.items() if len(v) < 2]
    values = {n: v for n, v in named.items() if len(v) >= 2}
    if len(values) < 2:
        raise NoData(f"It takes two groups of two values or more; by {factor} there are {len(values)}.")
    if len(values) > MOST:
        raise BadQuestion(f"{len(values)} groups by {factor} are too many to compare: name up to {MOST} in `levels`.")
    return _compared(said.found.name, said.found.unit, factor, values, alone, confidence)


def _compared(
    test: str, unit: str, factor: str, values: dict[str, Numbers], alone: list[str], confidence: float
) -> Comparison:
    f, p = welch(list(values.values()))
    return Comparison(
        test,
        unit,
        factor,
        sum(map(len, values.values())),
        confidence,
        f,
        p,
        spreads(list(values.values())),
        ranks(list(values.values())),
        p is not None and p < 1 - confidence,
        tuple(_group(name, v, confidence) for name, v in values.items()),
        _pairs(values, confidence),
        tuple(_remarks(values, alone, p)),
    )


def _group(name: str, v: Numbers, confidence: float) -> Group:

    n, mean, deviation = len(v), float(v.mean()), float(v.std(ddof=1))
    reach = float(scipy.stats.t.ppf((1 + confidence) / 2, n - 1)) * deviation / sqrt(n)
    ends = (float(scipy.stats.chi2.ppf((1 + side) / 2, n - 1)) for side in (confidence, -confidence))
    low, high = (deviation * sqrt((n - 1) / end) for end in ends)
    extremes = (float(np.median(v)), float(v.min()), float(v.max()))
    return Group(name, n, mean, mean - reach, mean + reach, deviation, low, high, *extremes)


@dataclass(frozen=True, slots=True)
class _Raw:
    """What is known of a pair before the other pairs are thought of."""

    first: str
    second: str
    p: float | None
    spread_p: float | None
    distribution_p: float


def _pairs(values: dict[str, Numbers], confidence: float) -> tuple[Pair, ...]:

    raw = [
        _Raw(
            a,
            b,
            welch([values[a], values[b]])[1],
            spreads([values[a], values[b]]),
            float(scipy.stats.ks_2samp(values[a], values[b]).pvalue),
        )
        for a, b in combinations(values, 2)
    ]
    p, spread_p, distribution_p = (
        adjusted([getattr(r, name) for r in raw]) for name in ("p", "spread_p", "distribution_p")
    )
    each = 1 - (1 - confidence) / len(raw)
    found = [
        _pair(r, (values[r.first], values[r.second]), (p[i], spread_p[i], distribution_p[i] or 0.0), each, confidence)
        for i, r in enumerate(raw)
    ]
    return tuple(sorted(found, key=lambda r: (1.0 if r.p is None else r.p, r.first, r.second)))


def _pair(
    raw: _Raw,
    values: tuple[Numbers, Numbers],
    p: tuple[float | None, float | None, float],
    each: float,
    confidence: float,
) -> Pair:
    a, b = values
    difference = float(b.mean() - a.mean())
    low, high = _interval(a, b, difference, each)
    effect = _effect(a, b, difference, each)
    first = float(a.std(ddof=1))
    return Pair(
        raw.first,
        raw.second,
        difference,
        low,
        high,
        p[0],
        p[0] is not None and p[0] < 1 - confidence,
        *effect,
        superiority(a, b),
        float(b.std(ddof=1)) / first if first else None,
        p[1],
        p[2],
    )


def _interval(a: Numbers, b: Numbers, difference: float, each: float) -> tuple[float | None, float | None]:
    """Welch's interval of a difference of means."""

    parts = np.array([a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)])
    if parts.sum() == 0:
        return None, None
    freedom = parts.sum() ** 2 / (parts[0] ** 2 / (len(a) - 1) + parts[1] ** 2 / (len(b) - 1))
    reach = float(scipy.stats.t.ppf((1 + each) / 2, freedom)) * sqrt(float(parts.sum()))
    return difference - reach, difference + reach


def _effect(a: Numbers, b: Numbers, difference: float, each: float) -> tuple[float | None, float | None, float | None]:
    """The difference in root mean square deviations, with Bonett's interval, which needs no equal spreads."""

    one, two = float(a.var(ddof=1)), float(b.var(ddof=1))
    pooled = (one + two) / 2
    if pooled == 0:
        return None, None, None
    d, n, m = difference / sqrt(pooled), len(a) - 1, len(b) - 1
    variance = d * d * (one**2 / n + two**2 / m) / (8 * pooled**2) + (one / n + two / m) / pooled
    reach = float(scipy.stats.norm.ppf((1 + each) / 2)) * sqrt(variance)
    small = 1 - 3 / (4 * (n + m) - 1)
    return small * d, d - reach, d + reach


def _remarks(values: dict[str, Numbers], alone: list[str], p: float | None) -> list[str]:
    few = [n for n, v in values.items() if len(v) < FEW]
    found = [f"groups of fewer than {FEW} values show only large differences: {', '.join(few)}"] if few else []
    found += [f"left out, for a single value tells no spread: {', '.join(alone)}"] if alone else []
    found += ["a group has no spread at all: means are compared without p"] if p is None else []
    return found
