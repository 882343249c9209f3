"""Whether a gauge's bias changes over its range: a line through the bias of parts of known value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Annotated

import numpy as np
import scipy

from ...catalog import study
from ...errors import BadQuestion, NoData
from ...model import Characteristics, Measurements, Numbers
from ...picture import Picture, lines
from ...units import Measured, Probability, Ratio, Unit
from .readings import planned
from .references import true_values
from .specification import finite, of_product, specification

Slope = Annotated[float, Unit("{slope}")]


@dataclass(frozen=True, slots=True)
class BiasAt:
    """The bias at one reference value.

    Attributes
    ----------
    reference
        The true value.
    readings
        How often parts of that value were read.
    bias
        Mean reading less reference.
    sigma
        Standard deviation of the readings; None of a single one.
    p
        How often a gauge without bias reads as far off there; None where the readings do not scatter.
    line
        The bias that the line says.
    line_low, line_high
        Confidence limits of the line there.
    biased
        0 lies outside the limits of the line.
    """

    reference: Measured
    readings: int
    bias: Measured
    sigma: Measured | None
    p: Probability | None
    line: Measured
    line_low: Measured
    line_high: Measured
    biased: bool


@dataclass(frozen=True, slots=True)
class GaugeLinearity:
    """How the bias of a gauge changes over its range.

    Attributes
    ----------
    test
        What was measured.
    unit
        Its unit.
    parts
        Different reference values.
    readings
        Readings of them all.
    bias
        Mean bias over all readings.
    bias_p
        How often a gauge without bias reads as far off on the whole.
    slope
        Change of the bias when the true value is larger by 1.
    slope_low, slope_high
        Its confidence limits.
    slope_p
        How often a gauge without slope shows one as steep.
    intercept
        Bias at the true value 0, by the line.
    sigma
        Standard deviation of the readings about the line.
    r_squared
        Share of the scatter of the bias that the line explains.
    linearity
        Slope times the variation of the process; None where that is not given.
    of_process
        The slope, as a share: what linearity is of the variation of the process.
    confidence
        Of all limits, two-sided.
    lack_of_fit_p
        How often readings of a true line lie as far from it at the reference values; None where it cannot be told.
    rows
        Each reference value.
    """

    HEADLINE = ("verdict", "slope", "bias", "of_process")

    test: str
    unit: str
    parts: int
    readings: int
    bias: Measured
    bias_p: Probability | None
    slope: Slope
    slope_low: Slope
    slope_high: Slope
    slope_p: Probability | None
    intercept: Measured
    sigma: Measured
    r_squared: Ratio
    linearity: Measured | None
    of_process: Ratio
    confidence: Ratio
    lack_of_fit_p: Probability | None
    rows: tuple[BiasAt, ...]

    @property
    def verdict(self) -> str:
        """not linear (the slope is surely not 0), biased (surely off somewhere), or no bias shown."""
        if not self.slope_low <= 0 <= self.slope_high:
            return "not linear"
        return "biased" if any(r.biased for r in self.rows) else "no bias shown"

    @property
    def remarks(self) -> tuple[str, ...]:
        """What to know before it is believed."""
        return tuple(_remarks(self))


def linearity_picture(answer: GaugeLinearity) -> Picture:
    """The bias at each reference value, with the line through all readings and its limits."""
    names = ("mean bias", "line", "lower limit", "upper limit", "no bias")
    rows = [
        (name, r.reference, value)
        for r in answer.rows
        for name, value in zip(names, (r.bias, r.line, r.line_low, r.line_high, 0.0), strict=True)
    ]
    return lines(f"Bias of {answer.test} over its range", rows, answer.unit, x="reference", y="bias")


@study(picture=linearity_picture)
def gauge_linearity(
    measurements: Measurements,
    characteristics: Characteristics | None = None,
    test: str = "",
    product: str = "",
    plan: str = "",
    part: str = "unit",
    references: str = "",
    process: Measured | None = None,
    confidence: Ratio = 0.95,
) -> GaugeLinearity:
    """Whether a gauge reads as right at one end of its range as at the other.

    Several parts whose values are known, spread over the range, are read again and again. A line is fitted through the
    bias of all readings. Where the line is not 0 within its limits, the gauge is biased there; where its slope is not
    0, it is not linear. Look at `lack_of_fit_p`: where it is small, the bias bends, and the line misleads.

    Use `gauge_bias` instead when you have one part of known value.

    Parameters
    ----------
    measurements
        The readings.
    characteristics
        The plant's specification, for the unit.
    test
        What was measured; not needed where there is only one.
    product
        Only units of this product; "" for all.
    plan
        Only readings made for this gauge study (fact `plan` of the units); "" for all in the window.
    part
        The column that says which part: unit, or a fact.
    references
        True values by part, such as "1 = 2.0, 2 = 4.0"; of parts that it leaves out the fact `reference` says them.
    process
        Six sigma of the process, to say linearity in its unit.
    confidence
        Of all limits, two-sided.

    Returns
    -------
    GaugeLinearity
        The line, the bias at each reference value, and a verdict.

    Raises
    ------
    NoData
        There are fewer than two reference values or three readings.
    BadQuestion
        Nobody said a true value, or settings do not fit.

    Examples
    --------
    >>> rows = [(i, str(i % 3), "width", 10.0 * (i % 3) + 0.01 * (i % 2) - 0.1 * (i % 3)) for i in range(12)]
    >>> found = gauge_linearity(Measurements.of(rows), references="0 = 0, 1 = 10, 2 = 20")
    >>> round(found.slope, 3), found.verdict
    (-0.01, 'not linear')

    References
    ----------
    AIAG: Measurement Systems Analysis, 4th ed. 2010, chapter III B (guidelines for determining linearity).
    """
    if not 0 < confidence < 1:
        raise BadQuestion(f"confidence = {confidence} is a share between 0 and 1: write 0.95 for 95 %.")
    if process is not None and process <= 0:
        raise BadQuestion(f"process = {process:g} is no variation: give six sigma of the process.")
    found = planned(finite(of_product(measurements.take(test), product)), plan)
    true = true_values(found, references, part)
    levels = np.unique(true)
    if len(levels) < 2 or len(true) < 3:
        raise NoData(
            f"{found.name} has {len(true)} readings at {len(levels)} reference value(s): linearity takes two, and five "
            "with ten readings each to be sure."
        )
    line = _Line.of(true, found.value - true, confidence)
    bias = found.value - true
    error = float(np.std(bias, ddof=1)) / sqrt(len(bias))
    return GaugeLinearity(
        test=found.name,
        unit=specification(found, characteristics).unit,
        parts=len(levels),
        readings=len(true),
        bias=float(bias.mean()),
        bias_p=_p(float(bias.mean()), error, len(bias) - 1),
        slope=line.slope,
        slope_low=line.slope - line.t * line.slope_error,
        slope_high=line.slope + line.t * line.slope_error,
        slope_p=_p(line.slope, line.slope_error, line.freedom),
        intercept=line.intercept,
        sigma=line.sigma,
        r_squared=line.r_squared,
        linearity=None if process is None else abs(line.slope) * process,
        of_process=abs(line.slope),
        confidence=confidence,
        lack_of_fit_p=_lack_of_fit(true, bias, line),
        rows=tuple(_row(level, bias[true == level], line) for level in levels.tolist()),
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """A least-squares line; `t` is the quantile that limits take."""

    intercept: float
    slope: float
    sigma: float
    r_squared: float
    slope_error: float
    middle: float
    spread: float
    count: int
    t: float

    @classmethod
    def of(cls, x: Numbers, y: Numbers, confidence: float) -> _Line:

        middle, n = float(x.mean()), len(x)
        spread = float(((x - middle) ** 2).sum())
        slope = float(((x - middle) * (y - y.mean())).sum()) / spread
        intercept = float(y.mean()) - slope * middle
        left = float(((y - intercept - slope * x) ** 2).sum())
        whole = float(((y - y.mean()) ** 2).sum())
        sigma = sqrt(left / (n - 2))
        t = float(scipy.special.stdtrit(n - 2, (1 + confidence) / 2))
        share = 1 - left / whole if whole else 0.0
        return cls(intercept, slope, sigma, share, sigma / sqrt(spread), middle, spread, n, t)

    @property
    def freedom(self) -> int:
        return self.count - 2

    def at(self, x: float) -> tuple[float, float]:
        """The line at x, and half of its interval."""
        half = self.t * self.sigma * sqrt(1 / self.count + (x - self.middle) ** 2 / self.spread)
        return self.intercept + self.slope * x, half


def _row(level: float, bias: Numbers, line: _Line) -> BiasAt:
    mean, (said, half) = float(bias.mean()), line.at(level)
    sigma = float(np.std(bias, ddof=1)) if len(bias) > 1 else None
    p = _p(mean, sigma / sqrt(len(bias)), len(bias) - 1) if sigma else None
    return BiasAt(level, len(bias), mean, sigma, p, said, said - half, said + half, not said - half <= 0 <= said + half)


def _lack_of_fit(true: Numbers, bias: Numbers, line: _Line) -> float | None:
    """F test of the level means about the line against the scatter within levels."""
    levels, place, counts = np.unique(true, return_inverse=True, return_counts=True)
    means = np.bincount(place, bias) / counts
    pure = float(((bias - means[place]) ** 2).sum())
    within, between = len(bias) - len(levels), len(levels) - 2
    if within < 1 or between < 1 or pure == 0:
        return None

    off = float((counts * (means - line.intercept - line.slope * levels) ** 2).sum())
    return float(scipy.special.fdtrc(between, within, (off / between) / (pure / within)))


def _p(value: float, error: float, freedom: int) -> float | None:

    return 2 * float(scipy.special.stdtr(freedom, -abs(value / error))) if error else None


def _remarks(answer: GaugeLinearity) -> Iterator[str]:
    if answer.parts < 5 or answer.readings < 10 * answer.parts:
        yield f"{answer.readings} readings of {answer.parts} reference values: AIAG asks for 5 with 10 readings each"
    if answer.lack_of_fit_p is not None and answer.lack_of_fit_p < 0.05:
        yield f"the bias does not lie on a line (p = {answer.lack_of_fit_p:.2g}): look at each reference value"
