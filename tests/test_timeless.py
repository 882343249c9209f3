"""Questions that need only their settings are asked without a machine, a window or a history, on every surface."""

import json

import pytest

import andon
from andon.__main__ import house
from andon.ask import Question, ask
from andon.catalog import find
from andon.errors import BadQuestion
from andon.model import Process, Spells, Window
from andon.reading.process import overlaps, width_of
from andon.surfaces.cli import run
from andon.units import HOUR, MINUTE, SECOND


@pytest.fixture
def folder(tmp_path):
    assert run(["init", str(tmp_path / "works")], house) == 0
    return tmp_path / "works"


def test_a_plan_is_asked_in_python_without_a_place_or_a_time(folder):
    with andon.open(folder) as plant:
        asked = plant.ask("sampling-plan", lot=1000, aql=1.0)
        assert asked.answer.plan == "80 units: accept with at most 2 bad, reject with 3"
        assert (asked.at, asked.coverage, asked.pieces) == ("", (), ())
        assert "1970" not in repr(asked)
        with pytest.raises(BadQuestion, match="nothing to split"):
            plant.ask("sampling-plan", by="machine")


def test_a_plan_is_asked_on_the_command_line(folder, capsys):
    arguments = ["ask", "tolerance-stack", "--plant", str(folder), "--parts", "shaft 20 ±0.3; ring -5 ±0.4", "--json"]
    assert run(arguments, house) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["answer"]["worst_high"] == pytest.approx(15.7)
    assert run(["ask", "tolerance-stack", "--help"], house) == 0
    shown = capsys.readouterr().out
    assert "--last" not in shown
    assert "--parts" in shown


def test_only_studies_without_series_are_timeless():
    assert {n: find(n).timeless for n in ("design", "sampling-plan", "tolerance-stack", "oee", "what-moved")} == {
        "design": True,
        "sampling-plan": True,
        "tolerance-stack": True,
        "oee": False,
        "what-moved": False,
    }


def test_a_study_of_the_history_still_needs_its_window(folder):
    with andon.open(folder) as plant, pytest.raises(BadQuestion, match="Say when"):
        plant.ask("oee")
    with andon.open(folder) as plant, pytest.raises(BadQuestion, match="window is empty"):
        ask(Question("oee", "", Window(0, 0)), plant.plant, plant.history)


@pytest.mark.parametrize(
    ("length", "width"),
    [(HOUR, 2 * SECOND), (24 * HOUR, MINUTE), (7 * 24 * HOUR, 10 * MINUTE), (30 * 24 * HOUR, 30 * MINUTE)],
)
def test_buckets_are_as_long_as_fits_the_window(length, width):
    assert width_of(Window(0, length)) == width


def test_time_in_spells_adds_up():
    spells = Spells.of([(0, 5, ""), (8, 12, ""), (20, 21, "")])
    process = Process.of([0, 10, 20, 30], {"x": [1.0, 2.0, 3.0]})
    assert overlaps(spells, process.edges).tolist() == [7, 2, 1]
