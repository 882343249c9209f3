"""Units and measurements that are old enough go, and all of them leave as one open file."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq
import pytest

from andon.errors import UnknownName
from andon.historian import Historian
from andon.model import Batch, Window

UTC = pa.timestamp("us", "UTC")
MONDAY = 1_788_134_400_000_000
SECOND = 1_000_000
DAY = 86_400 * SECOND
ALL = Window(0, 1 << 61)


def lot(machine: str, since: int, parts: int, tests: int = 3) -> tuple[pa.Table, pa.Table]:
    """Parts tested a second apart from `since` seconds after Monday on: values 1000 * test + part."""
    at = pa.array(MONDAY + (since + np.arange(parts)) * SECOND).cast(UTC)
    units = pa.table(
        {"machine": [machine] * parts, "at": at, "unit_id": [f"{machine} {since + i}" for i in range(parts)]}
    )
    row, test = np.repeat(np.arange(parts), tests), np.tile(np.arange(tests), parts)
    values = {
        "row": row,
        "test": [f"t{j}" for j in test],
        "value": 1000.0 * test + row,
        "high": np.full(len(row), 1001.0),
    }
    return units, pa.table(values)


def both(*lots: tuple[pa.Table, pa.Table]) -> dict[str, pa.Table]:
    """Lots in one batch."""
    shift = np.cumsum([0, *(u.num_rows for u, _ in lots)])
    values = [
        v.set_column(0, "row", pa.array(v["row"].to_numpy() + s))
        for (_, v), s in zip(lots, shift.tolist(), strict=False)
    ]
    return {"units": pa.concat_tables([u for u, _ in lots]), "measurements": pa.concat_tables(values)}


@pytest.mark.parametrize("sealed", [False, True])
def test_what_was_measured_before_a_moment_goes_and_what_others_measured_stays(tmp_path: Path, sealed: bool) -> None:
    with Historian.own(tmp_path) as history:
        history.write(Batch("line", 1, **both(lot("tester", 0, 10), lot("gauge", 0, 4))))
        if sealed:
            history.seal()
        window = Window(0, MONDAY + 6 * SECOND)
        gone = history.forget(["tester", "nowhere"], window, who="eva", why="contract over")
        assert [(f.path, f.rows) for f in gone] == [("tester", 6 * 4)]
        assert history.units("tester", ALL).unit.tolist() == [f"tester {i}" for i in range(6, 10)]
        assert history.measurements("tester", ALL).take("t2").value.tolist() == [2006.0, 2007.0, 2008.0, 2009.0]
        assert len(history.units("gauge", ALL)), len(history.measurements("gauge", ALL)) == (4, 12)
        assert history.sql("SELECT count(*) AS n FROM measurements").to_pylist() == [{"n": 24}]
        (record,) = history.forgotten().to_pylist()
        assert (record["who"], record["path"], record["rows"]) == ("eva", "tester", 24)
        assert history.verify(deep=True).sound
        again = history.write(Batch("line", 1, **both(lot("tester", 0, 10))))
        assert again.repeated
        assert len(history.units("tester", ALL)) == 4
    with Historian.own(tmp_path) as history:
        assert len(history.measurements("tester", ALL)) == 12


def test_a_file_all_of_which_is_old_goes_whole(tmp_path: Path) -> None:
    with Historian.own(tmp_path) as history:
        history.write(Batch("line", 1, **both(lot("tester", 0, 5))))
        history.seal()
        history.forget(["tester"], ALL, who="eva", why="contract over")
        assert len(history.units("tester", ALL)) == 0
        assert history.verify(deep=True).sound
    with Historian.own(tmp_path) as history:
        assert not [*(tmp_path / "units").rglob("*.parquet"), *(tmp_path / "measurements").rglob("*.parquet")]


def test_retention_of_measurements_says_first_what_would_go(tmp_path: Path) -> None:
    with Historian.own(tmp_path, clock=lambda: (MONDAY + 3 * DAY + 4_500_000) * 1000) as history:
        history.write(Batch("line", 1, **both(lot("tester", 0, 10))))
        history.seal()
        history.write(Batch("line", 2, **both(lot("tester", 86_400, 2))))
        keep = {"tester": 3 * DAY}
        assert [(f.path, f.rows) for f in history.expire(keep)] == [("tester", 5 * 4)]
        assert len(history.units("tester", ALL)) == 12
        assert [(f.who, f.rows) for f in history.expire(keep, really=True)] == [("retention", 5 * 4)]
        assert len(history.units("tester", ALL)) == 7
        assert history.expire(keep, really=True) == []


def test_everything_measured_leaves_as_one_file_with_the_columns_of_sql(tmp_path: Path) -> None:
    with Historian.own(tmp_path / "history") as history:
        units, values = lot("tester", 0, 30_000, 4)
        units = units.append_column("handler", pa.array(["H1", "H2"] * 15_000)).append_column(
            "x", pa.array([7] * 30_000)
        )
        history.write(Batch("line", 1, units=units, measurements=values))
        history.write(Batch("line", 2, **both(lot("tester", 30_000, 5), lot("gauge", 0, 4))))
        for kind, count in (("units", 30_009), ("measurements", 120_027)):
            assert history.export(tmp_path / f"{kind}.parquet", kind=kind) == count
            rows = pq.read_table(tmp_path / f"{kind}.parquet")
            told = history.sql(f"SELECT * FROM {kind}")
            assert rows.column_names == told.column_names
            keys = [(n, "ascending") for n in ("machine", "at", "unit_id", "test") if n in rows.column_names]
            same = [n for n in rows.column_names if n != "attempt"]
            assert rows.select(same).sort_by(keys).to_pylist() == told.select(same).sort_by(keys).to_pylist()
        window = Window(MONDAY + 10 * SECOND, MONDAY + 12 * SECOND)
        asked = {"kind": "measurements", "window": window, "paths": ["tester"], "format": "csv"}
        assert history.export(tmp_path / "some.csv", **asked) == 8
        rows = pc_csv.read_csv(tmp_path / "some.csv")
        assert rows["unit_id"].to_pylist() == ["tester 10"] * 4 + ["tester 11"] * 4
        assert rows["passed"].to_pylist() == [True, False, False, False] * 2
        with pytest.raises(UnknownName, match="'spells'"):
            history.export(tmp_path / "spells.csv", kind="spells")
