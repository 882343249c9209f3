"""Tests of whether groups of values differ: means by Welch, spreads by Brown and Forsythe, ranks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

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


def fisher(one: tuple[int, int], other: tuple[int, int]) -> float:
    """p of Fisher's exact test, two-sided, of (with, without) on either side.

    As SciPy has it; its statistics take longer to load than a lot of 25 million values takes to answer.

    >>> round(fisher((3, 1), (1, 3)), 6)
    0.485714
    """
    n, m, k = sum(one), sum(other), one[0] + other[0]
    log = _log_factorials(n + m)
    x = np.arange(max(0, k - m), min(k, n) + 1)
    chance = -(log[x] + log[n - x] + log[k - x] + log[m - k + x])
    chance = np.exp(chance - chance.max())
    here = chance[one[0] - x[0]]
    return float(chance[chance <= here * (1 + 1e-7)].sum() / chance.sum())


@lru_cache(4)
def _log_factorials(most: int) -> Numbers:
    return np.append(0.0, np.cumsum(np.log(np.arange(1, most + 1))))


@dataclass(frozen=True, slots=True)
class Ranked:
    """Rows of n numbers (k, n) by rank.

    `about` (k, n) is the rank of each less the mean rank, equal ones sharing the mean of theirs; `square` (k) the sum
    of its squares; `ordered` (k, n) the numbers in ascending order; `chosen` (k, c) the places there of those that were
    chosen, ascending.
    """

    about: Numbers
    square: Numbers
    ordered: Numbers
    chosen: NDArray[np.int64]


def ranked(values: Numbers, chosen: NDArray[np.intp]) -> Ranked:
    """Rank each of some rows of n finite numbers (k, n), and find those at the places `chosen` (c).

    A number takes its place along while it is sorted, which takes half as long as sorting places by their numbers: it
    is kept in the last bits (15 of 64 for 25,000 numbers). What differs in those only is put right.

    >>> found = ranked(np.array([[2.0, -1.0, 1.0, 2.0]]), np.array([2]))
    >>> found.about.tolist(), found.square.tolist(), found.ordered.tolist(), found.chosen.tolist()
    ([[1.0, -1.5, -0.5, 1.0]], [4.5], [[-1.0, 1.0, 2.0, 2.0]], [[1]])
    """
    rows, count = values.shape
    last = (1 << count.bit_length()) - 1
    order = values.view(np.int64) & ~last
    order |= np.arange(count)
    order.view(np.float64).sort(axis=1)
    order &= last
    order += np.arange(0, rows * count, count)[:, np.newaxis]
    ordered = values.ravel()[order]
    close = np.flatnonzero((ordered[:, 1:] <= ordered[:, :-1]).any(axis=1))
    for j in close:
        if (ordered[j, 1:] < ordered[j, :-1]).any():
            order[j] = order[j, np.argsort(ordered[j], kind="stable")]
            ordered[j] = values.ravel()[order[j]]
    rank = np.arange(1.0, count + 1) - (count + 1) / 2
    about = np.empty_like(values)
    about.ravel()[order.ravel()] = np.tile(rank, rows)
    places = np.sort(about.take(chosen, axis=1), axis=1) + (count - 1) / 2
    square = np.full(rows, np.square(rank).sum())
    for j in close:
        shared = _shared(ordered[j])
        about.ravel()[order[j]] = shared
        square[j] = np.square(shared).sum()
    return Ranked(about, square, ordered, places.astype(np.int64))


def _shared(ordered: Numbers) -> Numbers:
    """The ranks less the mean rank of numbers in ascending order, equal ones sharing the mean of theirs."""
    first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    size = np.diff(first, append=len(ordered))
    return np.repeat(first + (size - len(ordered)) / 2, size)
