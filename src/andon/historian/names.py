"""What the store knows by heart: signals by number, and which stretch of each the hot tier holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..model import Times

Ids = NDArray[np.int32]
NEVER, ALWAYS = np.iinfo(np.int64).min, np.iinfo(np.int64).max


@dataclass(slots=True)
class Names:
    """Signals by number: a signal's number is its place in `paths`, its source the one that named it first."""

    paths: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[tuple[int, str, str]]) -> Names:
        names = cls()
        for _, path, source in rows:
            names.keep([path], source)
        return names

    def unknown(self, paths: Iterable[str]) -> list[str]:
        """Those of `paths` that have no number yet, each once."""
        return [p for p in dict.fromkeys(paths) if p not in self.ids]

    def keep(self, paths: Sequence[str], source: str) -> None:
        for path in paths:
            self.ids[path] = len(self.paths)
            self.paths.append(path)
            self.sources.append(source)

    def drop(self, count: int) -> None:
        """Forget the last `count` names: the batch that brought them was not stored."""
        for _ in range(count):
            del self.ids[self.paths.pop()]
            self.sources.pop()

    def ranks(self) -> Ids:
        """The place of each signal in the order of paths: sealed files are sorted by it.

        Names that come while it is found out, for sealing goes on beside writing, have no place yet.
        """
        paths = self.paths.copy()
        ranks = np.empty(len(paths), dtype=np.int32)
        ranks[sorted(range(len(paths)), key=paths.__getitem__)] = np.arange(len(paths), dtype=np.int32)
        return ranks


@dataclass(slots=True)
class Fresh:
    """For each signal the first and last moment in the hot tier, so that most reads need not look there."""

    lo: Times = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    hi: Times = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    rows: int = 0

    @classmethod
    def of(cls, signal: Ids, lo: Times, hi: Times, rows: int) -> Fresh:
        fresh = cls()
        fresh.widen(signal, lo, hi)
        fresh.rows = rows
        return fresh

    def widen(self, signal: Ids, lo: Times, hi: Times) -> None:
        """Take in that `signal[i]` has rows from `lo[i]` to `hi[i]`; each signal occurs once."""
        if not len(signal):
            return
        short = int(signal.max()) + 1 - len(self.lo)
        if short > 0:
            self.lo = np.concatenate([self.lo, np.full(short, ALWAYS)])
            self.hi = np.concatenate([self.hi, np.full(short, NEVER)])
        self.lo[signal] = np.minimum(self.lo[signal], lo)
        self.hi[signal] = np.maximum(self.hi[signal], hi)

    def touches(self, signal: int, since: int, until: int) -> bool:
        """May the hot tier hold rows of `signal` in [since, until)?"""
        return signal < len(self.lo) and bool(self.lo[signal] < until and self.hi[signal] >= since)
