"""How every picture looks: paper, ink, type, numbers and moments in the reader's language and time zone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from math import floor, isfinite, log10
from zoneinfo import ZoneInfo

from ..model import moment
from ..words import say, told
from .kinds import Cell, Picture
from .palette import THEMES, Theme

Spec = dict[str, object]
"""A piece of Vega-Lite."""

FONT = (
    "Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', 'Noto Sans CJK SC', 'Source Han Sans SC', "
    "'PingFang SC', 'Microsoft YaHei', 'WenQuanYi Micro Hei', 'DejaVu Sans', sans-serif"
)
"""Latin faces first, then the Chinese face of each system; the first one that has the glyph is taken."""


UPRIGHT: Mapping[str, object] = {
    "domain": False,
    "ticks": False,
    "titleAngle": 0,
    "titleAlign": "left",
    "titleBaseline": "bottom",
    "titleX": 0,
    "titleY": -6,
}
"""The upright axis has no line of its own, and its title stands above it."""


@dataclass(frozen=True, slots=True)
class Look:
    """The reader's choices: theme, language, time zone and the width of the plot in pixels."""

    name: str
    language: str
    zone: str
    width: int

    @property
    def theme(self) -> Theme:
        return THEMES[self.name]

    def say(self, text: str) -> str:
        """A label in the reader's language, where it stands in the dictionary; there may be one for each row."""
        return say(text, self.language)

    def tell(self, text: str) -> str:
        """A title in the reader's language, also one that was put together of words and values."""
        return told(self.say(text), self.language)

    def amount(self, value: Cell, unit: str) -> str:
        """A number with its unit: '38 min', '38 分钟'; per cent sits tight."""
        if unit == "%":
            return f"{number(value)} %"
        return f"{number(value)} {self.say(unit)}".rstrip()

    def at(self, micros: Cell) -> float:
        """A moment as Vega's milliseconds, moved so that its UTC clock face is the wall clock of the zone."""
        there = moment(int(micros or 0)).astimezone(ZoneInfo(self.zone))
        return there.replace(tzinfo=UTC).timestamp() * 1000

    def days(self, micros: Iterable[int]) -> str:
        """The local dates that moments span, and the zone: '2026-03-29, Europe/Berlin'."""
        found = list(micros)
        first, last = (f"{moment(m).astimezone(ZoneInfo(self.zone)):%Y-%m-%d}" for m in (min(found), max(found) - 1))
        return f"{first if first == last else f'{first} – {last}'}, {self.zone}"


def number(value: Cell, spread: float | None = None) -> str:
    """A figure with three telling digits, or with three of the `spread` that it is read against.

    >>> number(1234.5), number(38.0), number(0.04567), number(None), number(74.01428, 0.03)
    ('1,234', '38', '0.0457', '–', '74.0143')
    """
    if value is None or isinstance(value, str):
        return value or "–"
    if not isfinite(value):
        return "–"
    if value == 0:
        return "0"
    places = max(0, 2 - floor(log10(spread or abs(value))))
    text = f"{value:,.{min(places, 9)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def config(look: Look) -> Spec:
    """Vega's settings for a calm page: no frame, hairlines, small type."""
    theme = look.theme
    axis: Spec = {
        "domainColor": theme.rule,
        "tickColor": theme.rule,
        "gridColor": theme.faint,
        "gridWidth": 1,
        "labelColor": theme.soft,
        "titleColor": theme.soft,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "labelLimit": 220,
        "tickSize": 4,
        "labelPadding": 4,
        "titlePadding": 8,
    }
    return {
        "font": FONT,
        "view": {"stroke": None},
        "axis": axis,
        "axisY": UPRIGHT,
        "legend": {
            "orient": "bottom",
            "title": None,
            "labelColor": theme.ink,
            "labelFontSize": 11,
            "symbolSize": 90,
            "symbolStrokeWidth": 1,
            "columnPadding": 14,
            "rowPadding": 4,
            "offset": 8,
            "labelLimit": 200,
        },
        "title": {
            "anchor": "start",
            "frame": "bounds",
            "color": theme.ink,
            "fontSize": 15,
            "fontWeight": 600,
            "subtitleColor": theme.soft,
            "subtitleFontSize": 11,
            "offset": 12,
            "subtitlePadding": 5,
        },
        "text": {"fontSize": 11, "fill": theme.ink},
        "bar": {"discreteBandSize": {"band": 0.72}},
        "rule": {"color": theme.rule},
    }


def values(picture: Picture, **more: Iterable[object]) -> Spec:
    """The rows as Vega data, with further columns beside the picture's own."""
    extra = {name: list(column) for name, column in more.items()}
    rows = [
        dict(zip(picture.columns, r, strict=True)) | {n: c[i] for n, c in extra.items()}
        for i, r in enumerate(picture.rows)
    ]
    return {"values": rows}


def floats(cells: Iterable[Cell]) -> list[float]:
    """The numbers among cells."""
    return [float(c) for c in cells if isinstance(c, int | float) and isfinite(c)]


def on(color: str, theme: Theme) -> str:
    """Ink or paper, whichever has the greater contrast (WCAG) on a colour."""
    here = _bright(color)
    return max((theme.ink, theme.paper), key=lambda ink: _contrast(_bright(ink), here))


def _contrast(a: float, b: float) -> float:
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


def _bright(color: str) -> float:
    """Relative luminance of an sRGB colour."""
    parts = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def scale_of(chosen: Mapping[str, str], look: Look) -> Spec:
    """A colour scale over words as they are shown."""
    return {"domain": [look.say(t) for t in chosen], "range": list(chosen.values())}


def clock(look: Look, moments: list[int]) -> Spec:
    """A time axis: hours within days, dates beyond, and the dates and zone as its title."""
    span = max(moments) - min(moments)
    fine = "%H:%M:%S" if span < 600_000_000 else "%H:%M"
    turn = "utchours(datum.value) + utcminutes(datum.value) + utcseconds(datum.value) == 0"
    text = f"utcFormat(datum.value, {turn} ? '%m-%d' : '{fine}')"
    if span > 300 * 86_400_000_000:
        text = "utcFormat(datum.value, '%Y-%m')"
    return {
        "title": look.days(moments),
        "labelExpr": text,
        "grid": True,
        "tickCount": max(4, look.width // 90),
        "labelFlush": False,
    }


def marks(picture: Picture, look: Look, axis: str, *, above: bool = False) -> list[Spec]:
    """Reference lines with their names; upright ones are named in the head of the plot, staggered, or above it."""
    found = [m for m in picture.marks if m.axis == axis]
    upright = axis == "x"
    layers: list[Spec] = []
    for place, mark in enumerate(sorted(found, key=lambda m: m.value)):
        text = f"{look.say(mark.text)} {number(mark.value)}"
        at: Spec = {axis: {"datum": mark.value, "type": "quantitative"}}
        name: Spec = {"type": "text", "text": text, "align": "left", "color": look.theme.ink, "fontSize": 10}
        side: Spec = {"y": {"value": 0}} if upright else {"x": {"value": look.width}}
        height = -6 - 13 * (place % 2) if above else 6 + 13 * (place % 3)
        name |= {"dx": 4, "dy": height} if upright else {"dx": 6, "dy": 0, "baseline": "middle"}
        if upright and place == 0 and len(found) > 1:
            name |= {"dx": -4, "align": "right"}
        layers += [
            {
                "data": {"values": [{}]},
                "mark": {"type": "rule", "strokeDash": [4, 3], "color": look.theme.ink, "opacity": 0.75},
                "encoding": at,
            },
            {"data": {"values": [{}]}, "mark": name, "encoding": at | side},
        ]
    return layers
