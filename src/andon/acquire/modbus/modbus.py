"""Modbus TCP, and Modbus RTU over TCP: registers read in blocks, round by round."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Literal

from ...catalog import connector
from ...units import Micros
from ..link import Link, Packet
from ..rounds import Changes, Rounds
from .address import Order
from .look import browse, trial
from .poll import Poll, Reach
from .wire import Wire, where


@connector(schemes=("modbus", "modbus+tcp", "modbus+rtu"), browse=browse, trial=trial)
async def modbus(
    link: Link,
    url: str,
    every: Micros = 1_000_000,
    unit: int = 1,
    order: Order = "abcd",
    first: Literal[0, 1] = 0,
    timeout: Micros = 1_000_000,
    gap: Micros = 0,
    most: int = 125,
    spare: int = 10,
    again: Micros = 60_000_000,
    scan: str = "",
) -> AsyncIterator[Packet]:
    """Modbus TCP, and serial Modbus (RTU) through a gateway.

    A signal's address is `[unit/]table:number[:type][:order][:bitN]`: `holding:100:float32`, `input:7:int16`,
    `coil:3`, `discrete:4`, `2/holding:20:uint32:cdab`, `holding:5:bit3`, `holding:40:string10`, `holding:8:bcd`; or
    with the number of five or six digits of a manual in place of table and number: `40101:int16`, `400101:float32`.
    Types are int16, uint16 (where none is named), int32, uint32, int64, uint64, float32, float64, bcd, bcd32, stringN.

    Neighbouring registers are read in one request. A value has the time in the middle between request and answer. It
    is kept when it changes (with the last moment at which it was still as before), and once in `again` in any case:
    silence while connected means unchanged. A register that the device refuses is bad, and no other one with it.

    Parameters
    ----------
    url
        `modbus://10.0.0.7:502` (Modbus TCP), or `modbus+rtu://10.0.0.7:4001` for a gateway that hands the frames of a
        serial line on as they are.
    every
        How often everything is read. The rounds keep to this clock, however long each takes. Where they are rare, one
        register is read every 5 s between them, to know that the device is there.
    unit
        The unit id of addresses that name none: 1 to 247, or 0 or 255 where the device wants that.
    order
        How values of more than one register are laid out: "abcd" (high word first), "cdab" (low word first), "badc",
        "dcba" (the same with the bytes of each register exchanged).
    first
        By what number addresses such as `holding:100` call the first register: 0 as in the requests, 1 as in many
        manuals. Numbers of five or six digits always begin at 1.
    timeout
        How long a device may take to answer.
    gap
        The pause before each request, for devices and serial lines that need one.
    most
        The most registers that a request may ask for.
    spare
        How many registers in a row that no signal has may be read along, to save a request.
    again
        After how long an unchanged value is kept again, and a refused register is asked for again.
    scan
        For browsing only: a range of registers to show, such as "holding:0-99"; nothing is read that nobody asked for.

    Examples
    --------
    >>> modbus.__name__
    'modbus'

    References
    ----------
    MODBUS Application Protocol Specification V1.1b3; MODBUS Messaging on TCP/IP Implementation Guide V1.0b.
    """
    wire = Wire(where(url), timeout / 1e6, gap / 1e6)
    reach = Reach(unit, order, first, max(1, min(125, most)), spare, again / 1e6)
    points, wrong = reach.points(link.addresses)
    await wire.connect()
    try:
        device = Poll(wire, points, reach.plans(points.values()), wrong)
        device.proof = None if points else (unit, "holding", 0)
        async with aclosing(Rounds(device, max(every, 1000), Changes(again)).packets()) as packets:
            async for packet in packets:
                yield packet
    finally:
        wire.close()
