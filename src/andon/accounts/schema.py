"""`accounts/accounts.sqlite` of a plant folder: who has an account, who is logged in, which tokens there are."""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from ..errors import BadConfig, Damaged, DiskFull, Owned
from ..ledger import audit
from ..ledger.schema import transaction, write_ahead

FOLDER, FILE = "accounts", "accounts.sqlite"
LAYOUT = 1
APPLICATION = 0x414E4443
"""ANDC: what `file accounts.sqlite` shows."""
BUSY_MS = 5_000

TABLES = """
CREATE TABLE people (
  key TEXT PRIMARY KEY, name TEXT NOT NULL, right TEXT NOT NULL, lines TEXT NOT NULL, hash TEXT, subject TEXT UNIQUE,
  made INTEGER NOT NULL, changed INTEGER NOT NULL, seen INTEGER
) STRICT;
CREATE TABLE sessions (
  hash BLOB PRIMARY KEY, person TEXT NOT NULL REFERENCES people ON DELETE CASCADE, made INTEGER NOT NULL,
  seen INTEGER NOT NULL, until INTEGER NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_of ON sessions (person);
CREATE TABLE tokens (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, hash BLOB NOT NULL, right TEXT NOT NULL, lines TEXT NOT NULL,
  made INTEGER NOT NULL, made_by TEXT NOT NULL, until INTEGER, seen INTEGER
) STRICT;
CREATE TABLE failures (
  key TEXT PRIMARY KEY, count INTEGER NOT NULL, last INTEGER NOT NULL, until INTEGER NOT NULL
) STRICT;
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
"""


class Accounts:
    """The accounts of one plant, open: any thread may use it, and other processes beside it.

    Everything that changes them is written into the plant's audit log by what changes them.
    """

    def __init__(self, folder: Path, clock: Callable[[], int] = time.time_ns) -> None:
        self.folder, self._clock = folder, clock
        self._turn = threading.RLock()
        self._connection = _connect(folder / FOLDER / FILE)

    def backup(self, folder: Path) -> None:
        """Copy them to another plant folder while they are in use, without sessions: a copy logs nobody in."""
        file = folder / FOLDER / FILE
        copy = _connect(file)
        try:
            with self._turn:
                self._connection.backup(copy)
            copy.execute("DELETE FROM sessions")
        finally:
            copy.close()

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def now(self) -> int:
        """Microseconds since 1970."""
        return self._clock() // 1000

    @property
    def mark(self) -> str:
        """A short random name of this plant's accounts: cookies of two plants on one host must not meet."""
        return str(self.rows("SELECT value FROM facts WHERE name = 'mark'")[0][0])

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """What a SELECT finds."""
        with self._turn, _plainly(self.folder):
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[Callable[[str, Sequence[object]], int]]:
        """One transaction; what it gives runs a statement and says how many rows it changed."""
        with self._turn, _plainly(self.folder), transaction(self._connection):
            yield lambda query, values: self._connection.execute(query, values).rowcount

    def log(self, act: str, by: tuple[str, str], arguments: Mapping[str, object], state: str = "done") -> None:
        """One line of the audit log; `by` is who did it, and with which right.

        Within `writing` it comes last: what cannot be written down is not done.
        """
        who, right = by
        folder = self.folder / "ledger"
        audit.append(folder, who=who, right=right, act=act, arguments=arguments, result={"state": state})


def is_kept(folder: Path) -> bool:
    """Does the plant folder have a file of accounts at all?"""
    return (folder / FOLDER / FILE).is_file()


def _connect(file: Path) -> sqlite3.Connection:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not file.exists():
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
    # Windows has no such bits: there the folder's own rights count.
    if os.name != "nt" and file.stat().st_mode & 0o077:
        raise BadConfig(f"{file} may be read by others than its owner. Say: chmod 600 {file}")
    with _plainly(file.parent.parent):
        connection = sqlite3.connect(file, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection, file)
        except BaseException:
            connection.close()
            raise
    return connection


def _prepare(connection: sqlite3.Connection, file: Path) -> None:
    write_ahead(connection, BUSY_MS)
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    layout = connection.execute("PRAGMA user_version").fetchone()[0]
    if layout > LAYOUT:
        raise Damaged(f"{file} has layout {layout}, this Andon knows up to {LAYOUT}. Install a newer Andon.")
    if layout == LAYOUT:
        return
    with transaction(connection):
        # Asked again: another process may have made the tables while this one waited for the lock.
        if connection.execute("PRAGMA user_version").fetchone()[0] == LAYOUT:
            return
        for statement in TABLES.split(";\n"):
            connection.execute(statement)
        connection.execute("INSERT INTO facts VALUES ('mark', ?)", [secrets.token_hex(4)])
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {LAYOUT}")


@contextmanager
def _plainly(folder: Path) -> Iterator[None]:
    """Say SQLite's failures that a user can cause in our words."""
    file = folder / FOLDER / FILE
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise Owned(f"{file} has been locked by another process for {BUSY_MS // 1000} s. Try again.") from error
        if "full" in str(error):
            raise DiskFull(f"There is no room left for {file}. Nothing was changed; make room.") from error
        raise
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        raise Damaged(f"{file} is not a sound SQLite file ({error}). Restore it from a backup.") from error
