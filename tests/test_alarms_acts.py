"""Acts on alarms: the right they need, what they refuse, and what a crash leaves of them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from alarmed import PLANT, PRESS, now
from andon.acts import ACTS, settle
from andon.app.alarming import defined, kept_back
from andon.app.opening import Andon, open_plant, seen_by
from andon.errors import BadInput, BadQuestion, NotAllowed, UnknownName
from andon.ledger import audit
from andon.model import Batch, Window
from andon.units import HOUR


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Andon]:
    (tmp_path / "plant.toml").write_text(PLANT, encoding="utf-8")
    with open_plant(tmp_path) as opened:
        yield opened


def stands(plant: Andon, stage: str) -> None:
    """An alarm as a running plant writes it down."""
    rows = {"kind": ["alarm"], "place": [PRESS], "since": [now() - HOUR], "until": [4_102_444_800_000_000]}
    spells = pa.table(rows | {"text": ["hot"], "detail": [json.dumps({"stage": stage})]})
    plant.history.write(Batch("alarms", 1, spells=spells))


def do(plant: Andon, name: str, right: str = "operator", alarm: str = "hot", **more: str) -> object:
    return plant.act(name, {"place": PRESS, "alarm": alarm, **more}, who="ann", right=right)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("acknowledge", "operator"),
        ("reset", "operator"),
        ("shelve", "operator"),
        ("unshelve", "operator"),
        ("out_of_service", "engineer"),
        ("in_service", "engineer"),
    ],
)
def test_operators_answer_alarms_and_engineers_take_them_out_of_service(name: str, right: str):
    assert ACTS[name].right == right


def test_an_operator_takes_nothing_out_of_service(plant):
    with pytest.raises(NotAllowed, match="needs 'engineer'"):
        do(plant, "out_of_service", why="broken")


@pytest.mark.parametrize(
    ("name", "stage", "kind", "said"),
    [
        ("acknowledge", "acknowledged", BadQuestion, "is not waiting to be acknowledged"),
        ("acknowledge", "shelved", BadQuestion, "is not waiting to be acknowledged"),
        ("reset", "unacknowledged", BadQuestion, "is not latched"),
        ("unshelve", "unacknowledged", BadQuestion, "is not shelved"),
    ],
)
def test_what_does_not_fit_the_state_is_refused(plant, name, stage, kind, said):
    stands(plant, stage)
    with pytest.raises(kind, match=said):
        do(plant, name)


@pytest.mark.parametrize("stage", ["unacknowledged", "returned", "latched_unacknowledged"])
def test_what_waits_is_acknowledged(plant, stage):
    stands(plant, stage)
    do(plant, "acknowledge", why="seen")
    place, at = f"{PRESS}/hot", now()
    (row,) = plant.history.spell_rows("acknowledged", place, Window(at - HOUR, at + HOUR)).to_pylist()
    assert json.loads(row["detail"])["who"] == "ann"


def test_shelving_needs_a_reason_and_has_an_end(plant):
    for wrong, said in (({"time": "1 h", "why": " "}, "say why"), ({"time": "25 h", "why": "x"}, "24 h at most")):
        with pytest.raises(BadInput, match=said):
            do(plant, "shelve", **wrong)
    do(plant, "shelve", time="1 h", why="sensor")
    at, place = now(), f"{PRESS}/hot"
    assert plant.history.spells("shelved", place, Window(at, at + 2 * HOUR)).text == ("shelved",)
    do(plant, "unshelve")
    at = now()
    assert not any(plant.history.spells("shelved", place, Window(at, at + 2 * HOUR)).text)


def test_an_alarm_that_there_is_not_is_named(plant):
    with pytest.raises(UnknownName, match="Did you mean 'hot'"):
        do(plant, "acknowledge", alarm="hott")
    with pytest.raises(UnknownName, match="Did you mean 'line-1/press-3'"):
        plant.act("acknowledge", {"place": "line-1/press3", "alarm": "hot"}, who="ann")


def test_an_act_that_a_crash_cut_in_two_is_settled_by_what_is_stored(plant):
    ledger = plant.folder / "ledger"
    told = {"who": "ann", "right": "operator", "act": "acknowledge", "arguments": {"place": PRESS, "alarm": "hot"}}
    lost = audit.append(ledger, **told, result={"state": "begun"})
    kept = audit.append(ledger, **told, result={"state": "begun"})
    detail = json.dumps({"who": "ann", "act": kept.number})
    rows = {"kind": ["acknowledged"], "place": [f"{PRESS}/hot"], "since": [10**15], "until": [10**15 + 1]}
    plant.history.write(
        Batch("acts", kept.number, spells=pa.table(rows | {"text": ["acknowledged"], "detail": [detail]}))
    )
    found = {line.result["of"]: line.result["state"] for line in settle(history=plant.history, folder=plant.folder)}
    assert found == {lost.number: "failed", kept.number: "done"}


def test_what_is_kept_back_is_listed_with_who_until_when_and_why(plant):
    do(plant, "shelve", time="2 h", why="sensor")
    do(plant, "out_of_service", "engineer", why="pump is out")
    shelved, out = sorted(kept_back(plant.folder), key=lambda k: str(k["state"]), reverse=True)
    assert (shelved["place"], shelved["alarm"], shelved["who"], shelved["why"]) == (PRESS, "hot", "ann", "sensor")
    assert int(str(shelved["until"])) - int(str(shelved["since"])) == 2 * HOUR
    assert (out["state"], out["until"], out["why"]) == ("out_of_service", None, "pump is out")
    do(plant, "unshelve")
    do(plant, "in_service", "engineer")
    assert kept_back(plant.folder) == []


def test_what_plant_toml_defines_is_listed_with_its_condition(plant):
    (hot,) = [d for d in defined(plant.folder) if d["alarm"] == "hot"]
    assert (hot["place"], str(hot["condition"])[:4]) == (PRESS, "> 70")
    with seen_by(["line-9"]):
        assert defined(plant.folder) == []
