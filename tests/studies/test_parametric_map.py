"""Parametric wafer maps: values by place, neighbours that are alike, stacks and differences."""

import numpy as np
import pytest
from scipy.stats import kruskal, spearmanr

from andon.errors import BadQuestion, NoData, UnknownName
from andon.model import Measurements
from andon.studies.yields.clusters import moran
from andon.studies.yields.parametric_map import parametric_map, picture
from andon.studies.yields.places import Dies, Disc, groupings
from tested import disc

X, Y = disc(12)
AWAY = np.hypot(X, Y)


def measured(values: dict[str, np.ndarray], test: str = "vth", *, again: bool = False) -> Measurements:
    """A value on each die of each wafer; `again` measures the first die of all once more, as 99."""
    rows, wafer, x, y = [], [], [], []
    for name, found in values.items():
        for a, b, v in zip(X.tolist(), Y.tolist(), found.tolist(), strict=True):
            rows.append((len(rows), f"{a},{b}", test, v))
            wafer.append(name)
            x.append(a)
            y.append(b)
    if again:
        rows.append((len(rows), f"{X[0]},{Y[0]}", test, 99.0))
        wafer, x, y = [*wafer, wafer[0]], [*x, x[0]], [*y, y[0]]
    return Measurements.of(rows, unit="V", lot=["L1"] * len(rows), wafer=wafer, x=x, y=y)


def test_a_value_that_rises_to_the_edge_is_found_by_zone_and_rank() -> None:
    value = 1 + 0.01 * AWAY
    found = parametric_map(measured({"W1": value}))
    zones = [p.median for p in found.by_place if p.grouping == "radial zone"]
    assert zones == sorted(zones)
    assert found.radial == pytest.approx(1.0, abs=1e-3)  # equal distances differ in their last digit
    told = {c.grouping: c for c in found.contrasts}
    assert told["radial zone"].explained > 0.9 > 0.1 > told["sector"].explained


def test_a_slope_across_the_wafer_is_found_by_sector() -> None:
    found = parametric_map(measured({"W1": 1 + 0.01 * X}), sectors=4)
    told = {c.grouping: c.p for c in found.contrasts}
    assert told["sector"] < 1e-9 < told["radial zone"]


def test_figures_are_those_of_scipy() -> None:
    rng = np.random.default_rng(1)
    value = rng.normal(size=len(X)) + 0.02 * AWAY
    found = parametric_map(measured({"W1": value}))
    dies = Dies((("", "W1"),), np.arange(len(X)), np.zeros(len(X), np.int64), X, Y)
    zone = groupings(dies, zones=5, sectors=8, reticle="")[0]
    expected = kruskal(*(value[zone.of == k] for k in range(5)))
    told = next(c for c in found.contrasts if c.grouping == "radial zone")
    assert (told.statistic, told.p) == (pytest.approx(expected.statistic), pytest.approx(expected.pvalue))
    assert found.radial == pytest.approx(spearmanr(Disc.around(X, Y).radius(X, Y), value).statistic)
    assert found.sigma == pytest.approx(np.subtract(*np.percentile(value, (75, 25))) / 1.349)


def test_morans_i_is_that_of_its_formula() -> None:
    rng = np.random.default_rng(1)
    value = rng.normal(size=len(X))
    dies = Dies((("", "W1"),), np.arange(len(X)), np.zeros(len(X), np.int64), X, Y)
    touch = np.maximum(abs(X[:, None] - X), abs(Y[:, None] - Y)) == 1
    apart = value - value.mean()
    expected = len(X) / touch.sum() * (touch * np.outer(apart, apart)).sum() / (apart**2).sum()
    assert moran(dies, value)[0][0] == pytest.approx(expected)


def test_values_that_lie_anywhere_are_not_called_alike() -> None:
    rng = np.random.default_rng(3)
    found = parametric_map(measured({str(k): rng.normal(size=len(X)) for k in range(100)}))
    assert sum(w.p < 0.05 for w in found.wafers) <= 12  # 5 are expected


def test_a_die_counts_by_its_last_value() -> None:
    found = parametric_map(measured({"W1": np.ones(len(X))}, again=True))
    assert found.dies == len(X)
    assert max(found.maps[0].value) == 99.0


def test_stacks_and_differences() -> None:
    both = measured({"W1": np.full(len(X), 2.0), "W2": np.full(len(X), 3.0)})
    assert set(parametric_map(both, show="stacked").maps[0].value) == {2.5}
    found = parametric_map(both, wafer="W2", against="W1")
    assert (found.shown, set(found.maps[0].value), found.dies) == ("difference", {1.0}, len(X))
    assert [m.name for m in parametric_map(both).maps] == ["W1", "W2"]
    assert picture(found).unit == "V"


def test_equal_values_have_no_pattern() -> None:
    found = parametric_map(measured({"W1": np.ones(len(X))}))
    assert (found.sigma, found.radial, found.wafers[0].p) == (0.0, None, None)
    assert all(c.p == 1.0 for c in found.contrasts)


def test_wrong_questions_are_refused() -> None:
    units = measured({"W1": np.ones(len(X))})
    with pytest.raises(UnknownName, match="test 'vt'"):
        parametric_map(units, "vt")
    with pytest.raises(UnknownName, match="map 'all'"):
        parametric_map(units, show="all")
    with pytest.raises(BadQuestion, match="needs a `lot`"):
        parametric_map(units, against="W2")
    with pytest.raises(NoData, match="place"):
        parametric_map(Measurements.of([(0, "a", "vth", 1.0)]))
