"""The settings of a study, parsed from what somebody gave: a form, a command, a link, a standing question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_origin

from pydantic import TypeAdapter, ValidationError

from .catalog import Parameter, Study
from .errors import BadQuestion, UnknownName


def checked(study: Study, given: Mapping[str, object]) -> dict[str, object]:
    """The study's settings, parsed from what a user gave; unknown ones are refused with the nearest name.

    Raises
    ------
    UnknownName
        The study has no such setting.
    BadQuestion
        A value does not fit, or one that is needed is missing.
    """
    known = {p.name: p for p in study.settings}
    for name in given:
        if name not in known:
            raise UnknownName(f"setting of {study.name}", name, known)
    found: dict[str, object] = {}
    for name, p in known.items():
        if name not in given:
            if p.required:
                raise BadQuestion(f"{study.name} needs the setting '{name}': {p.help}")
            continue
        found[name] = _parsed(study, p, given[name])
    return found


def _parsed(study: Study, p: Parameter, value: object) -> object:
    if isinstance(value, str) and get_origin(p.kind) is tuple:
        value = [part.strip() for part in value.split(",") if part.strip()]
    try:
        return TypeAdapter[object](p.annotation).validate_python(value)  # type: ignore[arg-type]  # any annotation
    except ValidationError as error:
        said = "; ".join(e["msg"].lower() for e in error.errors())
        raise BadQuestion(f"{study.name}: {p.name} = {value!r} does not fit: {said}. {p.help}") from None
