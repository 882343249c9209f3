"""Bias and linearity of gauges against AIAG's manual and SciPy."""

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from andon.errors import BadQuestion, NoData
from andon.model import Measurements
from andon.studies.quality.gauge_bias import gauge_bias
from andon.studies.quality.gauge_linearity import gauge_linearity

ORACLES = Path(__file__).parent.parent / "oracles"
# AIAG, Measurement Systems Analysis, bias study: 15 readings of a part whose value is 6.0.
READINGS = [5.8, 5.7, 5.9, 5.9, 6.0, 6.1, 6.0, 6.1, 6.4, 6.3, 6.0, 6.1, 6.2, 5.6, 6.0]


def read(values: list[float], **columns: list[str]) -> Measurements:
    return Measurements.of([(i, "master", "d", v) for i, v in enumerate(values)], **columns)


def aiag() -> Measurements:
    rows = list(csv.DictReader((ORACLES / "gage_linearity_aiag.csv").read_text("utf-8").splitlines()))
    return Measurements.of(
        [(i, r["part"], "d", float(r["value"])) for i, r in enumerate(rows)], reference=[r["reference"] for r in rows]
    )


def test_the_bias_of_the_manual_is_none_that_is_shown() -> None:
    answer = gauge_bias(read(READINGS), reference=6.0)
    expected = stats.ttest_1samp(READINGS, 6.0)
    limits = expected.confidence_interval(0.95)
    assert (answer.count, round(answer.bias, 4), round(answer.sigma, 4)) == (15, 0.0067, 0.2120)
    assert (answer.t, answer.p) == pytest.approx((expected.statistic, expected.pvalue))
    assert (answer.bias_low + 6, answer.bias_high + 6) == pytest.approx((limits.low, limits.high))
    assert (answer.verdict, answer.cg) == ("no bias shown", None)


def test_cg_and_cgk_are_a_fifth_and_a_tenth_of_the_tolerance() -> None:
    """Cg = 0.2 T / (6 s), Cgk = (0.1 T - |bias|) / (3 s)."""
    answer = gauge_bias(read(READINGS), reference=6.0, low=3.0, high=9.0)
    s = float(np.std(READINGS, ddof=1))
    assert answer.cg == pytest.approx(0.2 * 6 / 6 / s)
    assert answer.cgk == pytest.approx((0.1 * 6 - abs(np.mean(READINGS) - 6)) / 3 / s)
    assert answer.verdict == "not capable"
    assert gauge_bias(read(READINGS), reference=6.0, low=0.0, high=12.0).verdict == "capable"


def test_a_gauge_too_coarse_for_the_tolerance_is_told() -> None:
    answer = gauge_bias(read(READINGS), reference=6.0, low=5.5, high=6.5)
    assert answer.resolution == pytest.approx(0.1)
    assert any("twentieth of the tolerance" in r for r in answer.remarks)


@pytest.mark.parametrize(
    ("values", "asked", "error", "said"),
    [
        ([5.0], {"reference": 5.0}, NoData, "it takes two"),
        ([5.0, 5.1], {}, BadQuestion, "Nobody said the reference value of master"),
        ([5.0, 5.1], {"reference": 5.0, "confidence": 95}, BadQuestion, "write 0.2"),
        ([5.0, 5.1], {"reference": 5.0, "part": "other"}, NoData, "of that part"),
    ],
)
def test_what_is_missing_is_said(
    values: list[float], asked: dict[str, object], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        gauge_bias(read(values), **asked)


def test_several_parts_are_not_one() -> None:
    with pytest.raises(BadQuestion, match="say which `part`"):
        gauge_bias(aiag())
    assert gauge_bias(aiag(), part="1").bias == pytest.approx(0.491667, abs=1e-6)


def test_the_line_of_the_manual() -> None:
    """Bias = 0.736667 - 0.131667 reference; Minitab prints the same."""
    answer = gauge_linearity(aiag())
    assert (answer.intercept, answer.slope) == pytest.approx((0.736667, -0.131667), abs=1e-6)
    assert (answer.r_squared, answer.sigma) == pytest.approx((0.714318, 0.239540), abs=1e-6)
    assert [r.bias for r in answer.rows] == pytest.approx([0.491667, 0.125, 0.025, -0.291667, -0.616667], abs=1e-6)
    assert [r.reference for r in answer.rows] == [2, 4, 6, 8, 10]
    assert answer.verdict == "not linear"
    expected = stats.linregress([r.reference for r in answer.rows for _ in range(12)], biases())
    assert answer.slope_p == pytest.approx(expected.pvalue, rel=1e-6)


def biases() -> list[float]:
    rows = csv.DictReader((ORACLES / "gage_linearity_aiag.csv").read_text("utf-8").splitlines())
    return [float(r["value"]) - float(r["reference"]) for r in rows]


def test_true_values_can_be_given_by_part_and_win() -> None:
    said = gauge_linearity(aiag(), references="1 = 2, 2 = 4, 3 = 6, 4 = 8; 5 = 10")
    assert said.slope == pytest.approx(gauge_linearity(aiag()).slope)
    assert gauge_linearity(aiag(), references="5 = 12").rows[-1].reference == 12


@pytest.mark.parametrize("text", ["1 is 2", "1 =", "= 2", "1 = nan"])
def test_true_values_that_cannot_be_read_are_named(text: str) -> None:
    with pytest.raises(BadQuestion, match="no reference value"):
        gauge_linearity(aiag(), references=text)


def test_nineteen_limits_in_twenty_hold_the_true_slope() -> None:
    chance, held = np.random.default_rng(2), 0
    true = np.repeat([0.0, 5.0, 10.0, 15.0], 6)
    for _ in range(400):
        read_ = true * 1.01 + chance.normal(0.2, 0.3, len(true))
        rows = [(i, str(t), "d", float(v)) for i, (t, v) in enumerate(zip(true, read_, strict=True))]
        answer = gauge_linearity(Measurements.of(rows, reference=[str(t) for t in true]))
        held += answer.slope_low <= 0.01 <= answer.slope_high
    assert 0.92 <= held / 400 <= 0.98


def test_a_bias_that_bends_is_no_line() -> None:
    true = np.repeat([0.0, 5.0, 10.0], 8)
    read_ = true + 0.1 * (true - 5) ** 2 + np.tile([0.0, 0.1], 12)
    rows = [(i, str(t), "d", float(v)) for i, (t, v) in enumerate(zip(true, read_, strict=True))]
    answer = gauge_linearity(Measurements.of(rows, reference=[str(t) for t in true]))
    assert answer.verdict == "biased"
    assert any("does not lie on a line" in r for r in answer.remarks)


def test_one_reference_value_is_no_range() -> None:
    with pytest.raises(NoData, match="1 reference value"):
        gauge_linearity(read(READINGS), references="master = 6")
