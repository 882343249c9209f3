"""What signals said, for programs: newest values, raw rows page by page or as a stream, trends of several at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from ..answer import Plain, plain
from ..errors import BadQuestion, UnknownName
from ..historian import Historian
from ..historian.measured import SCHEMAS
from ..historian.trend import width_of
from ..model import Spells, Window
from ..plant import Plant, Signal
from ..units import HOUR
from .opening import lent_of, paper, reading

Row = dict[str, Plain]
TOGETHER = 16
"""Signals of one trend at most."""
WIDEST = 20_000
"""Buckets of a trend at most."""
SLICE, FEW, MANY = HOUR, 20_000, 200_000
"""A stream reads so much time at first; twice as much where that holds few rows, half where many."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows (signal, at, value, text, quality), and where the next page goes on, "" after the last one."""

    rows: pa.Table
    after: str


@dataclass(frozen=True, slots=True)
class Curve:
    """One signal of a trend: the buckets (at, low, high, first, last), and the share of the window that was heard.

    `gaps` are the stretches in which it was not heard, those of at least a bucket; `before` is the value that held when
    the window began, None where there was none.
    """

    signal: Signal
    buckets: pa.Table
    coverage: float | None
    gaps: tuple[tuple[int, int], ...]
    before: float | None


@dataclass(frozen=True, slots=True)
class Curves:
    """Several signals over one window, in buckets of one `width` (microseconds)."""

    window: Window
    width: int
    curves: tuple[Curve, ...]


def newest(folder: Path, at: str = "", signals: Sequence[str] = ()) -> list[Row]:
    """The last row of every signal of a place, or of the signals that are named."""
    with reading(folder) as (plant, history):
        chosen = _chosen(plant, at, signals)
        found = history.latest(list(chosen)).to_pylist()
    return [
        {
            "signal": r["signal"],
            "at": r["at"],
            "value": plain(r["value"]),
            "text": r["text"],
            "quality": r["quality"],
            "unit": chosen[r["signal"]].unit,
        }
        for r in found
    ]


def sampled(folder: Path, signals: Sequence[str], window: Window, *, limit: int, after: str = "") -> Page:
    """The first `limit` raw rows of a window after a place in it; signals in the order in which they were named."""
    with reading(folder) as (plant, history):
        chosen = list(_chosen(plant, "", signals))
        tables, room = [], limit
        for table in _walk(history, chosen, window, _place(chosen, after)):
            tables.append(table.slice(0, room + 1))
            room -= tables[-1].num_rows
            if room < 0:
                break
    rows = pa.concat_tables(tables) if tables else _rows("", pa.table(_EMPTY))
    if rows.num_rows <= limit:
        return Page(rows, "")
    rows = rows.slice(0, limit)
    return Page(rows, f"{rows['signal'][-1].as_py()}@{rows['at'][-1].as_py()}")


def streamed(folder: Path, signals: Sequence[str], window: Window) -> Iterator[pa.Table]:
    """All raw rows of a window, some at a time: memory does not grow with the window.

    The plant has to be lent to this process, for its history must stay open while somebody reads.
    """
    lent, plant = lent_of(folder), paper(folder)
    if lent is None:
        raise BadQuestion(f"{folder} is not running here, so nothing can be streamed.")
    return _walk(lent.history, list(_chosen(plant, "", signals)), window, ("", 0))


def streamed_rows(folder: Path, kind: str, at: str, window: Window) -> tuple[pa.Schema, Iterator[pa.Table]]:
    """Columns and rows of all "units" or "measurements" of a place, some at a time: memory does not grow with them.

    The plant has to be lent to this process, for its history must stay open while somebody reads.
    """
    lent, machines = lent_of(folder), paper(folder).at(at)
    if lent is None:
        raise BadQuestion(f"{folder} is not running here, so nothing can be streamed.")
    if kind not in SCHEMAS:
        raise UnknownName("kind of rows", kind, SCHEMAS)
    return SCHEMAS[kind], (t for m in machines for t in lent.history.tested_rows(kind, m.path, window))


def trends(folder: Path, signals: Sequence[str], window: Window, pixels: int) -> Curves:
    """Lowest, highest, first and last value of signals in each of at most `pixels` buckets.

    Raises
    ------
    BadQuestion
        None or more than 16 signals, an empty window, or a width that no screen has.
    """
    if not 1 <= len(signals) <= TOGETHER:
        raise BadQuestion(f"A trend shows 1 to {TOGETHER} signals at once, not {len(signals)}.")
    if not 1 <= pixels <= WIDEST:
        raise BadQuestion(f"A trend of {pixels} pixels cannot be drawn: ask for 1 to {WIDEST}.")
    if not window.duration:
        raise BadQuestion("The window is empty: `until` must be after `since`.")
    with reading(folder) as (plant, history):
        chosen = _chosen(plant, "", signals)
        heard = history.coverages(list(chosen.values()), window)
        earlier = history.many(list(chosen), Window(window.since, window.since), before=True)
        width, buckets = width_of(window, pixels), history.trends(list(chosen), window, pixels)
        curves = [
            Curve(
                s,
                buckets[path],
                _share(heard[path], window),
                _gaps(heard[path], window, width),
                _last_good(earlier[path]),
            )
            for path, s in chosen.items()
        ]
    return Curves(window, width, tuple(curves))


_EMPTY = {
    "at": pa.array([], pa.int64()),
    "value": pa.array([], pa.float64()),
    "text": pa.array([], pa.string()),
    "quality": pa.array([], pa.uint32()),
}


def _chosen(plant: Plant, at: str, signals: Sequence[str]) -> dict[str, Signal]:
    if signals:
        return {path: plant.signal(path) for path in dict.fromkeys(signals)}
    return {s.path: s for m in plant.at(at) for s in m.signals.values()}


def _place(signals: Sequence[str], after: str) -> tuple[str, int]:
    """Where a page begins: `line-1/press-3/power@1790000000000000` is after that row."""
    if not after:
        return "", 0
    path, _, at = after.rpartition("@")
    if path not in signals or not at.isdigit() or len(at) > 17:
        raise BadQuestion(f"after = {after!r} is no place in these samples: take it from the link to the next page.")
    return path, int(at) + 1


def _walk(history: Historian, signals: Sequence[str], window: Window, begin: tuple[str, int]) -> Iterator[pa.Table]:
    first, at = begin
    for path in signals[signals.index(first) :] if first else signals:
        since, step = max(window.since, at if path == first else 0), SLICE
        while since < window.until:
            piece = Window(since, min(since + step, window.until))
            rows = history.samples(path, piece)
            if rows.num_rows:
                yield _rows(path, rows)
            since = piece.until
            step = step * 2 if rows.num_rows < FEW else max(1_000_000, step // 2) if rows.num_rows > MANY else step


def _rows(path: str, rows: pa.Table) -> pa.Table:
    return pa.table(
        {
            "signal": pa.array([path] * rows.num_rows, pa.string()),
            "at": rows["at"].cast(pa.int64()),
            "value": rows["value"].cast(pa.float64()),
            "text": rows["text"].cast(pa.string()),
            "quality": rows["quality"].cast(pa.uint32()),
        }
    )


def _share(known: Spells, window: Window) -> float | None:
    heard = np.minimum(known.until, window.until) - np.maximum(known.since, window.since)
    return float(np.maximum(heard, 0).sum() / window.duration) if window.duration else None


def _gaps(known: Spells, window: Window, least: int) -> tuple[tuple[int, int], ...]:
    edges = [window.since, *(e for s, u, _ in known.rows() for e in (s, u)), window.until]
    return tuple((a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= least)


def _last_good(rows: pa.Table) -> float | None:
    """The value of the last row, where it is one that may be used."""
    last = rows.slice(max(0, rows.num_rows - 1)).to_pylist()
    return last[0]["value"] if last and last[0]["quality"] >> 30 < 2 else None
