"""How much of a core the alarms of a busy plant cost: filtering what is not watched, looking at what is.

python benchmarks/alarms.py --signals 10000 --alarms 1000
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from andon.plant.alarms import Level, Pace
from andon.watch.alarms.conditions import condition
from andon.watch.alarms.trigger import Trigger
from andon.watch.alarms.watching import Lead, Watching, picked

RATE = 100_000
"""Samples a second that a plant may say."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signals", type=int, default=10_000)
    parser.add_argument("--alarms", type=int, default=1_000)
    parser.add_argument("--batches", type=int, default=20)
    given = parser.parse_args()
    print(f"{given.signals} signals, {RATE} samples a second; CPU seconds a second of plant time, best of 3")
    for share in (0, given.alarms, given.signals):
        watched = watching(share)
        for rows in (1_000, 10_000):
            made = [batch(given.signals, rows, n) for n in range(given.batches)]
            cost = best(lambda w=watched, m=made: [look(w, b) for b in m]) / (rows * given.batches) * RATE
            print(f"  {share:>6} with an alarm, batches of {rows:>6}: {cost:.3f}")
        tick = best(lambda w=watched: w.until(10**15, {}))
        print(f"  {share:>6} alarms, a look at the clock (4 a second): {tick * 1e3:.2f} ms")


def look(watched: Watching, samples: pa.Table) -> None:
    """What the keeper does with a batch."""
    rows = picked(samples, watched.wanted)
    if rows is not None:
        watched.heard(rows)


def watching(count: int) -> Watching:
    """A limit on each signal, and a pace on every tenth."""
    leads = [
        Lead(Trigger(condition(Level(99.0, deadband=1.0), {})), f"m/s{i}", "", ((f"m{i}", "a"),)) for i in range(count)
    ]
    leads += [
        Lead(Trigger(condition(Pace(5.0, 60_000_000), {})), f"m/s{i}", "", ((f"m{i}", "b"),))
        for i in range(0, count, 10)
    ]
    return Watching(leads)


def batch(signals: int, rows: int, number: int) -> pa.Table:
    """Samples of random signals, in order of time, as gather writes them."""
    chance = np.random.default_rng(number)
    used, code = np.unique(chance.integers(0, signals, rows), return_inverse=True)
    names = pa.array([f"m/s{i}" for i in used.tolist()])
    return pa.table(
        {
            "signal": pa.DictionaryArray.from_arrays(pa.array(code.astype(np.int32)), names),
            "at": pa.array(10**14 + number * rows * 10 + np.arange(rows) * 10, pa.timestamp("us", "UTC")),
            "value": 50 + 10 * chance.standard_normal(rows),
            "text": pa.nulls(rows, pa.string()),
            "quality": np.zeros(rows, dtype=np.uint32),
        }
    )


def best(work: Callable[[], object]) -> float:
    """CPU seconds of the quickest of three."""
    times = []
    for _ in range(3):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


if __name__ == "__main__":
    main()
