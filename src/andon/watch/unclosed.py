"""Shifts that nobody has closed yet, worked out as if they were closed now; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from ..errors import NoData
from ..ledger import Books, Draft, Which
from ..model import Shift, Window
from ..plant import Machine, Plant
from ..reading import History, ReadAhead, wide
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
    alike: dict[tuple[Shift, ...], list[Machine]] = {}
    for machine in chosen:
        begun = Window(window.since, min(window.until, now))
        shifts = [s for s in plant.shifts.calendar(begun, machine.path).shifts if s.window.since in begun]
        open_ = tuple(_until(s, now) for s in shifts if (machine.path, s.day, s.name) not in closed)
        if open_ and machine.path in heard:
            alike.setdefault(open_, []).append(machine)
    return [d for shifts, of in alike.items() for d in _drafts(of, shifts, plant, history)]


def _until(shift: Shift, now: int) -> Shift:
    return replace(shift, window=Window(shift.window.since, min(shift.window.until, now)))


def _drafts(machines: Sequence[Machine], shifts: Sequence[Shift], plant: Plant, history: Memory) -> Iterator[Draft]:
    """Machines with the same shifts are read at once."""
    span = Window(shifts[0].window.since, shifts[-1].window.until)
    ahead = ReadAhead.of(history, machines, wide(span))
    for machine in machines:
        try:
            read = bench(machine, span, plant, ahead, orders_on(machine, wide(span), ahead))
        except NoData:
            continue
        yield from (draft(read, s) for s in shifts)
