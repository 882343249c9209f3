"""Capability indices with intervals: of normal values, from mean, sigma and degrees of freedom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Annotated

import scipy

from ...units import Unit
from .spread import Sigma

Index_ = Annotated[float, Unit("{index}")]


@dataclass(frozen=True, slots=True)
class Index:
    """One capability index with its interval.

    Attributes
    ----------
    name
        Cp, Cpl, Cpu, Cpk, Cpm (sigma within subgroups), Pp, Ppl, Ppu, Ppk, Ppm (of all values), Cm, Cmk (of a short
        run of a machine).
    value
        The estimate.
    low, high
        Its confidence limits; None where the data do not tell them.
    """

    name: str
    value: Index_
    low: Index_ | None
    high: Index_ | None


NAMES = {
    "within": ("Cp", "Cpl", "Cpu", "Cpk", "Cpm"),
    "overall": ("Pp", "Ppl", "Ppu", "Ppk", "Ppm"),
    "machine": ("Cm", "Cml", "Cmu", "Cmk", "Cmm"),
}


@dataclass(frozen=True, slots=True)
class Normal:
    """What is known of normal values: how many, their mean and sigma."""

    count: int
    mean: float
    sigma: Sigma


def indices(
    normal: Normal,
    *,
    low: float | None,
    high: float | None,
    target: float | None,
    which: str = "within",
    confidence: float = 0.95,
) -> tuple[Index, ...]:
    """All indices that the limits allow: with one limit only that side's and Cpk.

    Intervals: Cp by chi-square, Cpl, Cpu and Cpk by Bissell, Cpm by Boyles.

    Parameters
    ----------
    normal
        Count, mean and sigma.
    low, high, target
        The specification; without a target Cpm takes the middle of the limits.
    which
        A key of NAMES: how the indices are called.
    confidence
        Of the intervals, two-sided.

    Examples
    --------
    >>> found = indices(Normal(100, 6.0, Sigma(1.0, 99)), low=0, high=12, target=None)
    >>> [(i.name, i.value) for i in found]
    [('Cp', 2.0), ('Cpl', 2.0), ('Cpu', 2.0), ('Cpk', 2.0), ('Cpm', 2.0)]
    """
    return tuple(_each(normal, (low, high, target), NAMES[which], confidence))


def _each(
    normal: Normal, limits: tuple[float | None, float | None, float | None], names: tuple[str, ...], confidence: float
) -> Iterator[Index]:
    low, high, target = limits
    cp, cpl, cpu, cpk, cpm = names
    sigma, mean = normal.sigma.value, normal.mean
    if low is not None and high is not None:
        value = (high - low) / 6 / sigma
        yield Index(cp, value, *(value * f for f in _chi(normal.sigma.freedom, confidence)))
    sides = []
    for name, limit, sign in ((cpl, low, 1), (cpu, high, -1)):
        if limit is not None:
            sides.append(sign * (mean - limit) / 3 / sigma)
            yield _bissell(name, sides[-1], normal, confidence)
    if sides:
        yield _bissell(cpk, min(sides), normal, confidence)
    if low is not None and high is not None:
        away = (mean - ((low + high) / 2 if target is None else target)) / sigma
        value = (high - low) / 6 / sigma / sqrt(1 + away**2)
        freedom = (normal.sigma.freedom + 1) * (1 + away**2) ** 2 / (1 + 2 * away**2)
        yield Index(cpm, value, *(value * f for f in _chi(freedom, confidence)))


def _bissell(name: str, value: float, normal: Normal, confidence: float) -> Index:
    half = z_of(confidence) * sqrt(1 / (9 * normal.count) + value**2 / (2 * normal.sigma.freedom))
    return Index(name, value, value - half, value + half)


def values_needed(value: float, wanted: float, confidence: float) -> int | None:
    """How many values it takes until an index of this size is told from the wanted one; None where it is that one."""
    if value == wanted:
        return None
    half = z_of(confidence) * sqrt(1 / 9 + value**2 / 2) / abs(value - wanted)
    return ceil(half**2) + 1


def _chi(freedom: float, confidence: float) -> tuple[float, float]:

    a = (1 - confidence) / 2
    return sqrt(float(scipy.special.chdtri(freedom, 1 - a)) / freedom), sqrt(
        float(scipy.special.chdtri(freedom, a)) / freedom
    )


def z_of(confidence: float) -> float:
    """How many standard errors a two-sided normal interval reaches to each side."""

    return float(scipy.special.ndtri((1 + confidence) / 2))
