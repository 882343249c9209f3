"""The books: versions that are never lost, sums that are exact, questions answered from them."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from andon.errors import BadInput
from andon.ledger import Books, Evidence, Fate, Which, schema
from andon.model import Element, Loss, Window
from andon.units import HOUR, MINUTE
from bookkeeping import MONDAY, entry, oracle, shift


def test_a_posted_shift_is_read_back_as_it_was(books: Books) -> None:
    given_entry = entry(
        Loss.BREAKDOWN,
        8 * HOUR,
        order="o-1",
        product="A",
        element=Element.DELAY,
        reason="jam",
        parts=0.1,
        kwh=1.25,
        kgco2e=0.3,
        money=19.99,
        coverage=0.75,
        evidence=Evidence(((MONDAY, MONDAY + 1),), ("line-1/press-3/state",)),
    )
    closing, _ = shift([given_entry], digest="abc", plant_digest="def", study_version="andon 1")
    assert books.post(closing, [given_entry], who="ann", why="the shift ended") == 1
    (found,) = books.entries()
    assert replace(found, id=0, version=0) == given_entry
    assert books.closings() == [replace(closing, version=1, posted_at=5_000_000, who="ann", why="the shift ended")]
    assert books.open_entry(found.id) == found


def test_the_shift_of_oracle_1_balances_and_has_its_oee(books: Books) -> None:
    books.post(*oracle(), who="ann", why="")
    (figures,) = books.figures()
    assert figures.availability == 348 / 440
    assert figures.effectiveness == 321 / 348
    assert figures.quality == 409 / 428
    assert figures.oee == 306.75 / 440
    assert [(t.key, t.micros / MINUTE) for t in books.totals()] == [
        (("productive",), 306.75),
        (("breakdown",), 38),
        (("speed",), 27),
        (("idle",), 25),
        (("setup",), 22),
        (("defects",), 14.25),
        (("minor_stop",), 7),
    ]
    assert sum(t.share or 0 for t in books.totals()) == pytest.approx(1)
    assert books.balance().holds


def test_oee_of_two_machines_is_the_ratio_of_sums_as_in_oracle_2(books: Books) -> None:
    for machine, busy, run, pri, made, good in (("l/a", 480, 400, 1, 380, 370), ("l/b", 120, 60, 0.5, 110, 60)):
        minutes = [
            (Loss.PRODUCTIVE, pri * good, good, Fate.GOOD),
            (Loss.DEFECTS, pri * (made - good), made - good, Fate.REJECT),
            (Loss.SPEED, run - pri * made, None, Fate.NOT_MADE),
            (Loss.BREAKDOWN, busy - run, None, Fate.NOT_MADE),
        ]
        entries = [
            entry(loss, round(m * MINUTE), machine=machine, parts=parts, fate=fate) for loss, m, parts, fate in minutes
        ]
        books.post(
            *shift(
                entries,
                rated=run * MINUTE,
                ideal_made=round(pri * made * MINUTE),
                ideal_good=round(pri * good * MINUTE),
            ),
            who="",
            why="",
        )
    assert [f.oee for f in books.figures(by=("machine",))] == [pytest.approx(0.770833, abs=1e-6), 0.25]
    (both,) = books.figures()
    assert both.oee == pytest.approx(2 / 3, abs=1e-15)
    assert (both.availability, both.effectiveness, both.quality) == tuple(
        pytest.approx(x, abs=1e-6) for x in (0.766667, 0.945652, 0.919540)
    )


def test_identical_figures_make_no_new_version(books: Books) -> None:
    closing, entries = oracle()
    assert books.post(closing, entries, who="ann", why="first") == 1
    assert books.post(replace(closing, digest="other inputs"), entries[::-1], who="bob", why="again") is None
    assert [v.closing.who for v in books.history(*closing.key)] == ["ann"]


def test_a_new_version_keeps_the_old_one_with_who_when_and_why(books: Books) -> None:
    closing, entries = oracle()
    books.post(closing, entries, who="ann", why="the shift ended")
    corrected = [replace(e, reason="tool broken") if e.loss is Loss.BREAKDOWN else e for e in entries]
    assert books.post(closing, corrected, who="bob", why="reason corrected") == 2
    first, second = books.history(*closing.key)
    assert [(v.closing.version, v.closing.who, v.closing.why) for v in (first, second)] == [
        (1, "ann", "the shift ended"),
        (2, "bob", "reason corrected"),
    ]
    assert [(c.cause[:2], c.figure, c.old, c.new) for c in second.changes] == [
        (("breakdown", ""), "micros", 38 * MINUTE, None),
        (("breakdown", "tool broken"), "micros", None, 38 * MINUTE),
    ]
    assert {e.reason for e in books.entries() if e.loss is Loss.BREAKDOWN} == {"tool broken"}
    assert {e.reason for e in books.entries(Which(version=1)) if e.loss is Loss.BREAKDOWN} == {""}
    assert books.history_of(first.entries[0].id) == [first, second]
    assert books.balance().holds


def test_nothing_that_was_posted_can_be_changed_or_deleted(books: Books, tmp_path: Path) -> None:
    books.post(*oracle(), who="ann", why="")
    with sqlite3.connect(tmp_path / "ledger" / "books.sqlite") as other:
        for sql in (
            "DELETE FROM entry",
            "DELETE FROM closing",
            "UPDATE entry SET micros = 0",
            "DELETE FROM evidence",
            "UPDATE closing SET who = 'bob'",
            "UPDATE evidence SET spells = '[]'",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                other.execute(sql)
    other.close()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda c, e: (c, e[1:]), "entries sum to"),
        (lambda c, e: (replace(c, production=c.production - 1), e), "ISO 22400 elements"),
        (lambda c, e: (replace(c, planned_down=0), e), "planned busy time"),
        (lambda c, e: (replace(c, planned_operation=9 * HOUR, planned_down=100 * MINUTE), e), "longer than the shift"),
        (lambda c, e: (replace(c, made=427.0), e), r"made \(427000000\) is not"),
        (lambda c, e: (c, [replace(x, fate=Fate.REWORK) if x.fate is Fate.REJECT else x for x in e]), "rework of the"),
        (lambda c, e: (c, [replace(e[0], machine="l/other"), *e[1:]]), "belong to another machine"),
        (
            lambda c, e: (c, [*e[:1], replace(e[1], micros=e[1].micros - 5), replace(e[1], micros=5), *e[2:]]),
            "same cause",
        ),
    ],
)
def test_a_shift_that_does_not_balance_is_refused_and_nothing_is_written(books: Books, change, says: str) -> None:
    closing, entries = oracle()
    fine = shift([entry(Loss.IDLE, 8 * HOUR, name="late")])
    with pytest.raises(BadInput, match=says):
        books.post_all([fine, change(closing, entries)], who="ann", why="")
    assert books.entries() == []
    assert books.closings() == []


def test_two_shifts_of_a_machine_never_overlap(books: Books) -> None:
    books.post(*shift([entry(Loss.IDLE, 8 * HOUR)]), who="", why="")
    closing, (idle,) = shift([entry(Loss.IDLE, 8 * HOUR, name="late")])
    window = Window(closing.window.since - 1, closing.window.until)
    with pytest.raises(BadInput, match="would overlap"):
        books.post(replace(closing, window=window), [replace(idle, window=window)], who="", why="")
    assert len(books.closings()) == 1


def test_shifts_that_the_calendar_no_longer_has_get_an_empty_version(books: Books) -> None:
    closing, entries = oracle()
    books.post(closing, entries, who="ann", why="")
    longer = [
        replace(
            entry(Loss.IDLE, 12 * HOUR),
            shift="long",
            window=Window(closing.window.since, closing.window.since + 12 * HOUR),
        )
    ]
    books.post_all([shift(longer)], gone=[closing.key], who="ann", why="twelve-hour shifts")
    assert [t.micros for t in books.totals(by=("shift",))] == [12 * HOUR]
    assert [(v.closing.planned_busy, len(v.entries)) for v in books.history(*closing.key)] == [
        (440 * MINUTE, len(entries)),
        (0, 0),
    ]
    assert [f.shifts for f in books.figures()] == [1]
    assert books.balance().holds


def test_marks_are_kept_with_the_posting_or_not_at_all(books: Books) -> None:
    closing, entries = oracle()
    assert books.mark("receipt") == 0
    with pytest.raises(BadInput):
        books.post_all([(closing, entries[1:])], who="", why="", marks=[("receipt", 7)])
    assert books.mark("receipt") == 0
    books.post_all([(closing, entries)], who="", why="", marks=[("receipt", 7)])
    assert books.mark("receipt") == 7


def test_books_that_several_open_at_once_for_the_first_time_are_made_once(tmp_path):
    for n in range(20):
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(lambda folder: schema.connect(folder).close(), [tmp_path / str(n)] * 8)) == [None] * 8
