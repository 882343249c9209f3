"""Aggregates of stored signals: their rows, with what was not heard marked as bad, cut into intervals."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from ..model import Codes, Numbers, Times, Window
from ..plant import Signal
from ..units import MINUTE
from .aggregate import SKIPPING, AggregateRules, Aggregates, aggregate
from .cold import Shelf, Span
from .hot import Store
from .quality import CODES
from .raw import read_rows
from .read import connected
from .rows import read_many
from .stretches import Stretches, known

Columns = tuple[Times, Numbers, Codes]
NOT_HEARD = CODES["BadNoCommunication"]


def processed(store: Store, shelf: Shelf, signals: Sequence[Signal], window: Window,
              how: tuple[str, int, AggregateRules | None]) -> Mapping[str, Aggregates]:
    """One aggregate of each signal over the intervals of a window, by the signal's path.

    `how` is the aggregate's name, the interval and the rules (None: the standard's, stepped as the signal is).
    """
    name, interval, rules = how
    tables = read_many(store, shelf, [s.path for s in signals], Span.of(window, before=True, after=True))
    return {s.path: aggregate(name, *_samples(store, shelf, (s, name), tables[s.path], window), window, interval,
                              rules or AggregateRules(stepped=s.stepped)) for s in signals}


def plain(path: str) -> Signal:
    """A signal of which only the path is known."""
    machine, _, name = path.rpartition("/")
    return Signal(path=path, machine=machine, name=name, role="other", kind="number")


def silenced(at: Times, value: Numbers, quality: Codes, window: Window, heard: Stretches) -> Columns:
    """Samples of a window with the time that was not heard marked.

    A bad sample begins each gap, and the end of the window if nothing follows; samples in a gap are left out, and at
    its end the last value said goes on.

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
    gap = ((until > since) | over) & (until > at[0])
    since, until = np.maximum(since[gap], at[0]), until[gap]
    if not len(since):
        return at, value, quality
    inside = np.searchsorted(since, at, "right") > np.searchsorted(until, at, "right")
    place = np.searchsorted(at, until, "right") - 1
    again = (until < window.until) & ~np.isin(until, at)
    moments = np.concatenate([at[~inside], since, until[again]])
    numbers = np.concatenate([value[~inside], np.full(len(since), np.nan), value[place[again]]])
    codes = np.concatenate([quality[~inside], np.full(len(since), NOT_HEARD), quality[place[again]]])
    order = np.argsort(moments, kind="stable")
    return moments[order], numbers[order], codes[order].astype(np.uint32)


def _samples(store: Store, shelf: Shelf, of: tuple[Signal, str], table: pa.Table,
             window: Window) -> Columns:
    signal, name = of
    if name in SKIPPING:
        for before in (True, False):
            table = _to_good(store, shelf, signal.path, (table, before))
    rows = read_rows(table.select(["at", "value", "quality"]))
    heard = known(rows.at, signal, window, connected(store, signal))
    return silenced(rows.at, rows.value, rows.quality, window, heard)


def _to_good(store: Store, shelf: Shelf, path: str, have: tuple[pa.Table, bool]) -> pa.Table:
    """Reach further out, in growing steps, until the edge row is a good number or there is no row."""
    rows, before = have
    reach = 10 * MINUTE
    while rows.num_rows:
        edge = rows.slice(0 if before else rows.num_rows - 1, 1)
        if edge["value"].null_count == 0 and edge["quality"].to_numpy()[0] >> np.uint32(30) == 0:
            break
        at = int(edge["at"].to_numpy()[0])
        span = Span(at - reach, at, before=True) if before else Span(at + 1, at + 1 + reach, after=True)
        more = read_many(store, shelf, [path], span)[path]
        if not more.num_rows:
            break
        rows, reach = pa.concat_tables([more, rows] if before else [rows, more]), reach * 4
    return rows
