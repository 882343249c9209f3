"""Groups compared: against R's and closed results, and what must hold of any groups."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from andon.errors import BadQuestion, NoData, UnknownName
from andon.model import Measurements, Process
from andon.studies.quality.amounts import adjusted, discoveries
from andon.studies.quality.comparison import comparison
from andon.studies.quality.differences import superiority, welch

# Dobson's plant weights as in R's help of lm: t.test(weight ~ group) says t = 1.1913, df = 16.524, p = 0.2504.
CONTROL = [4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14]
TREATED = [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69]


def told(**groups):
    rows = [(value, name) for name, values in groups.items() for value in values]
    made = [(i, str(i), "weight", value) for i, (value, _) in enumerate(rows)]
    return Measurements.of(made, lot=[name for _, name in rows])


def test_two_groups_are_welchs_t_as_r_has_it():
    found = comparison(told(control=CONTROL, treated=TREATED))
    pair = found.pairs[0]
    assert found.means_f == pytest.approx(1.1913**2, rel=1e-4)
    assert found.means_p == pair.p == pytest.approx(0.2504, abs=5e-5)
    assert (pair.difference_low, pair.difference_high) == pytest.approx((-1.0295162, 0.2875162), abs=1e-6)
    assert not found.different


def test_several_groups_are_welchs_f_as_r_has_it():
    """oneway.test(weight ~ group, PlantGrowth): F = 5.181, num df = 2, denom df = 17.128, p = 0.01739."""
    third = [4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14]
    first = [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69]
    second = [6.31, 5.12, 5.54, 5.50, 5.37, 5.29, 4.92, 6.15, 5.80, 5.26]
    found = comparison(told(ctrl=third, trt1=first, trt2=second))
    assert found.means_f == pytest.approx(5.181, abs=5e-4)
    assert found.means_p == pytest.approx(0.01739, abs=5e-6)
    assert found.ranks_p == pytest.approx(0.01842, abs=5e-6)  # kruskal.test: 7.9882, p = 0.01842
    assert found.spreads_p == pytest.approx(0.3412, abs=5e-5)  # car::leveneTest: F = 1.1192, p = 0.3412
    assert [(p.first, p.second) for p in found.pairs if p.different] == [("trt1", "trt2")]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(-9, 9), min_size=3, max_size=9), st.lists(st.floats(-9, 9), min_size=3, max_size=9))
def test_groups_swapped_say_the_same_with_another_sign(a, b):
    one, two = np.array(a), np.array(b)
    assert superiority(one, two) == pytest.approx(1 - superiority(two, one))
    if one.std() > 1e-6 and two.std() > 1e-6:
        f, p = welch([one, two])
        theirs = stats.ttest_ind(one, two, equal_var=False)
        assert f == pytest.approx(theirs.statistic**2, rel=1e-6, abs=1e-9)
        assert p == pytest.approx(theirs.pvalue, rel=1e-6, abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_allowing_for_many_comparisons_never_lowers_a_p_nor_changes_their_order(p):
    for raised in (adjusted(p), discoveries(p)):
        assert all(r >= v - 1e-12 for r, v in zip(raised, p, strict=True))
        assert all(r <= 1 for r in raised)
        order = np.argsort(p, kind="stable")
        assert np.all(np.diff(np.array(raised)[order]) >= -1e-12)
    assert adjusted(p[:1]) == p[:1] == discoveries(p[:1])


def test_equal_groups_are_rarely_called_different():
    """20 groups of one distribution, 200 times: some pair is called different in about 5 % of the times at most."""
    chance = np.random.default_rng(5)
    wrong = 0
    for _ in range(60):
        groups = {f"g{i}": chance.normal(0, 1 + (i % 3), 12).tolist() for i in range(6)}
        wrong += any(p.different for p in comparison(told(**groups)).pairs)
    assert wrong <= 8  # 3 are expected; more than 8 come once in 300 tries


def test_groups_can_be_what_the_machine_did_then():
    process = Process.of([0, 20, 40], {}, {"order": [(0, 20, "A"), (20, 40, "B")]})
    rows = [(i, str(i), "width", 5.0 + (i >= 20) + 0.01 * (i % 3)) for i in range(40)]
    found = comparison(Measurements.of(rows), process, factor="order")
    assert [g.group for g in found.rows] == ["A", "B"]
    assert found.pairs[0].difference == pytest.approx(1.0, abs=0.01)


def test_what_cannot_be_compared_is_refused_in_words():
    rows = [(i, str(i), "width", float(i)) for i in range(50)]
    with pytest.raises(UnknownName, match="who"):
        comparison(Measurements.of(rows), factor="who")
    with pytest.raises(NoData, match="two groups"):
        comparison(Measurements.of(rows, lot=["A"] * 50))
    twice = [(i, str(i), "width", float(i)) for i in range(100)]
    with pytest.raises(BadQuestion, match="too many"):
        comparison(Measurements.of(twice, lot=[str(i % 50) for i in range(100)]))


def test_a_group_without_spread_has_no_p_and_says_so():
    found = comparison(told(a=[1.0, 1.0, 1.0], b=[2.0, 3.0, 4.0]))
    assert found.means_p is None
    assert any("no spread" in r for r in found.remarks)
