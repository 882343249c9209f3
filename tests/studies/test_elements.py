"""Every instant is in one element, whatever is cut and however."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import NoCalendar
from andon.model import Calendar, Element, Loss, Reason, Shift, State, States, StopRules, Window
from andon.studies.production.elements import ELEMENTS, LOSSES, elements, split
from andon.units import MINUTE
from naive import minutes
from shop import Floor, floors, pieces

RULES = StopRules({}, {}, {}, 5 * MINUTE)
HOUR_LONG = Window(0, 60 * MINUTE)


def shift(since=0, until=60, breaks=()):
    return Shift("early", "2026-01-05", Window(since * MINUTE, until * MINUTE), breaks)


def classified(rows, shifts=None, rules=RULES, reasons=None, ordered=None):
    made = States.of([(s * MINUTE, u * MINUTE, x) for s, u, x in rows], reasons)
    made = States(made.window, made.since, made.until, made.state, made.said, made.reason, ordered)
    leaves = elements(made, Calendar(HOUR_LONG, (shift(),) if shifts is None else shifts), rules)
    return [(s // MINUTE, u // MINUTE, e.value, x.value) for s, u, e, x in leaves.rows()]


@pytest.mark.parametrize(
    ("state", "without", "with_order"),
    [
        ("producing", "APT", "APT"),
        ("setup", "AUST", "AUST"),
        ("fault", "ADET", "ADET"),
        ("held_operator", "ADET", "ADET"),
        ("starved", "ADOT", "ADET"),
        ("blocked", "ADOT", "ADET"),
        ("idle_no_order", "ADOT", "ADOT"),
        ("off", "ADOT", "ADOT"),
        ("maintenance_planned", "planned_down", "planned_down"),
        ("unknown", "unknown", "unknown"),
    ],
)
def test_a_state_is_an_element_and_waiting_depends_on_the_order(state, without, with_order):
    assert classified([(0, 60, state)])[0][2] == without
    assert classified([(0, 60, state)], ordered=(False,))[0][2] == without
    assert classified([(0, 60, state)], ordered=(True,))[0][2] == with_order


def test_the_plant_may_say_otherwise():
    rules = StopRules({State.STARVED: Element.DELAY}, {State.STARVED: Loss.IDLE}, {}, 5 * MINUTE)
    assert classified([(0, 60, "starved")], rules=rules) == [(0, 60, "ADET", "idle")]


@pytest.mark.parametrize(("length", "loss"), [(4, "minor_stop"), (5, "breakdown"), (6, "breakdown")])
def test_a_stop_shorter_than_the_threshold_is_minor(length, loss):
    assert classified([(0, 10, "producing"), (10, 10 + length, "fault"), (10 + length, 60, "producing")])[1][3] == loss


def test_the_full_length_of_a_stop_decides_wherever_shift_and_window_are_cut():
    """A fault of 20 minutes, of which the shift sees 3 and the window 2."""
    rows = [(-30, -10, "fault"), (-10, 57, "producing"), (57, 77, "fault")]
    assert classified(rows) == [(0, 57, "APT", "productive"), (57, 60, "ADET", "breakdown")]
    cut = classified(rows, (shift(0, 59),))
    assert cut[1:] == [(57, 59, "ADET", "breakdown"), (59, 60, "unscheduled", "breakdown")]


def test_reasons_that_split_a_stop_do_not_make_minor_stops_of_it():
    rows = [(0, 10, "producing"), (10, 13, "fault"), (13, 40, "fault"), (40, 60, "producing")]
    assert [r[3] for r in classified(rows, reasons=["", "a", "b", ""])[1:3]] == ["breakdown", "breakdown"]


@pytest.mark.parametrize(
    ("reason", "element", "loss"),
    [
        (Reason("x", "", element=Element.DOWN), "ADOT", "idle"),
        (Reason("x", "", element=Element.SETUP), "AUST", "setup"),
        (Reason("x", "", loss=Loss.DELAY), "ADET", "delay"),
        (Reason("x", "", element=Element.DELAY, loss=Loss.SETUP), "ADET", "setup"),
        (Reason("x", ""), "ADET", "breakdown"),
    ],
)
def test_a_reason_wins_over_the_state(reason, element, loss):
    rules = StopRules({}, {}, {"x": reason}, 5 * MINUTE)
    assert classified([(0, 9, "fault"), (9, 60, "producing")], rules=rules, reasons=["x", ""])[0][2:] == (element, loss)


def test_a_short_stop_is_minor_whatever_its_state_and_reason():
    rules = StopRules({}, {}, {"x": Reason("x", "", loss=Loss.BREAKDOWN)}, 5 * MINUTE)
    assert classified([(0, 3, "fault"), (3, 60, "producing")], rules=rules, reasons=["x", ""])[0][3] == "minor_stop"


def test_a_reason_inherits_from_its_parents():
    food = Reason("food", "", parent="stop", loss=Loss.DELAY)
    rules = StopRules({}, {}, {"stop": Reason("stop", "", element=Element.DOWN), "food": food}, 5 * MINUTE)
    assert classified([(0, 60, "fault")], rules=rules, reasons=["food"]) == [(0, 60, "ADOT", "delay")]


def test_a_reason_given_afterwards_tells_what_unknown_time_was_but_never_that_it_ran():
    rules = StopRules({}, {}, {"power": Reason("power", "", element=Element.DELAY, loss=Loss.BREAKDOWN)}, 0)
    assert classified([(0, 60, "unknown")], rules=rules, reasons=["power"]) == [(0, 60, "ADET", "breakdown")]
    assert classified([(0, 60, "producing")], rules=rules, reasons=["power"]) == [(0, 60, "APT", "productive")]


def test_a_break_outside_the_shift_does_not_lower_planned_time():
    stretch = Window(50 * MINUTE, 70 * MINUTE)
    leaves = classified([(0, 60, "producing")], (shift(0, 55, (stretch,)),))
    assert [r[:3] for r in leaves] == [(0, 50, "APT"), (50, 55, "planned_down"), (55, 60, "unscheduled")]


def test_time_that_nobody_spoke_of_is_unknown():
    assert [r[:3] for r in classified([(10, 20, "producing")])] == [
        (0, 10, "unknown"),
        (10, 20, "APT"),
        (20, 60, "unknown"),
    ]


def test_without_a_calendar_there_is_no_planned_time_and_it_is_said_plainly():
    states = States.of([(0, 60 * MINUTE, "producing")])
    with pytest.raises(NoCalendar, match=r"No shift is planned.*Describe shifts in plant\.toml"):
        elements(states, Calendar(HOUR_LONG, ()), RULES)


def test_a_free_day_of_a_plant_with_shifts_is_unscheduled():
    states = States.of([(0, 60 * MINUTE, "producing")])
    leaves = elements(states, Calendar(HOUR_LONG, (), described=True), RULES)
    assert leaves.total(Element.UNSCHEDULED) == 60 * MINUTE


@given(floors())
def test_elements_tile_the_window_and_agree_with_counting_minutes(floor: Floor):
    leaves = elements(floor.states, floor.calendar, floor.rules)
    assert leaves.edges[0] == floor.calendar.window.since
    assert (leaves.duration > 0).all()
    assert sum(leaves.total(e) for e in Element) == floor.calendar.window.duration
    expected = Counter()
    for _, element, loss, _ in minutes(floor.states, floor.calendar, floor.rules):
        expected[element, loss] += MINUTE
    found = Counter()
    for since, until, element, loss in leaves.rows():
        found[element.value, loss.value] += until - since
    assert found == expected


@given(floors(), st.lists(st.integers(0, 180 * MINUTE), max_size=5))
def test_no_cut_changes_what_an_instant_is(floor: Floor, cuts):
    whole = elements(floor.states, floor.calendar, floor.rules)
    moments = np.array(sorted(c for c in cuts), np.int64)
    fine = split(whole, [moments])
    parts = [elements(f.states, f.calendar, f.rules) for f in map(floor.seen, pieces(floor.calendar.window, cuts))]
    assert [list(map(str, r)) for p in parts for r in p.rows()] == [list(map(str, r)) for r in fine.rows()]
    assert sum(int(p.begins.sum()) for p in parts) == int(whole.begins.sum())
    assert sum(int(p.fails.sum()) for p in parts) == int(whole.fails.sum())


def test_codes_stand_for_themselves():
    assert [e.value for e in ELEMENTS][:4] == ["APT", "AUST", "ADET", "ADOT"]
    assert LOSSES[0] is Loss.PRODUCTIVE
