"""How plant.toml writes a place in a Siemens controller: `DB1.DBD0:real`, `DB1.DBX6.0`, `MW20:int`."""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass

from ...errors import BadInput
from ..blocks import Spot
from ..link import BAD_OUT_OF_RANGE

AREAS = {"M": "M", "I": "I", "E": "I", "Q": "Q", "A": "Q"}
"""Flags, inputs and outputs, in English and in German."""
FORMATS = {
    "byte": ">B",
    "usint": ">B",
    "sint": ">b",
    "word": ">H",
    "uint": ">H",
    "int": ">h",
    "dword": ">I",
    "udint": ">I",
    "dint": ">i",
    "real": ">f",
    "time": ">i",
    "lword": ">Q",
    "ulint": ">Q",
    "lint": ">q",
    "lreal": ">d",
}
WIDTHS = {"X": 1, "B": 1, "W": 2, "D": 4}
USUAL = {"X": "bool", "B": "byte", "W": "word", "D": "dword"}
LIKE = "Write it as 'DB1.DBD0:real', 'DB1.DBX6.0', 'DB10.DBW4:int', 'M10.1', 'MD24:real' or 'DB5.DBB0:string20'."
EXACT = 2**53
PATTERN = re.compile(r"(?:DB(\d+)\.DB([XBWD])|([MIEQA])([XBWD]?))(\d+)(?:\.(\d+))?(?::([A-Z]+\d*))?", re.IGNORECASE)
Area = tuple[str, int]
"""M, I, Q or DB, and the number of the data block."""
Said = tuple[float | None, str | None, int]


@dataclass(frozen=True, slots=True)
class Place:
    """A value in a controller: its area, first byte, bit (of a bool) and type."""

    address: str
    area: Area
    start: int
    kind: str
    size: int
    bit: int = 0

    @property
    def spot(self) -> Spot:
        return Spot(self.address, self.area, self.start, self.size)


def place(address: str) -> Place:
    """The place that an address writes.

    Raises
    ------
    BadInput
        What is wrong with it, and how to write it.

    Examples
    --------
    >>> place("DB1.DBD0:real").spot
    Spot(address='DB1.DBD0:real', space=('DB', 1), start=0, size=4)
    >>> place("M10.1").bit, place("EW4:int").area, place("DB2.DBB8:lreal").size
    (1, ('I', 0), 8)
    """
    found = PATTERN.fullmatch(address.strip())
    if not found:
        raise BadInput(f"{address!r} is no address of a Siemens controller. {LIKE}")
    block, wide, letter, width, start, bit, kind = found.groups()
    area = ("DB", int(block)) if block else (AREAS[letter.upper()], 0)
    letter_of_width = (wide or width or "X").upper()
    if (letter_of_width == "X") != (bit is not None):
        raise BadInput(f"{address!r}: a bit is written with its byte and its number, such as 'M10.1', others without.")
    if bit is not None and int(bit) > 7:
        raise BadInput(f"{address!r}: a byte has the bits 0 to 7.")
    name = (kind or USUAL[letter_of_width]).casefold()
    size = _size(address, name)
    if letter_of_width == "X" and name != "bool":
        raise BadInput(f"{address!r}: a single bit is a bool, not a {name}.")
    if name == "bool" and letter_of_width != "X":
        raise BadInput(f"{address!r}: a bool is a single bit: write its number too, such as 'DB1.DBX6.0'.")
    if size != WIDTHS[letter_of_width] and not (size > 4 and letter_of_width == "B"):
        right = {1: "B", 2: "W", 4: "D"}.get(size, "B")
        raise BadInput(f"{address!r}: a {name} takes {size} bytes: write it with {right}, not {letter_of_width}.")
    return Place(address, area, int(start), name, size, int(bit or 0))


def _size(address: str, kind: str) -> int:
    """How many bytes a type takes."""
    if kind in ("bool", "char"):
        return 1
    if kind in FORMATS:
        return struct.calcsize(FORMATS[kind])
    text = re.fullmatch(r"(w?)string(\d+)", kind)
    if text and 1 <= int(text[2]) <= 254:
        return 4 + 2 * int(text[2]) if text[1] else 2 + int(text[2])
    raise BadInput(f"{address!r}: {kind!r} is no type. Known: bool, char, {', '.join(FORMATS)}, string20, wstring20.")


def said(place: Place, raw: bytes) -> Said:
    """What the bytes of a place say: value, text, quality. A `time` is in milliseconds.

    >>> said(place("DB1.DBD0:real"), bytes.fromhex("41ac0000")), said(place("DB1.DBB0:string5"), b"\\x05\\x02OK   ")
    ((21.5, None, 0), (None, 'OK', 0))
    """
    if place.kind == "bool":
        return float(raw[0] >> place.bit & 1), None, 0
    if place.kind == "char":
        return None, raw.decode("latin-1"), 0
    if place.kind.startswith("string"):
        return None, raw[2 : 2 + min(raw[1], place.size - 2)].decode("latin-1"), 0
    if place.kind.startswith("wstring"):
        length = min(int.from_bytes(raw[2:4], "big"), (place.size - 4) // 2)
        return None, raw[4 : 4 + 2 * length].decode("utf-16-be", "replace"), 0
    value = struct.unpack(FORMATS[place.kind], raw)[0]
    if isinstance(value, float):
        return (value, None, 0) if math.isfinite(value) else (None, None, BAD_OUT_OF_RANGE)
    return float(value), str(value) if abs(value) > EXACT else None, 0
