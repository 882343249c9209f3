"""The examples of CONTRIBUTING.md are what they claim to be: a sound study and a connector, ready to use."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from andon import catalog
from andon.checks import check_study

PAGE = Path(__file__).resolve().parent.parent / "CONTRIBUTING.md"


@pytest.fixture
def example(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """One code block of the page as a module; the registers are as before afterwards."""
    monkeypatch.setattr(catalog, "STUDIES", dict(catalog.STUDIES))
    monkeypatch.setattr(catalog, "CONNECTORS", dict(catalog.CONNECTORS))
    text = PAGE.read_text(encoding="utf-8").partition(f"<!-- {request.param} -->\n```python\n")[2].partition("```")[0]
    module = ModuleType(f"contributed.{request.param}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(text, str(PAGE), "exec"), vars(module))
    return module


@pytest.mark.parametrize("example", ["study"], indirect=True)
def test_the_example_study_keeps_every_rule(example: ModuleType) -> None:
    assert check_study(catalog.find("longest-run")) == []


@pytest.mark.parametrize("example", ["connector"], indirect=True)
def test_the_example_connector_yields_numbered_batches(example: ModuleType, tmp_path: Path) -> None:
    log = tmp_path / "press.log"
    log.write_text("".join(f"2026-10-01T06:00:{i:02d}Z press-1/state {i % 3}\n" for i in range(25)), encoding="utf-8")
    batches = list(example.plain_log("log", log, rows=10))
    assert [(b.number, b.samples.num_rows) for b in batches] == [(1, 10), (2, 10), (3, 5)]
    assert {b.source for b in batches} == {"log"}
    assert "plain_log" in catalog.CONNECTORS
