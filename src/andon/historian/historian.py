"""The historian: samples in, series out, and nobody outside sees where a day lies."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock as Mutex
from types import TracebackType
from typing import cast

import pyarrow as pa

from ..errors import BadQuestion
from ..model import Batch, Buckets, Listed, Measurements, Receipt, S, Spells, Units, Window
from ..plant import Signal
from . import found, measured, read, rows, seal
from .aggregate import AggregateRules, Aggregates
from .backup import backup, restore
from .cold import Shelf, Span
from .door import Door, call
from .export import Wanted, export
from .forget import Forgotten, expire, forget
from .hot import Store, open_store
from .lock import Lock, Owner, owner_of, refusal, take
from .means import means
from .processed import plain, processed
from .recent import Recent
from .remote import OFFERED, RemoteHistorian
from .sql import sql
from .trend import buckets, together, trend, width_of
from .upkeep import Upkeep
from .verify import Report, verify
from .write import write

ALL = Window(0, 1 << 62)
PATIENCE = 10.0
"""Seconds to wait for an owner that is just starting, or just going."""


class Historian:
    """Every sample a plant ever said, safe on disk before it is acknowledged, open to any tool once it is sealed.

    Open one with `Historian.open(folder)`; it is a context manager. All methods may be called from several threads.

    Examples
    --------
    >>> import tempfile, pyarrow as pa
    >>> said = pa.table({"signal": ["press/power"] * 2, "value": [1.5, 2.5],
    ...                  "at": pa.array([10**15, 10**15 + 10**6], pa.timestamp("us", "UTC"))})
    >>> with tempfile.TemporaryDirectory() as folder, Historian.open(folder) as history:
    ...     receipt = history.write(Batch("meter", 1, said))
    ...     history.samples("press/power", Window(10**15, 10**15 + 10**7))["value"].to_pylist()
    [1.5, 2.5]
    """

    def __init__(self, store: Store, lock: Lock) -> None:
        self.folder = store.folder
        self._store, self._lock, self._shelf = store, lock, Shelf(store.folder)
        self._upkeep = Upkeep(store, self._shelf)
        self._door = Door({name: getattr(self, name) for name in OFFERED})
        self._closing = Mutex()
        self._listeners: tuple[Callable[[Batch, Receipt], None], ...] = ()
        self._open = True
        lock.tell(Owner(os.getpid(), store.now(), self._door.open(), self._door.key))

    @classmethod
    def open(cls, folder: str | Path, *, clock: Callable[[], int] = time.time_ns) -> Historian:
        """Own the folder, or if another process does, ask that one (a `RemoteHistorian`, same methods)."""
        path, late = Path(folder), time.monotonic() + PATIENCE
        while True:
            if lock := take(path):
                return cls._owned(path, lock, clock)
            owner = owner_of(path)
            caller = call(owner) if owner else None
            if caller:
                return cast(Historian, RemoteHistorian(path, caller))
            if time.monotonic() > late:
                raise refusal(path)
            time.sleep(0.02)

    @classmethod
    def own(cls, folder: str | Path, *, clock: Callable[[], int] = time.time_ns) -> Historian:
        """Own the folder.

        Raises
        ------
        Owned
            If another process does; the text says which.
        """
        lock = take(Path(folder))
        if lock is None:
            raise refusal(Path(folder))
        return cls._owned(Path(folder), lock, clock)

    @classmethod
    def _owned(cls, path: Path, lock: Lock, clock: Callable[[], int]) -> Historian:
        try:
            store = open_store(path, clock)
            seal.recover(store)
            return cls(store, lock)
        except BaseException:
            lock.release()
            raise

    @staticmethod
    def restore(source: str | Path, folder: str | Path) -> Path:
        """Make a new history folder out of a backup, every file checked on the way."""
        return restore(Path(source), Path(folder))

    def close(self) -> None:
        """Finish what is under way, fold the log into the file, and let go of the folder."""
        with self._closing:
            if not self._open:
                return
            self._open = False
            self._door.close()
            self._upkeep.stop()
            with self._store.sealing, self._store.writing:
                self._store.shut()
            self._lock.release()

    def __enter__(self) -> Historian:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, batch: Batch) -> Receipt:
        """Store a batch; when this returns, it is on disk and survives a power cut.

        The same (source, number) again is stored once: the first receipt comes back with `repeated` set. Samples that
        cannot be stored (no signal, no moment, before 1970, over a day ahead of the clock) are named in `refused` and
        kept in the quarantine; all others are stored.

        Raises
        ------
        BadInput
            If a column is unknown or missing or its type cannot be stored; nothing of the batch is.
        DiskFull
            If the disk took no more; nothing of the batch is stored, and all that was acknowledged is.
        """
        receipt = write(self._store, batch)
        for listener in self._listeners:
            listener(batch, receipt)
        self._upkeep.look()
        return receipt

    def listen(self, listener: Callable[[Batch, Receipt], None]) -> None:
        """Have a function called after each batch that was stored, whichever process it came from.

        It is called in the writer's thread, so it has to be quick, and must not fail.
        """
        self._listeners = (*self._listeners, listener)

    def recent(self, signals: Sequence[Signal], since: int) -> Recent:
        """Keep what these signals said from `since` on in memory, as a history of its own: it opens no file."""
        return Recent(self._store, self._shelf, signals, since)

    def offer(self, calls: Mapping[str, Callable[..., object]]) -> None:
        """Let other processes call more functions of this one: `history.call(name, ...)` on their side."""
        self._door.calls = {**self._door.calls, **calls}

    def seal(self, until: int | None = None) -> int:
        """Move the rows before `until` (None: all) from the hot tier to sealed Parquet files now; how many."""
        return seal.seal(self._store, until)

    def compact(self, day: int) -> int:
        """Put the sealed files of a day (days since 1970-01-01) together; how many files were replaced."""
        count = seal.compact(self._store, self._shelf, day)
        seal.collect(self._store)
        return count

    def forget(self, paths: Sequence[str], window: Window, *, who: str, why: str) -> list[Forgotten]:
        """Delete what lies in a window, for good; that, who and why are kept (`forgotten`).

        `paths` are those of signals (their samples) and of machines (their units and measurements). For retention use
        `expire`.
        """
        if not (who and why):
            raise BadQuestion("Say who forgets and why: the deletion is kept on record.")
        return forget(self._store, self._shelf, paths, window, (who, why))

    def expire(self, keep: Mapping[str, int], *, really: bool = False) -> list[Forgotten]:
        """Delete what is older than it is to be kept (microseconds, by path); without `really` only say what would go.

        A path is a signal's, or a machine's for its units and measurements.
        The deletion is recorded as done by "retention".
        """
        return expire(self._store, self._shelf, keep, really=really)

    def read(self, kind: type[S], signal: Signal, window: Window) -> S:
        """A signal as the series that a study reads: States, Counts, Values, Texts, Spells, Waveforms."""
        return read.read(self._store, self._shelf, kind, signal, window)

    def reads(self, kind: type[S], signals: Sequence[Signal], window: Window) -> Mapping[str, S]:
        """`read` of many signals at once, by path: every file is opened only once."""
        return read.reads(self._store, self._shelf, kind, signals, window)

    def units(self, place: str, window: Window) -> Units:
        """The units that were tested at a machine in `window`."""
        return measured.units(self._store, place, window)

    def measurements(self, place: str, window: Window, tests: Sequence[str] | None = None) -> Measurements:
        """What was measured on units at a machine in `window`; of some tests only, where `tests` names them."""
        return measured.measurements(self._store, place, window, tests)

    def tests(self, place: str, window: Window) -> Sequence[Listed]:
        """Which tests were made at a machine in `window`, without the values: each kind of each test once."""
        return measured.tests(self._store, place, window)

    def tested(self, place: str, window: Window) -> bool:
        """Whether the test of a unit ended at a machine in `window`: with a verdict, or in a bin."""
        return measured.tested(self._store, place, window)

    def tested_places(self) -> set[str]:
        """The machines at which units were ever tested."""
        return measured.tested_places(self._store)

    def coverage(self, signal: Signal, window: Window) -> Spells:
        """The stretches of `window` in which `signal` was heard."""
        return self.coverages([signal], window)[signal.path]

    def coverages(self, signals: Sequence[Signal], window: Window) -> Mapping[str, Spells]:
        """`coverage` of many signals at once, by path."""
        return read.coverages(self._store, self._shelf, signals, window)

    def samples(self, path: str, window: Window, *, before: bool = False, after: bool = False) -> pa.Table:
        """Raw rows of a signal in order of time: at (microseconds), value, text, quality; one row a moment.

        `before` adds the last row before the window, `after` the first one after it.
        """
        return self.many([path], window, before=before, after=after)[path]

    def many(
        self, paths: Sequence[str], window: Window, *, before: bool = False, after: bool = False
    ) -> Mapping[str, pa.Table]:
        """`samples` of many signals at once: every file is opened only once."""
        return rows.read_many(self._store, self._shelf, paths, Span.of(window, before, after))

    def latest(self, paths: Sequence[str] | None = None) -> pa.Table:
        """The newest row of each signal (None: of all): signal, at, value, text, quality."""
        return rows.latest(self._store, self._shelf, paths)

    def trend(self, path: str, window: Window, pixels: int) -> pa.Table:
        """Buckets of equal width, no more than fit in `pixels`, to draw a number over a window of any length.

        Columns: at (start of the bucket), low, high, first, last, sum, count (of usable values) and known
        (microseconds). A bucket without a usable value is left out. `low` and `high` are exact: no spike is lost.
        Widths from 10 s on are whole multiples of 10 s, from 10 min on of 10 min.
        """
        return trend(self._store, self._shelf, path, window, pixels)

    def trends(self, paths: Sequence[str], window: Window, pixels: int) -> Mapping[str, pa.Table]:
        """`trend` of many signals, by path: one look at the hot tier for all."""
        return together(self._store, self._shelf, paths, window, width_of(window, pixels))

    def buckets(self, path: str, window: Window, width: int) -> pa.Table:
        """As `trend`, in buckets of `width` microseconds counted from 1970."""
        if width < 1:
            raise BadQuestion(f"A bucket of {width} microseconds is none: give at least 1.")
        return buckets(self._store, self._shelf, path, window, width)

    def means(self, signals: Sequence[Signal], window: Window, width: int) -> Mapping[str, Buckets]:
        """Mean over time, lowest and highest value of many numbers in buckets of `width` microseconds, by path.

        Exact where a signal has few samples; a signal with twenty or more in a roll-up is told by its roll-ups.
        """
        return means(self._store, self._shelf, signals, window, width)

    def aggregate(
        self, signal: Signal | str, name: str, window: Window, interval: int, rules: AggregateRules | None = None
    ) -> Aggregates:
        """What a number was over each interval of a window, as OPC UA Part 13 defines it: at, value, status code.

        `name` is one of `AGGREGATES`; TimeAverage2 is for process values. Time that was not heard is bad; a path
        instead of the signal: only its connection decides about that.
        """
        path = signal if isinstance(signal, str) else signal.path
        return self.aggregates([signal], name, window, interval, rules)[path]

    def aggregates(
        self,
        signals: Sequence[Signal | str],
        name: str,
        window: Window,
        interval: int,
        rules: AggregateRules | None = None,
    ) -> Mapping[str, Aggregates]:
        """`aggregate` of many signals at once, by path: every file is opened only once."""
        whole = [plain(s) if isinstance(s, str) else s for s in signals]
        return processed(self._store, self._shelf, whole, window, (name, interval, rules))

    def overwritten(self, path: str, window: Window) -> pa.Table:
        """Rows of a signal that a later writer replaced by something else."""
        return rows.overwritten(self._store, self._shelf, path, window)

    def spells(self, kind: str, place: str, window: Window) -> Spells:
        """Reported spells of a kind at a place, cut to the window; where two overlap the later reported wins."""
        return found.spells(self._store, kind, place, window)

    def spell_rows(self, kind: str, place: str, window: Window) -> pa.Table:
        """Reported spells, whole, with detail (JSON) and receipt number; place "*" means every place."""
        return found.spell_rows(self._store, kind, place, window)

    def touched(self, after: int) -> tuple[int, list[tuple[str, int, int]]]:
        """Which stretches came in after receipt number `after`, and the last receipt number.

        Rows are (signal path, since, until); for reported spells the path is the machine's. Nothing is left out; of
        rows sealed since, the stretch may be wider than what came in.
        """
        return found.touched(self._store, after)

    def receipts(self, after: int = 0) -> pa.Table:
        """Receipts after receipt number `after`: seq, source, number, at, rows, refused, since, until."""
        return self._table(f"SELECT * FROM receipts WHERE seq > {int(after)} ORDER BY seq")

    def quarantine(self) -> pa.Table:
        """Refused samples, each with its reason."""
        return self._table("SELECT * FROM quarantine ORDER BY seq")

    def forgotten(self) -> pa.Table:
        """Deletions: when, who, why, which signal, which window, how many rows."""
        return self._table("SELECT * FROM forgotten")

    def last_number(self, source: str) -> int:
        """The highest batch number stored from a source; -1 if there is none."""
        return self._store.numbers.get(source, -1)

    def signals(self) -> list[str]:
        """The paths of all signals that ever had a sample."""
        return sorted(self._store.names.paths)

    def sql(self, text: str) -> pa.Table:
        """Answer one SELECT over samples, spells, units, measurements, signals, receipts, quarantine and forgotten.

        It reads only: other statements, files and other databases are refused.
        """
        return sql(self._store, text)

    def export(
        self,
        target: str | Path,
        *,
        kind: str = "samples",
        window: Window | None = None,
        paths: Sequence[str] | None = None,
        format: str = "parquet",
    ) -> int:
        """Write "samples", "units" or "measurements" to one file, "parquet" or "csv"; how many rows.

        Without a window those of all time; `paths` are those of signals (samples) or machines, without them all are.
        Units and measurements have the columns of the views of `sql`; a place where nothing was tested adds nothing.
        """
        return export(self._store, self._shelf, Path(target), Wanted(kind, window or ALL, paths, format))

    def tested_rows(self, kind: str, place: str, window: Window) -> Iterator[pa.Table]:
        """The "units" or "measurements" of a machine as plain rows, some at a time."""
        return measured.flat(self._store, kind, place, window)

    def backup(self, target: str | Path) -> Path:
        """Copy the history to a folder while it runs; an older backup there is brought up to date."""
        return backup(self._store, Path(target))

    def verify(self, *, deep: bool = False) -> Report:
        """Check the whole folder and name what is damaged; `deep` also checks the roll-ups against the samples."""
        return verify(self._store, self._shelf, deep=deep)

    def _table(self, query: str) -> pa.Table:
        return rows.answered(self._store, query)
