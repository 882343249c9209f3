"""Where in the test program units ended, and what it takes to get there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...model import Measurements
from ...units import Parts, Seconds
from .picked import Codes


@dataclass(frozen=True, slots=True)
class Ended:
    """A test after which units were not tested further.

    Attributes
    ----------
    test
        The test.
    place
        Its place in the program, counted from 1.
    units
        Units whose last test it was.
    failed
        Failed ones among them.
    seconds
        How long their test took, the median: what it takes to get there. None where nobody said.
    saved
        What ending there saved against the units that were tested to the end; None where that is not known.
    """

    test: str
    place: int
    units: Parts
    failed: Parts
    seconds: Seconds | None
    saved: Seconds | None


def ended(measurements: Measurements) -> tuple[Ended, ...]:
    """The tests after which units ended, in the order of the program: by number, else as they came."""
    units = measurements.units
    names, place = _order(measurements)
    last = np.full(len(units), -1, np.int64)
    for j in sorted(range(len(measurements.tests)), key=lambda j: place[measurements.tests[j].name]):
        last[measurements.row[int(measurements.first[j]) : int(measurements.first[j + 1])]] = place[
            measurements.tests[j].name
        ]
    if not (last >= 0).any():
        return ()
    full = _median(measurements, last == last.max())
    rows = [_row(measurements, last, p, (names[p], full)) for p in np.unique(last[last >= 0]).tolist()]
    return tuple(rows)


def _order(measurements: Measurements) -> tuple[list[str], dict[str, int]]:
    numbers: dict[str, tuple[int, int]] = {}
    for j, test in enumerate(measurements.tests):
        key = (test.number if test.number >= 0 else 1 << 40, j)
        numbers[test.name] = min(numbers.get(test.name, key), key)
    names = sorted(numbers, key=lambda n: numbers[n])
    return names, {name: i for i, name in enumerate(names)}


def _row(measurements: Measurements, last: Codes, place: int, named: tuple[str, float | None]) -> Ended:
    here = np.asarray(last == place)
    name, full = named
    seconds = _median(measurements, here)
    saved = None if seconds is None or full is None else float(here.sum()) * (full - seconds)
    failed = float((measurements.units.verdicts[here] == 0).sum())
    return Ended(name, place + 1, float(here.sum()), failed, seconds, saved)


def _median(measurements: Measurements, here: np.ndarray) -> float | None:
    known = measurements.units.seconds[here]
    known = known[np.isfinite(known)]
    return float(np.median(known)) if len(known) else None
