"""Where a tester's time goes: touchdowns, indexing, waiting, testing again."""

from __future__ import annotations

import numpy as np
import pytest
from dies import measured
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import NoData
from andon.model import StopRules, Units
from andon.studies.yields.testing_time import test_time as asked
from andon.studies.yields.touchdowns import touchdowns
from andon.units import SECOND


def run(downs: list[list[float]], index: float = 1.0, **more: object) -> Units:
    """Touchdowns one after the other: the seconds of each of their sites, then so long to the next one."""
    at, seconds, site, begin = [], [], [], 0.0
    for down in downs:
        for s, took in enumerate(down):
            at.append(round((begin + took) * SECOND))
            seconds.append(took)
            site.append(s)
        begin += max(down) + index
    return Units.of(at, [str(i) for i in range(len(at))], site=site, seconds=seconds, **more)


def test_a_touchdown_takes_as_long_as_its_slowest_site():
    answer = asked(run([[4.0, 3.0], [5.0, 4.0], [4.0, 4.0]], index=2.0))
    assert (answer.touchdowns, answer.testing, answer.indexing) == (3, 13.0, 4.0)
    assert (answer.median_touchdown, answer.median_index, answer.waiting) == (4.0, 2.0, 2.0)
    assert answer.units_an_hour == pytest.approx(6 / 17 * 3600)


@given(st.lists(st.lists(st.floats(1, 9), min_size=1, max_size=6), min_size=1, max_size=20), st.floats(0.1, 5))
def test_touchdowns_are_found_again_whatever_they_were(downs, index):
    units = run(downs, index)
    found = touchdowns(units)
    assert sorted(found.sites.tolist()) == sorted(len(d) for d in downs)
    assert found.seconds.sum() == pytest.approx(sum(max(d) for d in downs), abs=1e-4)


def test_a_wafer_more_is_a_touchdown_more_and_no_index_time():
    units = run([[4.0], [4.0]], wafer=["W1", "W2"])
    assert (asked(units).touchdowns, asked(units).median_index) == (2, None)


def test_without_times_sites_alone_tell_touchdowns():
    units = Units.of([1, 2, 3, 4, 5], "abcde", site=[0, 1, 0, 1, 0])
    assert touchdowns(units).of.tolist() == [0, 0, 1, 1, 2]


def test_a_long_wait_is_a_pause_and_no_indexing():
    units = Units.of([10 * SECOND, 20 * SECOND, 200 * SECOND], "abc", site=[0] * 3, seconds=[9.0, 9.0, 9.0])
    answer = asked(units, pause=60.0)
    assert (answer.indexing, answer.paused) == (1.0, 171.0)


def test_multi_site_efficiency_is_that_of_the_roadmap():
    # MSE = 1 - (TN - T1) / ((N - 1) T1): four sites in 13 s against one in 10 s.
    answer = asked(run([[10.0]] * 6 + [[13.0] * 4] * 6))
    assert answer.efficiency == pytest.approx(1 - 3.0 / (3 * 10.0))
    assert [(s.sites, s.touchdowns, s.median) for s in answer.sizes] == [(1, 6, 10.0), (4, 6, 13.0)]


def test_efficiency_is_not_made_up():
    answer = asked(run([[13.0] * 4] * 6))
    assert answer.efficiency is None
    assert any("multi-site efficiency needs" in n for n in answer.notes)


def test_testing_again_costs_its_share_of_the_touchdown():
    units = Units.of(
        [10 * SECOND, 10 * SECOND, 21 * SECOND, 21 * SECOND],
        ["a", "b", "a", "c"],
        site=[0, 1, 0, 1],
        seconds=[10.0] * 4,
        passed=[0, 1, 1, 1],
    )
    answer = asked(units, rules=StopRules({}, {}, {}, 0, hour_value=360.0))
    assert (answer.again, answer.again_share, answer.again_cost) == (5.0, 0.25, 0.5)


def test_the_slow_site_is_seen():
    answer = asked(run([[4.0, 6.0]] * 10))
    assert [(r.site, r.last, r.waited) for r in answer.rows] == [("0", 0, 20.0), ("1", 10, 0.0)]


def test_what_stopping_at_the_first_failure_saves_is_told_by_test():
    # Ten units go to the end (9 s); two end after the first of three tests (3 s).
    units = Units.of(
        range(12), map(str, range(12)), passed=[1] * 10 + [0] * 2, seconds=[9.0] * 10 + [3.0] * 2, site=[0] * 12
    )
    values = {"open": np.zeros(12), "leak": np.zeros(12), "speed": np.zeros(12)}
    full = measured(units, values, (None, None))
    kept = ~((np.repeat(np.arange(3), 12) > 0) & (full.row >= 10))
    cut = type(full).sorted(
        units, full.tests, np.repeat(np.arange(3, dtype=np.int32), 12)[kept], full.row[kept], full.value[kept]
    )
    rows = asked(units, cut).ended
    assert [(r.test, r.units, r.failed, r.seconds, r.saved) for r in rows] == [
        ("open", 2, 2, 3.0, 12.0),
        ("speed", 10, 0, 9.0, 0.0),
    ]


def test_the_time_of_passed_and_of_failed_units_is_apart():
    units = Units.of([1, 2], "ab", passed=[1, 0], seconds=[8.0, 2.0])
    (row,) = asked(units).rows
    assert (row.site, row.passed, row.failed) == ("", 8.0, 2.0)


def test_without_lengths_there_is_no_answer():
    with pytest.raises(NoData, match="Test times are not known"):
        asked(Units.of([1, 2], "ab"))
