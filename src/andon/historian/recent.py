"""The newest part of chosen signals in memory, up to date with every batch: questions about it open no file."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from threading import RLock
from typing import cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..model import Buckets, Counts, Listed, Measurements, S, Spells, States, Texts, Units, Window
from ..plant import Signal
from . import found, measured, read
from .arrange import stretches
from .cold import Shelf, Span
from .hot import Store
from .kept import Fit, Kept, Said
from .means import means
from .rows import read_many

SERVED = (States, Counts, Texts)
"""The series that are made from what is kept; all others are read."""
TOLD = ("reason", "scrap", "order", "planned_order")
"""Spells told by people and systems that are kept; connections the store knows by heart."""
EVER = 1 << 62
MOST = 2_000_000
"""Rows that are kept (25 bytes each): beyond that the most talkative signals are read from the history."""
WAITING = 300_000
"""Rows that wait for a reader: beyond that they are let go of, and read again when somebody asks."""


@dataclass(slots=True)
class News:
    """What came of one signal since somebody looked last: rows in order that say something new, or something odd."""

    rows: list[tuple[int, Said]] = field(default_factory=list)
    odd: bool = False


class Recent:
    """A history (`read`, `coverage`, `spells`...) whose newest part is in memory, for whoever asks again and again.

    The answers are those of the historian: for windows that begin before `since`, other signals and other series it is
    asked itself. Where repeats say nothing, a run of equal rows is kept as its first and its last; so `Texts` and the
    like tell fewer rows, and the same stretches.

    Examples
    --------
    >>> import tempfile
    >>> from andon.historian import Historian
    >>> from andon.model import Batch
    >>> state = Signal(path="p/state", machine="p", name="state", role="state", kind="state")
    >>> said = pa.table({"signal": ["p/state"], "text": ["fault"], "at": pa.array([10**15], pa.timestamp("us", "UTC"))})
    >>> with tempfile.TemporaryDirectory() as folder, Historian.open(folder) as history:
    ...     recent = history.recent([state], since=10**15)
    ...     _ = history.write(Batch("plc", 1, said))
    ...     recent.read(States, state, Window(10**15, 10**15 + 60)).said
    ('fault', 'not heard')
    """

    def __init__(self, store: Store, shelf: Shelf, signals: Iterable[Signal], since: int) -> None:
        self.since = since
        self._store, self._shelf = store, shelf
        self._signals = {s.path: s for s in signals}
        self._kept: dict[str, Kept] = {}
        self._fat: set[str] = set()
        self._news: dict[str, News] = {}
        self._told: dict[str, pa.Table] = {}
        self._told_of: set[str] = set()
        self._waiting: deque[pa.Table | None] = deque()
        self._rows_waiting = 0
        self._spoken: set[tuple[str, str]] = set()
        self._mine: NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)
        self._lock, self._door = RLock(), RLock()
        store.followers = (*store.followers, self._arrived)

    def close(self) -> None:
        """Follow no more."""
        self._store.followers = tuple(f for f in self._store.followers if f != self._arrived)

    def now(self) -> int:
        """Microseconds since 1970 by the historian's clock."""
        return self._store.now()

    # ---- what a question needs ----

    def read(self, kind: type[S], signal: Signal, window: Window) -> S:
        """A signal as the series that a study reads; see `Historian.read`."""
        return self.reads(kind, [signal], window)[signal.path]

    def reads(self, kind: type[S], signals: Sequence[Signal], window: Window) -> Mapping[str, S]:
        """`read` of many signals at once, by path."""
        if kind not in SERVED or window.since < self.since:
            return read.reads(self._store, self._shelf, kind, signals, window)
        tables = self._tables(signals, Span.of(window, before=True, after=kind is Counts))
        made = {
            s.path: read.series(read.Asked(self._store, self._shelf, s, window), kind, tables[s.path])
            for s in signals
            if s.path in tables
        }
        others = [s for s in signals if s.path not in tables]
        if others:
            made |= read.reads(self._store, self._shelf, kind, others, window)
        return cast(Mapping[str, S], made)

    def coverage(self, signal: Signal, window: Window) -> Spells:
        """The stretches of `window` in which `signal` was heard."""
        return self.coverages([signal], window)[signal.path]

    def coverages(self, signals: Sequence[Signal], window: Window) -> Mapping[str, Spells]:
        """`coverage` of many signals at once, by path."""
        held = [s for s in signals if s.holds is not None] if window.since >= self.since else []
        tables = self._tables(held, Span.of(window, before=True, after=True))
        known = {
            s.path: read.heard(self._store, s, tables[s.path]["at"].to_numpy(), window)
            for s in held
            if s.path in tables
        }
        others = [s for s in signals if s.path not in known]
        return known | read.coverages(self._store, self._shelf, others, window)

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

    def means(self, signals: Sequence[Signal], window: Window, width: int) -> Mapping[str, Buckets]:
        """Mean, lowest and highest value of many numbers in buckets of `width` microseconds, by path."""
        return means(self._store, self._shelf, signals, window, width)

    def spells(self, kind: str, place: str, window: Window) -> Spells:
        """Reported spells of a kind at a place, cut to the window; where two overlap the later reported wins."""
        return found.overlaid(self.spell_rows(kind, place, window)).within(window)

    def spell_rows(self, kind: str, place: str, window: Window) -> pa.Table:
        """Reported spells, whole, with detail (JSON) and receipt number; place "*" means every place."""
        if kind not in TOLD or window.since < self.since:
            return found.spell_rows(self._store, kind, place, window)
        with self._lock:
            self._take()
            if kind not in self._told:
                self._told[kind] = found.spell_rows(self._store, kind, "*", Window(self.since, EVER))
            rows = self._told[kind]
        here = (rows["since"].to_numpy() < window.until) & (rows["until"].to_numpy() > window.since)
        if place != "*" and here.any():
            here &= np.array([p == place for p in rows["place"].to_pylist()], dtype=np.bool_)
        return rows.filter(pa.array(here)) if not here.all() else rows

    # ---- keeping up ----

    def news(self) -> tuple[Mapping[str, News], set[str]]:
        """What came since the last call: by signal, and the places and sources of which spells were told.

        A signal that is not kept is told of as odd.
        """
        with self._lock:
            self._take()
            news, self._news = self._news, {}
            told, self._told_of = self._told_of, set()
        return news, told

    def tail(self, path: str, since: int) -> list[tuple[int, Said]] | None:
        """The rows of a signal from a moment on and the last one before it; None where they are not kept."""
        with self._lock:
            self._load([path])
            kept = self._kept.get(path)
            return kept.tail(since) if kept is not None else None

    def source(self, signal: Signal) -> str:
        """The source of a signal: as plant.toml says, else the one that brought it first."""
        names = self._store.names
        return signal.source or (names.sources[names.ids[signal.path]] if signal.path in names.ids else "")

    def connection(self, signal: Signal, at: int) -> tuple[bool, int, int] | None:
        """Whether the source of a signal was connected at a moment, since when and until when it is so.

        None where nobody ever told.
        """
        source = self.source(signal)
        if source not in self._store.connected:
            return None
        last = -EVER
        for since, until in read.told(self._store, source):
            if at < since:
                return False, last, since
            if at < until:
                return True, since, until
            last = until
        return False, last, EVER

    def move(self, since: int) -> None:
        """Keep only what is from `since` on; back in time nothing can be moved."""
        with self._lock:
            self._slim()
            if since <= self.since:
                return
            self.since = since
            self._told.clear()
            self._fat.clear()
            for kept in self._kept.values():
                kept.forget(since)

    @property
    def size(self) -> int:
        """How many rows are in memory."""
        return sum(map(len, self._kept.values()))

    def _tables(self, signals: Sequence[Signal], span: Span) -> dict[str, pa.Table]:
        """The rows of those signals that are kept."""
        with self._lock:
            self._load([s.path for s in signals])
            return {s.path: self._kept[s.path].table(span) for s in signals if s.path in self._kept}

    def _load(self, paths: Sequence[str]) -> None:
        """Keep the rows of these signals, if they are to be kept and are not yet."""
        self._take()
        for _ in range(3):  # a batch that comes meanwhile may be odd again
            missing = [p for p in paths if p in self._signals and p not in self._kept and p not in self._fat]
            if not missing:
                break
            for i in range(0, len(missing), read.TOGETHER):
                group = missing[i : i + read.TOGETHER]
                rows = read_many(self._store, self._shelf, group, Span(self.since, EVER, before=True))
                self._kept |= {p: Kept.of(self._signals[p], rows[p]) for p in group if _plain(rows[p])}
                self._fat |= {p for p in group if p not in self._kept}
            self._slim()
            self._take()

    def _slim(self) -> None:
        """Let go of the most talkative signals where there are too many rows."""
        size = self.size
        while size > MOST:
            path = max(self._kept, key=lambda p: len(self._kept[p]))
            size -= len(self._kept.pop(path))
            self._fat.add(path)

    def _arrived(self, rows: pa.Table | None, others: Mapping[str, pa.Table]) -> None:
        """A batch is on disk (in the writer's thread): put aside what is of these signals."""
        told = others.get("spells")
        mine = rows if rows is None else self._of_mine(rows)
        with self._door:
            if told is not None:
                kinds, places = (map(str, told[name].to_pylist()) for name in ("kind", "place"))
                self._spoken |= set(zip(kinds, places, strict=True))
            if mine is None or self._rows_waiting + mine.num_rows > WAITING:
                self._waiting.clear()
                self._rows_waiting = 0
                self._waiting.append(None)
            elif mine.num_rows:
                self._waiting.append(mine)
                self._rows_waiting += mine.num_rows

    def _of_mine(self, rows: pa.Table) -> pa.Table:
        """The rows of the signals that are followed."""
        paths = self._store.names.paths
        if len(self._mine) < len(paths):
            more = [p in self._signals for p in paths[len(self._mine) :]]
            self._mine = np.concatenate([self._mine, np.array(more, dtype=np.bool_)])
        mine = self._mine[rows["signal"].to_numpy()]
        return rows if mine.all() else rows.filter(pa.array(mine))

    def _take(self) -> None:
        """Take in what was put aside."""
        with self._door:
            waiting, self._waiting, self._rows_waiting = self._waiting, deque(), 0
            spoken, self._spoken = self._spoken, set()
        for kind, place in spoken:
            self._told.pop(kind, None)
            self._told_of.add(place)
        for rows in waiting:
            if rows is None:
                self._kept.clear()
                self._news = {p: News(odd=True) for p in self._signals}
            else:
                self._add(rows)

    def _add(self, rows: pa.Table) -> None:
        edges = stretches(rows["signal"].to_numpy()).tolist()
        signal = rows["signal"].to_numpy()
        plain = rows.to_pylist()
        for begin, end in pairwise(edges):
            path = self._store.names.paths[int(signal[begin])]
            self._follow(path, [(r["at"], (r["value"], r["text"], r["quality"])) for r in plain[begin:end]])

    def _follow(self, path: str, rows: Sequence[tuple[int, Said]]) -> None:
        """Rows of one signal, in order."""
        news = self._news.setdefault(path, News())
        kept = self._kept.get(path)
        for at, said in rows:
            fit = Fit.ODD if kept is None or said[0] != said[0] else kept.add(at, said)
            if fit is Fit.NEW:
                news.rows.append((at, said))
            elif fit is Fit.ODD:
                news.odd = True
                self._kept.pop(path, None)
                return


def _plain(rows: pa.Table) -> bool:
    """Whether no number in it is NaN: such a row says nothing, and is not the same as an empty one."""
    return not bool(np.isnan(rows["value"].drop_null().to_numpy()).any())
