"""Random shop floors on a grid of minutes, for property tests."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from andon.model import (
    Calendar,
    Counts,
    Element,
    Loss,
    Output,
    Products,
    Rate,
    Reason,
    Shift,
    Spells,
    State,
    States,
    StopRules,
    Window,
)
from andon.units import MINUTE

# A test says whether a figure is right, not how busy the machine is on which it runs.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

REASONS = {
    "jam": Reason("jam", "Jam", loss=Loss.BREAKDOWN),
    "no-material": Reason("no-material", "No material", element=Element.DOWN),
    "tool": Reason("tool", "Tool change", element=Element.SETUP, loss=Loss.SETUP),
    "service": Reason("service", "Service", element=Element.PLANNED_DOWN),
    "wait": Reason("wait", "Waiting", element=Element.DELAY),
}
LENGTH = 180  # minutes of history


@dataclass(frozen=True)
class Floor:
    """One machine with its history, and the knowledge about it; the window is smaller than the history."""

    states: States
    output: Output
    calendar: Calendar
    products: Products
    rules: StopRules

    @property
    def arguments(self):
        return self.states, self.output, self.calendar, self.products, self.rules

    def seen(self, window: Window) -> Floor:
        """The same history, asked about another window."""
        shifts = tuple(s for s in self.calendar.shifts if (s.window & window).duration)
        return Floor(self.states, self.output, Calendar(window, shifts, True), self.products, self.rules)


def tiled(draw, texts, most):
    """Contiguous rows (since, until, text) over the whole history."""
    cuts = sorted(draw(st.sets(st.integers(1, LENGTH - 1), max_size=most)))
    edges = [0, *cuts, LENGTH]
    return [(s * MINUTE, u * MINUTE, draw(texts)) for s, u in pairwise(edges)]


@st.composite
def histories(draw):
    rows = tiled(draw, st.sampled_from(list(State)), 25)
    reasons = [draw(st.sampled_from(["", "", "other", *REASONS])) if r[2] is not State.PRODUCING else "" for r in rows]
    made = States.of(rows, reasons)
    if draw(st.booleans()):
        return made
    ordered = tuple(draw(st.booleans()) for _ in rows)
    return States(made.window, made.since, made.until, made.state, made.said, made.reason, ordered)


@st.composite
def outputs(draw):
    """Increments at moments and over stretches; parts made, and the good ones among them."""
    edges = sorted(draw(st.sets(st.integers(0, LENGTH - 1), max_size=12)))
    since, at, total, good = [], [], [], []
    for low, high in pairwise(edges):
        count = draw(st.integers(1, 40))
        since.append((high if draw(st.booleans()) else low) * MINUTE)
        at.append(high * MINUTE)
        total.append(float(count))
        good.append(float(draw(st.integers(0, count))))
    times = np.array(since, np.int64), np.array(at, np.int64)
    counts = [Counts(*times, np.array(n, np.float64)) for n in (total, good)]
    product = Spells.of(r for r in tiled(draw, st.sampled_from(["", "a", "b", "nobody knows"]), 4) if r[2])
    return Output(Window(0, LENGTH * MINUTE), counts[0], counts[1], product=draw(st.sampled_from([None, product])))


@st.composite
def floors(draw):
    first, last = sorted(draw(st.lists(st.integers(0, LENGTH), min_size=2, max_size=2, unique=True)))
    a, b, c, d = sorted(draw(st.lists(st.integers(0, LENGTH), min_size=4, max_size=4, unique=True)))
    pause = draw(st.integers(a, b))
    breaks = (Window(pause * MINUTE, min(b, pause + 15) * MINUTE),)
    shifts = (
        Shift("early", "2026-01-05", Window(a * MINUTE, b * MINUTE), breaks),
        Shift("late", "2026-01-05", Window(c * MINUTE, d * MINUTE)),
    )
    cycle = st.sampled_from([None, 10e6, 45e6, 1e6 / 3, 60e6])
    rates = {
        name: tuple(
            Rate(at * MINUTE, draw(cycle), None) for at in sorted(draw(st.sets(st.integers(0, LENGTH), max_size=2)))
        )
        for name in ("", "a", "b")
    }
    elements = draw(st.sampled_from([{}, {State.STARVED: Element.DELAY}, {State.OFF: Element.PLANNED_DOWN}]))
    losses = draw(st.sampled_from([{}, {State.BLOCKED: Loss.IDLE}, {State.OFF: Loss.DELAY}]))
    rules = StopRules(elements, losses, REASONS, draw(st.sampled_from([0, 5, 12])) * MINUTE)
    window = Window(first * MINUTE, last * MINUTE)
    floor = Floor(draw(histories()), draw(outputs()), Calendar(window, shifts, True), Products(rates), rules)
    return floor.seen(window)


def pieces(window: Window, cuts) -> list[Window]:
    """A window cut at some moments."""
    edges = sorted({window.since, window.until, *(c for c in cuts if c in window)})
    return [Window(s, u) for s, u in pairwise(edges)]
