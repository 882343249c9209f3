"""Files of measurements with a row for each part and a column for each test."""

import csv
from pathlib import Path

import openpyxl
import pytest

from acquire.plants import PRESS, a_plant
from andon.acquire.files import load, propose, read_mapping
from andon.errors import BadConfig
from andon.historian import Historian
from andon.model import Measurements, Window

SHEET = """\
Serial;Date;Operator;Bore [mm];Length;Force;Result
Unit;;;;mm;N;
LSL;;;9,98;;;
USL;;;10,02;50,5;;
0007;2026-01-09 10:00:00;Li;10,011;50,1;120;OK
0008;2026-01-09 10:01:00;Li;10,031;;130;NOK
0009;2026-01-09 10:02:00;Wang;x;50,2;;OK
"""
MAPPING = {
    "kind": "measurements",
    "decimal": ",",
    "machine": PRESS,
    "time": {"column": "Date", "zone": "UTC"},
    "columns": {"Serial": "unit", "Operator": "who", "Result": "passed"},
    "tests": {"Bore [mm]": {"test": "bore", "unit": "mm"}, "Length": {"test": "length", "low": 49.5}, "Force": {}},
    "heads": {"column": "Serial", "unit": "Unit", "low": "LSL", "high": "USL"},
}
FOUND = {
    "bore": ("mm", 9.98, 10.02, [("0007", 10.011, 1), ("0008", 10.031, 0)]),
    "length": ("mm", 49.5, 50.5, [("0007", 50.1, 1), ("0009", 50.2, 1)]),
    "Force": ("N", None, None, [("0007", 120.0, -1), ("0008", 130.0, -1)]),
}


def told(found: Measurements) -> dict[str, object]:
    """Unit, limits and values of each test."""
    takes = {name: found.take(name) for name in found.names}
    return {
        name: (t.unit, *t.limits, list(zip(found.units.unit[t.row], t.value.tolist(), t.passed.tolist(), strict=True)))
        for name, t in takes.items()
    }


def stored(path: Path, mapping: dict[str, object], folder: Path) -> Measurements:
    with Historian.own(folder / "history") as history:
        done = load(path, read_mapping(mapping), a_plant({}), history, quarantine=folder / "refused.csv")
        again = load(path, read_mapping(mapping), a_plant({}), history, quarantine=folder / "again.csv")
        assert again.known
        found = history.measurements(PRESS, Window(0, 1 << 61))
        assert (done.rows, done.samples) == (3, len(found))
        return found


def test_each_row_is_a_unit_and_each_column_a_test_with_the_limits_under_the_header(tmp_path: Path) -> None:
    file = tmp_path / "parts.csv"
    file.write_text(SHEET, "utf-8")
    found = stored(file, MAPPING, tmp_path)
    assert told(found) == FOUND
    units = found.units
    assert units.unit.tolist() == ["0007", "0008", "0009"]
    assert units.passed.tolist() == [1, 0, 1]
    assert units.facts["who"].tolist() == ["Li", "Li", "Wang"]
    with (tmp_path / "refused.csv").open(encoding="utf-8-sig", newline="") as lines:
        bad = list(csv.DictReader(lines))
    assert [(r["line"], r["column"], r["value"]) for r in bad] == [("7", "Bore [mm]", "x")]


def test_a_workbook_reads_as_the_same_file_in_text_does(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in SHEET.replace(",", ".").splitlines():
        cells = [c if c.startswith("00") else float(c) if c.replace(".", "").isdigit() else c for c in line.split(";")]
        book.active.append([None if c == "" else c for c in cells])
    book.save(tmp_path / "parts.xlsx")
    assert told(stored(tmp_path / "parts.xlsx", MAPPING | {"decimal": "."}, tmp_path)) == FOUND


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"kind": "samples"}, "'tests' needs kind = 'measurements'"),
        ({"columns": {"Serial": "unit", "Force": "value"}}, "cannot lead to value"),
        ({"tests": {}}, "'heads' speaks of the columns of 'tests'"),
        ({"heads": {"column": "Serial", "lsl": "LSL"}}, "there is no key 'heads.lsl'"),
    ],
)
def test_a_wide_mapping_that_contradicts_itself_is_refused(changed: dict[str, object], text: str) -> None:
    with pytest.raises(BadConfig, match=text):
        read_mapping(MAPPING | changed)


def test_such_a_file_is_seen_for_what_it_is_and_comes_in_by_its_proposal(tmp_path: Path) -> None:
    file = tmp_path / "parts.csv"
    file.write_text(SHEET.replace(";x;", ";10,0;"), "utf-8")
    proposal = propose(file, a_plant({}))
    assert {g.column: g.what for g in proposal.columns} == {
        "Serial": "unit",
        "Date": "time",
        "Operator": "who",
        "Bore [mm]": "test",
        "Length": "test",
        "Force": "test",
        "Result": "passed",
    }
    assert proposal.settings["heads"] == {"column": "Serial", "unit": "Unit", "low": "LSL", "high": "USL"}
    assert proposal.settings["tests"]["Bore [mm]"] == {"test": "Bore", "unit": "mm"}
    found = stored(file, dict(proposal.settings), tmp_path)
    assert told(found)["Bore"] == ("mm", 9.98, 10.02, [("0007", 10.011, 1), ("0008", 10.031, 0), ("0009", 10.0, 1)])


@pytest.mark.parametrize(
    "text",
    [
        "time,serial,state,temp\n" + "".join(f"2026-01-09 10:0{i}:00,S{i},running,2{i}.5\n" for i in range(6)),
        "time,temp,pressure\n" + "".join(f"2026-01-09 10:0{i}:00,2{i}.5,1.{i}\n" for i in range(6)),
    ],
    ids=["one with states", "one without units"],
)
def test_a_file_of_samples_stays_one(tmp_path: Path, text: str) -> None:
    file = tmp_path / "machine.csv"
    file.write_text(text, "utf-8")
    assert "kind" not in propose(file, a_plant({})).settings
