"""Control charts against qcc 3.0 and the NIST e-Handbook."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from andon.model import Characteristic, Characteristics, Counts, Measurements, Output, Units, Window
from andon.studies.quality.charted import ControlChart, Point
from andon.studies.quality.control_chart import control_chart
from andon.units import HOUR, SECOND

ORACLES = Path(__file__).parent.parent / "oracles"
QCC: dict[str, Any] = json.loads((ORACLES / "spc_charts_qcc.json").read_text("utf-8"))


def rows_of(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((ORACLES / f"{name}.csv").read_text("utf-8").splitlines()))


def single(values: list[float], test: str = "x") -> Measurements:
    return Measurements.of([(i * SECOND, str(i), test, v) for i, v in enumerate(values)])


def rings(until: int = 40) -> Measurements:
    """Diameters of piston rings, five a sample, a sample an hour."""
    rows = [r for r in rows_of("qcc_pistonrings") if int(r["sample"]) <= until]
    return Measurements.of(
        [(int(r["sample"]) * HOUR + i * SECOND, f"r{i}", "diameter", float(r["diameter"])) for i, r in enumerate(rows)],
        sample=[r["sample"] for r in rows],
    )


def agrees(point: Point, want: dict[str, Any]) -> None:
    """Center and limits are qcc's, which takes d2 and d3 from a table of three decimals."""
    assert point.center == pytest.approx(want["center"], rel=5e-4)
    rounded = 5e-4 * (want["ucl"] - want["center"])
    assert (point.lower, point.upper) == pytest.approx((want["lcl"], want["ucl"]), abs=rounded)


def panel(answer: ControlChart, name: str) -> list[Point]:
    return [p for p in answer.points if p.panel == name]


def out(answer: ControlChart, name: str) -> list[int]:
    return [p.place for p in panel(answer, name) if "1" in p.rules.split()]


def limits(points: list[Point]) -> tuple[list[float | None], list[float | None]]:
    return [p.lower for p in points], [p.upper for p in points]


@pytest.mark.parametrize(
    ("oracle", "spread"),
    [
        ("xbar_pistonrings_1_25_Rbar", "range"),
        ("xbar_pistonrings_1_25_uwave_sd", "deviation"),
        ("xbar_pistonrings_1_25_rmsdf", "pooled"),
    ],
)
def test_means_of_subgroups_have_the_limits_of_qcc(oracle: str, spread: Any) -> None:
    want, found = QCC[oracle], control_chart(rings(25), subgroup="sample", chart="xbar-r", spread=spread)
    points = panel(found, "mean")
    assert [p.value for p in points[:5]] == pytest.approx(want["first_statistics"], rel=1e-9)
    agrees(points[0], want)
    assert found.stages[0].sigma == pytest.approx(want["std_dev"], rel=1e-4 if spread == "range" else 1e-9)
    assert out(found, "mean") == want["beyond_limits_1based"]


@pytest.mark.parametrize(
    ("oracle", "chart", "name"),
    [("R_pistonrings_1_25", "xbar-r", "range"), ("S_pistonrings_1_25", "xbar-s", "standard deviation")],
)
def test_spreads_of_subgroups_have_the_limits_of_qcc(oracle: str, chart: Any, name: str) -> None:
    want, points = QCC[oracle], panel(control_chart(rings(25), subgroup="5", chart=chart), name)
    assert [p.value for p in points[:5]] == pytest.approx(want["first_statistics"], rel=1e-9)
    agrees(points[0], want)


def test_later_samples_are_judged_by_the_limits_of_the_first_25() -> None:
    found = control_chart(rings(), subgroup="sample", rules="1", baseline=f"{10**5}/{26 * HOUR}")
    assert (found.chart, found.phase) == ("xbar-r", "II")
    assert out(found, "mean") == QCC["xbar_pistonrings_phase2"]["beyond_1based"]
    assert sum(p.used for p in panel(found, "mean")) == 25


def juice() -> Units:
    """Cans of orange juice: 50 a sample, the bad ones first."""
    rows = [r for r in rows_of("qcc_orangejuice") if r["trial"] == "TRUE"]
    each = [(int(r["sample"]), i >= int(r["D"])) for r in rows for i in range(int(r["size"]))]
    return Units.of(
        [s * HOUR + i for i, (s, _) in enumerate(each)],
        [f"can {i}" for i in range(len(each))],
        passed=[good for _, good in each],
        lot=[str(s) for s, _ in each],
    )


@pytest.mark.parametrize(("oracle", "chart"), [("p_orangejuice_trial", "p"), ("np_orangejuice_trial", "np")])
def test_shares_of_rejects_have_the_limits_of_qcc(oracle: str, chart: Any) -> None:
    want, found = QCC[oracle], control_chart(units=juice(), chart=chart, subgroup="lot", rules="1")
    first = found.points[0]
    low, high = (want[e][0] if isinstance(want[e], list) else want[e] for e in ("lcl", "ucl"))
    assert (first.center, first.lower, first.upper) == pytest.approx((want["center"], low, high), rel=1e-9)
    assert [p.value for p in found.points[:5]] == pytest.approx(want["first_statistics"])
    assert [p.place for p in found.points if p.rules] == want["beyond_limits_1based"]


def test_the_machine_s_own_counters_make_the_same_chart() -> None:
    rows = [r for r in rows_of("qcc_orangejuice") if r["trial"] == "TRUE"]
    at = [int(r["sample"]) * HOUR + 1 for r in rows]
    total, rejects = (Counts.of([(a, float(r[name])) for a, r in zip(at, rows, strict=True)]) for name in ("size", "D"))
    output = Output(Window(HOUR, 31 * HOUR), total, None, rejects)
    found = control_chart(output=output, subgroup="1 h", rules="1")
    assert (found.chart, found.test) == ("p", "rejects")
    assert [p.place for p in found.points if p.rules] == QCC["p_orangejuice_trial"]["beyond_limits_1based"]


def test_rejects_are_charted_by_that_name_and_as_the_plant_says() -> None:
    made = Counts.of([(h * HOUR + 1, 100.0) for h in range(30)])
    bad = Counts.of([(h * HOUR + 1, 20.0 if h == 12 else 4.0) for h in range(30)])
    output = Output(Window(0, 30 * HOUR), made, None, bad)
    said = Characteristics((Characteristic("rejects", subgroups="1 h", chart="u", rules="1"),))
    width = Measurements.of([(i, str(i), "width", 1.0) for i in range(9)], window=output.window)
    found = control_chart(width, output=output, characteristics=said, test="rejects")
    assert (found.chart, found.test, len(found.points)) == ("u", "rejects", 30)
    mean = (20 + 29 * 4) / 3000
    assert found.points[0].center == pytest.approx(mean)
    assert found.points[0].upper == pytest.approx(mean + 3 * (mean / 100) ** 0.5)
    assert [p.place for p in found.points if p.rules] == [13]
    assert control_chart(single([1.0, 2.0, 3.0], "rejects"), output=output, test="rejects").chart == "i-mr"


@pytest.mark.parametrize(
    ("oracle", "file", "chart", "column"),
    [
        ("c_circuit_trial", "qcc_circuit", "c", ""),
        ("u_pcmanufact", "qcc_pcmanufact", "u", "size"),
        ("u_dyedcloth", "qcc_dyedcloth", "u", "size"),
    ],
)
def test_defects_have_the_limits_of_qcc(oracle: str, file: str, chart: Any, column: str) -> None:
    want, rows = QCC[oracle], [r for r in rows_of(file) if r.get("trial", "TRUE") == "TRUE"]
    values = [
        (i * HOUR, str(i), name, float(r[key]))
        for i, r in enumerate(rows)
        for name, key in (("defects", "x"), ("size", "size"))
    ]
    found = control_chart(Measurements.of(values), test="defects", size=column, chart=chart, rules="1")
    low, high = (want[e] if isinstance(want[e], list) else [want[e]] * len(rows) for e in ("lcl", "ucl"))
    assert [p.center for p in found.points] == pytest.approx([want["center"]] * len(rows), rel=1e-9)
    assert [p.lower for p in found.points] == pytest.approx(low, rel=1e-9)
    assert [p.upper for p in found.points] == pytest.approx(high, rel=1e-9)
    assert [p.place for p in found.points if p.rules] == want["beyond_limits_1based"]


def test_single_values_have_the_limits_of_qcc_and_of_nist() -> None:
    viscosity = [float(r["viscosity"]) for r in rows_of("qcc_viscosity") if r["trial"] == "TRUE"]
    flow = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
    for want, values in ((QCC["i_viscosity_trial"], viscosity), (QCC["i_nist_flowrate"], flow)):
        found = control_chart(single(values), rules="1")
        agrees(found.points[0], want)
        beyond = want["beyond_limits_1based"]
        assert out(found, "value") == (beyond if isinstance(beyond, list) else [beyond])
    moving = panel(control_chart(single(flow)), "moving range")
    assert (moving[0].place, moving[0].center, moving[0].lower) == (2, pytest.approx(1.8778, abs=1e-4), 0.0)
    assert moving[0].upper == pytest.approx(3.2665 * 1.87778, rel=1e-4)


def test_the_weighted_mean_has_the_values_and_limits_of_qcc() -> None:
    want = QCC["ewma_pistonrings"]
    found = control_chart(rings(), chart="ewma", subgroup="5", center=want["center"], sigma=want["sd"], weight=0.2)
    assert [p.value for p in found.points] == pytest.approx(want["z"], rel=1e-9)
    low, high = limits(found.points)
    assert low == pytest.approx(want["lcl"], rel=1e-9)
    assert high == pytest.approx(want["ucl"], rel=1e-9)
    assert [p.place for p in found.points if p.rules] == want["viol"]


@pytest.mark.parametrize("asymptotic", [False, True])
def test_the_weighted_mean_is_that_of_nist(asymptotic: bool) -> None:
    want = QCC["ewma_nist"]
    found = control_chart(
        single(want["x"]), chart="ewma", center=50, sigma=want["sd"], weight=0.3, asymptotic=asymptotic
    )
    assert [p.value for p in found.points] == pytest.approx(want["z"], rel=1e-9)
    low, high = limits(found.points)
    ends = want["asymptotic_limits"]
    assert low == pytest.approx([ends[0]] * 20 if asymptotic else want["lcl"], rel=1e-9)
    assert high == pytest.approx([ends[1]] * 20 if asymptotic else want["ucl"], rel=1e-9)


def test_cumulative_sums_are_those_of_qcc() -> None:
    want = QCC["cusum_pistonrings"]
    found = control_chart(rings(), chart="cusum", subgroup="5", center=want["center"], sigma=want["sd"])
    assert [p.value for p in panel(found, "upper sum")] == pytest.approx(want["pos"], abs=1e-8)
    assert [p.value for p in panel(found, "lower sum")] == pytest.approx(want["neg"], abs=1e-8)
    assert out(found, "upper sum") == want["viol_upper_1based"]
    assert out(found, "lower sum") == want["viol_lower_1based"]
    assert found.run_length == pytest.approx(465.44, abs=0.01)


def test_cumulative_sums_are_those_of_nist() -> None:
    want = QCC["cusum_nist"]
    sigma = want["k"] / 0.5
    found = control_chart(
        single(want["x"]), chart="cusum", center=want["target"], sigma=sigma, interval=want["h"] / sigma
    )
    up, down = ([p.value * sigma for p in panel(found, name)] for name in ("upper sum", "lower sum"))
    assert up == pytest.approx(want["S_hi"], abs=1e-9)
    assert [-v for v in down] == pytest.approx(want["S_lo"], abs=1e-9)
    assert out(found, "upper sum")[0] == want["first_signal_1based"]


def test_a_head_start_begins_half_way() -> None:
    found = control_chart(single([0.5] * 3), chart="cusum", center=0, sigma=1, interval=4, headstart=True)
    assert [p.value for p in panel(found, "upper sum")] == [2.0, 2.0, 2.0]
    assert [p.value for p in panel(found, "lower sum")] == [-1.0, 0.0, 0.0]
