"""Standing questions: asked again when a shift closes, once, whatever happens; alarms where a figure passes a limit."""

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from andon.acts import act
from andon.acts.standing import standing
from andon.config import read_plant
from andon.errors import BadInput, BadQuestion, NotAllowed, UnknownName
from andon.historian import Historian
from andon.ledger import Books
from andon.model import Batch
from andon.plant.alarms import Alarm
from andon.units import HOUR, MINUTE
from andon.watch import close
from andon.watch.standing import Answers, Asking
from andon.watch.standing.asking import raised
from works import PLANT, PRESS, START

SHIFT = 8 * HOUR


class Shop:
    """A press with two shifts a day; time passes when the test says so."""

    def __init__(self, folder: Path) -> None:
        (folder / "plant.toml").write_text(PLANT, encoding="utf-8")
        self.folder, self.plant, self.now, self.number = folder, read_plant(folder), START, 0
        self.history = Historian.own(folder / "history", clock=lambda: self.now * 1000)
        self.books = Books.open(folder / "ledger", clock=lambda: self.now)
        self.answers, self.turned = Answers(folder / "standing"), []
        self.begin()

    def begin(self) -> None:
        self.asking = Asking(
            lambda: self.plant, self.history, self.books, self.answers, self.turn, clock=lambda: self.now
        )

    def turn(self, alarm: Alarm, at: int, *, on: bool, value: float | None = None) -> None:
        self.turned.append((alarm.name, on, value))

    def act(self, what: str, right: str = "engineer", **arguments: object) -> int:
        told = {"plant": self.plant, "history": self.history, "folder": self.folder, "who": "ann", "right": right}
        return int(str(act(what, arguments, **told)["number"]))

    def say(self, state: str, at: int) -> None:
        self.number += 1
        rows = {"signal": [f"{PRESS}/state"], "at": pa.array([at], pa.timestamp("us", "UTC")), "text": [state]}
        self.history.write(Batch("plc", self.number, pa.table(rows)))

    def make(self, parts: int, at: int) -> None:
        self.number += 1
        rows = {
            "signal": [f"{PRESS}/total_count"],
            "at": pa.array([at], pa.timestamp("us", "UTC")),
            "value": [float(parts)],
        }
        self.history.write(Batch("plc", self.number, pa.table(rows)))

    def shift(self, running: int, parts: int) -> None:
        """A shift of which the press runs the first minutes; it is closed then."""
        begun = self.now
        self.say("run", begun)
        self.make(parts, begun + HOUR)
        self.say("stop", begun + running * MINUTE)
        self.now = begun + SHIFT
        self.say("stop", self.now)
        self.close_books()

    def close_books(self) -> None:
        close(self.plant, self.history, self.books, who="test", now=self.now + MINUTE)

    def close(self) -> None:
        self.books.close()
        self.history.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.close()


@pytest.fixture
def asked(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> int:
    """A question about availability of each shift, with an alarm below 60 %."""
    monkeypatch.setattr("andon.acts.door.time.time_ns", lambda: shop.now * 1000)
    return shop.act(
        "ask_again", study="oee", at=PRESS, name="few", figure="availability", side="below", limit=0.6, priority="high"
    )


def test_a_shift_that_closes_is_answered_once(shop: Shop, asked: int) -> None:
    shop.shift(running=400, parts=300)
    assert shop.asking.look() == 1
    assert shop.asking.look() == 0
    (given,) = shop.answers.of(asked)
    with_books = shop.books.figures()[0]
    assert given.label == "2024-03-04 early"
    assert given.figures["availability"] == pytest.approx(given.value)
    assert given.value == pytest.approx(with_books.production / with_books.planned_busy)
    assert not given.on
    assert shop.turned == [("few", False, pytest.approx(given.value * 100))]


def test_a_figure_that_passes_its_limit_turns_the_alarm_on_and_the_next_good_shift_turns_it_off(
    shop: Shop, asked: int
) -> None:
    shop.shift(running=100, parts=100)
    shop.asking.look()
    shop.shift(running=460, parts=300)
    shop.asking.look()
    assert [(name, on) for name, on, _ in shop.turned] == [("few", True), ("few", False)]
    assert raised(standing(shop.history), shop.plant) == {(PRESS, "few")}


def test_shifts_that_were_missed_are_made_up_for_and_none_is_asked_twice_after_a_kill(shop: Shop, asked: int) -> None:
    shop.shift(running=400, parts=300)
    shop.asking.look()
    shop.shift(running=400, parts=300)
    with (shop.folder / "standing" / f"{asked}.jsonl").open("ab") as torn:
        torn.write(b'{"since": 17')  # the power failed in the middle of a line
    shop.begin()
    shop.asking.look()
    assert shop.asking.look() == 0
    lines = (shop.folder / "standing" / f"{asked}.jsonl").read_text().splitlines()
    assert {json.loads(line)["label"] for line in lines} == {"2024-03-04 early", "2024-03-04 late"}
    assert [g.label for g in shop.answers.of(asked)] == ["2024-03-04 early", "2024-03-04 late"]


def test_a_shift_that_closes_anew_is_answered_anew_and_marked(shop: Shop, asked: int) -> None:
    shop.shift(running=400, parts=300)
    shop.asking.look()
    before = shop.answers.of(asked)[0]
    shop.say("run", START + 401 * MINUTE)  # late: the press did run on
    shop.close_books()
    assert shop.asking.look() == 1
    (after,) = shop.answers.of(asked)
    assert after.again == 1
    assert after.value > before.value


def test_a_question_that_is_over_is_not_asked_and_its_alarm_ends(shop: Shop, asked: int) -> None:
    shop.shift(running=100, parts=100)
    shop.asking.look()
    shop.act("stop_asking", number=asked)
    shop.shift(running=100, parts=100)
    assert shop.asking.look() == 0
    assert shop.turned[-1] == ("few", False, None)
    assert standing(shop.history) == []


def test_what_cannot_be_answered_says_why(shop: Shop, asked: int) -> None:
    shop.now += SHIFT + 3 * MINUTE  # nothing was heard, so the books have nothing to close
    assert shop.asking.look() == 1
    (given,) = shop.answers.of(asked)
    assert "Nothing was heard" in given.problem
    assert (given.value, given.on, shop.turned) == (None, None, [])


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        ({"study": "oe"}, UnknownName, "Did you mean 'oee'"),
        ({"at": "line-9"}, UnknownName, "line-9"),
        ({"every": "minute"}, UnknownName, "interval"),
        ({"figure": "joy"}, UnknownName, "figure of oee"),
        ({"limit": 0.5}, BadInput, "of which figure"),
        ({"settings": "[1]"}, BadInput, "no JSON object"),
        ({"settings": '{"x": 1}'}, UnknownName, "setting of oee"),
        ({"study": "states", "settings": '{"shortest": "soon"}'}, BadQuestion, "does not fit"),
    ],
)
def test_a_question_that_cannot_stand_is_refused(shop: Shop, wrong: dict, error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        shop.act("ask_again", **({"study": "oee", "at": PRESS} | wrong))
    assert standing(shop.history) == []


def test_a_name_is_given_once_and_an_operator_may_not_put_questions(shop: Shop, asked: int) -> None:
    with pytest.raises(BadInput, match="already"):
        shop.act("ask_again", study="oee", at=PRESS, name="few")
    with pytest.raises(NotAllowed, match="engineer"):
        shop.act("ask_again", right="operator", study="oee", at=PRESS)
    with pytest.raises(UnknownName, match="standing question"):
        shop.act("stop_asking", number=asked + 77)


def test_a_question_about_days_is_asked_when_the_day_is_over(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("andon.acts.door.time.time_ns", lambda: shop.now * 1000)
    number = shop.act("ask_again", study="oee", at="", every="day", name="days")
    shop.shift(running=400, parts=300)
    shop.shift(running=400, parts=300)
    assert shop.asking.look() == 0
    shop.now = START + 24 * HOUR + 3 * MINUTE
    assert shop.asking.look() == 1
    (given,) = shop.answers.of(number)
    assert (given.label, given.until - given.since) == ("2024-03-04", 24 * HOUR)
