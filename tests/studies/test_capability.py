"""Capability against qcc and closed forms; intervals against simulated coverage; what is said of bad samples."""

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.errors import BadQuestion, NoData, UnknownName
from andon.model import Characteristic, Characteristics, Measurements
from andon.studies.quality.capability import capability
from andon.studies.quality.capable import Capability
from andon.studies.quality.distributions import FAMILIES, fitted, goodness
from andon.studies.quality.indices import Normal, indices
from andon.studies.quality.spread import Sigma, overall, within

ORACLES = Path(__file__).parent.parent / "oracles"


def measured(values: Iterable[float], test: str = "d", **columns: Iterable[object]) -> Measurements:
    return Measurements.of([(i, str(i), test, float(v)) for i, v in enumerate(values)], unit="mm", **columns)


def rings() -> Measurements:
    rows = list(csv.DictReader((ORACLES / "qcc_pistonrings.csv").read_text("utf-8").splitlines()))
    return measured([float(r["diameter"]) for r in rows[:125]], lot=[r["sample"] for r in rows[:125]])


def interval(answer: Capability, name: str) -> list[float | None]:
    found = answer.of(name)
    assert found is not None
    return [found.value, found.low, found.high]


ROUNDED = 5e-5
"""qcc divides the mean range by 2.326, which is 2.32593."""
# qcc 3.0 processCapability(pistonrings[trial], spec.limits = c(73.95, 74.05)), with nu = n - 1.
QCC = {
    "Cp": (1.70328060926, 1.49141088992, 1.91482637763),
    "Cpk": (1.66321944933, 1.448128961, 1.87830993766),
    "Pp": (1.65508633768, 1.44921146543, 1.86064642515),
    "Ppk": (1.61615870702, 1.40669896148, 1.82561845255),
}


@pytest.mark.parametrize("name", QCC)
@pytest.mark.parametrize("grouped", [{"group": "lot"}, {"subgroup": 5}])
def test_piston_rings_are_as_capable_as_qcc_says(name: str, grouped: dict[str, object]) -> None:
    answer = capability(rings(), low=73.95, high=74.05, estimator="range", freedom="all", **grouped)
    assert interval(answer, name) == pytest.approx(QCC[name], rel=1e-8 if name[0] == "P" else ROUNDED)


@pytest.mark.parametrize(
    ("target", "cpm", "ppm"), [(None, 1.69111113311, 1.64391424889), (74.01, 1.26491526399, 1.24479630567)]
)
def test_the_distance_from_the_target_counts_as_spread(target: float | None, cpm: float, ppm: float) -> None:
    answer = capability(rings(), low=73.95, high=74.05, target=target, estimator="range", subgroup=5)
    assert (answer.cpm, interval(answer, "Ppm")[0]) == (pytest.approx(cpm, rel=ROUNDED), pytest.approx(ppm, rel=1e-8))


def test_the_interval_of_cpm_is_that_of_boyles() -> None:
    """qcc leaves out a square there; the right one of the same data is this."""
    answer = capability(rings(), low=73.95, high=74.05, target=74.01, estimator="range", subgroup=5, freedom="all")
    assert interval(answer, "Cpm") == pytest.approx([1.264915, 1.12482, 1.404815], rel=ROUNDED)


def test_ranges_of_25_samples_of_5_have_some_90_degrees_of_freedom() -> None:
    """0.9 k (n - 1) = 90, as the usual rule has it: the interval is as that to the third digit."""
    answer = capability(rings(), low=73.95, high=74.05, estimator="range", subgroup=5)
    assert interval(answer, "Cp") == pytest.approx([1.703281, 1.454693, 1.951443], abs=2e-3)
    assert interval(answer, "Cpk") == pytest.approx([1.663219, 1.413316, 1.913122], abs=2e-3)


def test_tight_limits_have_the_parts_outside_that_qcc_expects() -> None:
    answer = capability(rings(), low=73.99, high=74.01, estimator="range", subgroup=5)
    below, above, total = answer.defects
    assert (below.within, above.within) == (pytest.approx(13e4, abs=5e3), pytest.approx(18e4, abs=5e3))
    assert (below.observed, above.observed) == (pytest.approx(12e4, abs=5e3), pytest.approx(16e4, abs=5e3))
    assert total.overall == pytest.approx((below.overall or 0) + (above.overall or 0))


@pytest.mark.parametrize(
    ("low", "high", "mean", "sigma", "cpk"),
    [
        (0, 12, 6, 1, 2.0),  # centred
        (0, 12, 9, 1, 1.0),  # off centre: the nearer limit decides
        (0, 12, 13, 1, -1 / 3),  # outside
        (None, 12, 9, 1, 1.0),  # one-sided
        (0, None, 9, 1, 3.0),
    ],
)
def test_cpk_is_the_distance_to_the_nearer_limit_in_three_sigmas(
    low: float | None, high: float | None, mean: float, sigma: float, cpk: float
) -> None:
    found = {i.name: i.value for i in indices(Normal(50, mean, Sigma(sigma, 49)), low=low, high=high, target=None)}
    assert found["Cpk"] == pytest.approx(cpk)
    assert ("Cp" in found) == (low is not None and high is not None)


@pytest.mark.parametrize("estimator", ["pooled", "range", "deviation", "moving range"])
@pytest.mark.parametrize("name", ["Cp", "Cpk", "Cpm", "Ppk"])
def test_nineteen_intervals_in_twenty_hold_the_true_index(estimator: str, name: str) -> None:
    chance = np.random.default_rng(3)
    true = {"Cp": 1.0, "Cpk": 5 / 6, "Cpm": 1 / np.sqrt(1.25), "Ppk": 5 / 6}[name]
    groups, held = np.repeat(np.arange(10), 5), 0
    for _ in range(1000):
        values = chance.normal(0.5, 1, 50)
        sigma = overall(values) if name == "Ppk" else within(values, groups, estimator)
        assert sigma is not None
        known = Normal(50, float(values.mean()), sigma)
        found = indices(known, low=-3, high=3, target=None, which="overall" if name == "Ppk" else "within")
        index = next(i for i in found if i.name == name)
        assert index.low is not None
        assert index.high is not None
        held += index.low <= true <= index.high
    assert 0.93 <= held / 1000 <= 0.97


def test_an_index_of_few_values_proves_nothing_and_says_how_many_it_takes() -> None:
    values = np.random.default_rng(1).normal(0, 1, 20)
    answer = capability(measured(values), low=-3.5, high=3.5)
    assert answer.verdict == "not proven"
    assert any("only 20 values" in r for r in answer.remarks)
    assert answer.needed is not None
    assert answer.needed > 20


def test_a_process_that_moves_is_told_before_its_indices() -> None:
    moved = np.random.default_rng(2).normal(0, 1, 200) + np.repeat([0.0, 6.0], 100)
    answer = capability(measured(moved), low=-30, high=30, subgroup=5)
    assert (answer.stable, answer.verdict) == (False, "not proven")
    assert answer.points_out > 20
    assert "not stable" in answer.remarks[0]
    assert answer.cpk is not None
    assert answer.ppk is not None
    assert answer.cpk > 2 * answer.ppk


def test_the_run_of_a_machine_has_cm_and_cmk() -> None:
    answer = capability(rings(), low=73.95, high=74.05, run="machine")
    assert [i.name for i in answer.indices] == ["Cm", "Cml", "Cmu", "Cmk", "Cmm"]
    assert (answer.index_name, answer.index, answer.sigma_within) == ("Cmk", pytest.approx(1.61615870702), None)


# What is not normal


@pytest.mark.parametrize("name", FAMILIES)
def test_a_fit_is_a_maximum(name: str) -> None:
    values = np.random.default_rng(5).weibull(1.7, 80) + 0.01
    fit = fitted(values, name)
    assert fit is not None
    for place in fit.free:
        for factor in (0.99, 1.01):
            moved = tuple(p * factor if i == place else p for i, p in enumerate(fit.parameters))
            assert type(fit)(name, moved).loglik(values) <= fit.loglik(values) + 1e-6


def test_anderson_darling_is_that_of_scipy() -> None:
    from scipy import stats

    values = np.random.default_rng(5).gamma(3, 1, 60)
    fit = fitted(values, "normal")
    assert fit is not None
    told = goodness(values, fit)
    expected = stats.anderson(values, "norm", method="interpolate")
    assert told.anderson == pytest.approx(expected.statistic, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "draw"),
    [
        ("normal", lambda c: c.normal(3, 2, 40)),
        ("weibull", lambda c: c.weibull(2, 40)),
        ("exponential", lambda c: c.exponential(2, 40)),
        ("logistic", lambda c: c.logistic(3, 1, 40)),
    ],
)
def test_the_true_distribution_is_refused_once_in_twenty_times(name: str, draw: object) -> None:
    chance = np.random.default_rng(11)
    refused = 0
    for _ in range(600):
        values = draw(chance)
        fit = fitted(values, name)
        assert fit is not None
        refused += goodness(values, fit).fits is False
    assert 0.03 <= refused / 600 <= 0.075


def test_lognormal_values_are_judged_as_their_logarithms_are() -> None:
    """Known quantiles: exp(mu +- 3 sigma); so Ppk = (USL - median) / (X99.865 - median)."""
    logs = np.random.default_rng(4).normal(0, 0.5, 400)
    answer = capability(measured(np.exp(logs)), high=8.0, distribution="lognormal")
    middle, most = np.exp(logs.mean()), np.exp(logs.mean() + 3 * logs.std())
    assert answer.ppk == pytest.approx((8 - middle) / (most - middle), rel=1e-4)
    assert answer.cpk is None
    assert answer.expected_defects == pytest.approx(1e6 * (1 - fitted_share(logs, np.log(8.0))), rel=1e-6)


def fitted_share(values: np.ndarray, limit: float) -> float:
    from scipy.special import ndtr

    return float(ndtr((limit - values.mean()) / values.std()))


def test_a_transform_judges_on_its_own_scale_and_keeps_the_order() -> None:
    values = np.exp(np.random.default_rng(4).normal(0, 0.5, 400))
    answer = capability(measured(values), low=0.1, high=8.0, distribution="box-cox")
    assert answer.exponent == pytest.approx(0, abs=0.15)
    logs = np.log(values)
    assert answer.ppk == pytest.approx(
        min(np.log(8.0) - logs.mean(), logs.mean() - np.log(0.1)) / 3 / logs.std(ddof=1), rel=0.1
    )
    assert capability(measured(values), low=-1.0, high=8.0, distribution="box-cox").of("Ppl") is None


def test_best_keeps_normal_values_normal_and_finds_what_others_are() -> None:
    chance = np.random.default_rng(8)
    normal = capability(measured(chance.normal(10, 1, 300)), low=5, high=15, distribution="best")
    assert (normal.distribution, len(normal.fits)) == ("normal", len(FAMILIES))
    skew = capability(measured(chance.lognormal(0, 0.7, 300)), high=15, distribution="best")
    assert skew.distribution == "lognormal"
    assert normal.cpk is not None


def test_the_interval_of_a_fitted_index_holds_the_true_one() -> None:
    chance = np.random.default_rng(9)
    quantiles = (-np.log(1 - np.array([0.5, 0.99865]))) ** (1 / 1.5)
    true = (4.5 - quantiles[0]) / (quantiles[1] - quantiles[0])
    held = 0
    for _ in range(120):
        answer = capability(measured(chance.weibull(1.5, 150)), high=4.5, distribution="weibull")
        _, low, high = interval(answer, "Ppk")
        held += low is not None and high is not None and low <= true <= high
    assert 0.89 <= held / 120 <= 0.99


def test_own_quantiles_of_few_values_do_not_reach_the_tail() -> None:
    answer = capability(measured(np.random.default_rng(1).normal(0, 1, 200)), low=-5, high=5, distribution="empirical")
    assert interval(answer, "Ppk")[1:] == [None, None]
    assert any("0.135 % quantile" in r for r in answer.remarks)


# What belongs together


@settings(deadline=None, max_examples=25)
@given(st.floats(0.01, 100), st.floats(-1000, 1000))
def test_an_index_does_not_depend_on_the_unit(scale: float, shift: float) -> None:
    values = np.random.default_rng(6).normal(0, 1, 60)
    one = capability(measured(values), low=-4, high=5, subgroup=3)
    other = capability(measured(values * scale + shift), low=-4 * scale + shift, high=5 * scale + shift, subgroup=3)
    for a, b in zip(one.indices, other.indices, strict=True):
        assert b.value == pytest.approx(a.value, rel=1e-6)


def test_only_the_last_value_of_a_unit_counts() -> None:
    rows = [(i, str(i % 40), "d", float(i)) for i in range(60)]
    answer = capability(Measurements.of(rows), high=100.0)
    assert (answer.count, answer.superseded, answer.least) == (40, 20, 20.0)


def test_subgroups_are_those_of_the_plant_unless_asked_otherwise() -> None:
    plant = Characteristics((Characteristic("d", low=73.9, high=74.1, subgroup=5),))
    assert capability(rings(), plant).subgroups == 25
    assert capability(rings(), plant, subgroup=1).subgroups == 125
    assert capability(rings(), plant, group="lot").limits_from == "plant"


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({}, BadQuestion, "has no limits"),
        ({"high": 75.0, "run": "lot"}, BadQuestion, "neither 'process' nor 'machine'"),
        ({"high": 75.0, "confidence": 95.0}, BadQuestion, "write 0.95"),
        ({"high": 75.0, "distribution": "cauchy"}, UnknownName, "distribution"),
        ({"high": 75.0, "group": "tool"}, UnknownName, "fact of units"),
        ({"high": 75.0, "subgroup": -1}, BadQuestion, "units in a row"),
        ({"high": 75.0, "test": "e"}, UnknownName, "test"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(asked: dict[str, object], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        capability(rings(), **asked)


@pytest.mark.parametrize(("values", "said"), [([1.0], "it takes two"), ([1.0] * 9, "no spread")])
def test_values_without_spread_are_no_data(values: list[float], said: str) -> None:
    with pytest.raises(NoData, match=said):
        capability(measured(values), high=2.0)


def test_values_of_0_or_below_are_no_lognormal_ones() -> None:
    with pytest.raises(BadQuestion, match="values above 0"):
        capability(measured([-1.0, 2.0, 3.0]), high=9.0, distribution="lognormal")


def test_subgroups_are_those_of_the_plant() -> None:
    chance = np.random.default_rng(5)
    lots = [f"L{i // 4}" for i in range(80)]
    rows = [(i, str(i), "width", 5 + 0.3 * (i // 4 % 3) + chance.normal(0, 0.1)) for i in range(80)]
    found = Measurements.of(rows, lot=lots)
    plant = Characteristics((Characteristic("width", low=4.0, high=7.0, subgroups="lot"),))
    assert capability(found, plant).subgroups == 20
    assert capability(found, plant).indices == capability(found, plant, group="lot").indices
    by_shift = Characteristics((Characteristic("width", low=4.0, high=7.0, subgroups="shift"),))
    with pytest.raises(BadQuestion, match="by shift"):
        capability(found, by_shift)
