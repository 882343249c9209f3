"""Many addresses read in few requests: neighbours planned into blocks, and what a device refuses found and left out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby


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


@dataclass(frozen=True, slots=True)
class Block:
    """Spots that one request brings."""

    spots: tuple[Spot, ...]

    @property
    def space(self) -> Hashable:
        return self.spots[0].space

    @property
    def start(self) -> int:
        return self.spots[0].start

    @property
    def size(self) -> int:
        return max(s.end for s in self.spots) - self.start

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
    on, a refused spot only when `again` says so: the device may have been given another program.
    """

    blocks: list[Block]
    refused: dict[Spot, Refused] = field(default_factory=dict)

    async def read(self, block: Block, ask: Callable[[Block], Awaitable[None]]) -> list[tuple[Block, Refused]]:
        """Have a block read; what of it was refused for now, without telling that it does not exist."""
        try:
            await ask(block)
        except Refused as refused:
            if not refused.splits:
                return [(block, refused)]
            if len(block.spots) == 1:
                self.blocks.remove(block)
                self.refused[block.spots[0]] = refused
                return []
            place = self.blocks.index(block)
            self.blocks[place : place + 1] = halves = list(block.halves())
            return [found for half in halves for found in await self.read(half, ask)]
        return []

    def again(self) -> Sequence[Block]:
        """Ask for what was refused once more: the blocks of it, now part of the plan."""
        back = [Block((spot,)) for spot in self.refused]
        self.refused.clear()
        self.blocks += back
        return back
