"""Wafer maps: places, stacks, differences, and a cluster test that pure chance does not fool."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.errors import BadQuestion, NoData, UnknownName
from andon.model import Units
from andon.model.measured import Bin
from andon.studies.yields.clusters import joins, moran
from andon.studies.yields.places import Dies, dies, groupings
from andon.studies.yields.wafer_map import picture, wafer_map
from tested import disc, stdf, wafers

RADIUS = 16


def grid(wide: int, high: int, holes: set[int] = frozenset()) -> Dies:
    spots = [(x, y) for y in range(high) for x in range(wide) if y * wide + x not in holes]
    x, y = (np.array(a, np.int32) for a in zip(*spots, strict=True))
    return Dies((("", "W1"),), np.arange(len(x)), np.zeros(len(x), np.int64), x, y)


def joined(found: Dies, failed: np.ndarray) -> int:
    """The obvious twin: every pair of failed dies that touch."""
    spots = list(zip(found.x[failed].tolist(), found.y[failed].tolist(), strict=True))
    return sum(max(abs(a[0] - b[0]), abs(a[1] - b[1])) == 1 for a, b in combinations(spots, 2))


@pytest.mark.parametrize("number", [2, 3, 5, 7])
def test_mean_and_variance_of_the_join_count_are_those_of_all_ways_to_place_the_failed_dies(number: int) -> None:
    found = grid(4, 3, holes={0, 7})
    counts = []
    for places in combinations(range(len(found)), number):
        failed = np.isin(np.arange(len(found)), places)
        counts.append(joined(found, failed))
    told = joins(found, np.arange(len(found)) < number)
    assert told.expected[0] == pytest.approx(np.mean(counts))
    assert told.variance[0] == pytest.approx(np.var(counts))
    assert told.joined[0] == joined(found, np.arange(len(found)) < number)


def test_mean_and_variance_of_morans_i_are_those_of_all_orders_of_the_values() -> None:
    from itertools import permutations

    found = grid(3, 2)
    value = np.array([1.0, 2.0, 4.0, 4.5, 7.0, 3.0])
    every = [moran(found, np.array(order)) for order in permutations(value)]
    index, z = (np.array([a[k][0] for a in every]) for k in (0, 1))
    assert index.mean() == pytest.approx(-1 / 5)
    assert z.mean() == pytest.approx(0.0, abs=1e-9)
    assert z.var() == pytest.approx(1.0)


@pytest.mark.parametrize("share", [0.01, 0.03, 0.1, 0.3, 0.6, 0.95])
def test_chance_alone_raises_no_more_alarms_than_it_says(share: float) -> None:
    rng = np.random.default_rng(7)
    x, _ = disc(RADIUS)
    number, trials = round(share * len(x)), 1500
    failed = {str(k): np.isin(np.arange(len(x)), rng.choice(len(x), number, replace=False)) for k in range(trials)}
    found = wafer_map(wafers(failed, RADIUS))
    chance = np.array([1.0 if w.p is None else w.p for w in found.wafers])
    for level in (0.05, 0.01):
        allowed = level + 3 * (level / trials) ** 0.5
        assert (chance <= level).mean() <= allowed


def test_a_scratch_is_no_chance() -> None:
    x, y = disc(RADIUS)
    found = wafer_map(wafers({"W1": (x == y) & (abs(x) < 8)}, RADIUS))
    assert found.p is not None
    assert found.p < 1e-6
    assert found.clustering is not None
    assert found.clustering > 5
    assert found.flags[0].startswith("failed dies lie together")


def test_a_ring_at_the_edge_shows_in_its_zone_only() -> None:
    x, y = disc(RADIUS)
    found = wafer_map(wafers(dict.fromkeys(("W1", "W2"), x**2 + y**2 > 15**2), RADIUS))
    zones = {p.name: p.place_yield for p in found.by_place if p.grouping == "radial zone"}
    assert [zones[z] for z in "1234"] == [1.0] * 4
    assert zones["5"] == pytest.approx(
        1 - (x**2 + y**2 > 15**2).sum() / (sum(p.dies for p in found.by_place if p.name == "5") / 2)
    )
    told = {c.grouping: c for c in found.contrasts}
    assert told["radial zone"].lowest == "5"
    assert told["radial zone"].p < 1e-9 < told["sector"].p


def test_a_sector_is_counted_from_the_right_and_up() -> None:
    x, y = disc(RADIUS)
    found = wafer_map(wafers({"W1": (x > 2) & (y < -2)}, RADIUS), sectors=4)  # y is downward: the upper right fails
    told = next(c for c in found.contrasts if c.grouping == "sector")
    assert told.lowest == "0-90°"


def test_a_bad_die_of_the_reticle_is_found_at_its_place_in_the_shot() -> None:
    x, y = disc(RADIUS)
    bad = ((x + RADIUS) % 4 == 1) & ((y + RADIUS) % 2 == 0)
    found = wafer_map(wafers({"W1": bad}, RADIUS), reticle="4x2")
    assert {p.name: p.place_yield for p in found.by_place if p.grouping == "reticle"} == {
        f"{a},{b}": 0.0 if (a, b) == (1, 0) else 1.0 for b in range(2) for a in range(4)
    }


def test_rings_have_equal_areas() -> None:
    found = dies(wafers({"W1": disc(60)[0] > 99}, 60))
    zone = groupings(found, zones=4, sectors=8, reticle="")[0]
    assert np.bincount(zone.of) / len(found) == pytest.approx([0.25] * 4, abs=0.01)


def test_a_stack_is_the_share_of_wafers_that_pass_at_each_place() -> None:
    x, y = disc(5)
    found = wafer_map(wafers({"W1": x > 2, "W2": (x > 2) & (y > 0), "W3": x > 9}, 5), show="yield")
    shares = dict(zip(zip(found.maps[0].x, found.maps[0].y, strict=True), found.maps[0].value, strict=True))
    assert shares[0, 0] == 1.0
    assert shares[3, -2] == pytest.approx(2 / 3)
    assert shares[3, 2] == pytest.approx(1 / 3)


def test_a_difference_is_one_stack_less_another() -> None:
    x, _ = disc(5)
    both = {"W1": x > 2, "W2": x < -2}
    found = wafer_map(wafers(both, 5), wafer="W1", against="W2")
    told = dict(zip(zip(found.maps[0].x, found.maps[0].y, strict=True), found.maps[0].value, strict=True))
    assert (told[4, 0], told[0, 0], told[-4, 0]) == (-1.0, 0.0, 1.0)
    assert found.maps[0].name == "W1 - W2"


def test_a_retested_die_counts_by_its_last_test() -> None:
    units = Units.of(range(3), ["1,1", "2,1", "1,1"], wafer=["W"] * 3, x=[1, 2, 1], y=[1, 1, 1], passed=[0, 1, 1])
    assert (wafer_map(units).dies, wafer_map(units).passed) == (2, 2)


def test_a_real_wafer_has_the_good_dies_that_its_own_summary_says() -> None:
    # Expected: GOOD_CNT of the wafer result records of a595.stdf.
    found = wafer_map(stdf("a595.stdf"))
    assert [(w.wafer, w.passed, w.dies) for w in found.wafers] == [("02", 88, 112), ("03", 89, 112), ("09", 86, 112)]
    assert len(picture(found).rows) == 336


def test_the_picture_names_the_bins() -> None:
    meaning = {1: Bin("good", True), 5: Bin("open", False)}
    units = Units.of(range(2), "ab", wafer="WW", x=[0, 1], y=[0, 0], hard=[1, 5], hard_bins=meaning)
    assert picture(wafer_map(units)).rows == (("W", 0, 0, 1.0, "1 good", 1), ("W", 1, 0, 5.0, "5 open", 0))
    assert picture(wafer_map(units, show="yield")).rows == (("W", 0, 0, 100.0, "", None), ("W", 1, 0, 0.0, "", None))


def test_wrong_questions_are_refused() -> None:
    units = wafers({"W1": disc(4)[0] > 2}, 4)
    with pytest.raises(UnknownName, match="map 'bin'"):
        wafer_map(units, show="bin")
    with pytest.raises(BadQuestion, match="zones = 1"):
        wafer_map(units, zones=1)
    with pytest.raises(BadQuestion, match="reticle = '4'"):
        wafer_map(units, reticle="4")
    with pytest.raises(BadQuestion, match="needs a `lot`"):
        wafer_map(units, against="W2")
    with pytest.raises(NoData, match="place"):
        wafer_map(Units.of([0], "a", passed=[1]))


@settings(max_examples=40)
@given(st.lists(st.booleans(), min_size=20, max_size=20), st.integers(2, 6), st.integers(2, 9))
def test_the_parts_add_up_to_the_whole(failed: list[bool], zones: int, sectors: int) -> None:
    x, y = [k % 5 for k in range(20)], [k // 5 for k in range(20)]
    passed = [not f for f in failed]
    units = Units.of(range(20), map(str, range(20)), wafer=["W"] * 20, x=x, y=y, passed=passed)
    found = wafer_map(units, zones=zones, sectors=sectors, reticle="2x3")
    for by in ("radial zone", "sector", "reticle"):
        assert sum(p.dies for p in found.by_place if p.grouping == by) == 20
        assert sum(p.passed for p in found.by_place if p.grouping == by) == found.passed == sum(passed)
    assert found.joined == joined(dies(units), np.array(failed))
