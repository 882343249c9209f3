"""Files brought in by the command line: proposed, mapped, refused in part, and watched for."""

import json
import os
from itertools import product

import pytest

from andon.__main__ import house
from andon.config import read_plant
from andon.surfaces.cli import run

PLANT = '[plant]\nname = "works"\nzone = "UTC"\n'
WIDE = "time,status,good_count\n" + "".join(
    f"2026-01-09T03:{n:02}:00Z,{'RUN' if n % 4 else 'STOP'},{100 + n}\n" for n in range(20)
)
OTHER = "when;pressure_bar;energy_kwh\n" + "".join(f"09.01.2026 04:{n:02}:00;{n % 3};{5 * n}\n" for n in range(20))
LINES = "".join(
    f'm,machine=oven-1 state="RUN",total_count={n}i,temp=2.5 {1_767_960_000 + 60 * n}000000000\n' for n in range(20)
)
LONG = "time,tag,value\n" + "".join(
    f"2026-01-09T05:{n:02}:00Z,saw-1.state,{'RUN' if n % 4 else 'STOP'}\n"
    f"2026-01-09T05:{n:02}:00Z,saw-1.total_count,{n}\n"
    for n in range(20)
)
BAD = "time,good_count\n" + "".join(f"2026-01-09T03:0{n}:00Z,{c}\n" for n, c in enumerate(["1", "2", "3", "x4", "5"]))


@pytest.fixture
def works(tmp_path):
    folder = tmp_path / "works"
    folder.mkdir()
    (folder / "plant.toml").write_text(PLANT)
    return folder


def brought(works, file, text):
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return run(["import", str(works), str(file), "--yes"], house)


def sources(works):
    return {s.name: s.settings["format"] for s in read_plant(works).sources}


def values(works, signal, capsys):
    capsys.readouterr()
    run(["sql", str(works), f"SELECT value FROM samples WHERE signal = '{signal}' ORDER BY 1", "--json"], house)
    return [row["value"] for row in json.loads(capsys.readouterr().out)]


@pytest.mark.parametrize(("name", "text"), [("rows.lp", LINES), ("long.csv", LONG), ("other.csv", OTHER)])
def test_a_second_kind_of_file_gets_a_mapping_of_its_own(works, tmp_path, name, text):
    assert brought(works, tmp_path / "wide.csv", WIDE) == 0
    assert brought(works, tmp_path / name, text) == 0
    assert len(sources(works)) == 2
    assert brought(works, tmp_path / f"again-{name}", text) == 0
    assert brought(works, tmp_path / "again.csv", WIDE) == 0
    assert len(sources(works)) == 2


def test_two_kinds_of_files_with_one_name_get_two_sources(works, tmp_path, capsys):
    assert brought(works, tmp_path / "export.csv", WIDE) == 0
    assert brought(works, tmp_path / "export.lp", LINES) == 0
    assert sources(works) == {"export": "csv", "export_2": "lineprotocol"}
    assert values(works, "line-1/oven-1/total_count", capsys) == list(range(20))
    assert values(works, "line-1/machine-1/good_count", capsys) == [100 + n for n in range(20)]


def test_tags_with_machines_are_stored_on_their_machines(works, tmp_path, capsys):
    assert brought(works, tmp_path / "long.csv", LONG) == 0
    assert values(works, "line-1/saw-1/total_count", capsys) == list(range(20))


def test_a_bad_cell_of_a_counter_is_refused_and_the_rest_is_stored(works, tmp_path, capsys):
    assert brought(works, tmp_path / "rows.csv", BAD) == 3
    assert values(works, "line-1/machine-1/good_count", capsys) == [1, 2, 3, 5]
    assert "x4" in (works / "quarantine" / "rows.csv.csv").read_text("utf-8-sig")


def test_a_file_that_is_wholly_stored_exits_with_0_though_rows_of_it_were_refused(works, tmp_path):
    assert brought(works, tmp_path / "rows.csv", BAD) == 3
    assert brought(works, tmp_path / "rows.csv", BAD) == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["import", "{works}", "missing.csv"], "There is no file missing.csv."),
        (["import", "{works}", "missing.csv", "--explain"], "There is no file missing.csv."),
        (["watch-folder", "{works}", "nowhere", "--once"], "There is no folder nowhere."),
    ],
)
def test_what_is_not_there_is_said_plainly(works, tmp_path, capsys, arguments, says):
    assert brought(works, tmp_path / "wide.csv", WIDE) == 0
    assert run([a.format(works=works) for a in arguments], house) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(("text", "code"), [(BAD.replace("x4", "4"), 0), (BAD, 3), ("no\ncolumns\n", 3)])
def test_a_watched_folder_tells_by_its_exit_code_whether_all_was_stored(works, tmp_path, text, code):
    assert brought(works, tmp_path / "first.csv", BAD) == 3
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "rows.csv").write_text(text.replace("2026-01-09", "2026-01-10"))
    assert run(["watch-folder", str(works), str(inbox), "--once"], house) == code


PLAIN = "appraiser,trial,part,value\n" + "".join(
    f"{who},{trial},{part},{part / 2 + (who == 'B') / 10 + trial / 100:.2f}\n"
    for who in "AB"
    for trial in (1, 2)
    for part in range(1, 6)
)
SHEET = "time,part,appraiser,trial,test,value,unit,low,high\n" + "".join(
    f"2026-01-09 08:{n:02},{n % 5},{'AB'[n % 2]},{n // 10},bore,{10 + n / 100},mm,9.9,10.3\n" for n in range(20)
)


def asked(works, capsys, sql):
    capsys.readouterr()
    assert run(["sql", str(works), sql, "--json"], house) == 0
    return json.loads(capsys.readouterr().out)


def test_a_worksheet_without_a_time_keeps_the_order_of_its_rows(works, tmp_path, capsys):
    assert brought(works, tmp_path / "gauge.csv", PLAIN) == 0
    rows = asked(works, capsys, 'SELECT unit_id, value FROM measurements ORDER BY "at"')
    assert [f"{r['unit_id']},{r['value']:.2f}" for r in rows] == [",".join(r.split(",")[2:]) for r in PLAIN.split()[1:]]
    assert run(["ask", "gauge-rr", "--plant", str(works), "--last", "2 d", "--test", "value", "--json"], house) == 0
    found = json.loads(capsys.readouterr().out)["answer"]
    assert (found["parts"], found["appraisers"], found["trials"]) == (5, 2, 2)


def test_a_file_with_a_time_is_not_read_by_a_mapping_that_knows_none(works, tmp_path, capsys):
    assert brought(works, tmp_path / "gauge.csv", PLAIN) == 0
    assert brought(works, tmp_path / "sheet.csv", SHEET) == 0
    rows = asked(works, capsys, "SELECT DISTINCT unit, low, high FROM measurements WHERE test = 'bore'")
    assert [tuple(r.values()) for r in rows] == [("mm", 9.9, 10.3)]


def test_rows_without_a_name_are_units_of_their_own(works, tmp_path, capsys):
    assert brought(works, tmp_path / "rings.csv", "diameter,sample\n74.030,1\n74.002,1\n74.019,2\n") == 0
    rows = asked(works, capsys, 'SELECT unit_id, test, value FROM measurements ORDER BY "at"')
    assert [tuple(r.values()) for r in rows] == [
        ("rings:2", "diameter", 74.03),
        ("rings:3", "diameter", 74.002),
        ("rings:4", "diameter", 74.019),
    ]


@pytest.mark.parametrize(
    ("time", "first"),
    [
        ('{ every = "1 min", since = "2026-01-09 06:00" }', "2026-01-09 06:00"),
        ('{ every = "1 s" }', "2026-01-02 03:04"),
    ],
)
def test_rows_that_follow_at_a_pace_begin_where_the_mapping_or_the_file_says(works, tmp_path, capsys, time, first):
    log = tmp_path / "log.csv"
    log.write_text("power_kW\n1.5\n2.5\n")
    os.utime(log, (1_767_323_040, 1_767_323_040))
    (works / "plant.toml").write_text(
        PLANT + '[[machine]]\npath = "line-1/oven"\nclass = "oven"\n[machine.signals.power]\nunit = "kW"\n'
        f'[[source]]\nname = "log"\nconnector = "files"\ntime = {time}\n'
        'machine = "line-1/oven"\ncolumns = { power_kW = "power" }\n'
    )
    assert run(["import", str(works), str(log)], house) == 0
    rows = asked(works, capsys, 'SELECT "at", value FROM samples ORDER BY 1')
    assert (rows[0]["at"][:16].replace("T", " "), [r["value"] for r in rows]) == (first, [1.5, 2.5])


@pytest.mark.parametrize("at", ["line-1/lathe-7", "test/tester-1"])
def test_a_machine_that_plant_toml_lacks_is_proposed_and_taken(works, tmp_path, capsys, at):
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(SHEET)
    assert run(["import", str(works), str(sheet), "--at", at, "--yes"], house) == 0
    assert f"There is no machine {at} yet: it is added." in capsys.readouterr().out
    assert list(read_plant(works).machines) == [at]
    assert {r["machine"] for r in asked(works, capsys, "SELECT DISTINCT machine FROM measurements")} == {at}


def test_sql_that_cannot_be_read_names_the_tables_and_the_word_that_wants_quotes(works, capsys):
    assert run(["sql", str(works), "SELECT at, value FROM samples"], house) == 2
    assert 'write the column "at" in double quotes' in capsys.readouterr().err


def test_a_file_that_tells_machines_apart_is_not_all_of_one(works, tmp_path, capsys):
    both = tmp_path / "both.csv"
    both.write_text(
        WIDE.replace("time,", "machine,time,")
        .replace("\n2026", "\npress-1,2026", 10)
        .replace("\n2026", "\npress-2,2026")
    )
    assert run(["import", str(works), str(both), "--at", "line-1/press-1", "--yes"], house) == 2
    assert "of several machines" in capsys.readouterr().err


def test_what_a_file_is_taken_for_is_told_in_chinese_with_its_own_names_kept(works, tmp_path, capsys):
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(SHEET)
    assert run(["import", str(works), "--explain", str(sheet), "--lang", "zh"], house) == 0
    lines = [line.split() for line in capsys.readouterr().out.partition("plant.toml")[0].split("\n")]
    said = {line[0]: line[1:] for line in lines if line}
    assert (said["part"][:2], said["time"][0]) == (["工件", "其单元格区分各工件"], "时间")
    assert "时间没有时区偏移：是" in said["(look)"]


def filled(at: str) -> str:
    """A gauge study's workbook: its readings as a table, still without times or with them."""
    rows = enumerate(product((1, 2), ("Li", "Anna"), range(1, 6)))
    told = [f"{n},{at.format(n=n)},{w},{t},{p},bore,{10 + p / 50 + n / 999:.3f},G-12" for n, (t, w, p) in rows]
    return "\n".join(["order,at,who,trial,unit,test,value,plan", *told])


def test_the_filled_workbook_of_a_gauge_study_is_read_and_an_empty_one_refused(works, tmp_path, capsys):
    assert brought(works, tmp_path / "empty.csv", filled("")) == 2
    assert "the column 'at' has no times yet" in capsys.readouterr().err
    assert brought(works, tmp_path / "full.csv", filled("2026-01-09 08:{n:02}")) == 0
    asks = ["ask", "gauge-rr", "--plant", str(works), "--since", "2026-01-09", "--until", "2026-01-10", "--json"]
    capsys.readouterr()
    assert run([*asks, "--test", "bore", "--plan", "G-12"], house) == 0
    found = json.loads(capsys.readouterr().out)["answer"]
    assert (found["parts"], found["appraisers"], found["trials"]) == (5, 2, 2)
