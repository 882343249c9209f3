"""Made wafer maps of each kind of pattern: what the pattern classifier learned from, and what it is tested on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ...model import Numbers
from ...model.measured import Integers
from .places import Disc
from .results import Flags

Chance = np.random.Generator


@dataclass(frozen=True, slots=True)
class Made:
    """One made map: places of the dies, which of them fail, and the pattern; `noise` is the share that fails anyhow."""

    kind: str
    x: Integers
    y: Integers
    failed: Flags
    noise: float


@dataclass(frozen=True, slots=True)
class Blank:
    """A wafer without a pattern: its dies, with x to the right and y up from -1 to 1, and radius and angle of each."""

    x: Numbers
    y: Numbers
    radius: Numbers
    angle: Numbers
    pitch: float


Shape = Callable[[Blank, Chance], Numbers]
"""The chance that each die fails by the pattern, 0 to 1."""


def made(
    kind: str, chance: Chance, *, noise: tuple[float, float] = (0.003, 0.12), dies: tuple[int, int] = (9, 45)
) -> Made:
    """A wafer of random size with one pattern and faults that fall by chance.

    Parameters
    ----------
    kind
        One of `SHAPES`.
    chance
        Where the chance comes from: the same seed makes the same map.
    noise
        Least and greatest share of dies that fail without a pattern; drawn evenly on a logarithmic scale.
    dies
        Least and greatest number of dies across the wafer.
    """
    across = int(chance.integers(dies[0], dies[1] + 1))
    down = max(7, round(across * float(np.exp(chance.uniform(-0.5, 0.5)))))
    y, x = np.mgrid[0:down, 0:across].reshape(2, -1)
    disc = Disc.around(x, y)
    away = np.hypot((x - disc.x) / disc.across, (y - disc.y) / disc.down)
    there = away <= 1.0 - 0.4 / min(across, down)
    x, y = x[there].astype(np.int32), y[there].astype(np.int32)
    across_, up = (x - disc.x) / disc.across, (disc.y - y) / disc.down
    blank = Blank(across_, up, disc.radius(x, y), np.arctan2(up, across_), 2 / min(across, down))
    share = float(np.exp(chance.uniform(*np.log(noise))))
    failed = (chance.random(len(x)) < SHAPES[kind](blank, chance)) | (chance.random(len(x)) < share)
    return Made(kind, x, y, failed, share)


def _blob(blank: Blank, chance: Chance, *, out: tuple[float, float], size: tuple[float, float]) -> Numbers:
    """A soft round or longish spot somewhere between two radii."""
    turn, far = chance.uniform(0, 2 * np.pi), chance.uniform(*out)
    along, wide = chance.uniform(*size), chance.uniform(0.6, 1.0)
    tilt = chance.uniform(0, np.pi)
    dx, dy = blank.x - far * np.cos(turn), blank.y - far * np.sin(turn)
    u, v = dx * np.cos(tilt) + dy * np.sin(tilt), dy * np.cos(tilt) - dx * np.sin(tilt)
    inside = np.hypot(u / along, v / (along * wide))
    return np.asarray(chance.uniform(0.55, 1.0) / (1 + np.exp((inside - 1) * chance.uniform(6, 20))))


def _centre(blank: Blank, chance: Chance) -> Numbers:
    return _blob(blank, chance, out=(0.0, 0.12), size=(0.18, 0.45))


def _loc(blank: Blank, chance: Chance) -> Numbers:
    least = max(0.12, 1.6 * blank.pitch)
    return _blob(blank, chance, out=(0.38, 0.66), size=(least, max(0.26, 1.2 * least)))


def _donut(blank: Blank, chance: Chance) -> Numbers:
    turn, off = chance.uniform(0, 2 * np.pi), chance.uniform(0, 0.12)
    away = np.hypot(blank.x - off * np.cos(turn), blank.y - off * np.sin(turn))
    middle, half = chance.uniform(0.35, 0.62), max(chance.uniform(0.08, 0.2), 0.6 * blank.pitch)
    open_ = chance.uniform(0, 0.2) * np.pi
    apart = np.abs((blank.angle - chance.uniform(-np.pi, np.pi) + np.pi) % (2 * np.pi) - np.pi)
    return np.where((np.abs(away - middle) < half) & (apart >= open_), chance.uniform(0.45, 0.95), 0.0)


def _rim(blank: Blank, chance: Chance, *, span: tuple[float, float], deep: tuple[float, float]) -> Numbers:
    """A stretch of the edge."""
    half, depth = chance.uniform(*span) / 2, max(chance.uniform(*deep), 1.2 * blank.pitch)
    apart = np.abs((blank.angle - chance.uniform(-np.pi, np.pi) + np.pi) % (2 * np.pi) - np.pi)
    return np.where((blank.radius > 1 - depth) & (apart < half), chance.uniform(0.5, 1.0), 0.0)


def _edge_loc(blank: Blank, chance: Chance) -> Numbers:
    return _rim(blank, chance, span=(0.35, 2.2), deep=(0.1, 0.35))


def _edge_ring(blank: Blank, chance: Chance) -> Numbers:
    return _rim(blank, chance, span=(1.6 * np.pi, 2.0 * np.pi), deep=(0.05, 0.2))


def _scratch(blank: Blank, chance: Chance) -> Numbers:
    """A line, straight or bent, about one die wide."""
    length, bend = chance.uniform(0.5, 1.5), chance.uniform(-1.2, 1.2)
    along = np.linspace(0, 1, 200)
    heading = chance.uniform(0, 2 * np.pi) + bend * along
    x, y = (np.cumsum(f(heading)) * length / 200 for f in (np.cos, np.sin))
    turn, far = chance.uniform(0, 2 * np.pi), chance.uniform(0, 0.5)
    x, y = x - x.mean() + far * np.cos(turn), y - y.mean() + far * np.sin(turn)
    near = np.min(np.hypot(blank.x[:, None] - x, blank.y[:, None] - y), axis=1)
    return np.where(near < blank.pitch * chance.uniform(0.45, 0.8), chance.uniform(0.7, 1.0), 0.0)


def _random(blank: Blank, chance: Chance) -> Numbers:
    return np.full(len(blank.x), chance.uniform(0.2, 0.55))


def _near_full(blank: Blank, chance: Chance) -> Numbers:
    kept = _blob(blank, chance, out=(0.0, 0.9), size=(0.1, 0.35)) if chance.random() < 0.5 else 0.0
    return np.asarray(chance.uniform(0.8, 1.0) * (1 - kept) + np.zeros(len(blank.x)))


def _none(blank: Blank, _: Chance) -> Numbers:
    return np.zeros(len(blank.x))


SHAPES: Mapping[str, Shape] = {
    "none": _none,
    "centre": _centre,
    "donut": _donut,
    "edge-loc": _edge_loc,
    "edge-ring": _edge_ring,
    "loc": _loc,
    "scratch": _scratch,
    "random": _random,
    "near-full": _near_full,
}
"""The kinds of pattern, as in WM-811K (Wu, Jang and Chen 2015)."""
