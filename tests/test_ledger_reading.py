"""Questions answered from the books; books that are damaged, newer or changed behind their back; any order balances."""

import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.errors import BadQuestion, Damaged, UnknownName
from andon.ledger import Books, Closing, Entry, Fate, Which, imbalances
from andon.model import Loss, Window
from andon.units import HOUR
from bookkeeping import MONDAY, PRESS, entry, oracle, shift


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        (("machine",), {("line-1/a",), ("line-1/b",), ("line-2/c",)}),
        (("line",), {("line-1",), ("line-2",)}),
        (("day",), {("2026-03-02",), ("2026-03-08",), ("2026-03-09",)}),
        (("week",), {("2026-W10",), ("2026-W11",)}),
        (("month",), {("2026-03",)}),
        (("shift", "loss"), {("early", "idle"), ("early", "breakdown")}),
        (("reason",), {("",), ("jam",)}),
        ((), {()}),
    ],
)
def test_losses_add_up_by_any_dimension(books: Books, by: tuple[str, ...], keys: set[tuple[str, ...]]) -> None:
    for machine in ("line-1/a", "line-1/b", "line-2/c"):
        for day in (2, 8, 9):
            books.post(
                *shift(
                    [
                        entry(Loss.IDLE, 7 * HOUR, machine=machine, day=day),
                        entry(Loss.BREAKDOWN, HOUR, machine=machine, day=day, reason="jam", money=60.0),
                    ]
                ),
                who="",
                why="",
            )
    totals = books.totals(by=by)
    assert {t.key for t in totals} == keys
    assert sum(t.micros for t in totals) == 9 * 8 * HOUR
    assert sum(t.money or 0 for t in totals) == 540
    assert sum(t.unpriced for t in totals) == 9 * 7 * HOUR
    assert [t.micros for t in totals] == sorted((t.micros for t in totals), reverse=True)


@pytest.mark.parametrize(
    ("which", "hours"),
    [
        (Which(), 24),
        (Which(at=("line-1",)), 16),
        (Which(at=("line-1/a", "line-2/c")), 16),
        (Which(at=("line",)), 0),
        (Which(at=("nowhere",)), 0),
        (Which(day="2026-03-03"), 24),
        (Which(day="2026-03-04"), 0),
        (Which(shift="early"), 24),
        (Which(shift="late"), 0),
        (Which(product="A"), 3),
        (Which(losses=(Loss.IDLE,)), 21),
        (Which(losses=(Loss.IDLE, Loss.BREAKDOWN)), 24),
        (Which(reason=""), 21),
        (Which(window=Window(MONDAY, MONDAY + 24 * HOUR)), 0),
        (Which(window=Window(MONDAY + 30 * HOUR, MONDAY + 30 * HOUR + 1)), 24),
    ],
)
def test_filters_choose_entries_and_totals_alike(books: Books, which: Which, hours: int) -> None:
    for machine in ("line-1/a", "line-1/b", "line-2/c"):
        books.post(
            *shift(
                [
                    entry(Loss.IDLE, 7 * HOUR, machine=machine, day=3),
                    entry(Loss.BREAKDOWN, HOUR, machine=machine, day=3, reason="jam", product="A"),
                ]
            ),
            who="",
            why="",
        )
    assert sum(e.micros for e in books.entries(which)) == hours * HOUR
    assert sum(t.micros for t in books.totals((), which)) == hours * HOUR


def test_a_share_is_of_the_planned_busy_time_of_the_same_shifts(books: Books) -> None:
    books.post(*oracle(), who="", why="")
    (breakdown,) = books.totals(which=Which(losses=(Loss.BREAKDOWN,)))
    assert breakdown.share == 38 / 440


@pytest.mark.parametrize(
    ("ask", "error", "says"),
    [
        (lambda b: b.totals(by=("macine",)), UnknownName, "Did you mean 'machine'"),
        (lambda b: b.figures(by=("loss",)), UnknownName, "add up the ledger"),
        (lambda b: b.figures(which=Which(product="A")), BadQuestion, "not kept by order, product"),
        (lambda b: b.entries(Which(day="2 March")), BadQuestion, "Write it as 2026-03-31"),
        (lambda b: b.open_entry(99), UnknownName, "no entry '99'"),
        (
            lambda b: b.history(PRESS, "2026-03-02", "late"),
            UnknownName,
            r"Did you mean 'line-1/press-3 2026-03-02 early'",
        ),
    ],
)
def test_a_wrong_question_is_answered_with_what_would_be_right(books: Books, ask, error, says: str) -> None:
    books.post(*oracle(), who="", why="")
    with pytest.raises(error, match=says):
        ask(books)


@pytest.mark.parametrize(
    ("counted", "ideal", "rated", "expected"),
    [
        # (made, good, rejects, unsorted), ideal (made, good) -> effectiveness, quality, oee: the laws of `oee`
        ((10.0, 8.0, 2.0, 0.0), (100, 80), 200, (0.5, 0.8, 0.4)),
        ((10.0, 8.0, 2.0, 0.0), (0, 0), 0, (None, 0.8, None)),
        ((None, 8.0, None, 0.0), (None, 80), 200, (None, None, 0.4)),
        ((10.0, None, None, 10.0), (100, None), 200, (0.5, None, None)),
        ((0.0, 0.0, 0.0, 0.0), (0, 0), 200, (0.0, None, 0.0)),
        ((10.0, 10.0, 0.0, 0.0), (300, 300), 200, (1.5, 1.0, 1.5)),
    ],
)
def test_what_is_not_counted_is_not_known(
    books: Books,
    counted: tuple[float | None, ...],
    ideal: tuple[int | None, ...],
    rated: int,
    expected: tuple[float | None, ...],
) -> None:
    fates = zip((Fate.GOOD, Fate.REJECT, Fate.UNSORTED), counted[1:], strict=True)
    entries = [entry(Loss.SPEED, 200), *(entry(Loss.PRODUCTIVE, 0, parts=n, fate=fate) for fate, n in fates)]
    figures = dict(
        zip(("made", "good", "rejects", "unsorted", "ideal_made", "ideal_good"), (*counted, *ideal), strict=True),
        rated=rated,
    )
    books.post(*shift(entries, **figures), who="", why="")
    (found,) = books.figures()
    assert (found.effectiveness, found.quality, found.oee) == expected
    assert books.balance().holds


def test_a_file_that_is_none_of_ours_is_named(tmp_path: Path) -> None:
    (tmp_path / "books.sqlite").write_bytes(b"junk" * 1000)
    with pytest.raises(Damaged, match="not a sound SQLite file"):
        Books.open(tmp_path)


def test_books_of_a_newer_andon_are_left_alone(tmp_path: Path) -> None:
    Books.open(tmp_path).close()
    with sqlite3.connect(tmp_path / "books.sqlite") as other:
        other.execute("PRAGMA user_version = 99")
    other.close()
    with pytest.raises(Damaged, match="Install a newer Andon"):
        Books.open(tmp_path)


def test_balance_finds_what_was_changed_behind_the_books(books: Books, tmp_path: Path) -> None:
    books.post(*oracle(), who="", why="")
    with sqlite3.connect(tmp_path / "ledger" / "books.sqlite") as other:
        other.execute("DROP TRIGGER entry_is_kept")
        other.execute("UPDATE entry SET micros = micros + 1 WHERE id = 2")
    other.close()
    wrong = [p for p in books.balance().proofs if not p.holds]
    assert [p.says for p in wrong] == ["productive time and losses of each shift sum to its planned busy time"]
    assert "line-1/press-3 2026-03-02 early version 1" in wrong[0].imbalances[0]


LOSSES = [Loss.PRODUCTIVE, Loss.BREAKDOWN, Loss.SETUP, Loss.MINOR_STOP, Loss.IDLE, Loss.UNKNOWN, Loss.DEFECTS]
FATE = {Loss.PRODUCTIVE: Fate.GOOD, Loss.DEFECTS: Fate.REJECT}


@st.composite
def posted(draw: st.DrawFn) -> tuple[Closing, list[Entry]]:
    machine = draw(st.sampled_from(["line-1/a", "line-1/b", "line-2/a", "c"]))
    place = {"machine": machine, "day": draw(st.integers(2, 4)), "name": draw(st.sampled_from(["early", "late"]))}
    micros = draw(st.lists(st.integers(0, HOUR), min_size=len(LOSSES), max_size=len(LOSSES)))
    parts = draw(st.lists(st.integers(0, 10**9), min_size=len(LOSSES), max_size=len(LOSSES)))
    rows = zip(LOSSES, micros, parts, strict=True)
    return shift(
        [
            entry(
                loss,
                m,
                parts=p / 1000,
                fate=FATE.get(loss, Fate.NOT_MADE),
                reason=draw(st.sampled_from(["", "jam"])),
                money=float(p),
                **place,
            )
            for loss, m, p in rows
        ],
        planned_down=draw(st.integers(0, HOUR)),
    )


@given(st.lists(posted(), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_whatever_is_posted_in_whatever_order_the_books_balance(drafts: list[tuple[Closing, list[Entry]]]) -> None:
    last = {c.key: (c, e) for c, e in drafts}
    with TemporaryDirectory() as folder, Books.open(folder) as books:
        for closing, entries in drafts:
            assert imbalances(closing, entries) == []
            books.post(closing, entries, who="", why="")
        assert books.balance().holds
        assert {c.key for c in books.closings()} == set(last)
        assert len(books.closings()) == len(last)
        busy = sum(c.planned_busy for c, _ in last.values())
        assert sum(t.micros for t in books.totals(("loss", "reason", "machine"))) == busy
        by_machine = {t.key[0]: t.micros for t in books.totals(("machine",))}
        for line in books.totals(("line",)):
            assert line.micros == sum(m for p, m in by_machine.items() if p.rpartition("/")[0] == line.key[0])
        made = round(sum(round(c.made * 1e6) for c, _ in last.values()))
        assert sum(round(f.made * 1e6) for f in books.figures(("shift",))) == made
        again = [books.post(c, e, who="", why="") for c, e in last.values()]
        assert again == [None] * len(last)
