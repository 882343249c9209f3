"""Notifications of data changes, from a PublishResponse's bytes to columns: the hot path.

A server sends thousands of items a message, and most stretches of them are laid out alike (same type, same timestamps).
Such a stretch is read as one NumPy array of records; whatever else comes is read item by item.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .wire import EPOCH, LAST, NUMBERS, bytes_of, diagnostics, enough, moment, node_id, text_of, variant

FORMS = ("u1", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8")
PLAIN = {kind: np.dtype(f"<{form}") for kind, form in enumerate(FORMS, 1)}
"""Built-in types that NumPy reads: Boolean to Double."""
EXACT = 2**53
"""Integers beyond this lose digits as doubles."""
DATA_CHANGE, STATUS_CHANGE = "i=811", "i=820"
WINDOW = 64
"""So many items are looked at before the rest of a message is taken to be laid out alike."""
Item = tuple[int, int, float, int]
"""Handle, moment, number (NaN where there is none), status."""


class BadAnswer(Exception):
    """An answer that is no answer; `code` is its OPC UA status code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"status 0x{code:08X}")
        self.code = code


@dataclass(slots=True)
class Columns:
    """Values of many items, a column each; `other` has by row what is no double: texts, arrays, long integers."""

    handle: NDArray[np.int64]
    at: NDArray[np.int64]
    value: NDArray[np.float64]
    quality: NDArray[np.uint32]
    other: dict[int, object] = field(default_factory=dict)

    @classmethod
    def room(cls, count: int) -> Columns:
        """Columns of so many rows, to be filled."""
        return cls(
            np.empty(count, np.int64),
            np.empty(count, np.int64),
            np.empty(count, np.float64),
            np.empty(count, np.uint32),
        )

    def __len__(self) -> int:
        return len(self.handle)


@dataclass(frozen=True, slots=True)
class Heard:
    """A PublishResponse: of which subscription, with which sequence number.

    `kept` are the sequence numbers that the server still has, `ended` is the status with which it ended the
    subscription. No parts and not ended: a keep-alive.
    """

    subscription: int
    sequence: int
    kept: tuple[int, ...]
    parts: tuple[Columns, ...]
    ended: int | None = None


def heard(b: bytes, arrived: int) -> Heard:
    """Read a PublishResponse.

    Parameters
    ----------
    b
        Its bytes, from the type's NodeId on.
    arrived
        When it arrived (microseconds): the moment of values without timestamps.

    Raises
    ------
    BadAnswer
        The service failed.
    """
    i = header(b)
    subscription, kept_count = struct.unpack_from("<Ii", b, i)
    i += 8
    kept = struct.unpack_from(f"<{max(kept_count, 0)}I", b, i)
    i += 4 * len(kept) + 1
    sequence, parts, ended = _message(b, i, arrived)
    return Heard(subscription, sequence, kept, parts, ended)


def republished(b: bytes, subscription: int, arrived: int) -> Heard:
    """Read a RepublishResponse."""
    sequence, parts, ended = _message(b, header(b), arrived)
    return Heard(subscription, sequence, (), parts, ended)


def header(b: bytes) -> int:
    """Read an answer's type and header; the position after them."""
    _, i = node_id(b, 0)
    (status,) = struct.unpack_from("<I", b, i + 12)
    if status >> 30 >= 2:
        raise BadAnswer(status)
    _, i = diagnostics(b, i + 16)
    (count,) = struct.unpack_from("<i", b, i)
    i += 4
    for _ in range(count):
        _, i = text_of(b, i)
    _, i = node_id(b, i)
    form, i = b[i], i + 1
    return bytes_of(b, i)[1] if form else i


def _message(b: bytes, i: int, arrived: int) -> tuple[int, tuple[Columns, ...], int | None]:
    """A NotificationMessage: its sequence number, the data changes, the status if it ends the subscription."""
    sequence, _, count = struct.unpack_from("<Iqi", b, i)
    i += 16
    parts, ended = [], None
    for _ in range(count):
        kind, i = node_id(b, i)
        form, i = b[i], i + 1
        if not form:
            continue
        (length,) = struct.unpack_from("<i", b, i)
        i += 4
        if length < 0:
            continue
        enough(b, i, length)
        if kind == DATA_CHANGE:
            parts.append(_changes(b, i, i + length, arrived))
        elif kind == STATUS_CHANGE:
            (ended,) = struct.unpack_from("<I", b, i)
        i += length
    return sequence, tuple(parts), ended


def _changes(b: bytes, i: int, end: int, arrived: int) -> Columns:
    (count,) = struct.unpack_from("<i", b, i)
    i += 4
    columns = Columns.room(max(count, 0))
    row = 0
    while row < len(columns):
        alike = _alike(b, i, end, len(columns) - row)
        if alike >= 8:
            i = _stretch(b, i, columns, row, alike, arrived)
            row += alike
        else:
            most = min(WINDOW, len(columns) - row)
            i = _one_by_one(b, i, columns, row, most, arrived)
            row += most
    return columns


def _alike(b: bytes, i: int, end: int, most: int) -> int:
    """How many of the next items are laid out as the first one; 0 where NumPy cannot read them."""
    mask, kind = b[i + 4], b[i + 5]
    if not mask & 1 or kind not in PLAIN:
        return 0
    layout = _layout(mask, kind)
    most = min(most, (end - i) // layout.itemsize)
    for count in (min(WINDOW, most), most):
        records = np.frombuffer(b, layout, count, i)
        same = (records["mask"] == mask) & (records["kind"] == kind)
        if not same.all():
            return int(same.argmin())
    return most


@lru_cache(maxsize=512)
def _layout(mask: int, kind: int) -> np.dtype[np.void]:
    """An item with a number, as NumPy reads it."""
    fields: list[tuple[str, object]] = [("handle", "<u4"), ("mask", "u1"), ("kind", "u1"), ("value", PLAIN[kind])]
    given = ((2, "status", "<u4"), (4, "at", "<i8"), (16, "fine", "<u2"), (8, "server", "<i8"), (32, "finer", "<u2"))
    return np.dtype([*fields, *((name, form) for bit, name, form in given if mask & bit)])


def _stretch(b: bytes, i: int, into: Columns, row: int, count: int, arrived: int) -> int:
    """Items laid out alike, at once."""
    mask, kind = b[i + 4], b[i + 5]
    layout = _layout(mask, kind)
    records = np.frombuffer(b, layout, count, i)
    here = slice(row, row + count)
    into.handle[here] = records["handle"]
    said = records["value"] != 0 if kind == 1 else records["value"]
    into.value[here] = said
    if kind in (8, 9):
        long = np.flatnonzero((said > EXACT) | (said < -EXACT) if kind == 8 else said > EXACT)
        into.other.update((row + k, int(said[k])) for k in long.tolist())
    into.quality[here] = records["status"] if mask & 2 else 0
    at = _moments(records["at"]) if mask & 4 else np.zeros(count, np.int64)
    if not at.all():
        spare = _moments(records["server"]) if mask & 8 else np.zeros(count, np.int64)
        at = np.where(at > 0, at, np.where(spare > 0, spare, arrived))
    into.at[here] = at
    return i + count * layout.itemsize


def _moments(ticks: NDArray[np.int64]) -> NDArray[np.int64]:
    at: NDArray[np.int64] = np.maximum((np.minimum(ticks, LAST) - EPOCH) // 10, 0)
    return at


def _one_by_one(b: bytes, i: int, into: Columns, row: int, count: int, arrived: int) -> int:
    """Items of any layout, in turn."""
    found: list[Item] = []
    for k in range(row, row + count):
        one, other, i = _one(b, i, arrived)
        found.append(one)
        if other is not None:
            into.other[k] = other
    handle, at, value, quality = zip(*found, strict=True)
    here = slice(row, row + count)
    into.handle[here], into.at[here], into.value[here], into.quality[here] = handle, at, value, quality
    return i


def _one(b: bytes, i: int, arrived: int) -> tuple[Item, object, int]:
    (handle,) = struct.unpack_from("<I", b, i)
    mask, i = b[i + 4], i + 5
    number, other = float("nan"), None
    if mask & 1:
        kind = b[i]
        if kind in PLAIN:
            (said,) = NUMBERS[kind].unpack_from(b, i + 1)
            i += 1 + NUMBERS[kind].size
            number, other = float(said), said if kind in (8, 9) and abs(said) > EXACT else None
        else:
            other, i = variant(b, i)
    status = at = 0
    if mask & 2:
        status, i = int.from_bytes(b[i : i + 4], "little"), i + 4
    if mask & 4:
        at, i = moment(int.from_bytes(b[i : i + 8], "little", signed=True)), i + 8
    if mask & 16:
        i += 2
    if mask & 8:
        at, i = at or moment(int.from_bytes(b[i : i + 8], "little", signed=True)), i + 8
    if mask & 32:
        i += 2
    if i > len(b):
        raise IndexError("the message ends within an item")
    return (handle, at or arrived, number, status), other, i
