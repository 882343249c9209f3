"""Gauge studies against AIAG and R; invariants of the components; what is said where readings are missing."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.errors import BadQuestion, NoData, UnknownName
from andon.model import Measurements
from andon.studies.quality.gauge_rr import GaugeRr, gauge_rr

ORACLES = Path(__file__).parent.parent / "oracles"


def study(rows: list[tuple[str, str, float]], **columns: list[str]) -> Measurements:
    """Readings of (part, appraiser, value), in the order they were made."""
    return Measurements.of([(i, p, "d", v) for i, (p, _, v) in enumerate(rows)], who=[w for _, w, _ in rows], **columns)


def aiag() -> Measurements:
    rows = list(csv.DictReader((ORACLES / "grr_aiag_data.csv").read_text("utf-8").splitlines()))
    return study([(r["part"], r["appraiser"], float(r["value"])) for r in rows])


def battery() -> Measurements:
    rows = list(csv.DictReader((ORACLES / "grr_sixsigma_battery.csv").read_text("utf-8").splitlines()))
    return study([(r["prototype"], r["operator"], float(r["time1"])) for r in rows])


def variance(answer: GaugeRr, component: str) -> float:
    return next(c.variance for c in answer.components if c.component == component)


def test_the_range_method_is_that_of_the_manual() -> None:
    answer = gauge_rr(aiag(), method="range")
    expected = {
        "repeatability": 0.20186,
        "reproducibility": 0.22967,
        "total gauge": 0.30577,
        "part": 1.10460,
        "total": 1.14613,
    }
    for component, sigma in expected.items():
        assert answer.sigma(component) == pytest.approx(sigma, rel=2e-4)  # the manual rounds K1, K2, K3 to four digits
    shares = [c.of_study for c in answer.components]
    assert shares == pytest.approx([0.17612, 0.200384, 0.26678, 0.963757, 1], abs=1e-4)
    assert (answer.categories, answer.verdict) == (5, "conditional")


def test_the_cell_that_the_manual_finds_out_of_control_is_named() -> None:
    odd = [(c.appraiser, c.part) for c in gauge_rr(aiag()).cells if c.odd]
    assert odd == [("B", "4")]


def test_the_analysis_of_variance_is_that_of_the_manual() -> None:
    """Also what lme4::lmer and SixSigma::ss.rr find."""
    answer = gauge_rr(aiag())
    lines = {s.source: s for s in answer.anova}
    squares = {"part": 88.36193444, "appraiser": 3.16726222, "interaction": 0.35898222, "repeatability": 2.75893333}
    for name, expected in squares.items():
        assert lines[name].squares == pytest.approx(expected, abs=1e-8)
    assert [lines[n].freedom for n in ("part", "appraiser", "interaction", "repeatability")] == [9, 2, 18, 60]
    assert lines["interaction"].f == pytest.approx(0.43372103, abs=1e-8)
    assert lines["interaction"].p == pytest.approx(0.97410641, abs=1e-8)
    for component, expected in {
        "repeatability": 0.0399732764,
        "reproducibility": 0.0514552612,
        "total gauge": 0.0914285375,
        "part": 1.0864466044,
        "total": 1.1778751419,
    }.items():
        assert variance(answer, component) == pytest.approx(expected, abs=1e-9)
    assert answer.gauge_share == pytest.approx(0.2786, abs=5e-5)
    assert answer.categories == 4


def test_an_interaction_that_is_not_pooled_is_a_component_of_its_own() -> None:
    answer = gauge_rr(aiag(), pool_above=1.0)
    assert variance(answer, "repeatability") == pytest.approx(0.0459822222, abs=1e-9)
    assert variance(answer, "appraiser") == pytest.approx(0.0521229218, abs=1e-9)
    assert variance(answer, "interaction") == 0
    assert variance(answer, "part") == pytest.approx(1.0886721399, abs=1e-9)
    assert answer.gauge_share == pytest.approx(0.2875, abs=5e-5)


def test_the_batteries_scatter_as_sixsigma_says() -> None:
    answer = gauge_rr(battery())
    for component, expected in {
        "repeatability": 0.0213087542,
        "reproducibility": 0.0005735129,
        "part": 0.0643389450,
        "total": 0.0862212121,
    }.items():
        assert variance(answer, component) == pytest.approx(expected, abs=1e-9)
    gauge = next(c for c in answer.components if c.component == "total gauge")
    assert (round(gauge.contribution, 4), answer.categories) == (0.2538, 2)


def test_tolerance_is_filled_by_six_sigma_or_three_to_a_single_limit() -> None:
    both, single = gauge_rr(aiag(), low=-4.0, high=4.0), gauge_rr(aiag(), high=4.0)
    sigma = both.sigma("total gauge")
    assert sigma is not None
    assert both.tolerance_share == pytest.approx(6 * sigma / 8)
    mean = float(aiag().value.mean())
    assert single.tolerance_share == pytest.approx(3 * sigma / (4 - mean))


def test_the_sigma_of_the_process_takes_the_place_of_that_of_the_parts() -> None:
    answer = gauge_rr(aiag(), total=4.0)
    assert answer.sigma("total") == pytest.approx(4.0)
    assert answer.gauge_share == pytest.approx(np.sqrt(0.0914285375) / 4)
    with pytest.raises(BadQuestion, match="less than the gauge's own sigma"):
        gauge_rr(aiag(), total=0.1)


def simulated(chance: np.random.Generator, *, nested: bool) -> Measurements:
    """Sigma 1 of parts, 0.5 of appraisers, 0.4 of repeats."""
    rows = []
    shared = chance.normal(0, 1, 10)
    for who in "ABC":
        bias = chance.normal(0, 0.5)
        parts = chance.normal(0, 1, 10) if nested else shared
        for _ in range(3):
            for j, level in enumerate(parts):
                rows.append((f"{who}{j}" if nested else str(j), who, float(level + bias + chance.normal(0, 0.4))))
    return study(rows)


@pytest.mark.parametrize("nested", [False, True])
def test_variances_are_those_that_were_put_in(nested: bool) -> None:
    chance = np.random.default_rng(5)
    answers = [gauge_rr(simulated(chance, nested=nested)) for _ in range(150)]
    assert answers[0].design == ("nested" if nested else "crossed")
    assert np.mean([variance(a, "repeatability") for a in answers]) == pytest.approx(0.16, rel=0.03)
    assert np.mean([variance(a, "part") for a in answers]) == pytest.approx(1, rel=0.1)
    assert np.mean([variance(a, "reproducibility") for a in answers]) == pytest.approx(0.25, rel=0.25)


def test_nineteen_intervals_in_twenty_hold_the_sigma_of_the_gauge() -> None:
    chance = np.random.default_rng(6)
    true, held = np.sqrt(0.25 + 0.16), 0
    for _ in range(300):
        answer = gauge_rr(simulated(chance, nested=False))
        assert answer.gauge_low is not None
        assert answer.gauge_high is not None
        held += answer.gauge_low <= true <= answer.gauge_high
    assert 0.92 <= held / 300 <= 0.98


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.sampled_from(["anova", "range"]), st.booleans(), st.floats(0.01, 100))
def test_contributions_add_up_and_do_not_depend_on_the_unit(seed: int, method: str, nested: bool, scale: float) -> None:
    readings = simulated(np.random.default_rng(seed), nested=nested)
    answer = gauge_rr(readings, method=method)
    share = {c.component: c.contribution for c in answer.components}
    assert share["total gauge"] + share["part"] == pytest.approx(1)
    assert share["repeatability"] + share["reproducibility"] == pytest.approx(share["total gauge"])
    rows = [
        (int(a), str(u), "d", float(v) * scale)
        for a, u, v in zip(readings.at, readings.units.unit, readings.value, strict=True)
    ]
    other = gauge_rr(Measurements.of(rows, who=readings.units.facts["who"]), method=method)
    assert other.gauge_share == pytest.approx(answer.gauge_share, rel=1e-6)


def test_sums_of_squares_add_up() -> None:
    for nested in (False, True):
        lines = {
            s.source: s for s in gauge_rr(simulated(np.random.default_rng(1), nested=nested), pool_above=1.0).anova
        }
        total = lines.pop("total")
        assert sum(s.squares for s in lines.values()) == pytest.approx(total.squares)
        assert sum(s.freedom for s in lines.values()) == total.freedom


def test_a_gauge_that_nobody_handles_has_no_reproducibility() -> None:
    rows = [(i, str(i % 5), "d", float(i % 5) + 0.01 * (i % 3)) for i in range(15)]
    answer = gauge_rr(Measurements.of(rows), appraiser="none")
    assert (answer.appraisers, answer.sigma("reproducibility")) == (1, 0)
    assert "one appraiser tells no reproducibility" in answer.remarks


def test_readings_of_another_study_do_not_count() -> None:
    rows = [(p, w, float(p) + t) for t in (0.0, 0.1) for w in "AB" for p in "123"]
    both = study([*rows, ("9", "C", 5.0)], plan=["G1"] * len(rows) + ["G2"])
    assert gauge_rr(both, plan="G1").parts == 3
    with pytest.raises(NoData, match="Plans there: G1, G2"):
        gauge_rr(both, plan="G3")


def test_surplus_trials_are_left_out_and_said() -> None:
    rows = [(p, w, float(p) + t) for t in (0.0, 0.1) for w in "AB" for p in "123"]
    answer = gauge_rr(study([*rows, ("1", "A", 9.0)]))
    assert (answer.trials, answer.left_out) == (2, 1)
    assert any("1 readings do not count" in r for r in answer.remarks)


@pytest.mark.parametrize(
    ("rows", "asked", "error", "said"),
    [
        ([("1", "A", 1.0), ("2", "A", 2.0)] * 2, {"appraiser": "tool"}, UnknownName, "fact of units"),
        ([("1", "A", 1.0), ("2", "A", 2.0)], {}, BadQuestion, "measured once only: 1 by A, 2 by A"),
        ([("1", "A", 1.0)] * 2, {}, NoData, "two parts at least"),
        ([("1", "A", 1.0), ("2", "A", 2.0), ("1", "B", 1.0)] * 2, {}, BadQuestion, "B did not measure 2"),
        ([("1", "A", 1.0), ("2", "A", 1.0)] * 2, {}, BadQuestion, "All readings are equal"),
        ([("", "A", 1.0), ("2", "A", 1.0)] * 2, {}, BadQuestion, "do not say which unit"),
        ([("1", "A", 1.0), ("2", "A", 2.0)] * 2, {"method": "xbar"}, BadQuestion, "neither 'anova' nor 'range'"),
        ([("1", "A", 1.0), ("2", "A", 2.5)] * 2, {"judge_by": "tolerance"}, BadQuestion, "no limits"),
    ],
)
def test_a_study_that_lacks_something_says_what(
    rows: list[tuple[str, str, float]], asked: dict[str, str], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        gauge_rr(study(rows), **asked)


def test_nobody_said_who_measured() -> None:
    with pytest.raises(BadQuestion, match="appraiser = none"):
        gauge_rr(Measurements.of([(i, str(i % 2), "d", float(i)) for i in range(4)]))
