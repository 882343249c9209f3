"""From hot to cold: days sealed, compacted, cleared up; a kill at any instant leaves the old state or the new one."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from . import measured
from .arrange import COLUMNS, arrange
from .cold import Shelf, Span, read_runs
from .files import fsync
from .hot import Connection, Store, refresh, snapshot, table, transaction
from .index import COLUMNS as RUN
from .index import Run
from .names import Ids
from .segment import DAY, File, Segment, store_file, write_segment
from .write import enter, write_days

MERGED = 500_000
"""Most rows that a compaction holds in memory, and most rows of a compacted file."""
LARGE = MERGED // 2
"""A file of so many rows is left alone until its day is over: else a busy day would be written anew all day long."""
NEW = f"""
SELECT id FROM segments s WHERE day = ? AND id > (
    SELECT coalesce(max(id), -1) FROM segments l WHERE l.day = s.day AND rows >= {LARGE})
"""
"""The files of a day that were made after its last large one."""
GRACE = 20_000_000
"""Microseconds for which a file that was replaced is kept for the readers that may still have it."""
FOLDERS = ("cold", "rollup", "waveforms", "measurements", "units")
ORDERED = {"waveforms": 'place, waveforms."at"'}
Keep = Callable[[pa.Table], pa.Table]


def seal(store: Store, until: int | None, least: int = 1) -> int:
    """Move the rows before `until` (None: all) from the hot tier to sealed files; how many samples.

    Units and measurements move too, where they are at least `least`.
    """
    before = 1 << 62 if until is None else until
    with store.sealing:
        with store.writing:
            seq = store.seq
        with snapshot(store) as db:
            rows = table(
                db,
                'SELECT signal, "at", value, text, quality, seq FROM hot WHERE hot."at" < ? AND seq <= ?',
                [before, seq],
            )
        count = rows.num_rows
        if count:
            _swap_in(store, rows, before, seq)
        for kind in ORDERED:
            _seal_blocks(store, kind, before, seq)
        measured.seal(store, before, seq, least)
    return count


def compact(store: Store, shelf: Shelf, day: int, keep: Keep | None = None, *, new: bool = False) -> int:
    """Put the sealed files of a day (days since 1970) into one, or few; how many files were replaced.

    With `new` only those that came after its last large one: for a day that is not over.
    Of rows with the same signal and moment the last written is kept, and what the others said is recorded.
    `keep` may drop rows on the way (columns signal, at, value, text, quality, seq).
    """
    with store.sealing:
        with store.writing, snapshot(store) as db:
            old = _runs_of(db, day, new=new)
            chunks = list(_chunks(old, store.names.ranks()))
            files = {r.path for r in old}
            if not old or (len(files) <= len(chunks) and keep is None):
                return 0
            numbers = range(store.segment + 1, store.segment + 1 + len(chunks))
            store.segment += len(chunks)
        made, lost = [], []
        for number, runs in zip(numbers, chunks, strict=True):
            rows, losers = _merged(shelf, runs, store.names.ranks())
            lost.append(losers)
            rows = keep(rows) if keep else rows
            if rows.num_rows:
                made.append(write_segment(store.folder, number, rows, store.names.paths))
        _swap(store, sorted({r.segment for r in old}), made, pa.concat_tables(lost))
        return len(files)


def crowded(store: Store, today: int) -> list[int]:
    """Days whose files should be put together: past ones with more than they need, others with a dozen new ones."""
    with snapshot(store) as db:
        past = db.execute(
            "SELECT day FROM segments WHERE day < ? GROUP BY day HAVING count(*) > 1 + 2 * floor(sum(rows) / ?) "
            "ORDER BY day",
            [today, MERGED],
        ).fetchall()
        days = db.execute("SELECT DISTINCT day FROM segments WHERE day >= ? ORDER BY day", [today]).fetchall()
        busy = [d for d in days if len(db.execute(NEW, d).fetchall()) > 12]
    return [day for (day,) in (*past, *busy)]


def collect(store: Store, *, now: bool = False) -> int:
    """Remove files that were replaced a while ago; how many."""
    with store.sealing:
        with snapshot(store) as db:
            due = db.execute("SELECT path FROM garbage WHERE ? OR after < ?", [now, store.now()]).fetchall()
        gone = [path for (path,) in due if _removed(store.folder / path)]
        if gone:
            with store.writing, transaction(store) as db:
                db.execute("DELETE FROM garbage WHERE path IN (SELECT unnest(?))", [gone])
        return len(gone)


def recover(store: Store) -> list[str]:
    """Remove what an unfinished seal left behind: files that the catalog does not know."""
    collect(store, now=True)
    orphans = unknown_files(store)
    for path in orphans:
        _removed(store.folder / path)
    return orphans


def unknown_files(store: Store) -> list[str]:
    """Files in the sealed folders that the catalog does not know."""
    with snapshot(store) as db:
        known = {
            path
            for (path,) in db.execute(
                "SELECT path FROM segments UNION ALL SELECT path FROM rollups UNION ALL SELECT path FROM blocks "
                "UNION ALL SELECT path FROM garbage"
            ).fetchall()
        }
    found = (
        p.relative_to(store.folder).as_posix()
        for top in FOLDERS
        for p in (store.folder / top).rglob("*.*")
        if p.suffix in (".parquet", ".tmp")
    )
    return sorted(set(found) - known)


def checkpoint(store: Store) -> None:
    """Fold DuckDB's log into its file; when a reader is in the way the next one does it."""
    try:
        store.cursor().execute("CHECKPOINT")
    except duckdb.TransactionException:
        return


def _swap_in(store: Store, rows: pa.Table, before: int, seq: int) -> None:
    order = rows["seq"].to_numpy()
    if len(order) > 1 and (order[1:] < order[:-1]).any():
        rows = rows.sort_by("seq")
    rows, lost = arrange(rows, store.names.ranks())
    segments = write_days(store, rows)
    with store.writing:
        with store.index.swapping():
            with transaction(store) as db:
                enter(db, segments)
                record_lost(db, lost)
                db.execute('DELETE FROM hot WHERE hot."at" < ? AND seq <= ?', [before, seq])
            with snapshot(store) as db:
                refresh(store, db)
        checkpoint(store)


def _swap(store: Store, old: Sequence[int], made: list[Segment], lost: pa.Table) -> None:
    with store.writing:
        with store.index.swapping(), transaction(store) as db:
            db.execute(
                "INSERT INTO garbage SELECT path, ? FROM segments WHERE id IN (SELECT unnest(?)) UNION ALL "
                "SELECT path, ? FROM rollups WHERE segment IN (SELECT unnest(?))",
                [store.now() + GRACE, list(old), store.now() + GRACE, list(old)],
            )
            db.execute("DELETE FROM segments WHERE id IN (SELECT unnest(?))", [list(old)])
            db.execute("DELETE FROM rollups WHERE segment IN (SELECT unnest(?))", [list(old)])
            db.execute("DELETE FROM runs WHERE segment IN (SELECT unnest(?))", [list(old)])
            enter(db, made)
            record_lost(db, lost)
        checkpoint(store)


def record_lost(db: Connection, lost: pa.Table) -> None:
    """Keep what rows said that a later writer replaced."""
    if lost.num_rows:
        db.register("lost", lost.select(COLUMNS.names))
        db.execute("INSERT INTO overwritten SELECT * FROM lost")
        db.unregister("lost")


def _runs_of(db: Connection, day: int, *, new: bool) -> list[Run]:
    files = NEW if new else "SELECT id FROM segments WHERE day = ?"
    rows = db.execute(f'SELECT {RUN} FROM runs WHERE segment IN ({files}) ORDER BY segment, "first"', [day]).fetchall()
    return [Run(*r) for r in rows]


def _chunks(runs: Sequence[Run], ranks: Ids) -> Iterator[list[Run]]:
    """Runs in the order of their signals, cut so that no chunk has more rows than fit in memory."""
    chunk: list[Run] = []
    have = 0
    ordered = sorted(runs, key=lambda r: (int(ranks[r.signal]), r.segment))
    for place, run in enumerate(ordered):
        if chunk and have + run.rows > MERGED and ordered[place - 1].signal != run.signal:
            yield chunk
            chunk, have = [], 0
        chunk.append(run)
        have += run.rows
    if chunk:
        yield chunk


def _merged(shelf: Shelf, runs: Sequence[Run], ranks: Ids) -> tuple[pa.Table, pa.Table]:
    read = read_runs(shelf, runs, Span(-(1 << 62), 1 << 62))
    parts = []
    for run, rows in sorted(read, key=lambda pair: pair[0].segment):
        signal = pa.array(np.full(rows.num_rows, run.signal, dtype=np.int32))
        seq = pa.array(np.full(rows.num_rows, run.seq))
        parts.append(rows.add_column(0, "signal", signal).append_column("seq", seq))
    return arrange(pa.concat_tables(parts).combine_chunks(), ranks)


def _seal_blocks(store: Store, kind: str, before: int, seq: int) -> None:
    """Waveforms to Parquet, a file a day."""
    with snapshot(store) as db:
        rows = table(
            db, f'SELECT * FROM {kind} WHERE {kind}."at" < ? AND seq <= ? ORDER BY {ORDERED[kind]}', [before, seq]
        )
    if not rows.num_rows:
        return
    day = rows["at"].to_numpy() // DAY
    files: list[tuple[int, File, pa.Table]] = []
    for d in np.unique(day).tolist():
        with store.writing:
            store.segment += 1
            number = store.segment
        part = rows.filter(pa.array(day == d))
        path = f"{kind}/day={np.datetime64(d, 'D')}/{number:08d}.parquet"
        files.append((number, store_file(store.folder, path, _parquet(part), part.num_rows), part))
    with store.writing, transaction(store) as db:
        for number, file, part in files:
            at = part["at"].to_numpy()
            db.execute(
                "INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [number, kind, file.path, file.rows, int(at.min()), int(at.max()), file.size, file.digest],
            )
        db.execute(f'DELETE FROM {kind} WHERE {kind}."at" < ? AND seq <= ?', [before, seq])


def _parquet(rows: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    at = rows["at"].cast(pa.timestamp("us", "UTC"))
    pq.write_table(
        rows.set_column(rows.schema.get_field_index("at"), "at", at), sink, compression="zstd", store_schema=False
    )
    return sink.getvalue()


def _removed(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except PermissionError:  # Windows: a reader has it open; the next round takes it
        return False
    if path.parent.is_dir() and not any(path.parent.iterdir()):
        path.parent.rmdir()
        fsync(path.parent.parent)
    return True
