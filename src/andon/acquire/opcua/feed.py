"""The stream of a session: publish requests kept going, what comes kept until it is stored, signs of life watched."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Coroutine
from dataclasses import dataclass, field

import pyarrow as pa
from asyncua import ua
from asyncua.ua.uaerrors import UaStatusCodeError

from ...errors import AndonError, NotConnected
from ..link import Packet
from .decode import BadAnswer, Heard, heard, republished
from .said import status_name
from .session import WRONG, Session, now
from .structures import Structures
from .values import Plan, rows

REQUESTS = 3
"""Publish requests that the server has in hand: it can send while we store."""
HELD = 200_000
"""Rows waiting to be stored; from here on the server keeps the values in its queues."""
LOT = 50_000
"""Rows stored at once, about."""
LINGER = 0.1
"""Seconds that the first row of a lot waits for more."""
QUIET = 2.0
"""Seconds without rows after which a sign of life is passed on."""
PROOF = 8.0
"""Seconds without a message after which the server is asked whether it lives: one with rare keep-alives."""
PUBLISHED = 10_000
"""Values that the server may send in one message."""
KEEP_ALIVE = 2_000
"""Milliseconds of silence after which the server says that it lives."""
LIFE = 3_600_000
"""Milliseconds that a subscription lives without publish requests: as long as we may have to wait for a full disk."""
OVERFLOW = 0x480
"""InfoType DataValue and the overflow bit: the server dropped values before this one."""
BAD_TIMEOUT, BAD_TOO_MANY_PUBLISH_REQUESTS, BAD_MESSAGE_NOT_AVAILABLE = 0x800A0000, 0x80780000, 0x807B0000


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to be yielded: rows, what to acknowledge once they are stored, a gap that they close, a word on it."""

    rows: pa.Table | None = None
    acknowledge: tuple[int, int] | None = None
    filled: int | None = None
    said: str | None = None

    @property
    def size(self) -> int:
        return self.rows.num_rows if self.rows is not None else 0


@dataclass(slots=True)
class Subscription:
    """A subscription.

    `due` is the number of its next message (0: not known yet), `last` when it was heard, `dead` after how
    long a silence (seconds) it is given up.
    """

    number: int
    dead: float
    last: float = field(default_factory=time.monotonic)
    due: int = 0


@dataclass(slots=True)
class Feed:
    """What a session brings, from the server's messages to packets; all of its parts end when it is left."""

    session: Session
    plan: Plan
    structures: Structures = field(default_factory=Structures)
    subscriptions: dict[int, Subscription] = field(default_factory=dict)
    values: int = 0
    overflowed: int = 0
    _entries: deque[Entry] = field(default_factory=deque)
    _held: int = 0
    _stored: list[tuple[int, int]] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _room: asyncio.Event = field(default_factory=asyncio.Event)
    _sign: float = field(default_factory=time.monotonic)
    _passed: float = 0.0
    _failure: AndonError | None = None
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def subscribe(self, publishing: int) -> int:
        """Make a subscription that publishes every so many microseconds; its number."""
        interval = max(publishing / 1_000, 1.0)
        request = ua.CreateSubscriptionRequest()
        asked = request.Parameters
        asked.RequestedPublishingInterval = ua.Duration(interval)
        asked.RequestedMaxKeepAliveCount = ua.Counter(max(1, round(KEEP_ALIVE / interval)))
        asked.RequestedLifetimeCount = ua.Counter(max(30, round(LIFE / interval)))
        asked.MaxNotificationsPerPublish = ua.Counter(PUBLISHED)
        asked.PublishingEnabled = True
        made = (await self.session.call(request, ua.CreateSubscriptionResponse)).Parameters
        dead = max(6.0, 3 * made.RevisedPublishingInterval * made.RevisedMaxKeepAliveCount / 1_000)
        number = int(made.SubscriptionId)
        self.subscriptions[number] = Subscription(number, dead)
        return number

    def start(self) -> None:
        """Begin to publish and to watch."""
        self._room.set()
        for work in (*(self._publish() for _ in range(REQUESTS)), self._watch(), self._hold()):
            self.work(work)

    def work(self, task: Coroutine[object, object, None]) -> None:
        """Do something beside, for as long as the feed lives; a failure of it ends the feed."""
        self._tasks.append(asyncio.create_task(self._guarded(task)))

    async def close(self) -> None:
        """End all that is done beside."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def put(self, entry: Entry) -> None:
        """Something to be yielded."""
        self._entries.append(entry)
        self._held += entry.size
        if self._held >= HELD:
            self._room.clear()
        self._news.set()

    async def room(self) -> None:
        """Wait until there is room for more."""
        await self._room.wait()

    async def packets(self) -> AsyncGenerator[Packet, None]:
        """All that comes, in lots; each is acknowledged to the server once it is stored. Never ends but by a failure.

        Raises
        ------
        NotConnected
            The connection, the session or the subscription is lost.
        """
        while True:
            lot = await self._lot()
            if lot:
                tables = [e.rows for e in lot if e.rows is not None]
                filled = next((e.filled for e in lot if e.filled is not None), None)
                said = next((e.said for e in reversed(lot) if e.said is not None), None)
                self._passed = time.monotonic()
                yield Packet(pa.concat_tables(tables) if tables else None, filled, said)
                self._stored += [e.acknowledge for e in lot if e.acknowledge]
                self._held -= sum(e.size for e in lot)
                self._resume()
            elif self._failure is not None:
                raise self._failure
            elif self._sign > self._passed:
                self._passed = time.monotonic()
                yield Packet()

    async def _lot(self) -> list[Entry]:
        try:
            await asyncio.wait_for(self._news.wait(), QUIET)
        except TimeoutError:
            return []
        if self._failure is None:
            await asyncio.sleep(LINGER)
        lot: list[Entry] = []
        while self._entries and sum(e.size for e in lot) < LOT:
            lot.append(self._entries.popleft())
            if lot[-1].filled is not None:
                break
        if not self._entries and self._failure is None:
            self._news.clear()
        return lot

    def _resume(self) -> None:
        """There is room again: silence of ours was not the server's."""
        if self._held < HELD and not self._room.is_set():
            for one in self.subscriptions.values():
                one.last = time.monotonic()
            self._room.set()

    async def _guarded(self, task: Coroutine[object, object, None]) -> None:
        try:
            await task
        except AndonError as error:
            self._fail(error)
        except (UaStatusCodeError, BadAnswer) as error:
            self._fail(NotConnected(f"the server ended it: {status_name(error.code)}"))
        except WRONG as error:
            self._fail(NotConnected(f"the connection broke: {error or type(error).__name__}"))

    def _fail(self, error: AndonError) -> None:
        self._failure = self._failure or error
        self._news.set()

    async def _publish(self) -> None:
        """Have the server send, again and again, while there is room."""
        while True:
            await self._room.wait()
            request = ua.PublishRequest()
            done, self._stored = self._stored, []
            request.Parameters.SubscriptionAcknowledgements = [
                ua.SubscriptionAcknowledgement(ua.IntegerId(s), ua.Counter(n)) for s, n in done
            ]
            try:
                answer = await self.session.raw(request, 0)
                await self._take(heard(answer, now()))
            except (UaStatusCodeError, BadAnswer) as error:
                if error.code == BAD_TOO_MANY_PUBLISH_REQUESTS:
                    return  # the server takes fewer at a time; the others go on
                if error.code != BAD_TIMEOUT:
                    raise

    async def _take(self, said: Heard) -> None:
        """A message: what it says is kept until it is stored."""
        self._sign = time.monotonic()
        one = self.subscriptions.get(said.subscription)
        if one is None:
            await self._forget(said.subscription)
            return
        one.last = self._sign
        missed, one.due = _missed(one.due, said), _next(said) if said.parts or said.ended else said.sequence
        for sequence in missed:
            await self._again(one.number, sequence)
        if said.ended is not None and said.ended >> 30 >= 2:
            raise NotConnected(f"the server ended the subscription: {status_name(said.ended)}")
        await self._keep(said)

    async def _keep(self, said: Heard) -> None:
        for k, columns in enumerate(said.parts):
            if columns.other:
                await self.structures.open(self.session, columns)
            table = rows(columns, self.plan)
            self.values += len(columns)
            self.overflowed += int(((columns.quality & OVERFLOW) == OVERFLOW).sum())
            last = k == len(said.parts) - 1
            self.put(Entry(table, (said.subscription, said.sequence) if last else None))

    async def _forget(self, subscription: int) -> None:
        """End a subscription that is not ours: of a process before us, whose session we took over."""
        request = ua.DeleteSubscriptionsRequest()
        request.Parameters.SubscriptionIds = [ua.IntegerId(subscription)]
        await self.session.call(request, ua.DeleteSubscriptionsResponse)

    async def _again(self, subscription: int, sequence: int) -> None:
        """Ask once more for a message that did not come."""
        request = ua.RepublishRequest()
        request.Parameters.SubscriptionId = ua.IntegerId(subscription)
        request.Parameters.RetransmitSequenceNumber = ua.Counter(sequence)
        try:
            await self._keep(republished(await self.session.raw(request), subscription, now()))
        except (UaStatusCodeError, BadAnswer) as error:
            if error.code != BAD_MESSAGE_NOT_AVAILABLE:
                raise
            raise NotConnected(f"message {sequence} was lost, and the server has not kept it") from None

    async def _watch(self) -> None:
        """See to it that silence is not taken for peace."""
        while True:
            await asyncio.sleep(1.0)
            if not self._room.is_set():
                continue
            for one in self.subscriptions.values():
                silent = time.monotonic() - one.last
                if silent > one.dead:
                    raise NotConnected(f"the server is silent: no message, not even a keep-alive, for {silent:.0f} s")
            if time.monotonic() - self._sign > PROOF:
                await self.session.alive()
                self._sign = time.monotonic()

    async def _hold(self) -> None:
        """While the disk is full no message is asked for: keep session and subscriptions from running out."""
        while True:
            await asyncio.sleep(10.0)
            if self._room.is_set():
                continue
            request = ua.SetPublishingModeRequest()
            request.Parameters.PublishingEnabled = True
            request.Parameters.SubscriptionIds = [ua.IntegerId(n) for n in self.subscriptions]
            await self.session.call(request, ua.SetPublishingModeResponse)


def _missed(due: int, said: Heard) -> range:
    """Sequence numbers that should have come before this message; a first message is none late."""
    return range(due, said.sequence) if due and 0 < said.sequence - due < 1_000 else range(0)


def _next(said: Heard) -> int:
    return 1 if said.sequence == 0xFFFFFFFF else said.sequence + 1
