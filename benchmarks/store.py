"""The historian's own figures beside their targets: `python benchmarks/store.py [--days 30]`."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from andon.historian import Historian
from andon.model import Batch, Counts, States, Window
from andon.plant import Signal
from mix import BASE, DAY, SECOND, Mix, mix

Row = tuple[str, float, str, float, bool]
"""What, measured, unit, target, and whether more is better."""
START = BASE - 40 * DAY * SECOND
"""Far enough back that no day lies ahead of the clock."""
NO_NOISE = tuple(range(17))
"""The kinds of the mix whose values are figures, not noise."""


def bulk_import(folder: Path, what: Mix) -> Iterator[Row]:
    """Arrow tables of 500,000 rows, each on disk before the next."""
    batches = list(what.batches(500_000))
    with Historian.own(folder) as history:
        spent = timed(lambda: [history.write(Batch("bulk", i, b)) for i, b in enumerate(batches)])
        yield "bulk import from Arrow", what.rows / spent / 1e6, "M samples/s", 1.0, True


def durable_writes(folder: Path, what: Mix) -> Iterator[Row]:
    """Batches of 10,000 rows, each acknowledged after fsync, while sealing goes on beside."""
    batches = list(what.batches(10_000))
    with Historian.own(folder) as history:
        each = [timed(lambda i=i, b=b: history.write(Batch("edge", i, b))) for i, b in enumerate(batches)]
    rows = sum(b.num_rows for b in batches)
    yield "durable writes of 10,000", rows / sum(each) / 1e3, "k samples/s", 300, True
    yield "one durable write, 99th percentile", float(np.percentile(each, 99)) * 1e3, "ms", 100, False


def sealed_size(folder: Path, what: Mix) -> Iterator[Row]:
    """Bytes of a sealed and compacted day, roll-ups and all."""
    for name, kinds in (("all of the mix", tuple(range(20))), ("without its noise", NO_NOISE)):
        place = folder / str(len(kinds))
        part = mix(what.value.shape[0], what.value.shape[1], kinds=kinds)
        with Historian.own(place) as history:
            for i, b in enumerate(part.batches(500_000)):
                history.write(Batch("size", i, b))
            history.seal()
            history.compact(BASE // (DAY * SECOND))
        Historian.own(place).close()  # the start removes the files that were replaced
        sizes = [
            sum(f.stat().st_size for f in (place / top).rglob("*.parquet")) / part.rows for top in ("cold", "rollup")
        ]
        yield f"sealed size, {name}", sizes[0], "bytes/sample", 2.0, False
        yield f"roll-ups, {name}", sizes[1], "bytes/sample", float("nan"), False


def queries(folder: Path, days: int) -> Iterator[Row]:
    """Questions to one-second signals and to states and counters, warm."""
    month = Window(START, START + days * DAY * SECOND)
    day = Window(month.until - DAY * SECOND, month.until)
    hour = Window(day.since + 36_000 * SECOND, day.since + 39_600 * SECOND)
    with Historian.own(folder) as history:
        fast, states, counts = filled(history, days)
        yield "one signal, one raw hour", best(lambda: history.samples(fast[3], hour)), "ms", 10, False
        yield (
            f"{days}-day trend of 8 one-second signals, 1000 px",
            best(lambda: [history.trend(p, month, 1000) for p in fast[:8]]),
            "ms",
            300,
            False,
        )
        minute = best(lambda: [history.buckets(p, day, 60 * SECOND) for p in fast])
        yield "1-minute averages, 50 signals, one day", minute, "ms", 60, False
        yield (
            f"the same rows by one call of many, {days} days",
            best(lambda: history.many([s.path for s in states + counts], month), times=2),
            "ms",
            2000,
            False,
        )
        yield (
            f"States and Counts of 50 machines, {days} days",
            best(lambda: (history.reads(States, states, month), history.reads(Counts, counts, month)), times=2),
            "ms",
            2000,
            False,
        )
        yield "latest of all signals", best(lambda: history.latest()), "ms", float("nan"), False


def filled(history: Historian, days: int) -> tuple[list[str], list[Signal], list[Signal]]:
    """50 one-second signals for the last day (8 of them for all days), 50 states and 50 counters every 10 s."""
    fast = [f"line-1/machine-{i:02d}/power" for i in range(50)]
    machines = [f"line-1/machine-{i:02d}" for i in range(50)]
    states = [
        Signal(
            path=f"{m}/state",
            machine=m,
            name="state",
            role="state",
            kind="state",
            holds=60 * SECOND,
            states={"2": "producing", "3": "fault"},
        )
        for m in machines
    ]
    counts = [
        Signal(path=f"{m}/good_count", machine=m, name="good_count", role="good_count", kind="count", holds=60 * SECOND)
        for m in machines
    ]
    for d in range(days):
        chance = np.random.default_rng([7, d])
        wanted = fast if d == days - 1 else fast[:8]
        tables = [series(p, d, 1, np.round(20 + np.cumsum(chance.normal(0, 0.02, DAY)), 2)) for p in wanted]
        tables += [series(s.path, d, 10, np.repeat(chance.integers(1, 5, 288), 30).astype(float)) for s in states]
        tables += [series(c.path, d, 10, d * 1000 + np.cumsum(chance.random(8640) < 0.1).astype(float)) for c in counts]
        history.write(Batch("fill", d, pa.concat_tables(tables)))
    history.seal()
    return fast, states, counts


def series(path: str, day: int, step: int, value: np.ndarray) -> pa.Table:
    at = START + (day * DAY + np.arange(len(value), dtype=np.int64) * step) * SECOND
    return pa.table(
        {
            "signal": pa.DictionaryArray.from_arrays(np.zeros(len(value), np.int32), [path]),
            "at": pa.array(at).cast(pa.timestamp("us", "UTC")),
            "value": value,
        }
    )


def timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def best(act: Callable[[], object], times: int = 5) -> float:
    """Milliseconds, the median of some runs after a first one."""
    act()
    return float(np.median([timed(act) for _ in range(times)])) * 1e3


def show(rows: Iterator[Row]) -> None:
    for what, measured, unit, target, more in rows:
        ratio = measured / target if more else target / measured
        print(
            f"{what:58s} {measured:10.2f} {unit:14s} target {target:8.1f}   x {ratio:6.2f} "
            f"{'' if np.isnan(target) else 'met' if ratio >= 1 else 'MISSED'}",
            flush=True,
        )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--days", type=int, default=30)
    asked.add_argument("--folder", type=Path, default=None, help="where to write (default: a temporary folder)")
    days, folder = (a := asked.parse_args()).days, a.folder or Path(tempfile.mkdtemp(prefix="andon-store-"))
    try:
        print(f"{os.cpu_count()} cores; figures are warm medians; x > 1 is better than the target")
        show(bulk_import(folder / "bulk", mix(200, 20_000)))
        show(durable_writes(folder / "durable", mix(1000, 3000)))
        show(sealed_size(folder / "size", mix(100, DAY)))
        show(queries(folder / "ask", days))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
