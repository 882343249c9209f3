"""Looking for moments in the history: when a condition held, and what stretches have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..answer import Plain
from ..errors import BadQuestion, UnknownName
from ..model import Spells, State, States, Texts, Values, Window
from ..plant import Machine, Signal
from ..reading import text_spells
from .conditions import SPOKEN, Clause, Condition, condition
from .opening import Andon, open_plant

Row = dict[str, Plain]
T = TypeVar("T")
Stretches = list[tuple[int, int]]
"""Half-open, in order, not overlapping."""

COMPARE = {
    ">": np.greater,
    "<": np.less,
    ">=": np.greater_equal,
    "<=": np.less_equal,
    "=": np.equal,
    "!=": np.not_equal,
}
MANY = 16
"""Signals, and stretches, that are compared at once."""


def searched(
    folder: Path, text: str, at: str = "", *, since: str = "", until: str = "", last: str = "", limit: int = 500
) -> Row:
    """When a condition held: the stretches on each machine of a place that has its signals, in order of time.

    A value holds until the next one; where a signal was not heard, or its value was bad, nothing is said to have held.

    Returns
    -------
    dict
        `condition` as it was understood, `since`, `until`, `machines` searched, `total`, `time` in which it held and
        `asked` (microseconds), `coverage` (known over asked time of the signals), and `rows`, `limit` of them.
    """
    wanted = condition(text)
    with open_plant(folder) as plant:
        window = plant.window(at, since=since, until=until, last=last)
        able = _able(plant.plant.at(at), wanted)
        found = [(m, *_found(plant, m, wanted, window)) for m in able]
        rows = sorted((s, u, m.path) for m, held, _ in found for s, u in held)
        asked = window.duration * len(able)
        return {
            "condition": str(wanted),
            "since": window.since,
            "until": window.until,
            "machines": [m.path for m in able],
            "total": len(rows),
            "time": sum(u - s for s, u, _ in rows),
            "asked": asked,
            "coverage": sum(u - s for _, _, known in found for s, u in known) / asked if asked else None,
            "rows": [{"machine": path, "since": s, "until": u} for s, u, path in rows[:limit]],
        }


def compared(folder: Path, signals: Sequence[str], windows: Sequence[tuple[str, str]]) -> Row:
    """What some signals and their machines did in several stretches, side by side.

    Returns
    -------
    dict
        `windows` (since, until), for each signal a row of `values`, one a window: its time-weighted `mean`, `low`,
        `high` and `coverage`; for each machine with a state signal the `states`: microseconds by state, one a window.
    """
    if not 0 < len(signals) <= MANY or not 0 < len(windows) <= MANY:
        raise BadQuestion(f"Compare 1 to {MANY} signals over 1 to {MANY} stretches.")
    with open_plant(folder) as plant:
        known = [plant.plant.signal(path) for path in signals]
        spans = [plant.window(known[0].machine, since=s, until=u) for s, u in windows]
        machines = [plant.plant.machine(path) for path in dict.fromkeys(s.machine for s in known)]
        return {
            "windows": [{"since": w.since, "until": w.until} for w in spans],
            "signals": [
                {"signal": s.path, "unit": s.unit, "values": [_summed(plant, s, w) for w in spans]}
                for s in known
                if s.kind in ("number", "integer", "count")
            ],
            "states": [
                {"machine": m.path, "values": [_spent(plant, state, w) for w in spans]}
                for m in machines
                if (state := m.role("state"))
            ],
        }


def _able(machines: Sequence[Machine], wanted: Condition) -> list[Machine]:
    """The machines that have all signals of a condition."""
    for clause in wanted.clauses:
        if not any(_of(m, clause.signal) for m in machines):
            raise UnknownName("signal", clause.signal, {s.name for m in machines for s in m.signals.values()})
    able = [m for m in machines if all(_of(m, c.signal) for c in wanted.clauses)]
    if not able:
        raise BadQuestion(
            f"No machine has all of {', '.join(c.signal for c in wanted.clauses)}. Ask for fewer signals."
        )
    return able


def _of(machine: Machine, name: str) -> Signal | None:
    """The signal of a machine that a name means: its own name, its role, or its whole path."""
    short = name.removeprefix(machine.path + "/")
    return machine.signals.get(short) or machine.role(short)


def _found(plant: Andon, machine: Machine, wanted: Condition, window: Window) -> tuple[Stretches, Stretches]:
    """The stretches in which everything held, and those in which all its signals were known."""
    parts = [_held(plant, s, c, window) for c in wanted.clauses if (s := _of(machine, c.signal))]
    if wanted.states:
        parts.append(_in_states(plant, machine, wanted.states, window))
    held = reduce(_both, (h for h, _ in parts))
    return [(s, u) for s, u in held if u - s >= max(1, wanted.lasting)], reduce(_both, (k for _, k in parts))


def _held(plant: Andon, signal: Signal, clause: Clause, window: Window) -> tuple[Stretches, Stretches]:
    if signal.kind == "state":
        return _of_state(plant.history.read(States, signal, window), clause)
    if signal.kind == "text":
        return _of_text(text_spells(plant.history.read(Texts, signal, window)), clause)
    if clause.number is None:
        raise BadQuestion(f"{signal.path} is a number, and {clause.text!r} is none.")
    return _of_number(plant.history.read(Values, signal, window), clause.operator, clause.number)


def _of_number(values: Values, operator: str, limit: float) -> tuple[Stretches, Stretches]:
    usable = ~np.isnan(values.value) & ((values.quality >> 30) < 2)
    known = [(s, u) for s, u, _ in values.known.rows()]
    true = usable & COMPARE[operator](values.value, limit)
    return _both(_stretches(values, true), known), _both(_stretches(values, usable), known)


def _stretches(values: Values, mask: NDArray[np.bool_]) -> Stretches:
    """Where a mask of samples is true, each holding until the next one; neighbours joined."""
    turns = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    edges = np.append(np.maximum(values.at, values.window.since), values.window.until)[turns].tolist()
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]


def _of_text(spells: Spells, clause: Clause) -> tuple[Stretches, Stretches]:
    same = clause.operator == "="
    _only_equal(clause)
    held = _where(spells.rows(), lambda text: (text == clause.text) == same)
    return held, _where(spells.rows(), lambda _: True)


def _of_state(states: States, clause: Clause) -> tuple[Stretches, Stretches]:
    _only_equal(clause)
    wanted, same = SPOKEN.get(clause.text, clause.text), clause.operator == "="
    if wanted not in {s.value for s in State} | set(states.said):
        raise UnknownName("state", clause.text, [s.value for s in State])
    known = [(s, u, (x, said)) for s, u, x, said in _states(states) if x is not State.UNKNOWN]
    return _where(known, lambda both: (wanted in both) == same), _where(known, lambda _: True)


def _only_equal(clause: Clause) -> None:
    if clause.operator not in ("=", "!="):
        raise BadQuestion(f"{clause.signal} is a text: compare it with = or !=, not with {clause.operator}.")


def _in_states(plant: Andon, machine: Machine, wanted: Sequence[str], window: Window) -> tuple[Stretches, Stretches]:
    signal = machine.role("state")
    if signal is None:
        raise BadQuestion(f"{machine.path} has no signal with role 'state', so its states are not known.")
    known = [(s, u, x) for s, u, x, _ in _states(plant.history.read(States, signal, window)) if x is not State.UNKNOWN]
    return _where(known, lambda state: state in wanted), _where(known, lambda _: True)


def _states(states: States) -> list[tuple[int, int, State, str]]:
    return list(zip(states.since.tolist(), states.until.tolist(), states.state, states.said, strict=True))


def _where(rows: Sequence[tuple[int, int, T]], holds: Callable[[T], bool]) -> Stretches:
    """The stretches of rows for which something holds, those that touch joined."""
    found: Stretches = []
    for since, until, what in rows:
        if not holds(what):
            continue
        if found and found[-1][1] == since:
            found[-1] = (found[-1][0], until)
        else:
            found.append((since, until))
    return found


def _both(a: Stretches, b: Stretches) -> Stretches:
    """Where both hold."""
    found, i, j = Stretches(), 0, 0
    while i < len(a) and j < len(b):
        since, until = max(a[i][0], b[j][0]), min(a[i][1], b[j][1])
        if since < until:
            found.append((since, until))
        if a[i][1] < b[j][1]:
            i += 1
        else:
            j += 1
    return found


def _summed(plant: Andon, signal: Signal, window: Window) -> Row:
    if not window.duration:
        raise BadQuestion("A stretch to compare needs a length: give it as SINCE/UNTIL.")
    mean = float(plant.history.aggregate(signal, "TimeAverage2", window, window.duration).value[0])
    rows = plant.history.trend(signal.path, window, 1).to_pylist()
    heard = plant.history.coverage(signal, window)
    return {
        "mean": mean if mean == mean else None,
        "low": min((r["low"] for r in rows), default=None),
        "high": max((r["high"] for r in rows), default=None),
        "coverage": int((heard.until - heard.since).sum()) / window.duration,
    }


def _spent(plant: Andon, state: Signal, window: Window) -> Row:
    found: dict[str, Plain] = {}
    for since, until, name, _ in _states(plant.history.read(States, state, window)):
        found[name.value] = int(str(found.get(name.value, 0))) + until - since
    return found
