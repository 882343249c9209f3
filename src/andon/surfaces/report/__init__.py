"""The report face: one period of a place as HTML, PDF and Excel; it contains no analysis."""

from __future__ import annotations

from ...errors import BadQuestion
from .contents import Contents, Lost, Note, Order, Raised, Stop, Sums
from .dossier import Chapter, Dossier, Table
from .gauge_sheet import Line, Sheet
from .summary import sentences, title

__all__ = [
    "MEDIA",
    "Chapter",
    "Contents",
    "Dossier",
    "Line",
    "Lost",
    "Note",
    "Order",
    "Raised",
    "Sheet",
    "Stop",
    "Sums",
    "Table",
    "drawn",
    "printable",
    "sentences",
    "title",
]

MEDIA = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The formats, each with its media type."""


def drawn(report: Contents | Dossier | Sheet, form: str) -> bytes:
    """A report, a dossier or the sheet of a gauge study in one of the formats.

    Raises
    ------
    BadQuestion
        There is no such format, or it cannot be made on this computer.
    NotConnected
        The browser that was to print it did not.
    """
    if form not in MEDIA:
        raise BadQuestion(f"There is no format {form!r} of a report. There are: {', '.join(MEDIA)}.")
    if form == "xlsx":
        return _workbook(report)
    page = _page(report)
    if form == "html":
        return page.encode()
    from .pdf import to_pdf  # heavy, only where it is made

    return to_pdf(page)


def _workbook(report: Contents | Dossier | Sheet) -> bytes:
    """Excel, whose writer is only loaded where it is used."""
    if isinstance(report, Dossier):
        from .dossier_book import to_workbook

        return to_workbook(report)
    if isinstance(report, Sheet):
        from .gauge_book import to_table

        return to_table(report)
    from .sheets import to_xlsx

    return to_xlsx(report)


def _page(report: Contents | Dossier | Sheet) -> str:
    """HTML, whose templates are only loaded where they are used."""
    if isinstance(report, Dossier):
        from .dossier_page import to_page

        return to_page(report)
    if isinstance(report, Sheet):
        from .gauge_page import to_form

        return to_form(report)
    from .html import to_html

    return to_html(report)


def printable() -> bool:
    """Can a PDF be made on this computer?"""
    from .pdf import printer

    return printer() is not None
