"""Limits that people freeze and notes at points: written with who, read back into the chart."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

from andon.acts import act
from andon.ask import Question, ask
from andon.config import read_plant
from andon.errors import BadInput, BadQuestion, NotAllowed
from andon.historian import Historian
from andon.model import Batch, Window
from andon.plant import Plant
from andon.studies.quality.charted import ControlChart
from andon.units import MINUTE

GAUGE = "line-1/gauge"
START = 1_709_532_000_000_000  # 2024-03-04T06:00Z
PLANT = """
[plant]
name = "works"
zone = "UTC"

[[machine]]
path = "line-1/gauge"
"""
VALUES = [10.0, 10.2, 9.8, 10.1, 9.9, 10.0, 10.2, 9.9, 10.1, 9.8, 12.0]


@dataclass(frozen=True)
class Works:
    folder: Path
    plant: Plant
    history: Historian

    def act(self, name: str, right: str = "engineer", **given: object) -> dict[str, object]:
        said = {"machine": GAUGE, "test": "width", **given}
        return dict(act(name, said, plant=self.plant, history=self.history, folder=self.folder, who="ann", right=right))

    def measured(self, number: int, since: int, values: list[float]) -> None:
        rows = [
            {"machine": GAUGE, "at": since + i * MINUTE, "unit_id": f"u{number}-{i}", "test": "width", "value": v}
            for i, v in enumerate(values)
        ]
        self.history.write(Batch("gauge", number, measurements=pa.Table.from_pylist(rows)))

    def chart(self, **settings: object) -> ControlChart:
        window = Window(START, START + 600 * MINUTE)
        given = {"test": "width", "rules": "1", **settings}
        answer = ask(Question("control-chart", GAUGE, window, settings=given), self.plant, self.history).answer
        assert isinstance(answer, ControlChart)
        return answer


@pytest.fixture
def works(tmp_path: Path) -> Iterator[Works]:
    (tmp_path / "plant.toml").write_text(PLANT, encoding="utf-8")
    with Historian.open(tmp_path / "history") as history:
        made = Works(tmp_path, read_plant(tmp_path), history)
        made.measured(1, START, VALUES)
        yield made


def test_frozen_limits_judge_the_points_after_them_with_who_froze_them(works: Works) -> None:
    first = works.chart(baseline=f"{START}/{START + 10 * MINUTE}").stages[0]
    works.act(
        "freeze_limits", chart="i-mr", center=first.center, sigma=first.sigma, since="2024-03-04T06:10+00:00", why="ok"
    )
    works.measured(2, START + 60 * MINUTE, [10.0, 10.1, 13.0])
    found = works.chart()
    assert found.phase == "II"
    assert [(s.limits, s.points, s.who) for s in found.stages] == [("data", 10, ""), ("frozen", 4, "ann")]
    last = [p for p in found.points if p.panel == "value" and p.stage == found.stages[1].stage]
    assert {(p.lower, p.upper) for p in last} == {(last[0].lower, last[0].upper)}
    assert (last[0].lower, last[0].upper) == (first.lower, first.upper)
    assert [p.value for p in last if p.rules] == [12.0, 13.0]
    assert found.stages[1].frozen is not None


def test_the_same_limits_do_not_judge_another_chart_or_product(works: Works) -> None:
    works.act("freeze_limits", chart="ewma", center=0.0, sigma=1.0, since="2024-03-04T06:00+00:00")
    works.act("freeze_limits", chart="i-mr", center=0.0, sigma=1.0, product="B", since="2024-03-04T06:00+00:00")
    assert {s.limits for s in works.chart().stages} == {"data"}
    assert {s.limits for s in works.chart(chart="ewma").stages} == {"frozen"}


def test_later_limits_take_the_place_of_earlier_ones_and_can_be_let_go(works: Works) -> None:
    for center in (10.0, 11.0):
        works.act("freeze_limits", chart="i-mr", center=center, sigma=0.2, since="2024-03-04T06:00+00:00")
    assert {s.center for s in works.chart().stages} == {11.0}
    works.act("release_limits", chart="i-mr", since="2024-03-04T06:05+00:00")
    assert [(s.limits, s.points) for s in works.chart().stages] == [("frozen", 5), ("data", 6)]
    with pytest.raises(BadQuestion, match="no limits of width"):
        works.act("release_limits", chart="i-mr")


def test_an_excluded_point_is_drawn_with_its_reason_and_has_no_part_in_the_limits(works: Works) -> None:
    loose = works.chart()
    works.act("note_point", "operator", at="2024-03-04T06:10+00:00", text="wrong part", excluded=True)
    works.act("note_point", "operator", at="2024-03-04T06:10+00:00", text="removed")
    found = works.chart()
    last = [p for p in found.points if p.panel == "value"][-1]
    assert (last.note, last.who, last.used) == ("wrong part; removed", "ann", False)
    assert found.stages[0].used == 10
    assert loose.points[0].upper is not None
    assert found.points[0].upper is not None
    assert found.points[0].upper < loose.points[0].upper
    assert last.rules == "1"
    assert found.phase == "I"


@pytest.mark.parametrize("sigma", [0.0, -1.0, "inf"])
def test_limits_without_width_are_refused(works: Works, sigma: float | str) -> None:
    with pytest.raises(BadInput):
        works.act("freeze_limits", chart="i-mr", center=1.0, sigma=sigma)


def test_an_operator_notes_and_does_not_freeze(works: Works) -> None:
    with pytest.raises(NotAllowed):
        works.act("freeze_limits", "operator", chart="i-mr", center=1.0, sigma=1.0)
