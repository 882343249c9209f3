"""A dossier as an Excel workbook: the summary, and a sheet for each answer with its figures, picture and tables."""

from __future__ import annotations

from ...answer import Plain, figure_units, single_figures
from ...catalog import figures
from ...errors import BadQuestion
from ...sheet import Book, Cell, Page
from .dossier import Chapter, Dossier, Table, remarks_of, tables_of, told_cell
from .writing import Writing

WIDTHS = (30, *[15] * 20)


def to_workbook(dossier: Dossier) -> bytes:
    """The workbook, in the dossier's language: numbers are numbers, and no text is ever a formula."""
    writing = dossier.writing
    book = Book(dossier.zone, writing.say(dossier.title), minutes=writing.say("min"))
    page = book.page(writing.say("Summary"), WIDTHS)
    row = book.line(page, 0, writing.say(dossier.title), "title")
    row = book.line(page, row, f"{dossier.place} · {dossier.plant}")
    row = book.line(page, row, f"{writing.span(dossier.since, dossier.until)} ({dossier.zone})")
    row = _table(book, page, row + 1, dossier.summary, writing)
    for what, why in dossier.left_out:
        row = book.line(page, row, f"{what}: {why}")
    book.line(page, row + 1, dossier.made_by)
    for chapter in dossier.chapters:
        _chapter(book, chapter, writing)
    return book.finished()


def _chapter(book: Book, chapter: Chapter, writing: Writing) -> None:
    asked, page = chapter.asked, book.page(chapter.heading, WIDTHS)
    row = book.line(page, 0, chapter.heading, "title")
    row = book.line(page, row, writing.say(asked.study.summary))
    for text in remarks_of(asked, writing.language):
        row = book.line(page, row, text)
    units, known = figure_units(asked), {f.name: f for f in figures(asked.study.answer)}
    row += 1
    for name, value in single_figures(asked.answer).items():
        if told_cell(value):
            book.line(page, row, writing.say(name.replace("_", " ")))
            book.cell(page, (row, 1), _cell(value, writing), units[name])
            book.line(page, row, book.spelled(_priced(units[name], writing)), column=2)
            row = book.line(page, row, writing.say(known[name].help), column=3)
    try:
        row = book.picture(page, row + 1, asked.picture(), language=writing.language)
    except BadQuestion:
        row += 1  # asked like this it has none
    for table in tables_of(asked):
        row = _table(book, page, row + 1, table, writing)


def _table(book: Book, page: Page, row: int, table: Table, writing: Writing) -> int:
    if table.title:
        row = book.line(page, row, writing.say(table.title.replace("_", " ")), "part")
    columns = [(writing.say(name.replace("_", " ")), _priced(unit, writing)) for name, unit in table.columns]
    return book.table(page, row, columns, [[_cell(cell, writing) for cell in r] for r in table.rows]) + 1


def _priced(unit: str, writing: Writing) -> str:
    return writing.currency if unit == "{money}" else unit


def _cell(cell: Plain, writing: Writing) -> Cell:
    if not told_cell(cell) or isinstance(cell, list | dict):
        return None
    if isinstance(cell, bool):
        return writing.say("yes" if cell else "no")
    return writing.say(cell) if isinstance(cell, str) else cell
