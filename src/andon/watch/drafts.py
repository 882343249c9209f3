"""One machine's shift as the books want it: its figures and its entries, from what the studies say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import cast

import numpy as np

from ..answer import made_by
from ..ledger import Closing, Draft, Entry, Evidence, Fate
from ..ledger.entries import millionths, plain
from ..model import Calendar, Element, Loss, Output, Products, Shift, Spells, States, StopRules, Window
from ..plant import Machine, Plant
from ..reading import Bench as Reading
from ..reading import History, gathered, wide, written_off
from ..studies.production.elements import elements
from ..studies.production.losses import Losses, losses_in
from ..studies.production.lost import LossRow, PricedRun, scrap_cost
from ..studies.production.made import Run, made
from ..studies.production.oee import Oee, oee_of
from .behind import Cause, Stretches, behind
from .parts import NOT_GOOD, Rework, both, sorted_out


@dataclass(frozen=True, slots=True)
class Bench:
    """What was read of one machine for a stretch of shifts, and which order was on when."""

    machine: Machine
    states: States
    output: Output
    products: Products
    rules: StopRules
    orders: Spells
    scrapped: tuple[tuple[int, str, float], ...]
    signals: tuple[str, ...]
    plant_digest: str


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of a shift in which one order was on ("" for none), with what the studies say of it."""

    order: str
    window: Window
    oee: Oee
    losses: Losses
    spells: Mapping[Cause, Stretches]


def bench(machine: Machine, window: Window, plant: Plant, history: History, orders: Spells) -> Bench:
    """Read what the shifts in a window need, once."""
    read = gathered(machine, (States, Output, Products, StopRules), window, plant, history)
    roles = ("state", "reason", "order", "total_count", "good_count", "reject_count", "rework_count", "product")
    return Bench(
        machine,
        cast(States, read[States]),
        cast(Output, read[Output]),
        cast(Products, read[Products]),
        cast(StopRules, read[StopRules]),
        orders,
        tuple(written_off(Reading(machine, plant, history), window)),
        tuple(s.path for role in roles if (s := machine.role(role))),
        plant.digest,
    )


def draft(of: Bench, shift: Shift) -> Draft:
    """The closing and the entries of one shift.

    The shift is cut where the order changes; the answers of its pieces add up to the answer of the whole.
    """
    around = wide(shift.window)
    near = replace(of, states=of.states.within(around), output=of.output.touching(around))
    pieces = [_piece(near, shift, order, window) for order, window in _ordered(of.orders, shift.window)]
    closing = _closing(near, shift, pieces)
    found: dict[tuple[str, ...], Entry] = {}
    for entry in (e for p in pieces for e in _entries(near, shift, p)):
        found[entry.cause] = both(found[entry.cause], entry) if entry.cause in found else entry
    scrapped: dict[str, float] = {}
    for _, reason, quantity in (s for s in of.scrapped if s[0] in shift.window):
        scrapped[reason] = scrapped.get(reason, 0.0) + quantity
    price = Rework(of.rules.hour_value) if of.output.recovers else None
    entries = sorted_out(closing, list(found.values()), scrapped.items(), price)
    return closing, [replace(e, coverage=closing.coverage) for e in entries]


def _piece(of: Bench, shift: Shift, order: str, window: Window) -> Piece:
    leaves = elements(of.states, Calendar(window, (shift,)), of.rules)
    work = made(leaves, of.output, of.products)
    return Piece(order, window, oee_of(work), losses_in(work, of.rules.hour_value), behind(leaves, of.output.product))


def _closing(of: Bench, shift: Shift, pieces: Sequence[Piece]) -> Closing:
    whole = reduce(add, (p.oee for p in pieces))
    rows = [r for p in pieces for r in p.losses.rows]
    made, good, rejects, rework, unsorted = _fates(whole)
    return Closing(
        machine=of.machine.path,
        day=shift.day,
        shift=shift.name,
        window=shift.window,
        planned_operation=whole.planned_operation,
        planned_down=whole.planned_down,
        planned_busy=whole.planned_busy,
        production=whole.production,
        setup=whole.setup,
        delay=whole.delay,
        down=whole.down,
        unknown=whole.unknown,
        rated=whole.rated,
        ideal_made=_ideal(whole.made, rows, (Loss.PRODUCTIVE, *NOT_GOOD), whole),
        ideal_good=_ideal(whole.good, rows, (Loss.PRODUCTIVE,), whole),
        made=made,
        good=good,
        rejects=rejects,
        rework=rework,
        unsorted=unsorted,
        made_unknown=whole.made_unknown,
        made_planned_down=whole.made_planned_down,
        digest=_digest(of, shift),
        plant_digest=of.plant_digest,
        study_version=made_by(),
    )


def _fates(of: Oee) -> tuple[float | None, float | None, float | None, float | None, float]:
    """Parts made, good, rejects, rework, and what these leave open; to the millionth, so that they add up."""
    made, good, rejects, rework = (plain(millionths(n)) for n in (of.made, of.good, of.rejects, of.rework))
    if made is None:
        return None, good, rejects, rework, 0.0
    left = sum(millionths(n) or 0 for n in (good, rejects, rework))
    return made, good, rejects, rework, ((millionths(made) or 0) - left) / 1e6


def _ideal(counted: float | None, rows: Sequence[LossRow], kinds: tuple[Loss, ...], of: Oee) -> int | None:
    """Ideal time of parts, as the rows have it; where nobody knows which parts were good, only that of all parts."""
    if counted is None:
        return None
    if of.good is None:
        return round(sum((r.ideal_cycle or 0.0) * (r.made or 0.0) for r in of.rows))
    return sum(r.micros for r in rows if r.loss in kinds)


def _entries(of: Bench, shift: Shift, piece: Piece) -> Iterable[Entry]:
    """One entry a row of the losses, and one for the parts of products without an ideal cycle, which have no time."""
    for row in piece.losses.rows:
        yield _entry(of, shift, piece, row)
    for run in piece.oee.rows:
        if run.ideal_cycle is None:
            yield from _unrated(of, shift, piece, run)


def _entry(of: Bench, shift: Shift, piece: Piece, row: LossRow) -> Entry:
    fate = Fate.GOOD if row.loss is Loss.PRODUCTIVE else Fate.UNSORTED if row.loss in NOT_GOOD else Fate.NOT_MADE
    if row.loss is Loss.UNKNOWN and row.element is Element.PRODUCTION:
        fate = Fate.UNSORTED  # nobody counted how many of them were good
    key = (row.product,) if row.element is Element.PRODUCTION else (row.loss, row.element, row.reason, row.product)
    return Entry(
        machine=of.machine.path,
        day=shift.day,
        shift=shift.name,
        window=shift.window,
        loss=row.loss,
        order=piece.order,
        product=row.product,
        element=row.element,
        reason=row.reason,
        fate=fate,
        micros=row.micros,
        parts=plain(millionths(row.parts)),
        money=row.money,
        evidence=Evidence(piece.spells.get(key, ()), of.signals),
    )


def _unrated(of: Bench, shift: Shift, piece: Piece, run: Run) -> Iterable[Entry]:
    """What was made while no ideal cycle was known."""
    bad = None if run.made is None or run.good is None else run.made - run.good
    cost = None if bad is None else scrap_cost((bad, run.reworked), 0, PricedRun(of.rules.hour_value, run))
    made = None if run.good is not None else run.made
    for loss, parts, fate, money in (
        (Loss.PRODUCTIVE, run.good, Fate.GOOD, 0.0),
        (Loss.DEFECTS, bad, Fate.UNSORTED, cost),
        (Loss.UNRATED, made, Fate.UNSORTED, None),
    ):
        if parts:
            row = LossRow(loss, Element.PRODUCTION, "", run.product, 0, 0, parts, money)
            yield replace(_entry(of, shift, piece, row), fate=fate)


def _ordered(orders: Spells, window: Window) -> list[tuple[str, Window]]:
    """The window in pieces: which order was on, "" for none; they tile it."""
    found: list[tuple[str, Window]] = []
    last = window.since
    for since, until, text in [*orders.within(window).rows(), (window.until, window.until, "")]:
        if since > last:
            found.append(("", Window(last, since)))
        if until > since:
            found.append((text, Window(since, until)))
        last = max(last, until)
    return found


def _digest(of: Bench, shift: Shift) -> str:
    """SHA-256 of what was read, cut to the shift, and of the shift itself: same digest, same inputs."""
    states, output = of.states.within(shift.window), of.output.within(shift.window)
    found = hashlib.sha256(
        repr(
            (
                shift,
                of.machine.path,
                of.products,
                of.rules,
                states.state,
                states.reason,
                states.ordered,
                of.orders.within(shift.window).rows(),
            )
        ).encode()
    )
    counted = (c for c in (output.total, output.good, output.rejects, output.rework) if c is not None)
    for column in (states.since, states.until, *(a for c in counted for a in (c.since, c.at, c.count))):
        found.update(np.ascontiguousarray(column).tobytes())
    found.update(repr(output.product.rows() if output.product is not None else None).encode())
    return found.hexdigest()
