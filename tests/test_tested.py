"""What units that were tested say of the machine that tested them: its output, its losses, its books."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.ask import Question, ask
from andon.errors import BadQuestion, UnknownName
from andon.ledger import Fate, Which
from andon.model import Batch, Bin, Loss, Spells, Units, Window
from andon.reading.tested import AGAIN, output_of, rejected, superseded
from andon.units import HOUR, MINUTE
from andon.watch.tile import seen
from shop import pieces
from works import PLANT, PRESS, START, Works, opened, shut

COUNTERS = """
[machine.signals.total_count]
kind = "count"
counting = "delta"

[machine.signals.reject_count]
kind = "count"
counting = "delta"
"""
CYCLE = 'cycles = [{ ideal_cycle = "45 s", machine = "line-1/press-3" }]\n'
TESTER = PLANT.replace(COUNTERS, "")
SHIFT = Window(START, START + 8 * HOUR)


def units_of(rows: list[tuple[float, str, int, int]], **more: object) -> Units:
    """Units by minutes after the shift began: (minute, unit, passed, bin)."""
    at, names, passed, bins = zip(*rows, strict=True)
    return Units.of(
        [START + round(m * MINUTE) for m in at], names, passed=passed, soft=bins, **{"product": ["A"] * len(at), **more}
    )


@pytest.fixture
def station(tmp_path: Path):
    """A press that is a station now: it has a state, and units are tested on it."""
    assert TESTER != PLANT
    works = opened(tmp_path, TESTER)
    works.say("state", [(0, "run"), (470, "none"), (960, "run")])
    yield works
    shut(works)


def give(works: Works, units: Units) -> None:
    """Write the units down."""
    meant = [
        {"kind": "bins", "place": PRESS, "since": START, "until": START + HOUR, "text": "", "detail": detail}
        for detail in [json.dumps({"soft": {n: [b.name, b.passed] for n, b in units.soft_bins.items()}})]
    ]
    works.sent += 1
    table = {
        "machine": [PRESS] * len(units),
        "at": pa.array(units.at, pa.int64()),
        "unit_id": units.unit.tolist(),
        "product": units.product.tolist(),
        "soft": units.soft,
        "passed": pa.array([None if p < 0 else bool(p) for p in units.passed.tolist()], pa.bool_()),
    }
    works.history.write(
        Batch(
            "tester", works.sent, units=pa.table(table), spells=pa.Table.from_pylist(meant) if units.soft_bins else None
        )
    )


def booked(works: Works, **which: object) -> dict[tuple[str, str], tuple[float, float | None]]:
    """Parts and money by fate and reason."""
    found: dict[tuple[str, str], tuple[float, float | None]] = {}
    for e in works.books.entries(Which(**which)):  # type: ignore[arg-type]
        if e.fate is not Fate.NOT_MADE:
            parts, money = found.get((e.fate.value, e.reason), (0.0, 0.0))
            found[e.fate.value, e.reason] = (
                parts + (e.parts or 0.0),
                None if money is None or e.money is None else money + e.money,
            )
    return found


ROWS = [(20, "a", 1, 1), (30, "b", 0, 5), (40, "c", 0, 7), (50, "b", 1, 1), (60, "d", 1, 1), (70, "e", 0, 7)]


def test_rejects_are_booked_by_the_bin_they_fell_into_and_retests_as_rework(station: Works) -> None:
    give(station, units_of(ROWS, soft_bins={1: Bin("pass", True), 7: Bin("leakage", False)}))
    station.close()
    found = booked(station, shift="early")
    assert {k: n for k, (n, _) in found.items()} == {
        ("good", ""): 3.0,
        ("reject", "bin 7 leakage"): 2.0,
        ("rework", ""): 1.0,
    }
    assert found["reject", "bin 7 leakage"][1] == 4.0  # two parts at 2.00 each
    assert station.books.balance().holds


def test_a_test_that_was_made_again_costs_the_time_of_the_tester_and_no_part(station: Works) -> None:
    give(station, units_of(ROWS))
    station.close()
    found = booked(station, shift="early")
    assert found["reject", "bin 7"] == (2.0, 4.0)  # two parts at 2.00 each
    assert found["rework", ""] == (1.0, 0.75)  # 45 s at 60.00 an hour
    assert station.books.balance().holds


@pytest.mark.parametrize("unknown", ["hour_value = 60.0\n", CYCLE], ids=["no price", "no cycle"])
def test_a_test_made_again_whose_time_or_price_is_not_known_has_no_money(tmp_path: Path, unknown: str) -> None:
    assert unknown in TESTER
    works = opened(tmp_path, TESTER.replace(unknown, ""))
    works.say("state", [(0, "run"), (470, "none"), (960, "run")])
    give(works, units_of(ROWS))
    works.close()
    found = booked(works, shift="early")
    assert (found["reject", "bin 7"], found["rework", ""]) == ((2.0, 4.0), (1.0, None))
    assert works.books.balance().holds
    shut(works)


def test_the_time_of_what_was_not_good_is_lost_to_defects(station: Works) -> None:
    give(station, units_of(ROWS))
    station.close()
    # 45 s a part: three good, three not; the rest of the running time was slow.
    losses = station.losses(shift="early")
    assert (losses["productive"], losses["defects"]) == (2.25, 2.25)


def test_a_unit_that_passes_when_it_is_tested_again_is_one_good_part(station: Works) -> None:
    made = output_of(units_of(ROWS), SHIFT)
    assert [c.total for c in (made.total, made.good, made.rejects, made.rework)] == [6, 3, 2, 1]  # type: ignore[union-attr]


def test_what_is_tested_again_after_more_than_a_day_is_counted_anew() -> None:
    day = AGAIN / MINUTE
    units = units_of([(0, "a", 0, 5), (day, "a", 0, 5), (2 * day + 1, "a", 1, 1)])
    assert superseded(units).tolist() == [True, False, False]


def test_units_of_other_lots_and_steps_are_others() -> None:
    rows = [(0, "a", 0, 5), (1, "a", 1, 1), (2, "a", 1, 1)]
    assert not superseded(units_of(rows, lot=["1", "2", "2"], step=["cp1", "cp1", "cp2"])).any()


def test_units_without_a_name_are_told_by_their_place_and_else_not_at_all() -> None:
    rows = [(0, "", 0, 5), (1, "", 1, 1)]
    assert superseded(units_of(rows, x=[3, 3], y=[4, 4])).tolist() == [True, False]
    assert superseded(units_of(rows, x=[3, 2], y=[4, 4])).tolist() == [False, False]
    assert superseded(units_of(rows)).tolist() == [False, False]


def test_a_value_that_was_only_measured_makes_no_part() -> None:
    made = output_of(Units.of([START, START + 1], ["a", "b"]), SHIFT)
    assert made.total is not None
    assert made.total.total == 0


def test_a_bin_says_whether_a_unit_passed_where_nobody_else_does() -> None:
    units = units_of(
        [(0, "a", -1, 1), (1, "b", -1, 9), (2, "c", -1, 3)], soft_bins={1: Bin("", True), 9: Bin("", False)}
    )
    made = output_of(units, SHIFT)
    assert [c.total for c in (made.total, made.good, made.rejects)] == [3, 1, 1]  # type: ignore[union-attr]
    assert rejected(units, SHIFT) == [(START + MINUTE, "bin 9")]


def test_the_product_is_that_of_the_units(station: Works) -> None:
    give(station, units_of(ROWS, product=["A", "A", "B", "B", "A", "A"]))
    station.close()
    parts = {
        t.key[0]: t.parts for t in station.books.totals(("product",), Which(shift="early", losses=(Loss.PRODUCTIVE,)))
    }
    assert parts == {"A": 2.0, "B": 1.0}


def test_a_tester_that_tested_nothing_in_a_shift_made_nothing_in_it(station: Works) -> None:
    give(station, units_of(ROWS))
    station.close()
    (late,) = station.books.figures(which=Which(shift="late"))
    assert (late.made, late.good, late.rejects) == (0, 0, 0)


def test_studies_of_output_can_be_asked_of_a_machine_without_counters(station: Works) -> None:
    give(station, units_of(ROWS))
    answer = ask(Question("counts", PRESS, SHIFT), station.plant, station.history).answer
    assert (answer.made, answer.good, answer.rejects, answer.rework) == (6, 3, 2, 1)  # type: ignore[union-attr]
    assert ask(Question("oee", PRESS, SHIFT), station.plant, station.history).answer.good == 3  # type: ignore[union-attr]


def test_without_counters_and_units_a_study_says_what_is_missing(station: Works) -> None:
    with pytest.raises(BadQuestion, match="`total_count` or `good_count`"):
        ask(Question("counts", PRESS, SHIFT), station.plant, station.history)


def test_the_board_shows_what_was_tested_so_far(station: Works) -> None:
    give(station, units_of(ROWS))
    tile = seen(station.plant.machine(PRESS), station.plant, station.history, START + 65 * MINUTE).tile
    assert (tile.made, tile.good, tile.rejects) == (5, 3, 1)


def test_scrap_that_an_operator_books_is_no_longer_good(station: Works) -> None:
    give(station, units_of(ROWS))
    station.do("scrap", quantity=2, code="burr", at="2024-03-04T07:50+00:00")
    station.close()
    found = {k: n for k, (n, _) in booked(station, shift="early").items()}
    assert found == {("good", ""): 1.0, ("reject", "burr"): 2.0, ("reject", "bin 7"): 2.0, ("rework", ""): 1.0}


FATES = st.tuples(
    st.integers(-60, 540), st.sampled_from("abcdefgh"), st.sampled_from([-1, 0, 1]), st.sampled_from([-1, 1, 5])
)


def naive(rows: list[tuple[int, str, int, int]]) -> tuple[int, int, int, int]:
    """Made, good, rejects and rework of the shift, the slow and obvious way."""
    rows = sorted((r for r in rows if r[2] >= 0 or r[3] >= 0), key=lambda r: r[0])
    good = rejects = rework = made = 0
    for i, (minute, unit, passed, _) in enumerate(rows):
        if not 0 <= minute < 480:
            continue
        made += 1
        if any(later[1] == unit for later in rows[i + 1 :]):
            rework += 1
        elif passed >= 0:
            good, rejects = good + passed, rejects + 1 - passed
    return made, good, rejects, rework


@given(st.lists(FATES, min_size=1, max_size=40), st.sets(st.integers(0, 479), max_size=4))
def test_output_is_what_the_obvious_way_finds_however_the_shift_is_cut(rows, cuts) -> None:
    units = units_of(rows)
    windows = pieces(SHIFT, [START + c * MINUTE for c in cuts])
    found = [output_of(units.within(Window(w.since, w.until + AGAIN)), w) for w in windows]
    whole = output_of(units, SHIFT)
    judged = any(r[2] >= 0 and (r[2] >= 0 or r[3] >= 0) for r in rows)
    made, good, rejects, rework = naive(rows)
    assert whole.total is not None
    assert whole.total.total == made == sum(f.total.total for f in found if f.total)
    if judged:
        assert [c.total for c in (whole.good, whole.rejects, whole.rework) if c] == [good, rejects, rework]
        parts = [f for f in found if f.good is not None and f.rejects is not None and f.rework is not None]
        assert sum(f.rework.total for f in parts if f.rework) <= rework


@settings(max_examples=12)
@given(st.lists(FATES, min_size=1, max_size=60, unique_by=lambda r: r[:2]))
def test_the_books_balance_whatever_was_tested(tmp_path_factory: pytest.TempPathFactory, rows) -> None:
    works = opened(tmp_path_factory.mktemp("works"), TESTER)
    works.say("state", [(0, "run"), (100, "stop"), (130, "setup"), (150, "run"), (470, "none"), (960, "run")])
    give(works, units_of(rows, product=["AB"[len(r[1]) % 2] for r in rows]))
    works.close()
    assert works.books.balance().holds
    judged = [r for r in rows if r[2] >= 0 or r[3] >= 0]
    for early in works.books.figures(which=Which(shift="early")):
        outside = early.made_unknown + early.made_planned_down
        inside = naive(rows)
        if judged and any(r[2] >= 0 for r in judged):
            assert (early.made or 0.0) + outside == inside[0]
    shut(works)


def test_the_product_of_the_next_unit_holds_for_a_day_at_most() -> None:
    units = units_of([(3 * AGAIN / MINUTE, "a", 1, 1)])
    found = output_of(units, Window(START, START + 4 * AGAIN)).product
    assert found is not None
    assert found.rows() == Spells.of([(START + 2 * AGAIN, START + 3 * AGAIN + 1, "A")]).rows()


def test_a_unit_that_is_tested_again_in_the_next_shift_changes_the_closed_one(station: Works) -> None:
    give(station, units_of([(20, "a", 1, 1), (30, "b", 0, 5)]))
    station.close()
    assert {k: n for k, (n, _) in booked(station, shift="early").items()} == {("good", ""): 1, ("reject", "bin 5"): 1}
    give(station, units_of([(500, "b", 1, 1)]))
    station.close()
    assert {k: n for k, (n, _) in booked(station, shift="early").items()} == {("good", ""): 1, ("rework", ""): 1}
    assert {k: n for k, (n, _) in booked(station, shift="late").items()} == {("good", ""): 1}
    assert [v for v, _, _ in station.versions()] == [1, 2]


MANY = [(20 + i, f"u{i}", int(i % 3 > 0 or i < 200), 1 if i % 3 > 0 or i < 200 else 5) for i in range(400)]


@pytest.mark.parametrize(
    ("study", "settings", "figures"),
    [
        ("commonality", {}, {"units": 400, "bad": 67}),
        ("test-to-machine", {"group": "time", "every": 3600.0}, {"units": 400, "bad": 67, "groups": 7}),
        ("lot-acceptance", {"group": "hour"}, {}),
    ],
)
def test_studies_of_tested_units_are_asked_like_any_other(station: Works, study, settings, figures) -> None:
    give(station, units_of(MANY))
    if study == "lot-acceptance":
        with pytest.raises(UnknownName, match="'hour'"):
            ask(Question(study, PRESS, SHIFT, settings=settings), station.plant, station.history)
        return
    answer = ask(Question(study, PRESS, SHIFT, settings=settings), station.plant, station.history).answer
    assert {n: getattr(answer, n) for n in figures} == figures


def test_losses_of_the_ledger_stand_beside_the_yield(station: Works) -> None:
    give(station, units_of(MANY))
    asked = Question("test-to-machine", "line-1", SHIFT, settings={"group": "time", "every": 3600.0})
    answer = ask(asked, station.plant, station.history).answer
    assert {r.loss for r in answer.losses} == {"productive"}  # type: ignore[union-attr]
    assert sum(e.units for e in answer.exposed if e.condition == "shift early") == 0  # type: ignore[union-attr]
