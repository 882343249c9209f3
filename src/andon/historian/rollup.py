"""Roll-ups: what the samples of each 10 s, 1 min and 10 min came to, so that a month is drawn without reading it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..model import Codes, Numbers, Times
from ..units import MINUTE, SECOND
from .arrange import Index, stretches
from .columns import schema

LEVELS: Mapping[str, int] = {"fine": 10 * SECOND, "minute": MINUTE, "coarse": 10 * MINUTE}
WORTH = 20
"""A level is kept for a signal only where it has this many times fewer rows than the samples."""
COLUMNS = ("at", "low", "high", "first", "last", "sum", "count", "known")
BUCKETS = schema({c: pa.int64() if c in ("at", "count", "known") else pa.float64() for c in COLUMNS})
RUN_BITS = 38
"""A day has less than 2**38 microseconds: run number and time of day make one sortable number."""


@dataclass(frozen=True, slots=True)
class Points:
    """Samples of one day, n rows in order of runs (one a signal) and time; `value` is NaN where there is none."""

    edges: Index
    at: Times
    value: Numbers

    @classmethod
    def of(cls, edges: Index, at: Times, value: Numbers, quality: Codes) -> "Points":
        """Bad values (OPC UA severity 2 and 3) are no values."""
        bad = quality >= 1 << 31
        return cls(edges, at, np.where(bad, np.nan, value) if bad.any() else value)

    def dense(self, width: int) -> NDArray[np.bool_]:
        """The runs that have WORTH times more rows than buckets of `width`."""
        spans = self.at[self.edges[1:] - 1] // width - self.at[self.edges[:-1]] // width + 1
        return np.asarray(np.diff(self.edges) >= WORTH * spans, dtype=np.bool_)

    def only(self, runs: NDArray[np.bool_]) -> "Points":
        """The rows of some of the runs."""
        if runs.all():
            return self
        lengths = np.diff(self.edges)
        rows = np.repeat(runs, lengths)
        return Points(np.concatenate([[0], np.cumsum(lengths[runs])]), self.at[rows], self.value[rows])


def rollup(points: Points, width: int) -> tuple[Index, pa.Table]:
    """Buckets of `width` microseconds that hold a usable value: run number of each, and the table.

    `sum` and `count` are of usable values; `known` is how long in the bucket the last sample was a usable one.
    """
    said = ~np.isnan(points.value)
    day = int(points.at[0] // (1 << RUN_BITS)) * (1 << RUN_BITS) if len(points.at) else 0
    runs = np.repeat(np.arange(len(points.edges) - 1, dtype=np.int64), np.diff(points.edges))
    key = (runs << (RUN_BITS + 1)) + (points.at - day)
    run, start = _grid(points, width)
    bound = (run << (RUN_BITS + 1)) + (start - day)
    known = _known(points, start, np.searchsorted(key, bound))
    rows = slice(None) if said.all() else np.flatnonzero(said)
    place = np.searchsorted(key[rows], bound)
    full = np.flatnonzero((place[1:] > place[:-1]) & (run[1:] == run[:-1]))
    if not len(full):
        return np.empty(0, dtype=np.int64), empty()
    value, begins, ends = points.value[rows], place[full], place[full + 1]
    return run[full], pa.table(
        {
            "at": start[full],
            "low": np.minimum.reduceat(value, begins),
            "high": np.maximum.reduceat(value, begins),
            "first": value[begins],
            "last": value[ends - 1],
            "sum": np.add.reduceat(value, begins),
            "count": ends - begins,
            "known": known[full + 1] - known[full],
        }
    )


def merged(table: pa.Table, width: int) -> pa.Table:
    """Buckets of one signal, in order of time, put together to buckets of `width`."""
    if not table.num_rows:
        return table
    place = table["at"].to_numpy() // width
    edges = stretches(place.astype(np.int64))
    starts, ends = edges[:-1], edges[1:]
    low, high, first, last, total, count, known = (table[c].to_numpy() for c in COLUMNS[1:])
    return pa.table(
        {
            "at": place[starts] * width,
            "low": np.minimum.reduceat(low, starts),
            "high": np.maximum.reduceat(high, starts),
            "first": first[starts],
            "last": last[ends - 1],
            "sum": np.add.reduceat(total, starts),
            "count": np.add.reduceat(count, starts),
            "known": np.add.reduceat(known, starts),
        }
    )


def empty() -> pa.Table:
    """No buckets."""
    return BUCKETS.empty_table()


def _grid(points: Points, width: int) -> tuple[Times, Times]:
    """All bucket edges of all runs: run number and moment of each, from before its first row to after its last."""
    low = points.at[points.edges[:-1]] // width
    counts = points.at[points.edges[1:] - 1] // width - low + 2
    run = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    nth = np.arange(len(run), dtype=np.int64) - np.repeat(np.cumsum(counts) - counts, counts)
    return run, (np.repeat(low, counts) + nth) * width


def _known(points: Points, edge: Times, place: Index) -> Times:
    """Usable time of all runs before each bucket edge; `place` is the first row at or after the edge."""
    if not len(points.at):
        return np.zeros(len(edge), dtype=np.int64)
    held = np.zeros(len(points.at), dtype=np.int64)
    held[:-1] = np.where(np.isnan(points.value[:-1]), 0, points.at[1:] - points.at[:-1])
    held[points.edges[1:] - 1] = 0
    before = np.cumsum(held) - held
    row = np.maximum(place - 1, 0)
    known = before[row] + np.clip(edge - points.at[row], 0, held[row])
    return np.where(place > 0, known, 0)
