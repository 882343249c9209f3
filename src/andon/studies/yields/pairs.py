"""Pairs of things that units share: worse together than either alone, and than both at once explain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import exp

import numpy as np
import scipy

from ...model import Numbers
from ...units import Parts, Probability
from .factors import Factor
from .odds import Odds_, lots_apart
from .picked import Codes, Flags, adjusted

MOST_WORK = 200_000_000
"""Units and levels, summed over all pairs of factors, that are looked at in a few seconds."""
PROMISING = 0.05
TOLD = 20


@dataclass(frozen=True, slots=True)
class SharedPair:
    """Two things that units may share at once.

    Attributes
    ----------
    first_factor, first_level
        The one.
    second_factor, second_level
        The other.
    units
        Units that share both.
    bad
        Bad ones among them.
    first_only, first_only_bad
        Units that share the first alone, and bad ones among those.
    second_only, second_only_bad
        Units that share the second alone, and bad ones among those.
    ratio
        How many times the odds of the second grow where the first is there, too; 1 where each adds the same with and
        without the other (half a unit more in each count).
    chance
        The largest of three chances: that units with both are so much worse than those with the first alone, than those
        with the second alone (both Fisher's exact test), and that the ratio is so far above 1 (Woolf).
    false_share
        The share of chance findings among pairs that are at least as unlikely, all pairs that were looked at counted.
    lots_chance
        Chance that the lots with both are as much worse than those without; None where lots have units of both sorts.
    same_units
        Other pairs that the same units share.
    """

    first_factor: str
    first_level: str
    second_factor: str
    second_level: str
    units: Parts
    bad: Parts
    first_only: Parts
    first_only_bad: Parts
    second_only: Parts
    second_only_bad: Parts
    ratio: Odds_
    chance: Probability
    false_share: Probability
    lots_chance: Probability | None
    same_units: str

    @property
    def suspicious(self) -> bool:
        """More bad ones than chance makes among all pairs: fewer than one in twenty such findings is false."""
        return self.false_share < PROMISING


@dataclass(frozen=True, slots=True)
class Crossed:
    """Pairs of levels of two factors: which, and n and bad ones with both, the first, the second alone, neither."""

    first: Factor
    second: Factor
    a: Codes
    b: Codes
    count: Numbers
    bad: Numbers

    def mark(self, row: int) -> Flags:
        """Which units share a pair."""
        return np.asarray((self.first.code == self.a[row]) & (self.second.code == self.b[row]))

    def name(self, row: int) -> str:
        """A pair in words."""
        first, second = self.first.levels[self.a[row]], self.second.levels[self.b[row]]
        return f"{self.first.name} {first} with {self.second.name} {second}"


def pairs(
    factors: Sequence[Factor], bad: Flags, fewest: int, lot: tuple[Codes, int]
) -> tuple[tuple[SharedPair, ...], int]:
    """The least likely pairs, those that could be chance left out, and how many were looked at; -1 for too many.

    Parameters
    ----------
    factors
        What was said of n units.
    bad
        Which are bad.
    fewest
        Units that must share both, the first alone and the second alone.
    lot
        The lot of each unit, and how many lots there are.
    """
    crossed = list(combinations(factors, 2))
    if sum(len(bad) + len(first.levels) * len(second.levels) for first, second in crossed) > MOST_WORK:
        return (), -1
    tables = [t for first, second in crossed for t in _crossed(first, second, bad, fewest)]
    looked_at = sum(len(t.a) for t in tables)
    chances = np.concatenate([np.empty(0), *(_chances(t) for t in tables)])
    shares = adjusted(chances)
    least = [i for i in np.argsort(chances, kind="stable")[:TOLD].tolist() if shares[i] < PROMISING]
    begins = np.cumsum([0, *(len(t.a) for t in tables)])
    which = (np.searchsorted(begins, least, side="right") - 1).tolist()
    found = [(tables[t], i - int(begins[t])) for i, t in zip(least, which, strict=True)]
    marks = [table.mark(row) for table, row in found]
    told = []
    for (table, row), mark, i in zip(found, marks, least, strict=True):
        same = [t.name(r) for (t, r), m in zip(found, marks, strict=True) if m is not mark and np.array_equal(m, mark)]
        lots = lots_apart(bad, mark, *lot)
        told.append(_told(table, row, float(chances[i]), float(shares[i]), lots, ", ".join(same)))
    return tuple(told), looked_at


def _crossed(first: Factor, second: Factor, bad: Flags, fewest: int) -> Iterator[Crossed]:
    """The pairs of levels that enough units share, and enough share each alone."""
    shape = len(first.levels), len(second.levels)
    both = first.code * shape[1] + second.code
    count, failed = (
        np.bincount(codes, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)
        for codes in (both, both[bad])
    )
    known = np.array([bool(n) for n in first.levels])[:, None] & np.array([bool(n) for n in second.levels])
    a, b = np.nonzero((count >= fewest) & known)
    four = [np.stack(_four(table, a, b)) for table in (count, failed)]
    kept = (four[0][:3] >= fewest).all(axis=0) & (four[0][3] > 0)
    if kept.any():
        yield Crossed(first, second, a[kept], b[kept], four[0][:, kept], four[1][:, kept])


def _four(table: Numbers, a: Codes, b: Codes) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """With both, with the first alone, with the second alone, with neither."""
    both = table[a, b]
    first, second = table.sum(axis=1)[a] - both, table.sum(axis=0)[b] - both
    return both, first, second, table.sum() - both - first - second


def _ratio(of: Crossed) -> tuple[Numbers, Numbers]:
    """The logarithm of the ratio of odds ratios, and its standard error."""
    odds = np.log((of.bad + 0.5) / (of.count - of.bad + 0.5))
    spread = (1 / (of.bad + 0.5) + 1 / (of.count - of.bad + 0.5)).sum(axis=0)
    return np.asarray(odds[0] - odds[1] - odds[2] + odds[3]), np.sqrt(spread)


def _chances(of: Crossed) -> Numbers:
    """The largest of the three chances; 1 where the ratio alone could be chance."""
    ratio, spread = _ratio(of)
    found = np.asarray(scipy.stats.norm.sf(ratio / spread))
    promising = np.flatnonzero(found < PROMISING)
    found[found >= PROMISING] = 1.0
    n, bad = of.count[:, promising], of.bad[:, promising]
    for other in (1, 2):
        exact = scipy.stats.hypergeom.sf(bad[0] - 1, n[0] + n[other], bad[0] + bad[other], n[0])
        found[promising] = np.maximum(found[promising], exact)
    return np.minimum(found, 1.0)


def _told(of: Crossed, row: int, chance: float, share: float, lots: float | None, twins: str) -> SharedPair:
    n, bad = of.count[:, row].tolist(), of.bad[:, row].tolist()
    return SharedPair(
        of.first.name,
        of.first.levels[of.a[row]],
        of.second.name,
        of.second.levels[of.b[row]],
        n[0],
        bad[0],
        n[1],
        bad[1],
        n[2],
        bad[2],
        exp(float(_ratio(of)[0][row])),
        chance,
        share,
        lots,
        twins,
    )
