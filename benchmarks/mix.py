"""The plant-like mix: states, counters, meters, rounded values, speeds and noise, with jitter and bad quality.

Of each 20 signals: 3 enumerations with exponential dwell times, a part counter, an energy meter, a cycle counter,
6 temperatures (0.1), 3 pressures (0.01), 2 speeds (0.001), 2 noisy float32 and one white noise. Of the machines a
fifth stamps with its own clock (microseconds), a fifth exactly on the second, the others to the millisecond. Three
times a day each signal has 30 bad samples. Seeded: the same numbers every run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

BASE = 1_793_491_200_000_000  # 2026-11-01T00:00Z
SECOND = 1_000_000
DAY = 86_400
BAD = 0x80000000
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mix:
    """`signals` signals at 1 Hz for `seconds` seconds: at, value, quality as arrays [signal, second]."""

    names: tuple[str, ...]
    at: NDArray[np.int64]
    value: Floats
    quality: NDArray[np.uint32]

    @property
    def rows(self) -> int:
        return self.value.size

    @property
    def since(self) -> int:
        return BASE

    @property
    def until(self) -> int:
        return BASE + self.value.shape[1] * SECOND

    def batches(self, rows: int) -> Iterator[pa.Table]:
        """The samples in order of arrival: all signals of a second, then the next second."""
        step = max(1, rows // len(self.names))
        for first in range(0, self.value.shape[1], step):
            part = slice(first, first + step)
            seconds = self.value[:, part].shape[1]
            yield _table(
                self.names,
                np.tile(np.arange(len(self.names), dtype=np.int32), seconds),
                *(a[:, part].T.ravel() for a in (self.at, self.value, self.quality)),
            )


def mix(signals: int, seconds: int, seed: int = 1, kinds: tuple[int, ...] = tuple(range(20))) -> Mix:
    """Make a mix; `kinds` picks from the 20 kinds of signal."""
    chosen = [kinds[i % len(kinds)] for i in range(signals)]
    value = np.stack([_series(kind, seconds, np.random.default_rng([seed, i])) for i, kind in enumerate(chosen)])
    clocks = np.stack([_clock(seconds, m, np.random.default_rng([seed, 1, m])) for m in range(-(-signals // 20))])
    quality = np.stack([_quality(seconds, np.random.default_rng([seed, 2, i])) for i in range(signals)])
    names = tuple(f"line-{i // 200 + 1}/machine-{i // 20 + 1}/s{i % 20:02d}" for i in range(signals))
    return Mix(names, clocks[np.arange(signals) // 20], value, quality)


def _table(
    names: tuple[str, ...], signal: NDArray[np.int32], at: NDArray[np.int64], value: Floats, quality: NDArray[np.uint32]
) -> pa.Table:
    return pa.table(
        {
            "signal": pa.DictionaryArray.from_arrays(pa.array(signal), pa.array(names)),
            "at": pa.array(at, pa.int64()).cast(pa.timestamp("us", "UTC")),
            "value": pa.array(value),
            "text": pa.nulls(len(at), pa.string()),
            "quality": pa.array(quality),
        }
    )


def _series(kind: int, n: int, chance: np.random.Generator) -> Floats:
    if kind <= 2:
        return _dwell(n, (300, 60, 20)[kind], (6, 2, 2)[kind], chance)
    if kind == 3:
        return np.cumsum(chance.random(n) < 1 / 8) + float(chance.integers(0, 10**6))
    if kind == 4:
        return np.round(np.cumsum(chance.gamma(2, 0.002, n)) + float(chance.integers(0, 10**5)), 2)
    if kind == 5:
        return np.arange(n, dtype=np.float64) + float(chance.integers(0, 10**7))
    if kind <= 11:
        return np.round(_walk(n, 60 + 5 * kind, 0.02, (15, 180), chance), 1)
    if kind <= 14:
        return np.round(_walk(n, 4, 0.005, (0, 12), chance), 2)
    if kind <= 16:
        return np.round(_walk(n, 1450, 0.15, (0, 3000), chance), 3)
    if kind <= 18:
        return chance.normal(2.5, 0.4, n).astype(np.float32).astype(np.float64)
    return chance.normal(0.0, 1.0, n)


def _dwell(n: int, mean: float, levels: int, chance: np.random.Generator) -> Floats:
    """A level that holds for a while."""
    lengths = np.maximum(1, chance.exponential(mean, int(n / mean * 3) + 10)).astype(np.int64)
    while lengths.sum() < n:
        lengths = np.concatenate([lengths, lengths])
    return np.repeat(chance.integers(0, levels, len(lengths)), lengths)[:n].astype(np.float64)


def _walk(n: int, start: float, step: float, bounds: tuple[float, float], chance: np.random.Generator) -> Floats:
    """A random walk with a daily swing, reflected at its bounds."""
    low, high = bounds
    width = high - low
    x = start + np.cumsum(chance.normal(0, step, n)) + width * 0.1 * np.sin(2 * np.pi * np.arange(n) / DAY)
    y = np.mod(x - low, 2 * width)
    return low + np.where(y < width, y, 2 * width - y)


def _clock(n: int, machine: int, chance: np.random.Generator) -> NDArray[np.int64]:
    at = BASE + np.arange(n, dtype=np.int64) * SECOND + int(chance.integers(0, 900)) * 1000
    if machine % 5 == 0:
        return at + chance.normal(0, 1500, n).astype(np.int64)
    if machine % 5 == 1:
        return at
    return at + np.round(chance.normal(0, 2.0, n)).astype(np.int64) * 1000


def _quality(n: int, chance: np.random.Generator) -> NDArray[np.uint32]:
    quality = np.zeros(n, dtype=np.uint32)
    for first in chance.integers(0, n, max(1, round(n / DAY * 3))).tolist():
        quality[first : first + 30] = BAD
    return quality
