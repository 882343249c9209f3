"""Clockwork: shifts are closed at their end and again when something touches them, whatever clocks and disks do."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from andon.config import read_plant
from andon.errors import DiskFull
from andon.historian import Historian
from andon.ledger import Books
from andon.model import Batch
from andon.units import HOUR, MINUTE, SECOND
from andon.watch import Clocks, Clockwork, Closed
from works import PLANT, PRESS, START


class Shop:
    """The plant of oracle O1 with its clockwork; time passes when the test says so."""

    def __init__(self, folder: Path) -> None:
        (folder / "plant.toml").write_text(PLANT, encoding="utf-8")
        self.folder, self.plant = folder, read_plant(folder)
        self.now, self.passed, self.number, self.late = START, 0, 0, False
        self.history = Historian.own(folder / "history", clock=lambda: self.now * 1000)
        self.books = Books.open(folder / "ledger", clock=lambda: self.now)
        self.begin()

    def begin(self) -> None:
        clocks = Clocks(lambda: self.now, lambda: self.passed)
        self.clockwork = Clockwork(lambda: self.plant, self.history, self.books, lambda end: not self.late, clocks)

    def wait(self, length: int) -> list[Closed]:
        """Let time pass, looking every second near the end and every minute before; what was closed."""
        found = []
        while length > 0:
            step = SECOND if length <= 2 * MINUTE else MINUTE
            self.now, self.passed, length = self.now + step, self.passed + step, length - step
            found.append(self.clockwork.look())
        return [f for f in found if f is not None]

    def say(self, state: str, at: int | None = None) -> None:
        self.number += 1
        rows = {
            "signal": [f"{PRESS}/state"],
            "at": pa.array([at or self.now], pa.timestamp("us", "UTC")),
            "text": [state],
        }
        self.history.write(Batch("plc", self.number, pa.table(rows)))

    def closed(self) -> list[tuple[str, int]]:
        """The closed shifts with their newest versions."""
        return [(c.shift, c.version) for c in self.books.closings()]

    def close(self) -> None:
        self.books.close()
        self.history.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    made.say("run")
    yield made
    made.close()


def test_a_shift_is_closed_seconds_after_its_end(shop):
    shop.wait(8 * HOUR)
    assert shop.closed() == []
    assert shop.wait(6 * SECOND) == [Closed(first=1)]
    assert shop.closed() == [("early", 1)]
    assert shop.wait(HOUR) == []


def test_a_shift_waits_for_sources_that_are_behind_but_not_for_ever(shop):
    shop.late = True
    shop.wait(8 * HOUR + 59 * SECOND)
    assert shop.closed() == []
    shop.wait(2 * SECOND)
    assert shop.closed() == [("early", 1)]


def test_late_samples_close_a_shift_again_once_they_have_all_come(shop):
    shop.wait(8 * HOUR + 10 * SECOND)
    for minute in range(30):
        shop.say("stop" if minute % 2 else "run", at=START + (60 + minute) * MINUTE)
        shop.wait(SECOND)
    assert shop.closed() == [("early", 1)]
    assert shop.wait(2 * MINUTE) == [Closed(again=1)]
    assert shop.closed() == [("early", 2)]


def test_a_stream_of_late_samples_closes_at_most_once_a_minute(shop):
    shop.wait(8 * HOUR + 10 * SECOND)
    done = []
    for second in range(300):
        shop.say("stop" if second % 2 else "run", at=START + HOUR + second * SECOND)
        done += shop.wait(SECOND)
    assert 3 <= len(done) <= 5


def test_samples_of_the_running_shift_close_nothing(shop):
    shop.wait(8 * HOUR + 10 * SECOND)
    for _ in range(120):
        shop.say("run")
        assert shop.wait(SECOND) == []


def test_a_reason_given_afterwards_closes_the_shift_again(shop):
    shop.wait(HOUR)
    shop.say("stop")
    shop.wait(7 * HOUR + 10 * SECOND)
    since = START + HOUR
    rows = {"kind": ["reason"], "place": [PRESS], "since": [since], "until": [since + HOUR], "text": ["tool"]}
    shop.history.write(Batch("acts", 1, spells=pa.table(rows)))
    shop.wait(2 * MINUTE)
    assert shop.closed() == [("early", 2)]
    assert {e.reason for e in shop.books.entries() if e.loss == "breakdown"} == {"tool"}


def test_what_ended_while_andon_was_off_is_closed_at_its_start(shop):
    shop.wait(HOUR)
    shop.say("run", at=START + 17 * HOUR)
    shop.now += 20 * HOUR
    shop.say("stop")
    shop.begin()
    assert shop.clockwork.look() == Closed(first=2)
    assert shop.closed() == [("early", 1), ("late", 1)]


def test_a_clock_that_jumps_ahead_and_back_closes_no_shift_too_soon(shop, caplog):
    shop.wait(7 * HOUR)
    shop.now += 5 * HOUR
    assert shop.wait(30 * SECOND) == []
    shop.now -= 5 * HOUR
    assert shop.wait(50 * MINUTE) == []
    assert shop.closed() == []
    assert [r.getMessage().split(";")[0] for r in caplog.records if r.levelno == logging.WARNING] == [
        "this computer's clock was set forward by 18000 s",
        "this computer's clock was set back by 18000 s",
    ]
    shop.wait(11 * MINUTE)
    assert shop.closed() == [("early", 1)]


def test_a_shift_closed_by_a_wrong_clock_is_closed_again_at_its_real_end(shop):
    shop.wait(7 * HOUR)
    shop.now += 2 * HOUR
    shop.say("run")
    shop.wait(2 * MINUTE)
    assert shop.closed() == [("early", 1)]
    shop.now -= 2 * HOUR
    shop.wait(10 * MINUTE)
    shop.say("stop")
    shop.wait(50 * MINUTE)
    assert shop.closed() == [("early", 2)]


def test_a_failure_is_told_and_tried_again_later_and_nothing_is_forgotten(shop, monkeypatch):
    shop.wait(8 * HOUR + 4 * SECOND)
    with monkeypatch.context() as broken:
        broken.setattr(shop.books, "post_all", lambda *args, **named: (_ for _ in ()).throw(DiskFull("no room")))
        with pytest.raises(DiskFull):
            shop.wait(MINUTE)
        assert shop.wait(10 * SECOND) == []
        with pytest.raises(DiskFull):
            shop.wait(MINUTE)
    assert shop.wait(29 * SECOND) == []
    assert shop.wait(2 * SECOND) == [Closed(first=1)]


def test_a_plant_without_shifts_has_nothing_to_close(shop, tmp_path):
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "plant.toml").write_text('[plant]\nname = "works"\nzone = "UTC"\n', encoding="utf-8")
    shop.plant = read_plant(bare)
    assert shop.wait(9 * HOUR) == []
