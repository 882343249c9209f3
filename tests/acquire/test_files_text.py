"""Delimited text comes in as it was written, whatever its dialect; what cannot be read is told by line."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acquire.plants import PRESS, a_plant
from andon.acquire.files import Loaded, load, read_mapping
from andon.errors import BadConfig, BadInput, UnknownName
from memory import Memory

PLANT = a_plant(
    {
        "temp": {"kind": "number"},
        "serial": {"kind": "text"},
        "state": {"kind": "state"},
        "parts": {"kind": "count"},
        "on": {"kind": "boolean"},
        "whole": {"kind": "integer"},
    }
)
BASE = {"time": "t", "machine": PRESS, "columns": {"x": "temp"}}
SECOND = 1_000_000


def loaded(tmp_path: Path, content: bytes, **settings: object) -> tuple[Loaded, Memory]:
    path, sink = tmp_path / "rows.csv", Memory()
    path.write_bytes(content)
    done = load(path, read_mapping({**BASE, **settings}), PLANT, sink, quarantine=tmp_path / "refused.csv")
    return done, sink


def refused(tmp_path: Path) -> list[dict[str, str]]:
    with (tmp_path / "refused.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize(
    ("content", "settings"),
    [
        (b"t,x\n10,1.5\n20,2.5\n", {}),
        (b"t;x\n10;1.5\n20;2.5\n", {}),
        (b"t\tx\n10\t1.5\n20\t2.5\n", {}),
        (b"t|x\n10|1.5\n20|2.5\n", {}),
        (b"t,x\r\n10,1.5\r\n20,2.5\r\n", {}),
        (b"t,x\r10,1.5\r20,2.5\r", {}),  # the line ends of old Macs
        (b"t,x\n10,1.5\n20,2.5", {}),  # no line end at the end
        (b"\n\nt,x\n10,1.5\n\n20,2.5\n\n", {}),
        (b"t;x\n10;1,5\n20;2,5\n", {"decimal": ","}),
        (b't,x\n"10","1.5"\n"20","2.5"\n', {}),
        (b"t,x\n'10','1.5'\n'20','2.5'\n", {"quote": "'"}),
        (b"plant report\nmade today\nt,x\n10,1.5\n20,2.5\n", {"skip_rows": 2}),
        (b"t,x,\n10,1.5,\n20,2.5,\n", {}),
        (b"t,x\n10,1.5,\n20,2.5,\n", {}),  # a comma more in the rows than in the header
        (b"10,1.5\n20,2.5\n", {"header": False, "time": "column 1", "columns": {"column 2": "temp"}}),
        ("t,x\n10,1.5\n20,2.5\n".encode("utf-8-sig"), {}),
        ("t,x\n10,1.5\n20,2.5\n".encode("utf-16"), {}),
        ("t,x\n10,1.5\n20,2.5\n".encode("utf-16-be"), {}),
        ("时间,温度\n10,1.5\n20,2.5\n".encode("gbk"), {"time": "时间", "columns": {"温度": "temp"}}),
        (
            "时间,温度\n10,1.5\n20,2.5\n".encode("gb18030"),
            {"time": "时间", "columns": {"温度": "temp"}, "encoding": "gbk"},
        ),
        ("Zeit;Wärme\n10;1.5\n20;2.5\n".encode("cp1252"), {"time": "Zeit", "columns": {"Wärme": "temp"}}),
        (b"t,x\n10,1.5\n20, 2.5 \n", {}),
        (b"t,x\n10,1.5\n20,25e-1\n", {}),
        (b"t,x,\n10,1.5,\n20,2.5,\n,,\n,,\n", {}),  # the empty rows that spreadsheets leave
    ],
)
def test_a_file_says_the_same_in_every_dialect(tmp_path, content, settings):
    time = settings.get("time", "t")
    done, sink = loaded(tmp_path, content, **{**settings, "time": {"column": time, "format": "s"}})
    assert sink.rows(f"{PRESS}/temp") == [(10 * SECOND, 1.5, 0), (20 * SECOND, 2.5, 0)]
    assert (done.rows, done.samples, done.refused, done.quarantine) == (2, 2, 0, None)


@pytest.mark.parametrize(
    ("cell", "settings", "value"),
    [
        ("1.234,5", {"decimal": ",", "thousands": "."}, 1234.5),
        ("1'234.5", {"thousands": "'"}, 1234.5),
        ("1 234 567", {"thousands": " "}, 1234567.0),
        ("-0,25", {"decimal": ","}, -0.25),
        ("+7", {}, 7.0),
        (".5", {}, 0.5),
        ("1e3", {}, 1000.0),
    ],
)
def test_numbers_are_read_with_the_signs_of_their_country(tmp_path, cell, settings, value):
    _, sink = loaded(tmp_path, f"t;x\n10;{cell}\n".encode(), time={"column": "t", "format": "s"}, **settings)
    assert sink.said(f"{PRESS}/temp") == [value]


@pytest.mark.parametrize(
    ("cell", "settings", "reason"),
    [
        ("abc", {}, "is not a number"),
        ("1,5", {}, "decimal comma"),
        ("1.5", {"decimal": ","}, "decimal is ','"),
        ("12.34", {"decimal": ",", "thousands": "."}, "decimal is ','"),  # no group of three digits
        ("inf", {}, "finite"),
        ("1e999", {}, "not a number"),
    ],
)
def test_a_cell_that_is_no_number_is_refused_with_its_reason_and_spoils_nothing_else(tmp_path, cell, settings, reason):
    content = f"t;x;s\n10;1;a\n20;{cell};b\n30;3;c\n".encode()
    done, sink = loaded(
        tmp_path, content, time={"column": "t", "format": "s"}, columns={"x": "temp", "s": "serial"}, **settings
    )
    assert sink.said(f"{PRESS}/temp") == [1.0, 3.0]
    assert sink.said(f"{PRESS}/serial") == ["a", "b", "c"]
    (row,) = refused(tmp_path)
    assert (row["line"], row["column"], row["value"]) == ("3", "x", cell)
    assert reason in row["reason"]
    assert done.refused == 1


def test_the_quarantine_names_line_column_value_and_reason_of_all_that_was_refused(tmp_path):
    content = (
        b't,m,x,s\n10,press,1,"two\nlines"\n\n20,press,oops,b\n30,lathe,3,c\nnever,press,4,d\n'
        b'40,press\n50,press,5,"a ""quoted"" one"\n,press,6,e\n'
    )
    done, sink = loaded(
        tmp_path,
        content,
        time={"column": "t", "format": "s"},
        columns={"x": "temp", "s": "serial"},
        machine={"column": "m", "map": {"press": PRESS}},
    )
    assert [(r["line"], r["column"], r["value"]) for r in refused(tmp_path)] == [
        ("5", "x", "oops"),
        ("6", "m", "lathe"),
        ("7", "t", "never"),
        ("8", "", "40,press"),
        ("10", "t", ""),
    ]
    assert sink.said(f"{PRESS}/temp") == [1.0, 5.0]
    assert sink.said(f"{PRESS}/serial") == ["two\nlines", "b", 'a "quoted" one']
    assert (done.rows, done.refused, done.samples) == (7, 5, 5)


def test_a_quote_that_never_closes_spoils_its_own_line_only(tmp_path):
    content = b't,x,s\n10,1,"open\n20,2,b\n30,3,c\n'
    done, sink = loaded(tmp_path, content, time={"column": "t", "format": "s"}, columns={"x": "temp", "s": "serial"})
    assert sink.said(f"{PRESS}/temp") == [2.0, 3.0]
    assert [(r["line"], r["reason"]) for r in refused(tmp_path)] == [("2", "a quote is opened and never closed")]
    assert done.refused == 1


def test_an_inch_mark_in_a_cell_is_no_quote(tmp_path):
    content = b't,x,s\n10,1,5" pipe\n20,2,19" rack\n30,3,"a ""b"""\n'
    _, sink = loaded(tmp_path, content, time={"column": "t", "format": "s"}, columns={"x": "temp", "s": "serial"})
    assert sink.said(f"{PRESS}/serial") == ['5" pipe', '19" rack', 'a "b"']


def test_bytes_that_are_no_characters_refuse_their_cell_and_say_what_to_set(tmp_path):
    content = b"t,x,s\n10,1,good\n20,2,\xff\xfe bad\n30,3,also good\n"
    _, sink = loaded(
        tmp_path, content, time={"column": "t", "format": "s"}, encoding="utf-8", columns={"x": "temp", "s": "serial"}
    )
    assert sink.said(f"{PRESS}/serial") == ["good", "also good"]
    assert sink.said(f"{PRESS}/temp") == [1.0, 2.0, 3.0]
    assert ["set encoding" in r["reason"] for r in refused(tmp_path)] == [True]


def test_types_stay_what_they_were(tmp_path):
    content = (
        b"t,serial,state,parts,on,whole\n10,000123,2,9007199254740993,true,-12\n20,7.0,AUTO,12345678901234567890,0,\n"
        b"30,NaN,01,5,off,2.5\n"
    )
    columns = {n: n for n in ("serial", "state", "parts", "on", "whole")}
    _, sink = loaded(tmp_path, content, time={"column": "t", "format": "s"}, columns=columns)
    assert sink.said(f"{PRESS}/serial") == ["000123", "7.0", "NaN"]
    assert sink.said(f"{PRESS}/state") == [2.0, "AUTO", "01"]
    assert sink.said(f"{PRESS}/parts") == ["9007199254740993", "12345678901234567890", 5.0]
    assert sink.said(f"{PRESS}/on") == [1.0, 0.0, 0.0]
    assert sink.said(f"{PRESS}/whole") == [-12.0]
    assert [(r["line"], r["column"]) for r in refused(tmp_path)] == [("4", "whole")]


@pytest.mark.parametrize(("null", "said"), [(None, [1.0, -999.0]), (["-999", "n.a."], [1.0])])
def test_cells_that_say_nothing_are_neither_stored_nor_refused(tmp_path, null, said):
    content = b"t,x\n10,1\n20,\n30,-999\n40,%s\n" % (b"n.a." if null else b"NaN")
    settings = {"null": null} if null else {}
    done, sink = loaded(tmp_path, content, time={"column": "t", "format": "s"}, **settings)
    assert sink.said(f"{PRESS}/temp") == said
    assert done.refused == 0


def test_a_quality_column_is_kept_and_a_bad_sample_without_a_value_is_a_sample(tmp_path):
    content = b"t,x,q\n10,1,good\n20,,bad\n30,3,0x40000000\n40,4,192\n50,5,what\n"
    _, sink = loaded(
        tmp_path, content, time={"column": "t", "format": "s"}, columns={"x": {"signal": "temp", "quality": "q"}}
    )
    assert sink.rows(f"{PRESS}/temp") == [
        (10 * SECOND, 1.0, 0),
        (20 * SECOND, None, 0x80000000),
        (30 * SECOND, 3.0, 0x40000000),
        (40 * SECOND, 4.0, 192),
    ]
    assert [r["column"] for r in refused(tmp_path)] == ["q"]


def test_a_long_file_names_its_signals_and_says_which_tags_it_left_out(tmp_path):
    content = b"t,tag,v\n10,T1,20.5\n10,S,run\n20,T1,21\n20,X9,1\n30,S,stop\n"
    path, sink = tmp_path / "long.csv", Memory()
    path.write_bytes(content)
    mapping = read_mapping(
        {
            "time": {"column": "t", "format": "s"},
            "machine": PRESS,
            "value": "v",
            "signal": {"column": "tag", "map": {"T1": "temp", "S": f"{PRESS}/state"}},
        }
    )
    done = load(path, mapping, PLANT, sink, quarantine=tmp_path / "refused.csv")
    assert sink.said(f"{PRESS}/temp") == [20.5, 21.0]
    assert sink.said(f"{PRESS}/state") == ["run", "stop"]
    assert done.refused == 0
    assert "'X9' (1)" in " ".join(done.notes)


def test_numbers_are_brought_into_the_unit_of_their_signal(tmp_path):
    plant = a_plant(
        {
            "temp": {"kind": "number", "unit": "Cel"},
            "power": {"kind": "number", "unit": "kW"},
            "raw": {"kind": "number", "unit": "bar", "scale": 0.01, "offset": -1.0},
        }
    )
    path, sink = tmp_path / "rows.csv", Memory()
    path.write_bytes(b"t,f,w,r\n10,212,1500,300\n")
    mapping = read_mapping(
        {
            "time": {"column": "t", "format": "s"},
            "machine": PRESS,
            "columns": {"f": {"signal": "temp", "unit": "[degF]"}, "w": {"signal": "power", "unit": "W"}, "r": "raw"},
        }
    )
    load(path, mapping, plant, sink, quarantine=tmp_path / "refused.csv")
    assert [sink.said(f"{PRESS}/{n}") for n in ("temp", "power", "raw")] == [[100.0], [1.5], [2.0]]


@pytest.mark.parametrize(
    ("settings", "error", "says"),
    [
        ({"columns": {"y": "temp"}}, UnknownName, "There is no column in rows.csv 'y'. Known: t, x."),
        ({"columns": {"x": "tmp"}}, UnknownName, "Did you mean 'temp'?"),
        ({"machine": "line-1/press-4"}, UnknownName, "Did you mean 'line-1/press-3'?"),
        ({"columns": {"x": {"signal": "temp", "unit": "kW"}}}, BadConfig, "Cannot turn 'kW' into 'Cel'"),
        ({"time": "x"}, BadInput, "Set time.format"),
    ],
)
def test_a_mapping_that_does_not_fit_is_an_error_before_anything_is_stored(tmp_path, settings, error, says):
    plant = a_plant({"temp": {"kind": "number", "unit": "Cel"}})
    path, sink = tmp_path / "rows.csv", Memory()
    path.write_bytes(b"t,x\n10,1\n")
    with pytest.raises(error) as told:
        load(path, read_mapping({**BASE, **settings}), plant, sink, quarantine=tmp_path / "refused.csv")
    assert says in str(told.value)
    assert not sink.batches


CELLS = st.text(st.characters(codec="gb18030", exclude_categories=("Cs", "Cc"), include_characters="\n"), max_size=12)
ROWS = st.lists(st.tuples(CELLS, st.none() | st.floats(allow_nan=False, allow_infinity=False)), min_size=1, max_size=40)


@settings(max_examples=150, deadline=None)
@given(
    rows=ROWS,
    delimiter=st.sampled_from(",;\t|"),
    decimal=st.sampled_from(".,"),
    block=st.sampled_from([1024, 1 << 20]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_is_written_in_any_dialect_comes_back_the_same(rows, delimiter, decimal, block, encoding, end, quoting):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(["t", "x", "s"])
    writer.writerows([at, "" if x is None else repr(x).replace(".", decimal), s] for at, (s, x) in enumerate(rows))
    settings = {
        "time": {"column": "t", "format": "s"},
        "columns": {"x": "temp", "s": "serial"},
        "delimiter": delimiter,
        "decimal": decimal,
        "block": block,
        "encoding": encoding.removesuffix("-sig"),
    }
    with tempfile.TemporaryDirectory() as folder:
        done, sink = loaded(Path(folder), out.getvalue().encode(encoding), **settings)
    texts = [(at * SECOND, s.replace("\r\n", "\n"), 0) for at, (s, _) in enumerate(rows) if s]
    assert sink.rows(f"{PRESS}/temp") == [(at * SECOND, x, 0) for at, (_, x) in enumerate(rows) if x is not None]
    assert sink.rows(f"{PRESS}/serial") == texts if texts else done.counts.get(f"{PRESS}/serial") is None
    assert done.refused == 0
