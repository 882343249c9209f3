"""Every test at once: capability, sites, gauges, humps, correlations; against oracles and the obvious way."""

from __future__ import annotations

import numpy as np
import pytest
from dies import aiag, measured, wafers
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from andon.errors import BadQuestion, NoData, UnknownName
from andon.model import Characteristic, Characteristics, Measurements, Units
from andon.studies.yields.components import components
from andon.studies.yields.parametric import parametric
from andon.studies.yields.picked import adjusted
from andon.studies.yields.quartiles import robust


def normal(n: int, seed: int, mean: float = 0.0, sigma: float = 1.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, sigma, n)


# ---- gauge ----


def test_a_gauge_study_of_testers_is_that_of_the_aiag_manual():
    # O18: grr_aiag_expected.json, pooled_no_interaction (AIAG MSA 4th ed.; lmer and SixSigma::ss.rr agree).
    units, values = aiag()
    answer = parametric(measured(units, {"width": values}, (-4.0, 4.0)), attempts="all", equipment="tester")
    (row,) = answer.gauges
    assert row.repeatability**2 == pytest.approx(0.0399732764, rel=1e-7)
    assert row.reproducibility**2 == pytest.approx(0.0514552612, rel=1e-7)
    assert row.of_units**2 == pytest.approx(1.0864466044, rel=1e-7)
    assert row.study_share == pytest.approx(0.2786, abs=5e-5)
    assert (row.categories, row.units, row.equipment) == (4, 10, 3)


def test_components_of_unbalanced_data_are_found_on_average():
    # No oracle for Henderson's method 3 at hand: it is unbiased, so that the mean of many studies is the truth.
    found = []
    for seed in range(300):
        random = np.random.default_rng(seed)
        unit, tester = random.integers(0, 25, 120), random.integers(0, 6, 120)
        value = random.normal(0, 3, 25)[unit] + random.normal(0, 2, 6)[tester] + random.normal(0, 1, 120)
        parts = components(value, unit, tester)
        assert parts is not None
        found.append((parts.unit, parts.between, parts.repeat))
    assert np.mean(found, axis=0) == pytest.approx([9, 4, 1], rel=0.12)


def test_units_that_failed_say_nothing_of_the_gauge():
    units = Units.of(range(8), ["a", "a", "b", "b"] * 2, passed=[0, 1] * 4)
    answer = parametric(measured(units, {"v": normal(8, 1)}, (-9.0, 9.0)))
    assert answer.gauges == ()
    assert "only units that failed" in answer.notes[0]


@pytest.mark.parametrize(("units", "unsure"), [(1, 0), (4, 0), (5, 1)])
def test_a_gauge_is_judged_only_where_enough_units_were_measured_again(units, unsure):
    names = [f"u{n}" for n in range(units) for _ in range(3)]
    answer = parametric(measured(Units.of(range(3 * units), names), {"v": normal(3 * units, 4)}, (-1.0, 1.0)))
    (row,) = answer.gauges
    assert (row.units, row.study_share is None, row.categories is None) == (units, units == 1, units == 1)
    assert (answer.unsure_gauges, any("too few to judge" in n for n in answer.notes)) == (unsure, units < 5)


def test_without_repeats_there_is_no_gauge_study():
    answer = parametric(measured(wafers(1), {"v": normal(100, 1)}, (-9.0, 9.0)))
    assert (answer.gauges, "more than once" in answer.notes[0]) == ((), True)


# ---- capability ----


def test_the_figures_of_a_test_are_those_of_textbooks():
    values = normal(200, 3, 5.0, 0.1)
    (row,) = parametric(measured(wafers(2), {"v": values}, (4.5, 5.4))).rows
    s = values.std(ddof=1)
    pooled = np.sqrt((values[:100].var(ddof=1) + values[100:].var(ddof=1)) / 2)
    assert row.sigma == pytest.approx(s)
    assert row.within == pytest.approx(pooled)
    assert row.ppk == pytest.approx(min(5.4 - values.mean(), values.mean() - 4.5) / (3 * s))
    assert row.cpk == pytest.approx(min(5.4 - values.mean(), values.mean() - 4.5) / (3 * pooled))
    assert row.outside == ((values < 4.5) | (values > 5.4)).sum()
    q = np.quantile(values, [0.25, 0.5, 0.75])
    assert (row.median, row.robust_sigma) == pytest.approx((q[1], (q[2] - q[0]) / 1.35))


@pytest.mark.parametrize(
    ("limits", "cpk"),
    [((None, 6.0), 1 / 3), ((4.0, None), 1 / 3), ((None, None), None), ((4.0, 8.0), 1 / 3), ((5.5, 6.0), -1 / 6)],
)
def test_cpk_is_the_distance_to_the_nearer_limit_there_is(limits, cpk):
    values = np.tile([4.0, 5.0, 6.0], 40) / 1.0
    values = (values - 5.0) / values.std(ddof=1) + 5.0
    (row,) = parametric(measured(wafers(12, 10).pick(np.arange(120)), {"v": values}, limits)).rows
    assert row.ppk == (None if cpk is None else pytest.approx(cpk))


def test_the_lower_limit_of_ppk_holds_in_95_of_100_cases():
    held = 0
    for seed in range(400):
        (row,) = parametric(measured(wafers(1, 7), {"v": normal(49, seed)}, (-4.0, None))).rows
        held += row.ppk_low <= 4 / 3
    assert 0.92 <= held / 400 <= 0.98


def test_limits_of_the_plant_win_over_those_that_came():
    plant = Characteristics((Characteristic("v", low=-1.0, high=1.0),))
    answer = parametric(measured(wafers(1), {"v": normal(100, 1), "w": normal(100, 2)}, (-9.0, 9.0)), plant)
    assert {(r.test, r.low, r.high) for r in answer.rows} == {("v", -1.0, 1.0), ("w", -9.0, 9.0)}


def test_only_the_last_test_of_a_unit_counts_unless_all_are_asked_for():
    found = measured(Units.of([0, 1, 2], ["a", "a", "b"], passed=[0, 1, 1]), {"v": [9.0, 1.0, 2.0]}, (0.0, 5.0))
    assert [parametric(found, attempts=a).rows[0].outside for a in ("last", "first", "all")] == [0, 1, 1]


def test_values_that_are_no_numbers_do_not_count():
    found = measured(wafers(1, 2), {"v": [1.0, np.nan, 2.0, np.inf]}, (0.0, 5.0))
    assert parametric(found).rows[0].count == 2


def test_a_constant_test_is_told_and_has_no_index():
    (row,) = parametric(measured(wafers(1), {"v": np.ones(100)}, (0.0, 2.0))).rows
    assert (row.cpk, row.remarks) == (None, ("all values are the same",))


def test_a_few_values_are_told_to_be_few():
    (row,) = parametric(measured(wafers(1, 3), {"v": normal(9, 1)}, (-99.0, 99.0))).rows
    assert row.remarks == ("only 9 values",)


# ---- sites ----


def test_sites_are_compared_as_by_analysis_of_variance():
    site = np.arange(100) % 4
    values = normal(100, 5) + 1.5 * (site == 2)
    (row,) = parametric(measured(wafers(1, site=site), {"v": values}, (-9.0, 9.0))).rows
    assert row.site_chance == pytest.approx(stats.f_oneway(*(values[site == s] for s in range(4))).pvalue)
    assert (row.high_site, row.site_gap > 1) == ("2", True)
    assert any("site 2" in r for r in row.remarks)


def test_a_difference_that_is_sure_but_small_is_not_told():
    site = np.arange(40_000) % 2
    values = normal(40_000, 6) + 0.1 * site
    answer = parametric(measured(wafers(4, 100, site=site), {"v": values}, (-9.0, 9.0)))
    assert answer.rows[0].site_chance < 1e-6
    assert answer.sites_differ == 0


def test_false_findings_are_controlled_as_by_scipy():
    chances = np.random.default_rng(1).random(50) ** 2
    assert adjusted(chances) == pytest.approx(stats.false_discovery_control(chances))


# ---- humps and pairs ----


@pytest.mark.parametrize("n", [150, 1000, 20_000])
def test_two_humps_are_seen_and_one_is_not(n):
    two = np.concatenate([normal(n // 2, 1, -2.5), normal(n - n // 2, 2, 2.5)])
    values = {"two": two, "normal": normal(n, 3), "uniform": np.random.default_rng(4).random(n)}
    values["skewed"] = np.exp(normal(n, 5) * 0.7)
    units = Units.of(range(n), map(str, range(n)))
    answer = parametric(measured(units, values, (-99.0, 99.0)))
    assert [r.test for r in answer.rows if "humps" in " ".join(r.remarks)] == ["two"]


def test_one_hump_is_hardly_ever_taken_for_two():
    units = Units.of(range(500), map(str, range(500)))
    values = {f"t{i}": normal(500, i) for i in range(300)}
    assert parametric(measured(units, values, (-9.0, 9.0))).two_humps <= 1


def test_tests_that_go_together_are_found_and_outliers_make_none():
    a = normal(400, 1)
    b, c, d = a + 0.3 * normal(400, 2), -a + 0.3 * normal(400, 3), normal(400, 4)
    e = normal(400, 5)
    d[7] = e[7] = 500.0
    units = Units.of(range(400), map(str, range(400)))
    answer = parametric(measured(units, {"a": a, "b": b, "c": c, "d": d, "e": e}, (None, None)))
    assert {(p.a, p.b) for p in answer.pairs} == {("a", "b"), ("a", "c"), ("b", "c")}
    (ab,) = [p for p in answer.pairs if (p.a, p.b) == ("a", "b")]
    assert ab.correlation == pytest.approx(np.corrcoef(a, b)[0, 1], abs=0.002)


def test_a_pair_is_judged_by_the_units_that_know_both():
    a = normal(300, 1)
    b = a.copy()
    b[::2] = np.nan
    units = Units.of(range(300), map(str, range(300)))
    (pair,) = parametric(measured(units, {"a": a, "b": b}, (None, None))).pairs
    assert (pair.units, pair.correlation) == (150, pytest.approx(1.0))


# ---- quartiles ----


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40), st.sampled_from(["linear", "weibull"]))
def test_quartiles_are_those_of_numpy_in_both_conventions(values, convention):
    ordered = np.sort(np.array(values))
    q1, q2, q3 = np.quantile(ordered, [0.25, 0.5, 0.75], method=convention)
    assert robust(ordered, convention) == pytest.approx((q2, (q3 - q1) / 1.35), rel=1e-9, abs=1e-9)


# ---- questions that cannot be answered ----


def test_bad_questions_are_refused():
    found = measured(wafers(1), {"v": normal(100, 1)}, (-9.0, 9.0))
    with pytest.raises(UnknownName, match="attempts"):
        parametric(found, attempts="second")
    with pytest.raises(UnknownName, match="handler"):
        parametric(found, equipment="handler")
    with pytest.raises(BadQuestion, match="correlation = 2"):
        parametric(found, correlation=2.0)
    with pytest.raises(NoData):
        parametric(Measurements.of([]))
