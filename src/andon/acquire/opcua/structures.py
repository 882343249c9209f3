"""Structures: their shapes learned from the server (OPC 10000-3, 5.8.3), their bytes read by them."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Protocol

from .decode import Columns
from .wire import Body, array, nested, value

OPTIONAL, UNION = 1, 2
"""Kinds of structures: with optional fields, and of one field only (StructureType)."""
VARIANT, STRUCTURE, INTEGER = 24, 22, 6
DEPTH = 32
"""Structures within structures deeper than this are taken for circles."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its name, its type (a built-in one by number, a structure by its name), its rank (-1: one value)."""

    name: str
    kind: int | str
    rank: int = -1
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """What a structure is made of."""

    fields: tuple[Field, ...]
    kind: int = 0


LOCALIZED, TEXT, NODE, DOUBLE, LONG, WORD = 21, 12, 17, 11, 8, 7
STANDARD: Mapping[str, Shape] = {
    "i=884": Shape((Field("Low", DOUBLE), Field("High", DOUBLE))),
    "i=887": Shape(
        (
            Field("NamespaceUri", TEXT),
            Field("UnitId", 6),
            Field("DisplayName", LOCALIZED),
            Field("Description", LOCALIZED),
        )
    ),
    "i=7594": Shape((Field("Value", LONG), Field("DisplayName", LOCALIZED), Field("Description", LOCALIZED))),
    "i=99": Shape(
        (
            Field("DefaultEncodingId", NODE),
            Field("BaseDataType", NODE),
            Field("StructureType", 6),
            Field("Fields", "i=101", 1),
        )
    ),
    "i=101": Shape(
        (
            Field("Name", TEXT),
            Field("Description", LOCALIZED),
            Field("DataType", NODE),
            Field("ValueRank", 6),
            Field("ArrayDimensions", WORD, 1),
            Field("MaxStringLength", WORD),
            Field("IsOptional", 1),
        )
    ),
    "i=100": Shape((Field("Fields", "i=102", 1),)),
    "i=102": Shape(
        (Field("Value", LONG), Field("DisplayName", LOCALIZED), Field("Description", LOCALIZED), Field("Name", TEXT))
    ),
}
"""Shapes of the standard that are needed to learn others: Range, EUInformation, EnumValueType, the definitions."""
ENCODINGS: Mapping[str, str] = {
    "i=886": "i=884",
    "i=889": "i=887",
    "i=8251": "i=7594",
    "i=122": "i=99",
    "i=123": "i=100",
}
"""Their binary encodings."""


class Server(Protocol):
    """What is asked of a server about its types."""

    async def parent(self, node: str, reference: str) -> str | None:
        """The node that refers to this one by such a reference."""
        ...

    async def definition(self, data_type: str) -> object:
        """The DataTypeDefinition of a data type, as it was sent."""
        ...


@dataclass(slots=True)
class Structures:
    """The shapes known of one server, by data type; `encodings` leads from an encoding to its data type, or to ""."""

    shapes: dict[str, Shape] = field(default_factory=lambda: dict(STANDARD))
    encodings: dict[str, str] = field(default_factory=lambda: dict(ENCODINGS))

    def read(self, said: object) -> object:
        """A value with its structures read; a `Body` of unknown shape stays one."""
        if isinstance(said, list):
            return [self.read(one) for one in said]
        if not isinstance(said, Body):
            return said
        shape = self.shapes.get(self.encodings.get(said.encoding, ""))
        if shape is None:
            return said
        try:
            return self._shaped(shape, said.data, 0, 0)[0]
        except (struct.error, IndexError, KeyError, RecursionError):
            return said  # its bytes do not fit the shape that the server tells: this value alone is unreadable

    def unknown(self, said: object) -> set[str]:
        """Encodings in a value whose data type nobody has asked for."""
        if isinstance(said, list):
            return set().union(*(self.unknown(one) for one in said)) if said else set()
        return {said.encoding} - self.encodings.keys() if isinstance(said, Body) else set()

    async def learn(self, server: Server, encoding: str) -> None:
        """Ask the server for the shape behind an encoding."""
        data_type = await server.parent(encoding, "i=38")  # HasEncoding
        if data_type is not None and await self._type(server, data_type, 0):
            self.encodings[encoding] = data_type
        else:
            self.encodings[encoding] = ""

    async def open(self, server: Server, columns: Columns) -> None:
        """Read the structures of a message, in place."""
        for row, said in columns.other.items():
            for encoding in self.unknown(said):
                await self.learn(server, encoding)
            columns.other[row] = self.read(said)

    async def _type(self, server: Server, data_type: str, depth: int) -> bool:
        """Whether a data type is a structure; its shape is known from now on."""
        if data_type in self.shapes:
            return True
        said = self.read(await server.definition(data_type))
        if not isinstance(said, dict) or "StructureType" not in said or depth > DEPTH:
            return False
        self.shapes[data_type] = Shape((), -1)  # a structure may hold itself
        fields = [await self._field(server, f, depth) for f in said["Fields"] or ()]
        self.shapes[data_type] = Shape(tuple(fields), int(said["StructureType"]))
        return True

    async def _field(self, server: Server, said: Mapping[str, object], depth: int) -> Field:
        kind = await self._kind(server, str(said["DataType"]), depth)
        return Field(str(said["Name"]), kind, int(str(said["ValueRank"])), bool(said["IsOptional"]))

    async def _kind(self, server: Server, data_type: str, depth: int) -> int | str:
        """A data type as a built-in type's number, or the name of a structure's shape."""
        for _ in range(DEPTH):
            if (built_in := standard(data_type)) is not None:
                return built_in
            if await self._type(server, data_type, depth + 1):
                return data_type
            above = await server.parent(data_type, "i=45")  # HasSubtype
            if above is None:
                break
            data_type = above
        return VARIANT

    def _shaped(self, shape: Shape, b: bytes, i: int, depth: int) -> tuple[object, int]:
        if depth > DEPTH:
            raise RecursionError
        given = 0xFFFFFFFF
        if shape.kind in (OPTIONAL, UNION):
            (given,) = struct.unpack_from("<I", b, i)
            i += 4
        if shape.kind == UNION:
            fields = shape.fields[given - 1 : given] if given else ()
        else:
            fields = tuple(f for f, there in _present(shape, given) if there)
        found: dict[str, object] = {}
        for one in fields:
            found[one.name], i = self._value(one, b, i, depth)
        return found, i

    def _value(self, one: Field, b: bytes, i: int, depth: int) -> tuple[object, int]:
        if one.rank < 1:
            return self._one(one.kind, b, i, depth)
        sizes: list[int] = []
        if one.rank > 1:  # its dimensions come first, then its elements without a count of their own
            dimensions, i = array(INTEGER, b, i)
            sizes = dimensions if isinstance(dimensions, list) else [0]
            count = prod(sizes)
        else:
            (count,) = struct.unpack_from("<i", b, i)
            i += 4
        if count < 0:
            return None, i
        flat = []
        for _ in range(count):
            said, i = self._one(one.kind, b, i, depth)
            flat.append(said)
        return nested(flat, sizes), i

    def _one(self, kind: int | str, b: bytes, i: int, depth: int) -> tuple[object, int]:
        if isinstance(kind, str):
            return self._shaped(self.shapes[kind], b, i, depth + 1)
        said, i = value(kind, b, i)
        return self.read(said), i


def standard(data_type: str) -> int | None:
    """A data type of the standard as a built-in type's number, None where it is none.

    >>> standard("i=11"), standard("i=29"), standard("i=290"), standard("ns=2;i=11")
    (11, 6, 11, None)
    """
    if not data_type.startswith("i="):
        return None
    number = int(data_type[2:])
    return ALIASES.get(number, number if 1 <= number <= 25 else None)


ALIASES: Mapping[int, int] = {
    26: VARIANT,
    27: VARIANT,
    28: VARIANT,
    29: INTEGER,
    290: 11,
    294: 13,
    295: 12,
    288: 7,
    289: 7,
}
"""Abstract types travel as variants, an enumeration as Int32; Duration, UtcTime, LocaleId, IntegerId, Counter."""


def _present(shape: Shape, given: int) -> list[tuple[Field, bool]]:
    """The fields, and whether each was sent: one bit for each optional one, in order."""
    found, bit = [], 0
    for one in shape.fields:
        optional = shape.kind == OPTIONAL and one.optional
        found.append((one, not optional or bool(given >> bit & 1)))
        bit += optional
    return found
