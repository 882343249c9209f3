"""Acts that a program proposes: checked at once, done only when a person confirms, once, and written down."""

import json
import threading

import pytest

from andon.acts import proposals
from andon.errors import BadInput, BadQuestion, NotAllowed, UnknownName
from andon.ledger import audit
from andon.model import Window
from andon.units import HOUR, MINUTE
from works import O1, PRESS, START, shut
from works import opened as opened_works

STOP = "2024-03-04 08:05"


@pytest.fixture
def plant(works):
    works.say("state", O1)
    return works


def propose(works, act="reason", right="operator", **arguments):
    given = {"machine": PRESS, "stop": STOP, "code": "tool"} if act == "reason" and not arguments else arguments
    known = {"plant": works.plant, "history": works.history, "folder": works.folder}
    return proposals.propose(act, given, why="the belt", who="robot", right=right, **known)


def confirm(works, number, right="operator", who="ann"):
    known = {"plant": works.plant, "history": works.history, "folder": works.folder}
    return proposals.confirm(number, who=who, right=right, **known)


def dismiss(works, number, right="operator"):
    return proposals.dismiss(number, folder=works.folder, who="ann", right=right)


def reasons(works):
    return [t for *_, t in works.history.spells("reason", PRESS, Window(START, START + 12 * HOUR)).rows()]


def test_a_proposal_changes_nothing_and_says_what_it_would_do(plant):
    found = propose(plant)
    assert reasons(plant) == []
    assert (found.state, found.right, found.place) == ("open", "operator", PRESS)
    assert found.said["since"] == "2024-03-04T08:00:00Z"
    assert found.said["micros"] == 7 * MINUTE
    assert proposals.waiting(plant.folder) == [found]


def test_confirmed_it_is_the_act_of_whoever_confirms_it(plant):
    found = propose(plant)
    done = confirm(plant, found.number)
    assert (done.state, done.by) == ("confirmed", "ann")
    assert reasons(plant) == ["tool"]
    acted = next(x for x in audit.lines(plant.folder / "ledger") if x.number == done.done)
    assert (acted.act, acted.who, acted.right) == ("reason", "ann", "operator")
    assert proposals.waiting(plant.folder) == []
    assert [p.number for p in proposals.closed(plant.folder)] == [found.number]
    assert audit.verify(plant.folder / "ledger").holds


def test_it_is_done_once_however_many_confirm_it_at_once(plant):
    number, told = propose(plant).number, []

    def try_it() -> None:
        try:
            told.append(confirm(plant, number).state)
        except UnknownName:
            told.append("gone")

    threads = [threading.Thread(target=try_it) for _ in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(told) == ["confirmed"] + ["gone"] * 5
    done = [x for x in audit.lines(plant.folder / "ledger") if x.act == "reason" and x.result["state"] == "done"]
    assert len(done) == 1


def test_dismissed_it_is_never_done(plant):
    number = propose(plant).number
    assert dismiss(plant, number).state == "dismissed"
    with pytest.raises(UnknownName, match="open proposal"):
        confirm(plant, number)
    assert reasons(plant) == []


@pytest.mark.parametrize("how", ["confirm", "dismiss"])
def test_who_could_not_do_it_cannot_close_it_and_it_goes_on_waiting(plant, how):
    number = propose(plant).number
    close = {"confirm": confirm, "dismiss": dismiss}[how]
    with pytest.raises(NotAllowed, match="needs 'operator'"):
        close(plant, number, right="viewer")
    assert [p.number for p in proposals.waiting(plant.folder)] == [number]


@pytest.mark.parametrize(
    ("act", "arguments", "error"),
    [
        ("reason", {"machine": PRESS, "stop": STOP, "code": "tol"}, UnknownName),
        ("reason", {"machine": "line-1/press-4", "stop": STOP, "code": "tool"}, UnknownName),
        ("reason", {"machine": PRESS, "stop": "2024-03-04 07:00", "code": "tool"}, BadQuestion),
        ("reason", {"machine": PRESS, "code": "tool"}, BadInput),
        ("reason", {"machine": PRESS, "stop": STOP, "code": "tool", "colour": "red"}, UnknownName),
        ("scrap", {"machine": PRESS, "quantity": -1, "code": ""}, BadInput),
        ("note", {"machine": PRESS, "text": " "}, BadInput),
        ("sing", {}, UnknownName),
    ],
)
def test_what_could_not_be_done_is_not_kept(plant, act, arguments, error):
    with pytest.raises(error):
        propose(plant, act, **arguments)
    assert proposals.waiting(plant.folder) == []
    assert list(audit.lines(plant.folder / "ledger")) == []


def test_who_may_not_do_it_may_not_propose_it(plant):
    with pytest.raises(NotAllowed):
        propose(plant, right="viewer")


def test_now_is_the_moment_of_the_proposal_not_of_the_confirmation(plant):
    found = propose(plant, "note", machine=PRESS, text="looks worn")
    done = confirm(plant, found.number)
    meant = Window(found.at - 5 * MINUTE, found.at + 5 * MINUTE)
    (since, _, text), *_ = plant.history.spells("note", PRESS, meant).rows()
    assert text == "looks worn"
    assert since <= found.at
    assert done.arguments["about"].startswith(found.arguments["about"])


def test_an_act_that_can_no_longer_be_done_leaves_the_proposal_waiting(plant):
    found = propose(plant)
    plant.change(('code = "tool"', 'code = "belt"'))
    with pytest.raises(UnknownName, match="reason"):
        confirm(plant, found.number)
    assert [p.number for p in proposals.waiting(plant.folder)] == [found.number]


def test_a_proposal_older_than_a_day_is_put_away(plant):
    found = propose(plant)
    file = next((plant.folder / "proposals").glob("*.json"))
    told = json.loads(file.read_text())
    file.write_text(json.dumps(told | {"at": told["at"] - 25 * HOUR}))
    assert proposals.waiting(plant.folder) == []
    assert [(p.number, p.state) for p in proposals.closed(plant.folder)] == [(found.number, "expired")]
    with pytest.raises(UnknownName):
        confirm(plant, found.number)


def test_a_flood_of_proposals_is_refused(plant, monkeypatch):
    monkeypatch.setattr(proposals, "MOST", 2)
    propose(plant)
    propose(plant)
    with pytest.raises(BadInput, match="2 proposals wait"):
        propose(plant)


def test_they_outlive_a_restart(plant):
    number = propose(plant).number
    shut(plant)
    again = opened_works(plant.folder, (plant.folder / "plant.toml").read_text())
    try:
        assert confirm(again, number).state == "confirmed"
    finally:
        plant.history, plant.books = again.history, again.books
