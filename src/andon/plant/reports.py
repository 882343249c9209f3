"""Reports on paper: what is made when a shift, a day or a week is over, and where it goes."""

from dataclasses import dataclass

EVERY = ("shift", "day", "week")
FORMATS = ("html", "pdf", "xlsx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """A report that is made by itself.

    Attributes
    ----------
    name
        Its name; its files lie under `reports/NAME` of the plant folder.
    at
        Machine, line or area; "" is the whole plant.
    every
        One of `EVERY`: what it is about.
    formats
        Some of `FORMATS`.
    language
        en or zh.
    folder
        Where copies go; "" is nowhere else.
    mail
        Name of the [[notify]] whose mail server sends it; "" is nobody's.
    to
        Addresses; empty: those of the [[notify]].
    """

    name: str
    at: str = ""
    every: str = "shift"
    formats: tuple[str, ...] = FORMATS[:1]
    language: str = "en"
    folder: str = ""
    mail: str = ""
    to: tuple[str, ...] = ()
