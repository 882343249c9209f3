"""The values of each test, one test after the other, whatever limits it had when."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...errors import NoData
from ...model import Characteristics, Measurements, Numbers
from ...model.measured import Integers
from ..quality.specification import Specification, specification
from .picked import Flags


def by_test(measurements: Measurements, kept: Flags) -> Iterator[tuple[str, Integers, Numbers]]:
    """Name, rows in `units` and values of each test: finite ones, of the units that are kept."""
    blocks: dict[str, list[int]] = {}
    for j, test in enumerate(measurements.tests):
        blocks.setdefault(test.name, []).append(j)
    every = bool(kept.all())
    first = measurements.first
    for name, places in blocks.items():
        spans = [slice(int(first[j]), int(first[j + 1])) for j in places]
        row = measurements.row[spans[0]] if len(spans) == 1 else np.concatenate([measurements.row[s] for s in spans])
        value = (
            measurements.value[spans[0]] if len(spans) == 1 else np.concatenate([measurements.value[s] for s in spans])
        )
        good = np.isfinite(value) if every else np.isfinite(value) & kept[row]
        yield (name, row, value) if good.all() else (name, row[good], value[good])


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
