"""Units and measurements: stored once, read by test, late and again, over sealing, relays, backups and damage."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.acquire.frames import decode, encode, frames
from andon.errors import BadInput, Damaged
from andon.historian import Historian
from andon.historian.hot import open_store, snapshot, table, transaction
from andon.historian.measured.keep import enter, write_pair
from andon.historian.sql import sql
from andon.historian.write import write
from andon.model import Batch, Measurements, Window

UTC = pa.timestamp("us", "UTC")
MONDAY = 1_788_134_400_000_000
SECOND = 1_000_000
ALL = Window(0, 1 << 61)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[Historian]:
    with Historian.own(tmp_path / "history") as made:
        yield made


def found(rows: list[dict[str, object]], machine: str = "tester") -> pa.Table:
    """Measurements with their units beside them; `at` in seconds after Monday."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {n: [row.get(n) for row in rows] for n in names if n != "at"}
    at = pa.array([MONDAY + int(str(row["at"])) * SECOND for row in rows]).cast(UTC)
    return pa.table({"machine": [machine] * len(rows), "at": at, **columns})


def doubled(name: str) -> pa.Table:
    """A measurement with a column twice."""
    table = found([{"at": 1, "unit_id": "a", "test": "gap", "value": 1.0, "who": "Li", "lot": "L1"}])
    return table.append_column(name, table[name])


def wafer(name: str, since: int, dies: int, tests: int) -> tuple[pa.Table, pa.Table]:
    """Units of a wafer, a second each, and a value of each test on each: 1000 * test + die."""
    at = pa.array(MONDAY + (since + np.arange(dies)) * SECOND).cast(UTC)
    units = pa.table(
        {
            "machine": ["tester"] * dies,
            "at": at,
            "unit_id": [f"{i},0" for i in range(dies)],
            "lot": ["L1"] * dies,
            "wafer": [name] * dies,
            "x": pa.array(np.arange(dies), pa.int32()),
            "y": pa.array(np.zeros(dies), pa.int32()),
            "passed": [i % 3 > 0 for i in range(dies)],
            "handler": ["H7"] * dies,
        }
    )
    test = np.tile(np.arange(tests), dies)
    row = np.repeat(np.arange(dies), tests)
    names = pa.DictionaryArray.from_arrays(pa.array(test, pa.int32()), [f"t{j}" for j in range(tests)])
    return units, pa.table({"row": row, "test": names, "value": 1000.0 * test + row, "high": 1000.0 * test + 1})


def said(seen: Measurements) -> dict[str, list[tuple[str, float, int]]]:
    """Unit, value and verdict of each test, in order of time."""
    takes = {name: seen.take(name) for name in seen.names}
    return {
        name: list(zip(seen.units.unit[t.row], t.value.tolist(), t.passed.tolist(), strict=True))
        for name, t in takes.items()
    }


@pytest.mark.parametrize("sealed", [False, True])
def test_all_that_was_said_of_a_unit_comes_back(history: Historian, sealed: bool) -> None:
    row = {"at": 5, "unit_id": "000123", "step": "10", "lot": "L1", "wafer": "W2", "product": "P", "x": -3, "y": 4}
    row |= {"site": 2, "hard": 1, "soft": 7, "passed": False, "seconds": 1.5, "who": "Li", "gauge": "G-3"}
    units = found([row])
    values = pa.table({"row": [0], "test": ["gap"], "value": [1.5], "low": [1.0], "unit": ["mm"], "number": [17]})
    history.write(Batch("line", 1, units=units, measurements=values))
    if sealed:
        history.seal()
    seen = history.measurements("tester", ALL)
    unit = seen.units
    assert (unit.unit[0], unit.step[0], unit.lot[0], unit.wafer[0], unit.product[0]) == (
        "000123",
        "10",
        "L1",
        "W2",
        "P",
    )
    assert (unit.x[0], unit.y[0], unit.site[0], unit.hard[0], unit.soft[0]) == (-3, 4, 2, 1, 7)
    assert (unit.passed[0], unit.seconds[0], unit.attempt[0]) == (0, 1.5, 0)
    assert {n: c.tolist() for n, c in unit.facts.items()} == {"who": ["Li"], "gauge": ["G-3"]}
    assert [(t.name, t.unit, t.low, t.high, t.number, t.step) for t in seen.tests] == [
        ("gap", "mm", 1.0, None, 17, "10")
    ]
    assert seen.at.tolist() == [MONDAY + 5 * SECOND]
    assert history.verify(deep=True).sound


@pytest.mark.parametrize("dies", [10, 1500], ids=["few", "so many that they are sealed at once"])
def test_a_lot_reads_the_same_whole_and_test_by_test(history: Historian, dies: int) -> None:
    for number, name in enumerate(("W1", "W2", "W3")):
        units, values = wafer(name, number * dies, dies, 100)
        history.write(Batch("lot", number, units=units, measurements=values))
    every = history.measurements("tester", ALL)
    assert len(every) == 3 * dies * 100
    assert len(history.units("tester", ALL)) == 3 * dies
    for name in ("t0", "t57", "t99"):
        one = history.measurements("tester", ALL, [name])
        assert one.names == (name,)
        assert one.take().value.tolist() == [1000.0 * int(name[1:]) + i for i in range(dies)] * 3
        assert np.array_equal(every.take(name).value, one.take().value)
        assert one.take().passed.tolist() == ([1, 1] + [0] * (dies - 2)) * 3
    assert (history.sql("SELECT count(*) AS n FROM measurements").to_pylist()) == [{"n": 3 * dies * 100}]
    assert history.sql("SELECT wafer, count(*) AS n FROM units GROUP BY 1 ORDER BY 1").to_pylist()[0]["n"] == dies
    assert history.verify(deep=True).sound


def test_wafers_tested_side_by_side_are_read_in_order_of_time(history: Historian) -> None:
    for number, name in enumerate(("W1", "W2")):
        units, values = wafer(name, 0, 1500, 100)
        at = pa.array(MONDAY + (2 * np.arange(1500) + number) * SECOND).cast(UTC)
        units = units.set_column(units.column_names.index("at"), "at", at)
        history.write(Batch("lot", number, units=units, measurements=values))
    seen = history.measurements("tester", ALL)
    assert seen.names == tuple(sorted(seen.names))
    for name in ("t0", "t57", "t99"):
        die = [i for i in range(1500) for _ in range(2)]
        assert seen.take(name).value.tolist() == [1000.0 * int(name[1:]) + i for i in die]
        assert seen.take(name).passed.tolist() == [int(i < 2) for i in die]
        assert seen.units.wafer[seen.take(name).row].tolist() == ["W1", "W2"] * 1500


def test_what_was_said_again_is_there_once_in_sql_of_files_of_earlier_days(tmp_path: Path) -> None:
    """They hold both: what two batches said of a unit was sealed as it was."""
    store = open_store(tmp_path, lambda: MONDAY * 1000)
    for number, value in enumerate((1.5, 2.5)):
        row = {"at": 5, "unit_id": "a", "test": "gap", "value": value}
        write(store, Batch("line", number, measurements=found([row, row | {"unit_id": f"other {number}"}])))
    with snapshot(store) as db:
        tables = [table(db, f"SELECT * FROM {name} ORDER BY tested") for name in ("units", "measurements")]
    pair = write_pair(store, *tables)
    with transaction(store) as db:
        enter(db, pair)
        db.execute("DELETE FROM units")
        db.execute("DELETE FROM measurements")
    rows = sql(store, "SELECT unit_id, value FROM measurements ORDER BY 1").to_pylist()
    assert [tuple(row.values()) for row in rows] == [("a", 2.5), ("other 0", 1.5), ("other 1", 2.5)]


def test_what_was_said_of_a_value_wins_over_its_limits_in_a_sealed_file(history: Historian) -> None:
    units, values = wafer("W1", 0, 2000, 60)
    tests = [int(str(t)[1:]) for t in values["test"].to_pylist()]
    told = values.append_column(
        "passed",
        pa.array([row == 0 if t == 31 else None for row, t in zip(values["row"].to_pylist(), tests, strict=True)]),
    )
    history.write(Batch("lot", 1, units=units, measurements=told))
    seen = history.measurements("tester", ALL)
    assert seen.take("t31").passed.tolist() == [1] + [0] * 1999
    assert seen.take("t30").passed.tolist() == [1, 1] + [0] * 1998


def test_a_window_cuts_a_sealed_wafer(history: Historian) -> None:
    units, values = wafer("W1", 0, 2000, 60)
    history.write(Batch("lot", 1, units=units, measurements=values))
    window = Window(MONDAY + 100 * SECOND, MONDAY + 103 * SECOND)
    assert history.measurements("tester", window).take("t7").value.tolist() == [7100.0, 7101.0, 7102.0]
    assert history.units("tester", window).unit.tolist() == ["100,0", "101,0", "102,0"]


@pytest.mark.parametrize("sealed", [False, True])
def test_the_later_batch_wins_for_each_test_of_a_unit_and_a_retest_is_another_attempt(
    history: Historian, sealed: bool
) -> None:
    def write(number: int, rows: list[dict[str, object]]) -> None:
        history.write(Batch("gauge", number, measurements=found(rows)))
        if sealed:
            history.seal()

    both = [{"test": "gap", "value": 1.0}, {"test": "force", "value": 7.0}]
    write(1, [{"at": 9, "unit_id": "a", "who": "Li", **b} for b in both])
    write(2, [{"at": 9, "unit_id": "a", "who": "Eva", "test": "gap", "value": 2.0}])  # corrects the gap only
    write(3, [{"at": 20, "unit_id": "a", "test": "gap", "value": 3.0}])  # tested again
    write(4, [{"at": 1, "unit_id": "b", "test": "gap", "value": 4.0}])  # late
    seen = history.measurements("tester", ALL)
    assert said(seen) == {"gap": [("b", 4.0, -1), ("a", 2.0, -1), ("a", 3.0, -1)], "force": [("a", 7.0, -1)]}
    assert seen.units.attempt.tolist() == [0, 0, 1]
    assert seen.units.facts["who"].tolist() == ["", "Eva", ""]
    assert seen.units.first.tolist() == [True, True, False]
    assert seen.units.last.tolist() == [True, False, True]
    rows = history.sql('SELECT unit_id, test, value FROM measurements ORDER BY "at", test').to_pylist()
    assert [(r["unit_id"], r["test"], r["value"]) for r in rows] == [
        ("b", "gap", 4.0),
        ("a", "force", 7.0),
        ("a", "gap", 2.0),
        ("a", "gap", 3.0),
    ]


def test_the_same_batch_twice_is_stored_once_and_a_bulk_batch_leaves_no_orphans(history: Historian) -> None:
    units, values = wafer("W1", 0, 2000, 60)
    first = history.write(Batch("lot", 1, units=units, measurements=values))
    again = history.write(Batch("lot", 1, units=units, measurements=values))
    assert (first.repeated, again.repeated, first.rows) == (False, True, 120_000)
    assert first.touched == Window(MONDAY, MONDAY + 1999 * SECOND + 1)
    assert len(history.measurements("tester", ALL)) == 120_000
    assert history.verify().notes == ()


def test_what_came_in_is_told_so_that_shifts_close_again(history: Historian) -> None:
    units, values = wafer("W1", 0, 2000, 60)
    seq, _ = history.touched(0)
    history.write(Batch("lot", 1, units=units, measurements=values))
    history.write(
        Batch("hand", 1, measurements=found([{"at": 5, "unit_id": "a", "test": "gap", "value": 1.0}], "desk"))
    )
    _, stretches = history.touched(seq)
    assert stretches == [
        ("desk", MONDAY + 5 * SECOND, MONDAY + 5 * SECOND + 1),
        ("tester", MONDAY, MONDAY + 1999 * SECOND + 1),
    ]


def test_two_limits_of_one_test_are_both_kept_and_judge_their_own_values(history: Historian) -> None:
    rows = [{"at": i, "unit_id": str(i), "test": "gap", "value": 5.0, "high": h} for i, h in enumerate((6.0, 4.0, 6.0))]
    history.write(Batch("gauge", 1, measurements=found(rows)))
    take = history.measurements("tester", ALL).take("gap")
    assert (take.passed.tolist(), take.high.tolist()) == ([1, 0, 1], [6.0, 4.0, 6.0])
    assert take.limits == (None, 6.0)


def test_what_bins_mean_is_told_by_spells_and_the_later_word_counts(history: Historian) -> None:
    history.write(Batch("gauge", 1, units=found([{"at": 5, "unit_id": "a", "hard": 1}])))
    for number, detail in enumerate(
        ('{"hard": {"1": ["Good", true], "2": ["Open", false]}}', '{"hard": {"1": ["Pass", true]}}')
    ):
        since = pa.array([MONDAY + number]).cast(UTC)
        spell = {"kind": ["bins"], "place": ["tester"], "since": since, "text": ["P"], "detail": [detail]}
        spell["until"] = pa.array([MONDAY + 10 * SECOND]).cast(UTC)
        history.write(Batch("bins", number, spells=pa.table(spell)))
    bins = history.units("tester", ALL).hard_bins
    assert {n: (b.name, b.passed) for n, b in bins.items()} == {1: ("Pass", True), 2: ("Open", False)}


@pytest.mark.parametrize(
    ("batch", "says"),
    [
        (Batch("x", 1, measurements=pa.table({"row": [0], "test": ["gap"]})), "no table of units"),
        (Batch("x", 1, measurements=found([{"at": 1, "test": "gap"}])), "column 'unit_id' is missing"),
        (
            Batch(
                "x", 1, units=found([{"at": 1, "unit_id": "a"}]), measurements=pa.table({"row": [1], "test": ["gap"]})
            ),
            "the batch has the units 0 to 0",
        ),
        (Batch("x", 1, units=found([{"at": 1, "unit_id": "a", "who": [1]}])), "a fact is a text"),
        *[(Batch("x", 1, measurements=doubled(n)), f"column '{n}' is there 2 times") for n in ("test", "at", "who")],
        (Batch("x", 1, units=doubled("lot"), measurements=pa.table({"row": [0], "test": ["gap"]})), "'lot' is"),
    ],
)
def test_what_cannot_be_stored_is_named(history: Historian, batch: Batch, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        history.write(batch)
    assert history.receipts().num_rows == 0


def test_a_damaged_file_is_named_and_a_backup_brings_all_back(history: Historian, tmp_path: Path) -> None:
    units, values = wafer("W1", 0, 2000, 60)
    history.write(Batch("lot", 1, units=units, measurements=values))
    history.write(Batch("hand", 1, measurements=found([{"at": 5, "unit_id": "a", "test": "gap", "value": 1.0}])))
    history.backup(tmp_path / "copy")
    before = said(history.measurements("tester", ALL))
    (file,) = (history.folder / "measurements").rglob("*.parquet")
    file.write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    assert [d.file.split("/")[0] for d in history.verify().damages] == ["measurements"]
    with pytest.raises(Damaged, match="measurements/day="):
        history.measurements("tester", ALL)
    Historian.restore(tmp_path / "copy", tmp_path / "again")
    with Historian.own(tmp_path / "again") as restored:
        assert said(restored.measurements("tester", ALL)) == before


def test_a_relays_frame_carries_units_and_values(history: Historian) -> None:
    units, values = wafer("W1", 0, 5, 3)
    (frame,) = frames(encode(Batch("lot", 1, units=units, measurements=values)))
    history.write(decode(frame))
    assert len(history.measurements("tester", ALL)) == 15
    assert set(history.units("tester", ALL).facts) == {"handler"}


def test_what_was_said_again_before_both_were_sealed_is_there_once_in_sql(history: Historian) -> None:
    for number, value in enumerate((1.0, 2.0)):
        rows = [{"at": 0, "unit_id": "a", "test": "gap", "value": value, "step": ""}]
        history.write(Batch("gauge", number, measurements=found(rows)))
    history.seal()
    assert history.sql("SELECT value FROM measurements").to_pylist() == [{"value": 2.0}]


def listed(history: Historian, window: Window) -> list[tuple[object, int, int]]:
    return [(t.test, t.count, t.failed) for t in history.tests("tester", window)]


def counted(found: Measurements) -> list[tuple[object, int, int]]:
    """The tests with their values counted one by one."""
    verdicts = [found.passed[a:b].tolist() for a, b in pairwise(found.first.tolist())]
    return [(t, len(v), v.count(0)) for t, v in zip(found.tests, verdicts, strict=True)]


def test_what_was_tested_is_listed_without_reading_what_was_found(history: Historian) -> None:
    for n in range(2):
        units, values = wafer(f"W{n}", 1000 * n, 400, 300)
        history.write(Batch("lot", n, units=units, measurements=values))
    tests = listed(history, ALL)
    assert tests == counted(history.measurements("tester", ALL))
    assert {(count, failed) for _, count, failed in tests} == {(800, 796)}
    edge = Window(MONDAY + 100 * SECOND, MONDAY + 5000 * SECOND)
    assert listed(history, edge) == counted(history.measurements("tester", edge))
    for file in (history.folder / "measurements").rglob("*.parquet"):
        whole = file.read_bytes()
        file.write_bytes(whole[:4] + bytes(len(whole) // 2) + whole[4 + len(whole) // 2 :])
    assert listed(history, ALL) == tests


@pytest.mark.parametrize(
    ("said", "ended"),
    [
        ({"passed": False}, True),  # a verdict
        ({"hard": 3}, True),  # a bin
        ({"test": "gap", "value": 1.0}, False),  # only measured
    ],
)
@pytest.mark.parametrize("sealed", [False, True])
def test_a_machine_tests_where_a_unit_got_a_verdict_or_a_bin(
    history: Historian, said: dict[str, object], ended: bool, sealed: bool
) -> None:
    rows = found([{"at": 5, "unit_id": "a", **said}])
    history.write(Batch("tests", 1, **{"measurements" if "test" in said else "units": rows}))
    if sealed:
        history.seal()
    assert history.tested("tester", ALL) is ended
    assert not history.tested("tester", Window(0, MONDAY + 5 * SECOND))
    assert not history.tested("tester", Window(MONDAY + 6 * SECOND, ALL.until))
    assert not history.tested("press", ALL)


def test_a_test_that_was_said_again_keeps_what_only_the_first_batch_said(history: Historian) -> None:
    first = [{"at": 0, "unit_id": "a", "test": t, "value": 1.0} for t in ("gap", "force")]
    again = [{"at": 0, "unit_id": "a", "test": t, "value": 2.0} for t in ("gap", "width")]
    for number, rows in enumerate((first, again)):
        history.write(Batch("gauge", number, measurements=found(rows)))
    history.seal()
    table = history.sql("SELECT test, value FROM measurements ORDER BY test").to_pylist()
    assert [(r["test"], r["value"]) for r in table] == [("force", 1.0), ("gap", 2.0), ("width", 2.0)]
    assert len(history.units("tester", ALL)) == 1


ROW = st.fixed_dictionaries(
    {
        "at": st.integers(0, 3),
        "unit_id": st.sampled_from("ab"),
        "test": st.sampled_from(("gap", "force")),
        "value": st.integers(0, 9).map(float),
        "step": st.sampled_from(("", "10")),
        "high": st.sampled_from((None, 5.0)),
    }
)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.lists(ROW, min_size=1, max_size=5), st.booleans()), min_size=1, max_size=5))
def test_whatever_the_order_each_key_says_what_was_said_last(
    tmp_path_factory: pytest.TempPathFactory, batches: list[tuple[list[dict[str, object]], bool]]
) -> None:
    last = {(r["at"], r["step"], r["unit_id"], r["test"]): r["value"] for rows, _ in batches for r in rows}
    with Historian.own(tmp_path_factory.mktemp("history")) as history:
        for number, (rows, sealed) in enumerate(batches):
            history.write(Batch("gauge", number, measurements=found(rows)))
            if sealed:
                history.seal()
        seen = history.measurements("tester", ALL)
        told = {}
        for j, test in enumerate(seen.tests):
            for i in range(int(seen.first[j]), int(seen.first[j + 1])):
                at = int(seen.units.at[seen.row[i]] - MONDAY) // SECOND
                told[at, seen.units.step[seen.row[i]], seen.units.unit[seen.row[i]], test.name] = seen.value[i]
        assert told == last
        assert len(seen) == len(last)
        assert history.sql("SELECT count(*) AS n FROM measurements").to_pylist() == [{"n": len(last)}]
        assert (np.diff(seen.units.at) >= 0).all()
        for window in (ALL, Window(MONDAY + SECOND, MONDAY + 3 * SECOND)):
            assert listed(history, window) == counted(history.measurements("tester", window))
