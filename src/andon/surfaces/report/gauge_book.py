"""The sheet of a gauge study as an Excel table to fill in: as it is, it can be brought back as measurements."""

from __future__ import annotations

from ...sheet import Book
from .gauge_sheet import Sheet

COLUMNS = ("order", "at", "who", "trial", "unit", "test", "value", "plan")
"""What measurements are read by (`andon import`): `at` and `value` are to be filled in."""


def to_table(sheet: Sheet) -> bytes:
    """The workbook: a row a reading, in the order in which they are to be made."""
    book = Book(sheet.zone, sheet.name)
    page = book.page("readings", [16] * len(COLUMNS))
    rows = [(x.order, None, x.appraiser, x.trial, x.part, sheet.test, None, sheet.name) for x in sheet.lines]
    book.table(page, 0, [(name, "") for name in COLUMNS], rows)
    for row in range(1, len(rows) + 1):
        book.empty(page, (row, 1), "us{1970}")
        book.empty(page, (row, 6))
    page.freeze_panes(1, 0)
    return book.finished()
