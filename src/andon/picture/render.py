"""From a picture to SVG, PNG, PDF: drawn in this process, without a browser and without a network."""

from __future__ import annotations

import vl_convert

from .kinds import Picture
from .look import Spec
from .vega import to_vega

GRAMMAR = "5.21"
"""The Vega-Lite version that is compiled with."""


def to_svg(picture: Picture, *, theme: str = "light", language: str = "en", zone: str = "UTC",
           width: int = 640) -> str:
    """The picture as SVG text; see `to_vega` for the parameters.

    Texts stay texts: they are drawn with the reader's own fonts, so that Chinese needs no font on this machine.
    """
    return _svg(to_vega(picture, theme=theme, language=language, zone=zone, width=width))


def to_png(picture: Picture, *, theme: str = "light", language: str = "en", zone: str = "UTC",
           width: int = 640) -> bytes:
    """The picture as PNG at twice the pixels of the SVG; see `to_vega` for the parameters.

    Chinese needs a font with its glyphs on this machine: Debian's `fonts-noto-cjk` or `fonts-wqy-microhei`; Windows
    and macOS have theirs. Without one the glyphs show as empty boxes, and the SVG is still right.
    """
    spec = to_vega(picture, theme=theme, language=language, zone=zone, width=width)
    return bytes(vl_convert.vegalite_to_png(spec, vl_version=GRAMMAR, scale=2.0, allowed_base_urls=[]))


def _svg(spec: Spec) -> str:
    return str(vl_convert.vegalite_to_svg(spec, vl_version=GRAMMAR, allowed_base_urls=[]))
