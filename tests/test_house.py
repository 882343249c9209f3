"""The rules of the house that no linter knows: openings, sizes, and what must never be in a tracked file."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
if not (ROOT / ".git").exists():
    pytest.skip("these rules are about a checkout", allow_module_level=True)
TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\n")
FILES = [ROOT / name for name in TRACKED if name and (ROOT / name).is_file()]
CODE = [f for f in FILES if f.suffix == ".py"]
LONGEST_FILE, LONGEST_FUNCTION = 400, 50
FORBIDDEN = {
    "a registry's address": r"pypi\.or" + r"g|pythonhos" + r"ted|registry\.npmj" + r"s|index-ur" + r"l\s*=",
    "a path of somebody's machine": r"(?<![\w.$}~*-])/(work|root|home|tm" + r"p|Users)/\w",
    "a note to do something later": r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b",
}


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function, without its docstring."""
    body = function.body
    doc = body[0] if ast.get_docstring(function, clean=False) is not None else None
    spoken = (doc.end_lineno or 0) - doc.lineno + 1 if doc else 0
    return (function.end_lineno or 0) - function.lineno + 1 - spoken


@pytest.mark.parametrize("file", CODE, ids=name_of)
def test_every_module_opens_with_one_line_that_says_what_lives_there(file: Path) -> None:
    doc = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    first, _, rest = doc.partition("\n")
    assert first.strip(), "it has no docstring"
    assert not rest or rest.startswith("\n"), "its first line goes on in the second"


@pytest.mark.parametrize("file", CODE, ids=name_of)
def test_no_file_is_longer_than_a_person_reads(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("file", CODE, ids=name_of)
def test_every_function_fits_in_the_eye(file: Path) -> None:
    assert {f.name: n for f in functions(file) if (n := lines_of(f)) > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_holds(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    rows = (
        (f, i, row) for f in FILES for i, row in enumerate(f.read_bytes().decode("utf-8", "replace").splitlines(), 1)
    )
    assert [f"{name_of(f)}:{i}: {row.strip()[:80]}" for f, i, row in rows if pattern.search(row)] == []
