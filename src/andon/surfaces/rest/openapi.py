"""The OpenAPI document: each study with its own typed answer, from the catalog; each problem with its shape."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from typing import Annotated, Any, Protocol, Union, get_args, get_origin, get_type_hints

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from ...catalog import Study, is_answer
from .exports import KINDS
from .shapes import Problem
from .streams import TYPES

Schema = dict[str, Any]
REFERENCE = "#/components/schemas/"
PROBLEM = {"application/problem+json": {"schema": {"$ref": f"{REFERENCE}Problem"}}}
PLAIN: Mapping[object, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": ["number", "null"]},  # what is no number has no JSON
    object: {},
    type(None): {"type": "null"},
}
TAGS = {
    "plant": "What is on paper: machines, signals, reasons, products, shifts, orders.",
    "samples": "What machines said: newest values, raw rows, trends, states, spells, coverage.",
    "studies": "Questions that can be asked of the history, each an operation of its own.",
    "measured": "Units as they were tested, what was measured on them, and maps of wafers.",
    "ledger": "Closed shifts: where the time, the parts and the money went.",
    "alarms": "What stands, and what was.",
    "acts": "What people may change; each act needs a right and is audited.",
    "live": "What is going on, second after second.",
}


class Asked(Protocol):
    """The operations of the studies, which are made when somebody needs them."""

    router: APIRouter

    def all(self) -> list[Study]: ...


def described(app: FastAPI, asked: Asked) -> None:
    """Have an application's document tell the answers of studies and the shape of problems."""

    def document() -> Schema:
        if app.openapi_schema is None:
            known = asked.all()
            routes = [*app.routes, *asked.router.routes]
            said = get_openapi(title=app.title, version=app.version, openapi_version=app.openapi_version, routes=routes)
            schemas = said.setdefault("components", {}).setdefault("schemas", {})
            schemas["Problem"] = TypeAdapter(Problem).json_schema()
            for study in known:
                _typed(said["paths"][f"/api/studies/{study.name}"]["get"], study, schemas)
            for operation in (o for methods in said["paths"].values() for o in methods.values()):
                operation["responses"].pop("422", None)
                operation["responses"]["default"] = {"description": "A problem, in words.", "content": PROBLEM}
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            said["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
            app.openapi_schema = said
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's own way to extend the document


def files(*shapes: str) -> dict[int | str, dict[str, Any]]:
    """What an operation answers beside JSON."""
    kinds: dict[str, Schema] = {({**TYPES, **KINDS})[s].partition(";")[0]: {} for s in shapes}
    return {200: {"content": kinds, "description": "As JSON; or as a file, where one is asked for."}}


def _typed(operation: Schema, study: Study, schemas: Schema) -> None:
    """The answer of one study: what all answers have, with its own type."""
    answer = _reference(study.answer, schemas)
    own = {"type": "object", "properties": {"answer": {"anyOf": [answer, {"type": "null"}]}}}
    content = operation["responses"]["200"]["content"]
    content["application/json"]["schema"] = {"allOf": [{"$ref": f"{REFERENCE}Answered"}, own]}


def _reference(kind: type, schemas: Schema) -> Schema:
    """An answer or a row of one by its name; told in the document once."""
    name = f"{kind.__module__.rpartition('.')[2]}.{kind.__name__}"
    if name not in schemas:
        schemas[name] = {}  # a type may hold itself
        hints = get_type_hints(kind, include_extras=True)
        members: list[tuple[str, object]] = [(f.name, hints[f.name]) for f in fields(kind)]
        for own, member in vars(kind).items():
            if isinstance(member, property) and member.fget:
                members.append((own, get_type_hints(member.fget, include_extras=True).get("return", object)))
        schemas[name] = {
            "type": "object",
            "title": kind.__name__,
            "description": (kind.__doc__ or "").strip().partition("\n")[0],
            "properties": {own: schema(hint, schemas) for own, hint in members},
            "required": [own for own, _ in members],
        }
    return {"$ref": f"{REFERENCE}{name}"}


def schema(hint: Any, schemas: Schema) -> Schema:
    """A type of an answer as `answer.plain` writes it.

    >>> schema(tuple[str, ...], {}), schema(int | None, {})
    ({'type': 'array', 'items': {'type': 'string'}}, {'anyOf': [{'type': 'integer'}, {'type': 'null'}]})
    """
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        unit = next((u.code for u in inner[1:] if getattr(u, "code", "")), "")
        return schema(inner[0], schemas) | ({"x-unit": unit} if unit else {})
    if origin in (Union, types.UnionType):
        return {"anyOf": [schema(i, schemas) for i in inner]}
    if origin in (tuple, list, set, frozenset):
        kinds = [schema(i, schemas) for i in inner if i is not Ellipsis]
        return {"type": "array", "items": kinds[0] if len(kinds) == 1 else {"anyOf": kinds}}
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": schema(inner[1], schemas)}
    if is_answer(hint):
        return _reference(hint, schemas)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"type": "string", "enum": [str(member.value) for member in hint]}
    return dict(PLAIN.get(hint, {}))
