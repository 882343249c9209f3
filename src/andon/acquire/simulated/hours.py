"""When the demo plant works: local shift rules as UTC stretches, and an axis on which only working time exists."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

from ...model import Times, Window, micros
from .layout import ALL_HAPPENED, FIRST_DAY, HOLIDAYS, LAST_DAY, MAKE_UP, SHIFTS, WEEK, ZONE, ShiftRow


@dataclass(frozen=True, slots=True)
class WorkShift:
    """One shift of one line as it was."""

    name: str
    day: str
    window: Window
    breaks: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Days:
    """The production days of a simulation, from 06:00 local on `first` to 06:00 on `last`.

    What layout.py writes down for certain days of October 2026 happens `moved` days later: whole weeks, so that a
    Saturday stays one.
    """

    first: date
    last: date
    moved: int = 0

    @property
    def window(self) -> Window:
        return Window(_local(f"{self.first}T06:00"), _local(f"{self.last}T06:00"))

    def day(self, written: str) -> str:
        """The day that a day of layout.py is in this simulation."""
        return str(date.fromisoformat(written) + timedelta(self.moved))

    def local(self, written: str) -> int:
        """Microseconds of a local moment of layout.py, such as 2026-10-14T15:20, in this simulation."""
        day, _, clock = written.partition("T")
        return _local(f"{self.day(day)}T{clock}")

    def shifts_of(self, line: str) -> list[WorkShift]:
        """All shifts of a line, in order."""
        days = [self.first + timedelta(d) for d in range((self.last - self.first).days)]
        found = [_shift(row, day) for day in days for row in SHIFTS if line in row.lines and self._runs(row, day)]
        return sorted(found, key=lambda s: s.window.since)

    def _runs(self, row: ShiftRow, day: date) -> bool:
        """Does the shift start on this local day? Holidays have none, a make-up day runs as another weekday."""
        made_up = {self.day(d): weekday for d, weekday in MAKE_UP.items()}
        free = [self.day(d) for d in HOLIDAYS]
        return str(day) not in free and made_up.get(str(day), WEEK[day.weekday()]) in row.days


DEMO = Days(date.fromisoformat(FIRST_DAY), date.fromisoformat(LAST_DAY))
"""The 30 days that are the same wherever and whenever the demo is made."""


def days_around(now: int, *, back: int = 30, ahead: int = 14) -> Days:
    """The days up to a moment and a few more, with everything special of layout.py in the weeks just before it."""
    today = datetime.fromtimestamp(now / 1e6, ZoneInfo(ZONE)).date()
    weeks = (today - date.fromisoformat(ALL_HAPPENED)).days // 7
    return Days(today - timedelta(back), today + timedelta(ahead), 7 * weeks)


@cache
def _local(text: str) -> int:
    return micros(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)))


def _shift(row: ShiftRow, day: date) -> WorkShift:
    return WorkShift(
        row.name,
        str(day),
        _stretch(row, day, row.start, row.end),
        tuple(_stretch(row, day, a, b) for a, b in row.breaks),
    )


def _stretch(row: ShiftRow, day: date, start: str, end: str) -> Window:
    """A local stretch of a shift in UTC; hours before the shift's start are on the next day."""
    nights = 1 if start < row.start else 0
    since = _local(f"{day + timedelta(nights)}T{start}")
    nights = 1 if end <= row.start else 0
    return Window(since, _local(f"{day + timedelta(nights)}T{end}"))


@dataclass(frozen=True, slots=True)
class WorkAxis:
    """Stretches of working time laid end to end: `worked[i]` is the working time before stretch i.

    Working time is in milliseconds, as the flow of parts counts it; real time is in microseconds.
    """

    since: Times
    until: Times
    worked: Times

    @property
    def total(self) -> int:
        """Milliseconds of working time."""
        return int(self.worked[-1] + (self.until[-1] - self.since[-1]) // 1000)

    def real(self, worked: Times, ends: bool = False) -> Times:
        """The real moments of working times; on a seam the next stretch's start, or for `ends` the last one's end."""
        at = np.searchsorted(self.worked, worked, side="left" if ends else "right") - 1
        at = np.clip(at, 0, len(self.worked) - 1)
        return np.asarray(self.since[at] + (worked - self.worked[at]) * 1000, dtype=np.int64)

    def working(self, real: int) -> int:
        """The working time at a real moment; inside a break that of its start."""
        at = max(0, int(np.searchsorted(self.since, real, side="right")) - 1)
        return int(self.worked[at]) + (min(real, int(self.until[at])) - int(self.since[at])) // 1000


def work_axis(shifts: list[WorkShift]) -> WorkAxis:
    """The working time of a line: its shifts without breaks; work goes on where a shift hands over to the next."""
    pieces: list[tuple[int, int]] = []
    for shift in shifts:
        edges = [shift.window.since, *(e for b in shift.breaks for e in (b.since, b.until)), shift.window.until]
        pieces += zip(edges[::2], edges[1::2], strict=True)
    seams = {p[0] for p in pieces} & {p[1] for p in pieces}
    pieces = list(zip([s for s, _ in pieces if s not in seams], [u for _, u in pieces if u not in seams], strict=True))
    since = np.array([p[0] for p in pieces], dtype=np.int64)
    until = np.array([p[1] for p in pieces], dtype=np.int64)
    length = (until - since) // 1000
    return WorkAxis(since, until, np.concatenate([[0], np.cumsum(length)[:-1]]))
