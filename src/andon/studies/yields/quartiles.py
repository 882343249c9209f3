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
    a, b = QUARTILES[quartiles]
    count = len(ordered)
    low, middle, high = (_at(ordered, a + p * (count + b), count) for p in (0.25, 0.5, 0.75))
    return middle, (high - low) / NORMAL


def _at(ordered: Numbers, place: float, count: int) -> float:
    """What lies at a place, counted from 1, between the values on both sides of it."""
    place = min(max(place, 1.0), count) - 1
    below = int(place)
    value: float = ordered.item(below)
    return value + (place - below) * (ordered.item(min(below + 1, count - 1)) - value)
