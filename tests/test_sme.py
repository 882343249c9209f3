"""A real shop floor from its CSV export to the ledger, as docs/first-hour.md walks it.

The data (Atzeni et al. 2023, Sensors 23(13):6078, company A) is not part of the project: it is found through ANDON_DATA
or ../shared/data beside the checkout. The figures are compared with plain arithmetic on the rows of the file itself.
"""

import csv
import json
import os
import shutil
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import andon
from andon.__main__ import house
from andon.surfaces.cli import run

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("ANDON_DATA", ROOT.parent / "shared" / "data"))
FILE = DATA / "internal" / "sme_manufacturing" / "company_A_labelled_subset.csv"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"{FILE} is not here: set ANDON_DATA to the data's folder")

WEEK = {"since": "2022-09-05 06:00", "until": "2022-09-10 06:00"}  # Monday early to the end of Friday's night shift
SINCE, UNTIL = (datetime(2022, 9, day, 4, tzinfo=UTC) for day in (5, 10))  # the same in UTC
HOLDS = timedelta(minutes=10)


@pytest.fixture(scope="module")
def works(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sme") / "works"
    assert run(["init", str(folder), "--zone", "Europe/Rome"], house) == 0
    shutil.copy(ROOT / "examples" / "sme" / "plant.toml", folder / "plant.toml")
    assert run(["check", str(folder)], house) == 0
    assert run(["import", str(folder), str(FILE)], house) == 0
    return folder


@pytest.fixture(scope="module")
def rows():
    found = defaultdict(list)
    with FILE.open(encoding="utf-8-sig") as file:
        for r in csv.DictReader(file):
            found[r["asset"]].append((datetime.fromisoformat(r["ts"]), r["status"], float(r["items"])))
    return found


def seconds_in(rows, status):
    """A state holds from its row to the next, for ten minutes at most."""
    total = timedelta()
    for (at, said, _), (following, _, _) in zip(rows, [*rows[1:], (UNTIL + HOLDS, "", 0)], strict=True):
        since, until = max(at, SINCE), min(following, at + HOLDS, UNTIL)
        total += max(until - since, timedelta()) if float(said) == status else timedelta()
    return total.total_seconds()


@pytest.mark.parametrize("asset", ["0", "1", "2"])
def test_time_and_parts_of_a_week_are_those_of_the_rows(works, rows, asset):
    with andon.open(works) as plant:
        week = plant.ask("oee", at=f"line-1/machine-{asset}", **WEEK).answer
    assert week.planned_busy == 5 * 24 * 3600 * 10**6
    assert week.production == pytest.approx(seconds_in(rows[asset], 2.0) * 1e6, abs=1)
    assert week.setup == pytest.approx(seconds_in(rows[asset], 1.0) * 1e6, abs=1)
    assert week.delay == pytest.approx(seconds_in(rows[asset], 3.0) * 1e6, abs=1)
    made = sum(items for at, _, items in rows[asset] if SINCE <= at < UNTIL)
    assert week.good + week.made_unknown == pytest.approx(made, rel=0.005)  # a row at the edge counts where it was made


def test_shifts_add_up_to_the_week(works):
    with andon.open(works) as plant:
        whole = plant.ask("oee", **WEEK).answer
        parts = [p.answer for p in plant.ask("oee", by="machine,shift", **WEEK).pieces]
    assert len(parts) == 3 * 15
    assert sum(parts[1:], parts[0]) == whole


def test_what_the_file_cannot_tell_is_said(works):
    with andon.open(works) as plant:
        third_week = plant.ask("oee", at="line-1/machine-1", since="2022-09-12 06:00", until="2022-09-21 06:00")
    assert third_week.answer.quality is None  # rejects are not counted
    assert third_week.answer.coverage < 0.7  # the machine says nothing after 16 September
    assert third_week.answer.unknown > 0


def test_the_books_of_the_shop_balance(works, capsys):
    assert run(["losses", str(works), "--by", "shift", "--json"], house) == 0
    shifts = json.loads(capsys.readouterr().out)
    assert {r["shift"] for r in shifts} == {"early", "late", "night"}
    assert run(["balance", str(works)], house) == 0


def test_the_same_file_again_adds_nothing(works, capsys):
    assert run(["import", str(works), str(FILE), "--json"], house) == 0
    (done,) = json.loads(capsys.readouterr().out)
    assert done["repeated"] == done["batches"]
