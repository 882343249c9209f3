"""Median and spread that outliers do not move: of sorted values, with the quartile convention named."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...errors import UnknownName
from ...model import Numbers

QUARTILES = {"linear": (1.0, -1.0), "weibull": (0.0, 1.0)}
"""Where a quantile p lies among n sorted values, counted from 1: a + p (n + b). R calls these type 7 and type 6."""
NORMAL = 1.35
"""Interquartile range of a normal distribution in standard deviations, as AEC-Q001 rounds it (1.349)."""
QUARTERS = np.array([[0.25], [0.5], [0.75]])


def robust(ordered: Numbers, quartiles: str = "linear") -> tuple[float, float]:
    """Median, and interquartile range / 1.35, of values in ascending order.

    >>> robust(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    (3.0, 1.4814814814814814)
    """
    middle, sigma = robusts(ordered, np.array([0, len(ordered)]), quartiles)
    return middle.item(), sigma.item()


def robusts(ordered: Numbers, edges: NDArray[np.int64], quartiles: str = "linear") -> tuple[Numbers, Numbers]:
    """The same of each of g groups, of which none is empty: group j has the values `ordered[edges[j]:edges[j + 1]]`.

    >>> [v.tolist() for v in robusts(np.array([1.0, 2.0, 3.0, 7.0]), np.array([0, 3, 4]))]
    [[2.0, 7.0], [0.7407407407407407, 0.0]]
    """
    if quartiles not in QUARTILES:
        raise UnknownName("quartile convention", quartiles, QUARTILES)
    a, b = QUARTILES[quartiles]
    since, count = edges[:-1], np.diff(edges)
    place = np.clip(a + QUARTERS * (count + b), 1.0, count) - 1
    below = place.astype(np.int64)
    value = ordered[since + below]
    low, middle, high = value + (place - below) * (ordered[since + np.minimum(below + 1, count - 1)] - value)
    return middle, (high - low) / NORMAL
