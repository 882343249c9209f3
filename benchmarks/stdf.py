"""A lot of wafers as STDF: read, imported, read back by test: `python benchmarks/stdf.py [--wafers 25]`."""

from __future__ import annotations

import argparse
import resource
import struct
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from andon.acquire.files import load, read_mapping
from andon.acquire.stdf import Reading
from andon.acquire.stdf.source import pieces
from andon.historian import Historian
from andon.model import Products, StopRules, Window
from andon.plant import Machine, Plant, ShiftBook

Row = tuple[str, float, str, float, bool]
"""What, measured, unit, target, and whether more is better."""
TESTER, ALL = "test/tester-1", Window(0, 1 << 61)
START, SITES = 1_790_000_000, 4


def lot(path: Path, wafers: int, dies: int, tests: int) -> None:
    """Write a lot: four sites, a PTR of every test on every die, its text in each, its limits in the first."""
    chance = np.random.default_rng(3)
    with path.open("wb") as file:
        fixed = struct.pack("<IIBcccHc", START, START, 1, b"P", b" ", b" ", 65535, b" ")
        said = b"".join(map(_text, ("LOT1", "PART7", "NODE1", "93K", "JOB", "A")))
        file.write(_record(0, 10, bytes([2, 4])) + _record(1, 10, fixed + said))
        for wafer in range(wafers):
            file.write(_record(2, 10, struct.pack("<BBI", 1, 255, START + 800 * wafer) + _text(f"W{wafer + 1:02d}")))
            for die in range(0, dies, SITES):
                value = chance.normal(1.2, 0.05, (tests, SITES)).astype("<f4")
                file.write(_touchdown(value, die, first=wafer == die == 0))
        file.write(_record(1, 20, struct.pack("<Ic", START + 800 * wafers, b" ")))


def figures(path: Path, folder: Path) -> Iterator[Row]:
    """What the file takes to read and to import, and what is read back."""
    size = path.stat().st_size / 1e6
    spent = min(timed(lambda: [None for _ in Reading().read(pieces(path))])[0] for _ in range(4))
    yield "reading", size / spent, "MB per CPU-second", 100, True
    with Historian.own(folder / "history") as history:
        mapping = read_mapping({"format": "stdf", "machine": TESTER})
        spent, wall = timed(lambda: load(path, mapping, plant(), history, quarantine=folder / "refused.csv"))
        yield "import", wall, "s", 90, False
        yield "import, CPU", spent, "s", 90, False
        one = [timed(lambda: history.measurements(TESTER, ALL, ["1001 VDD_IDDQ_001"]))[1] for _ in range(4)]
        yield "one test", min(one), "s", 0.2, False
        every = [timed(lambda: history.measurements(TESTER, ALL))[1] for _ in range(3)]
        yield "all tests", min(every), "s", 1.5, False
    yield "memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, "MB", 2000, False


def timed(what: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    what()
    return time.process_time() - cpu, time.perf_counter() - wall


def plant() -> Plant:
    """One tester."""
    rules = StopRules({}, {}, {}, 0)
    machine = Machine(path=TESTER, machine_class="tester", signals={}, rules=rules, products=Products({}))
    return Plant(
        name="works",
        zone="UTC",
        currency="EUR",
        language="en",
        site="works",
        shifts=ShiftBook(),
        reasons={},
        machines={TESTER: machine},
    )


def _touchdown(value: np.ndarray, die: int, *, first: bool) -> bytes:
    found = [_record(5, 10, bytes([1, s])) for s in range(SITES)]
    for test in range(len(value)):
        for site in range(SITES):
            body = struct.pack("<IBBBB", 1000 + test, 1, site, 0, 0) + value[test, site].tobytes()
            body += _text(f"VDD_IDDQ_{test:03d}") + _text("")
            if first and site == 0:
                body += struct.pack("<Bbbbff", 0, 0, 0, 0, 1.0, 1.4) + _text("V")
            found.append(_record(15, 10, body))
    for site in range(SITES):
        n = die + site
        told = struct.pack("<BBBHHHhhI", 1, site, 0, len(value), 1, 1, n % 40, n // 40, 3200)
        found.append(_record(5, 20, told + _text(str(n)) + _text("")))
    return b"".join(found)


def _text(text: str) -> bytes:
    return bytes([len(text)]) + text.encode()


def _record(kind: int, sub: int, body: bytes) -> bytes:
    return struct.pack("<HBB", len(body), kind, sub) + body


def main() -> None:
    """Print the figures beside their targets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wafers", type=int, default=25)
    parser.add_argument("--dies", type=int, default=1000)
    parser.add_argument("--tests", type=int, default=1000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "lot.std"
        lot(path, given.wafers, given.dies, given.tests)
        for what, measured, unit, target, more in figures(path, Path(place)):
            kept = measured >= target if more else measured <= target
            print(f"{what:12} {measured:10.2f} {unit:18} target {target:g} {'' if kept else '(missed)'}")


if __name__ == "__main__":
    main()
