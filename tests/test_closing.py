"""Closing shifts into the books, on the real historian: once, and again when something touches them."""

from pathlib import Path

from andon.ask import Question, ask
from andon.ledger import Fate, Which
from andon.model import Loss, Window
from andon.units import HOUR, MINUTE
from andon.watch import Closed
from works import O1, O1_LOSSES, PLANT, PRESS, START, Works, opened, shut


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


def test_rework_of_a_machine_with_counters_costs_its_time_and_rejects_their_value(tmp_path: Path) -> None:
    works = opened(tmp_path, PLANT + '\n[machine.signals.rework_count]\nkind = "count"\ncounting = "delta"\n')
    works.say("state", O1)
    for signal, parts in (("total_count", 100), ("reject_count", 6), ("rework_count", 4)):
        works.count(signal, [(100, parts), (485, 0)])
    works.close()
    found = {e.fate: (e.parts, e.micros, e.money) for e in works.books.entries(Which(losses=(Loss.DEFECTS,)))}
    assert found == {Fate.REJECT: (6.0, 270_000_000, 12.0), Fate.REWORK: (4.0, 180_000_000, 3.0)}
    assert works.books.balance().holds
    shut(works)


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
