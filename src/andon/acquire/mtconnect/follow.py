"""Following an agent: from where we stopped, through what its buffer kept, into what it says now."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import BadInput, NotConnected
from ..link import ALIVE, Link, Packet, Row, rows_of
from .agent import Agent, checked
from .document import DataItem, Document, Observation, moment
from .place import Begin, Place, read, resumed, write
from .said import Said, passing

log = logging.getLogger("andon.mtconnect")
BAD_NODE_UNKNOWN = 0x80340000
LOT = 5_000
"""Rows of a packet, about."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often an agent is to send (ms), how often at least (ms), and how many observations at most."""

    interval: int
    heartbeat: int
    most: int


@dataclass(slots=True)
class Follow:
    """The rows of an agent for a link's signals."""

    agent: Agent
    link: Link
    pace: Pace
    said: Said = field(init=False)
    passing: set[str] = field(default_factory=set)
    rows: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.said = Said(self.link.addresses)

    async def packets(self) -> AsyncGenerator[Packet, None]:
        """What the agent says, until it is lost."""
        unknown = await self._known()
        document, now = await self._current()
        begin = resumed(document, read(self._file), self.link.heard)
        yield Packet(rows_of([*unknown, *self._stated(now, moment(document.header["creationTime"]))]))
        target, since = int(document.header["nextSequence"]), begin.since or None
        if begin.place.next != target:
            then, rows = await self._as_it_was(begin)
            yield Packet(rows_of(rows))
            since = since or then
        write(self._file, begin.place)
        async with aclosing(self._stream(begin.place)) as stream:
            async for place, packet in stream:
                yield packet
                if place is None:
                    continue
                write(self._file, place)
                if since is not None and place.next >= target:
                    yield Packet(filled=since)
                    since = None

    async def _known(self) -> list[Row]:
        """Rows for addresses that the agent does not have; notes which data items tell of moments only."""
        known: set[str] = set()

        def seen(item: DataItem) -> None:
            name = item.attributes.get("id", "")
            known.update((name, f"{item.device}/{name}"))
            if item.attributes.get("discrete") == "true":
                self.passing.add(name)

        document = await self.agent.probe(seen)
        at = moment(document.header.get("creationTime", ""))
        missing = [a for a in self.link.addresses if a.partition("[")[0] not in known]
        for address in missing:
            log.warning("%s: the agent has no data item %r", self.link.source, address)
        return [(a, at, None, None, BAD_NODE_UNKNOWN) for a in missing]

    async def _current(self, at: int | None = None) -> tuple[Document, list[Observation]]:
        """What is wanted of what holds now, or held at a number; the oldest first."""
        wanted = {*self.said.whole, *self.said.parts}
        found: list[Observation] = []
        document = await self.agent.current(
            lambda o: found.append(o) if {o.item, f"{o.device}/{o.item}"} & wanted else None, at
        )
        return document, sorted(found, key=lambda o: o.attributes.get("timestamp", ""))

    def _stated(self, now: list[Observation], at: int) -> list[Row]:
        """What holds, at its own time, and once more now: the agent says that it still does."""
        self.said.afresh()
        rows: dict[tuple[str, int], Row] = {}
        for seen in now:
            for row in self._rows(seen):
                rows[row[0], row[1]] = row
                if not (seen.item in self.passing or passing(seen)) and row[1] < at:
                    rows[row[0], at] = (row[0], at, *row[2:])
        return list(rows.values())

    async def _as_it_was(self, begin: Begin) -> tuple[int | None, list[Row]]:
        """What held where the buffer is read from, and when: only changes of conditions and data sets follow."""
        try:
            _, then = await self._current(at=max(begin.place.next - 1, begin.oldest))
        except NotConnected as error:  # just out of the buffer
            log.info("%s: %s", self.link.source, error)
            self.said.afresh()
            return None, []
        if not then:
            return None, []
        at = moment(then[-1].attributes.get("timestamp", ""))
        return at, self._stated(then, at)

    async def _stream(self, place: Place) -> AsyncGenerator[tuple[Place | None, Packet], None]:
        """Packets from a place on; each says where we are once it is stored, None: in the middle of a document.

        A document that cannot be read is asked for again in ever smaller parts, until only the observation that spoils
        it is left out.
        """
        most = self.pace.most
        while True:
            asked = (
                f"sample?from={place.next}&count={most}&interval={self.pace.interval}&heartbeat={self.pace.heartbeat}"
            )
            try:
                async with aclosing(self._documents(place, asked)) as documents:
                    async for reached in documents:
                        place = reached or place
                        yield reached, self._lot()
                        if reached and most < self.pace.most:
                            break  # the part that could be read is read: more at once again
                most = min(2 * most, self.pace.most)
            except BadInput as error:
                log.warning("%s: %d observations from %d on: %s", self.link.source, most, place.next, error)
                if most == 1:
                    place = Place(place.instance, place.next + 1)
                most = max(1, most // 2)
                await asyncio.sleep(self.pace.interval / 1000)

    async def _documents(self, place: Place, asked: str) -> AsyncGenerator[Place | None, None]:
        """Read an answer: where we are after each of its documents, None: rows enough in the middle of one."""
        document, streams = Document(self._seen), False
        async with aclosing(self.agent.pieces(asked)) as pieces:
            async for piece, ends in pieces:
                document.feed(piece, last=ends)
                if ends:
                    place, streams = self._moved(place, document, asked), bool(piece) or streams
                    document = Document(self._seen)
                    yield place
                elif len(self.rows) >= LOT:
                    yield None
        if not streams:  # an agent that sends one document at a time
            await asyncio.sleep(self.pace.interval / 1000)

    def _seen(self, seen: Observation) -> None:
        self.rows += self._rows(seen)

    def _rows(self, seen: Observation) -> list[Row]:
        """The rows of an observation; one that cannot be read is left out, and said so."""
        try:
            return [*self.said.rows(seen)]
        except BadInput as error:
            log.warning("%s: %s: %s", self.link.source, seen.item, error)
            return []

    def _moved(self, place: Place, document: Document, asked: str) -> Place:
        """Where we are after a document. Raises `NotConnected` where the agent lost us or began anew."""
        checked(document, "MTConnectStreams", f"{self.agent.base}/{asked}")
        if document.header["instanceId"] != place.instance:
            raise NotConnected(f"The agent at {self.agent.base} was restarted; its numbers begin anew.")
        return Place(place.instance, int(document.header["nextSequence"]))

    def _lot(self) -> Packet:
        if not self.rows:
            return ALIVE
        packet = Packet(rows_of(self.rows))
        self.rows.clear()
        return packet

    @property
    def _file(self) -> Path:
        return self.link.home / "agent.json"
