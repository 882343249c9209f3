"""Lifetimes against NIST, R and published figures; failures of a machine as its states tell them."""

import csv
from math import exp, inf, log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import BadQuestion, NoData
from andon.model import Calendar, States, Window
from andon.studies.production.reliability import (
    kaplan_meier,
    laplace,
    mtbf_bound,
    mtbf_interval,
    power_law,
    reliability,
    weibull_fit,
)
from andon.units import HOUR

ORACLES = Path(__file__).parent.parent / "oracles"

# NIST/SEMATECH e-Handbook 8.4.1.2: 20 units, 10 failures (hours), 10 still running at 500 h.
FAILED = [54, 187, 216, 240, 244, 335, 361, 373, 375, 386]
LIVED = [*FAILED, *[500] * 10]
CUT = [False] * 10 + [True] * 10
# NIST/SEMATECH e-Handbook 8.1.7.2 (repairs of one machine, 1500 h).
REPAIRS = [5, 40, 43, 175, 389, 712, 747, 795, 1299, 1478]


def test_a_censored_weibull_fit_is_that_of_nist() -> None:
    fit = weibull_fit(LIVED, CUT)
    # NIST prints 1.7208 and 606.5280; R survreg, lifelines and reliability agree on these digits.
    assert (fit.shape, fit.scale) == (pytest.approx(1.720797, rel=1e-6), pytest.approx(606.5275, rel=1e-6))
    assert fit.loglik == pytest.approx(-75.134618, abs=1e-6)
    assert (fit.b10, fit.mttf) == (pytest.approx(164.0224, rel=1e-6), pytest.approx(540.737, rel=1e-6))
    assert fit.reliability(100) == pytest.approx(0.9560311, rel=1e-6)
    assert fit.hazard(100) == pytest.approx(0.0007737539, rel=1e-6)
    assert (fit.failures, fit.suspensions) == (10, 10)


@pytest.mark.parametrize(
    ("limits", "shape", "scale"),
    [
        ("log", (0.9713, 3.0487), (405.089, 908.135)),  # the Python package `reliability`
        ("natural", (0.7366, 2.7050), (361.707, 851.348)),  # the Python package `lifelines`
    ],
)
def test_weibull_limits_are_those_of_the_packages_that_use_that_scale(
    limits: str, shape: tuple[float, float], scale: tuple[float, float]
) -> None:
    fit = weibull_fit(LIVED, CUT, confidence=0.95, limits=limits)
    assert (fit.shape_low, fit.shape_high) == (pytest.approx(shape[0], abs=1e-4), pytest.approx(shape[1], abs=1e-4))
    assert (fit.scale_low, fit.scale_high) == (pytest.approx(scale[0], abs=1e-3), pytest.approx(scale[1], abs=1e-3))


@given(st.lists(st.tuples(st.floats(0.1, 1e4), st.booleans()), min_size=3, max_size=30), st.floats(0.01, 100))
def test_a_fit_is_a_maximum_and_does_not_depend_on_the_unit_of_time(
    lives: list[tuple[float, bool]], unit: float
) -> None:
    times, censored = [t for t, _ in lives], [c for _, c in lives]
    ended = [t for t, c in lives if not c]
    if not ended or max(times) < 1.001 * min(ended):
        return
    fit = weibull_fit(times, censored)
    for shape, scale in ((1.01, 1), (0.99, 1), (1, 1.01), (1, 0.99)):
        assert likelihood(times, censored, fit.shape * shape, fit.scale * scale) <= fit.loglik + 1e-9 * abs(fit.loglik)
    other = weibull_fit([t * unit for t in times], censored)
    assert (other.shape, other.scale) == (pytest.approx(fit.shape, rel=1e-6), pytest.approx(fit.scale * unit, rel=1e-6))


@pytest.mark.parametrize(
    ("times", "censored", "said"),
    [
        ([10, 20], [True, True], "do not tell a shape"),
        ([10, 10, 10], [False, False, False], "do not tell a shape"),
        ([], [], "one of each is needed"),
    ],
)
def test_lifetimes_that_tell_no_shape_are_refused(times: list[float], censored: list[bool], said: str) -> None:
    with pytest.raises(NoData, match=said):
        weibull_fit(times, censored)


def test_a_lifetime_of_zero_is_refused() -> None:
    with pytest.raises(BadQuestion, match="not greater than 0"):
        weibull_fit([0, 10], [False, False])


def test_kaplan_meier_with_log_log_limits_is_that_of_r_survival() -> None:
    steps = {s.time: s for s in kaplan_meier(LIVED, CUT)}
    with (ORACLES / "reliability_nist_km.csv").open() as rows:  # R 4, package survival, conf.type = "log-log"
        for row in csv.DictReader(rows):
            step = steps[float(row["time"])]
            assert (step.at_risk, step.failed) == (int(row["n_risk"]), int(row["n_event"]))
            figures = (step.share, step.error, step.low, step.high)
            assert figures == pytest.approx([float(row[n]) for n in ("surv", "std_err", "lo", "hi")], rel=1e-9)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=40))
def test_without_censoring_kaplan_meier_is_the_share_that_lived_longer(times: list[int]) -> None:
    for step in kaplan_meier(times, [False] * len(times)):
        assert step.share == pytest.approx(sum(t > step.time for t in times) / len(times), abs=1e-12)


@pytest.mark.parametrize(
    ("failures", "confidence", "lower"), [(3, 0.60, 479.0118), (3, 0.90, 299.3661), (0, 0.90, 868.589)]
)
def test_the_lower_mtbf_limit_of_2000_hours(failures: int, confidence: float, lower: float) -> None:
    assert mtbf_bound(2000, failures, confidence=confidence) == pytest.approx(lower, rel=1e-6)


def test_the_two_sided_mtbf_limits_of_2000_hours() -> None:
    assert mtbf_interval(2000, 3, confidence=0.9) == pytest.approx((257.9428, 2445.91), rel=1e-6)
    assert mtbf_interval(2000, 0)[1] is None


def test_without_failures_the_limit_is_time_over_the_log_of_the_risk() -> None:
    assert mtbf_bound(2000, 0, confidence=0.9) == pytest.approx(-2000 / log(0.1))


def test_an_observation_that_ends_with_a_failure_has_two_degrees_of_freedom_less() -> None:
    assert mtbf_bound(1000, 4, ended="failure") == pytest.approx(mtbf_bound(1000, 3, ended="time"))


@pytest.mark.parametrize(("time", "failures", "ended"), [(0, 1, "time"), (10, 0, "failure"), (10, 1, "lunch")])
def test_what_has_no_mtbf_limit_is_refused(time: float, failures: int, ended: str) -> None:
    with pytest.raises(BadQuestion, match="no MTBF limit"):
        mtbf_bound(time, failures, ended=ended)


def test_the_power_law_of_the_nist_repairs() -> None:
    fit = power_law(REPAIRS, 1500)
    assert fit.shape == pytest.approx(0.5372289, rel=1e-6)
    assert fit.rate == pytest.approx(0.1966582, rel=1e-6)
    assert fit.mtbf_now == pytest.approx(279.2106, rel=1e-6)
    assert fit.shape_low < fit.shape < fit.shape_high < 1


def test_laplace_of_the_nist_repairs() -> None:
    assert laplace(REPAIRS, 1500) == pytest.approx(-1.326949, rel=1e-6)


@given(st.lists(st.floats(1, 999), min_size=1, max_size=30))
def test_laplace_turns_its_sign_when_time_runs_backwards(times: list[float]) -> None:
    assert laplace(times, 1000) == pytest.approx(-laplace([1000 - t for t in times], 1000), abs=1e-9)


def test_trend_figures_need_failures_within_the_observation() -> None:
    with pytest.raises(NoData, match="No failures"):
        laplace([], 100)
    with pytest.raises(BadQuestion, match="must lie in"):
        power_law([50, 101], 100)


def machine(*rows: tuple[float, str]) -> States:
    """States from (hours, state) rows, one after the other."""
    at, spells = 0, []
    for hours, state in rows:
        spells.append((at, at + round(hours * HOUR), state))
        at = spells[-1][1]
    return States.of(spells)


def ask(states: States, **settings: object) -> object:
    return reliability(states, Calendar(states.window, ()), **settings)  # type: ignore[arg-type]  # settings by name


def test_running_time_between_failures_is_the_lifetime() -> None:
    states = machine(
        (10, "producing"),
        (2, "fault"),
        (20, "producing"),
        (5, "idle_no_order"),
        (10, "producing"),
        (1, "fault"),
        (7, "producing"),
    )
    found = reliability(states, Calendar(states.window, ()))
    assert [(x.time / 3600, x.failed) for x in found.lifetimes] == [(30, True), (7, False)]
    assert (found.failures, found.left_out) == (2, 1)  # nobody saw the beginning of the first lifetime
    assert found.mtbf == pytest.approx(47 / 2 * 3600)
    assert found.mttr == pytest.approx(1.5 * 3600)
    assert found.inherent_availability == pytest.approx(47 / 50)


def test_faults_without_running_between_them_are_one_failure() -> None:
    states = machine((5, "producing"), (1, "fault"), (1, "off"), (2, "fault"), (1, "setup"), (6, "producing"))
    found = reliability(states, Calendar(states.window, ()))
    assert (found.failures, found.mttr) == (1, 3 * 3600)


def test_short_faults_can_be_told_apart_from_failures() -> None:
    states = machine((5, "producing"), (0.01, "fault"), (5, "producing"), (1, "fault"), (5, "producing"))
    found = reliability(states, Calendar(states.window, ()), shortest=60.0)
    assert (found.failures, found.repair) == (1, HOUR)


def test_a_long_gap_cuts_a_lifetime_off_and_a_short_one_does_not() -> None:
    def lives(gap: float) -> list[tuple[float, bool]]:
        states = machine(
            (1, "producing"),
            (1, "fault"),
            (10, "producing"),
            (gap, "unknown"),
            (5, "producing"),
            (1, "fault"),
            (2, "producing"),
        )
        found = reliability(states, Calendar(states.window, ()))
        return [(x.time / 3600, x.failed) for x in found.lifetimes]

    assert lives(gap=0.1) == [(15, True), (2, False)]
    assert lives(gap=3) == [(10, False), (2, False)]


def test_states_before_the_window_tell_the_age_at_its_beginning() -> None:
    states = machine((1, "producing"), (1, "fault"), (20, "producing"), (1, "fault"), (4, "producing"))
    found = reliability(states, Calendar(Window(10 * HOUR, 27 * HOUR), ()))
    assert [(x.time / 3600, x.failed) for x in found.lifetimes] == [(20, True), (4, False)]
    assert (found.failures, found.running) == (1, 16 * HOUR)


def test_a_machine_that_never_failed_has_a_lower_limit_only() -> None:
    states = machine((2000, "producing"))
    found = reliability(states, Calendar(states.window, ()), confidence=0.8)
    assert (found.mtbf, found.mtbf_high, found.trend, found.weibull) == (None, None, None, None)
    assert found.mtbf_low == pytest.approx(868.589 * 3600, rel=1e-6)  # one tail of the two-sided 80 % is 90 %


def test_a_machine_whose_lifetimes_shrink_shows_a_trend() -> None:
    worn = machine(*[row for hours in range(30, 2, -1) for row in ((hours, "producing"), (1, "fault"))])
    fresh = machine(*[row for hours in range(3, 31) for row in ((hours, "producing"), (1, "fault"))])
    wearing, growing = (reliability(s, Calendar(s.window, ())) for s in (worn, fresh))
    assert wearing.changes
    assert growing.changes
    assert (wearing.trend or 0) > 1.96 > -1.96 > (growing.trend or 0)
    assert wearing.growth
    assert growing.growth
    assert wearing.growth.shape > 1 > growing.growth.shape


def test_known_lifetimes_are_found_again() -> None:
    generator = np.random.default_rng(7)
    lives = 120 * generator.weibull(2.2, size=600)
    states = machine(*[row for life in lives for row in ((life, "producing"), (3, "fault"))])
    fit = reliability(states, Calendar(states.window, ()), confidence=0.99).weibull
    assert fit
    assert fit.shape_low < 2.2 < fit.shape_high
    assert fit.scale_low < 120 * 3600 < fit.scale_high


@pytest.mark.parametrize(
    ("settings", "said"), [({"clock": "wall"}, "no clock 'wall'"), ({"confidence": 90.0}, "write 0.9")]
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, object], said: str) -> None:
    with pytest.raises(BadQuestion, match=said):
        ask(machine((1, "producing")), **settings)


def test_a_machine_that_did_not_run_has_no_reliability() -> None:
    with pytest.raises(NoData, match="did not run"):
        ask(machine((5, "off")))


def likelihood(times: list[float], censored: list[bool], shape: float, scale: float) -> float:
    """The log likelihood as it is told, life by life."""
    total = 0.0
    for time, cut in zip(times, censored, strict=True):
        gone = exp(min(shape * log(time / scale), 700))
        total -= gone
        if not cut:
            total += log(shape / scale) + (shape - 1) * log(time / scale)
    return total if total < inf else -inf
