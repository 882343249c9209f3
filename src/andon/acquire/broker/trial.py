"""Trying a broker step by step: reaching it, logging in, subscribing, hearing something."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ...errors import NotConnected
from ..link import Trial
from .access import Access
from .broker import Broker, reach
from .packets import Message
from .reasons import reason

LISTEN = 4.0
"""Seconds for which something is waited for."""


def visiting(access: Access) -> Access:
    """The same broker for somebody who only looks: another client_id, no session, no will."""
    return replace(
        access, hello=replace(access.hello, client_id=f"{access.hello.client_id[:18]}-look", expiry=0, will=None)
    )


async def listen(
    broker: Broker, filters: Sequence[str], *, most: int, seconds: float, each: Callable[[Message], None]
) -> int:
    """How many messages come within some seconds; `each` sees every one. Raises NotConnected."""
    loop = asyncio.get_running_loop()
    until, heard = loop.time() + seconds, 0
    refused = await broker.subscribe(filters)
    if len(refused) == len(filters):
        raise NotConnected(f"The broker {broker.access.place} lets us hear nothing: {listed(refused)}.")
    while heard < most and (left := until - loop.time()) > 0:
        lot = await broker.messages(most=most - heard, linger=min(left, 0.05), patience=left)
        for message in lot:
            each(message)
        broker.acknowledge(lot)
        heard += len(lot)
    return heard


def listed(refused: Mapping[str, str]) -> str:
    """Refused topics with the reasons, in a line."""
    return "; ".join(f"{topic}: {why}" for topic, why in refused.items())


async def try_broker(access: Access, filters: Sequence[str], what: str) -> list[Trial]:
    """Reach a broker, log in, subscribe and wait for something; stops at the first step that does not go well.

    Parameters
    ----------
    access
        How it is reached.
    filters
        What to subscribe.
    what
        What should come, in words.
    """
    done: list[Trial] = []
    try:
        broker = await reach(visiting(access))
    except NotConnected as error:
        return [Trial("connection", False, str(error))]
    try:
        secured = " with TLS; its certificate holds" if access.context else ", unencrypted"
        done.append(Trial("connection", True, f"{access.place} takes the connection{secured}."))
        answer = await broker.hello()
        code = answer.codes[0]
        who = f"as {access.hello.user!r}" if access.hello.user else "without a user"
        said = f"{access.place} refuses: {reason(code)}." if code else f"logged in {who}."
        done.append(Trial("login", not code, said))
        if not code:
            heard: list[Message] = []
            await listen(broker, filters, most=1, seconds=LISTEN, each=heard.append)
            done.append(Trial("subscription", True, f"hears {', '.join(filters[:5])}."))
            first = f"{heard[0].topic}: {_shown(heard[0])}" if heard else f"nothing came in {LISTEN:.0f} s; {what}"
            done.append(Trial("first message", bool(heard), first))
    except NotConnected as error:
        done.append(Trial("login" if len(done) == 1 else "subscription", False, str(error)))
    finally:
        await broker.close()
    return done


async def try_link(make: Callable[[], Access], filters: Sequence[str], what: str) -> list[Trial]:
    """`try_broker`, where the settings themselves may be what is wrong."""
    try:
        reached = make()
    except NotConnected as error:
        return [Trial("settings", False, str(error))]
    return await try_broker(reached, filters, what)


def _shown(message: Message) -> str:
    """The beginning of a payload, for people."""
    said = message.payload.decode("utf-8", "replace")[:200]
    return said if said.isprintable() and "\ufffd" not in said else f"{len(message.payload)} bytes"
