"""Yield beside what machines did: numbers, settings, the time after stops, losses."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from andon.errors import BadQuestion, NoData, UnknownName
from andon.model import Calendar, Process, Shift, States, StopRules, Units, Window
from andon.studies.yields.machine_yield import test_to_machine as asked
from andon.units import HOUR, MINUTE


def lots(bad_of: list[int], size: int = 40, machine_first: int = 0, **more: object) -> Units:
    """A lot an hour, a unit each minute; so many of its units are bad."""
    rows = [(n, i) for n in range(len(bad_of)) for i in range(size)]
    return Units.of(
        [machine_first + n * HOUR + i * MINUTE for n, i in rows],
        [str(i) for _, i in rows],
        lot=[f"L{n}" for n, _ in rows],
        passed=[i >= bad_of[n] for n, i in rows],
        **more,
    )


def oven(heat: list[float], **texts: object) -> Process:
    """One mean an hour."""
    return Process.of([n * HOUR for n in range(len(heat) + 1)], {"heat": heat}, texts)  # type: ignore[arg-type]


BAD = [2, 9, 4, 12, 6, 1, 15, 7, 3, 11]


def test_a_number_that_goes_with_the_yield_is_found():
    random = np.random.default_rng(1)
    process = Process.of(
        [n * HOUR for n in range(11)],
        {"heat": [200.0 + b for b in BAD], **{f"noise-{i}": random.random(10).tolist() for i in range(20)}},
    )
    answer = asked({"tester": lots(BAD)}, {"oven": process})
    assert answer.top == "oven heat"
    top = answer.rows[0]
    assert (top.correlation, top.groups, top.effect > 0, top.bad_mean > top.good_mean) == (
        pytest.approx(-1.0),
        10,
        True,
        True,
    )


def test_correlations_are_spearmans():
    heat = np.random.default_rng(2).random(10).tolist()
    (row,) = asked({"tester": lots(BAD)}, {"oven": oven(heat)}).rows
    found = stats.spearmanr(heat, [-b for b in BAD])
    assert (row.correlation, row.chance) == pytest.approx((found.statistic, found.pvalue))


def test_what_only_drifts_along_shows_no_relation_of_changes():
    random = np.random.default_rng(3)
    drift = np.arange(30)
    bad = (drift / 2 + random.integers(0, 4, 30)).astype(int).tolist()
    heat = (drift + 3 * random.random(30)).tolist()
    (row,) = asked({"tester": lots(bad)}, {"oven": oven(heat)}).rows
    assert row.correlation < -0.8
    assert abs(row.of_changes) < 0.4


def test_units_are_read_at_the_moment_when_they_were_on_the_machine():
    # The tester is ten hours behind the oven, which notes its units.
    tested = lots(BAD, machine_first=10 * HOUR)
    noted = lots([0] * 10)
    noted = Units.of(noted.at, noted.unit, lot=noted.lot)
    process = oven([200.0 + b for b in BAD])
    found = asked({"oven": noted, "tester": tested}, {"oven": process})
    assert (found.top, found.notes[-1:]) == ("oven heat", ("with 10 groups only strong relations show",))
    lagged = asked({"tester": tested}, {"oven": process}, lag=10 * 3600.0)
    assert lagged.top == "oven heat"
    assert "oven does not note its units" in lagged.notes[-1]
    assert asked({"tester": tested}, {"oven": process}).rows == ()


def test_a_setting_under_which_more_units_are_bad_is_found():
    bad = [2, 20, 2, 20, 2, 20]
    recipe = [(n * HOUR, (n + 1) * HOUR, "slow" if n % 2 else "fast") for n in range(6)]
    answer = asked({"tester": lots(bad)}, {"oven": oven([1.0] * 6, recipe=recipe)})
    top = answer.exposed[0]
    assert (answer.top, top.units, top.bad, top.bad_share_others) == ("oven recipe slow", 120, 60, 0.05)


def test_units_soon_after_a_stop_are_looked_at_apart():
    rows = []
    for n in range(6):
        rows += [(n * HOUR - 15 * MINUTE, n * HOUR, "fault"), (n * HOUR, (n + 1) * HOUR - 15 * MINUTE, "producing")]
    answer = asked(
        {"tester": lots([8] * 5 + [7])}, {"press": Process.of([0, HOUR], {})}, {"press": States.of(rows)}, after=600.0
    )
    (row,) = [e for e in answer.exposed if e.condition == "after fault"]
    assert (row.units, row.bad, row.bad_share_others) == (60, 47, 0.0)


def test_losses_are_those_of_the_ledger_while_a_lot_was_there():
    states = States.of(
        [(0, 10 * MINUTE, "producing"), (10 * MINUTE, 30 * MINUTE, "fault"), (30 * MINUTE, 9 * HOUR, "producing")]
    )
    window = Window(0, 9 * HOUR)
    shift = Calendar(window, (Shift("early", "2026-01-05", window),))
    given = {"press": states}, {"press": shift}, {"press": StopRules({}, {}, {}, 5 * MINUTE)}
    answer = asked({"tester": lots(BAD[:8])}, {"press": Process.of([0, HOUR], {})}, *given)
    found = {r.loss: r.time for r in answer.losses if r.group == "L0"}
    assert found == {"productive": 19 * MINUTE + 1, "breakdown": 20 * MINUTE}
    without = asked({"tester": lots(BAD[:8])}, {"press": Process.of([0, HOUR], {})}, given[0])
    assert {r.loss for r in without.losses} == {"producing", "fault"}


def test_time_lost_goes_into_the_ranking():
    rows, at = [], 0
    for n, b in enumerate(BAD):
        rows += [
            (at, n * HOUR + (20 - b) * MINUTE, "producing"),
            (n * HOUR + (20 - b) * MINUTE, n * HOUR + 20 * MINUTE, "fault"),
        ]
        at = n * HOUR + 20 * MINUTE
    rows.append((at, 10 * HOUR, "producing"))
    answer = asked({"tester": lots(BAD)}, {"press": Process.of([0, HOUR], {})}, {"press": States.of(rows)})
    assert (answer.rows[0].name, answer.rows[0].correlation) == ("loss: fault", pytest.approx(-1.0))


def test_time_can_be_the_group_where_there_are_no_lots():
    found = lots(BAD)
    alone = Units.of(found.at, [str(i) for i in range(len(found))], passed=found.passed)
    with pytest.raises(BadQuestion, match="`group` to time"):
        asked({"tester": alone}, {"oven": oven([1.0] * 10)})
    answer = asked({"tester": alone}, {"oven": oven([200.0 + b for b in BAD])}, group="time", every=3600.0)
    assert (answer.groups, answer.periods[1].group, answer.top) == (10, "1970-01-01T01:00:00Z", "oven heat")


def test_false_findings_are_few_where_nothing_is_related():
    false = 0
    for seed in range(30):
        random = np.random.default_rng(seed)
        process = Process.of([n * HOUR for n in range(21)], {f"s{i}": random.random(20).tolist() for i in range(40)})
        false += asked({"t": lots(random.integers(0, 12, 20).tolist())}, {"m": process}).related > 0
    assert false <= 5  # one in twenty at most, of 30: more than five would happen once in 300


def test_bad_questions_are_refused():
    process = {"oven": oven([1.0])}
    with pytest.raises(NoData, match="Nobody said"):
        asked({"tester": Units.of([0, 1], "ab")}, process)
    with pytest.raises(BadQuestion, match="No unit is bad"):
        asked({"tester": lots([0, 0])}, process)
    with pytest.raises(UnknownName, match="colour"):
        asked({"tester": lots([1, 2])}, process, group="colour")
    with pytest.raises(BadQuestion, match="lag"):
        asked({"tester": lots([1, 2])}, process, lag=-1.0)
