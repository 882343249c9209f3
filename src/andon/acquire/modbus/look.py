"""What can be found out about a Modbus device without being told: who made it, what answers, what does not and why."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import cast

from ...errors import AndonError, BadInput
from ...units import Micros
from ..blocks import Refused
from ..link import Link, Offer, Trial
from .address import TABLES, Order, Point, Table
from .poll import Reach
from .values import said
from .wire import Silent, Where, Wire, where

NAMES = {0: "vendor", 1: "product", 2: "revision", 3: "address of the maker", 4: "product name", 5: "model"}
"""Objects of Read Device Identification (function 43 / 14) that say who made it."""
NO_DIRECTORY = (
    "A Modbus device has no list of what it offers. Take the register table of its manual and write addresses such as "
    'holding:100:float32; `scan = "holding:0-99"` reads a range and shows what is in it.'
)


async def browse(
    link: Link,
    url: str,
    unit: int = 1,
    order: Order = "abcd",
    first: int = 0,
    timeout: Micros = 1_000_000,
    gap: Micros = 0,
    scan: str = "",
) -> list[Offer]:
    """The signals that plant.toml has, with their values now; with `scan` each register of a range too.

    Parameters
    ----------
    link
        The signals.
    url, unit, order, first, timeout, gap
        As for the connector.
    scan
        A range of a table to read, such as "holding:0-99" or "input:0-9"; "" for none.
    """
    reach = Reach(unit, order, first, 125, 0)
    points, _ = reach.points([*link.addresses, *_scanned(scan)])
    with closing(wire := Wire(where(url), timeout / 1e6, gap / 1e6)):
        await wire.connect()
        maker = " ".join((await identity(wire, unit)).values())
        found = [await _offer(wire, p, maker or str(wire.at)) for p in points.values()]
    return [offer for offer in found if offer]


async def trial(
    link: Link,
    url: str,
    every: Micros = 1_000_000,
    unit: int = 1,
    order: Order = "abcd",
    first: int = 0,
    timeout: Micros = 1_000_000,
    gap: Micros = 0,
    most: int = 125,
    spare: int = 10,
) -> list[Trial]:
    """Connect, ask who made it, read every address once, and see whether that fits into `every`."""
    steps: list[Trial] = []
    reach = Reach(unit, order, first, max(1, min(125, most)), spare)
    points, wrong = reach.points(link.addresses)
    steps += [Trial(f"address {a}", False, said) for a, said in wrong.items()]
    try:
        wire = Wire(at := where(url), timeout / 1e6, gap / 1e6)
        await wire.connect()
    except AndonError as error:
        return [*steps, Trial("connect", False, str(error))]
    with closing(wire):
        steps.append(Trial("connect", True, f"{at} takes the connection."))
        steps += await _introduced(wire, unit)
        steps += await _timed(wire, reach, list(points.values()), every)
        steps += [await _tried(wire, p) for p in points.values()]
    return steps


async def identity(wire: Wire, unit: int) -> dict[str, str]:
    """What a device says of itself by function 43 / 14; empty where it does not know that."""
    from pymodbus.exceptions import ModbusException

    try:
        answer = await wire.client.read_device_information(read_code=1, object_id=0, device_id=unit)
    except ModbusException:
        return {}
    said = {} if answer.isError() else cast(dict[int, bytes], getattr(answer, "information", {}))
    return {
        NAMES[key]: value.decode("latin-1").strip()
        for key, value in said.items()
        if key in NAMES and isinstance(value, bytes) and value.strip()
    }


async def _introduced(wire: Wire, unit: int) -> list[Trial]:
    """Who made it, or that it does not say."""
    made = await identity(wire, unit)
    if made:
        return [Trial("who it is", True, ", ".join(f"{k} {v}" for k, v in made.items()))]
    return [Trial("who it is", True, f"The device does not say who made it; many do not. {NO_DIRECTORY}")]


async def _timed(wire: Wire, reach: Reach, points: Sequence[Point], every: int) -> list[Trial]:
    """How many requests a round needs, and whether that fits."""
    blocks = [b for plan in reach.plans(points).values() for b in plan.blocks]
    if not blocks:
        return []
    began = time.monotonic()
    with suppress(Refused, Silent):
        await wire.asked(*cast(tuple[int, Table], blocks[0].space), blocks[0].start, 1)
    took = (time.monotonic() - began) * len(blocks)
    well = took <= every / 1e6
    means = (
        "" if well else f" That does not fit into {every / 1e6:g} s: set `every` higher, or `spare` to save requests."
    )
    return [Trial("pace", well, f"{len(points)} values in {len(blocks)} requests, about {took:.2f} s a round.{means}")]


async def _tried(wire: Wire, point: Point) -> Trial:
    step = f"address {point.address}"
    try:
        cells = await wire.cells(point.unit, point.table, point.number, point.size)
    except Refused as refused:
        return Trial(step, False, f"{refused} {_hint(point)}")
    except Silent as error:
        return Trial(step, False, f"{error}. Is {point.unit} the unit id of the device?")
    value, text, quality = said(point, cells)
    if quality:
        raw = " ".join(f"{c:04x}" for c in cells)
        return Trial(step, False, f"The registers ({raw}) are no {point.kind} in the order {point.order}.")
    return Trial(step, True, f"says {text if text is not None else value:}.")


def _hint(point: Point) -> str:
    other = {"holding": "input", "input": "holding", "coil": "discrete", "discrete": "coil"}[point.table]
    return (
        f"Try {other}:{point.number}, and the numbers beside it: some manuals count from 1, some from 0 "
        "(the setting `first`)."
    )


async def _offer(wire: Wire, point: Point, maker: str) -> Offer | None:
    """A point as it is now; None where the device does not have it."""
    try:
        cells = await wire.cells(point.unit, point.table, point.number, point.size)
    except (Refused, Silent):
        return None
    value, text, quality = said(point, cells)
    kind = "text" if text is not None and value is None else "boolean" if _bit(point) else "number"
    why = f"read as {point.kind}; what it means is in the manual of the device"
    return Offer(point.address, (maker, point.table, point.address), kind, "", text or value, quality, why=why)


def _bit(point: Point) -> bool:
    return point.kind == "bit" or point.bit is not None


def _scanned(scan: str) -> list[str]:
    """The addresses of a range."""
    if not scan:
        return []
    table, _, span = scan.partition(":")
    since, _, until = span.partition("-")
    if table not in TABLES or not since.isdigit() or not (until or since).isdigit():
        raise BadInput(f"{scan!r} is no range of registers. Write 'holding:0-99' or 'coil:0-15'.")
    return [f"{table}:{n}" for n in range(int(since), min(int(until or since), int(since) + 999) + 1)]


__all__ = ["Where", "browse", "identity", "trial"]
