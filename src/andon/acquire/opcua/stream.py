"""The life of one connection: session, subscriptions, what was missed, and packets until it breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass

from ...errors import NotConnected
from ..link import ALIVE, Link, Packet
from .door import Door
from .feed import Entry, Feed
from .history import fill
from .items import BAD_NODE_ID_INVALID, Items, Pace
from .said import explained, status_name
from .session import WRONG, now, opened
from .values import single

AGAIN = 30.0
"""Seconds between tries of what the server refuses."""
EMPTY = 30.0
"""Seconds without a single value after which that is told."""
SHOWN = 5
"""So many refused addresses are named."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a source is to be read: its pace, how many items a subscription takes, whether gaps are filled."""

    pace: Pace
    per_subscription: int
    history: bool


async def stream(link: Link, door: Door, wish: Wish) -> AsyncGenerator[Packet, None]:
    """Packets of one connection, from the first sign of life until it breaks."""
    items = Items.of(link.addresses)
    async with opened(link, door, lasting=True) as session:
        feed = Feed(session, items.plan)
        try:
            homes = await _subscribed(feed, items, wish)
        except WRONG as error:
            raise NotConnected(await explained(error, link, door)) from error
        yield ALIVE
        try:
            feed.start()
            _tell(feed, items, range(len(items.places)))
            feed.work(_look_after(feed, items, wish, homes))
            if wish.history and link.heard is not None:
                feed.work(fill(feed, items, link.heard))
            async with aclosing(feed.packets()) as packets:
                async for packet in packets:
                    yield packet
        finally:
            await feed.close()


async def _subscribed(feed: Feed, items: Items, wish: Wish) -> Mapping[int, int]:
    """Have all items monitored, so many a subscription; the subscription of each handle."""
    homes: dict[int, int] = {}
    for first in range(0, max(len(items.places), 1), wish.per_subscription):
        number = await feed.subscribe(wish.pace.publishing)
        handles = range(first, min(first + wish.per_subscription, len(items.places)))
        homes |= dict.fromkeys(handles, number)
        items.refused |= await items.monitor(feed.session, number, handles, wish.pace)
    return homes


async def _look_after(feed: Feed, items: Items, wish: Wish, homes: Mapping[int, int]) -> None:
    """Try again what is refused, and tell what is wrong although all is connected."""
    told = complaint(feed, items, 0.0)
    feed.put(Entry(said=told))
    began = asyncio.get_running_loop().time()
    while True:
        await asyncio.sleep(AGAIN)
        if items.refused:
            await _tried_again(feed, items, wish, homes)
        found = complaint(feed, items, asyncio.get_running_loop().time() - began)
        if found != told:
            told = found
            feed.put(Entry(said=told))


async def _tried_again(feed: Feed, items: Items, wish: Wish, homes: Mapping[int, int]) -> None:
    before = dict(items.refused)
    await feed.session.look()
    still: dict[int, int] = {}
    for number in sorted(set(homes.values())):
        mine = [h for h in before if homes[h] == number]
        still |= await items.monitor(feed.session, number, mine, wish.pace)
    items.refused = still
    _tell(feed, items, [h for h, status in still.items() if before[h] != status])


def _tell(feed: Feed, items: Items, handles: Mapping[int, int] | range | list[int]) -> None:
    """A row of bad quality for each address that is refused, so that nobody takes silence for "unchanged"."""
    at = now()
    refused = [(place, items.refused[h]) for h in handles if h in items.refused for place in items.fed(h)]
    wrong = [(place, BAD_NODE_ID_INVALID) for place in items.wrong] if isinstance(handles, range) else []
    for place, status in (*refused, *wrong):
        feed.put(Entry(single(items.plan, place, at, status)))


def complaint(feed: Feed, items: Items, seconds: float) -> str:
    """What is wrong although the source is connected; "" if nothing is."""
    names = items.plan.addresses
    bad = [f"{names[p]} ({status_name(s)})" for h, s in sorted(items.refused.items()) for p in items.fed(h)]
    bad += [f"{names[p]} (not an OPC UA address)" for p in items.wrong]
    said = []
    if bad:
        shown = ", ".join(bad[:SHOWN]) + (", ..." if len(bad) > SHOWN else "")
        said.append(f"{len(bad)} of {len(names)} addresses are refused: {shown}")
    if not feed.values and seconds >= EMPTY and len(items.refused) < len(items.places):
        said.append(f"no value has come in {seconds:.0f} s though the server takes the subscription: is it publishing?")
    if feed.overflowed:
        said.append("the server drops values, for its queues are full: raise `queue`, or `sampling`")
    return "; ".join(said)


__all__ = ["Pace", "Wish", "complaint", "stream"]
