"""The register of tools: each is a typed function whose docstring is what a model reads of it."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from ... import words
from ...catalog import described, summary
from ...errors import BadQuestion, UnknownName
from .desk import Desk
from .reply import Reply

F = TypeVar("F", bound=Callable[..., Reply])
JSON_TYPES: Mapping[Any, Mapping[str, object]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    list[str]: {"type": "array", "items": {"type": "string"}},
    dict[str, object]: {"type": "object"},
}
PAGING = {"after": "Rows of the table to skip.", "tokens": "Most tokens of the answer."}
"""Arguments of every tool that answers with a table; the server itself sees to them."""


@dataclass(frozen=True)
class Tool:
    """One thing a model can call."""

    name: str
    function: Callable[..., Reply]
    right: str
    writes: bool
    says: Mapping[str, str]

    def description(self, language: str) -> str:
        """What it answers: the docstring up to its parameters, a sentence a line."""
        text = (inspect.getdoc(self.function) or "").partition("\nParameters\n")[0]
        return " ".join(words.say(line.strip(), language) for line in text.splitlines() if line.strip())

    def schema(self, language: str) -> dict[str, object]:
        """The JSON Schema of its arguments, as short as it can be."""
        properties = {
            p.name: {**_json_type(self._hints[p.name]), "description": words.say(self.says[p.name], language)}
            for p in self._given
        }
        required = [p.name for p in self._given if p.default is p.empty]
        if not self.writes:
            properties |= {
                name: {"type": "integer", "description": words.say(said, language)} for name, said in PAGING.items()
            }
        found: dict[str, object] = {"type": "object", "properties": properties, "additionalProperties": False}
        return {**found, "required": required} if required else found

    def parsed(self, given: Mapping[str, object]) -> dict[str, object]:
        """The arguments, checked; what models often write a little differently is understood.

        Raises
        ------
        UnknownName
            There is no such argument.
        BadQuestion
            An argument is missing or does not fit.
        """
        known = [*self.says, *(() if self.writes else PAGING)]
        for name in given:
            if name not in known:
                raise UnknownName(f"argument of {self.name}", name, known)
        eased = {k: self._eased(k, v) for k, v in given.items() if v is not None}
        try:
            return {k: v for k, v in self._model.model_validate(eased) if k in self._model.model_fields}
        except ValidationError as error:
            wrong = error.errors()[0]
            name = str(wrong["loc"][0])
            if wrong["type"] == "missing":
                raise BadQuestion(f"{self.name} needs '{name}': {self.says[name]}") from None
            value, help = given.get(name), {**self.says, **PAGING}[name]
            raise BadQuestion(f"{self.name}: {name} = {value!r} does not fit: {wrong['msg'].lower()}. {help}") from None

    def _eased(self, name: str, value: object) -> object:
        """A list that was written as one text, an object that was written as JSON."""
        kind = self._hints.get(name, int)
        if kind == list[str] and isinstance(value, str):
            return _unpacked(value, list) or [part.strip() for part in value.split(",") if part.strip()]
        if kind == dict[str, object] and isinstance(value, str):
            return _unpacked(value, dict) or ({} if not value.strip() else value)
        return value

    @cached_property
    def _given(self) -> list[inspect.Parameter]:
        return list(inspect.signature(self.function).parameters.values())[1:]

    @cached_property
    def _hints(self) -> dict[str, Any]:
        return get_type_hints(self.function)

    @cached_property
    def _model(self) -> type[BaseModel]:
        fields: dict[str, Any] = {
            p.name: (self._hints[p.name], ... if p.default is p.empty else p.default) for p in self._given
        }
        if not self.writes:
            fields |= {"after": (int, Field(0, ge=0)), "tokens": (int, Field(0, ge=0))}
        return create_model(self.name, __config__=ConfigDict(extra="forbid", coerce_numbers_to_str=True), **fields)


TOOLS: dict[str, Tool] = {}


def tool(right: str = "viewer", *, writes: bool = False) -> Callable[[F], F]:
    """Register a function as a tool, under its own name, and return it unchanged.

    Its first parameter is the `Desk`; every other has a type and a line under *Parameters*.
    """

    def register(function: F) -> F:
        name = function.__name__
        says = described(function)
        missing = [p for p in list(inspect.signature(function).parameters)[1:] if p not in says]
        if missing or not summary(function):
            raise TypeError(f"The tool {name!r} says nothing of {missing or 'itself'}.")
        TOOLS[name] = Tool(name, function, right, writes, says)
        return function

    return register


def find(name: str, right: Callable[[str], bool]) -> Tool:
    """The tool of that name, among those that the right suffices for."""
    shown = {n: t for n, t in TOOLS.items() if right(t.right)}
    if name not in shown:
        raise UnknownName("tool", name, shown)
    return shown[name]


def called(tool: Tool, desk: Desk, given: Mapping[str, object]) -> tuple[Reply, int, int]:
    """What a tool says, rows to skip, and tokens (0: as many as usual)."""
    values = tool.parsed(given)
    after, tokens = values.pop("after", 0), values.pop("tokens", 0)
    assert isinstance(after, int)
    assert isinstance(tokens, int)
    return tool.function(desk, **values), after, tokens


def _json_type(hint: Any) -> Mapping[str, object]:
    if get_origin(hint) is Literal:
        return {"type": "string", "enum": list(get_args(hint))}
    if get_origin(hint) is list and get_origin(get_args(hint)[0]) is Literal:
        return {"type": "array", "items": {"enum": list(get_args(get_args(hint)[0]))}}
    return JSON_TYPES[hint]


def _unpacked(text: str, kind: type) -> object:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, kind) else None
