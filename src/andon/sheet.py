"""Tables as an Excel workbook: numbers stay numbers, texts stay texts, so that nothing in a cell is ever a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Cell = None | bool | int | float | str
WIDEST = 60
"""Characters of a column at most."""
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
"""What Excel does not allow in the name of a sheet."""
RATIO = "1"
"""The UCUM code of a ratio, which people read as per cent."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a workbook: its name, the title and unit of each column, its rows."""

    name: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[Cell]]


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """An .xlsx file: a sheet each table, with fixed headers, filters, and columns as wide as what is in them.

    A text is written as text even where it begins with `=`, `+`, `-` or `@`: a spreadsheet runs nothing of it.

    Examples
    --------
    >>> workbook([Sheet("stops", [("machine", ""), ("lost", "min")], [["press-3", 12.5]])])[:2]
    b'PK'
    """
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(out, options) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        ratio = book.add_format({"num_format": "0.0%"})
        names: set[str] = set()
        for sheet in sheets:
            page = book.add_worksheet(_name(sheet.name, names))
            for place, (title, unit) in enumerate(sheet.columns):
                shown = f"{title} [{unit}]" if unit not in ("", RATIO) else title
                page.write_string(0, place, shown, head)
                page.set_column(place, place, _width(shown, [r[place] for r in sheet.rows]))
                for line, row in enumerate(sheet.rows, start=1):
                    _write(page, (line, place), row[place], ratio if unit == RATIO else None)
            page.freeze_panes(1, 0)
            if sheet.rows:
                page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    return out.getvalue()


def _write(page: Worksheet, at: tuple[int, int], cell: Cell, ratio: Format | None) -> None:
    if isinstance(cell, bool):
        page.write_boolean(*at, cell)
    elif isinstance(cell, int | float):
        page.write_number(*at, cell, ratio)
    elif cell is not None:
        page.write_string(*at, cell[:32_767])  # a cell of Excel holds no more


def _name(wanted: str, taken: set[str]) -> str:
    """A name that Excel allows, and that no other sheet has."""
    short = FORBIDDEN.sub(" ", wanted)[:28].strip("' ") or "sheet"
    found = next(n for n in (short, *(f"{short} {i}" for i in range(2, 1000))) if n.lower() not in taken)
    taken.add(found.lower())
    return found


def _width(title: str, cells: Sequence[Cell]) -> int:
    shown = max((_glyphs(f"{c:.6g}" if isinstance(c, float) else str(c)) for c in cells[:500]), default=0)
    return min(WIDEST, max(shown, min(_glyphs(title), 18)) + 3)


def _glyphs(text: str) -> int:
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text)
