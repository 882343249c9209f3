"""Which tests say the same: the strongest correlations among many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...cores import on_cores
from ...model import Numbers
from ...model.measured import Integers
from ...units import Correlation, Parts
from .picked import Flags
from .quartiles import robust
from .values import MANY

LOOK = 1000
"""Units that are looked at to find the pairs; the figure of each pair that is told is of all units."""
REACH = 6.0
"""Robust standard deviations from the median beyond which a value counts as one that far: outliers make no pair."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tests that go together.

    Attributes
    ----------
    a, b
        The tests.
    correlation
        Pearson's coefficient; values beyond six robust standard deviations from the median count as that far.
    units
        Units on which both were measured.
    """

    a: str
    b: str
    correlation: Correlation
    units: Parts


@dataclass(frozen=True, slots=True)
class Column:
    """The values of one test, each with the place of its unit."""

    test: str
    row: Integers
    value: Numbers


def pairs(columns: Sequence[Column], units: int, *, least: float, most: int) -> tuple[Pair, ...]:
    """The pairs of tests with a correlation of at least `least` either way, the strongest first, at most `most`."""
    kept = [c for c in columns if len(c.value) >= 3]
    if len(kept) < 2:
        return ()
    place = np.full(units, -1, np.int64)
    seen = np.unique(np.concatenate([c.row for c in kept[:: max(1, len(kept) // 4)]]))
    looked = seen[:: max(1, -(-len(seen) // LOOK))]
    place[looked] = np.arange(len(looked))
    table = np.zeros((len(kept), len(looked)), np.float32)
    known = np.zeros_like(table)

    def look(i: int) -> None:
        at = place[kept[i].row]
        here = at >= 0
        value = _clipped(kept[i].value[here])
        table[i, at[here]] = value - (value.mean() if len(value) else 0.0)
        known[i, at[here]] = 1.0

    on_cores(look, range(len(kept)), MANY)
    near = np.abs(_coefficients(table, known))
    near[np.tril_indices(len(kept))] = 0.0
    a, b = np.nonzero(near >= least - 0.1)
    order = np.argsort(-near[a, b], kind="stable")[: 4 * most]
    found = [_pair(kept[i], kept[j], units) for i, j in zip(a[order].tolist(), b[order].tolist(), strict=True)]
    strong = [p for p in found if abs(p.correlation) >= least]
    return tuple(sorted(strong, key=lambda p: (-abs(p.correlation), p.a, p.b))[:most])


def _coefficients(table: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Correlations over the units that both rows know (their means are those of all that each knows)."""
    shared = table @ table.T
    if known.all():
        return np.asarray(shared / np.maximum(np.sqrt(np.outer(np.diag(shared), np.diag(shared))), 1e-30))
    square = table**2
    scale = np.sqrt(np.maximum((square @ known.T) * (known @ square.T), 1e-30))
    return np.asarray(shared / scale)


def _pair(a: Column, b: Column, units: int) -> Pair:
    both = np.full(units, np.nan)
    both[a.row] = _clipped(a.value)
    left, right = both[b.row], _clipped(b.value)
    known: Flags = np.isfinite(left)
    x, y = left[known] - left[known].mean(), right[known] - right[known].mean()
    scale = float(np.sqrt((x @ x) * (y @ y)))
    return Pair(a.test, b.test, float(x @ y) / scale if scale else 0.0, float(known.sum()))


def _clipped(value: Numbers) -> Numbers:
    if len(value) < 4:
        return value
    middle, sigma = robust(np.sort(value))
    return value if sigma <= 0 else np.clip(value, middle - REACH * sigma, middle + REACH * sigma)
