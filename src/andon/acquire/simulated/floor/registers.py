"""The register map of the demo's Modbus devices: where each signal lies, and what it looks like there."""

from __future__ import annotations

import struct

from ..layout import MACHINES

PLACES: dict[str, tuple[int, str]] = {
    "state": (0, "uint16"),
    "total_count": (2, "uint32"),
    "good_count": (4, "uint32"),
    "reject_count": (6, "uint32"),
    "rework_count": (8, "uint32"),
    "power": (10, "float32"),
    "temperature": (12, "float32"),
    "vibration": (14, "float32"),
    "energy": (16, "float64"),
    "tick": (20, "uint64"),
    "product": (30, "string16"),
    "order": (40, "string16"),
    "alarm": (50, "string40"),
    "reason": (70, "string16"),
    "scrap_cause": (80, "string16"),
}
"""Signal -> first holding register and type; big-endian words."""
SIZE = 100
SHORT = {f"{m.path}/total_count" for m in MACHINES if m.rollover == 0xFFFF}
"""Old counters of 16 bits, which run over."""
FORMATS = {"uint16": ">H", "uint32": ">I", "uint64": ">Q", "float32": ">f", "float64": ">d"}


def place(path: str) -> tuple[int, str]:
    """First register and type of a signal.

    >>> place("line-3/press-3/total_count"), place("line-2/press-2/total_count")
    ((2, 'uint16'), (2, 'uint32'))
    """
    number, kind = PLACES[path.rpartition("/")[2]]
    return number, "uint16" if path in SHORT else kind


def registers(kind: str, value: float | None, text: str | None) -> list[int]:
    """A value as 16-bit registers; a number that is missing is no number.

    >>> registers("uint32", 65538.0, None), registers("string4", None, "AB")
    ([1, 2], [16706, 0])
    """
    if kind.startswith("string"):
        size = int(kind.removeprefix("string"))
        raw = (text or "").encode("ascii", "replace")[:size].ljust(size, b"\0")
    elif kind.startswith("float"):
        raw = struct.pack(FORMATS[kind], float("nan") if value is None else value)
    else:
        raw = struct.pack(FORMATS[kind], int(value or 0))
    return [int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2)]
