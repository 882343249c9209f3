"""Aggregates of stored signals: their rows, with what was not heard marked as bad, cut into intervals."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from ..model import Codes, Numbers, Times, Window
from ..plant import Signal
from ..units import MINUTE
from .aggregate import SKIPPING, AggregateRules, Aggregates, aggregate
from .cold import Shelf, Span
from .found import spells
from .hot import Store, snapshot
from .quality import CODES
from .raw import read_rows
from .rows import read_many
from .stretches import Stretches, known

Columns = tuple[Times, Numbers, Codes]
NOT_HEARD = CODES["BadNoCommunication"]
EVER = Window(-(1 << 62), 1 << 62)
TOLD = "SELECT DISTINCT place FROM spells WHERE kind = 'connection' AND place IN (SELECT unnest($places))"


def processed(
    store: Store, shelf: Shelf, signals: Sequence[Signal], window: Window, how: tuple[str, int, AggregateRules | None]
) -> Mapping[str, Aggregates]:
    """One aggregate of each signal over the intervals of a window, by the signal's path.

    `how` is the aggregate's name, the interval and the rules (None: the standard's, stepped as the signal is).
    """
    name, interval, rules = how
    lines = connections(store, signals)
    tables = read_many(store, shelf, [s.path for s in signals], Span.of(window, before=True, after=True))
    if name in SKIPPING:
        tables = {path: _to_good(store, shelf, path, table) for path, table in tables.items()}
    columns = {s.path: heard_samples(s, tables[s.path], window, lines.get(s.path)) for s in signals}
    return {
        s.path: aggregate(name, *columns[s.path], window, interval, rules or AggregateRules(stepped=s.stepped))
        for s in signals
    }


def plain(path: str) -> Signal:
    """A signal of which only the path is known."""
    machine, _, name = path.rpartition("/")
    return Signal(path=path, machine=machine, name=name, role="other", kind="number")


def silenced(at: Times, value: Numbers, quality: Codes, window: Window, heard: Stretches) -> Columns:
    """Samples of a window with the time that was not heard marked.

    A bad sample begins each gap, and the end of the window if nothing follows; samples within a gap are left out, and
    at its end the last value said goes on. Nothing is marked after a last sample that nothing was heard after: there
    the data end.

    Examples
    --------
    >>> at, value, good = np.array([0, 10]), np.array([1.0, 2.0]), np.zeros(2, np.uint32)
    >>> silenced(at, value, good, Window(0, 100), [(0, 50), (80, 100)])[0].tolist()
    [0, 10, 50, 80, 100]
    """
    if not len(at):
        return at, value, quality
    since, until = np.array([window.since, *(u for _, u in heard)]), np.array([*(s for s, _ in heard), window.until])
    over = (since == window.until) & (at[-1] < window.until)
    gap = ((until > since) | over) & (until > at[0]) & (since != at[-1])
    since, until = np.maximum(since[gap], at[0]), until[gap]
    begun = at[np.maximum(np.searchsorted(at, since, "right") - 1, 0)] == since  # that sample stays
    long = ~begun | (until - since > 1)
    since, until, begun = since[long], until[long], begun[long]
    if not len(since):
        return at, value, quality
    outside = np.searchsorted(since, at, "left") <= np.searchsorted(until, at, "right")
    place = np.searchsorted(at, until, "right") - 1
    again = (until < window.until) & (at[place] != until)
    moments = np.concatenate([at[outside], since + begun, until[again]])
    numbers = np.concatenate([value[outside], np.full(len(since), np.nan), value[place[again]]])
    codes = np.concatenate([quality[outside], np.full(len(since), NOT_HEARD), quality[place[again]]])
    order = np.argsort(moments, kind="stable")
    return moments[order], numbers[order], codes[order].astype(np.uint32)


def heard_samples(signal: Signal, table: pa.Table, window: Window, line: Stretches | None) -> Columns:
    """The rows of a signal over a window, with the time that was not heard marked."""
    rows = read_rows(table.select(["at", "value", "quality"]))
    return silenced(rows.at, rows.value, rows.quality, window, known(rows.at, signal, window, line))


def connections(store: Store, signals: Sequence[Signal]) -> dict[str, Stretches]:
    """When the source of each signal was connected; where nobody ever said: until it was last heard."""
    numbers = {s.path: store.names.ids[s.path] for s in signals if s.holds is None and s.path in store.names.ids}
    sources = {s.path: s.source or store.names.sources[numbers[s.path]] for s in signals if s.path in numbers}
    with snapshot(store) as db:
        told = {row[0] for row in db.execute(TOLD, {"places": list(set(sources.values()))}).fetchall()}
    lines: dict[str, Stretches] = {
        source: [(s, u) for s, u, _ in spells(store, "connection", source, EVER).rows()] for source in told
    }
    heard = {
        path: store.heard.get(source, store.heard.get(store.names.sources[numbers[path]], 0))
        for path, source in sources.items()
    }
    return {path: lines.get(source, [(EVER.since, heard[path])]) for path, source in sources.items()}


def _to_good(store: Store, shelf: Shelf, path: str, rows: pa.Table) -> pa.Table:
    """Reach further out on both sides, in growing steps, until the edge row is a good number or there is no row."""
    for before in (True, False):
        reach = 10 * MINUTE
        while rows.num_rows and not _is_good(edge := rows.slice(0 if before else rows.num_rows - 1, 1)):
            at = int(edge["at"].to_numpy()[0])
            span = Span(at - reach, at, before=True) if before else Span(at + 1, at + 1 + reach, after=True)
            more = read_many(store, shelf, [path], span)[path]
            if not more.num_rows:
                break
            rows, reach = pa.concat_tables([more, rows] if before else [rows, more]), reach * 4
    return rows


def _is_good(row: pa.Table) -> bool:
    return row["value"].null_count == 0 and int(row["quality"].to_numpy()[0]) >> 30 == 0
