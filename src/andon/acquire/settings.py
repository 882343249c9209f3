"""The settings of a source, as plant.toml writes them, brought into the types of its connector's parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import BeforeValidator, TypeAdapter, ValidationError

from ..catalog import Connector
from ..errors import AndonError, UnknownName
from ..units import Unit, duration

Complaint = tuple[tuple[str | int, ...], str]
"""Where in the table, and what is wrong there."""


def read_settings(connector: Connector, given: Mapping[str, object]) -> tuple[dict[str, object], list[Complaint]]:
    """The settings in their types, and what is wrong with them.

    A length of time is written with its unit ("500 ms"); a key that the connector does not have is a mistake.
    """
    hints = get_type_hints(connector.function, include_extras=True)
    known = {p.name: p for p in connector.settings}
    read: dict[str, object] = {}
    wrong: list[Complaint] = []
    for name, value in given.items():
        if name not in known:
            wrong.append(((name,), str(UnknownName(f"setting of {connector.name}", name, known))))
            continue
        try:
            read[name] = _adapter(hints[name]).validate_python(value)
        except ValidationError as error:
            wrong += [((name, *e["loc"]), _said(e["msg"], e["input"])) for e in error.errors(include_url=False)]
    missing = [p.name for p in connector.settings if p.required and p.name not in given]
    wrong += [((), f"The connector {connector.name!r} needs {n!r}: {known[n].help}") for n in missing]
    return read, wrong


def fitting(function: Callable[..., object], settings: Mapping[str, object]) -> dict[str, object]:
    """Those of a connector's settings that a function of its (browse, trial) takes."""
    taken = inspect.signature(function).parameters
    return {name: value for name, value in settings.items() if name in taken}


def _adapter(hint: Any) -> TypeAdapter[Any]:
    return TypeAdapter(_timed(hint))


def _timed(hint: Any) -> Any:
    """A type whose microseconds may be written as a length of time."""
    if get_origin(hint) is Annotated and any(isinstance(a, Unit) and a.code == "us" for a in get_args(hint)[1:]):
        return Annotated[get_args(hint)[0], BeforeValidator(_length)]
    return hint


def _length(said: object) -> object:
    if not isinstance(said, str):
        raise ValueError(f"{said!r} has no unit. Write a length of time such as '500 ms', in quotes.")
    try:
        return duration(said)
    except AndonError as error:
        raise ValueError(str(error)) from None


def _said(text: str, found: object) -> str:
    plain = text.removeprefix("Value error, ")
    return plain if repr(found)[:40] in plain else f"{plain}, not {found!r:.80}."
