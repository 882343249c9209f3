"""The command line as people and scripts use it: in a process of its own, on the demo plant."""

import ast
import csv
import io
import json
import subprocess
import sys
from importlib.metadata import version

import pytest

import andon.studies
from andon.__main__ import house
from andon.catalog import SHELF
from andon.surfaces.cli import run
from andon.surfaces.cli.index import COMMANDS
from processes import done

WEEK = ["--since", "2026-10-26 06:00", "--until", "2026-10-31 06:00"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli") / "demo"
    assert run(["demo", str(folder), "--days", "8", "--no-walk"], house) == 0
    return folder


def andon(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "andon", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_the_version_is_that_of_the_package():
    assert andon("--version").stdout.split() == ["andon", version("andon")]


def test_help_names_every_command_and_loads_nothing_heavy():
    script = (
        f"import sys; {line('--help')};"
        "print([m for m in ('duckdb', 'pyarrow', 'polars', 'numpy', 'scipy', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert all(name in done.stdout for name in COMMANDS)
    assert done.stdout.strip().endswith("[]")


def line(*arguments):
    return f"from andon.__main__ import house; from andon.surfaces.cli import run; run({arguments}, house)"


def loaded(script, *names):
    """Those of some modules that a script has loaded at its end."""
    told = f"import sys\n{script}\nprint([m for m in {names} if m in sys.modules])"
    return ast.literal_eval(subprocess.check_output([sys.executable, "-c", told], text=True).splitlines()[-1])


def test_checking_a_plant_loads_neither_its_history_nor_studies(tmp_path):
    (tmp_path / "plant.toml").write_text('[plant]\nname = "works"\nzone = "Europe/Rome"\n', "utf-8")
    heavy = ("andon.historian", "andon.ledger", "andon.studies.quality.control_chart", "duckdb", "pyarrow", "scipy")
    assert loaded(line("check", str(tmp_path)), *heavy, "andon.config") == ["andon.config"]


def test_who_asks_one_study_loads_that_one():
    script = (
        "from andon.__main__ import house; from andon.surfaces.cli import run; run(['ask', 'oee', '--help'], house)"
    )
    assert loaded(script, *SHELF.values()) == [SHELF["oee"]]


def test_a_page_is_served_before_studies_and_mcp_are_loaded(tmp_path):
    script = f"from pathlib import Path; from andon.app.serving import site; site(Path({str(tmp_path)!r}))"
    assert loaded(script, *SHELF.values(), "mcp", "andon.surfaces.rest") == ["andon.surfaces.rest"]


def test_an_answer_in_json_is_what_python_answers(demo):
    import andon as package

    said = json.loads(andon("ask", "oee", "--plant", demo, "--at", "line-1", *WEEK, "--json").stdout)
    with package.open(demo) as plant:
        asked = plant.ask("oee", at="line-1", since=WEEK[1], until=WEEK[3])
    assert said["answer"]["oee"] == asked.answer.oee
    assert said["evidence"]["machines"] == list(asked.evidence.machines)
    assert 0 <= said["coverage"] <= 1


def test_an_answer_in_csv_has_a_row_a_piece(demo):
    said = andon("ask", "oee", "--plant", demo, "--by", "machine", *WEEK, "--csv").stdout
    rows = list(csv.DictReader(io.StringIO(said)))
    assert len(rows) == 12
    assert all(0 <= float(r["availability"]) <= 1 for r in rows)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["ask", "oe", "--plant", "{demo}", "--last", "week"], 2, "No such command 'oe'"),
        (["ask", "oee", "--plant", "{demo}", "--at", "line-1/pres-1", *WEEK], 2, "Did you mean 'line-1/press-1'?"),
        (["ask", "oee", "--plant", "{demo}"], 2, "Say when"),
        (["ask", "oee", "--plant", "{demo}", "--since", "2020-01-01", "--until", "2020-01-02"], 1, "Nothing was heard"),
        (["ask", "oee", "--plant", "nowhere", "--last", "week"], 2, "nowhere is no plant folder"),
        (["history", "{demo}", "x"], 2, "is no entry"),
        (["sql", "{demo}", "DELETE FROM samples"], 2, ""),
        (["reason", "{demo}", "line-1/press-1", "2026-10-27 10:00", "sensr"], 2, "Did you mean 'sensor'?"),
    ],
)
def test_a_mistake_is_explained_and_told_by_the_exit_code(demo, arguments, code, says):
    said = done(*[a.format(demo=demo) for a in arguments])
    assert said.returncode == code
    assert says in said.stderr
    assert "Traceback" not in said.stderr


def test_chinese_is_spoken_when_asked_for(demo):
    said = done("ask", "oee", "--plant", demo, "--at", "line-1", *WEEK, "--lang", "zh")
    assert "覆盖率" in said.stdout
    assert "设备综合效率" in said.stdout


def test_losses_open_down_to_samples(demo, capsys):
    run(["losses", str(demo), "--by", "entry", "--json"], house)
    first = json.loads(capsys.readouterr().out)[0]
    assert run(["losses", str(demo), "--open", str(first["entry"]), "--json"], house) == 0
    stops = json.loads(capsys.readouterr().out)
    assert sum(s["time"] for s in stops) == first["time"]


def test_a_reason_makes_a_new_version_and_the_old_one_stays(demo, capsys):
    run(["losses", str(demo), "--by", "entry", "--json"], house)
    entry = next(e for e in json.loads(capsys.readouterr().out) if e["loss"] == "breakdown")
    run(["losses", str(demo), "--open", str(entry["entry"]), "--json"], house)
    stop = json.loads(capsys.readouterr().out)[0]
    code = next(r["code"] for r in _reasons(demo) if r["code"] != entry["reason"])
    assert run(["reason", str(demo), entry["machine"], stop["since"], code, "--who", "mei"], house) == 0
    assert run(["close", str(demo)], house) == 0
    capsys.readouterr()
    run(["history", str(demo), f"{entry['machine']} {entry['day']} {entry['shift']}", "--json"], house)
    versions = json.loads(capsys.readouterr().out)
    assert [v["version"] for v in versions] == [1, 2]
    assert run(["balance", str(demo)], house) == 0
    assert run(["audit", str(demo), "--verify"], house) == 0


def test_backup_and_restore_bring_the_same_answers(demo, tmp_path, capsys):
    assert run(["backup", str(demo), str(tmp_path / "copy")], house) == 0
    assert run(["restore", str(tmp_path / "copy"), str(tmp_path / "again")], house) == 0
    assert run(["verify", str(tmp_path / "again"), "--deep"], house) == 0
    capsys.readouterr()
    answers = []
    for folder in (demo, tmp_path / "again"):
        run(["ask", "oee", "--plant", str(folder), *WEEK, "--json"], house)
        answers.append(json.loads(capsys.readouterr().out)["answer"])
    assert answers[0] == answers[1]


def test_exported_samples_are_all_there(demo, tmp_path, capsys):
    import pyarrow.parquet as pq

    assert run(["export", str(demo), str(tmp_path / "out.parquet"), "--at", "line-1"], house) == 0
    capsys.readouterr()
    run(["sql", str(demo), "SELECT count(*) AS n FROM samples WHERE signal LIKE 'line-1/%'", "--json"], house)
    (counted,) = json.loads(capsys.readouterr().out)
    assert pq.read_metadata(tmp_path / "out.parquet").num_rows == counted["n"]
    assert run(["export", str(demo), str(tmp_path / "out.csv"), "--kind", "units", "--at", "line-1"], house) == 0
    capsys.readouterr()
    run(["sql", str(demo), "SELECT count(*) AS n FROM units WHERE machine LIKE 'line-1/%'", "--json"], house)
    assert len((tmp_path / "out.csv").read_text().splitlines()) == json.loads(capsys.readouterr().out)[0]["n"] + 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["latest", "{demo}", "--at", "line-1"],
        ["coverage", "{demo}", "--at", "line-2", *WEEK],
        ["trend", "{demo}", "line-1/press-1/temperature", *WEEK],
        ["studies", "{demo}"],
        ["audit", "{demo}"],
        ["balance", "{demo}"],
        ["forget", "{demo}"],
        ["check", "{demo}"],
        ["losses", "{demo}", "--by", "machine,shift"],
    ],
)
@pytest.mark.parametrize("shape", [[], ["--json"], ["--csv"]])
def test_every_view_comes_as_table_json_and_csv(demo, arguments, shape, capsys):
    assert run([a.format(demo=demo) for a in arguments] + shape, house) == 0
    out = capsys.readouterr().out
    if shape == ["--json"]:
        assert isinstance(json.loads(out), list)
    if shape == ["--csv"]:
        assert len({len(row) for row in csv.reader(io.StringIO(out))}) <= 1


def _reasons(folder):
    import tomllib

    return tomllib.loads((folder / "plant.toml").read_text("utf-8"))["reason"]
