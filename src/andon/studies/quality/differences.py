"""Tests of whether groups of values differ: means by Welch, spreads by Brown and Forsythe, ranks."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from ...model import Numbers


def welch(values: list[Numbers]) -> tuple[float | None, float | None]:
    """F and p of Welch's analysis of variance; None where a group has no spread.

    >>> welch([np.array([1.0, 2, 3]), np.array([1.0, 2, 3])])
    (0.0, 1.0)
    """

    count = np.array([len(v) for v in values], np.float64)
    variance = np.array([float(v.var(ddof=1)) for v in values])
    if (variance == 0).any():
        return None, None
    k, weight = len(values), count / variance
    mean = np.array([float(v.mean()) for v in values])
    middle = float((weight * mean).sum() / weight.sum())
    lost = float((((1 - weight / weight.sum()) ** 2) / (count - 1)).sum())
    between = float((weight * (mean - middle) ** 2).sum()) / (k - 1)
    f = between / (1 + 2 * (k - 2) / (k * k - 1) * lost)
    return f, float(scipy.stats.f.sf(f, k - 1, (k * k - 1) / (3 * lost)))


def spreads(values: list[Numbers]) -> float | None:
    """p of Brown and Forsythe's test; None where no group has any spread about its median."""

    if all(np.ptp(v) == 0 for v in values) or all(np.ptp(np.abs(v - np.median(v))) == 0 for v in values):
        return None
    return float(scipy.stats.levene(*values, center="median").pvalue)


def ranks(values: list[Numbers]) -> float | None:
    """p of Kruskal and Wallis's test; None where all values are equal."""

    whole = np.concatenate(values)
    return None if np.ptp(whole) == 0 else float(scipy.stats.kruskal(*values).pvalue)


def superiority(a: Numbers, b: Numbers) -> float:
    """How often a value of b is above one of a; ties count half.

    >>> superiority(np.array([1.0, 2.0]), np.array([2.0, 3.0]))
    0.875
    """
    ordered = np.sort(a)
    below = np.searchsorted(ordered, b, side="left") + np.searchsorted(ordered, b, side="right")
    return float(below.mean()) / (2 * len(a))


def ascending(value: Numbers) -> tuple[NDArray[np.int64], Numbers]:
    """The places of n numbers in ascending order, equal ones as they came; and the numbers in that order.

    A number and its place are sorted as one whole number, which takes half as long as numbers by their places: the bits
    of a float are in the order of floats, and the place takes the last ones (15 of 64 for 25,000 numbers). What differs
    in those only is put right.

    >>> ascending(np.array([2.0, -1.0, 1.0]))
    (array([1, 2, 0]), array([-1.,  1.,  2.]))
    """
    last = (1 << len(value).bit_length()) - 1
    order = (value + 0.0).view(np.int64)
    order ^= (order >> 63) & np.iinfo(np.int64).max
    order &= ~last
    order |= np.arange(len(value))
    order.sort()
    order &= last
    ordered = value[order]
    if (ordered[1:] < ordered[:-1]).any():
        order = order[np.argsort(ordered, kind="stable")]
        ordered = value[order]
    return order, ordered


def midranks(ordered: Numbers) -> Numbers:
    """The ranks of sorted values from 1 on; equal ones share the mean of theirs.

    >>> midranks(np.array([1.0, 2.0, 2.0, 5.0])).tolist()
    [1.0, 2.5, 2.5, 4.0]
    """
    rank = np.arange(1.0, len(ordered) + 1)
    tied = np.flatnonzero(ordered[1:] == ordered[:-1])
    if len(tied):
        breaks = np.flatnonzero(np.diff(tied) > 1)
        first, last = tied[np.append(0, breaks + 1)], tied[np.append(breaks, len(tied) - 1)] + 1
        equal = np.zeros(len(ordered), np.bool_)
        equal[tied] = equal[tied + 1] = True
        rank[equal] = np.repeat((first + last) / 2 + 1, last - first + 1)
    return rank
