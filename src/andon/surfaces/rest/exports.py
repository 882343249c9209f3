"""An answer as a file to keep: Parquet, an Excel workbook, or its picture as SVG, PNG or PDF."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from fastapi.responses import Response

from ...answer import Asked, Plain
from ...errors import BadQuestion
from ...model import moment
from ...picture import to_pdf, to_png, to_svg
from ...sheet import Book, Cell, Sheet
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
DRAW: Mapping[str, Callable[..., str | bytes]] = {"svg": to_svg, "png": to_png, "pdf": to_pdf}
WIDTH = 900
"""Of a picture's plot, in pixels."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How an answer is to be saved: one of `KINDS`, which of its tables (Parquet), in which language and theme."""

    kind: str
    table: str
    language: str
    theme: str
    currency: str


def saved(asked: Asked, wanted: Wanted) -> Response:
    """The answer as a file, under a name that says of what, where and when it is.

    Raises
    ------
    BadQuestion
        Asked like this, the answer has no picture or no such table.
    """
    headers = {
        "content-disposition": f'attachment; filename="{_name(asked, wanted.table)}.{wanted.kind}"',
        "cache-control": "no-cache",
        "content-language": wanted.language,
    }
    return Response(_body(asked, wanted), media_type=KINDS[wanted.kind], headers=headers)


def _body(asked: Asked, wanted: Wanted) -> str | bytes:
    if wanted.kind == "xlsx":
        return _workbook(asked, wanted)
    if wanted.kind == "parquet":
        out = io.BytesIO()
        asked.to_polars(wanted.table).write_parquet(out)
        return out.getvalue()
    if wanted.theme not in ("light", "dark"):
        raise BadQuestion(f"theme = {wanted.theme!r} is not known here. Give light or dark.")
    return DRAW[wanted.kind](
        asked.picture(), theme=wanted.theme, language=wanted.language, zone=asked.zone, width=WIDTH
    )


def _workbook(asked: Asked, wanted: Wanted) -> bytes:
    """The workbook of an answer: what was asked, its figures, each of its tables, what it rests on."""
    language = wanted.language
    book = Book(asked.zone, asked.study.name, minutes=say("min", language))
    book.sheet(_about(asked, language))
    figures = told.figures_of(asked, language, wanted.currency)
    if figures:
        page = book.page(say("figures", language), (30, 20, 12, 60))
        row = book.table(page, 0, [(say(t, language), "") for t in ("figure", "value", "unit", "meaning")], ())
        for f in figures:
            unit = str(f["unit"])
            book.cell(page, (row, 1), _cell(f["value"], language), unit)
            book.line(page, row, book.spelled(unit), column=2)
            book.line(page, row, str(f["help"]), column=3)
            row = book.line(page, row, str(f["title"]))
        page.freeze_panes(1, 1)
    for name, table in told.tables_of(asked, language, wanted.currency).items():
        if table["rows"]:
            book.sheet(_table(name, table, language))
    book.sheet(_heard(asked, language))
    return book.finished()


def _about(asked: Asked, language: str) -> Sheet:
    zone, evidence = ZoneInfo(asked.zone), asked.evidence
    edges = (asked.window.since, asked.window.until)
    since, until = (moment(t).astimezone(zone).isoformat(timespec="seconds") for t in edges)
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
