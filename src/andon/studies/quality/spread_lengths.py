"""How often the lower panels of a chart cry wolf: ranges and standard deviations of normal values."""

from __future__ import annotations

from functools import cache

import numpy as np
import scipy

from .constants import c4, c5, d2, d3, range_distribution


@cache
def spread_length(panel: str, size: int, width: float) -> float | None:
    """Points between two false alarms of a panel of ranges or standard deviations; None where it is not known.

    Moving ranges depend on each other, so that theirs is not.

    >>> round(spread_length("range", 5, 3.0), 1)
    217.2
    """
    if panel not in ("range", "standard deviation") or size < 2:
        return None
    center, spread = (d2(size), d3(size)) if panel == "range" else (c4(size), c5(size))
    low, high = max(0.0, center - width * spread), center + width * spread
    if panel == "range":
        below, upto = range_distribution(np.array([low, high]), size)
        often = float(below + 1 - upto)
    else:
        free = size - 1
        often = float(scipy.stats.chi2.cdf(free * low**2, free) + scipy.stats.chi2.sf(free * high**2, free))
    return 1 / often if often > 0 else None
