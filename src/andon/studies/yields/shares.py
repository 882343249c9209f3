"""Shares of units with what they can be trusted to, and whether groups differ by more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from ...units import Probability, Ratio, Statistic
from ..quality.amounts import share_limits

LEAST_EXPECTED = 5.0
"""From so many expected units a cell on, chi-square holds (Cochran 1954); fewer are said."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """Whether groups have the same yield.

    Attributes
    ----------
    grouping
        What the units were grouped by.
    groups
        How many groups there are.
    highest, lowest
        Names of the groups with the highest and the lowest yield.
    gap
        Highest less lowest yield.
    chi2
        Pearson's chi-square of passed and failed by group.
    freedom
        Its degrees of freedom: groups less one.
    p
        How often chance alone makes groups differ as much, if units fail independently of each other; None where all
        passed or all failed.
    sparse
        Some group has fewer than 5 expected failures or passes, so that `p` is rough.
    """

    grouping: str
    groups: int
    highest: str
    lowest: str
    gap: Ratio
    chi2: Statistic
    freedom: int
    p: Probability | None
    sparse: bool


def limits(good: int, all_: int) -> tuple[float | None, float | None]:
    """Clopper-Pearson limits of a share at 95 % confidence; nothing known gives (None, None).

    >>> [round(x, 4) for x in limits(8, 10)]
    [0.4439, 0.9748]
    """
    return share_limits(good, all_) if all_ else (None, None)


def contrast(by: str, names: Sequence[str], good: Sequence[int], all_: Sequence[int]) -> Contrast | None:
    """Pearson's chi-square test that groups have one yield; None for fewer than two groups.

    >>> found = contrast("site", ["0", "1"], [90, 70], [100, 100])
    >>> found.lowest, round(found.chi2, 6), found.freedom, round(found.p, 6)
    ('1', 12.5, 1, 0.000407)
    """

    passed, tested = np.asarray(good, np.float64), np.asarray(all_, np.float64)
    there = tested > 0
    passed, tested, shown = passed[there], tested[there], [n for n, t in zip(names, there, strict=True) if t]
    if len(shown) < 2:
        return None
    shares, overall = passed / tested, passed.sum() / tested.sum()
    best, worst = int(np.argmax(shares)), int(np.argmin(shares))
    least = float(np.minimum(tested * overall, tested * (1 - overall)).min())
    same = overall in (0.0, 1.0)
    chi2 = 0.0 if same else float((((passed - tested * overall) ** 2) / (tested * overall * (1 - overall))).sum())
    p = None if same else float(scipy.special.chdtrc(len(shown) - 1, chi2))
    gap = float(shares[best] - shares[worst])
    return Contrast(by, len(shown), shown[best], shown[worst], gap, chi2, len(shown) - 1, p, least < LEAST_EXPECTED)
