"""What gather writes to at the edge: a spool instead of a historian, with the few things that gather asks back."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import uuid4

import numpy as np
import orjson
import pyarrow as pa

from ...model import Batch, Receipt, Window
from ..frames import FORMS, checked, decode, encode
from ..link import MOMENT
from ..wiring import SAMPLES
from .spool import Place, Spool, sync_folder

log = logging.getLogger("andon.relay")
CONNECTION = "connection"
EXACT = 2**53
KEPT = 4
"""Connection spells of a source that are remembered here; the centre has all."""
FILE = "state.json"
Spell = tuple[int, int, str]
Newest = tuple[int, float | None, str | None, int]


@dataclass(slots=True)
class State:
    """What has to outlive the batches themselves: who this spool is, what was sent, last numbers, connections."""

    id: str
    sent: Place
    numbers: dict[str, int] = field(default_factory=dict)
    spells: dict[str, list[Spell]] = field(default_factory=dict)


@dataclass(slots=True)
class RelaySink:
    """Keeps batches on disk until the centre has them.

    Attributes
    ----------
    spool
        The files.
    state
        What is known beside them.
    newest
        By source, the newest row of each signal that was not yet sent ahead.
    """

    spool: Spool
    state: State
    start: int
    newest: dict[str, dict[str, Newest]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    @classmethod
    def open(cls, folder: Path, limit: int) -> RelaySink:
        """Open or make a spool folder; at most `limit` bytes wait in it."""
        spool = Spool(folder, limit)
        state = _read(folder / FILE) or State(uuid4().hex, Place(0, 0))
        # A new or restored spool must not use a number again: numbers go on at the clock, in milliseconds.
        sink = cls(spool, state, time.time_ns() // 1_000_000)
        for frame in spool.tail():
            sink._learn(decode(frame))
        sink.keep()
        return sink

    def write(self, batch: Batch) -> Receipt:
        """Keep a batch; on disk when this returns.

        Raises
        ------
        BadInput
            A column is unknown or missing, or cannot be stored.
        DiskFull
            The disk or the spool is full.
        """
        for name, form in FORMS.items():
            if (table := getattr(batch, name)) is not None:
                checked(table, form, f"{name} of batch {batch.number} of {batch.source!r}")
        self.spool.append(encode(batch), always=batch.spells is not None and batch.samples is None)
        with self.lock:
            self._learn(batch)
        if batch.spells is not None:
            self.keep()
        rows = sum(t.num_rows for name in FORMS if (t := getattr(batch, name)) is not None)
        return Receipt(batch.source, batch.number, time.time_ns() // 1000, rows)

    def last_number(self, source: str) -> int:
        """The highest batch number of a source, or what is surely higher."""
        return max(self.start, self.state.numbers.get(source, -1))

    def spell_rows(self, kind: str, place: str, window: Window) -> pa.Table:
        """The last connection spells of the sources (place "*": of all); no other kind is remembered here."""
        found = [
            (source, since, until, text)
            for source, spells in sorted(self.state.spells.items())
            for since, until, text in spells
            if kind == CONNECTION and place in (source, "*") and since < window.until and until > window.since
        ]
        source, since, until, text = zip(*found, strict=True) if found else ((),) * 4
        return pa.table(
            {
                "place": pa.array(source, pa.string()),
                "since": pa.array(since, pa.int64()),
                "until": pa.array(until, pa.int64()),
                "text": pa.array(text, pa.string()),
            }
        )

    def latest(self, paths: Sequence[str] | None = None) -> pa.Table:
        """Nothing: an edge keeps what is on its way, not what was."""
        return SAMPLES.empty_table()

    def samples(self, path: str, window: Window, *, before: bool = False, after: bool = False) -> pa.Table:
        """Nothing: an edge keeps what is on its way, not what was."""
        return SAMPLES.empty_table()

    def sent(self, place: Place) -> None:
        """The centre has everything before this place."""
        self.state.sent = place
        if any(n < place.segment for n in self.spool.sizes):
            self.keep()  # before the batches go, what they told is noted
            self.spool.done(place)

    def ahead(self) -> list[Batch]:
        """The newest row of each signal, by source, for a centre that is far behind; each is given once.

        Their numbers are below all others, so they never take the place of a batch that comes in its turn.
        """
        with self.lock:
            newest, self.newest = self.newest, {}
        return [Batch(source, -(time.time_ns() // 1000), _samples(rows)) for source, rows in newest.items() if rows]

    def keep(self) -> None:
        """Write down the state, so that it survives a power cut.

        On a full disk the old note stays: what it lacks is in the spool's last file, and numbers go on at the clock.
        """
        try:
            with self.lock:
                self._note()
        except OSError as error:
            log.debug("the state of the spool was not noted: %s", error)

    def _note(self) -> None:
        sent = [self.state.sent.segment, self.state.sent.offset]
        said = {"id": self.state.id, "sent": sent, "numbers": self.state.numbers, "spells": self.state.spells}
        file = self.spool.folder / FILE
        draft = file.with_suffix(".tmp")
        with draft.open("wb") as stream:
            stream.write(orjson.dumps(said))
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, file)
        sync_folder(self.spool.folder)

    def close(self) -> None:
        self.keep()
        self.spool.close()

    def _learn(self, batch: Batch) -> None:
        """Numbers, connections and newest values out of a batch."""
        numbers = self.state.numbers
        numbers[batch.source] = max(batch.number, numbers.get(batch.source, batch.number))
        for row in batch.spells.to_pylist() if batch.spells is not None else ():
            if row["kind"] == CONNECTION:
                self._connected(str(row["place"]), (_micros(row["since"]), _micros(row["until"]), str(row["text"])))
        if batch.samples is not None and batch.samples.num_rows:
            self.newest.setdefault(batch.source, {}).update(_newest(batch.samples))

    def _connected(self, source: str, spell: Spell) -> None:
        """Of two spells with the same beginning the later said counts."""
        others = [s for s in self.state.spells.get(source, []) if s[0] != spell[0]]
        self.state.spells[source] = sorted([*others, spell])[-KEPT:]


def _newest(samples: pa.Table) -> Mapping[str, Newest]:
    """The last row of each signal in a table."""
    column = samples["signal"].unify_dictionaries().combine_chunks()
    coded = column if isinstance(column, pa.DictionaryArray) else column.dictionary_encode()
    code = np.asarray(coded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)
    last = np.full(len(coded.dictionary), -1, dtype=np.int64)
    last[code] = np.arange(len(code))  # of equal places the last one stays
    rows = samples.take(pa.array(last[last >= 0], pa.int64()))
    said = rows.set_column(rows.column_names.index("at"), "at", _moments(rows["at"])).to_pylist()
    return {str(r["signal"]): _row(r) for r in said}


def _moments(column: pa.ChunkedArray[pa.Scalar[Any]]) -> pa.ChunkedArray[pa.Scalar[Any]]:
    return column.cast(MOMENT, safe=False).cast(pa.int64())


def _row(said: Mapping[str, Any]) -> Newest:
    """Moment, value, text, quality of a row; an integer that a double cannot hold has its digits in the text."""
    value, text = said.get("value"), said.get("text")
    if isinstance(value, int) and abs(value) >= EXACT:
        text = str(value)
    return int(said["at"]), None if value is None else float(value), text, int(said.get("quality") or 0)


def _samples(rows: Mapping[str, Newest]) -> pa.Table:
    at, value, text, quality = zip(*rows.values(), strict=True)
    return pa.table(
        {
            "signal": pa.array(list(rows), pa.string()).dictionary_encode(),
            "at": pa.array(at, pa.int64()).cast(MOMENT),
            "value": pa.array(value, pa.float64()),
            "text": pa.array(text, pa.string()),
            "quality": pa.array(quality, pa.uint32()),
        }
    )


def _micros(moment: object) -> int:
    return int(pa.scalar(moment, MOMENT).cast(pa.int64()).as_py())


def _read(file: Path) -> State | None:
    """The state as it was; None where there is none."""
    try:
        said = orjson.loads(file.read_bytes())
        spells = {str(k): [(int(s), int(u), str(t)) for s, u, t in v] for k, v in said["spells"].items()}
        return State(
            str(said["id"]), Place(*said["sent"]), {str(k): int(v) for k, v in said["numbers"].items()}, spells
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None
