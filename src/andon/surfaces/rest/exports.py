"""An answer as a file to keep: Parquet, an Excel workbook, or its picture as SVG, PNG or PDF."""

from __future__ import annotations

import io
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from fastapi.responses import Response

from ...answer import Asked, Plain
from ...errors import BadQuestion
from ...model import moment
from ...picture import to_pdf, to_png, to_svg
from ...sheet import Cell, Sheet, workbook
from ...words import say
from . import told

KINDS: Mapping[str, str] = {
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
}
"""What an answer can be saved as, beside JSON, CSV and Arrow."""
WIDTH = 900
"""Of a picture's plot, in pixels."""


def saved(
    asked: Asked, kind: str, *, table: str = "", language: str = "en", theme: str = "light", currency: str = ""
) -> Response:
    """The answer as a file of one of `KINDS`, under a name that says of what, where and when it is.

    Raises
    ------
    BadQuestion
        Asked like this, the answer has no picture or no such table.
    """
    body = _body(asked, kind, table, language, theme, currency)
    headers = {
        "content-disposition": f'attachment; filename="{_name(asked, table)}.{kind}"',
        "cache-control": "no-cache",
        "content-language": language,
    }
    return Response(body, media_type=KINDS[kind], headers=headers)


def _body(asked: Asked, kind: str, table: str, language: str, theme: str, currency: str) -> bytes:
    if kind == "xlsx":
        return workbook(sheets(asked, language, currency))
    if kind == "parquet":
        out = io.BytesIO()
        asked.to_polars(table).write_parquet(out)
        return out.getvalue()
    if theme not in ("light", "dark"):
        raise BadQuestion(f"theme = {theme!r} is not known here. Give light or dark.")
    draw = {"svg": to_svg, "png": to_png, "pdf": to_pdf}[kind]
    drawn = draw(asked.picture(), theme=theme, language=language, zone=asked.zone, width=WIDTH)
    return drawn if isinstance(drawn, bytes) else drawn.encode()


def sheets(asked: Asked, language: str, currency: str) -> list[Sheet]:
    """The workbook of an answer: what was asked, its figures, each of its tables, what it rests on."""
    figures = told.figures_of(asked, language, currency)
    heads = [(say(t, language), "") for t in ("figure", "value", "unit", "meaning")]
    rows: list[list[Cell]] = [
        [_cell(f["title"]), _cell(f["value"]), _cell(f["unit"]), _cell(f["help"])] for f in figures
    ]
    tables = told.tables_of(asked, language, currency)
    return [
        _about(asked, language),
        *([Sheet(say("figures", language), heads, rows)] if rows else []),
        *[_table(name, t, language) for name, t in tables.items() if t["rows"]],
        _heard(asked, language),
    ]


def _about(asked: Asked, language: str) -> Sheet:
    zone, evidence = ZoneInfo(asked.zone), asked.evidence
    since, until = (
        moment(t).astimezone(zone).isoformat(timespec="seconds") for t in (asked.window.since, asked.window.until)
    )
    lines: list[tuple[str, Cell]] = [
        ("study", asked.study.name),
        ("answer", say(asked.study.summary, language)),
        ("at", asked.at or say("whole plant", language)),
        ("since", since),
        ("until", until),
        ("zone", asked.zone),
        ("coverage", asked.known),
        ("machines", ", ".join(evidence.machines)),
        ("left out", "; ".join(f"{m}: {why}" for m, why in evidence.left_out)),
        ("rows", evidence.rows),
        ("bad", evidence.bad),
        ("version", evidence.version),
        ("plant.toml", evidence.plant),
    ]
    heads = [(say("question", language), ""), ("", "")]
    return Sheet(say("question", language), heads, [[say(name, language), value] for name, value in lines])


def _table(name: str, table: Mapping[str, list[dict[str, Plain]]], language: str) -> Sheet:
    columns = table["columns"]
    rows = [[_cell(r.get(str(c["name"])), language) for c in columns] for r in table["rows"]]
    return Sheet(told.title(name, language), [(str(c["title"]), str(c["unit"])) for c in columns], rows)


def _heard(asked: Asked, language: str) -> Sheet:
    heads = [(say("signal", language), ""), (say("role", language), ""), (say("coverage", language), "1")]
    return Sheet(say("coverage", language), heads, [[h.signal, h.role, h.ratio] for h in asked.coverage])


def _cell(value: object, language: str = "en") -> Cell:
    """One value as a cell holds it; lists inside are for programs."""
    if isinstance(value, str):
        return say(value, language)
    if value is None or isinstance(value, bool | int | float):
        return value
    return f"{len(value)}" if isinstance(value, list | dict) else str(value)


def _name(asked: Asked, table: str) -> str:
    """oee_line-1_2026-03-02_2026-03-09, of letters that every file system and header takes."""
    zone = ZoneInfo(asked.zone)
    days = [f"{moment(t).astimezone(zone):%Y-%m-%d}" for t in (asked.window.since, asked.window.until - 1)]
    parts = [asked.study.name, table, asked.at.replace("/", "-"), *dict.fromkeys(days)]
    text = "_".join(p for p in parts if p)
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in text)
