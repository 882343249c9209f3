"""Bins and yields: first-pass and final, retests, sites, real lots."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import NoData, UnknownName
from andon.model import Units
from andon.model.measured import Bin
from andon.studies.yields.bins import bins, picture
from andon.studies.yields.shares import contrast, limits
from tested import stdf


def test_a_real_lot_has_the_yields_that_its_part_results_tell() -> None:
    # Expected: lot2.stdf, counted by two readers: 1,569 part results over 1,456 dies, hard bin 1 in 1,389 of them.
    found = bins(stdf("lot2.stdf"))
    assert (found.tests, found.units, found.first_units) == (1569, 1456, 1456)
    assert found.first_pass_yield == pytest.approx(0.92239, abs=5e-6)
    assert found.final_yield == pytest.approx(0.95398, abs=5e-6)
    assert next(b.units for b in found.bins if b.kind == "hard" and b.passed) == 1389


def test_each_wafer_of_a_real_lot_has_the_good_dies_that_its_own_summary_says() -> None:
    # Expected: GOOD_CNT of the wafer result records of a595.stdf.
    found = bins(stdf("a595.stdf"))
    assert [(g.name, g.passed, g.units) for g in found.groups if g.grouping == "wafer"] == [
        ("02", 88, 112),
        ("03", 89, 112),
        ("09", 86, 112),
    ]


@pytest.mark.parametrize(
    ("good", "all_", "low", "high"),
    [
        (0, 10, 0.0, 0.308497),  # R: binom.test(0, 10)
        (8, 10, 0.4439045, 0.9747893),  # R: binom.test(8, 10)
        (95, 100, 0.8871651, 0.9835681),  # R: binom.test(95, 100)
        (10, 10, 0.6915029, 1.0),  # R: binom.test(10, 10)
    ],
)
def test_yields_have_exact_limits(good: int, all_: int, low: float, high: float) -> None:
    assert limits(good, all_) == pytest.approx((low, high), abs=1e-6)


def test_sites_that_differ_are_named_with_their_chance() -> None:
    site = [0] * 200 + [1] * 200
    passed = [1] * 190 + [0] * 10 + [1] * 150 + [0] * 50
    found = bins(Units.of(range(400), [str(i) for i in range(400)], site=site, passed=passed))
    told = next(c for c in found.contrasts if c.grouping == "site")
    assert (told.highest, told.lowest, told.freedom, told.sparse) == ("0", "1", 1, False)
    assert told.chi2 == pytest.approx(400 * (190 * 50 - 150 * 10) ** 2 / (200 * 200 * 340 * 60))
    assert any("site 1 passes 20.0% less than site 0" in flag for flag in found.flags)


def test_the_chance_is_that_of_a_contingency_table() -> None:
    from scipy.stats import chi2_contingency

    good, all_ = [90, 80, 97], [100, 95, 110]
    expected = chi2_contingency([good, np.subtract(all_, good)], correction=False)
    told = contrast("site", ["0", "1", "2"], good, all_)
    assert told is not None
    assert (told.chi2, told.p) == (pytest.approx(expected.statistic), pytest.approx(expected.pvalue))


def test_what_a_bin_means_decides_where_the_tester_said_nothing() -> None:
    meaning = {1: Bin("good", True), 4: Bin("open", False)}
    found = bins(Units.of(range(4), "abcd", hard=[1, 4, 4, 9], hard_bins=meaning))
    assert (found.final_yield, found.unknown) == (1 / 3, 1)
    assert found.flags == ("1 units have no verdict: they are in no yield",)


def test_steps_count_apart_and_their_yields_multiply() -> None:
    step = ["sort"] * 4 + ["final"] * 3
    found = bins(Units.of(range(7), "abcdabc", step=step, passed=[1, 1, 1, 0, 1, 1, 0]))
    assert found.rolled_yield == pytest.approx(0.75 * 2 / 3)
    assert bins(Units.of(range(7), "abcdabc", step=step, passed=[1, 1, 1, 0, 1, 1, 0]), step="sort").units == 4


def test_a_unit_that_was_first_tested_before_the_window_is_in_the_final_yield_only() -> None:
    found = bins(Units.of([0, 1], "ab", passed=[1, 1], attempt=[1, 0]))
    assert (found.units, found.first_units, found.begun_before) == (2, 1, 1)


def test_wafers_are_named_with_their_lot_where_there_are_several() -> None:
    found = bins(Units.of(range(4), "abcd", lot=["L1", "L1", "L2", "L2"], wafer=["1", "2", "1", "2"], passed=[1] * 4))
    assert [g.name for g in found.groups if g.grouping == "wafer"] == ["L1 1", "L1 2", "L2 1", "L2 2"]


def test_a_question_about_nothing_is_refused() -> None:
    with pytest.raises(NoData, match="No unit was tested"):
        bins(Units.of([], []))
    with pytest.raises(UnknownName, match="lot 'L9'"):
        bins(Units.of([0], "a", lot=["L1"]), lot="L9")


def test_the_picture_shows_what_failed() -> None:
    meaning = {1: Bin("good", True), 5: Bin("open", False), 7: Bin("leak", False)}
    found = bins(Units.of(range(6), "abcdef", hard=[1, 5, 7, 7, 1, 1], hard_bins=meaning))
    assert [(r[0], r[1]) for r in picture(found).rows] == [("7 leak", 2.0), ("5 open", 1.0)]


tests = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.integers(0, 2), st.sampled_from([1, 5, 7]), st.sampled_from([-1, 0, 1])),
    min_size=1,
    max_size=40,
)


@given(tests, st.booleans())
def test_everything_adds_up(rows: list[tuple[str, int, int, int]], told: bool) -> None:
    """Also where a tester says of a unit what its bin does not mean."""
    names, site, hard, passed = zip(*rows, strict=True)
    meaning = {1: Bin("good", True), 5: Bin("open", False)} if told else {}
    units = Units.of(range(len(rows)), names, site=site, hard=hard, soft=hard, passed=passed, hard_bins=meaning)
    found = bins(units)
    for kind in ("hard", "soft"):
        of = [b for b in found.bins if b.kind == kind]
        assert sum(b.units for b in of) == found.units + found.unknown == len(set(names))
        assert sum(b.first for b in of) == len(set(names))
        assert sum(b.recovered for b in of) == found.recovered
        assert sum(b.of_failed or 0 for b in of) == pytest.approx(1.0 if found.units > found.passed else 0.0)
    sites = [g for g in found.groups if g.grouping == "site"]
    assert sum(g.units for g in sites) == found.units
    assert sum(g.first_passed for g in sites) == found.first_passed
    assert found.recovered <= found.retested
    if found.low is not None:
        assert found.low <= found.final_yield <= found.high
