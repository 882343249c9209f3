"""What OPC UA says, as Andon keeps it: a number, a text, or both; and whole messages as rows by address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from ..link import MOMENT, ROWS
from .addresses import Step, reached
from .decode import EXACT, Columns
from .wire import Body

BAD_ENCODING_UNSUPPORTED = 0x80390000
BAD_INDEX_RANGE_NO_DATA = 0x80370000
GOOD = 0
Told = tuple[float | None, str | None, int]
"""A number, a text, and the quality that the way to it has."""


@dataclass(slots=True)
class Plan:
    """Which addresses each monitored item feeds, the item being known by its handle.

    Attributes
    ----------
    addresses
        As plant.toml writes them.
    plain
        By handle: the address that its whole value is for, -1 where there is none.
    inside
        By handle: the addresses (by place) of what is inside its value, and where.
    """

    addresses: tuple[str, ...]
    plain: NDArray[np.int64]
    inside: Mapping[int, Sequence[tuple[int, tuple[Step, ...]]]]
    names: pa.Array[pa.Scalar[pa.DataType]] = field(init=False)

    def __post_init__(self) -> None:
        self.names = pa.array(self.addresses, pa.string())


def rows(columns: Columns, plan: Plan) -> pa.Table:
    """The rows that a message is, columns as `link.ROWS` has them.

    What is no double (`columns.other`) becomes text; what lies inside a value is taken out of it.
    """
    code = plan.plain[columns.handle]
    whole = np.flatnonzero(code >= 0)
    texts: list[str | None] = [None] * len(columns)
    value, quality = columns.value.copy(), columns.quality.copy()
    for row, other in columns.other.items():
        if code[row] >= 0 and quality[row] >> 30 < 2:
            number, texts[row], worse = told(other)
            value[row] = np.nan if number is None else number
            quality[row] = worse or quality[row]
    spoken = pa.array(texts, pa.string()) if columns.other else pa.nulls(len(columns), pa.string())
    value[quality >> 30 >= 2] = np.nan
    parts = [_table(plan, code[whole], columns.at[whole], (value[whole], spoken.take(whole), quality[whole]))]
    if plan.inside:
        parts.append(_inner(columns, plan))
    return pa.concat_tables(parts)


def told(value: object) -> Told:
    """A value as a number or a text; an array or a structure as JSON.

    >>> told(True), told("x"), told([1, 2.5])
    ((1.0, None, 0), (None, 'x', 0), (None, '[1,2.5]', 0))
    >>> told(2**60)
    (1.152921504606847e+18, '1152921504606846976', 0)
    """
    if value is None or isinstance(value, str):
        return None, value, GOOD
    if isinstance(value, bool | float):
        return (None if value != value else float(value)), None, GOOD
    if isinstance(value, int):
        return float(value), str(value) if abs(value) > EXACT else None, GOOD
    if isinstance(value, Body):
        return None, None, BAD_ENCODING_UNSUPPORTED
    return None, orjson.dumps(value, default=_undone, option=orjson.OPT_PASSTHROUGH_DATACLASS).decode(), GOOD


def _undone(value: object) -> object:
    """What a structure of unknown shape is inside an array: nothing."""
    if isinstance(value, Body):
        return None
    raise TypeError(type(value).__name__)


def _inner(columns: Columns, plan: Plan) -> pa.Table:
    """The rows of what lies inside values."""
    found: list[tuple[int, int, float | None, str | None, int]] = []
    for row in np.flatnonzero(np.isin(columns.handle, list(plan.inside))).tolist():
        quality, at = int(columns.quality[row]), int(columns.at[row])
        value = columns.other.get(row)
        for place, path in plan.inside[int(columns.handle[row])]:
            there, inner = reached(value, path)
            number, text, worse = told(inner) if there else (None, None, BAD_INDEX_RANGE_NO_DATA)
            if quality >> 30 >= 2:
                number, text, worse = None, None, quality
            found.append((place, at, number, text, worse or quality))
    return _found(plan, found)


def _found(plan: Plan, found: Iterable[tuple[int, int, float | None, str | None, int]]) -> pa.Table:
    place, at, value, text, quality = zip(*found, strict=True) if (found := list(found)) else ((),) * 5
    said = (np.array(value, np.float64), pa.array(text, pa.string()), np.array(quality, np.uint32))
    return _table(plan, np.array(place, np.int64), np.array(at, np.int64), said)


def single(plan: Plan, place: int, at: int, quality: int) -> pa.Table:
    """One row that says nothing but its quality."""
    return _found(plan, [(place, at, None, None, quality)])


def _table(
    plan: Plan,
    code: NDArray[np.int64],
    at: NDArray[np.int64],
    said: tuple[NDArray[np.float64], pa.Array[pa.Scalar[pa.DataType]], NDArray[np.uint32]],
) -> pa.Table:
    value, text, quality = said
    return pa.table(
        {
            "address": pa.DictionaryArray.from_arrays(pa.array(code.astype(np.int32), pa.int32()), plan.names),
            "at": pa.array(at, pa.int64()).cast(MOMENT),
            "value": pa.array(value, from_pandas=True),
            "text": text,
            "quality": pa.array(quality),
        },
        schema=ROWS,
    )
