"""How production orders went against their plan: when, how long, how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ...catalog import study
from ...errors import NoData
from ...model import Calendar, Element, Output, Shift, States, StopRules, Window
from ...model import Orders as Plan
from ...picture import Picture, timeline
from ...units import HOUR, SECOND, Micros, Moment, Parts, Ratio, Seconds, Unit
from .elements import elements

Throughput = Annotated[float, Unit("{part}/h")]


@dataclass(frozen=True, slots=True)
class Order:
    """One production order as it was planned and as it went.

    Attributes
    ----------
    order, product
        Its number and what it makes.
    status
        "not started", "running", "running late", "early", "on time", "late", or "unplanned" (finished without a plan).
    planned_since, planned_until
        Planned beginning and end; None where there is no plan.
    since, until
        Real beginning and end; None where it has not begun, or not ended before the end of the window.
    planned
        Planned quantity; None where there is no plan.
    made, good
        Parts made (PQ) and good parts (GQ) in the order so far; None where they are not counted.
    execution
        AOET, actual order execution time: from the real beginning to the end, or to the end of the window.
    busy
        AUBT, actual unit busy time in it: production, setup and delay.
    production
        APT, actual production time in it.
    setup
        AUST, actual unit setup time in it.
    unknown
        Time in it in which nobody knows what the machine did; busy, production and setup are at least this uncertain.
    """

    order: str
    product: str
    status: str
    planned_since: Moment | None
    planned_until: Moment | None
    since: Moment | None
    until: Moment | None
    planned: Parts | None
    made: Parts | None
    good: Parts | None
    execution: Micros
    busy: Micros
    production: Micros
    setup: Micros
    unknown: Micros

    @property
    def start_delay(self) -> Seconds | None:
        """Real less planned beginning; negative is early."""
        return _less(self.since, self.planned_since)

    @property
    def end_delay(self) -> Seconds | None:
        """Real less planned end; negative is early."""
        return _less(self.until, self.planned_until)

    @property
    def allocation_ratio(self) -> Ratio | None:
        """AUBT / AOET (ISO 22400 KPI 2): the rest of the order's time the machine did nothing for it."""
        return self.busy / self.execution if self.execution else None

    @property
    def production_process_ratio(self) -> Ratio | None:
        """APT / AOET (ISO 22400 KPI 13)."""
        return self.production / self.execution if self.execution else None

    @property
    def throughput(self) -> Throughput | None:
        """PQ / AOET (ISO 22400 KPI 3): parts made an hour of the order."""
        return self.made / self.execution * HOUR if self.execution and self.made is not None else None

    @property
    def missing(self) -> Parts | None:
        """Planned quantity less good parts (parts made where good ones are not counted); negative is too many."""
        have = self.good if self.good is not None else self.made
        return self.planned - have if self.planned is not None and have is not None else None


@dataclass(frozen=True, slots=True)
class OrderExecution:
    """The orders of one machine that were planned or worked on in a window.

    Attributes
    ----------
    rows
        One row an order, in order of their beginning.
    tolerance
        Later or earlier than the plan by no more than this is on time.
    """

    rows: tuple[Order, ...]
    tolerance: Seconds

    @property
    def finished(self) -> int:
        """Orders that ended."""
        return sum(r.until is not None for r in self.rows)

    @property
    def late(self) -> int:
        """Orders that ended late, are running late or should have begun."""
        return sum(r.status in ("late", "running late", "not started") for r in self.rows)

    @property
    def on_time_share(self) -> Ratio | None:
        """Finished orders with a plan that ended on time or early, over all of these."""
        ended = [r.status for r in self.rows if r.status in ("early", "on time", "late")]
        return sum(s != "late" for s in ended) / len(ended) if ended else None

    @property
    def median_delay(self) -> Seconds | None:
        """Half of the finished orders ended later than this after their plan."""
        delays = [r.end_delay for r in self.rows if r.end_delay is not None]
        return float(np.median(delays)) if delays else None

    @property
    def allocation_ratio(self) -> Ratio | None:
        """Sum of AUBT over sum of AOET of all orders."""
        whole = sum(r.execution for r in self.rows)
        return sum(r.busy for r in self.rows) / whole if whole else None

    @property
    def throughput(self) -> Throughput | None:
        """Parts made over execution time of the orders in which parts are counted."""
        counted = [(r.made, r.execution) for r in self.rows if r.made is not None and r.execution]
        return sum(m for m, _ in counted) / sum(t for _, t in counted) * HOUR if counted else None


def plan_picture(answer: OrderExecution) -> Picture:
    """Plan and reality, one lane each, of the latest dozen orders."""
    rows = []
    for r in answer.rows[-12:]:
        if r.planned_since is not None and r.planned_until is not None:
            rows.append((f"{r.order} plan", r.planned_since, r.planned_until, "planned"))
        if r.since is not None:
            rows.append((f"{r.order} real", r.since, r.since + r.execution, r.status))
    return timeline("Orders, planned and real", rows)


@study(picture=plan_picture)
def orders(
    orders: Plan, calendar: Calendar, states: States, output: Output, rules: StopRules, tolerance: Seconds = 900.0
) -> OrderExecution:
    """How each order went against its plan: begin, end, quantity, time used.

    Execution time (AOET) runs from the order's real beginning to its end, nights and breaks included; busy time (AUBT)
    is the production, setup and delay in it. Allocation ratio = AUBT / AOET, throughput rate = PQ / AOET. An order that
    began before the window counts whole.

    Use `oee` instead when you want to know how well the machine used its planned time.

    Parameters
    ----------
    orders
        Planned and real beginning, end and quantity of each order.
    calendar
        Its window says which orders are asked about, and at its end which of them are late; its breaks are not busy.
    states
        What the machine did.
    output
        What it made.
    rules
        How its states and reasons count.
    tolerance
        Later or earlier than the plan by no more than this is on time.

    Returns
    -------
    OrderExecution
        One row an order.

    Raises
    ------
    NoData
        No order was planned or worked on in the window.

    Examples
    --------
    >>> from andon.model import Counts
    >>> one = np.array([0])
    >>> plan = Plan(("4711",), ("A",), one, one + 7 * HOUR, one, one + 8 * HOUR, np.array([100.0]))
    >>> window = Window(0, 10 * HOUR)
    >>> states = States.of([(0, 6 * HOUR, "producing"), (6 * HOUR, 10 * HOUR, "idle_no_order")])
    >>> output = Output(window, Counts.of([(5 * HOUR, 96)]), None)
    >>> row = orders(plan, Calendar(window, ()), states, output, StopRules({}, {}, {}, 0)).rows[0]
    >>> row.status, row.end_delay, row.allocation_ratio, row.throughput, row.missing
    ('late', 3600.0, 0.75, 12.0, 4.0)

    References
    ----------
    ISO 22400-2:2014, allocation ratio, throughput rate, production process ratio.
    """
    window = calendar.window
    shop = _Shop(calendar, states, output, rules, round(tolerance * SECOND))
    rows = [_order(orders, i, shop) for i in range(len(orders.order)) if _touches(orders, i, window)]
    if not rows:
        raise NoData("No order was planned or worked on in that window.")
    rows.sort(key=lambda r: (_first(r.since, r.planned_since), r.order))
    return OrderExecution(tuple(rows), tolerance)


@dataclass(frozen=True, slots=True)
class _Shop:
    """What is the same for all orders of the machine."""

    calendar: Calendar
    states: States
    output: Output
    rules: StopRules
    tolerance: int


def _touches(orders: Plan, i: int, window: Window) -> bool:
    """The order's plan or its execution lies in the window, at least in part."""
    begun, planned = int(orders.since[i]), int(orders.planned_since[i])
    ended = int(orders.until[i]) if orders.until[i] >= 0 else window.until
    due = int(orders.planned_until[i]) if orders.planned_until[i] >= 0 else planned
    worked = 0 <= begun < window.until and ended > window.since
    return worked or (0 <= planned < window.until and due >= window.since)


def _order(orders: Plan, i: int, shop: _Shop) -> Order:
    now = shop.calendar.window.until
    since, until = _known(orders.since[i], now), _known(orders.until[i], now + 1)
    planned_since, planned_until = _known(orders.planned_since[i]), _known(orders.planned_until[i])
    span = Window(0, 0) if since is None else Window(since, now if until is None else until)
    times = _times(span, shop)
    total, good = (
        c.within(span).total if c is not None and since is not None else None
        for c in (shop.output.total, shop.output.good)
    )
    status = _status(since, until, planned_until, now=now, tolerance=shop.tolerance)
    quantity = float(orders.planned_quantity[i])
    return Order(
        orders.order[i],
        orders.product[i],
        status,
        planned_since,
        planned_until,
        since,
        until,
        quantity if quantity >= 0 else None,
        total,
        good,
        span.duration,
        *times,
    )


def _times(span: Window, shop: _Shop) -> tuple[int, int, int, int]:
    """AUBT, APT, AUST and unknown time of a span, as if it were one shift with the calendar's breaks."""
    if not span.duration:
        return 0, 0, 0, 0
    cut = shop.states.within(span)
    ordered = States(cut.window, cut.since, cut.until, cut.state, cut.said, cut.reason, (True,) * len(cut))
    breaks = tuple(b for s in shop.calendar.shifts for b in s.breaks)
    leaves = elements(ordered, Calendar(span, (Shift("order", "", span, breaks),)), shop.rules)
    production, setup = leaves.total(Element.PRODUCTION), leaves.total(Element.SETUP)
    return production + setup + leaves.total(Element.DELAY), production, setup, leaves.total(Element.UNKNOWN)


def _status(since: int | None, until: int | None, planned_until: int | None, *, now: int, tolerance: int) -> str:
    if since is None:
        return "not started"
    if until is None:
        return "running late" if planned_until is not None and now > planned_until + tolerance else "running"
    if planned_until is None:
        return "unplanned"
    if until > planned_until + tolerance:
        return "late"
    return "early" if until < planned_until - tolerance else "on time"


def _known(at: int | np.int64, before: int | None = None) -> int | None:
    """A moment, or None where there is none or it is not before `before`."""
    return None if at < 0 or (before is not None and at >= before) else int(at)


def _less(real: int | None, planned: int | None) -> float | None:
    return None if real is None or planned is None else (real - planned) / SECOND


def _first(*moments: int | None) -> int:
    return next((m for m in moments if m is not None), 0)
