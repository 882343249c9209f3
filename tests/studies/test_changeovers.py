"""Changeovers from last good part to first good part, in worked time, from product to product."""

from itertools import pairwise

import numpy as np
import pytest

from andon.errors import BadQuestion, NoData
from andon.model import Calendar, Counts, Orders, Output, Shift, Spells, States, Window
from andon.studies.production.changeovers import Changeovers, changeovers
from andon.units import HOUR, MINUTE

PRODUCT = [(0, 100, "A"), (100, 220, "B"), (220, 400, "A"), (400, 600, "B")]
GOOD = [10, 60, 90, 125, 200, 215, 260, 390, 440, 590]
"""Minutes: the changeovers are 90-125, 215-260 and 390-440."""


def output(
    product: list[tuple[int, int, str]] | None = None,
    good: list[int] | None = None,
    rejects: list[tuple[int, float]] | None = None,
) -> Output:
    spells = [(s * MINUTE, u * MINUTE, p) for s, u, p in (PRODUCT if product is None else product)]
    scrap = Counts.of([(at * MINUTE, n) for at, n in rejects]) if rejects is not None else None
    counts = Counts.of([(at * MINUTE, 1) for at in (GOOD if good is None else good)])
    return Output(Window(0, 600 * MINUTE), None, counts, scrap, product=Spells.of(spells))


def window(since: int = 0, until: int = 600) -> Calendar:
    return Calendar(Window(since * MINUTE, until * MINUTE), ())


def minutes(found: Changeovers) -> list[tuple[str, str, float | None]]:
    return [(r.before, r.after, r.worked / MINUTE if r.worked is not None else None) for r in found.rows]


def test_a_changeover_runs_from_the_last_good_part_to_the_first() -> None:
    found = changeovers(output(), window())
    assert minutes(found) == [("A", "B", 35), ("B", "A", 45), ("A", "B", 50)]
    assert (found.count, found.median, found.total) == (3, 45 * 60, 130 * 60)


def test_the_table_tells_each_direction_apart() -> None:
    cells = changeovers(output(), window()).matrix
    assert [(c.before, c.after, c.count, c.median, c.best) for c in cells] == [
        ("A", "B", 2, 42.5 * 60, 35 * 60),
        ("B", "A", 1, 45 * 60, 45 * 60),
    ]
    assert cells[0].spread == pytest.approx(7.5 * 60)  # quartiles of 35 and 50: 38.75 and 46.25


@pytest.mark.parametrize(("target", "late", "over"), [(60, 0, 0), (45, 1, 5), (30, 3, 40)])
def test_time_beyond_the_target(target: int, late: int, over: int) -> None:
    found = changeovers(output(), window(), target=target * 60.0)
    assert (found.late, found.over_target) == (late, over * 60)


def test_parts_of_a_window_add_up_to_the_window() -> None:
    whole = changeovers(output(), window(), target=60.0)
    for cuts in ((0, 100, 600), (0, 50, 220, 221, 600), (0, 99, 101, 400, 600)):
        parts = [changeovers(output(), window(a, b), target=60.0) for a, b in pairwise(cuts)]
        added = parts[0]
        for part in parts[1:]:
            added = added + part
        assert added == whole


def test_nights_and_breaks_are_elapsed_but_not_worked() -> None:
    shifts = (
        Shift("early", "2026-01-05", Window(0, 110 * MINUTE), (Window(95 * MINUTE, 100 * MINUTE),)),
        Shift("late", "2026-01-05", Window(120 * MINUTE, 600 * MINUTE)),
    )
    row = changeovers(output(), Calendar(Window(0, 600 * MINUTE), shifts)).rows[0]
    # 90-125: without the break 95-100 and the night 110-120.
    assert (row.elapsed, row.worked) == (35 * MINUTE, 20 * MINUTE)


def test_setup_and_unknown_time_inside() -> None:
    states = States.of(
        [
            (0, 95 * MINUTE, "producing"),
            (95 * MINUTE, 110 * MINUTE, "setup"),
            (110 * MINUTE, 115 * MINUTE, "unknown"),
            (115 * MINUTE, 600 * MINUTE, "producing"),
        ]
    )
    found = changeovers(output(), window(0, 200), states)
    assert (found.rows[0].setup, found.rows[0].unknown) == (15 * MINUTE, 5 * MINUTE)
    assert found.setup_share == pytest.approx(15 / 35)


def test_rejects_before_the_first_good_part_are_its_scrap() -> None:
    found = changeovers(output(rejects=[(95, 1), (110, 2), (120, 3), (130, 4)]), window(0, 200))
    assert found.rows[0].scrap == 5


def test_a_pause_without_a_product_is_part_of_the_changeover_or_of_no_changeover() -> None:
    product = [(0, 100, "A"), (100, 110, ""), (110, 220, "B"), (220, 300, ""), (300, 600, "B")]
    assert minutes(changeovers(output(product=product), window())) == [("A", "B", 35)]


def test_a_product_without_a_good_part_is_unfinished() -> None:
    found = changeovers(output(good=[10, 90, 300, 440]), window())
    assert minutes(found) == [("A", "B", None), ("B", "A", None), ("A", "B", 140)]
    assert (found.count, found.unfinished) == (1, 2)


def test_orders_tell_the_product_where_no_signal_does() -> None:
    at = np.array([0, 100, 220], dtype=np.int64) * MINUTE
    until = np.array([100 * MINUTE, 220 * MINUTE, -1], dtype=np.int64)
    unknown = np.full(3, -1, dtype=np.int64)
    orders = Orders(("1", "2", "3"), ("A", "B", "A"), unknown, unknown, at, until, np.full(3, 100.0))
    bare = output()
    made = Output(bare.window, None, bare.good)
    assert minutes(changeovers(made, window(), orders=orders)) == [("A", "B", 35), ("B", "A", 45)]


def test_orders_of_which_none_was_started_tell_no_product() -> None:
    unknown, bare = np.full(1, -1, dtype=np.int64), output()
    planned = Orders(("1",), ("A",), unknown, unknown, unknown, unknown, np.full(1, 100.0))
    with pytest.raises(NoData, match="orders with products"):
        changeovers(Output(bare.window, None, bare.good), window(), orders=planned)


def test_without_any_product_it_says_what_is_missing() -> None:
    bare = output()
    with pytest.raises(NoData, match="`product` signal"):
        changeovers(Output(bare.window, None, bare.good), window())


def test_a_negative_target_is_refused() -> None:
    with pytest.raises(BadQuestion, match="negative"):
        changeovers(output(), window(), target=-HOUR)


def test_one_product_all_the_time_is_no_changeover() -> None:
    found = changeovers(output(product=[(0, 600, "A")]), window())
    assert (found.rows, found.median, found.spread, found.setup_share) == ((), None, None, None)
