"""A connection to a broker: messages in lots, acknowledged when told to; a full box slows the broker down."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from ...errors import NotConnected
from .access import Access
from .packets import (
    CONNACK,
    DISCONNECT,
    PING,
    PINGRESP,
    Answer,
    Decoder,
    Garbled,
    Message,
    Will,
    acknowledge,
    goodbye,
    publish,
    subscribe,
    unsubscribe,
)
from .reasons import reason

CHUNK = 1 << 18
ROOM, BYTES = 100_000, 64 << 20
"""Messages and bytes that wait here for the store; then no more is read until half of it is gone."""
PATIENCE = 5.0
"""Seconds that a broker is given for each step of connecting, and for each answer."""
HELD = 10.0
"""Seconds for which nothing is read before the connection is given up, if the broker does not keep what waits."""
SLOWEST = 5.0
"""Seconds between pings at most."""
BURST, QUIET = 10, 0.01
"""After so many messages a silence of so many seconds means: the broker waits for acknowledgements."""


@dataclass(slots=True)
class Broker:
    """A broker that we are connected to; made by `connect`, ended by `close`.

    Everything runs in one task beside the caller's. While the box is full nothing is read, so TCP holds the broker
    back; our pings go on, so it keeps us.

    Attributes
    ----------
    present
        The broker knew our session: it kept what came at QoS 1 while we were away.
    heard
        Seconds (the loop's clock) when the broker was heard last.
    farewell
        What to publish when we give the connection up.
    hook
        Sees each message as it comes; True: it is done with.
    """

    access: Access
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    present: bool = False
    heard: float = 0.0
    farewell: Callable[[], Will] | None = None
    hook: Callable[[Message], bool] | None = None
    box: deque[Message] = field(default_factory=deque)
    waiting: int = 0
    lost: str = ""
    unkept: bool = False
    held: bool = False
    asked: dict[int, asyncio.Future[Answer]] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    room: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    number: int = 0

    async def subscribe(self, filters: Sequence[str]) -> dict[str, str]:
        """Ask for topics at QoS 1; those that the broker refused, with its reason."""
        answer = await self._ask(lambda n: subscribe(n, filters, self.access.hello.version))
        return {f: reason(c) for f, c in zip(filters, answer.codes, strict=False) if c >= 0x80}

    async def unsubscribe(self, filters: Sequence[str]) -> None:
        """Ask no longer for topics."""
        await self._ask(lambda n: unsubscribe(n, filters, self.access.hello.version))

    async def publish(self, topic: str, payload: bytes, *, sure: bool = False, retain: bool = False) -> None:
        """Say something; `sure` waits until the broker has it (QoS 1)."""
        version = self.access.hello.version
        if not sure:
            self.writer.write(publish(topic, payload, version, retain=retain))
            return
        answer = await self._ask(lambda n: publish(topic, payload, version, number=n, retain=retain))
        if answer.codes and answer.codes[0] >= 0x80:
            raise NotConnected(f"The broker {self.access.place} did not take {topic!r}: {reason(answer.codes[0])}.")

    async def messages(self, *, most: int, linger: float, patience: float) -> list[Message]:
        """Up to `most` messages: the first within `patience` seconds, more within `linger` after it.

        Empty where none came; it does not linger once the broker pauses after a burst, since it may be waiting for
        acknowledgements.

        Raises
        ------
        NotConnected
            The connection is lost, and all that came over it was taken.
        """
        loop = asyncio.get_running_loop()
        if not self.box and not await self._more(patience):
            self._check()
            return []
        until = loop.time() + linger
        while len(self.box) < most and not self.lost and (left := until - loop.time()) > 0:
            if not await self._more(min(left, QUIET)) and len(self.box) >= BURST:
                break
        self._check()
        found = [self.box.popleft() for _ in range(min(most, len(self.box)))]
        self.waiting -= sum(len(m.payload) for m in found)
        if len(self.box) < ROOM // 2 and self.waiting < BYTES // 2:
            self.room.set()
        return found

    def acknowledge(self, messages: Iterable[Message]) -> None:
        """Let go of messages that are stored."""
        if (numbers := [m.number for m in messages if m.number]) and not self.lost:
            self.writer.write(acknowledge(numbers))

    async def close(self, *, clean: bool = True) -> None:
        """End the connection; a clean end keeps the broker from publishing our will."""
        for task in self.tasks:
            task.cancel()
        with suppress(OSError):
            if clean and not self.lost:
                self.writer.write(goodbye(self.access.hello.version))
                with suppress(TimeoutError):
                    async with asyncio.timeout(1):
                        await self.writer.drain()
        self._end("closed")
        await asyncio.gather(*self.tasks, return_exceptions=True)
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                await self.writer.wait_closed()
        self.writer.transport.abort()  # what a frozen broker does not take is given up

    def give_up(self) -> None:
        """End a connection over which we cannot take any more, with our farewell."""
        if self.farewell and not self.lost:
            said = self.farewell()
            version = self.access.hello.version
            self.writer.write(publish(said.topic, said.payload, version, number=65_535, retain=said.retain))
        self._end("what came could not be stored in time; the connection was given up, so that the gap is seen")

    def begin(self) -> None:
        """Read and stay alive from now on."""
        self.heard = asyncio.get_running_loop().time()
        self.tasks = [asyncio.create_task(self._read(Decoder(self.access.hello.version)))]
        self.tasks.append(asyncio.create_task(self._stay()))

    async def hello(self) -> Answer:
        """Say who we are; what the broker answers."""
        self.writer.write(self.access.hello.packet())
        try:
            return await self._answered(0)
        except NotConnected as error:
            said = str(error) if self.lost else f"The broker {self.access.place} did not answer in {PATIENCE:.0f} s"
            raise NotConnected(
                f"{said[:1].upper()}{said[1:]}, before it said who it is. Is it a broker, is the port the one for this "
                "kind of connection (TLS or not), and does it ask for a certificate of ours (`tls.certificate`)?"
            ) from None

    async def _ask(self, packet: Callable[[int], bytes]) -> Answer:
        self._check()
        self.number = self.number % 65_535 + 1
        self.writer.write(packet(self.number))
        return await self._answered(self.number)

    async def _answered(self, number: int) -> Answer:
        self.asked[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(PATIENCE):
                return await self.asked[number]
        except TimeoutError:
            raise NotConnected(f"The broker {self.access.place} did not answer within {PATIENCE:.0f} s.") from None
        finally:
            self.asked.pop(number, None)

    def _check(self) -> None:
        if self.lost and not self.box:
            raise NotConnected(self.lost)

    async def _more(self, patience: float) -> bool:
        """Whether something came within so many seconds."""
        if self.lost:
            return False
        self.changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self.changed.wait()
        return self.changed.is_set()

    async def _read(self, decoder: Decoder) -> None:
        loop = asyncio.get_running_loop()
        try:
            while data := await self.reader.read(CHUNK):
                self.heard = loop.time()
                for found in decoder.feed(data, time.time_ns() // 1000):
                    if isinstance(found, Message):
                        self._put(found)
                    else:
                        self._said(found)
                if len(self.box) >= ROOM or self.waiting >= BYTES:
                    await self._hold()
                    self.heard = loop.time()
            self._end(f"the broker {self.access.place} closed the connection")
        except Garbled as error:
            self._end(f"what answers at {self.access.place} does not speak MQTT: {error}")
        except (OSError, ssl.SSLError) as error:
            self._end(f"the connection to {self.access.place} broke: {error}")

    def _put(self, message: Message) -> None:
        if self.hook and self.hook(message):
            self.acknowledge([message])
            return
        self.unkept = self.unkept or not message.number
        self.waiting += len(message.payload)
        self.box.append(message)
        self.changed.set()

    def _said(self, answer: Answer) -> None:
        if answer.kind == DISCONNECT:
            self._end(f"the broker {self.access.place} ended the connection: {reason(answer.codes[0])}")
        elif answer.kind != PINGRESP:
            future = self.asked.get(0 if answer.kind == CONNACK else answer.number)
            if future and not future.done():
                future.set_result(answer)

    async def _hold(self) -> None:
        """Read nothing until there is room; give up where the broker would drop what it cannot hand over."""
        self.room.clear()
        self.held = True
        try:
            async with asyncio.timeout(HELD if self.unkept else None):
                await self.room.wait()
        except TimeoutError:
            self.give_up()
        finally:
            self.held = False

    async def _stay(self) -> None:
        """Ping, and notice when nothing comes back."""
        loop, pace = asyncio.get_running_loop(), min(self.access.hello.keepalive / 4, SLOWEST)
        while not self.lost:
            before = loop.time()
            await asyncio.sleep(pace)
            if loop.time() - before > 2 * pace:  # it was this process that stood still: what came meanwhile waits
                self.heard = loop.time()
            if not self.held and loop.time() - self.heard > 3 * pace:
                self._end(f"the broker {self.access.place} has not answered for {3 * pace:.1f} s")
            elif not self.lost:
                self.writer.write(PING)

    def _end(self, said: str) -> None:
        if self.lost:
            return
        self.lost = said
        self.changed.set()
        self.room.set()
        for future in self.asked.values():
            if not future.done():
                future.set_exception(NotConnected(said))
        self.writer.close()


async def connect(access: Access) -> Broker:
    """Connect to a broker and log in.

    Raises
    ------
    NotConnected
        It is not there, its certificate does not hold, or it refuses; with what to do.
    """
    broker = await reach(access)
    try:
        answer = await broker.hello()
        if answer.codes[0]:
            raise NotConnected(f"The broker {access.place} refuses: {reason(answer.codes[0])}.")
    except BaseException:
        await broker.close(clean=False)
        raise
    broker.present = answer.present
    return broker


async def reach(access: Access) -> Broker:
    """Connect to a broker without logging in yet."""
    name = access.host if access.context else None
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(
                access.host, access.port, ssl=access.context, server_hostname=name, limit=CHUNK
            )
    except (OSError, ssl.SSLError) as error:
        raise NotConnected(unreachable(access, error)) from None
    broker = Broker(access, reader, writer)
    broker.begin()
    return broker


def unreachable(access: Access, error: OSError) -> str:
    """Why a broker could not be reached, in plain words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"The certificate of {access.place} does not hold: {error.verify_message}. Set `tls.ca` to the file of the "
            "certificate that signed it, and write the host as the certificate names it."
        )
    if isinstance(error, ssl.SSLError | ConnectionResetError) and access.context:
        return (
            f"{access.place} took no TLS connection ({error.reason if isinstance(error, ssl.SSLError) else error}). "
            "Is this the TLS port (often 8883), and does the broker ask for a certificate of ours (`tls.certificate`)?"
        )
    if isinstance(error, TimeoutError):
        return (
            f"{access.place} does not answer. Is the computer on, and does a firewall let port {access.port} through?"
        )
    if isinstance(error, ConnectionRefusedError):
        return f"Nobody listens at {access.place}. Is the broker running, and is {access.port} its port?"
    return f"{access.place} cannot be reached: {error.strerror or error}. Is the host name right?"
