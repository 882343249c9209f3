"""Excel, Parquet, JSON lines and line protocol say the same as CSV, with the types they have."""

import csv
import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from acquire.plants import PRESS, a_plant
from andon.acquire.files import Loaded, load, read_mapping
from andon.errors import BadInput, UnknownName
from andon.historian import Historian
from andon.model import Window, micros
from memory import Memory

PLANT = a_plant(
    {
        "temp": {"kind": "number"},
        "serial": {"kind": "text"},
        "state": {"kind": "state"},
        "parts": {"kind": "count"},
        "on": {"kind": "boolean"},
    }
)
NOON = datetime(2026, 1, 9, 12, tzinfo=UTC)
AT = [micros(NOON + timedelta(seconds=n)) for n in range(3)]
COLUMNS = {"temp": "temp", "serial": "serial", "state": "state", "parts": "parts", "on": "on"}
SAID = {
    "temp": [(AT[0], 20.5, 0), (AT[2], 22.0, 0)],
    "serial": [(AT[0], "000123", 0), (AT[1], "7", 0)],
    "state": [(AT[0], 2.0, 0), (AT[1], 2.0, 0), (AT[2], 3.0, 0)],
    "on": [(AT[0], 1.0, 0), (AT[1], 0.0, 0)],
    "parts": [(AT[0], "9007199254740993", 0), (AT[1], 5.0, 0), (AT[2], 6.0, 0)],
}


def loaded(path: Path, **settings: object) -> tuple[Loaded, Memory]:
    sink = Memory()
    mapping = read_mapping({"time": "t", "machine": PRESS, "columns": COLUMNS, **settings})
    return load(path, mapping, PLANT, sink, quarantine=path.with_name("refused.csv")), sink


def refused(path: Path) -> list[dict[str, str]]:
    with path.with_name("refused.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def frame() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "t": [NOON + timedelta(seconds=n) for n in range(3)],
            "temp": [20.5, None, 22.0],
            "serial": ["000123", "7", None],
            "state": [2, 2, 3],
            "parts": [9007199254740993, 5, 6],
            "on": [True, False, None],
        }
    )


def test_parquet_keeps_its_types(tmp_path):
    path = tmp_path / "rows.parquet"
    frame().write_parquet(path)
    _, sink = loaded(path)
    assert {n: sink.rows(f"{PRESS}/{n}") for n in SAID} == SAID


@pytest.mark.parametrize("packed", [False, True])
def test_json_lines_keep_their_types(tmp_path, packed):
    path = tmp_path / ("rows.jsonl.gz" if packed else "rows.jsonl")
    text = frame().with_columns(pl.col("t").dt.strftime("%Y-%m-%dT%H:%M:%SZ")).write_ndjson().encode()
    path.write_bytes(gzip.compress(text) if packed else text)
    _, sink = loaded(path)
    assert {n: sink.rows(f"{PRESS}/{n}") for n in SAID} == SAID


def test_json_lines_that_are_no_json_are_refused_by_line_and_mixed_types_keep_their_digits(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text(
        '{"t": 1767960000, "v": {"temp": 20.5}, "parts": 9007199254740993}\n{broken\n\n[1]\n'
        '{"t": 1767960001, "v": {"temp": "x"}, "parts": 1.5}\n'
    )
    done, sink = loaded(path, time={"column": "t", "format": "s"}, columns={"v.temp": "temp", "parts": "parts"})
    assert sink.said(f"{PRESS}/parts") == ["9007199254740993", 1.5]
    assert sink.said(f"{PRESS}/temp") == [20.5]
    assert [(r["line"], r["column"]) for r in refused(path)] == [("2", ""), ("4", ""), ("5", "v.temp")]
    assert done.refused == 3


def test_excel_dates_are_dates_and_texts_stay_texts(tmp_path):
    path = tmp_path / "rows.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["report of the week"])
    sheet = book.create_sheet("data")
    sheet.append(["t", "temp", "serial", "state", "parts", "on"])
    sheet.append([datetime(2026, 1, 9, 12, 0, 0), 20.5, "000123", 2, 5, True])
    sheet.append([datetime(2026, 1, 9, 12, 0, 1), None, 7, 2, 5, False])
    sheet.append([datetime(2026, 1, 9, 12, 0, 2), "broken", None, 3, 6, None])
    book.save(path)
    _, sink = loaded(path, sheet="data")
    assert sink.rows(f"{PRESS}/serial") == SAID["serial"]
    assert sink.rows(f"{PRESS}/state") == SAID["state"]
    assert sink.rows(f"{PRESS}/on") == SAID["on"]
    assert sink.rows(f"{PRESS}/temp") == [(AT[0], 20.5, 0)]
    assert [(r["line"], r["column"], r["value"]) for r in refused(path)] == [("4", "temp", "broken")]
    with pytest.raises(UnknownName, match="Did you mean 'data'"):
        loaded(path, sheet="dat")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.xlsx", b"no zip"),
        ("rows.parquet", b"PAR1 no"),
        ("rows.csv", b"  \n"),
        ("rows.jsonl.gz", b"\x1f\x8b no"),
        ("rows.xyz", b"t,x\n1,2\n"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_an_error_in_words(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput, match="rows"):
        loaded(path)


LINES = r"""
# exported
oven,machine=press\ 3,site=a temp=20.5,on=t,parts=9007199254740993i,state=2i 1767960000000000000
oven,machine=press\ 3 serial="000, \"123\"",temp=21 1767960001000000000
oven,machine=press\ 3 temp=22
oven,machine=press\ 3 temp=hot,parts=7i 1767960002000000000
no line protocol at all
oven,machine=lathe temp=1 1767960002000000000
oven,machine=press\ 3 on=F,other=1 1767960002000000000
""".lstrip()


def test_line_protocol_keeps_integers_booleans_and_escaped_texts_and_refuses_by_field(tmp_path):
    path, sink = tmp_path / "rows.lp", Memory()
    path.write_text(LINES)
    mapping = read_mapping(
        {
            "machine": {"column": "machine", "map": {"press 3": PRESS}},
            "format": "lineprotocol",
            "columns": {"oven.temp": "temp", **{n: n for n in ("serial", "state", "parts", "on")}},
        }
    )
    done = load(path, mapping, PLANT, sink, quarantine=tmp_path / "refused.csv")
    assert sink.rows(f"{PRESS}/temp") == [(AT[0], 20.5, 0), (AT[1], 21.0, 0)]
    assert sink.rows(f"{PRESS}/parts") == [(AT[0], "9007199254740993", 0), (AT[2], 7.0, 0)]
    assert sink.rows(f"{PRESS}/on") == [(AT[0], 1.0, 0), (AT[2], 0.0, 0)]
    assert sink.said(f"{PRESS}/serial") == ['000, "123"']
    assert sink.said(f"{PRESS}/state") == [2.0]
    assert [(r["line"], r["column"]) for r in refused(path)] == [
        ("4", "_time"),
        ("5", "temp"),
        ("6", ""),
        ("7", "machine"),
    ]
    assert "'oven.other' (1)" in " ".join(done.notes)


@pytest.mark.parametrize(
    ("precision", "stamp"),
    [("s", "1767960000"), ("ms", "1767960000000"), ("us", "1767960000000000"), ("ns", "1767960000000000999")],
)
def test_line_protocol_has_four_precisions(tmp_path, precision, stamp):
    path, sink = tmp_path / "rows.lp", Memory()
    path.write_text(f"oven temp=1 {stamp}\n")
    mapping = read_mapping({"machine": PRESS, "format": "lineprotocol", "precision": precision})
    load(path, mapping, PLANT, sink, quarantine=tmp_path / "refused.csv")
    assert sink.rows(f"{PRESS}/temp") == [(AT[0], 1.0, 0)]


def test_the_fast_and_the_plain_parser_of_line_protocol_agree(tmp_path):
    rows = [
        f"oven,machine=m{n % 3} temp={n / 8},parts={n}i,on={'TRUE' if n % 2 else 'f'} {1767960000 + n}000000000"
        for n in range(500)
    ]
    tables = []
    for name, lines in (("fast.lp", rows), ("plain.lp", [row.replace(" temp", r",tag=a\,b temp") for row in rows])):
        path, sink = tmp_path / name, Memory()
        path.write_text("\n".join(lines))
        mapping = read_mapping({"machine": PRESS, "format": "lineprotocol"})
        load(path, mapping, PLANT, sink, quarantine=tmp_path / "refused.csv")
        tables.append([sink.rows(f"{PRESS}/{n}") for n in ("temp", "parts", "on")])
    assert tables[0] == tables[1]
    assert [len(t) for t in tables[0]] == [500, 500, 500]


def test_orders_become_spells(tmp_path):
    orders, sink = tmp_path / "orders.csv", Memory()
    orders.write_text(
        "nr;mat;qty;from;to\n4711;A-1;100;01.02.2026 06:00;01.02.2026 08:30\n4712;;x;01.02.2026 09:00;"
        "01.02.2026 10:00\n4713;B;5;31.01.2026 10:00;30.01.2026 10:00\n"
    )
    load(
        orders,
        read_mapping(
            {
                "kind": "orders",
                "machine": PRESS,
                "columns": {"nr": "order", "mat": "product", "qty": "quantity", "from": "since", "to": "until"},
            }
        ),
        a_plant({}, zone="Europe/Berlin"),
        sink,
        quarantine=tmp_path / "refused.csv",
    )
    spells = next(iter(sink.batches.values())).spells
    assert spells is not None
    assert spells.to_pylist() == [
        {
            "kind": "planned_order",
            "place": PRESS,
            "since": datetime(2026, 2, 1, 5, tzinfo=UTC),
            "text": "4711",
            "until": datetime(2026, 2, 1, 7, 30, tzinfo=UTC),
            "detail": '{"product": "A-1", "quantity": 100}',
        }
    ]
    assert [(r["line"], r["column"]) for r in refused(orders)] == [("3", "qty"), ("4", "to")]


def test_findings_carry_all_that_is_said_of_their_units_into_the_historian(tmp_path):
    findings = tmp_path / "found.csv"
    findings.write_text(
        "t,sn,lot,wafer,x,y,site,gauge,who,test,v,mm,ok\n"
        "1767960000,0007,L1,W2,-3,4,2,G-7,Li,width,9.98,mm,ok\n1767960000,0007,L1,W2,-3,4,2,G-7,Li,gap,0.5,mm,nok\n"
    )
    columns = {"sn": "unit", "v": "value", "mm": "measure", "ok": "passed"}
    columns |= {n: n for n in ("lot", "wafer", "x", "y", "site", "gauge", "who", "test")}
    mapping = read_mapping(
        {"kind": "measurements", "machine": PRESS, "time": {"column": "t", "format": "s"}, "columns": columns}
    )
    with Historian.own(tmp_path / "history") as history:
        load(findings, mapping, a_plant({}), history, quarantine=tmp_path / "refused.csv")
        seen = history.measurements(PRESS, Window(0, 1 << 61))
    units = seen.units
    assert (units.unit[0], units.lot[0], units.wafer[0], units.x[0], units.y[0], units.site[0]) == (
        "0007",
        "L1",
        "W2",
        -3,
        4,
        2,
    )
    assert {n: c.tolist() for n, c in units.facts.items()} == {"gauge": ["G-7"], "who": ["Li"]}
    assert {n: (seen.take(n).value.tolist(), seen.take(n).unit, seen.take(n).passed.tolist()) for n in seen.names} == {
        "width": ([9.98], "mm", [1]),
        "gap": ([0.5], "mm", [0]),
    }


def test_lines_become_measurements_their_tags_say_of_which_unit(tmp_path):
    lines = tmp_path / "found.lp"
    lines.write_text("caliper,cell=p,sn=0007,gauge=G-7 width=9.98,gap=0.5 1767960000000000000\n")
    mapping = read_mapping(
        {
            "kind": "measurements",
            "format": "lineprotocol",
            "machine": {"column": "cell", "map": {"p": PRESS}},
            "columns": {"sn": "unit", "gauge": "gauge"},
        }
    )
    with Historian.own(tmp_path / "history") as history:
        load(lines, mapping, a_plant({}), history, quarantine=tmp_path / "refused.csv")
        seen = history.measurements(PRESS, Window(0, 1 << 61))
    assert {n: seen.take(n).value.tolist() for n in seen.names} == {"width": [9.98], "gap": [0.5]}
    assert (seen.units.unit.tolist(), seen.units.facts["gauge"].tolist()) == (["0007"], ["G-7"])


def test_findings_become_measurements(tmp_path):
    findings, sink = tmp_path / "found.csv", Memory()
    findings.write_text("t,sn,test,v,lo,hi\n1767960000,0007,width,9.98,9.9,10.1\n1767960001,0008,width,10.2,9.9,10.1\n")
    load(
        findings,
        read_mapping(
            {
                "kind": "measurements",
                "machine": PRESS,
                "time": {"column": "t", "format": "s"},
                "columns": {"sn": "unit", "test": "test", "v": "value", "lo": "low", "hi": "high"},
            }
        ),
        a_plant({}),
        sink,
        quarantine=tmp_path / "refused.csv",
    )
    rows = next(iter(sink.batches.values())).measurements
    assert rows is not None
    assert [(r["machine"], r["unit_id"], r["test"], r["value"], r["low"]) for r in rows.to_pylist()] == [
        (PRESS, "0007", "width", 9.98, 9.9),
        (PRESS, "0008", "width", 10.2, 9.9),
    ]
