"""Statistical yield and bin limits, and the lots beyond them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from andon.errors import BadQuestion, NoData, UnknownName
from andon.model import Bin, Units
from andon.studies.yields.lot_acceptance import lot_acceptance

GOOD = [95, 96, 94, 95, 70, 97, 95, 93]


def lots(good: list[int], size: int = 100, bins: list[int] | None = None) -> Units:
    """Lots of one size with so many good units each; the bad ones fall into bins 5 and 6 in turn, or as given."""
    rows = [(n, i, i < g) for n, g in enumerate(good) for i in range(size)]
    soft = [1 if ok else (bins[n] if bins else 5 + i % 2) for n, i, ok in rows]
    return Units.of(
        [n * 1000 + i for n, i, _ in rows],
        [str(i) for _, i, _ in rows],
        lot=[f"L{n}" for n, _, _ in rows],
        passed=[ok for *_, ok in rows],
        soft=soft,
        hard=[1 if ok else 2 for *_, ok in rows],
        soft_bins={5: Bin("open", False)},
    )


def test_robust_limits_are_median_and_interquartile_range():
    answer = lot_acceptance(lots([20 * g for g in GOOD], size=2000))
    q1, q2, q3 = np.quantile(np.array(GOOD) / 100, [0.25, 0.5, 0.75])
    s = (q3 - q1) / 1.35
    assert (answer.yield_limit, answer.yield_stop) == pytest.approx((q2 - 3 * s, q2 - 4 * s))
    assert [(r.lot, r.verdict) for r in answer.rows if r.verdict != "accept"] == [("L4", "hold")]


def test_classic_limits_are_mean_and_standard_deviation_as_aec_q002_has_them():
    answer = lot_acceptance(lots(GOOD), spread="classic")
    share = np.array(GOOD) / 100
    s = share.std(ddof=1)
    assert (answer.yield_limit, answer.yield_stop) == pytest.approx((share.mean() - 3 * s, share.mean() - 4 * s))
    # The bad lot widens the classic limits so far that it hides behind them.
    assert answer.hold == 0


def test_a_lot_with_many_of_one_bin_is_beyond_its_limit_though_its_yield_is_not():
    found = lots([95] * 4 + [94, 96, 95, 95], bins=[5, 6, 5, 6, 5, 6, 5, 9])
    row = lot_acceptance(found).rows[-1]
    assert (row.verdict, row.beyond) == ("hold", ("bin 9",))


def test_a_limit_is_never_nearer_than_chance_puts_lots():
    # Seven of eight lots have no unit in bin 9: its robust spread is 0, and one such unit is no reason to hold a lot.
    found = lots([95] * 7 + [99], bins=[5] * 7 + [9])
    answer = lot_acceptance(found)
    assert [x.sigma for x in answer.limits if x.figure == "bin 9"] == [0.0]
    assert answer.rows[-1].beyond == ()


def test_bins_are_named_and_hard_ones_can_be_asked_for():
    assert [x.figure for x in lot_acceptance(lots(GOOD)).limits] == ["yield", "bin 5 open", "bin 6"]
    assert [x.figure for x in lot_acceptance(lots(GOOD), bins="hard").limits] == ["yield", "bin 2"]


def test_the_first_lots_can_be_the_baseline_for_the_others():
    answer = lot_acceptance(lots([95, 96, 94, 95, 96, 95, 50, 50, 50, 50]), baseline=6)
    assert [r.verdict for r in answer.rows] == ["accept"] * 6 + ["hold"] * 4
    assert [r.baseline for r in answer.rows] == [True] * 6 + [False] * 4


def test_how_lots_differ_by_chance_alone_is_said():
    top = lot_acceptance(lots(GOOD)).limits[0]
    assert top.chance == pytest.approx(np.sqrt(0.95 * 0.05 / 100))
    random = np.random.default_rng(2).binomial(100, 0.9, 40).tolist()
    assert any("no more than by chance" in n for n in lot_acceptance(lots([90, 90, 90, 91, 91, 89, 90, 91])).notes)
    assert lot_acceptance(lots(random)).limits[0].sigma == pytest.approx(0.03, abs=0.012)


def test_the_rarity_of_a_lot_is_that_of_the_binomial_distribution():
    row = lot_acceptance(lots(GOOD)).rows[4]
    assert row.rarity == pytest.approx(stats.binom.cdf(70, 100, 0.95))


def test_first_pass_and_final_yield_are_apart():
    units = Units.of(
        range(8), list("abcd") * 2, lot=["L1", "L1", "L2", "L2"] * 2, passed=[0, 1, 1, 1, 1, 1, 1, 1], soft=[1] * 8
    )
    first, last = (lot_acceptance(units, attempts=a).rows for a in ("first", "last"))
    assert ([r.share for r in first], [r.share for r in last]) == ([0.5, 1.0], [1.0, 1.0])


@settings(deadline=None)
@given(st.lists(st.integers(0, 50), min_size=2, max_size=12))
def test_every_lot_has_one_verdict_and_no_limit_leaves_0_to_1(good):
    answer = lot_acceptance(lots(good, size=50))
    assert answer.accepted + answer.review + answer.hold == answer.lots == len(good)
    assert all(0 <= x.second <= 1 and 0 <= x.first <= 1 for x in answer.limits)
    assert [r.good for r in answer.rows] == good


def test_bad_questions_are_refused():
    with pytest.raises(NoData, match="only one lot"):
        lot_acceptance(lots([95]))
    with pytest.raises(NoData, match="Nobody said"):
        lot_acceptance(Units.of([1, 2], ["a", "b"], lot=["A", "B"]))
    with pytest.raises(UnknownName, match="spread"):
        lot_acceptance(lots(GOOD), spread="wide")
    with pytest.raises(UnknownName, match="bin"):
        lot_acceptance(lots(GOOD), bins="firm")
    with pytest.raises(BadQuestion, match="second"):
        lot_acceptance(lots(GOOD), first=4.0, second=3.0)


def test_few_lots_and_small_ones_are_told():
    notes = " ".join(lot_acceptance(lots([9, 10, 8], size=10)).notes)
    assert "limits from 3 lots are a hint" in notes
    assert "3 lots have fewer than 30 units" in notes
