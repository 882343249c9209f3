"""What a report is about: one shift, one production day, one week, or any stretch; and the periods before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ...ledger import Which
from ...model import Shift, Window
from ...plant import Machine, Plant
from ...units import HOUR, SECOND

DAY = 24 * HOUR
REACH = {"shift": 3 * DAY, "day": 3 * DAY, "week": 9 * DAY}
"""How far beyond a stretch the shifts of a period that touches it may lie."""
BACK = {"shift": 5 * DAY, "day": 3 * DAY, "week": 9 * DAY}
"""How far back one period before another is looked for: weekends and holidays lie between them."""


AGO = 10 * SECOND
"""A window that ended so lately was asked for up to now."""


@dataclass(frozen=True, slots=True)
class Period:
    """One period of a place.

    Attributes
    ----------
    every
        shift, day, week, or "" for any other stretch.
    name
        `2026-11-26 early`, `2026-11-26`, `2026-W48`; "" for any other stretch.
    window
        From its first shift to the end of its last.
    which
        Its entries in the books.
    """

    every: str
    name: str
    window: Window
    which: Which


def periods(plant: Plant, machines: Sequence[Machine], every: str, window: Window) -> list[Period]:
    """The periods of machines that touch a window, whole, in order of time.

    Machines with other shifts have other periods: a plant of which one line works in two shifts and another one in
    three has a period of each shift by its name, and a day of all of them.
    """
    around = Window(window.since - REACH[every], window.until + REACH[every])
    spans: dict[tuple[str, str], list[Window]] = {}
    for shift in _shifts(plant, machines, around):
        spans.setdefault(_key(every, shift), []).append(shift.window)
    paths = tuple(m.path for m in machines)
    found = [_period(every, key, windows, paths) for key, windows in spans.items()]
    touching = [p for p in found if p.window.since < window.until and p.window.until > window.since]
    return sorted(touching, key=lambda p: (p.window.until, p.window.since, p.name))


def period_of(plant: Plant, machines: Sequence[Machine], window: Window, now: int) -> Period:
    """The period that a window is: the shift, day or week of just that stretch, else the stretch itself.

    One that runs is cut where the window ends, which is now.
    """
    for every in REACH:
        for period in periods(plant, machines, every, window):
            if _is(plant, machines, period, window):
                return period
            if window.since == period.window.since and now - AGO < window.until <= now < period.window.until:
                return replace(period, window=window)
    return Period("", "", window, Which(at=tuple(m.path for m in machines), window=window))


def before(plant: Plant, machines: Sequence[Machine], period: Period, count: int) -> list[Period]:
    """Up to `count` periods of the same kind that ended before this one did, the earliest first."""
    if not period.every:
        return _stretches(period, count)
    back = Window(period.window.since - BACK[period.every] * count, period.window.since)
    found = [
        p
        for p in periods(plant, machines, period.every, back)
        if p.window.since < period.window.since and p.window.until < period.window.until
    ]
    return found[-count:]


def shifts_of(plant: Plant, machine: Machine, period: Period) -> list[Shift]:
    """The shifts of one machine that a shift, day or week is made of."""
    around = Window(period.window.since - DAY, period.window.until + DAY)
    shifts = plant.shifts.calendar(around, machine.path).shifts
    return [s for s in shifts if _name(_key(period.every, s)) == period.name]


def _name(key: tuple[str, str]) -> str:
    return " ".join(part for part in key if part)


def beside(plant: Plant, machines: Sequence[Machine], period: Period) -> tuple[Window | None, Window | None]:
    """The stretches of the periods before and after one of the same kind; None where there are none near."""
    if not period.every:
        w, length = period.window, period.window.duration
        return Window(w.since - length, w.since), Window(w.until, w.until + length)
    reach = 3 * BACK[period.every]
    around = periods(plant, machines, period.every, Window(period.window.since - reach, period.window.until + reach))
    place = next(n for n, p in enumerate(around) if p.name == period.name)
    windows = [None, *(p.window for p in around), None]
    return windows[place], windows[place + 2]


def _stretches(period: Period, count: int) -> list[Period]:
    length = period.window.duration
    starts = [period.window.since - n * length for n in range(count, 0, -1)]
    return [Period("", "", w := Window(s, s + length), Which(at=period.which.at, window=w)) for s in starts]


def _shifts(plant: Plant, machines: Iterable[Machine], around: Window) -> list[Shift]:
    rotas = {plant.shifts.rota(m.path): m.path for m in machines}
    return [s for path in rotas.values() for s in plant.shifts.calendar(around, path).shifts]


def _key(every: str, shift: Shift) -> tuple[str, str]:
    if every == "shift":
        return shift.day, shift.name
    if every == "day":
        return shift.day, ""
    year, week, _ = date.fromisoformat(shift.day).isocalendar()
    return f"{year}-W{week:02}", ""


def _period(every: str, key: tuple[str, str], windows: Sequence[Window], paths: tuple[str, ...]) -> Period:
    first, name = key
    window = Window(min(w.since for w in windows), max(w.until for w in windows))
    if every == "shift":
        return Period(every, _name(key), window, Which(at=paths, day=first, shift=name))
    if every == "day":
        return Period(every, first, window, Which(at=paths, day=first))
    year, _, week = first.partition("-W")
    days = (date.fromisocalendar(int(year), int(week), n).isoformat() for n in (1, 7))
    monday, sunday = days
    return Period(every, first, window, Which(at=paths, days=(monday, sunday)))


def _is(plant: Plant, machines: Sequence[Machine], period: Period, window: Window) -> bool:
    """Is the window just this period: from its first to the end of its last shift, or to where the next one begins?"""
    if period.window.since != window.since:
        return False
    if period.window.until == window.until:
        return True
    rest = Window(min(period.window.until, window.until), max(period.window.until, window.until))
    return period.every != "shift" and window.until > period.window.until and not _shifts_in(plant, machines, rest)


def _shifts_in(plant: Plant, machines: Sequence[Machine], window: Window) -> bool:
    around = Window(window.since - DAY, window.until + DAY)
    return any((s.window & window).duration for s in _shifts(plant, machines, around))
