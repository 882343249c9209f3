"""Gauges over time: what is stable, what drifts, what jumped."""

import numpy as np
import pytest
from scipy import stats

from andon.errors import BadQuestion, NoData
from andon.model import Measurements
from andon.studies.quality.constants import c4
from andon.studies.quality.gauge_stability import DAY, gauge_stability


def read(values: np.ndarray, each: int = 1) -> Measurements:
    """So many readings a day of one part."""
    return Measurements.of([(i // each * DAY + i % each, "master", "d", float(v)) for i, v in enumerate(values)])


def test_limits_are_three_sigma_within_a_check() -> None:
    values = np.random.default_rng(1).normal(10, 0.2, 100)
    answer = gauge_stability(read(values, 4), subgroup=4)
    groups = values.reshape(25, 4)
    pooled = np.sqrt(groups.var(axis=1, ddof=1).mean()) / c4(76)
    assert answer.sigma == pytest.approx(pooled)
    assert answer.checks[0].upper == pytest.approx(values.mean() + 3 * pooled / 2)
    assert [c.mean for c in answer.checks] == pytest.approx(groups.mean(axis=1).tolist())
    assert (answer.verdict, len(answer.checks), answer.readings) == ("stable", 25, 100)


def test_a_drift_is_the_slope_a_day_with_its_limits() -> None:
    values = 10 + 0.02 * np.arange(60) + np.random.default_rng(3).normal(0, 0.2, 60)
    answer = gauge_stability(read(values))
    expected = stats.linregress(np.arange(60), values)
    assert answer.drift == pytest.approx(expected.slope)
    half = stats.t.ppf(0.975, 58) * expected.stderr
    assert (answer.drift_low, answer.drift_high) == pytest.approx((expected.slope - half, expected.slope + half))
    assert answer.verdict == "drifting"


def test_a_jump_is_judged_by_the_limits_of_the_baseline() -> None:
    chance = np.random.default_rng(4)
    values = np.concatenate([chance.normal(10, 0.1, 30), chance.normal(11, 0.1, 10)])
    answer = gauge_stability(read(values), baseline=30)
    assert answer.center == pytest.approx(values[:30].mean())
    assert all("1" in c.rules for c in answer.checks[30:])
    assert answer.baseline == 30


def test_nineteen_limits_in_twenty_hold_no_drift() -> None:
    chance = np.random.default_rng(5)
    held = sum(not gauge_stability(read(chance.normal(0, 1, 25))).drifting for _ in range(400))
    assert 0.92 <= held / 400 <= 0.98


@pytest.mark.parametrize(
    ("values", "asked", "error", "said"),
    [
        ([1.0], {}, NoData, "it takes two"),
        ([1.0] * 5, {}, BadQuestion, "do not scatter"),
        ([1.0, 2.0], {"subgroup": 0}, BadQuestion, "1 or more readings"),
        ([1.0, 2.0], {"rules": "9"}, BadQuestion, "no rule '9'"),
        ([1.0, 2.0], {"part": "other"}, NoData, "of that part"),
    ],
)
def test_what_is_missing_is_said(
    values: list[float], asked: dict[str, object], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        gauge_stability(read(np.array(values)), **asked)
