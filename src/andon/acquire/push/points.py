"""Line protocol -> rows by address: names matched once for each series, all values of a body together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from ...units import HOUR
from ..lines import TEXT_KIND, WHOLE_KIND, Fault, coded, parse_head, parse_lines, whole_lines
from ..link import MOMENT, ROWS
from .answers import Refused
from .grid import Grid, read_grid
from .heard import Heard
from .series import Matcher, Series, line_address

Index = NDArray[np.int64]
TO_MICROS = {"ns": (1, 1000), "us": (1, 1), "u": (1, 1), "n": (1, 1000), "ms": (1000, 1), "s": (1_000_000, 1)} | {
    "m": (60_000_000, 1),
    "h": (3_600_000_000, 1),
}
"""What a precision is in microseconds: times the first, over the second."""
AHEAD = 24 * HOUR
"""A moment further ahead than this comes from a wrong clock (the historian refuses it)."""
EXACT = 2.0**53
PIECE = 2 << 20
"""Bytes of text that are taken apart at once: memory stays small."""
FAR = "has a moment before 1970 or more than a day ahead of this computer's clock: is the precision right?"


@dataclass(frozen=True, slots=True)
class Read:
    """What a body says: the rows that feed signals, how many values there were in all, what is wrong."""

    rows: pa.Table
    values: int
    faults: list[Fault]


def read_points(body: bytes, precision: str, now: int, matcher: Matcher, heard: Heard) -> Read:
    """The rows that a body of line protocol brings to the addresses; a line without a time is taken as of now."""
    scale = TO_MICROS.get(precision)
    if scale is None:
        raise Refused(400, f"There is no precision {precision!r}: ns, us, ms, s, m, h.")
    tables, values, faults = [], 0, []
    for piece, first in _pieces(body):
        grid = read_grid(piece)
        if grid is not None and _can_be(grid.at, scale, now):
            values += grid.values.size
            tables.append(_of_grid(grid, scale, matcher, heard))
            continue
        lines, numbers = whole_lines(piece.decode("utf-8", errors="replace"))
        frame, wrong = parse_lines(lines, [first + n for n in numbers])
        at, late = _moments(frame, scale, now)
        faults += wrong + late
        kept = frame.filter(pl.Series(at >= 0)) if late else frame
        values += len(kept)
        tables.append(_rows(kept, at[at >= 0] if late else at, matcher, heard))
    return Read(pa.concat_tables(tables) if tables else ROWS.empty_table(), values, faults)


def _pieces(body: bytes) -> Iterator[tuple[bytes, int]]:
    """Whole lines, some megabytes at a time, with the count of lines before them; with quotes in one piece."""
    begin, first = 0, 0
    while begin < len(body):
        end = body.find(b"\n", begin + PIECE) + 1 if b'"' not in body else 0
        piece = body[begin : end or len(body)]
        yield piece, first
        begin, first = begin + len(piece), first + piece.count(b"\n")


def _can_be(at: Index, scale: tuple[int, int], now: int) -> bool:
    times, over = scale
    return bool(at.min() >= 0 and at.max() <= (now + AHEAD) * over // times)


def _of_grid(grid: Grid, scale: tuple[int, int], matcher: Matcher, heard: Heard) -> pa.Table:
    """Rows of lines that all have the same fields: what they feed is decided once for each head."""
    width = len(grid.fields)
    fed = [
        _feeds((head, field), matcher, heard, (kind, None))
        for head in grid.heads
        for field, kind in zip(grid.fields, grid.kinds, strict=True)
    ]
    code = (grid.head[:, None] * width + np.arange(width)).ravel()
    at = np.repeat(grid.at * scale[0] // scale[1], width)
    row, address = _spread(code, fed)
    value = grid.values.ravel()
    if len(row) != len(code) or len(set(map(len, fed))) > 1:
        at, value = at[row], value[row]
    return _table(matcher, address, at, pa.array(value), pa.nulls(len(at), pa.string()))


def _moments(frame: pl.DataFrame, scale: tuple[int, int], now: int) -> tuple[Index, list[Fault]]:
    """Microseconds of each row (-1: none that can be), and the lines that have none."""
    times, over = scale
    said = frame["at"].cast(pl.Int64, strict=False)
    untimed = frame["at"].is_null().to_numpy()
    count = said.fill_null(-1).to_numpy()
    limit = (now + AHEAD) * over // times
    fine = (count >= 0) & (count <= limit) | untimed
    at = np.where(untimed, now, np.where(fine, count, 0) * times // over)
    if fine.all():
        return at, []
    wrong = frame.filter(pl.Series(~fine)).unique("line", maintain_order=True)
    return np.where(fine, at, -1), [Fault(n, "", str(t), FAR) for n, t in wrong.select("line", "at").iter_rows()]


def _rows(frame: pl.DataFrame, at: Index, matcher: Matcher, heard: Heard) -> pa.Table:
    """Rows of the addresses that the series feed."""
    row, address = _fed(frame, matcher, heard)
    whole = len(row) == len(frame) and bool((row == np.arange(len(row))).all())
    fed, at = (frame, at) if whole else (frame[row], at[row])
    text = fed["kind"] == TEXT_KIND
    value = fed["value"].cast(pl.Float64, strict=False)
    large = (fed["kind"] == WHOLE_KIND) & (value.abs() >= EXACT)
    spoken = text | large
    said = (
        fed["value"].set(~spoken, None)
        if spoken.any()
        else pl.Series([None], dtype=pl.String).new_from_index(0, len(fed))
    )
    value = value.set(text, None) if text.any() else value
    texts = said.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string())
    return _table(matcher, address, at, value.to_arrow(), texts)


def _table(
    matcher: Matcher, address: Index, at: Index, value: pa.Array[pa.Scalar[Any]], text: pa.Array[pa.Scalar[Any]]
) -> pa.Table:
    words = pa.array(matcher.addresses, pa.string())
    return pa.table(
        {
            "address": pa.DictionaryArray.from_arrays(pa.array(address, pa.int32()), words),
            "at": pa.array(at).cast(MOMENT),
            "value": value,
            "text": text,
            "quality": pa.array(np.zeros(len(at), dtype=np.uint32)),
        },
        schema=ROWS,
    )


def _fed(frame: pl.DataFrame, matcher: Matcher, heard: Heard) -> tuple[Index, Index]:
    """Which rows feed which addresses: rows in order, each once for every address that it feeds."""
    heads, head = coded(frame["head"])
    fields, which = coded(frame["field"])
    pair = head * max(len(fields), 1) + which
    used, first, code = np.unique(pair, return_index=True, return_inverse=True)
    kinds, values = frame["kind"].gather(first).to_list(), frame["value"].gather(first).to_list()
    fed = [
        _feeds((heads[place // len(fields)], fields[place % len(fields)]), matcher, heard, (kind, value))
        for place, kind, value in zip(used.tolist(), kinds, values, strict=True)
    ]
    return _spread(code, fed)


def _feeds(key: tuple[str, str], matcher: Matcher, heard: Heard, said: tuple[int, str | None]) -> tuple[int, ...]:
    """What a series feeds; a new one is noted with the kind and the value that it said first."""
    found = matcher.known.get(key)
    if found is None:
        name, tags = parse_head(key[0])
        series = Series(name, tags, key[1])
        found = matcher.feeds(key, series)
        heard.note(line_address(series), *said)
    return found


def _spread(code: Index, fed: list[tuple[int, ...]]) -> tuple[Index, Index]:
    """Rows by the places that their series feed: which row, and which place; in order, each once for every place."""
    single = np.array([p[0] if p else -1 for p in fed], dtype=np.int64)
    if all(len(p) < 2 for p in fed):
        place = single[code] if len(fed) else np.zeros(0, dtype=np.int64)
        row = np.flatnonzero(place >= 0) if -1 in single else np.arange(len(code))
        return row, place[row] if len(row) < len(code) else place
    wide = np.full((len(fed), max(map(len, fed))), -1, dtype=np.int64)
    for n, places in enumerate(fed):
        wide[n, : len(places)] = places
    found = wide[code]
    row, column = np.nonzero(found >= 0)
    return row, found[row, column]
