"""Whether values have two humps, and whether that can be chance."""

from __future__ import annotations

import numpy as np

from ...model import Numbers

FEWEST = 100
"""Values below which nobody can tell two humps from chance."""
STEPS = 64
SURE = 4.0
"""Standard deviations by which the valley must lie under both humps."""


def valley(ordered: Numbers, sigma: float) -> float | None:
    """How deep the deepest valley between two humps is: the density in it over that of the lower hump.

    1 where there is one hump. The density is a histogram of 64 steps over the middle 99 %, smoothed with the bandwidth
    that is best for a normal distribution, so that it rather hides humps than makes them. A valley counts only where
    the counts in it lie 4 standard deviations under those of the lower hump. None for fewer than 100 values, and where
    there are fewer different ones than steps.

    References
    ----------
    B. W. Silverman: Density Estimation for Statistics and Data Analysis. Chapman & Hall 1986, 3.4.2 (bandwidth) and
    6.4 (humps).
    """
    if len(ordered) < FEWEST or sigma <= 0:
        return None
    low, high = ordered[int(0.005 * len(ordered))], ordered[int(0.995 * (len(ordered) - 1))]
    if not high > low or np.count_nonzero(np.diff(ordered[:: max(1, len(ordered) // 2000)])) < STEPS - 1:
        return None
    edges = np.linspace(low, high, STEPS + 1)
    counts = np.diff(np.searchsorted(ordered, edges, side="right")).astype(np.float64)
    width = (high - low) / STEPS
    bandwidth = max(0.9 * sigma * float(len(ordered)) ** -0.2, width)
    kernel = np.exp(-0.5 * (np.arange(-STEPS, STEPS + 1) * width / bandwidth) ** 2)
    kernel /= kernel.sum()
    return _deepest(np.convolve(counts, kernel, mode="full")[STEPS:-STEPS], bandwidth / width)


def _deepest(density: Numbers, span: float) -> float:
    """The least ratio of valley to lower hump; `span` steps are smoothed over."""
    left, right = np.maximum.accumulate(density), np.maximum.accumulate(density[::-1])[::-1]
    hump = np.minimum(left, right)
    effective = span * 2 * np.sqrt(np.pi)  # steps whose counts enter one smoothed step with equal weight
    sure = (hump - density) * effective > SURE * np.sqrt((hump + density) * effective)
    ratio = np.where(sure & (hump > 0), density / np.maximum(hump, 1e-300), 1.0)
    return float(ratio.min())
