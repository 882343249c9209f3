"""The cold tier: rows of single signals out of sealed files, with nothing else decoded."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..cores import on_cores
from ..errors import Damaged
from ..model import Window
from .arrange import Index
from .columns import Column
from .hot import Store
from .index import MIXED, Run
from .rollup import BUCKETS, COLUMNS

KEPT = 128
"""Footers of sealed files that are kept in memory."""
BUCKETS_KEPT = 300_000
"""Rows of roll-ups that are kept in memory: 20 MB."""
PARALLEL = 4
"""From this many files on they are read on two cores."""


@dataclass(frozen=True, slots=True)
class Span:
    """A window, and whether the last row before it and the first one after it are wanted, too."""

    since: int
    until: int
    before: bool = False
    after: bool = False

    @classmethod
    def of(cls, window: Window, before: bool = False, after: bool = False) -> "Span":
        return cls(window.since, window.until, before, after)


@dataclass(slots=True)
class Shelf:
    """Footers of the sealed files read lately: where each row group begins."""

    folder: Path
    footers: OrderedDict[str, tuple[pq.FileMetaData, Index]] = field(default_factory=OrderedDict)
    buckets: OrderedDict[tuple[str, int], pa.Table] = field(default_factory=OrderedDict)
    bucket_rows: int = 0
    lock: Lock = field(default_factory=Lock)

    def rollup(self, path: str, first: int, rows: int) -> pa.Table:
        """A signal's buckets in one roll-up file; those asked for lately are kept, for whoever zooms and pans."""
        with self.lock:
            known = self.buckets.get((path, first))
            if known is not None:
                self.buckets.move_to_end((path, first))
                return known
        table = read_rows(self, path, first, rows).select(COLUMNS).cast(BUCKETS)
        with self.lock:
            if (path, first) not in self.buckets:
                self.buckets[(path, first)] = table
                self.bucket_rows += rows
            while self.bucket_rows > BUCKETS_KEPT:
                self.bucket_rows -= self.buckets.popitem(last=False)[1].num_rows
        return table

    def open(self, path: str) -> tuple[pq.ParquetFile, Index]:
        """A sealed file and the row at which each of its groups begins (and its last one ends)."""
        with self.lock:
            known = self.footers.get(path)
            if known:
                self.footers.move_to_end(path)
        try:
            file = pq.ParquetFile(pa.OSFile(str(self.folder / path), "rb"), metadata=known[0] if known else None)
        except (OSError, pa.ArrowInvalid) as error:
            raise Damaged(
                f"{self.folder / path} cannot be read: {error}. `andon verify` names all that is damaged; "
                "restore the file from a backup."
            ) from error
        if known:
            return file, known[1]
        counts = [file.metadata.row_group(i).num_rows for i in range(file.metadata.num_row_groups)]
        begins = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        with self.lock:
            self.footers[path] = (file.metadata, begins)
            while len(self.footers) > KEPT:
                self.footers.popitem(last=False)
        return file, begins


def find_runs(store: Store, ids: Sequence[int], span: Span) -> list[Run]:
    """The runs of signals that touch a span, oldest segment first."""
    return [r for runs in store.index.runs(store.cursor, ids).values() for r in _touching(runs, span)]


def _touching(runs: Sequence[Run], span: Span) -> list[Run]:
    """The runs with rows in the span, and those with the last row before it and the first one after it."""
    earlier = max((r.hi for r in runs if r.hi < span.since), default=None) if span.before else None
    later = min((r.lo for r in runs if r.lo >= span.until), default=None) if span.after else None
    return [
        r
        for r in runs
        if (r.lo < span.until and r.hi >= span.since)
        or (r.hi < span.since and r.hi == earlier)
        or (r.lo >= span.until and r.lo == later)
    ]


def read_runs(shelf: Shelf, runs: Sequence[Run], span: Span) -> list[tuple[Run, pa.Table]]:
    """The rows of runs (at, value, text, quality), each cut roughly to the span; runs of one file are read at once."""
    files: dict[str, list[Run]] = {}
    for run in runs:
        files.setdefault(run.path, []).append(run)
    parts = on_cores(lambda item: _of_file(shelf, *item, span), list(files.items()), PARALLEL)
    return [piece for part in parts for piece in part]


def _of_file(shelf: Shelf, path: str, wanted: Sequence[Run], span: Span) -> list[tuple[Run, pa.Table]]:
    file, begins = shelf.open(path)
    spans = [_groups(file, begins, run, span) for run in wanted]
    groups = sorted({g for low, high in spans for g in range(low, high)})
    if not groups:
        return []
    table = _read(file, groups, sorted({c for run in wanted for c in run.columns}))
    place = _places(begins, groups)
    found = []
    for run, (low, high) in zip(wanted, spans, strict=True):
        if low < high:
            begin, end = max(run.first, int(begins[low])), min(run.first + run.rows, int(begins[high]))
            found.append((run, _decoded(run, table.slice(begin + int(place[low]), end - begin))))
    return found


def read_rows(shelf: Shelf, path: str, first: int, rows: int) -> pa.Table:
    """Some rows of a file, all columns but the signal."""
    file, begins = shelf.open(path)
    low, high = int(np.searchsorted(begins, first, side="right")) - 1, int(np.searchsorted(begins, first + rows))
    columns = [c for c in file.schema_arrow.names if c != "signal"]
    return _read(file, list(range(low, high)), columns).slice(first - int(begins[low]), rows)


def _read(file: pq.ParquetFile, groups: list[int], columns: list[str]) -> pa.Table:
    try:
        return file.read_row_groups(groups, columns=columns, use_threads=len(groups) > 8)
    except (OSError, pa.ArrowInvalid) as error:
        raise Damaged(
            f"A sealed file cannot be decoded: {error}. `andon verify` names all that is damaged; restore "
            "the file from a backup."
        ) from error


def _groups(file: pq.ParquetFile, begins: Index, run: Run, span: Span) -> tuple[int, int]:
    """The row groups [low, high) of a run in which rows of the span can lie."""
    low = int(np.searchsorted(begins, run.first, side="right")) - 1
    high = int(np.searchsorted(begins, run.first + run.rows))
    if high - low < 2 or (span.since <= run.lo and run.hi < span.until):
        return low, high
    return _touched(file, low, high, span)


def _touched(file: pq.ParquetFile, low: int, high: int, span: Span) -> tuple[int, int]:
    """Of the groups of one long run those that the span touches: their statistics say when each begins and ends."""
    at = file.schema_arrow.names.index("at")
    bounds = [file.metadata.row_group(g).column(at).statistics for g in range(low, high)]
    first = np.array([b.min_raw for b in bounds if b is not None])
    last = np.array([b.max_raw for b in bounds if b is not None])
    if len(first) < high - low:
        return low, high
    begin = int(np.searchsorted(last, span.since)) - (1 if span.before else 0)
    end = int(np.searchsorted(first, span.until)) + (1 if span.after else 0)
    return low + max(0, begin), min(high, low + max(end, begin + 1 if span.before else end))


def _places(begins: Index, groups: list[int]) -> dict[int, int]:
    """For each group read: what to add to a row's number in the file to find it in the table read."""
    places, have = {}, 0
    for group in groups:
        places[group] = have - int(begins[group])
        have += int(begins[group + 1] - begins[group])
    return places


def _decoded(run: Run, rows: pa.Table) -> pa.Table:
    count = rows.num_rows
    at = rows["at"].combine_chunks().view(pa.int64()) if rows["at"].num_chunks == 1 else pc.cast(rows["at"], pa.int64())
    text = rows["text"] if run.texts else pa.nulls(count, pa.string())
    quality = rows["quality"] if run.quality == MIXED else pa.array(np.full(count, run.quality, dtype=np.uint32))
    return pa.Table.from_arrays([at, _value(run, rows), text, quality], names=["at", "value", "text", "quality"])


def _value(run: Run, rows: pa.Table) -> Column:
    if run.decimals < 0:
        return rows["value"]
    figures = pc.cast(rows["scaled"], pa.float64(), safe=False)
    figures = pc.divide(figures, 10.0**run.decimals) if run.decimals else figures
    return pc.coalesce(rows["value"], figures) if run.mixed else figures
