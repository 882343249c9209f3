"""A round over the units of a Modbus connection: who answers is heard, who does not spoils nobody else's round."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import cast

from ...errors import BadInput, NotConnected
from ..blocks import Block, Plan, Refused, Spot, planned
from ..link import BAD_CONFIGURATION_ERROR, BAD_NO_COMMUNICATION, Row
from .address import Order, Point, Table, point
from .values import said
from .wire import Silent, Wire

log = logging.getLogger("andon.modbus")
LONGEST = 30.0
"""Seconds after which a silent unit is asked again, at most."""
PATIENCE = 5.0
"""Seconds of a round that may be lost to units that do not answer; the others wait for the next round."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How a source writes its addresses, and how much a request may bring.

    `most` counts registers; of bits sixteen times as many.
    """

    unit: int
    order: Order
    first: int
    most: int
    spare: int
    again: float = 60.0

    def points(self, addresses: Iterable[str]) -> tuple[dict[str, Point], dict[str, str]]:
        """The points of addresses, and what is wrong with those that are none."""
        good: dict[str, Point] = {}
        wrong: dict[str, str] = {}
        for address in addresses:
            try:
                good[address] = point(address, unit=self.unit, order=self.order, first=self.first)
            except BadInput as error:
                wrong[address] = str(error)
        return good, wrong

    def plans(self, points: Iterable[Point]) -> dict[int, Plan]:
        """What each unit is asked for."""
        blocks: dict[int, list[Block]] = {}
        for block in planned((p.spot for p in points), most=self._most, spare=self.spare):
            blocks.setdefault(space(block)[0], []).append(block)
        return {unit: Plan(of_unit, self.again) for unit, of_unit in blocks.items()}

    def _most(self, where: object) -> int:
        table = cast(tuple[int, Table], where)[1]
        return self.most if table in ("holding", "input") else min(2000, 16 * self.most)


def space(block: Block) -> tuple[int, Table]:
    """The unit and the table of a block."""
    return cast(tuple[int, Table], block.space)


@dataclass(slots=True)
class Rest:
    """Who did not answer, and when to ask again: first at once, then ever later."""

    waits: dict[object, tuple[float, float]] = field(default_factory=dict)

    def due(self, who: object) -> bool:
        return who not in self.waits or time.monotonic() >= self.waits[who][0]

    def silent(self, who: object) -> None:
        wait = min(LONGEST, 2 * self.waits[who][1]) if who in self.waits else 1.0
        self.waits[who] = (time.monotonic() + wait, wait)

    def heard(self, who: object) -> bool:
        """It answers; whether it had not."""
        return self.waits.pop(who, None) is not None


@dataclass(slots=True)
class Poll:
    """The device side of `Rounds`: all points of a connection."""

    wire: Wire
    points: dict[str, Point]
    plans: dict[int, Plan]
    wrong: dict[str, str]
    rest: Rest = field(default_factory=Rest)
    proof: tuple[int, Table, int] | None = None
    lost: float = 0.0

    async def round(self) -> AsyncIterator[Sequence[Row]]:
        """Ask every unit for its blocks. Raises `NotConnected` where none of them answers."""
        self.lost = 0.0
        silent: list[Row] = []
        heard = False
        for unit, plan in self.plans.items():
            plan.retry()
            if not self.rest.due(unit) or self.lost > PATIENCE:
                continue
            async for answered, rows in self._unit(unit, plan):
                heard = heard or answered
                silent += () if answered else rows
                if answered:
                    yield rows
        if not heard:
            await self.sign()
        yield [*silent, *self._wrong()]

    async def sign(self) -> None:
        """Read the first register that answered; a refusal is an answer too. Raises `NotConnected` after silence."""
        found = next(iter(self.points.values()), None)
        unit, table, start = self.proof or ((found.unit, found.table, found.number) if found else (1, "holding", 0))
        try:
            await self.wire.asked(unit, table, start, 1)
        except Refused:
            return
        except Silent as error:
            if not error.relayed:
                raise NotConnected(
                    f"{self.wire.at} takes the connection and does not answer ({error}). Is the unit id right, and is "
                    f"there {'a gateway of serial frames' if self.wire.at.rtu else 'a device of Modbus TCP'}?"
                ) from None

    async def _unit(self, unit: int, plan: Plan) -> AsyncIterator[tuple[bool, list[Row]]]:
        """The rows of a unit by block, and whether they are an answer; given up after two silences in a row."""
        heard, silences = False, 0
        enough = 1 if unit in self.rest.waits else min(2, len(plan.blocks))
        for block in list(plan.blocks):
            if not self.rest.due(block):
                continue
            began = time.monotonic()
            try:
                rows = await self._block(plan, block)
            except Silent as error:
                self.lost += time.monotonic() - began
                silences += 1
                self.rest.silent(block)
                yield False, self._bad(block.spots, BAD_NO_COMMUNICATION)
                if not heard and silences == enough:
                    yield False, self._absent(unit, plan, str(error))
                    return
                continue
            heard = True
            self.rest.heard(block)
            yield True, rows
        if heard and self.rest.heard(unit):
            log.warning("unit %d at %s answers again", unit, self.wire.at)

    async def _block(self, plan: Plan, block: Block) -> list[Row]:
        """The rows of a block, of whatever parts of it the device reads."""
        rows: list[Row] = []

        async def ask(part: Block) -> None:
            rows.extend(await self._read(part))

        for part, refused in await plan.read(block, ask):
            rows += self._bad(part.spots, refused.status)
        return rows

    async def _read(self, block: Block) -> list[Row]:
        """A block's rows, at the middle between request and answer."""
        unit, table = space(block)
        since = time.time_ns()
        cells = await self._twice(unit, table, block)
        at = (since + time.time_ns()) // 2000
        self.proof = (unit, table, block.start)
        return [
            (s.address, at, *said(self.points[s.address], cells[s.start - block.start : s.end - block.start]))
            for s in block.spots
        ]

    async def _twice(self, unit: int, table: Table, block: Block) -> Sequence[int]:
        """A request that found no answer is sent once more, unless the unit is known to be silent."""
        try:
            return await self.wire.cells(unit, table, block.start, block.size)
        except Silent:
            if unit in self.rest.waits or block in self.rest.waits:
                raise
            return await self.wire.cells(unit, table, block.start, block.size)

    def _absent(self, unit: int, plan: Plan, said: str) -> list[Row]:
        if unit not in self.rest.waits:
            log.warning("%s; its signals are bad until it does", said)
        self.rest.silent(unit)
        for block in plan.blocks:
            self.rest.heard(block)
        return [row for block in plan.blocks for row in self._bad(block.spots, BAD_NO_COMMUNICATION)]

    def _wrong(self) -> list[Row]:
        """Signals whose address is none."""
        return [(a, time.time_ns() // 1000, None, None, BAD_CONFIGURATION_ERROR) for a in self.wrong]

    def _bad(self, spots: Sequence[Spot], status: int) -> list[Row]:
        at = time.time_ns() // 1000
        return [(s.address, at, None, None, status) for s in spots]
