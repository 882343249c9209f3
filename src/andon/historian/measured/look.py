"""Units and measurements out of both tiers: of values only those of the tests that are asked for are decoded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ...model import Measurements, Numbers, Test, Times, Units, Window
from ...model.measured import Integers, Verdicts
from ..arrange import Index
from ..hot import Store, snapshot, table
from .keep import TESTS, by_test
from .seen import Seen, filled, readable, see

HOT_VALUES = """
SELECT m.* FROM measurements m JOIN units u USING (tested) WHERE place = $1 AND u."at" < $2 AND u."at" >= $3
    AND ($4 IS NULL OR test IN (SELECT unnest($4))) ORDER BY u."at", tested
"""
SPREAD = 64
"""Unit numbers that lie within so many times their count are looked up by place, others by search."""
Kind = tuple[str, str, int, str, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Piece:
    """Values of one source: `kinds[j]` has the rows `edges[j]:edges[j + 1]` of `row` (-1: of none that is wanted)."""

    kinds: Sequence[Kind]
    edges: Index
    row: Integers
    value: Numbers
    passed: Verdicts
    rank: Index | None


def units(store: Store, place: str, window: Window) -> Units:
    """The units that were tested at a machine in the window."""
    with snapshot(store) as db:
        return see(store, db, place, window)[0].units


def measurements(store: Store, place: str, window: Window, tests: Sequence[str] | None = None) -> Measurements:
    """What was found on units at a machine in the window; of some tests only, where `tests` names them."""
    wanted = None if tests is None else list(tests)
    with snapshot(store) as db:
        seen, files = see(store, db, place, window)
        hot = table(db, HOT_VALUES, [place, window.until, window.since, wanted])
    mine = [(n, path) for n, path in enumerate(files) if path and (seen.source == n).any()]
    with ThreadPoolExecutor(2, "andon reader") as pool:
        pieces = list(pool.map(lambda m: sealed_piece(store, m[1], seen, m[0], wanted), mine))
    if hot.num_rows:
        pieces.append(hot_piece(hot, seen))
    return together(seen, pieces)


def hot_piece(values: pa.Table, seen: Seen) -> Piece:
    values, edges, kinds = by_test(values)
    row, rank = _rows_of(seen, -1, values["tested"].to_numpy())
    return Piece([_kind(k) for k in kinds], edges, row, *_numbers(values), rank)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a sealed file of values holds: kind `kinds[j]` in the rows `edges[j]:edges[j + 1]`.

    `whole[j]`: these are of all units of the block, one of each in its order; `failed[j]` of them failed. Row group g
    begins at row `groups[g]`.
    """

    footer: pq.FileMetaData
    kinds: list[Kind]
    edges: Index
    whole: NDArray[np.bool_]
    failed: Sequence[int]
    groups: Index


def sealed_piece(store: Store, path: str, seen: Seen, source: int, wanted: Sequence[str] | None) -> Piece:
    """The values of a sealed file; only row groups with a test that is wanted are decoded."""
    held = contents(store, path)
    with readable(path):
        file = pq.ParquetFile(pa.OSFile(str(store.folder / path), "rb"), metadata=held.footer)
    names = None if wanted is None else set(wanted)
    mine = np.array([j for j, kind in enumerate(held.kinds) if names is None or kind[0] in names], np.int64)
    since, until = held.edges[mine], held.edges[mine + 1]
    first = np.searchsorted(held.groups, since, side="right") - 1
    mark = np.zeros(len(held.groups) + 1, np.int64)
    np.add.at(mark, first, 1)
    np.add.at(mark, np.searchsorted(held.groups, until), -1)
    groups = np.flatnonzero(np.cumsum(mark)[:-1] > 0)
    complete = bool(held.whole[mine].all()) and seen.whole[source]
    with readable(path):
        columns = ["value", "passed"] if complete else ["tested", "value", "passed"]
        rows = file.read_row_groups(groups.tolist(), columns=columns, use_threads=len(groups) > 4)
    edges = np.concatenate([[0], np.cumsum(until - since)])
    begin = np.zeros(len(held.groups), np.int64)
    begin[groups] = np.concatenate([[0], np.cumsum(np.diff(held.groups)[groups])[:-1]]) if len(groups) else []
    moved = since - held.groups[first] + begin[first]
    if len(mine) < len(held.kinds):
        rows = rows.take(pa.array(np.repeat(moved - edges[:-1], until - since) + np.arange(edges[-1])))
    kinds = [held.kinds[j] for j in mine.tolist()]
    row, rank = _rows_of(seen, source, None if complete else rows["tested"].to_numpy(), len(mine))
    return Piece(kinds, edges, row, *_numbers(rows), rank)


def contents(store: Store, path: str) -> Contents:
    """What a sealed file of values says that it holds."""
    with readable(path):
        return store.drawer.of(path, lambda: _contents(store, path))


def _contents(store: Store, path: str) -> tuple[Contents, int]:
    footer = pq.read_metadata(str(store.folder / path))
    told = orjson.loads((footer.metadata or {}).get(TESTS.encode(), b"[]"))
    counts = [footer.row_group(g).num_rows for g in range(footer.num_row_groups)]
    contents = Contents(
        footer,
        [_kind(t[:6]) for t in told],
        np.cumsum([0, *(t[6] for t in told)]),
        np.array([t[7] for t in told], np.bool_),
        [t[8] if len(t) > 8 else -1 for t in told],  # files of earlier days do not say it
        np.cumsum([0, *counts]),
    )
    return contents, 10 * len(told)


def _kind(told: Sequence[Any]) -> Kind:
    name, step, number, unit, low, high = told
    return name, step, number, unit, low, high


def _numbers(rows: pa.Table) -> tuple[Numbers, Verdicts]:
    return filled(rows["value"], np.nan), filled(rows["passed"].cast(pa.int8()), -1)


def _rows_of(seen: Seen, source: int, numbers: Times | None, times: int = 1) -> tuple[Integers, Index | None]:
    """The place of each value's unit, -1 where it is not wanted; and its rank where that may matter.

    Without `numbers` the values are of all units of the source, in order, so many `times`.
    """
    mine = np.flatnonzero(seen.source == source)
    if numbers is None:
        rank = np.tile(seen.rank[mine], times) if seen.doubled else None
        return np.tile(seen.row[mine], times), rank
    known = seen.number[mine]
    place = np.full(len(numbers), -1, np.int64)
    if len(known):
        low, span = int(known.min()), int(known.max() - known.min()) + 1
        if span <= SPREAD * len(known):
            by_number = np.full(span + 2, -1, np.int64)
            by_number[known - low] = np.arange(len(known))
            place = by_number[np.clip(numbers - low, -1, span)]
        else:
            order = np.argsort(known)
            at = np.minimum(np.searchsorted(known[order], numbers), len(known) - 1)
            place = np.where(known[order][at] == numbers, order[at], -1)
    row = np.append(seen.row[mine], np.int32(-1))[place]
    return row.astype(np.int32, copy=False), np.append(seen.rank[mine], -1)[place] if seen.doubled else None


def in_order(kinds: Iterable[Kind]) -> list[Kind]:
    """By the tester's number, where it has given one, then by name."""
    return sorted(kinds, key=lambda k: (k[2] < 0, k[2], k[0], k[1], k[3], str(k[4]), str(k[5])))


def together(seen: Seen, pieces: Sequence[Piece]) -> Measurements:
    """Values of all sources by test, in order of time."""
    kinds: dict[Kind, list[tuple[int, int]]] = {}
    for p, piece in enumerate(pieces):
        for j, kind in enumerate(piece.kinds):
            kinds.setdefault(kind, []).append((p, j))
    ordered = in_order(kinds)
    spans = [
        (pieces[p], int(pieces[p].edges[j]), int(pieces[p].edges[j + 1])) for kind in ordered for p, j in kinds[kind]
    ]
    total = sum(end - begin for _, begin, end in spans)
    row, value, passed = np.empty(total, np.int32), np.empty(total), np.empty(total, np.int8)
    rank = np.empty(total, np.int64) if seen.doubled else None
    at = 0
    for piece, begin, end in spans:
        to = at + end - begin
        row[at:to], value[at:to], passed[at:to] = piece.row[begin:end], piece.value[begin:end], piece.passed[begin:end]
        if rank is not None and piece.rank is not None:
            rank[at:to] = piece.rank[begin:end]
        at = to
    counts = [sum(int(pieces[p].edges[j + 1] - pieces[p].edges[j]) for p, j in kinds[k]) for k in ordered]
    return _cleaned(seen, ordered, np.cumsum([0, *counts]), (row, value, passed), rank)


def _cleaned(
    seen: Seen, kinds: Sequence[Kind], first: Index, columns: tuple[Integers, Numbers, Verdicts], rank: Index | None
) -> Measurements:
    """Without what is not wanted and what a later batch replaced; within a test in order of time; all judged."""
    row, value, passed = columns
    kept = row >= 0
    order: Index | NDArray[np.bool_] | None = None if kept.all() else kept
    test = None
    back = np.flatnonzero(row[1:] < row[:-1]) + 1
    if rank is not None or len(np.setdiff1d(back, first)):
        test = np.repeat(np.arange(len(kinds)), np.diff(first))
        order = np.lexsort((row, test)) if rank is None else _latest(kinds, test, row, rank)
        order = order[kept[order]]
    if order is not None:
        test = np.repeat(np.arange(len(kinds)), np.diff(first)) if test is None else test
        row, value, passed = row[order], value[order], passed[order]
        first = np.searchsorted(test[order], np.arange(len(kinds) + 1))
    full = np.flatnonzero(np.diff(first))
    tests = tuple(Test(n, u, low, high, number, s) for n, s, number, u, low, high in (kinds[j] for j in full.tolist()))
    first = np.append(first[full], first[-1]).astype(np.int64)
    _judge(tests, first, value, passed)
    return Measurements(seen.units.window, seen.units, tests, first, row, value, passed)


def _latest(kinds: Sequence[Kind], test: Index, row: Integers, rank: Index) -> Index:
    """The order by test and time; where a later batch spoke of the same unit, moment and test, only what it said."""
    name = np.unique([k[0] for k in kinds], return_inverse=True)[1][test]
    order = np.lexsort((rank, name, row))
    key = row[order].astype(np.int64) * (int(name.max(initial=0)) + 1) + name[order]
    last = np.append(np.flatnonzero(key[1:] != key[:-1]), len(key) - 1)
    newest = np.repeat(rank[order][last], np.diff(np.append(-1, last))) if len(key) else rank
    kept = np.sort(order[rank[order] == newest])
    return np.asarray(kept[np.lexsort((row[kept], test[kept]))])


def _judge(tests: Sequence[Test], first: Index, value: Numbers, passed: Verdicts) -> None:
    """Where nobody said whether a value passed, its limits do."""
    if not (passed < 0).any():
        return
    for j, test in enumerate(tests):
        said = passed[first[j] : first[j + 1]]
        if (test.low is None and test.high is None) or not (said < 0).any():
            continue
        values = value[first[j] : first[j + 1]]
        low, high = (np.nan if e is None else e for e in (test.low, test.high))
        open_ = (said < 0) & ~np.isnan(values)
        said[open_] = (~(values < low) & ~(values > high))[open_]
