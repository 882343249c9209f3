"""Control charts beyond the oracles: rare events, overdispersion, short runs, stages, gaps, subgroups, correlation."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.errors import BadQuestion, NoData, UnknownName
from andon.model import Calendar, Characteristic, Characteristics, Measurements, Shift, Units, Window
from andon.studies.quality.charted import ControlChart, Point
from andon.studies.quality.control_chart import control_chart
from andon.units import HOUR, MINUTE, SECOND


def single(values: Any, step: int = SECOND, **columns: list[str]) -> Measurements:
    return Measurements.of([(i * step, str(i), "x", float(v)) for i, v in enumerate(values)], **columns)


def panel(answer: ControlChart, name: str) -> list[Point]:
    return [p for p in answer.points if p.panel == name]


def counted(sizes: np.ndarray, bad: np.ndarray) -> Units:
    lots = [str(i) for i, n in enumerate(sizes) for _ in range(n)]
    good = [j >= b for n, b in zip(sizes, bad, strict=True) for j in range(n)]
    return Units.of(range(len(lots)), map(str, range(len(lots))), lot=lots, passed=good)


def test_shares_that_scatter_more_than_chance_are_told_and_laney_widens_their_limits() -> None:
    draws = np.random.default_rng(2)
    sizes = np.full(30, 1000)
    units = counted(sizes, draws.binomial(1000, np.clip(0.1 + 0.03 * draws.standard_normal(30), 0, 1)))
    plain = control_chart(units=units, chart="p", subgroup="lot", rules="1")
    laney = control_chart(units=units, chart="laney-p", subgroup="lot", rules="1")
    assert any("laney-p" in r for r in plain.remarks)
    assert not plain.stable
    assert laney.stable
    p, z = plain.stages[0].center, np.array([(q.value - plain.stages[0].center) / q.sigma for q in plain.points])
    factor = np.abs(np.diff(z)).mean() / (2 / np.pi**0.5)
    upper = p + 3 * (p * (1 - p) / 1000) ** 0.5 * factor  # Laney 2002
    assert laney.points[0].upper == pytest.approx(upper, rel=1e-12)
    assert laney.stages[0].second == pytest.approx(factor)


def test_laney_of_shares_that_scatter_by_chance_is_nearly_the_plain_chart() -> None:
    units = counted(np.full(400, 200), np.random.default_rng(4).binomial(200, 0.1, 400))
    laney = control_chart(units=units, chart="laney-p", subgroup="lot")
    assert laney.stages[0].second == pytest.approx(1.0, abs=0.08)


def test_units_between_rejects_have_probability_limits_of_the_geometric_distribution() -> None:
    draws = np.random.default_rng(6).geometric(0.02, 200) - 1
    found = control_chart(single(draws), chart="g", rules="1", test="x")
    first, mean = found.points[0], draws.mean()
    chance = 1 / (mean + 1)
    beyond = (1 - chance) ** (first.upper + 1)  # more than so many good ones in a row
    assert beyond <= 0.00135 < (1 - chance) ** first.upper
    assert first.lower == 0.0
    assert 0.5 ** (1 / first.center) == pytest.approx(1 - chance, abs=0.01)
    assert found.run_length > 370


def test_time_between_rejects_is_found_from_the_units_themselves() -> None:
    at = np.cumsum(np.random.default_rng(8).exponential(2.0, 60) * HOUR).astype(np.int64)
    units = Units.of([int(a) for a in at], map(str, range(60)), passed=[i % 3 != 0 for i in range(60)])
    found = control_chart(units=units, chart="t", rules="1")
    between = np.diff(at[::3]) / HOUR
    assert [p.value for p in found.points] == pytest.approx(between)
    y = between ** (1 / 3.6)
    high = y.mean() + 3 * np.abs(np.diff(y)).mean() / (2 / np.pi**0.5)
    assert found.points[0].upper == pytest.approx(high**3.6, rel=1e-9)  # Nelson 1994
    assert found.unit == "h"


def test_short_runs_of_several_products_stand_on_one_chart_as_deviations_from_nominal() -> None:
    products = ["A", "B"] * 15
    nominal = {"A": 10.0, "B": 50.0}
    off = np.random.default_rng(1).normal(0, 0.1, 30)
    values = [nominal[p] + o for p, o in zip(products, off, strict=True)]
    said = Characteristics(
        (Characteristic("x", target=10.0, product="A"), Characteristic("x", low=49.0, high=51.0, product="B"))
    )
    found = control_chart(single(values, product=products), characteristics=said, chart="short-run")
    alone = control_chart(single(off))
    assert [p.value for p in found.points] == pytest.approx([p.value for p in alone.points], abs=1e-12)
    with pytest.raises(BadQuestion, match="no target for product 'B'"):
        control_chart(
            single(values, product=products), characteristics=Characteristics(said.rows[:1]), chart="short-run"
        )


def test_a_three_way_chart_tells_spread_between_subgroups_from_spread_within() -> None:
    draws = np.random.default_rng(9)
    means = draws.normal(100, 5, 30)
    values = np.repeat(means, 5) + draws.normal(0, 0.5, 150)
    plain = control_chart(single(values), subgroup="5", chart="xbar-r", rules="1")
    three = control_chart(single(values), subgroup="5", chart="three-way", rules="1")
    assert len([p for p in panel(plain, "mean") if p.rules]) > 10
    assert [p for p in panel(three, "mean") if p.rules] == []
    assert [p.panel for p in three.panels] == ["mean", "moving range", "range"]
    assert three.stages[0].second == pytest.approx(0.5, rel=0.15)
    single_means = control_chart(single([p.value for p in panel(three, "mean")]))
    assert panel(three, "mean")[0].upper == pytest.approx(single_means.points[0].upper)


def test_each_stage_has_limits_of_its_own() -> None:
    values = [1.0, 1.2, 0.9, 1.1, 1.0, 5.0, 5.2, 4.9, 5.1, 5.0]
    at = 5 * SECOND
    by_moment = control_chart(single(values), stages=f"{at}")
    by_column = control_chart(single(values, product=["A"] * 5 + ["B"] * 5), stages="product")
    for found, names in ((by_moment, ["1", "2"]), (by_column, ["A", "B"])):
        assert [(s.stage, s.points, s.center) for s in found.stages] == [
            (names[0], 5, pytest.approx(1.04)),
            (names[1], 5, pytest.approx(5.04)),
        ]
        assert [p.place for p in panel(found, "moving range")] == [2, 3, 4, 5, 7, 8, 9, 10]
    assert by_moment.stable


def test_moving_ranges_and_runs_do_not_reach_over_a_gap() -> None:
    at = [i * MINUTE for i in range(6)] + [10 * HOUR + i * MINUTE for i in range(6)]
    rows = [(a, str(a), "x", v) for a, v in zip(at, [1.0, 1.1] * 3 + [9.0, 9.1] * 3, strict=True)]
    found = control_chart(Measurements.of(rows), gap="1 h")
    assert [p.place for p in found.points if p.panel == "value" and p.gap] == [7]
    assert max(p.value for p in panel(found, "moving range")) == pytest.approx(0.1)
    assert max(p.value for p in panel(control_chart(Measurements.of(rows)), "moving range")) > 7


@pytest.mark.parametrize(
    ("subgroup", "sizes"),
    [
        ("5", [5] * 4),
        ("3 every 10", [3] * 3),
        ("10 min", [10, 10, 4]),
        ("2 every 10 min", [2, 2, 2]),
        ("lot", [12, 12]),
        ("shift", [8, 16]),
        ("day", [24]),
    ],
)
def test_subgroups_are_made_in_every_rational_way(subgroup: str, sizes: list[int]) -> None:
    shifts = (
        Shift("early", "1970-01-01", Window(0, 8 * MINUTE)),
        Shift("late", "1970-01-01", Window(8 * MINUTE, HOUR)),
    )
    given = single(np.sin(np.arange(24)), MINUTE, lot=["L1"] * 12 + ["L2"] * 12)
    calendar = Calendar(given.window, shifts, described=True)
    found = control_chart(given, calendar=calendar, subgroup=subgroup, sigma=1.0, center=0.0, chart="xbar-s")
    assert [p.size for p in panel(found, "mean")] == sizes


def test_the_plant_says_subgroup_chart_and_rules() -> None:
    said = Characteristics((Characteristic("x", subgroup=4, chart="xbar-s", rules="1 3"),))
    found = control_chart(single(np.sin(np.arange(40))), characteristics=said)
    assert (found.chart, [r.rule for r in found.rules]) == ("xbar-s", ["1", "3"])
    assert {p.size for p in panel(found, "mean")} == {4.0}


def correlated(part: float, count: int = 400) -> np.ndarray:
    noise, x = np.random.default_rng(12).standard_normal(count), np.zeros(count)
    for i in range(1, count):
        x[i] = part * x[i - 1] + noise[i]
    return x


def test_correlated_values_are_warned_of_and_their_residuals_are_not() -> None:
    x = correlated(0.8)
    plain, left = control_chart(single(x)), control_chart(single(x), residual=True)
    assert plain.correlated
    assert plain.lag == pytest.approx(0.8, abs=0.07)
    assert any("correlated" in r for r in plain.remarks)
    assert not left.correlated
    assert left.ar == pytest.approx(0.8, abs=0.07)
    assert left.signals < plain.signals / 4
    assert left.stages[0].sigma == pytest.approx(1.0, abs=0.08)


def test_independent_values_are_not_called_correlated() -> None:
    assert not control_chart(single(np.random.default_rng(3).standard_normal(500))).correlated


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(-1e3, 1e3).map(lambda v: round(v, 3)), min_size=12, max_size=40).filter(
        lambda v: len(set(v)) > 3
    ),
    st.sampled_from([0.5, 3.0]),
    st.floats(-100, 100),
)
def test_another_unit_changes_no_judgement(values: list[float], scale: float, shift: float) -> None:
    plain = control_chart(single(values), rules="nelson")
    other = control_chart(single([scale * v for v in values]), rules="nelson")
    assert [p.rules for p in plain.points] == [p.rules for p in other.points]
    moved = control_chart(single([v + shift for v in values]), rules="1")
    assert moved.stages[0].sigma == pytest.approx(plain.stages[0].sigma, abs=1e-6)


def test_the_false_alarm_rate_is_that_of_the_distribution_that_is_charted() -> None:
    units = counted(np.full(40, 50), np.random.default_rng(1).binomial(50, 0.2, 40))
    found = control_chart(units=units, chart="np", subgroup="lot", rules="1")
    share, (low, high) = found.stages[0].center, (found.points[0].lower, found.points[0].upper)
    draws = np.random.default_rng(5).binomial(50, share, 2_000_000)
    assert 1 / found.run_length == pytest.approx(((draws < low) | (draws > high)).mean(), rel=0.06)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"chart": "xbar-r"}, "two or more values"),
        ({"subgroup": "sometimes"}, "sometimes"),
        ({"rules": "99"}, "no rule"),
        ({"chart": "i-mr", "subgroup": "5"}, "single values"),
        ({"sigma": -1.0}, "more than 0"),
        ({"width": 0.0}, "more than 0"),
        ({"chart": "ewma", "weight": 0.0}, "more than 0"),
        ({"chart": "p"}, "passed"),
        ({"baseline": "2024-01-01"}, "no stretch"),
        ({"baseline": "2024-01-01T00:00Z/2024-01-02T00:00Z"}, "baseline"),
        ({"test": "y"}, "y"),
        ({"residual": True, "chart": "xbar-r", "subgroup": "5"}, "Residuals"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_does(setting: dict[str, Any], said: str) -> None:
    with pytest.raises((BadQuestion, NoData, UnknownName), match=said):
        control_chart(single(np.sin(np.arange(20))), **setting)


def test_few_subgroups_and_equal_values_are_told() -> None:
    assert any("freeze none" in r for r in control_chart(single([1.0, 2.0, 3.0])).remarks)
    found = control_chart(single([5.0] * 30))
    assert any("no width" in r for r in found.remarks)
    assert found.stable
