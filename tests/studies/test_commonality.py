"""What bad units share: odds, exact chances, lots as witnesses, and machines where units were before."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from andon.errors import BadQuestion, NoData
from andon.model import Units
from andon.studies.yields.commonality import commonality
from andon.studies.yields.factors import Factor, met
from andon.studies.yields.odds import odds
from andon.studies.yields.pairs import pairs
from andon.units import HOUR


def lots(tool_of: list[str], bad_of: list[int], size: int = 50, **more: object) -> Units:
    """Lots of one size, each on one tool, with so many bad units."""
    rows = [(n, i) for n in range(len(tool_of)) for i in range(size)]
    return Units.of(
        [n * HOUR + i for n, i in rows],
        [str(i) for _, i in rows],
        lot=[f"L{n}" for n, _ in rows],
        tool=[tool_of[n] for n, _ in rows],
        passed=[i >= bad_of[n] for n, i in rows],
        **more,
    )


@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_chance_is_that_of_fishers_exact_test(units, others, data):
    bad, bad_others = data.draw(st.integers(0, units)), data.draw(st.integers(0, others))
    found = odds(float(bad), float(units), float(bad + bad_others), float(units + others))
    table = [[bad, units - bad], [bad_others, others - bad_others]]
    assert found.chance == pytest.approx(stats.fisher_exact(table, alternative="greater").pvalue, rel=1e-7)


def test_odds_and_their_limits_are_those_of_haldane_and_woolf():
    found = odds(10.0, 30.0, 15.0, 90.0)
    a, b, c, d = 10.5, 20.5, 5.5, 55.5
    ratio, spread = a * d / (b * c), np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    assert (found.ratio, found.low, found.high) == pytest.approx(
        (ratio, ratio * np.exp(-1.959964 * spread), ratio * np.exp(1.959964 * spread)), rel=1e-6
    )


def test_the_tool_that_bad_lots_share_is_found_with_lots_as_witnesses():
    found = lots(["A", "B"] * 6, [3, 15, 2, 14, 4, 16, 3, 15, 2, 13, 4, 17])
    answer = commonality({"tester": found})
    row = next(r for r in answer.rows if (r.factor, r.level) == ("tool", "B"))
    assert answer.top == "tool B"
    assert (row.units, row.bad, row.others, row.bad_others) == (300, 90, 300, 18)
    assert row.lots_chance == pytest.approx(
        stats.mannwhitneyu([15, 14, 16, 15, 13, 17], [3, 2, 4, 3, 2, 4], alternative="greater").pvalue
    )


def test_one_bad_lot_blames_its_tool_by_units_but_not_by_lots():
    found = lots(["A", "B"] * 4, [2, 2, 2, 40, 2, 2, 2, 2])
    answer = commonality({"tester": found})
    row = next(r for r in answer.rows if (r.factor, r.level) == ("tool", "B"))
    assert row.suspicious
    assert row.lots_chance is not None
    assert row.lots_chance > 0.05
    assert answer.top in (
        "lot L3",
        "hour 03:00",
    )  # the lot was tested in an hour of its own: nobody can tell them apart
    assert any("cannot be told from" in n for n in answer.notes)
    assert any("tool B is shared by bad units, but its lots are so few" in n for n in answer.notes)


def test_where_nothing_differs_hardly_anything_is_suspicious():
    false = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        n = 400
        units = Units.of(
            range(n),
            map(str, range(n)),
            passed=random.random(n) > 0.2,
            **{f"fact-{i}": random.integers(0, 8, n).astype(str) for i in range(10)},
        )
        false += commonality({"t": units}).suspicious > 0
    assert false <= 6  # one in twenty at most, and 40 tries: more than six would happen once in 140


def test_testers_side_by_side_are_looked_at_together():
    """Both judge units of their own: which of them it was is a thing that bad units may share."""
    good, worse = (
        Units.of(
            range(n, n + 200), [f"{n}-{i}" for i in range(200)], lot=[lot] * 200, passed=[i % k > 0 for i in range(200)]
        )
        for n, lot, k in ((0, "A", 40), (1000, "B", 4))
    )
    answer = commonality({"test/one": good, "test/two": worse})
    assert (answer.units, answer.bad) == (400, 55)
    (row,) = [r for r in answer.rows if (r.factor, r.level) == ("machine", "test/two")]
    assert (row.units, row.bad, row.others, row.bad_others) == (200, 50, 200, 5)
    assert row.suspicious
    assert "lot B" in row.same_units


def test_a_unit_is_judged_by_its_last_test():
    units = Units.of(range(20), [str(i % 10) for i in range(20)], passed=[0] * 10 + [1] * 5 + [0] * 5, site=[0, 1] * 10)
    assert commonality({"t": units}).bad == 5


def test_units_are_found_again_at_other_machines():
    names = [str(i) for i in range(60)]
    etcher = Units.of(range(60), names, chamber=["c1" if i % 3 else "c2" for i in range(60)])
    oven = Units.of(range(30), names[:30])
    tester = Units.of(range(100, 160), names, passed=[i % 3 != 0 for i in range(60)])
    answer = commonality({"fab/etcher": etcher, "fab/oven": oven, "fab/tester": tester})
    assert answer.top == "fab/etcher chamber c2"
    row = next(r for r in answer.rows if (r.factor, r.level) == ("machine", "fab/oven"))
    assert (row.units, row.others) == (30, 30)


def test_a_unit_that_was_elsewhere_twice_is_taken_as_it_was_there_last():
    assert met(Units.of([9], ["a"]), Units.of([1, 2, 3], ["a", "a", "b"])).tolist() == [1]


def test_bad_can_be_a_bin():
    units = Units.of(range(40), map(str, range(40)), passed=[0] * 40, soft=[5, 7] * 20, probe=["p1", "p2"] * 20)
    answer = commonality({"t": units}, bins="7")
    assert (answer.bad, answer.top) == (20, "probe p2")


def test_names_of_units_are_no_factor():
    units = Units.of(range(40), map(str, range(40)), passed=[0, 1] * 20, serial=[str(i) for i in range(40)])
    assert {r.factor for r in commonality({"t": units}).rows} == set()


def test_bad_questions_are_refused():
    units = Units.of(range(4), "abcd", passed=[1, 1, 1, 1])
    with pytest.raises(BadQuestion, match="No unit is bad among 4"):
        commonality({"t": units})
    with pytest.raises(BadQuestion, match="All units are bad"):
        commonality({"t": Units.of(range(4), "abcd", passed=[0] * 4)})
    with pytest.raises(BadQuestion, match="no bin numbers"):
        commonality({"t": units}, bins="five")
    with pytest.raises(NoData, match="Nobody said"):
        commonality({"t": Units.of(range(4), "abcd")})


def crossed(share: dict[tuple[str, str], float], n: int = 4000, seed: int = 3) -> Units:
    """Units on a tool with a program, so many of them bad."""
    chance = np.random.default_rng(seed)
    tool, program = chance.choice(["A", "B", "C"], n), chance.choice(["1", "2", "3", "4"], n)
    passed = [u >= share.get((t, p), 0.03) for u, t, p in zip(chance.random(n), tool, program, strict=True)]
    return Units.of(range(n), [str(i) for i in range(n)], tool=tool.tolist(), program=program.tolist(), passed=passed)


def test_a_tool_that_is_bad_with_one_program_only_is_found_as_a_pair():
    answer = commonality({"tester": crossed({("B", "3"): 0.15})})
    (pair,) = answer.pairs
    assert (pair.first_factor, pair.first_level, pair.second_factor, pair.second_level) == ("tool", "B", "program", "3")
    assert pair.suspicious
    assert pair.ratio > 3
    assert any("pairs were looked at" in n for n in answer.notes)
    rest = [[pair.bad, pair.units - pair.bad], [pair.first_only_bad, pair.first_only - pair.first_only_bad]]
    assert pair.chance >= stats.fisher_exact(rest, alternative="greater").pvalue * (1 - 1e-9)


def test_two_bad_things_that_only_add_up_are_no_pair():
    odds_of = {(t, p): (3 if t == "B" else 1) * (3 if p == "3" else 1) * 0.03 for t in "ABC" for p in "1234"}
    answer = commonality({"tester": crossed({k: o / (1 + o) for k, o in odds_of.items()}, n=20_000)})
    assert {("tool", "B"), ("program", "3")} <= {(r.factor, r.level) for r in answer.rows if r.suspicious}
    assert answer.pairs == ()


def test_chance_alone_makes_hardly_any_pairs():
    """Where nothing matters, a pair is told in about one of twenty plants."""
    told = [bool(commonality({"tester": crossed({}, n=1500, seed=s)}).pairs) for s in range(60)]
    assert sum(told) <= 6


def test_the_chance_of_a_pair_is_the_largest_of_three():
    tool = Factor("tool", ("A", "B"), np.array([0] * 60 + [1] * 60))
    program = Factor("program", ("1", "2"), np.array(([0] * 30 + [1] * 30) * 2))
    bad = np.zeros(120, np.bool_)
    for begin, many in ((0, 2), (30, 3), (60, 2), (90, 20)):
        bad[begin : begin + many] = True
    (pair,), looked_at = pairs((tool, program), bad, 5, (np.zeros(120, np.int64), 1))
    assert (looked_at, pair.first_level, pair.second_level, pair.units, pair.bad) == (4, "B", "2", 30, 20)
    logs = [np.log((k + 0.5) / (30 - k + 0.5)) for k in (20, 2, 3, 2)]
    z = (logs[0] - logs[1] - logs[2] + logs[3]) / np.sqrt(sum(1 / (k + 0.5) + 1 / (30.5 - k) for k in (20, 2, 3, 2)))
    exact = [stats.fisher_exact([[20, 10], [k, 30 - k]], alternative="greater").pvalue for k in (2, 3)]
    assert pair.chance == pytest.approx(max(stats.norm.sf(z), *exact), rel=1e-9)


def test_pairs_of_very_many_units_are_not_looked_at_and_that_is_said():
    many = [Factor(str(i), ("", "x"), np.zeros(1000, np.int64)) for i in range(700)]
    assert pairs(many, np.ones(1000, np.bool_), 5, (np.zeros(1000, np.int64), 1)) == ((), -1)
