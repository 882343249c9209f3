"""Yield models by formula: the share of dies without a fault, from the mean number of faults on a die."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import exp, log, pi, sqrt

import numpy as np
import scipy

from ...errors import BadQuestion
from ...model import Numbers

Formula = Callable[[Numbers, float], Numbers]


@dataclass(frozen=True, slots=True)
class Model:
    """One yield model; `shape` is what its second parameter is called, "" where it has none."""

    formula: str
    share: Formula
    shape: str = ""


def _small(x: Numbers) -> Numbers:
    """The mean numbers of faults, kept off 0 where a formula divides by them."""
    return np.maximum(x, 1e-12)


MODELS: Mapping[str, Model] = {
    "poisson": Model("exp(-x)", lambda x, _: np.exp(-x)),
    "murphy": Model("((1 - exp(-x)) / x)^2", lambda x, _: np.square(-np.expm1(-_small(x)) / _small(x))),
    "uniform": Model("(1 - exp(-2x)) / (2x)", lambda x, _: -np.expm1(-2 * _small(x)) / (2 * _small(x))),
    "exponential": Model("1 / (1 + x)", lambda x, _: 1 / (1 + x)),
    "root": Model("exp(-sqrt(x))", lambda x, _: np.exp(-np.sqrt(x))),
    "negative binomial": Model("(1 + x/alpha)^-alpha", lambda x, alpha: np.exp(-alpha * np.log1p(x / alpha)), "alpha"),
    "bose-einstein": Model("(1 + x/n)^-n", lambda x, n: np.exp(-n * np.log1p(x / n)), "layers"),
}
"""`exponential` is what many call Seeds' or Price's model; others mean `root` by Seeds: the formula is what counts."""


def share(model: str, faults: float, shape: float = 2.0) -> float:
    """The yield at a mean number of faults on a die, x = die area x defect density.

    >>> round(share("murphy", 1.0), 6), round(share("negative binomial", 1.0, 2.0), 6)
    (0.399576, 0.444444)
    """
    return float(MODELS[model].share(np.array([faults]), shape)[0])


def faults(model: str, share_: float, shape: float = 2.0) -> float | None:
    """The mean number of faults on a die at which a model has that yield; None for a yield of 0.

    >>> round(faults("poisson", exp(-0.5)), 6), round(faults("exponential", 0.5), 6)
    (0.5, 1.0)
    """
    if share_ <= 0:
        return None
    if share_ >= 1:
        return 0.0
    if model == "root":
        return log(share_) ** 2

    high = 1.0
    while share(model, high, shape) > share_ and high < 1e12:
        high *= 4
    return float(scipy.optimize.brentq(lambda x: share(model, x, shape) - share_, 0.0, high, xtol=1e-14, rtol=1e-14))


def dies_per_wafer(diameter: float, area: float, edge: float = 0.0) -> float:
    """Whole dies on a round wafer: pi (d/2)^2 / S - pi d / sqrt(2 S), lengths in mm, area in mm^2.

    `edge` is the rim that is not used. The second term is what the round cuts off; a die much longer than wide loses
    more, and the streets between dies count as die.

    >>> round(dies_per_wafer(300, 100), 4), round(dies_per_wafer(200, 25), 3)
    (640.2151, 1167.779)
    """
    used = diameter - 2 * edge
    if not (area > 0 and used > 0):
        raise BadQuestion(f"A die of {area:g} mm2 on a wafer of {diameter:g} mm less {edge:g} mm of rim has no room.")
    return max(0.0, pi * (used / 2) ** 2 / area - pi * used / sqrt(2 * area))


def alpha_by_moments(counts: Numbers) -> float | None:
    """Clustering of defect counts: mean^2 / (variance - mean); None where they scatter no more than Poisson's.

    >>> round(alpha_by_moments(np.array([0.0, 0.0, 4.0, 4.0])), 9)
    1.2
    """
    mean, variance = float(counts.mean()), float(counts.var(ddof=1)) if len(counts) > 1 else 0.0
    return mean**2 / (variance - mean) if variance > mean else None


def alpha_by_likelihood(counts: Numbers) -> float | None:
    """The alpha of a negative binomial that makes the counts most likely; None where Poisson's does better.

    The most likely mean is that of the counts whatever alpha is; alpha is where the slope of the likelihood is 0.
    """

    mean = float(counts.mean()) if len(counts) else 0.0
    if len(counts) < 2 or mean == 0 or float(counts.var()) <= mean:
        return None

    def slope(logarithm: float) -> float:
        of = exp(logarithm)
        return float((scipy.special.digamma(counts + of) - scipy.special.digamma(of)).mean() - np.log1p(mean / of))

    low, high = -12.0, 12.0
    return exp(float(scipy.optimize.brentq(slope, low, high, xtol=1e-13))) if slope(low) > 0 > slope(high) else None


def log_chance(size: Numbers, mean: float, alpha: float) -> Numbers:
    """Log of the share of dies with so many defects, negative binomial; an infinite alpha is Poisson's."""

    if np.isinf(alpha):
        return np.asarray(scipy.special.xlogy(size, mean) - mean - scipy.special.gammaln(size + 1))
    rest = -(alpha + size) * np.log1p(mean / alpha) + scipy.special.xlogy(size, mean / alpha)
    return np.asarray(
        scipy.special.gammaln(size + alpha) - scipy.special.gammaln(alpha) - scipy.special.gammaln(size + 1) + rest
    )
