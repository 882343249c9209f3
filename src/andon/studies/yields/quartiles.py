"""Median and spread that outliers do not move: of sorted values, with the quartile convention named."""

from __future__ import annotations

from ...errors import UnknownName
from ...model import Numbers

QUARTILES = {"linear": (1.0, -1.0), "weibull": (0.0, 1.0)}
"""Where a quantile p lies among n sorted values, counted from 1: a + p (n + b). R calls these type 7 and type 6."""
NORMAL = 1.35
"""Interquartile range of a normal distribution in standard deviations, as AEC-Q001 rounds it (1.349)."""


def robust(ordered: Numbers, quartiles: str = "linear") -> tuple[float, float]:
    """Median, and interquartile range / 1.35, of values in ascending order.

    >>> import numpy as np
    >>> robust(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    (3.0, 1.4814814814814814)
    """
    if quartiles not in QUARTILES:
        raise UnknownName("quartile convention", quartiles, QUARTILES)
    low, middle, high = (_quantile(ordered, p, quartiles) for p in (0.25, 0.5, 0.75))
    return middle, (high - low) / NORMAL


def _quantile(ordered: Numbers, p: float, quartiles: str) -> float:
    a, b = QUARTILES[quartiles]
    place = min(max(a + p * (len(ordered) + b), 1.0), float(len(ordered))) - 1
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (place - below) * (ordered[above] - ordered[below]))
