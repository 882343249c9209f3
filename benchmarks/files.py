"""How fast files come in: samples a second for each format, beside reading alone, and the memory it takes.

    python benchmarks/files.py [rows] [--historian]

Prints one line a format: rows and samples a second into a sink that only counts (with --historian: into a real one,
fsync before each receipt), what the bare reader of the same format does with the same file, and their ratio. Then the
peak memory at 1x and 10x the rows, in processes of their own.
"""

import gc
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.csv as pv
import pyarrow.parquet as pq

from andon.acquire.files import load, read_mapping
from andon.historian import Historian
from andon.model import Batch, Products, Receipt, StopRules
from andon.plant import Machine, Plant, ShiftBook, Signal

MACHINES = tuple(f"line-1/m{i}" for i in range(50))
SIGNALS = {"state": "state", "temp": "number", "rpm": "number", "parts": "count"}
COLUMNS = {n: n for n in SIGNALS}
BY_TAG = {"column": "machine", "map": {m.rpartition("/")[2]: m for m in MACHINES}}


@dataclass
class Counter:
    """A sink that only counts."""

    rows: int = 0

    def write(self, batch: Batch) -> Receipt:
        rows = batch.samples.num_rows if batch.samples is not None else 0
        self.rows += rows
        return Receipt(batch.source, batch.number, 0, rows)


def a_plant() -> Plant:
    machines = {
        m: Machine(
            path=m,
            machine_class="m",
            rules=StopRules({}, {}, {}, 0),
            products=Products({}),
            signals={n: Signal(path=f"{m}/{n}", machine=m, name=n, role="other", kind=k) for n, k in SIGNALS.items()},
        )
        for m in MACHINES
    }
    return Plant(
        name="b", zone="UTC", currency="EUR", language="en", site="b", machines=machines, shifts=ShiftBook(), reasons={}
    )


def frame(rows: int) -> pl.DataFrame:
    """50 machines that report every 10 ms together: state, temperature, speed, a running counter."""
    chance = np.random.default_rng(1)
    start = pl.datetime(2026, 1, 1, time_unit="ms")
    at = pl.datetime_range(start, start + pl.duration(milliseconds=10 * (rows - 1)), "10ms", eager=True)
    return pl.DataFrame(
        {
            "ts": at,
            "machine": [f"m{i % 50}" for i in range(rows)],
            "temp": chance.random(rows).round(4) * 100,
            "rpm": chance.integers(0, 3000, rows),
            "state": np.where(np.arange(rows) % 7 > 0, "RUN", "IDLE"),
            "parts": np.arange(rows) // 100,
        }
    )


def files(folder: Path, rows: int) -> dict[str, Path]:
    """The same rows in each format, and as CSV with one bad cell in a thousand and in a German dialect."""
    names = ("plain.csv", "bad.csv", "german.csv", "rows.parquet", "rows.jsonl", "rows.lp")
    table, made = frame(rows), {n: folder / n for n in names}
    table.write_csv(made["plain.csv"], datetime_format="%Y-%m-%dT%H:%M:%S%.3fZ")
    spoiled = pl.when(pl.int_range(pl.len()) % 1000 == 0).then(pl.lit("n/v")).otherwise(pl.col("temp").cast(pl.String))
    table.with_columns(spoiled.alias("temp")).write_csv(made["bad.csv"], datetime_format="%Y-%m-%dT%H:%M:%S%.3fZ")
    table.with_columns(pl.col("temp").cast(pl.String).str.replace(".", ",", literal=True)).write_csv(
        made["german.csv"], separator=";", datetime_format="%d.%m.%Y %H:%M:%S%.3f"
    )
    table.with_columns(pl.col("ts").dt.replace_time_zone("UTC")).write_parquet(made["rows.parquet"])
    table.with_columns(pl.col("ts").dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ")).write_ndjson(made["rows.jsonl"])
    line = pl.format(
        'm,machine={} temp={},rpm={}i,parts={}i,state="{}" {}000000',
        "machine",
        "temp",
        "rpm",
        "parts",
        "state",
        pl.col("ts").dt.epoch("ms"),
    )
    plain = pl.format(
        "m,machine={} temp={},rpm={}i,parts={}i {}000000",
        "machine",
        "temp",
        "rpm",
        "parts",
        pl.col("ts").dt.epoch("ms"),
    )
    told = pl.when(pl.int_range(pl.len()) % 100 == 0).then(line).otherwise(plain)  # texts are said when they change
    made["rows.lp"].write_text("\n".join(table.select(told).to_series()) + "\n")
    return made


def settings(name: str) -> dict[str, object]:
    given: dict[str, object] = {"time": "ts", "machine": BY_TAG, "columns": COLUMNS}
    if name == "german.csv":
        given |= {"decimal": ",", "time": {"column": "ts", "format": "%d.%m.%Y %H:%M:%S%.f"}}
    return {"machine": BY_TAG, "format": "lineprotocol"} if name == "rows.lp" else given


def bare(path: Path) -> Callable[[], object] | None:
    """The format's reader alone: the physical limit."""
    if path.suffix == ".csv":
        options = pv.ParseOptions(delimiter=";" if path.name == "german.csv" else ",")
        return lambda: sum(b.num_rows for b in pv.open_csv(path, parse_options=options))
    readers = {".parquet": lambda: pq.read_table(path).num_rows, ".jsonl": lambda: pl.read_ndjson(path).height}
    return readers.get(path.suffix)


def timed(run: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def one(path: Path, folder: Path, *, durable: bool) -> tuple[int, int, float]:
    """(rows, samples, seconds) of one import."""
    mapping, plant = read_mapping(settings(path.name)), a_plant()
    refused, start = folder / f"{path.name}.refused.csv", time.perf_counter()
    if not durable:
        done = load(path, mapping, plant, Counter(), quarantine=refused)
        return done.rows, done.samples, time.perf_counter() - start
    with Historian.open(folder / f"history-{path.name}") as sink:
        start = time.perf_counter()
        done = load(path, mapping, plant, sink, quarantine=refused)
        return done.rows, done.samples, time.perf_counter() - start


def tenfold(path: Path) -> Path:
    """A file with the rows of `path` ten times over."""
    (path.parent / "ten").mkdir(exist_ok=True)
    made = path.parent / "ten" / path.name
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        with pq.ParquetWriter(made, table.schema) as writer:
            for _ in range(10):
                writer.write_table(table)
        return made
    text = path.read_bytes()
    head = text.index(b"\n") + 1 if path.suffix == ".csv" else 0
    with made.open("wb") as stream:
        stream.writelines([text[:head], *[text[head:]] * 10])
    return made


def peak(path: Path) -> float:
    """Megabytes at the most of a fresh process that imports the file."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[2]); from pathlib import Path; import files as f; "
        "f.one(Path(sys.argv[1]), Path(sys.argv[1]).parent, durable=False); "
        "print([l.split()[1] for l in open('/proc/self/status') if l.startswith('VmHWM')][0])"
    )
    out = subprocess.run(
        [sys.executable, "-c", code, str(path), str(Path(__file__).parent)], check=True, capture_output=True, text=True
    )
    return float(out.stdout) / 1024


def main() -> None:
    rows = next((int(a) for a in sys.argv[1:] if a.isdigit()), 1_000_000)
    durable = "--historian" in sys.argv
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = files(folder, rows)
        one(made["plain.csv"], folder, durable=False)  # warm: imports, file cache
        print(f"{rows:,} rows, sink: {'Historian, fsync before receipt' if durable else 'counts only'}")
        print(
            f"{'file':14}{'MB':>6}{'krows/s':>10}{'ksamples/s':>12}{'MB/s':>7}{'reader alone, s':>17}{'ours, s':>9}"
            f"{'ratio':>7}"
        )
        for path in made.values():
            reader = bare(path)
            alone = timed(reader) if reader else None
            count, samples, spent = one(path, folder, durable=durable)
            size = path.stat().st_size / 1e6
            ratio = f"{alone:17.2f}{spent:9.2f}{spent / alone:7.1f}" if alone else f"{'':17}{spent:9.2f}"
            print(
                f"{path.name:14}{size:6.0f}{count / spent / 1e3:10.0f}{samples / spent / 1e3:12.0f}"
                f"{size / spent:7.0f}{ratio}"
            )
        print("\npeak memory, MB            1x     10x rows")
        for kind in ("plain.csv", "rows.parquet", "rows.jsonl", "rows.lp"):
            print(f"{kind:20}{peak(made[kind]):10.0f}{peak(tenfold(made[kind])):10.0f}")


if __name__ == "__main__":
    main()
