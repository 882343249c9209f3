"""Parts that pass and are not like the others: robust limits, bad neighbourhoods, bad places of a lot."""

from __future__ import annotations

import numpy as np
import pytest
from dies import measured, wafers
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import BadQuestion, NoData, UnknownName
from andon.model import NOWHERE, Units
from andon.studies.yields.neighbours import bad_neighbourhood, bad_through_lot
from andon.studies.yields.part_average import part_average


def normal(n: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 1, n)


# ---- part average ----


def test_limits_are_median_and_six_robust_sigma_of_the_wafer():
    values = normal(200)
    answer = part_average(measured(wafers(2), {"v": values}, (-99.0, 99.0)), neighbours=0)
    for wafer, row in zip(("L1 W0", "L1 W1"), sorted(answer.limits, key=lambda r: r.group), strict=True):
        q1, q2, q3 = np.quantile(values[:100] if wafer == "L1 W0" else values[100:], [0.25, 0.5, 0.75])
        assert row.group == wafer
        assert (row.low, row.high) == pytest.approx((q2 - 6 * (q3 - q1) / 1.35, q2 + 6 * (q3 - q1) / 1.35))


def test_outliers_do_not_hide_each_other_as_they_do_from_mean_and_standard_deviation():
    # domain.md 6.4: with outliers in the sample mean +/- 6 s misses both of two planted ones, robust limits do not.
    values = normal(40)
    values[[3, 17]] = 25.0, -25.0
    assert (np.abs(values - values.mean()) < 6 * values.std(ddof=1)).all()
    answer = part_average(measured(wafers(1).pick(np.arange(40)), {"v": values}, (-99.0, 99.0)), neighbours=0)
    assert {(r.part, r.value) for r in answer.rows} == {("3,0", 25.0), ("7,1", -25.0)}


def test_limits_are_never_wider_than_the_specification():
    (row,) = part_average(measured(wafers(1), {"v": normal(100)}, (-2.5, None))).limits
    assert (row.low, row.high > 4) == (-2.5, True)


def test_the_quartile_convention_is_a_choice():
    found = measured(wafers(1), {"v": normal(100)}, (-99.0, 99.0))
    linear, weibull = (part_average(found, quartiles=q).limits[0].robust_sigma for q in ("linear", "weibull"))
    q1, q3 = np.quantile(normal(100), [0.25, 0.75], method="weibull")
    assert weibull == pytest.approx((q3 - q1) / 1.35)
    assert weibull > linear


def test_only_good_units_make_limits_and_are_removed():
    values = normal(100)
    values[:30] += 50.0
    units = wafers(1, passed=[0] * 30 + [1] * 70)
    answer = part_average(measured(units, {"v": values}, (-99.0, 99.0)), neighbours=0)
    assert (answer.units, answer.good, answer.removed, answer.limits[0].count) == (100, 70, 0, 70)


def test_a_unit_is_told_by_the_test_on_which_it_lies_furthest_out():
    a, b = normal(100, 1), normal(100, 2)
    a[5], b[5] = 20.0, -40.0
    (row,) = part_average(measured(wafers(1), {"a": a, "b": b}, (-99.0, 99.0))).rows
    assert (row.part, row.test, row.value, row.why) == ("5,0", "b", -40.0, "part average")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (normal(20), "only 20 good parts"),
        (np.repeat([0.0, 0.0, 0.0, 0.0, 1.0], 10), "half of the parts have the same value"),
    ],
)
def test_what_has_no_limits_is_told(values, said):
    answer = part_average(measured(wafers(1).pick(np.arange(len(values))), {"v": values}, (-99.0, 99.0)))
    assert answer.limits == ()
    assert said in answer.notes[0]


def test_a_test_that_no_good_unit_had_takes_no_part():
    values = {"v": normal(100), "stopped": np.where(np.arange(100) < 10, 1.0, np.nan)}
    answer = part_average(measured(wafers(1, passed=[0] * 10 + [1] * 90), values, (-99.0, 99.0)), neighbours=0)
    assert [r.test for r in answer.limits] == ["v"]
    assert "no limits for stopped: only 0 good parts" in answer.notes


def test_a_test_with_two_humps_is_said_not_to_fit():
    values = np.concatenate([normal(85) * 0.1, normal(15) * 0.1 + 30.0])
    answer = part_average(measured(wafers(1), {"v": values}, (-99.0, 99.0)))
    assert any("does not fit limits of robust sigma" in n for n in answer.notes)


def test_static_limits_hold_for_all_lots_and_want_six_of_them():
    lots = np.repeat([f"L{i}" for i in range(6)], 50)
    values = np.concatenate([normal(50, i) for i in range(6)])
    values[120] = 30.0
    units = Units.of(range(300), map(str, range(300)), lot=lots, passed=[1] * 300)
    found = measured(units, {"v": values}, (-99.0, 99.0))
    answer = part_average(found, method="static", group="lot")
    (row,) = answer.limits
    q1, q2, q3 = np.quantile(values, [0.25, 0.5, 0.75])
    assert (row.group, row.count, row.high) == ("", 300, pytest.approx(q2 + 6 * (q3 - q1) / 1.35))
    assert [(g.group, g.removed) for g in answer.groups if g.removed] == [("L2", 1.0)]
    with pytest.raises(BadQuestion, match="at least 6 lots"):
        part_average(measured(units.pick(np.arange(250)), {"v": values[:250]}, (-99.0, 99.0)), method="static")


@given(st.integers(0, 10_000), st.floats(0.1, 100), st.floats(-1e3, 1e3))
def test_who_is_removed_does_not_depend_on_the_unit_of_measurement(seed, scale, shift):
    values = np.random.default_rng(seed).standard_t(2, 100)
    one, other = (
        part_average(measured(wafers(1), {"v": v}, (None, None)), neighbours=0)
        for v in (values, values * scale + shift)
    )
    assert {r.part for r in one.rows} == {r.part for r in other.rows}


# ---- neighbourhoods ----


def naive_neighbours(units: Units, bad: np.ndarray, most: int) -> list[bool]:
    """Each die and the dies around it, looked up one by one."""
    at = {(w, x, y): b for w, x, y, b in zip(units.wafer, units.x, units.y, bad, strict=True)}
    steps = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
    return [
        not b and sum(at.get((w, x + i, y + j), False) for i, j in steps) >= most
        for w, x, y, b in zip(units.wafer, units.x, units.y, bad, strict=True)
    ]


@given(st.integers(0, 1000), st.integers(1, 8), st.floats(0.1, 0.9))
def test_bad_neighbourhoods_are_those_of_the_obvious_way(seed, most, share):
    random = np.random.default_rng(seed)
    units = wafers(2, 6).pick(np.sort(random.choice(72, 60, replace=False)))
    bad = random.random(60) < share
    assert bad_neighbourhood(units, bad, most).tolist() == naive_neighbours(units, bad, most)


def test_a_good_die_amid_bad_ones_is_removed():
    passed = np.ones((10, 10), int)
    passed[3:6, 3:6] = 0
    passed[4, 4] = 1
    answer = part_average(measured(wafers(1, passed=passed.ravel()), {"v": normal(100)}, (-99.0, 99.0)))
    assert [(r.part, r.why) for r in answer.rows] == [("4,4", "bad neighbourhood")]
    assert (answer.yield_before, answer.yield_after) == (0.92, 0.91)


def test_units_without_places_have_no_neighbours_and_it_is_told():
    units = wafers(1, passed=[0, 1] * 50, x=[NOWHERE] * 100, y=[NOWHERE] * 100)
    answer = part_average(measured(units, {"v": normal(100)}, (-99.0, 99.0)), neighbours=1)
    assert (answer.neighbourhood, answer.through_lot) == (0, 0)
    assert any("no places on a wafer" in n for n in answer.notes)


# ---- through the lot ----


def test_a_place_that_is_bad_on_half_of_the_wafers_is_bad_on_the_others():
    passed = np.ones((6, 100), int)
    passed[:3, 42] = 0
    passed[:2, 7] = 0
    answer = part_average(measured(wafers(6, passed=passed.ravel()), {"v": normal(600)}, (-99.0, 99.0)), neighbours=0)
    assert (answer.places, answer.through_lot) == (1, 3)
    assert {(r.part, r.why) for r in answer.rows} == {("2,4", "bad through the lot")}


def test_places_on_few_wafers_say_nothing():
    passed = np.ones((4, 100), int)
    passed[:3, 42] = 0
    units = wafers(4, passed=passed.ravel())
    assert bad_through_lot(units, units.passed == 0, 0.5, 5)[1] == 0


def test_lots_are_looked_at_apart():
    passed = np.ones((6, 100), int)
    passed[:3, 42] = 0
    lots = np.repeat(["A", "B"], 300)
    units = wafers(6, passed=passed.ravel(), lot=lots)
    found, places = bad_through_lot(units, units.passed == 0, 0.5, 3)
    assert (int(found.sum()), places) == (0, 1)  # all three of lot A are bad there; lot B is not touched


# ---- questions that cannot be answered ----


def test_bad_questions_are_refused():
    found = measured(wafers(1), {"v": normal(100)}, (-9.0, 9.0))
    with pytest.raises(UnknownName, match="method"):
        part_average(found, method="magic")
    with pytest.raises(UnknownName, match="quartile"):
        part_average(found, quartiles="hazen")
    with pytest.raises(BadQuestion, match="sigmas"):
        part_average(found, sigmas=0.0)
    with pytest.raises(BadQuestion, match="8 dies"):
        part_average(found, neighbours=9)
    with pytest.raises(NoData, match="No unit passed"):
        part_average(measured(wafers(1, passed=[0] * 100), {"v": normal(100)}, (-9.0, 9.0)))
