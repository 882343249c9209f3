"""A plant that measures: a lathe whose parts are gauged, a prober that tests wafers; made with a fixed seed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa

from andon.historian import Historian
from andon.model import Batch, Bin, Measurements, Test, Units
from andon.units import MINUTE
from runs import Run, run_plant

LATHE, PROBER = "line-1/lathe-1", "test/prober-1"
PLANT = """
[plant]
name = "measuring"
zone = "Europe/Berlin"
currency = "EUR"

[[shift]]
name = "early"
start = "06:00"
end = "14:00"

[[shift]]
name = "late"
start = "14:00"
end = "22:00"

[[shift]]
name = "night"
start = "22:00"
end = "06:00"

[[machine]]
path = "line-1/lathe-1"
title = "Lathe 1"
[machine.signals.state]
source = "files"
states = "andon"
[machine.signals.temperature]
source = "files"
unit = "Cel"

[[source]]
name = "files"
connector = "files"
folder = "in"
time = "time"
machine = { fixed = "line-1/lathe-1" }
columns = { state = "state", t = "temperature" }

[[machine]]
path = "test/prober-1"
title = "Prober 1"
[machine.signals.state]
source = "files"
states = "andon"
"""
SPECIFIED = """
[[characteristic]]
machine = "line-1/lathe-1"
test = "diameter"
title = "Diameter of the shaft"
low = 24.96
high = 25.04
target = 25.0
subgroup = 5
"""
BINS = {
    1: Bin("good", True),
    2: Bin("leakage", False),
    3: Bin("open", False),
    4: Bin("speed", False),
    5: Bin("short", False),
}
ROWS = 30
"""Dies across a wafer."""
KINDS = ("none", "centre", "edge ring", "scratch", "random", "none", "edge", "donut")


def parts(until: int, *, groups: int = 120, size: int = 5, seed: int = 7) -> Measurements:
    """Subgroups of parts each half hour: a diameter that moves up at the end, and a roughness."""
    chance = np.random.default_rng(seed)
    rows, who, lot = [], [], []
    for g in range(groups):
        begin = until - (groups - g) * 30 * MINUTE
        moved = 0.012 if g >= groups - 9 else 0.0
        for k in range(size):
            at, name = begin + k * MINUTE, f"P{g * size + k:05d}"
            rows += [(at, name, "diameter", 25.0 + moved + chance.normal(0, 0.008))]
            rows += [(at, name, "roughness", float(np.exp(chance.normal(-0.2, 0.18))))]
            who += ["Li" if g % 3 else "Anna"] * 2
            lot += [f"L{g // 40 + 1}"] * 2
    limits = {"diameter": (24.96, 25.04), "roughness": (None, 1.6)}
    return Measurements.of(rows, limits=limits, who=who, lot=lot, product=["shaft"] * len(rows))


def wafers(until: int, *, lots: int = 3, each: int = 25, seed: int = 3) -> Measurements:
    """Lots of round wafers: bins in the patterns that faults leave, a leakage and a delay of each die."""
    chance = np.random.default_rng(seed)
    y, x = np.divmod(np.arange(ROWS * ROWS), ROWS)
    r = np.hypot(x - (ROWS - 1) / 2, y - (ROWS - 1) / 2) / (ROWS / 2)
    there = r <= 1
    x, y, r = x[there], y[there], r[there]
    columns: dict[str, list[object]] = {
        n: [] for n in ("at", "unit", "lot", "wafer", "x", "y", "hard", "passed", "site")
    }
    leak, delay = [], []
    for n in range(lots * each):
        began = until - (lots * each - n) * 40 * MINUTE
        bins = fallen(KINDS[n % len(KINDS)], x, y, r, chance)
        good = bins == 1
        for name, column in {
            "at": began + np.arange(len(x)) * 2_000_000,
            "unit": [f"{n % each + 1:02d}-{a}-{b}" for a, b in zip(x, y, strict=True)],
            "lot": [f"LOT{n // each + 1:02d}"] * len(x),
            "wafer": [f"{n % each + 1:02d}"] * len(x),
            "x": x,
            "y": y,
            "hard": bins,
            "passed": good.astype(int),
            "site": np.arange(len(x)) % 4,
        }.items():
            columns[name] += list(column)
        leak += list(chance.normal(2.0, 0.3, len(x)) + 0.6 * r + np.where(bins == 2, 3.0, 0.0))
        delay += list(chance.normal(11.0, 0.2, len(x)) - 0.5 * (x / ROWS) + np.where(bins == 4, 2.0, 0.0))
    moments, units = columns.pop("at"), columns.pop("unit")
    made = Units.of(
        moments, units, hard_bins=BINS, soft_bins=BINS, **columns, soft=columns["hard"], step=["probe"] * len(moments)
    )
    count = len(made)
    tests = (Test("leakage", "nA", None, 4.5, 1000), Test("delay", "ns", 9.5, 12.5, 1001))
    row, test = np.tile(np.arange(count, dtype=np.int32), 2), np.repeat(np.arange(2, dtype=np.int32), count)
    return Measurements.sorted(made, tests, test, row, np.concatenate([leak, delay]))


def fallen(kind: str, x: np.ndarray, y: np.ndarray, r: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """The bin of each die of a wafer with one pattern on it, over a little noise."""
    turn = chance.uniform(0, 2 * np.pi)
    angle = np.arctan2(y - ROWS / 2, x - ROWS / 2) - turn
    across = (x - ROWS / 2) * np.cos(turn) + (y - ROWS / 2) * np.sin(turn)
    odds = {
        "none": np.zeros(len(x)),
        "centre": 0.85 * (r < 0.3),
        "edge ring": 0.8 * (r > 0.88),
        "scratch": 0.9 * (np.abs(across) < 0.8) * (np.cos(angle) > 0),
        "random": np.full(len(x), 0.3),
        "edge": 0.85 * (r > 0.75) * (np.cos(angle) > 0.8),
        "donut": 0.8 * ((r > 0.4) & (r < 0.65)),
    }[kind]
    fails = chance.random(len(x)) < odds
    bins = np.where(chance.random(len(x)) < 0.03, chance.integers(2, 6, len(x)), 1)
    return np.where(fails, 2 + (sum(map(ord, kind)) % 4), bins)


def batch(source: str, number: int, machine: str, found: Measurements, spells: pa.Table | None = None) -> Batch:
    """What a connector would have handed on of these measurements."""
    units = found.units
    at = pa.array(units.at).cast(pa.timestamp("us", "UTC"))
    columns = {n: pa.array(getattr(units, n).tolist()) for n in ("step", "lot", "wafer", "product")}
    columns |= {n: pa.array(getattr(units, n), pa.int32()) for n in ("x", "y", "site", "hard", "soft", "attempt")}
    columns |= {name: pa.array(column.tolist()) for name, column in units.facts.items()}
    passed = pa.array([None if p < 0 else bool(p) for p in units.passed.tolist()], pa.bool_())
    told = {"machine": [machine] * len(units), "at": at, "unit_id": units.unit.tolist(), **columns, "passed": passed}
    of = np.repeat(np.arange(len(found.tests)), np.diff(found.first))
    limits = {e: pa.array([getattr(found.tests[j], e) for j in of], pa.float64()) for e in ("low", "high")}
    values = {"row": found.row, "test": [found.tests[j].name for j in of], "unit": [found.tests[j].unit for j in of]}
    values |= {"number": pa.array([found.tests[j].number for j in of], pa.int32()), "value": found.value, **limits}
    return Batch(source, number, units=pa.table(told), measurements=pa.table(values), spells=spells)


def bins(machine: str, until: int) -> pa.Table:
    """What the bins of a machine mean, as a connector tells it."""
    said = {str(n): [b.name, b.passed] for n, b in BINS.items()}
    moments = [pa.array([t], pa.int64()).cast(pa.timestamp("us", "UTC")) for t in (0, until)]
    told = {"kind": ["bins"], "place": [machine], "since": moments[0], "until": moments[1], "text": [""]}
    return pa.table(told | {"detail": [json.dumps({"hard": said, "soft": said})]})


@contextmanager
def at_work(folder: Path) -> Iterator[Run]:
    """The plant with what is known of the diameter, its parts and its wafers, running."""
    now = time.time_ns() // 1000
    (folder / "in").mkdir(parents=True)
    (folder / "plant.toml").write_text(PLANT + SPECIFIED, "utf-8")
    with Historian.own(folder / "history") as history:
        history.write(batch("gauges", 1, LATHE, parts(now)))
        history.write(batch("tester", 1, PROBER, wafers(now), bins(PROBER, now)))
    with run_plant(folder) as run:
        yield run
