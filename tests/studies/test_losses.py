"""Losses against hand-checked figures; they sum to planned busy time, whatever the history."""

from dataclasses import replace
from functools import reduce
from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.model import (
    Calendar,
    Counts,
    Element,
    Loss,
    Output,
    Products,
    Rate,
    Shift,
    Spells,
    States,
    StopRules,
    Window,
)
from andon.studies.production.losses import losses, losses_of, picture
from andon.studies.production.oee import oee
from andon.units import MINUTE
from naive import naive_losses
from shop import Floor, floors, pieces
from worked import RULES, o1, o2

HOUR_LONG = Window(0, 60 * MINUTE)
DAY = Calendar(HOUR_LONG, (Shift("early", "2026-01-05", HOUR_LONG),))
RUNNING = States.of([(0, 60 * MINUTE, "producing")])
MINUTE_CYCLE = Products({"": (Rate(0, 1.0 * MINUTE, None),)})


def counted(*parts):
    """Total, good, rejects and rework, None where they are not counted."""
    counts = [None if n is None else Counts.of([(30 * MINUTE, n)]) for n in (*parts, None)[:4]]
    return Output(HOUR_LONG, *counts)


@pytest.mark.parametrize(
    ("loss", "minutes"),
    [
        (Loss.BREAKDOWN, 38),
        (Loss.SETUP, 22),
        (Loss.MINOR_STOP, 7),
        (Loss.IDLE, 25),
        (Loss.SPEED, 27),
        (Loss.DEFECTS, 14.25),
        (Loss.PRODUCTIVE, 306.75),
    ],
)
def test_o1_losses_in_minutes(loss, minutes):
    assert losses(*o1()).total(loss) == minutes * MINUTE


def test_o1_rows_sum_to_planned_busy_time_and_are_ranked():
    found = losses(*o1())
    assert found.planned_busy == sum(r.micros for r in found.rows) == 440 * MINUTE
    assert [r.loss for r in found.rows] == [
        "productive",
        "breakdown",
        "speed",
        "setup",
        "idle",
        "defects",
        "idle",
        "minor_stop",
    ]


def test_o1_parts_not_made_are_time_over_ideal_cycle_and_scrap_is_what_was_scrapped():
    parts = {(r.loss, r.reason): r.parts for r in losses(*o1()).rows}
    assert parts[Loss.BREAKDOWN, ""] == pytest.approx(38 / 0.75)
    assert parts[Loss.DEFECTS, ""] == 428 - 409
    assert parts[Loss.PRODUCTIVE, ""] == 409


def test_money_is_the_value_of_parts_or_of_the_hour():
    states, output, calendar, products, rules = o1()
    by_parts = {r.loss: r.money for r in losses(states, output, calendar, products, rules).rows}
    assert by_parts[Loss.BREAKDOWN] == pytest.approx(38 / 0.75 * 4.0)
    assert by_parts[Loss.DEFECTS] == 19 * 4.0
    assert by_parts[Loss.PRODUCTIVE] == 0.0
    hourly = StopRules(rules.elements, rules.losses, rules.reasons, rules.minor_stop, hour_value=60.0)
    by_hour = {r.loss: r.money for r in losses(states, output, calendar, products, hourly).rows}
    assert by_hour[Loss.BREAKDOWN] == pytest.approx(38.0)
    assert by_hour[Loss.DEFECTS] == 19 * 4.0


@pytest.mark.parametrize(
    ("hour", "counts", "money"),
    [
        (None, (40, None, 3, 2), 12.0),  # three rejects at 4.00; nobody prices the time of the two that are reworked
        (60.0, (40, None, 3, 2), 14.0),  # a minute each at 60.00 an hour
        (60.0, (40, None, 0, 2), 2.0),
        (None, (40, None, 0, 2), None),
        (60.0, (40, 37, 3, 2), 12.0),  # what was reworked came back as good: it is not among those that were not good
    ],
)
def test_rework_costs_its_time_and_no_part(hour, counts, money):
    products = Products({"": [Rate(0, 1.0 * MINUTE, 4.0)]})
    rules = StopRules(RULES.elements, RULES.losses, RULES.reasons, RULES.minor_stop, hour_value=hour)
    found = losses(RUNNING, counted(*counts), DAY, products, rules)
    assert {r.loss: r.money for r in found.rows}[Loss.DEFECTS] == money


def test_what_nothing_prices_has_no_money():
    found = losses(RUNNING, counted(40, 36), DAY, MINUTE_CYCLE, RULES)
    assert [r.money for r in found.rows if r.loss is not Loss.PRODUCTIVE] == [None, None]
    assert found.money_lost == 0.0


def test_too_fast_is_a_negative_speed_loss_and_flagged():
    found = losses(RUNNING, counted(90, 90), DAY, MINUTE_CYCLE, RULES)
    assert (found.productive, found.speed, found.planned_busy) == (90 * MINUTE, -30 * MINUTE, 60 * MINUTE)
    assert any("wrong master data" in flag for flag in found.flags)


def test_without_an_ideal_cycle_running_time_is_unrated():
    found = losses(RUNNING, counted(40, 36), DAY, Products({}), RULES)
    assert [(r.loss, r.micros, r.parts) for r in found.rows] == [(Loss.UNRATED, 60 * MINUTE, None)]


def test_unknown_time_is_a_class_of_its_own_without_parts():
    states = States.of([(0, 20 * MINUTE, "producing"), (20 * MINUTE, 60 * MINUTE, "unknown")])
    row = next(r for r in losses(states, counted(0, 0), DAY, MINUTE_CYCLE, RULES).rows if r.loss is Loss.UNKNOWN)
    assert (row.element, row.micros, row.parts, row.money) == (Element.UNKNOWN, 40 * MINUTE, None, None)


def test_where_only_good_parts_are_counted_speed_holds_the_defects_and_says_so():
    found = losses(RUNNING, counted(None, 36), DAY, MINUTE_CYCLE, RULES)
    assert (found.productive, found.speed, found.defects) == (36 * MINUTE, 24 * MINUTE, 0)
    assert any("effectiveness and quality cannot be told apart" in flag for flag in found.flags)


def test_where_only_all_parts_are_counted_nobody_knows_what_was_productive():
    found = losses(RUNNING, counted(40), DAY, MINUTE_CYCLE, RULES)
    assert (found.productive, found.unknown, found.speed) == (0, 40 * MINUTE, 20 * MINUTE)


@pytest.mark.parametrize(
    ("total", "good"),
    [
        (None, [(20, 1), (40, 20)]),
        ([(15, 3), (20, 1), (40, 20), (50, 2)], None),  # good parts follow from all parts and rejects
    ],
)
def test_rejects_between_a_setup_and_the_first_good_part_are_startup_loss(total, good):
    states = States.of([(0, 10 * MINUTE, "setup"), (10 * MINUTE, 60 * MINUTE, "producing")])
    counts = (n and Counts.of((at * MINUTE, parts) for at, parts in n) for n in (total, good, [(15, 3), (50, 2)]))
    found = losses(states, Output(HOUR_LONG, *counts), DAY, MINUTE_CYCLE, RULES)
    assert (found.startup, found.defects) == (3 * MINUTE, 2 * MINUTE)
    assert found.planned_busy == 60 * MINUTE


def test_splitting_a_stop_by_reasons_keeps_its_total():
    rows = [(0, 20 * MINUTE, "producing"), (20 * MINUTE, 40 * MINUTE, "fault"), (40 * MINUTE, 60 * MINUTE, "producing")]
    halves = [rows[0], (20 * MINUTE, 22 * MINUTE, "fault"), (22 * MINUTE, 40 * MINUTE, "fault"), rows[2]]
    whole = losses(States.of(rows), counted(9, 9), DAY, MINUTE_CYCLE, RULES)
    parts = losses(States.of(halves, ["", "jam", "tool", ""]), counted(9, 9), DAY, MINUTE_CYCLE, RULES)
    assert parts.total(Loss.BREAKDOWN) == whole.total(Loss.BREAKDOWN) == 20 * MINUTE
    assert {r.reason: r.micros // MINUTE for r in parts.rows if r.loss is Loss.BREAKDOWN} == {"jam": 2, "tool": 18}


def test_each_product_bears_its_own_losses():
    product = Spells.of([(0, 20 * MINUTE, "a"), (20 * MINUTE, 60 * MINUTE, "b")])
    counts = Counts.of([(10 * MINUTE, 10), (30 * MINUTE, 20)])
    products = Products({"a": (Rate(0, 60e6, None),), "b": (Rate(0, 90e6, None),)})
    found = losses(RUNNING, Output(HOUR_LONG, counts, counts, product=product), DAY, products, RULES)
    speed = {r.product: r.micros // MINUTE for r in found.rows if r.loss is Loss.SPEED}
    assert speed == {"a": 10, "b": 10}


def test_a_stop_counts_where_it_began():
    states = States.of(
        [
            (-5 * MINUTE, 5 * MINUTE, "fault"),
            (5 * MINUTE, 50 * MINUTE, "producing"),
            (50 * MINUTE, 90 * MINUTE, "fault"),
        ]
    )
    rules = StopRules({}, {}, {}, 0)
    found = losses(states, counted(9, 9), DAY, MINUTE_CYCLE, rules)
    assert [(r.stops, r.micros // MINUTE) for r in found.rows if r.loss is Loss.BREAKDOWN] == [(1, 15)]


@given(floors())
def test_losses_agree_with_counting_minutes_and_sum_to_planned_busy_time(floor: Floor):
    rows = losses_of(*floor.arguments)
    found = {(r.loss.value, r.element.value, r.reason, r.product): r.micros for r in rows}
    assert found == naive_losses(*floor.arguments)
    assert sum(found.values()) == oee(*floor.arguments).planned_busy


@given(floors(), st.lists(st.integers(0, 180 * MINUTE), max_size=5))
def test_the_pieces_of_a_window_add_up_to_it_exactly(floor: Floor, cuts):
    parts = [losses(*f.arguments) for f in map(floor.seen, pieces(floor.calendar.window, cuts))]
    assert reduce(add, parts) == losses(*floor.arguments)


@given(floors(), st.lists(st.integers(0, 180 * MINUTE), max_size=5))
def test_startup_rejects_do_not_depend_on_where_a_window_is_cut(floor: Floor, cuts):
    total, good = floor.output.total, floor.output.good
    rejects = Counts(total.since, total.at, total.count - good.count)
    floor = replace(floor, output=replace(floor.output, total=None, rejects=rejects))
    parts = [losses(*f.arguments) for f in map(floor.seen, pieces(floor.calendar.window, cuts))]
    whole = losses(*floor.arguments)
    assert reduce(add, parts) == whole
    assert sum(r.micros for r in whole.rows) == whole.planned_busy == oee(*floor.arguments).planned_busy


@given(floors(), floors(), floors())
def test_machines_add_up_in_any_order(a: Floor, b: Floor, c: Floor):
    one, two, three = (losses(*f.arguments) for f in (a, b, c))
    assert (one + two) + three == three + (two + one)


def test_o2_the_losses_of_a_line_are_those_of_its_machines():
    one, two = (losses(*arguments) for arguments in o2())
    assert (one + two).planned_busy == 600 * MINUTE
    assert (one + two).productive == (370 + 30) * MINUTE


def test_the_picture_ends_at_productive_time():
    assert picture(losses(*o1())).column("amount")[-1] == pytest.approx(306.75)
