"""All that a machine said in a window: its numbers in equal buckets, its texts as spells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..model import Buckets, Counts, Numbers, Process, Spells, States, Texts, Times, Window, bucket_edges
from ..plant import Machine, Plant, Signal
from ..units import HOUR, MINUTE, SECOND
from .ahead import History
from .overlay import text_spells

BUCKETS = 2_000
"""So many buckets at most, unless the question says how long one is."""
NICE = (1, 2, 5, 10, 15, 20, 30)
WIDTHS = [n * unit for unit in (SECOND, MINUTE, HOUR) for n in NICE if n * unit < 60 * unit] + [24 * HOUR]
NUMBERS = ("number", "integer", "boolean")
NAMES_OF_PARTS = ("serial", "reason")
"""Texts of these roles are no setting of the machine: every part has its own serial number."""


def width_of(window: Window) -> int:
    """The length of a bucket (microseconds) by which a window comes in at most 2,000 of them."""
    least = window.duration / BUCKETS
    return next((w for w in WIDTHS if w >= least), WIDTHS[-1])


def numeric(machine: Machine) -> list[Signal]:
    """The signals of a machine that are numbers."""
    return [s for s in machine.signals.values() if s.kind in NUMBERS]


def said_by(machine: Machine) -> list[Signal]:
    """The signals that a machine's process is made of."""
    return [s for s in machine.signals.values() if s.kind in (*NUMBERS, "count", "state") or _is_setting(s)]


def process(machine: Machine, plant: Plant, history: History, window: Window, width: int | None = None) -> Process:
    """A machine's process; `width` is the length of a bucket (microseconds), None: as fits the window."""
    width = width or width_of(window)
    edges = bucket_edges(window, width)
    means = history.means(numeric(machine), window, width)
    numbers = {s.name: means[s.path] for s in numeric(machine)}
    counted = [s for s in machine.signals.values() if s.kind == "count"]
    counts, heard = history.reads(Counts, counted, window), history.coverages(counted, window)
    numbers |= {s.name: _rate(counts[s.path], heard[s.path], edges) for s in counted}
    units = {s.name: s.unit for s in numeric(machine)} | {s.name: f"{s.unit}/h" for s in counted}
    return Process(window, edges, numbers, units, _texts(machine, plant, history, window))


def _rate(counts: Counts, heard: Spells, edges: Times) -> Buckets:
    """What was counted in each bucket, an hour of the time in which the counter was heard."""
    seen = overlaps(heard, edges)
    made = np.diff(_made(counts, edges))
    rate = np.full(len(made), np.nan)
    np.divide(made, seen / HOUR, out=rate, where=seen > 0)
    return Buckets(rate, rate, rate, seen / np.diff(edges))


def _made(counts: Counts, edges: Times) -> Numbers:
    """What was counted before each moment; an increment over a gap is spread evenly over it."""
    point = counts.since >= counts.at
    sums = np.concatenate([[0.0], np.cumsum(counts.count[point])])
    found = sums[np.searchsorted(counts.at[point], edges)]
    since, at, count = counts.since[~point], counts.at[~point], counts.count[~point]
    if not len(at):
        return np.asarray(found)
    knots = np.stack([since, at]).T.ravel().astype(np.float64)
    levels = np.concatenate([[0.0], np.cumsum(count)])
    return np.asarray(found + np.interp(edges, knots, np.stack([levels[:-1], levels[1:]]).T.ravel()))


def overlaps(spells: Spells, edges: Times) -> Numbers:
    """Microseconds of each bucket that lie in spells."""
    if not len(spells):
        return np.zeros(len(edges) - 1)
    sums = np.concatenate([[0], np.cumsum(spells.until - spells.since)])
    place = np.searchsorted(spells.since, edges, side="right") - 1
    j = np.maximum(place, 0)
    inside = np.minimum(edges - spells.since[j], spells.until[j] - spells.since[j])
    return np.diff(np.where(place >= 0, sums[j] + inside, 0)).astype(np.float64)


def _texts(machine: Machine, plant: Plant, history: History, window: Window) -> dict[str, Spells]:
    """The state, what was set and what was on, and the shift."""
    found: dict[str, Spells] = {}
    if (state := machine.role("state")) is not None:
        states = history.read(States, state, window)
        known = zip(states.since.tolist(), states.until.tolist(), states.state, strict=True)
        found[state.name] = Spells.of((s, u, str(text)) for s, u, text in known if text != "unknown")
    settings = [s for s in machine.signals.values() if _is_setting(s)]
    texts = history.reads(Texts, settings, window)
    found |= {s.name: text_spells(texts[s.path]) for s in settings}
    by_hand: Sequence[str] = () if machine.role("order") else ("order",)
    found |= {kind: spells for kind in by_hand if len(spells := history.spells(kind, machine.path, window))}
    if plant.shifts.rules and "shift" not in found:
        shifts = plant.shifts.calendar(window, machine.path).shifts
        cut = [(w.since, w.until, s.name) for s in shifts if (w := s.window & window).duration]
        found["shift"] = Spells.of(cut)
    return found


def _is_setting(signal: Signal) -> bool:
    return signal.kind == "text" and signal.role not in NAMES_OF_PARTS
