"""Units and measurements as plain rows, as other tools want them: some at a time, in order of time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import orjson
import pyarrow as pa

from ...model import Measurements, Units, Window
from ...model.measured import NO_BIN, NO_SITE, NOWHERE, Integers, Verdicts
from ..arrange import Index
from ..columns import Column, schema
from ..hot import Store, snapshot
from .look import measurements, units

MOMENT = pa.timestamp("us", "UTC")
TYPES: dict[str, pa.DataType] = {
    **dict.fromkeys(("machine", "unit_id", "step", "lot", "wafer", "product", "facts", "test", "unit"), pa.string()),
    **dict.fromkeys(("x", "y", "site", "hard", "soft", "attempt", "number"), pa.int32()),
    **dict.fromkeys(("seconds", "value", "low", "high"), pa.float64()),
    "at": MOMENT,
    "passed": pa.bool_(),
}
UNIT_ROWS = schema(
    {
        name: TYPES[name]
        for name in (
            *("machine", "at", "unit_id", "step", "lot", "wafer", "product", "x", "y", "site"),
            *("hard", "soft", "passed", "attempt", "seconds", "facts"),
        )
    }
)
"""A row each time that a unit was tested; `facts` are the other texts that were said of it, as JSON."""
VALUE_ROWS = schema(
    {
        name: TYPES[name]
        for name in (
            *("machine", "at", "unit_id", "step", "test", "number", "value", "unit", "low", "high", "passed"),
            *("lot", "wafer", "product", "x", "y", "site"),
        )
    }
)
"""A row for each value, with what tells its unit."""
SCHEMAS = {"units": UNIT_ROWS, "measurements": VALUE_ROWS}
SLICE = 200_000
"""Rows of one table at most."""
EMPTY = {"x": NOWHERE, "y": NOWHERE, "site": NO_SITE, "hard": NO_BIN, "soft": NO_BIN}
EDGES = "SELECT DISTINCT lo FROM tested WHERE place = ? AND lo > ? AND lo < ? ORDER BY lo"


def flat(store: Store, kind: str, place: str, window: Window) -> Iterator[pa.Table]:
    """The "units" (`UNIT_ROWS`) or "measurements" (`VALUE_ROWS`) of a machine in a window, as studies read them.

    Units are in order of time; values, too, those of a unit together in the order of their tests.
    `attempt` is counted over the window where nobody said it, as in `Units`.
    """
    if kind == "units":
        yield from _unit_rows(place, units(store, place, window))
        return
    with snapshot(store) as db:
        cuts = [lo for (lo,) in db.execute(EDGES, [place, window.since, window.until]).fetchall()]
    edges = [window.since, *cuts, window.until]
    for since, until in pairwise(edges):
        yield from _value_rows(place, measurements(store, place, Window(since, until)))


def _unit_rows(place: str, found: Units) -> Iterator[pa.Table]:
    for begin in range(0, len(found), SLICE):
        row = np.arange(begin, min(len(found), begin + SLICE))
        said = {name: column[row].tolist() for name, column in found.facts.items()}
        facts = [
            orjson.dumps({n: v for n, v in zip(said, values, strict=True) if v}).decode()
            for values in zip(*said.values(), strict=True)
        ]
        columns: dict[str, Column] = {
            **_whose(place, found, row),
            **{name: _number(getattr(found, name)[row], EMPTY[name]) for name in ("hard", "soft")},
            "passed": _said(found.passed[row]),
            "attempt": pa.array(found.attempt[row]),
            "seconds": pa.array(found.seconds[row], from_pandas=True),
            "facts": pa.array(facts or ["{}"] * len(row)),
        }
        yield pa.table([columns[name] for name in UNIT_ROWS.names], schema=UNIT_ROWS)


def _value_rows(place: str, found: Measurements) -> Iterator[pa.Table]:
    test = np.repeat(np.arange(len(found.tests)), np.diff(found.first))
    order = np.lexsort((test, found.row))
    about = {
        "test": pa.array([t.name for t in found.tests], pa.string()),
        **{
            n: pa.array([getattr(t, n) for t in found.tests], TYPES[n])
            for n in ("step", "unit", "number", "low", "high")
        },
    }
    for begin in range(0, len(order), SLICE):
        rows = order[begin : begin + SLICE]
        tests = {name: column.take(pa.array(test[rows], pa.int64())) for name, column in about.items()}
        columns = _whose(place, found.units, found.row[rows]) | tests
        columns |= {"value": pa.array(found.value[rows], from_pandas=True), "passed": _said(found.passed[rows])}
        yield pa.table([columns[name] for name in VALUE_ROWS.names], schema=VALUE_ROWS)


def _whose(place: str, found: Units, row: Index | Integers) -> dict[str, Column]:
    """What tells the units at some places of the table."""
    texts = {
        "unit_id": found.unit,
        "step": found.step,
        "lot": found.lot,
        "wafer": found.wafer,
        "product": found.product,
    }
    return {
        "machine": pa.array(np.full(len(row), place, object), pa.string()),
        "at": pa.array(found.at[row]).cast(MOMENT),
        **{name: pa.array(column[row], pa.string()) for name, column in texts.items()},
        **{name: _number(getattr(found, name)[row], EMPTY[name]) for name in ("x", "y", "site")},
    }


def _number(column: Integers, empty: int) -> Column:
    return pa.array(column, pa.int32(), mask=column == empty)


def _said(passed: Verdicts) -> Column:
    return pa.array(passed > 0, pa.bool_(), mask=passed < 0)
