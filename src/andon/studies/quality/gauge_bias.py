"""Whether a gauge reads too high or too low: repeated readings of one part whose value is known (type 1 study)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Annotated

import numpy as np
import scipy

from ...catalog import study
from ...errors import BadQuestion, NoData
from ...model import Characteristics, Found, Measurements, Numbers
from ...picture import Picture, lines
from ...units import Measured, Moment, Probability, Ratio, Unit
from .indices import Index_
from .readings import planned
from .references import true_values
from .specification import finite, of_product, specification

FEW = 10
"""AIAG asks for ten readings or more; a type 1 study for 50, 25 at least."""
COARSE = 0.05
"""A gauge should tell a twentieth of the tolerance apart."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the reference part.

    Attributes
    ----------
    at
        When it was read.
    value
        What was read.
    bias
        How far that is from the reference value.
    """

    at: Moment
    value: Measured
    bias: Measured


@dataclass(frozen=True, slots=True)
class GaugeBias:
    """How far a gauge's mean reading lies from the true value.

    Attributes
    ----------
    test
        What was measured.
    unit
        Its unit.
    part
        The part that was read; "" where it has no name.
    reference
        Its true value.
    count
        Readings.
    mean
        Their mean.
    bias
        Mean less reference: above 0 the gauge reads too high.
    bias_low, bias_high
        Confidence limits of the bias.
    sigma
        Standard deviation of the readings: repeatability.
    t
        Bias over its standard error.
    p
        How often a gauge without bias reads as far off.
    confidence
        Of the limits, two-sided.
    resolution
        The smallest step between two readings.
    low, high
        Specification limits; None where there is none.
    cg
        A fifth of the tolerance over six sigma; None without two limits.
    cgk
        A tenth of the tolerance less the bias, over three sigma; None without two limits.
    wanted
        Cg and Cgk that are asked for.
    readings
        Each reading.
    """

    HEADLINE = ("verdict", "bias", "bias_low", "bias_high", "cg", "cgk")

    test: str
    unit: str
    part: str
    reference: Measured
    count: int
    mean: Measured
    bias: Measured
    bias_low: Measured
    bias_high: Measured
    sigma: Measured
    t: Annotated[float, Unit("{t}")] | None
    p: Probability | None
    confidence: Ratio
    resolution: Measured | None
    low: Measured | None
    high: Measured | None
    cg: Index_ | None
    cgk: Index_ | None
    wanted: Index_
    readings: tuple[Reading, ...]

    @property
    def biased(self) -> bool:
        """0 lies outside the limits of the bias."""
        return not self.bias_low <= 0 <= self.bias_high

    @property
    def verdict(self) -> str:
        """capable or not capable by Cgk where there are limits; else biased, or no bias shown."""
        if self.cg is not None and self.cgk is not None:
            return "capable" if min(self.cg, self.cgk) >= self.wanted else "not capable"
        return "biased" if self.biased else "no bias shown"

    @property
    def remarks(self) -> tuple[str, ...]:
        """What to know before it is believed."""
        return tuple(_remarks(self))


def bias_picture(answer: GaugeBias) -> Picture:
    """Each reading in order, with the reference value beside it."""
    rows = [("reading", float(i), r.value) for i, r in enumerate(answer.readings, 1)]
    rows += [
        (name, x, v)
        for name, v in (("reference", answer.reference), ("mean", answer.mean))
        for x in (1.0, float(answer.count))
    ]
    return lines(f"{answer.test} of a part of known value", rows, answer.unit, x="reading", y=answer.test)


@study(picture=bias_picture)
def gauge_bias(
    measurements: Measurements,
    characteristics: Characteristics | None = None,
    test: str = "",
    product: str = "",
    plan: str = "",
    part: str = "",
    reference: Measured | None = None,
    low: Measured | None = None,
    high: Measured | None = None,
    share: Ratio = 0.2,
    wanted: Index_ = 1.33,
    confidence: Ratio = 0.95,
) -> GaugeBias:
    """How far a gauge reads from the true value of a part, and whether that matters.

    One part whose value is known is read again and again, by one person, in one place. The bias is judged by a t test,
    and, where there are two limits, by Cg and Cgk: repeatability and bias against a share of the tolerance.

    Use `gauge_linearity` instead when you have several parts of known value, `gauge_stability` to see it over months.

    Parameters
    ----------
    measurements
        The readings.
    characteristics
        The plant's specification.
    test
        What was measured; not needed where there is only one.
    product
        Only units of this product; "" for all.
    plan
        Only readings made for this gauge study (fact `plan` of the units); "" for all in the window.
    part
        The part of known value; not needed where only one was read.
    reference
        Its true value; the fact `reference` of the unit, unless given.
    low, high
        Specification limits, in place of those that are known.
    share
        The share of the tolerance that six sigma of the gauge may fill: 0.2, others take 0.1 or 0.15.
    wanted
        Cg and Cgk that are asked for.
    confidence
        Of the limits of the bias, two-sided.

    Returns
    -------
    GaugeBias
        The bias with limits, repeatability, Cg and Cgk, and a verdict.

    Raises
    ------
    NoData
        There are fewer than two readings, or none of that part.
    BadQuestion
        Several parts were read, nobody said the true value, or settings do not fit.

    Examples
    --------
    >>> rows = [(i, "master", "width", 10.0 + 0.01 * (i % 3)) for i in range(30)]
    >>> found = gauge_bias(Measurements.of(rows), reference=10.0, low=9.5, high=10.5)
    >>> round(found.bias, 3), found.biased, round(found.cgk, 2)
    (0.01, True, 3.61)

    References
    ----------
    AIAG: Measurement Systems Analysis, 4th ed. 2010, chapter III B (independent sample method).
    ISO 22514-7; Bosch Booklet 10 and VDA Volume 5 (Cg and Cgk).
    """
    if not 0 < confidence < 1 or not 0 < share <= 1:
        raise BadQuestion(f"confidence = {confidence} and share = {share} are shares: write 0.2 for 20 %.")
    found = one_part(planned(finite(of_product(measurements.take(test), product)), plan), part)
    spec = specification(found, characteristics, low=low, high=high)
    true = _true(found, reference)
    count, mean, sigma = len(found.row), float(found.value.mean()), float(np.std(found.value, ddof=1))
    bias, error = mean - true, sigma / sqrt(count)
    half, p = _t(bias, error, count - 1, confidence)
    width = spec.width
    judged = width is not None and sigma > 0
    return GaugeBias(
        test=found.name,
        unit=spec.unit,
        part=str(found.units.unit[found.row[0]]),
        reference=true,
        count=count,
        mean=mean,
        bias=bias,
        bias_low=bias - half,
        bias_high=bias + half,
        sigma=sigma,
        t=bias / error if error else None,
        p=p,
        confidence=confidence,
        resolution=_step(found.value),
        low=spec.low,
        high=spec.high,
        cg=share * width / (6 * sigma) if judged and width is not None else None,
        cgk=(share / 2 * width - abs(bias)) / (3 * sigma) if judged and width is not None else None,
        wanted=wanted,
        readings=tuple(Reading(int(a), float(v), float(v) - true) for a, v in zip(found.at, found.value, strict=True)),
    )


def one_part(found: Found, part: str) -> Found:
    """The readings of one part: the named one, or the only one there is.

    Raises
    ------
    BadQuestion
        There are several, and none was named.
    NoData
        It was read fewer than two times.
    """
    names = found.units.unit[found.row]
    if part:
        found = found.pick(np.asarray(names == part, dtype=np.bool_))
    elif len(known := sorted(set(names.tolist()))) > 1:
        raise BadQuestion(
            f"{found.name} was read of {len(known)} parts ({', '.join(known[:8])}{', ...' if len(known) > 8 else ''}): "
            "say which `part` has the known value, or ask gauge_linearity."
        )
    if len(found.row) < 2:
        raise NoData(f"{found.name} has {len(found.row)} reading(s) of that part: it takes two, and ten to be sure.")
    return found


def _true(found: Found, reference: float | None) -> float:
    if reference is not None:
        return reference
    said = set(true_values(found, "").tolist())
    if len(said) > 1:
        raise BadQuestion(f"The part has several reference values, {sorted(said)}: give `reference`.")
    return float(said.pop())


def _t(bias: float, error: float, freedom: int, confidence: float) -> tuple[float, float | None]:
    """Half of the interval of a bias, and the p of its t test; without scatter both are certain."""

    if error == 0:
        return 0.0, None
    return float(scipy.special.stdtrit(freedom, (1 + confidence) / 2)) * error, 2 * float(
        scipy.special.stdtr(freedom, -abs(bias / error))
    )


def _step(values: Numbers) -> float | None:
    """The smallest difference between two different readings; None where all are equal."""
    steps = np.diff(np.unique(values))
    steps = steps[steps > 1e-9 * max(1e-300, float(np.abs(values).max()))]
    return float(steps.min()) if len(steps) else None


def _remarks(answer: GaugeBias) -> Iterator[str]:
    if answer.count < FEW:
        yield f"only {answer.count} readings: AIAG asks for 10, a type 1 study for 25 to 50"
    if answer.sigma == 0:
        yield "all readings are equal: the gauge is too coarse to tell its own scatter"
    width = None if answer.low is None or answer.high is None else answer.high - answer.low
    if width and answer.resolution is not None and answer.resolution > COARSE * width:
        yield f"the gauge tells steps of {answer.resolution:.3g} apart, more than a twentieth of the tolerance"
    if answer.biased and answer.verdict == "capable":
        yield "the bias is surely not 0, and small against the tolerance"
