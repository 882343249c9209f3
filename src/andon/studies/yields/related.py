"""Numbers of machines set against the yield of groups: which go together more than chance makes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
import scipy

from ...model import Numbers
from ...units import Probability, Unit
from .exposed import Lost
from .picked import Codes, Flags, adjusted

Coefficient = Annotated[float, Unit("{rho}")]
Effect = Annotated[float, Unit("{sigma}")]
FEWEST = 6
"""Groups that a correlation needs."""


@dataclass(frozen=True, slots=True)
class Related:
    """One number of a machine beside the yield.

    Attributes
    ----------
    machine
        Path of the machine.
    name
        The signal, or "loss: ..." for the share of time lost in a class of the ledger.
    groups
        Groups in which it is known.
    correlation
        Spearman's rank correlation with the yield of the groups: -1 where more of it always comes with less yield.
    of_changes
        The same of changes from group to group: near 0 where both only drift over the whole time.
    good_mean, bad_mean
        Its mean for good and for bad units; None for losses, which units do not see.
    effect
        The difference of the two in standard deviations.
    chance
        Chance of such a correlation if there were none.
    false_share
        The share of chance findings among numbers that are at least as unlikely (Benjamini-Hochberg).
    """

    machine: str
    name: str
    groups: int
    correlation: Coefficient
    of_changes: Coefficient | None
    good_mean: Annotated[float, Unit("{value}")] | None
    bad_mean: Annotated[float, Unit("{value}")] | None
    effect: Effect | None
    chance: Probability
    false_share: Probability


@dataclass(frozen=True, slots=True)
class Groups:
    """Judged units in groups, in order of time: which is whose, their names, and the yield of each."""

    code: Codes
    names: tuple[str, ...]
    share: Numbers
    bad: Flags


def of_units(named: tuple[str, str], value: Numbers, groups: Groups) -> Related | None:
    """A number as each unit saw it; None where it is known in too few groups, or never changes."""
    known = np.isfinite(value)
    count = np.bincount(groups.code[known], minlength=len(groups.names))
    sums = np.bincount(groups.code[known], value[known], minlength=len(groups.names))
    mean = np.where(count > 0, sums / np.maximum(count, 1), np.nan)
    row = _related(named, mean, groups.share)
    if row is None:
        return None
    good, bad = value[known & ~groups.bad], value[known & groups.bad]
    spread = float(value[known].std())
    if not len(good) or not len(bad) or spread == 0:
        return row
    difference = float(bad.mean() - good.mean())
    return replace(row, good_mean=float(good.mean()), bad_mean=float(bad.mean()), effect=difference / spread)


def of_losses(lost: Iterable[Lost], groups: Groups) -> list[Related]:
    """The share of time lost in each class while each group was at a machine; 0 where none was lost."""
    place = {name: i for i, name in enumerate(groups.names)}
    shares: dict[tuple[str, str], Numbers] = {}
    there: dict[str, Flags] = {}
    for row in lost:
        at = place[row.group]
        there.setdefault(row.machine, np.zeros(len(place), np.bool_))[at] = True
        shares.setdefault((row.machine, row.loss), np.zeros(len(place)))[at] = row.share
    rows = [
        _related((machine, f"loss: {loss}"), np.where(there[machine], share, np.nan), groups.share)
        for (machine, loss), share in shares.items()
    ]
    return [r for r in rows if r is not None]


def ranked(rows: Sequence[Related]) -> tuple[Related, ...]:
    """The least likely by chance first, with the share of false findings among so many looks."""
    shares = adjusted(np.array([r.chance for r in rows])).tolist()
    found = [replace(r, false_share=share) for r, share in zip(rows, shares, strict=True)]
    return tuple(sorted(found, key=lambda r: (r.chance, -abs(r.correlation), r.machine, r.name)))


def _related(named: tuple[str, str], mean: Numbers, share: Numbers) -> Related | None:
    known = np.isfinite(mean)
    x, y = mean[known], share[known]
    if len(x) < FEWEST or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    found = scipy.stats.spearmanr(x, y)
    steps = (np.diff(x), np.diff(y))
    moved = None if any(np.ptp(s) == 0 for s in steps) else float(scipy.stats.spearmanr(*steps).statistic)
    return Related(*named, len(x), float(found.statistic), moved, None, None, None, float(found.pvalue), 1.0)
