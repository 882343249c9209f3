"""How plant.toml writes a register: `holding:100:float32:cdab`, `2/coil:3`, `40101:int16`; read, and mistakes told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

from ...errors import BadInput
from ..blocks import Spot

Table = Literal["holding", "input", "coil", "discrete"]
Order = Literal["abcd", "cdab", "badc", "dcba"]
TABLES = ("holding", "input", "coil", "discrete")
ORDERS = ("abcd", "cdab", "badc", "dcba")
FIRST_DIGIT: dict[str, Table] = {"0": "coil", "1": "discrete", "3": "input", "4": "holding"}
WORDS = {
    "int16": 1,
    "uint16": 1,
    "bcd16": 1,
    "int32": 2,
    "uint32": 2,
    "float32": 2,
    "bcd32": 2,
    "int64": 4,
    "uint64": 4,
    "float64": 4,
}
"""Registers that a value of a type takes."""
LIKE = "Write it as 'holding:100:float32', 'input:7:int16', 'coil:3', '2/holding:20:uint32:cdab' or '40101:int16'."


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a device.

    `number` is the number in the request: the first is 0. `kind` is one of `WORDS`, "string" or "bit"; `size` its
    length in registers (in bits for coils and discrete inputs); `bit` the bit of a register, 0 the lowest.
    """

    address: str
    unit: int
    table: Table
    number: int
    kind: str
    size: int
    order: Order
    bit: int | None = None

    @property
    def spot(self) -> Spot:
        return Spot(self.address, (self.unit, self.table), self.number, self.size)


def point(address: str, *, unit: int = 1, order: Order = "abcd", first: int = 0) -> Point:
    """The value that an address writes.

    Parameters
    ----------
    address
        `[unit/]table:number[:type][:order][:bitN]`, or a number of five or six digits in place of `table:number`.
    unit, order
        What holds where the address does not say.
    first
        The number by which the first register is called (0 or 1). Numbers of five and six digits always begin at 1.

    Raises
    ------
    BadInput
        What is wrong with it, and how to write it.

    Examples
    --------
    >>> point("2/holding:20:uint32:cdab").spot
    Spot(address='2/holding:20:uint32:cdab', space=(2, 'holding'), start=20, size=2)
    >>> point("40101:float32").number, point("400101").number, point("holding:5:bit3").bit
    (100, 100, 3)
    """
    head, *rest = address.strip().casefold().split(":")
    slash = head.rpartition("/")
    said = slash[0] if slash[1] else str(unit)
    if not (said.isdigit() and int(said) <= 255):
        raise BadInput(f"{address!r}: {said!r} is no unit id (0 to 255). {LIKE}")
    table, number, left = _place(address, slash[2], rest, first)
    kind, orders, bit = _manner(address, left)
    size = _size(address, table, kind)
    bits = table in ("coil", "discrete")
    if bits and ((left and kind != "bit") or bit is not None):
        raise BadInput(f"{address!r}: a {table} is a single bit and has no type. Write '{table}:{number}'.")
    if bit is not None and kind != "uint16":
        raise BadInput(f"{address!r}: a bit is one of a single register, so there is no bit of a {kind}. {LIKE}")
    if number + size > 65_536:
        raise BadInput(f"{address!r} goes beyond the last register, 65535.")
    chosen = cast(Order, orders[0]) if orders else order
    return Point(address, int(said), table, number, "bit" if bits else kind, size, chosen, bit)


def _place(address: str, head: str, rest: list[str], first: int) -> tuple[Table, int, list[str]]:
    """The table, the number in the request, and what of the address is left."""
    if re.fullmatch(r"[0134]\d{4,5}", head):
        number = int(head[1:]) - 1
        if number < 0:
            raise BadInput(f"{address!r}: register numbers of five or six digits begin at {head[:-1]}1.")
        return FIRST_DIGIT[head[0]], number, rest
    if head not in TABLES:
        raise BadInput(f"{address!r}: {head!r} is none of {', '.join(TABLES)}. {LIKE}")
    if not rest or not rest[0].isdigit():
        raise BadInput(f"{address!r}: after '{head}:' comes the number of a register. {LIKE}")
    number = int(rest[0]) - first
    if number < 0:
        raise BadInput(f"{address!r}: this source counts registers from {first} (its setting first).")
    return cast(Table, head), number, rest[1:]


def _manner(address: str, words: list[str]) -> tuple[str, list[str], int | None]:
    """The type, the order (one or none), and the bit."""
    kinds = [w for w in words if w in WORDS or w in ("bcd", "bit") or re.fullmatch(r"string\d+", w)]
    orders = [w for w in words if w in ORDERS]
    bits = [w for w in words if re.fullmatch(r"bit\d+", w)]
    strange = [w for w in words if w not in kinds + orders + bits]
    if strange:
        known = f"{', '.join(WORDS)}, string10, bit3, {', '.join(ORDERS)}"
        raise BadInput(f"{address!r}: {strange[0]!r} is no type, order or bit. Known: {known}.")
    if max(map(len, (kinds, orders, bits))) > 1:
        raise BadInput(f"{address!r} says its type, order or bit twice. {LIKE}")
    bit = int(bits[0][3:]) if bits else None
    if bit is not None and bit > 15:
        raise BadInput(f"{address!r}: a register has the bits 0 to 15.")
    kind = {"bcd": "bcd16"}.get(kinds[0], kinds[0]) if kinds else "uint16"
    return kind, orders, bit


def _size(address: str, table: str, kind: str) -> int:
    """How many registers (or bits) it takes."""
    if table in ("coil", "discrete"):
        return 1
    if kind == "bit":
        raise BadInput(f"{address!r}: which bit of the register? Write ':bit0' to ':bit15'.")
    if not kind.startswith("string"):
        return WORDS[kind]
    characters = int(kind.removeprefix("string"))
    if not 1 <= characters <= 250:
        raise BadInput(f"{address!r}: a text has 1 to 250 characters, two in a register.")
    return (characters + 1) // 2
