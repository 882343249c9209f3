"""Pictures of every kind, drawn without a browser and without a network."""

import base64
import json
import re
import struct
import subprocess
import sys
import zlib
from itertools import combinations, product
from pathlib import Path

import pytest

from andon.errors import BadQuestion
from andon.model import Loss, State
from andon.picture import (
    Kind,
    Mark,
    Picture,
    bars,
    control,
    die_colors,
    heatmap,
    histogram,
    lines,
    pareto,
    scatter,
    survival,
    table,
    timeline,
    to_png,
    to_svg,
    to_vega,
    trend,
    wafer,
    waterfall,
)
from andon.picture.palette import MEANINGS, THEMES
from andon.units import HOUR, MINUTE
from andon.words import say

PICTURES = {
    Kind.WATERFALL: waterfall("Where it went", [("planned busy time", 440), ("breakdown", 38), ("speed", 27)], "min"),
    Kind.PARETO: pareto("Stops", [("Jam", 38), ("No parts", 61), ("E17", 3)], "min"),
    Kind.TIMELINE: timeline("Today", [("press-3", 0, HOUR, "producing"), ("press-3", HOUR, 2 * HOUR, "unknown")]),
    Kind.TREND: trend(
        "Power",
        [(i * MINUTE, 1.0, None if i == 9 else 2.0 + i % 3, 6.0) for i in range(60)],
        "kW",
        marks=[Mark("upper limit", 7.0)],
    ),
    Kind.CONTROL: control(
        "Diameter",
        [(i, 74 + 0.001 * i, 73.99, 74.0, 74.01, "rule 1" if i > 10 else "") for i in range(1, 13)],
        "mm",
        x="sample",
    ),
    Kind.HISTOGRAM: histogram(
        "Cycles",
        [(i, i + 1, 5 + i) for i in range(10)],
        "s",
        x="cycle time",
        marks=[Mark("ideal", 4.0, "x"), Mark("median", 5.5, "x")],
    ),
    Kind.SCATTER: scatter(
        "Energy", [(i, 2.0 * i, "week" if i % 7 else "Sunday") for i in range(40)], x="parts", y="kWh"
    ),
    Kind.HEATMAP: heatmap("From to", [("A", "B", 12.0), ("A", "A", None), ("B", "A", 30.0), ("B", "B", None)], "min"),
    Kind.BARS: bars("Parts", [("A", "good", 90.0), ("A", "rejects", 10.0), ("B", "good", 50.0)], "parts"),
    Kind.LINES: lines("Made", [("plan", i, 2.0 * i) for i in range(9)] + [("real", i, 1.8 * i) for i in range(9)]),
    Kind.SURVIVAL: survival(
        "Still running",
        [
            ("KM", 0, 1.0, None, None),
            ("KM", 50, 0.8, 0.6, 0.9),
            ("fit", 0, 1.0, None, None),
            ("fit", 50, 0.7, None, None),
        ],
        "h",
        smooth=["fit"],
    ),
    Kind.WAFER: wafer(
        "Wafer 7-01",
        [
            ("7-01", x, y, 5 if x == y else 1, "5 open" if x == y else "1 good", x != y)
            for x in range(-6, 7)
            for y in range(-6, 7)
            if x * x + y * y < 40
        ],
        subtitle="hard bins",
    ),
    Kind.TABLE: table("Orders", ("order", "planned", "铸件"), [("4711", 500, "是"), ("4712", None, "否")]),
}


def pixels(png: bytes) -> tuple[int, int, set[bytes]]:
    """Width, height and the different rows of a PNG; every chunk's checksum is right."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, size, packed = 8, (0, 0), b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0]
        size = struct.unpack(">II", body[:8]) if kind == b"IHDR" else size
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    raw = zlib.decompress(packed)
    step = len(raw) // size[1]
    return size[0], size[1], {raw[i : i + step] for i in range(0, len(raw), step)}


def test_there_is_an_example_of_every_kind() -> None:
    assert set(PICTURES) == set(Kind)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_drawn_as_png(kind: Kind, theme: str, language: str) -> None:
    width, height, rows = pixels(to_png(PICTURES[kind], theme=theme, language=language))
    assert width > 150
    assert height > 100
    assert len(rows) > 10  # something stands on the paper


@pytest.mark.parametrize(
    ("kind", "language", "texts"),
    [
        (Kind.WATERFALL, "en", ["Where it went", "planned busy time", "440 min", "38 min · 8.6 %", "375 min · 85.2 %"]),
        (Kind.WATERFALL, "zh", [say("breakdown", "zh"), "38 分钟 · 8.6 %", say("productive", "zh")]),
        (Kind.PARETO, "en", ["No parts", "61 min · 59.8 %", "cumulative"]),
        (Kind.TIMELINE, "en", ["press-3", "producing", "unknown", "1970-01-01, UTC"]),
        (Kind.TIMELINE, "zh", ["press-3", say("producing", "zh"), say("unknown", "zh")]),
        (Kind.TREND, "en", ["Power", "kW", "upper limit 7"]),
        (Kind.CONTROL, "en", ["upper limit 74.01", "lower limit 73.99", "rule 1", "sample"]),
        (Kind.HISTOGRAM, "en", ["ideal 4", "median 5.5", "cycle time (s)", "count"]),
        (Kind.SCATTER, "en", ["Sunday", "kWh"]),
        (Kind.HEATMAP, "en", ["12", "30", "–"]),
        (Kind.BARS, "en", ["good", "rejects", "100 parts"]),
        (Kind.LINES, "en", ["plan", "real"]),
        (Kind.SURVIVAL, "en", ["KM", "fit", "100 %", "time (h)"]),
        (Kind.WAFER, "en", ["Wafer 7-01", "1 good · 112", "5 open · 9", "5"]),
        (Kind.TABLE, "zh", [say("order", "zh"), "4711", "铸件", "是", "–"]),
    ],
)
def test_what_matters_stands_in_the_picture_as_text(kind: Kind, language: str, texts: list[str]) -> None:
    svg = to_svg(PICTURES[kind], language=language)
    assert [t for t in texts if f">{t}</text>" not in svg] == []


@pytest.mark.parametrize("kind", Kind)
def test_a_specification_carries_its_rows_and_fetches_nothing(kind: Kind) -> None:
    spec = to_vega(PICTURES[kind])
    text = json.dumps(spec, allow_nan=False)
    assert json.loads(text) == spec
    assert [u for u in re.findall(r'"url": "([^"]*)', text) if not u.startswith("data:")] == []
    assert text.count("http") == 1  # the name of the language, "$schema"


@pytest.mark.parametrize("kind", Kind)
def test_a_picture_without_rows_says_so(kind: Kind) -> None:
    empty = Picture(kind, "Nothing", PICTURES[kind].columns, ())
    assert "Nothing to show in this window" in to_svg(empty)


def test_a_notebook_gets_the_svg() -> None:
    shown = PICTURES[Kind.PARETO]._repr_mimebundle_()
    assert shown["image/svg+xml"].startswith("<svg")
    assert shown["text/plain"] == "pareto: Stops (3 rows)"
    assert "<svg" in PICTURES[Kind.PARETO]._repr_html_()


@pytest.mark.parametrize(
    ("name", "begins"), [("a.svg", b"<svg"), ("a.png", b"\x89PNG"), ("a.pdf", b"%PDF"), ("a.html", b"<!doctype html>")]
)
def test_a_picture_saves_itself(tmp_path: Path, name: str, begins: bytes) -> None:
    PICTURES[Kind.TABLE].save(tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadQuestion, match=r"'a\.bmp'.*\.svg, \.png, \.pdf, \.html"):
        PICTURES[Kind.TABLE].save(tmp_path / "a.bmp")


@pytest.mark.parametrize(("theme", "language"), [("sepia", "en"), ("light", "fr")])
def test_an_unknown_theme_or_language_is_refused(theme: str, language: str) -> None:
    with pytest.raises(BadQuestion, match="themes are light and dark, languages en and zh"):
        to_vega(PICTURES[Kind.TABLE], theme=theme, language=language)


def test_time_is_shown_on_the_wall_clock_of_the_zone() -> None:
    june = 1_780_272_000_000_000  # 2026-06-01T00:00Z, 02:00 in Berlin
    picture = timeline("Early", [("a", june, june + 4 * HOUR, "producing")])
    berlin, utc = to_svg(picture, zone="Europe/Berlin"), to_svg(picture, zone="UTC")
    assert ">2026-06-01, Europe/Berlin<" in berlin
    assert (">05:30<" in berlin, ">00:30<" in berlin) == (True, False)
    assert (">05:30<" in utc, ">00:30<" in utc) == (False, True)


def test_losses_taken_off_the_whole_leave_the_rest() -> None:
    rows = waterfall("", [("whole", 440), ("a", 38), ("b", -10), ("c", 2)], left="rest").rows
    assert [r[2:] for r in rows] == [(0, 440), (440, 402), (402, 412), (412, 410), (0, 410)]


def test_a_pareto_adds_what_is_beyond_its_limit_to_one_bar() -> None:
    rows = pareto("", [(str(i), 10 - i) for i in range(10)], limit=4).rows
    assert [r[0] for r in rows] == ["0", "1", "2", "other"]
    assert rows[-1][1:] == (28.0, pytest.approx(28 / 55), pytest.approx(1.0))


def test_every_state_and_loss_has_a_colour_of_its_own_in_both_themes() -> None:
    for group in (list(State), [x for x in Loss if x.value in MEANINGS]):
        for side in (0, 1):
            shades = [MEANINGS[x][side] for x in group]
            assert len(set(shades)) == len(shades)
    assert {x.value for x in Loss} <= set(MEANINGS)


# Viénot, Brettel and Mollon (1999): linear RGB as people without red or without green cones see it.
DEUTAN = ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0))
PROTAN = ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0))


@pytest.mark.parametrize("seen", [DEUTAN, PROTAN], ids=["deutan", "protan"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_states_that_matter_are_told_apart_by_people_with_any_colour_vision(
    seen: tuple[tuple[float, ...], ...], theme: str
) -> None:
    matter = [State.PRODUCING, State.FAULT, State.SETUP, State.STARVED, State.UNKNOWN]
    shades = {x: lab(MEANINGS[x][theme == "dark"], seen) for x in matter}
    for a, b in combinations(matter, 2):
        assert sum((p - q) ** 2 for p, q in zip(shades[a], shades[b], strict=True)) ** 0.5 > 10, (a, b)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_text_has_the_contrast_that_wcag_asks_for(theme: object) -> None:
    for ink in (theme.ink, theme.soft):  # type: ignore[attr-defined]  # Theme
        assert contrast(ink, theme.paper) >= 4.5  # type: ignore[attr-defined]  # Theme


def test_nothing_heavy_is_imported_until_something_is_drawn() -> None:
    code = (
        "import sys, andon.picture as p; p.to_vega(p.pareto('a', [('b', 1)])); "
        "print([m for m in ('vl_convert', 'scipy', 'pyarrow', 'duckdb', 'polars') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def linear(color: str) -> list[float]:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def contrast(a: str, b: str) -> float:
    bright = sorted(sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(x), strict=True)) for x in (a, b))
    return (bright[1] + 0.05) / (bright[0] + 0.05)


def lab(color: str, seen: tuple[tuple[float, ...], ...]) -> tuple[float, float, float]:
    """CIE L*a*b* of a colour as somebody sees it (D65)."""
    rgb = [max(0.0, sum(w * c for w, c in zip(row, linear(color), strict=True))) for row in seen]
    matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    xyz = [
        sum(w * c for w, c in zip(row, rgb, strict=True)) / white
        for row, white in zip(matrix, (0.95047, 1.0, 1.08883), strict=True)
    ]
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def test_the_dies_of_a_wafer_stand_where_they_lie_in_the_colour_of_their_bin() -> None:
    dies = [("a", 3, 7, 1, "1 good", True), ("a", 4, 7, 5, "5 open", False), ("b", 4, 8, 5, "5 open", False)]
    spec = to_vega(wafer("Lot", dies))
    good, bad = (bytes.fromhex(die_colors(wafer("Lot", dies))[t][0][1:]) for t in ("1 good", "5 open"))
    shown = {d["name"]: colors_at_quarters(d["picture"]) for d in spec["data"]["values"]}
    none = bytes(4)
    assert shown == {"a": [[good + b"\xff", bad + b"\xff"], [none, none]], "b": [[none, none], [none, bad + b"\xff"]]}


def test_what_failed_is_told_apart_by_people_with_any_colour_vision() -> None:
    dies = [("a", i, 0, i, f"{i} bin", i == 0) for i in range(8)]
    chosen = die_colors(wafer("", dies))
    for side, seen in product((0, 1), (DEUTAN, PROTAN)):
        shades = [lab(pair[side], seen) for pair in chosen.values()]
        near = [
            (a, b) for a, b in combinations(shades, 2) if sum((p - q) ** 2 for p, q in zip(a, b, strict=True)) < 100
        ]
        assert near == []


def test_values_on_both_sides_of_nothing_are_shown_against_it() -> None:
    dies = [("a", x, y, float(x), "", None) for x in range(-1, 4) for y in range(5)]
    svg = to_svg(wafer("Difference", dies, "V", notch=None))
    assert all(f">{text}</text>" in svg for text in ("-3 V", "0 V", "3 V"))


def test_a_gallery_of_hundreds_of_wafers_stays_light() -> None:
    dies = [(f"{w:03d}", x, y, (x * y + w) % 7, "", None) for w in range(200) for x in range(20) for y in range(20)]
    assert len(to_svg(wafer("Lots", dies))) < 1_000_000


def colors_at_quarters(address: str) -> list[list[bytes]]:
    """The pixels in the middle of each quarter of a PNG that is its own address."""
    png = base64.b64decode(address.removeprefix("data:image/png;base64,"))
    width, height = struct.unpack(">II", png[16:24])
    size = struct.unpack(">I", png[33:37])[0]
    rows = zlib.decompress(png[41 : 41 + size])
    at = [(1 + 4 * width) * (height * q // 4) + 1 for q in (1, 3)]
    return [[rows[a + 4 * (width * q // 4) : a + 4 * (width * q // 4) + 4] for q in (1, 3)] for a in at]
