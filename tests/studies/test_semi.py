"""SEMI E10 states and E79 efficiencies, on total time."""

from functools import reduce
from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import NoCalendar
from andon.model import (
    Calendar,
    Counts,
    Element,
    Output,
    Products,
    Rate,
    Reason,
    Shift,
    State,
    States,
    StopRules,
    Window,
)
from andon.studies.production.semi import E10, OF_STATE, oee_semi, picture
from andon.units import HOUR, MINUTE
from shop import Floor, floors, pieces

DAY_LONG = Window(0, 24 * HOUR)
RULES = StopRules({}, {}, {}, 0)
CALENDAR = Calendar(DAY_LONG, (Shift("day", "2026-01-05", Window(0, 20 * HOUR)),))

HOURS = [  # hours of a day of one tool, with the E10 state of each
    (0, 12, "producing"),  # PRD 12
    (12, 15, "idle_no_order"),  # SBY 3
    (15, 16, "held_operator"),  # ENG 1, by its reason
    (16, 18, "maintenance_planned"),  # SDT 2
    (18, 20, "fault"),  # UDT 2
    (20, 24, "off"),  # NST 4
]


def day():
    """A tool that makes 20 units an hour at best: 180 units, 162 of them good."""
    states = States.of([(s * HOUR, u * HOUR, x) for s, u, x in HOURS], ["", "", "trial", "", "", ""])
    output = Output(DAY_LONG, Counts.of([(HOUR, 180)]), Counts.of([(HOUR, 162)]))
    return states, output, CALENDAR, Products({"": (Rate(0, 3.0 * MINUTE, None),)}), RULES


def test_total_time_is_in_six_states():
    found = oee_semi(*day(), engineering="trial, other")
    names = ("productive", "standby", "engineering", "scheduled_down", "unscheduled_down", "nonscheduled")
    assert [getattr(found, n) // HOUR for n in names] == [12, 3, 1, 2, 2, 4]
    assert (found.operations // HOUR, found.uptime // HOUR, found.total_time // HOUR) == (20, 16, 24)


def test_oee_is_the_product_of_the_four_efficiencies_on_total_time():
    """E79 by hand: 16/24 x 12/16 x 9/12 x 8.1/9 = 8.1/24."""
    found = oee_semi(*day(), engineering="trial")
    factors = (
        found.availability_efficiency,
        found.operational_efficiency,
        found.rate_efficiency,
        found.quality_efficiency,
    )
    assert factors == pytest.approx((16 / 24, 12 / 16, 9 / 12, 8.1 / 9))
    assert found.oee == pytest.approx(8.1 / 24)
    assert "total time" in found.base


def test_uptime_and_utilization():
    found = oee_semi(*day(), engineering="trial")
    assert (found.operational_uptime, found.operational_utilization, found.total_utilization) == pytest.approx(
        (16 / 20, 12 / 20, 12 / 24)
    )
    assert found.failures == 1


def test_without_a_name_for_it_there_is_no_engineering_time():
    assert oee_semi(*day()).engineering == 0


def test_production_outside_the_shifts_is_productive():
    states = States.of([(0, 20 * HOUR, "idle_no_order"), (20 * HOUR, 24 * HOUR, "producing")])
    found = oee_semi(states, *day()[1:])
    assert (found.productive, found.nonscheduled) == (4 * HOUR, 0)


def test_a_reason_for_planned_maintenance_is_scheduled_downtime_and_a_break_is_not():
    service = {"service": Reason("service", "", element=Element.PLANNED_DOWN)}
    states = States.of([(0, 10 * HOUR, "idle_no_order"), (10 * HOUR, 24 * HOUR, "idle_no_order")], ["service", ""])
    pause = Calendar(DAY_LONG, (Shift("day", "2026-01-05", DAY_LONG, (Window(12 * HOUR, 13 * HOUR),)),))
    found = oee_semi(states, day()[1], pause, day()[3], StopRules({}, {}, service, 0))
    assert (found.scheduled_down, found.standby) == (10 * HOUR, 14 * HOUR)


def test_every_state_has_an_e10_state():
    assert set(OF_STATE) == set(State)
    assert set(OF_STATE.values()) | {E10.ENGINEERING, E10.NONSCHEDULED} == set(E10)


def test_no_calendar_is_said():
    with pytest.raises(NoCalendar):
        oee_semi(*day()[:2], Calendar(DAY_LONG, ()), *day()[3:])


@given(floors(), st.lists(st.integers(0, 180 * MINUTE), max_size=5))
def test_the_pieces_of_a_window_add_up_to_it_exactly(floor: Floor, cuts):
    asked = [oee_semi(*f.arguments) for f in map(floor.seen, pieces(floor.calendar.window, cuts))]
    whole = oee_semi(*floor.arguments)
    assert reduce(add, asked) == whole
    assert whole.total_time == floor.calendar.window.duration


def test_the_picture_shows_the_hours():
    assert sum(picture(oee_semi(*day())).column("amount")) == pytest.approx(24)
