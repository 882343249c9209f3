"""Which sealed file holds which signal's rows: read from the catalog once and kept until a file comes or goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DAY = 86_400_000_000
MIXED = -1
"""In `quality`: the status code is not the same all along."""
MOST = 50_000
"""Runs that are kept in memory."""
COLUMNS = (
    'segment, signal, "first", rows, lo, hi, seq, decimals, mixed, texts, quality, fine_first, fine_rows, '
    "minute_first, minute_rows, coarse_first, coarse_rows"
)


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One signal's rows in one sealed file, as the catalog has it; all of them are of one day."""

    segment: int
    signal: int
    first: int
    rows: int
    lo: int
    hi: int
    seq: int
    decimals: int
    mixed: bool
    texts: bool
    quality: int
    fine_first: int
    fine_rows: int
    minute_first: int
    minute_rows: int
    coarse_first: int
    coarse_rows: int

    @property
    def path(self) -> str:
        """The file of the samples."""
        return f"cold/{self._place}"

    def level(self, name: str) -> tuple[str, int, int]:
        """The file, the first row and the number of rows of a roll-up level (0: it has none)."""
        first, rows = {
            "fine": (self.fine_first, self.fine_rows),
            "minute": (self.minute_first, self.minute_rows),
            "coarse": (self.coarse_first, self.coarse_rows),
        }[name]
        return f"rollup/{name}/{self._place}", first, rows

    @property
    def columns(self) -> list[str]:
        """The columns that say something in this run."""
        return [
            "at",
            *(["scaled"] if self.decimals >= 0 else []),
            *(["value"] if self.decimals < 0 or self.mixed else []),
            *(["text"] if self.texts else []),
            *(["quality"] if self.quality == MIXED else []),
        ]

    @property
    def _place(self) -> str:
        return f"day={np.datetime64(self.lo // DAY, 'D')}/{self.segment:08d}.parquet"


@dataclass(slots=True)
class Index:
    """Runs by signal. While files are being swapped nothing is kept: `swapping` surrounds every such commit.

    A reader looks at the hot tier first and here second. So rows that a seal moves meanwhile are seen twice (and
    counted once), never not at all.
    """

    kept: dict[int, tuple[Run, ...]] = field(default_factory=dict)
    size: int = 0
    version: int = 0
    swaps: int = 0
    lock: Lock = field(default_factory=Lock)

    def runs(self, cursor: Callable[[], DuckDBPyConnection], ids: Sequence[int]) -> Mapping[int, tuple[Run, ...]]:
        """All runs of some signals, oldest segment first."""
        with self.lock:
            found = {} if self.swaps else {i: self.kept[i] for i in ids if i in self.kept}
            version = self.version
        missing = [i for i in ids if i not in found]
        if missing:
            found |= _read(cursor(), missing)
            self._keep({i: found[i] for i in missing}, version)
        return found

    @contextmanager
    def swapping(self) -> Iterator[None]:
        with self.lock:
            self.swaps += 1
        try:
            yield
        finally:
            with self.lock:
                self.swaps -= 1
                self.version += 1
                self.kept.clear()
                self.size = 0

    def _keep(self, found: Mapping[int, tuple[Run, ...]], version: int) -> None:
        with self.lock:
            if self.swaps or version != self.version:
                return
            if self.size > MOST:
                self.kept.clear()
                self.size = 0
            self.kept |= found
            self.size += sum(len(runs) for runs in found.values())


def _read(cursor: DuckDBPyConnection, ids: Sequence[int]) -> dict[int, tuple[Run, ...]]:
    where = "signal = ?" if len(ids) == 1 else "signal IN (SELECT unnest(?))"
    with closing(cursor):
        rows = cursor.execute(
            f"SELECT {COLUMNS} FROM runs WHERE {where} ORDER BY segment", [ids[0] if len(ids) == 1 else list(ids)]
        ).fetchall()
    found: dict[int, list[Run]] = {i: [] for i in ids}
    for row in rows:
        found[row[1]].append(Run(*row))
    return {i: tuple(runs) for i, runs in found.items()}
