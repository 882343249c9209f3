"""The values of each test, one test after the other, whatever limits it had when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ...cores import on_cores
from ...errors import NoData
from ...model import Characteristics, Measurements, Numbers
from ...model.measured import Integers
from ..quality.samples import blocks
from ..quality.specification import Specification, specification
from .picked import Flags

R = TypeVar("R")
A = TypeVar("A", bound=np.generic)
MANY = 64
"""From this many tests on they are worked on by two cores."""


def over_tests(function: Callable[[str, Integers, Numbers], R], measurements: Measurements, kept: Flags) -> list[R]:
    """What a function gives for each test, of its name, and rows in `units` and values: finite ones of units kept."""
    every = bool(kept.all())

    def one(test: tuple[str, list[int]]) -> R:
        spans = [slice(int(measurements.first[j]), int(measurements.first[j + 1])) for j in test[1]]
        row = _joined([measurements.row[s] for s in spans])
        value = _joined([measurements.value[s] for s in spans])
        good = np.isfinite(value) if every else np.isfinite(value) & kept[row]
        return function(test[0], row, value) if good.all() else function(test[0], row[good], value[good])

    return on_cores(one, list(blocks(measurements).items()), MANY)


def _joined(parts: Sequence[NDArray[A]]) -> NDArray[A]:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def limits(measurements: Measurements, characteristics: Characteristics | None) -> dict[str, Specification]:
    """The specification of each test: what the plant says, else the latest limits that came with the values.

    Tests of which the plant says nothing are not taken apart for it: there may be thousands.
    """
    told = {r.test for r in characteristics.rows} if characteristics is not None else set()
    latest: dict[str, tuple[int, int]] = {}
    for j, test in enumerate(measurements.tests):
        begin, end = int(measurements.first[j]), int(measurements.first[j + 1])
        last = int(measurements.row[begin:end].max()) if end > begin else -1
        latest[test.name] = max(latest.get(test.name, (-2, 0)), (last, j))
    found: dict[str, Specification] = {}
    for name, (_, j) in latest.items():
        test = measurements.tests[j]
        if name in told:
            found[name] = specification(measurements.take(name), characteristics)
            continue
        said = "measurements" if (test.low, test.high) != (None, None) else ""
        found[name] = Specification(test.low, test.high, None, test.unit, said)
    return found


def something(measurements: Measurements) -> None:
    """Refuse a question about nothing.

    Raises
    ------
    NoData
        Nothing was measured.
    """
    if not len(measurements):
        raise NoData("Nothing was measured there in that window.")
