"""Many addresses read in few requests: neighbours planned into blocks, and what a device refuses found and left out."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Hashable, Iterable
from dataclasses import dataclass, field
from itertools import groupby

log = logging.getLogger("andon.blocks")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an address lies: a stretch of cells (registers, coils, bytes) of one space of a device."""

    address: str
    space: Hashable
    start: int
    size: int

    @property
    def end(self) -> int:
        return self.start + self.size


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Spots that one request brings, in order; each block is itself, whatever it holds."""

    spots: tuple[Spot, ...]
    start: int = field(init=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", self.spots[0].start)
        object.__setattr__(self, "size", max(s.end for s in self.spots) - self.start)

    @property
    def space(self) -> Hashable:
        return self.spots[0].space

    def halves(self) -> tuple[Block, Block]:
        """The block cut in two."""
        middle = len(self.spots) // 2
        return Block(self.spots[:middle]), Block(self.spots[middle:])


class Refused(Exception):
    """A device answers that it will not read this; with the OPC UA status that says why.

    `splits` tells whether a part of the block may still be read.
    """

    def __init__(self, status: int, said: str, *, splits: bool) -> None:
        super().__init__(said)
        self.status, self.said, self.splits = status, said, splits


def planned(spots: Iterable[Spot], *, most: Callable[[Hashable], int], spare: int) -> list[Block]:
    """The fewest blocks, in order, that hold all spots.

    Parameters
    ----------
    spots
        What is wanted.
    most
        How many cells one request of a space may bring. A spot that is longer is a block of its own.
    spare
        How many cells in a row that nobody wants may be read along.

    Examples
    --------
    >>> spots = [Spot("a", "holding", 0, 2), Spot("b", "holding", 10, 1), Spot("c", "holding", 40, 2)]
    >>> [(b.start, b.size) for b in planned(spots, most=lambda space: 125, spare=8)]
    [(0, 11), (40, 2)]
    """
    blocks: list[Block] = []
    ordered = sorted(spots, key=lambda s: (str(s.space), s.start, s.end))
    for space, same in groupby(ordered, key=lambda s: s.space):
        part: list[Spot] = []
        for spot in same:
            end = max((s.end for s in part), default=spot.start)
            longer = max(end, spot.end) - part[0].start if part else 0
            if part and (spot.start - end > spare or longer > most(space)):
                blocks.append(Block(tuple(part)))
                part = []
            part.append(spot)
        blocks.append(Block(tuple(part)))
    return blocks


@dataclass(slots=True)
class Plan:
    """The blocks that a device is asked for, mended by what it refuses.

    A refused block is halved until what is refused is a single spot. The parts that were read are asked for from then
    on; a refused spot again after `again` seconds, for the device may have been given another program. If it is read
    then, all is planned as it was at first: a device that refused everything while it started is not asked for each
    spot on its own for ever.
    """

    blocks: list[Block]
    again: float = 60.0
    refused: dict[Spot, Refused] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)
    since: float = field(default_factory=time.monotonic)
    whole: tuple[Block, ...] = ()
    doubted: set[Spot] = field(default_factory=set)
    healed: bool = False

    def __post_init__(self) -> None:
        self.whole = tuple(self.blocks)

    async def read(self, block: Block, ask: Callable[[Block], Awaitable[None]]) -> list[tuple[Block, Refused]]:
        """Have a block read; what of it was refused."""
        try:
            await ask(block)
        except Refused as refused:
            if refused.splits and len(block.spots) > 1:
                place = self.blocks.index(block)
                self.blocks[place : place + 1] = halves = list(block.halves())
                return [found for half in halves for found in await self.read(half, ask)]
            if refused.splits:
                self.blocks.remove(block)
                self.refused[block.spots[0]] = refused
            self._tell(block, refused)
            return [(block, refused)]
        self.healed = self.healed or block.spots[0] in self.doubted
        return []

    def retry(self) -> None:
        """Before a round: ask for what was refused once more, where it was long ago."""
        if self.healed:
            self.blocks, self.healed = list(self.whole), False
            self.refused.clear()
            self.doubted.clear()
        elif time.monotonic() - self.since >= self.again:
            self.since = time.monotonic()
            self.blocks += [Block((spot,)) for spot in self.refused]
            self.doubted = set(self.refused)
            self.refused.clear()

    def _tell(self, block: Block, refused: Refused) -> None:
        """Say once why an address is bad."""
        address = block.spots[0].address
        if self.told.get(address) != refused.status:
            self.told[address] = refused.status
            log.warning("%s: %s", address, refused)
