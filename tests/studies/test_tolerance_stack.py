"""The sum of a chain of dimensions against distributions whose sums are known exactly."""

from math import erfc, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import BadQuestion
from andon.studies.quality.tolerance_stack import tolerance_stack


def test_three_uniform_dimensions_add_up_as_irwin_and_hall_say() -> None:
    found = tolerance_stack("a = 0 ±1 uniform; b = 0 ±1 uniform; c = 0 ±1 uniform", high=2.0)
    assert found.outside == pytest.approx(1 / 48, rel=1e-4)
    assert (found.sigma, found.worst_high) == (pytest.approx(1.0), 3.0)


def test_two_uniform_dimensions_make_a_triangle() -> None:
    two = tolerance_stack("a = 5 ±0.5 uniform; b = -3 ±0.5 uniform", low=1.4, high=2.6)
    one = tolerance_stack("a = 2 ±1 triangular", low=1.4, high=2.6)
    assert two.outside == pytest.approx(0.16, rel=1e-3) == one.outside


@given(tolerances=st.lists(st.floats(0.01, 1.0), min_size=1, max_size=6), room=st.floats(0.3, 1.5))
def test_normal_dimensions_add_up_to_a_normal_one(tolerances: list[float], room: float) -> None:
    rss = sqrt(sum(t * t for t in tolerances))
    chain = "; ".join(f"d{i} = {i} ±{t!r}" for i, t in enumerate(tolerances))
    middle = sum(range(len(tolerances)))
    found = tolerance_stack(chain, low=middle - room * rss, high=middle + room * rss)
    assert found.rss == pytest.approx(rss)
    assert found.outside == pytest.approx(erfc(3 * room / sqrt(2)), rel=5e-3, abs=1e-9)
    assert found.capability == pytest.approx(room)
    assert sum(link.share for link in found.links) == pytest.approx(1.0)


def test_what_is_taken_away_has_its_tolerance_turned_round() -> None:
    found = tolerance_stack("housing = 50 ±0.1; shaft = -49.8 +0.02/-0.06; ring = -0.1 ± 0.02 cpk 1.33")
    assert found.middle == pytest.approx(50 - 49.78 - 0.1)
    assert (found.worst_low, found.worst_high) == (pytest.approx(-0.04), pytest.approx(0.28))
    assert found.links[0].name == "housing"


@pytest.mark.parametrize(
    "chain", ["", "a = 5", "a 5 ±1", "a = 5 ±0", "a = 5 ±1 round", "a = 5 ±1 uniform cpk 2", "a = five ±1"]
)
def test_a_chain_that_makes_no_sense_is_told_so(chain: str) -> None:
    with pytest.raises(BadQuestion):
        tolerance_stack(chain)


def test_limits_must_not_be_the_wrong_way_round() -> None:
    with pytest.raises(BadQuestion, match="low = 2 is not below high = 1"):
        tolerance_stack("a = 1 ±1", low=2, high=1)
