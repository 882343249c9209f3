"""Units and measurements of a batch in one form: every unit once, every value with the place of its unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from ...errors import BadInput
from ...model import Batch
from ..admit import MOMENT, fitted, once
from ..arrange import Index
from ..columns import Column, Words, schema, whole

TEXT = pa.dictionary(pa.int32(), pa.string())
WHOSE = {"machine": TEXT, "at": MOMENT, "unit_id": TEXT}
ABOUT = {
    **dict.fromkeys(("step", "lot", "wafer", "product"), TEXT),
    **dict.fromkeys(("x", "y", "site", "hard", "soft"), pa.int32()),
    "passed": pa.bool_(),
    "attempt": pa.int32(),
    "seconds": pa.float64(),
}
"""What may be said of a unit beside whose it is."""
VALUE = {
    "test": TEXT,
    "number": pa.int32(),
    "unit": TEXT,
    "low": pa.float64(),
    "high": pa.float64(),
    "value": pa.float64(),
    "passed": pa.bool_(),
}
UNITS = schema({"place": TEXT, "at": pa.int64(), "unit_id": TEXT, **ABOUT, "facts": TEXT})
VALUES = schema({"row": pa.int64(), **VALUE})
KEY = ("place", "at", "unit_id", "step", "lot", "wafer", "x", "y", "site")
"""What tells one test of a unit from every other: who says the same of all these speaks of the same one."""
KIND = ("test", "step", "number", "unit", "low", "high")
"""What tells the values of one test from those of others."""


@dataclass(frozen=True, slots=True)
class Formed:
    """Units in order of time (columns `UNITS`), and values (columns `VALUES`): `row` is the place of a value's unit."""

    units: pa.Table
    values: pa.Table
    count: int
    """How many rows the batch had."""


def form(batch: Batch) -> Formed | None:
    """The units and measurements of a batch; None where it has none.

    Raises
    ------
    BadInput
        A column is missing, is there twice or has a type that cannot be stored, or a value names a unit that is not
        there.
    """
    where = f"batch {batch.number} of {batch.source!r}"
    units, found = batch.units, batch.measurements
    if units is None and found is None:
        return None
    for name, table in (("units", units), ("measurements", found)):
        once([] if table is None else table.column_names, f"{name} of {where}")
    if found is not None and "row" not in found.column_names:
        if units is not None:
            raise BadInput(f"measurements of {where}: no column says which unit each is of: add 'row'.")
        return _flat(found, f"measurements of {where}")
    if units is None:
        raise BadInput(f"measurements of {where}: column 'row' names units, and the batch has no table of units.")
    told = _units(units, f"units of {where}")
    count = units.num_rows if found is None else found.num_rows
    return _ordered(told, _values(found, told.num_rows, f"measurements of {where}"), count)


def keyed(columns: Sequence[Column]) -> tuple[Index, int]:
    """One number, from 0, for each different row of some columns; and how many there are.

    >>> keyed([pa.array(["a", "a", "b"]), pa.array([1.0, None, 1.0])])
    (array([0, 1, 2]), 3)
    """
    first, *others = columns
    code, count = _codes(first)
    for column in others:
        more, kinds = _codes(column)
        seen = np.zeros(count, np.int64)
        seen[code[::-1]] = more[::-1]
        if kinds > 1 and not (seen[code] == more).all():
            known, code = np.unique(code * kinds + more, return_inverse=True)
            count = len(known)
    return code, count


def _codes(column: Column) -> tuple[Index, int]:
    coded = words(column)
    count = len(coded.dictionary)
    if not coded.indices.null_count:
        return coded.indices.to_numpy().astype(np.int64), count
    return coded.indices.fill_null(count).to_numpy().astype(np.int64), count + 1


def words(column: Column) -> Words:
    """A column as numbers of its different values, one dictionary for all of it."""
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(column)
    one = whole(column.unify_dictionaries() if isinstance(column, pa.ChunkedArray) else column)
    if not len(one) and not isinstance(one, pa.DictionaryArray):
        return pa.DictionaryArray.from_arrays(pa.array([], pa.int32()), pa.array([], pa.string()))
    assert isinstance(one, pa.DictionaryArray)
    return one


def _units(given: pa.Table, where: str) -> pa.Table:
    """A batch's table of units with the columns `UNITS`."""
    known = {**WHOSE, **ABOUT}
    facts = [n for n in given.column_names if n not in known]
    table = fitted(given.select([n for n in given.column_names if n in known]), schema(known), where)
    columns: dict[str, Column] = {n: table[n] for n in table.column_names}
    columns |= {"place": table["machine"], "at": table["at"].cast(pa.int64())}
    columns["facts"] = _facts(given, facts, where)
    return pa.table([_told(columns[f.name]) for f in UNITS], schema=UNITS)


def _told(column: Column) -> Column:
    """A column of texts with one dictionary and none missing; another as it is."""
    return _said(column) if column.type == TEXT else column


def _said(column: Column, empty: str = "") -> Words:
    return words(_filled(column, empty))


def _filled(column: Column, empty: str | int) -> Column:
    """A column with something else where there is nothing."""
    if not column.null_count:
        return column
    filled: Column = pc.fill_null(column, pa.scalar(empty, column.type if isinstance(empty, int) else pa.string()))  # type: ignore[assignment]  # the stubs know a scalar only
    return filled


def _facts(given: pa.Table, names: Sequence[str], where: str) -> Column:
    """Other texts that were said of units as one text of JSON each; equal ones are one."""
    if not names or not given.num_rows:
        return pa.array(["{}"] * given.num_rows)
    try:
        columns = [_said(given[n].cast(TEXT)) for n in names]
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise BadInput(f"{where}: {', '.join(names)} are facts of units, and a fact is a text: {error}") from None
    code, count = keyed(columns)
    first = np.zeros(count, np.int64)
    first[code[::-1]] = np.arange(len(code))[::-1]
    rows = zip(*(np.array(c.dictionary.to_pylist(), object)[c.indices.to_numpy()[first]] for c in columns), strict=True)
    said = [orjson.dumps({n: v for n, v in zip(names, row, strict=True) if v}).decode() for row in rows]
    return pa.DictionaryArray.from_arrays(pa.array(code, pa.int32()), pa.array(said, pa.string()))


def _values(found: pa.Table | None, units: int, where: str) -> pa.Table:
    if found is None:
        return VALUES.empty_table()
    table: pa.Table = fitted(found, schema({"row": pa.int64(), **VALUE}), where)
    row = whole(table["row"]).to_numpy()
    if len(row) and not (row.min() >= 0 and row.max() < units):
        raise BadInput(f"{where}: a 'row' is {row.min()} or {row.max()}; the batch has the units 0 to {units - 1}.")
    return _typed(table)


def _typed(table: pa.Table) -> pa.Table:
    number = _filled(table["number"], -1)
    filled: dict[str, Column] = {"number": number, "unit": _said(table["unit"], "1"), "test": _said(table["test"])}
    return pa.table([filled.get(f.name, table[f.name]) for f in VALUES], schema=VALUES)


def _flat(found: pa.Table, where: str) -> Formed:
    """Measurements with their units beside them: each different unit becomes one, as its last row says it."""
    own = [n for n in found.column_names if n in VALUE]
    units = _units(found.select([n for n in found.column_names if n not in VALUE]), where)
    code, count = keyed([units[name] for name in KEY])
    last = np.zeros(count, np.int64)
    last[code] = np.arange(len(code))
    values = fitted(found.select(own), schema(VALUE), where)
    again = keyed([pa.array(code), words(values["test"])])[0] if len(code) else code
    kept = np.sort(len(again) - 1 - np.unique(again[::-1], return_index=True)[1])
    values = _typed(values.add_column(0, "row", pa.array(code)).take(kept))
    return _ordered(units.take(last), values, found.num_rows)


def _ordered(units: pa.Table, values: pa.Table, count: int) -> Formed:
    """The units in order of time."""
    at = units["at"].to_numpy()
    if len(at) < 2 or (at[1:] >= at[:-1]).all():
        return Formed(units, values, count)
    order = np.argsort(at, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    row = pa.array(place[values["row"].to_numpy()])
    return Formed(units.take(order), values.set_column(0, "row", row), count)
