"""Pictures of wafers: the dies of each map as one image on its disc, with the notch, the names and the legend."""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass
from math import ceil, cos, radians, sin, sqrt
from struct import pack

import numpy as np
from numpy.typing import NDArray

from .kinds import Picture
from .look import Look, Spec, number, on, scale_of
from .wafer import die_colors

Pixels = NDArray[np.uint8]
LARGEST = 460
"""Width of a map that is alone, in pixels."""
READABLE = 15.0
"""From this many pixels a die on, its bin is written into it."""
EXTREME = 1.0
"""Per cent of the values at each end that share the last colour: one wild die must not make all others look alike."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the dies of every map of a picture lie: the same grid for all, so that they can be compared."""

    left: int
    top: int
    across: int
    down: int
    reach: float
    size: float

    @property
    def grid(self) -> float:
        """Width and height of the grid of dies, so that its outermost corners touch the disc."""
        return self.size / self.reach


def wafer(picture: Picture, look: Look) -> Spec:
    """Each map is one small image: a lot of wafers stays light, and each die is a sharp box."""
    names = list(dict.fromkeys(str(m) for m in picture.column("map")))
    columns = 1 if len(names) == 1 else min(len(names), max(3, ceil(sqrt(len(names) * 1.5))))
    frame = _frame(picture, min(LARGEST, look.width / columns - 10))
    shades, legend = _binned(picture, look) if any(picture.column("text")) else _ramped(picture, look)
    spots = {n: (i % columns, i // columns) for i, n in enumerate(names)}
    images = _images(picture, frame, shades)
    head = 0 if len(names) == 1 else 18
    step = (frame.size + 10, frame.size + 12 + head)
    discs = [
        {
            "name": name,
            "x": column * step[0] + frame.size / 2,
            "y": row * step[1] + frame.size / 2 + head,
            "up": row * step[1] + 8,
            "picture": _address(images[name]),
        }
        for name, (column, row) in spots.items()
    ]
    height = (1 + max(row for _, row in spots.values())) * step[1]
    layers = [_disc(frame, look), _image(frame), *_notch(picture, frame, look)]
    layers += [_names()] if head else _numbers(picture, frame, shades, look)
    return {
        "data": {"values": discs},
        "width": columns * step[0],
        "height": height + (34 if isinstance(legend, list) else 0),
        "layer": [*layers, *(_strip(legend, height) if isinstance(legend, list) else [legend])],
        "resolve": {"scale": {"color": "independent"}},
    }


def _frame(picture: Picture, size: float) -> _Frame:
    x, y = (np.array([int(c or 0) for c in picture.column(axis)]) for axis in ("x", "y"))
    across, down = int(np.ptp(x)) + 1, int(np.ptp(y)) + 1
    out, up = (np.abs(2 * (a - a.min()) - n + 1) + 1 for a, n in ((x, across), (y, down)))
    return _Frame(int(x.min()), int(y.min()), across, down, float(np.hypot(out / across, up / down).max()), size)


def _binned(picture: Picture, look: Look) -> tuple[list[str], Spec]:
    """The colour of each die by what it is called, and the legend that says how often each was found."""
    side = int(look.name == "dark")
    known = {text: pair[side] for text, pair in die_colors(picture).items()}
    counted = Counter(str(t) for t in picture.column("text"))
    said = {text: f"{look.say(text)} · {counted[text]:,}" for text in known}
    mark: Spec = {"type": "square", "opacity": 0}
    scale = scale_of({said[t]: c for t, c in known.items()}, look)
    legend: Spec = {"symbolType": "square", "symbolOpacity": 1, "columns": max(1, look.width // 150)}
    color: Spec = {"field": "said", "type": "nominal", "scale": scale, "legend": legend, "sort": None}
    layer: Spec = {"data": {"values": [{"said": s} for s in said.values()]}, "mark": mark, "encoding": {"color": color}}
    return [known.get(str(t), look.theme.faint) for t in picture.column("text")], layer


def _ramped(picture: Picture, look: Look) -> tuple[list[str], list[tuple[str, str]]]:
    """The colour of each die by its value, and the steps of the scale with what stands under them."""
    found = np.array([np.nan if v is None else float(v) for v in picture.column("value")])
    known = found[np.isfinite(found)]
    low, high = np.percentile(known, (EXTREME, 100 - EXTREME)) if len(known) else (0.0, 1.0)
    ramp = _blend(look.theme.ramp)
    if low < 0 < high:
        high = max(-low, high)
        low = -high
        ramp = _blend((look.theme.accent, look.theme.faint, look.theme.warn))
    places = np.clip((found - low) / ((high - low) or 1.0) * len(ramp), 0, len(ramp) - 1)
    shades = [look.theme.faint if np.isnan(p) else ramp[int(p)] for p in places]
    words = {0: float(low), len(ramp) // 2: float(low + high) / 2, len(ramp) - 1: float(high)}
    spread = float(high - low) or None
    texts = [look.amount(number(words[i], spread), picture.unit) if i in words else "" for i in range(len(ramp))]
    return shades, list(zip(ramp, texts, strict=True))


def _blend(colors: tuple[str, ...], steps: int = 33) -> list[str]:
    """Steps from color to color."""
    stops = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colors], np.float64)
    at = np.linspace(0, len(colors) - 1, steps)
    parts = np.stack([np.interp(at, np.arange(len(colors)), stops[:, i]) for i in range(3)], axis=1)
    return ["#" + "".join(f"{round(v):02x}" for v in row) for row in parts.tolist()]


def _images(picture: Picture, frame: _Frame, shades: list[str]) -> dict[str, Pixels]:
    """The dies of each map as red, green, blue and alpha; a die is a box with a hair of paper around it."""
    box = max(2, min(48, ceil(2 * frame.grid / max(frame.across, frame.down))))
    hair = max(1, box // 12) if box >= 6 else 0
    maps: dict[str, Pixels] = {}
    for (of, x, y, *_), shade in zip(picture.rows, shades, strict=True):
        grid = maps.setdefault(str(of), np.zeros((frame.down, frame.across, 4), np.uint8))
        grid[int(y or 0) - frame.top, int(x or 0) - frame.left] = [*bytes.fromhex(shade[1:]), 255]
    large = {name: grid.repeat(box, axis=0).repeat(box, axis=1) for name, grid in maps.items()}
    for pixels in large.values():
        for gap in range(hair):
            pixels[gap::box] = 0
            pixels[:, gap::box] = 0
    return large


def _address(pixels: Pixels) -> str:
    """The pixels as a PNG inside its own address, so that nothing is fetched."""
    height, width, _ = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], axis=1).tobytes()
    parts = (
        (b"IHDR", pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    png = b"\x89PNG\r\n\x1a\n" + b"".join(pack(">I", len(b)) + k + b + pack(">I", zlib.crc32(k + b)) for k, b in parts)
    return "data:image/png;base64," + b64encode(png).decode()


def _at(x: str, y: str) -> Spec:
    """Places are pixels of the plot."""
    return {
        axis: {"field": field, "type": "quantitative", "scale": None, "axis": None}
        for axis, field in (("x", x), ("y", y))
    }


def _disc(frame: _Frame, look: Look) -> Spec:
    size = frame.size**2  # Vega's size of a circle is that of the square around it
    mark: Spec = {"type": "point", "shape": "circle", "filled": True, "size": size, "opacity": 1}
    return {
        "mark": mark | {"fill": look.theme.faint, "stroke": look.theme.rule, "strokeWidth": 1},
        "encoding": _at("x", "y"),
    }


def _image(frame: _Frame) -> Spec:
    mark: Spec = {"type": "image", "width": frame.grid, "height": frame.grid, "aspect": False, "smooth": False}
    return {"mark": mark, "encoding": {**_at("x", "y"), "url": {"field": "picture", "type": "nominal"}}}


def _notch(picture: Picture, frame: _Frame, look: Look) -> list[Spec]:
    angles = [radians(m.value) for m in picture.marks if m.axis == "angle"]
    half = frame.size / 2
    mark: Spec = {"type": "point", "shape": "circle", "filled": True, "size": max(16.0, half / 2), "opacity": 1}
    mark |= {"fill": look.theme.paper, "stroke": look.theme.soft, "strokeWidth": 1}
    return [
        {"mark": mark | {"xOffset": half * cos(a), "yOffset": -half * sin(a)}, "encoding": _at("x", "y")}
        for a in angles
    ]


def _names() -> Spec:
    return {"mark": {"type": "text", "limit": 120}, "encoding": {**_at("x", "up"), "text": {"field": "name"}}}


def _numbers(picture: Picture, frame: _Frame, shades: list[str], look: Look) -> list[Spec]:
    """What failed bears its bin, so that it is not told by its colour alone; only where there is room for it."""
    across, down = frame.grid / frame.across, frame.grid / frame.down
    if min(across, down) < READABLE:
        return []
    corner = (frame.size - frame.grid) / 2
    rows = [
        {
            "x": corner + (int(x or 0) - frame.left + 0.5) * across,
            "y": corner + (int(y or 0) - frame.top + 0.5) * down,
            "bin": number(value),
            "ink": on(shade, look.theme),
        }
        for (_, x, y, value, text, passed), shade in zip(picture.rows, shades, strict=True)
        if text and passed != 1
    ]
    color: Spec = {"field": "ink", "type": "nominal", "scale": None}
    mark: Spec = {"type": "text", "baseline": "middle", "fontSize": 9}
    encoding: Spec = {**_at("x", "y"), "text": {"field": "bin"}, "color": color}
    return [{"data": {"values": rows}, "mark": mark, "encoding": encoding}]


def _strip(steps: list[tuple[str, str]], top: float) -> list[Spec]:
    """The scale of colours as a strip, with its least, middle and greatest value below."""
    rows = [
        {"x": i * 7, "x2": (i + 1) * 7, "middle": i * 7 + 3.5, "y": top + 4, "y2": top + 14, "below": top + 24}
        | {"shade": shade, "said": said}
        for i, (shade, said) in enumerate(steps)
    ]
    ends: Spec = {"x2": {"field": "x2"}, "y2": {"field": "y2"}}
    shade: Spec = {"color": {"field": "shade", "type": "nominal", "scale": None}}
    return [
        {"data": {"values": rows}, "mark": "rect", "encoding": {**_at("x", "y"), **ends, **shade}},
        {
            "data": {"values": rows},
            "transform": [{"filter": "datum.said != ''"}],
            "mark": {"type": "text", "align": "center", "baseline": "top", "dx": 8},
            "encoding": {**_at("middle", "below"), "text": {"field": "said"}},
        },
    ]
