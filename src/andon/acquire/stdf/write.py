"""Writes STDF V4: records by the names of their fields, in either order of bytes."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from .records import KINDS, NUMBERS


@dataclass(slots=True)
class Writer:
    """Records one after the other; the file is `bytes(writer)`.

    >>> bytes(Writer().add("FAR", CPU_TYPE=2, STDF_VER=4)).hex()
    '0200000a0204'
    """

    order: str = "<"
    records: list[bytes] = field(default_factory=list)

    def __bytes__(self) -> bytes:
        return b"".join(self.records)

    def add(self, record: str, **said: object) -> Writer:
        """One record, cut after its last field that is said; a field before it that is not said is 0 or empty."""
        fields = KINDS[record].fields
        last = max((i for i, (name, _) in enumerate(fields) if name in said), default=-1)
        body = b"".join(self._packed(kind, said.get(name)) for name, kind in fields[: last + 1])
        self.records.append(struct.pack(self.order + "HBB", len(body), *divmod(KINDS[record].code, 256)) + body)
        return self

    def _packed(self, kind: str, value: object) -> bytes:
        if kind in NUMBERS:
            return struct.pack(self.order + NUMBERS[kind], value or 0)
        if kind == "C1":
            return str(value or " ").encode()
        if kind == "Cn":
            text = str(value or "").encode()
            return bytes([len(text)]) + text
        if kind in ("Bn", "Dn"):
            return b"\0" if kind == "Bn" else b"\0\0"
        rows = value if isinstance(value, Sequence) else ()
        if kind.endswith("N1"):
            return bytes(rows)
        return struct.pack(f"{self.order}{len(rows)}{NUMBERS[kind[-2:]]}", *rows)
