"""Parts and yields against hand-checked figures."""

from functools import reduce
from itertools import pairwise
from math import exp
from operator import add

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import BadQuestion
from andon.model import Calendar, Counts, Output, Spells, Window
from andon.studies.production.counts import counts, throughput_yield
from andon.studies.production.made import counted
from andon.units import MINUTE
from shop import Floor, floors, pieces

HOUR_LONG = Window(0, 60 * MINUTE)


def made(total=None, good=None, rejects=None, rework=None, **other):
    return Output(
        HOUR_LONG, *(None if n is None else Counts.of([(MINUTE, n)]) for n in (total, good, rejects, rework)), **other
    )


def test_o1_yields():
    """oee_expected.json, "shift": PQ 428, GQ 409, SQ 8, RQ 11."""
    found = counts(made(428, 409, 8, 11))
    assert (found.quality, found.first_pass_yield, found.scrap_ratio, found.rework_ratio) == pytest.approx(
        (0.955607476635514, 0.955607476635514, 0.018691588785046728, 0.02570093457943925), rel=1e-12
    )
    assert found.flags == ()


def test_o5_rolled_throughput_yield_is_the_product_of_the_steps():
    """oee_expected.json, "rty": .98 x .95 x .99 x .92."""
    line = {f"line-1/step-{i}": made(1000, good) for i, good in enumerate((980, 950, 990, 920))}
    found = throughput_yield(line)
    assert found.rolled == pytest.approx(0.8479547999999999, rel=1e-12)
    assert found.final == 0.92
    assert [s.machine for s in found.rows] == list(line)


def test_a_step_that_nobody_inspects_leaves_the_line_without_a_yield():
    assert throughput_yield({"a": made(10, 9), "b": made(None, 9)}).rolled is None
    assert throughput_yield({}).rolled is None


@pytest.mark.parametrize(
    ("output", "total", "good", "first_pass"),
    [
        (made(100, 90), 100, 90, 90),
        (made(100, None, 10), 100, 90, 90),
        (made(None, 90, 10), 100, 90, 90),
        (made(100, None, 6, 4), 100, 90, 90),
        (made(100, 94, 6, 4), 100, 94, 90),  # reworked parts come back as good ones: still not good at the first try
        (made(None, 90), None, 90, 90),
        (made(100), 100, None, None),
    ],
)
def test_from_two_counters_the_third_follows_and_nothing_is_assumed(output, total, good, first_pass):
    found = counts(output)
    assert (found.made, found.good, found.first_pass) == (total, good, first_pass)


def test_defects_per_unit_and_per_million_opportunities():
    """10 defects in 1000 parts with 5 opportunities each."""
    found = counts(made(1000, 990), opportunities=5)
    assert found.defects_per_unit == 0.01
    assert found.defects_per_million == pytest.approx(2000)
    assert found.poisson_yield == pytest.approx(exp(-0.01))
    with pytest.raises(BadQuestion, match="at least 1 chance"):
        counts(made(1000, 990), opportunities=0)


def test_nothing_made_has_no_yield():
    assert (counts(made(0, 0)).quality, counts(made(0, 0)).first_pass_yield) == (None, None)


def test_what_is_assumed_is_said():
    assert "rework is not counted" in counts(made(100, 90)).flags[0]
    assert "no yield" in counts(made(100)).flags[0]
    assert any("more good parts" in flag for flag in counts(made(90, 100)).flags)


def test_parts_fall_to_the_product_that_is_on():
    product = Spells.of([(0, 20 * MINUTE, "a"), (30 * MINUTE, 60 * MINUTE, "b")])
    total = Counts.of([(0, 1), (20 * MINUTE, 2), (30 * MINUTE, 4), (60 * MINUTE, 8)])
    found = counts(Output(HOUR_LONG, total, None, product=product))
    assert [(r.product, r.made) for r in found.rows] == [("", 2.0), ("a", 1.0), ("b", 4.0)]


def test_how_long_the_counters_were_heard_is_told():
    assert counts(made(1, observed=Spells.of([(15 * MINUTE, 90 * MINUTE, "")]))).counted == 0.75


@given(floors(), st.lists(st.integers(0, 180 * MINUTE), max_size=5))
def test_the_pieces_of_a_window_add_up_to_it_exactly(floor: Floor, cuts):
    asked = [counts(floor.output, Calendar(w, ())) for w in pieces(floor.calendar.window, cuts)]
    whole = counts(floor.output, floor.calendar)
    assert reduce(add, asked) == whole
    assert whole.made == floor.output.total.within(floor.calendar.window).total
    assert sum(r.made for r in whole.rows) == whole.made


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 30), st.integers(0, 99)), max_size=8),
    st.lists(st.integers(0, 90), min_size=2, max_size=6, unique=True),
)
def test_parts_between_edges_are_those_within_each_stretch(rows, edges):
    since, at = (np.array([s for s, *_ in rows], np.int64), np.array([s + n for s, n, _ in rows], np.int64))
    parts = Counts(since, at, np.array([float(n) for *_, n in rows]))
    edges = sorted(edges)
    expected = [parts.within(Window(a, b)).total for a, b in pairwise(edges)]
    assert counted(parts, np.array(edges, np.int64)).tolist() == expected
