"""Siemens S7 controllers over their own protocol: data blocks, flags, inputs and outputs, round by round."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

from ...catalog import connector
from ...units import Micros
from ..link import Link, Packet
from ..rounds import Changes, Rounds
from .look import browse, trial
from .plc import Plc, connected, places


@connector(schemes=("s7",), browse=browse, trial=trial, extra="s7")
async def s7(
    link: Link,
    url: str,
    every: Micros = 1_000_000,
    rack: int = 0,
    slot: int = 1,
    spare: int = 16,
    again: Micros = 60_000_000,
) -> AsyncIterator[Packet]:
    """Siemens S7-300, 400, 1200 and 1500, read over S7 communication (PUT/GET).

    A signal's address is `DB1.DBD0:real`, `DB1.DBX6.0`, `DB1.DBW4:int`, `DB5.DBB0:string20`, `M10.1`, `MW20:int`, with
    I or E for inputs and Q or A for outputs. Types are bool, byte, usint, sint, char, word, uint, int, dword, udint,
    dint, real, time (in ms), lword, ulint, lint, lreal, stringN, wstringN; texts and those of eight bytes begin at a
    DBB.

    An S7-1200 or S7-1500 must allow PUT/GET, and a data block that is read must not be an optimized one. Neighbouring
    bytes are read in one request. A value is kept when it changes (with the last moment at which it was still as
    before), and once in `again` in any case: silence while connected means unchanged.

    Parameters
    ----------
    url
        `s7://10.0.0.5`.
    every
        How often everything is read.
    rack, slot
        Where the controller is: rack 0, slot 1 for S7-1200 and S7-1500, slot 2 for S7-300.
    spare
        How many bytes in a row that no signal has may be read along, to save a request.
    again
        After how long an unchanged value is kept again, and a refused address is asked for again.

    Examples
    --------
    >>> s7.__name__
    's7'
    """
    good, wrong = places(link.addresses)
    client = await connected(url, rack, slot)
    try:
        device = Plc(client, good, wrong, spare, again / 1e6)
        async with aclosing(Rounds(device, max(every, 1000), Changes(again)).packets()) as packets:
            async for packet in packets:
                yield packet
    finally:
        await asyncio.to_thread(client.disconnect)
