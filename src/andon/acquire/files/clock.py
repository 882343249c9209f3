"""Time stamps as files write them -> microseconds UTC, with the zone rules of repeated and skipped hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from ...errors import BadConfig, BadInput
from ...model import EPOCH, Times
from ...units import duration
from .mapping import TimeColumn
from .rows import Block, Column
from .stamps import guess_format, read_stamps

Mask = NDArray[np.bool_]
EARLIEST = 0
LATEST = 7_258_118_400_000_000  # 2200-01-01: later stamps are typing errors or a counter in the wrong column
NOWHERE = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class ZoneTable:
    """The clock changes of a zone: UTC moments, and the offset before and after each, in microseconds."""

    at: Times
    before: Times
    after: Times


@lru_cache(maxsize=256)
def _changes(zone: str, year: int) -> tuple[tuple[int, int, int], ...]:
    """The clock changes of one year as (UTC microseconds, offset before, offset after)."""
    rules, step = ZoneInfo(zone), timedelta(hours=6)
    found = []
    at, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    while at < end:
        if _offset(rules, at) != _offset(rules, at + step):
            low, high = at, at + step
            while high - low > timedelta(seconds=1):
                middle = (low + (high - low) / 2).replace(microsecond=0)
                low, high = (middle, high) if _offset(rules, middle) == _offset(rules, low) else (low, middle)
            found.append(((high - EPOCH) // timedelta(microseconds=1), _offset(rules, low), _offset(rules, high)))
        at += step
    return tuple(found)


def _offset(rules: ZoneInfo, at: datetime) -> int:
    return (at.astimezone(rules).utcoffset() or timedelta(0)) // timedelta(microseconds=1)


def zone_table(zone: str, first: int, last: int) -> ZoneTable:
    """The clock changes of `zone` from the year `first` to the year `last`, with the offset at their start."""
    start = datetime(first, 1, 1, tzinfo=UTC)
    offset = _offset(ZoneInfo(zone), start)
    rows = [((start - EPOCH) // timedelta(microseconds=1), offset, offset)]
    rows += [c for year in range(first, last + 1) for c in _changes(zone, year)]
    at, before, after = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    return ZoneTable(at, before, after)


@dataclass(slots=True)
class _Passage:
    """Where one machine's rows stand: the last local time, and, inside a repeated hour, which pass it is."""

    last: int = NOWHERE
    fold: int = -1
    second: bool = False
    backwards: bool = False
    turned: bool = False
    step: int = 0
    rows: int = 0


@dataclass(slots=True)
class Clock:
    """Reads the time column of one file, block after block.

    `passages` remembers for each series of rows (a machine, or a signal of one) what the repeated hour looked like so
    far; `unsure` counts rows in a repeated hour whose pass nothing showed, `shifted` rows in a skipped hour.
    Where no column has the time, the row at line `first` is of the moment `begin`.
    """

    spec: TimeColumn
    zone: str
    format: str = ""
    unsure: int = 0
    shifted: int = 0
    passages: dict[int, _Passage] = field(default_factory=dict)
    begin: int = 0
    first: int = 0

    @classmethod
    def of(cls, spec: TimeColumn, zone: str, path: Path) -> Clock:
        """The clock of one file; rows without a time begin where the mapping says, else where the file was written."""
        begin = 0
        if spec.since:
            given = pa.chunked_array([[spec.since]], type=pa.string())
            at, bad = cls(TimeColumn(format="iso"), zone).read([given], np.zeros(1, dtype=np.int64))
            if bad[0]:
                raise BadConfig(f"'time.since' is {spec.since!r}: that is no time such as '2026-11-23 06:00'.")
            begin = int(at[0])
        elif spec.every:
            begin = path.stat().st_mtime_ns // 1000
        return cls(spec, zone, begin=begin)

    def moments(self, block: Block, names: Sequence[str], series: NDArray[np.int64]) -> tuple[Times, Mask]:
        """Those of the rows of a block: read from the columns `names`, else counted from line to line."""
        if names or not self.spec.every:
            return self.read([block.table[n] for n in names], series)
        self.first = self.first or int(block.line[0] if len(block.line) else 0)
        return self.begin + (block.line - self.first) * duration(self.spec.every), np.zeros(len(series), np.bool_)

    def read(self, columns: list[Column], series: NDArray[np.int64]) -> tuple[Times, Mask]:
        """Microseconds UTC of each row, and which rows have no usable time; `series` tells rows apart by machine."""
        column = columns[0] if len(columns) == 1 else _joined(columns)
        if not self.format:
            self.format = self._agreed(column)
        stamps = read_stamps(column, self.format)
        at, bad = stamps.at, stamps.bad
        local = stamps.local & ~bad
        outside = (at < EARLIEST - 86_400_000_000) | (at > LATEST)
        bad, local = bad | outside, local & ~outside
        if local.any() and self.zone != "UTC":
            at, lost = self._to_utc(at, local, series)
            bad = bad | lost
        return at, bad | (at < EARLIEST)

    def _agreed(self, column: Column) -> str:
        if self.spec.format != "auto":
            return self.spec.format
        guess = guess_format(column)
        if not guess.format:
            raise BadInput(f"The time column {', '.join(self.spec.names)}: {guess.why} Set time.format in the mapping.")
        return guess.format

    def _to_utc(self, at: Times, local: Mask, series: NDArray[np.int64]) -> tuple[Times, Mask]:
        years = [(EPOCH + timedelta(microseconds=int(f(at[local])))).year for f in (np.min, np.max)]
        table = zone_table(self.zone, years[0] - 1, years[1] + 1)
        settled = np.searchsorted(table.at + np.maximum(table.before, table.after), at, side="right") - 1
        following = np.minimum(settled + 1, len(table.at) - 1)
        begins = table.at[following] + np.minimum(table.before[following], table.after[following])
        special = local & (following > settled) & (at >= begins)
        utc = np.where(local, at - table.after[np.maximum(settled, 0)], at)
        repeated = special & (table.after[following] < table.before[following])
        skipped = special & ~repeated
        self.shifted += int(skipped.sum())
        if repeated.any() or any(p.fold >= 0 for p in self.passages.values()):
            second = self._second(at, repeated, np.where(repeated, table.at[following], -1), series)
            utc = np.where(second, at - table.after[following], utc)
        elif local.any():
            self._remember(at, local, series)
        lost = (skipped & (self.spec.missing == "reject")) | (repeated & (self.spec.ambiguous == "reject"))
        return utc, lost

    def _remember(self, at: Times, local: Mask, series: NDArray[np.int64]) -> None:
        known, last = np.unique(series[local][::-1], return_index=True)
        times = at[local][::-1][last]
        for key, time in zip(known.tolist(), times.tolist(), strict=True):
            self.passages[key] = _Passage(last=time)

    def _second(self, at: Times, repeated: Mask, fold: Times, series: NDArray[np.int64]) -> Mask:
        """Of the rows in a repeated hour, those of its second pass."""
        if self.spec.ambiguous != "infer":
            return repeated & (self.spec.ambiguous == "second")
        second = np.zeros(len(at), dtype=np.bool_)
        for key in np.unique(series).tolist():
            passage = self.passages.setdefault(key, _Passage())
            rows = np.flatnonzero(series == key)
            for row, time, change in zip(rows.tolist(), at[rows].tolist(), fold[rows].tolist(), strict=True):
                second[row] = self._step(passage, time, change)
        return second & repeated

    def _step(self, p: _Passage, time: int, change: int) -> bool:
        """One row further: is it in the second pass of the repeated hour that begins with the clock change `change`?"""
        if change < 0:
            self._leave(p)
            p.last = time
            return False
        if p.fold != change:
            self._leave(p)
            p.fold, p.turned, p.rows = change, False, 0
            p.step = time - p.last if p.last != NOWHERE else 0
            p.backwards = p.last != NOWHERE and p.last > time
            p.second = p.backwards
        elif (time > p.last if p.backwards else time < p.last) or (time == p.last and abs(p.step) >= 1_800_000_000):
            p.second, p.turned = not p.backwards, True
        p.rows += 1
        p.last = time
        return p.second

    def _leave(self, p: _Passage) -> None:
        if p.fold >= 0 and not p.turned:
            self.unsure += p.rows
        p.fold = -1

    def finish(self) -> None:
        """Count the rows of repeated hours that the file ended in."""
        for passage in self.passages.values():
            self._leave(passage)


def _joined(columns: list[Column]) -> Column:
    """A date and a time of day (and what else there is) as one text."""
    texts = [pl.Series(pl.from_arrow(c)).cast(pl.String).str.strip_chars() for c in columns]
    whole = pl.select(pl.concat_str(texts, separator=" ")).to_series()
    return pa.chunked_array([whole.to_arrow().cast(pa.string())])
