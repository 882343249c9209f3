"""A source tried step by step: reached, let in, read, subscribed; each step with what it means in plain words."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from asyncua.client.client import Client
from asyncua.ua.uaerrors import UaError

from ...errors import NotConnected
from ..link import Link, Trial
from .companions import recognised
from .door import Door
from .feed import Feed
from .items import BAD_NODE_ID_UNKNOWN, Items, Pace
from .said import explained, status_name
from .security import offers
from .session import WRONG, Session, opened
from .structures import Structures
from .values import told

PATIENCE = 5.0
"""Seconds that each step may take."""
SHOWN = 10
"""So many addresses that cannot be read are named."""


async def tried(link: Link, door: Door) -> list[Trial]:
    """The steps, up to the first that fails."""
    steps = [await _reached(link, door)]
    if steps[-1].well:
        steps.append(await _endpoints(link, door))
    if not steps[-1].well:
        return steps
    try:
        async with opened(link, door) as session:
            steps.append(Trial("session", True, _let_in(door, session)))
            items = Items.of(link.addresses)
            steps += await _read(session, items)
            steps.append(await _delivers(session, items))
    except NotConnected as error:
        steps.append(Trial("session", False, str(error)))
    except WRONG as error:
        steps.append(Trial("session", False, await explained(error, link, door)))
    return steps


async def _reached(link: Link, door: Door) -> Trial:
    parts = urlsplit(door.url)
    host, port = parts.hostname or "", parts.port or 4840
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), PATIENCE)
    except (OSError, TimeoutError) as error:
        return Trial("network", False, await explained(error, link, door))
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return Trial("network", True, f"{host} answers on port {port}.")


async def _endpoints(link: Link, door: Door) -> Trial:
    try:
        found = await Client(door.url, timeout=PATIENCE).connect_and_get_server_endpoints()
    except (UaError, OSError, TimeoutError) as error:
        return Trial("endpoints", False, await explained(error, link, door))
    return Trial("endpoints", True, f"It is an OPC UA server. It offers security: {offers(found)}.")


def _let_in(door: Door, session: Session) -> str:
    who = f"as {door.user!r}" if door.user else "without a user"
    how = "unprotected" if door.security == "None" else f"with {door.security}"
    models = recognised(session.namespaces)
    told_models = f" It speaks {', '.join(models)}." if models else ""
    plain = " The password travels unprotected: use SignAndEncrypt." if door.user and door.security == "None" else ""
    return f"The server let us in {who}, {how}.{told_models}{plain}"


async def _read(session: Session, items: Items) -> list[Trial]:
    """Can each address be read, and what does it say?"""
    nodes = {h: node for h, p in enumerate(items.places) if (node := p.node(session.namespaces))}
    said = dict(zip(nodes, await session.read(list(nodes.values())), strict=True))
    names = items.plan.addresses
    bad = [f"{names[place]}: this is not an OPC UA address" for place in items.wrong]
    structures, shown = Structures(), []
    for handle, place in enumerate(items.places):
        status = said[handle].status if handle in said else BAD_NODE_ID_UNKNOWN
        if status >> 30 >= 2:
            bad.append(f"{place.written}: {_meant(status)}")
        else:
            number, text, _ = told(structures.read(said[handle].value))
            shown.append(f"{place.written} = {text if number is None else number}")
    if not names:
        return [Trial("addresses", True, "plant.toml has no signal of this source yet.")]
    if bad:
        return [Trial("addresses", False, f"{len(bad)} of {len(names)} cannot be read: {_few(bad)}")]
    return [Trial("addresses", True, f"All {len(names)} can be read: {_few(shown)}")]


async def _delivers(session: Session, items: Items) -> Trial:
    """Does a subscription bring values? The first ones come at once, changed or not."""
    if not items.places:
        return Trial("subscription", True, "There is nothing to bring yet.")
    feed = Feed(session, items.plan)
    number = await feed.subscribe(500_000)
    refused = await items.monitor(session, number, range(len(items.places)), Pace(500_000, 250_000, 1))
    feed.start()
    try:
        late = asyncio.get_running_loop().time() + PATIENCE
        while not feed.values and len(refused) < len(items.places) and asyncio.get_running_loop().time() < late:
            await asyncio.sleep(0.1)
    finally:
        await feed.close()
    if feed.values:
        return Trial("subscription", True, f"The subscription brought {feed.values} values at once.")
    if len(refused) == len(items.places):
        return Trial(
            "subscription", not items.places, "The server takes a subscription; there is nothing to bring yet."
        )
    return Trial(
        "subscription",
        False,
        f"The server takes the subscription, but no value came in {PATIENCE:.0f} s: is it publishing?",
    )


def _meant(status: int) -> str:
    if status & 0xFFFF0000 == BAD_NODE_ID_UNKNOWN:
        return "the server has no such node (BadNodeIdUnknown). Names are case-sensitive; browse shows what it has"
    return status_name(status)


def _few(said: Sequence[str]) -> str:
    return "; ".join(said[:SHOWN]) + ("; ..." if len(said) > SHOWN else ".")
