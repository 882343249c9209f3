"""Least squares of a formula that is not linear in its coefficients: start values, the way down, errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import scipy

from ...errors import BadQuestion, NoData
from ...model import Numbers, Times
from .formulas import Formula
from .least_squares import Columns, Fit, Matrix, least_squares

TRIED, KEPT, FOLLOWED, LOOKED_AT = 2_000, 16, 100, 150
"""Points of the search, of which the best are followed so far; of more values than that every n-th is looked at."""
STEPS, POLISHED = 2_000, 50
EXACT, ROUNDING = 1e-15, 1e-12
STEEPEST = 1e100
TELLING = 200
"""Points at which derivatives may be told: those of a formula that is 0 or endless there say nothing."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A formula, the numbers in it (n each) and the values that it is to give (n)."""

    formula: Formula
    numbers: Mapping[str, Numbers]
    y: Numbers

    def squares(self, at: Numbers) -> float:
        """The sum of squares at some coefficients; endless where the formula cannot be computed."""
        with np.errstate(all="ignore"):
            found = float((self.off(at) ** 2).sum())
        return found if np.isfinite(found) else np.inf

    def off(self, at: Numbers) -> Numbers:
        """How far the formula is from each value."""
        return self.formula.values(self.numbers, at) - self.y

    def slope(self, at: Numbers) -> Matrix:
        """The derivatives (n x p)."""
        return self.formula.at(self.numbers, at)[1]

    def some(self) -> Sought:
        """The same of fewer values, to look around with."""
        every = -(-len(self.y) // LOOKED_AT)
        return Sought(self.formula, {n: v[::every] for n, v in self.numbers.items()}, self.y[::every])


def starts_of(text: str, coefficients: tuple[str, ...]) -> dict[str, float]:
    """Start values as they are written: `b1=500, b2=0.0001`, or numbers in the order of the coefficients.

    >>> starts_of("b=2", ("a", "b")), starts_of("1, 2", ("a", "b"))
    ({'b': 2.0}, {'a': 1.0, 'b': 2.0})
    """
    parts = [p.strip() for p in text.split(",") if p.strip()]
    if parts and not any("=" in p for p in parts) and len(parts) != len(coefficients):
        raise BadQuestion(f"start has {len(parts)} values for {', '.join(coefficients)}: give one each, or b1=500.")
    found: dict[str, float] = {}
    for place, part in enumerate(parts):
        name, _, value = part.rpartition("=")
        name = name.strip() or (coefficients[place] if place < len(coefficients) else part)
        try:
            found[name] = float(value)
        except ValueError:
            raise BadQuestion(f"{part!r} is no start value: write b1=500, b2=0.0001.") from None
        if name not in coefficients or not np.isfinite(found[name]):
            raise BadQuestion(f"{part!r} is no start value of {', '.join(coefficients)}.")
    return found


def nonlinear(sought: Sought, start: Mapping[str, float]) -> Fit:
    """Fit a formula.

    From the start values a trust region finds the least squares (SciPy); coefficients without one are looked for: in a
    fixed cloud of points, those that the formula is linear in solved at each. Gauss and Newton's steps with exact
    derivatives end it. Errors, covariance and leverage are those of the plane that touches the formula there.

    Raises
    ------
    NoData
        There are fewer values than coefficients.
    BadQuestion
        No start leads anywhere, or the values cannot tell the coefficients apart.

    References
    ----------
    M. A. Branch, T. F. Coleman, Y. Li: A Subspace, Interior, and Conjugate Gradient Method. SIAM J. Sci. Comput. 21
    (1999), 1-23.
    """
    names, y = sought.formula.coefficients, sought.y
    if len(y) < len(names) + 1:
        raise NoData(f"{len(y)} values cannot tell {len(names)} coefficients: ask over a longer time.")
    begun = np.array([start.get(n, np.nan) for n in names])
    begins = [begun] if len(start) == len(names) else _found(sought, begun)
    best = min((_settled(sought, b) for b in begins), key=sought.squares)
    if not np.isfinite(sought.squares(best)):
        raise BadQuestion("The formula cannot be computed at its start values: give others in `start`.")
    return _polished(sought, best)


def _settled(sought: Sought, begin: Numbers, most: int = STEPS) -> Numbers:
    """Where a trust region comes to from a start; the start itself where it cannot leave it."""
    if not np.isfinite(sought.squares(begin)):
        return begin

    def slope(at: Numbers) -> Matrix:
        return np.clip(np.nan_to_num(sought.slope(at)), -STEEPEST, STEEPEST)

    with np.errstate(all="ignore"):
        found = scipy.optimize.least_squares(
            sought.off, begin, jac=slope, x_scale="jac", ftol=EXACT, xtol=EXACT, gtol=EXACT, max_nfev=most
        )
    return np.asarray(found.x)


def _polished(sought: Sought, at: Numbers) -> Fit:
    """Steps of Gauss and Newton until they are lost in rounding; the fit there, by the plane that touches the formula.

    Raises
    ------
    BadQuestion
        The plane does not tell the coefficients apart, or there is none.
    """
    squares, last = sought.squares(at), np.inf
    allowed = squares * (1 + ROUNDING) + EXACT * float(np.linalg.norm(sought.y)) * np.sqrt(squares)
    for _ in range(POLISHED):
        step = _step(_plane(sought, at), -sought.off(at))
        moved = float((np.abs(step) / np.maximum(np.abs(at + step), 1e-300)).max())
        if not moved < last or sought.squares(at + step) > allowed:
            break
        at, last = at + step, moved
    residual = -sought.off(at)
    plane = least_squares(Columns.of(_plane(sought, at)), residual, sought.formula.coefficients)
    rss = float((residual**2).sum())
    error = plane.error * np.sqrt(rss / plane.rss) if plane.rss > 0 else plane.error
    return Fit(at, error, sought.y - residual, residual, plane.leverage, rss, plane.freedom, plane.covariance)


def _plane(sought: Sought, at: Numbers) -> Matrix:
    """The derivatives, where they are numbers that can be computed with."""
    slope = sought.slope(at)
    steep = np.abs(slope).max(axis=0)
    if not np.all((steep == 0) | ((steep > 1 / STEEPEST) & (steep < STEEPEST))):
        raise BadQuestion("The formula has no slope where it fits best: write it otherwise, or give other starts.")
    return slope


def _step(slope: Matrix, left: Numbers) -> Numbers:
    """What of the left-over the plane takes up."""
    size = np.maximum(np.linalg.norm(slope, axis=0), 1 / STEEPEST)
    return np.asarray(np.linalg.lstsq(slope / size, left, rcond=1e-15)[0] / size)


def _found(sought: Sought, begun: Numbers) -> list[Numbers]:
    """Where to begin: the best points of a fixed cloud, each followed a little."""
    few, chance = sought.some(), np.random.default_rng(7)
    free = np.flatnonzero(np.isnan(begun))
    straight = _linear(few, begun, free, chance)
    bent = np.array([i for i in free if i not in straight], np.int64)
    points = np.tile(begun, (TRIED if len(bent) else 1, 1))
    points[:, straight] = 0.0
    points[:, bent] = _cloud(chance, (len(points), len(bent)), few.numbers)
    solved = sorted((_solved(few, p, straight) for p in points), key=few.squares)
    ends = [_settled(few, p, most=FOLLOWED) for p in solved[:KEPT]]
    return sorted(ends, key=few.squares)[:2]


def _cloud(chance: np.random.Generator, shape: tuple[int, int], numbers: Mapping[str, Numbers]) -> Matrix:
    """Half of all coordinates lie among the numbers, half have any sign and a magnitude that the numbers suggest."""
    all_ = np.concatenate(list(numbers.values()))
    far = float(np.abs(all_).max()) or 1.0
    low, high = np.log10(min(1.0, 1 / far)) - 2, np.log10(max(1.0, far)) + 1
    wide = chance.choice([-1.0, 1.0], shape) * 10 ** chance.uniform(low, high, shape)
    return np.where(chance.random(shape) < 0.5, wide, chance.uniform(all_.min(), all_.max(), shape))


def _linear(sought: Sought, begun: Numbers, free: Times, chance: np.random.Generator) -> list[int]:
    """Coefficients that the formula is linear in, all together: their derivatives do not change with any of them."""
    cloud = np.where(np.isnan(begun), _cloud(chance, (TELLING, len(begun)), sought.numbers), begun)
    slopes = ((at, sought.slope(at)) for at in cloud)
    telling = [(at, s) for at, s in slopes if np.isfinite(s).all() and s.any(axis=0).all()][:1]
    found: list[int] = []
    for (at, here), place in product(telling, free.tolist()):
        tried, other = [*found, place], at.copy()
        other[tried] *= chance.uniform(1.1, 1.9, len(tried))
        if np.allclose(here[:, tried], sought.slope(other)[:, tried], rtol=1e-9, atol=0.0):
            found = tried
    return found


def _solved(sought: Sought, at: Numbers, straight: list[int]) -> Numbers:
    """A point with the best values of the coefficients that the formula is linear in."""
    if not straight:
        return at
    left, columns = -sought.off(at), sought.slope(at)[:, straight]
    if not (np.isfinite(left).all() and np.isfinite(columns).all()):
        return at
    best = at.copy()
    best[straight] = np.linalg.lstsq(columns, left, rcond=1e-12)[0]
    return best
