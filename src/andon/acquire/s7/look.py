"""What can be found out about a Siemens controller, and what is wrong where it does not work."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from ...errors import AndonError
from ..blocks import Block, Refused
from ..link import Link, Offer, Trial
from .address import Place, said
from .plc import PUT_GET, Plc, connected, places

if TYPE_CHECKING:
    from snap7 import Client

MOST = 200
"""Data blocks that are offered, at most."""


async def browse(link: Link, url: str, rack: int = 0, slot: int = 1) -> list[Offer]:
    """The signals that plant.toml has, with their values now, and the first bytes of each data block.

    A controller tells which data blocks it has, not what is in them: their layout is in the project.
    """
    client = await connected(url, rack, slot)
    try:
        plc = Plc(client, good := places(link.addresses)[0], {}, 0, 60.0)
        offers = [o for p in good.values() if (o := await _offer(plc, p))]
        for number in await _blocks(client):
            found, _ = places([f"DB{number}.DBW0:int"])
            plc.places.update(found)
            offers += [o for p in found.values() if (o := await _offer(plc, p))]
        return offers
    finally:
        await asyncio.to_thread(client.disconnect)


async def trial(link: Link, url: str, rack: int = 0, slot: int = 1, spare: int = 16) -> list[Trial]:
    """Connect, ask who it is, read every address once."""
    good, wrong = places(link.addresses)
    steps = [Trial(f"address {a}", False, said) for a, said in wrong.items()]
    try:
        client = await connected(url, rack, slot)
    except AndonError as error:
        return [*steps, Trial("connect", False, str(error))]
    try:
        steps.append(Trial("connect", True, f"The controller takes requests of {client.pdu_length} bytes."))
        steps.append(await _state(client))
        plc = Plc(client, good, {}, spare, 60.0)
        requests = -(-len(plc.plan.blocks) // 20)
        steps.append(Trial("plan", True, f"{len(good)} values in {len(plc.plan.blocks)} blocks, {requests} requests."))
        steps += [await _tried(plc, p) for p in good.values()]
    except AndonError as error:
        steps.append(Trial("read", False, str(error)))
    finally:
        await asyncio.to_thread(client.disconnect)
    return steps


async def _blocks(client: Client) -> list[int]:
    """The numbers of its data blocks; none where it does not tell."""
    from snap7.error import S7Error
    from snap7.type import Block as Kind

    with suppress(S7Error):
        return sorted(await asyncio.to_thread(client.list_blocks_of_type, Kind.DB, MOST))
    return []


async def _state(client: Client) -> Trial:
    from snap7.error import S7Error

    try:
        state = str(await asyncio.to_thread(client.get_cpu_state)).removeprefix("S7CpuStatus")
    except S7Error as error:
        return Trial("state", True, f"The controller does not tell its state ({error}); many do not.")
    return Trial("state", state != "Stop", f"The controller is in {state.upper()}.")


async def _tried(plc: Plc, place: Place) -> Trial:
    step = f"address {place.address}"
    try:
        value, text, quality = said(place, await plc.bytes_of(Block((place.spot,))))
    except Refused as refused:
        return Trial(step, False, f"Refused: {refused}.")
    if quality:
        return Trial(step, False, f"The bytes there are no {place.kind}. Is the address right? {PUT_GET}")
    return Trial(step, True, f"says {text if text is not None else value}.")


async def _offer(plc: Plc, place: Place) -> Offer | None:
    """A place as it is now; None where the controller does not have it."""
    try:
        value, text, quality = said(place, await plc.bytes_of(Block((place.spot,))))
    except Refused:
        return None
    area = f"DB{place.area[1]}" if place.area[0] == "DB" else place.area[0]
    kind = "text" if value is None and text is not None else "boolean" if place.kind == "bool" else "number"
    why = f"read as {place.kind}; what is in a data block is in the project of the controller"
    return Offer(place.address, (plc.client.host, area, place.address), kind, "", text or value, quality, why=why)
