"""Variance components of a gauge study: by ANOVA, crossed and nested, and by ranges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Annotated

import numpy as np
import scipy

from ...units import Probability, Unit
from .constants import d2, d3
from .readings import Readings

Square = Annotated[float, Unit("{value}2")]
F = Annotated[float, Unit("{F}")]


@dataclass(frozen=True, slots=True)
class Source:
    """One line of the analysis of variance.

    Attributes
    ----------
    source
        part, appraiser, interaction, repeatability, pooled repeatability (with the interaction) or total.
    freedom
        Degrees of freedom.
    squares
        Sum of squares.
    mean_square
        Sum of squares over degrees of freedom; None for the total.
    f
        Against the line it is tested by; None where it is tested by none.
    p
        How often chance alone makes as large an F.
    """

    source: str
    freedom: int
    squares: Square
    mean_square: Square | None
    f: F | None
    p: Probability | None


@dataclass(frozen=True, slots=True)
class Variances:
    """The variances of a gauge study, and the lines they were taken from.

    `interaction` is None where it was pooled with repeatability or there is none. `gauge_low` and `gauge_high` are
    limits of the gauge's variance, None where no simple ones are known.
    """

    repeatability: float
    appraiser: float
    interaction: float | None
    part: float
    sources: tuple[Source, ...]
    gauge_low: float | None
    gauge_high: float | None

    @property
    def gauge(self) -> float:
        """Repeatability and reproducibility."""
        return self.repeatability + self.appraiser + (self.interaction or 0.0)


def by_anova(readings: Readings, *, pool_above: float, confidence: float) -> Variances:
    """Variance components from mean squares; negative ones are 0.

    Crossed with more than one appraiser: the interaction is pooled with repeatability where its p is above
    `pool_above`.
    """
    y = readings.values
    o, n, r = y.shape
    cell, who, grand = y.mean(2), y.mean((1, 2)), float(y.mean())
    error = _line("repeatability", o * n * (r - 1), float(((y - cell[:, :, None]) ** 2).sum()))
    total = Source("total", y.size - 1, float(((y - grand) ** 2).sum()), None, None, None)
    people = (o - 1, n * r * float(((who - grand) ** 2).sum()))
    if readings.nested:
        own = _line("part", o * (n - 1), r * float(((cell - who[:, None]) ** 2).sum()), error)
        appraiser = _line("appraiser", *people, own)
        return Variances(
            _mean(error),
            max(0.0, (_mean(appraiser) - _mean(own)) / (n * r)),
            None,
            max(0.0, (_mean(own) - _mean(error)) / r),
            (appraiser, own, error, total),
            None,
            None,
        )
    part = (n - 1, o * r * float(((cell.mean(0) - grand) ** 2).sum()))
    if o == 1:
        found = _line("part", *part, error)
        limits = _limits([(1.0, error)], confidence)
        return Variances(
            _mean(error), 0.0, None, max(0.0, (_mean(found) - _mean(error)) / r), (found, error, total), *limits
        )
    both = _line(
        "interaction",
        (o - 1) * (n - 1),
        r * float(((cell - who[:, None] - cell.mean(0)[None, :] + grand) ** 2).sum()),
        error,
    )
    if both.p is not None and both.p > pool_above:
        pooled = _line("pooled repeatability", error.freedom + both.freedom, error.squares + both.squares)
        return _crossed(readings, part, people, (pooled, both, error, total), confidence)
    return _crossed(readings, part, people, (both, both, error, total), confidence)


def _crossed(
    readings: Readings,
    part: tuple[int, float],
    people: tuple[int, float],
    lines: tuple[Source, Source, Source, Source],
    confidence: float,
) -> Variances:
    """Components of a crossed study; `lines` are the one that the others are tested by, interaction, error, total."""
    o, n, r = readings.values.shape
    against, both, error, total = lines
    pooled = against is not both
    left = against if pooled else error
    found, appraiser = _line("part", *part, against), _line("appraiser", *people, against)
    share = 1 / (n * r)
    weights = [(share, appraiser), (1 - share, left)]
    if not pooled:
        weights = [(share, appraiser), ((n - 1) * share, both), (1 - 1 / r, error)]
    return Variances(
        _mean(left),
        max(0.0, (_mean(appraiser) - _mean(against)) / (n * r)),
        None if pooled else max(0.0, (_mean(both) - _mean(error)) / r),
        max(0.0, (_mean(found) - _mean(against)) / (o * r)),
        (found, appraiser, both, error, *((left,) if pooled else ()), total),
        *_limits(weights, confidence),
    )


def _limits(weights: Sequence[tuple[float, Source]], confidence: float) -> tuple[float, float]:
    """Limits of a sum of weighted mean squares (modified large sample, Graybill and Wang)."""

    a = (1 - confidence) / 2
    middle = sum(w * _mean(s) for w, s in weights)
    down = sum((w * _mean(s) * (1 - s.freedom / float(scipy.special.chdtri(s.freedom, a)))) ** 2 for w, s in weights)
    up = sum((w * _mean(s) * (s.freedom / float(scipy.special.chdtri(s.freedom, 1 - a)) - 1)) ** 2 for w, s in weights)
    return middle - sqrt(down), middle + sqrt(up)


def by_ranges(readings: Readings) -> Variances:
    """The average and range method of AIAG: EV = R K1, AV from the means of appraisers, PV from those of parts.

    K1 = 1 / d2(trials); K2 and K3 are 1 / d2* of one range of so many appraisers or parts, d2*^2 = d2^2 + d3^2.
    """
    y = readings.values
    o, n, r = y.shape
    ev = float(np.ptp(y, axis=2).mean()) / d2(r)
    means = np.ptp(y.mean((1, 2)))
    av = max(0.0, (float(means) / _d2_star(o)) ** 2 - ev**2 / (n * r)) if o > 1 else 0.0
    ranges = np.ptp(y.mean(2), axis=1) if readings.nested else np.ptp(y.mean((0, 2)), keepdims=True)
    pv = (float(ranges.mean()) / _d2_star(n, len(ranges))) ** 2
    return Variances(ev**2, av, None, pv, (), None, None)


def _d2_star(size: int, ranges: int = 1) -> float:
    """The divisor of a few ranges in place of d2 (AIAG, appendix C)."""
    return sqrt(d2(size) ** 2 + d3(size) ** 2 / ranges)


def _line(source: str, freedom: int, squares: float, against: Source | None = None) -> Source:
    mean = squares / freedom if freedom else 0.0
    if against is None or not freedom or not _mean(against):
        return Source(source, freedom, squares, mean, None, None)

    f = mean / _mean(against)
    return Source(source, freedom, squares, mean, f, float(scipy.special.fdtrc(freedom, against.freedom, f)))


def _mean(source: Source) -> float:
    return source.mean_square or 0.0
