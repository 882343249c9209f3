"""Line protocol -> rows by address: names matched once for each series, all values of a body together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from ...units import HOUR
from ..lines import TEXT_KIND, WHOLE_KIND, Fault, coded, parse_head, parse_lines, whole_lines
from ..link import MOMENT, ROWS
from .answers import Refused
from .heard import Heard
from .series import Matcher, Series, line_address, spread

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
    for lines, numbers in _pieces(body):
        frame, wrong = parse_lines(lines, numbers)
        at, late = _moments(frame, scale, now)
        faults += wrong + late
        kept = frame.filter(pl.Series(at >= 0)) if late else frame
        values += len(kept)
        tables.append(_rows(kept, at[at >= 0] if late else at, matcher, heard))
    return Read(pa.concat_tables(tables) if tables else ROWS.empty_table(), values, faults)


def _pieces(body: bytes) -> Iterator[tuple[list[str], list[int]]]:
    """Whole lines with their numbers, some megabytes at a time."""
    lines, numbers = whole_lines(body.decode("utf-8", errors="replace"))
    step = max(1, len(lines) * PIECE // max(len(body), 1))
    for first in range(0, len(lines), step):
        yield lines[first : first + step], numbers[first : first + step]


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
    return pa.table(
        {
            "address": pa.DictionaryArray.from_arrays(
                pa.array(address, pa.int32()), pa.array(matcher.addresses, pa.string())
            ),
            "at": pa.array(at).cast(MOMENT),
            "value": value.to_arrow(),
            "text": said.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string()),
            "quality": pa.array(np.zeros(len(fed), dtype=np.uint32)),
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
    fed = []
    for place, kind, value in zip(used.tolist(), kinds, values, strict=True):
        named, said = heads[place // len(fields)], fields[place % len(fields)]
        if (found := matcher.known.get((named, said))) is None:
            series = _series(named, said)
            found = matcher.feeds((named, said), series)
            heard.note(line_address(series), kind, value)
        fed.append(found)
    single = np.array([p[0] if len(p) == 1 else -1 for p in fed], dtype=np.int64)
    if all(len(p) == 1 for p in fed):
        return np.arange(len(frame)), single[code] if len(code) else np.zeros(0, dtype=np.int64)
    return _spread(code, fed)


def _spread(code: Index, fed: list[tuple[int, ...]]) -> tuple[Index, Index]:
    """The same where a series feeds no address, or several."""
    most = max(map(len, fed), default=0)
    wide = np.full((max(len(fed), 1), max(most, 1)), -1, dtype=np.int64)
    series, place = spread(fed)
    column = [n for p in fed for n in range(len(p))]
    wide[series, column] = place
    found = wide[code]
    row, column_of = np.nonzero(found >= 0)
    return row, found[row, column_of]


def _series(head: str, field: str) -> Series:
    name, tags = parse_head(head)
    return Series(name, tags, field)
