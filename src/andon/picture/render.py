"""From a picture to SVG, PNG, PDF and HTML: drawn in this process, without a browser and without a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from pathlib import Path

import vl_convert

from ..errors import BadQuestion
from .kinds import Picture
from .look import FONT, Spec
from .vega import to_vega

GRAMMAR = "5.21"
"""The Vega-Lite version that is compiled with."""


def to_svg(picture: Picture, *, theme: str = "light", language: str = "en", zone: str = "UTC", width: int = 640) -> str:
    """The picture as SVG text; see `to_vega` for the parameters.

    Texts stay texts: they are drawn with the reader's own fonts, so that Chinese needs no font on this machine.
    """
    spec = to_vega(picture, theme=theme, language=language, zone=zone, width=width)
    return str(vl_convert.vegalite_to_svg(spec, vl_version=GRAMMAR, allowed_base_urls=[]))


def to_png(
    picture: Picture, *, theme: str = "light", language: str = "en", zone: str = "UTC", width: int = 640
) -> bytes:
    """The picture as PNG at twice the pixels of the SVG; see `to_vega` for the parameters.

    Chinese needs a font with its glyphs on this machine: Debian's `fonts-noto-cjk` or `fonts-wqy-microhei`; Windows
    and macOS have theirs; `register_fonts` adds a folder. Without one the house's words are English.
    """
    return _png(to_vega(picture, theme=theme, language=_drawable(language), zone=zone, width=width))


def to_pdf(
    picture: Picture, *, theme: str = "light", language: str = "en", zone: str = "UTC", width: int = 640
) -> bytes:
    """The picture as PDF; fonts as in `to_png`."""
    spec = to_vega(picture, theme=theme, language=_drawable(language), zone=zone, width=width)
    return bytes(vl_convert.vegalite_to_pdf(spec, vl_version=GRAMMAR, allowed_base_urls=[]))


def to_html(
    picture: Picture, *, theme: str = "light", language: str = "en", zone: str = "UTC", width: int = 640
) -> str:
    """The picture as a page of its own, which needs nothing else."""
    svg = to_svg(picture, theme=theme, language=language, zone=zone, width=width)
    paper = to_vega(picture, theme=theme, language=language, zone=zone)["background"]
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{escape(picture.title)}</title>'
        f'<body style="margin:2em;background:{paper}">{svg}</body></html>\n'
    )


def save(picture: Picture, file: Path, *, theme: str, language: str, zone: str) -> None:
    """Draw into a file, in the format that its name asks for."""
    if file.suffix not in FORMATS:
        raise BadQuestion(f"A picture cannot be saved as {file.name!r}. Name a file that ends in {', '.join(FORMATS)}.")
    drawn = FORMATS[file.suffix](picture, theme=theme, language=language, zone=zone)
    file.write_bytes(drawn if isinstance(drawn, bytes) else drawn.encode())


FORMATS: Mapping[str, Callable[..., str | bytes]] = {".svg": to_svg, ".png": to_png, ".pdf": to_pdf, ".html": to_html}


def register_fonts(folder: Path) -> None:
    """Draw with the font files of a folder, too: for Chinese on a machine without a Chinese font."""
    vl_convert.register_font_directory(str(folder.resolve()))
    draws_chinese.cache_clear()


@cache
def draws_chinese() -> bool:
    """Is there a font with Chinese glyphs? A glyph that no font has is drawn like a private character: as a box."""
    chinese, nothing = (
        _png(
            {"data": {"values": [{}]}, "mark": {"type": "text", "text": text, "fontSize": 24}, "config": {"font": FONT}}
        )
        for text in ("\u751f", "\ue5e5")
    )
    return chinese != nothing


def _drawable(language: str) -> str:
    return "en" if language == "zh" and not draws_chinese() else language


def _png(spec: Spec) -> bytes:
    return bytes(vl_convert.vegalite_to_png(spec, vl_version=GRAMMAR, scale=2.0, allowed_base_urls=[]))
