"""How often a chart cries wolf: the average run length of rules, of exponential weights and of cumulative sums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from math import inf, sqrt

import numpy as np
import scipy
from numpy.typing import NDArray

from ...model import Numbers
from .rules import Rule

ZONES = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)
"""The edges between the zones of a chart, in standard deviations: eight zones, and the center line itself."""
LEVELS = (-4, -3, -2, -1, 0, 1, 2, 3, 4)
"""The zones by number: 1 is next to the center, 4 is out of control, 0 is on the center line."""
Memory = tuple[tuple[int, ...], int, int, int, int, int]
"""What a chart remembers: the last levels, the runs on one side, within, outside, and outside on either side."""


def of_normal(width: float = 3.0, shift: float = 0.0) -> tuple[float, ...]:
    """The chance of each level for a normal figure, with control limits `width` standard deviations away."""
    edges = scipy.special.ndtr(np.array([-max(width, 2.0), -2, -1, 0, 1, 2, max(width, 2.0)]) - shift)
    low, high = np.diff(np.concatenate([[0.0], edges])), 1 - edges[-1]
    chances = (*low[:4].tolist(), 0.0, *low[4:].tolist(), float(high))
    return tuple(float(c) for c in chances)


def run_length(rules: Sequence[Rule], chances: tuple[float, ...] | None = None, *, width: float = 3.0) -> float:
    """Points until the first signal, on average, of independent figures that fall into the zones by these chances.

    Rules on zones together are exact: a Markov chain over what the chart remembers. Trends and alternations (3 and 4)
    depend on the order of figures, not on zones; each is exact alone, and all are put together as if they signalled
    independently, which is right to a few per cent.

    Parameters
    ----------
    rules
        The rules that are watched.
    chances
        Chance of each of `LEVELS`; those of a normal figure where none are given.
    width
        Distance of the control limits in standard deviations, for a normal figure.

    Returns
    -------
    float
        The average run length; infinite where nothing ever signals.

    Examples
    --------
    >>> from .rules import chosen
    >>> round(run_length(chosen("1")), 1), round(run_length(chosen("western-electric")), 1)
    (370.4, 91.9)

    References
    ----------
    C. W. Champ, W. H. Woodall: Exact Results for Shewhart Control Charts with Supplementary Runs Rules.
    Technometrics 29 (1987), 393-399.
    """
    zoned = tuple((r.number, r.points) for r in rules if r.number not in (3, 4))
    found = [_zones(zoned, chances or of_normal(width))] if zoned else []
    found += [_trend(r.points) if r.number == 3 else _alternating(r.points) for r in rules if r.number in (3, 4)]
    return together(found)


def together(lengths: Iterable[float]) -> float:
    """The run length of charts that signal independently of each other."""
    often = sum(1 / n for n in lengths)
    return 1 / often if often else inf


@cache
def _zones(rules: tuple[tuple[int, int], ...], chances: tuple[float, ...]) -> float:
    """The average run length of rules on zones, from all that a chart can remember."""
    asked = dict(rules)
    start: Memory = ((), 0, 0, 0, 0, 0)
    places: dict[Memory, int] = {start: 0}
    rows, columns, weights = [], [], []
    queue = [start]
    for memory in queue:
        for level, chance in zip(LEVELS, chances, strict=True):
            after = _after(memory, level, asked) if chance > 0 else None
            if after is None:
                continue
            if after not in places:
                places[after] = len(places)
                queue.append(after)
            rows.append(places[memory])
            columns.append(places[after])
            weights.append(chance)
    size = len(places)
    stays = scipy.sparse.csr_matrix((weights, (rows, columns)), shape=(size, size))
    if not np.any(np.asarray(stays.sum(axis=1)) < 1 - 1e-15):
        return inf
    return float(scipy.sparse.linalg.spsolve((scipy.sparse.identity(size) - stays).tocsc(), np.ones(size))[0])


def _after(memory: Memory, level: int, asked: dict[int, int]) -> Memory | None:
    """What the chart remembers after one more point; None where a rule signals."""
    last, side, inside, outside, up, down = memory
    if 1 in asked and abs(level) == 4:
        return None
    sign = (level > 0) - (level < 0)
    if 2 in asked:
        side = 0 if sign == 0 else side + sign if side * sign > 0 else sign
        if abs(side) >= asked[2]:
            return None
    if 7 in asked:
        inside = inside + 1 if abs(level) < 2 else 0
        if inside >= asked[7]:
            return None
    if 8 in asked:
        most = asked[8]
        outside = min(most, outside + 1) if abs(level) >= 2 else 0
        up, down = (min(most, up + 1) if level >= 2 else 0), (min(most, down + 1) if level <= -2 else 0)
        if outside >= most and up < most and down < most:
            return None
    kept = _last(last, level, asked)
    return None if kept is None else (kept, side, inside, outside, up, down)


def _last(last: tuple[int, ...], level: int, asked: dict[int, int]) -> tuple[int, ...] | None:
    """The levels that rules 5 and 6 look back on, no finer than these need; None where one of them signals."""
    seen = (*last, level)
    for number, edge, points in ((5, 3, 3), (6, 2, 5)):
        newest = seen[-points:]
        sign = 1 if level > 0 else -1
        beyond = sum(x * sign >= edge for x in newest)
        if number in asked and len(newest) == points and level * sign >= edge and beyond >= points - 1:
            return None
    length = 4 if 6 in asked else 2 if 5 in asked else 0
    kept = seen[-length:] if length else ()
    near = len(kept) - 2
    return tuple(_coarse(x, 5 in asked and i >= near, 6 in asked) for i, x in enumerate(kept))


def _coarse(level: int, two: bool, one: bool) -> int:
    """A level without what no rule will ask for again."""
    sign, size = (level > 0) - (level < 0), abs(level)
    if two and size >= 3:
        return 3 * sign
    return 2 * sign if one and size >= 2 else 0


NODES, SHARE = ((np.polynomial.legendre.leggauss(32)[i] + (1, 0)[i]) / 2 for i in (0, 1))
"""Places in (0, 1) at which smooth functions of a uniform figure are known, and their weights in an integral."""


@cache
def _below() -> NDArray[np.float64]:
    """The matrix that integrates a function known at NODES from 0 to each of them."""
    degree = len(NODES)
    values = np.polynomial.legendre.legvander(2 * NODES - 1, degree - 1)
    sums = np.empty((degree, degree))
    for k in range(degree):
        whole = np.polynomial.legendre.legint(np.eye(degree)[k], lbnd=-1)
        sums[:, k] = np.polynomial.legendre.legval(2 * NODES - 1, whole) / 2
    return np.asarray(sums @ np.linalg.inv(values))


@cache
def _trend(points: int) -> float:
    """Points until so many in a row rise or fall, whatever the distribution: only the order counts."""
    size = len(NODES)
    below, above = _below(), SHARE[None, :] - _below()
    turned = below[:, ::-1]  # a fall to v is a rise to 1 - v
    rest, of_first = np.zeros(size), np.zeros((size, size))
    for _ in range(points - 2):
        rest, of_first = 1 + above @ rest, turned + above @ of_first
    first = np.linalg.solve(np.eye(size) - of_first, rest)
    return float(1 + SHARE @ (1 + above @ first + turned @ first))


@cache
def _alternating(points: int) -> float:
    """Points until so many in a row alternate up and down, whatever the distribution."""
    size = len(NODES)
    below, above = _below(), SHARE[None, :] - _below()
    turned = below[:, ::-1]
    rest, of_first = np.zeros(size), np.zeros((size, size))
    for _ in range(points - 2):
        rest, of_first = 1 + turned @ rest, above + turned @ of_first
    first = np.linalg.solve(np.eye(size) - of_first, rest)
    return float(1 + SHARE @ (1 + above @ first + turned @ first))


@cache
def ewma_run_length(weight: float, width: float, shift: float = 0.0, *, exact: bool = False) -> float:
    """The average run length of an exponentially weighted mean of normal values.

    Parameters
    ----------
    weight
        Weight of the newest value (lambda).
    width
        Distance of the limits, in standard deviations of the weighted mean.
    shift
        How far the mean of the values has moved, in their standard deviations.
    exact
        Whether limits widen from point to point; else they are the ones that these tend to.

    Returns
    -------
    float
        Points until the first signal, on average, from a start at the center.

    Examples
    --------
    >>> round(ewma_run_length(0.2, 2.962), 1)
    499.7

    References
    ----------
    S. V. Crowder: A Simple Method for Studying Run-Length Distributions of EWMA Charts. Technometrics 29 (1987).
    """
    nodes, weights = np.polynomial.legendre.leggauss(101)
    far = width * sqrt(weight / (2 - weight))
    places = far * nodes
    density = _normal((places[None, :] - (1 - weight) * places[:, None]) / weight - shift) / weight
    stays = density * (far * weights)[None, :]
    length = np.asarray(np.linalg.solve(np.eye(len(nodes)) - stays, np.ones(len(nodes))), np.float64)
    if not exact:
        start = _normal(places / weight - shift) / weight * far * weights
        return float(1 + start @ length)
    return _widening(weight, width, shift, length)


def _widening(weight: float, width: float, shift: float, length: Numbers) -> float:
    """The run length where limits begin narrow: stepped point by point until they hardly widen."""
    nodes, weights = np.polynomial.legendre.leggauss(len(length))
    total, steps = 1.0, int(np.ceil(np.log(1e-12) / (2 * np.log1p(-weight)))) if weight < 1 else 1
    far = width * weight
    chance = _normal(far * nodes / weight - shift) / weight
    for step in range(2, steps + 2):
        total += float((chance * far * weights).sum())
        wider = width * sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * step)))
        moved = _normal((wider * nodes[:, None] - (1 - weight) * far * nodes[None, :]) / weight - shift) / weight
        chance = moved @ (chance * far * weights)
        far = wider
    return float(total + (chance * far * weights) @ length)


@cache
def cusum_run_length(k: float, h: float, shift: float = 0.0, *, sides: int = 2, headstart: float = 0.0) -> float:
    """The average run length of cumulative sums of normal values.

    Parameters
    ----------
    k
        Allowance, in standard deviations: half of the shift that is to be found quickly.
    h
        Decision interval, in standard deviations.
    shift
        How far the mean of the values has moved.
    sides
        1: only the upper sum; 2: both.
    headstart
        Where the sums begin (fast initial response), in standard deviations.

    Returns
    -------
    float
        Points until the first signal, on average.

    Examples
    --------
    >>> round(cusum_run_length(0.5, 5), 1)
    465.4

    References
    ----------
    D. Brook, D. A. Evans: An Approach to the Probability Distribution of CUSUM Run Length. Biometrika 59 (1972).
    J. M. Lucas, R. B. Crosier: Fast Initial Response for CUSUM Quality-Control Schemes. Technometrics 24 (1982).
    """
    up, up_zero = _one_sum(k, h, shift, headstart)
    if sides == 1:
        return up
    down, down_zero = _one_sum(k, h, -shift, headstart)
    return (up * down_zero + down * up_zero - up_zero * down_zero) / (up_zero + down_zero)


def _one_sum(k: float, h: float, shift: float, start: float) -> tuple[float, float]:
    """The run length of one sum from `start` and from 0: the integral equation at 0 and at Gauss-Legendre places."""
    nodes, weights = np.polynomial.legendre.leggauss(80)
    places, shares = h / 2 * (nodes + 1), h / 2 * weights
    known = np.concatenate([[0.0], places])
    chances = np.empty((len(known), len(known)))
    chances[:, 0] = scipy.special.ndtr(k - shift - known)
    chances[:, 1:] = _normal(places[None, :] - known[:, None] + k - shift) * shares[None, :]
    length = np.linalg.solve(np.eye(len(known)) - chances, np.ones(len(known)))
    moved = _normal(places - start + k - shift) * shares
    return float(1 + scipy.special.ndtr(k - shift - start) * length[0] + moved @ length[1:]), float(length[0])


def _normal(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.exp(-(x**2) / 2) / sqrt(2 * np.pi))
