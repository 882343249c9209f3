"""What held when, for programs: states, orders, shifts, alarms, notes; how much was heard of each signal."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from ..answer import Plain, plain
from ..errors import BadQuestion, UnknownName
from ..historian import Historian
from ..model import Spells, States, Texts, Window
from ..plant import Machine, Plant, Signal
from ..reading import Bench, each_ahead, states, text_spells
from ..watch.alarms.occurrence import OPEN
from ..watch.alarms.record import occurrences
from .opening import reading, spoken

Row = dict[str, Plain]
FINEST = 2_000
"""Pieces of a coverage map at most."""


def timelines(folder: Path, at: str = "", *, since: str = "", until: str = "", last: str = "") -> Row:
    """The states of each machine of a place over a window, with reasons: [since, until, state, reason, said]."""
    with reading(folder) as (plant, history):
        window = spoken(plant, at, since=since, until=until, last=last)
        machines = [m for m in plant.at(at) if m.role("state")]
        read = each_ahead(history, machines, window)
        found: list[Plain] = [_lane(m, states(Bench(m, plant, ahead), window)) for m, ahead in read]
    return {"since": window.since, "until": window.until, "machines": found}


def spelled(folder: Path, kind: str, at: str = "", *, since: str = "", until: str = "", last: str = "") -> list[Row]:
    """The spells of a kind at a place that touch a window, in order of time: place, since, until, text, detail.

    One that has not ended has `until` None.

    Raises
    ------
    UnknownName
        No such kind.
    """
    if kind not in SPELLS:
        raise UnknownName("kind of spell", kind, SPELLS)
    with reading(folder) as (plant, history):
        window = spoken(plant, at, since=since, until=until, last=last)
        rows = SPELLS[kind](plant, history, at, window)
    return sorted(rows, key=lambda r: (int(str(r["since"])), str(r["place"])))


def heard(folder: Path, at: str = "", *, since: str = "", until: str = "", last: str = "", pieces: int = 1) -> Row:
    """How much of a window each signal of a place was heard, in all and in each of `pieces` equal parts of it.

    What is still to come counts neither as heard nor as a gap.
    """
    if not 1 <= pieces <= FINEST:
        raise BadQuestion(f"A window is told in 1 to {FINEST} pieces, not {pieces}.")
    with reading(folder) as (plant, history):
        window = spoken(plant, at, since=since, until=until, last=last)
        if not window.duration:
            raise BadQuestion("The window is empty: `until` must be after `since`.")
        chosen = [s for m in plant.at(at) for s in m.signals.values()]
        known = history.coverages(chosen, window)
    edges = window.since + np.arange(pieces + 1, dtype=np.int64) * window.duration // pieces
    now = max(time.time_ns() // 1000, window.since + 1)
    return {
        "since": window.since,
        "until": window.until,
        "width": window.duration / pieces,
        "signals": [_heard(s, known[s.path], np.minimum(edges, now)) for s in chosen],
    }


def _lane(machine: Machine, found: States) -> Plain:
    """A machine's spells, equal neighbours as one."""
    spells: list[list[Plain]] = []
    columns = (found.since.tolist(), found.until.tolist(), found.state, found.reason, found.said)
    for since, until, state, reason, said in zip(*columns, strict=True):
        told: list[Plain] = [state.value, reason, said]
        if spells and spells[-1][2:] == told:
            spells[-1][1] = until
        else:
            spells.append([since, until, *told])
    return {"machine": machine.path, "title": machine.title, "spells": list(spells)}


def _heard(signal: Signal, known: Spells, edges: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Plain:
    """The share of each piece; of disjoint stretches, what was known until a moment is a running sum."""
    since, until = (np.clip(t, edges[0], edges[-1]) for t in (known.since, known.until))
    sofar = np.concatenate([[0], np.cumsum(until - since)])
    begun = np.searchsorted(since, edges, side="right")
    rest = np.maximum(np.concatenate([[0], until])[begun] - edges, 0)
    shares = np.diff(sofar[begun] - rest) / np.maximum(np.diff(edges), 1)
    gaps = np.concatenate([since, edges[-1:]]) - np.concatenate([edges[:1], until])
    return {
        "signal": signal.path,
        "role": signal.role,
        "coverage": float(np.sum(until - since) / (edges[-1] - edges[0])),
        "pieces": [round(float(x), 4) for x in shares],
        "longest_gap": int(gaps.max()),
    }


def _text_of(role: str) -> Callable[[Plant, Historian, str, Window], list[Row]]:
    """What a text signal of each machine said, where it has one."""

    def found(plant: Plant, history: Historian, at: str, window: Window) -> list[Row]:
        signals = [s for m in plant.at(at) if (s := m.role(role))]
        texts = history.reads(Texts, signals, window)
        return [
            _row(s.machine, since, until, text)
            for s in signals
            for since, until, text in text_spells(texts[s.path]).rows()
            if text
        ]

    return found


def _orders(plant: Plant, history: Historian, at: str, window: Window) -> list[Row]:
    """Orders as the machines say them; as people started them where a machine has no signal for it."""
    by_hand = [
        _row(m.path, since, until, text)
        for m in plant.at(at)
        if not m.role("order")
        for since, until, text in history.spells("order", m.path, window).rows()
        if text
    ]
    return _text_of("order")(plant, history, at, window) + by_hand


def _shifts(plant: Plant, history: Historian, at: str, window: Window) -> list[Row]:
    return [
        _row(m.path, s.window.since, s.window.until, s.name, day=s.day, breaks=[[b.since, b.until] for b in s.breaks])
        for m in plant.at(at)
        for s in plant.shifts.calendar(window, m.path).shifts
    ]


def _alarms(plant: Plant, history: Historian, at: str, window: Window) -> list[Row]:
    machines = {m.path for m in plant.at(at)}
    places = machines | {s.source for m in plant.at(at) for s in m.signals.values()}
    return [
        _row(o.place, o.since, o.until, o.name, priority=o.priority, stage=o.stage.value, messages=plain(o.messages))
        for o in occurrences(history, window)
        if o.place in places
    ]


def _connections(plant: Plant, history: Historian, at: str, window: Window) -> list[Row]:
    sources = dict.fromkeys(s.source for m in plant.at(at) for s in m.signals.values() if s.source)
    return [_row(n, s, u, t) for n in sources for s, u, t in history.spells("connection", n, window).rows()]


def _said(kind: str) -> Callable[[Plant, Historian, str, Window], list[Row]]:
    """What people and systems wrote down about machines."""

    def found(plant: Plant, history: Historian, at: str, window: Window) -> list[Row]:
        shown = {m.path for m in plant.at(at)}
        rows = history.spell_rows(kind, "*", window).to_pylist()
        return [
            _row(r["place"], r["since"], r["until"], r["text"]) | {"detail": json.loads(r["detail"] or "{}")}
            for r in rows
            if r["place"] in shown
        ]

    return found


SPELLS: Mapping[str, Callable[[Plant, Historian, str, Window], list[Row]]] = {
    "order": _orders,
    "product": _text_of("product"),
    "shift": _shifts,
    "alarm": _alarms,
    "connection": _connections,
    **{kind: _said(kind) for kind in ("note", "reason", "scrap", "call", "entry", "planned_order")},
}
"""How the spells of each kind are found."""


def _row(place: str, since: int, until: int, text: str, **detail: Plain) -> Row:
    return {"place": place, "since": since, "until": None if until >= OPEN else until, "text": text, "detail": detail}
