"""Everything that the house says to people has its Chinese."""

import ast
from collections import Counter
from pathlib import Path

import pytest

import andon
import andon.studies
from andon.acquire import connectors, find_connector
from andon.catalog import figures, studies
from andon.config import check_text
from andon.errors import UnknownName
from andon.surfaces.cli.index import PANELS
from andon.surfaces.rest.studies import _method
from andon.words import explained, paragraphs, say, told
from speech import CHINESE, SOURCE, TABLES, english, spoken

STUDIES = studies()
CLI = Path(andon.__file__).parent / "surfaces" / "cli"
UNHEARD = ("app/chaos",)
"""What only those who work on Andon read: the trial by chaos."""
SPEAKING = [f for f in sorted(SOURCE.rglob("*.py")) if not str(f.relative_to(SOURCE)).startswith(UNHEARD)]
SAYING = {"say": 0, "option": 1, "argument": 0, "flag": 0, "_title": 1}


def said_in(file: Path) -> list[str]:
    calls = [n for n in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(n, ast.Call)]
    named = [(c, getattr(c.func, "attr", getattr(c.func, "id", ""))) for c in calls]
    texts = [c.args[SAYING[n]] for c, n in named if n in SAYING and len(c.args) > SAYING[n]]
    return [t.value for t in texts if isinstance(t, ast.Constant) and isinstance(t.value, str)]


@pytest.mark.parametrize("file", sorted(CLI.glob("*.py")), ids=lambda f: f.stem)
def test_every_text_of_the_command_line_has_its_chinese(file):
    assert [t for t in said_in(file) if t not in CHINESE] == []


@pytest.mark.parametrize("file", SPEAKING, ids=lambda f: str(f.relative_to(SOURCE)))
def test_everything_that_is_said_has_its_chinese(file):
    assert {line: left for line, text in spoken(file) if (left := english(text))} == {}


def test_every_text_has_its_chinese_in_one_place():
    said = Counter((kind, text) for table in TABLES for kind in table for text in table[kind])
    assert [text for text, times in said.items() if times > 1] == []


def test_every_command_and_panel_has_its_chinese():
    said = [t for panel, commands in PANELS.items() for t in (panel, *(line for _, line in commands.values()))]
    assert [t for t in said if t not in CHINESE] == []


@pytest.mark.parametrize("study", STUDIES, ids=lambda s: s.name)
def test_every_study_has_its_chinese(study):
    found = figures(study.answer)
    said = [
        study.name.replace("-", " "),
        study.summary,
        *(f.name.replace("_", " ") for f in found),
        *(f.help for f in found if f.help),
    ]
    assert [t for t in said if t not in CHINESE] == []


@pytest.mark.parametrize("study", STUDIES, ids=lambda s: s.name)
def test_every_study_has_its_method_in_chinese(study):
    assert [p for p in paragraphs(_method(study)) if p not in CHINESE] == []


@pytest.mark.parametrize("study", STUDIES, ids=lambda s: s.name)
def test_what_a_study_takes_has_its_chinese(study):
    said = [p.help for p in (*study.settings, *study.series) if p.help]
    assert [t for t in said if t not in CHINESE] == []


@pytest.mark.parametrize("name", connectors())
def test_every_setting_of_a_connector_has_its_chinese(name):
    assert [p.help for p in find_connector(name).settings if p.help not in CHINESE] == []


def test_a_mistake_in_the_plant_is_told_in_chinese_with_what_its_key_means():
    found = check_text('[plant]\nzone = "Mars/Olympus"\n[[shift]]\nname = "A"\nstart = "25:00"\n')
    said = told("\n".join(map(str, found)), "zh").split("\n")
    assert "plant.toml:1: plant 中缺少键 'name'：工厂名称。" in said
    assert "plant.toml:5: shift 1 > start: '25:00' 不是一天中的时刻。请写时和分：'06:00'。" in said


def test_a_text_without_chinese_is_shown_as_it_is():
    assert say("line-1/press-3", "zh") == "line-1/press-3"


def test_an_error_is_explained_in_chinese_with_its_names_kept():
    assert explained(UnknownName("machine", "press3", ["press-3"]), "zh").endswith("您是指 'press-3' 吗？")


@pytest.mark.parametrize("kind", ["machine", "machine or line", "signal", "study", "closed shift", "reason", "source"])
def test_what_is_not_there_is_named_in_chinese(kind):
    said = explained(UnknownName(kind, "press3", ["press-3"]), "zh")
    assert kind not in said
    assert "'press3'" in said


def test_a_column_that_is_not_in_a_file_is_named_in_chinese_with_its_file():
    assert explained(UnknownName("column in parts.csv", "good", ["Good"]), "zh") == (
        "parts.csv 中没有名为 'good' 的列。您是指 'Good' 吗？"
    )
