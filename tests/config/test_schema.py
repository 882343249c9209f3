"""The JSON Schema and the docs say what the reader takes."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from andon.config import check, schema, template

ROOT = Path(__file__).parents[2]
EXAMPLE, GUIDE = ROOT / "examples" / "sme" / "plant.toml", ROOT / "docs" / "plant-toml.md"


def as_json(text: str) -> object:
    """What an editor makes of a TOML text: dates and times are texts."""
    return json.loads(json.dumps(tomllib.loads(text), default=lambda x: x.isoformat()))


@pytest.fixture
def valid():
    """Does the schema take a TOML text?"""
    judge = pytest.importorskip("jsonschema").Draft202012Validator
    judge.check_schema(schema())
    return lambda text: judge(schema()).is_valid(as_json(text))


def test_the_schema_is_a_json_schema_and_takes_the_example_and_the_template(valid, works):
    assert valid(EXAMPLE.read_text("utf-8"))
    assert valid(works)
    assert valid(template("works", zone="UTC"))


@pytest.mark.parametrize("new", ['zone = "UTC"\nzoen = 1', "zone = 3", 'zone = "UTC"\nlanguage = "fr"'])
def test_the_schema_refuses_what_the_reader_refuses(written, valid, new, works):
    text = works.replace('zone = "Europe/Rome"', new)
    assert [m for m in check(written(text)) if not m.warning]
    assert not valid(text)


@pytest.mark.parametrize("length", ["45 s", "1.5min", "8 h", "10 y", "45", "4 5 s", "s", "-1 s", "1 fortnight"])
def test_the_schema_takes_the_lengths_that_the_reader_takes(written, valid, length, works):
    text = works.replace('"12 s"', f'"{length}"')
    assert valid(text) is (not check(written(text)))


def test_the_reference_in_the_docs_is_made_from_what_is_read():
    script = ROOT / "docs" / "plant_toml.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("text", re.findall(r"```toml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL))
def test_what_the_docs_show_can_be_read(written, text):
    if "password" in text:
        assert tomllib.loads(text)
        return
    head = "" if "[plant]" in text else '[plant]\nname = "w"\nzone = "Asia/Shanghai"\n'
    assert [m for m in check(written(head + text)) if not m.warning] == []


def test_every_key_says_what_it_means():
    tables = [schema(), *schema()["$defs"].values()]
    properties = [(key, says) for table in tables for key, says in table["properties"].items()]
    silent = [key for key, says in properties if not says.get("description") and "$ref" not in says]
    assert silent == []
