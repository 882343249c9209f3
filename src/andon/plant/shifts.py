"""Shift rules of one place, and the shifts and production days that they make."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from ..model import Shift, Window
from .zones import DAY, instant

NEVER, ALWAYS = -(2**63), 2**63


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
        ends = [s.date() + DAY * (b.end <= b.start) for s, b in zip(starts, self.breaks, strict=True)]
        return [(s, datetime.combine(e, b.end)) for s, e, b in zip(starts, ends, self.breaks, strict=True)]


@dataclass(frozen=True, slots=True)
class Rota:
    """All that decides about the shifts of one place: places with equal rotas have equal shifts.

    `levels` are the rules of the place, of its line, its area and the plant, in this order; on each date the first
    level with a valid rule counts. `make_up` gives the weekday as which a date runs.
    """

    zone: str
    levels: tuple[tuple[ShiftRule, ...], ...]
    day_of_shift: str = "start"
    holidays: frozenset[date] = frozenset()
    make_up: frozenset[tuple[date, int]] = frozenset()

    def rules_on(self, day: date) -> tuple[ShiftRule, ...]:
        """The rules in force on a local date."""
        valid = (tuple(r for r in level if r.valid(day)) for level in self.levels)
        return next((found for found in valid if found), ())


@lru_cache(maxsize=256)
def shifts_between(rota: Rota, first: date, last: date) -> tuple[Shift, ...]:
    """The shifts that start on local dates from `first` to `last`, in order.

    Where rules change from one day to the next, a shift begins only when the one before it has ended.
    """
    made_up, found, ended = dict(rota.make_up), [], NEVER
    for day in _dates(first, last):
        weekday = made_up.get(day, None if day in rota.holidays else day.weekday())
        rules = [r for r in rota.rules_on(day) if weekday in r.days]
        for shift in sorted((_shift(rota, rule, day) for rule in rules), key=_since):
            cut = shift if shift.window.since >= ended else _begun(shift, ended)
            if cut.window.duration:
                ended = cut.window.until
                found.append(cut)
    return tuple(found)


@lru_cache(maxsize=256)
def day_starts(rota: Rota, first: date, last: date) -> tuple[tuple[date, int], ...]:
    """Each production day from `first` to `last` with the moment at which it begins.

    That is when its earliest shift usually starts; later where shifts of the day before still run, earlier where one of
    its own shifts does.
    """
    shifts = shifts_between(rota, first - 2 * DAY, last + DAY)
    starts: dict[str, int] = {}
    for shift in shifts:
        starts.setdefault(shift.day, shift.window.since)
    ends = {s.day: s.window.until for s in shifts}
    days = list(_dates(first - 2 * DAY, last))
    # The first start of a day or of any day after it: no day may begin later.
    earliest, latest = {}, min((s.window.since for s in shifts if s.day > last.isoformat()), default=ALWAYS)
    for day in reversed(days):
        latest = earliest[day] = starts.get(day.isoformat(), latest)
    found, begun, ended = [], NEVER, NEVER
    for day in days:
        begun = min(max(begun, ended, _usual_start(rota, day)), earliest[day])
        ended = ends.get(day.isoformat(), ended)
        found.append((day, begun))
    return tuple(found[2:])


def _dates(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _usual_start(rota: Rota, day: date) -> int:
    """When a production day begins by the wall clock: with the earliest shift that any weekday has."""
    rules = rota.rules_on(day) or tuple(r for level in rota.levels for r in level)
    offset = min(datetime.combine(day, r.start) - DAY * _starts_before(rota, r) for r in rules)
    return instant(rota.zone, offset.date(), offset.time())


def _starts_before(rota: Rota, rule: ShiftRule) -> bool:
    """The shift starts on the day before the one that it belongs to."""
    return rota.day_of_shift == "end" and rule.end <= rule.start and rule.end != time.min


def _since(shift: Shift) -> int:
    return shift.window.since


def _shift(rota: Rota, rule: ShiftRule, day: date) -> Shift:
    """The shift that starts on a local date; without duration where the clocks skip all of it."""
    walls = rule.walls(day)
    since, until = (instant(rota.zone, w.date(), w.time()) for w in walls)
    spans = ([instant(rota.zone, w.date(), w.time()) for w in pause] for pause in rule.breaks_of(day))
    breaks = tuple(Window(s, u) for s, u in spans if s < u)
    owner = walls[1] - timedelta(microseconds=1) if rota.day_of_shift == "end" else walls[0]
    return Shift(rule.name, owner.date().isoformat(), Window(since, until), breaks)


def _begun(shift: Shift, at: int) -> Shift:
    """The same shift, begun no earlier than `at`."""
    rest = Window(at, max(at, shift.window.until))
    return Shift(shift.name, shift.day, rest, tuple(c for b in shift.breaks if (c := b & rest).duration))
