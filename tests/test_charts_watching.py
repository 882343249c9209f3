"""Charts that watch: a signal becomes an alarm with its rule, point and reaction, once, whatever happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pytest

from alarmed import PRESS, Works, now
from andon.acts import act
from andon.app.changes import acted
from andon.config import read_plant
from andon.historian import Historian
from andon.model import Batch
from andon.plant import Plant
from andon.plant.alarms import Alarm
from andon.units import HOUR, MINUTE, SECOND
from andon.watch.charts import Charts
from servers import until

START = 1_709_532_000_000_000  # 2024-03-04T06:00Z
WATCHED = """
[[characteristic]]
test = "width"
title = "Width of the slot"
unit = "mm"
rules = "1"
reaction = "Stop. Measure again. Change the tool."
watch = true
priority = "high"
"""
PAPER = f"""
[plant]
name = "works"
zone = "UTC"
[[machine]]
path = "{PRESS}"
"""


def rows(since: int, values: list[float], *, step: int = MINUTE) -> pa.Table:
    made = [
        {"machine": PRESS, "at": since + i * step, "unit_id": f"u{since}-{i}", "test": "width", "value": v}
        for i, v in enumerate(values)
    ]
    return pa.Table.from_pylist(made)


@dataclass
class Floor:
    """A plant whose charts are looked at by hand; the alarms that they raise are written down here."""

    folder: Path
    plant: Plant
    history: Historian
    now: int = START + 30 * 24 * HOUR
    told: list[tuple[int, bool, str]] = field(default_factory=list)
    number: int = 0

    def turn(self, alarm: Alarm, at: int, *, on: bool, value: float | None = None) -> None:
        said = alarm.messages["en"].format(machine=alarm.place, value=f"{value}", unit=alarm.unit)
        self.told.append((at, on, said if on else ""))

    def charts(self) -> Charts:
        return Charts(lambda: self.plant, self.history, self.turn, self.folder / "charts.json", clock=lambda: self.now)

    def measure(self, since: int, values: list[float]) -> None:
        self.number += 1
        self.history.write(Batch("gauge", self.number, measurements=rows(since, values)))

    def raised(self) -> list[int]:
        return [at for at, on, _ in self.told if on]


@pytest.fixture
def floor(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Floor]:
    more = getattr(request, "param", "")
    (tmp_path / "plant.toml").write_text(PAPER + WATCHED + more, encoding="utf-8")
    with Historian.open(tmp_path / "history") as history:
        made = Floor(tmp_path, read_plant(tmp_path), history)
        frozen = {
            "machine": PRESS,
            "test": "width",
            "chart": "i-mr",
            "center": 10.0,
            "sigma": 0.1,
            "since": "2024-03-01",
        }
        act("freeze_limits", frozen, plant=made.plant, history=history, folder=tmp_path, who="ann", right="engineer")
        yield made


def test_a_point_beyond_frozen_limits_is_told_with_rule_and_reaction_and_ends_with_the_next_good_one(
    floor: Floor,
) -> None:
    charts = floor.charts()
    charts.look()
    floor.measure(START, [10.0, 10.05, 10.35, 10.0])
    assert charts.look() == 1
    on, off = ([x for x in floor.told if x[1] is way] for way in (True, False))
    assert on[0][0] == START + 2 * MINUTE
    assert on[0][2].startswith("Width of the slot, value 10.35 mm: a point beyond the control limits (u")
    assert off[-1][0] == START + 3 * MINUTE


def test_a_point_is_judged_once(floor: Floor) -> None:
    charts = floor.charts()
    charts.look()
    floor.measure(START, [10.0, 10.35])
    assert charts.look() == 1
    floor.measure(START + 2 * MINUTE, [10.0])
    until(lambda: charts.look() == 0 and floor.told[-1][0] == START + 2 * MINUTE, 10, "the look")
    assert floor.raised() == [START + MINUTE]


def test_what_was_there_before_the_chart_was_watched_raises_nothing(floor: Floor) -> None:
    floor.measure(START, [10.0, 10.35, 10.0])
    charts = floor.charts()
    assert charts.look() == 0
    assert floor.told == []


def test_limits_come_from_the_last_points_where_there_are_thousands(floor: Floor) -> None:
    said = {"machine": PRESS, "test": "width", "chart": "i-mr", "since": "2024-03-01"}
    act(
        "release_limits",
        said,
        plant=floor.plant,
        history=floor.history,
        folder=floor.folder,
        who="ann",
        right="engineer",
    )
    spread = [50.0] * 10_000 + [0.1] * 4_000
    values = [10.0 + (wide if i % 2 else -wide) for i, wide in enumerate(spread)]
    since = floor.now - len(values) * SECOND
    floor.history.write(Batch("gauge", 1, measurements=rows(since, values, step=SECOND)))
    charts = floor.charts()
    charts.look()
    floor.now += MINUTE
    floor.number = 1
    floor.measure(floor.now - 1, [12.0])
    assert charts.look() == 1
    assert floor.raised() == [floor.now - 1]


def test_a_value_that_comes_late_is_judged_too(floor: Floor) -> None:
    charts = floor.charts()
    charts.look()
    floor.measure(START + HOUR, [10.0, 10.0])
    charts.look()
    floor.measure(START, [10.35])
    until(lambda: charts.look() == 1, 10, "the late point")
    assert floor.raised() == [START]
    assert floor.told[-1][:2] == (START + HOUR, False)


@pytest.mark.parametrize("floor", ['subgroup = "1 h"\nchart = "xbar-r"\n'], indirect=True)
def test_an_hour_is_judged_when_it_is_over(floor: Floor) -> None:
    frozen = {"machine": PRESS, "test": "width", "chart": "xbar-r", "center": 10.0, "sigma": 0.1, "since": "2024-03-01"}
    act(
        "freeze_limits", frozen, plant=floor.plant, history=floor.history, folder=floor.folder, who="ann", right="admin"
    )
    floor.now = START + 30 * MINUTE
    charts = floor.charts()
    charts.look()
    floor.measure(START, [10.5, 10.6, 10.5])
    assert charts.look() == 0
    floor.now = START + HOUR
    until(lambda: charts.look() == 1, 10, "the end of the hour")
    assert floor.raised() == [START + 2 * MINUTE]


def test_what_was_raised_and_never_got_to_disk_is_raised_again(floor: Floor) -> None:
    charts = floor.charts()
    charts.look()
    floor.measure(START, [10.35])
    charts.look()
    again = floor.charts()  # the alarm never got to disk: it is told again, not lost
    assert again.look() == 1
    assert floor.raised() == [START, START]


REJECTS = """
[[characteristic]]
test = "rejects"
subgroup = "1 h"
chart = "p"
rules = "1"
reaction = "Look at the bin."
watch = true
"""
COUNTERS = f"""
[plant]
name = "works"
zone = "UTC"
[[machine]]
path = "{PRESS}"
signals = {{ total_count = {{}}, reject_count = {{}} }}
"""
SLOT = """
[[characteristic]]
test = "slot"
tests = ["width", "depth"]
chart = "t2"
reaction = "Measure both again."
watch = true
"""


@contextmanager
def works_with(folder: Path, text: str) -> Iterator[Floor]:
    (folder / "plant.toml").write_text(text, encoding="utf-8")
    with Historian.open(folder / "history") as history:
        yield Floor(folder, read_plant(folder), history)


def test_counters_are_charted_when_a_stretch_is_over(tmp_path: Path) -> None:
    """20 hours of 100 parts with 4 rejects each, then one with 30."""
    with works_with(tmp_path, COUNTERS + REJECTS) as floor:
        floor.now = START + 20 * HOUR + 30 * MINUTE
        charts = floor.charts()
        charts.look()
        hours = [START + h * HOUR + MINUTE for h in range(21)]
        for signal, each in (("total_count", [100] * 21), ("reject_count", [4] * 20 + [30])):
            at = [START - 1, *hours]
            value = [float(sum(each[:i])) for i in range(len(at))]
            table = {"signal": [f"{PRESS}/{signal}"] * len(at), "at": pa.array(at, pa.int64()), "value": value}
            floor.history.write(Batch(signal, 1, pa.table(table)))
        charts.look()
        assert floor.raised() == []
        floor.now = START + 21 * HOUR
        until(lambda: charts.look() == 1, 10, "the end of the hour")
        assert floor.raised() == [START + 21 * HOUR - 1]
        assert "rejects" in floor.told[-1][2]
        assert "0.3" in floor.told[-1][2]
        floor.now = START + 22 * HOUR
        assert charts.look() == 0


def test_several_tests_together_raise_an_alarm_that_names_the_one_that_moved(tmp_path: Path) -> None:
    """Width and depth go together; the last part is within the range of each, but not with both."""
    with works_with(tmp_path, PAPER + SLOT) as floor:
        charts = floor.charts()
        charts.look()
        parts = [(10 + i % 5 / 10, 20 + i % 5 / 5 + i % 3 / 50) for i in range(60)]
        found = [
            {"machine": PRESS, "at": START + i * MINUTE, "unit_id": f"u{i}", "test": test, "value": value}
            for i, part in enumerate([*parts, (10.0, 20.8)])
            for test, value in zip(("width", "depth"), part, strict=True)
        ]
        floor.history.write(Batch("gauge", 1, measurements=pa.Table.from_pylist(found)))
        assert charts.look() == 1
        assert floor.raised() == [START + 60 * MINUTE]
        said = floor.told[-1][2]
        assert said.startswith("slot, T squared")
        assert "several tests together" in said
        assert "u60" in said


def test_in_a_running_plant_a_chart_raises_an_alarm_that_a_kill_neither_loses_nor_repeats(tmp_path: Path) -> None:
    works = Works(tmp_path, WATCHED)
    name = "chart width"
    with works.here():
        since = now() - HOUR
        frozen = {"machine": PRESS, "test": "width", "chart": "i-mr", "center": 10.0, "sigma": 0.1}
        acted(tmp_path, "freeze_limits", "ann", {**frozen, "since": "2024-03-01"})
        works.measured(rows(since, [10.0, 10.0, 10.35], step=SECOND))
        until(lambda: works.stage(name) == "unacknowledged", 30, "the alarm")
    (found,) = works.alarms(name)
    assert (found.since, found.value, found.priority, found.unit) == (since + 2 * SECOND, 10.35, "high", "mm")
    assert found.advice.action == "Stop. Measure again. Change the tool."
    assert "a point beyond the control limits" in found.messages["en"]
    assert "一个点超出控制限" in found.messages["zh"]
    works.start()
    try:
        until(lambda: works.stage(name) == "unacknowledged", 30, "the alarm after the restart")
    finally:
        works.kill()
    with works.here():
        works.measured(rows(since + MINUTE, [10.0, 10.34, 10.36], step=SECOND))
        until(lambda: len(works.alarms(name)) == 2, 30, "the end of the first and a second alarm")
    first, second = works.alarms(name)
    assert not first.is_open
    assert (second.since, second.value) == (since + MINUTE + SECOND, 10.34)
    assert second.is_open
