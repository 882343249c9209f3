"""How far people agree on verdicts beyond chance: kappa of two sides (Cohen) and of many (Fleiss), with intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from .indices import z_of

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Kappa:
    """A kappa with its limits: 1 is full agreement, 0 what chance gives; None where all say the same."""

    value: float | None
    low: float | None = None
    high: float | None = None


def cohen(tables: Counts, confidence: float = 0.95) -> Kappa:
    """Kappa of two sides: for each subject a square table, rows what the one said, columns the other.

    All tables are added up; the limits are by the jackknife over subjects, so that several verdicts on one subject do
    not count as if they were on several.

    Examples
    --------
    >>> subjects = [(0, 0)] * 20 + [(0, 1)] * 5 + [(1, 0)] * 10 + [(1, 1)] * 15
    >>> tables = np.zeros((50, 2, 2), np.int64)
    >>> for i, place in enumerate(subjects):
    ...     tables[i][place] = 1
    >>> round(cohen(tables).value, 3)
    0.4

    References
    ----------
    J. Cohen: A Coefficient of Agreement for Nominal Scales. Educational and Psychological Measurement 20 (1960), 37-46.
    """
    return _jackknifed(tables, _cohen, confidence)


def fleiss(counts: Counts, confidence: float = 0.95) -> Kappa:
    """Kappa of many verdicts on each subject: rows subjects, columns how many said each category.

    Each subject has the same number of verdicts. The limits are by the jackknife over subjects.

    Examples
    --------
    >>> round(fleiss(np.array([[3, 0], [0, 3], [3, 0], [1, 2]])).value, 3)
    0.657

    References
    ----------
    J. L. Fleiss: Measuring Nominal Scale Agreement Among Many Raters. Psychological Bulletin 76 (1971), 378-382.
    """
    return _jackknifed(counts, _fleiss, confidence)


def _cohen(tables: Counts) -> float | None:
    shares = tables.sum(0) / max(1, int(tables.sum()))
    return _beyond(float(np.trace(shares)), float(shares.sum(1) @ shares.sum(0)))


def _fleiss(counts: Counts) -> float | None:
    each = int(counts[0].sum()) if len(counts) else 0
    if each < 2:
        return None
    agreed = float((((counts * counts).sum(1) - each) / (each * (each - 1))).mean())
    return _beyond(agreed, float(((counts.sum(0) / counts.sum()) ** 2).sum()))


def _beyond(agreed: float, chance: float) -> float | None:
    return None if chance >= 1 - 1e-12 else (agreed - chance) / (1 - chance)


def _jackknifed(rows: Counts, figure: Callable[[Counts], float | None], confidence: float) -> Kappa:
    value, n = figure(rows) if len(rows) else None, len(rows)
    if value is None or n < 3:
        return Kappa(value)
    without = [figure(np.delete(rows, i, axis=0)) for i in range(n)]
    known = np.array([w for w in without if w is not None])
    if len(known) < n:
        return Kappa(value)
    half = z_of(confidence) * sqrt((n - 1) / n * float(((known - known.mean()) ** 2).sum()))
    return Kappa(value, max(-1.0, value - half), min(1.0, value + half))
