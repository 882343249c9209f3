"""Where requests wait until what they brought is on disk: bounded, and many are stored by one write."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyarrow as pa

from ...model import Batch
from ..link import Packet
from .answers import behind

ROOM = 64 << 20
"""Bytes of rows that may wait to be stored."""
BODIES = 128 << 20
"""Bytes of bodies that may be on their way in."""
LOT = 100_000
"""Rows that one write stores: below what the historian seals at once."""
PATIENT = 9.0
"""Seconds that a request waits for its receipt; then it is told to come again (Telegraf gives up after 5 or more)."""
STUCK = 3.0
"""Where a write has taken so many seconds, new requests are told to come again at once."""
AGAIN = 5
"""Seconds after which to come again while the disk is full."""


Brought = pa.Table | Sequence[Batch]
"""Rows by address, or whole batches of an edge."""


@dataclass(slots=True)
class Waiting:
    """What a request brought, and the promise that it is on disk."""

    brought: Brought
    size: int
    stored: asyncio.Future[None]


@dataclass(slots=True)
class Desk:
    """Takes what requests bring and hands it to the connector's generator in lots; lives in one event loop.

    It is closed until the generator opens it, and once that has ended.
    """

    queue: deque[Waiting] = field(default_factory=deque)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    bodies: int = 0
    rows: int = 0
    writing: float = 0.0
    closed: bool = True

    @contextmanager
    def body(self) -> Iterator[Body]:
        """Room for a body that is coming in."""
        body = Body(self)
        try:
            yield body
        finally:
            self.bodies -= body.size

    def open(self) -> None:
        """Refuse what could not be stored soon.

        Raises
        ------
        Refused
            The disk is full, the plant is stopping, or too much waits already.
        """
        if self.closed:
            raise behind("Andon is stopping or starting. Nothing of this was stored.")
        if self.writing and time.monotonic() - self.writing > STUCK:
            raise behind("The disk is full or slow. Nothing of this was stored.", retry=AGAIN)
        if self.rows > ROOM:
            raise behind("More comes in than can be stored. Nothing of this was stored.", status=429)

    async def store(self, brought: Brought, size: int) -> None:
        """Hand something in, and return when it is on disk.

        Raises
        ------
        Refused
            It was not stored, or not yet.
        """
        self.open()
        if not _rows(brought):
            return
        waiting = Waiting(brought, size, asyncio.get_running_loop().create_future())
        self.queue.append(waiting)
        self.rows += size
        self.came.set()
        try:
            async with asyncio.timeout(PATIENT):
                await waiting.stored
        except TimeoutError:
            raise behind("The disk is full or slow. It is not known to be stored.", retry=AGAIN) from None

    async def lot(self, patience: float) -> list[Waiting]:
        """What waits, as much as one write takes; empty where nothing came within `patience` seconds."""
        self.writing = 0.0
        if not self.queue:
            self.came.clear()
            try:
                async with asyncio.timeout(patience):
                    await self.came.wait()
            except TimeoutError:
                return []
        lot: list[Waiting] = []
        count = 0
        while self.queue and (not lot or count + _rows(self.queue[0].brought) <= LOT):
            waiting = self.queue.popleft()
            self.rows -= waiting.size
            if waiting.stored.cancelled():  # its sender has gone or was told to come again
                continue
            lot.append(waiting)
            count += _rows(waiting.brought)
        self.writing = time.monotonic()
        return lot

    def close(self) -> None:
        """Take no more, and tell who waits to come again."""
        self.closed = True
        for waiting in self.queue:
            if not waiting.stored.done():
                waiting.stored.set_exception(behind("Andon is stopping. It is not known to be stored."))
        self.queue.clear()


@dataclass(slots=True)
class Body:
    """A body on its way in, counted."""

    desk: Desk
    size: int = 0

    def more(self, size: int) -> None:
        """So many bytes more.

        Raises
        ------
        Refused
            The bodies of all requests together take too much room.
        """
        if self.desk.bodies + size > BODIES:
            raise behind("Too many requests at once. Nothing of this was stored.")
        self.size += size
        self.desk.bodies += size


def parcels(lot: list[Waiting]) -> Iterator[Packet | Batch]:
    """A lot as what gather stores: whole batches as they are, rows together."""
    rows: list[pa.Table] = []
    for waiting in lot:
        if isinstance(waiting.brought, pa.Table):
            rows.append(waiting.brought)
        else:
            yield from waiting.brought
    if rows:
        table = pa.concat_tables(rows)
        for first in range(0, table.num_rows, LOT):
            yield Packet(table.slice(first, LOT))


def settle(lot: list[Waiting]) -> None:
    """All of a lot is on disk."""
    for waiting in lot:
        if not waiting.stored.done():
            waiting.stored.set_result(None)


def _rows(brought: Brought) -> int:
    if isinstance(brought, pa.Table):
        return brought.num_rows
    return sum(b.samples.num_rows if b.samples is not None else 1 for b in brought)
