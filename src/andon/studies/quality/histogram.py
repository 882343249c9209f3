"""How the values of a test are spread: shape, middle, tails, and what lies beyond its limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...catalog import study
from ...errors import BadQuestion, NoData
from ...model import Characteristics, Measurements, Numbers
from ...picture import Mark, Picture
from ...picture import histogram as drawn
from ...units import Measured, Parts, Ratio
from .amounts import PValue, Statistic
from .distributions import fitted, goodness
from .samples import final
from .specification import finite, specification

FEWEST, MOST = 5, 60
ENOUGH = 50
"""Values from which on the shape of a histogram says something about the process rather than about chance."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes
    ----------
    low, high
        Its edges; a value on an edge belongs to the bar above, the greatest to the last bar.
    count
        Values in it.
    share
        Of all values.
    """

    low: Measured
    high: Measured
    count: Parts
    share: Ratio


@dataclass(frozen=True, slots=True)
class Histogram:
    """The values of a test.

    Attributes
    ----------
    test
        What was measured.
    unit
        In which unit.
    count
        Values that count: the last one of each unit.
    mean
        Their mean.
    median
        Half of them are below.
    sigma
        Their standard deviation (n - 1).
    least, greatest
        The extremes.
    lower_quartile, upper_quartile
        Between them lies the middle half.
    skewness
        Third moment over sigma cubed (G1): above 0 with a long tail of large values; None below 3 values.
    kurtosis
        Fourth moment over sigma to the fourth, less 3 (G2): above 0 with heavy tails; None below 4 values.
    resolution
        The smallest step between different values.
    normal_p
        How often normal values look less normal (Anderson-Darling); None below 8 values.
    low, high
        The limits that hold; None where there is none.
    below, above
        Values beyond them; None without the limit.
    bars
        The bars.
    """

    HEADLINE = ("count", "mean", "sigma", "median", "least", "greatest", "below", "above", "normal_p")

    test: str
    unit: str
    count: Parts
    mean: Measured
    median: Measured
    sigma: Measured
    least: Measured
    greatest: Measured
    lower_quartile: Measured
    upper_quartile: Measured
    skewness: Statistic | None
    kurtosis: Statistic | None
    resolution: Measured | None
    normal_p: PValue | None
    low: Measured | None
    high: Measured | None
    below: Parts | None
    above: Parts | None
    bars: tuple[Bar, ...]

    @property
    def flags(self) -> tuple[str, ...]:
        """What to bear in mind."""
        coarse = self.resolution is not None and self.resolution > self.sigma / 2
        return (
            *((f"{self.count} values show no shape: it takes {ENOUGH}",) if self.count < ENOUGH else ()),
            *(("the values are coarse: they differ by more than half a sigma at least",) if coarse else ()),
        )


def histogram_picture(answer: Histogram) -> Picture:
    """The bars with the limits and the mean."""
    marks = [("mean", answer.mean), ("low", answer.low), ("high", answer.high)]
    return drawn(
        answer.test,
        ((b.low, b.high, float(b.count)) for b in answer.bars),
        answer.unit,
        x=answer.test,
        marks=[Mark(name, value, "x") for name, value in marks if value is not None],
    )


@study(picture=histogram_picture)
def histogram(
    measurements: Measurements,
    characteristics: Characteristics | None = None,
    test: str = "",
    bars: int = 0,
    low: float | None = None,
    high: float | None = None,
) -> Histogram:
    """How the values of a test are spread, and what lies beyond its limits.

    The last value of each unit counts. The width of a bar is 2 IQR / n^(1/3) (Freedman-Diaconis), but never less than
    the gauge resolves, so that no bar is empty only because no such value can be read.

    Use `capability` to judge the process by its limits, `control_chart` to see whether it is one process at all.

    Parameters
    ----------
    measurements
        Values of the test.
    characteristics
        Its limits, as the plant states them.
    test
        What was measured; not needed where there is only one.
    bars
        How many bars; 0: as many as suit the values.
    low, high
        Limits; without them those of the plant, else those that came with the measurements.

    Returns
    -------
    Histogram
        Figures of the distribution, and its bars.

    Raises
    ------
    NoData
        There are fewer than two values.
    BadQuestion
        The number of bars is negative or above 1,000, or the limits are the wrong way round.

    Examples
    --------
    >>> rows = [(i, str(i), "width", v) for i, v in enumerate([1.0, 2.0, 2.0, 3.0, 3.0, 3.0, 4.0, 4.0, 5.0])]
    >>> found = histogram(Measurements.of(rows), bars=4, high=4.5)
    >>> found.mean, found.above, [b.count for b in found.bars]
    (3.0, 1, [1, 2, 3, 3])

    References
    ----------
    D. Freedman, P. Diaconis: On the Histogram as a Density Estimator. Z. Wahrscheinlichkeitstheorie 57 (1981), 453-476.
    D. N. Joanes, C. A. Gill: Comparing Measures of Sample Skewness and Kurtosis. The Statistician 47 (1998), 183-189.
    """
    if not 0 <= bars <= 1000:
        raise BadQuestion(f"bars = {bars}: give 1 to 1000, or 0 for as many as suit the values.")
    found = final(finite(measurements.take(test)))
    spec = specification(found, characteristics, low=low, high=high)
    values = np.sort(found.value)
    if len(values) < 2:
        raise NoData(f"{found.name} has {len(values)} value(s) in that window: a histogram takes two.")
    lower, median, upper = (float(q) for q in np.quantile(values, (0.25, 0.5, 0.75)))
    sigma, steps = float(values.std(ddof=1)), np.diff(np.unique(values))
    skewness, kurtosis = moments(values)
    return Histogram(
        found.name,
        found.unit,
        len(values),
        float(values.mean()),
        median,
        sigma,
        float(values[0]),
        float(values[-1]),
        lower,
        upper,
        skewness,
        kurtosis,
        float(steps.min()) if len(steps) else None,
        _normal_p(values),
        spec.low,
        spec.high,
        None if spec.low is None else int((values < spec.low).sum()),
        None if spec.high is None else int((values > spec.high).sum()),
        _bars(values, bars, float(steps.min()) if len(steps) else 0.0),
    )


def moments(values: Numbers) -> tuple[float | None, float | None]:
    """Skewness G1 and excess kurtosis G2, as spreadsheets and statistics programs give them.

    >>> [round(m, 6) for m in moments(np.array([1.0, 2.0, 3.0, 4.0, 10.0]))]
    [1.697056, 3.152]
    """
    n, away = len(values), values - values.mean()
    spread = float((away**2).mean())
    if n < 3 or spread == 0:
        return None, None
    g1, g2 = float((away**3).mean()) / spread**1.5, float((away**4).mean()) / spread**2 - 3
    skewness = g1 * (n * (n - 1)) ** 0.5 / (n - 2)
    return skewness, None if n < 4 else (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6)


def _normal_p(values: Numbers) -> float | None:
    fit = fitted(values, "normal") if len(values) >= 8 and np.ptp(values) > 0 else None
    return None if fit is None else goodness(values, fit).anderson_p


def _bars(values: Numbers, bars: int, step: float) -> tuple[Bar, ...]:
    span = float(values[-1] - values[0])
    if span == 0:
        half = abs(float(values[0])) * 1e-3 or 0.5
        return (Bar(float(values[0]) - half, float(values[0]) + half, len(values), 1.0),)
    width = 2 * float(np.subtract(*np.quantile(values, (0.75, 0.25)))) / len(values) ** (1 / 3)
    suits = int(np.clip(np.ceil(span / width), FEWEST, MOST)) if width > 0 else FEWEST
    number = bars or max(1, min(suits, round(span / step) if step > 0 else suits))
    counts, edges = np.histogram(values, bins=number)
    rows = zip(edges.tolist(), edges[1:].tolist(), counts.tolist(), strict=False)
    return tuple(Bar(a, b, n, n / len(values)) for a, b, n in rows)
