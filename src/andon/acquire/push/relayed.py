"""What an edge's relay sends: its batches under the edge's name, and its connections only as far as they are known."""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson
import pyarrow as pa

from ...errors import BadInput
from ...model import Batch
from ..frames import decode, frames
from ..link import MOMENT, OPEN
from .answers import Refused

log = logging.getLogger("andon.push")
CONNECTION = "connection"
SILENT = 15.0
"""Seconds without a sign of life after which an edge is lost (it gives one every 5)."""
NOTED = 1.0
"""Seconds between notes of how they stand."""
TAKEN = 60.0
"""Seconds for which another spool cannot take over the name of one that was heard."""
SKEWED = 5_000_000
"""Microseconds by which an edge's clock may differ before it is told."""
FILE = "edges.json"
NAME = re.compile(r"[\w.-]+")


@dataclass(slots=True)
class Edge:
    """One edge: its spool, until when all it heard is here, and which of its sources are connected since when.

    While it is `live` (all that it heard is here), its open connections are stored as open. Once it is silent they end
    where it was last known, so that nobody takes silence for an unchanged machine; they are opened again when it has
    caught up.
    """

    spool: str
    known: int = 0
    live: bool = False
    open: dict[str, int] = field(default_factory=dict)
    heard: float = 0.0
    current: float = 0.0
    skew: int | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one request brought: batches as they are stored here, and how the edge stands once they are."""

    name: str
    batches: list[Batch]
    edge: Edge
    size: int


@dataclass(slots=True)
class Edges:
    """All edges that relay to this source.

    Attributes
    ----------
    file
        Where it is noted how they stand, for the time after a kill.
    under
        Under which path the signals of an edge are stored; by default under its name.
    """

    file: Path
    under: Mapping[str, str]
    edges: dict[str, Edge] = field(default_factory=dict)
    noted: float = 0.0

    def admit(self, sender: str, headers: Mapping[str, str]) -> tuple[str, str]:
        """The name and the spool of an edge that may relay.

        Raises
        ------
        Refused
            Its token is another's, it says no name, or its name is used by another spool just now.
        """
        name, spool = headers.get("andon-edge", ""), headers.get("andon-spool", "")
        if not NAME.fullmatch(name) or not spool:
            raise Refused(400, "This is no relay: it says no Andon-Edge and Andon-Spool.")
        if sender not in ("", name):
            raise Refused(403, f"The token is that of {sender!r}; the edge {name!r} needs its own.")
        known = self.edges.get(name)
        if known and known.spool != spool and known.heard and time.monotonic() - known.heard < TAKEN:
            raise Refused(409, f"Another edge relays as {name!r}: give each its own name (andon relay --name).", 30)
        return name, spool

    def delivery(self, name: str, spool: str, body: bytes, headers: Mapping[str, str]) -> Delivery:
        """What a request brings, and how its edge will stand; nothing is changed yet.

        Raises
        ------
        Refused
            A batch is not whole, or cannot be stored.
        """
        before = self.edges.get(name, Edge(spool))
        told = headers.get("andon-known", "")
        live = told.isdigit()
        known = max(before.known, int(told)) if live else before.known
        edge = replace(before, spool=spool, known=known, open=dict(before.open), live=before.live)
        batches = [self._placed(name, batch, edge) for batch in _whole(body)]
        if live and not before.live and edge.open:
            batches.append(_spelled(name, [(place, since, OPEN) for place, since in edge.open.items()]))
        edge.live = live or before.live
        edge.heard = time.monotonic()
        edge.current = edge.heard if live else before.current
        edge.skew = _skew(name, headers, before.skew)
        return Delivery(name, batches, edge, len(body))

    def settle(self, delivery: Delivery) -> None:
        """What a request brought is on disk."""
        before = self.edges.get(delivery.name)
        if before is None or not before.live:
            log.info("%s: relay %s", delivery.name, "connected" if delivery.edge.live else "is catching up")
        self.edges[delivery.name] = delivery.edge

    def fallen(self) -> list[Batch]:
        """The ends of the connections of edges that fell silent, or far behind."""
        late = time.monotonic() - SILENT
        found = []
        for name, edge in self.edges.items():
            if edge.live and edge.current < late:
                edge.live = False
                log.warning("%s: relay lost; its sources are known until its last sign of life", name)
                found += _ended(name, edge)
        return found

    def begin(self) -> list[Batch]:
        """After a start: no edge is live, and what was open ends where it was last known."""
        self.edges = _read(self.file)
        return [batch for name, edge in self.edges.items() for batch in _ended(name, edge)]

    def expect(self, delivery: Delivery) -> None:
        """Before connections are stored as open: note them, so that a kill does not leave them so."""
        before = self.edges.get(delivery.name)
        if before is None or before.open != delivery.edge.open:
            self._note({**self.edges, delivery.name: replace(delivery.edge, known=before.known if before else 0)})

    def keep(self) -> None:
        """Note how they stand, once a second at most."""
        if self.edges and time.monotonic() - self.noted > NOTED:
            self._note(dict(self.edges))

    def _note(self, edges: Mapping[str, Edge]) -> None:
        self.noted = time.monotonic()
        said = {n: {"spool": e.spool, "known": e.known, "open": e.open} for n, e in edges.items()}
        draft = self.file.with_suffix(".tmp")
        with draft.open("wb") as stream:
            stream.write(orjson.dumps(said))
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, self.file)

    def _placed(self, name: str, batch: Batch, edge: Edge) -> Batch:
        """A batch under the edge's name."""
        prefix = self.under.get(name, name)
        prefix = f"{prefix}/" if prefix else ""
        return Batch(
            f"{name}/{batch.source}",
            batch.number,
            _renamed(batch.samples, "signal", prefix),
            _renamed(batch.waveforms, "signal", prefix),
            _renamed(batch.measurements, "machine", prefix),
            _spells(batch.spells, name, prefix, edge),
            _renamed(batch.units, "machine", prefix),
        )


def _whole(body: bytes) -> list[Batch]:
    """All batches of a body."""
    found, end = [], 0
    try:
        for frame in frames(body):
            found.append(decode(frame))
            end = frame.end
    except BadInput as error:
        raise Refused(400, str(error), code="bad batch") from None
    if end != len(body):
        raise Refused(400, f"The batches are not whole from byte {end} of {len(body)} on.", code="bad batch")
    return found


def _renamed(table: pa.Table | None, column: str, prefix: str) -> pa.Table | None:
    """A table with a prefix before the names in a column."""
    if table is None or not prefix or column not in table.column_names:
        return table
    given = table[column]
    coded = (given if pa.types.is_dictionary(given.type) else given.dictionary_encode()).unify_dictionaries()
    one = coded.combine_chunks()
    assert isinstance(one, pa.DictionaryArray)
    words = pa.array([prefix + str(w) for w in one.dictionary.to_pylist()], pa.string())
    renamed = pa.DictionaryArray.from_arrays(one.indices.cast(pa.int32()), words)
    place = table.column_names.index(column)
    return table.set_column(place, column, renamed if column == "signal" else renamed.cast(pa.string()))


def _spells(table: pa.Table | None, name: str, prefix: str, edge: Edge) -> pa.Table | None:
    """Spells at their places here; a connection that is still on lasts as long as the edge is live."""
    if table is None:
        return None
    places, untils = [], []
    for kind, place, since, until, text in _told(table):
        here = f"{name if kind == CONNECTION else prefix.rstrip('/')}/{place}".lstrip("/")
        if kind == CONNECTION and until >= OPEN:
            edge.open[here] = since
            until = OPEN if edge.live else max(since + 1, edge.known)
        elif kind == CONNECTION and text == "connected" and edge.open.get(here, OPEN) <= since:
            del edge.open[here]
        places.append(here)
        untils.append(until)
    at, end = table.column_names.index("place"), table.column_names.index("until")
    table = table.set_column(at, "place", pa.array(places, pa.string()))
    return table.set_column(end, "until", pa.array(untils, pa.int64()).cast(MOMENT))


def _told(table: pa.Table) -> Iterator[tuple[str, str, int, int, str]]:
    """Kind, place, since, until, text of each spell, moments in microseconds."""
    since, until = (table[c].cast(MOMENT, safe=False).cast(pa.int64()).to_pylist() for c in ("since", "until"))
    kind, place, text = (map(str, table[c].to_pylist()) for c in ("kind", "place", "text"))
    return zip(kind, place, map(int, since), map(int, until), text, strict=True)  # type: ignore[arg-type]  # none is null


def _ended(name: str, edge: Edge) -> list[Batch]:
    rows = [(place, since, max(since + 1, edge.known)) for place, since in edge.open.items()]
    return [_spelled(name, rows)] if rows else []


def _spelled(name: str, rows: Sequence[tuple[str, int, int]]) -> Batch:
    """Connections as they stand; the number is the clock's, so it is never used twice."""
    place, since, until = zip(*rows, strict=True)
    spells = pa.table(
        {
            "kind": [CONNECTION] * len(rows),
            "place": list(place),
            "since": pa.array(since, pa.int64()).cast(MOMENT),
            "until": pa.array(until, pa.int64()).cast(MOMENT),
            "text": ["connected"] * len(rows),
        }
    )
    return Batch(f"{name}/relay", time.time_ns() // 1000, spells=spells)


def _skew(name: str, headers: Mapping[str, str], before: int | None) -> int | None:
    """The edge's clock minus ours; told where it is much."""
    said = headers.get("andon-now", "")
    if not said.isdigit():
        return before
    skew = int(said) - time.time_ns() // 1000
    if abs(skew) > SKEWED and (before is None or abs(before) <= SKEWED):
        log.warning("%s: its clock is %.0f s %s ours", name, abs(skew) / 1e6, "ahead of" if skew > 0 else "behind")
    return skew


def _read(file: Path) -> dict[str, Edge]:
    """How the edges stood; none where there is no note."""
    try:
        said = orjson.loads(file.read_bytes())
        return {
            str(name): Edge(str(e["spool"]), int(e["known"]), False, {str(k): int(v) for k, v in e["open"].items()})
            for name, e in said.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
