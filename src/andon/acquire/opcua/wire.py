"""The binary encoding of OPC UA (OPC 10000-6, 5.2): from bytes to plain Python values.

Numbers and booleans become themselves, strings and XML text, arrays lists (nested where they have dimensions).
A DateTime becomes its ISO 8601 text, a Guid and a NodeId their usual text, a ByteString its hex digits, a LocalizedText
its text, a StatusCode its number. A structure stays a `Body` until its shape is known.
"""

from __future__ import annotations

import struct
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import prod
from uuid import UUID

EPOCH = 116_444_736_000_000_000
"""1970-01-01T00:00Z in the ticks of OPC UA: 100 ns since 1601-01-01."""
LAST = 2_650_467_743_990_000_000
"""The last second of the year 9999, which stands for all later ones (OPC 10000-6, 5.2.2.5)."""
ZERO = datetime(1601, 1, 1, tzinfo=UTC)
Read = tuple[object, int]
"""A value, and the position after it."""


@dataclass(frozen=True, slots=True)
class Body:
    """A structure as it was sent: the NodeId of its encoding, and its bytes."""

    encoding: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Said:
    """A DataValue: `at` and `server` in microseconds since 1970, 0 where they are not told."""

    value: object
    status: int
    at: int
    server: int


def text_of(b: bytes, i: int) -> tuple[str | None, int]:
    """A String; None where it is null."""
    length = int.from_bytes(b[i : i + 4], "little", signed=True)
    i += 4
    if length < 0:
        return None, i
    enough(b, i, length)
    return b[i : i + length].decode("utf-8", "replace"), i + length


def bytes_of(b: bytes, i: int) -> tuple[bytes | None, int]:
    """A ByteString; None where it is null."""
    length = int.from_bytes(b[i : i + 4], "little", signed=True)
    i += 4
    if length < 0:
        return None, i
    enough(b, i, length)
    return b[i : i + length], i + length


def moment(ticks: int) -> int:
    """Ticks as microseconds since 1970; 0 for all before (a device without a clock says 1601, or 1970).

    >>> moment(116_444_736_000_000_010)
    1
    """
    return max(0, (min(ticks, LAST) - EPOCH) // 10)


def written(ticks: int) -> str:
    """Ticks as ISO 8601 in UTC.

    >>> written(116_444_736_000_000_000)
    '1970-01-01T00:00:00Z'
    """
    at = ZERO + timedelta(microseconds=max(0, min(ticks, LAST)) // 10)
    return at.isoformat().replace("+00:00", "Z")


def node_id(b: bytes, i: int) -> tuple[str, int]:
    """A NodeId or ExpandedNodeId as text: `i=85`, `ns=2;s=Speed`, `nsu=http://acme;i=1`."""
    first, i = b[i], i + 1
    form = first & 0x0F
    space = 0
    if form == 0:
        name, i = f"i={b[i]}", i + 1
    elif form == 1:
        space, name, i = b[i], f"i={int.from_bytes(b[i + 1 : i + 3], 'little')}", i + 3
    else:
        space, i = int.from_bytes(b[i : i + 2], "little"), i + 2
        name, i = _identifier(form, b, i)
    spelled = f"ns={space};{name}" if space else name
    if first & 0x80:
        uri, i = text_of(b, i)
        spelled = f"nsu={uri};{name}" if uri else spelled
    if first & 0x40:
        i += 4  # the index of another server, which no value of ours points into
    return spelled, i


def variant(b: bytes, i: int) -> Read:
    """A Variant: a value of any kind, or an array of them."""
    first, i = b[i], i + 1
    kind = first & 0x3F
    if kind == 0:
        return None, i
    if not first & 0x80:
        return value(kind, b, i)
    found, i = array(kind, b, i)
    if not first & 0x40:
        return found, i
    sizes, i = array(6, b, i)
    return (nested(found, sizes) if isinstance(found, list) and isinstance(sizes, list) else found), i


def value(kind: int, b: bytes, i: int) -> Read:
    """One value of a built-in type (its number, OPC 10000-6 table 1)."""
    if kind in NUMBERS:
        form = NUMBERS[kind]
        (number,) = form.unpack_from(b, i)
        return number, i + form.size
    return OTHERS.get(kind, _hex)(b, i)


def array(kind: int, b: bytes, i: int) -> Read:
    """An array of a built-in type; None where it is null."""
    (length,) = struct.unpack_from("<i", b, i)
    i += 4
    if length < 0:
        return None, i
    if kind in NUMBERS:
        form = f"<{length}{NUMBERS[kind].format[-1]}"
        return list(struct.unpack_from(form, b, i)), i + struct.calcsize(form)
    found = []
    for _ in range(length):
        one, i = value(kind, b, i)
        found.append(one)
    return found, i


def nested(flat: list[object], sizes: Sequence[int]) -> list[object]:
    """A flat array in its dimensions; unchanged where they do not fit.

    >>> nested([1, 2, 3, 4, 5, 6], [2, 3])
    [[1, 2, 3], [4, 5, 6]]
    """
    if len(sizes) < 2 or prod(sizes) != len(flat) or not flat:
        return flat
    for size in reversed(sizes[1:]):
        flat = [flat[k : k + size] for k in range(0, len(flat), size)]
    return flat


def data_value(b: bytes, i: int) -> tuple[Said, int]:
    """A DataValue."""
    mask, i = b[i], i + 1
    found: object = None
    status = at = server = 0
    if mask & 0x01:
        found, i = variant(b, i)
    if mask & 0x02:
        status, i = int.from_bytes(b[i : i + 4], "little"), i + 4
    if mask & 0x04:
        at, i = moment(int.from_bytes(b[i : i + 8], "little", signed=True)), i + 8
    if mask & 0x10:
        i += 2
    if mask & 0x08:
        server, i = moment(int.from_bytes(b[i : i + 8], "little", signed=True)), i + 8
    if mask & 0x20:
        i += 2
    enough(b, i, 0)
    return Said(found, status, at, server), i


def diagnostics(b: bytes, i: int) -> Read:
    """A DiagnosticInfo is skipped: nothing of it is a value."""
    mask, i = b[i], i + 1
    i += 4 * (mask & 0x0F).bit_count()
    if mask & 0x10:
        _, i = text_of(b, i)
    if mask & 0x20:
        i += 4
    return diagnostics(b, i) if mask & 0x40 else (None, i)


def body(b: bytes, i: int) -> tuple[Body | None, int]:
    """An ExtensionObject, its structure not yet read."""
    encoding, i = node_id(b, i)
    form, i = b[i], i + 1
    if form == 0:
        return None, i
    data, i = bytes_of(b, i)
    return Body(encoding, data or b""), i


def enough(b: bytes, i: int, more: int) -> None:
    """Raise an IndexError unless so many more bytes follow."""
    if i + more > len(b):
        raise IndexError(f"{i + more - len(b)} bytes are missing")


def _identifier(form: int, b: bytes, i: int) -> tuple[str, int]:
    if form == 2:
        return f"i={int.from_bytes(b[i : i + 4], 'little')}", i + 4
    if form == 3:
        said, i = text_of(b, i)
        return f"s={said or ''}", i
    if form == 4:
        return f"g={UUID(bytes_le=b[i : i + 16])}", i + 16
    opaque, i = bytes_of(b, i)
    return f"b={b64encode(opaque or b'').decode()}", i


def _date(b: bytes, i: int) -> Read:
    (ticks,) = struct.unpack_from("<q", b, i)
    return written(ticks), i + 8


def _guid(b: bytes, i: int) -> Read:
    return str(UUID(bytes_le=b[i : i + 16])), i + 16


def _hex(b: bytes, i: int) -> Read:
    said, i = bytes_of(b, i)
    return None if said is None else said.hex(), i


def _name(b: bytes, i: int) -> Read:
    """A QualifiedName: its name, with the index of its namespace where that is not 0."""
    space = int.from_bytes(b[i : i + 2], "little")
    name, i = text_of(b, i + 2)
    return (f"{space}:{name}" if space and name else name), i


def _localized(b: bytes, i: int) -> Read:
    mask, i = b[i], i + 1
    said: str | None = None
    if mask & 0x01:
        _, i = text_of(b, i)
    if mask & 0x02:
        said, i = text_of(b, i)
    return said, i


def _data_value(b: bytes, i: int) -> Read:
    said, i = data_value(b, i)
    return said.value, i


NUMBERS: Mapping[int, struct.Struct] = {
    kind: struct.Struct("<" + form)
    for kind, form in {
        1: "?", 2: "b", 3: "B", 4: "h", 5: "H", 6: "i", 7: "I", 8: "q", 9: "Q", 10: "f", 11: "d", 19: "I",
    }.items()
}  # fmt: skip
"""Built-in types that are numbers of a fixed size: Boolean to Double, and StatusCode."""
OTHERS: Mapping[int, Callable[[bytes, int], Read]] = {
    12: text_of,
    13: _date,
    14: _guid,
    15: _hex,
    16: text_of,
    17: node_id,
    18: node_id,
    20: _name,
    21: _localized,
    22: body,
    23: _data_value,
    24: variant,
    25: diagnostics,
}
