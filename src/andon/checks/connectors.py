"""What every connector must keep to: documented settings, a browse and a trial that fit, an example that is right."""

from __future__ import annotations

import inspect
import re
import textwrap
import tomllib
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Literal, get_args, get_origin, get_type_hints

from ..acquire import find_connector
from ..acquire.settings import read_settings
from ..catalog import Connector

LONGEST = 80
"""The first line is the heading of its page and its line in lists."""
SECRET = re.compile(r"(?i)(^|_)(pass(word|wd|phrase)?|pwd|tokens?|secret|api_?key|credentials?)$")
SCHEME = re.compile(r"[a-z][a-z0-9]*([.+-][a-z0-9]+)*")


def check_connector(name: str) -> list[str]:
    """Whatever is wrong with a connector, a sentence each; an empty list when it keeps the house's rules.

    Parameters
    ----------
    name
        As in plant.toml: `opcua`.

    Returns
    -------
    list of str
        What is wrong and what to do about it.

    Examples
    --------
    >>> check_connector("mqtt")
    []
    """
    found = find_connector(name)
    return [f"{name}: {wrong}" for check in CONNECTOR_CHECKS for wrong in check(found)]


def example_of(connector: Connector) -> str:
    """The TOML under *Examples* in a connector's docstring, "" where it has none."""
    doc = inspect.getdoc(connector.function) or ""
    part = re.search(r"\nExamples\n-+\n(.*?)(?=\n\n[A-Z]\w+\n-+\n|\Z)", doc, re.DOTALL)
    block = re.search(r"::\n\n((?: {4}.*\n?|\n)+)", part[1] + "\n") if part else None
    return textwrap.dedent(block[1]).strip() + "\n" if block else ""


def documented(connector: Connector) -> Iterator[str]:
    """Its first line says what it connects to; every setting has its help."""
    if not connector.summary.endswith(".") or len(connector.summary) > LONGEST:
        yield f"its first line must end with a full stop and have at most {LONGEST} characters: {connector.summary!r}."
    for setting in connector.settings:
        if not setting.help:
            yield f"setting {setting.name!r} has no line under 'Parameters'."
        if SECRET.search(setting.name):
            yield f"setting {setting.name!r} is a secret: take it from link.secret, never from plant.toml."


def streams(connector: Connector) -> Iterator[str]:
    """It is an async generator whose first parameter is the link."""
    if not inspect.isasyncgenfunction(connector.function):
        yield "it must be an async generator: `async def` with `yield`."
    first = next(iter(inspect.signature(connector.function).parameters), "")
    if first != "link":
        yield f"its first parameter must be the link, not {first!r}."


def is_found(connector: Connector) -> Iterator[str]:
    """Its schemes are ones, and what has schemes has a `url`."""
    for scheme in connector.schemes:
        if not SCHEME.fullmatch(scheme):
            yield f"{scheme!r} is no scheme of a URL: write it without '://', such as 'opc.tcp'."
    if connector.schemes and "url" not in {s.name for s in connector.settings}:
        yield "it has schemes and no setting `url`, so `andon connect` cannot give it one."


def can_be_looked_at(connector: Connector) -> Iterator[str]:
    """It has a browse and a trial, whose parameters are settings of its own, of the same types."""
    hints = get_type_hints(connector.function, include_extras=True)
    for called, function in (("browse", connector.browse), ("trial", connector.trial)):
        if function is None:
            yield f"it has no {called}: `andon {'browse' if called == 'browse' else 'test-source'}` needs it."
            continue
        if not inspect.iscoroutinefunction(function):
            yield f"its {called} must be `async def`."
        own = get_type_hints(function, include_extras=True)
        for name in list(inspect.signature(function).parameters)[1:]:
            if name not in {s.name for s in connector.settings}:
                yield f"{called} takes {name!r}, which is no setting of it."
            elif _plain(own.get(name)) != _plain(hints.get(name)):
                yield f"{called} takes {name!r} as {own.get(name)}, the connector as {hints.get(name)}."


def _plain(hint: object) -> object:
    """A type without its unit, that of its values where it lists them."""
    hint = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    return type(get_args(hint)[0]) if get_origin(hint) is Literal else hint


def shows_how(connector: Connector) -> Iterator[str]:
    """Its docstring has an example for plant.toml: a source with right settings, and signals with addresses."""
    text = example_of(connector)
    if not text:
        yield "its docstring has no 'Examples' with `::` and an indented [[source]] table with signals."
        return
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        yield f"its example is no TOML: {wrong}."
        return
    sources = [s for s in told.get("source", []) if s.get("connector") == connector.name]
    if not sources:
        yield f"its example has no [[source]] with connector = {connector.name!r}."
    for source in sources:
        given = {k: v for k, v in source.items() if k not in ("name", "connector")}
        yield from (f"its example is wrong: {said}" for _, said in read_settings(connector, given)[1])
    signals = [s for m in told.get("machine", []) for s in m.get("signals", {}).values()]
    if not signals or not all(s.get("address") for s in signals):
        yield "its example has no [machine.signals] with an address."


CONNECTOR_CHECKS: tuple[Callable[[Connector], Iterable[str]], ...] = (
    documented,
    streams,
    is_found,
    can_be_looked_at,
    shows_how,
)
