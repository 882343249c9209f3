"""What the statistical studies share: units of their figures, many comparisons allowed for, checks of settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
import scipy

from ...errors import BadQuestion
from ...units import Unit

Size = Annotated[float, Unit("{deviation}")]
"""In standard deviations."""
Squares = Annotated[float, Unit("{unit2}")]
"""Squares of the unit that was measured."""


def confident(confidence: float) -> None:
    """Refuse what is no share."""
    if not 0 < confidence < 1:
        raise BadQuestion(f"confidence = {confidence} is a share between 0 and 1: write 0.95 for 95 %.")


def adjusted(p: Sequence[float | None]) -> list[float | None]:
    """Holm's p: the chance that any of the equal pairs would be called different stays what one alone had.

    >>> adjusted([0.01, None, 0.04, 0.03])
    [0.03, None, 0.06, 0.06]
    """
    known = sorted((v, i) for i, v in enumerate(p) if v is not None)
    found: list[float | None] = [None] * len(p)
    least = 0.0
    for rank, (value, place) in enumerate(known):
        least = min(1.0, max(least, value * (len(known) - rank)))
        found[place] = least
    return found


def discoveries(p: Sequence[float]) -> list[float]:
    """The q of each p: the share of false ones among all that are no larger (Benjamini and Hochberg).

    >>> discoveries([0.01, 0.02, 0.9])
    [0.03, 0.03, 0.9]
    """
    given = np.asarray(p, np.float64)
    order = np.argsort(given)[::-1]
    raised = given[order] * len(given) / np.arange(len(given), 0, -1)
    found = np.empty(len(given))
    found[order] = np.minimum(1.0, np.minimum.accumulate(raised))
    return [float(v) for v in found]


def share_limits(hits: int, count: int, confidence: float = 0.95) -> tuple[float, float]:
    """Exact limits of a share (Clopper and Pearson).

    >>> [round(v, 4) for v in share_limits(42, 50)], share_limits(0, 0)
    ([0.7089, 0.9283], (0.0, 1.0))
    """
    tail = (1 - confidence) / 2
    low = float(scipy.special.betaincinv(hits, count - hits + 1, tail)) if hits else 0.0
    high = float(scipy.special.betaincinv(hits + 1, count - hits, 1 - tail)) if hits < count else 1.0
    return low, high
