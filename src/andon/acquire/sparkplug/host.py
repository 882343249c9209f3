"""A Sparkplug host application at one broker: says that it is online, asks nodes for their births, says goodbye."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import orjson

from ...errors import NotConnected
from ..broker import Access, Broker, Message, Will, connect, listed
from ..spb import NAMESPACE, rebirth, topic
from .addresses import Name

STALLED = 20.0
"""Seconds within which what was heard is stored, unless the disk is full."""
log = logging.getLogger("andon.sparkplug")


@dataclass(slots=True)
class Host:
    """Our session at a broker.

    Attributes
    ----------
    broker
        The connection.
    state
        The topic of our STATE; "": we only look, and are no host.
    since
        The moment (milliseconds) in the will of this connection and in every birth of it.
    """

    broker: Broker
    state: str
    since: int
    going: bool = False
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def ask(self, name: Name) -> None:
        """Ask a node for its births."""
        log.debug("%s: asked for its births", "/".join(name))
        self._soon(topic(name[0], "NCMD", name[1]), rebirth(_now()), sure=False)

    def see(self, message: Message) -> bool:
        """Answer a STATE of ours that says offline (an old will that came late): we are here."""
        if message.topic != self.state:
            return False
        try:
            said = orjson.loads(message.payload)
        except orjson.JSONDecodeError:
            said = None
        if not self.going and (not isinstance(said, dict) or said.get("online") is not True):
            self._soon(self.state, certificate(True, self.since), sure=True)
        return True

    def farewell(self) -> Will:
        """What is said when we go: offline from now on."""
        return Will(self.state, certificate(False, _now()))

    @contextmanager
    def stored_soon(self) -> Iterator[None]:
        """While something is stored: if that takes too long we go offline, so that nodes keep what is to come."""
        late = asyncio.get_running_loop().call_later(STALLED, self.broker.give_up)
        try:
            yield
        finally:
            late.cancel()

    async def close(self) -> None:
        """Say that we are offline, then go."""
        self.going = True  # what we say now comes back to us
        try:
            if self.state and not self.broker.lost:
                said = self.farewell()
                async with asyncio.timeout(2):
                    await self.broker.publish(said.topic, said.payload, sure=True, retain=True)
        except (NotConnected, TimeoutError):
            log.debug("the broker did not take our farewell; it has our will")
        finally:
            for task in self.tasks:
                task.cancel()
            await self.broker.close()

    def _soon(self, where: str, payload: bytes, *, sure: bool) -> None:
        """Publish beside everything else: our STATE at QoS 1 and kept, commands at QoS 0."""
        task = asyncio.ensure_future(self._publish(where, payload, sure))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _publish(self, where: str, payload: bytes, sure: bool) -> None:
        try:
            await self.broker.publish(where, payload, sure=sure, retain=sure)
        except NotConnected as error:
            log.debug("not published: %s", error)


def certificate(online: bool, at: int) -> bytes:
    """A STATE payload.

    >>> certificate(True, 1790805600000)
    b'{"online":true,"timestamp":1790805600000}'
    """
    return orjson.dumps({"online": online, "timestamp": at})


async def look(access: Access, filters: Sequence[str]) -> Host:
    """Connect and subscribe only: for somebody who looks and is no host."""
    broker = await connect(access)
    try:
        refused = await broker.subscribe(filters)
        if refused:
            raise NotConnected(f"The broker {access.place} lets us not hear {listed(refused)}.")
    except BaseException:
        await broker.close()
        raise
    return Host(broker, "", 0)


async def begin(access: Access, host_id: str, filters: Sequence[str]) -> Host:
    """Connect with our death as will, subscribe, and say that we are online: in this order.

    Raises
    ------
    NotConnected
        The broker is not there or refuses something that a host needs.
    """
    state, since = f"{NAMESPACE}/STATE/{host_id}", _now()
    will = Will(state, certificate(False, since))
    host = await look(replace(access, hello=replace(access.hello, will=will)), [state, *filters])
    host.state, host.since = state, since
    host.broker.hook, host.broker.farewell = host.see, host.farewell
    try:
        await host.broker.publish(state, certificate(True, since), sure=True, retain=True)
    except BaseException:
        await host.broker.close()
        raise
    return host


def _now() -> int:
    return time.time_ns() // 1_000_000
