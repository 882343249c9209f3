"""Polling: rounds on a fixed schedule, in the background; of what they bring only the changes are handed on."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from .link import ALIVE, BAD_NO_DATA, Packet, Row, rows_of

ROOM = 100_000
"""Rows that are held while the historian takes none."""
SIGN = 5.0
"""Seconds between signs of life where rounds are rare."""
Said = tuple[float | None, str | None, int]


class Device(Protocol):
    """A device that is asked, not one that tells."""

    def round(self) -> AsyncIterator[Sequence[Row]]:
        """Ask for everything once: rows as they come. Raises `NotConnected` (or an OSError) where nobody answers."""

    async def sign(self) -> None:
        """Ask for as little as proves that the device is there. Raises as `round` does."""


@dataclass(slots=True)
class Changes:
    """Leaves out what is as it was, until `again` (microseconds) has passed since the last time it was told.

    Before a change the last row that was left out is told too, so that what is drawn between two rows is a step where
    the value stepped, and not a slope over the whole time in which it was the same.

    >>> changes = Changes(again=60_000_000)
    >>> [len(changes.of([("a", second * 1_000_000, value, None, 0)])) for second, value in enumerate([5, 5, 5, 6, 7])]
    [1, 0, 0, 2, 1]
    """

    again: int
    told: dict[str, tuple[Said, int]] = field(default_factory=dict)
    held: dict[str, Row] = field(default_factory=dict)

    def of(self, rows: Sequence[Row]) -> list[Row]:
        """Those rows that are to be told."""
        kept: list[Row] = []
        for row in rows:
            address, at, value, text, quality = row
            said, before = (value, text, quality), self.told.get(address)
            if before is not None and before[0] == said and 0 <= at - before[1] < self.again:
                self.held[address] = row
                continue
            last = self.held.pop(address, None)
            if last is not None and before is not None and before[0] != said:
                kept.append(last)
            self.told[address] = (said, at)
            kept.append(row)
        return kept

    def forget(self) -> None:
        self.told.clear()
        self.held.clear()


@dataclass(slots=True)
class Rounds:
    """A device asked again and again in the background, while what it said waits to be stored.

    The rounds begin at multiples of `every` after the first, however long each takes; those that would begin while one
    is still under way are left out. While the historian takes nothing, up to `ROOM` rows wait; after that the device is
    not asked, and each address is told to be unknown from there on.
    """

    device: Device
    every: int
    changes: Changes
    waiting: deque[list[Row]] = field(default_factory=deque)
    size: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def packets(self) -> AsyncGenerator[Packet, None]:
        """What the device says, from its first answer until it is lost."""
        work = asyncio.create_task(self._work())
        try:
            while True:
                rows = self._lot()
                if rows is None:
                    if work.done():
                        await work
                    self.changed.clear()
                    await self.changed.wait()
                    continue
                yield Packet(rows_of(rows)) if rows else ALIVE
        finally:
            while not work.done():  # again, for a library may lose a cancellation that comes with an answer
                work.cancel()
                await asyncio.wait([work], timeout=0.2)
            await asyncio.gather(work, return_exceptions=True)

    def _lot(self) -> list[Row] | None:
        """All that waits; an empty list is a sign of life, None: nothing waits."""
        if not self.waiting:
            return None
        rows = [row for lot in self.waiting for row in lot]
        self.waiting.clear()
        self.size = 0
        return rows

    async def _work(self) -> None:
        try:
            begin, number = time.monotonic(), 0
            while True:
                await self._room()
                async for rows in self.device.round():
                    self._hold(self.changes.of(rows))
                number = max(number + 1, int((time.monotonic() - begin) * 1e6) // self.every + 1)
                await self._until(begin + number * self.every / 1e6)
        finally:
            self.changed.set()

    async def _until(self, then: float) -> None:
        """Wait for the next round, with signs of life on the way."""
        while (left := then - time.monotonic()) > 0:
            await asyncio.sleep(min(left, SIGN))
            if then - time.monotonic() > SIGN / 5:
                await self.device.sign()
                self._hold([])

    async def _room(self) -> None:
        """Wait until rows are taken again; what was not asked meanwhile is unknown, not unchanged."""
        if self.size < ROOM:
            return
        since = time.time_ns() // 1000
        while self.size >= ROOM:
            await asyncio.sleep(0.1)
        self._hold([(address, since, None, None, BAD_NO_DATA) for address in self.changes.told])
        self.changes.forget()

    def _hold(self, rows: list[Row]) -> None:
        self.waiting.append(rows)
        self.size += len(rows)
        self.changed.set()
