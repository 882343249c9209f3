"""Closing shifts into the books: finished ones once, and again when late data or a correction touches them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..errors import BadConfig, NoCalendar, NoData
from ..ledger import Books, Closing, Draft, Key
from ..model import Shift, Spells, States, Texts, Window
from ..plant import Machine, Plant
from ..reading import REACH, History, text_spells, told
from ..units import HOUR
from .drafts import bench, draft

CHUNK = 31 * 24 * HOUR
"""Shifts are read and posted a month at a time, so that years of them fit in memory."""
LONG = 31 * 24 * HOUR
"""A state may have held this long before or after a late sample that changes it."""
AROUND = 2 * REACH
"""A changed calendar may have moved a shift this far."""
RECEIPT, HEARD = "receipt", "heard"
"""Marks in the books: the last receipt that was looked at, and the end of what was heard until then."""


class Memory(History, Protocol):
    """What closing needs of a historian."""

    def touched(self, after: int) -> tuple[int, Sequence[tuple[str, int, int]]]: ...


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing did.

    Attributes
    ----------
    first
        Shifts closed for the first time.
    again
        Shifts that got a new version.
    same
        Shifts worked out again, with the same figures.
    withdrawn
        Closed shifts that the calendar no longer has: their new version is empty.
    left_out
        Machines that cannot be closed, with the reason.
    """

    first: int = 0
    again: int = 0
    same: int = 0
    withdrawn: int = 0
    left_out: tuple[tuple[str, str], ...] = ()

    def __add__(self, other: Closed) -> Closed:
        return Closed(
            self.first + other.first,
            self.again + other.again,
            self.same + other.same,
            self.withdrawn + other.withdrawn,
            (*self.left_out, *other.left_out),
        )


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be closed, from what, `by` whom and why, and what came in since the last time.

    `touched` is the stretch of each machine that samples or people touched, `sampled` that of samples alone, `ever` the
    same since the beginning, where some machine was never closed, and `heard` that of all machines, ever.
    """

    plant: Plant
    history: Memory
    books: Books
    window: Window | None
    everything: bool
    by: tuple[str, str]
    now: int
    touched: Mapping[str, Window]
    sampled: Mapping[str, Window]
    ever: Mapping[str, Window]
    heard: Window | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one machine needs: shifts to work out, and closed ones that the calendar no longer has."""

    shifts: tuple[Shift, ...]
    gone: tuple[Key, ...] = ()


def close(
    plant: Plant,
    history: Memory,
    books: Books,
    *,
    window: Window | None = None,
    machines: Iterable[Machine] | None = None,
    everything: bool = False,
    who: str,
    why: str = "",
    now: int | None = None,
    rest: float = 0.0,
) -> Closed:
    """Close every finished shift, and close again those that something has touched since.

    Closing twice changes nothing: a shift gets a new version only when its figures are others. Touched are shifts
    near which samples came in, or an operator gave a reason, an order or scrap, after they were looked at last.

    Parameters
    ----------
    plant, history, books
        The plant on paper, what was heard, and where the shifts go.
    window
        Shifts that touch it; None: from the first to the last sample of the plant.
    machines
        Those to close; None: all.
    everything
        Work every shift out again, as after a change of plant.toml.
    who, why
        Who closes, and why: both stay with the version.
    now
        Shifts that end later are not finished; the computer's clock by default.
    rest
        Seconds to rest after each machine, so that others get their turn.

    Returns
    -------
    Closed
        How many shifts were closed, closed again, found the same, withdrawn; which machines were left out, and why.

    Raises
    ------
    NoCalendar
        The plant has no shifts, so there is nothing to close.
    """
    if not plant.shifts.rules:
        raise NoCalendar(
            f"{plant.name} has no shifts, so there is nothing to close. Describe them in plant.toml ([[shift]])."
        )
    chosen = list(plant.machines.values() if machines is None else machines)
    mark = books.mark(RECEIPT)
    at = time.time_ns() // 1000 if now is None else now
    last, rows = history.touched(0 if everything else mark)
    # An order that nobody has finished has its end far ahead.
    rows = [(path, since, min(until, at) if path in plant.machines else until) for path, since, until in rows]
    sampled = _sampled(plant, rows)
    heard = _hull([*sampled.values(), *_remembered(books)])
    new = any(books.reach(m.path) is None for m in chosen)
    ever = _sampled(plant, history.touched(0)[1]) if new else {}
    touched = _by_machine(plant, rows)
    task = _Task(plant, history, books, window, everything, (who, why), at, touched, sampled, ever, heard)
    done = Closed()
    for machine in chosen:
        done += _machine(task, machine)
        time.sleep(rest)
    if window is None and heard and len(chosen) == len(plant.machines):
        books.post_all([], who=who, why=why, marks=[(RECEIPT, last), (HEARD, heard.until)])
    return done


def _machine(task: _Task, machine: Machine) -> Closed:
    span = _span(task, machine)
    if span is None:
        return Closed(left_out=((machine.path, "nothing was heard of it yet"),))
    plan = _plan(task, machine, span)
    if not (plan.shifts or plan.gone):
        return Closed()
    try:
        drafts = [d for shifts in _months(plan.shifts) for d in _drafts(task, machine, shifts)]
    except NoData as error:
        return Closed(left_out=((machine.path, str(error)),))
    who, why = task.by
    why = why or _because(task, machine)
    versions = task.books.post_all(drafts, gone=plan.gone, who=who, why=why)
    return Closed(
        sum(v == 1 for v in versions),
        sum(v is not None and v > 1 for v in versions),
        sum(v is None for v in versions),
        len(plan.gone),
    )


def _because(task: _Task, machine: Machine) -> str:
    """What people said of the machine since the last closing: why its shifts are closed again, if nobody tells."""
    mark, always = task.books.mark(RECEIPT), Window(0, task.now)
    said = [
        f"{kind} {r.text} by {r.detail.get('who', '')}" + (f": {r.detail['why']}" if r.detail.get("why") else "")
        for kind in ("reason", "scrap", "order")
        for r in told(task.history, kind, machine.path, always)
        if r.receipt > mark
    ]
    return "; ".join(dict.fromkeys(said))


def _span(task: _Task, machine: Machine) -> Window | None:
    """The stretch in which shifts that were never closed may have to be; None where nothing was heard yet."""
    if task.window is not None:
        return task.window
    sampled, reach = task.sampled.get(machine.path), task.books.reach(machine.path)
    if reach is None:  # nothing is closed yet, though something may have been looked at before its shift was over
        sampled = task.ever.get(machine.path)
    since = ([sampled.since] if sampled else []) + ([reach.until] if reach else [])
    return Window(min(since), max(min(since), task.heard.until)) if since and task.heard else None


def _plan(task: _Task, machine: Machine, span: Window) -> _Plan:
    again = _again(task, machine, span)
    around = _hull([Window(span.since - AROUND, span.until + AROUND), again]) or span
    known = {(machine.path, s.day, s.name): s for s in _calendar(task, machine, around)}
    closed = {c.key: c for c in task.books.overlapping(machine.path, around.since, around.until)}
    wanted = {
        k: s
        for k, s in known.items()
        if (s.window & again).duration or (k not in closed and (s.window & span).duration)
    }
    gone = [k for k, c in closed.items() if k not in known and (c.window & again).duration]
    _give_way(wanted, gone, known, closed)
    return _Plan(tuple(sorted(wanted.values(), key=lambda s: s.window.since)), tuple(gone))


def _again(task: _Task, machine: Machine, span: Window) -> Window:
    """The stretch in which closed shifts are worked out again: what was touched of them, or all that is asked for."""
    if task.everything:
        return span
    touched, reach = task.touched.get(machine.path), task.books.reach(machine.path)
    if touched is None or reach is None:
        return Window(span.since, span.since)
    wide = _widened(task, machine, touched) & reach
    return wide & task.window if task.window is not None else wide


def _give_way(
    wanted: dict[Key, Shift], gone: list[Key], known: Mapping[Key, Shift], closed: Mapping[Key, Closing]
) -> None:
    """Closed shifts that a changed calendar put in the way are closed again, or withdrawn; so on until none is."""
    while True:
        in_the_way = [
            k
            for k, c in closed.items()
            if k not in wanted and k not in gone and any((c.window & s.window).duration for s in wanted.values())
        ]
        if not in_the_way:
            return
        for key in in_the_way:
            if key in known:
                wanted[key] = known[key]
            else:
                gone.append(key)


def _calendar(task: _Task, machine: Machine, window: Window) -> list[Shift]:
    """The finished shifts of a machine that touch a window."""
    found = [s for s in task.plant.shifts.calendar(window, machine.path).shifts if s.window.until <= task.now]
    for (day, name), count in Counter((s.day, s.name) for s in found).items():
        if count > 1:
            raise BadConfig(
                f"{machine.path} has {count} shifts called {name!r} on {day}: the books tell them apart by "
                "day and name. Give one of them another name in plant.toml."
            )
    return found


def _drafts(task: _Task, machine: Machine, shifts: Sequence[Shift]) -> list[Draft]:
    span = Window(shifts[0].window.since, shifts[-1].window.until)
    of = bench(machine, span, task.plant, task.history, orders_on(machine, span, task.history))
    return [draft(of, s) for s in shifts]


def _months(shifts: Sequence[Shift]) -> Iterable[list[Shift]]:
    """Shifts in order, in groups that are read at once."""
    group: list[Shift] = []
    for shift in shifts:
        if group and shift.window.until - group[0].window.since > CHUNK:
            yield group
            group = []
        group.append(shift)
    if group:
        yield group


def orders_on(machine: Machine, window: Window, history: History) -> Spells:
    """Which order was on: what the machine says, else what operators started and finished."""
    signal = machine.role("order")
    if signal is not None:
        return text_spells(history.read(Texts, signal, window))
    rows = [(s, u, t) for s, u, t in history.spells("order", machine.path, window).rows() if t]
    return Spells.of(rows)


def _widened(task: _Task, machine: Machine, touched: Window) -> Window:
    """What a late sample can change: back as far as studies reach for whole stops; on until the next sample said
    something else, and as far again."""
    until = touched.until
    ahead = Window(touched.until, touched.until + LONG)
    state = machine.role("state")
    if state is not None:
        until = max(until, int(task.history.read(States, state, ahead).until[0]))
    for role in ("product", "order", "reason"):
        if signal := machine.role(role):
            later = [at for at in task.history.read(Texts, signal, ahead).at.tolist() if at >= ahead.since]
            until = max(until, later[0] if later else ahead.until)
    return Window(touched.since - REACH, until + REACH)


def _sampled(plant: Plant, rows: Iterable[tuple[str, int, int]]) -> dict[str, Window]:
    """The stretch of each machine from which there are samples; what people wrote about it is none."""
    return _by_machine(plant, [r for r in rows if r[0] not in plant.machines])


def _by_machine(plant: Plant, rows: Iterable[tuple[str, int, int]]) -> dict[str, Window]:
    """The stretch that was touched, by machine: by samples of its signals, or by what people said about it."""
    found: dict[str, Window] = {}
    for path, since, until in rows:
        machine = path if path in plant.machines else path.rpartition("/")[0]
        so_far = found.get(machine)
        if so_far is None or since < so_far.since or until > so_far.until:
            found[machine] = Window(
                min(since, so_far.since if so_far else since), max(until, so_far.until if so_far else until)
            )
    return found


def _remembered(books: Books) -> list[Window]:
    heard = books.mark(HEARD)
    return [Window(heard - 1, heard)] if heard else []


def _hull(windows: Iterable[Window]) -> Window | None:
    found = list(windows)
    return Window(min(w.since for w in found), max(w.until for w in found)) if found else None
