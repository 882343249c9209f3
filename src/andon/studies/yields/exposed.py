"""What a machine did while units were on it: numbers and settings at each unit's moment, time lost in each group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import NoCalendar
from ...model import Calendar, Numbers, Process, States, StopRules, Times, Units
from ...units import SECOND, Micros, Ratio
from ..production.elements import LOSSES, elements
from .factors import met
from .picked import Codes, Flags

RUNNING = "producing"


@dataclass(frozen=True, slots=True)
class Stay:
    """When each judged unit was at one machine (microseconds), and which of them were."""

    machine: str
    at: Times
    was: Flags


@dataclass(frozen=True, slots=True)
class Lost:
    """Time of one loss of one machine while a group of units was on it.

    Attributes
    ----------
    group
        The lot, wafer or stretch of time.
    machine
        Path of the machine.
    loss
        Class of the loss, as in the ledger; the state where the plant has no shifts.
    time
        How much of it.
    share
        Over the time from the first to the last unit of the group.
    """

    group: str
    machine: str
    loss: str
    time: Micros
    share: Ratio


def stays(judge: str, judged: Units, units: Mapping[str, Units], machines: Sequence[str], lag: float) -> list[Stay]:
    """When judged units were at each machine: as it was said there, else `lag` seconds before they were judged."""
    found = []
    for machine in machines:
        there = units.get(machine)
        if machine != judge and there is not None and len(there):
            row = met(judged, there)
            found.append(Stay(machine, there.at[np.maximum(row, 0)], np.asarray(row >= 0)))
            continue
        back = 0 if machine == judge else round(lag * SECOND)
        found.append(Stay(machine, judged.at - back, np.ones(len(judged), np.bool_)))
    return found


def numbers(stay: Stay, process: Process) -> Iterator[tuple[str, Numbers]]:
    """Each number of the machine at the moment of each unit; NaN where it is not known."""
    for name in process.numbers:
        yield name, np.where(stay.was, process.at(name, stay.at), np.nan)


def settings(stay: Stay, process: Process) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each text of the machine at the moment of each unit; "" where none held."""
    for name in process.texts:
        texts = process.text_at(name, stay.at)
        yield name, tuple(t if w else "" for t, w in zip(texts, stay.was.tolist(), strict=True))


def lost(
    stay: Stay, states: States, paper: tuple[Calendar | None, StopRules | None], groups: tuple[Codes, Sequence[str]]
) -> list[Lost]:
    """Time of each loss from the first to the last unit of each group, as the ledger has it."""
    since, until, names = _kinds(states, *paper)
    code, labels = groups
    found: list[Lost] = []
    for g, label in enumerate(labels):
        at = stay.at[(code == g) & stay.was]
        if len(at) < 2:
            continue
        first, last = int(at.min()), int(at.max()) + 1
        length = np.clip(np.minimum(until, last) - np.maximum(since, first), 0, None)
        for name in sorted({n for n, t in zip(names, length.tolist(), strict=True) if t}):
            time = int(length[[n == name for n in names]].sum())
            found.append(Lost(label, stay.machine, name, time, time / (last - first)))
    return found


def _kinds(states: States, calendar: Calendar | None, rules: StopRules | None) -> tuple[Times, Times, tuple[str, ...]]:
    """The losses of planned busy time in order of time; states where nobody says what was planned."""
    if calendar is not None and rules is not None and calendar.shifts:
        try:
            leaves = elements(states, calendar, rules)
        except NoCalendar:
            return states.since, states.until, tuple(s.value for s in states.state)
        busy = np.flatnonzero(leaves.busy)
        kinds = tuple(LOSSES[i].value for i in leaves.loss[busy].tolist())
        return leaves.since[busy], leaves.until[busy], kinds
    return states.since, states.until, tuple(s.value for s in states.state)


def after_stops(stay: Stay, states: States, seconds: float) -> dict[str, Flags]:
    """Which units were at the machine within so many seconds of its running again, by what it had stood for."""
    reach = round(seconds * SECOND)
    running = np.array([s.value == RUNNING for s in states.state], np.bool_)
    begins = np.flatnonzero(running[1:] & ~running[:-1]) + 1
    found: dict[str, Flags] = {}
    place = np.searchsorted(states.since[begins], stay.at, side="right") - 1
    started = np.maximum(place, 0)
    if not len(begins):
        return found
    near = stay.was & (place >= 0) & (stay.at - states.since[begins][started] < reach)
    before = np.array([states.state[b - 1].value for b in begins.tolist()], dtype=object)[started]
    for name in sorted(set(before[near].tolist())):
        found[name] = near & np.asarray(before == name, np.bool_)
    return found
