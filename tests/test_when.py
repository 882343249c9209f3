"""Words of time to windows, in the plant's time."""

from datetime import datetime, time

import pytest

from andon.errors import BadQuestion, NoCalendar
from andon.model import micros, moment
from andon.plant.calendar import ShiftBook, ShiftRule
from andon.plant.when import EXAMPLES, WORDS, when
from andon.plant.zones import local

ZONE = "Europe/Rome"
WORKED = frozenset(range(5))
SHIFTS = ShiftBook(
    ZONE,
    tuple(
        ShiftRule(name=n, start=time(s), end=time(e), days=WORKED)
        for n, s, e in (("early", 6, 14), ("late", 14, 22), ("night", 22, 6))
    ),
)
NONE = ShiftBook(ZONE)
# A Wednesday in the late shift.
NOW = micros(datetime.fromisoformat("2022-09-07T15:30:00+02:00"))


def asked(text: str, book: ShiftBook = SHIFTS, now: int = NOW, place: str = "") -> tuple[str, str]:
    window = when(text, ZONE, now, book, place)
    return shown(window.since), shown(window.until)


def shown(at: int) -> str:
    return f"{local(at, ZONE):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("today", "09-07 06:00", "09-07 15:30"),  # a production day, up to now
        ("yesterday", "09-06 06:00", "09-07 06:00"),
        ("this shift", "09-07 14:00", "09-07 15:30"),
        ("last shift", "09-07 06:00", "09-07 14:00"),
        ("shift", "09-07 06:00", "09-07 14:00"),
        ("last 2 shifts", "09-06 22:00", "09-07 14:00"),
        ("last 3 days", "09-04 06:00", "09-07 06:00"),
        ("week", "08-29 06:00", "09-05 06:00"),
        ("last week", "08-29 06:00", "09-05 06:00"),
        ("Last  Week", "08-29 06:00", "09-05 06:00"),
        ("last 2 weeks", "08-22 06:00", "09-05 06:00"),
        ("this week", "09-05 06:00", "09-07 15:30"),
        ("month", "08-01 06:00", "09-01 06:00"),
        ("this month", "09-01 06:00", "09-07 15:30"),
        ("30 d", "08-08 15:30", "09-07 15:30"),
        ("last 8 h", "09-07 07:30", "09-07 15:30"),
        ("90min", "09-07 14:00", "09-07 15:30"),
        ("2022-09-05", "09-05 06:00", "09-06 06:00"),
        ("2022-W36", "09-05 06:00", "09-12 06:00"),
        ("2022-09", "09-01 06:00", "10-01 06:00"),
        ("2022-09-05/2022-09-07", "09-05 06:00", "09-07 06:00"),
        ("2022-09-05 00:00/2022-09-06 00:00", "09-05 00:00", "09-06 00:00"),
        ("昨天", "09-06 06:00", "09-07 06:00"),
        ("上一班", "09-07 06:00", "09-07 14:00"),
        ("上周", "08-29 06:00", "09-05 06:00"),
        ("最近3天", "09-04 06:00", "09-07 06:00"),
    ],
)
def test_words_mean_production_days_and_shifts(text, since, until):
    assert asked(text) == (since, until)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("today", "09-07 00:00", "09-07 15:30"),
        ("yesterday", "09-06 00:00", "09-07 00:00"),
        ("last week", "08-29 00:00", "09-05 00:00"),
        ("2022-09-05", "09-05 00:00", "09-06 00:00"),
        ("2022-W36", "09-05 00:00", "09-12 00:00"),
        ("2022-09", "09-01 00:00", "10-01 00:00"),
    ],
)
def test_without_shifts_they_mean_calendar_days(text, since, until):
    assert asked(text, NONE) == (since, until)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2022-09-05 06:00", "2022-09-05T04:00:00Z"),
        ("2022-09-05T06:00:30", "2022-09-05T04:00:30Z"),
        ("2022-09-05T06:00:00.250+08:00", "2022-09-04T22:00:00.250Z"),
        ("2022-09-05t06:00z", "2022-09-05T06:00:00Z"),
        ("2022-10-30 02:30", "2022-10-30T00:30:00Z"),  # shown twice: the first
        ("2022-03-27 02:30", "2022-03-27T01:00:00Z"),  # never shown: the first instant after
        ("now", "2022-09-07T13:30:00Z"),
    ],
)
def test_a_moment_is_a_window_without_duration(text, utc):
    window = when(text, ZONE, NOW, SHIFTS)
    assert window.duration == 0
    assert moment(window.since) == datetime.fromisoformat(utc)


def test_early_in_the_morning_today_is_still_the_production_day_of_the_night_shift():
    night = micros(datetime.fromisoformat("2022-09-07T02:00:00+02:00"))
    assert asked("today", now=night) == ("09-06 06:00", "09-07 02:00")
    assert asked("last shift", now=night) == ("09-06 14:00", "09-06 22:00")


def test_on_sunday_the_last_shift_is_fridays_night_shift_and_none_is_running():
    sunday = micros(datetime.fromisoformat("2022-09-11T12:00:00+02:00"))
    assert asked("last shift", now=sunday) == ("09-09 22:00", "09-10 06:00")
    with pytest.raises(BadQuestion, match="No shift is running now"):
        asked("this shift", now=sunday)


def test_shifts_and_days_are_those_of_the_place():
    own = ShiftRule(name="own", start=time(8), end=time(16), at=("line-1/press-3",))
    book = ShiftBook(ZONE, (*SHIFTS.rules, own))
    assert asked("this shift", book, place="line-1/press-3") == ("09-07 08:00", "09-07 15:30")
    assert asked("yesterday", book, place="line-1/press-3") == ("09-06 08:00", "09-07 08:00")


def test_a_day_on_which_clocks_change_is_as_long_as_it_is():
    assert when("2022-10-30", ZONE, NOW, NONE).duration == 25 * 3_600_000_000


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("yesterdy", "Did you mean 'yesterday'"),
        ("lst shift", "Did you mean 'last shift'"),
        ("2022-13-40", "not in the"),
        ("2022-09-31", "not in the calendar"),
        ("", "Write for example"),
        ("2022-09-07/2022-09-05", "ends before it begins"),
        ("5 parsecs", "no time that I can read"),
    ],
)
def test_what_means_no_time_is_refused_with_a_hint(text, hint):
    with pytest.raises(BadQuestion, match=hint):
        asked(text)


def test_speaking_of_shifts_where_there_are_none_is_no_calendar():
    with pytest.raises(NoCalendar, match=r"plant\.toml"):
        asked("last shift", NONE)


@pytest.mark.parametrize("text", [*EXAMPLES, *WORDS])
def test_every_example_and_every_word_can_be_read(text):
    window = when(text, ZONE, NOW, SHIFTS)
    assert window.since <= window.until


def test_a_day_that_a_zone_skipped_has_no_duration():
    assert when("2011-12-30", "Pacific/Apia", NOW, ShiftBook("Pacific/Apia")).duration == 0
