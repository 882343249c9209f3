"""Quantiles of values that weigh differently, and medians of groups of neighbours."""

from __future__ import annotations

import numpy as np

from ...model import Numbers, Times


def weighted_quantiles(values: Numbers, weights: Numbers, shares: tuple[float, ...]) -> list[float]:
    """The least value that at least a share of the weight does not exceed, for each share.

    >>> weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 8.0]), (0.05, 0.5, 0.95))
    [1.0, 2.0, 3.0]
    """
    order = np.argsort(values, kind="stable")
    sums = np.cumsum(weights[order])
    places = np.searchsorted(sums, np.array(shares) * sums[-1] * (1 - 1e-12), side="left")
    return [float(v) for v in values[order][np.clip(places, 0, len(values) - 1)]]


def medians(values: Numbers | Times, groups: int) -> Numbers:
    """The median of each of some groups of neighbours, as equal in size as can be.

    >>> medians(np.array([1.0, 2.0, 9.0, 4.0, 6.0]), 2)
    array([2., 5.])
    """
    size, larger = divmod(len(values), groups)
    cut = larger * (size + 1)
    parts = values[:cut].reshape(larger, size + 1), values[cut:].reshape(groups - larger, size)
    return np.concatenate([np.median(p, axis=1) for p in parts if len(p)])
