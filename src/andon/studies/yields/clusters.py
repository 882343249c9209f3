"""Whether dies that fail, or values that are alike, lie together: join counts and Moran's I, against pure chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from ...model import Numbers
from ...model.measured import Integers
from .places import Codes, Dies
from .results import Flags, Rows

HALF = ((1, 0), (0, 1), (1, 1), (1, -1))
"""Half of a die's eight neighbours, so that each pair is found once."""


@dataclass(frozen=True, slots=True)
class Joins:
    """How many pairs of neighbours both fail (one entry a wafer), and what chance would make of as many failed dies."""

    joined: Numbers
    expected: Numbers
    variance: Numbers

    def chance(self) -> Numbers:
        """How often pure chance joins as many or more; NaN where nothing can be told."""
        return tails(self.joined, self.expected, self.variance)

    def together(self) -> Joins:
        """All wafers as one."""
        return Joins(*(np.array([a.sum()]) for a in (self.joined, self.expected, self.variance)))


def neighbours(x: Integers, y: Integers, of: Codes) -> tuple[Rows, Rows]:
    """Pairs of dies of one wafer that touch each other with a side or a corner.

    >>> a, b = neighbours(np.array([0, 1, 5]), np.array([0, 1, 1]), np.zeros(3, np.int64))
    >>> a.tolist(), b.tolist()
    ([0], [1])
    """
    wide, high = int(np.ptp(x)) + 3, int(np.ptp(y)) + 3
    key = (of * high + (y - y.min() + 1)) * wide + (x - x.min() + 1)
    order = np.argsort(key)
    placed = key[order]
    ones, others = [], []
    for right, down in HALF:
        place = np.minimum(np.searchsorted(placed, key + down * wide + right), len(key) - 1)
        there = placed[place] == key + down * wide + right
        ones.append(np.flatnonzero(there))
        others.append(order[place[there]])
    return np.concatenate(ones), np.concatenate(others)


def joins(found: Dies, failed: Flags) -> Joins:
    """Count neighbours that both fail, wafer by wafer, with mean and variance over all ways to place the failed dies.

    With J pairs of neighbours, degrees d and p_k = the share of k-tuples that fail all (without putting back):
    E = J p_2 and E[count^2] = J p_2 + S p_3 + (J^2 - J - S) p_4 with S = sum of d (d - 1).

    References
    ----------
    A. D. Cliff, J. K. Ord: Spatial Processes. Pion, 1981: join counts under nonfree sampling.
    """
    number = len(found.wafers)
    one, other = neighbours(found.x, found.y, found.of)
    dies_, bad = np.bincount(found.of, minlength=number), np.bincount(found.of[failed], minlength=number)
    pairs = np.bincount(found.of[one], minlength=number).astype(np.float64)
    degree = np.bincount(np.concatenate([one, other]), minlength=len(found)).astype(np.float64)
    corners = np.bincount(found.of, weights=degree * (degree - 1), minlength=number)
    both = failed[one] & failed[other]
    share = [_falling(bad, k) / np.maximum(_falling(dies_, k), 1.0) for k in (2, 3, 4)]
    expected = pairs * share[0]
    square = expected + corners * share[1] + (pairs**2 - pairs - corners) * share[2]
    joined = np.bincount(found.of[one[both]], minlength=number).astype(np.float64)
    return Joins(joined, expected, np.maximum(square - expected**2, 0.0))


def tails(count: Numbers, mean: Numbers, variance: Numbers) -> Numbers:
    """How often a count is as high or higher, by the gamma distribution of the same mean and variance.

    Counts of few failed dies are skewed to the right: a normal distribution would raise false alarms.
    """

    told = (variance > 1e-9) & (mean > 0)
    scale = np.where(told, variance / np.where(told, mean, 1.0), 1.0)
    found = scipy.special.gammaincc(np.where(told, mean, 1.0) / scale, np.maximum(count - 0.5, 0.0) / scale)
    return np.where(told, found, np.nan)


def moran(found: Dies, value: Numbers) -> tuple[Numbers, Numbers]:
    """Moran's I of each wafer and its z under randomisation; NaN where there are fewer than 4 dies or they are equal.

    References
    ----------
    P. A. P. Moran: Notes on continuous stochastic phenomena. Biometrika 37 (1950), 17-23.
    A. D. Cliff, J. K. Ord: Spatial Processes. Pion, 1981: moments of I under randomisation.
    """
    number = len(found.wafers)

    def total(what: Numbers, of: Codes = found.of) -> Numbers:
        return np.bincount(of, weights=what, minlength=number).astype(np.float64)

    one, other = neighbours(found.x, found.y, found.of)
    n = total(np.ones(len(found)))
    apart = value - (total(value) / np.maximum(n, 1))[found.of]
    square, fourth = total(apart**2), total(apart**4)
    degree = np.bincount(np.concatenate([one, other]), minlength=len(found)).astype(np.float64)
    pairs = total(np.ones(len(one)), found.of[one])
    told = (n >= 4) & (square > 0) & (pairs > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        s0, s1, s2 = 2 * pairs, 4 * pairs, 4 * total(degree**2)
        index = n / s0 * 2 * total(apart[one] * apart[other], found.of[one]) / square
        peak = n * fourth / square**2
        high = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
        low = peak * ((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
        spread = (high - low) / ((n - 1) * (n - 2) * (n - 3) * s0**2) - 1 / (n - 1) ** 2
        z = (index + 1 / (n - 1)) / np.sqrt(spread)
    return np.where(told, index, np.nan), np.where(told, z, np.nan)


def _falling(of: Codes, times: int) -> Numbers:
    found = np.ones(len(of))
    for k in range(times):
        found *= np.maximum(of - k, 0)
    return found
