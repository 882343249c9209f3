"""What the server remembers of the time when nobody listened: read page by page, to close a gap."""

from __future__ import annotations

import logging
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from asyncua import ua
from asyncua.ua.uaerrors import UaError

from .decode import BadAnswer, Columns, header
from .feed import Entry, Feed
from .items import Items
from .session import Session, node_of, now
from .values import rows
from .wire import Said, bytes_of, data_value, node_id

log = logging.getLogger("andon.opcua")
ACCESS, CURRENT_TIME = 17, "i=2258"
HISTORY_READ = 0x04
"""The bit of AccessLevel that says that a node's history can be read (OPC 10000-3, 8.57)."""
BAD_NO_DATA = 0x809B0000
PAGE = 1_000
"""Values of a node a page."""
NODES = 50
"""Nodes a call, at most."""
MARGIN = 2_000_000
"""Read so much before the gap (microseconds): what was on its way when it began."""


@dataclass(slots=True)
class Page:
    """One node's part of an answer: how it went, where to go on, the values."""

    status: int
    more: bytes | None
    values: list[Said]


async def fill(feed: Feed, items: Items, since: int) -> None:
    """Bring what the server remembers since a moment (microseconds, our clock) into the feed.

    The gap counts as filled only if every address of the source was brought: of one that has no history nobody knows
    what it was meanwhile. Nor can a server know what happened before it started.
    """
    try:
        await _filled(feed, items, since)
    except (UaError, BadAnswer, TimeoutError, struct.error, IndexError, ValueError) as error:
        log.warning("the gap is not filled: the server's history cannot be read (%s)", error)


async def _filled(feed: Feed, items: Items, since: int) -> None:
    session = feed.session
    clock, started = await _clocks(session)
    window = (since + clock - MARGIN, now() + clock + MARGIN)
    wanted = [h for h in range(len(items.places)) if h not in items.refused]
    nodes = {h: node for h in wanted if (node := items.places[h].node(session.namespaces))}
    kept = await _remembered(session, nodes)
    most = min(NODES, session.limits["history"])
    whole = len(kept) == len(items.places) and not items.wrong
    for first in range(0, len(kept), most):
        whole &= await _brought(feed, {h: nodes[h] for h in kept[first : first + most]}, window)
    if whole and kept:
        feed.put(Entry(filled=max(since, started - clock)))


async def _clocks(session: Session) -> tuple[int, int]:
    """The server's clock minus ours, and when it started by its clock (microseconds)."""
    (said,) = await session.read([CURRENT_TIME])
    return _micros(said.value) - now() if said.value else 0, await session.started()


def _micros(written: object) -> int:
    return int(datetime.fromisoformat(str(written)).timestamp() * 1_000_000)


async def _remembered(session: Session, nodes: dict[int, str]) -> list[int]:
    """The handles whose history can be read."""
    said = await session.read(list(nodes.values()), ACCESS)
    return [h for h, s in zip(nodes, said, strict=True) if isinstance(s.value, int) and s.value & HISTORY_READ]


async def _brought(feed: Feed, nodes: dict[int, str], window: tuple[int, int]) -> bool:
    """Read the history of some nodes to its end; whether all of it came."""
    whole = True
    more: dict[int, bytes | None] = dict.fromkeys(nodes)
    while more:
        await feed.room()
        pages = await _pages(feed.session, [(nodes[h], point) for h, point in more.items()], window)
        left: dict[int, bytes | None] = {}
        for handle, page in zip(more, pages, strict=True):
            if page.status >> 30 >= 2 and page.status & 0xFFFF0000 != BAD_NO_DATA:
                whole = False
                continue
            if page.values:
                await _keep(feed, handle, page.values)
            if page.more:
                left[handle] = page.more
        more = left
    return whole


async def _keep(feed: Feed, handle: int, values: Sequence[Said]) -> None:
    columns = Columns.room(len(values))
    columns.handle[:] = handle
    for row, said in enumerate(values):
        columns.at[row], columns.quality[row] = said.at or said.server, said.status
        columns.value[row] = np.nan
        if isinstance(said.value, float):
            columns.value[row] = said.value
        elif said.value is not None:
            columns.other[row] = said.value
    known = columns.at > 0
    if columns.other:
        await feed.structures.open(feed.session, columns)
    table = rows(columns, feed.plan)
    feed.put(Entry(table if known.all() else table.filter(known)))


async def _pages(session: Session, wanted: Sequence[tuple[str, bytes | None]], window: tuple[int, int]) -> list[Page]:
    since, until = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at) for at in window)
    details = ua.ReadRawModifiedDetails(
        IsReadModified=False, StartTime=since, EndTime=until, NumValuesPerNode=ua.Counter(PAGE), ReturnBounds=False
    )
    request = ua.HistoryReadRequest()
    request.Parameters.HistoryReadDetails = details
    request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Both
    request.Parameters.ReleaseContinuationPoints = False
    request.Parameters.NodesToRead = [
        ua.HistoryReadValueId(NodeId=node_of(node), ContinuationPoint=point) for node, point in wanted
    ]
    return _answer(await session.raw(request, 30.0))


def _answer(b: bytes) -> list[Page]:
    """The pages of a HistoryReadResponse."""
    i = header(b)
    (count,) = struct.unpack_from("<i", b, i)
    i += 4
    pages = []
    for _ in range(count):
        (status,) = struct.unpack_from("<I", b, i)
        more, i = bytes_of(b, i + 4)
        _, i = node_id(b, i)
        form, i = b[i], i + 1
        data, i = bytes_of(b, i) if form else (None, i)
        pages.append(Page(status, more, _values(data or b"")))
    return pages


def _values(data: bytes) -> list[Said]:
    """The values of a HistoryData."""
    if not data:
        return []
    (count,) = struct.unpack_from("<i", data, 0)
    found, i = [], 4
    for _ in range(count):
        said, i = data_value(data, i)
        found.append(said)
    return found
