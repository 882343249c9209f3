"""The nine promises of the historian, one test each."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from andon.historian import Historian
from andon.historian.remote import OFFERED
from andon.model import Batch, Counts, Texts, Values, Window
from andon.plant import Signal

from store_rows import ALL, DAY, MONDAY, SECOND, UTC, batch, day_of, said  # isort: skip

PRESS = Signal(path="press/n", machine="press", name="n", role="good_count", kind="count", source="line")
PLAIN = """
import sys, json, duckdb, polars as pl
folder = sys.argv[1]
found = duckdb.sql(f'''SELECT signal, count(*), sum(coalesce(value, scaled / power(10, decimals)))
    FROM read_parquet('{folder}/cold/*/*.parquet') GROUP BY signal ORDER BY signal''').fetchall()
frame = pl.scan_parquet(f"{folder}/cold/*/*.parquet").with_columns(
    value=pl.coalesce("value", pl.col("scaled") / 10.0 ** pl.col("decimals"))).group_by("signal").agg(
    pl.len(), pl.col("value").sum()).sort("signal").collect()
print(json.dumps([found, frame.rows(), "andon" in sys.modules]))
"""


@pytest.fixture
def history(tmp_path: Path):
    with Historian.own(tmp_path / "history") as opened:
        yield opened


def test_promise_1_durable_before_acknowledged_what_was_written_is_there_when_opened_again(tmp_path: Path) -> None:
    with Historian.own(tmp_path) as history:
        receipt = history.write(batch(1, said("press/p", [MONDAY, MONDAY + SECOND], [1.5, 2.5])))
    assert (receipt.rows, receipt.repeated, receipt.touched) == (2, False, Window(MONDAY, MONDAY + SECOND + 1))
    with Historian.own(tmp_path) as history:
        assert history.samples("press/p", ALL)["value"].to_pylist() == [1.5, 2.5]


def test_promise_2_exactly_once_the_same_batch_twice_is_stored_once(history: Historian) -> None:
    given = batch(7, said("press/p", [MONDAY], [1.0]))
    first, again = history.write(given), history.write(given)
    assert (first.repeated, again.repeated) == (False, True)
    assert history.receipts().num_rows == 1
    assert history.last_number("line") == 7
    assert history.write(batch(3, said("press/p", [MONDAY + 1], [2.0]))).repeated is False  # numbers may come unordered
    assert history.write(batch(3, said("press/p", [MONDAY + 1], [2.0]))).repeated is True


@pytest.mark.parametrize("sealed", [(False, False), (True, False), (False, True), (True, True)])
def test_promise_2_the_last_writer_wins_and_it_is_recorded_that_it_did(
    history: Historian, sealed: tuple[bool, bool]
) -> None:
    for number, (value, seal) in enumerate(zip((1.0, 2.0), sealed, strict=True)):
        history.write(batch(number, said("press/p", [MONDAY], [value])))
        if seal:
            history.seal()
    assert history.samples("press/p", ALL)["value"].to_pylist() == [2.0]
    assert history.overwritten("press/p", ALL)["value"].to_pylist() == [1.0]
    history.seal()
    history.compact(MONDAY // DAY)
    assert history.samples("press/p", ALL)["value"].to_pylist() == [2.0]
    assert history.overwritten("press/p", ALL)["value"].to_pylist() == [1.0]
    assert history.sql("SELECT value FROM samples")["value"].to_pylist() == [2.0]


def test_promise_3_late_is_normal_any_order_of_arrival_gives_the_same_history(tmp_path: Path) -> None:
    chance = np.random.default_rng(5)
    at = MONDAY + np.arange(600) * SECOND * 600
    parts = np.array_split(np.arange(600), 12)
    with Historian.own(tmp_path) as history:
        for number, k in enumerate(chance.permutation(12).tolist()):
            history.write(batch(number, said("press/n", at[parts[k]].tolist(), parts[k].astype(float).tolist())))
            if number % 3 == 0:
                history.seal()
        assert history.samples("press/n", ALL)["value"].to_pylist() == list(range(600))
        assert history.read(Counts, PRESS, Window(int(at[0]), int(at[-1]) + 1)).total == 599


def test_promise_3_what_came_in_late_is_named_so_that_closed_shifts_can_be_closed_again(history: Historian) -> None:
    history.write(batch(1, said("press/p", [MONDAY + DAY], [1.0])))
    mark, _ = history.touched(0)
    history.write(batch(2, said("press/p", [MONDAY], [1.0])))
    assert history.touched(mark) == (mark + 1, [("press/p", MONDAY, MONDAY + 1)])
    history.seal()
    assert ("press/p", MONDAY, MONDAY + 1) in history.touched(mark)[1]
    assert history.touched(mark + 1) == (mark + 1, [])


def test_promise_4_silence_while_connected_is_unchanged_and_silence_while_lost_is_unknown(history: Historian) -> None:
    spells = pa.table(
        {
            "kind": ["connection"] * 2,
            "place": ["line"] * 2,
            "text": ["connected"] * 2,
            "since": pa.array([MONDAY, MONDAY + 100]).cast(UTC),
            "until": pa.array([MONDAY + 50, MONDAY + 200]).cast(UTC),
        }
    )
    history.write(Batch("line", 1, said("press/n", [MONDAY + 10, MONDAY + 120], [1, 2]), spells=spells))
    assert history.coverage(PRESS, Window(MONDAY, MONDAY + 300)).rows() == [
        (MONDAY + 10, MONDAY + 50, "heard"),
        (MONDAY + 100, MONDAY + 200, "heard"),
    ]


def test_promise_4_without_connection_spells_silence_is_no_change_while_its_source_is_heard(history: Historian) -> None:
    history.write(batch(1, said("press/n", [MONDAY], [1]), said("press/other", [MONDAY + 500], [1])))
    assert history.coverage(PRESS, Window(MONDAY - 50, MONDAY + 900)).rows() == [(MONDAY, MONDAY + 501, "heard")]


@pytest.mark.parametrize("sealed", [False, True])
def test_promise_5_quality_is_kept_raw_code_included_and_a_bad_value_is_none(history: Historian, sealed: bool) -> None:
    codes = [0, 0x40900000, 0x808C0000, 0x00A50000 + 7]
    history.write(batch(1, said("press/t", [MONDAY + i for i in range(4)], [1.0, 2.0, 3.0, 4.0], quality=codes)))
    if sealed:
        history.seal()
    assert history.samples("press/t", ALL)["quality"].to_pylist() == codes
    oil = Signal(path="press/t", machine="press", name="t", role="temperature", kind="number")
    assert np.isnan(history.read(Values, oil, Window(MONDAY, MONDAY + 9)).value[2])


def test_promise_6_values_know_whether_they_step_and_when_they_were_heard(history: Historian) -> None:
    history.write(batch(1, said("press/t", [MONDAY, MONDAY + 10 * SECOND], [0.0, 10.0])))
    oil = Signal(path="press/t", machine="press", name="t", role="temperature", kind="number", holds=60 * SECOND)
    found = history.read(Values, oil, Window(MONDAY + 5 * SECOND, MONDAY + 20 * SECOND))
    assert found.at.tolist() == [MONDAY, MONDAY + 10 * SECOND]  # the one before gives the value at the start
    assert found.known.rows() == [(MONDAY + 5 * SECOND, MONDAY + 20 * SECOND, "heard")]
    assert not found.stepped


def test_promise_7_open_files_plain_duckdb_and_plain_polars_read_the_same_rows(tmp_path: Path) -> None:
    folder = tmp_path / "history"
    with Historian.own(folder) as history:
        history.write(batch(1, day_of("press/p"), said("press/noise", [MONDAY, MONDAY + 1], [1 / 3, 2 / 3])))
        history.seal()
        rows = {p: history.samples(p, ALL)["value"].to_numpy() for p in ("press/noise", "press/p")}
        seen = subprocess.run([sys.executable, "-c", PLAIN, str(folder)], capture_output=True, text=True, check=True)
        duck, polars, imported = json.loads(seen.stdout)
    assert not imported
    for found in (duck, polars):
        assert [(r[0], r[1]) for r in found] == [(p, len(v)) for p, v in rows.items()]
        assert [r[2] for r in found] == pytest.approx([v.sum() for v in rows.values()])


def test_promise_7_the_exported_file_holds_the_same_rows(history: Historian, tmp_path: Path) -> None:
    history.write(batch(1, said("press/p", [MONDAY, MONDAY + SECOND], [1.25, 2.5])))
    assert history.export(tmp_path / "out.parquet") == 2
    assert history.export(tmp_path / "out.csv", paths=["press/p"], format="csv") == 2
    assert pl.read_parquet(tmp_path / "out.parquet")["value"].to_list() == [1.25, 2.5]
    assert pl.read_csv(tmp_path / "out.csv")["value"].to_list() == [1.25, 2.5]


def test_promise_8_many_readers_another_process_reads_while_this_one_writes(history: Historian) -> None:
    history.write(batch(1, said("press/p", [MONDAY], [4.5])))
    code = (
        "import sys; from andon.historian import Historian; from andon.model import Window\n"
        "with Historian.open(sys.argv[1]) as h: print(type(h).__name__, h.samples('press/p', "
        "Window(0, 1 << 61))['value'].to_pylist(), h.sql('SELECT count(*) AS n FROM samples')['n'][0].as_py())"
    )
    seen = subprocess.run([sys.executable, "-c", code, str(history.folder)], capture_output=True, text=True, check=True)
    assert seen.stdout.split() == ["RemoteHistorian", "[4.5]", "1"]


def test_promise_8_readers_see_whole_batches_while_days_are_sealed_under_them(history: Historian) -> None:
    wrong: list[int] = []
    done = threading.Event()

    def reader() -> None:
        while not done.is_set():
            rows = history.samples("press/p", ALL).num_rows
            if rows % 100:
                wrong.append(rows)

    thread = threading.Thread(target=reader)
    thread.start()
    for number in range(40):
        at = (MONDAY + number * DAY // 8 + np.arange(100) * SECOND).tolist()
        history.write(batch(number, said("press/p", at, list(range(100)))))
        if number % 4 == 3:
            history.seal()
            history.compact(int(at[0] // DAY))
    done.set()
    thread.join()
    assert wrong == []
    assert history.samples("press/p", ALL).num_rows == 4000


@pytest.mark.parametrize("sealed", [False, True])
def test_promise_9_types_stay_what_they_were(history: Historian, sealed: bool) -> None:
    large = 2**62 + 1
    history.write(batch(1, said("press/serial", [MONDAY], text=["000123"])))
    history.write(Batch("line", 2, said("press/i", [MONDAY], pa.array([-12], pa.int16()).to_pylist())))
    history.write(Batch("line", 3, said("press/large", [MONDAY, MONDAY + 1, MONDAY + 2], [large, -large, 5])))
    history.write(
        Batch(
            "line",
            4,
            pa.table(
                {"signal": ["press/on"] * 2, "value": [True, False], "at": pa.array([MONDAY, MONDAY + 1]).cast(UTC)}
            ),
        )
    )
    history.write(batch(5, said("press/n", [MONDAY, MONDAY + SECOND], [65530, 4])))
    odd = [-0.0, float("inf"), 1e300, None, 0.1 + 0.2]
    history.write(batch(6, said("press/odd", [MONDAY + i for i in range(5)], odd)))
    if sealed:
        history.seal()
    serial = Signal(path="press/serial", machine="press", name="serial", role="serial", kind="text")
    assert history.read(Texts, serial, Window(MONDAY, MONDAY + 9)).text == ("000123",)
    assert history.samples("press/i", ALL)["value"].to_pylist() == [-12.0]
    assert history.samples("press/large", ALL)["text"].to_pylist() == [str(large), str(-large), None]
    assert history.samples("press/on", ALL)["value"].to_pylist() == [1.0, 0.0]
    assert history.read(Counts, PRESS, Window(MONDAY, MONDAY + DAY)).total == 10  # a rollover is not a negative count
    assert str(history.samples("press/odd", ALL)["value"].to_pylist()) == str(odd)


def test_promise_8_whatever_a_historian_is_asked_another_process_may_ask():
    asked = {n for n, f in vars(Historian).items() if callable(f) and not n.startswith("_")}
    of_the_owner = {"close", "restore", "listen", "recent", "offer", "tested_rows"}
    assert asked - of_the_owner <= set(OFFERED)
