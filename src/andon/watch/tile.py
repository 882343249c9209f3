"""One machine at a glance: what it is doing, since when, and how its running shift goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from ..model import Calendar, Element, Output, Products, Shift, Spells, State, States, StopRules, Texts, Window
from ..plant import Machine, Plant
from ..reading import Bench, History, counter, gathered, text_spells, wide
from ..studies.production.elements import ELEMENTS, elements
from ..studies.production.made import Made, Rated, made
from ..studies.production.oee import Oee, oee_of


@dataclass(frozen=True, slots=True)
class Tile:
    """One machine at a glance.

    Attributes
    ----------
    machine, title
        Its path, and what people call it.
    at
        The moment that the tile speaks of (microseconds).
    state, since
        What it is doing, and since when; a state that lasts longer than is read begins at the earliest a day before
        the shift.
    said
        What the machine itself said.
    reason, order, product
        Why it stands, as far as anybody said; what is being made.
    day, shift
        The running shift and its production day, "" outside the shifts.
    made, good, rejects
        Parts of the shift, as `oee` counts them; None where the machine cannot say.
    target
        Parts that the planned time so far would have made at the ideal cycle of what is on; None where none is known.
    oee, availability, effectiveness, quality
        Figures of the shift so far; None where they are not known.
    coverage
        The share of planned time so far in which the state was known.
    """

    machine: str
    title: str
    at: int
    state: State = State.UNKNOWN
    since: int = 0
    said: str = ""
    reason: str = ""
    order: str = ""
    product: str = ""
    day: str = ""
    shift: str = ""
    made: float | None = None
    good: float | None = None
    rejects: float | None = None
    target: float | None = None
    oee: float | None = None
    availability: float | None = None
    effectiveness: float | None = None
    quality: float | None = None
    coverage: float | None = None


@dataclass(frozen=True, slots=True)
class Leaf:
    """The last stretch of the time so far: begun at `since`, it goes on until something happens.

    `heard` is None where nobody recorded when the counters were heard; `startup`: rejects in it are start-up losses.
    """

    since: int
    element: Element
    rate: Rated
    heard: bool | None
    startup: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A tile with what it is made of.

    `shift` is the running shift; `oee` and `leaf` are None outside the shifts, and where the machine lacks the signals.
    `whole`: all parts so far are whole ones.
    """

    tile: Tile
    shift: Shift | None
    oee: Oee | None = None
    leaf: Leaf | None = None
    whole: bool = False


def seen(machine: Machine, plant: Plant, history: History, now: int) -> Seen:
    """A machine as it is at a moment, read from a history.

    The figures are those that `oee` tells of the running shift until now.
    """
    shift = plant.shifts.shift_at(now, machine.path)
    window = Window(shift.window.since if shift else now, now)
    tile = Tile(machine.path, machine.title, now, day=shift.day if shift else "", shift=shift.name if shift else "")
    counted = counter(machine) or Bench(machine, plant, history).tested(wide(window))
    kinds = [*([States] if machine.role("state") else []), *([Output] if counted else [])]
    read = gathered(machine, [*kinds, Calendar, Products, StopRules], window, plant, history)
    if States in read:
        tile = _doing(tile, cast(States, read[States]), now)
    product = _texts(machine, "product", history, window) if machine.role("product") else None
    order = _texts(machine, "order", history, window) or history.spells("order", machine.path, wide(window))
    on = machine.default_product if product is None else _at(product, now)
    tile = replace(tile, order=_at(order, now), product=on)
    if len(kinds) < 2 or not window.duration:
        return Seen(tile, shift)
    output = cast(Output, read[Output])
    leaves = elements(cast(States, read[States]), cast(Calendar, read[Calendar]), cast(StopRules, read[StopRules]))
    work = made(leaves, output, cast(Products, read[Products]))
    answer, leaf = oee_of(work), _last(work)
    return Seen(figured(tile, answer, leaf), shift, answer, leaf, _whole(output))


def figured(tile: Tile, answer: Oee, leaf: Leaf) -> Tile:
    """A tile with the figures of its shift; none where nothing was heard of it."""
    cycle = leaf.rate.ideal_cycle
    return replace(
        tile,
        made=answer.made,
        good=answer.good,
        rejects=answer.rejects,
        target=answer.planned_busy / cycle if cycle else None,
        oee=answer.oee if answer.known else None,
        availability=answer.availability if answer.known else None,
        effectiveness=answer.effectiveness,
        quality=answer.quality,
        coverage=answer.coverage,
    )


def _doing(tile: Tile, states: States, now: int) -> Tile:
    """The state just before a moment, and since when it has been the same."""
    last = int(np.searchsorted(states.since, now - 1, side="right")) - 1
    if last < 0:
        return tile
    first = last
    while first and (states.state[first - 1], states.said[first - 1]) == (states.state[last], states.said[last]):
        first -= 1
    return replace(
        tile,
        state=states.state[last],
        since=int(states.since[first]),
        said=states.said[last],
        reason=states.reason[last],
    )


def _last(work: Made) -> Leaf:
    """The last leaf of what was made."""
    leaves = work.leaves
    return Leaf(
        int(leaves.since[-1]),
        ELEMENTS[int(leaves.element[-1])],
        work.rates[int(work.rate[-1])],
        None if work.heard is None else bool(work.heard[-1]),
        work.startup is not None and bool(work.early[-1]),
    )


def _whole(output: Output) -> bool:
    counts = (output.total, output.good, output.rejects, output.rework)
    return all(bool(np.all(c.count == np.floor(c.count))) for c in counts if c is not None)


def _texts(machine: Machine, role: str, history: History, window: Window) -> Spells | None:
    signal = machine.role(role)
    return text_spells(history.read(Texts, signal, wide(window))) if signal else None


def _at(spells: Spells | None, now: int) -> str:
    """The text that held just before a moment, "" where none did."""
    rows: Iterable[tuple[int, int, str]] = spells.rows() if spells is not None else ()
    return next((text for since, until, text in rows if since < now <= until), "")
