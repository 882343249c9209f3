"""The SQLite file of the books: its tables, and how it is opened so that what is written stays written."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import Damaged, DiskFull, Owned

FILE = "books.sqlite"
APPLICATION = 0x414E444E  # "ANDN": file(1) and SQLite tell by it whose file this is
LAYOUT = 1
BUSY_MS = 10_000

TABLES = """
CREATE TABLE term (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;

CREATE TABLE closing (
  id INTEGER PRIMARY KEY,
  current INTEGER NOT NULL CHECK (current IN (0, 1)),
  machine INTEGER NOT NULL REFERENCES term, line INTEGER NOT NULL REFERENCES term,
  day INTEGER NOT NULL, month INTEGER NOT NULL, shift INTEGER NOT NULL REFERENCES term,
  since INTEGER NOT NULL, until INTEGER NOT NULL CHECK (until > since),
  planned_operation INTEGER NOT NULL CHECK (planned_operation BETWEEN 0 AND until - since),
  planned_down INTEGER NOT NULL CHECK (planned_down >= 0), planned_busy INTEGER NOT NULL,
  production INTEGER NOT NULL CHECK (production >= 0), setup INTEGER NOT NULL CHECK (setup >= 0),
  delay INTEGER NOT NULL CHECK (delay >= 0), down INTEGER NOT NULL CHECK (down >= 0),
  unknown INTEGER NOT NULL CHECK (unknown >= 0), rated INTEGER NOT NULL,
  ideal_made INTEGER, ideal_good INTEGER,
  made INTEGER, good INTEGER, rejects INTEGER, rework INTEGER, unsorted INTEGER NOT NULL,
  made_unknown INTEGER NOT NULL, made_planned_down INTEGER NOT NULL,
  digest TEXT NOT NULL, plant_digest TEXT NOT NULL, study_version TEXT NOT NULL, figures TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1), posted_at INTEGER NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL,
  UNIQUE (machine, day, shift, version),
  CHECK (planned_busy = planned_operation - planned_down),
  CHECK (planned_busy = production + setup + delay + down + unknown),
  CHECK (made IS NULL
    OR made = COALESCE(good, 0) + COALESCE(rejects, 0) + COALESCE(rework, 0) + unsorted)
) STRICT;
CREATE UNIQUE INDEX closing_current ON closing (machine, day, shift) WHERE current = 1;
CREATE INDEX closing_since ON closing (machine, since, until) WHERE current = 1;

CREATE TABLE entry (
  id INTEGER PRIMARY KEY,
  closing INTEGER NOT NULL REFERENCES closing,
  current INTEGER NOT NULL CHECK (current IN (0, 1)),
  version INTEGER NOT NULL,
  machine INTEGER NOT NULL REFERENCES term, line INTEGER NOT NULL REFERENCES term,
  day INTEGER NOT NULL, month INTEGER NOT NULL, shift INTEGER NOT NULL REFERENCES term, since INTEGER NOT NULL,
  "order" INTEGER NOT NULL REFERENCES term, product INTEGER NOT NULL REFERENCES term,
  loss INTEGER NOT NULL REFERENCES term, element INTEGER NOT NULL REFERENCES term,
  reason INTEGER NOT NULL REFERENCES term, fate INTEGER NOT NULL REFERENCES term,
  micros INTEGER NOT NULL, parts INTEGER, kwh INTEGER, kgco2e INTEGER, money INTEGER,
  coverage REAL
) STRICT;
CREATE INDEX entry_closing ON entry (closing);
CREATE INDEX entry_ranked ON entry (since, machine, line, day, month, shift, loss, reason, product, "order", element,
                                    fate, micros, parts, money, kwh, kgco2e) WHERE current = 1;

CREATE TABLE evidence (
  entry INTEGER PRIMARY KEY REFERENCES entry, spells TEXT NOT NULL, signals TEXT NOT NULL
) STRICT;

CREATE TRIGGER closing_stays BEFORE DELETE ON closing
BEGIN SELECT RAISE(ABORT, 'a closing is never deleted'); END;
CREATE TRIGGER entry_stays BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END;
CREATE TRIGGER evidence_stays BEFORE DELETE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence is never deleted'); END;
CREATE TRIGGER evidence_is_kept BEFORE UPDATE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence is never changed'); END;
"""

# Only `current` may ever change, and only from 1 to 0: what was said stays said.
GUARD = """
CREATE TRIGGER {table}_is_kept BEFORE UPDATE OF {columns} ON {table}
BEGIN SELECT RAISE(ABORT, 'a version is never changed: post a new one'); END;
CREATE TRIGGER {table}_stays_old BEFORE UPDATE OF current ON {table} WHEN NEW.current > OLD.current
BEGIN SELECT RAISE(ABORT, 'an old version never becomes the current one again'); END;
"""


def connect(folder: Path) -> sqlite3.Connection:
    """Open `folder/books.sqlite`, made new where there is none; the caller closes it."""
    folder.mkdir(parents=True, exist_ok=True)
    with plainly(folder / FILE):
        connection = sqlite3.connect(folder / FILE, timeout=BUSY_MS / 1000, isolation_level=None)
        try:
            _prepare(connection, folder / FILE)
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction that is wholly on disk afterwards, or not at all."""
    with plainly(_file(connection)), transaction(connection):
        yield


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of what is done within, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def plainly(file: Path) -> Iterator[None]:
    """Say SQLite's failures that a user can cause in our words."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise Owned(
                f"{file} has been locked by another process for {BUSY_MS // 1000} s. Try again, or end it."
            ) from error
        if "full" in str(error):
            raise DiskFull(f"There is no room left for {file}. What was posted before is safe; make room.") from error
        raise
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        raise Damaged(
            f"{file} is not a sound SQLite file ({error}). Restore it from a backup, or move it away and "
            "close the shifts again."
        ) from error


def write_ahead(connection: sqlite3.Connection, patience: int) -> None:
    """Have changes go to a log: SQLite itself does not wait (milliseconds) where two do so to a new file at once."""
    late = time.monotonic() + patience / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > late:
                raise
        time.sleep(0.01)


def _prepare(connection: sqlite3.Connection, file: Path) -> None:
    write_ahead(connection, BUSY_MS)
    for pragma in (
        "synchronous = FULL",
        "foreign_keys = ON",
        "trusted_schema = OFF",
        "cache_size = -65536",
        "mmap_size = 268435456",
    ):
        connection.execute(f"PRAGMA {pragma}")
    layout = connection.execute("PRAGMA user_version").fetchone()[0]
    if layout > LAYOUT:
        raise Damaged(f"{file} has layout {layout}, this Andon knows up to {LAYOUT}. Install a newer Andon.")
    if layout < LAYOUT:
        _create(connection)


def _create(connection: sqlite3.Connection) -> None:
    with writing(connection):
        # Asked again: another process may have made the tables while this one waited for the lock.
        if connection.execute("PRAGMA user_version").fetchone()[0] == LAYOUT:
            return
        for statement in _statements(TABLES):
            connection.execute(statement)
        for table in ("closing", "entry"):
            names = [r[1] for r in connection.execute(f"PRAGMA table_info({table})") if r[1] != "current"]
            columns = ", ".join(f'"{n}"' for n in names)
            for statement in _statements(GUARD.format(table=table, columns=columns)):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {LAYOUT}")


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: `executescript` would end the transaction."""
    part = ""
    for line in script.splitlines(keepends=True):
        part += line
        if sqlite3.complete_statement(part):
            yield part
            part = ""


def _file(connection: sqlite3.Connection) -> Path:
    return Path(connection.execute("PRAGMA database_list").fetchone()[2])
