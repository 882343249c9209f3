"""Acts: what people may change, through one door that checks, does and writes down."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

from andon.acts import ACTS, act, settle
from andon.config import read_plant
from andon.errors import BadConfig, BadInput, BadQuestion, NotAllowed, UnknownName
from andon.historian import Historian
from andon.ledger import audit
from andon.model import Batch, Window
from andon.plant import Plant
from andon.units import HOUR, MINUTE

PRESS = "line-1/press-3"
START = 1_709_532_000_000_000  # 2024-03-04T06:00Z, a Monday
PLANT = """
[plant]
name = "works"
zone = "UTC"
currency = "EUR"

[[shift]]
name = "early"
start = "06:00"
end = "14:00"

[[reason]]
code = "jam"
text = "Material jam"
element = "ADET"
loss = "breakdown"

[[reason]]
code = "tool"
text = "Tool change"
element = "AUST"
loss = "setup"

[[machine]]
path = "line-1/press-3"
class = "press"
minor_stop = "5 min"

[machine.signals.state]
kind = "state"
states = { run = "producing", stop = "fault", wait = "starved" }
"""
SAID = [(0, "run"), (60, "stop"), (90, "run"), (120, "wait"), (130, "stop"), (160, "run"), (480, "run")]


@dataclass(frozen=True)
class Works:
    folder: Path
    plant: Plant
    history: Historian

    def do(self, name: str, right: str = "operator", **arguments: object) -> dict[str, object]:
        return dict(
            act(
                name,
                {"machine": PRESS, **arguments},
                plant=self.plant,
                history=self.history,
                folder=self.folder,
                who="ann",
                right=right,
            )
        )

    def spells(self, kind: str = "reason") -> list[tuple[float, float, str]]:
        """Minutes of the shift, as the history has them now."""
        rows = self.history.spells(kind, PRESS, Window(START - HOUR, START + 24 * HOUR)).rows()
        return [((s - START) / MINUTE, (u - START) / MINUTE, t) for s, u, t in rows]

    def log(self) -> list[audit.Line]:
        return list(audit.lines(self.folder / "ledger"))


def at(minutes: float) -> str:
    return f"2024-03-04T{6 + int(minutes // 60):02}:{int(minutes % 60):02}:{round(minutes % 1 * 60):02}+00:00"


def made(folder: Path) -> None:
    (folder / "plant.toml").write_text(PLANT)
    with Historian.open(folder / "history") as history:
        history.write(
            Batch(
                "plc",
                1,
                pa.table(
                    {
                        "signal": [f"{PRESS}/state"] * len(SAID),
                        "at": [START + m * MINUTE for m, _ in SAID],
                        "text": [t for _, t in SAID],
                    }
                ),
            )
        )


@pytest.fixture
def works(tmp_path: Path) -> Iterator[Works]:
    made(tmp_path)
    with Historian.open(tmp_path / "history") as history:
        yield Works(tmp_path, read_plant(tmp_path), history)


def test_a_reason_holds_for_the_whole_stop_at_that_moment(works: Works) -> None:
    done = works.do("reason", stop=at(75), code="jam", why="bent sheet")
    assert works.spells() == [(60, 90, "jam")]
    assert (done["state"], done["micros"]) == ("fault", 30 * MINUTE)


def test_a_reason_for_a_stretch_holds_for_just_that(works: Works) -> None:
    works.do("reason", stop=f"{at(65)}/{at(70)}", code="jam")
    assert works.spells() == [(65, 70, "jam")]


def test_who_and_why_stay_with_what_was_said(works: Works) -> None:
    number = works.do("reason", stop=at(75), code="jam", why="bent sheet")["number"]
    (row,) = works.history.spell_rows("reason", PRESS, Window(START, START + 8 * HOUR)).to_pylist()
    assert json.loads(row["detail"]) == {"who": "ann", "act": number, "why": "bent sheet"}


def test_intent_and_outcome_are_in_the_log(works: Works) -> None:
    number = works.do("reason", stop=at(75), code="jam")["number"]
    begun, done = works.log()
    assert (begun.number, begun.result) == (number, {"state": "begun"})
    assert (done.result["state"], done.result["of"]) == ("done", number)
    assert begun.arguments == {"machine": PRESS, "stop": at(75), "code": "jam"}
    assert audit.verify(works.folder / "ledger").holds


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        ((60, 90), (60, 90), [(60, 90, "tool")]),
        ((60, 90), (60, 70), [(60, 70, "tool"), (70, 90, "jam")]),
        ((60, 90), (70, 90), [(60, 70, "jam"), (70, 90, "tool")]),
        ((60, 90), (70, 80), [(60, 70, "jam"), (70, 80, "tool"), (80, 90, "jam")]),
        ((60, 70), (60, 90), [(60, 90, "tool")]),
        ((70, 80), (60, 90), [(60, 90, "tool")]),
    ],
)
def test_of_two_reasons_for_the_same_time_the_later_holds(works: Works, first, second, left) -> None:
    for (since, until), code in ((first, "jam"), (second, "tool")):
        works.do("reason", stop=f"{at(since)}/{at(until)}", code=code)
    assert works.spells() == left


def test_a_split_stop_keeps_its_time(works: Works) -> None:
    works.do("reason", stop=at(75), code="jam")
    works.do("split_stop", at=at(80), after="tool")
    assert works.spells() == [(60, 80, "jam"), (80, 90, "tool")]
    works.do("split_stop", at=at(85), after="jam")
    assert works.spells() == [(60, 80, "jam"), (80, 85, "tool"), (85, 90, "jam")]
    works.do("reason", stop=at(82), code="jam")
    assert works.spells() == [(60, 90, "jam")]


def test_stops_that_follow_each_other_are_merged_and_production_between_stays(works: Works) -> None:
    done = works.do("merge_stops", stops=f"{at(50)}/{at(200)}", code="jam")
    assert works.spells() == [(60, 90, "jam"), (120, 160, "jam")]
    assert (done["stops"], done["micros"]) == (2, 70 * MINUTE)


def test_starting_an_order_ends_the_one_before_and_finishing_leaves_none(works: Works) -> None:
    works.do("start_order", order="o-1", at=at(10), product="A", quantity="500")
    works.do("start_order", order="o-2", at=at(100))
    works.do("finish_order", order="o-2", at=at(200))
    assert [(s, u, t) for s, u, t in works.spells("order") if t] == [(10, 100, "o-1"), (100, 200, "o-2")]


def test_an_order_entered_late_ends_where_the_next_one_began(works: Works) -> None:
    works.do("start_order", order="o-2", at=at(100))
    works.do("start_order", order="o-1", at=at(10))
    works.do("finish_order", order="o-2", at=at(200))
    assert [(s, u, t) for s, u, t in works.spells("order") if t] == [(10, 100, "o-1"), (100, 200, "o-2")]


def test_scrap_of_the_same_moment_adds_up(works: Works) -> None:
    works.do("scrap", quantity=3, code="jam", at=at(100))
    works.do("scrap", quantity=2, code="tool", at=at(100))
    rows = works.history.spell_rows("scrap", PRESS, Window(START, START + 8 * HOUR)).to_pylist()
    assert [(r["text"], json.loads(r["detail"])["quantity"]) for r in rows] == [("jam", 3), ("tool", 2)]


def test_notes_are_kept(works: Works) -> None:
    works.do("note", text="the new oil smells", about=at(20))
    works.do("note", text="so does the old", about=at(20))
    assert [t for _, _, t in works.spells("note")] == ["the new oil smells", "so does the old"]


@pytest.mark.parametrize(
    ("name", "arguments", "error", "says"),
    [
        ("reason", {"stop": at(75), "code": "jamm"}, UnknownName, "Did you mean 'jam'"),
        ("reason", {"stop": at(30), "code": "jam"}, BadQuestion, "was producing at"),
        ("reason", {"stop": at(75), "code": "jam", "machine": "line-1/press3"}, UnknownName, "line-1/press-3"),
        ("reason", {"stop": at(75)}, BadInput, "needs 'code'"),
        ("reason", {"stop": at(75), "code": "jam", "reson": "x"}, UnknownName, "argument of reason"),
        ("resaon", {}, UnknownName, "Did you mean 'reason'"),
        ("split_stop", {"at": at(60), "after": "jam"}, BadQuestion, "nothing before it"),
        ("merge_stops", {"stops": f"{at(10)}/{at(20)}", "code": "jam"}, BadQuestion, "did not stop between"),
        ("finish_order", {"order": "o-1", "at": at(20)}, BadQuestion, "running no order"),
        ("start_order", {"order": " "}, BadInput, "needs a number"),
        ("start_order", {"order": "o-1", "at": "2999-01-01 06:00"}, BadInput, "yet to come"),
        ("scrap", {"quantity": 0, "code": ""}, BadInput, "more than 0"),
        ("scrap", {"quantity": "many", "code": ""}, BadInput, "does not fit"),
        ("scrap", {"quantity": 1, "code": "brr"}, UnknownName, "no reason 'brr'"),
        ("note", {"text": ""}, BadInput, "without text"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(works: Works, name, arguments, error, says) -> None:
    with pytest.raises(error, match=says):
        works.do(name, **arguments)
    assert [works.spells(kind) for kind in ("reason", "order", "scrap", "note")] == [[], [], [], []]
    assert audit.unfinished(works.folder / "ledger") == []


def test_the_right_is_checked_and_the_refusal_is_in_the_log(works: Works) -> None:
    with pytest.raises(NotAllowed, match="ann has the right 'viewer', and reason needs 'operator'"):
        works.do("reason", right="viewer", stop=at(75), code="jam")
    assert [line.result["state"] for line in works.log()] == ["refused"]
    assert works.spells() == []


def test_a_plant_without_reasons_says_so(works: Works) -> None:
    text = PLANT[: PLANT.index("[[reason]]")] + PLANT[PLANT.index("[[machine]]") :]
    (works.folder / "plant.toml").write_text(text)
    bare = Works(works.folder, read_plant(works.folder), works.history)
    with pytest.raises(BadConfig, match=r"Add a \[\[reason\]\]"):
        bare.do("reason", stop=at(75), code="jam")


def test_every_act_says_what_each_argument_is() -> None:
    assert {"reason", "split_stop", "merge_stops", "start_order", "finish_order", "scrap", "note"} <= set(ACTS)
    for known in ACTS.values():
        assert known.summary
        assert all(p.help and p.kind in (str, float, int, bool, Window) for p in known.parameters)


KILLED = """
import os, signal, sys
from pathlib import Path
from andon.acts import act
from andon.config import read_plant
from andon.historian import Historian

class Dying:
    '''The history, and a power cut before or after it has written.'''
    def __init__(self, history, when): self.history, self.when = history, when
    def __getattr__(self, name): return getattr(self.history, name)
    def write(self, batch):
        if self.when == "after":
            self.history.write(batch)
        os.kill(os.getpid(), signal.SIGKILL)

folder = Path(sys.argv[1])
history = Historian.open(folder / "history")
act("reason", {"machine": "line-1/press-3", "stop": sys.argv[3], "code": "jam"}, plant=read_plant(folder),
    history=Dying(history, sys.argv[2]), folder=folder, who="ann", right="operator")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
@pytest.mark.parametrize(
    ("when", "outcome", "spells"), [("before", "failed", []), ("after", "done", [(60, 90, "jam")])]
)
def test_an_act_cut_in_two_by_kill_9_shows_in_the_log_and_is_settled(tmp_path: Path, when, outcome, spells) -> None:
    made(tmp_path)
    died = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), when, at(75)], timeout=120)
    assert died.returncode == -9
    assert [line.act for line in audit.unfinished(tmp_path / "ledger")] == ["reason"]
    with Historian.open(tmp_path / "history") as history:
        works = Works(tmp_path, read_plant(tmp_path), history)
        settled = settle(history=history, folder=tmp_path)
        assert [line.result["state"] for line in settled] == [outcome]
        assert works.spells() == spells
        assert settle(history=history, folder=tmp_path) == []
        works.do("reason", stop=at(75), code="tool")
        assert works.spells() == [(60, 90, "tool")]
    assert audit.verify(tmp_path / "ledger").holds
