"""Units and measurements out of both tiers: of values only those of the tests that are asked for are decoded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ...cores import on_cores
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
MANY = 64
"""From this many tests on their values are put in place on two cores."""
Kind = tuple[str, str, int, str, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Piece:
    """Values of one source: `kinds[j]` has the rows `edges[j]:edges[j + 1]` of each column.

    `row` is the place of each value's unit, with `rank`, where that may matter. Of a `complete` source, whose kinds all
    have a value of each unit, they are said once. `passed`: None where nobody said.
    """

    kinds: Sequence[Kind]
    edges: Index
    value: Numbers
    passed: Verdicts | None
    row: Integers
    rank: Index | None
    complete: bool = False

    def wanted(self) -> Piece:
        """Without values of units that are not wanted, whose place is -1."""
        kept = self.row >= 0
        if kept.all():
            return self
        passed = None if self.passed is None else self.passed[kept]
        rank = None if self.rank is None else self.rank[kept]
        edges = np.append(0, np.cumsum(kept))[self.edges]
        return Piece(self.kinds, edges, self.value[kept], passed, self.row[kept], rank, self.complete)


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
    pieces = on_cores(lambda m: sealed_piece(store, m[1], seen, m[0], wanted), mine)
    if hot.num_rows:
        pieces.append(hot_piece(hot, seen))
    return together(seen, pieces)


def hot_piece(values: pa.Table, seen: Seen) -> Piece:
    values, edges, kinds = by_test(values)
    numbers = filled(values["value"], np.nan), _verdicts(values)
    return Piece([_kind(k) for k in kinds], edges, *numbers, *_rows_of(seen, -1, values["tested"].to_numpy()))


@dataclass(frozen=True, slots=True)
class Contents:
    """What a sealed file of values holds: kind `kinds[j]` in the rows `edges[j]:edges[j + 1]`.

    `whole[j]`: these are of all units of the block, one of each in its order; `failed[j]` of them failed. Row group g
    begins at row `groups[g]`. `judged`: somebody said of some of them whether they passed.
    """

    footer: pq.FileMetaData
    kinds: list[Kind]
    edges: Index
    whole: NDArray[np.bool_]
    failed: Sequence[int]
    groups: Index
    judged: bool


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
    columns = ["value", *(["passed"] if held.judged else []), *([] if complete else ["tested"])]
    with readable(path):
        rows = file.read_row_groups(groups.tolist(), columns=columns, use_threads=False)
    edges = np.concatenate([[0], np.cumsum(until - since)])
    begin = np.zeros(len(held.groups), np.int64)
    begin[groups] = np.concatenate([[0], np.cumsum(np.diff(held.groups)[groups])[:-1]]) if len(groups) else []
    moved = since - held.groups[first] + begin[first]
    if len(mine) < len(held.kinds):
        rows = rows.take(pa.array(np.repeat(moved - edges[:-1], until - since) + np.arange(edges[-1])))
    kinds = [held.kinds[j] for j in mine.tolist()]
    numbers = filled(rows["value"], np.nan), _verdicts(rows) if held.judged else None
    place = _rows_of(seen, source, None if complete else rows["tested"].to_numpy())
    return Piece(kinds, edges, *numbers, *place, complete).wanted()


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
        any(_said(footer.row_group(g)) for g in range(footer.num_row_groups)),
    )
    return contents, 10 * len(told)


def _said(group: pq.RowGroupMetaData) -> bool:
    """Whether the last column of a row group, who passed, may hold anything."""
    passed = group.column(group.num_columns - 1)
    told = passed.statistics if passed.path_in_schema == "passed" else None
    missing = told.null_count if told is not None else None
    return missing is None or missing < group.num_rows


def _kind(told: Sequence[Any]) -> Kind:
    name, step, number, unit, low, high = told
    return name, step, number, unit, low, high


def _verdicts(rows: pa.Table) -> Verdicts:
    return np.asarray(filled(rows["passed"].cast(pa.int8()), -1))


def _rows_of(seen: Seen, source: int, numbers: Times | None) -> tuple[Integers, Index | None]:
    """The place of each value's unit, -1 where it is not wanted; and its rank where that may matter.

    Without `numbers` there is a value of each unit of the source, in order.
    """
    mine = np.flatnonzero(seen.source == source)
    if numbers is None:
        return seen.row[mine], seen.rank[mine] if seen.doubled else None
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
    """Values of all sources by test, in order of time; all judged."""
    places: dict[Kind, list[tuple[Piece, int, int]]] = {}
    for piece in pieces:
        edges = piece.edges.tolist()
        for kind, begin, end in zip(piece.kinds, edges[:-1], edges[1:], strict=True):
            places.setdefault(kind, []).append((piece, begin, end))
    kinds = in_order(places)
    first = np.cumsum([0, *(sum(end - begin for _, begin, end in places[k]) for k in kinds)])
    total = int(first[-1])
    found = Columns(np.empty(total), np.empty(total, np.int8), np.empty(total, np.int32), None)
    if seen.doubled:
        found = replace(found, rank=np.empty(total, np.int64))
    filling = on_cores(lambda j: found.fill(kinds[j], places[kinds[j]], int(first[j])), range(len(kinds)), MANY)
    if seen.doubled or not all(filling):
        found, first = _cleaned(found, kinds, first)
    full = np.flatnonzero(np.diff(first))
    tests = tuple(Test(n, u, low, high, number, s) for n, s, number, u, low, high in (kinds[j] for j in full.tolist()))
    first = np.append(first[full], first[-1]).astype(np.int64)
    return Measurements(seen.units.window, seen.units, tests, first, found.row, found.value, found.passed)


@dataclass(frozen=True, slots=True)
class Columns:
    """Values by test, as in `Measurements`, with the rank of each where that may matter."""

    value: Numbers
    passed: Verdicts
    row: Integers
    rank: Index | None

    def fill(self, kind: Kind, places: Sequence[tuple[Piece, int, int]], at: int) -> bool:
        """Put the values of a test from `at` on, and judge them; whether they are in order of time."""
        since = at
        for piece, begin, end in places:
            here, there = slice(at, at + end - begin), slice(begin, end)
            whose = slice(None) if piece.complete else there
            self.value[here], self.row[here] = piece.value[there], piece.row[whose]
            self.passed[here] = -1 if piece.passed is None else piece.passed[there]
            if self.rank is not None and piece.rank is not None:
                self.rank[here] = piece.rank[whose]
            at += end - begin
        _judge(kind, self.value[since:at], self.passed[since:at])
        row = self.row[since:at]
        return bool((row[1:] >= row[:-1]).all())

    def pick(self, rows: Index) -> Columns:
        """Some of the rows."""
        return Columns(self.value[rows], self.passed[rows], self.row[rows], None)


def _cleaned(found: Columns, kinds: Sequence[Kind], first: Index) -> tuple[Columns, Index]:
    """Without what a later batch replaced; within a test in order of time."""
    test = np.repeat(np.arange(len(kinds)), np.diff(first))
    order = np.lexsort((found.row, test)) if found.rank is None else _latest(kinds, test, found.row, found.rank)
    return found.pick(order), np.searchsorted(test[order], np.arange(len(kinds) + 1))


def _latest(kinds: Sequence[Kind], test: Index, row: Integers, rank: Index) -> Index:
    """The order by test and time; where a later batch spoke of the same unit, moment and test, only what it said."""
    name = np.unique([k[0] for k in kinds], return_inverse=True)[1][test]
    order = np.lexsort((rank, name, row))
    key = row[order].astype(np.int64) * (int(name.max(initial=0)) + 1) + name[order]
    last = np.append(np.flatnonzero(key[1:] != key[:-1]), len(key) - 1)
    newest = np.repeat(rank[order][last], np.diff(np.append(-1, last))) if len(key) else rank
    kept = np.sort(order[rank[order] == newest])
    return np.asarray(kept[np.lexsort((row[kept], test[kept]))])


def _judge(kind: Kind, value: Numbers, passed: Verdicts) -> None:
    """Where nobody said whether a value of a test passed, its limits do."""
    low, high = kind[-2:]
    open_ = passed < 0
    if (low is None and high is None) or not open_.any():
        return
    outside = np.zeros(len(value), np.bool_) if low is None else value < low
    if high is not None:
        outside |= value > high
    np.copyto(passed, ~outside, where=open_ & ~np.isnan(value), casting="unsafe")
