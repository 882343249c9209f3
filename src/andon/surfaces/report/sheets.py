"""A report as an Excel workbook: figures as numbers, times as times, pictures; no text is ever a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ...picture import to_png
from .contents import Contents, Order, Stop, Sums
from .summary import before, sentences, title
from .writing import Writing

Cell = str | float | int | None
Column = tuple[str, str]
"""Heading and kind: text, word (of the house), number, ratio, time and moment (microseconds).

Times are shown in minutes: Excel shows no negative ones as hours and minutes, and a wrong ideal cycle makes some.
"""
FORMATS = {"text": "@", "number": "#,##0.##", "ratio": "0.0%", "time": "#,##0.0", "moment": "yyyy-mm-dd hh:mm"}
WIDTHS = {"text": 18, "number": 12, "ratio": 12, "time": 12, "moment": 17}
MINUTE = 60e6
SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""No text of a workbook is ever a formula, a link or a number."""
LONGEST = 60
"""Letters after which a column is no wider."""


def to_xlsx(report: Contents) -> bytes:
    """The workbook, in the report's language; moments are on the plant's clocks."""
    memory = io.BytesIO()
    with Workbook(memory, SAFE) as workbook:
        writing = Writing(report.language, report.zone, report.currency)
        workbook.set_properties({"title": title(report), "comments": "Andon"})
        book = _Book(workbook, writing, _formats(workbook))
        _summary(book, report)
        _losses(book, report)
        _table(book, "Machines", _sum_columns(book, "machine"), map(_sum_row, report.machines))
        if report.earlier:
            rows = [report.whole, *reversed(report.earlier)]
            _table(book, "Periods", _sum_columns(book, "period"), map(_sum_row, rows))
        _stops(book, report)
        _rest(book, report)
    return memory.getvalue()


@dataclass(frozen=True, slots=True)
class _Book:
    workbook: Workbook
    writing: Writing
    formats: dict[str, Format]

    def sheet(self, name: str) -> Worksheet:
        sheet: Worksheet = self.workbook.add_worksheet(self.writing.say(name)[:31])
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet


def _formats(workbook: Workbook) -> dict[str, Format]:
    kinds = {kind: workbook.add_format({"num_format": f, "valign": "top"}) for kind, f in FORMATS.items()}
    return kinds | {
        "head": workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}),
        "title": workbook.add_format({"bold": True, "font_size": 16}),
        "part": workbook.add_format({"bold": True, "font_size": 12, "bottom": 1}),
        "wrap": workbook.add_format({"text_wrap": True, "valign": "top", "num_format": "@"}),
    }


def _summary(book: _Book, report: Contents) -> None:
    writing, sheet, formats = book.writing, book.sheet("Summary"), book.formats
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 3, 16)
    sheet.write_string(0, 0, title(report), formats["title"])
    span = f"{writing.span(report.since, report.until)} ({report.zone}) · {report.plant}"
    written = writing.say("written {at}", at=writing.moment(report.made_at))
    said = [span, f"{written} · {writing.say('version {n}', n=report.version)}", *sentences(report), *report.remarks]
    for row, text in enumerate(said, 1):
        sheet.write_string(row, 0, text)
    row = len(said) + 2
    heads = ["figure", "this period", *(["before"] if report.mean else [])]
    for column, head in enumerate(heads):
        text = before(report) if head == "before" else writing.say(head)
        sheet.write_string(row, column, text, formats["head"])
    for name, kind, now, then in _figures(report):
        row += 1
        sheet.write_string(row, 0, _heading(book, name, kind), formats["text"])
        _write(book, sheet, (row, 1), kind, now)
        if report.mean:
            _write(book, sheet, (row, 2), kind, then)
    _pictures(report, sheet, row + 2)


def _figures(report: Contents) -> Iterable[tuple[str, str, Cell, Cell]]:
    names = ("oee", "availability", "effectiveness", "quality", "coverage", "oee_of_known")
    shown = [("OEE" if n == "oee" else n.replace("_", " "), "ratio", n) for n in names]
    shown += [(n, "number", n) for n in ("made", "good", "rejects")]
    shown += [(n.replace("_", " "), "time", n) for n in ("planned_busy", "production", "unknown")]
    for text, kind, name in shown:
        then = getattr(report.mean, name) if report.mean else None
        yield text, kind, getattr(report.whole, name), then


def _pictures(report: Contents, sheet: Worksheet, row: int) -> None:
    """The same pictures as on paper, one under the other."""
    for name, picture in report.pictures.items():
        png = to_png(picture, language=report.language, zone=report.zone, width=520)
        options = {"image_data": io.BytesIO(png), "x_scale": 0.5, "y_scale": 0.5, "description": picture.title}
        sheet.insert_image(row, 0, f"{name}.png", options)
        row += _height(png) // 2 // 20 + 2  # a row of the sheet is 20 pixels high


def _height(png: bytes) -> int:
    """The height of a PNG in pixels, from its header."""
    return int.from_bytes(png[20:24], "big")


def _losses(book: _Book, report: Contents) -> None:
    shown = [n for n in ("kwh", "kgco2e", "money") if any(getattr(x, n) is not None for x in report.losses)]
    heads = {"kwh": "kWh", "kgco2e": "kg CO2e", "money": f"{book.writing.say('money')} {report.currency}".strip()}
    columns = [("loss", "text"), ("time", "time"), ("share", "ratio"), ("share before", "ratio"), ("parts", "number")]
    columns += [(heads[n], "number") for n in shown]
    rows = (
        (book.writing.say(x.loss), x.time, x.share, x.before, x.parts, *(getattr(x, n) for n in shown))
        for x in report.losses
    )
    _table(book, "Losses", columns, rows)


def _sum_columns(book: _Book, first: str) -> list[Column]:
    ratios = [("OEE", "ratio"), *((n, "ratio") for n in ("availability", "effectiveness", "quality", "coverage"))]
    counts = [(n, "number") for n in ("made", "good", "rejects")]
    times = [(n, "time") for n in ("planned busy time", "unknown")]
    return [(first, "text"), *ratios, *counts, *times, ("worst loss", "word"), ("length", "time")]


def _sum_row(s: Sums) -> Sequence[Cell]:
    ratios = (s.oee, s.availability, s.effectiveness, s.quality, s.coverage)
    return (s.name, *ratios, s.made, s.good, s.rejects, s.planned_busy, s.unknown, s.worst, s.worst_time or None)


def _stops(book: _Book, report: Contents) -> None:
    wanting = set(report.nameless)
    rows = sorted({*report.stops, *report.nameless}, key=lambda s: (s.since, s.machine))
    columns = [
        ("machine", "text"),
        ("from", "moment"),
        ("to", "moment"),
        ("length", "time"),
        ("state", "word"),
        ("reason", "text"),
        ("note", "text"),
        ("who", "text"),
        ("wants a reason", "word"),
    ]
    _table(book, "Stops", columns, (_stop_row(s, s in wanting) for s in rows))


def _stop_row(s: Stop, wants: bool) -> Sequence[Cell]:
    return s.machine, s.since, s.until, s.until - s.since, s.state, s.reason, s.why, s.who, "yes" if wants else ""


def _order_row(o: Order) -> Sequence[Cell]:
    return o.machine, o.order, o.product, o.status, o.planned, o.made, o.good, o.since, o.until


def _rest(book: _Book, report: Contents) -> None:
    if report.orders:
        columns = [("machine", "text"), ("order", "text"), ("product", "text"), ("how it went", "word")]
        columns += [(n, "number") for n in ("planned", "made", "good")] + [("from", "moment"), ("to", "moment")]
        _table(book, "Orders", columns, map(_order_row, report.orders))
    columns = [("priority", "text"), ("place", "text"), ("alarm", "text"), ("message", "text"), ("state", "word")]
    columns += [("from", "moment"), ("to", "moment")]
    say = book.writing.priority
    raised = ((say(a.priority), a.place, a.alarm, a.text, a.state, a.since, a.until) for a in report.alarms)
    _table(book, "Alarms", columns, raised)
    columns = [("at", "moment"), ("machine", "text"), ("note", "text"), ("who", "text")]
    _table(book, "Notes", columns, ((n.at, n.machine, n.text, n.who) for n in report.notes))


def _table(book: _Book, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
    """A sheet with headings that stay, and a filter on each."""
    sheet, known = book.sheet(name), list(rows)
    for place, (head, kind) in enumerate(columns):
        sheet.write_string(0, place, _heading(book, head, kind), book.formats["head"])
        longest = max((len(str(r[place])) for r in known if kind in ("text", "word")), default=0)
        sheet.set_column(place, place, max(WIDTHS.get(kind, 14), min(longest + 2, LONGEST)))
    for at, row in enumerate(known, 1):
        for place, (cell, (_, kind)) in enumerate(zip(row, columns, strict=True)):
            _write(book, sheet, (at, place), kind, cell)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(1, len(known)), len(columns) - 1)


def _heading(book: _Book, text: str, kind: str) -> str:
    said = book.writing.say(text)
    return f"{said} ({book.writing.say('min')})" if kind == "time" else said


def _write(book: _Book, sheet: Worksheet, at: tuple[int, int], kind: str, cell: Cell) -> None:
    """One cell; a text is a text whatever it begins with, and nothing is left empty where something is known."""
    row, column = at
    if cell is None:
        return
    if kind == "word":
        sheet.write_string(row, column, book.writing.say(str(cell)), book.formats["text"])
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell, book.formats["wrap"])
    elif kind == "moment":
        there = book.writing.local(int(cell)).replace(tzinfo=None)
        sheet.write_datetime(row, column, there, book.formats["moment"])
    else:
        sheet.write_number(row, column, cell / MINUTE if kind == "time" else cell, book.formats[kind])
