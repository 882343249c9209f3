"""Units and measurements to disk: few into the hot tier, many at once into sealed files, before their receipt."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from ...model import Times
from ..arrange import Index, stretches
from ..hot import Connection, Store, snapshot, table, transaction
from ..segment import DAY, File, row_groups, store_file
from .form import KEY, KIND, UNITS, Formed, keyed, words
from .seen import filled

BULK = 100_000
"""From this many rows on a batch becomes sealed files at once; the hot tier is sealed when it holds as many."""
MOST = 2_000_000
"""Most values of a sealed file, unless one batch brought more."""
GROUP = 32_768
"""Most values in a row group of several tests: what is read for one test."""
LEVEL = 3
TESTS = "andon.tests"
"""Under this key a file of measurements says which values are of which test: a list, in order, of KIND, how many there
are, whether they are of all units of the block, one of each in its order, and how many of them failed."""
MOMENT = pa.timestamp("us", "UTC")
PLAIN = {"tested", "value", "seconds", "at", "seq"}


@dataclass(frozen=True, slots=True)
class Blocks:
    """Two sealed files that belong together (the second only where there are values), and whose units they hold."""

    number: int
    units: File
    measurements: File | None
    lo: int
    hi: int
    places: list[tuple[str, int, int, int, int]]
    """Place, rows, first and last moment, highest receipt number."""


def bulky(formed: Formed) -> bool:
    """Big enough for sealed files of its own."""
    return formed.values.num_rows + formed.units.num_rows >= BULK


def insert(db: Connection, formed: Formed, first: int, seq: int) -> None:
    """Put units, numbered from `first` on, and their values into the hot tier."""
    units = _numbered(formed, first, seq)
    db.register("arrived", units)
    db.execute("INSERT INTO units BY NAME SELECT * FROM arrived")
    db.unregister("arrived")
    if formed.values.num_rows:
        db.register("arrived", _of(formed, units))
        db.execute("INSERT INTO measurements BY NAME SELECT * FROM arrived")
        db.unregister("arrived")


def write_blocks(store: Store, formed: Formed, first: int, seq: int) -> Blocks:
    """A batch as sealed files: on disk when this returns, part of the history once they are entered."""
    units = _numbered(formed, first, seq)
    return write_pair(store, units, _of(formed, units))


def enter(db: Connection, blocks: Blocks) -> None:
    """Make written files part of the history: from the commit on they count."""
    for kind, file in (("units", blocks.units), ("measurements", blocks.measurements)):
        if file is not None:
            db.execute(
                "INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [blocks.number, kind, file.path, file.rows, blocks.lo, blocks.hi, file.size, file.digest],
            )
    for place, rows, lo, hi, seq in blocks.places:
        db.execute("INSERT INTO tested VALUES (?, ?, ?, ?, ?, ?)", [blocks.number, place, rows, lo, hi, seq])


def seal(store: Store, before: int, seq: int, least: int) -> int:
    """Move what the hot tier holds from before a moment to sealed files, if it is `least` rows; how many were."""
    params = [before, seq]
    with snapshot(store) as db:
        units = table(db, 'SELECT * FROM units WHERE units."at" < ? AND seq <= ? ORDER BY "at", tested', params)
        values = table(
            db,
            'SELECT m.* FROM measurements m JOIN units u USING (tested) WHERE u."at" < ? AND u.seq <= ? '
            'ORDER BY u."at", tested',
            params,
        )
    count = units.num_rows + values.num_rows
    if not units.num_rows or count < least:
        return 0
    blocks = [write_pair(store, *part) for part in _parts(*_last_said(units, values))]
    with store.writing:
        with transaction(store) as db:
            for block in blocks:
                enter(db, block)
            db.execute(
                'DELETE FROM measurements WHERE tested IN (SELECT tested FROM units WHERE units."at" < ? AND seq <= ?)',
                params,
            )
            db.execute('DELETE FROM units WHERE units."at" < ? AND seq <= ?', params)
        store.measured -= count
    return count


def _numbered(formed: Formed, first: int, seq: int) -> pa.Table:
    count = formed.units.num_rows
    units = formed.units.add_column(0, "tested", pa.array(np.arange(first, first + count)))
    return units.append_column("seq", pa.array(np.full(count, seq)))


def _of(formed: Formed, units: pa.Table) -> pa.Table:
    """The values with the numbers and steps of their units instead of their places."""
    row = formed.values["row"]
    values = formed.values.set_column(0, "tested", units["tested"].take(row))
    return values.add_column(2, "step", units["step"].take(row))


def _last_said(units: pa.Table, values: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Of what several batches said of the same test of a unit, what the last of them said; units in order of time."""
    code, count = keyed([units[name] for name in KEY])
    if count == units.num_rows:
        return units, values
    seq, owner = units["seq"].to_numpy(), owners(units, values)
    test, kinds = keyed([values["test"]]) if values.num_rows else (owner, 1)
    of = code[owner] * kinds + test
    newest, again = np.unique(of, return_inverse=True)
    last = np.zeros(len(newest), np.int64)
    np.maximum.at(last, again, seq[owner])
    kept = last[again] == seq[owner]
    said = np.zeros(count, np.int64)
    np.maximum.at(said, code, seq)
    needed = said[code] == seq
    needed[owner[kept]] = True
    return units.filter(pa.array(needed)), values.filter(pa.array(kept))


def owners(units: pa.Table, values: pa.Table) -> Index:
    """The row of the unit that each value is of."""
    tested = units["tested"].to_numpy()
    order = np.argsort(tested)
    return np.asarray(order[np.searchsorted(tested, values["tested"].to_numpy(), sorter=order)])


def _parts(units: pa.Table, values: pa.Table) -> list[tuple[pa.Table, pa.Table]]:
    """Units in order of time with their values, cut so that no file gets too large."""
    place = owners(units, values)
    each = np.bincount(place, minlength=units.num_rows) + 1
    part = (np.cumsum(each) - 1) // MOST
    return [
        (units.filter(pa.array(part == p)), values.filter(pa.array(part[place] == p))) for p in np.unique(part).tolist()
    ]


def write_pair(store: Store, units: pa.Table, values: pa.Table) -> Blocks:
    """Units in order of time and their values as two sealed files; part of the history once they are entered."""
    with store.writing:
        store.segment += 1
        number = store.segment
    units = units.cast(pa.schema([pa.field("tested", pa.int64()), *UNITS, pa.field("seq", pa.int64())]))
    at, seq = units["at"].to_numpy(), units["seq"].to_numpy()
    day = np.datetime64(int(at[0] // DAY), "D")
    file = _parquet(units.set_column(2, "at", units["at"].cast(MOMENT)), np.array([0, units.num_rows]), None)
    found = None
    if values.num_rows:
        ordered, edges, tests = by_test(values)
        found = store_file(
            store.folder,
            f"measurements/day={day}/{number:08d}.parquet",
            _parquet(ordered, edges, _index(ordered, edges, tests, units["tested"].to_numpy())),
            len(values),
        )
    kept = store_file(store.folder, f"units/day={day}/{number:08d}.parquet", file, len(units))
    code, count = keyed([units["place"]])
    names = words(units["place"]).dictionary.to_pylist()
    whose = [np.flatnonzero(code == c) for c in range(count)]
    places = [
        (str(names[c]), len(r), int(at[r].min()), int(at[r].max()), int(seq[r].max()))
        for c, r in enumerate(whose)
        if len(r)
    ]
    return Blocks(number, kept, found, int(at.min()), int(at.max()), places)


def by_test(values: pa.Table) -> tuple[pa.Table, Index, list[list[object]]]:
    """Values put in order of their kind (the first met first), then of their unit.

    Returns
    -------
    values, edges, tests
        The values; where each kind's begin, and at last where they end; each kind as `KIND`.
    """
    code, count = keyed([values[name] for name in KIND])
    tested = values["tested"].to_numpy()
    small = code.astype(np.uint16) if count <= 1 << 16 else code
    in_order = len(tested) < 2 or bool((tested[1:] >= tested[:-1]).all())
    order = np.argsort(small, kind="stable") if in_order else np.lexsort((tested, code))
    values = values.take(order)
    edges = stretches(code[order].astype(np.int32))
    heads = values.select(list(KIND)).take(edges[:-1])
    rows = zip(*(heads[name].to_pylist() for name in KIND), strict=True)
    return values, edges, [list(row) for row in rows]


def _index(values: pa.Table, edges: Index, tests: list[list[object]], units: Times) -> list[list[object]]:
    tested, failed = values["tested"].to_numpy(), np.add.reduceat(_failed(values), edges[:-1]).tolist()
    return [
        [*kind, end - begin, bool(end - begin == len(units) and (tested[begin:end] == units).all()), bad]
        for kind, (begin, end), bad in zip(tests, pairwise(edges.tolist()), failed, strict=True)
    ]


def _failed(values: pa.Table) -> Index:
    """1 for each value that failed: as was said, else by its limits."""
    value, low, high = (filled(values[name], np.nan) for name in ("value", "low", "high"))
    passed = filled(values["passed"].cast(pa.int8()), -1)
    return np.asarray((passed == 0) | (passed < 0) & ((value < low) | (value > high)), np.int64)


def _parquet(rows: pa.Table, edges: Index, index: list[list[object]] | None) -> pa.Buffer:
    """The bytes of a file whose runs begin at `edges`, with its index."""
    sink = pa.BufferOutputStream()
    names = rows.column_names
    encoding = {
        n: "BYTE_STREAM_SPLIT" if n in ("value", "seconds") else "DELTA_BINARY_PACKED" for n in names if n in PLAIN
    }
    texts = [n for n in names if n not in PLAIN and rows.schema.field(n).type != pa.bool_()]
    with pq.ParquetWriter(
        sink,
        rows.schema,
        compression="zstd",
        compression_level=LEVEL,
        store_schema=False,
        use_dictionary=texts,  # type: ignore[arg-type]  # stubs lack lists
        column_encoding=encoding,
    ) as writer:
        for begin, end in row_groups(edges, GROUP):
            writer.write_table(rows.slice(begin, end - begin), row_group_size=max(end - begin, 1))
        if index is not None:
            writer.add_key_value_metadata({TESTS: orjson.dumps(index).decode()})
    return sink.getvalue()
