"""The report face: one period of a place as HTML, PDF and Excel; it contains no analysis."""

from __future__ import annotations

from ...errors import BadQuestion
from .contents import Contents, Lost, Note, Order, Raised, Stop, Sums
from .summary import sentences, title

__all__ = [
    "MEDIA",
    "Contents",
    "Lost",
    "Note",
    "Order",
    "Raised",
    "Stop",
    "Sums",
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


def drawn(report: Contents, form: str) -> bytes:
    """A report in one of the formats.

    Raises
    ------
    BadQuestion
        There is no such format, or it cannot be made on this computer.
    NotConnected
        The browser that was to print it did not.
    """
    if form == "xlsx":
        from .sheets import to_xlsx  # only where it is made

        return to_xlsx(report)
    if form not in MEDIA:
        raise BadQuestion(f"There is no format {form!r} of a report. There are: {', '.join(MEDIA)}.")
    from .html import to_html  # jinja2, only where it is made

    page = to_html(report)
    if form == "html":
        return page.encode()
    from .pdf import to_pdf  # heavy, only where it is made

    return to_pdf(page)


def printable() -> bool:
    """Can a PDF be made on this computer?"""
    from .pdf import printer

    return printer() is not None
