"""The books: versions that are never lost, sums that are exact, questions answered from them."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.errors import BadInput, BadQuestion, Damaged, UnknownName
from andon.ledger import Books, Closing, Entry, Evidence, Fate, Which, imbalances
from andon.model import Element, Loss, Window
from andon.units import HOUR, MINUTE

PRESS = "line-1/press-3"
MONDAY = 1_772_409_600_000_000  # 2026-03-02T00:00Z


def shift(entries: list[Entry], *, planned_down: int = 0, **figures: object) -> tuple[Closing, list[Entry]]:
    """A closing that fits its entries, as the studies would make it."""
    first, known = entries[0], {Loss.UNKNOWN: "unknown", Loss.IDLE: "down", Loss.SETUP: "setup"}
    stops = {Loss.BREAKDOWN: "delay", Loss.MINOR_STOP: "delay", Loss.DELAY: "delay"}
    elements = dict.fromkeys(("production", "setup", "delay", "down", "unknown"), 0)
    for e in entries:
        elements[(known | stops).get(e.loss, "production")] += e.micros
    fates = {
        name: sum(e.parts or 0.0 for e in entries if e.fate is fate)
        for fate, name in ((Fate.GOOD, "good"), (Fate.REJECT, "rejects"), (Fate.REWORK, "rework"))
    }
    busy = sum(e.micros for e in entries)
    closing = Closing(
        machine=first.machine,
        day=first.day,
        shift=first.shift,
        window=first.window,
        planned_operation=busy + planned_down,
        planned_down=planned_down,
        planned_busy=busy,
        made=sum(fates.values()),
        **elements,
        **fates,
    )
    return replace(closing, **figures), entries


def entry(loss: Loss, micros: int, *, machine: str = PRESS, day: int = 2, name: str = "early", **more: object) -> Entry:
    begin = MONDAY + (day - 2) * 24 * HOUR + {"early": 6, "late": 14, "night": 22}[name] * HOUR
    return Entry(
        machine=machine,
        day=f"2026-03-{day:02}",
        shift=name,
        window=Window(begin, begin + 8 * HOUR),
        loss=loss,
        micros=micros,
        **more,
    )


def oracle(**more: object) -> tuple[Closing, list[Entry]]:
    """Oracle O1 (oee_shift_events.csv): PBT 440 min, PRI 0.75 min, 428 parts of which 409 are good."""
    rows = [
        (Loss.PRODUCTIVE, 306.75, 409.0, Fate.GOOD),
        (Loss.BREAKDOWN, 38, None, Fate.NOT_MADE),
        (Loss.SETUP, 22, None, Fate.NOT_MADE),
        (Loss.MINOR_STOP, 7, None, Fate.NOT_MADE),
        (Loss.IDLE, 25, None, Fate.NOT_MADE),
        (Loss.SPEED, 27, 36.0, Fate.NOT_MADE),
        (Loss.DEFECTS, 14.25, 19.0, Fate.REJECT),
    ]
    entries = [
        entry(loss, round(minutes * MINUTE), parts=parts, fate=fate, **more) for loss, minutes, parts, fate in rows
    ]
    apt = 348 * MINUTE
    return shift(
        entries, planned_down=40 * MINUTE, rated=apt, ideal_made=321 * MINUTE, ideal_good=round(306.75 * MINUTE)
    )


@pytest.fixture
def books(tmp_path: Path):
    with Books.open(tmp_path / "ledger", clock=lambda: 5_000_000_000) as opened:
        yield opened


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
