"""Polling: rounds keep to their clock, only changes are told, and what was not asked is unknown, not unchanged."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.acquire import rounds
from andon.acquire.blocks import Block, Plan, Refused, Spot, planned
from andon.acquire.link import Row
from andon.acquire.rounds import Changes, Rounds
from andon.errors import NotConnected


@dataclass
class Counting:
    """A device that counts its rounds; each takes so long, and it is gone after so many."""

    takes: float = 0.0
    lasts: int = 10**9
    asked: list[float] = field(default_factory=list)
    signs: int = 0

    async def round(self) -> AsyncIterator[Sequence[Row]]:
        self.asked.append(time.monotonic())
        if len(self.asked) > self.lasts:
            raise NotConnected("the cable was pulled")
        await asyncio.sleep(self.takes)
        yield [("a", time.time_ns() // 1000, float(len(self.asked)), None, 0)]

    async def sign(self) -> None:
        self.signs += 1


async def heard(device: Counting, every: int, packets: int) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    async with aclosing(Rounds(device, every, Changes(10**12)).packets()) as stream:
        async for packet in stream:
            rows += packet.rows.to_pylist() if packet.rows is not None else []
            packets -= 1
            if not packets:
                return rows
    return rows


def test_a_round_that_takes_longer_leaves_out_others_and_does_not_shift_the_clock():
    device = Counting(takes=0.07)
    asyncio.run(heard(device, 50_000, 10))
    since = device.asked[0]
    off = [abs((at - since) / 0.05 - round((at - since) / 0.05)) for at in device.asked]
    assert sorted(off)[len(off) // 2] < 0.3  # at multiples of 50 ms after the first, with a busy computer's jitter
    assert (device.asked[-1] - since) / (len(device.asked) - 1) > 0.09


def test_what_was_heard_before_the_loss_is_told_before_the_loss_is():
    device = Counting(lasts=5)
    rows: list[object] = []

    async def listen() -> None:
        async with aclosing(Rounds(device, 1000, Changes(10**12)).packets()) as stream:
            async for packet in stream:
                rows.extend(packet.rows.to_pylist() if packet.rows is not None else [])
                await asyncio.sleep(0.05)

    with pytest.raises(NotConnected, match="the cable was pulled"):
        asyncio.run(listen())
    assert len(rows) == 5


def test_between_rare_rounds_the_device_is_asked_for_a_sign_of_life(monkeypatch):
    monkeypatch.setattr(rounds, "SIGN", 0.02)
    device = Counting()
    asyncio.run(heard(device, 60_000_000, 5))
    assert len(device.asked) == 1
    assert device.signs >= 4


def test_while_nothing_is_taken_rows_wait_and_beyond_their_room_all_is_unknown(monkeypatch):
    monkeypatch.setattr(rounds, "ROOM", 20)
    device = Counting()

    async def stalled() -> list[dict[str, object]]:
        rows: list[dict[str, object]] = []
        async with aclosing(Rounds(device, 1000, Changes(10**12)).packets()) as stream:
            async for packet in stream:
                rows += packet.rows.to_pylist() if packet.rows is not None else []
                if len(rows) == 1:
                    await asyncio.sleep(0.3)  # the disk is full
                if rows[-1]["value"] and len(rows) > 30:
                    return rows
        return rows

    rows = asyncio.run(stalled())
    values = [row["value"] for row in rows]
    gap = values.index(None)
    assert values[:gap] == [float(n) for n in range(1, gap + 1)]  # not one of those that were asked is lost
    assert rows[gap]["quality"] == 0x809B0000
    assert rows[gap]["at"] > rows[gap - 1]["at"]
    assert values[gap + 1] == gap + 1.0


@given(st.lists(st.sampled_from([1.0, 2.0, None]), min_size=1, max_size=60), st.integers(1, 10))
def test_what_is_told_says_the_same_at_every_round_as_all_that_was_heard(values, again):
    heard = [("a", n, value, None, 0 if value else 0x80000000) for n, value in enumerate(values)]
    changes = Changes(again)
    told = [row for row in heard for row in changes.of([row])]
    held: dict[int, object] = {}
    for (_, since, value, _, _), until in zip(told, [*(row[1] for row in told[1:]), len(values)], strict=True):
        held |= dict.fromkeys(range(since, until), value)
    assert [held[n] for n in range(len(values))] == values
    assert [row[1] for row in told] == sorted({row[1] for row in told})
    for before, row in itertools.pairwise(told):  # nothing is older than `again` when it changes
        assert row[1] - before[1] <= again


@settings(max_examples=40)
@given(st.sets(st.integers(0, 60), max_size=12), st.integers(1, 16))
def test_whatever_a_device_refuses_each_spot_is_read_or_known_to_be_refused_and_later_rounds_ask_no_more(bad, spare):
    spots = [Spot(str(n), "holding", n, 1) for n in range(0, 60, 2)]
    plan = Plan(planned(spots, most=lambda space: 125, spare=spare))
    read: list[Spot] = []
    refusals: list[Block] = []

    async def ask(block: Block) -> None:
        if bad & set(range(block.start, block.start + block.size)):
            refusals.append(block)
            raise Refused(1, "no", splits=True)
        read.extend(block.spots)

    async def one_round() -> None:
        for block in list(plan.blocks):
            await plan.read(block, ask)

    asyncio.run(one_round())
    assert {s.start for s in read} | {s.start for s in plan.refused} == set(range(0, 60, 2))
    assert {s.start for s in plan.refused} == bad & set(range(0, 60, 2))
    again, read, refusals = list(read), [], []
    asyncio.run(one_round())
    assert sorted(s.start for s in read) == sorted(s.start for s in again)
    assert refusals == []


def test_what_a_device_refused_while_it_started_is_read_in_whole_blocks_again():
    plan = Plan(planned([Spot(str(n), "holding", n, 1) for n in range(100)], most=lambda space: 125, spare=0), again=0)
    starting = True
    asked: list[int] = []

    async def ask(block: Block) -> None:
        asked.append(block.size)
        if starting:
            raise Refused(1, "no", splits=True)

    async def one_round() -> None:
        asked.clear()
        plan.retry()
        for block in list(plan.blocks):
            await plan.read(block, ask)

    asyncio.run(one_round())
    assert len(asked) == 199  # halved down to each of the hundred
    starting = False
    asyncio.run(one_round())
    asyncio.run(one_round())
    assert asked == [100]
