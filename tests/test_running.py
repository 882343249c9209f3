"""`andon run`: one owner, asked by any other process, changed without a restart, whole after kill -9."""

import json

import pytest

from andon.historian import Historian
from andon.model import Window
from processes import done
from runs import asked, run_plant
from servers import until

PLANT = """[plant]
name = "works"
zone = "UTC"

[[machine]]
path = "line-1/press"
[machine.signals.temperature]
unit = "Cel"

[[source]]
name = "drop"
connector = "files"
folder = "inbox"
time = "time"
machine = { fixed = "line-1/press" }
columns = { t = "temperature" }
"""
ROWS = "time,t\n" + "".join(f"2026-01-09T03:{n:02}:00Z,{n}.5\n" for n in range(30))


@pytest.fixture
def works(tmp_path):
    folder = tmp_path / "works"
    (folder / "inbox").mkdir(parents=True)
    (folder / "plant.toml").write_text(PLANT)
    return folder


def count(works) -> int:
    return json.loads(asked("sql", str(works), "SELECT count(*) AS n FROM samples", "--json"))[0]["n"]


def health(works) -> dict[str, str]:
    return {s["source"]: s["health"] for s in json.loads(asked("sources", str(works), "--json"))}


def connected(works, source: str) -> None:
    """Wait until this source, and no other, is heard."""
    until(lambda: health(works) == {source: "connected"}, 30, f"that {source} is connected")


def test_a_file_that_appears_is_stored_while_the_plant_runs(works):
    with run_plant(works) as run:
        (works / "inbox" / "a.csv").write_text(ROWS)
        until(lambda: (works / "inbox" / "done" / "a.csv").exists(), 20, "the file was not taken")
        assert count(works) == 30
        connected(works, "drop")
        assert run.stop() == 0
    assert health(works) == {"drop": "stopped"}
    assert count(works) == 30


def test_a_second_owner_is_refused_and_told_who_owns_the_plant(works):
    with run_plant(works) as run:
        second = done("run", works)
        assert second.returncode == 5
        assert f"process {run.process.pid}" in second.stderr


def test_a_plant_that_was_killed_starts_again_with_all_it_had(works):
    with run_plant(works) as run:
        (works / "inbox" / "a.csv").write_text(ROWS)
        until(lambda: (works / "inbox" / "done" / "a.csv").exists(), 20, "the file was not taken")
        run.kill()
    with run_plant(works):
        assert count(works) == 30


def test_a_changed_plant_is_in_force_without_a_restart_and_a_wrong_one_changes_nothing(works):
    with run_plant(works) as run:
        (works / "plant.toml").write_text(PLANT.replace('"drop"', '"drop"\ncolour = "red"').replace("zone", "zoen"))
        until(lambda: "goes on as it was" in run.said(), 20, "the mistake was not told")
        connected(works, "drop")
        (works / "plant.toml").write_text(PLANT.replace('"drop"', '"letterbox"'))
        until(lambda: "is in force" in run.said(), 20, "the change was not seen")
        connected(works, "letterbox")


def test_a_plant_with_mistakes_does_not_start(works):
    (works / "plant.toml").write_text(PLANT.replace('zone = "UTC"', 'zone = "Mars"'))
    said = done("run", works)
    assert said.returncode == 2
    assert "plant.toml:3" in said.stderr
    with Historian.open(works / "history") as history:
        assert history.samples("line-1/press/temperature", Window(0, 1 << 61)).num_rows == 0
