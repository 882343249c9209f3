"""The sheet of a gauge study as an Excel table to fill in: as it is, it can be brought back as measurements."""

from __future__ import annotations

import io

from xlsxwriter import Workbook

from .gauge_sheet import Sheet
from .sheets import SAFE

COLUMNS = ("order", "at", "who", "trial", "unit", "test", "value", "plan")
"""What measurements are read by (`andon import`): `at` and `value` are to be filled in."""


def to_table(sheet: Sheet) -> bytes:
    """The workbook: a row a reading, in the order in which they are to be made."""
    memory = io.BytesIO()
    with Workbook(memory, SAFE) as workbook:
        page = workbook.add_worksheet("readings")
        head = workbook.add_format({"bold": True, "bottom": 1})
        empty = workbook.add_format({"bg_color": "#FFF7D6", "border": 1})
        at = workbook.add_format({"bg_color": "#FFF7D6", "border": 1, "num_format": "yyyy-mm-dd hh:mm:ss"})
        page.write_row(0, 0, COLUMNS, head)
        page.set_column(0, len(COLUMNS) - 1, 16)
        for row, x in enumerate(sheet.lines, 1):
            page.write_number(row, 0, x.order)
            page.write_blank(row, 1, None, at)
            page.write_string(row, 2, x.appraiser)
            page.write_number(row, 3, x.trial)
            page.write_string(row, 4, x.part)
            page.write_string(row, 5, sheet.test)
            page.write_blank(row, 6, None, empty)
            page.write_string(row, 7, sheet.name)
        page.freeze_panes(1, 0)
    return memory.getvalue()
