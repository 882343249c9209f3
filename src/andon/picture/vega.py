"""From a picture to a Vega-Lite specification that carries its own rows and needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..errors import BadQuestion
from . import boxes, curves, disc
from .kinds import Kind, Picture
from .look import Look, Spec, config
from .palette import THEMES

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
"""Names the language; nothing is fetched from there."""

ABOVE = 32
"""Pixels between the title and bars with reference lines: their names stand there."""
DRAW: Mapping[Kind, Callable[[Picture, Look], Spec]] = {
    Kind.WATERFALL: boxes.waterfall,
    Kind.PARETO: boxes.pareto,
    Kind.TIMELINE: curves.timeline,
    Kind.TREND: curves.trend,
    Kind.CONTROL: curves.control,
    Kind.HISTOGRAM: boxes.histogram,
    Kind.SCATTER: curves.scatter,
    Kind.HEATMAP: boxes.heatmap,
    Kind.BARS: boxes.bars,
    Kind.LINES: curves.lines,
    Kind.SURVIVAL: curves.survival,
    Kind.WAFER: disc.wafer,
    Kind.TABLE: boxes.table,
}


def to_vega(
    picture: Picture, *, theme: str = "light", language: str = "en", zone: str = "UTC", width: int = 640
) -> Spec:
    """The picture as a Vega-Lite v5 specification: JSON-able, self-contained.

    Parameters
    ----------
    picture : Picture
        What to show.
    theme : str
        "light" or "dark".
    language : str
        "en" or "zh"; the house's words are translated, names of machines and products stay.
    zone : str
        IANA name of the time zone whose wall clock the time axes show.
    width : int
        Width of the plot in pixels, axes and names not counted.

    Returns
    -------
    dict
        The specification.

    Raises
    ------
    BadQuestion
        If the theme or the language is not known.

    Examples
    --------
    >>> from andon.picture import pareto
    >>> to_vega(pareto("Stops", [("jam", 10)], "min"))["$schema"]
    'https://vega.github.io/schema/vega-lite/v5.json'
    """
    if theme not in THEMES or language not in ("en", "zh"):
        raise BadQuestion(
            f"Theme {theme!r} and language {language!r} do not go together: "
            "themes are light and dark, languages en and zh."
        )
    look = Look(theme, language, zone, width)
    title: Spec = {"text": look.tell(picture.title)}
    if picture.subtitle:
        title["subtitle"] = look.tell(picture.subtitle)
    if picture.kind is Kind.BARS and picture.marks:
        title["offset"] = ABOVE
    body = DRAW[picture.kind](picture, look) if picture.rows else _nothing(look)
    return {
        "$schema": SCHEMA,
        "background": look.theme.paper,
        "padding": 18,
        "title": title,
        **body,
        "config": config(look),
    }


def _nothing(look: Look) -> Spec:
    text = "这段时间没有数据" if look.language == "zh" else "Nothing to show in this window"
    return {
        "data": {"values": [{}]},
        "width": look.width,
        "height": 60,
        "mark": {"type": "text", "text": text, "color": look.theme.soft, "fontSize": 12},
    }
