"""How values are distributed: bins, quantiles, shape, and whether they are normal, in one or two heaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import scipy

from ...catalog import study
from ...errors import BadQuestion
from ...model import Characteristics, Measurements, Numbers, Process
from ...picture import Mark, Picture
from ...picture import histogram as drawn
from ...units import Measured, Probability, Ratio, Statistic, Unit
from .joined import response
from .specification import specification

MOST = 200
ENOUGH = 8
TRIED = 5_000
FEW = 50


@dataclass(frozen=True, slots=True)
class Bar:
    """One bin.

    Attributes
    ----------
    low, high
        Its edges, half-open; the last one holds its upper edge, too.
    count
        Values in it.
    share
        Of all values.
    normal
        Share that a normal distribution of this mean and deviation has there; None where the values have no spread.
    """

    low: Measured
    high: Measured
    count: int
    share: Ratio
    normal: Ratio | None


@dataclass(frozen=True, slots=True)
class Quantile:
    """One quantile.

    Attributes
    ----------
    share
        Of the values that are not greater.
    value
        The quantile (type 7: between the values, linear).
    """

    share: Ratio
    value: Measured


@dataclass(frozen=True, slots=True)
class Histogram:
    """How the values of a test are distributed.

    Attributes
    ----------
    test
        What was measured.
    unit
        Its unit.
    count
        Values.
    mean
        Their mean.
    deviation
        Their standard deviation.
    median
        Half of them are not greater.
    skewness
        0 where both sides are alike, positive with a long upper tail; None without spread.
    kurtosis
        0 as a normal distribution has it, positive with heavy tails; None without spread.
    normal_p
        That normal values would look like these (Shapiro-Wilk); None of fewer than 8 values or without spread.
    bimodality
        Sarle's coefficient; above 5/9 the values may be in two heaps. None without spread.
    resolution
        The smallest step between values; None without spread.
    low, high
        Specification limits; None where there is none.
    outside
        Share of values outside of them; None without limits.
    rows
        The bins.
    quantiles
        From 0.1 to 99.9 %.
    remarks
        What to bear in mind.
    """

    HEADLINE = ("count", "mean", "deviation", "median", "normal_p", "outside")

    test: str
    unit: str
    count: int
    mean: Measured
    deviation: Measured
    median: Measured
    skewness: Statistic | None
    kurtosis: Statistic | None
    normal_p: Probability | None
    bimodality: Statistic | None
    resolution: Measured | None
    low: Measured | None
    high: Measured | None
    outside: Ratio | None
    rows: tuple[Bar, ...]
    quantiles: tuple[Quantile, ...]
    remarks: tuple[str, ...]


def histogram_picture(answer: Histogram) -> Picture:
    """The bins with limits, mean and median."""
    lines = (("LSL", answer.low), ("USL", answer.high), ("mean", answer.mean), ("median", answer.median))
    marks = [Mark(text, value, "x") for text, value in lines if value is not None]
    bars = [(b.low, b.high, float(b.count)) for b in answer.rows]
    return drawn(answer.test, bars, answer.unit, x=answer.test, marks=marks)


@study(picture=histogram_picture)
def histogram(
    measurements: Measurements,
    characteristics: Characteristics | None = None,
    process: Process | None = None,
    test: str = "",
    only: str = "",
    bins: Annotated[int, Unit("{bin}")] = 0,
    low: Measured | None = None,
    high: Measured | None = None,
) -> Histogram:
    """How the values of a test are distributed, and whether that looks normal.

    The last value of each unit counts. Bins follow Freedman and Diaconis and are whole multiples of the step between
    values, so that a coarse gauge makes no comb. Two heaps, a cut edge or a comb say more than any index: look before
    you ask for `capability`.

    Use `capability` instead to judge values against limits, and `comparison` for several groups.

    Parameters
    ----------
    measurements
        Values of the test.
    characteristics
        The plant's specification.
    process
        What the machine did then, for `only`.
    test
        What was measured; not needed where there is only one.
    only
        Only units with this fact, such as `lot=A7` or `shift=night`.
    bins
        How many bins; 0 for as many as fit the values.
    low, high
        Specification limits, in place of those that are known.

    Returns
    -------
    Histogram
        Bins, quantiles and shape.

    Raises
    ------
    NoData
        There are fewer than two values.
    BadQuestion
        `only` or `bins` cannot be read.

    Examples
    --------
    >>> rows = [(i, str(i), "width", 5.0 + (i * 7 % 11) / 10) for i in range(110)]
    >>> found = histogram(Measurements.of(rows), low=5.0, high=5.95)
    >>> found.count, round(found.mean, 2), round(found.outside, 3), sum(b.count for b in found.rows)
    (110, 5.5, 0.091, 110)

    References
    ----------
    D. Freedman, P. Diaconis: On the Histogram as a Density Estimator. Z. Wahrscheinlichkeitstheorie 57 (1981).
    R. J. Hyndman, Y. Fan: Sample Quantiles in Statistical Packages. The American Statistician 50 (1996), type 7.
    """
    if not 0 <= bins <= MOST:
        raise BadQuestion(f"bins = {bins}: 1 to {MOST}, or 0 for as many as fit.")
    said = response(measurements, test, process)
    limits = specification(said.found, characteristics, low=low, high=high)
    values = said.value
    if only:
        name, sign, text = only.partition("=")
        if not sign:
            raise BadQuestion(f"only = {only!r}: write a fact and its value, such as lot=A7.")
        values = values[said.text(name.strip()) == text.strip()]
        if len(values) < 2:
            raise BadQuestion(f"{len(values)} value(s) have {only}: it takes two.")
    return _told((said.found.name, said.found.unit), values, (limits.low, limits.high), bins)


def _told(of: tuple[str, str], values: Numbers, limits: tuple[float | None, float | None], bins: int) -> Histogram:

    count, deviation = len(values), float(values.std(ddof=1))
    step = _step(values)
    shaped = bool(step) and count > 3
    scaled = (values - values.min()) / np.ptp(values) if shaped else values  # squares of tiny differences are 0
    skewed, heavy = (
        (float(scipy.stats.skew(scaled, bias=False)), float(scipy.stats.kurtosis(scaled, bias=False)))
        if shaped
        else (0, 0)
    )
    normal = float(scipy.stats.shapiro(values[:: -(-count // TRIED)]).pvalue) if step and count >= ENOUGH else None
    two = (skewed**2 + 1) / (heavy + 3 * (count - 1) ** 2 / ((count - 2) * (count - 3))) if shaped else None
    outside = np.zeros(count, np.bool_)
    for limit, beyond in ((limits[0], np.less), (limits[1], np.greater)):
        outside |= beyond(values, limit) if limit is not None else False
    shares = (0.001, 0.005, 0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99, 0.995, 0.999)
    return Histogram(
        *of,
        count,
        float(values.mean()),
        deviation,
        float(np.median(values)),
        skewed if shaped else None,
        heavy if shaped else None,
        normal,
        two,
        step,
        *limits,
        float(outside.mean()) if limits != (None, None) else None,
        _bars(values, step, bins),
        tuple(Quantile(s, float(np.quantile(values, s))) for s in shares),
        tuple(_remarks(count, deviation, step, two)),
    )


def _step(values: Numbers) -> float | None:
    """The smallest step between values that are not the same; None where all are."""
    steps = np.diff(np.unique(values))
    real = steps[steps > 1e-9 * max(float(np.abs(values).max()), 1e-300)]
    return float(real.min()) if len(real) and float(values.std()) > 0 else None


def _bars(values: Numbers, step: float | None, bins: int) -> tuple[Bar, ...]:

    count, lowest, highest = len(values), float(values.min()), float(values.max())
    if step is None:
        return (Bar(lowest, highest, count, 1.0, None),)
    low, high, number = lowest, highest, bins
    if not number:
        spread = float(np.subtract(*np.quantile(values, (0.75, 0.25))))
        width = 2 * spread / count ** (1 / 3) or (highest - lowest) / (np.log2(count) + 1)
        coarse = step > width / 10
        width = max(step, round(width / step) * step) if coarse else width
        low = lowest - step / 2 if coarse else lowest
        number = int(np.clip(np.ceil((highest - low) / width + (1e-9 if coarse else 0)), 1, MOST))
        high = low + number * width if number < MOST else highest
    counts, edges = np.histogram(values, bins=number, range=(low, max(high, highest)))
    cumulated = scipy.stats.norm.cdf(edges, values.mean(), values.std(ddof=1))
    return tuple(
        Bar(float(edges[i]), float(edges[i + 1]), int(n), n / count, float(cumulated[i + 1] - cumulated[i]))
        for i, n in enumerate(counts.tolist())
    )


def _remarks(count: int, deviation: float, step: float | None, two: float | None) -> list[str]:
    found = [f"only {count} values: the shape is uncertain below {FEW}"] if count < FEW else []
    found += ["all values are equal: is the gauge fine enough?"] if step is None else []
    if step is not None and step > deviation / 2:
        found.append("the gauge is too coarse: its step is more than half of the standard deviation")
    found += (
        ["the values may be in two heaps: compare lots, machines or sites"] if two is not None and two > 5 / 9 else []
    )
    return found
