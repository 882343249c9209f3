"""Do the shifts and their breaks fit together on the wall clock?"""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise

from ..plant.calendar import Break, ShiftBook, ShiftRule
from ..plant.zones import DAY
from .draft import Draft
from .kinds import nearest
from .mistakes import Finding
from .written import BreakTable, PlantFile, ShiftTable

A_MONDAY = date(2024, 1, 1)
Turn = tuple[datetime, datetime, int]
"""One shift as it runs: start and end on the wall clock, and the number of its rule."""


def shift_book(file: PlantFile) -> ShiftBook:
    """The shift rules as they are written."""
    calendar = file.calendar
    lines: dict[str, set[str]] = {}
    for machine in file.machine:
        lines.setdefault(machine.path.rpartition("/")[0], set()).add(machine.area)
    areas = {line: next(iter(found)) for line, found in lines.items() if line and len(found) == 1}
    areas |= {m.path: m.area for m in file.machine}
    return ShiftBook(
        file.plant.zone,
        tuple(_rule(s) for s in file.shift),
        calendar.day_of_shift,
        frozenset(calendar.holidays),
        {m.date: _weekday(m.as_) for m in calendar.make_up},
        {place: area for place, area in areas.items() if area},
    )


def _weekday(name: str) -> int:
    return ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(name)


def _rule(shift: ShiftTable) -> ShiftRule:
    return ShiftRule(
        name=shift.name,
        start=shift.start,
        end=shift.end,
        days=frozenset(_weekday(d) for d in shift.days),
        breaks=tuple(Break(b.start, b.end, b.name) for b in shift.breaks),
        at=tuple(shift.at),
        valid_from=shift.valid_from,
        valid_until=shift.valid_until,
    )


def rota(draft: Draft) -> Iterator[Finding]:
    """What is wrong with the shifts, the breaks and the calendar."""
    yield from _places(draft)
    yield from _dates(draft)
    yield from _breaks(draft)
    yield from _overlaps(draft)
    if not draft.raw.get("shift"):
        yield Finding(
            (),
            "There is no [[shift]], so there is no planned time: states and counts can be asked, OEE cannot.",
            warning=True,
        )


def _places(draft: Draft) -> Iterator[Finding]:
    """Places in `at` that nobody described."""
    paths = draft.names("machine", "path")
    known = {"/".join(p.split("/")[:n]) for p in paths for n in range(1, p.count("/") + 2)}
    known |= set(draft.names("machine", "area"))
    for row, shift in enumerate(draft.file.shift):
        for n, place in enumerate(shift.at):
            if place not in known:
                yield Finding(
                    draft.place("shift", row, "at", n),
                    f"Shift '{shift.name}' is for {place!r}, which is no machine, line or area. "
                    f"{nearest(place, known)}",
                )


def _dates(draft: Draft) -> Iterator[Finding]:
    for row, shift in enumerate(draft.file.shift):
        if shift.valid_from and shift.valid_until and shift.valid_until <= shift.valid_from:
            yield Finding(
                draft.place("shift", row, "valid_until"),
                f"Shift '{shift.name}' is valid until {shift.valid_until}, which is not after "
                f"{shift.valid_from}: it never runs. `valid_until` is the first day without it.",
            )
    seen: set[date] = set()
    for n, day in enumerate(draft.file.calendar.make_up):
        if day.date in seen:
            yield Finding(("calendar", "make_up", n), f"{day.date} is made up twice. Name each day once.")
        seen.add(day.date)


def _breaks(draft: Draft) -> Iterator[Finding]:
    """Breaks that reach out of their shift or overlap."""
    for row, shift in enumerate(draft.file.shift):
        rule = _rule(shift)
        start, end = rule.walls(A_MONDAY)
        spans = rule.breaks_of(A_MONDAY)
        for n, (since, until) in enumerate(spans):
            if not start <= since < until <= end:
                yield Finding(
                    draft.place("shift", row, "breaks", n),
                    f"The break {_span(shift.breaks[n])} is not inside shift '{shift.name}' "
                    f"({shift.start:%H:%M} to {shift.end:%H:%M}).",
                )
        for (_, first_end), (since, until) in pairwise(sorted(spans)):
            if since < first_end:
                n = spans.index((since, until))
                yield Finding(
                    draft.place("shift", row, "breaks", n),
                    f"The break {_span(shift.breaks[n])} overlaps another break of shift '{shift.name}'.",
                )


def _span(pause: BreakTable) -> str:
    return f"{pause.start:%H:%M} to {pause.end:%H:%M}"


def _overlaps(draft: Draft) -> Iterator[Finding]:
    """Shifts of one place that run at the same time: always (a mistake), or on a day when rules change (a warning)."""
    book = shift_book(draft.file)
    told: set[tuple[int, int]] = set()
    places = ["", *(p for rule in book.rules for p in rule.at), *(m.path for m in draft.file.machine)]
    distinct = {book.rules_for(place): place for place in places}
    for place in sorted(distinct.values()):
        for first in _weeks(book):
            for (_, end, one), (start, _, other) in pairwise(_turns(book, place, first)):
                if start < end and (one, other) not in told:
                    told |= {(one, other), (other, one)}
                    yield _overlap(draft, book, (one, other), start)


def _overlap(draft: Draft, book: ShiftBook, pair: tuple[int, int], start: datetime) -> Finding:
    names = [draft.file.shift[n].name for n in pair]
    what = f"Shift '{names[1]}' starts on {start:%a %Y-%m-%d at %H:%M}, while shift '{names[0]}' still runs"
    if {start.date() + n * DAY for n in range(-2, 3)} & set(_turning_points(book)):
        return Finding(draft.place("shift", pair[1]), f"{what}; it will begin when that ends.", warning=True)
    return Finding(draft.place("shift", pair[1]), f"{what}. Shifts of one place must not overlap.")


def _turning_points(book: ShiftBook) -> list[date]:
    """The dates on which the rules of the calendar change."""
    edges = [d for r in book.rules for d in (r.valid_from, r.valid_until) if d]
    return sorted({*edges, *book.make_up})


def _weeks(book: ShiftBook) -> list[date]:
    """First days of the stretches to look at: an ordinary one before, between and after all changes, and each change.

    An ordinary one is looked at first, so that what always overlaps is not taken for a matter of one day.
    """
    points = _turning_points(book)
    ordinary = [points[0] - 30 * DAY, *(p + 3 * DAY for p in points)] if points else [A_MONDAY]
    return [*ordinary, *(p - 5 * DAY for p in points)]


def _turns(book: ShiftBook, place: str, first: date) -> list[Turn]:
    """The shifts of nine days, in order of their start, on the wall clock."""
    found: list[Turn] = []
    for n in range(9):
        day = first + n * DAY
        weekday = book.weekday(day)
        found += [(*r.walls(day), book.rules.index(r)) for r in book.rules_on(place, day) if weekday in r.days]
    return sorted(found)
