"""Pictures made of boxes: waterfall, Pareto, stacked bars, histogram, heat map, table."""

from __future__ import annotations

from .kinds import Cell, Picture
from .look import Look, Spec, floats, marks, number, on, scale_of, values
from .palette import MEANINGS, colors

STEP = 26
"""Height of one bar with its gap, in pixels."""


def waterfall(picture: Picture, look: Look) -> Spec:
    """Bars hang where the one above ended; hairlines lead the eye."""
    theme, texts = look.theme, [str(t) for t in picture.column("text")]
    chosen = colors(tuple(texts[1:]), look.name) | {texts[0]: theme.soft}
    whole = floats(picture.column("amount"))[0]
    labels = [
        look.amount(a, picture.unit) + (f" · {a / whole:.1%}".replace("%", " %") if whole and i else "")
        for i, a in enumerate(floats(picture.column("amount")))
    ]
    said = [look.say(t) for t in texts]
    sides = floats(picture.column("since")) + floats(picture.column("until"))
    low, high = min(0.0, *sides), max(sides)
    data = values(
        picture,
        said=said,
        next=[*said[1:], said[-1]],
        label=labels,
        color=[chosen[t] for t in texts],
        end=[
            max(float(a or 0), float(b or 0))
            for a, b in zip(picture.column("since"), picture.column("until"), strict=True)
        ],
    )
    y: Spec = {"field": "said", "type": "nominal", "sort": None, "axis": _names(look)}
    x_scale: Spec = {"domain": [low, high + 0.2 * (high - low)], "nice": False, "zero": False}
    x: Spec = {"field": "since", "type": "quantitative", "scale": x_scale, "axis": None}
    return {
        "data": data,
        "width": look.width,
        "height": {"step": STEP},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 1},
                "encoding": {"y": y, "y2": {"field": "next"}, "x": x | {"field": "until"}},
            },
            {
                "mark": {"type": "bar", "cornerRadius": 1.5},
                "encoding": {
                    "y": y,
                    "x": x,
                    "x2": {"field": "until"},
                    "color": {"field": "color", "type": "nominal", "scale": None},
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 6},
                "encoding": {"y": y, "x": x | {"field": "end"}, "text": {"field": "label"}},
            },
        ],
    }


def pareto(picture: Picture, look: Look) -> Spec:
    """Bars with amount and share; the cumulative share as a line in its own strip on the right."""
    theme, texts = look.theme, [str(t) for t in picture.column("text")]
    known = colors(tuple(texts), look.name)
    fills = [known[t] if t in MEANINGS else theme.rule if t == "other" else theme.accent for t in texts]
    labels = [
        f"{look.amount(a, picture.unit)} · {s:.1%}".replace("%", " %") if isinstance(s, float) else ""
        for a, s in zip(picture.column("amount"), picture.column("share"), strict=True)
    ]
    data = values(picture, said=[look.say(t) for t in texts], label=labels, color=fills)
    y: Spec = {"field": "said", "type": "nominal", "sort": None, "axis": _names(look)}
    left, strip = [0, round(look.width * 0.55)], [round(look.width * 0.80), look.width]
    x: Spec = {"field": "amount", "type": "quantitative", "axis": None, "scale": {"range": left, "zero": True}}
    share: Spec = {
        "field": "cumulative",
        "type": "quantitative",
        "scale": {"range": strip, "domain": [0, 1]},
        "axis": _strip(look),
    }
    return {
        "data": data,
        "width": look.width,
        "height": {"step": STEP},
        "resolve": {"scale": {"x": "independent"}},
        "layer": [
            {
                "layer": [
                    {
                        "mark": {"type": "bar", "cornerRadius": 1.5},
                        "encoding": {"y": y, "x": x, "color": {"field": "color", "type": "nominal", "scale": None}},
                    },
                    {
                        "mark": {"type": "text", "align": "left", "dx": 6},
                        "encoding": {"y": y, "x": x, "text": {"field": "label"}},
                    },
                ]
            },
            {
                "mark": {
                    "type": "line",
                    "color": theme.ink,
                    "strokeWidth": 1.5,
                    "point": {"filled": True, "fill": theme.ink, "size": 26},
                },
                "encoding": {"y": y, "x": share, "order": {"field": "cumulative"}},
            },
        ],
    }


def _strip(look: Look) -> Spec:
    """The axis of the cumulative share."""
    return {
        "orient": "bottom",
        "labelExpr": "datum.value * 100 + ' %'",
        "values": [0, 0.5, 1],
        "grid": True,
        "title": look.say("cumulative"),
        "domain": False,
        "labelOverlap": False,
    }


def bars(picture: Picture, look: Look) -> Spec:
    """Stacked bars: each part is named in the legend and, where there is room, in the bar."""
    parts = tuple(dict.fromkeys(str(p) for p in picture.column("part")))
    chosen = colors(parts, look.name)
    sums: dict[str, float] = {}
    middles: list[float] = []
    for text, amount in zip(picture.column("text"), floats(picture.column("amount")), strict=True):
        middles.append(sums.get(look.say(str(text)), 0.0) + amount / 2)
        sums[look.say(str(text))] = sums.get(look.say(str(text)), 0.0) + amount
    most = max([*sums.values(), *[m.value for m in picture.marks]])
    data = values(
        picture,
        text=[look.say(str(t)) for t in picture.column("text")],
        said=[look.say(str(p)) for p in picture.column("part")],
        middle=middles,
        order=[parts.index(str(p)) for p in picture.column("part")],
        ink=[on(chosen[str(p)], look.theme) for p in picture.column("part")],
        label=[
            number(a) if 0.07 * most < a < sums[look.say(str(t))] else ""
            for t, a in zip(picture.column("text"), floats(picture.column("amount")), strict=True)
        ],
    )
    y: Spec = {"field": "text", "type": "nominal", "sort": None, "axis": _names(look)}
    x: Spec = {
        "field": "amount",
        "type": "quantitative",
        "stack": True,
        "axis": {"title": look.say(picture.unit), "grid": True, "tickCount": 6},
        "scale": {"domain": [0, most * 1.12 or 1]},
    }
    legend: Spec | None = {"symbolType": "square"} if len(parts) > 1 else None
    color: Spec = {"field": "said", "type": "nominal", "scale": scale_of(chosen, look), "legend": legend}
    body: Spec = {
        "mark": {"type": "bar", "cornerRadius": 1.5, "stroke": look.theme.paper, "strokeWidth": 0.8},
        "encoding": {"y": y, "x": x, "order": {"field": "order"}, "color": color},
    }
    ends: Spec = {"values": [{"text": t, "end": s, "label": look.amount(s, picture.unit)} for t, s in sums.items()]}
    return {
        "data": data,
        "width": look.width,
        "height": {"step": STEP},
        "layer": [body, *_bar_texts(y, ends, split=len(parts) > 1), *marks(picture, look, "x", above=True)],
    }


def _bar_texts(y: Spec, ends: Spec, *, split: bool) -> list[Spec]:
    """What stands in the parts of the bars, and behind their ends."""
    inside: Spec = {
        "mark": {"type": "text"},
        "encoding": {
            "y": y,
            "x": {"field": "middle", "type": "quantitative"},
            "text": {"field": "label"},
            "color": {"field": "ink", "type": "nominal", "scale": None},
        },
    }
    behind: Spec = {
        "data": ends,
        "mark": {"type": "text", "align": "left", "dx": 6},
        "encoding": {"y": y, "x": {"field": "end", "type": "quantitative"}, "text": {"field": "label"}},
    }
    return [inside, behind] if split else [behind]


def histogram(picture: Picture, look: Look) -> Spec:
    """Bins side by side; reference lines are named."""
    title = (
        f"{look.say(picture.x)} ({look.say(picture.unit)})"
        if picture.x and picture.unit
        else look.say(picture.x or picture.unit)
    )
    edges = floats(picture.column("low")) + floats(picture.column("high")) + [m.value for m in picture.marks]
    most = max(floats(picture.column("count")))
    head = 1.0 + 0.07 * min(3, len(picture.marks))
    return {
        "data": values(picture),
        "width": look.width,
        "height": 240,
        "layer": [
            {
                "mark": {
                    "type": "bar",
                    "color": look.theme.accent,
                    "stroke": look.theme.paper,
                    "strokeWidth": 0.6,
                    "opacity": 0.9,
                },
                "encoding": {
                    "x": {
                        "field": "low",
                        "type": "quantitative",
                        "axis": {"title": title, "grid": False},
                        "scale": {"domain": [min(edges), max(edges)], "zero": False, "nice": False, "padding": 8},
                    },
                    "x2": {"field": "high"},
                    "y": {
                        "field": "count",
                        "type": "quantitative",
                        "axis": {"title": look.say("count"), "tickCount": 5},
                        "scale": {"domain": [0, most * head]},
                    },
                    "y2": {"datum": 0},
                },
            },
            *marks(picture, look, "x"),
        ],
    }


def heatmap(picture: Picture, look: Look) -> Spec:
    """The further from the paper, the more; the value stands in each cell."""
    found, ramp = floats(picture.column("value")), look.theme.ramp
    low, high = (min(0.0, *found), max(found)) if found else (0.0, 1.0)

    def shade(value: Cell) -> str:
        if not isinstance(value, int | float):
            return look.theme.faint
        return ramp[min(len(ramp) - 1, int((value - low) / ((high - low) or 1) * len(ramp)))]

    fills = [shade(v) for v in picture.column("value")]
    data = values(
        picture, fill=fills, ink=[on(f, look.theme) for f in fills], label=[number(v) for v in picture.column("value")]
    )
    unit = f" ({look.say(picture.unit)})" if picture.unit else ""
    y: Spec = {"field": "row", "type": "nominal", "sort": None, "title": None}
    heads = " \u2002 ".join(f"{look.say(t)} {arrow}" for t, arrow in ((picture.y, "↓"), (picture.x, "→")) if t)
    x: Spec = {
        "field": "column",
        "type": "nominal",
        "sort": None,
        "title": (heads + unit).strip() or None,
        "axis": {"orient": "top", "labelAngle": 0, "domain": False, "ticks": False},
    }
    columns = len(set(picture.column("column")))
    return {
        "data": data,
        "width": {"step": max(34, min(96, look.width // max(1, columns)))},
        "height": {"step": 30},
        "layer": [
            {
                "mark": {"type": "rect", "stroke": look.theme.paper, "strokeWidth": 2},
                "encoding": {"x": x, "y": y, "color": {"field": "fill", "type": "nominal", "scale": None}},
            },
            {
                "mark": {"type": "text"},
                "encoding": {
                    "x": x,
                    "y": y,
                    "text": {"field": "label"},
                    "color": {"field": "ink", "type": "nominal", "scale": None},
                },
            },
        ],
    }


def table(picture: Picture, look: Look) -> Spec:
    """Texts flush left, numbers flush right, a hairline under the heads."""
    cells = [
        [look.say(c) for c in picture.columns],
        *[[look.say(c) if isinstance(c, str) else number(c) for c in r] for r in picture.rows],
    ]
    right = [all(not isinstance(c, str) for c in picture.column(name)) for name in picture.columns]
    widths = [24 + max(_width(row[i]) for row in cells) for i in range(len(picture.columns))]
    edges = [sum(widths[:i]) for i in range(len(widths) + 1)]
    rows = [
        {
            "x": edges[i + 1] - 12 if right[i] else edges[i],
            "y": 12 + 22 * r,
            "text": text,
            "right": right[i],
            "weight": "bold" if r == 0 else "normal",
        }
        for r, row in enumerate(cells)
        for i, text in enumerate(row)
    ]
    return {
        "width": edges[-1],
        "height": 22 * len(cells) + 4,
        "data": {"values": rows},
        "layer": [
            _texts("!datum.right", "left"),
            _texts("datum.right", "right"),
            {
                "data": {"values": [{"y": 24}]},
                "mark": {"type": "rule", "color": look.theme.rule},
                "encoding": {
                    "y": {"field": "y", "type": "quantitative", "scale": None, "axis": None},
                    "x": {"value": 0},
                    "x2": {"value": edges[-1]},
                },
            },
        ],
    }


def _texts(chosen: str, side: str) -> Spec:
    """The cells of a table that are flush with one side."""
    return {
        "transform": [{"filter": chosen}],
        "mark": {"type": "text", "align": side, "baseline": "middle", "fontWeight": {"expr": "datum.weight"}},
        "encoding": {
            "x": {"field": "x", "type": "quantitative", "scale": None, "axis": None},
            "y": {"field": "y", "type": "quantitative", "scale": None, "axis": None},
            "text": {"field": "text"},
        },
    }


def _names(look: Look) -> Spec:
    return {"title": None, "labelColor": look.theme.ink, "labelPadding": 8}


def _width(text: str) -> float:
    """Pixels of a text at 11 px: a Chinese glyph is as wide as it is high."""
    return sum(11.5 if ord(c) > 0x2E80 else 6.6 for c in text)
