"""Whether a gauge stays as it was: readings of one part over weeks and months, on a control chart, and their drift."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Annotated

import numpy as np
import scipy

from ...catalog import study
from ...errors import BadQuestion
from ...model import Characteristics, Measurements, Numbers, Times
from ...picture import Picture, control
from ...units import SECOND, Measured, Moment, Ratio, Unit
from .gauge_bias import one_part
from .readings import planned
from .rules import broken, chosen
from .samples import subgroups
from .specification import finite, of_product, specification
from .spread import within

DAY = 86_400 * SECOND
Drift = Annotated[float, Unit("{value}/d")]


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the reference part: a few readings in a row.

    Attributes
    ----------
    at
        When its last reading was made.
    readings
        How many.
    mean
        Their mean.
    lower, center, upper
        Control limits and center for so many readings.
    rules
        The run rules that it breaks, by their numbers; "" where none.
    """

    at: Moment
    readings: int
    mean: Measured
    lower: Measured
    center: Measured
    upper: Measured
    rules: str


@dataclass(frozen=True, slots=True)
class GaugeStability:
    """How the readings of one part change with time.

    Attributes
    ----------
    test
        What was measured.
    unit
        Its unit.
    part
        The part that was read.
    readings
        Readings of it.
    baseline
        Checks that the limits come from.
    center
        Mean of the baseline.
    sigma
        Standard deviation of the readings within a check.
    drift
        Change of the reading in a day, by a line through the means of the checks; None for fewer than three.
    drift_low, drift_high
        Its confidence limits.
    confidence
        Of these limits, two-sided.
    odd_checks
        Checks that break a rule.
    checks
        Each check.
    """

    HEADLINE = ("verdict", "odd_checks", "drift", "sigma")

    test: str
    unit: str
    part: str
    readings: int
    baseline: int
    center: Measured
    sigma: Measured
    drift: Drift | None
    drift_low: Drift | None
    drift_high: Drift | None
    confidence: Ratio
    odd_checks: int
    checks: tuple[Check, ...]

    @property
    def drifting(self) -> bool:
        """The limits of the drift lie on one side of 0."""
        return self.drift_low is not None and self.drift_high is not None and self.drift_low * self.drift_high > 0

    @property
    def verdict(self) -> str:
        """stable, drifting, or not stable (checks break a rule)."""
        return "drifting" if self.drifting else "not stable" if self.odd_checks else "stable"

    @property
    def remarks(self) -> tuple[str, ...]:
        """What to know before it is believed."""
        return tuple(_remarks(self))


def stability_picture(answer: GaugeStability) -> Picture:
    """The mean of each check with its limits."""
    rows = [(i, c.mean, c.lower, c.center, c.upper, c.rules) for i, c in enumerate(answer.checks, 1)]
    return control(
        f"{answer.test} of {answer.part or 'one part'} over time", rows, answer.unit, x="check", y=answer.test
    )


@study(picture=stability_picture)
def gauge_stability(
    measurements: Measurements,
    characteristics: Characteristics | None = None,
    test: str = "",
    product: str = "",
    plan: str = "",
    part: str = "",
    subgroup: int = 1,
    baseline: int = 0,
    rules: str = "1 2 3",
    confidence: Ratio = 0.95,
) -> GaugeStability:
    """Whether a gauge reads the same part the same over weeks and months.

    One part is kept and read again each day or week, a few times in a row. The means of these checks are put on a
    control chart with the scatter within a check (moving ranges where each check is one reading), and a line through
    them tells the drift. With a baseline the limits are those of the first checks, and later ones are judged by them.

    Use `gauge_bias` instead to see how far it is from the true value.

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
        The part that is kept for this; not needed where only one was read.
    subgroup
        So many readings in a row are one check.
    baseline
        The limits come from so many first checks; 0 for all.
    rules
        Run rules by Nelson's numbers: 1 beyond the limits, 2 nine on one side, 3 six rising or falling, and so on.
    confidence
        Of the limits of the drift, two-sided.

    Returns
    -------
    GaugeStability
        The checks with limits and broken rules, the drift, and a verdict.

    Raises
    ------
    NoData
        There are fewer than two readings.
    BadQuestion
        Several parts were read, the readings do not scatter, or settings do not fit.

    Examples
    --------
    >>> rows = [(i * 86_400_000_000, "master", "width", 10.0 + 0.01 * (i * 7 % 5)) for i in range(30)]
    >>> found = gauge_stability(Measurements.of(rows))
    >>> found.verdict, found.odd_checks
    ('stable', 0)

    References
    ----------
    AIAG: Measurement Systems Analysis, 4th ed. 2010, chapter III B (guidelines for determining stability).
    """
    if not 0 < confidence < 1:
        raise BadQuestion(f"confidence = {confidence} is a share between 0 and 1: write 0.95 for 95 %.")
    if subgroup < 1 or baseline < 0:
        raise BadQuestion(
            f"subgroup = {subgroup} and baseline = {baseline}: give 1 or more readings, 0 or more checks."
        )
    found = one_part(planned(finite(of_product(measurements.take(test), product)), plan), part)
    groups = subgroups(found, subgroup, "")
    first = groups < baseline if baseline else np.ones(len(groups), np.bool_)
    sigma = within(found.value[first], groups[first])
    if sigma is None or sigma.value == 0:
        raise BadQuestion(
            f"The readings of {found.name} that set the limits do not scatter: take more of them, or a finer gauge."
        )
    center = float(found.value[first].mean())
    checks = tuple(_checks(found.at, found.value, groups, (center, sigma.value), rules))
    drift, half = _drift(checks, confidence)
    return GaugeStability(
        test=found.name,
        unit=specification(found, characteristics).unit,
        part=str(found.units.unit[found.row[0]]),
        readings=len(found.row),
        baseline=min(baseline or len(checks), len(checks)),
        center=center,
        sigma=sigma.value,
        drift=drift,
        drift_low=None if drift is None or half is None else drift - half,
        drift_high=None if drift is None or half is None else drift + half,
        confidence=confidence,
        odd_checks=sum(bool(c.rules) for c in checks),
        checks=checks,
    )


def _checks(
    at: Times,
    values: Numbers,
    groups: np.ndarray[tuple[int], np.dtype[np.int64]],
    known: tuple[float, float],
    rules: str,
) -> Iterator[Check]:
    center, sigma = known
    sizes = np.bincount(groups)
    means = np.bincount(groups, values) / sizes
    last = np.searchsorted(groups, np.arange(len(sizes)), side="right") - 1
    asked = chosen(rules)
    flags = broken((means - center) / sigma * np.sqrt(sizes), asked)
    for i, (mean, size) in enumerate(zip(means.tolist(), sizes.tolist(), strict=True)):
        reach = 3 * sigma / sqrt(size)
        names = " ".join(r.name for r, f in zip(asked, flags, strict=True) if f[i])
        yield Check(int(at[last[i]]), size, mean, center - reach, center, center + reach, names)


def _drift(checks: tuple[Check, ...], confidence: float) -> tuple[float | None, float | None]:
    """Slope of a least-squares line in a day, and half of its interval."""
    days = np.array([c.at - checks[0].at for c in checks]) / DAY
    if len(checks) < 3 or days[-1] == 0:
        return None, None

    means, x = np.array([c.mean for c in checks]), days - days.mean()
    slope = float(x @ means / (x @ x))
    left = means - means.mean() - slope * x
    error = sqrt(float(left @ left) / (len(checks) - 2) / float(x @ x))
    return slope, float(scipy.special.stdtrit(len(checks) - 2, (1 + confidence) / 2)) * error


def _remarks(answer: GaugeStability) -> Iterator[str]:
    if len(answer.checks) < 20:
        yield f"{len(answer.checks)} checks: limits of fewer than 20 are not sure"
    if answer.drift is not None and answer.drifting:
        yield f"the reading moves by {answer.drift:.3g} {answer.unit} a day".replace(" 1 a day", " a day")
