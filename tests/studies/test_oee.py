"""OEE against published and hand-checked figures, and what must hold for any history."""

from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import NoCalendar
from andon.model import Calendar, Counts, Output, Products, Rate, Shift, Spells, States, Window
from andon.studies.production.oee import Oee, oee, picture
from andon.units import MINUTE
from naive import naive_oee
from shop import Floor, floors, pieces
from worked import RULES, machine, o1, o2, o4

HOUR_LONG = Window(0, 60 * MINUTE)
DAY = Calendar(HOUR_LONG, (Shift("early", "2026-01-05", HOUR_LONG),))
RUNNING = States.of([(0, 60 * MINUTE, "producing")])
MINUTE_CYCLE = Products({"": (Rate(0, 1.0 * MINUTE, None),)})


def made(total=None, good=None, rejects=None, rework=None, product=None, observed=None):
    counts = (None if n is None else Counts.of([(30 * MINUTE, n)]) for n in (total, good, rejects, rework))
    return Output(HOUR_LONG, *counts, product, observed)


def answer(states=RUNNING, output=None, calendar=DAY, products=MINUTE_CYCLE, rules=RULES) -> Oee:
    return oee(states, made(40, 36) if output is None else output, calendar, products, rules)


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ("planned_operation", 480),
        ("planned_down", 40),
        ("planned_busy", 440),
        ("production", 348),
        ("setup", 22),
        ("delay", 45),
        ("down", 25),
        ("processing", 370),
        ("busy", 415),
    ],
)
def test_o1_times_in_minutes(figure, expected):
    assert getattr(oee(*o1()), figure) == expected * MINUTE


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ("made", 428),
        ("good", 409),
        ("rejects", 8),
        ("rework", 11),
        ("availability", 0.7909090909090909),
        ("effectiveness", 0.9224137931034483),
        ("quality", 0.955607476635514),
        ("oee", 0.6971590909090909),
        ("nee", 0.7412323667711598),
        ("coverage", 1.0),
    ],
)
def test_o1_figures(figure, expected):
    assert getattr(oee(*o1()), figure) == pytest.approx(expected, rel=1e-12)


def test_o1_teep_is_on_all_24_hours_and_ooe_on_the_shift():
    states, output, calendar, products, rules = o1()
    day = Calendar(Window(0, 1440 * MINUTE), calendar.shifts)
    found = oee(states, output, day, products, rules)
    assert found.teep == pytest.approx(0.21302083333333333, rel=1e-12)
    assert found.ooe == pytest.approx(0.75 * 409 / 480, rel=1e-12)


def test_o2_machines_add_up_and_ratios_are_never_averaged():
    one, two = (oee(*arguments) for arguments in o2())
    assert (one.oee, two.oee) == pytest.approx((0.7708333333333334, 0.25), rel=1e-12)
    both = one + two
    assert (both.oee, both.availability, both.effectiveness, both.quality) == pytest.approx(
        (0.6666666666666666, 0.7666666666666667, 0.9456521739130435, 0.9195402298850575), rel=1e-12
    )


def test_o4_the_classic_example():
    found = oee(*o4())
    assert found.good == 19_271 - 423
    assert (found.availability, found.effectiveness, found.quality, found.oee) == pytest.approx(
        (0.888095238095238, 0.8610813226094728, 0.9780499195682631, 0.7479365079365079), rel=1e-12
    )


def test_nothing_planned_is_none_and_nothing_made_is_zero():
    assert answer(calendar=Calendar(HOUR_LONG, (), described=True)).oee is None
    found = answer(output=made(0, 0))
    assert (found.availability, found.effectiveness, found.quality, found.oee) == (1.0, 0.0, None, 0.0)
    stood = answer(States.of([(0, 60 * MINUTE, "fault")]), made(0, 0))
    assert (stood.availability, stood.effectiveness, stood.quality, stood.oee, stood.nee) == (0.0, None, None, 0.0, 0.0)


def test_over_100_percent_is_shown_and_flagged():
    found = answer(output=made(90, 90))
    assert (found.effectiveness, found.oee) == (1.5, 1.5)
    assert any("effectiveness over 100 %" in flag and "wrong master data" in flag for flag in found.flags)


def test_no_calendar_is_said():
    with pytest.raises(NoCalendar):
        answer(calendar=Calendar(HOUR_LONG, ()))


def test_unknown_time_is_in_planned_busy_time_and_never_runs():
    states = States.of([(0, 20 * MINUTE, "producing"), (20 * MINUTE, 60 * MINUTE, "unknown")])
    found = answer(states, made(18, 18))
    assert (found.planned_busy, found.known, found.coverage) == (60 * MINUTE, 20 * MINUTE, 1 / 3)
    assert (found.made, found.made_unknown, found.oee) == (0.0, 18.0, 0.0)
    assert any("18 parts were finished while the state was unknown" in flag for flag in found.flags)


def test_oee_of_known_time_stands_beside_it():
    states = States.of([(0, 40 * MINUTE, "producing"), (40 * MINUTE, 60 * MINUTE, "unknown")])
    found = answer(states, made(30, 30))
    assert (found.oee, found.oee_of_known) == (0.5, 0.75)


def test_parts_outside_planned_time_have_their_own_figures():
    day = Shift("early", "2026-01-05", Window(0, 50 * MINUTE), (Window(0, 10 * MINUTE),))
    counts = Counts.of([(5 * MINUTE, 3), (20 * MINUTE, 4), (55 * MINUTE, 5)])
    found = answer(output=Output(HOUR_LONG, counts, counts), calendar=Calendar(HOUR_LONG, (day,)))
    assert (found.made_planned_down, found.made, found.made_unscheduled) == (3.0, 4.0, 5.0)


@pytest.mark.parametrize(
    ("output", "effectiveness", "quality", "whole"),
    [
        (made(40, 36), 2 / 3, 0.9, 0.6),
        (made(40, None, 4), 2 / 3, 0.9, 0.6),
        (made(None, 36, 4), 2 / 3, 0.9, 0.6),
        (made(40, None, 3, 1), 2 / 3, 0.9, 0.6),
        (made(None, 36), None, None, 0.6),  # rejects are not counted: only their product is known
        (made(40, None), 2 / 3, None, None),  # nobody knows how many were good
    ],
)
def test_from_two_counters_the_third_follows_and_nothing_is_assumed(output, effectiveness, quality, whole):
    found = answer(output=output)
    assert (found.effectiveness, found.quality, found.oee) == pytest.approx((effectiveness, quality, whole))


def test_each_product_has_its_own_ideal_cycle_and_parts_fall_to_the_one_that_is_on():
    product = Spells.of([(0, 20 * MINUTE, "a"), (20 * MINUTE, 60 * MINUTE, "b")])
    counts = Counts.of([(10 * MINUTE, 10), (20 * MINUTE, 20)])
    products = Products({"a": (Rate(0, 60e6, None),), "b": (Rate(0, 90e6, None),)})
    found = answer(output=Output(HOUR_LONG, counts, counts, product=product), products=products)
    assert [(r.product, r.production // MINUTE, r.made) for r in found.rows] == [("a", 20, 10.0), ("b", 40, 20.0)]
    assert found.oee == pytest.approx((10 * 1 + 20 * 1.5) / 60)


def test_an_ideal_cycle_is_valid_from_its_moment():
    rates = Products({"": (Rate(0, 60e6, None), Rate(30 * MINUTE, 30e6, None))})
    counts = Counts.of([(29 * MINUTE, 10), (30 * MINUTE, 10)])
    assert answer(output=Output(HOUR_LONG, counts, counts), products=rates).oee == pytest.approx((10 + 5) / 60)


def test_a_product_nobody_described_has_no_rate():
    product = Spells.of([(0, 60 * MINUTE, "new")])
    found = answer(output=made(40, 36, product=product))
    assert (found.rated, found.unrated, found.effectiveness, found.oee) == (0, 60 * MINUTE, None, None)
    assert found.quality == 0.9
    assert any("no ideal cycle is known for product 'new'" in flag for flag in found.flags)


def test_parts_of_a_gap_are_spread_over_it():
    gap = Counts(np.array([0]), np.array([120 * MINUTE]), np.array([60.0]))
    assert answer(output=Output(HOUR_LONG, gap, gap)).made == 30.0


def test_how_long_the_counters_were_heard_is_told():
    heard = Spells.of([(0, 45 * MINUTE, "")])
    assert answer(output=made(40, 36, observed=heard)).counted == 0.75
    assert answer().counted is None


def test_the_sum_forgets_what_one_part_does_not_know():
    known, unknown = answer(output=made(40, 36)), answer(output=made(None, 36))
    assert ((known + unknown).made, (known + unknown).good) == (None, 72.0)


@given(floors())
def test_it_agrees_with_counting_minutes(floor: Floor):
    found = oee(*floor.arguments)
    spent, runs = naive_oee(*floor.arguments)
    named = {
        "APT": found.production,
        "AUST": found.setup,
        "ADET": found.delay,
        "ADOT": found.down,
        "unknown": found.unknown,
        "planned_down": found.planned_down,
        "unscheduled": found.unscheduled,
    }
    assert {k: v for k, v in named.items() if v} == spent
    assert {(r.product, r.ideal_cycle): [r.production, r.made, r.good] for r in found.rows} == runs


@given(floors())
def test_the_identities_of_the_time_model_hold(floor: Floor):
    found = oee(*floor.arguments)
    assert found.planned_busy == (found.production + found.setup + found.delay + found.down + found.unknown)
    assert found.calendar_time == floor.calendar.window.duration
    whole = floor.output.total.within(floor.calendar.window).total
    assert found.made + found.made_unknown + found.made_planned_down + found.made_unscheduled == whole
    if found.oee is not None:
        assert found.oee == pytest.approx(found.ideal_good / found.planned_busy)
    if None not in (found.oee, found.quality, found.effectiveness) and found.ideal_made:
        assert found.oee == pytest.approx(found.availability * found.effectiveness * found.quality)
        assert found.nee >= found.oee * (1 - 1e-12)
    if found.oee:
        assert found.teep <= found.ooe <= found.oee <= found.oee_of_known


@given(floors(), st.lists(st.integers(0, 180 * MINUTE), max_size=5))
def test_the_pieces_of_a_window_add_up_to_it_exactly(floor: Floor, cuts):
    parts = [oee(*f.arguments) for f in map(floor.seen, pieces(floor.calendar.window, cuts))]
    assert reduce(add, parts) == oee(*floor.arguments)


@given(floors(), floors(), floors())
def test_machines_add_up_in_any_order(a: Floor, b: Floor, c: Floor):
    one, two, three = (oee(*f.arguments) for f in (a, b, c))
    assert (one + two) + three == three + (two + one)


def test_the_picture_takes_the_losses_off_planned_time():
    kind = oee(*o1())
    assert picture(kind).column("amount")[0] == 440.0
    assert picture(kind).column("amount")[-1] == pytest.approx(306.75)
    assert picture(oee(*machine(60, 60, ideal=1.0, made=90, good=90))).column("amount")[-1] == pytest.approx(90)
