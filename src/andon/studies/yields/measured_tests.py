"""One test of many units: where its values lie, how capable it is, whether sites differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
import scipy

from ...model import Numbers
from ...units import Measured, Parts, Probability, Ratio, Unit
from ..quality.specification import Specification
from .modes import valley
from .quartiles import robust
from .sums import Frame, Groups, Seats
from .together import Column

Index = Annotated[float, Unit("{index}")]
Sigmas = Annotated[float, Unit("{sigma}")]
FEWEST = 30
"""Values below which a capability is only a hint."""
OF_SITE = 5
"""Values that a site needs to be compared."""
CHANCE = 0.01
HUMPS = 0.8
"""Two humps are told where the valley has less than this share of the lower one's density."""


@dataclass(frozen=True, slots=True)
class MeasuredTest:
    """One test.

    Attributes
    ----------
    test
        Its name.
    unit
        Unit of its values, "" where they have none.
    low, high
        Its limits; None where there is none.
    count
        Values.
    mean
        Mean.
    sigma
        Standard deviation of all values.
    within
        Standard deviation within a subgroup, pooled.
    median
        Median.
    robust_sigma
        Interquartile range / 1.35: what outliers do not move.
    outside
        Values outside the limits.
    cpk
        From the mean to the nearer limit, in three `within`; None without limits or spread.
    ppk
        The same in three `sigma`.
    ppk_low
        Its lower limit of 95 % confidence: what so few values prove.
    site_gap
        Highest less lowest mean of the sites, in standard deviations within them; None for fewer than two sites.
    high_site, low_site
        The sites with the highest and the lowest mean.
    site_chance
        The share of chance findings among tests whose sites differ as much as here, or more (Benjamini-Hochberg).
    valley
        Density in the valley between two humps over that of the lower hump; 1: there is one hump.
    remarks
        What is remarkable, in words.
    """

    test: str
    unit: str
    low: Measured | None
    high: Measured | None
    count: int
    mean: Measured
    sigma: Measured | None
    within: Measured | None
    median: Measured
    robust_sigma: Measured
    outside: Parts
    cpk: Index | None
    ppk: Index | None
    ppk_low: Index | None
    site_gap: Sigmas | None
    high_site: str
    low_site: str
    site_chance: Probability | None
    valley: Ratio | None
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Raw:
    """One test, before it is compared with the others."""

    row: MeasuredTest
    chance: float


def measured_test(column: Column, spec: Specification, seats: Seats, sites: Sequence[str]) -> Raw:
    value = column.value
    ordered, n = np.sort(value), len(value)
    mean, (median, robust_sigma) = float(value.mean()), robust(ordered)
    centred = value - mean
    square = float(np.square(centred).sum())  # not `@`: for so few values its threads cost more than they save
    sigma = float(np.sqrt(square / (n - 1))) if n > 1 else None
    within = _pooled(centred, square, seats.subgroup)
    low, high = spec.low, spec.high
    outside = (0 if low is None else int(np.searchsorted(ordered, low, side="left"))) + (
        0 if high is None else n - int(np.searchsorted(ordered, high, side="right"))
    )
    ppk = _index(mean, sigma, spec)
    gap, top, bottom, chance = _sites(centred, square, seats.site)
    return Raw(
        MeasuredTest(
            column.test,
            "" if spec.unit == "1" else spec.unit,
            low,
            high,
            n,
            mean,
            sigma,
            within,
            median,
            robust_sigma,
            float(outside),
            _index(mean, within, spec),
            ppk,
            _proved(ppk, n),
            gap,
            sites[top] if gap is not None else "",
            sites[bottom] if gap is not None else "",
            None,
            valley(ordered, min(sigma or 0.0, robust_sigma or sigma or 0.0)),
            (),
        ),
        chance,
    )


def _index(mean: float, sigma: float | None, spec: Specification) -> float | None:
    """From the mean to the nearer limit in three standard deviations."""
    if not sigma or not spec.bounded:
        return None
    sides = [] if spec.high is None else [spec.high - mean]
    sides += [] if spec.low is None else [mean - spec.low]
    return min(sides) / (3 * sigma)


def _proved(ppk: float | None, n: int) -> float | None:
    """Bissell's lower limit, one-sided at 95 %."""
    if ppk is None:
        return None
    return ppk - 1.6448536269514722 * float(np.sqrt(1 / (9 * n) + ppk**2 / (2 * (n - 1))))


def _pooled(centred: Numbers, square: float, groups: Groups) -> float | None:
    """Standard deviation within groups; of all values where each is a group of its own."""
    freedom = len(centred) - int((groups.count > 0).sum())
    if freedom < 1:
        return float(np.sqrt(square / (len(centred) - 1))) if len(centred) > 1 else None
    inside = square - float((groups.sums(centred) ** 2 / np.maximum(groups.count, 1)).sum())
    return float(np.sqrt(max(inside, 0.0) / freedom))


def _sites(centred: Numbers, square: float, sites: Groups) -> tuple[float | None, int, int, float]:
    """Gap of the means in standard deviations within, highest and lowest site, and the chance of such a difference."""
    count = sites.count
    full = count >= OF_SITE
    k = int(full.sum())
    if k < 2:
        return None, 0, 0, np.nan
    sums = sites.sums(centred)
    squares = square if full[count > 0].all() else float(np.square(centred[full[sites.code]]).sum())
    n, total = float(count[full].sum()), float(sums[full].sum())
    means = np.where(full, sums / np.maximum(count, 1), np.nan)
    inside = (squares - float((sums[full] ** 2 / count[full]).sum())) / (n - k)
    between = float((sums[full] ** 2 / count[full]).sum()) - total**2 / n
    top, bottom = int(np.nanargmax(means)), int(np.nanargmin(means))
    difference = float(means[top] - means[bottom])
    if inside <= 0:
        return (None, top, bottom, np.nan) if difference <= 0 else (np.inf, top, bottom, 0.0)
    chance = float(scipy.special.fdtrc(k - 1, n - k, max(0.0, between) / (k - 1) / inside))
    return difference / float(np.sqrt(inside)), top, bottom, chance


def told(row: MeasuredTest, chance: float, frame: Frame) -> MeasuredTest:
    """The row with its chance among all tests, and its remarks."""
    known = replace(row, site_chance=None if np.isnan(chance) else chance)
    remarks = []
    if row.count < FEWEST:
        remarks.append(f"only {row.count} values")
    if row.sigma == 0:
        remarks.append("all values are the same")
    if row.cpk is not None and row.cpk < frame.wanted:
        remarks.append(f"Cpk {row.cpk:.2f} is below {frame.wanted:g}")
    if differs(known, frame):
        remarks.append(f"site {row.high_site} lies {row.site_gap:.1f} sigma above site {row.low_site}")
    if two_humps(row):
        remarks.append("the values have two humps")
    return replace(known, remarks=tuple(remarks))


def differs(row: MeasuredTest, frame: Frame) -> bool:
    return (
        row.site_gap is not None
        and row.site_gap >= frame.gap
        and row.site_chance is not None
        and row.site_chance < CHANCE
    )


def two_humps(row: MeasuredTest) -> bool:
    return row.valley is not None and row.valley < HUMPS
