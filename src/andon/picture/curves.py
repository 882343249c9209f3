"""Pictures along an axis: timeline, trend, control chart, scatter, lines, survival."""

from __future__ import annotations

from .kinds import Picture
from .look import Look, Spec, clock, floats, marks, number, on, scale_of, values
from .palette import colors

DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [10, 4], [1, 3], [6, 2, 1, 2])
"""A dash for each series, so that colour is never alone."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")


def timeline(picture: Picture, look: Look) -> Spec:
    """One lane each; words stand in the boxes that have room for them, the legend has them all."""
    texts = [str(t) for t in picture.column("text")]
    chosen = colors(tuple(texts), look.name)
    moments = [int(m) for m in floats(picture.column("since")) + floats(picture.column("until"))]
    room = (max(moments) - min(moments)) / look.width or 1.0
    labels = [
        said if (int(u or 0) - int(s or 0)) / room > 8 + 8 * _glyphs(said) else ""
        for said, s, u in zip(map(look.say, texts), picture.column("since"), picture.column("until"), strict=True)
    ]
    data = values(
        picture,
        a=map(look.at, picture.column("since")),
        b=map(look.at, picture.column("until")),
        said=map(look.say, texts),
        label=labels,
        ink=[on(chosen[t], look.theme) for t in texts],
        edge=[
            _edge(t, chosen[t], (int(u or 0) - int(s or 0)) / room, look)
            for t, s, u in zip(texts, picture.column("since"), picture.column("until"), strict=True)
        ],
    )
    y: Spec = {
        "field": "lane",
        "type": "nominal",
        "sort": None,
        "axis": {"title": None, "labelColor": look.theme.ink, "labelPadding": 8},
    }
    x: Spec = {"field": "a", "type": "temporal", "scale": {"type": "utc", "nice": False}, "axis": clock(look, moments)}
    middle: Spec = {"calculate": "(datum.a + datum.b) / 2", "as": "middle"}
    legend: Spec = {"symbolType": "square", "columns": 6, "symbolStrokeColor": look.theme.soft}
    color: Spec = {"field": "said", "type": "nominal", "scale": scale_of(chosen, look), "legend": legend}
    return {
        "data": data,
        "width": look.width,
        "height": {"step": 34},
        "transform": [middle],
        "layer": _boxes(x, y, color),
    }


def _boxes(x: Spec, y: Spec, color: Spec) -> list[Spec]:
    """The boxes of a timeline and the words in them."""
    return [
        {
            "mark": {"type": "bar", "strokeWidth": 0.7, "height": {"band": 0.74}},
            "encoding": {
                "x": x,
                "x2": {"field": "b"},
                "y": y,
                "stroke": {"field": "edge", "type": "nominal", "scale": None},
                "color": color,
            },
        },
        {
            "mark": {"type": "text", "fontSize": 10},
            "encoding": {
                "x": x | {"field": "middle"},
                "y": y,
                "text": {"field": "label"},
                "color": {"field": "ink", "type": "nominal", "scale": None},
            },
        },
    ]


def trend(picture: Picture, look: Look) -> Spec:
    """A line in its band of least to greatest; a gap stays a gap."""
    moments = [int(m) for m in floats(picture.column("at"))]
    data = values(picture, a=map(look.at, picture.column("at")))
    x: Spec = {"field": "a", "type": "temporal", "scale": {"type": "utc", "nice": False}, "axis": clock(look, moments)}
    bare = all(v is None for v in picture.column("value"))
    sizes = [v for n in ("low", "value", "high") for v in floats(picture.column(n))] + [m.value for m in picture.marks]
    y: Spec = {
        "type": "quantitative",
        "scale": _domain(sizes),
        "axis": {"title": _title(picture, look), "tickCount": 6},
    }
    return {
        "data": data,
        "width": look.width,
        "height": 240,
        "layer": [
            {
                "mark": {
                    "type": "area",
                    "color": look.theme.accent,
                    "fillOpacity": 0.22,
                    "stroke": look.theme.accent,
                    "strokeWidth": 1.0,
                    "strokeOpacity": 0.7 if bare else 0.0,
                },
                "encoding": {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "line", "color": look.theme.accent, "strokeWidth": 1.6},
                "encoding": {"x": x, "y": y | {"field": "value"}},
            },
            *marks(picture, look, "y"),
        ],
    }


def control(picture: Picture, look: Look) -> Spec:
    """Points with center and limits; a point out of control is larger, has another shape and its rule's name."""
    order: Spec = {
        "field": "place",
        "type": "quantitative",
        "scale": {"nice": False, "padding": 10},
        "axis": {"title": look.say(picture.x), "grid": False, "tickMinStep": 1},
    }
    data = values(picture, place=_places(picture), said=[look.say(str(s)) for s in picture.column("signal")])
    sizes = [v for n in ("value", "lower", "center", "upper") for v in floats(picture.column(n))]
    y: Spec = {
        "type": "quantitative",
        "scale": _domain(sizes),
        "axis": {"title": _title(picture, look), "grid": False, "tickCount": 6},
    }

    ends = [("upper", "upper limit"), ("center", "center"), ("lower", "lower limit")]
    dashes = {"upper": [5, 3], "lower": [5, 3], "center": [1, 0]}
    spread = max(sizes) - min(sizes)
    return {
        "data": data,
        "width": look.width,
        "height": 240,
        "layer": [
            *[_limit(order, y | {"field": n}, dash, look) for n, dash in dashes.items()],
            *_judged(order, y | {"field": "value"}, look),
            *[
                _limit_name(n, y, f"{look.say(text)} {number(floats(picture.column(n))[-1], spread)}", picture, look)
                for n, text in ends
            ],
        ],
    }


def _limit(x: Spec, y: Spec, dash: list[int], look: Look) -> Spec:
    """A limit of a control chart, which may change from point to point."""
    mark: Spec = {"type": "line", "interpolate": "step", "strokeDash": dash, "color": look.theme.soft, "strokeWidth": 1}
    return {"mark": mark, "encoding": {"x": x, "y": y}}


def _limit_name(name: str, y: Spec, text: str, picture: Picture, look: Look) -> Spec:
    """The limit's name and value behind its last point."""
    mark: Spec = {"type": "text", "align": "left", "dx": 6, "text": text, "fontSize": 10, "color": look.theme.soft}
    return {
        "data": {"values": [{name: floats(picture.column(name))[-1]}]},
        "mark": mark,
        "encoding": {"x": {"value": look.width}, "y": y | {"field": name}},
    }


def _judged(x: Spec, y: Spec, look: Look) -> list[Spec]:
    """The points, and those out of control once more with their rule's name."""
    theme = look.theme
    out: Spec = {"filter": "datum.signal != ''"}
    dots: Spec = {"filled": True, "size": 26, "fill": theme.accent}
    odd: Spec = {"type": "point", "shape": "diamond", "filled": True, "size": 110, "color": theme.warn}
    return [
        {
            "mark": {"type": "line", "color": theme.accent, "strokeWidth": 1, "point": dots},
            "encoding": {"x": x, "y": y},
        },
        {"transform": [out], "mark": odd, "encoding": {"x": x, "y": y}},
        {
            "transform": [out],
            "mark": {"type": "text", "dy": -12, "fontSize": 10, "color": theme.warn},
            "encoding": {"x": x, "y": y, "text": {"field": "said"}},
        },
    ]


def scatter(picture: Picture, look: Look) -> Spec:
    """Points; each group has its colour and its shape."""
    groups = tuple(dict.fromkeys(str(g) for g in picture.column("group")))
    chosen = colors(groups, look.name)
    said = [look.say(g) for g in groups]
    data = values(picture, said=[look.say(str(g)) for g in picture.column("group")])
    legend: Spec | None = {"symbolType": "circle"} if len(groups) > 1 else None
    return {
        "data": data,
        "width": look.width,
        "height": 300,
        "layer": [
            {
                "mark": {"type": "point", "filled": True, "size": 34, "opacity": 0.8},
                "encoding": {
                    "x": _number("x", look.say(picture.x), floats(picture.column("x"))),
                    "y": _number("y", look.say(picture.y), floats(picture.column("y"))),
                    "color": {"field": "said", "type": "nominal", "scale": scale_of(chosen, look), "legend": legend},
                    "shape": {
                        "field": "said",
                        "type": "nominal",
                        "legend": legend,
                        "scale": {"domain": said, "range": [SHAPES[i % len(SHAPES)] for i in range(len(said))]},
                    },
                },
            },
            *marks(picture, look, "y"),
            *marks(picture, look, "x"),
        ],
    }


def lines(picture: Picture, look: Look) -> Spec:
    """Curves, each with its colour and its dash."""
    series = tuple(dict.fromkeys(str(s) for s in picture.column("series")))
    data = values(picture, said=[look.say(str(s)) for s in picture.column("series")])
    return {
        "data": data,
        "width": look.width,
        "height": 240,
        "layer": [
            {
                "mark": {"type": "line", "strokeWidth": 1.8},
                "encoding": {
                    "x": _number("x", look.say(picture.x), floats(picture.column("x"))),
                    "y": _number("y", _title(picture, look), floats(picture.column("y"))),
                }
                | _strokes(series, look),
            },
            *marks(picture, look, "y"),
            *marks(picture, look, "x"),
        ],
    }


def survival(picture: Picture, look: Look) -> Spec:
    """Steps in their band; a fitted curve runs smoothly through them."""
    series = tuple(dict.fromkeys(str(s) for s in picture.column("series")))
    chosen = colors(series, look.name)
    data = values(
        picture,
        said=[look.say(str(s)) for s in picture.column("series")],
        tint=[chosen[str(s)] for s in picture.column("series")],
    )
    title = look.say(picture.x or "time") + (f" ({look.say(picture.unit)})" if picture.unit else "")
    x: Spec = {
        "field": "time",
        "type": "quantitative",
        "axis": {"title": title, "grid": False},
        "scale": {"nice": False, "zero": True},
    }
    y: Spec = {
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {"title": None, "labelExpr": "format(datum.value * 100, '.0f') + ' %'", "tickCount": 5},
    }
    tint: Spec = {"field": "tint", "type": "nominal", "scale": None}
    step: Spec = _strokes(series, look) | {"x": x, "y": y | {"field": "share"}}
    return {
        "data": data,
        "width": look.width,
        "height": 260,
        "layer": [
            {
                "transform": [{"filter": "isValid(datum.low)"}],
                "mark": {"type": "area", "interpolate": "step-after", "fillOpacity": 0.16},
                "encoding": {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}, "color": tint},
            },
            {
                "transform": [{"filter": "!datum.smooth"}],
                "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 1.8},
                "encoding": step,
            },
            {"transform": [{"filter": "datum.smooth"}], "mark": {"type": "line", "strokeWidth": 1.6}, "encoding": step},
            *marks(picture, look, "x"),
        ],
    }


def _strokes(series: tuple[str, ...], look: Look) -> Spec:
    chosen = colors(series, look.name)
    said = [look.say(s) for s in series]
    line: Spec = {"symbolType": "stroke", "symbolSize": 260, "symbolStrokeWidth": 2, "symbolOpacity": 1}
    legend = line if len(series) > 1 else None
    dashes = [list(DASHES[i % len(DASHES)]) for i in range(len(series))]
    return {
        "color": {"field": "said", "type": "nominal", "scale": scale_of(chosen, look), "legend": legend},
        "strokeDash": {
            "field": "said",
            "type": "nominal",
            "legend": legend,
            "scale": {"domain": said, "range": dashes},
        },
    }


def _number(field: str, title: str, found: list[float]) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "scale": _domain(found),
        "axis": {"title": title, "grid": field == "y", "tickCount": 6},
    }


def _domain(found: list[float]) -> Spec:
    low, high = (min(found), max(found)) if found else (0.0, 1.0)
    margin = 0.06 * (high - low) or abs(high) * 0.06 or 1.0
    near_zero = 0 <= low < 0.4 * high
    return {"domain": [0.0 if near_zero else low - margin, high + margin], "nice": False, "zero": False}


def _title(picture: Picture, look: Look) -> str:
    name, unit = look.say(picture.y), look.say(picture.unit)
    return f"{name} ({unit})" if name and unit else name or unit


def _places(picture: Picture) -> list[float]:
    found = picture.column("x")
    return (
        floats(found) if all(isinstance(c, int | float) for c in found) else [float(i + 1) for i in range(len(found))]
    )


def _edge(text: str, color: str, pixels: float, look: Look) -> str:
    """Paper between boxes that are wide enough to keep their colour; unknown time is drawn in outline."""
    if text == "unknown":
        return look.theme.soft
    return look.theme.paper if pixels > 4 else color


def _glyphs(text: str) -> float:
    return sum(1.5 if ord(c) > 0x2E80 else 0.8 for c in text)
