"""When the demo plant works: local shift rules as UTC stretches, and an axis on which only working time exists."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from ...model import Times, Window, micros
from .layout import FIRST_DAY, HOLIDAYS, LAST_DAY, MAKE_UP, SHIFTS, WEEK, ZONE, ShiftRow


@dataclass(frozen=True, slots=True)
class WorkShift:
    """One shift of one line as it was."""

    name: str
    day: str
    window: Window
    breaks: tuple[Window, ...]


def local(text: str) -> int:
    """Microseconds of a local moment such as 2026-10-14T15:20 in the plant's zone."""
    return micros(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)))


def demo_window(days: int = 30) -> Window:
    """The last so many of the demo's 30 production days."""
    first = max(date.fromisoformat(FIRST_DAY), date.fromisoformat(LAST_DAY) - timedelta(days))
    return Window(local(f"{first}T06:00"), local(LAST_DAY + "T06:00"))


def shifts_of(line: str) -> list[WorkShift]:
    """All shifts of a line in the demo window, in order."""
    first, last = date.fromisoformat(FIRST_DAY), date.fromisoformat(LAST_DAY)
    days = [first + timedelta(d) for d in range((last - first).days)]
    found = [_shift(row, day) for day in days for row in SHIFTS if line in row.lines and _runs(row, day)]
    return sorted(found, key=lambda s: s.window.since)


def _runs(row: ShiftRow, day: date) -> bool:
    """Does the shift start on this local day? Holidays have none, a make-up day runs as another weekday."""
    return str(day) not in HOLIDAYS and MAKE_UP.get(str(day), WEEK[day.weekday()]) in row.days


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
    since = local(f"{day + timedelta(nights)}T{start}")
    nights = 1 if end <= row.start else 0
    return Window(since, local(f"{day + timedelta(nights)}T{end}"))


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
