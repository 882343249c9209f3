"""A small writer of STDF for the tests: records by their fields, in either order of bytes."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from andon.acquire.stdf import Reading
from andon.acquire.stdf.records import KINDS, NUMBERS
from andon.acquire.stdf.source import pieces

START = 1_790_000_000


@dataclass
class Writer:
    """Records one after the other; the result is `bytes(writer)`."""

    order: str = "<"
    records: list[bytes] = field(default_factory=list)

    def __bytes__(self) -> bytes:
        return b"".join(self.records)

    def add(self, record: str, **said: object) -> "Writer":
        """One record, cut after its last field that is said."""
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

    def begin(self, **said: object) -> "Writer":
        """FAR and MIR."""
        self.add("FAR", CPU_TYPE=2 if self.order == "<" else 1, STDF_VER=4)
        return self.add("MIR", **{"START_T": START, "LOT_ID": "L1", "PART_TYP": "chip", "NODE_NAM": "T1", **said})

    def part(self, results: Sequence[float], *, site: int = 1, **said: object) -> "Writer":
        """One part with a PTR for each result: tests 1000, 1001 ..., limits 0 to 2 where its first record says them."""
        self.add("PIR", HEAD_NUM=1, SITE_NUM=site)
        for n, result in enumerate(results):
            self.ptr(1000 + n, result, site=site)
        return self.end(site=site, **said)

    def ptr(self, number: int, result: float, *, site: int = 1, **said: object) -> "Writer":
        known = any(r[4:8] == struct.pack(self.order + "I", number) for r in self.records if r[2:4] == b"\x0f\x0a")
        first = {} if known or said else {"TEST_TXT": f"t{number}", "LO_LIMIT": 0.0, "HI_LIMIT": 2.0, "UNITS": "V"}
        told = {"TEST_NUM": number, "HEAD_NUM": 1, "SITE_NUM": site, "RESULT": result, **first, **said}
        return self.add("PTR", **told)

    def end(self, *, site: int = 1, **said: object) -> "Writer":
        told = {"HARD_BIN": 1, "SOFT_BIN": 1, "X_COORD": -32768, "Y_COORD": -32768, "TEST_T": 1000, **said}
        return self.add("PRR", HEAD_NUM=1, SITE_NUM=site, **told)

    def finish(self) -> "Writer":
        return self.add("MRR", FINISH_T=START + 100)


def a_lot(parts: int = 40, tests: int = 30) -> Writer:
    lot = Writer().begin()
    for part in range(parts):
        lot.part([part + n / 100 for n in range(tests)], PART_ID=f"p{part}")
    return lot.finish()


def read(path: Path) -> tuple[Reading, list]:
    reading = Reading()
    return reading, list(reading.read(pieces(path)))


def written(tmp_path: Path, body: bytes, name: str = "lot.std") -> Path:
    path = tmp_path / name
    path.write_bytes(body)
    return path


def results(reading: Reading, found: list) -> dict[str, list[tuple[str, float]]]:
    """By test: the part and the value of each result, NaN as None."""
    told: dict[str, list] = {}
    for t in found:
        for row, kind, value in zip(t.row.tolist(), t.kind.tolist(), t.value.tolist(), strict=True):
            told.setdefault(reading.kinds[kind].name, []).append(
                (t.names[row], None if value != value else round(value, 6))
            )
    return told
