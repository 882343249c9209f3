"""One source, kept alive: connected, heard, stored, acknowledged; and again after whatever happens."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import ParamSpec, TypeVar, cast

import pyarrow as pa

from ...catalog import Connector
from ...errors import AndonError, DiskFull
from ...model import Batch, Receipt
from ..link import Link, Packet
from ..wiring import Wiring
from .connections import Connections
from .derive import Derived
from .status import Health, Pulse, now

log = logging.getLogger("andon.gather")

FIRST, LONGEST = 0.5, 8.0
"""Seconds before it is tried again: after the first failure, and at most; each time about twice as long."""
SILENCE = 30.0
"""A connector that gives no sign of life for so many seconds has stalled: it is ended and begun again."""
LASTED = 10_000_000
"""Microseconds after which a connection was a good one: only then the pauses begin anew at the shortest."""
SLEPT = int((SILENCE + 10) * 1e6)
"""Microseconds between two signs of life of one connection that only a computer that slept can explain."""
FULL = 2.0
"""Seconds between tries to store a batch while the disk is full."""
Write = Callable[[Batch], Receipt]
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class Session:
    """One source of the plant on its way through the years.

    Nothing is acknowledged to the other side before `write` gave a receipt: the connector goes on after its `yield`
    only then. While the disk is full it waits, so the other side keeps what is not stored.
    """

    connector: Connector
    link: Link
    settings: Mapping[str, object]
    write: Write
    connections: Connections
    number: int
    derived: Derived
    pulse: Pulse = field(init=False)
    wiring: Wiring = field(init=False)
    connected: bool = False
    began: int = 0

    def __post_init__(self) -> None:
        self.pulse = Pulse(self.link.source, self.connector.name)
        self.wiring = Wiring(self.link.signals)

    async def run(self) -> None:
        """Connect, again and again, until cancelled."""
        failures = 0
        try:
            while True:
                said = await self._once()
                lasted = self.connected and now() - self.began > LASTED
                failures = 1 if lasted else failures + 1
                await self._patiently(self._lost, said)
                await asyncio.sleep(pause(failures))
        finally:
            with suppress(DiskFull):  # whoever starts next ends the connection at its last sign of life
                self._lost("")
            self.pulse.turn(Health.STOPPED)

    async def _once(self) -> str:
        """One connection, until it breaks; why it did."""
        if not self.connected and self.pulse.health is not Health.LOST:
            self.pulse.turn(Health.CONNECTING)
        stream = cast(AsyncGenerator[Packet | Batch, None], self.connector.function(self.link, **self.settings))
        try:
            await whole(self.derived.begin)  # what was told but not stored when the last connection broke is told again
            while True:
                async with asyncio.timeout(SILENCE):  # wait_for loses a cancellation that comes with the answer (3.11)
                    heard = await anext(stream)
                await self._take(heard)
        except StopAsyncIteration:
            return "the source has ended"
        except TimeoutError:
            return f"no sign of life for {SILENCE:.0f} s"
        except AndonError as error:
            return str(error)
        except Exception as error:  # a connector or its library failed: this source is begun again, others go on
            log.debug("%s", self.link.source, exc_info=True)
            return f"{type(error).__name__}: {error}"
        finally:
            await _closed(stream)

    async def _take(self, heard: Packet | Batch) -> None:
        """Store what was heard; the connection is on from the first sign of life."""
        arrived = now()
        if self.connected and arrived - (self.pulse.last or arrived) > SLEPT:
            await self._patiently(self._slept, arrived)
        if not self.connected:
            await self._patiently(self._found, arrived)
        self.connections.alive(self.link.source, arrived)
        rows = heard.samples if isinstance(heard, Batch) else heard.rows
        self.pulse.heard(rows, arrived)
        if isinstance(heard, Batch):
            await self._store_batch(heard, arrived)
        elif heard.rows is not None and heard.rows.num_rows:
            await self._store_rows(heard.rows, arrived)
        elif self.derived.signals:
            await self._store_samples(await whole(self.derived.settle, arrived))
        if isinstance(heard, Packet) and heard.said is not None and self.pulse.turn(Health.CONNECTED, heard.said):
            log.warning("%s: connected; %s", self.link.source, heard.said or "all is well again")
        if isinstance(heard, Packet) and heard.filled is not None:
            await self._patiently(self.connections.filled, self.link.source, heard.filled, self.began)

    async def _store_batch(self, batch: Batch, arrived: int) -> None:
        if self.derived.signals and batch.samples is not None:
            batch = replace(batch, samples=await whole(self.derived.add, batch.samples, arrived))
        await self._store(batch)

    async def _store_rows(self, rows: pa.Table, arrived: int) -> None:
        samples = await whole(self.wiring.samples, rows)
        if self.derived.signals:
            samples = await whole(self.derived.add, samples, arrived)
        await self._store_samples(samples)

    async def _store_samples(self, samples: pa.Table | None) -> None:
        if samples is not None and samples.num_rows:
            self.number += 1  # before it is written: a number is never used for two batches
            await self._store(Batch(self.link.source, self.number, samples))

    async def _store(self, batch: Batch) -> None:
        receipt = await self._patiently(self.write, batch)
        if self.pulse.health is Health.BLOCKED:
            self.pulse.turn(Health.CONNECTED)
            log.warning("%s: going on, the disk has room again", self.link.source)
        self.pulse.stored(0 if receipt.repeated else receipt.rows, len(receipt.refused))

    async def _patiently(self, write: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Write something, however long the disk stays full."""
        while True:
            try:
                return await whole(write, *args, **named)
            except DiskFull as error:
                if self.pulse.turn(Health.BLOCKED, str(error)):
                    log.error("%s: waiting, the disk is full: %s", self.link.source, error)
                await asyncio.sleep(FULL)

    def _found(self, at: int) -> None:
        self.connections.begin(self.link.source, at)
        self.connected, self.began = True, at
        self.pulse.sessions += 1
        self.pulse.turn(Health.CONNECTED)
        log.info("%s: connected", self.link.source)

    def _slept(self, at: int) -> None:
        """This computer slept, or its clock was set forward: nobody listened in between."""
        self.connections.end(self.link.source)
        self.connections.begin(self.link.source, at)
        log.warning(
            "%s: nothing was heard for a while though it was connected: did this computer sleep?", self.link.source
        )

    def _lost(self, said: str) -> None:
        if self.connected:
            self.connections.end(self.link.source)
            self.link = replace(self.link, heard=max(self.pulse.last or 0, self.link.heard or 0) or None)
            self.connected = False
        if said and self.pulse.turn(Health.LOST, said):
            log.warning("%s: lost (%s), trying again", self.link.source, said)


async def whole(function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Run a function in a thread to its end, even where this task is cancelled meanwhile."""
    work = asyncio.ensure_future(asyncio.to_thread(function, *args, **named))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        raise


def pause(failures: int) -> float:
    """Seconds to wait after so many failures in a row, with jitter, so that many do not come back at once."""
    return float(min(LONGEST, FIRST * 2 ** (failures - 1)) * random.uniform(0.5, 1.0))


async def _closed(stream: AsyncGenerator[Packet | Batch, None]) -> None:
    """End a connector's generator, and do not wait for ever for what it has to put away."""
    try:
        await asyncio.wait_for(stream.aclose(), 5)
    except Exception:  # it is broken already: what matters is that a new one begins
        log.debug("a connector did not end cleanly", exc_info=True)
