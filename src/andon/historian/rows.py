"""Raw rows of signals: hot and cold tier merged, the last writer of each moment kept."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from ..model import Window
from .arrange import last_of_each
from .cold import Shelf, Span, find_runs, read_runs
from .columns import schema
from .hot import Store, snapshot, table
from .index import Run

ROW = schema({"at": pa.int64(), "value": pa.float64(), "text": pa.string(), "quality": pa.uint32()})
HOT = """
WITH mine AS (SELECT * FROM hot WHERE signal IN (SELECT unnest($ids))),
     edge AS (SELECT signal, max("at") FILTER ($before AND mine."at" < $since) AS low,
                     min("at") FILTER ($after AND mine."at" >= $until) AS high FROM mine GROUP BY signal)
SELECT mine.signal, mine."at", value, text, quality FROM mine JOIN edge USING (signal)
WHERE (mine."at" >= $since AND mine."at" < $until) OR mine."at" = low OR mine."at" = high
ORDER BY mine.signal, mine.seq
"""
SIMPLE = """
SELECT signal, "at", value, text, quality FROM hot
WHERE signal IN (SELECT unnest($ids)) AND hot."at" >= $since AND hot."at" < $until ORDER BY signal, seq
"""
Pieces = dict[int, list[pa.Table]]


def read_many(store: Store, shelf: Shelf, paths: Sequence[str], span: Span) -> Mapping[str, pa.Table]:
    """Rows of each signal in order of time (at, value, text, quality); a signal nobody named has none."""
    ids = {p: store.names.ids[p] for p in paths if p in store.names.ids}
    pieces = gather(store, shelf, list(ids.values()), span)
    return {p: settled(pieces.get(ids[p], []) if p in ids else [], span) for p in paths}


def gather(store: Store, shelf: Shelf, ids: Sequence[int], span: Span) -> Pieces:
    """The pieces of each signal's rows, of the least to the most recent writer; they may overlap."""
    hot = hot_rows(store, ids, span)  # first: what a seal moves meanwhile is then seen twice, not never
    return joined(read_runs(shelf, find_runs(store, ids, span), span), hot)


def hot_rows(store: Store, ids: Sequence[int], span: Span) -> Pieces:
    """Rows of signals in the hot tier, of the least to the most recent writer."""
    fresh = store.fresh
    since = -1 if span.before else span.since
    until = 1 << 62 if span.after else span.until
    wanted = [i for i in ids if fresh.touches(i, since, until)]
    if not wanted:
        return {}
    edged = span.before or span.after
    params = {"ids": wanted, "since": span.since, "until": span.until} | (
        {"before": span.before, "after": span.after} if edged else {}
    )
    with snapshot(store) as db:
        rows = db.sql(HOT if edged else SIMPLE, params=params).to_arrow_table()
    signal = rows["signal"].to_numpy()
    begins = np.searchsorted(signal, wanted_sorted := np.array(sorted(wanted)))
    ends = np.searchsorted(signal, wanted_sorted, side="right")
    return {
        int(s): [rows.slice(b, e - b).select(ROW.names)]
        for s, b, e in zip(wanted_sorted, begins.tolist(), ends.tolist(), strict=True)
        if e > b
    }


def joined(cold: Sequence[tuple[Run, pa.Table]], hot: Pieces) -> Pieces:
    pieces: Pieces = {}
    for run, rows in sorted(cold, key=lambda pair: pair[0].segment):
        pieces.setdefault(run.signal, []).append(rows)
    for signal, tables in hot.items():
        pieces.setdefault(signal, []).extend(tables)
    return pieces


def settled(pieces: Sequence[pa.Table], span: Span) -> pa.Table:
    """Pieces as one table in order of time: of equal moments the last piece wins; cut to the span and its edges."""
    if not pieces:
        return ROW.empty_table()
    rows = pa.concat_tables(pieces) if len(pieces) > 1 else pieces[0]
    at = rows["at"].to_numpy()
    order = last_of_each(at)
    if order is not None:
        rows, at = rows.take(order), at[order]
    begin, end = np.searchsorted(at, [span.since, span.until]).tolist()
    begin, end = max(0, begin - int(span.before)), min(len(at), end + int(span.after))
    return rows.slice(begin, end - begin).cast(ROW)


def latest(store: Store, shelf: Shelf, paths: Sequence[str] | None) -> pa.Table:
    """The newest row of each signal."""
    wanted = list(store.names.paths) if paths is None else list(paths)
    end = 1 << 62
    found = read_many(store, shelf, wanted, Span(end, end, before=True))
    some = [(p, t) for p, t in found.items() if t.num_rows]
    if not some:
        return ROW.empty_table().add_column(0, "signal", pa.array([], pa.string()))
    return pa.concat_tables(t for _, t in some).add_column(0, "signal", pa.array([p for p, _ in some]))


def extent(store: Store, path: str) -> tuple[int, int]:
    """The first and the last moment of a signal; (0, -1) if it has none."""
    number = store.names.ids.get(path, -1)
    fresh = store.fresh
    spans = [(int(fresh.lo[number]), int(fresh.hi[number]))] if 0 <= number < len(fresh.lo) else []
    spans += [(r.lo, r.hi) for r in store.index.runs(store.cursor, [number])[number]]
    spans = [s for s in spans if s[0] <= s[1]]
    return (min(s for s, _ in spans), max(u for _, u in spans)) if spans else (0, -1)


def answered(store: Store, query: str) -> pa.Table:
    """The rows of a query of our own."""
    with snapshot(store) as db:
        return table(db, query)


def overwritten(store: Store, shelf: Shelf, path: str, window: Window) -> pa.Table:
    """Rows of a signal that a later writer replaced by something else: at, value, text, quality of the loser."""
    if path not in store.names.ids:
        return ROW.empty_table()
    span = Span.of(window)
    with store.sealing, snapshot(store) as db:  # a seal in between would show rows twice, as if written twice
        pieces = gather(store, shelf, [store.names.ids[path]], span).get(store.names.ids[path], [])
        told = table(
            db,
            'SELECT o."at", value, text, quality FROM overwritten o WHERE signal = ? AND o."at" >= ? '
            'AND o."at" < ? ORDER BY o."at"',
            [store.names.ids[path], window.since, window.until],
        )
    rows = pa.concat_tables([p.cast(ROW) for p in pieces]) if pieces else ROW.empty_table()
    order = np.argsort(rows["at"].to_numpy(), kind="stable")
    rows = rows.take(order)
    plain = rows.to_pylist()
    lost = [i for i in range(len(plain) - 1) if plain[i]["at"] == plain[i + 1]["at"] and plain[i] != plain[i + 1]]
    return _inside(pa.concat_tables([told.cast(ROW), rows.take(np.array(lost, dtype=np.int64))]), window)


def _inside(rows: pa.Table, window: Window) -> pa.Table:
    at = rows["at"].to_numpy()
    return rows.filter(pa.array((at >= window.since) & (at < window.until)))
