"""Pulse, end to end: a meter on a real gather, stopped and begun again, has the states and counts of the naive twin."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

import naive
from andon import catalog
from andon.acquire.gather import Gather, Site, gather
from andon.acquire.link import ALIVE, Link, Packet, rows_of
from andon.config import read_plant
from andon.historian import Historian
from andon.model import Window
from andon.units import SECOND
from servers import until

PLANT = """[plant]
name = "works"
zone = "UTC"

[[source]]
name = "clip"
connector = "simulated"

[[machine]]
path = "saw"

[machine.signals.current]
unit = "A"
address = "current"

[machine.signals.pulse]
role = "other"
address = "pulse"
kind = "number"

[machine.signals.state]
from = "current"
levels = [{ above = 12.0, below = 11.0, state = "producing" }, { above = 5.0, below = 3.0, state = "idle_no_order" }]
at_least = "10 s"

[machine.signals.total_count]
from = "pulse"
above = 8.0
below = 4.0
debounce = "2 s"
"""
ALL = Window(0, 1 << 61)
START = 1_700_000_000 * SECOND
BAD = 0x80310000
PACKETS, LIVES = 120, 6
OVERLAP = 3
"""Packets that the meter says again after a restart: it cannot know whether they were stored."""


def packet(chance, at):
    """A few rows of both signals, one second apart; some are bad or empty."""
    rows = []
    for second in range(chance.randint(1, 4)):
        for address, values in (("current", (0.0, 2.0, 3.0, 4.0, 6.0, 11.0, 13.0)), ("pulse", (0.0, 4.0, 8.0, 9.0))):
            quality = BAD if chance.random() < 0.04 else 0
            rows.append((address, at + second * SECOND, chance.choice(values), None, quality))
    return rows


def said(seed):
    """All packets that a meter says in its life; now and then its values stay for a while."""
    chance, at, packets = random.Random(seed), START, []
    for _ in range(PACKETS):
        packets.append(packet(chance, at))
        at = packets[-1][-1][1] + chance.choice((1, 1, 2, 12)) * SECOND
    return packets


class Meter:
    """What a meter says, how far it may go, and how much of it was acknowledged."""

    def __init__(self, packets):
        self.packets, self.allowed, self.acknowledged = packets, 0, 0


@pytest.fixture
def meter(monkeypatch):
    told = Meter(said(seed=7))
    monkeypatch.setattr(catalog, "CONNECTORS", dict(catalog.CONNECTORS))

    @catalog.connector()
    async def metering(link: Link) -> AsyncIterator[Packet]:
        """Say what a meter says, from a little before the last that was acknowledged."""
        yield ALIVE
        for place in range(max(0, told.acknowledged - OVERLAP), told.allowed):
            yield Packet(rows_of(told.packets[place]))
            told.acknowledged = max(told.acknowledged, place + 1)
        await asyncio.Event().wait()

    found = catalog.CONNECTORS["metering"]
    monkeypatch.setattr(gather, "find_connector", lambda name: found)
    return told


def rows(history, path, column="value"):
    return [(r["at"], r[column], r["quality"]) for r in history.samples(path, ALL).to_pylist()]


def test_a_gather_stopped_and_begun_again_loses_no_count_and_doubles_none(tmp_path, meter):
    (tmp_path / "plant.toml").write_text(PLANT, encoding="utf-8")
    plant = read_plant(tmp_path)
    plant = replace(plant, sources=tuple(replace(s, connector="metering") for s in plant.sources))
    signals = plant.machines["saw"].signals
    with Historian.open(tmp_path / "history") as history:
        for life in range(1, LIVES + 1):
            meter.allowed = PACKETS * life // LIVES
            at_work = Gather(Site(tmp_path / "sources", history, lambda source, key: None))
            at_work.change(plant)
            until(lambda: meter.acknowledged == meter.allowed)
            at_work.stop()
        current, pulse = rows(history, "saw/current"), rows(history, "saw/pulse")
        states, parts = rows(history, "saw/state", "text"), rows(history, "saw/total_count")
    assert len(current) == len(pulse) == sum(map(len, meter.packets)) // 2
    by = signals["state"].derived
    expected = naive.level_states(current, by, by.at_least)
    assert states == expected
    assert parts == naive.level_pulses(pulse, signals["total_count"].derived)
    assert len({text for _, text, _ in expected}) == 4
    assert parts[-1][1] > 20
