"""The books: closed shifts with their entries in append-only versions, kept in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from ..errors import BadInput, UnknownName
from ..model import Window
from . import rank
from .balance import Balance, balance, refuse_overlap
from .entries import AMOUNTS, MICROS, ORIGIN, PARTS, Closing, Entry, figures_digest, imbalances, millionths, withdrawn
from .figures import Figures
from .rank import Total, Which
from .schema import FILE, connect, writing
from .versions import Version, changes

Draft = tuple[Closing, Sequence[Entry]]
Key = tuple[str, str, str]


class Books:
    """The ledger of one plant, open. One thread uses it; other processes may read and write beside it."""

    def __init__(self, connection: sqlite3.Connection, clock: Callable[[], int]) -> None:
        self._connection = connection
        self._clock = clock
        self._known: dict[str, int] = {}

    @classmethod
    def open(cls, folder: Path | str, *, clock: Callable[[], int] = time.time_ns) -> Books:
        """Open the books in a plant's `ledger` folder; they are made where there are none.

        Parameters
        ----------
        folder
            The folder of `books.sqlite`.
        clock
            Nanoseconds since 1970: when a version is posted.

        Raises
        ------
        Damaged
            The file is not what Andon wrote, or a newer Andon wrote it.
        """
        return cls(connect(Path(folder)), clock)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- writing ----

    def post(self, closing: Closing, entries: Sequence[Entry], *, who: str, why: str) -> int | None:
        """Post one machine's shift: its new version, or None when the books say the same already.

        Raises
        ------
        BadInput
            The shift does not balance, or overlaps another one; nothing was written.
        """
        return self.post_all([(closing, entries)], who=who, why=why)[0]

    def post_all(
        self,
        drafts: Sequence[Draft],
        *,
        who: str,
        why: str,
        gone: Iterable[Key] = (),
        marks: Iterable[tuple[str, int]] = (),
    ) -> list[int | None]:
        """Post several shifts at once, all or none.

        Parameters
        ----------
        drafts
            The shifts with their entries.
        who, why
            Who has them posted, and what for.
        gone
            Keys of shifts that the calendar no longer has: their new version is empty.
        marks
            Numbers to remember with them, such as the last receipt that was looked at.

        Returns
        -------
        list of int or None
            The new version of each of `drafts`, None where the books said the same already.
        """
        for closing, entries in drafts:
            if wrong := imbalances(closing, entries):
                raise BadInput(f"{_name(closing)} does not balance: {'; '.join(wrong)}. Nothing was posted.")
        try:
            with writing(self._connection):
                empty = [(withdrawn(c), ()) for key in gone for c in self._current(key)]
                versions = [self._post(draft, who, why) for draft in (*empty, *drafts)]
                refuse_overlap(self._connection, (c.machine for c, _ in (*empty, *drafts)))
                self._connection.executemany("INSERT OR REPLACE INTO mark VALUES (?, ?)", list(marks))
        except BaseException:
            self._known = {}  # the terms of a transaction that was rolled back are not in the file
            raise
        return versions[len(empty) :]

    def mark(self, name: str) -> int:
        """A number remembered with a posting, 0 at first."""
        row = self._connection.execute("SELECT value FROM mark WHERE name = ?", [name]).fetchone()
        return int(row[0]) if row else 0

    # ---- reading ----

    def entries(self, which: Which | None = None) -> list[Entry]:
        """The entries that are meant, in order of time."""
        return rank.entries(self._connection, self._terms(), which or Which())

    def newest(self) -> int:
        """The number of the version that was posted last, 0 where none was: it tells whether anything is new."""
        return int(self._connection.execute("SELECT COALESCE(MAX(id), 0) FROM closing").fetchone()[0])

    def open_entry(self, number: int) -> Entry:
        """One entry by its number, current or not, with its spells.

        Raises
        ------
        UnknownName
            The books have no such entry.
        """
        found = rank.read_entries(self._connection, self._terms(), "e.id = ?", [number])
        if not found:
            last = self._connection.execute("SELECT MAX(id) FROM entry").fetchone()[0]
            raise UnknownName("entry", str(number), [f"1 to {last}"] if last else [])
        return found[0]

    def totals(self, by: Sequence[str] = ("loss",), which: Which | None = None) -> list[Total]:
        """Entries added up by machine, line, shift, day, week, month, order, product, loss, element or reason.

        Returns
        -------
        list of Total
            The most time first; one row in all with `by=()`.
        """
        return rank.totals(self._connection, self._terms(), by, which or Which())

    def figures(self, by: Sequence[str] = (), which: Which | None = None) -> list[Figures]:
        """The figures of closed shifts (OEE and its parts) added up by machine, line, shift, day, week or month."""
        return rank.figures(self._connection, self._terms(), by, which or Which())

    def closings(self, which: Which | None = None) -> list[Closing]:
        """The closed shifts that are meant, in order of time; those withdrawn have no planned operation time."""
        where, values = rank.condition(self._terms(), which or Which())
        return rank.closings(self._connection, self._terms(), where, values)

    def overlapping(self, machine: str, since: int, until: int) -> list[Closing]:
        """The current, not withdrawn closings of a machine that overlap a stretch."""
        return rank.closings(
            self._connection,
            self._terms(),
            "e.current = 1 AND e.machine = ? AND e.since < ? AND e.until > ? AND e.planned_operation > 0",
            [self._terms().get(machine, -1), until, since],
        )

    def reach(self, machine: str) -> Window | None:
        """From the first to the last closed shift of a machine, None where none is closed."""
        row = self._connection.execute(
            "SELECT MIN(since), MAX(until) FROM closing WHERE current = 1 AND machine = ? AND planned_operation > 0",
            [self._terms().get(machine, -1)],
        ).fetchone()
        return None if row[0] is None else Window(*row)

    def history(self, machine: str, day: str, shift: str) -> list[Version]:
        """All versions of a machine's shift, the first one first, each with what it changed."""
        closings = rank.closings(
            self._connection,
            self._terms(),
            "e.machine = ? AND e.day = ? AND e.shift = ?",
            self._numbers((machine, day, shift)),
        )
        if not closings:
            raise UnknownName("closed shift", f"{machine} {day} {shift}", self._near(machine))
        found: list[Version] = []
        for closing in closings:
            version = Version(closing, tuple(self._entries_of(closing)))
            found.append(replace(version, changes=changes(found[-1], version)) if found else version)
        return found

    def history_of(self, entry: int) -> list[Version]:
        """All versions of the machine's shift that an entry belongs to."""
        opened = self.open_entry(entry)
        return self.history(opened.machine, opened.day, opened.shift)

    def balance(self) -> Balance:
        """Prove the whole of the books, all versions of them.

        Returns
        -------
        Balance
            What must hold, over how many cases, and every case where it does not.
        """
        return balance(self._connection)

    def backup(self, folder: Path) -> Path:
        """Copy the books to another folder while they are in use; returns the copy."""
        folder.mkdir(parents=True, exist_ok=True)
        copy = sqlite3.connect(folder / FILE)
        try:
            self._connection.backup(copy)
        finally:
            copy.close()
        return folder / FILE

    # ---- inside ----

    def _post(self, draft: Draft, who: str, why: str) -> int | None:
        closing, entries = draft
        figures = figures_digest(closing, entries)
        for text in (closing.machine, closing.line, closing.shift):
            self._term(text)
        numbers = self._numbers(closing.key)
        last = self._connection.execute(
            "SELECT version, figures, id FROM closing WHERE machine = ? AND day = ? AND shift = ? AND current = 1",
            numbers,
        ).fetchone()
        if last and last[1] == figures:
            return None
        version = last[0] + 1 if last else 1
        if last:
            self._connection.execute("UPDATE entry SET current = 0 WHERE closing = ? AND current = 1", [last[2]])
            self._connection.execute("UPDATE closing SET current = 0 WHERE id = ?", [last[2]])
        row = self._insert_closing(closing, (figures, version, self._clock() // 1000, who, why))
        for entry in entries:
            self._insert_entry(entry, row, version)
        return version

    def _insert_closing(self, closing: Closing, posting: tuple[str, int, int, str, str]) -> int:
        machine, day, shift = self._numbers(closing.key)
        values = [
            1,
            machine,
            self._term(closing.line),
            day,
            _month(closing.day),
            shift,
            closing.window.since,
            closing.window.until,
            *(getattr(closing, n) for n in MICROS),
            *(millionths(getattr(closing, n)) for n in PARTS),
            *(getattr(closing, n) for n in ORIGIN),
            *posting,
        ]
        cursor = self._connection.execute(f"INSERT INTO closing VALUES (NULL, {', '.join('?' * len(values))})", values)
        return int(cursor.lastrowid or 0)

    def _insert_entry(self, entry: Entry, closing: int, version: int) -> None:
        machine, day, shift = self._numbers((entry.machine, entry.day, entry.shift))
        causes = (entry.order, entry.product, entry.loss, entry.element or "", entry.reason, entry.fate)
        values = [
            closing,
            1,
            version,
            machine,
            self._term(entry.line),
            day,
            _month(entry.day),
            shift,
            entry.window.since,
            *map(self._term, causes),
            entry.micros,
            *(millionths(getattr(entry, n)) for n in AMOUNTS),
            entry.coverage,
        ]
        cursor = self._connection.execute(f"INSERT INTO entry VALUES (NULL, {', '.join('?' * len(values))})", values)
        self._connection.execute(
            "INSERT INTO evidence VALUES (?, ?, ?)",
            [cursor.lastrowid, json.dumps(entry.evidence.spells), json.dumps(entry.evidence.signals)],
        )

    def _current(self, key: Key) -> list[Closing]:
        return rank.closings(
            self._connection,
            self._terms(),
            "e.current = 1 AND e.machine = ? AND e.day = ? AND e.shift = ?",
            self._numbers(key),
        )

    def _entries_of(self, closing: Closing) -> list[Entry]:
        return rank.read_entries(
            self._connection,
            self._terms(),
            "e.machine = ? AND e.day = ? AND e.shift = ? AND e.version = ? ORDER BY e.micros DESC, e.id",
            [*self._numbers(closing.key), closing.version],
        )

    def _near(self, machine: str) -> list[str]:
        return [f"{c.machine} {c.day} {c.shift}" for c in self.closings(Which(at=(machine,)))]

    def _numbers(self, key: Key) -> list[object]:
        machine, day, shift = key
        return [self._terms().get(machine, -1), rank.ordinal(day), self._terms().get(shift, -1)]

    def _term(self, text: str) -> int:
        """The number of a text, given to it now if it has none."""
        if text not in self._known and text not in self._terms():
            self._connection.execute("INSERT INTO term (text) VALUES (?)", [text])
            self._terms()
        return self._known[text]

    def _terms(self) -> dict[str, int]:
        """All texts with their numbers; terms are only ever added, so a count tells whether there are new ones."""
        last = self._connection.execute("SELECT MAX(id) FROM term").fetchone()[0] or 0
        if last != len(self._known):
            self._known = dict(self._connection.execute("SELECT text, id FROM term"))
        return self._known


def _name(closing: Closing) -> str:
    return f"{closing.machine}, shift {closing.shift} of {closing.day}"


def _month(day: str) -> int:
    return int(day[:4]) * 100 + int(day[5:7])
