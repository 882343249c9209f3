"""Pictures as plain specifications: made by studies, drawn by pages, notebooks and reports.

`waterfall(...)`, `pareto(...)`, `timeline(...)` and their like make a `Picture`; `to_vega`, `to_svg` and `to_png` draw
it. Nothing heavy is imported until something is drawn.
"""

from .kinds import (
    Cell,
    Kind,
    Mark,
    Picture,
    bars,
    control,
    heatmap,
    histogram,
    lines,
    pareto,
    scatter,
    survival,
    table,
    timeline,
    trend,
    waterfall,
)
from .vega import to_vega
from .wafer import die_colors, wafer

__all__ = [
    "Cell",
    "Kind",
    "Mark",
    "Picture",
    "bars",
    "control",
    "die_colors",
    "heatmap",
    "histogram",
    "lines",
    "pareto",
    "scatter",
    "survival",
    "table",
    "timeline",
    "to_pdf",
    "to_png",
    "to_svg",
    "to_vega",
    "trend",
    "wafer",
    "waterfall",
]


def to_svg(picture: Picture, *, theme: str = "light", language: str = "en", zone: str = "UTC", width: int = 640) -> str:
    """The picture as SVG text; see `to_vega` for the parameters."""
    from . import render  # the renderer is heavy and needed only when something is drawn

    return render.to_svg(picture, theme=theme, language=language, zone=zone, width=width)


def to_png(
    picture: Picture, *, theme: str = "light", language: str = "en", zone: str = "UTC", width: int = 640
) -> bytes:
    """The picture as PNG; see `to_vega` for the parameters."""
    from . import render  # the renderer is heavy and needed only when something is drawn

    return render.to_png(picture, theme=theme, language=language, zone=zone, width=width)


def to_pdf(
    picture: Picture, *, theme: str = "light", language: str = "en", zone: str = "UTC", width: int = 640
) -> bytes:
    """The picture as PDF; see `to_vega` for the parameters."""
    from . import render  # the renderer is heavy and needed only when something is drawn

    return render.to_pdf(picture, theme=theme, language=language, zone=zone, width=width)
