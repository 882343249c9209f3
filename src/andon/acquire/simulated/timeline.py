"""What each machine of the demo did, in real time: states that cover the window, parts, orders, energy."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...model import Numbers, State, Times, Window
from .flow import Station
from .hours import Days, WorkAxis, WorkShift
from .layout import BREAK_CODES, PRODUCTS, MachineRow

Spell = tuple[int, int, State, str, str]
BREAK = "break"


@dataclass(frozen=True, slots=True)
class Run:
    """One machine's month. Spells are contiguous; of parts: when finished, verdict, scrap cause, product.

    `alarm` is "break" in a break; `energy` is the kWh used before each spell.
    """

    machine: MachineRow
    days: Days
    shifts: tuple[WorkShift, ...]
    since: Times
    until: Times
    state: tuple[State, ...]
    alarm: tuple[str, ...]
    reason: tuple[str, ...]
    finished: Times
    verdict: NDArray[np.int64]
    cause: tuple[str, ...]
    product: tuple[str, ...]
    orders: tuple[tuple[int, str, str], ...]
    energy: Numbers

    @property
    def codes(self) -> list[str | int]:
        """What the machine said in each spell."""
        row = self.machine.row
        return [
            BREAK_CODES[row.name] if a == BREAK else row.codes[s] for s, a in zip(self.state, self.alarm, strict=True)
        ]

    def kilowatt_hours(self, window: Window) -> float:
        """The energy used in a window."""
        edges = np.append(self.since, self.until[-1])
        low, high = np.interp([window.since, window.until], edges, np.append(self.energy, self._last()))
        return float(high - low)

    def _last(self) -> float:
        hours = (self.until[-1] - self.since[-1]) / 3.6e9
        return float(self.energy[-1] + self.machine.row.power[self.state[-1]] * hours)


def run_of(station: Station, days: Days, axis: WorkAxis, luck: np.random.Generator) -> Run:
    """A machine's work on the working axis, laid out in real time."""
    shifts = days.shifts_of(station.machine.line)
    pauses = _pauses(days.window, axis, shifts)
    spells = list(_filled(days.window, sorted([*_pieces(station.spells, axis), *pauses])))
    since, until = (np.array([s[i] for s in spells], dtype=np.int64) for i in (0, 1))
    done = np.array(station.finishes, dtype=np.int64)
    kept = int(np.searchsorted(done, axis.total))
    verdict = np.array(station.verdicts[:kept])
    starting = np.array(station.starting[:kept], dtype=np.bool_)
    orders = [
        (int(axis.real(np.array([max(at, 0)]))[0]), name, PRODUCTS[p].name if p >= 0 else "")
        for at, name, p in station.registered
        if at < axis.total
    ]
    finished = axis.real(done[:kept])
    power = np.array([station.machine.row.power[s[2]] for s in spells])
    energy = np.concatenate([[0.0], np.cumsum(power * (until - since) / 3.6e9)[:-1]])
    return Run(
        station.machine,
        days,
        tuple(shifts),
        since,
        until,
        tuple(s[2] for s in spells),
        tuple(s[3] for s in spells),
        tuple(s[4] for s in spells),
        finished,
        verdict,
        _causes(station.machine, verdict, starting, luck),
        _products(finished, orders),
        tuple(orders),
        energy,
    )


def _products(finished: Times, orders: list[tuple[int, str, str]]) -> tuple[str, ...]:
    """The product of each part."""
    at = np.array([o[0] for o in orders if o[1]])
    names = [o[2] for o in orders if o[1]]
    return tuple(names[i] for i in (np.searchsorted(at, finished, side="right") - 1).tolist())


def _pieces(spells: list[Spell], axis: WorkAxis) -> Iterator[Spell]:
    """Spells of working time in real time: one that goes on after a pause becomes two."""
    for since, until, state, alarm, reason in spells:
        if since >= axis.total or until <= since:
            continue
        first = int(np.searchsorted(axis.worked, since, side="right")) - 1
        last = int(np.searchsorted(axis.worked, min(until, axis.total), side="left")) - 1
        edge = int(axis.since[last]) + (min(until, axis.total) - int(axis.worked[last])) * 1000
        start = int(axis.since[first]) + (since - int(axis.worked[first])) * 1000
        for i in range(first, last + 1):
            yield (
                start if i == first else int(axis.since[i]),
                edge if i == last else int(axis.until[i]),
                state,
                alarm,
                reason,
            )


def _pauses(window: Window, axis: WorkAxis, shifts: list[WorkShift]) -> Iterator[Spell]:
    """Breaks, in which the machine is held, and the time outside shifts, in which it is off."""
    breaks = {b.since for s in shifts for b in s.breaks}
    since = [window.since, *axis.until.tolist()]
    until = [*axis.since.tolist(), window.until]
    for a, b in zip(since, until, strict=True):
        if b > a:
            yield (a, b, State.HELD, BREAK, "") if a in breaks else (a, b, State.OFF, "", "")


def _filled(window: Window, spells: list[Spell]) -> Iterator[Spell]:
    """The spells with the producing time between them."""
    end = window.since
    for spell in spells:
        if spell[0] > end:
            yield end, spell[0], State.PRODUCING, "", ""
        yield spell
        end = spell[1]
    if end < window.until:
        yield end, window.until, State.PRODUCING, "", ""


def _causes(
    machine: MachineRow, verdict: NDArray[np.int64], starting: NDArray[np.bool_], luck: np.random.Generator
) -> tuple[str, ...]:
    """Why each part that is not good is not: "" for the good ones."""
    rows = machine.row.scrap_causes
    drawn = luck.choice(len(rows), len(verdict), p=[r[0] for r in rows])
    return tuple(
        "" if v == 0 else "set-up" if s and v == 1 else rows[d][1]
        for v, s, d in zip(verdict.tolist(), starting.tolist(), drawn.tolist(), strict=True)
    )
