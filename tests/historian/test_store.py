"""The historian's store: trends, late data, retention, backups, SQL, and what it refuses."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from andon.errors import BadInput, BadQuestion, Damaged, Owned, UnknownName
from andon.historian import Historian
from andon.historian.names import Names
from andon.model import Batch, Spells, Waveforms, Window
from andon.plant import Signal
from store_rows import ALL, DAY, MONDAY, SECOND, UTC, batch, day_of, said

DAYS = (MONDAY // DAY, MONDAY // DAY + 1)


@pytest.fixture
def history(tmp_path: Path):
    with Historian.own(tmp_path / "history") as opened:
        yield opened


def naive_buckets(rows: pa.Table, width: int) -> list[tuple[int, float, float, float, float, int]]:
    """Lowest, highest, first, last and number of the usable values of each bucket, the slow and obvious way."""
    found: dict[int, list[float]] = {}
    for at, value, quality in zip(*(rows[c].to_pylist() for c in ("at", "value", "quality")), strict=True):
        if value is not None and quality < 0x80000000:
            found.setdefault(at // width * width, []).append(value)
    return [(at, min(v), max(v), v[0], v[-1], len(v)) for at, v in sorted(found.items())]


def as_rows(trend: pa.Table) -> list[tuple[int, float, float, float, float, int]]:
    return list(zip(*(trend[c].to_pylist() for c in ("at", "low", "high", "first", "last", "count")), strict=True))


@pytest.mark.parametrize(
    "window", [Window(MONDAY, MONDAY + 2 * DAY), Window(MONDAY + 12_345_678_901, MONDAY + DAY + 55_555_555_555)]
)
@pytest.mark.parametrize("stage", ["hot", "sealed", "late in hot", "late sealed", "compacted"])
def test_a_trend_is_exact_whatever_tier_it_comes_from(history: Historian, window: Window, stage: str) -> None:
    history.write(batch(1, day_of("press/p", day=0), day_of("press/p", day=1)))
    late = said("press/p", (MONDAY + 5000 + np.arange(40) * 97 * SECOND).tolist(), [-500.0] * 40)
    for step, act in {
        "sealed": history.seal,
        "late in hot": lambda: history.write(batch(2, late)),
        "late sealed": history.seal,
        "compacted": lambda: [history.compact(d) for d in DAYS],
    }.items():
        if stage != "hot" and list(STAGES).index(step) <= list(STAGES).index(stage):
            act()
    rows = history.samples("press/p", window)
    for width in (SECOND, 10 * SECOND, 600 * SECOND, 3600 * SECOND, 7 * 600 * SECOND):
        assert as_rows(history.buckets("press/p", window, width)) == naive_buckets(rows, width)


STAGES = ("hot", "sealed", "late in hot", "late sealed", "compacted")


@pytest.mark.parametrize(("pixels", "most"), [(1, 2), (100, 101), (1000, 1001)])
def test_a_trend_has_no_more_buckets_than_pixels_and_keeps_the_spike(
    history: Historian, pixels: int, most: int
) -> None:
    history.write(batch(1, day_of("press/p")))
    history.seal()
    trend = history.trend("press/p", Window(MONDAY, MONDAY + DAY), pixels)
    assert 0 < trend.num_rows <= most
    assert max(trend["high"].to_pylist()) == 1000.0


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), min_size=1, max_size=8), min_size=1, max_size=6
    ),
    st.lists(st.booleans(), min_size=6, max_size=6),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_writes_and_seals_gives_what_a_dictionary_would(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[int, int]]], seals: list[bool]
) -> None:
    expected: dict[int, float] = {}
    with Historian.own(tmp_path_factory.mktemp("any")) as history:
        for number, (rows, seal) in enumerate(zip(batches, seals, strict=False)):
            at = [MONDAY + a * DAY // 10 for a, _ in rows]
            history.write(batch(number, said("p/x", at, [float(v) for _, v in rows])))
            expected |= {a: float(v) for a, (_, v) in zip(at, rows, strict=True)}
            if seal:
                history.seal()
        found = history.samples("p/x", ALL)
        assert dict(zip(found["at"].to_pylist(), found["value"].to_pylist(), strict=True)) == expected
        assert found["at"].to_pylist() == sorted(expected)
        assert history.verify(deep=True).sound


def test_a_large_batch_becomes_sealed_files_at_once_and_loses_to_later_rows_only(history: Historian) -> None:
    tables = [day_of(f"press/{i}", seed=i) for i in range(3)]
    assert history.write(batch(1, *tables)).rows == 3 * 86_400
    assert len(list((history.folder / "cold").rglob("*.parquet"))) == 1
    at = int(tables[0]["at"].cast(pa.int64())[100].as_py())
    history.write(batch(2, said("press/0", [at], [5.0])))
    history.write(batch(3, *tables))  # again, under a new number, while hot rows of the same time wait
    assert history.samples("press/0", ALL)["value"].to_pylist() == tables[0]["value"].to_pylist()
    history.seal()
    history.compact(DAYS[0])
    assert history.samples("press/0", ALL)["value"].to_pylist() == tables[0]["value"].to_pylist()
    assert history.overwritten("press/0", Window(at, at + 1))["value"].to_pylist()[-1] == 5.0
    assert history.verify(deep=True).sound


@pytest.mark.parametrize("sealed", [False, True])
def test_the_row_before_and_the_row_after_a_window_come_when_asked_for(history: Historian, sealed: bool) -> None:
    history.write(batch(1, said("p/x", [MONDAY + i * DAY for i in range(5)], [0, 1, 2, 3, 4])))
    if sealed:
        history.seal()
    window = Window(MONDAY + DAY + 1, MONDAY + 3 * DAY)
    assert history.samples("p/x", window)["value"].to_pylist() == [2]
    assert history.samples("p/x", window, before=True, after=True)["value"].to_pylist() == [1, 2, 3]
    assert history.samples("p/x", Window(0, 1), before=True)["value"].to_pylist() == []


def test_the_latest_row_of_each_signal_is_found_in_either_tier(history: Historian) -> None:
    history.write(batch(1, said("p/a", [MONDAY, MONDAY + 1], [1, 2]), said("p/b", [MONDAY], [3])))
    history.seal()
    history.write(batch(2, said("p/b", [MONDAY + 5], [4]), said("p/a", [MONDAY - 5], [9])))
    rows = history.latest().to_pylist()
    assert [(r["signal"], r["at"], r["value"]) for r in rows] == [("p/a", MONDAY + 1, 2), ("p/b", MONDAY + 5, 4)]


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (-1, "before 1970"),
        (4_102_444_800 * SECOND, "more than a day ahead"),  # the year 2100
        (1 << 62, "more than a day ahead"),
    ],
)
def test_an_impossible_moment_is_refused_and_named_and_kept_aside_while_the_rest_is_stored(
    history: Historian, at: int, why: str
) -> None:
    receipt = history.write(batch(1, said("p/x", [at, MONDAY], [7.0, 1.0])))
    assert receipt.rows == 1
    assert len(receipt.refused) == 1
    assert why in receipt.refused[0]
    assert history.samples("p/x", ALL)["value"].to_pylist() == [1.0]
    kept = history.quarantine().to_pylist()[0]
    assert (kept["signal"], kept["at"], kept["value"]) == ("p/x", at, 7.0)


def test_a_clock_that_steps_back_stores_all_the_same(tmp_path: Path) -> None:
    hours = iter([10, 20, 1, 1, 1, 1, 1, 1, 2, 3])
    clock = {"now": 0}

    def stepping() -> int:
        return clock["now"] * 1000

    with Historian.own(tmp_path, clock=stepping) as history:
        for number in range(8):
            clock["now"] = MONDAY + next(hours) * 3600 * SECOND
            receipt = history.write(batch(number, said("p/x", [MONDAY + 20 * 3600 * SECOND + number], [number])))
            assert receipt.refused == ()
            history.seal()
        assert history.samples("p/x", ALL)["value"].to_pylist() == list(range(8))
        assert history.verify(deep=True).sound


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (pa.table({"signal": ["p/x"], "at": pa.array([MONDAY]).cast(UTC), "val": [1.0]}), "unknown column 'val'"),
        (pa.table({"at": pa.array([MONDAY]).cast(UTC)}), "column 'signal' is missing"),
        (pa.table([["p/x"], ["p/y"]], names=["signal", "signal"]), "column 'signal' is there 2 times"),
        (pa.table({"signal": ["p/x"], "at": pa.array([MONDAY]).cast(pa.timestamp("us"))}), "has no time zone"),
        (pa.table({"signal": ["p/x"], "at": pa.array([MONDAY]).cast(UTC), "value": ["full"]}), "cannot be stored"),
    ],
)
def test_a_batch_with_columns_that_cannot_be_stored_is_refused_whole(
    history: Historian, table: pa.Table, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        history.write(Batch("line", 1, table))
    assert history.last_number("line") == -1


def test_a_second_owner_is_told_who_owns_the_folder(history: Historian) -> None:
    with pytest.raises(Owned, match=r"is owned by process \d+ since .* UTC, and only one process may write it"):
        Historian.own(history.folder)


def test_errors_of_the_owner_reach_other_callers_as_what_they_are(history: Historian) -> None:
    with Historian.open(history.folder) as remote:
        with pytest.raises(UnknownName, match="There is no signal 'p/y'"):
            remote.export(history.folder / "x.parquet", paths=["p/y"])
        with pytest.raises(AttributeError):
            remote.folder_of_my_own  # noqa: B018  # the access is what is tested


@pytest.mark.parametrize(
    "text",
    [
        "DELETE FROM samples",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "ATTACH 'x.db'",
        "COPY samples TO 'x.csv'",
        "SELECT 1; SELECT 2",
        "INSTALL httpfs",
        "nonsense",
        "SET threads = 1",
        "CREATE TABLE x AS SELECT 1",
    ],
)
def test_sql_reads_the_history_and_nothing_else(history: Historian, text: str) -> None:
    with pytest.raises(BadQuestion):
        history.sql(text)


def test_sql_sees_both_tiers(history: Historian) -> None:
    history.write(batch(1, said("p/x", [MONDAY, MONDAY + 1], [1.5, 2.5])))
    history.seal()
    history.write(batch(2, said("p/x", [MONDAY + 2], [3.5])))
    assert history.sql("SELECT sum(value) AS s FROM samples").to_pylist() == [{"s": 7.5}]
    assert history.sql("SELECT path FROM signals").to_pylist() == [{"path": "p/x"}]
    assert history.sql("SELECT count(*) AS n FROM receipts").to_pylist() == [{"n": 2}]


def test_where_spells_overlap_the_later_reported_wins(history: Historian) -> None:
    def reason(number: int, since: int, until: int, text: str) -> None:
        history.write(
            Batch(
                "acts",
                number,
                spells=pa.table(
                    {
                        "kind": ["reason"],
                        "place": ["press"],
                        "since": pa.array([since]).cast(UTC),
                        "until": pa.array([until]).cast(UTC),
                        "text": [text],
                        "detail": ['{"who": "eva"}'],
                    }
                ),
            )
        )

    reason(1, 0, 100, "jam")
    reason(2, 40, 60, "tool")
    assert history.spells("reason", "press", Window(10, 90)).rows() == [
        (10, 40, "jam"),
        (40, 60, "tool"),
        (60, 90, "jam"),
    ]
    rows = history.spell_rows("reason", "press", Window(0, 50)).to_pylist()
    assert [(r["text"], r["receipt"], r["detail"]) for r in rows] == [
        ("jam", 1, '{"who": "eva"}'),
        ("tool", 2, '{"who": "eva"}'),
    ]
    assert history.touched(1) == (2, [("press", 40, 60)])


@pytest.mark.parametrize("sealed", [False, True])
def test_waveforms_and_measurements_come_back_as_they_were(history: Historian, sealed: bool) -> None:
    waves = pa.table(
        {
            "signal": ["press/v"] * 2,
            "at": pa.array([MONDAY, MONDAY + SECOND]).cast(UTC),
            "rate": [4.0, 4.0],
            "block": [[0.1, 0.2, 0.3, 0.4], [1.0, 2.0]],
        }
    )
    found = pa.table(
        {
            "machine": ["press"] * 2,
            "at": pa.array([MONDAY] * 2).cast(UTC),
            "unit_id": ["000123"] * 2,
            "step": ["10", "10"],
            "test": ["gap", "force"],
            "value": [1.5, 9.0],
            "low": [1.0, None],
            "high": [2.0, 8.0],
            "passed": [True, None],
        }
    )
    history.write(Batch("line", 1, waveforms=waves, measurements=found))
    if sealed:
        history.seal()
    signal = Signal(path="press/v", machine="press", name="v", role="vibration", kind="waveform")
    got = history.read(Waveforms, signal, Window(MONDAY, MONDAY + 2 * SECOND))
    assert [b.tolist() for b in got.blocks] == [[0.1, 0.2, 0.3, 0.4], [1.0, 2.0]]
    assert got.rate.tolist() == [4.0, 4.0]
    seen = history.measurements("press", Window(MONDAY, MONDAY + 1))
    assert {name: seen.take(name).passed.tolist() for name in seen.names} == {"gap": [1], "force": [0]}
    assert seen.units.unit.tolist() == ["000123"]
    assert history.sql("SELECT count(*) AS n FROM measurements").to_pylist() == [{"n": 2}]


def test_a_text_signal_reads_as_spells(history: Historian) -> None:
    history.write(batch(1, said("press/product", [MONDAY, MONDAY + 10, MONDAY + 20], text=["A", "A", "B"])))
    signal = Signal(path="press/product", machine="press", name="product", role="product", kind="text", holds=15)
    assert history.read(Spells, signal, Window(MONDAY + 5, MONDAY + 99)).rows() == [
        (MONDAY + 5, MONDAY + 20, "A"),
        (MONDAY + 20, MONDAY + 35, "B"),
    ]


def test_forgetting_deletes_in_both_tiers_and_is_kept_on_record(history: Historian) -> None:
    history.write(batch(1, day_of("p/x"), day_of("p/y")))
    history.seal()
    history.write(batch(2, said("p/x", [MONDAY + 2 * DAY], [1.0])))
    gone = history.forget(["p/x"], Window(MONDAY, MONDAY + 3 * DAY), who="eva", why="works council")
    assert [(f.path, f.rows) for f in gone] == [("p/x", 86_401)]
    assert history.samples("p/x", ALL).num_rows == 0
    assert history.samples("p/y", ALL).num_rows == 86_400
    assert [(r["who"], r["why"], r["path"], r["rows"]) for r in history.forgotten().to_pylist()] == [
        ("eva", "works council", "p/x", 86_401)
    ]
    assert history.verify(deep=True).sound


def test_retention_says_what_would_go_and_deletes_it_only_when_told_to(tmp_path: Path) -> None:
    with Historian.own(tmp_path, clock=lambda: (MONDAY + 3 * DAY) * 1000) as history:
        history.write(batch(1, said("p/x", [MONDAY + i * DAY for i in range(3)], [0, 1, 2])))
        history.seal()
        assert [(f.path, f.rows) for f in history.expire({"p/x": 2 * DAY})] == [("p/x", 1)]
        assert history.samples("p/x", ALL).num_rows == 3
        assert [(f.path, f.rows) for f in history.expire({"p/x": 2 * DAY}, really=True)] == [("p/x", 1)]
        assert history.samples("p/x", ALL)["value"].to_pylist() == [1, 2]


def test_a_backup_taken_while_running_is_restored_whole_and_can_be_brought_up_to_date(tmp_path: Path) -> None:
    with Historian.own(tmp_path / "history") as history:
        history.write(batch(1, day_of("p/x")))
        history.seal()
        history.backup(tmp_path / "copy")
        history.write(batch(2, said("p/x", [MONDAY + 2 * DAY], [8.0])))
        history.backup(tmp_path / "copy")
        expected = history.samples("p/x", ALL)
    Historian.restore(tmp_path / "copy", tmp_path / "again")
    with Historian.own(tmp_path / "again") as history:
        assert history.samples("p/x", ALL).equals(expected)
        assert history.verify(deep=True).sound
        assert history.write(batch(2, said("p/x", [MONDAY], [8.0]))).repeated


def test_the_sealed_form_of_a_plain_signal_takes_little_room(history: Historian) -> None:
    history.write(batch(1, day_of("p/x")))
    history.seal()
    size = sum(f.stat().st_size for f in (history.folder / "cold").rglob("*.parquet"))
    assert size / 86_400 < 2.5  # values to 0.01 in steps of 0.1 and times that jitter by milliseconds


def test_a_history_of_another_layout_is_left_alone_and_named(tmp_path: Path) -> None:
    Historian.own(tmp_path).close()
    with duckdb.connect(str(tmp_path / "hot.duckdb")) as db:
        db.execute("UPDATE layout SET number = 99")
    with pytest.raises(Damaged, match="has layout 99"):
        Historian.own(tmp_path)


def test_a_signal_brought_by_one_file_after_the_other_is_known_to_the_last_one(history: Historian) -> None:
    """Each file is a source of its own; what a second one brings must not be unknown because the first has ended."""
    signal = Signal(path="press/count", machine="press", name="count", role="total_count", kind="count")
    for week, source in enumerate(("files:a", "files:b")):
        history.write(
            batch(0, said("press/count", MONDAY + week * DAY + np.arange(3) * SECOND, [1.0, 2, 3]), source=source)
        )
    window = Window(MONDAY, MONDAY + 2 * DAY)
    assert history.coverage(signal, window).rows() == [(MONDAY, MONDAY + DAY + 2 * SECOND, "heard")]


def test_names_that_come_while_a_file_is_sorted_do_not_disturb_its_order() -> None:
    names = Names()

    class Slow(str):
        def __lt__(self, other: str) -> bool:
            names.keep([f"new/{len(names.paths)}"], "plc")
            return str.__lt__(self, other)

    names.keep([Slow("b"), Slow("c"), Slow("a")], "plc")
    assert names.ranks().tolist() == [1, 2, 0]
    assert len(names.paths) > 3
