"""Histograms against published moments and what every histogram must keep to; causes of failures against counting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import NoData, UnknownName
from andon.model import Bin, Measurements, Units
from andon.studies.quality.histogram import histogram, moments
from andon.studies.quality.pareto import pareto, wilson

SPECIES = [float(v) for v in (3, 4, 5, 2, 3, 4, 5, 6, 4, 7)]
"""The example of Microsoft's help for SKEW and KURT: 0.359543 and -0.1518."""


def of(values: list[float]) -> Measurements:
    return Measurements.of([(i, str(i), "width", v) for i, v in enumerate(values)])


def test_moments_are_those_of_spreadsheets() -> None:
    skewness, kurtosis = moments(np.array(SPECIES))
    assert skewness == pytest.approx(0.359543071, abs=1e-9)
    assert kurtosis == pytest.approx(-0.151799637, abs=1e-9)


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=2, max_size=200), st.integers(0, 40))
def test_every_value_is_in_one_bar(values: list[float], bars: int) -> None:
    found = histogram(of(values), bars=bars)
    assert sum(b.count for b in found.bars) == len(values) == found.count
    assert sum(b.share for b in found.bars) == pytest.approx(1.0)
    assert all(a.high == b.low for a, b in zip(found.bars, found.bars[1:], strict=False))
    assert found.bars[0].low <= found.least
    assert found.bars[-1].high >= found.greatest


def test_a_bar_is_not_narrower_than_the_gauge_resolves() -> None:
    found = histogram(of([1.0, 2.0, 3.0, 4.0] * 100))
    assert found.resolution == 1.0
    assert all(b.count for b in found.bars)


def test_values_beyond_the_limits_are_counted_and_few_values_are_said() -> None:
    found = histogram(of(SPECIES), low=3.0, high=5.0)
    assert (found.below, found.above) == (1, 2)
    assert "10 values show no shape: it takes 50" in found.flags


def test_one_value_is_no_histogram() -> None:
    with pytest.raises(NoData):
        histogram(of([1.0]))


def test_the_interval_of_a_share_is_wilsons() -> None:
    """Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263, method 3 without continuity correction."""
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    low, high = wilson(15, 148)
    assert (round(low, 4), round(high, 4)) == (0.0624, 0.1605)


def test_a_unit_counts_by_its_last_test() -> None:
    rows = [(0, "a", "width", 9.0), (1, "b", "width", 9.0), (2, "a", "width", 5.0)]
    found = pareto(Measurements.of(rows, limits={"width": (4.0, 6.0)}))
    assert (found.units, found.failed, found.failures) == (2, 1, 1)
    assert (found.rows[0].judged, found.rows[0].rate) == (2, 0.5)


def test_causes_by_bin_and_by_what_was_said() -> None:
    units = Units.of(
        range(5),
        "abcde",
        hard=[1, 5, 5, 7, 1],
        who=["Li", "Li", "Wu", "Wu", "Wu"],
        hard_bins={1: Bin("good", True), 5: Bin("open", False), 7: Bin("short", False)},
    )
    none = np.zeros(0, np.int32)
    found = Measurements.sorted(units, (), none, none, np.zeros(0))
    assert [(r.cause, r.failures) for r in pareto(found, cause="bin").rows] == [("5 open", 2), ("7 short", 1)]
    assert {r.cause: (r.failures, r.judged) for r in pareto(found, cause="who").rows} == {"Li": (1, 2), "Wu": (2, 3)}
    with pytest.raises(UnknownName):
        pareto(found, cause="whom")


def test_values_without_limits_fail_of_nothing() -> None:
    with pytest.raises(NoData, match="Nobody said"):
        pareto(of(SPECIES))
