"""A report says what the books and the studies say, in both languages, on paper and in Excel; nothing in it runs."""

import ast
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import openpyxl
import pytest

from andon.app import report, report_period, reports
from andon.app.opening import open_plant
from andon.app.reporting.gather import contents
from andon.config import check, read_plant, schema
from andon.errors import BadQuestion, NoCalendar, NoData, UnknownName
from andon.surfaces.report import Contents, Note, drawn, sentences
from andon.surfaces.report.html import to_html
from andon.surfaces.report.pdf import by_weasyprint
from andon.surfaces.report.sheets import to_xlsx
from andon.surfaces.report.summary import BEFORE, TITLES
from andon.surfaces.report.writing import DAYS
from andon.units import HOUR, MINUTE
from andon.words import say
from works import PLANT, PRESS, START, Works

EARLY = {"since": "2024-03-04 06:00", "until": "2024-03-04 14:00"}


@pytest.fixture
def closed(oracle: Works) -> Works:
    """The shift of oracle O1, closed; a reason is given and a note left."""
    oracle.do("reason", stop="2024-03-04T10:00:00Z", code="tool", why="broke at hole 7")
    oracle.do("note", text="=1+1 the die was warm", about="2024-03-04T09:00:00Z")
    oracle.close()
    return oracle


@pytest.fixture
def said(closed: Works) -> Contents:
    return contents(closed.folder, "line-1", **EARLY, language="en")


def test_figures_and_losses_are_those_of_the_studies_and_of_the_oracle(closed: Works, said: Contents):
    with open_plant(closed.folder) as plant:
        oee = plant.ask("oee", "line-1", **EARLY).answer
        losses = plant.ask("losses", "line-1", **EARLY).answer
    whole = said.whole
    assert (whole.oee, whole.availability, whole.effectiveness, whole.quality) == pytest.approx(
        (oee.oee, oee.availability, oee.effectiveness, oee.quality), abs=1e-12
    )
    assert (whole.good, whole.rejects, whole.planned_busy, whole.coverage) == (409, 19, 440 * MINUTE, 1.0)
    assert whole.oee == pytest.approx(0.697, abs=0.0005)
    assert sum(x.time for x in said.losses) == whole.planned_busy
    assert {x.loss: x.time for x in said.losses} == {
        kind: t for kind in {r.loss for r in losses.rows} if (t := losses.total(kind))
    }
    assert [x.loss for x in said.losses][-1] == "productive"


def test_stops_reasons_notes_and_what_people_said_are_in_it(said: Contents):
    longest = said.stops[0]
    assert (longest.machine, longest.since, longest.until) == (PRESS, START + 230 * MINUTE, START + 268 * MINUTE)
    assert (longest.reason, longest.why, longest.who) == ("Tool broken", "broke at hole 7", "bob")
    assert said.nameless == ()
    assert [(n.machine, n.text, n.at) for n in said.notes] == [(PRESS, "=1+1 the die was warm", START + 180 * MINUTE)]


def test_a_stop_without_a_reason_is_named(oracle: Works):
    oracle.close()
    found = contents(oracle.folder, "line-1", **EARLY)
    assert [(s.since, s.until) for s in found.nameless] == [(START + 230 * MINUTE, START + 268 * MINUTE)]
    assert (found.nameless_count, found.nameless_time) == (1, 38 * MINUTE)
    assert "Stops that want a reason: 1, together 38 min." in sentences(found)


@pytest.mark.parametrize(
    ("span", "every", "name", "shifts"),
    [
        (EARLY, "shift", "2024-03-04 early", 1),
        ({"since": "2024-03-04"}, "day", "2024-03-04", 2),
        ({"since": "2024-03-04", "until": "2024-03-11"}, "week", "2024-W10", 14),
        ({"since": "2024-03-04 06:00", "until": "2024-03-05 14:00"}, "", "", 3),
    ],
)
def test_a_stretch_is_the_shift_day_or_week_that_it_is(closed: Works, span, every, name, shifts):
    span = span if "until" in span else {"since": "2024-03-04 06:00", "until": "2024-03-05 06:00"}
    closed.say("state", [(11 * 24 * 60, "run")])
    closed.close()
    found = contents(closed.folder, "line-1", **span)
    assert (found.every, found.name, found.whole.shifts) == (every, name, shifts)


def test_the_periods_before_stand_beside_it_and_add_up(closed: Works):
    closed.say("state", [(24 * 60, "run"), (34 * 60, "none")])
    closed.count("total_count", [(25 * 60, 60)])
    closed.close()
    found = contents(closed.folder, "line-1", since="2024-03-05 06:00", until="2024-03-05 14:00")
    assert [s.name for s in found.earlier] == ["2024-03-04 early", "2024-03-04 late"]
    assert found.mean is not None
    assert found.mean.planned_busy == sum(s.planned_busy for s in found.earlier)
    assert found.mean.good is None or found.mean.good == sum(s.good or 0 for s in found.earlier)
    with open_plant(closed.folder) as plant:
        both = plant.books.figures((), replace(_before(plant), at=(PRESS,)))[0]
    assert found.mean.oee == both.oee


def _before(plant):
    from andon.ledger import Which
    from andon.model import Window

    return Which(window=Window(START, START + 23 * HOUR))


def test_its_neighbours_can_be_walked_to(closed: Works):
    found = report_period(closed.folder, "line-1", **EARLY)
    assert (found["name"], found["shifts"]) == ("2024-03-04 early", 1)
    assert found["after"] == {"since": START + 8 * HOUR, "until": START + 16 * HOUR}
    assert found["before"] == {"since": START - 16 * HOUR, "until": START - 8 * HOUR}


def test_the_page_needs_nothing_else_and_runs_nothing(closed: Works, said: Contents):
    evil = Note(at=START, machine=PRESS, text="<script>alert(1)</script><img src=http://evil/x>", who="<b>")
    page = to_html(replace(said, notes=(evil,)))
    assert "&lt;script&gt;alert(1)" in page
    assert not re.search(r"<(script|link|img|iframe|object)\b|@import|url\((?!#)", page)
    assert not re.search(r'<[^>]*\s(src|href|on\w+)=(?!"#)', page)
    assert len(re.findall(r"<svg", page)) == len(said.pictures)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert "73.9" not in page
    assert "69.7 %" in page


def test_it_is_written_in_chinese_wherever_the_house_speaks(closed: Works):
    found = contents(closed.folder, "line-1", **EARLY, language="zh")
    page = re.sub(r"<style>.*?</style>", "", to_html(found), flags=re.DOTALL)
    texts = [t.strip() for t in re.findall(r">([^<]+)<", page)]
    ours = {"OEE", "Tool broken", "line-1", "press-3", PRESS, "early", "bob", "EUR", "Burr", "UTC", "works"}
    english = [t for t in texts if re.search(r"[a-z]{3}", t) and not re.search(r"[\u4e00-\u9fff]", t)]
    assert [t for t in english if not any(o in t for o in (*ours, "=1+1"))] == []
    assert "班次报告" in page


def test_excel_has_numbers_times_and_never_a_formula(closed: Works, said: Contents):
    evil = Note(at=START, machine=PRESS, text='=HYPERLINK("http://evil","x")', who="+1")
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(replace(said, notes=(evil, *said.notes)))))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert [c.value for c in cells if c.data_type == "f"] == []
    assert not any(c.hyperlink for c in cells)
    rows = list(book["Losses"].iter_rows(values_only=True))
    assert rows[0][:3] == ("loss", "time (min)", "share")
    assert {r[0]: r[1] for r in rows[1:]} == {
        "productive": 306.75,
        "breakdown": 38,
        "speed": 27,
        "idle": 25,
        "setup": 22,
        "defects": 14.25,
        "minor stops": 7,
    }
    (machine,) = list(book["Machines"].iter_rows(min_row=2, values_only=True))
    assert (machine[0], machine[1]) == (PRESS, pytest.approx(306.75 / 440))
    assert book["Notes"]["C2"].value == '=HYPERLINK("http://evil","x")'
    assert len(book["Summary"]._images) == len(said.pictures)


def test_a_pdf_is_laid_out_with_its_figures_in_it(said: Contents):
    pytest.importorskip("weasyprint", reason="the extra pdf is not installed")
    data = by_weasyprint(to_html(said))
    assert data.startswith(b"%PDF-")
    inside = b"\n".join(_streams(data))
    assert re.search(rb"/Count [23]\b", inside), "two or three pages"
    assert len(re.findall(rb"/MediaBox ?\[ ?0 0 595", inside)) in (2, 3), "of A4"


def _streams(data: bytes) -> Iterator[bytes]:
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
        with suppress(zlib.error):
            yield zlib.decompress(found[1])


def test_a_browser_prints_it_where_there_is_no_other_way(said: Contents):
    from andon.surfaces.report.pdf import _browser, by_browser

    if _browser() is None:
        pytest.skip("no Chromium, Chrome or Edge here")
    assert by_browser(to_html(said)).startswith(b"%PDF-")


def test_what_cannot_be_made_is_refused_in_words(closed: Works):
    with pytest.raises(BadQuestion, match="There is no format 'doc'"):
        report(closed.folder, "line-1", **EARLY, form="doc")
    with pytest.raises(UnknownName, match="There is no language 'fr'"):
        report(closed.folder, "line-1", **EARLY, language="fr")
    with pytest.raises(UnknownName, match="line-9"):
        report(closed.folder, "line-9", **EARLY)
    with pytest.raises(NoData, match="had no shift in this time"):
        report(closed.folder, "line-1", since="2020-01-01", until="2020-01-02")


def test_without_shifts_there_is_no_report(tmp_path: Path):
    (tmp_path / "plant.toml").write_text('[plant]\nname = "w"\nzone = "UTC"\n[[machine]]\npath = "line-1/press-3"\n')
    with pytest.raises(NoCalendar):
        report(tmp_path, last="yesterday")


def test_a_report_is_a_file_with_a_name_that_tells_it(closed: Works):
    made = report(closed.folder, "line-1", **EARLY, form="html")
    assert (made.name, made.media) == ("shift-line-1-2024-03-04-early.html", "text/html; charset=utf-8")
    assert reports(closed.folder)["made"] == []
    assert drawn(contents(closed.folder, PRESS, **EARLY), "xlsx")[:2] == b"PK"


def test_time_that_nobody_knows_is_told(works: Works):
    works.say("state", [(0, "run"), (240, "run")])
    works.change(("[machine.signals.state]", '[machine.signals.state]\nholds = "10 min"'))
    works.say("state", [(24 * 60, "run")])
    works.close()
    found = contents(works.folder, "line-1", **EARLY)
    assert found.whole.coverage is not None
    assert found.whole.coverage < 0.1
    assert any("nobody knows what happened" in s for s in sentences(found))


REPORT = '\n[[report]]\nname = "r"\n'


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ('at = "line-2"', "there is no machine, line or area 'line-2'"),
        ('mail = "ofice"', "there is no [[notify]] 'ofice'. Did you mean 'office'?"),
        ('mail = "hook"', "tells by webhook, and a report goes by email"),
        ('to = ["a@b"]', "`to` needs `mail`"),
        ('every = "month"', "'month' is not among its values"),
        ('formats = ["doc"]', "'doc' is not among its values"),
        ("formats = []", "report 1 > formats"),
    ],
)
def test_every_mistake_in_a_report_is_named(tmp_path: Path, keys: str, text: str):
    notify = '[[notify]]\nname = "office"\nby = "email"\nserver = "m"\nsender = "a"\nto = ["b"]\npriorities = []\n'
    notify += '[[notify]]\nname = "hook"\nby = "webhook"\nurl = "http://x"\n'
    (tmp_path / "plant.toml").write_text(PLANT + notify + REPORT + keys + "\n")
    (wrong,) = [m for m in check(tmp_path) if not m.warning]
    assert text in wrong.text
    assert wrong.line >= len((PLANT + notify).splitlines()) + 1


def test_a_report_on_paper_is_what_is_written(tmp_path: Path):
    (tmp_path / "plant.toml").write_text(PLANT + REPORT + 'at = "line-1"\nevery = "week"\nformats = ["pdf"]\n')
    (found,) = read_plant(tmp_path).reports
    assert (found.name, found.at, found.every, found.formats, found.language) == ("r", "line-1", "week", ("pdf",), "en")
    judge = pytest.importorskip("jsonschema").Draft202012Validator(schema())
    assert judge.is_valid({"plant": {"name": "w", "zone": "UTC"}, "report": [{"name": "r", "every": "day"}]})
    assert not judge.is_valid({"plant": {"name": "w", "zone": "UTC"}, "report": [{"name": "r", "evry": "day"}]})


def test_reports_without_shifts_are_a_mistake(tmp_path: Path):
    (tmp_path / "plant.toml").write_text(f'[plant]\nname = "w"\nzone = "UTC"\n{REPORT}')
    (wrong,) = [m for m in check(tmp_path) if not m.warning]
    assert "it is about closed shifts, and the plant has none" in wrong.text


def test_everything_that_a_report_says_has_its_chinese():
    own = files("andon.surfaces.report")
    said = set(re.findall(r'say\("([^"]+)"', own.joinpath("report.html").read_text("utf-8")))
    said |= {*TITLES.values(), *BEFORE.values(), *DAYS}
    for source in (*own.iterdir(), *files("andon.app.reporting").iterdir()):
        if source.name.endswith(".py"):
            tree = ast.parse(source.read_text("utf-8"))
            said |= {t for call in ast.walk(tree) if isinstance(call, ast.Call) for t in _said(call)}
    assert [t for t in sorted(said) if say(t, "zh") == t and re.search("[a-z]{3}", t)] == []


def _said(call: ast.Call) -> Iterator[str]:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    place = {"say": 0, "sheet": 0, "_table": 1, "bars": 0, "pareto": 0, "timeline": 0, "waterfall": 0}.get(name)
    if place is not None and len(call.args) > place and isinstance(text := call.args[place], ast.Constant):
        yield str(text.value)
