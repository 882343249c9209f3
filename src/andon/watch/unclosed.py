"""Shifts that nobody has closed yet, worked out as if they were closed now; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from ..errors import NoData
from ..ledger import Books, Draft, Which
from ..model import Shift, Window
from ..plant import Machine, Plant
from ..reading import History
from .closing import orders_on
from .drafts import bench, draft


class Memory(History, Protocol):
    """What this needs of a historian: to read, and which signals were ever heard."""

    def signals(self) -> list[str]: ...


def unclosed(
    plant: Plant, history: Memory, books: Books, *, machines: Iterable[Machine], window: Window, now: int
) -> list[Draft]:
    """What the books would say of the shifts that start in a window and are not in them, up to now.

    Parameters
    ----------
    plant, history, books
        The plant on paper, what was heard, and which shifts are closed.
    machines
        The machines that are meant; one of which nothing was ever heard is left out, as it is when shifts are closed.
    window
        Shifts that start in it.
    now
        Where a shift that is running is cut.

    Returns
    -------
    list of Draft
        The closing and the entries of each, in order of machine and time.
    """
    chosen = list(machines)
    closed = {c.key for c in books.closings(Which(at=tuple(m.path for m in chosen), window=window))}
    heard = {path.rpartition("/")[0] for path in history.signals()}
    found: list[Draft] = []
    for machine in chosen:
        calendar = plant.shifts.calendar(window, machine.path)
        open_ = [
            s
            for s in calendar.shifts
            if window.since <= s.window.since < min(window.until, now) and (machine.path, s.day, s.name) not in closed
        ]
        if machine.path in heard and open_:
            found += _drafts(machine, [_until(s, now) for s in open_], plant, history)
    return found


def _until(shift: Shift, now: int) -> Shift:
    return replace(shift, window=Window(shift.window.since, min(shift.window.until, now)))


def _drafts(machine: Machine, shifts: list[Shift], plant: Plant, history: Memory) -> list[Draft]:
    span = Window(shifts[0].window.since, shifts[-1].window.until)
    try:
        read = bench(machine, span, plant, history, orders_on(machine, span, history))
    except NoData:
        return []
    return [draft(read, s) for s in shifts]
