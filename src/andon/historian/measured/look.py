"""Units and measurements out of both tiers: of values only those of the tests that are asked for are decoded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from ...cores import on_cores
from ...model import Measurements, Numbers, Test, Units, Window
from ...model.measured import Integers, Verdicts
from ..arrange import Index
from ..hot import Store, snapshot, table
from .pieces import Kind, Piece, Sealed, hot_piece, sealed
from .seen import Seen, see

HOT_VALUES = """
SELECT m.* FROM measurements m JOIN units u USING (tested) WHERE place = $1 AND u."at" < $2 AND u."at" >= $3
    AND ($4 IS NULL OR test IN (SELECT unnest($4))) ORDER BY u."at", tested
"""


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
    return together(seen, [sealed(store, path, seen, n, wanted) for n, path in mine], hot)


def in_order(kinds: Iterable[Kind]) -> list[Kind]:
    """By the tester's number, where it has given one, then by name."""
    return sorted(kinds, key=lambda k: (k[2] < 0, k[2], k[0], k[1], k[3], str(k[4]), str(k[5])))


def together(seen: Seen, files: Sequence[Sealed], hot: pa.Table) -> Measurements:
    """Values of all sources by test, in order of time; all judged."""
    even = bool(files) and not hot.num_rows and not seen.doubled
    if even and all(f.complete and f.kinds == files[0].kinds for f in files):
        kinds, first, found = _even(files)
    else:
        pieces = on_cores(Sealed.piece, files)
        kinds, first, found = _uneven(seen, [*pieces, *([hot_piece(hot, seen)] if hot.num_rows else [])])
    full = np.flatnonzero(np.diff(first))
    tests = tuple(Test(n, u, low, high, number, s) for n, s, number, u, low, high in (kinds[j] for j in full.tolist()))
    first = np.append(first[full], first[-1]).astype(np.int64)
    return Measurements(seen.units.window, seen.units, tests, first, found.row, found.value, found.passed)


def _even(files: Sequence[Sealed]) -> tuple[list[Kind], Index, Columns]:
    """Of files that have the same tests, a value of each unit: a table with a row a test, filled file by file."""
    told = files[0].kinds
    kinds, at = in_order(told), {k: j for j, k in enumerate(told)}
    order = slice(None) if kinds == told else [at[k] for k in kinds]
    units = np.sort(np.concatenate([f.units for f in files]))
    shape = len(kinds), len(units)
    value, passed, row = np.empty(shape), np.empty(shape, np.int8), np.empty(shape, np.int32)
    low, high = np.array([[_limit(k[4])] for k in kinds]), np.array([[_limit(k[5])] for k in kinds])
    row[:] = units

    def fill(file: Sealed) -> None:
        piece = file.piece()
        place = np.searchsorted(units, piece.row)
        here = slice(place[0], place[-1] + 1) if (np.diff(place) == 1).all() else place
        given = piece.value.reshape(len(kinds), -1)[order]
        said = None if piece.passed is None else piece.passed.reshape(given.shape)[order]
        value[:, here], passed[:, here] = given, _judged(low, high, given, said)

    on_cores(fill, files)
    return kinds, np.arange(len(kinds) + 1) * len(units), Columns(value.ravel(), passed.ravel(), row.ravel(), None)


def _uneven(seen: Seen, pieces: Sequence[Piece]) -> tuple[list[Kind], Index, Columns]:
    """Of any sources, test by test."""
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
    filling = [found.fill(k, places[k], at) for k, at in zip(kinds, first.tolist(), strict=False)]
    if seen.doubled or not all(filling):
        found, first = _cleaned(found, kinds, first)
    return kinds, first, found


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
        here = slice(since, at)
        self.passed[here] = _judged(_limit(kind[4]), _limit(kind[5]), self.value[here], self.passed[here])
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


def _limit(told: float | None) -> float:
    return np.nan if told is None else told


def _judged(low: Numbers | float, high: Numbers | float, value: Numbers, said: Verdicts | None) -> Verdicts:
    """Where nobody said whether a value of a test passed, its limits do (NaN: there is none)."""
    outside = value < low
    outside |= value > high
    told = np.logical_not(outside, out=outside).view(np.int8)
    np.copyto(told, np.int8(-1), where=np.isnan(value))
    np.copyto(told, np.int8(-1), where=np.isnan(low) & np.isnan(high))
    if said is not None:
        np.copyto(told, said, where=said >= 0)
    return told
