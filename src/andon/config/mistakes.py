"""Mistakes in plant.toml: what was found, what was expected, and the line where it stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from .kinds import nearest
from .places import Place, line_of
from .written import PlantFile


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong, or (`warning`) that makes questions unanswerable."""

    file: str
    line: int
    text: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'warning: ' if self.warning else ''}{self.text}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake before its line is known: the place in the read value, and the text."""

    place: Place
    text: str
    warning: bool = False


EXPECTED = {
    "string": "a text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list in [ ]",
    "dict": "a table",
    "model": "a table",
    "tuple": "a list in [ ]",
    "date": "a date",
}
"""What pydantic's `..._type` errors wanted, in words."""


def mistakes(findings: Iterable[Finding], file: str, lines: Mapping[Place, int]) -> list[Mistake]:
    """The findings with their lines, in order of lines."""
    placed = {Mistake(file, line_of(lines, f.place), f.text, f.warning) for f in findings}
    return sorted(placed, key=lambda m: (m.line, m.warning, m.text))


def of_form(wrong: ValidationError) -> list[Finding]:
    """What pydantic found, in our words."""
    return [Finding(e["loc"], _in_words(e)) for e in wrong.errors(include_url=False)]


def _in_words(error: ErrorDetails) -> str:
    place = tuple(p for p in error["loc"] if p != "[key]")
    key, kind = str(place[-1]), error["type"]
    if kind == "missing":
        return f"The key '{key}' is missing{_around(place[:-1])}: {_meaning(place)}"
    if kind == "extra_forbidden":
        return f"There is no key '{key}'{_around(place[:-1])}. {nearest(key, _keys(_model(place[:-1])))}"
    if kind == "value_error":
        return f"{_label(place)}: {error['ctx']['error']}"
    if kind == "literal_error":
        allowed = error["ctx"]["expected"].replace("'", "").split(" or ")
        return f"{_label(place)}: {error['input']!r} is not among its values. {nearest(str(error['input']), allowed)}"
    wanted = EXPECTED.get(kind.removesuffix("_type").removesuffix("_parsing"))
    if wanted:
        return f"{_label(place)}: {_shown(error['input'])} was found where {wanted} belongs."
    return f"{_label(place)}: {_shown(error['input'])} will not do: {error['msg'].lower()}."


def _label(place: Place) -> str:
    """`shift 2 > breaks 1 > start`, counted from one."""
    words: list[str] = []
    for part in place:
        if isinstance(part, int) and words:
            words[-1] += f" {part + 1}"
        else:
            words.append(str(part))
    return " > ".join(words)


def _around(place: Place) -> str:
    return f" in {_label(place)}" if place else " at the top"


def _shown(found: object) -> str:
    if isinstance(found, str):
        return f"the text {found!r}"
    if isinstance(found, date | time):
        return found.isoformat()
    return "a table" if isinstance(found, dict) else "a list" if isinstance(found, list) else repr(found).lower()


def _model(place: Place) -> type[BaseModel] | None:
    """The model of the table at a place."""
    model: type[BaseModel] | None = PlantFile
    for part in place:
        if isinstance(part, int) or model is None:
            continue
        field = next((f for n, f in model.model_fields.items() if (f.alias or n) == part), None)
        # A key that is no field is the name of an entry (`signals.state`): its model was found one step before.
        model = _inner(field.annotation) if field else model
    return model


def _inner(annotation: object) -> type[BaseModel] | None:
    """The model inside `list[Model]`, `dict[str, Model]` or `Model | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for a in get_args(annotation) if (m := _inner(a))), None)


def _keys(model: type[BaseModel] | None) -> list[str]:
    return [f.alias or n for n, f in model.model_fields.items()] if model else []


def _meaning(place: Place) -> str:
    model = _model(place[:-1])
    found = next((f for n, f in model.model_fields.items() if (f.alias or n) == place[-1]), None) if model else None
    return (found.description or "") if found else ""
