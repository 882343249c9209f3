"""What really happened in the demo, by machine and shift: to hold the studies' answers against."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from ...model import Element, Loss, State, Times, Window
from .flow import GOOD, REJECT, REWORK
from .gauged import measured_truth
from .hours import WorkShift
from .layout import MINOR_STOP, REASONS, ZONE
from .paper import paper_cycles
from .timeline import BREAK, Run
from .wires import Wires

ELEMENTS = {
    State.PRODUCING: Element.PRODUCTION,
    State.SETUP: Element.SETUP,
    State.FAULT: Element.DELAY,
    State.HELD: Element.DELAY,
    State.STARVED: Element.DELAY,
    State.BLOCKED: Element.DELAY,
    State.IDLE: Element.DOWN,
    State.OFF: Element.DOWN,
    State.MAINTENANCE: Element.PLANNED_DOWN,
}
GIVEN = {r.code: r for r in REASONS}
Entry = dict[str, object]


def truth_of(runs: Sequence[Run], seed: int, past: Window, wires: Wires) -> dict[str, object]:
    """Everything that a study could find out, and what it cannot know (the stretch nobody heard).

    It goes on from a past to the end of the days: seed, zone, window (the past), lost, shifts (one entry a machine and
    shift), measured and orders; `until`, where something comes after the past.
    """
    lost, end = wires.lost_window(runs[0].days), runs[0].days.window.until
    window = Window(past.since, end)
    return {
        "seed": seed,
        "zone": ZONE,
        "window": [past.since, past.until],
        "lost": {
            "source": wires.lost,
            "since": lost.since,
            "until": lost.until,
            "machines": [r.machine.path for r in runs if wires.source_of(f"{r.machine.path}/state") == wires.lost],
        },
        "shifts": [
            shift_truth(worth, shift)
            for worth in map(_worth, runs)
            for shift in worth.run.shifts
            if (shift.window & window).duration
        ],
        "measured": measured_truth(runs[0].days, window),
        "orders": [
            {"machine": r.machine.path, "order": order, "product": product, "since": at}
            for r in runs
            for at, order, product in r.orders
            if at in window
        ],
        **({"until": end} if past.until < end else {}),
    }


def write_truth(folder: Path, truth: Mapping[str, object]) -> None:
    """Write truth.json into a folder."""
    (folder / "truth.json").write_bytes(orjson.dumps(truth, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS))


@dataclass(frozen=True, slots=True)
class Worth:
    """A machine's month with the ideal time of each part (microseconds), the parts before the first good one, and the
    full length of the stop that each spell is part of."""

    run: Run
    ideal: Times
    startup: NDArray[np.bool_]
    stops: tuple[int, ...]


def _worth(run: Run) -> Worth:
    ideal = paper_cycles(run.machine, run.product, run.finished, run.days) * 1000
    return Worth(run, ideal, _startup(run), tuple(_stops(run)))


def _stops(run: Run) -> list[int]:
    """Of each spell in delay, how long the machine stood in delay around it, through a break, too; 0 for the others."""
    delayed = [
        element_of(state, "", reason) is Element.DELAY for state, reason in zip(run.state, run.reason, strict=True)
    ]
    lengths = [0] * len(delayed)
    first = 0
    for i, here in enumerate(delayed):
        if not here:
            first = i + 1
        elif i + 1 == len(delayed) or not delayed[i + 1]:
            lengths[first : i + 1] = [int(run.until[i] - run.since[first])] * (i + 1 - first)
    return lengths


def shift_truth(worth: Worth, shift: WorkShift) -> Entry:
    """One machine in one shift: microseconds by state, element and loss, parts, ideal time, energy, stops.

    Losses follow the house rule: a stop in ADET whose full length, wherever shifts cut it, is below the threshold is a
    minor stop whatever its state. `ideal` is the ideal cycle as the plant's paper has it, times the parts.
    """
    run = worth.run
    planned = sum(b.duration for b in shift.breaks)
    states, elements, losses = Counter[str](), Counter[str](), Counter[str]()
    for since, until, state, alarm, reason, stop in _within(run, shift.window, worth.stops):
        states[state] += until - since
        element = element_of(state, alarm, reason)
        elements[element] += until - since
        if loss := loss_of(element, stop, state, reason):
            losses[loss] += until - since
    made = slice(*np.searchsorted(run.finished, [shift.window.since, shift.window.until]).tolist())
    parts = _parts(run, made)
    losses.update(_of_parts(worth, made, elements[Element.PRODUCTION]))
    return {
        "machine": run.machine.path,
        "shift": shift.name,
        "day": shift.day,
        "since": shift.window.since,
        "until": shift.window.until,
        "breaks": planned,
        "states": dict(states),
        "elements": dict(elements),
        "busy": shift.window.duration - elements[Element.PLANNED_DOWN],
        "losses": dict(losses),
        **parts,
        "kwh": round(run.kilowatt_hours(shift.window), 6),
        "stops": [
            [s, u, str(x), r]
            for s, u, x, a, r, _ in _within(run, shift.window, worth.stops)
            if x not in (State.PRODUCING, State.OFF) and a != BREAK
        ],
    }


def element_of(state: State, alarm: str, reason: str) -> Element:
    """The ISO 22400 element of a spell: a break is planned down, then the reason decides, then the state."""
    if alarm == BREAK:
        return Element.PLANNED_DOWN
    given = GIVEN[reason].element if reason else None
    return given or ELEMENTS[state]


def loss_of(element: Element, stop: int, state: State, reason: str) -> Loss | None:
    """Where a spell's time is booked; None for production (split by its parts) and for planned down time."""
    if element in (Element.PRODUCTION, Element.PLANNED_DOWN):
        return None
    if element is Element.DELAY and stop < MINOR_STOP * 1000:
        return Loss.MINOR_STOP
    given = GIVEN[reason].loss if reason else None
    if given:
        return given
    return {Element.SETUP: Loss.SETUP, Element.DOWN: Loss.IDLE}.get(
        element, Loss.BREAKDOWN if state is State.FAULT else Loss.DELAY
    )


def _within(run: Run, window: Window, stops: Sequence[int]) -> list[tuple[int, int, State, str, str, int]]:
    first = int(np.searchsorted(run.until, window.since, side="right"))
    last = int(np.searchsorted(run.since, window.until, side="left"))
    return [
        (
            max(int(run.since[i]), window.since),
            min(int(run.until[i]), window.until),
            run.state[i],
            run.alarm[i],
            run.reason[i],
            stops[i],
        )
        for i in range(first, last)
    ]


def _parts(run: Run, made: slice) -> Entry:
    verdict = run.verdict[made]
    return {
        "total": len(verdict),
        "good": int((verdict == GOOD).sum()),
        "reject": int((verdict == REJECT).sum()),
        "rework": int((verdict == REWORK).sum()),
        "scrap": dict(sorted(Counter(c for c in run.cause[made] if c).items())),
        "products": dict(sorted(Counter(run.product[made]).items())),
    }


def _of_parts(worth: Worth, made: slice, producing: int) -> dict[str, int]:
    """How production time splits by the ideal time of its parts: productive, defects (start-up apart), speed."""
    ideal, verdict, startup = worth.ideal[made], worth.run.verdict[made], worth.startup[made]
    good = int(ideal[verdict == GOOD].sum())
    early = int(ideal[(verdict != GOOD) & startup].sum())
    return {
        Loss.PRODUCTIVE: good,
        Loss.STARTUP: early,
        Loss.DEFECTS: int(ideal.sum()) - good - early,
        Loss.SPEED: producing - int(ideal.sum()),
    }


def _startup(run: Run) -> NDArray[np.bool_]:
    """Marks the parts between the end of a changeover and the first good one."""
    setups = [int(u) for u, s in zip(run.until, run.state, strict=True) if s is State.SETUP]
    good = run.finished[run.verdict == GOOD].tolist()
    mark = np.zeros(len(run.finished), dtype=np.bool_)
    for end in setups:
        first = bisect_left(good, end)
        until = good[first] if first < len(good) else run.days.window.until
        mark[bisect_right(run.finished, end - 1) : bisect_left(run.finished, until)] = True
    return mark
