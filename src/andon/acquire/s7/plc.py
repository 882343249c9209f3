"""One connection to a Siemens controller: its blocks of bytes, round by round."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from ...errors import BadInput, NotConnected
from ..blocks import Block, Plan, Refused, planned
from ..link import BAD_CONFIGURATION_ERROR, BAD_DEVICE_FAILURE, Row
from .address import Area, Place, place, said

if TYPE_CHECKING:
    from snap7 import Client

BAD_NODE_UNKNOWN = 0x80340000
BAD_NOT_READABLE = 0x803A0000
PUT_GET = (
    "On an S7-1200 or S7-1500 allow 'access with PUT/GET communication from remote partner' (device configuration, "
    "Protection & Security), and switch off 'optimized block access' of the data block; download both."
)
REFUSALS: dict[int, tuple[int, str]] = {
    0x03: (BAD_NOT_READABLE, f"the controller does not allow access to it. {PUT_GET}"),
    0x05: (BAD_NODE_UNKNOWN, f"there are not so many bytes. Is the block shorter, or optimized? {PUT_GET}"),
    0x06: (BAD_NODE_UNKNOWN, "the controller does not know this type there"),
    0x07: (BAD_NODE_UNKNOWN, "the controller does not know this type there"),
    0x0A: (BAD_NODE_UNKNOWN, "there is no such data block"),
}
"""Return codes of a read in S7 communication: OPC UA status, and what it means."""
UNTOLD = f"the controller does not have it: there is no such block, or it has fewer bytes. {PUT_GET}"
ITEMS = 20
"""Blocks that a request may ask for."""


def where(url: str) -> tuple[str, int]:
    """Host and port of `s7://10.0.0.5`.

    >>> where("s7://10.0.0.5"), where("s7://plc:1102")
    (('10.0.0.5', 102), ('plc', 1102))
    """
    parts = urlsplit(url if "://" in url else f"s7://{url}")
    if parts.scheme != "s7" or not parts.hostname:
        raise BadInput(f"{url!r} is no address of a Siemens controller. Write s7://10.0.0.5.")
    return parts.hostname, parts.port or 102


def places(addresses: Iterable[str]) -> tuple[dict[str, Place], dict[str, str]]:
    """The places of addresses, and what is wrong with those that are none."""
    good: dict[str, Place] = {}
    wrong: dict[str, str] = {}
    for address in addresses:
        try:
            good[address] = place(address)
        except BadInput as error:
            wrong[address] = str(error)
    return good, wrong


async def connected(url: str, rack: int, slot: int) -> Client:
    """A connected client.

    Raises
    ------
    NotConnected
        The library is missing, or nobody answers, or not at this rack and slot.
    """
    try:
        from snap7 import Client
        from snap7.error import S7Error
    except ImportError:
        raise NotConnected("Siemens S7 needs a library that is not here: pip install 'andon[s7]'.") from None
    logging.getLogger("snap7").setLevel(logging.CRITICAL)  # what matters of it is said by us, once
    host, port = where(url)
    client = Client(auto_reconnect=False)  # a new connection is begun by gather, with a new client
    try:
        await asyncio.to_thread(client.connect, host, rack, slot, port)
    except (S7Error, OSError) as error:
        raise NotConnected(
            f"The controller at {host}:{port}, rack {rack}, slot {slot} does not take the connection ({error}). "
            "S7-1200 and S7-1500 are at slot 1 (or 0), S7-300 at slot 2; is the address right?"
        ) from None
    client.max_parallel, client.multi_read_max_gap = 1, 0  # small controllers; and the blocks are planned by us
    return client


@dataclass(slots=True)
class Plc:
    """The device side of `Rounds`: the places of a controller."""

    client: Client
    places: dict[str, Place]
    wrong: dict[str, str]
    spare: int
    again: float
    plan: Plan = field(init=False)

    def __post_init__(self) -> None:
        most = self.client.pdu_length - 18  # the header of an answer with one item
        self.plan = Plan(
            planned((p.spot for p in self.places.values()), most=lambda area: most, spare=self.spare), self.again
        )

    async def round(self) -> AsyncIterator[Sequence[Row]]:
        """Ask for all blocks, some at once. Raises `NotConnected` where nobody answers."""
        self.plan.retry()
        for first in range(0, len(blocks := list(self.plan.blocks)), ITEMS):
            yield await self._some(blocks[first : first + ITEMS])
        if not blocks:
            await self.sign()
        yield [(a, time.time_ns() // 1000, None, None, BAD_CONFIGURATION_ERROR) for a in self.wrong]

    async def sign(self) -> None:
        """Ask for the state of the controller, which any answer proves."""
        try:
            await self._asked("get_cpu_state")
        except Refused:
            return

    async def bytes_of(self, block: Block) -> bytes:
        """The bytes of one block. Raises `Refused` where the controller has none, `NotConnected` where it is lost."""
        item = _item(block)
        try:
            raw = await self._asked("read_area", item["area"], item["db_number"], item["start"], item["size"])
        except Refused as refused:
            raise (refused.said == UNTOLD and await self._why(block)) or refused from None
        return bytes(cast(bytearray, raw))

    async def _why(self, block: Block) -> Refused | None:
        """Why a block is refused: python-snap7 3.3 reads the return code only of requests for several items.

        So the block is asked for together with the first flag byte, which every controller has.
        """
        flag = {"area": _areas()["M"], "db_number": 0, "start": 0, "size": 1}
        if block.space == ("M", 0):
            flag = {"area": _areas()["I"], "db_number": 0, "start": 0, "size": 1}
        try:
            await self._asked("read_multi_vars", [_item(block), flag])
        except Refused as refused:
            return refused
        return None

    async def _some(self, blocks: list[Block]) -> list[Row]:
        """Blocks in one go; one by one where any of them is refused."""
        asked = [_item(b) for b in blocks]
        since = time.time_ns()
        try:
            _, found = cast(tuple[int, list[bytes]], await self._asked("read_multi_vars", asked))
        except Refused:
            return [row for block in blocks for row in await self._alone(block)]
        at = (since + time.time_ns()) // 2000
        return [row for block, raw in zip(blocks, found, strict=True) for row in self._rows(block, bytes(raw), at)]

    async def _alone(self, block: Block) -> list[Row]:
        """A block, or whatever parts of it the controller reads."""
        rows: list[Row] = []

        async def ask(part: Block) -> None:
            since = time.time_ns()
            raw = await self.bytes_of(part)
            rows.extend(self._rows(part, raw, (since + time.time_ns()) // 2000))

        for part, refused in await self.plan.read(block, ask):
            at = time.time_ns() // 1000
            rows += [(s.address, at, None, None, refused.status) for s in part.spots]
        return rows

    def _rows(self, block: Block, raw: bytes, at: int) -> list[Row]:
        return [
            (s.address, at, *said(self.places[s.address], raw[s.start - block.start : s.end - block.start]))
            for s in block.spots
        ]

    async def _asked(self, name: str, *given: object) -> object:
        """Call the library on a thread. Raises `Refused` for an answer that is none, `NotConnected` for silence."""
        from snap7.error import S7ConnectionError, S7Error, S7TimeoutError

        try:
            return await asyncio.to_thread(getattr(self.client, name), *given)
        except (S7ConnectionError, S7TimeoutError, OSError) as error:
            raise NotConnected(f"The controller at {self.client.host}:{self.client.port} is lost: {error}.") from None
        except S7Error as error:
            raise refusal(str(error)) from None


def refusal(said: str) -> Refused:
    """What the library's error means.

    >>> refusal("Read operation failed: Object does not exist (0x0a)").said
    'there is no such data block'
    """
    code = re.search(r"\(0x([0-9a-f]{2})\)", said)
    number = int(code[1], 16) if code else 0
    if "truncated" in said:
        return Refused(BAD_NODE_UNKNOWN, UNTOLD, splits=True)
    status, means = REFUSALS.get(number, (BAD_DEVICE_FAILURE, f"{said}. {PUT_GET}"))
    return Refused(status, means, splits=number in REFUSALS)


def _item(block: Block) -> dict[str, object]:
    area, number = cast(Area, block.space)
    return {"area": _areas()[area], "db_number": number, "start": block.start, "size": block.size}


def _areas() -> dict[str, object]:
    from snap7.type import Area as S7Area

    return {"DB": S7Area.DB, "M": S7Area.MK, "I": S7Area.PE, "Q": S7Area.PA}
