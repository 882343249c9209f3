"""Metrics of many DATA messages read at once: field by field through all of them, with NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .values import BITS, EXACT, SIGNED

Bytes = NDArray[np.uint8]
Long = NDArray[np.uint64]
Index = NDArray[np.int64]
Mask = NDArray[np.bool_]
ALIAS, AT, TYPE, HISTORICAL, INT, LONG, FLOAT, DOUBLE, BOOLEAN = 2, 3, 4, 5, 10, 11, 12, 13, 14
VARINT, WIDE, NARROW = 0, 1, 5
"""Wire types: a number of 1 to 10 bytes, 8 bytes, 4 bytes."""
VARINTS = (ALIAS, AT, TYPE, HISTORICAL, INT, LONG, BOOLEAN)
TAGS = frozenset([*(f << 3 | VARINT for f in VARINTS), FLOAT << 3 | NARROW, DOUBLE << 3 | WIDE])
"""Tags of what is read here; a metric with another (a name, a text, a null, properties) is left to Protocol Buffers."""
FIELDS, LONGEST = 8, 10


@dataclass(frozen=True, slots=True)
class Scanned:
    """What stands in metrics; `plain` are those that have nothing but an alias, a time and a number.

    `raw` is an integer's bits where `whole`, else `number` is the value.
    """

    alias: Long
    at: Long
    raw: Long
    number: NDArray[np.float64]
    whole: Mask
    plain: Mask


def scan(metrics: Sequence[bytes]) -> Scanned:
    """Read metrics that are given as their bytes.

    >>> found = scan([bytes.fromhex("1001 18c0843d 690000000000000440"), b"\\x0a\\x01x"])
    >>> found.plain.tolist(), found.number.tolist()[0], found.at.tolist()[0]
    ([True, False], 2.5, 1000000)
    """
    count = len(metrics)
    data = np.frombuffer(b"".join(metrics) + bytes(16), np.uint8)
    ends = np.cumsum(np.fromiter(map(len, metrics), np.int64, count))
    place = np.concatenate([np.zeros(1, np.int64), ends[:-1]])
    zeros, none = np.zeros((3, count), np.uint64), np.zeros(count, np.bool_)
    found = Scanned(zeros[0], zeros[1], zeros[2], np.full(count, np.nan), none, np.ones(count, np.bool_))
    for _ in range(FIELDS):
        rows = np.flatnonzero((place < ends) & found.plain)
        if not len(rows):
            break
        _field(data, place, rows, found)
    found.plain[(place != ends) | ~(found.whole | np.isfinite(found.number))] = False
    return found


def _field(data: Bytes, place: Index, rows: Index, found: Scanned) -> None:
    """Read the next field of some metrics; nearly always it is the same of all."""
    tags = data[place[rows]]
    for tag in np.unique(tags).tolist():
        mine = rows[tags == tag]
        if tag not in TAGS:
            found.plain[mine] = False
            continue
        field, start = tag >> 3, place[mine] + 1
        if field == DOUBLE:
            found.number[mine], place[mine] = _fixed(data, start, 8).view("<f8")[:, 0], start + 8
        elif field == FLOAT:
            found.number[mine], place[mine] = _fixed(data, start, 4).view("<f4")[:, 0], start + 4
        else:
            value, place[mine] = _varint(data, start)
            _keep(field, value, mine, found)


def _keep(field: int, value: Long, rows: Index, found: Scanned) -> None:
    if field == ALIAS:
        found.alias[rows] = value
    elif field == AT:
        found.at[rows] = value
    elif field in (INT, LONG, BOOLEAN):
        found.raw[rows] = value
        found.whole[rows] = True


def _fixed(data: Bytes, start: Index, width: int) -> Bytes:
    inside = np.minimum(start, len(data) - width)[:, None]  # what is cut off is found to end beyond its end
    return np.ascontiguousarray(data[inside + np.arange(width)])


def _varint(data: Bytes, start: Index) -> tuple[Long, Index]:
    """Numbers of seven bits a byte from these places on, and the places after them."""
    value, place = np.zeros(len(start), np.uint64), start.copy()
    going = np.ones(len(start), np.bool_)
    for nth in range(LONGEST):
        byte = data[np.minimum(place, len(data) - 1)]
        value |= np.where(going, byte & 127, 0).astype(np.uint64) << np.uint64(7 * nth)
        place += going
        going &= byte > 127
        if not going.any():
            break
    return value, place


def numbers(found: Scanned, datatype: NDArray[np.int64]) -> tuple[NDArray[np.float64], Mask]:
    """The values of scanned metrics by their types, and which of them a double holds exactly.

    >>> import numpy as np
    >>> numbers(scan([bytes.fromhex("1001 50ff01"), bytes.fromhex("1001 7001")]), np.array([1, 11]))[0].tolist()
    [-1.0, 1.0]
    """
    bits = np.array([BITS.get(t, 64) for t in range(64)], np.uint64)[np.minimum(datatype, 63)]
    spare = np.uint64(64) - bits
    cut = found.raw << spare
    signed = np.isin(datatype, list(SIGNED))
    whole = np.where(
        signed, (cut.view(np.int64) >> spare.view(np.int64)).astype(np.float64), (cut >> spare).astype(float)
    )
    return np.where(found.whole, whole, found.number), ~(found.whole & (np.abs(whole) > EXACT))
