"""Units and values for tests of the studies of yield: wafers full of dies."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from andon.model import Measurements, Test, Units
from andon.units import SECOND

ORACLES = Path(__file__).parent.parent / "oracles"


def measured(
    units: Units, values: Mapping[str, Sequence[float]], limits: tuple[float | None, float | None]
) -> Measurements:
    """Every test on every unit, in the order of the units."""
    tests = tuple(Test(name, "V", *limits, number) for number, name in enumerate(values))
    n, k = len(units), len(tests)
    flat = np.concatenate([np.asarray(v, np.float64) for v in values.values()])
    return Measurements.sorted(
        units, tests, np.repeat(np.arange(k, dtype=np.int32), n), np.tile(np.arange(n, dtype=np.int32), k), flat
    )


def wafers(count: int, side: int = 10, **columns: Sequence[object]) -> Units:
    """Square wafers of one lot, die after die."""
    dies = side * side
    total = count * dies
    given = {"lot": ["L1"] * total, "wafer": [f"W{i // dies}" for i in range(total)], "passed": [1] * total}
    given["x"], given["y"] = [i % dies % side for i in range(total)], [i % dies // side for i in range(total)]
    return Units.of(
        [i * SECOND for i in range(total)],
        [f"{i % dies % side},{i % dies // side}" for i in range(total)],
        **(given | columns),
    )


def aiag() -> tuple[Units, list[float]]:
    """The gauge study of the AIAG manual (oracle O18): appraisers as testers, parts as units."""
    with (ORACLES / "grr_aiag_data.csv").open() as file:
        rows = list(csv.DictReader(file))
    units = Units.of(
        range(len(rows)),
        [r["part"] for r in rows],
        passed=[1] * len(rows),
        tester=[r["appraiser"] for r in rows],
        wafer=["W1"] * len(rows),
    )
    return units, [float(r["value"]) for r in rows]
