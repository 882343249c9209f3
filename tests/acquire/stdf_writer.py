"""Whole STDF files for the tests."""

import struct
from collections.abc import Sequence
from pathlib import Path

from andon.acquire.stdf import Reading
from andon.acquire.stdf.source import pieces
from andon.acquire.stdf.write import Writer as Plain

START = 1_790_000_000


class Writer(Plain):
    """Files as the tests need them."""

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
