"""Several tests at once: Hotelling's T squared and MEWMA, with the part of each test in a signal."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy
from numpy.typing import NDArray

from ...errors import NoData
from ...model import Numbers

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cloud:
    """Where p tests are while nothing is wrong: their means and covariance, from `groups` subgroups of `size` values.

    `known`: nobody estimated them.
    """

    center: Numbers
    covariance: Matrix
    groups: int
    size: int
    known: bool = False


def cloud(means: Matrix, within: Matrix | None, size: int) -> Cloud:
    """The cloud of subgroups (m rows, p tests): the mean covariance within them, or that of single rows.

    Raises
    ------
    NoData
        There are too few rows for so many tests, or one test follows from the others.
    """
    groups, tests = means.shape
    need = tests + 2 if size == 1 else 2
    if groups < need:
        raise NoData(f"{groups} subgroups are too few for {tests} tests together: it takes {need} at least.")
    covariance = np.cov(means, rowvar=False).reshape(tests, tests) if within is None else within
    spread = np.sqrt(np.diag(covariance))
    if not np.all(spread > 0):
        raise NoData("A test has one value only, so the tests have no common spread: leave it out.")
    scaled = covariance / np.outer(spread, spread)
    if np.linalg.cond(scaled) > 1e12:
        raise NoData("One of the tests follows from the others, so their common spread has no inverse: leave one out.")
    return Cloud(means.mean(axis=0), covariance, groups, size)


def distances(rows: Matrix, found: Cloud) -> Numbers:
    """T squared of each row: how far it is from the center, in the shape of the cloud.

    Formula
    -------
    T2 = n (x - m)' S^-1 (x - m)
    """
    off = rows - found.center
    return np.asarray(
        found.size * (off * scipy.linalg.cho_solve(scipy.linalg.cho_factor(found.covariance), off.T).T).sum(axis=1),
        np.float64,
    )


def contributions(rows: Matrix, found: Cloud) -> Matrix:
    """How much less T squared is without each of the tests: its part in a signal (Mason, Tracy, Young)."""
    whole = distances(rows, found)
    parts = np.empty(rows.shape)
    for j in range(rows.shape[1]):
        rest = np.delete(np.arange(rows.shape[1]), j)
        without = Cloud(found.center[rest], found.covariance[np.ix_(rest, rest)], found.groups, found.size, found.known)
        parts[:, j] = whole - (distances(rows[:, rest], without) if len(rest) else 0.0)
    return parts


def limit(found: Cloud, confidence: float, *, own: bool) -> float:
    """The upper limit of T squared: for rows that the cloud was made of (`own`, phase I), or for later ones.

    Formula
    -------
    Subgroups: p (m -+ 1)(n - 1) / (m n - m - p + 1) F(p, m n - m - p + 1); single rows: (m - 1)^2 / m Beta(p / 2,
    (m - p - 1) / 2) of their own, p (m + 1)(m - 1) / (m^2 - m p) F(p, m - p) of later ones.
    """
    p, m, n = len(found.center), found.groups, found.size
    if n > 1:
        free = m * n - m - p + 1
        return float(p * (m - 1 if own else m + 1) * (n - 1) / free * scipy.stats.f.ppf(confidence, p, free))
    if own:
        return float((m - 1) ** 2 / m * scipy.stats.beta.ppf(confidence, p / 2, (m - p - 1) / 2))
    return float(p * (m + 1) * (m - 1) / (m**2 - m * p) * scipy.stats.f.ppf(confidence, p, m - p))


def weighted(rows: Matrix, found: Cloud, weight: float, begin: NDArray[np.bool_]) -> tuple[Matrix, Numbers]:
    """The exponentially weighted means of all tests (MEWMA), and the part of their covariance at each row."""
    means, part = np.zeros(rows.shape), np.empty(len(rows))
    step = 0
    for i, begins in enumerate(begin.tolist()):
        step = 1 if begins else step + 1
        before = 0.0 if begins else means[i - 1]
        means[i] = weight * (rows[i] - found.center) + (1 - weight) * before
        part[i] = weight / (2 - weight) * (1 - (1 - weight) ** (2 * step))
    return means + found.center, part


@cache
def mewma_run_length(tests: int, weight: float, high: float) -> float:
    """Rows between two false alarms of a MEWMA chart with limit `high` (h), from the long-run covariance.

    While nothing is wrong the length of the weighted mean is a Markov process of its own: its next square, scaled, is
    noncentral chi-squared. Solved as an integral equation at Gauss-Legendre places.

    Formula
    -------
    L(r) = 1 + int L(s) p(s | r) ds, r from 0 to sqrt(h w / (2 - w)), s the length of the next weighted mean

    Examples
    --------
    >>> round(mewma_run_length(2, 0.1, 8.64) / 200, 2)
    1.0

    References
    ----------
    S. E. Rigdon: An Integral Equation for the In-Control Average Run Length of a Multivariate Exponentially Weighted
    Moving Average Control Chart. J. Statistical Computation and Simulation 52 (1995), 351-365.
    """
    far = np.sqrt(high * weight / (2 - weight))
    nodes, weights = np.polynomial.legendre.leggauss(90)
    places, shares = far / 2 * (nodes + 1), far / 2 * weights
    known = np.concatenate([[0.0], places])
    chances = _next_length(places[None, :], known[:, None], tests, weight) * shares[None, :]
    inner = np.linalg.solve(np.eye(len(places)) - chances[1:], np.ones(len(places)))
    return float(1 + chances[0] @ inner)


def _next_length(s: Matrix, r: Matrix, tests: int, weight: float) -> Matrix:
    """The density of the next length, from a length: of a normal vector about (1 - w) r, of spread w."""
    a, x = (1 - weight) * r / weight, s / weight
    order = tests / 2 - 1
    a = np.maximum(a, 1e-9)
    bessel = scipy.special.ive(order, a * x) * np.exp(-((x - a) ** 2) / 2)
    return np.asarray(x * (x / a) ** order * bessel / weight, np.float64)


@cache
def mewma_limit(tests: int, weight: float, run_length: float) -> float:
    """The limit of a MEWMA chart that has so many rows between two false alarms.

    Prabhu and Runger's tables say 8.64 for 2 tests, a weight of 0.1 and 200 rows.

    >>> round(mewma_limit(2, 0.1, 200.0), 2)
    8.63
    """
    alone = float(scipy.stats.chi2.isf(1 / run_length, tests))  # what rows without memory need
    return float(
        scipy.optimize.brentq(lambda h: mewma_run_length(tests, weight, h) - run_length, 1e-3, alone * 1.001, xtol=1e-8)
    )
