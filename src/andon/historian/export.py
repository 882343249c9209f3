"""History as one file for others: Parquet or CSV with columns signal, at, value, text, quality."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq

from ..errors import BadQuestion, UnknownName
from ..model import Window
from .cold import Shelf, Span
from .columns import schema
from .files import fsync
from .hot import Store, raise_if_full
from .rows import extent, read_many
from .segment import DAY

SCHEMA = schema(
    {
        "signal": pa.string(),
        "at": pa.timestamp("us", "UTC"),
        "value": pa.float64(),
        "text": pa.string(),
        "quality": pa.uint32(),
    }
)


def export(store: Store, shelf: Shelf, target: Path, window: Window, asked: tuple[Sequence[str] | None, str]) -> int:
    """Write the rows of signals in a window to `target`; how many. `asked` is signals (None: all) and format."""
    signals, form = asked
    if form not in ("parquet", "csv"):
        raise BadQuestion(f"There is no export as {form!r}: choose parquet or csv.")
    names = sorted(store.names.paths if signals is None else signals)
    for name in names:
        if name not in store.names.ids:
            raise UnknownName("signal", name, store.names.paths)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(target.name + ".new")
    try:
        rows = _written(draft, form, _parts(store, shelf, names, window))
        fsync(draft)
        os.replace(draft, target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise_if_full(store, error)
        raise
    return rows


def _parts(store: Store, shelf: Shelf, names: Sequence[str], window: Window) -> Iterator[pa.Table]:
    """A signal at a time, a month of it at a time: memory stays small however long the history is."""
    for name in names:
        first, last = extent(store, name)
        for since in range(max(window.since, first), min(window.until, last + 1), 31 * DAY):
            span = Span(since, min(window.until, since + 31 * DAY))
            rows = read_many(store, shelf, [name], span)[name]
            if rows.num_rows:
                yield pa.table(
                    {
                        "signal": pa.array(np.full(rows.num_rows, name)),
                        "at": rows["at"].cast(pa.timestamp("us", "UTC")),
                        "value": rows["value"],
                        "text": rows["text"],
                        "quality": rows["quality"],
                    }
                ).cast(SCHEMA)


def _written(path: Path, form: str, parts: Iterator[pa.Table]) -> int:
    rows = 0
    with (
        pq.ParquetWriter(path, SCHEMA, compression="zstd") if form == "parquet" else pc_csv.CSVWriter(path, SCHEMA)
    ) as writer:
        for part in parts:
            writer.write_table(part)
            rows += part.num_rows
    return rows
