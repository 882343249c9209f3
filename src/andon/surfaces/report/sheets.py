"""A report as an Excel workbook: figures as numbers, times as times, pictures; no text is ever a formula."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...sheet import Book, Cell, Column, Sheet
from .contents import Contents, Order, Stop, Sums
from .summary import before, sentences, title
from .writing import Writing

TEXT, TIME, MOMENT, RATIO = "", "us", "us{1970}", "1"


def to_xlsx(report: Contents) -> bytes:
    """The workbook, in the report's language; moments are on the plant's clocks."""
    writing = Writing(report.language, report.zone, report.currency)
    book = Book(report.zone, title(report), minutes=writing.say("min"))
    _summary(book, report, writing)
    for sheet in _sheets(report, writing):
        columns = [(writing.say(head), unit) for head, unit in sheet.columns]
        book.sheet(Sheet(writing.say(sheet.name), columns, sheet.rows))
    return book.finished()


def _summary(book: Book, report: Contents, writing: Writing) -> None:
    page = book.page(writing.say("Summary"), (34, 16, 16, 16))
    row = book.line(page, 0, title(report), "title")
    span = f"{writing.span(report.since, report.until)} ({report.zone}) · {report.plant}"
    written = writing.say("written {at}", at=writing.moment(report.made_at))
    said = [span, f"{written} · {writing.say('version {n}', n=report.version)}", *sentences(report), *report.remarks]
    for text in said:
        row = book.line(page, row, text)
    heads = [writing.say("figure"), writing.say("this period"), *([before(report)] if report.mean else [])]
    row = book.table(page, row + 1, [(head, "") for head in heads], ())
    for name, unit, *values in _figures(report):
        for column, value in enumerate(values, 1):
            book.cell(page, (row, column), value, unit)
        row = book.line(page, row, book.heading(writing.say(name), unit))
    for picture in report.pictures.values():
        row = book.picture(page, row + 1, picture, language=report.language)


def _figures(report: Contents) -> Iterator[tuple[str, str, Cell, Cell]]:
    names = ("oee", "availability", "effectiveness", "quality", "coverage", "oee_of_known")
    shown = [("OEE" if n == "oee" else n.replace("_", " "), RATIO, n) for n in names]
    shown += [(n, TEXT, n) for n in ("made", "good", "rejects")]
    shown += [(n.replace("_", " "), TIME, n) for n in ("planned_busy", "production", "unknown")]
    for text, unit, name in shown:
        yield text, unit, getattr(report.whole, name), getattr(report.mean, name) if report.mean else None


def _sheets(report: Contents, writing: Writing) -> Iterator[Sheet]:
    """Each table of the report; headings are still English texts of the house."""
    yield _losses(report, writing)
    yield Sheet("Machines", _sum_columns("machine"), [_sum_row(s, writing) for s in report.machines])
    if report.earlier:
        periods = [report.whole, *reversed(report.earlier)]
        yield Sheet("Periods", _sum_columns("period"), [_sum_row(s, writing) for s in periods])
    yield _stops(report, writing)
    if report.orders:
        columns = [(n, TEXT) for n in ("machine", "order", "product", "how it went", "planned", "made", "good")]
        rows = [_order_row(o, writing) for o in report.orders]
        yield Sheet("Orders", [*columns, ("from", MOMENT), ("to", MOMENT)], rows)
    columns = [(n, TEXT) for n in ("priority", "place", "alarm", "message", "state")]
    raised = [
        (writing.priority(a.priority), a.place, a.alarm, a.text, writing.say(a.state), a.since, a.until)
        for a in report.alarms
    ]
    yield Sheet("Alarms", [*columns, ("from", MOMENT), ("to", MOMENT)], raised)
    columns = [("at", MOMENT), ("machine", TEXT), ("note", TEXT), ("who", TEXT)]
    yield Sheet("Notes", columns, [(n.at, n.machine, n.text, n.who) for n in report.notes])


def _losses(report: Contents, writing: Writing) -> Sheet:
    shown = [n for n in ("kwh", "kgco2e", "money") if any(getattr(x, n) is not None for x in report.losses)]
    units = {"kwh": ("kWh", ""), "kgco2e": ("kg CO2e", ""), "money": ("money", report.currency)}
    columns = [("loss", TEXT), ("time", TIME), ("share", RATIO), ("share before", RATIO), ("parts", TEXT)]
    rows = [
        (writing.say(x.loss), x.time, x.share, x.before, x.parts, *(getattr(x, n) for n in shown))
        for x in report.losses
    ]
    return Sheet("Losses", [*columns, *(units[n] for n in shown)], rows)


def _sum_columns(first: str) -> Sequence[Column]:
    ratios = [(n, RATIO) for n in ("OEE", "availability", "effectiveness", "quality", "coverage")]
    counts = [(n, TEXT) for n in ("made", "good", "rejects")]
    times = [(n, TIME) for n in ("planned busy time", "unknown")]
    return [(first, TEXT), *ratios, *counts, *times, ("worst loss", TEXT), ("length", TIME)]


def _sum_row(s: Sums, writing: Writing) -> Sequence[Cell]:
    ratios = (s.oee, s.availability, s.effectiveness, s.quality, s.coverage)
    worst = writing.say(s.worst) if s.worst else None
    return (s.name, *ratios, s.made, s.good, s.rejects, s.planned_busy, s.unknown, worst, s.worst_time or None)


def _stops(report: Contents, writing: Writing) -> Sheet:
    wanting = set(report.nameless)
    stops = sorted({*report.stops, *report.nameless}, key=lambda s: (s.since, s.machine))
    columns = [("machine", TEXT), ("from", MOMENT), ("to", MOMENT), ("length", TIME)]
    columns += [(n, TEXT) for n in ("state", "reason", "note", "who", "wants a reason")]
    return Sheet("Stops", columns, [_stop_row(s, writing, wants=s in wanting) for s in stops])


def _stop_row(s: Stop, writing: Writing, *, wants: bool) -> Sequence[Cell]:
    said = writing.say("yes") if wants else ""
    return s.machine, s.since, s.until, s.until - s.since, writing.say(s.state), s.reason, s.why, s.who, said


def _order_row(o: Order, writing: Writing) -> Sequence[Cell]:
    return o.machine, o.order, o.product, writing.say(o.status), o.planned, o.made, o.good, o.since, o.until
