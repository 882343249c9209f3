"""The values of one source, of a sealed file those of the tests that are asked for only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ...model import Numbers, Times
from ...model.measured import Integers, Verdicts
from ..arrange import Index
from ..hot import Store
from .keep import TESTS, by_test
from .seen import Seen, filled, readable

SPREAD = 64
"""Unit numbers that lie within so many times their count are looked up by place, others by search."""
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


@dataclass(frozen=True, slots=True)
class Sealed:
    """The values of a sealed file that are asked for: those of its kinds `mine`, of the units of `seen`.

    `complete`: there is one of each of those units, in their order, of each kind.
    """

    file: Path
    name: str
    held: Contents
    source: int
    mine: Index
    complete: bool
    seen: Seen

    @property
    def kinds(self) -> list[Kind]:
        return [self.held.kinds[j] for j in self.mine.tolist()]

    @property
    def units(self) -> Integers:
        """The places of its units."""
        return np.asarray(self.seen.row[self.seen.source == self.source])

    def piece(self) -> Piece:
        """Its values; only row groups with a test that is asked for are decoded."""
        held, mine = self.held, self.mine
        since, until = held.edges[mine], held.edges[mine + 1]
        first = np.searchsorted(held.groups, since, side="right") - 1
        mark = np.zeros(len(held.groups) + 1, np.int64)
        np.add.at(mark, first, 1)
        np.add.at(mark, np.searchsorted(held.groups, until), -1)
        groups = np.flatnonzero(np.cumsum(mark)[:-1] > 0)
        columns = ["value", *(["passed"] if held.judged else []), *([] if self.complete else ["tested"])]
        with readable(self.name):
            file = pq.ParquetFile(pa.OSFile(str(self.file), "rb"), metadata=held.footer)
            rows = file.read_row_groups(groups.tolist(), columns=columns, use_threads=False)
        edges = np.concatenate([[0], np.cumsum(until - since)])
        begin = np.zeros(len(held.groups), np.int64)
        begin[groups] = np.concatenate([[0], np.cumsum(np.diff(held.groups)[groups])[:-1]]) if len(groups) else []
        moved = since - held.groups[first] + begin[first]
        if len(mine) < len(held.kinds):
            rows = rows.take(pa.array(np.repeat(moved - edges[:-1], until - since) + np.arange(edges[-1])))
        numbers = filled(rows["value"], np.nan), _verdicts(rows) if held.judged else None
        place = _rows_of(self.seen, self.source, None if self.complete else rows["tested"].to_numpy())
        return Piece(self.kinds, edges, *numbers, *place, self.complete).wanted()


def sealed(store: Store, path: str, seen: Seen, source: int, wanted: Sequence[str] | None = None) -> Sealed:
    """What a sealed file has of the tests that are wanted; None: of all."""
    held = contents(store, path)
    names = None if wanted is None else set(wanted)
    mine = np.array([j for j, kind in enumerate(held.kinds) if names is None or kind[0] in names], np.int64)
    complete = bool(held.whole[mine].all()) and seen.whole[source]
    return Sealed(store.folder / path, path, held, source, mine, complete, seen)


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
