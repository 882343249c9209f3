"""A dossier as an Excel workbook: the summary, and a sheet for each answer with its figures, picture and tables."""

from __future__ import annotations

import io

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ...answer import Plain, figure_units, single_figures
from ...catalog import figures
from ...errors import BadQuestion
from ...picture import to_png
from .dossier import Chapter, Dossier, Table, heading, remarks_of, tables_of, told_cell, unit_of
from .sheets import SAFE

PIXELS = 20
"""Height of a row of a sheet."""


def to_workbook(dossier: Dossier) -> bytes:
    """The workbook, in the dossier's language: numbers are numbers, and no text is ever a formula."""
    memory = io.BytesIO()
    with Workbook(memory, SAFE) as workbook:
        workbook.set_properties({"title": dossier.writing.say(dossier.title), "comments": "Andon"})
        book = _Book(workbook, dossier)
        sheet = book.sheet(dossier.writing.say("Summary"))
        row = book.line(sheet, 0, dossier.writing.say(dossier.title), "title")
        row = book.line(sheet, row, f"{dossier.place} · {dossier.plant}")
        row = book.line(sheet, row, f"{dossier.writing.span(dossier.since, dossier.until)} ({dossier.zone})")
        row = book.table(sheet, row + 1, dossier.summary)
        for what, why in dossier.left_out:
            row = book.line(sheet, row, f"{what}: {why}")
        book.line(sheet, row + 1, dossier.made_by)
        for chapter in dossier.chapters:
            book.chapter(chapter)
    return memory.getvalue()


class _Book:
    """The workbook while it is written: its formats, and the names that its sheets have."""

    def __init__(self, workbook: Workbook, dossier: Dossier) -> None:
        self.workbook, self.dossier, self.writing = workbook, dossier, dossier.writing
        self.names: set[str] = set()
        self.formats: dict[str, Format] = {
            "": workbook.add_format({"valign": "top"}),
            "title": workbook.add_format({"bold": True, "font_size": 16}),
            "part": workbook.add_format({"bold": True, "font_size": 12}),
            "head": workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
            "1": workbook.add_format({"num_format": "0.0%", "valign": "top"}),
            "us{1970}": workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "valign": "top"}),
        }

    def sheet(self, wanted: str) -> Worksheet:
        """A sheet whose name nobody has; Excel takes 31 letters, without some."""
        clean = "".join("-" if c in "[]:*?/\\" else c for c in wanted).strip("'")[:31] or "-"
        name, n = clean, 2
        while name.lower() in self.names:
            name, n = f"{clean[:27]} ({n})", n + 1
        self.names.add(name.lower())
        made: Worksheet = self.workbook.add_worksheet(name)
        made.set_column(0, 0, 30)
        made.set_column(1, 20, 15)
        return made

    def line(self, sheet: Worksheet, row: int, text: str, kind: str = "") -> int:
        sheet.write_string(row, 0, text, self.formats[kind])
        return row + 1

    def chapter(self, chapter: Chapter) -> None:
        asked, sheet = chapter.asked, self.sheet(chapter.heading)
        row = self.line(sheet, 0, chapter.heading, "title")
        row = self.line(sheet, row, self.writing.say(asked.study.summary))
        for text in remarks_of(asked, self.dossier.language):
            row = self.line(sheet, row, text)
        units, help_ = figure_units(asked), {f.name: f.help for f in figures(asked.study.answer)}
        row += 1
        for name, value in single_figures(asked.answer).items():
            if told_cell(value):
                sheet.write_string(row, 0, self.writing.say(name.replace("_", " ")), self.formats[""])
                self.cell(sheet, row, 1, value, units[name])
                sheet.write_string(row, 2, unit_of(self.writing, units[name]), self.formats[""])
                sheet.write_string(row, 3, self.writing.say(help_[name]), self.formats[""])
                row += 1
        row = self.picture(sheet, row + 1, chapter)
        for table in tables_of(asked):
            row = self.table(sheet, row + 1, table)

    def picture(self, sheet: Worksheet, row: int, chapter: Chapter) -> int:
        try:
            picture = chapter.asked.picture()
        except BadQuestion:
            return row
        png = to_png(picture, language=self.dossier.language, zone=self.dossier.zone, width=520)
        options = {"image_data": io.BytesIO(png), "x_scale": 0.5, "y_scale": 0.5, "description": picture.title}
        sheet.insert_image(row, 0, "picture.png", options)
        return row + int.from_bytes(png[20:24], "big") // 2 // PIXELS + 2

    def table(self, sheet: Worksheet, row: int, table: Table) -> int:
        if table.title:
            row = self.line(sheet, row, self.writing.say(table.title.replace("_", " ")), "part")
        for place, column in enumerate(table.columns):
            sheet.write_string(row, place, heading(self.writing, *column), self.formats["head"])
        for cells in table.rows:
            row += 1
            for place, (cell, (_, unit)) in enumerate(zip(cells, table.columns, strict=True)):
                self.cell(sheet, row, place, cell, unit)
        return row + 2

    def cell(self, sheet: Worksheet, row: int, column: int, cell: Plain, unit: str) -> None:
        if not told_cell(cell):
            return
        if isinstance(cell, bool):
            sheet.write_string(row, column, self.writing.say("yes" if cell else "no"), self.formats[""])
        elif isinstance(cell, str):
            sheet.write_string(row, column, self.writing.say(cell), self.formats[""])
        elif isinstance(cell, int | float) and unit == "us{1970}":
            there = self.writing.local(int(cell)).replace(tzinfo=None)
            sheet.write_datetime(row, column, there, self.formats[unit])
        elif isinstance(cell, int | float):
            sheet.write_number(row, column, cell, self.formats["1" if unit == "1" else ""])
