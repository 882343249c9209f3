"""Time by state, without any calendar."""

from functools import reduce
from itertools import pairwise
from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import BadQuestion
from andon.model import Calendar, State, States, Window
from andon.studies.production.states import picture, states
from andon.units import MINUTE
from shop import Floor, floors, pieces


def test_neighbours_of_one_state_are_one_spell():
    rows = [(0, 5, "fault"), (5, 10, "fault"), (10, 20, "producing")]
    found = states(States.of(rows))
    assert [(s.since, s.until, s.state) for s in found.spells] == [(0, 10, "fault"), (10, 20, "producing")]
    assert [(r.state, r.micros, r.spells) for r in found.rows] == [("fault", 10, 1), ("producing", 10, 1)]


def test_reasons_tell_spells_apart_and_the_longest_comes_first():
    found = states(States.of([(0, 5, "fault"), (5, 20, "fault")], ["jam", "tool"]))
    assert [(r.reason, r.micros, r.share) for r in found.rows] == [("tool", 15, 0.75), ("jam", 5, 0.25)]


def test_a_spell_counts_where_it_began_and_its_time_where_it_was():
    history = States.of([(0, 60, "producing"), (60, 100, "fault")])
    early, late = (states(history, Calendar(w, ())) for w in (Window(0, 80), Window(80, 100)))
    assert [(r.state, r.micros, r.spells) for r in early.rows] == [("producing", 60, 1), ("fault", 20, 1)]
    assert [(r.state, r.micros, r.spells) for r in late.rows] == [("fault", 20, 0)]
    assert late.spells[0].began == 60


def test_time_that_nobody_spoke_of_is_unknown():
    found = states(States.of([(10, 20, "producing")]), Calendar(Window(0, 40), ()))
    assert (found.time, found.known, found.coverage) == (40, 10, 0.25)
    assert (found.producing, found.producing_of_known) == (0.25, 1.0)


def test_short_spells_may_be_left_out_of_the_list_but_stay_in_the_sums():
    rows = [(0, 60 * MINUTE, "producing"), (60 * MINUTE, 61 * MINUTE, "fault"), (61 * MINUTE, 90 * MINUTE, "producing")]
    found = states(States.of(rows), shortest=120.0)
    assert [s.state for s in found.spells] == [State.PRODUCING, State.PRODUCING]
    assert found.spent(State.FAULT) == MINUTE


def test_nothing_is_an_answer_too():
    assert states(States.of([])).rows == ()


@given(floors(), st.lists(st.integers(0, 180 * MINUTE), max_size=5))
def test_the_pieces_of_a_window_add_up_to_it_exactly(floor: Floor, cuts):
    asked = [states(floor.states, Calendar(w, ())) for w in pieces(floor.calendar.window, cuts)]
    whole = states(floor.states, floor.calendar)
    assert reduce(add, asked) == reduce(add, reversed(asked)) == whole
    assert sum(r.micros for r in whole.rows) == whole.time == floor.calendar.window.duration


@given(floors(), st.integers(0, 180 * MINUTE))
def test_two_machines_cut_alike_add_up_to_their_sum(floor: Floor, cut):
    """Two machines with the same history are the hardest case: their pieces look alike."""
    asked = [states(floor.states, Calendar(w, ())) for w in pieces(floor.calendar.window, [cut])]
    whole = states(floor.states, floor.calendar)
    assert reduce(add, [*asked, *asked]) == whole + whole


def test_the_picture_is_a_timeline():
    drawn = picture(states(States.of([(0, 5, "fault"), (5, 9, "producing")])))
    assert drawn.column("text") == ("fault", "producing")


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_its_row(state):
    assert states(States.of([(0, 5, state)])).rows[0].state is state


def test_several_machines_at_once_are_not_painted_onto_one_lane():
    one, other = (states(States.of([(0, 50, s), (50, 90, "setup")])) for s in ("producing", "fault"))
    with pytest.raises(BadQuestion, match="Ask for one machine"):
        picture(one + other)


def test_windows_of_one_machine_after_each_other_are_still_one_lane():
    history = States.of([(0, 60, "producing"), (60, 100, "fault")])
    early, late = (states(history, Calendar(w, ())) for w in (Window(0, 80), Window(80, 100)))
    assert [r[1:3] for r in picture(early + late).rows] == [(0, 60), (60, 100)]


def test_a_timeline_of_many_spells_stays_small_and_says_so():
    """A stop of one minute in every ten for a month, and one long stop, which stays a box of its own."""
    rows = [(10 * i, 10 * i + 9, "producing") for i in range(5000)]
    rows += [(10 * i + 9, 10 * i + 10, "fault") for i in range(5000)] + [(50_000, 60_000, "maintenance_planned")]
    found = picture(states(States.of(sorted(rows))))
    boxes = [r[1:] for r in found.rows]
    assert len(boxes) <= 2000
    assert found.subtitle
    assert boxes[-1] == (50_000, 60_000, "maintenance_planned")
    assert {text for *_, text in boxes[:-1]} == {"producing"}
    assert (boxes[0][0], boxes[-1][1]) == (0, 60_000)
    assert all(a[1] == b[0] for a, b in pairwise(boxes))


def test_a_timeline_of_few_spells_shows_each():
    found = picture(states(States.of([(0, 1, "fault"), (1, 100_000, "producing")])))
    assert (len(found.rows), found.subtitle) == (2, "")
