"""Charts of several tests against qcc 3.0, published limits of MEWMA, and what moved when one thing was moved."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from andon.errors import BadQuestion, NoData
from andon.model import Measurements
from andon.studies.quality.multivariate import mewma_limit, mewma_run_length
from andon.studies.quality.multivariate_chart import multivariate_chart

ORACLES = Path(__file__).parent.parent / "oracles"
QCC: dict[str, Any] = json.loads((ORACLES / "spc_charts_qcc.json").read_text("utf-8"))


def measured(rows: list[dict[str, str]], tests: list[str], **columns: list[str]) -> Measurements:
    values = [(i, f"u{i}", t, float(r[t])) for i, r in enumerate(rows) for t in tests]
    return Measurements.of(values, **{k: [v for v in c for _ in tests] for k, c in columns.items()})


def rows_of(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((ORACLES / f"{name}.csv").read_text("utf-8").splitlines()))


def test_subgroups_have_the_distances_and_the_limit_of_qcc() -> None:
    want, rows = QCC["T2_ryan"], rows_of("qcc_ryan_multivar")
    given = measured(rows, ["X1", "X2"], sample=[r["sample"] for r in rows])
    found = multivariate_chart(given, subgroup="sample", confidence=want["conf"])
    assert [p.value for p in found.points] == pytest.approx(want["statistics"], rel=1e-9)
    assert [t.center for t in found.tests] == pytest.approx(want["center"], rel=1e-12)
    assert [t.sigma**2 for t in found.tests] == pytest.approx([want["cov"][0], want["cov"][3]], rel=1e-9)
    assert found.upper == pytest.approx(want["ucl"], rel=1e-8)
    assert [p.place for p in found.points if p.signal] == [10, 20]


def test_single_rows_have_the_distances_and_the_limit_of_qcc() -> None:
    want, rows = QCC["T2single_boiler"], rows_of("qcc_boiler")
    found = multivariate_chart(measured(rows, list(rows[0])), confidence=want["conf"])
    assert [p.value for p in found.points] == pytest.approx(want["statistics"], rel=1e-8)
    assert found.upper == pytest.approx(want["ucl"], rel=1e-8)


@pytest.mark.parametrize(
    ("tests", "weight", "printed"),
    [(2, 0.05, 7.35), (2, 0.1, 8.64), (2, 0.2, 9.65), (4, 0.05, 11.22), (4, 0.1, 12.73), (10, 0.1, 22.67)],
)
def test_limits_of_mewma_are_those_of_prabhu_and_runger(tests: int, weight: float, printed: float) -> None:
    # Designing a MEWMA control chart, JQT 29 (1997): in-control run length 200; their Markov chain is good to 0.02
    assert mewma_limit(tests, weight, 200.0) == pytest.approx(printed, abs=0.025)


def test_the_run_length_of_mewma_agrees_with_a_simulation() -> None:
    draws, high, weight = np.random.default_rng(3), 8.66, 0.1
    means, lengths, alive = np.zeros((3000, 2)), np.zeros(3000), np.ones(3000, bool)
    while alive.any():
        means = (1 - weight) * means + weight * draws.standard_normal(means.shape)
        lengths[alive] += 1
        alive &= (means**2).sum(axis=1) * (2 - weight) / weight <= high
    error = lengths.std() / len(lengths) ** 0.5
    assert mewma_run_length(2, weight, high) == pytest.approx(lengths.mean(), abs=3 * error)


def moved(shift: float, since: int = 60) -> Measurements:
    draws = np.random.default_rng(5)
    size = draws.standard_normal(100)
    mass, other = size + 0.2 * draws.standard_normal(100), draws.standard_normal(100)
    mass[since:] -= shift
    values = {"size": size, "mass": mass, "other": other}
    return Measurements.of([(i, f"u{i}", t, float(v[i])) for i in range(100) for t, v in values.items()])


@pytest.mark.parametrize("chart", ["t2", "mewma"])
def test_what_broke_with_the_others_is_told_by_name(chart: Any) -> None:
    found = multivariate_chart(moved(2.0), chart=chart, baseline="00000/00060")
    first = next(p for p in found.points if p.signal)
    assert found.phase == "II"
    assert first.place > 60
    assert first.most in ("size", "mass")  # the pair that goes together no longer does
    assert found.contributions[0].test in ("size", "mass")
    assert found.contributions[2].test == "other"


def test_the_parts_of_a_distance_of_independent_tests_are_their_own_distances() -> None:
    corners = [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)] * 5
    rows = [(i, str(i), t, v) for i, pair in enumerate([*corners, (0.0, 8.0)]) for t, v in zip("ab", pair, strict=True)]
    found = multivariate_chart(Measurements.of(rows), baseline="00000/00020")
    parts = {c.test: c.contribution for c in found.contributions}
    assert parts["a"] == pytest.approx(0.0, abs=1e-9)
    assert parts["b"] == pytest.approx(found.points[-1].value)


def test_units_that_lack_a_test_are_left_out_and_said() -> None:
    rows = [
        (i, str(i), t, float((i * k) % 7)) for i in range(20) for k, t in ((1, "a"), (3, "b")) if (i, t) != (4, "b")
    ]
    found = multivariate_chart(Measurements.of(rows))
    assert found.places == 19
    assert any("1 units lack" in r for r in found.remarks)


def test_tests_that_follow_from_each_other_are_refused() -> None:
    rows = [(i, str(i), t, i % 5 * f) for i in range(20) for t, f in (("mm", 1.0), ("um", 1000.0))]
    with pytest.raises(NoData, match="follows from the others"):
        multivariate_chart(Measurements.of(rows))


def test_one_test_is_no_company() -> None:
    with pytest.raises(BadQuestion, match="2 to 50"):
        multivariate_chart(Measurements.of([(0, "a", "x", 1.0)]))
