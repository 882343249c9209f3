"""Sigma within subgroups, unbiased, with the degrees of freedom that the estimator really has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from ...errors import UnknownName
from ...model import Numbers
from .constants import c4, d2, d3

Codes = NDArray[np.int64]
METHODS: Mapping[str, str] = {
    "pooled": "pooled standard deviation / c4",
    "range": "mean of range / d2",
    "deviation": "mean of standard deviation / c4",
    "moving range": "mean moving range of two / d2",
}


@dataclass(frozen=True, slots=True)
class Sigma:
    """An estimate of sigma, and the degrees of freedom of a chi-square with the same relative variance."""

    value: float
    freedom: float


def within(values: Numbers, groups: Codes, method: str = "") -> Sigma | None:
    """Sigma within subgroups; None where no subgroup has two values.

    Parameters
    ----------
    values
        Values in order of time.
    groups
        The subgroup of each value, numbers from 0.
    method
        A key of METHODS; "" is the moving range where each subgroup is one value, else the pooled deviation.

    Raises
    ------
    UnknownName
        There is no such method.

    Examples
    --------
    >>> round(within(np.array([1.0, 3.0, 2.0, 4.0]), np.array([0, 0, 1, 1]), "range").value, 4)
    1.7725
    """
    if method and method not in METHODS:
        raise UnknownName("way to estimate sigma", method, METHODS)
    sizes = np.bincount(groups) if len(groups) else np.empty(0, np.int64)
    method = method or ("pooled" if (sizes > 1).any() else "moving range")
    if method == "moving range":
        return _moving(values)
    many = sizes > 1
    if not many.any():
        return None
    if method == "range":
        return _ranges(values, groups, sizes)
    means = np.bincount(groups, values) / np.maximum(sizes, 1)
    squares = np.bincount(groups, (values - means[groups]) ** 2)
    if method == "pooled":
        freedom = int((sizes[many] - 1).sum())
        return Sigma(float(sqrt(squares.sum() / freedom)) / c4(freedom + 1), float(freedom))
    c = np.array([c4(int(n)) for n in sizes[many]])
    deviations = np.sqrt(squares[many] / (sizes[many] - 1)) / c
    return Sigma(float(deviations.mean()), _freedom(float(((1 - c**2) / c**2).mean()) / len(c)))


def overall(values: Numbers) -> Sigma:
    """The standard deviation of all values, with n - 1."""
    return Sigma(float(np.std(values, ddof=1)), float(len(values) - 1))


def _ranges(values: Numbers, groups: Codes, sizes: Codes) -> Sigma:
    high, low = np.full(len(sizes), -np.inf), np.full(len(sizes), np.inf)
    np.maximum.at(high, groups, values)
    np.minimum.at(low, groups, values)
    many = sizes > 1
    d = np.array([d2(int(n)) for n in sizes[many]])
    e = np.array([d3(int(n)) for n in sizes[many]])
    return Sigma(float(((high - low)[many] / d).mean()), _freedom(float(((e / d) ** 2).mean()) / len(d)))


def _moving(values: Numbers) -> Sigma | None:
    """Neighbouring ranges share a value: cov(|x1 - x2|, |x2 - x3|) = (4 (sqrt 3 / 2 + pi / 12) - 4) / pi sigma^2."""
    m = len(values) - 1
    if m < 1:
        return None
    shared = (4 * (sqrt(3) / 2 + pi / 12) - 4) / pi
    variance = (m * (2 - 4 / pi) + 2 * (m - 1) * shared) / m**2
    return Sigma(float(np.abs(np.diff(values)).mean()) / d2(2), _freedom(variance / d2(2) ** 2))


def _freedom(relative: float) -> float:
    """Degrees of freedom of a standard deviation whose variance is `relative` of sigma squared."""
    return 1 / (2 * relative)
