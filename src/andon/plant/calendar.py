"""Shifts, breaks, holidays and production days: local rules, materialised to UTC spells."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise

from ..model import Calendar, Shift, Window
from .zones import DAY, day_windows, instant, local

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Break:
    """A pause in a shift, in local time of day: its first occurrence after the shift's start."""

    start: time
    end: time
    name: str = "break"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftRule:
    """One shift as local wall-clock rule.

    It starts at `start` on the local `days` (0 is Monday) and ends at the next occurrence of `end`; where both are
    equal it lasts until the next day. `at` names the lines, areas or machines it is for, () the whole plant. It holds
    for starts on local dates from `valid_from` on and before `valid_until`.
    """

    name: str
    start: time
    end: time
    days: frozenset[int] = frozenset(range(7))
    breaks: tuple[Break, ...] = ()
    at: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None

    def valid(self, day: date) -> bool:
        """Does the rule hold for shifts that start on this local date?"""
        return (not self.valid_from or self.valid_from <= day) and (not self.valid_until or day < self.valid_until)

    def walls(self, day: date) -> tuple[datetime, datetime]:
        """Start and end on the wall clock, of the shift that starts on `day`."""
        return datetime.combine(day, self.start), datetime.combine(day + DAY * (self.end <= self.start), self.end)

    def breaks_of(self, day: date) -> list[tuple[datetime, datetime]]:
        """Start and end of the breaks on the wall clock, of the shift that starts on `day`."""
        starts = [datetime.combine(day + DAY * (b.start < self.start), b.start) for b in self.breaks]
        return [
            (s, datetime.combine(s.date() + DAY * (b.end <= b.start), b.end))
            for s, b in zip(starts, self.breaks, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class ShiftBook:
    """The plant's shift rules; with no rules there is no calendar, and the production days are the calendar days.

    `day_of_shift` says whether a shift over midnight belongs to the local day on which it "start"s or "end"s.
    No shift starts on `holidays`, unless the day is in `make_up`: then those of the weekday named there.
    `areas` gives the area of each machine that has one.
    """

    zone: str = "UTC"
    rules: tuple[ShiftRule, ...] = ()
    day_of_shift: str = "start"
    holidays: frozenset[date] = frozenset()
    make_up: Mapping[date, int] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)

    def calendar(self, window: Window, place: str = "") -> Calendar:
        """The shifts of a machine, line or area (or "", the plant) that touch `window`, whole and in order.

        Examples
        --------
        >>> book = ShiftBook("Europe/Berlin", (ShiftRule(name="night", start=time(22), end=time(6)),))
        >>> clocks_change = Window(instant("Europe/Berlin", date(2026, 3, 29)),
        ...                        instant("Europe/Berlin", date(2026, 3, 29), time(12)))
        >>> [(s.name, s.day, s.window.duration // 3_600_000_000) for s in book.calendar(clocks_change, "").shifts]
        [('night', '2026-03-28', 7)]
        """
        first, last = self._dates(window)
        touching = [
            s
            for s in self._shifts(place, first, last)
            if s.window.until > window.since and s.window.since < window.until
        ]
        return Calendar(window, tuple(touching))

    def days(self, window: Window, place: str = "") -> list[tuple[str, Window]]:
        """The production days that touch `window`, whole, as (ISO date, window): they leave no gap and never overlap.

        A production day begins when its earliest shift does, and takes in every shift that belongs to it. On days
        without shifts it begins at the same local time. Without any rules it is the local calendar day.

        Examples
        --------
        >>> book = ShiftBook("UTC", (ShiftRule(name="early", start=time(6), end=time(14)),))
        >>> [day for day, _ in book.days(Window(0, 1), "")]
        ['1969-12-31']
        """
        if not self.rules_for(place):
            return day_windows(self.zone, window)
        first, last = self._dates(window)
        # Begin early: where the rules change, a day's begin may be pushed on by the days before it.
        edges = list(self._day_starts(place, first - 3 * DAY, last + 2 * DAY))
        whole = [(day.isoformat(), Window(since, until)) for (day, since), (_, until) in pairwise(edges)]
        return [(day, w) for day, w in whole if w.duration and w.until > window.since and w.since < window.until]

    def shift_at(self, at: int, place: str = "") -> Shift | None:
        """The shift that runs at a moment, or None."""
        return next(iter(self.calendar(Window(at, at + 1), place).shifts), None)

    def rules_for(self, place: str) -> tuple[ShiftRule, ...]:
        """All rules that may ever apply at a place."""
        levels = self._levels(place)
        return tuple(r for r in self.rules if any(_is_for(r, level) for level in levels))

    def rules_on(self, place: str, day: date) -> tuple[ShiftRule, ...]:
        """The rules in force on a local date: those of the most specific level that has a valid one.

        Rules for a machine replace those of its line, these those of its area, these those of the plant.
        """
        return next(
            iter(
                found
                for level in self._levels(place)
                if (found := tuple(r for r in self.rules if _is_for(r, level) and r.valid(day)))
            ),
            (),
        )

    def weekday(self, day: date) -> int | None:
        """The weekday (0 is Monday) that a local date runs as; None: no shift starts, it is a holiday."""
        if day in self.make_up:
            return self.make_up[day]
        return None if day in self.holidays else day.weekday()

    def _levels(self, place: str) -> list[str]:
        """The places whose rules apply at `place`, the most specific first; "" is the plant."""
        parts = place.split("/") if place else []
        above = ["/".join(parts[:n]) for n in range(len(parts), 0, -1)]
        area = [self.areas[place]] if place in self.areas else []
        return [*above, *area, ""]

    def _dates(self, window: Window) -> tuple[date, date]:
        """The local dates on which a shift that touches the window may start, with a day to spare on each side."""
        return local(window.since, self.zone).date() - 3 * DAY, local(window.until, self.zone).date() + 2 * DAY

    def _shifts(self, place: str, first: date, last: date) -> Iterator[Shift]:
        """The shifts that start on local dates from `first` to `last`.

        Where rules change from one day to the next, a shift begins only when the one before it has ended.
        """
        ended = None
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            weekday = self.weekday(day)
            rules = [r for r in self.rules_on(place, day) if weekday in r.days]
            for shift in sorted((_shift(self.zone, r, day, self.day_of_shift) for r in rules), key=_since):
                cut = shift if ended is None or shift.window.since >= ended else _begun(shift, ended)
                if cut.window.duration:
                    ended = cut.window.until
                    yield cut

    def _day_starts(self, place: str, first: date, last: date) -> Iterator[tuple[date, int]]:
        """Each production day from `first` to `last` with the moment at which it begins."""
        shifts = list(self._shifts(place, first - 2 * DAY, last + DAY))
        ends = {s.day: s.window.until for s in shifts}
        begun = ended = -(2**63)
        for n in range(-2, (last - first).days + 1):
            day = first + timedelta(days=n)
            earliest = min((s.window.since for s in shifts if s.day >= day.isoformat()), default=2**63)
            begun = min(max(begun, ended, self._usual_start(place, day)), earliest)
            ended = max(ended, ends.get(day.isoformat(), ended))
            if n >= 0:
                yield day, begun

    def _usual_start(self, place: str, day: date) -> int:
        """When a production day begins by the wall clock: with the earliest shift that any weekday has."""
        rules = self.rules_on(place, day) or self.rules_for(place)
        starts = [
            timedelta(hours=r.start.hour, minutes=r.start.minute, seconds=r.start.second) - DAY * self._ends_next_day(r)
            for r in rules
        ]
        wall = datetime.combine(day, time.min) + min(starts)
        return instant(self.zone, wall.date(), wall.time())

    def _ends_next_day(self, rule: ShiftRule) -> bool:
        """The shift starts on the day before the one that it belongs to."""
        return self.day_of_shift == "end" and rule.end <= rule.start and rule.end != time.min


def _is_for(rule: ShiftRule, level: str) -> bool:
    return level in rule.at if level else not rule.at


def _since(shift: Shift) -> int:
    return shift.window.since


@lru_cache(maxsize=16384)
def _shift(zone: str, rule: ShiftRule, day: date, day_of_shift: str) -> Shift:
    """The shift that starts on a local date; without duration where the clocks skip all of it."""
    walls = rule.walls(day)
    since, until = (instant(zone, w.date(), w.time()) for w in walls)
    breaks = (
        Window(instant(zone, s.date(), s.time()), instant(zone, u.date(), u.time())) for s, u in rule.breaks_of(day)
    )
    owner = walls[1] - timedelta(microseconds=1) if day_of_shift == "end" else walls[0]
    return Shift(rule.name, owner.date().isoformat(), Window(since, until), tuple(b for b in breaks if b.duration))


def _begun(shift: Shift, at: int) -> Shift:
    """The same shift, begun no earlier than `at`."""
    rest = Window(at, max(at, shift.window.until))
    return Shift(shift.name, shift.day, rest, tuple(c for b in shift.breaks if (c := b & rest).duration))
