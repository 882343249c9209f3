"""What the house says to people, found in its source: texts with holes, and with what a hole may be filled."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path

import andon
from andon import errors
from andon.words import say, told

SOURCE = Path(andon.__file__).parent
TABLES = [tomllib.loads(f.read_text("utf-8")) for f in (SOURCE / "words" / "zh").iterdir()]
CHINESE = {text for table in TABLES for text in table.get("texts", {})}
AT = {"say": (0,), "told": (0,), "Trial": (0, 2), "Finding": (1,), "Mistake": (2,), "UnknownName": (0,)}
"""Calls that take what is said, and at which of their arguments."""
TELLING = ("unreachable", "explained", "complaint", "flags", "remarks", "_taken", "_advised", "_meant")
"""Functions that answer a text which somebody else says."""
URGENCY = ("critical", "high", "medium", "low")
FILLED = {
    ("alarms", "kind.replace('_', ' ')"): ("shelved", "out of service"),
    ("kinds", "what"): ("IANA time zone", "state", "ISO 22400 element", "loss of a stop", "role", "weekday"),
    ("kinds", "called"): ("name", "path", "currency"),
    ("meaning", "key"): ("cycles", "values"),
    ("meaning", "'; '.join(lacks)"): (
        "no ideal cycle time: no effectiveness",
        "no 'state' signal: no availability, no losses",
    ),
    ("opening", "what"): ("The audit log", "The proof of the books", "SQL", "Sealing", "A backup", "Verification"),
    ("trial", "what"): ("is anything sent there, and are the topics spelled as the sender spells them?",),
    ("alarms", "r['priority']"): URGENCY,
    ("glance", "a['priority']"): URGENCY,
    ("message", "o.priority"): URGENCY,
    ("writing", "name"): URGENCY,
}
"""What stands in a hole of a file where any text would not do."""
LIKELY = {"'": ("'abc'",), "7": ("7", "12 %", "06:00"), "": ("abc", "7", "'abc'", "abc/def", "https://abc/d", "有")}
"""What a hole is filled with: one in quotes, one with a format, any other."""
LEFT = re.compile(r"[A-Za-z]{2,},? [a-z]{2,}|的[a-z]+")
"""Two English words behind each other, or one that a Chinese sentence ends in."""
NAMES = re.compile(
    r"`[^`]*`|'[^']*'|\"[^\"]*\"|\[\[?\w+\]\]?|https?:\S*|pip install \S+|andon \w+|abc|bool, char\b|mm/s|\d+=\w+"
)


@dataclass(frozen=True)
class Hole:
    kind: str


Text = tuple["str | Hole", ...]


def spoken(file: Path) -> Iterator[tuple[int, Text]]:
    """Every text that a file says, with its line."""
    tree, filled = ast.parse(file.read_text("utf-8")), {e: v for (stem, e), v in FILLED.items() if stem == file.stem}
    for scope in (tree, *(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))):
        known = _filled(filled) | _assigned(tree) | _assigned(scope)
        for node in _own(scope):
            for said in _said(node, getattr(scope, "name", "")):
                for text in _texts(said, known):
                    if any(isinstance(part, str) and re.search("[A-Za-z]{3}", part) for part in text):
                        yield node.lineno, _whole(node, text)


def english(text: Text) -> str:
    """What a Chinese reader gets of a text, if some English is left in it however its holes are filled; else ""."""
    left = ""
    if all(isinstance(part, str) for part in text) and "".join(map(str, text)) in CHINESE:
        return ""
    holes = [LIKELY[part.kind] for part in text if isinstance(part, Hole)]
    for values in islice(product(*holes), 400):
        rest = iter(values)
        given = "".join(part if isinstance(part, str) else next(rest) for part in text)
        left = told(say(given, "zh"), "zh")
        if left != given and not LEFT.search(NAMES.sub("", left)):
            return ""
    return left


def _own(scope: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    """What stands in a function itself, and not in one inside it."""
    for child in ast.iter_child_nodes(scope):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            if isinstance(child, ast.expr | ast.stmt):
                yield child
            yield from _own(child)


def _assigned(scope: ast.AST) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    for node in _own(scope):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    return found


def _filled(values: Mapping[str, Sequence[str]]) -> dict[str, list[ast.expr]]:
    return {hole: [ast.Constant(value) for value in said] for hole, said in values.items()}


def _said(node: ast.AST, function: str) -> list[ast.expr]:
    """The expressions of a node that are said to somebody."""
    if isinstance(node, ast.Call):
        name = _name(node.func)
        places = AT.get(name, (0,) if _is_error(name) else ())
        return [node.args[n] for n in places if n < len(node.args)]
    if isinstance(node, ast.Return) and node.value is not None and function in TELLING:
        return [node.value]
    if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2:
        return [node.value.elts[1]]
    return []


def _is_error(name: str) -> bool:
    kind = vars(errors).get(name)
    return name == "ValueError" or (isinstance(kind, type) and issubclass(kind, errors.AndonError))


def _name(node: ast.expr) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


def _whole(node: ast.AST, text: Text) -> Text:
    """An unknown name becomes its sentence."""
    if isinstance(node, ast.Call) and _name(node.func) == "UnknownName":
        return ("There is no ", *text, " 'abc'. Did you mean 'abd'?")
    return text


def _texts(node: ast.expr, known: dict[str, list[ast.expr]]) -> list[Text]:
    """What an expression may say: each way of it, with holes where that is known only at work."""
    if isinstance(node, ast.Constant):
        return [(node.value,)] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return _texts(node.body, known) + _texts(node.orelse, known)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined([_texts(node.left, known) or [(Hole(""),)], _texts(node.right, known) or [(Hole(""),)]])
    if isinstance(node, ast.JoinedStr):
        return _joined([_part(v, known) for v in node.values])
    if (name := ast.unparse(node)) in known:
        inner = {k: v for k, v in known.items() if k != name}
        return [t for value in known[name] for t in _texts(value, inner)]
    return []


def _part(node: ast.expr, known: dict[str, list[ast.expr]]) -> list[Text]:
    if not isinstance(node, ast.FormattedValue):
        return _texts(node, known)
    kind = "'" if node.conversion == ord("r") else "7" if node.format_spec else ""
    if kind:
        return [(Hole(kind),)]
    return _texts(node.value, known) or [(Hole(""),)]


def _joined(parts: Sequence[list[Text]]) -> list[Text]:
    return [tuple(piece for part in way for piece in part) for way in islice(product(*parts), 64)]
