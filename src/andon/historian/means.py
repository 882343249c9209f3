"""Numbers as means, lowest and highest values in equal buckets: exact where samples are few, else from roll-ups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from ..errors import BadQuestion
from ..model import Buckets, Numbers, Times, Window, bucket_edges
from ..plant import Signal
from .cold import Shelf, Span
from .hot import Store
from .line import Line, integrals, samples, simple, values_at
from .processed import Columns, connections, heard_samples
from .rollup import LEVELS, WORTH
from .rows import read_many
from .stretches import Stretches, known
from .trend import together


def means(store: Store, shelf: Shelf, signals: Sequence[Signal], window: Window, width: int) -> dict[str, Buckets]:
    """Each signal over the buckets of a window, by path; see `Historian.means`."""
    if width < 1:
        raise BadQuestion(f"A bucket of {width} microseconds is none: give at least 1.")
    edges = bucket_edges(window, width)
    step = next((s for s in sorted(LEVELS.values(), reverse=True) if width % s == 0), width)
    fine = together(store, shelf, [s.path for s in signals], window, step)
    lines = connections(store, signals)
    dense = {s.path for s in signals if step in LEVELS.values() and _dense(fine[s.path])}
    sparse = [s for s in signals if s.path not in dense]
    rows = read_many(store, shelf, [s.path for s in sparse], Span.of(window, before=True, after=True))
    return {
        s.path: _rolled(s, fine[s.path], edges, step, lines.get(s.path))
        if s.path in dense
        else _exact(heard_samples(s, rows[s.path], window, lines.get(s.path)), edges, stepped=s.stepped)
        for s in signals
    }


def _dense(table: pa.Table) -> bool:
    """So many samples in a bucket of a roll-up that their mean is that over time."""
    return bool(table.num_rows) and float(table["count"].to_numpy().mean()) >= WORTH


def _exact(rows: Columns, edges: Times, *, stepped: bool) -> Buckets:
    """The area under the line through the samples over the time in which it has a value, and the line's extremes."""
    at, value, quality = rows
    count = len(edges) - 1
    if not len(at) or not count:
        none = np.full(count, np.nan)
        return Buckets(none, none, none, np.zeros(count))
    these = samples(at, value, quality, uncertain_is_bad=False)
    line = simple(these, stepped=stepped)
    inner = np.clip(edges, at[0], at[-1] + 1)
    area = sum(integrals(line, inner))
    height = line.live.astype(np.float64)
    live = sum(integrals(replace(line, start=height, end=height), inner))
    low, high = _extremes(line, these.value, inner, stepped=stepped)
    length = np.diff(edges).astype(np.float64)
    there = live > 0
    mean = np.full(count, np.nan)
    np.divide(area, live, out=mean, where=there)
    return Buckets(mean, np.where(there, low, np.nan), np.where(there, high, np.nan), live / length)


def _extremes(line: Line, value: Numbers, edges: Times, *, stepped: bool) -> tuple[Numbers, Numbers]:
    """Lowest and highest value of a line in each bucket: at its samples, where the bucket begins, where it ends."""
    found = []
    first = np.searchsorted(line.at, edges)
    for operation, none in ((np.minimum, np.inf), (np.maximum, -np.inf)):
        best = np.full(len(edges) - 1, none)
        full = np.flatnonzero(first[1:] > first[:-1])
        if len(full):
            said = np.where(line.live, value, none)[: first[-1]]
            best[full] = operation.reduceat(said, first[:-1][full])
        for moments, of in ((edges[:-1], "start"), (edges[1:], "end")):
            if of == "end" and stepped:
                continue
            bound, place = values_at(line, moments if of == "start" else moments - 1)
            live = (place >= 0) & line.live[np.maximum(place, 0)]
            best = operation(best, np.where(live, bound, none))
        found.append(best)
    return found[0], found[1]


def _rolled(signal: Signal, table: pa.Table, edges: Times, step: int, line: Stretches | None) -> Buckets:
    """The means of finer buckets, each weighted by the time in it that was heard; the last value holds in empty ones.

    The time that was heard is known to a finer bucket.
    """
    begins = np.arange(edges[0] // step, -(-edges[-1] // step), dtype=np.int64) * step
    at, last = table["at"].to_numpy(), table["last"].to_numpy()
    place = np.searchsorted(begins, at)
    held = np.searchsorted(at, begins, side="right") - 1
    told = {name: np.where(held >= 0, last[np.maximum(held, 0)], np.nan) for name in ("mean", "low", "high")}
    told["mean"][place] = table["sum"].to_numpy() / table["count"].to_numpy()
    told["low"][place], told["high"][place] = table["low"].to_numpy(), table["high"].to_numpy()
    wide = replace(signal, holds=None if signal.holds is None else signal.holds + step)
    window = Window(int(edges[0]), int(edges[-1]))
    heard = _overlaps(known(at, wide, window, line), np.append(begins, begins[-1:] + step), window)
    heard[place] = np.maximum(heard[place], 1.0)
    heard = np.where(held >= 0, heard, 0.0)
    first = np.searchsorted(begins, edges[:-1], side="right") - 1
    weight = np.add.reduceat(heard, first)
    mean = np.full(len(first), np.nan)
    np.divide(np.add.reduceat(heard * np.nan_to_num(told["mean"]), first), weight, out=mean, where=weight > 0)
    low = np.minimum.reduceat(np.where(heard > 0, told["low"], np.inf), first)
    high = np.maximum.reduceat(np.where(heard > 0, told["high"], -np.inf), first)
    share = np.minimum(weight / np.diff(edges), 1.0)
    return Buckets(mean, np.where(weight > 0, low, np.nan), np.where(weight > 0, high, np.nan), share)


def _overlaps(stretches: Stretches, edges: Times, window: Window) -> Numbers:
    """Microseconds of each interval, cut to the window, that lie in stretches."""
    if not len(stretches):
        return np.zeros(len(edges) - 1)
    since, until = np.array(stretches, np.int64).T
    inner = np.clip(edges, window.since, window.until)
    sums = np.concatenate([[0], np.cumsum(until - since)])
    place = np.searchsorted(since, inner, side="right") - 1
    j = np.maximum(place, 0)
    before = np.where(place >= 0, sums[j] + np.minimum(inner - since[j], until[j] - since[j]), 0)
    return np.diff(before).astype(np.float64)
