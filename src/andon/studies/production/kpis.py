"""The indicators of ISO 22400-2 that the data allow, and what the others lack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ...catalog import study
from ...model import Calendar, Element, Loss, Orders, Output, Products, State, States, StopRules, Window
from ...picture import Picture, table
from ...units import Micros, Parts, Unit
from .elements import LOSSES, STATES, elements, split
from .indicators import INDICATORS, MEASURED, ONTOLOGY, Indicator, Sums
from .made import Made, made, plus
from .oee import Oee, oee_of


@dataclass(frozen=True, slots=True)
class Kpi:
    """One indicator with its value, or with what it lacks.

    Attributes
    ----------
    number
        Place in the list of ISO 22400-2:2014.
    name
        Name.
    value
        Value in `unit`, None where it cannot be told.
    unit
        UCUM code.
    formula
        Formula in the standard's signs.
    base
        What it is measured on.
    missing
        What is needed to tell it, "" where it is told.
    semantic_id
        IRI of the indicator in the ontology of the standard, "" where it was not looked up.
    """

    number: int
    name: str
    value: Annotated[float, Unit("{unit}")] | None
    unit: str
    formula: str
    base: str
    missing: str
    semantic_id: str


@dataclass(frozen=True, slots=True)
class MeasuredElement:
    """One time or quantity of the standard.

    Attributes
    ----------
    sign
        The standard's sign.
    name
        Name.
    value
        Value in `unit`, None where it cannot be told.
    unit
        UCUM code.
    semantic_id
        IRI in the ontology of the standard, "" where it was not looked up.
    """

    sign: str
    name: str
    value: Annotated[float, Unit("{unit}")] | None
    unit: str
    semantic_id: str


@dataclass(frozen=True, slots=True)
class Kpis:
    """All indicators of the list, and the sums that they are made of.

    Attributes
    ----------
    rows
        The 34 indicators, in the order of the list.
    elements
        The times and quantities of the standard that are measured.
    oee
        Times and parts.
    failures
        FE, breakdowns that began in planned busy time.
    repair
        Planned busy time in breakdown.
    preventive
        Time in planned maintenance inside the shifts.
    order_time
        AOET, time in which an order ran, summed over orders; None where there are none.
    order_busy
        AUBT in that time.
    order_production
        APT in that time.
    order_made
        PQ in that time; None where rejects are not counted.
    """

    rows: tuple[Kpi, ...]
    elements: tuple[MeasuredElement, ...]
    oee: Oee
    failures: int
    repair: Micros
    preventive: Micros
    order_time: Micros | None
    order_busy: Micros | None
    order_production: Micros | None
    order_made: Parts | None

    def __add__(self, other: Kpis) -> Kpis:
        return _kpis(
            Sums(
                self.oee + other.oee,
                self.failures + other.failures,
                self.repair + other.repair,
                self.preventive + other.preventive,
                _either(self.order_time, other.order_time),
                _either(self.order_busy, other.order_busy),
                _either(self.order_production, other.order_production),
                self._order_made(other),
            )
        )

    def value(self, name: str) -> float | None:
        """The value of an indicator by the first word or words of its name."""
        return next((r.value for r in self.rows if r.name.startswith(name)), None)

    def _order_made(self, other: Kpis) -> float | None:
        if self.order_time is None or other.order_time is None:
            return self.order_made if other.order_time is None else other.order_made
        return plus(self.order_made, other.order_made)


def picture(answer: Kpis) -> Picture:
    """The indicators as a table, those with a value first."""
    told = sorted(answer.rows, key=lambda r: (r.value is None, r.number))
    return table(
        "Key performance indicators (ISO 22400-2)",
        ("indicator", "value", "unit", "formula", "missing"),
        [(r.name, r.value, r.unit, r.formula, r.missing) for r in told],
    )


@study(picture=picture)
def kpis(
    states: States,
    output: Output,
    calendar: Calendar,
    products: Products,
    rules: StopRules,
    orders: Orders | None = None,
) -> Kpis:
    """Which ISO 22400-2 indicators the data allow, with formula and base.

    Each row has its formula, the base it is measured on, the IRI of the indicator, and its value, or what is missing.
    MTBF = AUPT / FE: setup and production time over breakdowns, no delay (the standard's TBF); MTTF is the same figure
    for what is repaired; MTTR = breakdown time / FE. A breakdown counts in the window in which it began. ISO
    22400-2:2014 may divide by FE + 1 (the printed text was not at hand): here it is FE.

    Use `oee` instead for OEE with all its time elements, `reliability` for failure rates with their uncertainty.

    Parameters
    ----------
    states
        What the machine was doing.
    output
        What the machine made.
    calendar
        Shifts and breaks.
    products
        Ideal cycles.
    rules
        Element and loss of each state and reason: what counts as a breakdown.
    orders
        Production orders, for the indicators on order execution time.

    Returns
    -------
    Kpis
        34 rows and the sums behind them.

    Raises
    ------
    NoCalendar
        No shift is planned.

    Examples
    --------
    >>> from andon.model import Counts, Rate, Shift
    >>> from andon.units import MINUTE
    >>> states = States.of([(0, 48 * MINUTE, "producing"), (48 * MINUTE, 60 * MINUTE, "fault")])
    >>> output = Output(states.window, Counts.of([(40 * MINUTE, 40)]), Counts.of([(40 * MINUTE, 36)]))
    >>> calendar = Calendar(states.window, (Shift("early", "2026-01-05", states.window),))
    >>> answer = kpis(states, output, calendar, Products({"": (Rate(0, 1.0 * MINUTE, None),)}),
    ...               StopRules({}, {}, {}, 5 * MINUTE))
    >>> [(name, answer.value(name)) for name in ("OEE", "technical efficiency", "MTBF", "MTTR", "scrap ratio")]
    [('OEE', 0.6), ('technical efficiency', 0.8), ('MTBF', 0.8), ('MTTR', 0.2), ('scrap ratio', None)]

    References
    ----------
    ISO 22400-2:2014; its ontology by A. Koecher, hsu-aut/IndustrialStandard-ODP-ISO22400-2; IEC 60050-191.
    """
    leaves = elements(states, calendar, rules)
    running = _running(orders, calendar.window)
    work = made(split(leaves, [np.array([t for w in running for t in (w.since, w.until)], np.int64)]), output, products)
    broken = work.leaves.worked & (work.leaves.loss == LOSSES.index(Loss.BREAKDOWN))
    broken &= ~work.leaves.of(Element.PRODUCTION)
    serviced = work.leaves.state == STATES.index(State.MAINTENANCE)
    serviced &= ~work.leaves.of(Element.UNSCHEDULED)
    return _kpis(
        Sums(
            oee_of(work),
            int((work.leaves.fails & broken).sum()),
            int(work.leaves.duration[broken].sum()),
            int(work.leaves.duration[serviced].sum()),
            *_ordered(work, running),
        )
    )


def _kpis(sums: Sums) -> Kpis:
    measured = (MeasuredElement(m.sign, m.name, m.value(sums), m.unit, _iri(m.meaning)) for m in MEASURED)
    return Kpis(
        tuple(_row(i, sums) for i in INDICATORS),
        tuple(measured),
        sums.oee,
        sums.failures,
        sums.repair,
        sums.preventive,
        sums.order_time,
        sums.order_busy,
        sums.order_production,
        sums.order_made,
    )


def _row(indicator: Indicator, sums: Sums) -> Kpi:
    value = indicator.value(sums) if indicator.value is not None else None
    return Kpi(
        indicator.number,
        indicator.name,
        value,
        indicator.unit,
        indicator.formula,
        indicator.base,
        indicator.needs if value is None else "",
        _iri(indicator.meaning),
    )


def _iri(meaning: str) -> str:
    return ONTOLOGY + meaning if meaning else ""


def _running(orders: Orders | None, window: Window) -> list[Window]:
    """When each order ran, cut to the window."""
    if orders is None:
        return []
    spans = zip(orders.since.tolist(), orders.until.tolist(), strict=True)
    cut = [Window(s, u) & window for s, u in spans if s >= 0 and u >= 0]
    return [w for w in cut if w.duration]


def _ordered(work: Made, running: list[Window]) -> tuple[int | None, int | None, int | None, float | None]:
    """AOET, AUBT, APT and PQ while orders ran; of orders that overlap, each counts the whole of its time."""
    if not running:
        return None, None, None, None
    leaves = work.leaves
    production = leaves.of(Element.PRODUCTION)
    busy = production | leaves.of(Element.SETUP) | leaves.of(Element.DELAY)
    parts: float | None = None if work.made is None else 0.0
    times = [0, 0]
    for w in running:
        on = slice(*np.searchsorted(leaves.since, [w.since, w.until]).tolist())
        times[0] += int(leaves.duration[on][busy[on]].sum())
        times[1] += int(leaves.duration[on][production[on]].sum())
        parts = plus(parts, None if work.made is None else float(work.made[on][leaves.worked[on]].sum()))
    return sum(w.duration for w in running), times[0], times[1], parts


def _either(a: int | None, b: int | None) -> int | None:
    """The sum of what is there, None where nothing is."""
    return a if b is None else b if a is None else a + b
