"""What is not samples: spells that people and connectors report, waveforms."""

import heapq
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa

from ..model import Spells, Waveforms, Window
from ..plant.alarms import UNBOOKED
from .hot import Connection, Store, snapshot, table

SPELLS = """
SELECT kind, place, since, until, text, detail, seq AS receipt FROM (
    SELECT *, row_number() OVER (PARTITION BY kind, place, since ORDER BY seq DESC, nth DESC) AS age FROM spells
    WHERE kind = ? AND (place = ? OR ? = '*'))
WHERE age = 1 AND since < ? AND until > ? ORDER BY place, since, seq
"""
TOLD = """
SELECT kind, place, CASE WHEN kind = 'connection' AND before IS NOT NULL THEN least(before, until) ELSE since END,
    CASE WHEN kind = 'connection' AND before IS NOT NULL THEN greatest(before, until) ELSE until END
FROM (SELECT *, lag(until) OVER (PARTITION BY kind, place, since ORDER BY seq, nth) AS before FROM spells)
WHERE seq > ? AND kind <> 'alarm'
"""
"""What reported spells touch: of a connection that was reported before only what its end was moved over; of an alarm
nothing, for no figure of a shift rests on it."""
BLOCKS = {"waveforms": 'PARTITION BY place, r."at"'}
Painted = tuple[int, int, str]


def spell_rows(store: Store, kind: str, place: str, window: Window) -> pa.Table:
    """Spells as they were reported, those that touch the window, whole; of two with the same start the later counts."""
    with snapshot(store) as db:
        return table(db, SPELLS, [kind, place, place, window.until, window.since])


def spells(store: Store, kind: str, place: str, window: Window) -> Spells:
    """Spells of one kind at one place, cut to the window; where two overlap the later reported wins."""
    return overlaid(spell_rows(store, kind, place, window)).within(window)


def overlaid(rows: pa.Table) -> Spells:
    """Rows of one kind and place as spells: where two overlap the later reported wins."""
    return Spells.of(painted([(r["since"], r["until"], r["receipt"], r["text"]) for r in rows.to_pylist()]))


def painted(rows: Sequence[tuple[int, int, int, str]]) -> list[Painted]:
    """Overlay (since, until, rank, text): at each instant the highest rank shows.

    >>> painted([(0, 10, 1, "a"), (4, 6, 2, "b")])
    [(0, 4, 'a'), (4, 6, 'b'), (6, 10, 'a')]
    """
    edges = sorted({t for since, until, _, _ in rows for t in (since, until)})
    coming = sorted(rows)
    live: list[tuple[int, int, int, str]] = []
    found: list[Painted] = []
    place = 0
    for since, until in pairwise(edges):
        while place < len(coming) and coming[place][0] <= since:
            begin, end, rank, text = coming[place]
            heapq.heappush(live, (-rank, -begin, end, text))
            place += 1
        while live and live[0][2] <= since:
            heapq.heappop(live)
        if live:
            _paint(found, (since, until, live[0][3]))
    return found


def _paint(found: list[Painted], piece: Painted) -> None:
    if found and found[-1][1] == piece[0] and found[-1][2] == piece[2]:
        found[-1] = (found[-1][0], piece[1], piece[2])
        return
    found.append(piece)


def waveforms(store: Store, path: str, window: Window) -> Waveforms:
    """Blocks of a waveform signal that start in the window."""
    with snapshot(store) as db:
        rows = _blocks(store, db, "waveforms", ([path], window))
    return Waveforms(
        window,
        rows["at"].to_numpy(),
        rows["rate"].to_numpy(),
        tuple(np.array(b.as_py(), dtype=np.float64) for b in rows["block"]),
    )


def _blocks(store: Store, db: Connection, kind: str, asked: tuple[Sequence[str], Window]) -> pa.Table:
    """Rows of both tiers, the last writer of each key."""
    places, window = asked
    files = db.execute(
        "SELECT path FROM blocks WHERE kind = ? AND lo < ? AND hi >= ?", [kind, window.until, window.since]
    ).fetchall()
    source = f"SELECT * FROM {kind}"
    if files:
        source += (
            ' UNION ALL BY NAME SELECT * REPLACE (epoch_us(f."at") AS "at") FROM read_parquet($files, '
            "hive_partitioning = false) f"
        )
    params: dict[str, object] = {"places": list(places), "since": window.since, "until": window.until}
    if files:
        params["files"] = [str(store.folder / path) for (path,) in files]
    query = f"""SELECT * EXCLUDE age FROM (
        SELECT *, row_number() OVER ({BLOCKS[kind]} ORDER BY seq DESC) AS age FROM ({source}) r
        WHERE place IN (SELECT unnest($places)) AND r."at" >= $since AND r."at" < $until) k
        WHERE age = 1 ORDER BY k."at\""""
    rows: pa.Table = db.sql(query, params=params).to_arrow_table()
    return rows


def touched(store: Store, after: int) -> tuple[int, list[tuple[str, int, int]]]:
    """What came in after a receipt; see `Historian.touched`."""
    with snapshot(store) as db:
        last = db.execute("SELECT coalesce(max(seq), 0) FROM receipts").fetchall()[0][0]
        samples = db.execute(
            'SELECT signal, min("at"), max("at") + 1 FROM hot WHERE seq > ? GROUP BY signal UNION ALL '
            "SELECT signal, lo, hi + 1 FROM runs WHERE seq > ?",
            [after, after],
        ).fetchall()
        tested = db.execute(
            'SELECT place, min("at"), max("at") + 1 FROM units WHERE seq > ? GROUP BY place UNION ALL '
            "SELECT place, lo, hi + 1 FROM tested WHERE seq > ?",
            [after, after],
        ).fetchall()
        told = db.execute(TOLD, [after]).fetchall()
        told = [(kind, place, since, min(until, store.now())) for kind, place, since, until in told]
    rows = [(store.names.paths[s], since, until) for s, since, until in samples]
    return last, sorted({*rows, *tested, *_touched_by_spells(store, told)})


def _touched_by_spells(store: Store, told: Iterable[tuple[str, str, int, int]]) -> Iterable[tuple[str, int, int]]:
    """A connection touches all signals of its source, any other spell its machine."""
    for kind, place, since, until in told:
        if kind in UNBOOKED:
            continue
        if kind != "connection":
            yield place, since, until
            continue
        yield from (
            (path, since, until)
            for path, source in zip(store.names.paths, store.names.sources, strict=True)
            if source == place
        )
