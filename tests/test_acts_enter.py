"""Entering by hand: counts, meter readings and states are samples like any other, with who in the audit log."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from andon.acts import act
from andon.config import read_plant
from andon.errors import BadInput, NotAllowed, UnknownName
from andon.historian import Historian
from andon.ledger import audit
from andon.model import Counts, States, Window
from andon.plant import Plant
from processes import done

SAW = "line-1/saw"
START = 1_709_532_000_000_000  # 2024-03-04T06:00Z
DAY = Window(START, START + 86_400_000_000)
PLANT = """
[plant]
name = "works"
zone = "UTC"

[[machine]]
path = "line-1/saw"
[machine.signals.state]
states = { run = "producing", stop = "fault" }
[machine.signals.good_count]
[machine.signals.energy]
unit = "kW.h"
[machine.signals.order]
[machine.signals.door]
role = "other"
kind = "boolean"
[machine.signals.strokes]
role = "other"
kind = "integer"
[machine.signals.vibration]
"""


@dataclass(frozen=True)
class Works:
    folder: Path
    plant: Plant
    history: Historian

    def enter(self, signal: str, value: str, at: str = "2024-03-04T08:00+00:00", right: str = "operator", **more: str):
        given = {"machine": SAW, "signal": signal, "value": value, "at": at, **more}
        return act("enter", given, plant=self.plant, history=self.history, folder=self.folder, who="ann", right=right)

    def said(self, signal: str):
        rows = self.history.samples(f"{SAW}/{signal}", DAY).to_pylist()
        return [(r["value"] if r["text"] is None else r["text"], r["quality"]) for r in rows]


@pytest.fixture
def works(tmp_path: Path) -> Iterator[Works]:
    (tmp_path / "plant.toml").write_text(PLANT, encoding="utf-8")
    with Historian.open(tmp_path / "history") as history:
        yield Works(tmp_path, read_plant(tmp_path), history)


@pytest.mark.parametrize(
    ("signal", "value", "stored"),
    [
        ("energy", "1234.5", 1234.5),
        ("good_count", "17", 17.0),
        ("strokes", "-3", -3.0),
        ("door", "true", 1.0),
        ("door", "0", 0.0),
        ("order", "000123", "000123"),  # a number that is a name stays as it was written
        ("state", "stop", "stop"),
    ],
)
def test_a_value_is_stored_as_its_signal_has_it(works, signal, value, stored):
    works.enter(signal, value)
    assert works.said(signal) == [(stored, 0)]


def test_who_entered_what_and_why_is_in_the_log_and_in_the_history(works):
    done = works.enter("energy", "1234.5", why="read off the meter")
    begun, ended = audit.lines(works.folder / "ledger")
    assert (begun.who, begun.act, begun.arguments["value"]) == ("ann", "enter", "1234.5")
    assert ended.result["said"] == {
        "signal": f"{SAW}/energy",
        "value": "1234.5",
        "unit": "kW.h",
        "at": "2024-03-04T08:00:00Z",
    }
    (row,) = works.history.spell_rows("entry", SAW, DAY).to_pylist()
    assert row["text"] == f"{SAW}/energy"
    assert json.loads(row["detail"]) == {
        "who": "ann",
        "act": done["number"],
        "value": "1234.5",
        "why": "read off the meter",
    }


def test_studies_read_what_was_entered(works):
    signals = works.plant.machines[SAW].signals
    for hour, count, state in ((7, "0", "run"), (9, "40", "stop"), (10, "55", "run")):
        works.enter("good_count", count, at=f"2024-03-04T{hour:02}:00+00:00")
        works.enter("state", state, at=f"2024-03-04T{hour:02}:00+00:00")
    assert works.history.read(Counts, signals["good_count"], DAY).total == 55.0
    assert works.history.read(States, signals["state"], DAY).seconds("fault") == 3600.0


def test_a_value_entered_again_for_the_same_moment_takes_the_place_of_the_first(works):
    works.enter("energy", "1234.5")
    works.enter("energy", "1243.5", why="read the wrong way round")
    assert works.said("energy") == [(1243.5, 0)]
    assert works.history.overwritten(f"{SAW}/energy", DAY)["value"].to_pylist() == [1234.5]
    assert len(works.history.spell_rows("entry", SAW, DAY)) == 2


@pytest.mark.parametrize(
    ("signal", "value", "error", "says"),
    [
        ("energy", "12,5", BadInput, "is a number in kW.h, and '12,5' is no number"),
        ("energy", "inf", BadInput, "no value that it can have"),
        ("good_count", "-1", BadInput, "a count is not below 0"),
        ("strokes", "1.5", BadInput, "is a whole number"),
        ("door", "ajar", BadInput, "is true or false, not 'ajar'"),
        ("state", "stopp", UnknownName, "Did you mean 'stop'?"),
        ("enrgy", "1", UnknownName, "Did you mean 'energy'?"),
        ("vibration", "1", BadInput, "none can be entered by hand"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_stored(works, signal, value, error, says):
    with pytest.raises(error, match=says.replace("?", r"\?")):
        works.enter(signal, value)
    assert works.history.signals() == []


def test_nothing_is_entered_for_times_to_come(works):
    with pytest.raises(BadInput, match="is yet to come"):
        works.enter("energy", "1", at="2124-03-04T08:00+00:00")


def test_a_viewer_enters_nothing(works):
    with pytest.raises(NotAllowed):
        works.enter("energy", "1", right="viewer")


def test_the_command_line_enters(tmp_path):
    (tmp_path / "plant.toml").write_text(PLANT, encoding="utf-8")
    entered = done("act", "enter", tmp_path, SAW, "energy", 77, "--who", "bo")
    assert entered.returncode == 0, entered.stderr
    with Historian.open(tmp_path / "history") as history:
        assert history.latest([f"{SAW}/energy"])["value"].to_pylist() == [77.0]
