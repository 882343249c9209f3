"""Excel workbooks: numbers stay numbers, moments are times, texts stay texts, so that no cell is a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet as Page

from .model import moment
from .picture import Picture, to_png
from .units import BARE, MINUTE, SECOND

__all__ = ["Book", "Cell", "Column", "Page", "Sheet"]

Cell = None | bool | int | float | str
Column = tuple[str, str]
"""Title, and the UCUM code of the unit: ratios, lengths of time and moments are shown as people read them."""
WIDEST = 60
"""Characters of a column at most."""
LONGEST = 32_767
"""Characters that a cell of Excel holds."""
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
"""What Excel does not allow in the name of a sheet."""
ROW = 20
"""Pixels of a row."""
SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
FORMATS: dict[str, dict[str, object]] = {
    "text": {"text_wrap": True, "num_format": "@"},
    "whole": {"num_format": "#,##0"},
    "": {},
    "1": {"num_format": "0.0%"},
    "{p}": {"num_format": '[<0.0001]"< 0.0001";0.0000'},
    "us": {"num_format": "#,##0.0"},
    "us{1970}": {"num_format": "yyyy-mm-dd hh:mm:ss"},
    "head": {"bold": True, "bottom": 1, "text_wrap": True},
    "part": {"bold": True, "font_size": 12},
    "title": {"bold": True, "font_size": 16},
    "empty": {"bg_color": "#FFF7D6", "border": 1},
    "empty us{1970}": {"bg_color": "#FFF7D6", "border": 1, "num_format": "yyyy-mm-dd hh:mm:ss"},
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a workbook: its name, its columns, its rows."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


class Book:
    """A workbook while it is written; moments are on the clocks of `zone`, lengths of time in minutes.

    A text is written as text even where it begins with `=`, `+`, `-` or `@`: a spreadsheet runs nothing of it.

    Examples
    --------
    >>> book = Book()
    >>> book.sheet(Sheet("stops", [("machine", ""), ("lost", "us")], [["press-3", 750_000_000]]))
    >>> book.finished()[:2]
    b'PK'
    """

    def __init__(self, zone: str = "UTC", title: str = "", *, minutes: str = "min") -> None:
        self._out = io.BytesIO()
        self._book = Workbook(self._out, SAFE)
        self._book.set_properties({"title": title, "comments": "Andon"})
        self._formats = {name: self._book.add_format({"valign": "top", **f}) for name, f in FORMATS.items()}
        self._zone, self._minutes, self._names = ZoneInfo(zone), minutes, set[str]()

    def page(self, wanted: str, widths: Sequence[int] = ()) -> Page:
        """A new sheet, to be printed on landscape A4, under a name that Excel allows and that no other has."""
        short = FORBIDDEN.sub("-", wanted)[:27].strip("' ") or "-"
        name = next(n for n in (short, *(f"{short} {i}" for i in range(2, 1000))) if n.lower() not in self._names)
        self._names.add(name.lower())
        page: Page = self._book.add_worksheet(name)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        for place, width in enumerate(widths):
            page.set_column(place, place, width)
        return page

    def sheet(self, of: Sheet) -> None:
        """A sheet that is one table: headings that stay, a filter on each, columns as wide as what is in them."""
        page = self.page(of.name)
        for place, (title, _) in enumerate(of.columns):
            page.set_column(place, place, _width(title, [r[place] for r in of.rows]))
        self.table(page, 0, of.columns, of.rows)
        page.freeze_panes(1, 1)
        page.autofilter(0, 0, max(1, len(of.rows)), len(of.columns) - 1)

    def table(self, page: Page, row: int, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> int:
        """Headings and rows from a row on; returns the first row below them."""
        for place, column in enumerate(columns):
            page.write_string(row, place, self.heading(*column), self._formats["head"])
        for cells in rows:
            row += 1
            for place, (cell, (_, unit)) in enumerate(zip(cells, columns, strict=True)):
                self.cell(page, (row, place), cell, unit)
        return row + 1

    def heading(self, title: str, unit: str) -> str:
        """A title with the unit of the cells below, where they do not show it themselves."""
        said = self.spelled(unit)
        return f"{title} ({said})" if said else title

    def spelled(self, unit: str) -> str:
        """A unit as it is printed.

        >>> book = Book()
        >>> [book.spelled(u) for u in ("us", "1", "{value}mm", "us/{part}", "{index}", "[ppm]")]
        ['min', '', 'mm', 's', '', 'ppm']
        """
        if unit == "us":
            return self._minutes
        bare = "" if unit in BARE else re.sub(r"\{[^}]*\}", "", re.sub(r"^us/", "s/", unit))
        return bare.strip("[]").removesuffix("/")

    def line(self, page: Page, row: int, text: str, form: str = "", *, column: int = 0) -> int:
        """A text that may run over the cells beside it; returns the row below."""
        page.write_string(row, column, text[:LONGEST], self._formats[form])
        return row + 1

    def cell(self, page: Page, at: tuple[int, int], cell: Cell, unit: str = "") -> None:
        """One value, or nothing where nothing is known."""
        if isinstance(cell, bool):
            page.write_boolean(*at, cell, self._formats[""])
        elif isinstance(cell, str):
            page.write_string(*at, cell[:LONGEST], self._formats["text"])
        elif cell is not None and unit == "us{1970}":
            there = moment(int(cell)).astimezone(self._zone).replace(tzinfo=None)
            page.write_datetime(*at, there, self._formats[unit])
        elif cell is not None:
            scale = MINUTE if unit == "us" else SECOND if unit.startswith("us/") else 1
            form = unit if unit in ("1", "us", "{p}") else "whole" if isinstance(cell, int) else ""
            page.write_number(*at, cell / scale if scale > 1 else cell, self._formats[form])

    def empty(self, page: Page, at: tuple[int, int], unit: str = "") -> None:
        """A cell that somebody is to fill in: a number, or a moment."""
        page.write_blank(*at, None, self._formats[f"empty {unit}".strip()])

    def picture(self, page: Page, row: int, picture: Picture, *, language: str) -> int:
        """A picture from a row on; returns the first row below it."""
        png = to_png(picture, language=language, zone=self._zone.key, width=520)
        options = {"image_data": io.BytesIO(png), "x_scale": 0.5, "y_scale": 0.5, "description": picture.title}
        page.insert_image(row, 0, "picture.png", options)
        return row + int.from_bytes(png[20:24], "big") // 2 // ROW + 2  # bytes 20 to 24 of a PNG: its height

    def finished(self) -> bytes:
        """The .xlsx file."""
        self._book.close()
        return self._out.getvalue()


def _width(title: str, cells: Sequence[Cell]) -> int:
    shown = max((_glyphs(f"{c:.6g}" if isinstance(c, float) else str(c)) for c in cells[:500]), default=0)
    return min(WIDEST, max(shown, min(_glyphs(title), 18)) + 3)


def _glyphs(text: str) -> int:
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text)
