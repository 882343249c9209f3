"""The hot tier: one DuckDB file with the newest rows and the catalog of all the others."""

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, RLock

import duckdb
import pyarrow as pa

from ..errors import Damaged, DiskFull
from .drawer import Drawer
from .files import fsync
from .index import Index
from .names import Fresh, Names
from .spoken import Spoken

LAYOUT = 3
"""Raised when the tables or the sealed files change, so that no Andon reads what it does not know."""
TABLES = f"""
CREATE TABLE layout(number INTEGER NOT NULL); INSERT INTO layout VALUES ({LAYOUT});
CREATE TABLE signals(id INTEGER NOT NULL, path VARCHAR NOT NULL, source VARCHAR NOT NULL);
CREATE TABLE hot(signal INTEGER NOT NULL, "at" BIGINT NOT NULL, value DOUBLE, text VARCHAR, quality UINTEGER NOT NULL,
    seq BIGINT NOT NULL);
CREATE TABLE receipts(seq BIGINT NOT NULL, source VARCHAR NOT NULL, number BIGINT NOT NULL, "at" BIGINT NOT NULL,
    rows BIGINT NOT NULL, refused BIGINT NOT NULL, since BIGINT, until BIGINT);
CREATE TABLE quarantine(seq BIGINT NOT NULL, signal VARCHAR, "at" BIGINT, value DOUBLE, text VARCHAR, quality UINTEGER,
    reason VARCHAR NOT NULL);
CREATE TABLE overwritten(signal INTEGER NOT NULL, "at" BIGINT NOT NULL, value DOUBLE, text VARCHAR, quality UINTEGER);
CREATE TABLE segments(id BIGINT NOT NULL, path VARCHAR NOT NULL, day INTEGER NOT NULL, rows BIGINT NOT NULL,
    lo BIGINT NOT NULL, hi BIGINT NOT NULL, seq BIGINT NOT NULL, bytes BIGINT NOT NULL, digest VARCHAR NOT NULL);
CREATE TABLE rollups(segment BIGINT NOT NULL, level VARCHAR NOT NULL, path VARCHAR NOT NULL, rows BIGINT NOT NULL,
    bytes BIGINT NOT NULL, digest VARCHAR NOT NULL);
CREATE TABLE runs(segment BIGINT NOT NULL, signal INTEGER NOT NULL, "first" BIGINT NOT NULL, rows BIGINT NOT NULL,
    lo BIGINT NOT NULL, hi BIGINT NOT NULL, seq BIGINT NOT NULL, decimals TINYINT NOT NULL, mixed BOOLEAN NOT NULL,
    texts BOOLEAN NOT NULL, quality BIGINT NOT NULL, fine_first BIGINT NOT NULL, fine_rows BIGINT NOT NULL,
    minute_first BIGINT NOT NULL, minute_rows BIGINT NOT NULL, coarse_first BIGINT NOT NULL,
    coarse_rows BIGINT NOT NULL);
CREATE TABLE blocks(id BIGINT NOT NULL, kind VARCHAR NOT NULL, path VARCHAR NOT NULL, rows BIGINT NOT NULL,
    lo BIGINT NOT NULL, hi BIGINT NOT NULL, bytes BIGINT NOT NULL, digest VARCHAR NOT NULL);
CREATE TABLE garbage(path VARCHAR NOT NULL, after BIGINT NOT NULL);
CREATE TABLE spells(kind VARCHAR NOT NULL, place VARCHAR NOT NULL, since BIGINT NOT NULL, until BIGINT NOT NULL,
    text VARCHAR NOT NULL, detail VARCHAR NOT NULL, seq BIGINT NOT NULL, nth INTEGER NOT NULL);
CREATE TABLE waveforms(place VARCHAR NOT NULL, "at" BIGINT NOT NULL, rate DOUBLE NOT NULL, block DOUBLE[] NOT NULL,
    seq BIGINT NOT NULL);
CREATE TABLE forgotten("at" BIGINT NOT NULL, who VARCHAR NOT NULL, why VARCHAR NOT NULL, path VARCHAR NOT NULL,
    since BIGINT NOT NULL, until BIGINT NOT NULL, rows BIGINT NOT NULL);
"""
KNOWN = """
CREATE TABLE known(source VARCHAR NOT NULL, "first" BIGINT NOT NULL, "last" BIGINT NOT NULL, "at" BIGINT NOT NULL,
    until BIGINT);
"""
"""Batches whose receipts were put together: of a source, all numbers from first to last."""
MEASURED = """
CREATE TABLE units(tested BIGINT NOT NULL, place VARCHAR NOT NULL, "at" BIGINT NOT NULL, unit_id VARCHAR NOT NULL,
    step VARCHAR NOT NULL, lot VARCHAR NOT NULL, wafer VARCHAR NOT NULL, product VARCHAR NOT NULL, x INTEGER, y INTEGER,
    site INTEGER, hard INTEGER, soft INTEGER, passed BOOLEAN, attempt INTEGER, seconds DOUBLE, facts VARCHAR NOT NULL,
    seq BIGINT NOT NULL);
CREATE TABLE measurements(tested BIGINT NOT NULL, test VARCHAR NOT NULL, step VARCHAR NOT NULL, number INTEGER NOT NULL,
    unit VARCHAR NOT NULL, low DOUBLE, high DOUBLE, value DOUBLE, passed BOOLEAN);
CREATE TABLE tested(block BIGINT NOT NULL, place VARCHAR NOT NULL, rows BIGINT NOT NULL, lo BIGINT NOT NULL,
    hi BIGINT NOT NULL, seq BIGINT NOT NULL);
"""
"""Units as they were tested, values found on them (by `tested`, the number of the unit's row), and which sealed files
hold units of which place."""
FLAT = """
ALTER TABLE measurements RENAME TO flat; {measured}
INSERT INTO flat BY NAME {sealed};
INSERT INTO units BY NAME SELECT (seq << 26) + row_number() OVER (PARTITION BY seq ORDER BY u."at") - 1 AS tested,
    place, u."at", unit_id, step, '' AS lot, '' AS wafer, '' AS product, '{{}}' AS facts, seq
    FROM (SELECT place, flat."at", unit_id, step, max(seq) AS seq FROM flat GROUP BY ALL) u;
INSERT INTO measurements BY NAME SELECT tested, test, step, -1 AS number, '1' AS unit, low, high, value, f.passed
    FROM flat f JOIN units USING (place, "at", unit_id, step)
    QUALIFY row_number() OVER (PARTITION BY tested, test ORDER BY f.seq DESC) = 1;
DROP TABLE flat; INSERT INTO garbage SELECT path, 0 FROM blocks WHERE kind = 'measurements';
DELETE FROM blocks WHERE kind = 'measurements'; UPDATE layout SET number = 3;
"""
"""Layout 2 had a row for each value, with the unit in it."""
TORN = re.compile(r"Corrupt WAL file: entry at byte position (\d+)")
FULL = ("No space left on device", "not enough space on the disk", "Disk full", "disk quota exceeded")
SETTINGS = "SET TimeZone = 'UTC'; SET memory_limit = '2GB'; SET checkpoint_threshold = '{threshold}'"
Connection = duckdb.DuckDBPyConnection
Follower = Callable[[pa.Table | None, Mapping[str, pa.Table]], None]
"""Is told of each batch on disk, in order: its samples by signal number, its other tables; None: rows were deleted."""


@dataclass(slots=True)
class Store:
    """An open history folder: the DuckDB file, who is writing and who is sealing, and what is known by heart."""

    folder: Path
    clock: Callable[[], int]
    db: Connection
    names: Names
    fresh: Fresh
    writing: RLock = field(default_factory=RLock)
    sealing: RLock = field(default_factory=RLock)
    turn: Lock = field(default_factory=Lock)
    numbers: dict[str, int] = field(default_factory=dict)
    heard: dict[str, int] = field(default_factory=dict)
    seq: int = 0
    segment: int = 0
    measured: int = 0
    latest_receipt: int = 0
    repairs: list[str] = field(default_factory=list)
    connected: set[str] = field(default_factory=set)
    index: Index = field(default_factory=Index)
    drawer: Drawer = field(default_factory=Drawer)
    spoken: Spoken = field(default_factory=Spoken)
    followers: tuple[Follower, ...] = ()

    def now(self) -> int:
        """Microseconds since 1970 by the store's clock."""
        return self.clock() // 1000

    def cursor(self) -> Connection:
        """A connection of one's own; whoever asks while the file is being opened again waits for it."""
        try:
            return self._cursor()
        except duckdb.ConnectionException:
            with self.writing:
                return self._cursor()

    def shut(self) -> None:
        """Close the DuckDB file; cursors that are still in use go on until they are closed."""
        with self.turn:
            self.db.close()

    def _cursor(self) -> Connection:
        with self.turn:  # DuckDB refuses two callers of one connection at once
            return self.db.cursor()


def open_store(folder: Path, clock: Callable[[], int]) -> Store:
    """Open or make a history folder; a torn log is cut at its first bad entry and a copy of it kept."""
    (folder / "cold").mkdir(parents=True, exist_ok=True)
    repairs: list[str] = []
    store = Store(folder, clock, _connect(folder / "hot.duckdb", repairs), Names(), Fresh(), repairs=repairs)
    learn(store)
    return store


def reopen(store: Store) -> None:
    """Open the DuckDB file again after it gave up on itself (a disk full in the middle of a commit)."""
    with store.writing:
        store.shut()
        store.db = _connect(store.folder / "hot.duckdb", store.repairs)
        learn(store)


def learn(store: Store) -> None:
    """Read by heart what every write and read needs: names, numbers of the sources, what the hot tier holds."""
    with closing(store.cursor()) as db:
        store.names = Names.of(db.execute("SELECT id, path, source FROM signals ORDER BY id").fetchall())
        rows = db.execute(
            "SELECT source, max(number), max(until) FROM (SELECT source, number, until FROM receipts UNION ALL "
            'SELECT source, "last", until FROM known) GROUP BY source'
        ).fetchall()
        store.numbers = {source: number for source, number, _ in rows}
        store.heard = {source: until for source, _, until in rows if until is not None}
        store.seq, store.latest_receipt = _one(db, 'SELECT coalesce(max(seq), 0), coalesce(max("at"), 0) FROM receipts')
        (store.segment,) = _one(
            db, "SELECT coalesce(max(id), 0) FROM (SELECT id FROM segments UNION ALL SELECT id FROM blocks)"
        )
        (store.measured,) = _one(db, "SELECT (SELECT count(*) FROM units) + (SELECT count(*) FROM measurements)")
        rows = db.execute("SELECT DISTINCT place FROM spells WHERE kind = 'connection'").fetchall()
        store.connected = {place for (place,) in rows}
        store.spoken = Spoken()
        refresh(store, db)


def refresh(store: Store, db: Connection) -> None:
    """Learn again which stretch of which signal the hot tier holds."""
    rows = db.sql('SELECT signal, min("at") AS lo, max("at") AS hi FROM hot GROUP BY signal').to_arrow_table()
    (hot,) = _one(db, "SELECT count(*) FROM hot")
    store.fresh = Fresh.of(rows["signal"].to_numpy(), rows["lo"].to_numpy(), rows["hi"].to_numpy(), int(hot))


@contextmanager
def snapshot(store: Store) -> Iterator[Connection]:
    """A read-only view of hot tier and catalog at one moment."""
    cursor = store.cursor()
    cursor.execute("BEGIN TRANSACTION READ ONLY")
    try:
        yield cursor
    finally:
        cursor.close()


@contextmanager
def transaction(store: Store) -> Iterator[Connection]:
    """All of it on disk when the block ends, or nothing of it; a full disk is said as such."""
    try:
        cursor = store.cursor()
        with _undone_on_failure(cursor):
            cursor.execute("BEGIN TRANSACTION")
            yield cursor
            cursor.execute("COMMIT")
    except (duckdb.Error, OSError) as error:
        raise_if_full(store, error)
        raise


def raise_if_full(store: Store, error: Exception) -> None:
    """Turn the many ways in which a full disk shows into DiskFull; the DuckDB file is opened again if it gave up."""
    text = str(error)
    invalid = "database has been invalidated" in text or "Connection already closed" in text
    full = any(words.lower() in text.lower() for words in FULL) or getattr(error, "errno", 0) in (28, 122)
    if not (full or invalid):
        return
    try:
        reopen(store)
    except (duckdb.Error, OSError, Damaged):
        store.shut()
    if full or _almost_full(store.folder):
        raise DiskFull(
            f"The disk under {store.folder} is full. What was acknowledged is safe, this batch is not "
            "stored. Make space (or `andon forget` old days) and send it again."
        ) from error


def table(db: Connection, query: str, params: Sequence[object] = ()) -> pa.Table:
    """The rows of a query as an Arrow table."""
    rows: pa.Table = db.sql(query, params=list(params)).to_arrow_table()
    return rows


def _connect(path: Path, repairs: list[str]) -> Connection:
    db = _open_repaired(path, repairs)
    db.execute(SETTINGS.format(threshold="128MB"))
    if not db.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'forgotten'").fetchall():
        db.execute(f"BEGIN; {TABLES} {KNOWN} {MEASURED} COMMIT")
        db.execute("CHECKPOINT")  # keeps the making of tables out of a log that may have to be replayed
    if _layout(db) == 1:
        db.execute(f"BEGIN; {KNOWN} UPDATE layout SET number = 2; COMMIT")
        db.execute("CHECKPOINT")
    if _layout(db) == 2:
        _unflatten(db, path.parent)
    _check_layout(db, path)
    return db


def _unflatten(db: Connection, folder: Path) -> None:
    """Measurements of layout 2 into units and values."""
    files = [str(folder / p) for (p,) in db.execute("SELECT path FROM blocks WHERE kind = 'measurements'").fetchall()]
    quoted = ", ".join("'" + f.replace("'", "''") + "'" for f in files)
    sealed = (
        f'SELECT * REPLACE (epoch_us(f."at") AS "at") FROM read_parquet([{quoted}], hive_partitioning = false) f'
        if files
        else "SELECT * FROM flat WHERE false"
    )
    db.execute("BEGIN; " + FLAT.format(measured=MEASURED, sealed=sealed) + " COMMIT")
    db.execute("CHECKPOINT")


def _layout(db: Connection) -> int:
    told = db.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'layout'").fetchall()
    return _one(db, "SELECT max(number) FROM layout")[0] if told else 0


def _check_layout(db: Connection, path: Path) -> None:
    found = _layout(db)
    if found != LAYOUT:
        db.close()
        raise Damaged(
            f"{path} has layout {found}, and this Andon knows layout {LAYOUT}. Open it with the Andon that made it and "
            "`andon export` the samples, or read the sealed days in cold/ with any Parquet tool."
        )


def _open_repaired(path: Path, repairs: list[str]) -> Connection:
    """DuckDB refuses a log whose tail is zeros or garbage (a power cut); all that was synced lies before it."""
    log = path.with_name(path.name + ".wal")
    for _ in range(3):
        try:
            return duckdb.connect(str(path))
        except duckdb.Error as error:
            if "WAL" not in str(error) or not log.exists():
                raise Damaged(
                    f"{path} cannot be opened: {str(error).splitlines()[0]} Restore the last backup with "
                    "`andon restore`; the sealed days in cold/ can be read as they are."
                ) from error
            kept = _free_name(log)
            shutil.copy(log, kept)
            fsync(kept)
            found = TORN.search(str(error))
            os.truncate(log, int(found[1]) if found else _whole_length(path, log, kept))
            fsync(log)
            repairs.append(f"{log.name} was torn at byte {log.stat().st_size}: cut there, a copy is in {kept.name}.")
    raise Damaged(f"{log} is torn in more places than can be cut. Restore the last backup with `andon restore`.")


def _whole_length(path: Path, log: Path, kept: Path) -> int:
    """The longest beginning of the log that DuckDB can replay, found by trying (it passes over a last part entry)."""
    good, bad = 0, kept.stat().st_size
    while bad - good > 1:
        middle = (good + bad) // 2
        shutil.copy(kept, log)
        os.truncate(log, middle)
        try:
            duckdb.connect(str(path), read_only=True).close()  # replays in memory only
            good = middle
        except duckdb.Error:
            bad = middle
    shutil.copy(kept, log)
    return good


def _free_name(log: Path) -> Path:
    return log.with_name(f"{log.name}.torn-{len(list(log.parent.glob(log.name + '.torn-*')))}")


@contextmanager
def _undone_on_failure(cursor: Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):  # where the commit itself failed, DuckDB has rolled back already
            cursor.execute("ROLLBACK")
        raise
    finally:
        cursor.close()


def _almost_full(folder: Path) -> bool:
    return shutil.disk_usage(folder).free < 1 << 20


def _one(db: Connection, query: str) -> tuple[int, ...]:
    return tuple(db.execute(query).fetchall()[0])
