"""What the demo's machines are going to say, on disk: one file for each server that plays them."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ...model import Window
from .delivery import Voices, parts_of, table_of

Line = tuple[str, int, float | None, str | None, int]
"""What a signal says: its path, when (microseconds), a number, a text, an OPC UA status code."""
EDGES = b"andon parts"


def write_scores(voices: Voices, window: Window, folder: Path) -> list[Path]:
    """Write what every source is going to say in a window; each signal first says what it last said.

    One row group holds a stretch of four hours, so that a server holds only that much in memory.
    """
    folder.mkdir(parents=True, exist_ok=True)
    heard = voices.since(window.since)
    parts = list(parts_of(window, voices.days))
    edges = json.dumps([p.since for p in parts]).encode()
    files = {source: folder / f"{source}.parquet" for source in voices.wires.sources}
    writers: dict[str, pq.ParquetWriter] = {}
    opening = voices.opening(window.since)
    for part in parts:
        for source, tracks in heard.tracks(part).items():
            table = table_of([*opening.pop(source, []), *tracks]).replace_schema_metadata({EDGES: edges})
            if source not in writers:
                writers[source] = pq.ParquetWriter(
                    files[source], table.schema, compression="zstd", write_statistics=False
                )
            writers[source].write_table(table, row_group_size=max(1, table.num_rows))
    for writer in writers.values():
        writer.close()
    return list(files.values())


@dataclass(slots=True)
class Score:
    """A server's file of what it is going to say, opened to be played.

    Examples
    --------
    >>> score = Score.open(Path("demo-plant/floor/cell-2.parquet"))                  # doctest: +SKIP
    >>> score.between(now - 1_000_000, now)                                          # doctest: +SKIP
    [('line-2/cell-2/good_count', 1793800000000000, 4711.0, None, 0)]
    """

    file: pq.ParquetFile
    edges: Sequence[int]
    held: tuple[int, list[Line], list[int]] = field(default=(-1, [], []))
    known: tuple[int, dict[str, Line]] = field(default=(0, {}))

    @classmethod
    def open(cls, path: Path) -> Score:
        file = pq.ParquetFile(path)
        return cls(file, json.loads((file.schema_arrow.metadata or {})[EDGES]))

    @property
    def paths(self) -> list[str]:
        """The signals that it plays."""
        return sorted(self.last(self.edges[0]))

    def between(self, since: int, until: int) -> list[Line]:
        """What is said after `since`, up to and with `until`, in order of time."""
        said = list[Line]()
        for part in range(self._part(since), self._part(until) + 1):
            lines, at = self._lines(part)
            said += lines[bisect_right(at, since) : bisect_right(at, until)]
        return said

    def last(self, until: int) -> Mapping[str, Line]:
        """What each signal last said up to and with a moment."""
        part, known = self.known if self.known[0] <= self._part(until) else (0, {})
        known = dict(known)
        for before in range(part, self._part(until)):
            known |= _lasting(self.file.read_row_group(before))
        self.known = (self._part(until), dict(known))
        lines, at = self._lines(self._part(until))
        return known | {line[0]: line for line in lines[: bisect_right(at, until)]}

    def _part(self, at: int) -> int:
        return max(0, bisect_right(self.edges, at) - 1)

    def _lines(self, part: int) -> tuple[list[Line], list[int]]:
        if self.held[0] != part:
            lines = list(_spoken(self.file.read_row_group(part)))
            self.held = (part, lines, [line[1] for line in lines])
        return self.held[1], self.held[2]


def samples_of(lines: Sequence[Line]) -> pa.Table:
    """Lines as the samples of a batch."""
    path, at, value, text, quality = zip(*lines, strict=True) if lines else ((),) * 5
    return pa.table(
        {
            "signal": pa.array(path, pa.string()).dictionary_encode(),
            "at": pa.array(at, pa.int64()).cast(pa.timestamp("us", "UTC")),
            "value": pa.array(value, pa.float64()),
            "text": pa.array(text, pa.string()),
            "quality": pa.array(quality, pa.uint32()),
        }
    )


def _spoken(table: pa.Table) -> Iterator[Line]:
    columns = [table[c].cast(t) for c, t in (("signal", pa.string()), ("at", pa.int64()))]
    columns += [table[c] for c in ("value", "text", "quality")]
    return zip(*(c.to_pylist() for c in columns), strict=True)


def _lasting(table: pa.Table) -> dict[str, Line]:
    """The last line of each signal."""
    paths = np.array(table["signal"].cast(pa.string()).to_pylist(), dtype=np.str_)
    _, backwards = np.unique(paths[::-1], return_index=True)
    rows = table.take((len(paths) - 1 - backwards).tolist())
    return {line[0]: line for line in _spoken(rows)}
