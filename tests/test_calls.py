"""Calls for help: the acts, what they refuse, who sees them, who is told of them."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from alarmed import Works
from andon import app
from andon.acts import ACTS, settle
from andon.acts.calls import KINDS, called
from andon.acts.orders import OPEN
from andon.app.opening import Andon, open_plant, seen_by
from andon.errors import BadInput, BadQuestion, NotAllowed, UnknownName
from andon.historian import Historian
from andon.ledger import audit
from andon.model import Window
from andon.units import MINUTE
from andon.watch import Calls
from andon.watch.calls import MESSAGES
from andon.words import explained
from receivers import webhook
from servers import until

PRESS, LATHE = "line-1/press-3", "line-2/lathe-1"
PLANT = """
[plant]
name = "works"
zone = "Asia/Shanghai"
currency = "CNY"

[[machine]]
path = "line-1/press-3"
[machine.signals.state]

[[machine]]
path = "line-2/lathe-1"
[machine.signals.state]
"""


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Andon]:
    (tmp_path / "plant.toml").write_text(PLANT, encoding="utf-8")
    with open_plant(tmp_path) as opened:
        yield opened


def do(plant: Andon, name: str, who: str = "ann", **given: object) -> dict[str, object]:
    arguments = {"machine": PRESS, "kind": "maintenance", **given}
    return dict(plant.act(name, arguments, who=who, right="operator"))


def standing(plant: Andon, at: str = "") -> list[dict[str, object]]:
    return [dict(row) for row in app.calls(plant.folder, at)]


def test_a_call_stands_until_it_is_ended_and_says_who_called_and_who_came(plant):
    made = do(plant, "call", text=" bearing is loud ")
    (row,) = standing(plant)
    assert (row["number"], row["kind"], row["text"], row["who"]) == (
        made["number"],
        "maintenance",
        "bearing is loud",
        "ann",
    )
    assert (row["answered"], row["by"], row["until"]) == (None, "", None)
    do(plant, "answer_call", who="bob")
    (row,) = standing(plant)
    assert (row["who"], row["by"], row["until"]) == ("ann", "bob", None)
    assert row["at"] <= row["answered"]
    do(plant, "end_call", who="cid", why="greased")
    assert standing(plant) == []
    (row,) = app.calls(plant.folder, last="1 h")
    assert (row["who"], row["by"], row["ended"], row["number"]) == ("ann", "bob", "cid", made["number"])
    assert row["at"] <= row["answered"] <= row["until"]


def test_several_may_be_called_to_one_machine_each_once(plant):
    for kind in KINDS:
        do(plant, "call", kind=kind)
    assert sorted(str(r["kind"]) for r in standing(plant)) == sorted(KINDS)
    with pytest.raises(BadQuestion, match=r"quality was called at .*, and the call still stands"):
        do(plant, "call", kind="quality")
    do(plant, "end_call", kind="quality")
    do(plant, "call", kind="quality")
    assert len(standing(plant)) == len(KINDS)


def test_a_call_that_a_tablet_kept_back_has_its_own_time(plant):
    at = time.time_ns() // 1000 - 20 * MINUTE
    do(plant, "call", at=Window(at, at))
    (row,) = standing(plant)
    assert row["at"] == at
    with pytest.raises(BadInput, match="yet to come"):
        do(plant, "call", kind="quality", at=Window(at + 60 * MINUTE, at + 60 * MINUTE))


@pytest.mark.parametrize(
    ("name", "given", "kind", "said", "chinese"),
    [
        (
            "call",
            {"kind": "maintenence"},
            UnknownName,
            "Did you mean 'maintenance'",
            "没有名为 'maintenence' 的呼叫类型",
        ),
        ("call", {"machine": "line-1/press-4"}, UnknownName, "Did you mean", "没有名为"),
        ("call", {"text": "x" * 501}, BadInput, "in 500 characters", "最多 500 个字"),
        ("answer_call", {}, BadQuestion, "nobody has called maintenance", "没有人呼叫"),
        ("end_call", {}, BadQuestion, "nobody has called maintenance", "没有人呼叫"),
        ("end_call", {"kind": "nobody"}, UnknownName, "There is no kind of call", "呼叫类型"),
    ],
)
def test_what_does_not_fit_is_refused_in_both_languages(plant, name, given, kind, said, chinese):
    with pytest.raises(kind, match=said) as refused:
        do(plant, name, **given)
    assert chinese in explained(refused.value, "zh")
    assert standing(plant) == []


def test_a_call_is_answered_once(plant):
    do(plant, "call")
    do(plant, "answer_call", who="bob")
    with pytest.raises(BadQuestion, match="bob has answered") as refused:
        do(plant, "answer_call", who="cid")
    assert "bob 已经响应" in explained(refused.value, "zh")


@pytest.mark.parametrize("name", ["call", "answer_call", "end_call"])
def test_viewers_call_nobody(plant, name):
    assert ACTS[name].right == "operator"
    with pytest.raises(NotAllowed):
        plant.act(name, {"machine": PRESS, "kind": "quality"}, who="eve", right="viewer")


def test_every_call_is_in_the_audit_log_and_a_crash_is_settled(plant):
    do(plant, "call")
    lines = list(audit.lines(plant.folder / "ledger"))
    assert [(x.act, x.result["state"]) for x in lines] == [("call", "begun"), ("call", "done")]
    log = plant.folder / "ledger" / "audit.jsonl"
    log.write_bytes(log.read_bytes().split(b"\n")[0] + b"\n")  # killed before the outcome was written
    (line,) = settle(history=plant.history, folder=plant.folder)
    assert line.result["state"] == "done"


def test_whoever_sees_one_line_sees_its_calls_only(plant):
    do(plant, "call")
    do(plant, "call", machine=LATHE)
    assert [r["machine"] for r in standing(plant, "line-2")] == [LATHE]
    with seen_by(["line-1"]):
        assert [r["machine"] for r in standing(plant)] == [PRESS]
        assert [r["machine"] for r in app.calls(plant.folder, last="1 h")] == [PRESS]


def test_a_call_touches_no_shift(plant):
    before, _ = plant.history.touched(0)
    do(plant, "call")
    assert plant.history.touched(before)[1] == []


def test_a_running_plant_keeps_calls_in_memory_and_after_a_restart(plant):
    now = time.time_ns() // 1000
    assert isinstance(plant.history, Historian)
    calls = Calls(plant.history, now)
    do(plant, "call", text="jam")
    do(plant, "call", kind="quality")
    assert calls.standing() == called(plant.history, Window(now, OPEN))
    do(plant, "end_call", kind="quality")
    (left,) = calls.standing()
    assert (left.kind, left.text) == ("maintenance", "jam")
    assert Calls(plant.history, now).standing() == [left]


def test_those_who_are_told_of_alarms_are_told_of_calls(plant):
    calls = Calls(plant.history, time.time_ns() // 1000)
    do(plant, "call", text="jam")
    (stands,), (news,) = calls.told()
    assert stands == news
    assert (stands.key, stands.priority, stands.is_waiting) == ((PRESS, "call-maintenance"), "high", True)
    assert stands.messages["en"] == f"{PRESS}: maintenance is called by ann: jam"
    assert stands.messages["zh"] == f"{PRESS}：ann 呼叫维修：jam"
    do(plant, "answer_call", who="bob")
    (stands,), _ = calls.told()
    assert (stands.waiting, stands.by, stands.is_open) == (None, "bob", True)
    do(plant, "end_call")
    none, (over,) = calls.told()
    assert none == []
    assert not over.is_open
    assert calls.told() == ([], [])


def test_every_kind_has_its_message():
    assert set(MESSAGES) == set(KINDS)


NOTIFY = """
[[notify]]
name = "ops"
by = "webhook"
url = "http://127.0.0.1:{post}/"
returned = true
language = "zh"
"""


def test_a_running_plant_tells_of_a_call_once_and_when_it_is_over(tmp_path):
    with webhook() as post:
        works = Works(tmp_path, NOTIFY.format(post=post.port))
        works.start()
        try:
            app.acted(tmp_path, "call", "ann", {"machine": PRESS, "kind": "quality", "text": "划伤"})
            until(lambda: bool(post.bodies), what="the message")
            assert "ann 呼叫质量人员：划伤" in str(post.bodies[0]["subject"])
            assert [r["kind"] for r in app.calls(tmp_path)] == ["quality"]  # asked of the process that runs the plant
            works.kill()
            works.start()
            app.acted(tmp_path, "answer_call", "bob", {"machine": PRESS, "kind": "quality"})
            app.acted(tmp_path, "end_call", "bob", {"machine": PRESS, "kind": "quality"})
            until(lambda: len(post.bodies) == 2, what="that it is over")
            assert [b["about"] for b in post.bodies] == ["alarm", "returned"]
            assert app.calls(tmp_path) == []
        finally:
            works.kill()
