"""A report as one HTML page that needs nothing else: its style and its pictures are inside, and it prints well."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from ...picture import Picture, to_svg
from .contents import Contents
from .summary import before, sentences, title
from .writing import Writing

WIDTH = {"waterfall": 620, "reasons": 440, "earlier": 620, "timeline": 700}
"""Width of the plot of each picture, in pixels; names and axes come beside it."""


def to_html(report: Contents) -> str:
    """The page, in the report's language."""
    writing = Writing(report.language, report.zone, report.currency)
    drawn = {name: _drawn(report, name) for name in report.pictures}
    named = {name: writing.say(picture.title) for name, picture in report.pictures.items()}
    has = {name: any(getattr(x, name) is not None for x in report.losses) for name in ("kwh", "kgco2e", "money")}
    return template("report.html").render(
        r=report,
        w=writing,
        say=writing.say,
        drawn=drawn,
        named=named,
        has=has,
        title=title(report),
        sentences=sentences(report),
        before=before(report),
    )


def _drawn(report: Contents, name: str) -> Markup:
    return inlined(report.pictures[name], name, language=report.language, zone=report.zone, width=WIDTH[name])


def inlined(picture: Picture, name: str, *, language: str, zone: str, width: int) -> Markup:
    """A picture as SVG inside the page.

    Its ids are made its own, for several pictures stand in one page; what only a reader of the single marks needs, and
    digits that no printer shows, are left out: a timeline has thousands of boxes.
    """
    svg = to_svg(picture, language=language, zone=zone, width=width)
    svg = re.sub(r' (?:aria-\w+|role)="[^"]*"', "", svg)
    svg = re.sub(r"(\d\.\d\d)\d+", r"\1", svg)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", svg)
    return Markup(re.sub(r'(href=")#', rf"\1#{name}-", svg))


@cache
def template(name: str) -> Template:
    """A template of this folder; a value that it lacks is an error, and every text is escaped."""
    own = files(__package__)
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals["style"] = Markup(own.joinpath("report.css").read_text("utf-8"))
    return made.from_string(own.joinpath(name).read_text("utf-8"))
