"""What people mean by `last shift`, `yesterday`, `2022-W36`: words and dates to windows, in the plant's time."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches

from ..errors import BadQuestion, NoCalendar
from ..model import Window, micros
from ..units import LENGTHS
from .calendar import ShiftBook
from .zones import DAY, instant, local, start_after, start_of

UNITS = {
    "shift": ("shift", "shifts", "班", "个班"),
    "day": ("day", "days", "天"),
    "week": ("week", "weeks", "周", "个星期"),
    "month": ("month", "months", "月", "个月"),
}
"""Stretches of the plant's calendar, and how people write them."""

WORDS = {
    "now": "now",
    "现在": "now",
    "today": "this day",
    "今天": "this day",
    "yesterday": "last day",
    "昨天": "last day",
    "shift": "last shift",
    "day": "last day",
    "week": "last week",
    "month": "last month",
    "上一班": "last shift",
    "上个班": "last shift",
    "本班": "this shift",
    "当班": "this shift",
    "上周": "last week",
    "本周": "this week",
    "上月": "last month",
    "上个月": "last month",
    "本月": "this month",
}
"""Single words and what they are short for."""

EXAMPLES = (
    "today",
    "yesterday",
    "this shift",
    "last shift",
    "last 3 shifts",
    "week",
    "last week",
    "this month",
    "30 d",
    "8 h",
    "2022-09-05",
    "2022-09-05 06:00",
    "2022-W36",
    "2022-09",
    "2022-09-05T06:00:00+02:00",
)
KNOWN = [*WORDS, *EXAMPLES, "last month", "last day", "this week", "this day"]


def when(text: str, zone: str, now: int, book: ShiftBook, place: str = "") -> Window:
    """The window that an expression of time means; a moment is a window without duration.

    Days, weeks and months are made of production days where `place` has shifts, of local calendar days where it has
    none: so `yesterday` never cuts a night shift in two. Local midnight is `2022-09-05 00:00`.

    Parameters
    ----------
    text
        `today`, `yesterday`, `this shift`, `last shift`, `last 3 shifts`, `last week` (the last whole one; so does
        `week`), `this month` (until now), `30 d` (the time up to now), `2022-09-05`, `2022-W36`, `2022-09`,
        `2022-09-05 06:00` (local), `2022-09-05T06:00:00+02:00`, microseconds since 1970 (14 to 17 digits), or two of
        them as `SINCE/UNTIL` (half-open).
    zone
        IANA name, for local times.
    now
        The present, in microseconds.
    book
        The plant's shifts.
    place
        Machine or line whose shifts count; "" is the plant.

    Returns
    -------
    Window
        Never reaches past `now` for what is still running.

    Raises
    ------
    BadQuestion
        The text means no time; the nearest that does is named.
    NoCalendar
        It speaks of shifts and there are none.

    Examples
    --------
    >>> rome = ShiftBook("Europe/Rome")
    >>> noon = when("2022-09-07 12:00", "Europe/Rome", 0, rome).since
    >>> since = when("yesterday", "Europe/Rome", noon, rome).since
    >>> local(since, "Europe/Rome").isoformat()
    '2022-09-06T00:00:00+02:00'
    >>> when("8 h", "Europe/Rome", noon, rome).duration // 3_600_000_000
    8
    """
    said = " ".join(text.split())
    if "/" in said:
        since, _, until = said.partition("/")
        return _between(when(since, zone, now, book, place), when(until, zone, now, book, place), said)
    present = _Present(zone, now, book, place)
    plain = WORDS.get(said.lower(), said.lower())
    for read in (_moment, _dated, _rolling, _named):
        found = read(present, plain)
        if found is not None:
            return found
    near = get_close_matches(said.lower(), KNOWN, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"Write for example {', '.join(map(repr, EXAMPLES))}."
    raise BadQuestion(f"{text!r} is no time that I can read. {hint}")


@dataclass(frozen=True, slots=True)
class _Present:
    """Where and when somebody speaks of time."""

    zone: str
    now: int
    book: ShiftBook
    place: str

    @property
    def today(self) -> date:
        """The production day that is running."""
        if not self.book.rules_for(self.place):
            return local(self.now, self.zone).date()
        return date.fromisoformat(self.book.days(Window(self.now, self.now + 1), self.place)[0][0])

    def begins(self, day: date) -> int:
        """When a production day begins."""
        if not self.book.rules_for(self.place):
            return instant(self.zone, day)
        around = Window(instant(self.zone, day - 2 * DAY), instant(self.zone, day + 3 * DAY))
        return next(w.since for name, w in self.book.days(around, self.place) if name >= day.isoformat())

    def ended_shifts(self, days: int) -> list[Window]:
        """The shifts of the last `days` days that have ended."""
        back = Window(self.now - days * LENGTHS["d"], self.now)
        return [s.window for s in self.book.calendar(back, self.place).shifts if s.window.until <= self.now]


def _between(since: Window, until: Window, said: str) -> Window:
    if until.since <= since.since:
        raise BadQuestion(f"{said!r} ends before it begins. The second time is the first moment no longer meant.")
    return Window(since.since, until.since)


def _moment(present: _Present, said: str) -> Window | None:
    if said == "now":
        return Window(present.now, present.now)
    if re.fullmatch(r"\d{14,17}", said):
        return Window(int(said), int(said))
    if not re.match(r"\d{4}-", said) or ":" not in said:
        return None
    try:
        read = datetime.fromisoformat(said.upper())
    except ValueError:
        return None
    at = micros(read) if read.tzinfo else instant(present.zone, read.date(), read.time())
    return Window(at, at)


def _dated(present: _Present, said: str) -> Window | None:
    forms = {"day": r"\d{4}-\d\d-\d\d", "week": r"\d{4}-w\d\d", "month": r"\d{4}-\d\d"}
    by = next((by for by, form in forms.items() if re.fullmatch(form, said)), None)
    if by is None:
        return None
    try:
        first = date.fromisoformat(said.upper() + ("-01" if by == "month" else ""))
    except ValueError as wrong:
        raise BadQuestion(f"{said!r} is not in the calendar: {wrong}.") from None
    return Window(present.begins(first), present.begins(start_after(by, first)))


def _rolling(present: _Present, said: str) -> Window | None:
    match = re.fullmatch(r"(?:(?:last|past) )?(\d+(?:\.\d+)?) ?([a-z]+)", said)
    if not match or match[2] not in LENGTHS:
        return None
    return Window(present.now - round(float(match[1]) * LENGTHS[match[2]]), present.now)


def _named(present: _Present, said: str) -> Window | None:
    match = re.fullmatch(r"(this|last|past|previous|最近|过去)? ?(\d+)? ?(\D+)", said)
    unit = next((u for u, names in UNITS.items() if match and match[3].strip() in names), None)
    if match is None or unit is None or not (match[1] or match[2]):
        return None
    if match[1] == "this":
        return _running(present, unit)
    count = max(1, int(match[2] or 1))
    return _shifts_before(present, count) if unit == "shift" else _whole(present, unit, count)


def _running(present: _Present, unit: str) -> Window:
    """What is going on now, up to now."""
    if unit != "shift":
        return Window(present.begins(start_of(unit, present.today)), present.now)
    shift = present.book.shift_at(present.now, present.place)
    if shift is None:
        raise _no_shift(present, "No shift is running now. Ask for 'last shift'.")
    return Window(shift.window.since, present.now)


def _whole(present: _Present, unit: str, count: int) -> Window:
    """The last `count` whole days, weeks or months."""
    until = first = start_of(unit, present.today)
    for _ in range(count):
        first = start_of(unit, first - DAY)
    return Window(present.begins(first), present.begins(until))


def _shifts_before(present: _Present, count: int) -> Window:
    """From the first to the end of the last of `count` shifts that have ended; two years back at most."""
    for days in (10, 60, 730):
        ended = present.ended_shifts(days)
        if len(ended) >= count:
            return Window(ended[-count].since, ended[-1].until)
    raise _no_shift(present, f"No {count} shifts have ended within the last two years.")


def _no_shift(present: _Present, text: str) -> BadQuestion | NoCalendar:
    if present.book.rules_for(present.place):
        return BadQuestion(text)
    where = f"'{present.place}' has" if present.place else "the plant as a whole has"
    return NoCalendar(f"That speaks of shifts, and {where} none. Describe them in plant.toml: [[shift]].")
