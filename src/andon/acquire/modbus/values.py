"""From registers to values: word orders, signs, floats, BCD and texts."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

from ..link import BAD_OUT_OF_RANGE
from .address import Order, Point

BAD_DECODING = 0x80070000
EXACT = 2**53
"""The largest whole number up to which a double has all of them."""
FORMATS = {
    "int16": ">h",
    "uint16": ">H",
    "int32": ">i",
    "uint32": ">I",
    "float32": ">f",
    "int64": ">q",
    "uint64": ">Q",
    "float64": ">d",
}
Said = tuple[float | None, str | None, int]


def said(point: Point, cells: Sequence[int]) -> Said:
    """What the registers (or the bits) of a point say: value, text, quality.

    A whole number beyond +-2**53 brings its digits as text beside its value. A float that is no number is a bad value,
    and so is a BCD digit above 9.

    Examples
    --------
    >>> from andon.acquire.modbus.address import point
    >>> said(point("holding:0:float32:cdab"), [0x0000, 0x41C8])
    (25.0, None, 0)
    >>> said(point("holding:0:uint64"), [0x0020, 0, 0, 1])
    (9007199254740992.0, '9007199254740993', 0)
    >>> said(point("holding:0:string4"), [0x4142, 0x4300])
    (None, 'ABC', 0)
    >>> said(point("holding:0:bcd"), [0x1234])
    (1234.0, None, 0)
    """
    if point.kind == "bit":
        return float(cells[0]), None, 0
    if point.kind.startswith("string"):
        return None, _text(point, cells), 0
    raw = ordered(cells, point.order)
    if point.bit is not None:
        return float(int.from_bytes(raw, "big") >> point.bit & 1), None, 0
    if point.kind.startswith("bcd"):
        digits = raw.hex()
        return (float(int(digits)), None, 0) if digits.isdigit() else (None, None, BAD_DECODING)
    return number(struct.unpack(FORMATS[point.kind], raw)[0])


def number(value: float) -> Said:
    """A number as a row says it.

    >>> number(float("nan")), number(5)
    ((None, None, 2151415808), (5.0, None, 0))
    """
    if isinstance(value, float):
        return (value, None, 0) if math.isfinite(value) else (None, None, BAD_OUT_OF_RANGE)
    return float(value), str(value) if abs(value) > EXACT else None, 0


def ordered(cells: Sequence[int], order: Order) -> bytes:
    """The bytes of registers, most significant first.

    "abcd" sends the highest word first, "cdab" the lowest; "badc" and "dcba" are the same with the two bytes of each
    register exchanged.

    >>> [ordered(cells, order).hex() for order, cells in
    ...     (("abcd", [0x0A0B, 0x0C0D]), ("cdab", [0x0C0D, 0x0A0B]),
    ...      ("badc", [0x0B0A, 0x0D0C]), ("dcba", [0x0D0C, 0x0B0A]))]
    ['0a0b0c0d', '0a0b0c0d', '0a0b0c0d', '0a0b0c0d']
    """
    words = cells[::-1] if order in ("cdab", "dcba") else cells
    return b"".join(w.to_bytes(2, "little" if order in ("badc", "dcba") else "big") for w in words)


def _text(point: Point, cells: Sequence[int]) -> str:
    """A text up to its first zero; its words always come in reading order, "badc" and "dcba" exchange their bytes."""
    swapped = point.order in ("badc", "dcba")
    raw = b"".join(w.to_bytes(2, "little" if swapped else "big") for w in cells)
    plain = raw[: int(point.kind.removeprefix("string"))].partition(b"\0")[0]
    try:
        return plain.decode("utf-8").rstrip()
    except UnicodeDecodeError:
        return plain.decode("latin-1").rstrip()
