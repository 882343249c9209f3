"""Shifts, breaks, holidays and production days: local rules, materialised to UTC spells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from ..model import Calendar, Shift, Window
from .shifts import Break, Rota, ShiftRule, day_starts, shifts_between
from .zones import DAY, day_windows, local

__all__ = ["WEEKDAYS", "Break", "ShiftBook", "ShiftRule"]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


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
        >>> from datetime import time
        >>> from andon.plant.zones import instant
        >>> book = ShiftBook("Europe/Berlin", (ShiftRule(name="night", start=time(22), end=time(6)),))
        >>> clocks_change = Window(instant("Europe/Berlin", date(2026, 3, 29)),
        ...                        instant("Europe/Berlin", date(2026, 3, 29), time(12)))
        >>> [(s.name, s.day, s.window.duration // 3_600_000_000) for s in book.calendar(clocks_change, "").shifts]
        [('night', '2026-03-28', 7)]
        """
        rota = self.rota(place)
        shifts = shifts_between(rota, *self._dates(window))
        touching = tuple(s for s in shifts if _touches(s.window, window))
        return Calendar(window, touching, described=bool(rota.levels))

    def days(self, window: Window, place: str = "") -> list[tuple[str, Window]]:
        """The production days that touch `window`, whole, as (ISO date, window): they leave no gap and never overlap.

        A production day begins when its earliest shift does, and takes in every shift that belongs to it. On days
        without shifts it begins at the same local time. Without any rules it is the local calendar day.

        Examples
        --------
        >>> from datetime import time
        >>> book = ShiftBook("UTC", (ShiftRule(name="early", start=time(6), end=time(14)),))
        >>> [day for day, _ in book.days(Window(0, 1), "")]
        ['1969-12-31']
        """
        if not self.rules_for(place):
            return day_windows(self.zone, window)
        first, last = self._dates(window)
        # Begin early: where the rules change, a day's begin may be pushed on by the days before it.
        edges = day_starts(self.rota(place), first - 3 * DAY, last + 2 * DAY)
        whole = [(day.isoformat(), Window(since, until)) for (day, since), (_, until) in pairwise(edges)]
        return [(day, w) for day, w in whole if _touches(w, window)]

    def shift_at(self, at: int, place: str = "") -> Shift | None:
        """The shift that runs at a moment, or None."""
        return next(iter(self.calendar(Window(at, at + 1), place).shifts), None)

    def rules_for(self, place: str) -> tuple[ShiftRule, ...]:
        """All rules that may ever apply at a place."""
        return tuple(r for level in self.rota(place).levels for r in level)

    def rules_on(self, place: str, day: date) -> tuple[ShiftRule, ...]:
        """The rules in force on a local date: those of the most specific level that has a valid one.

        Rules for a machine replace those of its line, these those of its area, these those of the plant.
        """
        return self.rota(place).rules_on(day)

    def weekday(self, day: date) -> int | None:
        """The weekday (0 is Monday) that a local date runs as; None: no shift starts, it is a holiday."""
        return self.make_up.get(day, None if day in self.holidays else day.weekday())

    def rota(self, place: str) -> Rota:
        """All that decides about the shifts of a place."""
        levels = tuple(
            found
            for level in self._levels(place)
            if (found := tuple(r for r in self.rules if (level in r.at if level else not r.at)))
        )
        return Rota(self.zone, levels, self.day_of_shift, self.holidays, frozenset(self.make_up.items()))

    def _levels(self, place: str) -> list[str]:
        """The places whose rules apply at `place`, the most specific first; "" is the plant."""
        parts = place.split("/") if place else []
        above = ["/".join(parts[:n]) for n in range(len(parts), 0, -1)]
        area = [self.areas[place]] if place in self.areas else []
        return [*above, *area, ""]

    def _dates(self, window: Window) -> tuple[date, date]:
        """The local dates on which a shift that touches the window may start, with a day to spare on each side."""
        return local(window.since, self.zone).date() - 3 * DAY, local(window.until, self.zone).date() + 2 * DAY


def _touches(spell: Window, window: Window) -> bool:
    return spell.since < spell.until and spell.until > window.since and spell.since < window.until
