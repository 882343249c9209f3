"""/docs: the API for people to read, without a script and without a request to anybody else."""

from __future__ import annotations

from html import escape
from pathlib import Path
from types import ModuleType
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

METHODS = ("get", "post", "put", "patch", "delete")


def routes(found: APIRouter, house: ModuleType, folder: Path) -> None:
    @found.get("/docs", include_in_schema=False)
    def docs(request: Request) -> HTMLResponse:
        said = request.app.openapi()
        return HTMLResponse(_page(said))


def _page(said: dict[str, Any]) -> str:
    """Every operation with its parameters, by tag."""
    tags = {t["name"]: t["description"] for t in said.get("tags", [])}
    operations = [(m, p, o) for p, ms in said["paths"].items() for m, o in ms.items() if m in METHODS]
    names = dict.fromkeys([*tags, *(o.get("tags", ["other"])[0] for _, _, o in operations)])
    parts = ["<!doctype html><html lang=en><meta charset=utf-8><title>Andon: the API</title><h1>The API of Andon</h1>"]
    parts.append("<p>As OpenAPI 3.1: <a href=/api/openapi.json>/api/openapi.json</a>.")
    for name in names:
        own = [(m, p, o) for m, p, o in operations if o.get("tags", ["other"])[0] == name]
        parts.append(f"<h2>{escape(name)}</h2><p>{escape(tags.get(name, ''))}")
        parts += [_operation(m, p, o) for m, p, o in own]
    return "".join(parts)


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    right = operation.get("x-right", "")
    lines = [f"<h3><code>{method.upper()} {escape(path)}</code></h3><p>{escape(operation.get('summary', ''))}"]
    if description := operation.get("description"):
        lines.append(f"<p>{escape(description)}")
    lines.append(f"<p>Needs the right: {escape(right or 'none')}.")
    rows = [
        f"<dt><code>{escape(p['name'])}</code> ({escape(p['in'])}{', required' if p.get('required') else ''})"
        f"<dd>{escape(p.get('description', ''))}"
        for p in operation.get("parameters", [])
    ]
    return "".join([*lines, f"<dl>{''.join(rows)}</dl>" if rows else ""])
