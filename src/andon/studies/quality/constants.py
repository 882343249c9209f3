"""The constants of control charts, from the distribution of the range and of the deviation of normal samples."""

from __future__ import annotations

from functools import cache
from math import exp, lgamma, sqrt

import numpy as np
import scipy

from ...errors import BadQuestion
from ...model import Numbers

LARGEST = 1000
"""The largest subgroup whose range says anything; its distribution is known to 1e-9 until there."""
X = np.linspace(-9.0, 9.0, 721)
DENSITY = np.exp(-(X**2) / 2) / sqrt(2 * np.pi) * (X[1] - X[0])
W, WEIGHT = ((np.polynomial.legendre.leggauss(160)[i] + (1, 0)[i]) * 8.0 for i in (0, 1))
"""Where ranges are looked at, 0 to 16 standard deviations, and how much each place counts in an integral."""


def range_distribution(w: Numbers, n: int) -> Numbers:
    """The chance that the range of `n` standard normal values does not exceed `w`.

    Formula
    -------
    F(w) = n int phi(x) [Phi(x + w) - Phi(x)]^(n - 1) dx

    >>> range_distribution(np.array([2.7718]), 2).round(4).tolist()
    [0.95]
    """
    inner = scipy.special.ndtr(X[:, None] + w[None, :]) - scipy.special.ndtr(X)[:, None]
    return np.asarray(n * (DENSITY[:, None] * inner ** (n - 1)).sum(axis=0), np.float64)


@cache
def _moments(n: int) -> tuple[float, float]:
    """Mean and standard deviation of the range of `n` standard normal values."""
    if not 2 <= n <= LARGEST:
        raise BadQuestion(f"A range takes 2 to {LARGEST} values, not {n}: chart the standard deviation (xbar-s).")
    beyond = 1 - range_distribution(W, n)
    mean, square = float((WEIGHT * beyond).sum()), float((WEIGHT * 2 * W * beyond).sum())
    return mean, sqrt(square - mean**2)


def d2(n: int) -> float:
    """The mean range of `n` values in standard deviations.

    >>> round(d2(5), 9)
    2.325928947
    """
    return _moments(n)[0]


def d3(n: int) -> float:
    """The standard deviation of the range of `n` values in standard deviations.

    >>> round(d3(5), 9)
    0.864081941
    """
    return _moments(n)[1]


@cache
def d4(n: int) -> float:
    """The median range of `n` values in standard deviations.

    >>> round(d4(2), 9)
    0.953872552
    """
    _moments(n)
    return float(
        scipy.optimize.brentq(lambda w: float(range_distribution(np.array([w]), n)[0]) - 0.5, 0.1, 12.0, xtol=1e-13)
    )


@cache
def c4(n: int) -> float:
    """The mean standard deviation (n - 1) of `n` values in standard deviations.

    >>> round(c4(5), 9)
    0.939985603
    """
    return sqrt(2 / (n - 1)) * exp(lgamma(n / 2) - lgamma((n - 1) / 2))


def c5(n: int) -> float:
    """The standard deviation of the standard deviation of `n` values, in standard deviations."""
    return sqrt(1 - c4(n) ** 2)
