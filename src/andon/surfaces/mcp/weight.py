"""How much of a model's attention a text costs: an estimate of its tokens that needs no vocabulary."""

from __future__ import annotations

import re

PIECES = re.compile(r"[A-Za-z]+|\d+| (?=\d)|[^\x00-\x7f]|[^\sA-Za-z\d]|\n")
LETTERS, DIGITS = 5, 3
"""Letters and digits that one token holds, on the safe side: common words are one token whatever their length."""


def weight(text: str) -> int:
    """Tokens of a text, rather too many than too few.

    Vocabularies differ; this stays above what o200k_base and cl100k_base count for what the tools say (measured in
    docs/mcp.md).

    >>> weight("line-1/press-3|84.2%|2026-11-27 04:04")
    23
    >>> weight("覆盖率")
    3
    """
    return sum(_cost(piece) for piece in PIECES.findall(text))


def _cost(piece: str) -> int:
    if piece.isascii() and piece.isalpha():
        return -(-len(piece) // LETTERS)
    return -(-len(piece) // DIGITS) if piece.isdecimal() else 1
