"""Shifts and production days: local rules to UTC, in every zone and over every clock change."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.errors import UnknownName
from andon.model import Window, micros, moment
from andon.plant.calendar import Break, ShiftBook, ShiftRule
from andon.plant.zones import day_windows, instant, local, zone_names

ROWS = list(csv.DictReader((Path(__file__).parent / "oracles" / "dst_shifts.csv").read_text("utf-8").splitlines()))
HOUR = 3_600_000_000
EARLY = ShiftRule(name="early", start=time(6), end=time(14))
LATE = ShiftRule(name="late", start=time(14), end=time(22))
NIGHT = ShiftRule(name="night", start=time(22), end=time(6))
WEEKDAYS = frozenset(range(5))


def at(text: str) -> int:
    return micros(datetime.fromisoformat(text))


def span(since: str, until: str) -> Window:
    return Window(at(since), at(until))


def seen(book: ShiftBook, window: Window, place: str = "") -> list[tuple[str, str]]:
    return [(s.day, s.name) for s in book.calendar(window, place).shifts]


@pytest.mark.parametrize(
    "row", [r for r in ROWS if r["what"] != "calendar day"], ids=lambda r: f"{r['zone']} {r['local_start']} {r['what']}"
)
def test_a_shift_is_as_long_as_the_clocks_make_it(row):
    # Source: shared oracle dst_shifts.csv, computed with zoneinfo and checked with R.
    name, start, end = {"night 22-06": ("night", 22, 6), "early 06-14": ("early", 6, 14)}[row["what"]]
    book = ShiftBook(row["zone"], (ShiftRule(name=name, start=time(start), end=time(end)),))
    expected = span(row["utc_start"], row["utc_end"])
    shift = book.shift_at(expected.since)
    assert shift is not None
    assert (shift.window, shift.day) == (expected, row["local_start"][:10])
    assert shift.window.duration == float(row["hours"]) * HOUR


@pytest.mark.parametrize(
    "row", [r for r in ROWS if r["what"] == "calendar day"], ids=lambda r: f"{r['zone']} {r['local_start']}"
)
def test_a_calendar_day_is_as_long_as_the_clocks_make_it(row):
    expected = span(row["utc_start"], row["utc_end"])
    days = day_windows(row["zone"], Window(expected.since, expected.since + 1))
    assert days == [(row["local_start"], expected)]
    assert expected.duration == float(row["hours"]) * HOUR
    assert ShiftBook(row["zone"]).days(Window(expected.since, expected.since + 1)) == days


@pytest.mark.parametrize(
    ("zone", "wall", "utc"),
    [
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00+00:00"),  # never shown: the first instant after
        ("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00+00:00"),
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30+00:00"),  # shown twice: the first
        ("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00+00:00"),
        ("Africa/Cairo", "2026-04-24T00:00", "2026-04-23T22:00+00:00"),  # a day without midnight
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30+00:00"),  # half an hour
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00+00:00"),  # a day that never was
        ("Asia/Kolkata", "2026-01-01T00:00", "2025-12-31T18:30+00:00"),
    ],
)
def test_a_local_time_is_one_instant_even_where_clocks_show_it_never_or_twice(zone, wall, utc):
    shown = datetime.fromisoformat(wall)
    assert moment(instant(zone, shown.date(), shown.time())) == datetime.fromisoformat(utc)


def test_africa_cairo_loses_its_hour_on_the_day_that_has_no_midnight():
    window = span("2026-04-23T00:00+02:00", "2026-04-25T00:00+03:00")
    assert [(d, w.duration // HOUR) for d, w in day_windows("Africa/Cairo", window)] == [
        ("2026-04-23", 24),
        ("2026-04-24", 23),
    ]


def test_a_day_that_a_zone_skipped_is_no_day():
    days = day_windows("Pacific/Apia", span("2011-12-29T12:00-10:00", "2011-12-31T12:00+14:00"))
    assert [d for d, _ in days] == ["2011-12-29", "2011-12-31"]
    assert days[0][1].until == days[1][1].since


def test_weeks_are_iso_weeks_and_months_are_local():
    window = span("2026-12-31T12:00+01:00", "2027-01-04T12:00+01:00")
    assert [n for n, _ in day_windows("Europe/Berlin", window, "week")] == ["2026-W53", "2027-W01"]
    assert [n for n, _ in day_windows("Europe/Berlin", window, "month")] == ["2026-12", "2027-01"]


@pytest.mark.parametrize(("belongs", "monday_night"), [("start", "2022-09-05"), ("end", "2022-09-06")])
def test_a_night_shift_belongs_to_the_day_it_starts_or_ends(belongs, monday_night):
    book = ShiftBook("Europe/Rome", (EARLY, LATE, NIGHT), belongs)
    shift = book.shift_at(at("2022-09-06T02:00+02:00"))
    assert shift is not None
    assert (shift.name, shift.day) == ("night", monday_night)


@pytest.mark.parametrize(("belongs", "begins"), [("start", "06:00"), ("end", "22:00")])
def test_a_production_day_begins_with_its_first_shift_also_when_nobody_works(belongs, begins):
    book = ShiftBook("Europe/Rome", tuple(_on(r, WEEKDAYS) for r in (EARLY, LATE, NIGHT)), belongs)
    days = book.days(span("2022-09-01T12:00+02:00", "2022-09-12T12:00+02:00"))
    assert {local(w.since, "Europe/Rome").strftime("%H:%M") for _, w in days} == {begins}
    assert len(days) == 12


def test_a_shift_that_ends_at_midnight_belongs_to_the_day_it_was_worked_on():
    late = ShiftRule(name="late", start=time(16), end=time(0))
    for belongs in ("start", "end"):
        book = ShiftBook("UTC", (late,), belongs)
        assert seen(book, span("2022-09-05T18:00Z", "2022-09-05T19:00Z")) == [("2022-09-05", "late")]


def test_no_shift_starts_on_a_holiday_but_the_night_before_runs_to_its_end():
    book = ShiftBook("Europe/Rome", (EARLY, LATE, NIGHT), holidays=frozenset({date(2022, 12, 25)}))
    around = span("2022-12-24T23:00+01:00", "2022-12-26T07:00+01:00")
    assert seen(book, around) == [("2022-12-24", "night"), ("2022-12-26", "early")]


def test_a_make_up_day_runs_as_the_weekday_named_and_wins_over_a_holiday():
    # 调休: Saturday 2022-10-08 worked as a Friday, in exchange for the national holiday.
    friday = ShiftRule(name="friday", start=time(6), end=time(12), days=frozenset({4}))
    saturday = date(2022, 10, 8)
    book = ShiftBook("Asia/Shanghai", (friday,), holidays=frozenset({saturday}), make_up={saturday: 4})
    assert seen(book, span("2022-10-08T00:00+08:00", "2022-10-09T00:00+08:00")) == [("2022-10-08", "friday")]


@pytest.mark.parametrize(
    ("pause", "utc"),
    [
        (Break(time(23), time(23, 30)), ("2026-03-28T22:00Z", "2026-03-28T22:30Z")),  # before midnight
        (Break(time(4), time(4, 30)), ("2026-03-29T02:00Z", "2026-03-29T02:30Z")),  # after it, summer time
        (Break(time(23, 45), time(0, 15)), ("2026-03-28T22:45Z", "2026-03-28T23:15Z")),  # over it
    ],
)
def test_a_break_is_its_first_local_occurrence_in_the_shift(pause, utc):
    night = ShiftRule(name="night", start=time(22), end=time(6), breaks=(pause,))
    shift = ShiftBook("Europe/Berlin", (night,)).shift_at(at("2026-03-28T23:30Z"))
    assert shift is not None
    assert shift.breaks == (span(*utc),)


def test_a_break_inside_the_hour_that_clocks_skip_does_not_happen():
    night = ShiftRule(name="night", start=time(22), end=time(6), breaks=(Break(time(2, 10), time(2, 40)),))
    book = ShiftBook("Europe/Berlin", (night,))
    assert book.calendar(span("2026-03-28T23:00Z", "2026-03-29T01:00Z")).planned_down() == []


def test_rules_of_a_machine_replace_those_of_its_line_and_of_the_plant():
    book = ShiftBook(
        "UTC",
        (
            EARLY,
            LATE,
            ShiftRule(name="line's", start=time(7), end=time(15), at=("line-1",)),
            ShiftRule(name="area's", start=time(8), end=time(16), at=("paint",)),
            ShiftRule(name="its own", start=time(9), end=time(17), at=("line-1/press-3",)),
        ),
        areas={"line-2/booth": "paint"},
    )
    day = span("2022-09-05T00:00Z", "2022-09-06T00:00Z")
    assert [n for _, n in seen(book, day, "line-1/press-3")] == ["its own"]
    assert [n for _, n in seen(book, day, "line-1/press-4")] == ["line's"]
    assert [n for _, n in seen(book, day, "line-1")] == ["line's"]
    assert [n for _, n in seen(book, day, "line-2/booth")] == ["area's"]
    assert [n for _, n in seen(book, day, "line-2/other")] == ["early", "late"]
    assert [n for _, n in seen(book, day)] == ["early", "late"]


def test_rules_hold_from_and_until_a_local_date():
    old = ShiftRule(name="old", start=time(6), end=time(14), valid_until=date(2022, 9, 6))
    new = ShiftRule(name="new", start=time(7), end=time(15), valid_from=date(2022, 9, 6))
    book = ShiftBook("Europe/Rome", (old, new))
    assert seen(book, span("2022-09-05T00:00+02:00", "2022-09-07T00:00+02:00")) == [
        ("2022-09-05", "old"),
        ("2022-09-06", "new"),
    ]


def test_a_shift_begins_only_when_the_one_before_it_has_ended():
    night = ShiftRule(name="night", start=time(22), end=time(6), valid_until=date(2022, 9, 6))
    early = ShiftRule(name="early", start=time(5), end=time(13), valid_from=date(2022, 9, 6))
    shifts = ShiftBook("UTC", (night, early)).calendar(span("2022-09-05T23:00Z", "2022-09-06T12:00Z")).shifts
    assert [s.window for s in shifts] == [
        span("2022-09-05T22:00Z", "2022-09-06T06:00Z"),
        span("2022-09-06T06:00Z", "2022-09-06T13:00Z"),
    ]


def test_a_plant_without_shifts_has_a_calendar_without_shifts():
    window = span("2022-09-05T00:00Z", "2022-09-06T00:00Z")
    assert ShiftBook().calendar(window, "line-1/press-3").shifts == ()


def test_a_zone_nobody_knows_is_named_with_the_nearest_one():
    with pytest.raises(UnknownName, match="Did you mean 'Europe/Berlin'"):
        ShiftBook("Europe/Berln").days(Window(0, 1))


def test_a_calendar_of_fifty_machines_over_thirty_days_takes_less_than_50_ms():
    pauses = (Break(time(9), time(9, 15)),)
    rules = tuple(
        ShiftRule(name=r.name, start=r.start, end=r.end, breaks=pauses if r is EARLY else ())
        for r in (EARLY, LATE, NIGHT)
    )
    book, window = ShiftBook("Europe/Rome", rules), span("2022-08-31T22:00Z", "2022-09-30T22:00Z")
    began = process_time()
    calendars = [book.calendar(window, f"line-{n % 5}/machine-{n}") for n in range(50)]
    took = process_time() - began
    assert {len(c.shifts) for c in calendars} == {91}
    assert took < 0.05


def _on(rule: ShiftRule, days: frozenset[int]) -> ShiftRule:
    return ShiftRule(name=rule.name, start=rule.start, end=rule.end, days=days)


minutes = st.integers(0, 24 * 60 - 1)
zones = st.sampled_from(sorted(zone_names()))
dates = st.dates(date(1971, 1, 1), date(2036, 12, 31))
belonging = st.sampled_from(["start", "end"])


def _changes(zone: str, year: int) -> Iterator[date]:
    """The local dates of a year on which the clocks of a zone change."""
    for n in range(366):
        day = date(year, 1, 1) + timedelta(days=n)
        if instant(zone, day + timedelta(days=1)) - instant(zone, day) != 24 * HOUR:
            yield day


@st.composite
def any_day(draw: st.DrawFn) -> tuple[str, date]:
    """A zone and a date, half of the time one on which its clocks change."""
    zone, day = draw(zones), draw(dates)
    changes = list(_changes(zone, day.year)) if draw(st.booleans()) else []
    return zone, draw(st.sampled_from(changes)) if changes else day


def _tiles(starts: list[int]) -> tuple[ShiftRule, ...]:
    clocks = [time(*divmod(m, 60)) for m in sorted(starts)]
    return tuple(
        ShiftRule(name=f"shift {n}", start=s, end=e)
        for n, (s, e) in enumerate(zip(clocks, clocks[1:] + clocks[:1], strict=True))
    )


@given(any_day(), st.lists(minutes, min_size=1, max_size=5, unique=True), belonging)
@settings(max_examples=300, deadline=None)
def test_shifts_that_tile_the_day_cover_every_instant_exactly_once(where, starts, belongs):
    zone, day = where
    window = Window(instant(zone, day) - 30 * HOUR, instant(zone, day) + 50 * HOUR)
    spells = ShiftBook(zone, _tiles(starts), belongs).calendar(window).scheduled()
    assert (spells[0].since, spells[-1].until) == (window.since, window.until)
    assert all(a.until == b.since for a, b in pairwise(spells))


@st.composite
def books(draw: st.DrawFn) -> tuple[ShiftBook, date]:
    """Any shift book, also one whose shifts overlap or whose rules change, and a date near its changes."""
    zone, day = draw(any_day())
    near = st.integers(-3, 3).map(lambda n: day + timedelta(days=n))
    rules = draw(
        st.lists(
            st.builds(
                ShiftRule,
                name=st.sampled_from("abc"),
                start=minutes.map(lambda m: time(*divmod(m, 60))),
                end=minutes.map(lambda m: time(*divmod(m, 60))),
                days=st.frozensets(st.integers(0, 6)),
                breaks=st.just((Break(time(2), time(2, 30)),)),
                at=st.sampled_from([(), ("line-1",), ("line-1/press-3",)]),
                valid_from=st.none() | near,
                valid_until=st.none() | near,
            ),
            max_size=4,
        )
    )
    return ShiftBook(
        zone,
        tuple(rules),
        draw(belonging),
        draw(st.frozensets(near, max_size=2)),
        draw(st.dictionaries(near, st.integers(0, 6), max_size=2)),
    ), day


@given(books(), st.sampled_from(["", "line-1", "line-1/press-3"]))
@settings(max_examples=300, deadline=None)
def test_shifts_never_overlap_and_production_days_partition_time_and_hold_their_shifts_whole(drawn, place):
    book, day = drawn
    window = Window(instant(book.zone, day) - 70 * HOUR, instant(book.zone, day) + 90 * HOUR)
    shifts, days = book.calendar(window, place).shifts, book.days(window, place)
    assert all(s.window.duration > 0 for s in shifts)
    assert all(a.window.until <= b.window.since for a, b in pairwise(shifts))
    assert days[0][1].since <= window.since
    assert days[-1][1].until >= window.until
    assert all(a[1].until == b[1].since and a[0] < b[0] for a, b in pairwise(days))
    whole = dict(book.days(Window(window.since - 72 * HOUR, window.until + 72 * HOUR), place))
    assert all(whole[name] == w for name, w in days)
    assert all(whole[s.day] & s.window == s.window for s in shifts)


@given(books(), st.integers(1, 159))
@settings(max_examples=100, deadline=None)
def test_the_calendars_of_two_parts_say_what_the_calendar_of_the_whole_says(drawn, cut):
    book, day = drawn
    window = Window(instant(book.zone, day) - 70 * HOUR, instant(book.zone, day) + 90 * HOUR)
    middle = window.since + cut * HOUR
    parts = [book.calendar(w, "line-1") for w in (Window(window.since, middle), Window(middle, window.until))]
    assert sum(w.duration for p in parts for w in p.scheduled()) == sum(
        w.duration for w in book.calendar(window, "line-1").scheduled()
    )
