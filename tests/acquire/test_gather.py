"""Gather: sources that fall, hang and flood are begun again and disturb no other; what was acknowledged is stored."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from andon import catalog
from andon.acquire import gather as gathering
from andon.acquire.gather import Gather, Health, Site, gather
from andon.acquire.gather.connections import OPEN, Connections
from andon.acquire.link import ALIVE, Link, Packet, rows_of
from andon.acquire.wiring import Wiring
from andon.config import read_plant
from andon.historian import Historian
from andon.model import Batch, Window
from andon.plant import Plant, Signal
from andon.units import SECOND

PLANT = """[plant]
name = "works"
zone = "UTC"
"""
SOURCE = '[[source]]\nname = "{name}"\nconnector = "ticking"\n{more}\n'
MACHINE = """[[machine]]
path = "line-1/{name}"
[machine.signals.power]
unit = "kW"
source = "{name}"
address = "p"
scale = 0.1
"""
ALL = Window(0, OPEN)
POWER = Signal(
    path="line-1/press/power", machine="line-1/press", name="power", role="power", kind="number", address="p"
)


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[int]]:
    """A connector that counts; `acked` has what it may acknowledge, it falls after `falls` ticks, or hangs."""
    acked: dict[str, list[int]] = {}
    monkeypatch.setattr(catalog, "CONNECTORS", dict(catalog.CONNECTORS))

    @catalog.connector()
    async def ticking(link: Link, falls: int = 0, hangs: bool = False) -> AsyncIterator[Packet]:
        """Count.

        Parameters
        ----------
        falls
            After how many ticks it falls; 0: never.
        hangs
            Whether it blocks its whole thread.
        """
        done = acked.setdefault(link.source, [])
        yield ALIVE
        if hangs:
            time.sleep(3600)
        for tick in range(10**9):
            at = time.time_ns() // 1000
            yield Packet(rows_of([("p", at, float(tick), None, 0)]))
            done.append(at)
            if falls and tick + 1 == falls:
                raise OSError("the cable was pulled")
            await asyncio.sleep(0.01)

    found = catalog.CONNECTORS["ticking"]
    monkeypatch.setattr(gather, "find_connector", lambda name: found)
    return acked


def plant_of(tmp_path: Path, **sources: str) -> Plant:
    text = PLANT + "".join(SOURCE.format(name=n, more=more) + MACHINE.format(name=n) for n, more in sources.items())
    (tmp_path / "plant.toml").write_text(text.replace('"ticking"', '"simulated"'), encoding="utf-8")
    plant = read_plant(tmp_path)
    live = tuple(type(s)(name=s.name, connector="ticking", settings=s.settings) for s in plant.sources)
    return Plant(**{f: getattr(plant, f) for f in plant.__dataclass_fields__} | {"sources": live})


def until(true: Callable[[], bool], seconds: float = 15) -> None:
    late = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < late, "it did not come true"
        time.sleep(0.02)


def site(tmp_path: Path, history: Historian) -> Site:
    return Site(tmp_path / "sources", history, lambda source, key: None)


def test_what_was_acknowledged_is_stored_and_scaled(tmp_path, ticking):
    with Historian.open(tmp_path / "history") as history:
        at_work = Gather(site(tmp_path, history))
        at_work.change(plant_of(tmp_path, press=""))
        until(lambda: len(ticking.get("press", [])) >= 20)
        at_work.stop()
        stored = history.samples("line-1/press/power", ALL)
        assert set(ticking["press"]) <= set(stored["at"].to_pylist())
        assert stored["value"].to_pylist()[:3] == [0.0, 0.1, 0.2]


def test_a_source_that_falls_comes_back_and_its_gap_is_known(tmp_path, ticking):
    with Historian.open(tmp_path / "history") as history:
        at_work = Gather(site(tmp_path, history))
        at_work.change(plant_of(tmp_path, press="falls = 3"))
        until(lambda: at_work.status()["press"].sessions >= 3)
        at_work.stop()
        spells = history.spells("connection", "press", ALL).rows()
        assert len(spells) >= 3
        assert all(u < OPEN and s < u for s, u, _ in spells)
        samples = history.samples("line-1/press/power", ALL)["at"].to_pylist()
        assert all(any(s <= at <= u for s, u, _ in spells) for at in samples)


def test_one_source_that_hangs_disturbs_no_other(tmp_path, ticking):
    with Historian.open(tmp_path / "history") as history:
        at_work = Gather(site(tmp_path, history))
        at_work.change(plant_of(tmp_path, press="hangs = true", lathe=""))
        until(lambda: len(ticking.get("lathe", [])) >= 50)
        assert at_work.status()["lathe"].health is Health.CONNECTED


def test_wrong_settings_are_told_and_stop_nobody_else(tmp_path, ticking):
    with Historian.open(tmp_path / "history") as history:
        at_work = Gather(site(tmp_path, history))
        at_work.change(plant_of(tmp_path, press="fals = 3", lathe=""))
        until(lambda: len(ticking.get("lathe", [])) >= 3)
        status = at_work.status()["press"]
        at_work.stop()
        assert status.health is Health.WRONG
        assert status.said == "There is no setting of ticking 'fals'. Did you mean 'falls'?"


def test_a_changed_plant_touches_only_the_sources_that_changed(tmp_path, ticking):
    with Historian.open(tmp_path / "history") as history:
        at_work = Gather(site(tmp_path, history))
        at_work.change(plant_of(tmp_path, press="", lathe=""))
        until(lambda: {s.health for s in at_work.status().values()} == {Health.CONNECTED})
        since = at_work.status()["lathe"].since
        at_work.change(plant_of(tmp_path, press="falls = 1000", lathe=""))
        until(lambda: at_work.status()["press"].health is Health.CONNECTED)
        assert at_work.status()["lathe"].since == since
        at_work.change(plant_of(tmp_path, lathe=""))
        assert list(at_work.status()) == ["lathe"]
        at_work.stop()


def test_a_connection_left_open_by_a_kill_ends_at_the_last_sign_of_life(tmp_path):
    with Historian.open(tmp_path / "history") as history:
        killed = Connections(history, tmp_path / "alive.json")
        killed.begin("press", 10**15)
        killed.alive("press", 10**15 + 5)
        killed.note(10**15 + 6)
        killed.alive("press", 10**15 + 9)  # never noted
        Connections(history, tmp_path / "alive.json").mend()
        assert history.spells("connection", "press", ALL).rows() == [(10**15, 10**15 + 5, "connected")]


def test_a_note_that_a_power_cut_spoiled_stops_nothing(tmp_path):
    with Historian.open(tmp_path / "history") as history:
        Connections(history, tmp_path / "alive.json").begin("press", 10**15)
        (tmp_path / "alive.json").write_bytes(b"\0\0\0")
        assert Connections(history, tmp_path / "alive.json").mend() == ["press"]
        assert history.spells("connection", "press", ALL).rows() == []


def test_the_wait_between_tries_grows_and_stays_short_enough_to_be_back_in_15_s():
    waits = [max(gathering.session.pause(n) for _ in range(200)) for n in range(1, 12)]
    assert waits[0] <= 0.5
    assert waits == sorted(waits[:5]) + waits[5:]
    assert max(waits) <= 8.0


def test_a_full_disk_is_waited_out_and_nothing_acknowledged_is_lost(small_disk, ticking):
    filler = small_disk / "filler"
    with Historian.open(small_disk / "history") as history:
        at_work = Gather(site(small_disk, history))
        at_work.change(plant_of(small_disk, press=""))
        until(lambda: len(ticking.get("press", [])) >= 5)
        with contextlib.suppress(OSError):
            filler.write_bytes(bytes(64 << 20))
        until(lambda: at_work.status()["press"].health is Health.BLOCKED, 60)
        acknowledged = len(ticking["press"])
        assert at_work.status()["press"].said.startswith("The disk under")
        filler.unlink()
        until(lambda: len(ticking["press"]) > acknowledged + 5, 30)
        assert at_work.status()["press"].health is Health.CONNECTED
        at_work.stop()
        stored = history.samples("line-1/press/power", ALL)["at"].to_pylist()
        assert set(ticking["press"]) <= set(stored)
        assert len(set(stored)) == len(stored)


def test_a_connection_touches_what_it_says_once_and_its_end_only_what_that_moved_over(tmp_path):
    with Historian.open(tmp_path / "history") as history:
        history.write(Batch("press", 1, Wiring([POWER]).samples(rows_of([("p", 10**15, 1.0, None, 0)]))))
        connections = Connections(history, tmp_path / "alive.json")
        seen, _ = history.touched(0)
        connections.begin("press", 10**15)
        seen, begun = history.touched(seen)
        connections.alive("press", 10**15 + 5)
        connections.end("press")
        _, ended = history.touched(seen)
        assert [(p, s) for p, s, _ in begun] == [("line-1/press/power", 10**15)]
        assert begun[0][2] <= time.time_ns() // 1000
        assert [(p, s) for p, s, _ in ended] == [("line-1/press/power", 10**15 + 5)]


def test_a_source_that_falls_while_the_disk_is_full_comes_back_with_its_gap_known(small_disk, ticking):
    with Historian.open(small_disk / "history") as history:
        at_work = Gather(site(small_disk, history))
        at_work.change(plant_of(small_disk, press="falls = 3"))
        until(lambda: at_work.status()["press"].sessions >= 1)
        with contextlib.suppress(OSError):
            (small_disk / "filler").write_bytes(bytes(64 << 20))
        until(lambda: at_work.status()["press"].health is Health.BLOCKED, 60)
        sessions = at_work.status()["press"].sessions
        (small_disk / "filler").unlink()
        until(lambda: at_work.status()["press"].sessions >= sessions + 3, 60)
        at_work.stop()
        assert all(u < OPEN for _, u, _ in history.spells("connection", "press", ALL).rows())


def test_a_connection_that_did_not_outlive_a_standstill_of_andon_ended_before_it(tmp_path):
    with Historian.open(tmp_path / "history") as history:
        connections = Connections(history, tmp_path / "alive.json")
        for source in ("press", "lathe"):
            connections.begin(source, 10**15)
        connections.note(10**15 + SECOND)
        connections.note(10**15 + 9 * SECOND)  # eight seconds of nothing: a SIGSTOP, a computer that swaps
        connections.alive("press", 10**15 + 9 * SECOND)
        connections.end("press")
        connections.alive("lathe", 10**15 + 30 * SECOND)
        connections.end("lathe")
        assert history.spells("connection", "press", ALL).rows() == [(10**15, 10**15 + SECOND, "connected")]
        assert history.spells("connection", "lathe", ALL).rows() == [(10**15, 10**15 + 30 * SECOND, "connected")]
