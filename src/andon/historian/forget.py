"""Retention: rows that are no longer wanted are deleted from both tiers, and the deletion itself is kept on record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ..model import Window
from . import measured
from .cold import Shelf
from .hot import Store, refresh, snapshot, transaction
from .names import Ids
from .seal import GRACE, Keep, checkpoint, collect, compact
from .segment import DAY

DUE = """
SELECT signal, sum(n)::BIGINT FROM (
    SELECT signal, round(rows * least(1, ($until - lo) / (hi - lo + 1))) AS n FROM runs
    WHERE signal IN (SELECT unnest($ids)) AND lo < $until AND hi >= $since
    UNION ALL SELECT signal, count(*) FROM hot
    WHERE signal IN (SELECT unnest($ids)) AND hot."at" < $until AND hot."at" >= $since GROUP BY signal)
GROUP BY signal ORDER BY signal
"""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted: by whom, why, which signal (or machine: its units and measurements), which window, how many."""

    who: str
    why: str
    path: str
    window: Window
    rows: int


def forget(store: Store, shelf: Shelf, paths: Sequence[str], window: Window, said: tuple[str, str]) -> list[Forgotten]:
    """Delete rows of signals and machines in a window; `said` is who deletes and why. See `Historian.forget`."""
    ids = _signals(store, paths)
    gone = dict.fromkeys(ids, 0)
    with store.sealing:
        tested = measured.drop(store, _places(store, paths), window, GRACE)
        for day in _days(store, list(ids), window):
            compact(store, shelf, day, _without(np.array(list(ids), dtype=np.int32), window, gone))
        with store.writing:
            _forget_hot(store, list(ids), window, gone)
            counts = {**{path: gone[i] for i, path in ids.items()}, **tested}
            rows = [Forgotten(*said, path, window, count) for path, count in counts.items() if count]
            _record(store, rows)
            checkpoint(store)
            for follower in store.followers:
                follower(None, {})
        collect(store)
    return rows


def expire(store: Store, shelf: Shelf, keep: Mapping[str, int], *, really: bool) -> list[Forgotten]:
    """Forget what is older than it is to be kept; see `Historian.expire`."""
    lengths: dict[int, list[str]] = {}
    for path, length in keep.items():
        lengths.setdefault(length, []).append(path)
    found: list[Forgotten] = []
    for length, paths in sorted(lengths.items()):
        window = Window(0, max(0, store.now() - length))
        said = ("retention", f"older than {length / 86_400_000_000:g} days")
        found += forget(store, shelf, paths, window, said) if really else _due(store, paths, window, said)
    return found


def _due(store: Store, paths: Sequence[str], window: Window, said: tuple[str, str]) -> list[Forgotten]:
    """What `forget` would delete; of a day that the window cuts, the rows of a file count as spread evenly."""
    ids = _signals(store, paths)
    with snapshot(store) as db:
        rows = db.execute(DUE, {"ids": list(ids), "since": window.since, "until": window.until}).fetchall()
    tested = measured.due(store, _places(store, paths), window)
    counts = [*((ids[number], count) for number, count in rows), *tested.items()]
    return [Forgotten(*said, path, window, count) for path, count in counts if count]


def _signals(store: Store, paths: Sequence[str]) -> dict[int, str]:
    """Those of the paths that are signals, by number."""
    return {store.names.ids[p]: p for p in paths if p in store.names.ids}


def _places(store: Store, paths: Sequence[str]) -> list[str]:
    """Those of the paths that are machines at which units were tested."""
    return sorted(measured.tested_places(store).intersection(paths))


def _days(store: Store, ids: Sequence[int], window: Window) -> list[int]:
    """Days with sealed rows of the signals in the window."""
    with snapshot(store) as db:
        rows = db.execute(
            "SELECT DISTINCT s.day FROM runs r JOIN segments s ON s.id = r.segment WHERE r.signal IN "
            "(SELECT unnest(?)) AND r.lo < ? AND r.hi >= ? ORDER BY 1",
            [list(ids), window.until, window.since],
        ).fetchall()
    return [day for (day,) in rows if (day + 1) * DAY > window.since and day * DAY < window.until]


def _without(ids: Ids, window: Window, gone: dict[int, int]) -> Keep:
    def keep(rows: pa.Table) -> pa.Table:
        signal, at = rows["signal"].to_numpy(), rows["at"].to_numpy()
        out = np.isin(signal, ids) & (at >= window.since) & (at < window.until)
        for number, count in zip(*np.unique(signal[out], return_counts=True), strict=True):
            gone[int(number)] += int(count)
        return rows.filter(pa.array(~out))

    return keep


def _forget_hot(store: Store, ids: Sequence[int], window: Window, gone: dict[int, int]) -> None:
    where = 'WHERE signal IN (SELECT unnest($ids)) AND "at" >= $since AND "at" < $until'
    params = {"ids": list(ids), "since": window.since, "until": window.until}
    with transaction(store) as db:
        for number, count in db.execute(f"SELECT signal, count(*) FROM hot {where} GROUP BY signal", params).fetchall():
            gone[number] += count
        db.execute(f"DELETE FROM hot {where}", params)
        db.execute(f"DELETE FROM overwritten {where}", params)
    with snapshot(store) as db:
        refresh(store, db)


def _record(store: Store, rows: Sequence[Forgotten]) -> None:
    with transaction(store) as db:
        for f in rows:
            db.execute(
                "INSERT INTO forgotten VALUES (?, ?, ?, ?, ?, ?, ?)",
                [store.now(), f.who, f.why, f.path, f.window.since, f.window.until, f.rows],
            )
