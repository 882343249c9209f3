"""Orders against their plan, with the ISO 22400 figures of an order."""

import numpy as np
import pytest

from andon.errors import NoData
from andon.model import Calendar, Counts, Orders, Output, Shift, State, States, StopRules, Window
from andon.studies.production.orders import OrderExecution, orders
from andon.units import HOUR, MINUTE

RULES = StopRules({}, {}, {}, 5 * MINUTE)
NO = -1


def plan(*rows: tuple[str, float, float, float, float, float]) -> Orders:
    """Orders from (name, planned since, planned until, since, until, quantity) rows in hours; -1 is not known."""
    columns = [np.array([round(r[i] * HOUR) if r[i] >= 0 else -1 for r in rows], dtype=np.int64) for i in (1, 2, 3, 4)]
    return Orders(tuple(r[0] for r in rows), ("A",) * len(rows), *columns, np.array([float(r[5]) for r in rows]))


def ask(
    rows: Orders,
    hours: float = 24,
    states: States | None = None,
    good: list[tuple[float, float]] | None = None,
    calendar: Calendar | None = None,
) -> OrderExecution:
    window = Window(0, round(hours * HOUR))
    told = states or States.of([(0, window.until, "producing")])
    made = Counts.of([(round(at * HOUR), n) for at, n in good or []])
    return orders(rows, calendar or Calendar(window, ()), told, Output(window, made, made), RULES)


@pytest.mark.parametrize(
    ("row", "status", "start", "end"),
    [
        (("x", 1, 5, 1, 5, 10), "on time", 0.0, 0.0),
        (("x", 1, 5, 1.2, 5.2, 10), "on time", 0.2, 0.2),  # within the tolerance of 15 minutes
        (("x", 1, 5, 2, 7, 10), "late", 1.0, 2.0),
        (("x", 1, 5, 0.5, 4, 10), "early", -0.5, -1.0),
        (("x", 1, 5, 2, NO, 10), "running late", 1.0, None),
        (("x", 1, 30, 2, NO, 10), "running", 1.0, None),
        (("x", 1, 5, NO, NO, 10), "not started", None, None),
        (("x", NO, NO, 1, 5, NO), "unplanned", None, None),
        (("x", 1, 30, 2, 27, 10), "running", 1.0, None),  # it ended after the window: nobody knows that yet
    ],
)
def test_an_order_is_late_or_early(
    row: tuple[str, float, float, float, float, float], status: str, start: float | None, end: float | None
) -> None:
    found = ask(plan(row)).rows[0]
    assert found.status == status
    assert found.start_delay == (None if start is None else pytest.approx(start * 3600))
    assert found.end_delay == (None if end is None else pytest.approx(end * 3600))


def test_the_figures_of_an_order_are_those_of_iso_22400() -> None:
    states = States.of(
        [
            (0, HOUR, "setup"),
            (HOUR, 4 * HOUR, "producing"),
            (4 * HOUR, 5 * HOUR, "fault"),
            (5 * HOUR, 6 * HOUR, "starved"),
            (6 * HOUR, 8 * HOUR, "off"),
            (8 * HOUR, 10 * HOUR, "producing"),
            (10 * HOUR, 24 * HOUR, "off"),
        ]
    )
    row = ask(plan(("x", 0, 10, 0, 10, 100)), states=states, good=[(3, 40), (9, 50), (12, 99)]).rows[0]
    assert row.execution == 10 * HOUR
    # AUBT = AUST 1 + APT 5 + ADET 2 (fault, and waiting for material during an order).
    assert (row.busy, row.production, row.setup) == (8 * HOUR, 5 * HOUR, HOUR)
    assert row.allocation_ratio == pytest.approx(0.8)
    assert row.production_process_ratio == pytest.approx(0.5)
    assert row.throughput == pytest.approx(9.0)
    assert row.missing == 10


def test_a_break_is_not_busy_time() -> None:
    window = Window(0, 24 * HOUR)
    calendar = Calendar(window, (Shift("early", "2026-01-05", Window(0, 8 * HOUR), (Window(3 * HOUR, 4 * HOUR),)),))
    row = ask(plan(("x", 0, 8, 0, 8, 1)), calendar=calendar).rows[0]
    assert (row.execution, row.busy) == (8 * HOUR, 7 * HOUR)


def test_unknown_time_is_said_and_not_counted_as_busy() -> None:
    states = States.of([(0, 3 * HOUR, "producing"), (3 * HOUR, 24 * HOUR, "unknown")])
    row = ask(plan(("x", 0, 5, 0, 5, 1)), states=states).rows[0]
    assert (row.busy, row.unknown) == (3 * HOUR, 2 * HOUR)


def test_time_before_the_first_state_is_unknown() -> None:
    states = States.of([(2 * HOUR, 24 * HOUR, State.PRODUCING)])
    row = ask(plan(("x", 0, 5, 0, 5, 1)), states=states).rows[0]
    assert (row.busy, row.unknown) == (3 * HOUR, 2 * HOUR)


def test_sums_over_orders() -> None:
    found = ask(
        plan(("1", 0, 2, 0, 2, 10), ("2", 2, 4, 2, 6, 10), ("3", 6, 8, 6, 7, 10), ("4", 8, 9, NO, NO, 10)),
        good=[(1, 10), (3, 10), (6.5, 10)],
    )
    assert [r.status for r in found.rows] == ["on time", "late", "early", "not started"]
    assert (found.finished, found.late) == (3, 2)
    assert found.on_time_share == pytest.approx(2 / 3)
    assert found.median_delay == 0
    assert found.throughput == pytest.approx(30 / 7)  # not the mean of 5, 2.5 and 10 parts an hour


def test_orders_outside_the_window_are_not_asked_about() -> None:
    rows = plan(("before", 0, 1, 0, 1, 1), ("in", 3, 4, 3, 4, 1), ("after", 30, 31, NO, NO, 1))
    window = Window(2 * HOUR, 24 * HOUR)
    states = States.of([(0, 24 * HOUR, "producing")])
    made = Counts.of([(HOUR, 1)])
    found = orders(rows, Calendar(window, ()), states, Output(window, made, None), RULES)
    assert [r.order for r in found.rows] == ["in"]
    with pytest.raises(NoData, match="No order"):
        orders(plan(("x", 30, 31, NO, NO, 1)), Calendar(window, ()), states, Output(window, made, None), RULES)


def test_parts_that_are_not_counted_are_not_zero() -> None:
    window = Window(0, 24 * HOUR)
    states = States.of([(0, 24 * HOUR, "producing")])
    row = orders(
        plan(("x", 0, 5, 0, 5, 10)), Calendar(window, ()), states, Output(window, None, Counts.of([(HOUR, 7)])), RULES
    ).rows[0]
    assert (row.made, row.good, row.throughput, row.missing) == (None, 7, None, 3)
