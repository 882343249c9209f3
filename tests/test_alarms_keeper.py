"""The keeper of alarms at work: a real historian, sources that fall, a disk that fills, more than it can take."""

import contextlib
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alarmed import ALL, PLANT, PRESS, now
from andon import catalog
from andon.acquire.gather import Gather, Site, gather
from andon.acquire.gather.status import Health, Status
from andon.acquire.link import ALIVE, Link, Packet, rows_of
from andon.config import read_plant
from andon.historian import Historian
from andon.model import Batch
from andon.plant import Plant, Source
from andon.plant.alarms import Alarm
from andon.watch.alarms import Keeper, Occurrence, keeper
from andon.watch.alarms.record import occurrences
from andon.watch.alarms.system import System
from andon.watch.alarms.watching import picked, watching
from servers import until

BAD = 0x80310000


@dataclass
class Heard:
    """What was told, and how it stands."""

    changed: list[Occurrence] = field(default_factory=list)
    standing: dict[tuple[str, str], Occurrence] = field(default_factory=dict)

    def tell(self, standing: Sequence[Occurrence], changed: Sequence[Occurrence]) -> None:
        self.changed += changed
        self.standing = {o.key: o for o in standing}

    def is_on(self, place: str, name: str) -> bool:
        found = self.standing.get((place, name))
        return found is not None and found.is_open


def plant_in(folder: Path, more: str = "") -> Plant:
    (folder / "plant.toml").write_text(PLANT + more, encoding="utf-8")
    return read_plant(folder)


def said(*rows: tuple[int, float] | tuple[int, float, int]) -> pa.Table:
    return pa.table(
        {
            "signal": pa.array([f"{PRESS}/temperature"] * len(rows)).dictionary_encode(),
            "at": pa.array([row[0] for row in rows], pa.timestamp("us", "UTC")),
            "value": pa.array([row[1] for row in rows], pa.float64()),
            "quality": pa.array([row[2] if len(row) > 2 else 0 for row in rows], pa.uint32()),
        }
    )


@pytest.fixture
def falling(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, object]]:
    """A connector that is connected or not as the test says, brings values or none, and whose clock may be wrong."""
    told: dict[str, object] = {"up": True, "mute": False, "skew": 0}
    monkeypatch.setattr(catalog, "CONNECTORS", dict(catalog.CONNECTORS))

    @catalog.connector()
    async def falling(link: Link) -> AsyncIterator[Packet]:
        """Say something as long as the test wants."""
        import asyncio

        while told["up"]:
            yield ALIVE if told["mute"] else Packet(rows_of([("t", now() + int(str(told["skew"])), 20.0, None, 0)]))
            await asyncio.sleep(0.05)
        raise OSError("the cable was pulled")

    found = catalog.CONNECTORS["falling"]
    monkeypatch.setattr(gather, "find_connector", lambda name: found)
    return told


def sourced(folder: Path, more: str) -> Plant:
    """The plant with a source for its temperature."""
    text = PLANT.replace('unit = "Cel"', 'unit = "Cel"\nsource = "plc"\naddress = "t"')
    (folder / "plant.toml").write_text(f'{text}\n[[source]]\nname = "plc"\nconnector = "files"\n{more}')
    return read_plant(folder)


def with_source(plant: Plant) -> Plant:
    fields = {f: getattr(plant, f) for f in plant.__dataclass_fields__}
    return Plant(**fields | {"sources": (Source(name="plc", connector="falling", settings={}),)})


def test_a_source_that_is_lost_is_an_alarm_without_any_configuration(tmp_path, falling):
    plant = with_source(sourced(tmp_path, '[system_alarms]\nsource_lost = "1 s"\n'))
    heard = Heard()
    with Historian.open(tmp_path / "history") as history:
        at_work = Gather(Site(tmp_path / "sources", history, lambda source, key: None))
        alarms = Keeper(history, tmp_path / "seen.json", status=at_work.status, tell=heard.tell)
        at_work.change(plant)
        until(lambda: at_work.status()["plc"].samples > 0)
        alarms.change(plant)
        falling["up"] = False
        until(lambda: heard.is_on("plc", "source-lost"))
        assert heard.standing["plc", "source-lost"].messages["en"] == "plc is lost"
        falling["up"] = True
        until(lambda: not heard.is_on("plc", "source-lost"))
        at_work.stop()
        alarms.stop()
        (stored,) = occurrences(history, ALL)
    assert (stored.stage, stored.priority, stored.is_open) == ("returned", "high", False)


def test_a_source_without_values_and_one_with_a_wrong_clock_are_told_apart(tmp_path, falling, monkeypatch):
    monkeypatch.setattr("andon.watch.alarms.system.MINUTE", 1_000_000)
    falling["mute"] = True
    plant = with_source(sourced(tmp_path, '[system_alarms]\nno_values = "1 s"\nclock_skew = "5 s"\n'))
    heard = Heard()
    with Historian.open(tmp_path / "history") as history:
        at_work = Gather(Site(tmp_path / "sources", history, lambda source, key: None))
        alarms = Keeper(history, tmp_path / "seen.json", status=at_work.status, tell=heard.tell)
        at_work.change(plant)
        alarms.change(plant)
        until(lambda: heard.is_on("plc", "no-values"))
        assert not heard.is_on("plc", "clock-skew")
        falling |= {"mute": False, "skew": 60_000_000}
        until(lambda: heard.is_on("plc", "clock-skew") and not heard.is_on("plc", "no-values"))
        assert 59 < (heard.standing["plc", "clock-skew"].value or 0) < 61
        at_work.stop()
        alarms.stop()


@pytest.mark.parametrize(("connector", "told"), [("opcua", ["no-values"]), ("files", [])])
def test_a_source_that_waits_for_files_is_not_told_for_its_silence(tmp_path, connector, told):
    system = System(plant_in(tmp_path).system_alarms)
    silent = Status("inbox", connector, Health.CONNECTED, 0)
    assert [a.name for at in (1, 600) for a, _ in system.look([silent], at * 1_000_000, full=False)] == told


def test_andons_own_alarms_can_be_switched_off(tmp_path):
    off = 'source_lost = "off"\nno_values = "off"\nclock_skew = "off"\ndisk_full = false\n'
    plant = plant_in(tmp_path, f"[system_alarms]\n{off}")
    assert list(System(plant.system_alarms).look([], 10**15, full=True)) == []


FOUND = Alarm(name="drifts", place=PRESS, priority="low", messages={"en": "the chart says so"})


def test_others_raise_alarms_by_the_same_door(tmp_path):
    heard = Heard()
    with Historian.open(tmp_path / "history") as history:
        alarms = Keeper(history, tmp_path / "seen.json", tell=heard.tell)
        alarms.change(plant_in(tmp_path))
        alarms.turn(FOUND, 10**15, on=True, value=3.5)
        until(lambda: heard.is_on(PRESS, "drifts"))
        alarms.turn(FOUND, 10**15 + 5, on=False)
        until(lambda: not heard.is_on(PRESS, "drifts"))
        alarms.stop()
        assert [(o.since, o.until, o.value) for o in occurrences(history, ALL)] == [(10**15, 10**15 + 5, 3.5)]


def test_one_thing_that_is_wrong_does_not_end_all_alarms(tmp_path, caplog):
    heard, wrong = Heard(), [True]

    def tell(standing: Sequence[Occurrence], changed: Sequence[Occurrence]) -> None:
        if changed and wrong.pop():
            raise RuntimeError("somebody's mistake")
        heard.tell(standing, changed)

    with Historian.open(tmp_path / "history") as history:
        alarms = Keeper(history, tmp_path / "seen.json", tell=tell)
        alarms.change(plant_in(tmp_path))
        history.listen(alarms.listener)
        history.write(Batch("plc", 1, said((now(), 75.0))))
        until(lambda: heard.is_on(PRESS, "hot"))
        alarms.stop()
        assert len(occurrences(history, ALL)) == 1
    assert "somebody's mistake" in caplog.text


def filled(disk: Path) -> Path:
    """A file that takes the last byte of a disk."""
    filling = disk / "filling"
    for piece in (100_000, 1):
        with filling.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(bytes(piece)) == piece:
                pass
    return filling


def test_on_a_full_disk_alarms_are_told_and_stored_when_there_is_room(tmp_path, small_disk):
    heard = Heard()
    with Historian.open(small_disk / "history") as history:
        alarms = Keeper(history, tmp_path / "seen.json", tell=heard.tell)
        alarms.change(plant_in(tmp_path))
        filling = filled(small_disk)
        alarms.turn(FOUND, 10**15, on=True)
        until(lambda: heard.is_on("andon", "disk-full"), 20)
        assert heard.is_on(PRESS, "drifts")
        filling.unlink()
        until(lambda: not heard.is_on("andon", "disk-full"), 20)
        alarms.stop()
        assert {o.name for o in occurrences(history, ALL)} == {"drifts", "disk-full"}


def test_what_is_too_much_to_be_taken_is_read_from_the_history(tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "ROOM", 10)
    heard = Heard()
    with Historian.open(tmp_path / "history") as history:
        alarms = Keeper(history, tmp_path / "seen.json", tell=heard.tell)
        alarms.change(plant_in(tmp_path))
        history.listen(alarms.listener)
        start = now()
        rows = [(start + i * 1000, 75.0 if 20 <= i < 40 else 20.0) for i in range(60)]
        history.write(Batch("plc", 1, said(*rows)))  # more than fits
        until(lambda: bool(heard.changed))
        alarms.stop()
        (only,) = occurrences(history, ALL)
    assert (only.since, only.until) == (start + 20_000, start + 40_000)


def test_a_batch_that_comes_twice_and_rows_that_nobody_watches_do_nothing(tmp_path):
    plant = plant_in(tmp_path)
    table = said((1, 75.0))
    wanted = watching(plant, 0).wanted
    assert picked(table, wanted).num_rows == 1
    assert picked(table.set_column(0, "signal", pa.array([f"{PRESS}/other"])), wanted) is None
    assert picked(table.set_column(0, "signal", pa.array([f"{PRESS}/other"]).dictionary_encode()), wanted) is None


def test_texts_of_any_arrow_kind_are_understood(tmp_path):
    """The historian stores them, so the listener must not fail on them."""
    watched = watching(plant_in(tmp_path), 0)
    for kind in (pa.string(), pa.large_string(), pa.dictionary(pa.int16(), pa.large_string())):
        table = said((1, 75.0))
        table = table.set_column(0, "signal", table["signal"].cast(pa.string()).cast(kind))
        assert picked(table, watched.wanted).num_rows == 1
        assert len(watching(plant_in(tmp_path), 0).heard(table)) == 1


def test_what_the_historian_refuses_raises_nothing(tmp_path):
    heard = Heard()
    with Historian.open(tmp_path / "history") as history:
        alarms = Keeper(history, tmp_path / "seen.json", tell=heard.tell)
        alarms.change(plant_in(tmp_path))
        history.listen(alarms.listener)
        ahead = now() + 400 * 24 * 3600 * 1_000_000
        rows = said((1, 20.0), (ahead, 75.0)).set_column(1, "at", pa.array([None, ahead], pa.timestamp("us", "UTC")))
        assert len(history.write(Batch("plc", 1, rows)).refused) == 2
        at = now()
        history.write(Batch("plc", 2, said((at, 80.0))))
        until(lambda: heard.is_on(PRESS, "hot"))
        alarms.stop()
        assert [o.since for o in occurrences(history, ALL)] == [at]


def test_a_clock_that_was_ahead_and_is_set_right_makes_no_alarm_deaf(tmp_path):
    watched, at = watching(plant_in(tmp_path), 0), 10**15
    hour = 3_600_000_000
    assert watched.heard(said((at + hour, 20.0)), at) == []
    assert [e.at for e, _ in watched.heard(said((at + 5, 75.0)), at + 5)] == [at + 5]
    assert watched.heard(said((at + 1, 20.0)), at + 5) == []  # just late


VALUES = st.lists(
    st.tuples(st.integers(0, 50), st.sampled_from([60.0, 69.0, 71.0, float("nan")]), st.sampled_from([0, BAD])),
    max_size=40,
)


@given(VALUES, st.lists(st.integers(0, 40), max_size=5), st.booleans())
@settings(max_examples=100, deadline=None)
def test_batches_turn_alarms_as_one_value_after_the_other_does(tmp_path_factory, values, cuts, late):
    """Whatever the batches are cut like, and though most values are passed over: also with values that come late."""
    plant = plant_in(tmp_path_factory.mktemp("plant"))
    rows = values if late else sorted(values, key=lambda v: v[0])
    edges = sorted({0, len(rows), *(c for c in cuts if c < len(rows))})
    parts = [sorted(rows[a:b], key=lambda v: v[0]) for a, b in pairwise(edges)]
    watched, alone = watching(plant, 0), watching(plant, 0).leads[0].trigger
    plainly = [
        edge
        for part in parts
        for at, value, quality in part
        for edge in alone.heard(at, None if value != value else value, None, quality)
    ]
    found = [e for part in parts for e, _ in watched.heard(said(*part))]
    assert [(e.at, e.on) for e in found] == [(e.at, e.on) for e in plainly]


def test_values_are_looked_at_faster_than_they_can_come(tmp_path):
    """A guard against a slip by an order of magnitude; benchmarks/alarms.py measures."""
    watched = watching(plant_in(tmp_path), 0)
    samples = said(*[(i, 60.0 + i % 12) for i in range(100_000)])
    begin = time.process_time()
    watched.heard(samples)
    assert time.process_time() - begin < 2.0
