"""Tested units for the tests of yield: real ones from STDF files (part results only, slowly), and made ones."""

import gzip
import os
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from andon.model import Units
from andon.units import SECOND

DATA = Path(os.environ.get("ANDON_DATA", Path(__file__).parents[2] / "shared" / "data")) / "stdf"


def records(file: Path) -> Iterator[tuple[int, int, bytes, str]]:
    """(type, subtype, body, byte order) of an STDF file, one after the other."""
    raw = gzip.decompress(file.read_bytes())
    order = "<" if raw[:2] == b"\x02\x00" else ">"
    at = 0
    while at + 4 <= len(raw):
        length, kind, sub = struct.unpack_from(f"{order}HBB", raw, at)
        yield kind, sub, raw[at + 4 : at + 4 + length], order
        at += 4 + length


def stdf(name: str) -> Units:
    """The parts of a real STDF file; a die is named by its place, so that a retest is the same die."""
    file = DATA / f"{name}.gz"
    if not file.exists():
        pytest.skip(f"{file} is not there: set ANDON_DATA to the folder of test data")
    rows, wafer = [], ""
    for kind, sub, body, order in records(file):
        if (kind, sub) == (2, 10):
            wafer = body[7 : 7 + body[6]].decode()
        if (kind, sub) == (5, 20):
            _, site, flags, _, hard, soft, x, y, took = struct.unpack_from(f"{order}BBBHHHhhI", body)
            rows.append((wafer, f"{x},{y}", site, int(not flags & 8), hard, soft, x, y, took / 1000))
    wafers, units, site, passed, hard, soft, x, y, seconds = zip(*rows, strict=True)
    at = [i * SECOND for i in range(len(rows))]
    of_unit = {"site": site, "passed": passed, "hard": hard, "soft": soft, "x": x, "y": y, "seconds": seconds}
    return Units.of(at, units, wafer=wafers, **of_unit)


def disc(radius: int) -> tuple[np.ndarray, np.ndarray]:
    """The places of the dies of a round wafer."""
    x, y = np.mgrid[-radius : radius + 1, -radius : radius + 1].reshape(2, -1)
    there = x**2 + y**2 <= (radius + 0.3) ** 2
    return x[there], y[there]


def wafers(failed: dict[str, np.ndarray], radius: int, *, lot: str = "L1", start: int = 0) -> Units:
    """One unit a die: `failed` says for each wafer which dies of `disc(radius)` fail (bin 5; the others 1)."""
    x, y = disc(radius)
    names = [w for w in failed for _ in x]
    bad = np.concatenate(list(failed.values()))
    places = [f"{a},{b}" for _ in failed for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    return Units.of(
        [start + i for i in range(len(names))],
        places,
        lot=[lot] * len(names),
        wafer=names,
        x=np.tile(x, len(failed)).tolist(),
        y=np.tile(y, len(failed)).tolist(),
        hard=np.where(bad, 5, 1).tolist(),
        passed=(~bad).astype(int).tolist(),
    )
