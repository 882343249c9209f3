"""What may come in: columns and types of a batch, and which of its samples are refused, with the reason."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import BadInput
from ..model import Batch, moment
from ..units import HOUR
from .arrange import COLUMNS
from .columns import Column, Words, numbers, schema, whole

AHEAD = 24 * HOUR
"""A sample stamped further ahead of the clock than this comes from a wrong clock."""
EXACT = 2**53
NAMED = 20
"""How many refused samples a receipt names one by one; the quarantine has all of them."""
MOMENT = pa.timestamp("us", "UTC")
WAVEFORMS = schema({"signal": pa.string(), "at": MOMENT, "rate": pa.float64(), "block": pa.list_(pa.float64())})
SPELLS = schema(
    {
        "kind": pa.string(),
        "place": pa.string(),
        "since": MOMENT,
        "until": MOMENT,
        "text": pa.string(),
        "detail": pa.string(),
    }
)
NEEDED = frozenset({"machine", "signal", "at", "rate", "block", "kind", "place", "since", "until"}) | {
    "unit_id",
    "row",
    "test",
}
"""The columns of which each row needs a value."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """The samples of a batch: `rows` may be stored (`signal` is a place in `paths`), `refused` may not.

    `refused` has columns signal, at, value, text, quality, reason.
    """

    paths: list[str]
    rows: pa.Table
    refused: pa.Table

    def told(self) -> tuple[str, ...]:
        """The refused samples in words."""
        rows = self.refused.slice(0, NAMED).to_pylist()
        words = [f"{r['signal'] or 'a sample without signal'}: {r['reason']}" for r in rows]
        more = self.refused.num_rows - len(rows)
        return (*words, f"and {more} more (all are in the quarantine)") if more else tuple(words)


def admit(batch: Batch, now: int) -> Admitted:
    """Bring a batch's samples into the store's types and set aside those with an impossible moment or no signal."""
    given = batch.samples if batch.samples is not None else COLUMNS.empty_table()
    where = f"batch {batch.number} of {batch.source!r}"
    _check_columns(given.column_names, ("signal", "at"), COLUMNS.names, where)
    signal = _dictionary(given["signal"], where)
    value, text = _number(given, where)
    rows = pa.table(
        {
            "signal": pc.cast(signal.indices, pa.int32()),
            "at": moments(given["at"], where),
            "value": value,
            "text": text,
            "quality": _quality(given, where),
        }
    )
    paths = [str(p) for p in signal.dictionary.to_pylist()]
    reason = _reasons(rows, paths, now)
    if reason is None:
        return Admitted(paths, rows, _refused(rows.slice(0, 0), paths, []))
    out = np.array([r is not None for r in reason], dtype=np.bool_)
    return Admitted(
        paths,
        rows.filter(pa.array(~out)),
        _refused(rows.filter(pa.array(out)), paths, [r for r in reason if r is not None]),
    )


def fitted(table: pa.Table, form: pa.Schema, where: str) -> pa.Table:
    """A table of spells, waveforms, units or measurements with the columns and types of `form`."""
    required = [n for n in form.names if n in NEEDED]
    _check_columns(table.column_names, required, form.names, where)
    columns: list[Column] = []
    for kind in form:
        if kind.name not in table.column_names:
            columns.append(pa.nulls(table.num_rows, kind.type))
        elif pa.types.is_timestamp(kind.type):
            columns.append(pc.cast(moments(table[kind.name], where), kind.type))
        else:
            columns.append(_cast(table[kind.name], kind.type, f"{where}, column {kind.name!r}"))
        if kind.name in required and columns[-1].null_count:
            raise BadInput(f"{where}: column {kind.name!r} has rows without a value; each row needs one.")
    return pa.Table.from_arrays(columns, schema=form)


def moments(column: Column, where: str) -> Column:
    """Microseconds since 1970 of a column of aware timestamps (or of such integers)."""
    kind = column.type
    if pa.types.is_timestamp(kind) and kind.tz is None:
        raise BadInput(
            f"{where}: the time column has no time zone. Convert it to UTC, for example with "
            "`cast(pa.timestamp('us', 'UTC'))` if its figures are UTC."
        )
    if not pa.types.is_timestamp(kind) and not pa.types.is_integer(kind):
        raise BadInput(f"{where}: the time column is {kind}; it must be timestamp[us, UTC].")
    if pa.types.is_timestamp(kind):
        column = pc.cast(column, MOMENT, safe=False)  # finer than microseconds is cut
    return _cast(column, pa.int64(), where)


def once(given: list[str], where: str) -> None:
    """Refuse a table that has a column twice."""
    twice = [f"column {c!r} is there {given.count(c)} times" for c in dict.fromkeys(given) if given.count(c) > 1]
    if twice:
        raise BadInput(f"{where}: {'; '.join(twice)}.")


def _check_columns(given: list[str], required: tuple[str, ...] | list[str], known: list[str], where: str) -> None:
    once(given, where)
    wrong = [f"unknown column {c!r}" for c in sorted(set(given) - set(known))]
    wrong += [f"column {c!r} is missing" for c in required if c not in given]
    if wrong:
        raise BadInput(f"{where}: {'; '.join(wrong)}. The columns are {', '.join(known)}.")


def _cast(column: Column, kind: pa.DataType, where: str) -> Column:
    try:
        if pa.types.is_dictionary(kind) and not pa.types.is_dictionary(column.type):
            column = pc.cast(column, kind.value_type)
        return whole(column if column.type == kind else pc.cast(column, kind))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise BadInput(f"{where}: {column.type} cannot be stored as {kind}: {error}") from error


def _dictionary(column: Column, where: str) -> Words:
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(_cast(column, pa.string(), where))
    one = whole(column.unify_dictionaries() if isinstance(column, pa.ChunkedArray) else column)
    assert isinstance(one, pa.DictionaryArray)
    if not pa.types.is_string(one.dictionary.type):
        one = pa.DictionaryArray.from_arrays(one.indices, pc.cast(one.dictionary, pa.string()))
    return one


def _number(given: pa.Table, where: str) -> tuple[Column, Column]:
    """Value and text columns; an integer that a double cannot hold puts its digits into the text."""
    count = given.num_rows
    text = (
        _cast(given["text"], pa.string(), f"{where}, column 'text'")
        if "text" in given.column_names
        else pa.nulls(count, pa.string())
    )
    if "value" not in given.column_names:
        return pa.nulls(count, pa.float64()), text
    value = given["value"]
    if not pa.types.is_integer(value.type):
        kind = pa.uint8() if pa.types.is_boolean(value.type) else value.type
        return _cast(pc.cast(value, kind), pa.float64(), f"{where}, column 'value'"), text
    digits = pc.cast(value, pa.string())
    rough = pc.cast(value, pa.float64(), safe=False)
    large = np.abs(rough.to_numpy(zero_copy_only=False) if isinstance(rough, pa.Array) else rough.to_numpy()) >= EXACT
    if large.any():
        text = pc.if_else(pa.array(large), whole(digits), text)
    return whole(rough), text


def _quality(given: pa.Table, where: str) -> Column:
    if "quality" not in given.column_names:
        return pa.array(np.zeros(given.num_rows, dtype=np.uint32))
    code = _cast(given["quality"], pa.uint32(), f"{where}, column 'quality'")
    said, known = numbers(code)
    return whole(code) if known.all() else pa.array(said.astype(np.uint32))


def _reasons(rows: pa.Table, paths: list[str], now: int) -> list[str | None] | None:
    """Why each row is refused (None: it is not), or None when all may be stored."""
    at, signal = rows["at"], rows["signal"]
    nameless = {i for i, p in enumerate(paths) if not p.strip()}
    span = pc.min_max(at)
    fine = not (at.null_count or signal.null_count or nameless)
    if fine and (not rows.num_rows or (span["min"].as_py() >= 0 and span["max"].as_py() <= now + AHEAD)):
        return None
    why = _refusal(nameless, now)
    return [why(s, a) for s, a in zip(signal.to_pylist(), at.to_pylist(), strict=True)]


def _refusal(nameless: set[int], now: int) -> Callable[[int | None, int | None], str | None]:
    def why(signal: int | None, at: int | None) -> str | None:
        if signal is None or signal in nameless:
            return "no signal is named"
        if at is None:
            return "no moment is given"
        if at < 0:
            return "the moment lies before 1970; check the clock of the source"
        if at > now + AHEAD:
            return (
                f"stamped {_said(at)}, more than a day ahead of this computer's clock ({_said(now)}); check both clocks"
            )
        return None

    return why


def _refused(rows: pa.Table, paths: list[str], reasons: list[str]) -> pa.Table:
    names = [None if s is None else paths[s] for s in rows["signal"].to_pylist()]
    return rows.set_column(0, "signal", pa.array(names, pa.string())).append_column(
        "reason", pa.array(reasons, pa.string())
    )


def _said(at: int) -> str:
    try:
        return f"{moment(at):%Y-%m-%d %H:%M} UTC"
    except OverflowError:
        return f"{at} microseconds after 1970"
