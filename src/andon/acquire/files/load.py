"""Load a file: read it block by block, write each block as one numbered batch, say how far it is."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, runtime_checkable

import pyarrow as pa

from ...errors import BadInput
from ...model import Batch, Receipt, Sink
from ...plant import Plant
from .bind import Bound, bind
from .columns import read_json_lines, read_parquet
from .lineprotocol import read_line_protocol
from .mapping import FileMapping, Format
from .others import Others, others_of
from .quarantine import Quarantine
from .rows import Block
from .samples import Reading, Taken
from .sheets import read_sheet
from .tested import TestedLot, check, is_tested, name_of
from .text import read_text

ENDINGS: Mapping[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".dat": "csv",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".xls": "excel",
    ".xlsb": "excel",
    ".ods": "excel",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".lp": "lineprotocol",
    ".line": "lineprotocol",
    ".influx": "lineprotocol",
}
READERS: Mapping[str, Callable[[Path, FileMapping], Iterator[Block]]] = {
    "csv": read_text,
    "excel": read_sheet,
    "parquet": read_parquet,
    "jsonl": read_json_lines,
    "lineprotocol": read_line_protocol,
}


@runtime_checkable
class Resumable(Protocol):
    """A sink that knows the last number it has of a source; -1 where it has none."""

    def last_number(self, source: str) -> int: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file is: bytes read of all, rows and samples so far, samples a second, seconds left (None: unknown)."""

    done: int
    total: int
    rows: int
    samples: int
    refused: int
    rate: float
    left: float | None


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a file.

    `refused` counts the lines of the quarantine file (`quarantine`, None where nothing was refused), `repeated` the
    batches that the historian had already. `since` and `until` are the first and last time in it (microseconds),
    `counts` the samples of each signal, `notes` what a person should know (repeated hours, columns left out).
    """

    source: str
    rows: int
    samples: int
    refused: int
    batches: int
    repeated: int
    since: int | None
    until: int | None
    counts: Mapping[str, int]
    notes: tuple[str, ...] = ()
    quarantine: Path | None = None

    @property
    def known(self) -> bool:
        """Whether the historian had the whole file already."""
        return 0 < self.batches == self.repeated


@dataclass(slots=True)
class _Sum:
    """What has been counted while a file is loaded."""

    source: str
    size: int
    started: float
    rows: int = 0
    samples: int = 0
    batches: int = 0
    repeated: int = 0
    since: int | None = None
    until: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, taken: Taken) -> None:
        self.rows += taken.rows
        if taken.table is None:
            return
        self.samples += (taken.table if taken.values is None else taken.values).num_rows
        times = taken.table["at" if "at" in taken.table.column_names else "since"].cast(pa.int64()).to_numpy()
        since, until = int(times.min()), int(times.max())
        self.since = since if self.since is None else min(self.since, since)
        self.until = until if self.until is None else max(self.until, until)
        names = taken.table[next(n for n in ("signal", "place", "machine") if n in taken.table.column_names)]
        said = names.value_counts()
        for name, count in zip(said.field(0).to_pylist(), said.field(1).to_pylist(), strict=True):
            self.counts[str(name)] = self.counts.get(str(name), 0) + int(count or 0)

    def progress(self, done: int, refused: int) -> Progress:
        spent = max(time.monotonic() - self.started, 1e-9)
        left = spent * (self.size - done) / done if done else None
        return Progress(done, self.size, self.rows, self.samples, refused, self.samples / spent, left)


def load(
    path: Path,
    mapping: FileMapping,
    plant: Plant,
    sink: Sink,
    *,
    progress: Callable[[Progress], None] | None = None,
    quarantine: Path,
) -> Loaded:
    """Store the rows of a file, in constant memory.

    The file's content and its mapping make the name of the source, and its blocks are numbered, so the same file twice
    adds nothing and an interrupted import goes on where the historian's receipts end.

    Parameters
    ----------
    path : Path
        CSV, Excel, Parquet, JSON lines, line protocol (the first and the last two may be gzipped), STDF or ATDF (which
        may be packed by gzip, bzip2 or zstd).
    mapping : FileMapping
        What its columns mean.
    plant : Plant
        The plant whose signals they feed.
    sink : Sink
        The historian. One that has `last_number(source)` is not sent again what it has.
    progress : Callable[[Progress], None], optional
        Called after each block.
    quarantine : Path
        Where the CSV file with the refused rows and cells goes; it is only made when something is refused.

    Returns
    -------
    Loaded
        What was stored, refused, and worth knowing.

    Raises
    ------
    BadInput
        The file cannot be read, or its times cannot be understood.
    UnknownName
        A column is not in the file, or a machine or signal not in the plant.
    BadConfig
        The mapping contradicts the plant.
    """
    if not path.is_file():
        raise BadInput(f"There is no file {path}.")
    if is_tested(path, mapping):
        return _load_tested(path, mapping, plant, sink, (progress, quarantine))
    mapping = replace(mapping, format=format_of(path, mapping))
    bound = bind(mapping, plant)
    tally = _Sum(source_of(path, bound), path.stat().st_size, time.monotonic())
    kept = Quarantine(quarantine)
    reading = Reading.of(bound, path) if mapping.kind == "samples" else others_of(bound, path)
    have = sink.last_number(tally.source) if isinstance(sink, Resumable) else -1
    try:
        for number, block in enumerate(READERS[mapping.format](path, mapping)):
            taken = reading.take(block)
            kept.add(taken.refused)
            tally.add(taken)
            _store(sink, _batch(tally.source, number, taken, mapping), tally, have=have)
            if progress:
                progress(tally.progress(block.position, kept.count))
    finally:
        kept.close()
    reading.clock.finish()
    return _loaded(tally, reading, kept)


def _load_tested(
    path: Path, mapping: FileMapping, plant: Plant, sink: Sink, told: tuple[Callable[[Progress], None] | None, Path]
) -> Loaded:
    """Store a tester's file."""
    check(mapping, plant)
    progress, quarantine = told
    tally = _Sum(name_of(path, mapping), path.stat().st_size, time.monotonic())
    have = sink.last_number(tally.source) if isinstance(sink, Resumable) else -1
    tested, kept = TestedLot(mapping, plant), Quarantine(quarantine)
    try:
        for batch, brought in tested.batches(path, tally.source):
            tally.rows = tested.lot.parts
            tally.samples += batch.measurements.num_rows if batch.measurements is not None else 0
            _store(sink, batch, tally, have=have)
            if progress:
                progress(tally.progress(brought.position, len(tested.lot.reading.lost)))
        kept.add(tested.refused())
    finally:
        kept.close()
    since, until = (tested.lot.since, tested.lot.until) if tested.lot.parts else (None, None)
    return Loaded(
        tally.source,
        tally.rows,
        tally.samples,
        kept.count,
        tally.batches,
        tally.repeated,
        since,
        until,
        tested.lot.counts,
        (*tally.notes, *tested.notes()),
        kept.path if kept.count else None,
    )


def format_of(path: Path, mapping: FileMapping) -> Format:
    """The format a file is read in: as the mapping says, else by the ending of its name."""
    if mapping.format != "auto":
        return mapping.format
    ending = path.with_suffix("").suffix if path.suffix.lower() == ".gz" else path.suffix
    if ending.lower() not in ENDINGS:
        raise BadInput(
            f"{path.name}: the ending {ending!r} says no format. Set format in the mapping to one of "
            f"{', '.join(READERS)}."
        )
    return ENDINGS[ending.lower()]


def source_of(path: Path, bound: Bound) -> str:
    """The name of a file as a source: its content, its mapping, and what the plant says of the signals it feeds."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    every = [s for m in bound.plant.machines.values() for s in m.signals.values()]
    fed = bound.signals or every  # which tags a long file has is only known at its end
    signals = sorted((s.path, s.kind, s.unit, s.scale, s.offset) for s in fed)
    digest.update(json.dumps([bound.mapping.described(), bound.zone, signals], sort_keys=True).encode())
    return f"files:{digest.hexdigest()}"


def _batch(source: str, number: int, taken: Taken, mapping: FileMapping) -> Batch | None:
    if taken.table is None:
        return None
    if mapping.kind == "orders":
        return Batch(source, number, spells=taken.table)
    if taken.values is not None:
        return Batch(source, number, units=taken.table, measurements=taken.values)
    if mapping.kind == "measurements":
        return Batch(source, number, measurements=taken.table)
    return Batch(source, number, samples=taken.table)


def _store(sink: Sink, batch: Batch | None, tally: _Sum, *, have: int) -> None:
    if batch is None:
        return
    tally.batches += 1
    if batch.number <= have:
        tally.repeated += 1
        return
    receipt: Receipt = sink.write(batch)
    tally.repeated += receipt.repeated
    tally.notes += [f"The historian refused: {r}" for r in receipt.refused if len(tally.notes) < 20]


def _loaded(tally: _Sum, reading: Reading | Others, kept: Quarantine) -> Loaded:
    clock, mapping = reading.clock, reading.bound.mapping
    notes = list(tally.notes)
    if clock.unsure:
        notes.append(
            f"{clock.unsure} rows are in an hour that the clocks of {clock.zone} repeat, and nothing shows in "
            "which pass: taken as the first. Set time.ambiguous to say so."
        )
    if clock.shifted and mapping.time.missing == "shift":
        notes.append(
            f"{clock.shifted} rows are in an hour that the clocks of {clock.zone} skip: they were moved on by "
            "the length of the skip. Is time.zone right?"
        )
    silent = sorted(
        {f.column for f in reading.bound.feeds}
        - {
            f.column
            for f in reading.bound.feeds
            for n in f.signals.values()
            if reading.bound.signals[n].path in tally.counts
        }
    )
    if silent and tally.rows:
        notes.append(f"No samples came from {', '.join(map(repr, silent))}.")
    left = sorted(reading.left_out.items(), key=lambda x: -x[1])
    if left:
        notes.append(
            f"{sum(n for _, n in left)} rows of {len(left)} tags are not in the mapping and were left out: "
            + ", ".join(f"{t!r} ({n})" for t, n in left[:5])
            + ("..." if len(left) > 5 else ".")
        )
    return Loaded(
        tally.source,
        tally.rows,
        tally.samples,
        kept.count,
        tally.batches,
        tally.repeated,
        tally.since,
        tally.until,
        tally.counts,
        tuple(notes),
        kept.path if kept.count else None,
    )
