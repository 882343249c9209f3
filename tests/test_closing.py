"""Closing shifts into the books, on the real historian: once, and again when something touches them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.acts import act
from andon.ask import Question, ask
from andon.config import read_plant
from andon.errors import NoCalendar
from andon.historian import Historian
from andon.ledger import Books, Fate, Which, evidence
from andon.model import Batch, Loss, States, Window
from andon.plant import Plant
from andon.units import HOUR, MINUTE
from andon.watch import Closed, close

PRESS = "line-1/press-3"
START = 1_709_532_000_000_000  # 2024-03-04T06:00Z, a Monday
LATER = START + 30 * 24 * HOUR
PLANT = """
[plant]
name = "works"
zone = "UTC"
currency = "EUR"

[[shift]]
name = "early"
start = "06:00"
end = "14:00"
breaks = [{ start = "06:00", end = "06:10", name = "meeting" }, { start = "09:20", end = "09:50", name = "lunch" }]

[[shift]]
name = "late"
start = "14:00"
end = "22:00"

[[reason]]
code = "tool"
text = "Tool broken"
element = "ADET"
loss = "breakdown"

[[reason]]
code = "burr"
text = "Burr"

[[product]]
name = "A"
cycles = [{ ideal_cycle = "45 s", machine = "line-1/press-3" }]
values = [{ value = 2.0 }]

[[machine]]
path = "line-1/press-3"
class = "press"
minor_stop = "10 min"
hour_value = 60.0
default_product = "A"

[machine.signals.state]
kind = "state"
states = { run = "producing", setup = "setup", stop = "fault", none = "idle_no_order" }

[machine.signals.total_count]
kind = "count"
counting = "delta"

[machine.signals.reject_count]
kind = "count"
counting = "delta"
"""
# Oracle O1, oee_shift_events.csv: minutes of the shift and what the machine did; breaks come from the calendar.
O1 = [
    (0, "none"),
    (10, "setup"),
    (32, "run"),
    (120, "stop"),
    (127, "run"),
    (230, "stop"),
    (268, "run"),
    (390, "none"),
    (405, "run"),
    (470, "none"),
    (480, "run"),
]
O1_LOSSES = {
    "productive": 306.75,
    "breakdown": 38,
    "speed": 27,
    "idle": 25,
    "setup": 22,
    "defects": 14.25,
    "minor_stop": 7,
}


@dataclass
class Works:
    """A plant with its history and books, as an application holds them."""

    folder: Path
    plant: Plant
    history: Historian
    books: Books
    sent: int = 0

    def say(self, signal: str, rows: Sequence[tuple[float, object]], day: int = 0) -> None:
        """Samples of press-3 by minutes after 06:00."""
        self.sent += 1
        name = "text" if signal == "state" else "value"
        self.history.write(
            Batch(
                "plc",
                self.sent,
                pa.table(
                    {
                        "signal": [f"{PRESS}/{signal}"] * len(rows),
                        "at": pa.array([START + day * 24 * HOUR + round(m * MINUTE) for m, _ in rows], pa.int64()),
                        name: [v if name == "text" else float(v) for _, v in rows],
                    }
                ),
            )
        )  # type: ignore[arg-type]

    def count(self, signal: str, rows: Sequence[tuple[float, float]]) -> None:
        """Parts counted at moments: increments since a moment just before, so that none is spread over a gap."""
        self.say(signal, [row for m, n in rows for row in ((m - 1 / 60, 0), (m, n))])

    def close(self, **more: object) -> Closed:
        return close(self.plant, self.history, self.books, **{"who": "ann", "now": LATER, **more})  # type: ignore[arg-type]

    def do(self, name: str, **arguments: object) -> None:
        act(
            name,
            {"machine": PRESS, **arguments},
            plant=self.plant,
            history=self.history,
            folder=self.folder,
            who="bob",
            right="operator",
        )

    def change(self, *changes: tuple[str, str]) -> None:
        text = (self.folder / "plant.toml").read_text()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (self.folder / "plant.toml").write_text(text)
        self.plant = read_plant(self.folder)

    def losses(self, **which: object) -> dict[str, float]:
        return {t.key[0]: t.micros / MINUTE for t in self.books.totals(("loss",), Which(**which))}  # type: ignore[arg-type]

    def versions(self, shift: str = "early", day: str = "2024-03-04") -> list[tuple[int, str, str]]:
        return [(v.closing.version, v.closing.who, v.closing.why) for v in self.books.history(PRESS, day, shift)]


def opened(folder: Path, plant: str = PLANT) -> Works:
    (folder / "plant.toml").write_text(plant)
    return Works(folder, read_plant(folder), Historian.open(folder / "history"), Books.open(folder / "ledger"))


def shut(works: Works) -> None:
    works.books.close()
    works.history.close()


@pytest.fixture
def works(tmp_path: Path) -> Iterator[Works]:
    found = opened(tmp_path)
    yield found
    shut(found)


@pytest.fixture
def oracle(works: Works) -> Works:
    """The shift of oracle O1: 428 parts, 19 of them rejects, ideal cycle 45 s."""
    works.say("state", O1)
    works.count("total_count", [(100, 128), (300, 200), (469, 100), (485, 0)])
    works.count("reject_count", [(195, 9), (460, 10), (485, 0)])
    return works


def test_the_shift_of_oracle_1_is_closed_to_the_microsecond(oracle: Works) -> None:
    assert oracle.close() == Closed(first=2)
    assert oracle.losses(shift="early") == O1_LOSSES
    (figures,) = oracle.books.figures(which=Which(shift="early"))
    assert (figures.availability, figures.effectiveness, figures.quality) == (348 / 440, 321 / 348, 409 / 428)
    assert (figures.oee, figures.made, figures.good, figures.rejects) == (306.75 / 440, 428, 409, 19)
    assert oracle.books.balance().holds


def test_closing_again_changes_nothing(oracle: Works) -> None:
    oracle.close()
    assert oracle.close() == Closed()
    assert oracle.close(everything=True) == Closed(same=2)
    assert oracle.versions() == [(1, "ann", "")]


def test_closed_shifts_say_what_the_studies_say(oracle: Works) -> None:
    oracle.close()
    window = Window(START, START + 16 * HOUR)
    oee, losses = (
        ask(Question(name, PRESS, window), oracle.plant, oracle.history).answer for name in ("oee", "losses")
    )
    (figures,) = oracle.books.figures()
    assert (figures.oee, figures.availability, figures.quality) == (oee.oee, oee.availability, oee.quality)
    assert {(t.key[0], t.micros) for t in oracle.books.totals()} == {
        (loss, sum(r.micros for r in losses.rows if r.loss == loss)) for loss in {r.loss for r in losses.rows}
    }


def test_a_shift_that_is_not_over_stays_open(oracle: Works) -> None:
    assert oracle.close(now=START + 8 * HOUR - 1) == Closed()
    assert oracle.close(now=START + 8 * HOUR) == Closed(first=1)
    assert oracle.close(now=START + 16 * HOUR) == Closed(first=1)


def test_a_corrected_reason_makes_a_new_version_and_the_old_one_stays(oracle: Works) -> None:
    oracle.close()
    oracle.do("reason", stop="2024-03-04T10:00+00:00", code="tool", why="spindle")
    assert oracle.close(who="bob", why="reason of the spindle") == Closed(again=1, same=1)
    assert oracle.versions() == [(1, "ann", ""), (2, "bob", "reason of the spindle")]
    assert {e.reason for e in oracle.books.entries(Which(losses=(Loss.BREAKDOWN,)))} == {"tool"}
    assert oracle.losses(shift="early") == O1_LOSSES
    first, second = oracle.books.history(PRESS, "2024-03-04", "early")
    assert {(c.cause[:2], c.figure, c.old, c.new) for c in second.changes if c.figure == "micros"} == {
        (("breakdown", ""), "micros", 38 * MINUTE, None),
        (("breakdown", "tool"), "micros", None, 38 * MINUTE),
    }
    assert first.changes == ()
    assert oracle.books.balance().holds


def test_late_samples_make_a_new_version_of_the_shifts_they_touch(oracle: Works) -> None:
    oracle.say("state", [(0, "run"), (480, "run")], day=3)
    oracle.close()
    oracle.say("state", [(395, "setup"), (400, "none")])
    done = oracle.close(why="the buffer of the PLC came in")
    assert (done.first, done.again) == (0, 1)
    # the ten rejects at 460 min now lie between a setup and the first good part
    assert oracle.losses(day="2024-03-04", shift="early") == O1_LOSSES | {
        "idle": 20,
        "setup": 27,
        "defects": 9 * 0.75,
        "startup": 10 * 0.75,
    }
    assert len(oracle.versions("early", "2024-03-05")) == 1
    assert oracle.books.balance().holds


def test_a_late_sample_holds_until_the_next_one_and_touches_all_shifts_until_then(oracle: Works) -> None:
    oracle.say("state", [(0, "run")], day=3)
    oracle.close()
    oracle.say("state", [(490, "stop")])
    assert oracle.close().again == 1 + 2 * 2  # the late shift, and both shifts of the two days until the next sample
    assert oracle.losses(day="2024-03-06") == {"breakdown": 2 * 480 - 40}


def test_a_late_count_goes_to_the_shift_it_was_made_in(oracle: Works) -> None:
    oracle.close()
    oracle.count("total_count", [(350, 10)])
    assert oracle.close().again == 1
    (figures,) = oracle.books.figures(which=Which(shift="early"))
    assert (figures.made, figures.good, figures.rejects) == (438, 419, 19)


def test_scrap_written_off_by_hand_is_booked_by_its_reason(oracle: Works) -> None:
    oracle.close()
    oracle.do("scrap", quantity=4, code="burr", at="2024-03-04T12:00+00:00")
    assert oracle.close().again == 1
    (figures,) = oracle.books.figures(which=Which(shift="early"))
    assert (figures.made, figures.good, figures.rejects) == (428, 405, 23)
    rejects = [e for e in oracle.books.entries() if e.fate is Fate.REJECT]
    assert {(e.reason, e.parts, e.money) for e in rejects} == {("burr", 4.0, 8.0), ("", 19.0, 38.0)}
    assert sum(e.micros for e in rejects) == 23 * 45_000_000
    assert oracle.books.balance().holds


def test_time_is_priced_by_the_hour_and_scrap_by_its_value(oracle: Works) -> None:
    oracle.close()
    money = {t.key[0]: t.money for t in oracle.books.totals(which=Which(shift="early"))}
    assert money == {
        "productive": 0,
        "breakdown": 38,
        "speed": 27,
        "idle": 25,
        "setup": 22,
        "defects": 38,
        "minor_stop": 7,
    }


def test_a_changed_cycle_makes_new_versions_when_everything_is_closed_again(oracle: Works) -> None:
    oracle.close()
    oracle.change(('ideal_cycle = "45 s"', 'ideal_cycle = "30 s"'))
    assert oracle.close() == Closed()
    assert oracle.close(everything=True, why="cycle measured") == Closed(again=2)
    (figures,) = oracle.books.figures(which=Which(shift="early"))
    assert figures.oee == 409 * 0.5 / 440
    digests = [v.closing.plant_digest for v in oracle.books.history(PRESS, "2024-03-04", "early")]
    assert len(set(digests)) == 2


def test_a_changed_calendar_closes_again_and_withdraws_what_it_no_longer_has(oracle: Works) -> None:
    oracle.close()
    oracle.change(('name = "late"\nstart = "14:00"', 'name = "day"\nstart = "12:00"'), ('"14:00"', '"12:00"'))
    done = oracle.close(everything=True, why="new shifts")
    assert (done.first, done.again, done.withdrawn) == (1, 1, 1)
    assert [(c.shift, c.planned_operation / HOUR) for c in oracle.books.closings() if c.planned_operation] == [
        ("early", 6),
        ("day", 10),
    ]
    assert oracle.books.balance().holds


def test_what_a_changed_calendar_puts_in_the_way_gives_way_without_being_told(oracle: Works) -> None:
    oracle.close()
    oracle.change(('name = "late"\nstart = "14:00"', 'name = "day"\nstart = "12:00"'), ('"14:00"', '"12:00"'))
    oracle.say("state", [(0, "run")], day=1)
    oracle.close()
    assert oracle.books.balance().holds
    assert [c.shift for c in oracle.books.closings(Which(day="2024-03-04")) if c.planned_operation] == ["early", "day"]


def test_orders_cut_a_shift_and_add_up_to_it(oracle: Works) -> None:
    oracle.close()
    before = {(t.key[0], t.micros, t.parts) for t in oracle.books.totals(which=Which(shift="early"))}
    for order, at in (("o-1", "06:32"), ("o-2", "09:00"), ("o-1", "11:11:11")):
        oracle.do("start_order", order=order, at=f"2024-03-04T{at}+00:00")
    oracle.do("finish_order", order="o-1", at="2024-03-04T13:00+00:00")
    oracle.close()
    after = oracle.books.totals(which=Which(shift="early"))
    assert {(t.key[0], t.micros) for t in after} == {b[:2] for b in before}
    by_order = {t.key[0]: t.micros / MINUTE for t in oracle.books.totals(("order",), Which(shift="early"))}
    assert by_order == {"": 22 + 60, "o-1": 148 + 109 - 11 / 60, "o-2": 131 + 11 / 60 - 30}
    assert set(by_order) == {"", "o-1", "o-2"}
    assert oracle.books.balance().holds


def test_an_entry_opens_to_its_stops_and_to_the_samples(oracle: Works) -> None:
    oracle.close()
    (minor,) = oracle.books.entries(Which(losses=(Loss.MINOR_STOP,)))
    assert minor.evidence.spells == ((START + 120 * MINUTE, START + 127 * MINUTE),)
    (spell,) = evidence(minor, oracle.plant, oracle.history)
    states = spell.said[f"{PRESS}/state"]
    assert isinstance(states, States)
    assert (states.said, states.seconds("fault")) == (("stop",), 7 * 60)
    idle = next(e for e in oracle.books.entries(Which(losses=(Loss.IDLE,))) if e.shift == "early")
    assert [(s - START) / MINUTE for s, _ in idle.evidence.spells] == [390, 470]


def test_time_in_which_nothing_was_heard_is_unknown_and_lowers_coverage(works: Works) -> None:
    works.change(("[machine.signals.state]\n", '[machine.signals.state]\nholds = "10 min"\nstamp = "start"\n'))
    works.say("state", [(m, "run") for m in range(0, 240, 5)] + [(481, "run")])
    works.count("total_count", [(190, 10), (485, 0)])
    works.count("reject_count", [(190, 0), (485, 0)])
    works.close()
    assert works.losses(shift="early")["unknown"] == 480 - 245
    (entry,) = works.books.entries(Which(losses=(Loss.UNKNOWN,), shift="early"))
    assert entry.coverage == pytest.approx((440 - 235) / 440)


def test_only_what_is_asked_for_is_closed(oracle: Works) -> None:
    oracle.say("state", [(0, "run"), (480, "run")], day=1)
    done = oracle.close(window=Window(START + 24 * HOUR, START + 25 * HOUR))
    assert done == Closed(first=1)
    assert oracle.close().first == 3


def test_a_machine_that_cannot_be_closed_is_named(works: Works) -> None:
    works.change(('[machine.signals.total_count]\nkind = "count"\ncounting = "delta"\n', ""))
    works.say("state", O1)
    done = works.close()
    assert done.first == 0
    assert [(path, "good_count" in why) for path, why in done.left_out] == [(PRESS, True)]


def test_a_machine_of_which_nothing_was_heard_is_named(works: Works) -> None:
    assert works.close() == Closed(left_out=((PRESS, "nothing was heard of it yet"),))


def test_without_shifts_there_is_nothing_to_close(works: Works) -> None:
    bare = PLANT[: PLANT.index("[[shift]]")] + PLANT[PLANT.index("[[reason]]") :]
    (works.folder / "plant.toml").write_text(bare)
    works.plant = read_plant(works.folder)
    with pytest.raises(NoCalendar, match="no shifts, so there is nothing to close"):
        works.close()


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        # total, good, reject -> made, good, rejects, unsorted: what is not counted is not known, and nothing is lost
        ({"total_count": 100}, (100, None, None, 100)),
        ({"good_count": 90}, (None, 90, None, 0)),
        ({"total_count": 100, "good_count": 90}, (100, 90, None, 10)),
        ({"good_count": 90, "reject_count": 7}, (97, 90, 7, 0)),
        ({"total_count": 100, "good_count": 90, "reject_count": 7}, (100, 90, 7, 3)),
        ({"total_count": 100, "good_count": 95, "reject_count": 7}, (100, 95, 7, -2)),
        ({"total_count": 100, "reject_count": 7, "rework_count": 2}, (100, 91, 7, 0)),
    ],
)
@pytest.mark.parametrize("cycle", ["45 s", ""])
def test_whatever_is_counted_the_books_balance(
    tmp_path: Path, signals: dict[str, int], expected: tuple[float | None, ...], cycle: str
) -> None:
    text = PLANT[: PLANT.index("[machine.signals.total_count]")]
    if not cycle:
        text = text.replace('cycles = [{ ideal_cycle = "45 s", machine = "line-1/press-3" }]\n', "")
    for name in signals:
        text += f'[machine.signals.{name}]\nkind = "count"\ncounting = "delta"\n'
    works = opened(tmp_path, text)
    works.say("state", O1)
    for name, count in signals.items():
        works.count(name, [(100, count), (485, 0)])
    works.close()
    (found,) = works.books.closings(Which(shift="early"))
    assert (found.made, found.good, found.rejects, found.unsorted) == expected
    assert works.books.balance().holds
    shut(works)


MOMENTS = st.integers(0, 479)
STRETCHES = st.tuples(MOMENTS, st.integers(1, 120))


@given(st.lists(st.tuples(st.sampled_from(["tool", "burr", ""]), STRETCHES), min_size=1, max_size=6))
@settings(max_examples=12, deadline=None)
def test_reasons_in_any_order_move_time_but_never_make_or_lose_any(said: list[tuple[str, tuple[int, int]]]) -> None:
    with TemporaryDirectory() as folder:
        works = opened(Path(folder))
        works.say("state", O1)
        works.count("total_count", [(100, 428), (485, 0)])
        works.count("reject_count", [(100, 0), (485, 0)])
        works.close()
        naive = [""] * 480
        for code, (since, length) in said:
            times = [f"2024-03-04T{6 + m // 60:02}:{m % 60:02}+00:00" for m in (since, since + length)]
            works.do("reason", stop="/".join(times), code=code)
            naive[since : since + length] = [code] * len(naive[since : since + length])
            works.close()
        stopped = {
            m
            for m in range(480)
            if next(s for at, s in reversed(O1) if at <= m) != "run" and not (m < 10 or 200 <= m < 230)
        }
        for code in ("tool", "burr"):
            booked = sum(t.micros for t in works.books.totals((), Which(shift="early", reason=code)))
            assert booked / MINUTE == sum(naive[m] == code for m in stopped)
        assert sum(works.losses(shift="early").values()) == 440
        assert works.books.balance().holds
        shut(works)
