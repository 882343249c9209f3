"""Paretos, histograms and tolerance stacks: counts add up, closed results come out, tails are right."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from andon.errors import BadQuestion, NoData
from andon.model import Measurements
from andon.studies.quality.histogram import histogram
from andon.studies.quality.pareto import pareto
from andon.studies.quality.tolerance_stack import tolerance_stack


def told(values, **columns):
    return Measurements.of([(i, str(i), "width", float(v)) for i, v in enumerate(values)], **columns)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ABC"), st.booleans()), min_size=1, max_size=60))
def test_a_pareto_adds_up(rows):
    if all(passed for _, passed in rows):
        return
    found = pareto(told(range(len(rows)), lot=[r[0] for r in rows], passed=[r[1] for r in rows]), cause="lot")
    bad = sum(not passed for _, passed in rows)
    assert found.bad == sum(r.count for r in found.rows) == bad
    assert found.rows[-1].cumulative == pytest.approx(1.0)
    assert sum(r.share for r in found.rows) == pytest.approx(1.0)
    assert [r.count for r in found.rows] == sorted((r.count for r in found.rows), reverse=True)
    assert all(r.rate_low <= r.rate <= r.rate_high for r in found.rows)
    vital = [r.share for r in found.rows if r.vital]
    assert sum(vital) >= 0.8 - 1e-9
    assert sum(vital[:-1]) < 0.8


def test_a_unit_counts_for_the_first_test_that_it_failed():
    rows = [
        (0, "a", "one", 9.0),
        (0, "a", "two", 9.0),
        (1, "b", "one", 1.0),
        (1, "b", "two", 9.0),
        (2, "c", "one", 1.0),
    ]
    limits = {"one": (None, 5.0), "two": (None, 5.0)}
    found = pareto(Measurements.of(rows, limits=limits, passed=[False, False, False, False, True]))
    assert {r.cause: r.count for r in found.rows} == {"one": 1, "two": 1}


def test_without_a_bad_unit_there_is_nothing_to_count():
    with pytest.raises(NoData, match="none failed"):
        pareto(told([1, 2], passed=[True, True]), cause="lot")


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=80), st.integers(0, 40))
def test_every_value_is_in_one_bin(values, bins):
    found = histogram(told(values), bins=bins)
    assert sum(b.count for b in found.rows) == len(values) == found.count
    assert sum(b.share for b in found.rows) == pytest.approx(1.0)
    quantiles = [q.value for q in found.quantiles]
    assert quantiles == sorted(quantiles)


def test_shape_is_that_of_scipy_and_a_coarse_gauge_makes_no_comb():
    chance = np.random.default_rng(2)
    values = np.round(chance.normal(10, 0.2, 500), 1)
    found = histogram(told(values))
    assert found.skewness == pytest.approx(stats.skew(values, bias=False))
    assert found.kurtosis == pytest.approx(stats.kurtosis(values, bias=False))
    widths = {round((b.high - b.low) / 0.1, 6) for b in found.rows}
    assert all(w == round(w) for w in widths)
    assert min(b.count for b in found.rows[2:-2]) > 0


def test_two_heaps_are_told():
    chance = np.random.default_rng(3)
    values = np.concatenate([chance.normal(0, 1, 200), chance.normal(8, 1, 200)])
    assert any("two heaps" in r for r in histogram(told(values)).remarks)
    assert not any("two heaps" in r for r in histogram(told(chance.normal(0, 1, 400))).remarks)


def test_only_some_of_the_units_and_limits():
    found = histogram(told(range(20), lot=["A", "B"] * 10), only="lot=A", low=4.0, high=12.0)
    assert (found.count, found.outside) == (10, 0.5)
    with pytest.raises(BadQuestion, match="fact and its value"):
        histogram(told(range(20)), only="A")


SHAPES = st.sampled_from(["normal", "uniform", "triangular"])
PARTS = st.lists(st.tuples(st.floats(-50, 50), st.floats(0.01, 1), st.floats(0.01, 1), SHAPES), min_size=1, max_size=6)


@settings(deadline=None, max_examples=40)
@given(PARTS)
def test_what_adds_up_adds_up(parts):
    said = "; ".join(f"{x} {n:.6f} +{u:.6f} -{d:.6f} {s}" for x, (n, u, d, s) in zip("abcdef", parts, strict=False))
    found = tolerance_stack(said)
    assert found.nominal == pytest.approx(sum(n for n, *_ in parts), abs=1e-4)
    assert found.worst_high - found.worst_low == pytest.approx(sum(u + d for _, u, d, _ in parts), abs=1e-4)
    assert found.worst_low <= found.rss_low + 1e-9 <= found.rss_high <= found.worst_high + 1e-9
    assert sum(r.share for r in found.rows) == pytest.approx(1.0)
    x, y = (np.array([getattr(p, name) for p in found.curve]) for name in ("value", "density"))
    assert np.trapezoid(y, x) == pytest.approx(1.0, abs=0.02)


def test_normal_parts_have_normal_tails():
    found = tolerance_stack("one 10 ±0.3; two 5 ±0.4", low=14.5, high=15.5)
    assert found.sigma == pytest.approx(sqrt(0.1**2 + (0.4 / 3) ** 2))
    assert found.above == found.below == pytest.approx(1e6 * stats.norm.sf(3.0), rel=1e-9)
    assert found.capability == pytest.approx(1.0)
    assert not found.fits


def test_two_uniform_parts_make_a_triangle():
    """The sum of two uniform parts of +-1: the share beyond 1.5 is (2 - 1.5)^2 / 8."""
    found = tolerance_stack("one 0 ±1 uniform; two 0 ±1 uniform", low=-1.5, high=1.5)
    assert found.above == pytest.approx(1e6 * 0.5**2 / 8, rel=2e-3)
    assert found.below == pytest.approx(found.above, rel=1e-6)


def test_a_mix_is_that_of_a_simulation():
    chance = np.random.default_rng(7)
    many = chance.uniform(-0.3, 0.3, 10**6) + chance.normal(0, 0.1, 10**6) + chance.triangular(-0.2, 0, 0.2, 10**6)
    found = tolerance_stack("one 1 ±0.3 uniform; two 2 ±0.3; three -1 ±0.2 triangular", low=1.5, high=2.4)
    assert found.above == pytest.approx(1e6 * float((many > 0.4).mean()), rel=0.03)
    assert found.exact_high == pytest.approx(2 + float(np.quantile(many, 0.99865)), abs=0.005)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ("", "Name the parts"),
        ("shaft", "no part"),
        ("shaft 20 ±0", "lie apart"),
        ("shaft 20 ±0.1 odd words", "lie apart"),
    ],
)
def test_what_is_no_part_is_told(parts, said):
    with pytest.raises(BadQuestion, match=said):
        tolerance_stack(parts)
