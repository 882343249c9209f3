"""The rows that losses are made of: time in which a machine stood, and what running time became."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ...model import Element, Loss
from ...units import HOUR, Micros, Money, Parts
from .elements import ELEMENTS, LOSSES
from .made import IdealCycle, Made, Run, plus


@dataclass(frozen=True, slots=True)
class LossRow:
    """One loss of planned busy time, with its reason.

    Attributes
    ----------
    loss
        Class: one of the six big losses, `delay`, `idle`, `unrated`, `unknown`, or `productive` for what was none.
    element
        ISO 22400 element that the time lies in.
    reason
        Code from the reasons tree, "" where nobody gave one.
    product
        Product that was on, "" where nobody said.
    micros
        Planned busy time; negative for `speed` where the ideal cycle is wrong master data.
    stops
        Stops that began in planned busy time of the window.
    parts
        Parts this time would have made at the ideal cycle (for `productive`, `defects`, `startup`: the parts it did
        make); None where that is not known.
    money
        What the loss costs: time by the machine's hour value, else by the parts not made; scrap by the parts; rework
        by its time alone.
        0 for `productive`, None where nothing prices it.
    """

    loss: Loss
    element: Element
    reason: str
    product: str
    micros: Micros
    stops: int
    parts: Parts | None
    money: Money | None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from the other rows."""
        return (self.loss.value, self.element.value, self.reason, self.product)

    def __add__(self, other: LossRow) -> LossRow:
        return LossRow(
            self.loss,
            self.element,
            self.reason,
            self.product,
            self.micros + other.micros,
            self.stops + other.stops,
            plus(self.parts, other.parts),
            plus(self.money, other.money),
        )


@dataclass(frozen=True, slots=True)
class Stopped:
    """Time of one kind in which a machine did not produce, while one ideal cycle and one set of prices held.

    Attributes
    ----------
    loss
        Class of the loss.
    element
        ISO 22400 element.
    reason
        Code from the reasons tree.
    product
        Product that was on.
    ideal_cycle
        Planned run time per item (PRI), None where it is not known.
    part_value
        Money a good part, None where it is not known.
    hour_value
        Money an hour of the machine, None where it is not known.
    micros
        Time.
    stops
        Stops that began in it.
    """

    loss: Loss
    element: Element
    reason: str
    product: str
    ideal_cycle: IdealCycle | None
    part_value: Money | None
    hour_value: Money | None
    micros: Micros
    stops: int

    @property
    def kind(self) -> tuple[str | float, ...]:
        """What it has in common with what it can be added to."""
        prices = (-1.0 if p is None else p for p in (self.ideal_cycle, self.part_value, self.hour_value))
        return (self.loss.value, self.element.value, self.reason, self.product, *prices)

    def __add__(self, other: Stopped) -> Stopped:
        return Stopped(
            self.loss,
            self.element,
            self.reason,
            self.product,
            self.ideal_cycle,
            self.part_value,
            self.hour_value,
            self.micros + other.micros,
            self.stops + other.stops,
        )


@dataclass(frozen=True, slots=True)
class PricedRun:
    """What one product did while it ran, with what an hour of the machine costs.

    Attributes
    ----------
    hour_value
        Money an hour of the machine, None where it is not known.
    run
        Time and parts.
    """

    hour_value: Money | None
    run: Run


def ranked(rows: Iterable[LossRow]) -> tuple[LossRow, ...]:
    """Rows of the same loss, element, reason and product added up, the largest first."""
    found: dict[tuple[str, str, str, str], LossRow] = {}
    for row in rows:
        found[row.key] = found[row.key] + row if row.key in found else row
    return tuple(sorted(found.values(), key=lambda r: (-r.micros, r.key)))


def stopped(work: Made, hour_value: float | None) -> list[Stopped]:
    """Planned busy time in which the machine did not produce: one row a loss, element, reason and rate."""
    leaves = work.leaves
    idle = leaves.busy & ~leaves.of(Element.PRODUCTION)
    shape = (len(LOSSES), len(ELEMENTS), len(leaves.given), len(work.rates))
    codes = np.ravel_multi_index((leaves.loss[idle], leaves.element[idle], leaves.reason[idle], work.rate[idle]), shape)
    kinds, place = np.unique(codes, return_inverse=True)
    micros = np.bincount(place, leaves.duration[idle], minlength=len(kinds))
    stops = np.bincount(place, leaves.begins[idle], minlength=len(kinds))
    columns = (c.tolist() for c in (*np.unravel_index(kinds, shape), micros, stops))
    rates = work.rates
    return [
        Stopped(
            LOSSES[x],
            ELEMENTS[e],
            leaves.given[r],
            rates[p].product,
            rates[p].ideal_cycle,
            rates[p].part_value,
            hour_value,
            int(t),
            int(n),
        )
        for x, e, r, p, t, n in zip(*columns, strict=True)
    ]


def stop_row(stop: Stopped) -> LossRow:
    """Standing time as a loss, with the parts it would have made and what it costs."""
    known = stop.loss is not Loss.UNKNOWN
    parts = stop.micros / stop.ideal_cycle if stop.ideal_cycle and known else None
    money = _time_cost(stop.micros, parts, stop.part_value, stop.hour_value) if known else None
    return LossRow(stop.loss, stop.element, stop.reason, stop.product, stop.micros, stop.stops, parts, money)


def run_rows(priced: PricedRun) -> list[LossRow]:
    """Running time as productive, speed, defects and startup; they sum to it exactly."""
    run = priced.run
    if run.ideal_cycle is None:
        return [_row(Loss.UNRATED, run, run.production, None, None)] if run.production else []
    if run.good is None or run.made is None:
        return _half_known(priced, run.ideal_cycle)
    good, all_ = round(run.ideal_cycle * run.good), round(run.ideal_cycle * run.made)
    early = round(run.ideal_cycle * run.startup)
    slow, late, bad = run.production - all_, all_ - good - early, run.made - run.good - run.startup
    return [
        row
        for row in (
            _row(Loss.PRODUCTIVE, run, good, run.good, 0.0),
            _row(Loss.DEFECTS, run, late, bad, scrap_cost((bad, run.reworked), late, priced)),
            _row(Loss.STARTUP, run, early, run.startup, scrap_cost((run.startup, 0.0), early, priced)),
            _speed(slow, priced),
        )
        if row.micros
    ]


def _half_known(priced: PricedRun, ideal_cycle: float) -> list[LossRow]:
    """Where only good parts are counted, `speed` holds the defects, too; where only all parts are, nobody knows which
    were good: their ideal time is unknown."""
    run = priced.run
    loss, parts = (Loss.PRODUCTIVE, run.good) if run.good is not None else (Loss.UNKNOWN, run.made)
    kept = round(ideal_cycle * (parts or 0.0))
    money = 0.0 if loss is Loss.PRODUCTIVE else None
    return [r for r in (_row(loss, run, kept, parts, money), _speed(run.production - kept, priced)) if r.micros]


def _speed(micros: int, priced: PricedRun) -> LossRow:
    run = priced.run
    parts = micros / run.ideal_cycle if run.ideal_cycle else None
    return _row(Loss.SPEED, run, micros, parts, _time_cost(micros, parts, run.part_value, priced.hour_value))


def _row(loss: Loss, run: Run, micros: int, parts: float | None, money: float | None) -> LossRow:
    return LossRow(loss, Element.PRODUCTION, "", run.product, micros, 0, parts, money)


def _time_cost(micros: int, parts: float | None, value: float | None, hour_value: float | None) -> float | None:
    """Lost time costs what an hour of the machine costs; where nobody said, what its parts would have been worth."""
    if hour_value is not None:
        return micros / HOUR * hour_value
    return None if parts is None or value is None else parts * value


def scrap_cost(parts: tuple[float, float], micros: int, priced: PricedRun) -> float | None:
    """A part that is not good costs its value; where nobody said, the time that went into it.

    `parts` are all, and those of them that are rework: no part is lost by it, so that it costs the time that went into
    it, by the value of an hour, and nothing where that time or that value is not known (None where that is all).
    """
    (bad, again), hour, value = parts, priced.hour_value, priced.run.part_value
    timed = micros / HOUR * hour if hour is not None and micros else None
    if value is None:
        return timed
    if not again:
        return bad * value
    scrapped = (bad - again) * value if bad > again else None
    return scrapped if timed is None else (scrapped or 0.0) + timed * (again / bad)
