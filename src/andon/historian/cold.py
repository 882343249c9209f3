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

from ..errors import Damaged
from ..model import Window
from .arrange import Index
from .columns import Column
from .hot import Connection
from .segment import MIXED

KEPT = 128
"""Footers of sealed files that are kept in memory."""
RUN = ('s.path, r.segment, r.signal, r."first", r.rows, r.lo, r.hi, r.seq, r.decimals, r.mixed, r.texts, r.quality, '
       "r.coarse_first, r.coarse_rows, r.fine_first, r.fine_rows")
FIND = f"""
WITH mine AS (SELECT * FROM runs WHERE signal IN (SELECT unnest($ids)))
SELECT {RUN}
FROM (SELECT * FROM mine WHERE lo < $until AND hi >= $since
      UNION ALL (SELECT * FROM mine WHERE $before AND hi < $since
                 QUALIFY rank() OVER (PARTITION BY signal ORDER BY hi DESC) = 1)
      UNION ALL (SELECT * FROM mine WHERE $after AND lo >= $until
                 QUALIFY rank() OVER (PARTITION BY signal ORDER BY lo) = 1)) r
JOIN segments s ON s.id = r.segment ORDER BY r.segment, r."first"
"""


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


@dataclass(frozen=True, slots=True)
class Run:
    """One signal's rows in one sealed file, as the catalog has it."""

    path: str
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
    coarse_first: int
    coarse_rows: int
    fine_first: int
    fine_rows: int

    @property
    def columns(self) -> list[str]:
        """The columns that say something in this run."""
        return ["at", *(["scaled"] if self.decimals >= 0 else []),
                *(["value"] if self.decimals < 0 or self.mixed else []), *(["text"] if self.texts else []),
                *(["quality"] if self.quality == MIXED else [])]


@dataclass(slots=True)
class Shelf:
    """Footers of the sealed files read lately: where each row group begins."""

    folder: Path
    footers: OrderedDict[str, tuple[pq.FileMetaData, Index]] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def open(self, path: str) -> tuple[pq.ParquetFile, Index]:
        """A sealed file and the row at which each of its groups begins (and its last one ends)."""
        with self.lock:
            known = self.footers.get(path)
            if known:
                self.footers.move_to_end(path)
        try:
            file = pq.ParquetFile(self.folder / path, metadata=known[0] if known else None)
        except (OSError, pa.ArrowInvalid) as error:
            raise Damaged(f"{self.folder / path} cannot be read: {error}. `andon verify` names all that is damaged; "
                          "restore the file from a backup.") from error
        if known:
            return file, known[1]
        counts = [file.metadata.row_group(i).num_rows for i in range(file.metadata.num_row_groups)]
        begins = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        with self.lock:
            self.footers[path] = (file.metadata, begins)
            while len(self.footers) > KEPT:
                self.footers.popitem(last=False)
        return file, begins


def find_runs(db: Connection, ids: Sequence[int], span: Span) -> list[Run]:
    """The runs of signals that touch a span, oldest segment first."""
    params = {"ids": list(ids), "since": span.since, "until": span.until, "before": span.before, "after": span.after}
    rows = db.execute(FIND, params).fetchall()
    return [Run(*r) for r in rows]


def read_runs(shelf: Shelf, runs: Sequence[Run], span: Span) -> list[tuple[Run, pa.Table]]:
    """The rows of runs (at, value, text, quality), each cut roughly to the span; runs of one file are read at once."""
    found: list[tuple[Run, pa.Table]] = []
    files: dict[str, list[Run]] = {}
    for run in runs:
        files.setdefault(run.path, []).append(run)
    for path, wanted in files.items():
        file, begins = shelf.open(path)
        spans = [_groups(file, begins, run, span) for run in wanted]
        groups = sorted({g for low, high in spans for g in range(low, high)})
        if not groups:
            continue
        columns = sorted({c for run in wanted for c in run.columns})
        table = _read(file, groups, columns)
        place = _places(begins, groups)
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
        raise Damaged(f"A sealed file cannot be decoded: {error}. `andon verify` names all that is damaged; restore "
                      "the file from a backup.") from error


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
    return pa.table({"at": at, "value": _value(run, rows), "text": text, "quality": quality})


def _value(run: Run, rows: pa.Table) -> Column:
    if run.decimals < 0:
        return rows["value"]
    figures = pc.cast(rows["scaled"], pa.float64(), safe=False)
    figures = pc.divide(figures, 10.0 ** run.decimals) if run.decimals else figures
    return pc.coalesce(rows["value"], figures) if run.mixed else figures
