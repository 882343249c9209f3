"""Bad and good, with and without: odds, exact chances, and lots as witnesses instead of units."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Annotated

import numpy as np
import scipy

from ...units import Unit
from .picked import Codes, Flags

Odds_ = Annotated[float, Unit("{ratio}")]
NORMAL_975 = 1.959963984540054
WITNESSES = 2
"""Lots that each side needs."""


@dataclass(frozen=True, slots=True)
class Odds:
    """A 2 x 2 table: bad and all with it, bad and all without it; its odds ratio and what chance makes of it."""

    bad: float
    units: float
    bad_others: float
    others: float
    ratio: float
    low: float
    high: float
    chance: float


def odds(bad: float, units: float, bad_of_all: float, all_units: float) -> Odds:
    """The odds of being bad with something, against those without it.

    The ratio is Haldane's (half a unit more in each cell), its limits Woolf's; the chance is that of Fisher's exact
    test, one-sided: so many bad ones or more among those that share it.

    >>> found = odds(3.0, 4.0, 4.0, 8.0)
    >>> round(found.chance, 6)
    0.242857
    """
    a, b = bad, units - bad
    c, d = bad_of_all - bad, all_units - units - bad_of_all + bad
    ratio = log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5)))
    spread = NORMAL_975 * sqrt(sum(1 / (n + 0.5) for n in (a, b, c, d)))
    chance = float(scipy.stats.hypergeom.sf(a - 1, all_units, bad_of_all, units))
    return Odds(a, units, c, c + d, exp(ratio), exp(ratio - spread), exp(ratio + spread), min(1.0, chance))


def lots_apart(bad: Flags, mark: Flags, lot: Codes, lots: int) -> float | None:
    """The chance that the lots with a mark are as much worse than those without; None where lots have both."""
    count = np.bincount(lot, minlength=lots)
    marked = np.bincount(lot[mark], minlength=lots)
    whole, none = marked == count, marked == 0
    if not (whole | none).all() or min(int(whole.sum()), int(none.sum())) < WITNESSES:
        return None
    share = np.bincount(lot[bad], minlength=lots) / count
    return float(scipy.stats.mannwhitneyu(share[whole], share[none], alternative="greater").pvalue)
