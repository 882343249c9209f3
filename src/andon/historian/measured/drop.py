"""Units that are no longer wanted, with what was measured on them: a sealed pair of files is written without them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ...model import Window
from ..hot import Connection, Store, snapshot, transaction
from .form import KIND, TEXT, VALUES
from .keep import Blocks, enter, owners, write_pair
from .seen import read_units, readable

DUE = """
WITH held AS (
    SELECT t.place, t.rows * least(1, ($until - t.lo) / (t.hi - t.lo + 1)) AS units, u.rows AS every,
        coalesce(m.rows, 0) AS found
    FROM tested t JOIN blocks u ON u.id = t.block AND u.kind = 'units'
    LEFT JOIN blocks m ON m.id = t.block AND m.kind = 'measurements'
    WHERE t.place IN (SELECT unnest($places)) AND t.lo < $until AND t.hi >= $since)
SELECT place, sum(n)::BIGINT FROM (
    SELECT place, round(units * (1 + found / every)) AS n FROM held
    UNION ALL {hot})
GROUP BY place ORDER BY place
"""
HELD = """
SELECT DISTINCT u.id, u.path, coalesce(m.path, '') FROM tested t JOIN blocks u ON u.id = t.block AND u.kind = 'units'
LEFT JOIN blocks m ON m.id = t.block AND m.kind = 'measurements'
WHERE t.place IN (SELECT unnest($places)) AND t.lo < $until AND t.hi >= $since ORDER BY u.id
"""
HOT = """
SELECT place, count(DISTINCT u.tested) + count(m.tested) FROM units u LEFT JOIN measurements m USING (tested)
WHERE place IN (SELECT unnest($places)) AND u."at" < $until AND u."at" >= $since GROUP BY place
"""
WANTED = 'FROM units u WHERE place IN (SELECT unnest($places)) AND u."at" < $until AND u."at" >= $since'


def drop(store: Store, places: Sequence[str], window: Window, grace: int) -> dict[str, int]:
    """Delete the units of places in a window, and their values, from both tiers; how many rows of each place went.

    Files that were replaced stay for `grace` microseconds, for the readers that may still have them.
    """
    gone = dict.fromkeys(places, 0)
    params = _params(places, window)
    with snapshot(store) as db:
        held = db.execute(HELD, params).fetchall()
    for number, units, values in held:
        _rewrite(store, (number, units, values), window, (gone, grace))
    with store.writing, transaction(store) as db:
        _drop_hot(store, db, params, gone)
    return gone


def due(store: Store, places: Sequence[str], window: Window) -> dict[str, int]:
    """How many rows `drop` would delete; of a file that the window cuts, its rows count as spread evenly."""
    with snapshot(store) as db:
        return dict(db.execute(DUE.format(hot=HOT), _params(places, window)).fetchall())


def tested_places(store: Store) -> set[str]:
    """The machines at which units were ever tested."""
    with snapshot(store) as db:
        return {p for (p,) in db.execute("SELECT place FROM tested UNION SELECT place FROM units").fetchall()}


def _params(places: Sequence[str], window: Window) -> dict[str, object]:
    return {"places": list(places), "since": window.since, "until": window.until}


def _rewrite(store: Store, block: tuple[int, str, str], window: Window, counted: tuple[dict[str, int], int]) -> None:
    """One pair of files without what goes, swapped in at once; nothing is written where all goes."""
    number, path, found = block
    gone, grace = counted
    units, _ = read_units(store, path)
    at, place = units["at"].to_numpy(), units["place"].cast(pa.string())
    out = pc.is_in(place, pa.array(list(gone))).to_numpy() & (at >= window.since) & (at < window.until)
    values = _values(store, found)
    lost = pc.is_in(values["tested"], units["tested"].filter(pa.array(out)).combine_chunks()).to_numpy()
    kept = units.filter(pa.array(~out))
    made = write_pair(store, kept, values.filter(pa.array(~lost))) if kept.num_rows else None
    _count(gone, units.filter(pa.array(out)), values.filter(pa.array(lost)))
    with store.writing, transaction(store) as db:
        _swap(db, number, made, store.now() + grace)


def _values(store: Store, path: str) -> pa.Table:
    if not path:
        return pa.table({"tested": pa.array([], pa.int64())})
    texts = [n for n in (*KIND, "step") if n == "step" or VALUES.field(n).type == TEXT]
    with readable(path):
        return pq.read_table(pa.OSFile(str(store.folder / path), "rb"), read_dictionary=texts).combine_chunks()


def _count(gone: dict[str, int], units: pa.Table, values: pa.Table) -> None:
    place = units["place"].cast(pa.string()).to_numpy(zero_copy_only=False)
    each = np.bincount(owners(units, values), minlength=len(place)) + 1
    for name in np.unique(place).tolist():
        gone[name] += int(each[place == name].sum())


def _swap(db: Connection, number: int, made: Blocks | None, after: int) -> None:
    db.execute("INSERT INTO garbage SELECT path, ? FROM blocks WHERE id = ?", [after, number])
    db.execute("DELETE FROM blocks WHERE id = ?", [number])
    db.execute("DELETE FROM tested WHERE block = ?", [number])
    if made is not None:
        enter(db, made)


def _drop_hot(store: Store, db: Connection, params: dict[str, object], gone: dict[str, int]) -> None:
    for place, count in db.execute(HOT, params).fetchall():
        gone[place] += count
        store.measured -= count
    db.execute(f"DELETE FROM measurements WHERE tested IN (SELECT tested {WANTED})", params)
    db.execute(f"DELETE {WANTED}", params)
