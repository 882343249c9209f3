"""Windows of neighbouring dies that all pass: what they say about chance, clustering and a systematic share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from ...model import Numbers
from .models import MODELS
from .places import Dies
from .results import Flags, Rows

SHAPES = ((1, 1), (2, 1), (1, 2), (3, 1), (1, 3), (2, 2), (3, 2), (2, 3), (3, 3), (4, 3), (3, 4), (4, 4))
LEAST = 10
"""Windows of a size count where so many of them passed and so many failed or more."""

BLOCKS = 12
"""At most so many groups of wafers are left out in turn."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Windows by wafer (rows) and number of dies (columns): how many there are and how many passed whole."""

    sizes: Numbers
    windows: Numbers
    passed: Numbers

    def without(self, wafers: Rows) -> Counted:
        """All wafers but some."""
        return Counted(self.sizes, np.delete(self.windows, wafers, axis=0), np.delete(self.passed, wafers, axis=0))

    def told(self) -> tuple[Numbers, Numbers, Numbers]:
        """Sizes, windows and shares that pass, of the sizes that tell something."""
        windows, passed = self.windows.sum(axis=0), self.passed.sum(axis=0)
        keep = (passed >= LEAST) & ((windows - passed >= LEAST) | (self.sizes == 1)) & (windows > 0)
        return self.sizes[keep], windows[keep], passed[keep] / windows[keep]


@dataclass(frozen=True, slots=True)
class Fit:
    """A model fitted to windows: x faults a die, the share that no chance explains, its shape, and how it misses."""

    model: str
    faults: float
    systematic: float
    shape: float | None
    misfit: float
    parameters: int

    def share(self, sizes: Numbers) -> Numbers:
        """The share of windows of so many dies that pass whole."""
        return self.systematic * MODELS[self.model].share(sizes * self.faults, self.shape or 1.0)


def counted(found: Dies, passed: Flags) -> Counted:
    """Every window of neighbouring dies that lies whole on a wafer, overlapping ones too."""
    sizes = np.unique([a * b for a, b in SHAPES])
    windows, good = (np.zeros((len(found.wafers), len(sizes))) for _ in range(2))
    high, wide = int(np.ptp(found.y)) + 1, int(np.ptp(found.x)) + 1
    x, y = found.x - found.x.min(), found.y - found.y.min()
    for wafer in range(len(found.wafers)):
        of = found.of == wafer
        there, well = (np.zeros((high, wide)) for _ in range(2))
        there[y[of], x[of]], well[y[of], x[of]] = 1.0, passed[of]
        for across, down in SHAPES:
            place = int(np.searchsorted(sizes, across * down))
            whole = _sums(there, across, down) == across * down
            windows[wafer, place] += whole.sum()
            good[wafer, place] += (_sums(well, across, down) == across * down).sum()
    return Counted(sizes.astype(np.float64), windows, good)


def fitted(model: str, counts: Counted, shape: float | None, near: Fit | None = None) -> Fit | None:
    """Fit x, the systematic share and, where it is not given, alpha to the shares of windows that pass whole.

    Weighted least squares; a size weighs as the binomial of so many windows as fit side by side. None where fewer sizes
    tell something than there are parameters. `near` is a fit of much the same windows: the search starts there.
    """

    sizes, windows, share = counts.told()
    free = bool(MODELS[model].shape) and shape is None
    if len(sizes) < 2 + free:
        return None
    held = np.clip(share, 0.5 / windows, 1 - 0.5 / windows)
    weight = np.sqrt(windows / sizes / (held * (1 - held)))

    def missed(p: Numbers) -> Numbers:
        of = float(np.exp(p[2])) if free else shape or 1.0
        return np.asarray((p[1] * MODELS[model].share(sizes * np.exp(p[0]), of) - share) * weight)

    best = None
    starts = [(x, 0.9, 2.0) for x in (0.01, 0.1, 1.0)] if near is None else [(near.faults, near.systematic, near.shape)]
    for x, systematic, clustering in starts:
        begin = [np.log(x), min(systematic, 0.999), *([np.log(clustering)] if free and clustering else [])]
        low, high = [-16.0, 1e-3, *([-4.0] if free else [])], [6.0, 1.0, *([9.0] if free else [])]
        found = scipy.optimize.least_squares(missed, begin, bounds=(low, high), xtol=1e-10, ftol=1e-10)
        best = found if best is None or found.cost < best.cost else best
    assert best is not None
    of = float(np.exp(best.x[2])) if free else shape if MODELS[model].shape else None
    return Fit(model, float(np.exp(best.x[0])), float(best.x[1]), of, 2 * float(best.cost), 2 + free)


def _sums(grid: Numbers, across: int, down: int) -> Numbers:
    """The sum of every window of a grid."""
    edge = np.zeros((grid.shape[0] + 1, grid.shape[1] + 1))
    edge[1:, 1:] = grid.cumsum(axis=0).cumsum(axis=1)
    if down > grid.shape[0] or across > grid.shape[1]:
        return np.zeros((0, 0))
    return edge[down:, across:] - edge[:-down, across:] - edge[down:, :-across] + edge[:-down, :-across]


def limits(fit: Fit, counts: Counted, shape: float | None) -> tuple[float | None, float | None]:
    """95 % limits of the faults a die, by leaving out one wafer (or group of wafers) after the other (jackknife).

    Faults of one wafer have causes in common, so wafers are what varies, not dies. None for fewer than 5 wafers.
    """

    number = len(counts.windows)
    if number < 5:
        return None, None
    groups = np.array_split(np.arange(number), min(number, BLOCKS))
    fits = [fitted(fit.model, counts.without(g), shape, fit) for g in groups]
    known = np.log([f.faults for f in fits if f is not None])
    if len(known) < len(groups):
        return None, None
    spread = float(np.sqrt((len(known) - 1) * known.var())) * float(scipy.special.stdtrit(len(known) - 1, 0.975))
    return fit.faults * float(np.exp(-spread)), fit.faults * float(np.exp(spread))
