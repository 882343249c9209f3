"""When each source was connected, as spells in the history: begun at once, ended when it is lost, mended after a kill.

A connection still on lasts until `OPEN`. So that a kill -9 does not leave it so, what is alive is noted every second
or two in a small file; whoever starts next ends each open spell at the last note.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Protocol

import pyarrow as pa

from ...model import Batch, Receipt, Window
from ..link import MOMENT, OPEN

SOURCE = "gather"
KIND = "connection"
STILL, SURE = 4_000_000, 10_000_000
"""Microseconds: between two notes that only a standstill of this process explains; after it, until all is sure."""


class Memory(Protocol):
    """What gather needs of a historian."""

    def write(self, batch: Batch) -> Receipt: ...

    def last_number(self, source: str) -> int: ...

    def spell_rows(self, kind: str, place: str, window: Window) -> pa.Table: ...

    def latest(self, paths: Sequence[str] | None = None) -> pa.Table: ...

    def samples(self, path: str, window: Window, *, before: bool = False, after: bool = False) -> pa.Table: ...


@dataclass(slots=True)
class Connections:
    """The connection spells of all sources, and the file of what is alive."""

    memory: Memory
    file: Path
    on: dict[str, tuple[int, int]] = field(default_factory=dict)
    noted: int = 0
    still: tuple[int, int] = (0, 0)
    lock: Lock = field(default_factory=Lock)

    def mend(self) -> list[str]:
        """End the spells that a killed process left open, at the last note of them; the sources they are of."""
        notes = _read(self.file)
        rows = self.memory.spell_rows(KIND, "*", Window(0, OPEN)).to_pylist()
        # A source of an edge ("site-2/press-hall") is ended and opened by what its relay says.
        left = [r for r in rows if int(r["until"]) >= OPEN and "/" not in r["place"]]
        for row in left:
            since = int(row["since"])
            noted = notes.get(row["place"], (since, since))
            self._write([(row["place"], since, max(since, noted[1]), "connected")])
        return [str(r["place"]) for r in left]

    def heard(self) -> Mapping[str, int]:
        """Until when each source was heard, by its last connection."""
        found: dict[str, int] = {}
        for row in self.memory.spell_rows(KIND, "*", Window(0, OPEN)).to_pylist():
            if int(row["until"]) < OPEN:
                found[row["place"]] = max(found.get(row["place"], 0), int(row["until"]))
        return found

    def begin(self, source: str, at: int) -> None:
        """A source is connected from now on."""
        self._write([(source, at, OPEN, "connected")])
        with self.lock:
            self.on[source] = (at, at)

    def alive(self, source: str, at: int) -> None:
        """A source gave a sign of life."""
        with self.lock:
            if source in self.on:
                self.on[source] = (self.on[source][0], max(at, self.on[source][1]))

    def end(self, source: str) -> None:
        """A source is lost: it was connected until its last sign of life.

        A connection that did not live on after this process stood still was lost while it did, whatever was still read
        of it: nobody knows what came in between.
        """
        with self.lock:
            spell, (before, after) = self.on.get(source), self.still
        if spell:
            since, until = spell
            if since < before < until < after + SURE:
                until = before
            self._write([(source, since, max(until, since + 1), "connected")])
        with self.lock:
            self.on.pop(source, None)

    def filled(self, source: str, since: int, until: int) -> None:
        """The gap before a connection was filled from the other side's memory."""
        if until > since:
            self._write([(source, since, until, "filled")])

    def note(self, at: int) -> None:
        """Write down what is alive at a moment; notes that come late tell that this process stood still."""
        with self.lock:
            if self.noted and at - self.noted > STILL:
                self.still = (self.noted, at)
            self.noted = at
            text = json.dumps({name: list(spell) for name, spell in self.on.items()})
        draft = self.file.with_suffix(".tmp")
        draft.write_text(text, "utf-8")
        os.replace(draft, self.file)

    def _write(self, rows: Sequence[tuple[str, int, int, str]]) -> None:
        place, since, until, text = zip(*rows, strict=True)
        spells = pa.table(
            {
                "kind": [KIND] * len(rows),
                "place": list(place),
                "since": pa.array(since, pa.int64()).cast(MOMENT),
                "until": pa.array(until, pa.int64()).cast(MOMENT),
                "text": list(text),
            }
        )
        with self.lock:
            self.memory.write(Batch(SOURCE, self.memory.last_number(SOURCE) + 1, spells=spells))


def _read(file: Path) -> dict[str, tuple[int, int]]:
    """The last notes; none where there is no file, or a power cut left none that can be read."""
    try:
        return {str(k): (int(v[0]), int(v[1])) for k, v in json.loads(file.read_text("utf-8")).items()}
    except (OSError, ValueError, TypeError, AttributeError, IndexError):
        return {}
