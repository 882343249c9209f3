"""The connectors' part of docs/connect.md: each from its own signature and docstring."""

from __future__ import annotations

import inspect
import re
from importlib.util import find_spec
from typing import Literal, get_args, get_origin

from andon.acquire import OURS, connectors, find_connector
from andon.catalog import Connector, Parameter
from andon.checks.connectors import example_of
from andon.units import MINUTE, SECOND


def sections() -> str:
    """A table of the connectors, and the section of each."""
    known = [find_connector(n) for n in connectors() if n in OURS and find_spec(f"andon.acquire.{OURS[n]}")]
    rows = [f"| [{c.name}](#{c.name}) | {c.summary} | {', '.join(f'`{s}://`' for s in c.schemes)} |" for c in known]
    return "\n".join(["| connector | does | addresses |", "|---|---|---|", *rows, "", *map(_one, known)])


def _one(connector: Connector) -> str:
    """The section of one connector."""
    doc = inspect.getdoc(connector.function) or ""
    told = re.split(r"\n\n(?=[A-Z]\w+\n-+\n)", doc)[0].partition("\n")[2].strip()
    parts = [f"### {connector.name}\n", connector.summary, ""]
    parts += [told, ""] if told else []
    if connector.extra:
        parts += [f"Needs `pip install 'andon[{connector.extra}]'`.", ""]
    parts += ["| setting | type | default | meaning |", "|---|---|---|---|", *map(_setting, connector.settings), ""]
    return "\n".join([*parts, "```toml", example_of(connector).rstrip(), "```\n"])


def _setting(p: Parameter) -> str:
    default = "required" if p.required else _default(p)
    return f"| `{p.name}` | {_type(p)} | {default} | {' '.join(p.help.split())} |".replace(" | |", " | |")


def _type(p: Parameter) -> str:
    """A setting's type in words."""
    if p.unit == "us":
        return "length of time"
    if get_origin(p.kind) is Literal:
        return ", ".join(f"`{v}`" for v in get_args(p.kind))
    names = {str: "text", int: "whole number", float: "number", bool: "true or false", tuple: "list", dict: "table"}
    return names.get(get_origin(p.kind) or p.kind, "table" if inspect.isclass(p.kind) else "text or list")


def _default(p: Parameter) -> str:
    """A default as plant.toml would write it; a length of time with its unit."""
    value = p.default
    if value is None or value in ("", ()):
        return ""
    if p.unit == "us" and isinstance(value, int):
        return f"`{_length(value)}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _length(micros: int) -> str:
    if micros == 0:
        return "0 s"
    for size, unit in ((24 * 60 * MINUTE, "d"), (60 * MINUTE, "h"), (MINUTE, "min"), (SECOND, "s"), (1000, "ms")):
        if micros % size == 0:
            return f"{micros // size} {unit}"
    return f"{micros} us"
