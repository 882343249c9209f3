"""The units of a place in a window out of both tiers, and where each row came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ...errors import Damaged
from ...model import Bin, Units, Window
from ...model.measured import NO_BIN, NO_SITE, NOWHERE, Integers, Names, attempts
from ..arrange import Index
from ..columns import Column, whole
from ..hot import Connection, Store, table
from .form import KEY, TEXT, UNITS, keyed, words

FOUND = """
SELECT u.path, u.rows, coalesce(m.path, '') FROM tested t JOIN blocks u ON u.id = t.block AND u.kind = 'units'
LEFT JOIN blocks m ON m.id = t.block AND m.kind = 'measurements'
WHERE t.place = ? AND t.lo < ? AND t.hi >= ? ORDER BY t.lo, t.block
"""
HOT_UNITS = """
SELECT * FROM units u WHERE place = ? AND u."at" < ? AND u."at" >= ? ORDER BY u."at", tested
"""
BINS = """
SELECT detail FROM spells WHERE kind = 'bins' AND place = ? AND since < ? AND until >= ? ORDER BY seq, nth
"""
EMPTY = {"x": NOWHERE, "y": NOWHERE, "site": NO_SITE, "hard": NO_BIN, "soft": NO_BIN, "passed": -1, "attempt": -1}
ROWS = pa.schema([pa.field("tested", pa.int64()), *UNITS, pa.field("seq", pa.int64())])


@dataclass(frozen=True, slots=True)
class Seen:
    """The units of a place in a window as one table, and where its rows came from.

    `number` and `source` (n rows as found) say which unit row of which source each was, `row` its place in `units`;
    `rank` the receipt number, by which of two tests of the same unit and moment the later one wins.
    """

    units: Units
    number: Index
    source: Index
    row: Integers
    rank: Index
    doubled: bool
    whole: Sequence[bool]
    """Whether all units of a sealed source are wanted."""


def see(store: Store, db: Connection, place: str, window: Window) -> tuple[Seen, list[str]]:
    """The units, and of each sealed source the file with its values."""
    params = [place, window.until, window.since]
    hot = table(db, HOT_UNITS, params)
    files = db.execute(FOUND, params).fetchall()
    tables = [units_of(store, path, place, window) for path, _, _ in files]
    rows = pa.concat_tables([*tables, hot.select(ROWS.names).cast(ROWS)])
    source = np.repeat(np.arange(len(tables) + 1), [t.num_rows for t in (*tables, hot)])
    source[source == len(tables)] = -1
    whole = [t.num_rows == count for t, (_, count, _) in zip(tables, files, strict=True)]
    seen = _arranged(rows, source, window, (_bins(db, params), whole))
    return seen, [values for _, _, values in files]


def units_of(store: Store, path: str, place: str, window: Window) -> pa.Table:
    """The units of a sealed file that are of a place and in the window."""
    rows = store.drawer.of(path, lambda: read_units(store, path))
    at = rows["at"].to_numpy()
    here = (at >= window.since) & (at < window.until)
    code = words(rows["place"])
    if len(code.dictionary) > 1:
        here &= code.indices.to_numpy() == code.dictionary.index(place).as_py()
    return rows if here.all() else rows.filter(pa.array(here))


def read_units(store: Store, path: str) -> tuple[pa.Table, int]:
    """All units of a sealed file, as the historian keeps them, and how many."""
    texts = [f.name for f in UNITS if f.type == TEXT]
    with readable(path):
        rows = pq.read_table(pa.OSFile(str(store.folder / path), "rb"), read_dictionary=texts, use_threads=False)
    rows = rows.set_column(rows.column_names.index("at"), "at", rows["at"].cast(pa.int64()))
    return rows.select(ROWS.names).cast(ROWS).combine_chunks(), rows.num_rows


def _arranged(
    rows: pa.Table, source: Index, window: Window, about: tuple[dict[str, dict[int, Bin]], Sequence[bool]]
) -> Seen:
    """Rows of several sources as units in order of time, of the same unit and moment one; `about` the bins, `whole`."""
    bins, whole = about
    at, rank = rows["at"].to_numpy(), rows["seq"].to_numpy()
    order = np.lexsort((rank, at)) if len(at) > 1 and not (at[1:] > at[:-1]).all() else np.arange(len(at))
    kept, group = _winners(rows, order)
    place = np.empty(len(order), np.int32)
    place[order] = group
    told = rows if len(kept) == rows.num_rows and (kept == np.arange(len(kept))).all() else rows.take(kept)
    doubled = len(kept) < rows.num_rows
    return Seen(_made(told, window, bins), rows["tested"].to_numpy(), source, place, rank, doubled, whole)


def _winners(rows: pa.Table, order: Index) -> tuple[Index, Index]:
    """Of rows in order the last of each group that speaks of the same test of a unit; and each row's group."""
    at = rows["at"].to_numpy()[order]
    same = np.zeros(len(order), dtype=np.bool_)
    same[1:] = at[1:] == at[:-1]
    near = same.copy()
    near[:-1] |= same[1:]
    group = np.arange(len(order))
    if near.any():
        places = np.flatnonzero(near)
        code, _ = keyed([rows[name].take(order[places]) for name in KEY])
        first = np.full(int(code.max()) + 1, len(order))
        np.minimum.at(first, code, places)
        group[places] = first[code]
    heads, group = np.unique(group, return_inverse=True)
    last = np.zeros(len(heads), np.int64)
    last[group] = order
    return last, group


def _made(rows: pa.Table, window: Window, bins: dict[str, dict[int, Bin]]) -> Units:
    text = {n: _names(rows[n]) for n in ("unit_id", "step", "lot", "wafer", "product")}
    number = {n: filled(rows[n].cast(pa.int32()), e) for n, e in EMPTY.items()}
    counted = attempts(text["lot"], text["wafer"], text["unit_id"], text["step"])
    return Units(
        window,
        rows["at"].to_numpy(),
        text["unit_id"],
        text["step"],
        text["lot"],
        text["wafer"],
        text["product"],
        number["x"],
        number["y"],
        number["site"],
        number["hard"],
        number["soft"],
        number["passed"].astype(np.int8),
        np.where(number["attempt"] < 0, counted, number["attempt"]).astype(np.int32),
        filled(rows["seconds"], np.nan),
        _facts(rows["facts"]),
        bins.get("hard", {}),
        bins.get("soft", {}),
    )


def _names(column: Column) -> Names:
    coded = words(column)
    said = np.empty(len(coded.dictionary) + 1, dtype=object)
    said[:-1], said[-1] = coded.dictionary.to_pylist(), ""
    return np.asarray(said[coded.indices.to_numpy()])


def _facts(column: Column) -> dict[str, Names]:
    coded = words(column)
    code = coded.indices.to_numpy()
    said = [orjson.loads(str(text)) for text in coded.dictionary.to_pylist()]
    names = dict.fromkeys(name for fact in said for name in fact)
    found: dict[str, Names] = {}
    for name in names:
        each = np.empty(len(said), dtype=object)
        each[:] = [fact.get(name, "") for fact in said]
        found[name] = each[code]
    return found


def _bins(db: Connection, params: Sequence[object]) -> dict[str, dict[int, Bin]]:
    """What the bins of a place meant, as it was told; the later word counts."""
    found: dict[str, dict[int, Bin]] = {"hard": {}, "soft": {}}
    for (detail,) in db.execute(BINS, params).fetchall():
        for kind, bins in orjson.loads(detail).items():
            if kind in found:
                found[kind] |= {int(n): Bin(str(name), passed) for n, (name, passed) in bins.items()}
    return found


def filled(column: Column, empty: float) -> Any:
    """A column of numbers with something else where there is none."""
    return whole(pc.fill_null(column, pa.scalar(empty, column.type)) if column.null_count else column).to_numpy()


@contextmanager
def readable(path: str) -> Iterator[None]:
    """What a sealed file cannot give is said as damage."""
    try:
        yield
    except (OSError, pa.ArrowInvalid, ValueError, IndexError) as error:
        raise Damaged(
            f"{path} cannot be read: {error}. `andon verify` names all that is damaged; restore the file from a backup."
        ) from error
