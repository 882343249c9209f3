"""A sealed file: rows of one day as Parquet, each signal in the form in which it is smallest and still exact."""

import hashlib
import os
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ..model import Codes, Numbers, Times
from .arrange import Index, stretches
from .columns import Column, numbers, whole
from .files import fsync
from .index import MIXED
from .rollup import LEVELS, Points, rollup

DAY = 86_400_000_000
LEVEL = 3
"""Of zstd. Nine saves 0.1 of 1.97 bytes a sample on the plant-like mix and halves the speed of a bulk import."""
GROUP = 65_536
"""Most rows in a row group; of short runs a group takes in at least a quarter of it (of roll-ups 1/8 of that)."""
FLOAT = -1
"""In `runs.decimals`: the values have no short decimal form and are kept as doubles."""
MOSTLY = 0.98
"""The share of a run's values that must have the short form; the others (NaN, -0.0, outliers) are kept as doubles."""
POWERS = 10.0 ** np.arange(8)
KEY = [pa.field("signal", pa.dictionary(pa.int32(), pa.string())), pa.field("at", pa.timestamp("us", "UTC"))]
SCHEMA = pa.schema(
    [
        *KEY,
        pa.field("value", pa.float64()),
        pa.field("scaled", pa.int64()),
        pa.field("decimals", pa.int8()),
        pa.field("text", pa.string()),
        pa.field("quality", pa.uint32()),
    ]
)
ROLLUP_SCHEMA = pa.schema(
    [
        *KEY,
        *(pa.field(c, pa.float64()) for c in ("low", "high", "first", "last", "sum")),
        pa.field("count", pa.int32()),
        pa.field("known", pa.int64()),
    ]
)


@dataclass(frozen=True, slots=True)
class File:
    """One file on disk: path below the history folder, rows, bytes, SHA-256."""

    path: str
    rows: int
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A written segment: its files, and what the catalog must know of each signal in it (columns as in `runs`)."""

    number: int
    day: int
    samples: File
    levels: dict[str, File]
    runs: pa.Table


def write_segment(folder: Path, number: int, rows: pa.Table, paths: list[str]) -> Segment:
    """Write sorted rows of one day (columns of `arrange.COLUMNS` and `seq`) and their roll-ups; all is on disk after.

    Nothing points to the files yet: until the catalog does they are orphans, which the next start removes.
    """
    signal, at = rows["signal"].to_numpy(), rows["at"].to_numpy()
    edges, day = stretches(signal), int(at[0] // DAY)
    value, said = numbers(rows["value"])
    decimals = resolutions(value, said, edges)
    quality = rows["quality"].to_numpy()
    place = f"cold/day={np.datetime64(day, 'D')}/{number:08d}"
    each, mixed = _row_decimals(value, said, edges, decimals)
    columns = _columns(rows, value, said, each)
    names = [paths[s] for s in signal[edges[:-1]]]
    samples = _write(folder, f"{place}.parquet", columns, _Layout(names, edges, SCHEMA))
    runs = _runs(rows, edges, decimals, _constant(quality, edges)).append_column("mixed", pa.array(mixed))
    points = Points.of(edges, at, value if said.all() else np.where(said, value, np.nan), quality)
    levels: dict[str, File] = {}
    for level, width in LEVELS.items():
        written, runs = _level(folder, f"rollup/{level}/{place[5:]}.parquet", points, _Level(runs, names, width))
        if written:
            levels[level] = written
    return Segment(number, day, samples, levels, runs.append_column("segment", pa.array(np.full(len(names), number))))


def resolutions(value: Numbers, said: NDArray[np.bool_], edges: Index) -> NDArray[np.int8]:
    """For each run the fewest decimals (0 to 6) that give back nearly all values exactly, or FLOAT.

    >>> resolutions(np.array([20.5, 21.0, 1/3]), np.ones(3, dtype=bool), np.array([0, 2, 3])).tolist()
    [1, -1]
    """
    lengths, starts = np.diff(edges), edges[:-1]
    tried = np.ones(len(lengths), dtype=np.bool_)
    probes = [_decimals(value[row], said[row]) for row in (starts + lengths * k // 7 for k in range(7))]
    found = np.sort(probes, axis=0)[4]  # some rows of each run first: noise is told from figures by them
    while tried.any():
        rows = np.repeat(tried, lengths)
        exact = _exact(value[rows], said[rows], np.repeat(found[tried], lengths[tried]))
        begins = np.concatenate([[0], np.cumsum(lengths[tried])[:-1]])
        fits = np.add.reduceat(exact, begins, dtype=np.int64) >= MOSTLY * lengths[tried]
        more = np.flatnonzero(tried)[~fits]
        found[more] += 1
        tried[:] = False
        tried[more] = found[more] < 7
    return np.where(found > 6, FLOAT, found).astype(np.int8)


def store_file(folder: Path, path: str, body: pa.Buffer, rows: int) -> File:
    """Write bytes beside their place, sync, rename, sync the folder."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".tmp")
    try:
        draft.write_bytes(body)
        fsync(draft)
        os.replace(draft, target)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    fsync(target.parent)
    return File(path, rows, body.size, hashlib.sha256(body).hexdigest())


def row_groups(edges: Index, group: int) -> list[tuple[int, int]]:
    """Row ranges of the groups of a file whose runs begin at `edges`: a long run gets its own, short ones share.

    >>> row_groups(np.array([0, 5, 10, 130]), 40)
    [(0, 10), (10, 50), (50, 90), (90, 130)]
    """
    found, begin = [], 0
    for low, high in pairwise(edges.tolist()):
        if begin < low and (low - begin >= group // 4 or high - begin > group):
            found.append((begin, low))
            begin = low
        if high - low > group:
            cuts = np.linspace(low, high, -((low - high) // group) + 1).astype(int).tolist()
            found += list(pairwise(cuts))
            begin = high
    last = int(edges[-1])
    return [*found, (begin, last)] if begin < last else found


@dataclass(frozen=True, slots=True)
class _Layout:
    """Signal names and where each one's rows begin: decides the row groups."""

    names: list[str]
    edges: Index
    schema: pa.Schema
    group: int = GROUP

    def signals(self, begin: int, end: int) -> Column:
        """The signal column of a row group, with a dictionary of only its own names."""
        low, high = (int(np.searchsorted(self.edges, x, side="right")) - 1 for x in (begin, end - 1))
        edges = np.clip(self.edges[low : high + 2], begin, end)
        codes = np.repeat(np.arange(high - low + 1, dtype=np.int32), edges[1:] - edges[:-1])
        return pa.DictionaryArray.from_arrays(codes, self.names[low : high + 1])


@dataclass(frozen=True, slots=True)
class _Level:
    """The runs of a segment, and the width of the roll-up level that is being made of them."""

    runs: pa.Table
    names: list[str]
    width: int


def _write(folder: Path, path: str, columns: dict[str, Column], layout: _Layout) -> File:
    sink = pa.BufferOutputStream()
    plain = ["at", "value", "scaled", *(c for c in ("low", "high", "first", "last", "sum", "count", "known"))]
    encodings = {
        c: "DELTA_BINARY_PACKED"
        if c in ("at", "scaled", "count", "known")
        else "BYTE_STREAM_SPLIT"
        if c == "value"
        else "PLAIN"
        for c in plain
        if c in columns
    }
    with pq.ParquetWriter(
        sink,
        layout.schema,
        compression="zstd",
        compression_level=LEVEL,
        store_schema=False,
        use_dictionary=[c for c in layout.schema.names if c not in plain],  # type: ignore[arg-type]  # stubs lack lists
        column_encoding=encodings,
    ) as writer:
        for begin, end in row_groups(layout.edges, layout.group):
            part = [layout.signals(begin, end), *(columns[c][begin:end] for c in layout.schema.names[1:])]
            writer.write_table(pa.Table.from_arrays(part, schema=layout.schema), row_group_size=end - begin)
    return store_file(folder, path, sink.getvalue(), int(layout.edges[-1]))


def _columns(rows: pa.Table, value: Numbers, said: NDArray[np.bool_], decimals: NDArray[np.int8]) -> dict[str, Column]:
    """The columns of a file; `decimals` of each row, FLOAT where the value is kept as a double."""
    short = decimals >= 0
    scaled = np.rint(np.where(short & said, value, 0.0) * POWERS[decimals]).astype(np.int64)
    return {
        "at": pc.cast(whole(rows["at"]), pa.timestamp("us", "UTC")),
        "value": pa.array(value, mask=short | ~said),
        "scaled": pa.array(scaled, mask=~short | ~said),
        "decimals": pa.array(decimals, mask=~short),
        "text": whole(rows["text"]),
        "quality": whole(rows["quality"]),
    }


def _row_decimals(
    value: Numbers, said: NDArray[np.bool_], edges: Index, decimals: NDArray[np.int8]
) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """Decimals of each row, and which runs also have rows that do not fit theirs."""
    each = np.repeat(decimals, np.diff(edges))
    misfit = (each >= 0) & ~_exact(value, said, np.maximum(each, 0))
    return np.where(misfit, FLOAT, each).astype(np.int8), np.logical_or.reduceat(misfit, edges[:-1])


def _runs(rows: pa.Table, edges: Index, decimals: NDArray[np.int8], quality: Times) -> pa.Table:
    signal, at, seq = (rows[c].to_numpy() for c in ("signal", "at", "seq"))
    starts, ends = edges[:-1], edges[1:]
    texts = np.logical_or.reduceat(whole(rows["text"]).is_valid().to_numpy(zero_copy_only=False), starts)
    return pa.table(
        {
            "signal": signal[starts],
            "first": starts,
            "rows": ends - starts,
            "lo": at[starts],
            "hi": at[ends - 1],
            "seq": np.maximum.reduceat(seq, starts),
            "decimals": decimals,
            "texts": texts,
            "quality": quality,
        }
    )


def _level(folder: Path, path: str, points: Points, level: _Level) -> tuple[File | None, pa.Table]:
    """Write one roll-up level for the signals for which it is worth it; say in `runs` where each one's rows are."""
    dense = points.dense(level.width)
    run, table = rollup(points.only(dense), level.width)
    kept = np.zeros(len(dense), dtype=np.int64)
    kept[dense] = np.bincount(run, minlength=int(dense.sum()))
    edges = np.concatenate([[0], np.cumsum(kept)])
    name = path.split("/")[1]
    told = level.runs.append_column(f"{name}_first", pa.array(edges[:-1])).append_column(f"{name}_rows", pa.array(kept))
    if not table.num_rows:
        return None, told
    columns: dict[str, Column] = {c: whole(table[c]) for c in table.column_names}
    columns["at"] = pc.cast(columns["at"], pa.timestamp("us", "UTC"))
    columns["count"] = pc.cast(columns["count"], pa.int32())
    names = [n for n, rows in zip(level.names, kept, strict=True) if rows]
    layout = _Layout(names, np.concatenate([[0], np.cumsum(kept[kept > 0])]), ROLLUP_SCHEMA, GROUP // 8)
    return _write(folder, path, columns, layout), told


def _decimals(value: Numbers, said: NDArray[np.bool_]) -> NDArray[np.int8]:
    found = np.full(len(value), 7, dtype=np.int8)
    for decimals in range(6, -1, -1):
        found[_exact(value, said, np.full(len(value), decimals))] = decimals
    return found


def _exact(value: Numbers, said: NDArray[np.bool_], decimals: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Does the scaled integer give back the very same double (a minus before 0 included)?"""
    finite = np.where(np.isfinite(value), value, 0.5)
    scaled = np.rint(finite * POWERS[decimals])
    same = (scaled / POWERS[decimals] == value) & (np.abs(scaled) < 2**53) & (decimals < 7)
    return np.asarray(~said | (same & ~((value == 0) & np.signbit(value))), dtype=np.bool_)


def _constant(quality: Codes, edges: Index) -> Times:
    """The status code of each run, or MIXED."""
    low, high = (f.reduceat(quality.astype(np.int64), edges[:-1]) for f in (np.minimum, np.maximum))
    return np.where(low == high, low, MIXED)
