"""Trends: lowest, highest, first and last value of each stretch of a window, from roll-ups where they are exact."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from ..errors import BadQuestion
from ..model import Window
from .cold import Shelf, Span, find_runs, read_runs
from .hot import Store
from .index import Run
from .rollup import BUCKETS, COLUMNS, LEVELS, Points, empty, merged, rollup
from .rows import hot_rows, settled

COARSER = 1.5
"""A level serves from two thirds of its step on: a third fewer buckets than pixels, of sixty times fewer rows."""
Part = tuple[int, pa.Table]
"""Where in time a piece of a trend begins, and its buckets."""


def trend(store: Store, shelf: Shelf, path: str, window: Window, pixels: int) -> pa.Table:
    """At most `pixels` (+ 1) buckets of equal width over a window; see `Historian.trend`."""
    return buckets(store, shelf, path, window, width_of(window, pixels))


def width_of(window: Window, pixels: int) -> int:
    """The width of the buckets (microseconds) in which a trend over a window comes."""
    if pixels < 1:
        raise BadQuestion(f"A trend of {pixels} pixels cannot be drawn: ask for at least 1.")
    width = max(1, -(-window.duration // pixels))
    step = next((s for s in sorted(LEVELS.values(), reverse=True) if width * COARSER >= s), 1)
    return -(-width // step) * step


def buckets(store: Store, shelf: Shelf, path: str, window: Window, width: int) -> pa.Table:
    """Buckets of `width` microseconds, counted from 1970, that hold a usable value of the window."""
    return together(store, shelf, [path], window, width)[path]


def together(store: Store, shelf: Shelf, paths: Sequence[str], window: Window, width: int) -> dict[str, pa.Table]:
    """`buckets` of many signals at once, by path: the hot tier is asked once for all."""
    ids, span = store.names.ids, Span.of(window)
    known = [p for p in paths if p in ids and window.duration]
    hot = hot_rows(store, [ids[p] for p in known], span) if known else {}
    found = {p: _buckets((store, shelf), ids[p], span, width, hot.get(ids[p], [])) for p in known}
    return {p: found[p] if p in found else empty() for p in paths}


def _buckets(places: tuple[Store, Shelf], signal: int, span: Span, width: int, hot: list[pa.Table]) -> pa.Table:
    store, shelf = places
    level = next((n for n, step in sorted(LEVELS.items(), key=lambda x: -x[1]) if width % step == 0), "")
    clean, dirty = _split(find_runs(store, [signal], span), hot, level)
    step = LEVELS.get(level, width)
    parts = [p for run in clean for p in _from_level(shelf, run, span, level)]
    raw = [rows for _, rows in sorted(read_runs(shelf, dirty, span), key=lambda pair: pair[0].segment)]
    parts += _from_rows(settled([*raw, *hot], span), step)
    found = pa.concat_tables(_tied(parts)) if parts else empty()
    order = np.argsort(found["at"].to_numpy(), kind="stable")
    return merged(found.take(order), width).cast(BUCKETS)


def _split(runs: Sequence[Run], hot: Sequence[pa.Table], level: str) -> tuple[list[Run], list[Run]]:
    """Runs whose roll-ups count (nobody else speaks of their time), and those that must be read row by row."""
    spans = [(r.lo, r.hi) for r in runs] + [(int(t["at"].to_numpy().min()), int(t["at"].to_numpy().max())) for t in hot]
    order = sorted(range(len(spans)), key=lambda i: spans[i])
    alone = [True] * len(spans)
    reach, holder = -1, -1
    for i in order:
        if spans[i][0] <= reach:
            alone[i] = alone[holder] = False
        if spans[i][1] > reach:
            reach, holder = spans[i][1], i
    kept = [a and bool(level) and run.level(level)[2] > 0 for run, a in zip(runs, alone, strict=False)]
    return [r for r, k in zip(runs, kept, strict=True) if k], [r for r, k in zip(runs, kept, strict=True) if not k]


def _from_level(shelf: Shelf, run: Run, span: Span, level: str) -> list[Part]:
    """Whole buckets from the roll-up, the buckets that the window cuts from the rows."""
    step = LEVELS[level]
    since, until = -(-span.since // step) * step, span.until // step * step
    since = since if span.since > run.lo else min(since, run.lo // step * step)
    until = until if span.until <= run.hi else max(until, (run.hi // step + 1) * step)
    if since >= until:
        return _from_rows(settled([t for _, t in read_runs(shelf, [run], span)], span), step)
    table = shelf.rollup(*run.level(level))
    at = table["at"].to_numpy()
    begin, end = np.searchsorted(at, [since, until]).tolist()
    parts = [(max(since, run.lo), table.slice(begin, end - begin))]
    for low, high in ((span.since, since), (until, span.until)):
        edge = Span(low, high)
        if low < high and run.lo < high and run.hi >= low:
            parts += _from_rows(settled([t for _, t in read_runs(shelf, [run], edge)], edge), step)
    return parts


def _from_rows(rows: pa.Table, step: int) -> list[Part]:
    """Buckets of raw rows; rows of many days are rolled up day by day."""
    at = rows["at"].to_numpy()
    if not len(at):
        return []
    value = rows["value"].to_numpy()
    points = Points.of(np.array([0, len(at)]), at, value, rows["quality"].to_numpy())
    return [(int(at[0]), rollup(points, step)[1])]


def _tied(parts: Sequence[Part]) -> list[pa.Table]:
    return [t.select(COLUMNS).cast(BUCKETS) if t.schema != BUCKETS else t for _, t in sorted(parts, key=lambda p: p[0])]
