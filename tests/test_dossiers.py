"""Capability and gauge studies on paper: what stands in the documents, and that planned readings find their study."""

import io
import json
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from andon.app.dossiers import dossier
from andon.app.gauges import Wanted, gauge_sheet, gauge_studies, named, ordered, plan_gauge_study
from andon.app.opening import open_plant
from andon.errors import BadQuestion, NoData, NotAllowed, UnknownName
from andon.historian import Historian
from andon.ledger import audit
from andon.model import Measurements
from andon.surfaces.report import printable
from andon.units import HOUR, MINUTE
from measuring import LATHE, batch, parts

PLANT = """
[plant]
name = "measuring"
zone = "Europe/Berlin"
currency = "EUR"

[[machine]]
path = "line-1/lathe-1"
title = "Lathe 1"
"""
UNTIL = 1_790_000_000_000_000
SPAN = {"since": "2026-09-01", "until": "2026-10-01"}
BOSS = ("anna", "engineer")


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    """A plant whose lathe has 600 parts measured, and a gauge study of eight parts by two people."""
    (tmp_path / "plant.toml").write_text(PLANT, "utf-8")
    with Historian.own(tmp_path / "history") as history:
        history.write(batch("gauge", 1, LATHE, parts(UNTIL)))
        history.write(batch("gauge", 2, LATHE, read()))
    return tmp_path


def read() -> Measurements:
    """The readings of a gauge study G-1 of a bore, in the order of its sheet."""
    chance = np.random.default_rng(2)
    lines = ordered(named("8", "part"), ["Li", "Wang"], 3, 1)
    rows = [
        (UNTIL + HOUR + x.order * MINUTE, f"bore-{x.part}", "bore", 10 + 0.1 * int(x.part) + chance.normal(0, 0.01))
        for x in lines
    ]
    limits = {"bore": (10.0, 11.0)}
    return Measurements.of(rows, unit="mm", limits=limits, who=[x.appraiser for x in lines], plan=["G-1"] * len(rows))


def text(plant: Path, about: str, **asked: object) -> str:
    return dossier(plant, LATHE, about=about, **SPAN, **asked).data.decode()


def test_each_test_has_its_capability_with_interval_and_verdict(plant: Path) -> None:
    page = text(plant, "capability", settings={"product": "shaft"})
    with open_plant(plant) as opened:
        asked = opened.ask("capability", LATHE, **SPAN, test="diameter")
    assert asked.answer is not None
    assert f"{asked.answer.cpk:,.3f}" in page
    for part in ("Process capability", "diameter", "roughness", "Cpk", "prepared by, date", "<svg"):
        assert part in page
    assert "bore" in page.split("Not answered")[1]  # nobody measured it on shafts


def test_what_is_in_a_dossier_runs_nothing_and_asks_nobody(plant: Path) -> None:
    page = text(plant, "capability")
    for forbidden in ("<script", "http://", "https://", "src="):
        assert forbidden not in page.replace("http://www.w3.org", "")


def test_the_gauge_study_stands_beside_what_could_not_be_answered(plant: Path) -> None:
    page = text(plant, "msa", tests="bore", settings={"plan": "G-1"})
    assert "gauge rr" in page
    assert "acceptable" in page
    assert "10.1" in page  # the mean of the first part
    assert "reference value" in page.split("Not answered")[1]


def test_it_is_written_in_chinese(plant: Path) -> None:
    page = text(plant, "capability", tests="diameter", language="zh")
    for part in ("过程能力", "能力指数", "编制，日期"):
        assert part in page


def test_the_workbook_has_numbers_and_a_sheet_for_each_answer(plant: Path) -> None:
    made = dossier(plant, LATHE, about="capability", **SPAN, settings={"product": "shaft"}, form="xlsx")
    book = openpyxl.load_workbook(io.BytesIO(made.data))
    assert len(book.sheetnames) == 3
    head, *rows = [r for r in book["Summary"].iter_rows(values_only=True) if r[0] in ("test", "diameter", "roughness")]
    (diameter,) = [dict(zip(head, r, strict=True)) for r in rows if r[0] == "diameter"]
    assert diameter["count"] == 600
    assert diameter["low"] == 24.96
    assert all(c.data_type != "f" for s in book for row in s.iter_rows() for c in row)


@pytest.mark.skipif(not printable(), reason="nothing on this computer makes PDFs")
def test_it_can_be_printed(plant: Path) -> None:
    assert dossier(plant, LATHE, about="capability", **SPAN, tests="diameter", form="pdf").data.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"about": "oee"}, UnknownName, "kind of report"),
        ({"about": "capability", "form": "doc"}, BadQuestion, "no format 'doc'"),
        ({"about": "capability", "tests": "width"}, UnknownName, "test"),
        ({"about": "capability", "language": "fr"}, UnknownName, "language"),
        ({"about": "msa", "tests": "roughness"}, NoData, "reference value|measured once only"),
    ],
)
def test_what_cannot_be_made_is_refused_in_words(
    plant: Path, asked: dict[str, str], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        dossier(plant, LATHE, **SPAN, **asked)


def test_without_measurements_there_is_no_dossier(plant: Path) -> None:
    with pytest.raises(NoData, match="Nothing was measured"):
        dossier(plant, LATHE, about="capability", since="2020-01-01", until="2020-02-01")


def test_readings_find_the_study_they_were_planned_for(plant: Path) -> None:
    plan_gauge_study(plant, "G-1", Wanted(LATHE, "bore", "8", "Li, Wang", 3, 1), by=BOSS)
    (kept,) = gauge_studies(plant)
    assert (kept["name"], kept["test"], kept["made_by"]) == ("G-1", "bore", "anna")
    with open_plant(plant) as opened:
        answer = opened.ask("gauge-rr", LATHE, **SPAN, test="bore", plan="G-1").answer
    assert (answer.parts, answer.appraisers, answer.trials) == (8, 2, 3)
    (line,) = [x for x in audit.lines(plant / "ledger") if x.act == "gauge_plan" and x.result["state"] == "done"]
    assert line.who == "anna"


def test_a_sheet_has_an_empty_cell_for_each_reading_and_a_page_for_each_appraiser(plant: Path) -> None:
    plan_gauge_study(plant, "G-2", Wanted(LATHE, "diameter", "10", "3", 2), by=BOSS)
    page = gauge_sheet(plant, "G-2").data.decode()
    assert page.count('class="page"') == 3
    assert page.count('<td class="cell"></td><td class="cell"></td>') == 60
    assert "量具研究" in gauge_sheet(plant, "G-2", language="zh").data.decode()


def test_the_table_to_fill_in_has_the_same_order(plant: Path) -> None:
    told = plan_gauge_study(plant, "G-3", Wanted(LATHE, "diameter", "2", "A, B", 2), by=BOSS)
    book = openpyxl.load_workbook(io.BytesIO(gauge_sheet(plant, "G-3", form="xlsx").data))
    head, *rows = book["readings"].iter_rows(values_only=True)
    found = [dict(zip(head, r, strict=True)) for r in rows]
    assert [[r["order"], r["who"], r["trial"], r["unit"]] for r in found] == told["lines"]
    assert {(r["plan"], r["test"], r["value"], r["at"]) for r in found} == {("G-3", "diameter", None, None)}


def test_each_part_comes_once_a_trial_and_the_seed_decides_the_order() -> None:
    lines = ordered(named("10", "part"), ["A", "B"], 3, 5)
    assert [x.order for x in lines] == list(range(1, 61))
    for trial in (1, 2, 3):
        for who in "AB":
            own = [x.part for x in lines if (x.trial, x.appraiser) == (trial, who)]
            assert sorted(own, key=int) == [str(n) for n in range(1, 11)]
    assert lines == ordered(named("10", "part"), ["A", "B"], 3, 5)
    assert lines != ordered(named("10", "part"), ["A", "B"], 3, 6)


@pytest.mark.parametrize(
    ("name", "wanted", "by", "error", "said"),
    [
        ("../G", Wanted(LATHE, "d"), BOSS, BadQuestion, "no name of a gauge study"),
        ("G", Wanted("line-9/x", "d"), BOSS, UnknownName, "machine"),
        ("G", Wanted(LATHE, ""), BOSS, BadQuestion, "which `test`"),
        ("G", Wanted(LATHE, "d", "1"), BOSS, BadQuestion, "two parts"),
        ("G", Wanted(LATHE, "d", "a, a"), BOSS, BadQuestion, "different names"),
        ("G", Wanted(LATHE, "d", trials=1), BOSS, BadQuestion, "two trials"),
        ("G", Wanted(LATHE, "d"), ("eve", "viewer"), NotAllowed, "operator"),
    ],
)
def test_a_plan_that_makes_no_study_is_refused(
    plant: Path, name: str, wanted: Wanted, by: tuple[str, str], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        plan_gauge_study(plant, name, wanted, by=by)
    assert gauge_studies(plant) == []


def test_a_study_is_planned_once(plant: Path) -> None:
    plan_gauge_study(plant, "G-1", Wanted(LATHE, "d"), by=BOSS)
    before = json.dumps(gauge_studies(plant))
    with pytest.raises(BadQuestion, match="already"):
        plan_gauge_study(plant, "G-1", Wanted(LATHE, "e"), by=BOSS)
    assert json.dumps(gauge_studies(plant)) == before
    with pytest.raises(UnknownName, match="G-1"):
        gauge_sheet(plant, "G-11")
