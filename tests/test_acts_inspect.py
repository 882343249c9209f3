"""Inspections by hand: measurements of units like any other, with who, gauge and photo."""

from collections.abc import Callable
from pathlib import Path

import pytest

from andon.acts import act
from andon.config import read_plant
from andon.errors import BadInput, NotAllowed, UnknownName
from andon.historian import Historian
from andon.ledger import audit
from andon.model import Measurements, Window

SAW = "line-1/saw"
PLANT = """
[plant]
name = "works"
zone = "UTC"

[[machine]]
path = "line-1/saw"
[machine.signals.state]
states = { run = "producing", stop = "fault" }

[[characteristic]]
machine = "line-1/saw"
test = "width"
unit = "mm"
low = 9.9
high = 10.1
gauge = "G-7"
"""
Inspect = Callable[..., tuple[dict[str, object], Measurements]]


@pytest.fixture
def inspect(tmp_path: Path) -> Inspect:
    (tmp_path / "plant.toml").write_text(PLANT, encoding="utf-8")
    plant = read_plant(tmp_path)

    def done(right: str = "operator", **said: object) -> tuple[dict[str, object], Measurements]:
        given = {"machine": SAW, "unit": "0007", "test": "width", "at": "2024-03-04T08:00+00:00", **said}
        with Historian.own(tmp_path / "history") as history:
            told = act("inspect", given, plant=plant, history=history, folder=tmp_path, who="ann", right=right)
            return dict(told), history.measurements(SAW, Window(0, 1 << 61))

    return done


def test_a_value_is_a_measurement_with_the_limits_and_gauge_of_the_plant(inspect: Inspect) -> None:
    said, seen = inspect(value=10.2, lot="L1")
    take = seen.take("width")
    assert (take.value.tolist(), take.unit, take.limits, take.passed.tolist()) == ([10.2], "mm", (9.9, 10.1), [0])
    assert {n: c.tolist() for n, c in seen.units.facts.items()} == {"who": ["ann"], "gauge": ["G-7"]}
    assert (seen.units.unit.tolist(), seen.units.lot.tolist()) == (["0007"], ["L1"])
    assert (said["verdict"], said["at"]) == ("failed", "2024-03-04T08:00:00Z")


def test_a_verdict_needs_no_value_and_a_second_test_of_the_same_moment_joins_the_unit(inspect: Inspect) -> None:
    inspect(value=10.0)
    _, seen = inspect(test="scratch", verdict="failed", photo="a" * 64 + ".jpg")
    assert seen.take("scratch").passed.tolist() == [0]
    assert seen.take("width").value.tolist() == [10.0]
    assert len(seen.units) == 1
    assert seen.units.facts["photo"].tolist() == ["a" * 64 + ".jpg"]


def test_the_same_test_of_the_same_moment_again_is_a_correction_and_both_are_in_the_audit_log(
    inspect: Inspect, tmp_path: Path
) -> None:
    inspect(value=10.0)
    _, seen = inspect(value=10.05, why="read it wrong")
    assert seen.take("width").value.tolist() == [10.05]
    values = [line.arguments["value"] for line in audit.lines(tmp_path / "ledger") if line.result["state"] == "begun"]
    assert values == [10.0, 10.05]


@pytest.mark.parametrize(
    ("said", "error", "says"),
    [
        ({}, BadInput, "Give a value, or say whether it passed"),
        ({"value": float("nan")}, BadInput, "finite number"),
        ({"verdict": "maybe"}, BadInput, "passed or failed, not 'maybe'"),
        ({"value": 1.0, "unit": " "}, BadInput, "needs a unit"),
        ({"value": 1.0, "photo": "../../secret"}, BadInput, "is no photo"),
        ({"value": 1.0, "at": "2099-01-01"}, BadInput, "yet to come"),
        ({"value": 1.0, "machine": "line-1/press"}, UnknownName, "line-1/saw"),
        ({"value": 1.0, "right": "viewer"}, NotAllowed, "operator"),
    ],
)
def test_what_cannot_be_said_of_a_unit_is_refused(inspect: Inspect, said: dict, error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        inspect(**said)
