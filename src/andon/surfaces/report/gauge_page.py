"""The sheet of a gauge study as an HTML page to print: a page for each appraiser, with empty cells to write into."""

from __future__ import annotations

from .gauge_sheet import Sheet
from .html import template
from .writing import Writing


def to_form(sheet: Sheet) -> str:
    """The page, in the sheet's language."""
    writing = Writing(sheet.language, sheet.zone)
    return template("gauge.html").render(s=sheet, w=writing, say=writing.say)
