"""History as one file for others, Parquet or CSV: samples, units or measurements in plain columns."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq

from ..errors import BadQuestion, UnknownName
from ..model import Window
from . import measured
from .cold import Shelf, Span
from .columns import schema
from .files import fsync
from .hot import Store, raise_if_full
from .rows import extent, read_many
from .segment import DAY

SAMPLES = schema(
    {
        "signal": pa.string(),
        "at": pa.timestamp("us", "UTC"),
        "value": pa.float64(),
        "text": pa.string(),
        "quality": pa.uint32(),
    }
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a file shall hold: "samples", "units" or "measurements" of a window, and the format.

    `paths` are those of signals for samples, else of machines; None means all.
    """

    kind: str
    window: Window
    paths: Sequence[str] | None
    form: str


def export(store: Store, shelf: Shelf, target: Path, wanted: Wanted) -> int:
    """Write rows to `target`; how many. The file is there whole or not at all."""
    if wanted.form not in ("parquet", "csv"):
        raise BadQuestion(f"There is no export as {wanted.form!r}: choose parquet or csv.")
    if wanted.kind not in (known := ("samples", *measured.SCHEMAS)):
        raise UnknownName("kind of rows", wanted.kind, known)
    parts = _samples(store, shelf, wanted) if wanted.kind == "samples" else _tested(store, wanted)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(target.name + ".new")
    try:
        rows = _written(draft, wanted.form, parts, measured.SCHEMAS.get(wanted.kind, SAMPLES))
        fsync(draft)
        os.replace(draft, target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise_if_full(store, error)
        raise
    return rows


def _tested(store: Store, wanted: Wanted) -> Iterator[pa.Table]:
    known = measured.tested_places(store)
    places = sorted(known if wanted.paths is None else known.intersection(wanted.paths))
    return (table for place in places for table in measured.flat(store, wanted.kind, place, wanted.window))


def _samples(store: Store, shelf: Shelf, wanted: Wanted) -> Iterator[pa.Table]:
    names = sorted(store.names.paths if wanted.paths is None else wanted.paths)
    for name in names:
        if name not in store.names.ids:
            raise UnknownName("signal", name, store.names.paths)
    return _parts(store, shelf, names, wanted.window)


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
                ).cast(SAMPLES)


def _written(path: Path, form: str, parts: Iterator[pa.Table], columns: pa.Schema) -> int:
    rows = 0
    with (
        pq.ParquetWriter(path, columns, compression="zstd") if form == "parquet" else pc_csv.CSVWriter(path, columns)
    ) as writer:
        for part in parts:
            writer.write_table(part)
            rows += part.num_rows
    return rows
