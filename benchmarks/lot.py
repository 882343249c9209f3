"""How long studies take over a lot of 25 wafers x 1,000 dies x 1,000 tests, once it is read; and how much memory."""

from __future__ import annotations

import resource
import time

import numpy as np

from andon.model import Measurements, Test, Units
from andon.studies.yields.parametric import parametric
from andon.studies.yields.part_average import part_average
from andon.units import SECOND

WAFERS, DIES, TESTS, SITES = 25, 1_000, 1_000, 4
BAR = 2.0


def lot(seed: int = 1) -> Measurements:
    """One lot, every test on every die; one test with two humps, one site that is off, two tests that go together."""
    random = np.random.default_rng(seed)
    count = WAFERS * DIES
    die = np.tile(np.arange(DIES), WAFERS)
    passed = (random.random(count) > 0.08).astype(np.int8)
    units = Units.of(
        (np.arange(count) * SECOND).tolist(),
        [f"{d % 40},{d // 40}" for d in die.tolist()],
        lot=["L1"] * count,
        wafer=np.repeat([f"W{w:02}" for w in range(WAFERS)], DIES).tolist(),
        x=(die % 40).tolist(),
        y=(die // 40).tolist(),
        site=(np.arange(count) % SITES).tolist(),
        passed=passed.tolist(),
        soft=np.where(passed, 1, 5).tolist(),
    )
    value = random.normal(size=(TESTS, count))
    value[1] = value[0] + 0.3 * random.normal(size=count)
    value[2] += 3.5 * (random.random(count) > 0.5)
    value[3] += units.site == 2
    tests = tuple(Test(f"test {n}", "V", -5.0, 5.0, n) for n in range(TESTS))
    row = np.tile(np.arange(count, dtype=np.int32), TESTS)
    first = np.arange(TESTS + 1, dtype=np.int64) * count
    return Measurements(units.window, units, tests, first, row, value.ravel(), np.ones(TESTS * count, np.int8))


def main() -> None:
    """Print the seconds of each study, on the clock and of the processor, and the most memory that was held."""
    found = lot()
    for study in (parametric, part_average):
        clock, busy = time.perf_counter(), time.process_time()
        study(found)
        took, worked = time.perf_counter() - clock, time.process_time() - busy
        print(f"{study.__name__:14} {took:5.2f} s, {worked:5.2f} s of the processor (bar {BAR:g} s)")
    print(f"memory         {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:5.2f} GB")


if __name__ == "__main__":
    main()
