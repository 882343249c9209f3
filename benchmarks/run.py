"""All figures in one run, Andon and its peers side by side: `make bench`, or `python benchmarks/run.py --quick`.

Peers that are not installed are left out and named: `apt-get install victoria-metrics influxdb`. iaiops is fetched into
an environment of its own beside the benchmark's files.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import faces
import peers
from figures import HERE, OURS, Figure, number, page, percentile, seconds
from mix import DAY, SECOND, Mix, mix
from ours import ours

Opened = Callable[[Path], AbstractContextManager[Any]]
INGEST = "durable write in batches of 10,000"
BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: seconds of 1,000 signals written, rows for slow peers, days of trend, machines."""

    seconds: int
    slow_rows: int
    days: int
    machines: int


FULL, QUICK = Size(3_000, 200_000, 30, 50), Size(300, 50_000, 3, 10)


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for and write RESULTS.md (a quick run only prints)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small: a minute instead of ten")
    parser.add_argument("--only", default="ingest,day,month,files,faces", help="parts, with commas")
    parser.add_argument("--work", type=Path, help="folder for the files (default: a temporary one)")
    given = parser.parse_args(arguments)
    size = QUICK if given.quick else FULL
    with tempfile.TemporaryDirectory(prefix="andon-bench-") as fresh:
        work = given.work or Path(fresh)
        work.mkdir(parents=True, exist_ok=True)
        found: list[Figure] = []
        for part in given.only.split(","):
            for figure in PARTS[part](work, size):
                print(f"{figure.who:16} {figure.what:52} {number(figure.value):>12} {figure.unit}", flush=True)
                found.append(figure)
    said = page(found, {**REMARKS, **missing()})
    print("\n" + said)
    if not given.quick:
        (HERE / "RESULTS.md").write_text(said, encoding="utf-8")
    return 0 if all(f.kept is not False for f in found) else 1


def engines() -> dict[str, Opened]:
    """The engines that can be measured here, ours first."""
    found: dict[str, Opened] = {OURS: ours}
    if peers.installed("victoria-metrics"):
        found["VictoriaMetrics"] = peers.victoria
    if peers.installed("influxd"):
        found["InfluxDB 1.x"] = peers.influx
    return found | {"SQLite": peers.sqlite}


def missing() -> dict[str, str]:
    return {n: "not installed here, left out" for n in ("VictoriaMetrics", "InfluxDB 1.x") if n not in engines()}


REMARKS = {
    "VictoriaMetrics": "floats at ms, no quality, acknowledged before fsync; bodies encoded beforehand.",
    "InfluxDB 1.x": "line protocol with value and quality, WAL; bodies encoded beforehand.",
    "SQLite": "one table (signal, at) WITHOUT ROWID, WAL, synchronous=FULL.",
    "iaiops SQLite": "its own sink class; fewer rows, because it is slow; time inside its own process.",
}


def ingest(work: Path, size: Size) -> Iterator[Figure]:
    """1,000 signals in order of arrival, 10,000 rows a batch, one client."""
    made = mix(1000, size.seconds)
    for name, opened in engines().items():
        with opened(work / f"ingest-{name.split()[0]}") as engine:
            took = [seconds(partial(engine.write, engine.encoded(t))) for t in made.batches(BATCH)]
            yield Figure(INGEST, name, made.rows / sum(took), "samples/s", _bar(name, 300_000), "more")
            yield Figure(f"{INGEST}: p99 of one", name, percentile(took, 0.99) * 1e3, "ms", _bar(name, 100))
            began = time.perf_counter()
            engine.settle()
            yield Figure("sealing or compacting what was written", name, time.perf_counter() - began, "s")
            yield Figure("bytes a sample when sealed", name, engine.size() / made.rows, "B", _bar(name, 2.0))
    yield from _iaiops(work, mix(1000, size.slow_rows // 1000))


def _iaiops(work: Path, made: Mix) -> Iterator[Figure]:
    with peers.iaiops(work / "iaiops") as engine:
        total, took = engine.write_all([engine.encoded(t) for t in made.batches(BATCH)])
        yield Figure(INGEST, engine.name, made.rows / total, "samples/s", None, "more")
        yield Figure(f"{INGEST}: p99 of one", engine.name, percentile(took, 0.99) * 1e3, "ms")
        yield Figure("bytes a sample when sealed", engine.name, engine.size() / made.rows, "B")


def day(work: Path, size: Size) -> Iterator[Figure]:
    """One day of 50 signals: a raw hour, and averages of each minute."""
    made = mix(50, DAY, seed=2)
    for name, opened in engines().items():
        with opened(work / f"day-{name.split()[0]}") as engine:
            _load(engine, made)
            hour = (made.since + 9 * 3600 * SECOND, made.since + 10 * 3600 * SECOND)
            took = seconds(partial(_asked, engine.raw, (made.names[7], *hour), 3_500), 9)
            yield Figure("one signal, one raw hour", name, took * 1e3, "ms", _bar(name, 10))
            took = seconds(partial(_asked, engine.minutes, (made.names, made.since, made.until), 50 * 1_400), 5)
            yield Figure("1-minute averages, 50 signals, one day", name, took * 1e3, "ms", _bar(name, 60))


def month(work: Path, size: Size) -> Iterator[Figure]:
    """A month of 8 one-second signals, drawn with 1,000 pixels: lowest and highest of each."""
    made = mix(8, size.days * DAY, seed=3, kinds=(0, 3, 4, 6, 8, 12, 15, 17))
    for name, opened in engines().items():
        with opened(work / f"month-{name.split()[0]}") as engine:
            _load(engine, made)
            took = seconds(partial(_asked, engine.trend, (made.names, made.since, made.until), 8 * 400), 3)
            yield Figure(f"{size.days}-day trend, 8 one-second signals", name, took * 1e3, "ms", _bar(name, 300))


def _load(engine: Any, made: Mix) -> None:
    for table in made.batches(400_000):
        engine.write(engine.encoded(table))
    engine.settle()


def _bar(name: str, bar: float) -> float | None:
    """Bars are for us; peers stand beside."""
    return bar if name == OURS else None


def _asked(question: Callable[..., int], arguments: tuple[object, ...], least: int) -> None:
    """Ask; an answer that comes back too empty is no answer."""
    count = question(*arguments)
    if count < least:
        raise RuntimeError(f"only {count} points came back, at least {least} were expected")


def imports(work: Path, size: Size) -> Iterator[Figure]:
    """Bulk import of files."""
    return faces.imports(work, 5_000_000 if size is FULL else 500_000)


def doors(work: Path, size: Size) -> Iterator[Figure]:
    """What a user waits for: the command line, OEE of many machines, closed shifts, memory at rest."""
    return faces.doors(work, size.machines, size.days)


PARTS: dict[str, Callable[[Path, Size], Iterator[Figure]]] = {
    "ingest": ingest,
    "day": day,
    "month": month,
    "files": imports,
    "faces": doors,
}
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
