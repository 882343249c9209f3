"""The life of an alarm, move by move, as the diagram of ISA-18.2 / IEC 62682 has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.watch.alarms.life import HIDDEN, Event, Life, Stage

A, B, C, D = Stage.NORMAL, Stage.UNACKNOWLEDGED, Stage.ACKNOWLEDGED, Stage.RETURNED
E, F = Stage.LATCHED_UNACKNOWLEDGED, Stage.LATCHED
G, H, I = Stage.SHELVED, Stage.SUPPRESSED, Stage.OUT_OF_SERVICE  # noqa: E741  (the diagram's own letters)
UP, DOWN, ACK, RESET = Event.RAISE, Event.RETURN, Event.ACKNOWLEDGE, Event.RESET


def after(steps: list[object], *, latching: bool = False) -> Stage:
    """Events happen, a stage hides, a stage with a minus sign before it shows again."""
    life = Life(latching)
    for step in steps:
        if isinstance(step, tuple):
            life.show(step[1])
        elif isinstance(step, Stage):
            life.hide(step)
        else:
            life.happens(step)
    return life.stage


@pytest.mark.parametrize(
    ("steps", "stage"),
    [
        ([], A),
        ([UP], B),
        ([UP, ACK], C),
        ([UP, ACK, DOWN], A),
        ([UP, DOWN], D),
        ([UP, DOWN, ACK], A),
        ([UP, DOWN, UP], B),  # re-alarm
        ([UP, ACK, DOWN, UP], B),
        ([ACK], A),
        ([UP, RESET], B),
        ([G], G),
        ([UP, G], G),
        ([UP, G, ("-", G)], B),
        ([UP, ACK, G, ("-", G)], B),  # seen again, so acknowledged again
        ([UP, G, DOWN, ("-", G)], A),
        ([G, UP, ("-", G)], B),
        ([UP, DOWN, H, ("-", H)], A),
        ([UP, H], H),
        ([UP, I], I),
        ([UP, G, ACK, ("-", G)], B),  # nobody acknowledges what nobody sees
        ([UP, H, G], G),
        ([UP, H, G, ("-", G)], H),
        ([UP, H, G, I], I),
        ([UP, H, G, I, ("-", I), ("-", G), ("-", H)], B),
    ],
)
def test_each_move_leads_where_the_diagram_says(steps: list[object], stage: Stage) -> None:
    assert after(steps) is stage


@pytest.mark.parametrize(
    ("steps", "stage"),
    [
        ([UP, DOWN], E),
        ([UP, ACK, DOWN], F),
        ([UP, DOWN, ACK], F),
        ([UP, DOWN, RESET], D),
        ([UP, DOWN, RESET, ACK], A),
        ([UP, DOWN, ACK, RESET], A),
        ([UP, ACK, DOWN, UP], B),
        ([UP, DOWN, UP], B),
        ([UP, ACK, RESET, DOWN], F),  # what is still on cannot be reset
        ([UP, G, DOWN, ("-", G)], E),  # shelving does not let go of it
        ([UP, DOWN, ACK, RESET, G, ("-", G)], A),
    ],
)
def test_a_latching_alarm_stays_until_it_is_reset(steps: list[object], stage: Stage) -> None:
    assert after(steps, latching=True) is stage


STEPS = st.lists(
    st.sampled_from([UP, DOWN, ACK, RESET]) | st.sampled_from(HIDDEN) | st.sampled_from([("-", h) for h in HIDDEN])
)


@given(STEPS, st.booleans())
def test_whatever_happens_what_people_see_agrees_with_the_process(steps: list[object], latching: bool) -> None:
    life = Life(latching)
    for step in steps:
        if isinstance(step, tuple):
            life.show(step[1])
        elif isinstance(step, Stage):
            life.hide(step)
        else:
            life.happens(step)
            if isinstance(step, Event) and step in (UP, DOWN):
                assert life.active is (step is UP)
        assert (life.stage in HIDDEN) is bool(life.hidden)
        if not life.hidden:
            assert (life.stage in (B, C)) is life.active
            assert latching or life.stage not in (E, F)
