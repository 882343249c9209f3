"""Values of Sparkplug metrics: from the wire to numbers and texts, and back."""

from __future__ import annotations

import math
import struct
from base64 import b64encode
from datetime import UTC, datetime
from enum import IntEnum

import numpy as np
import orjson

from .schema import Wire


class Type(IntEnum):
    """Data types of Sparkplug B, by their numbers."""

    UNKNOWN = 0
    INT8 = 1
    INT16 = 2
    INT32 = 3
    INT64 = 4
    UINT8 = 5
    UINT16 = 6
    UINT32 = 7
    UINT64 = 8
    FLOAT = 9
    DOUBLE = 10
    BOOLEAN = 11
    STRING = 12
    DATETIME = 13
    TEXT = 14
    UUID = 15
    DATASET = 16
    BYTES = 17
    FILE = 18
    TEMPLATE = 19
    PROPERTY_SET = 20
    PROPERTY_SET_LIST = 21
    INT8_ARRAY = 22
    INT16_ARRAY = 23
    INT32_ARRAY = 24
    INT64_ARRAY = 25
    UINT8_ARRAY = 26
    UINT16_ARRAY = 27
    UINT32_ARRAY = 28
    UINT64_ARRAY = 29
    FLOAT_ARRAY = 30
    DOUBLE_ARRAY = 31
    BOOLEAN_ARRAY = 32
    STRING_ARRAY = 33
    DATETIME_ARRAY = 34


BITS = {1: 8, 2: 16, 3: 32, 4: 64, 5: 8, 6: 16, 7: 32, 8: 64}
SIGNED = frozenset({1, 2, 3, 4})
ARRAYS = {22: "<i1", 23: "<i2", 24: "<i4", 25: "<i8", 26: "<u1", 27: "<u2", 28: "<u4", 29: "<u8", 30: "<f4", 31: "<f8"}
EXACT = 2**53
LATEST = 253_402_300_800_000
"""Milliseconds at which the year 10000 begins: a later moment is none."""
Said = tuple[float | None, str | None]
"""A number, a text; both for an integer beyond 2**53."""
Given = float | int | str | bool | bytes | None


def integer(raw: int, datatype: int) -> int:
    """An integer as it was meant: signed ones travel as two's complement, in their own width or in a wider one.

    >>> integer(255, Type.INT8), integer(4294967295, Type.INT8), integer(65236, Type.INT16), integer(2**64 - 9, 4)
    (-1, -1, -300, -9)
    """
    bits = BITS.get(datatype)
    if bits is None:
        return raw
    raw &= (1 << bits) - 1
    return raw - (1 << bits) if datatype in SIGNED and raw >> (bits - 1) else raw


def value(metric: Wire, datatype: int, *, written: bool = False) -> Said:
    """What a metric (or a property, a parameter, a cell) says.

    Parameters
    ----------
    metric
        The message that has the value.
    datatype
        Its type, from the birth where the message does not have it.
    written
        Moments as ISO 8601 texts instead of milliseconds.

    Returns
    -------
    tuple
        Number and text; both None where it says nothing that is a value (NaN, an infinite number, a template).
    """
    which = metric.WhichOneof("value")
    if which is None:
        return None, None
    raw = getattr(metric, which)
    if which in ("double_value", "float_value"):
        return (raw, None) if math.isfinite(raw) else (None, None)
    if which in ("int_value", "long_value"):
        if written and datatype == Type.DATETIME:
            return None, moment(raw)
        number = integer(raw, datatype)
        return float(number), None if -EXACT <= number <= EXACT else str(number)
    if which == "boolean_value":
        return float(raw), None
    if which == "string_value":
        return None, words(raw)
    if which == "bytes_value":
        return None, packed(raw, datatype)
    return None, dataset(raw) if which == "dataset_value" else None


def words(said: str | bytes) -> str:
    """A text; what is no UTF-8 comes as bytes, and spoils only the letters that it is."""
    return said if isinstance(said, str) else said.decode("utf-8", "replace")


def moment(milliseconds: int) -> str:
    """Milliseconds since 1970 as ISO 8601.

    >>> moment(1790805600500)
    '2026-09-30T22:00:00.500Z'
    """
    try:
        at = datetime.fromtimestamp(milliseconds // 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return str(milliseconds)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"


def packed(raw: bytes, datatype: int) -> str:
    """Bytes of an array as a JSON list, other bytes in base64.

    >>> packed(bytes([0xE9, 0x7B]), Type.INT8_ARRAY), packed(b"run\\0idle\\0", Type.STRING_ARRAY)
    ('[-23,123]', '["run","idle"]')
    """
    try:
        return orjson.dumps(_elements(raw, datatype)).decode()
    except (ValueError, struct.error):  # no whole number of elements, or no array: it is kept as it came
        return b64encode(raw).decode()


def _elements(raw: bytes, datatype: int) -> list[Given]:
    if datatype in ARRAYS:
        return list(np.frombuffer(raw, ARRAYS[datatype]).tolist())
    if datatype == Type.BOOLEAN_ARRAY:
        (count,) = struct.unpack_from("<I", raw)
        return list(np.unpackbits(np.frombuffer(raw, np.uint8, offset=4))[:count].astype(bool).tolist())
    if datatype == Type.STRING_ARRAY:
        return [text.decode() for text in raw.split(b"\0")[:-1]]
    if datatype == Type.DATETIME_ARRAY:
        return [moment(at) for at in np.frombuffer(raw, "<u8").tolist()]
    raise ValueError("no array")


def dataset(table: Wire) -> str:
    """A data set as JSON: its columns and its rows."""
    types = list(table.types)
    rows = [[_cell(c, t) for c, t in zip(row.elements, types, strict=False)] for row in table.rows]
    return orjson.dumps({"columns": [words(c) for c in table.columns], "rows": rows}).decode()


def _cell(cell: Wire, datatype: int) -> Given:
    which = cell.WhichOneof("value")
    if which in ("int_value", "long_value") and datatype != Type.DATETIME:
        return integer(getattr(cell, which), datatype)
    number, text = value(cell, datatype, written=True)
    if which == "boolean_value":
        return bool(number)
    return number if text is None else text


def put(metric: Wire, datatype: Type, given: Given) -> None:
    """Write a value into a metric (or a property): None is null; arrays and other bytes are given as bytes."""
    if given is None:
        metric.is_null = True
    elif isinstance(given, bytes):
        metric.bytes_value = given
    elif isinstance(given, str):
        metric.string_value = given
    elif datatype == Type.BOOLEAN:
        metric.boolean_value = bool(given)
    elif datatype == Type.FLOAT:
        metric.float_value = given
    elif datatype == Type.DOUBLE:
        metric.double_value = given
    elif BITS.get(datatype, 64) > 32 or datatype == Type.UINT32:
        metric.long_value = int(given) & 0xFFFF_FFFF_FFFF_FFFF
    else:
        metric.int_value = int(given) & 0xFFFF_FFFF
