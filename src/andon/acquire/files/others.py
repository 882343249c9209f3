"""Rows that are no samples: planned orders become spells, findings on produced units become measurements."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from ...model import Times
from .bind import LEFT_OUT, LINE_FIELD, LINE_VALUE, REFUSED, Bound
from .cells import Dialect, Mask, Way, read_cells, why_not
from .clock import Clock
from .rows import Block, Refusal
from .samples import Index, Reading, Taken
from .wide import Tests

TEXT, MOMENT, NUMBER = pa.string(), pa.timestamp("us", "UTC"), pa.float64()
SPELL_FIELDS: "list[pa.Field[Any]]" = [
    pa.field("kind", TEXT),
    pa.field("place", TEXT),
    pa.field("since", MOMENT),
    pa.field("until", MOMENT),
    pa.field("text", TEXT),
    pa.field("detail", TEXT),
]
SPELLS = pa.schema(SPELL_FIELDS)
WAYS = {
    "quantity": Way("number"),
    "value": Way("number"),
    "low": Way("number"),
    "high": Way("number"),
    "passed": Way("boolean"),
    "seconds": Way("number"),
    **dict.fromkeys(("x", "y", "site", "hard", "soft", "number"), Way("integer")),
}
NAMES = {"unit": "unit_id", "measure": "unit"}
"""How a batch calls what a mapping calls otherwise."""
PASSED = {
    "pass": "1",
    "passed": "1",
    "ok": "1",
    "p": "1",
    "good": "1",
    "合格": "1",
    "fail": "0",
    "failed": "0",
    "nok": "0",
    "f": "0",
    "bad": "0",
    "ng": "0",
    "不合格": "0",
}


@dataclass(slots=True)
class Others:
    """The reading of one file of orders or measurements."""

    bound: Bound
    rows: Reading
    columns: dict[str, str]
    tests: Tests
    file: str
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def clock(self) -> Clock:
        return self.rows.clock

    def take(self, block: Block) -> Taken:
        """The spells or measurements of one block: a row with one bad cell is refused whole."""
        orders = self.bound.mapping.kind == "orders"
        block, mistakes = self.tests.beheaded(block)
        refused, machine = [*block.refused, *mistakes], self.rows.machines_of(block)
        refused += self.rows.refuse(
            block, machine == REFUSED, self.bound.mapping.machine.column, lambda cell: "names no machine of the plant"
        )
        good = (machine != REFUSED) & (machine != LEFT_OUT)
        moments = ("since", "until") if orders else ("at",)
        times: dict[str, Times] = {}
        for place, name in enumerate(moments):
            times[name], lost = self._moment(block, name, machine + place * (len(self.rows.machines) + 1))
            refused += self.rows.refuse(block, lost & good, self._moment_column(name), self.rows.why_no_time)
            good &= ~lost
        cells = {name: self._cells(block, name, good, refused) for name in self.columns if name not in moments}
        if orders:
            backwards = good & (times["until"] <= times["since"])
            refused += self.rows.refuse(block, backwards, self.columns["until"], lambda cell: "is not after the start")
            good &= ~backwards
        if not orders and "unit" not in cells:
            cells["unit"] = pl.Series([f"{self.file}:{line}" for line in block.line.tolist()], dtype=pl.String)
        keep = np.flatnonzero(good)
        paths = [*self.rows.machines, ""]
        places = [paths[m] for m in machine[keep].tolist()]
        table = _spells(times, cells, keep, places) if orders else _measurements(times["at"], cells, keep, places)
        values = self.tests.values(block, keep, self.rows, refused) if self.tests.columns else None
        return Taken(
            table if table.num_rows else None,
            tuple(sorted(refused, key=lambda r: r.line)),
            block.table.num_rows + len(block.refused),
            values,
        )

    def _moment_column(self, name: str) -> str:
        return self.columns.get(name) or ",".join(self.bound.mapping.time.names)

    def _moment(self, block: Block, name: str, series: Index) -> tuple[Times, Mask]:
        names = [self.columns[name]] if name in self.columns else list(self.bound.mapping.time.names)
        return self.clock.moments(block, names, series)

    def _cells(self, block: Block, name: str, good: Mask, refused: list[Refusal]) -> pl.Series:
        """The cells of one field; rows that cannot be read are struck out of `good`."""
        column, way, dialect = self.columns[name], WAYS.get(name, Way("text")), Dialect.of(self.bound.mapping)
        given = block.table[column]
        if name == "passed" and pa.types.is_string(given.type):
            words = [PASSED.get(str(c).strip().lower(), c) for c in given.to_pylist()]
            given = pa.chunked_array([pa.array(words, type=pa.string())])
        cells = read_cells(given, way, dialect)
        missing = cells.silent if name in ("order", "unit", "test") else np.zeros(len(cells.silent), dtype=np.bool_)
        refused += self.rows.refuse(
            block,
            (cells.bad | missing) & good,
            column,
            lambda cell: why_not(cell, way, dialect) if cell else "is empty",
        )
        good &= ~(cells.bad | missing)
        if way.kind == "text" and cells.text is not None:
            return cells.text.fill_null("")
        return pl.Series(cells.value).fill_nan(None)


def others_of(bound: Bound, path: Path) -> Others:
    """Begin to read a file of orders or measurements."""
    columns = {t.signal: c for c, t in bound.mapping.columns.items()}
    if bound.mapping.format == "lineprotocol":
        columns |= {"test": LINE_FIELD, "value": LINE_VALUE}
    return Others(bound, Reading.of(bound, path), columns, Tests.of(bound.mapping), path.name.partition(".")[0])


def _spells(times: dict[str, Times], cells: dict[str, pl.Series], keep: Index, places: list[str]) -> pa.Table:
    picked = {n: s.gather(keep).to_list() for n, s in cells.items()}
    products, quantities = picked.get("product", [""] * len(keep)), picked.get("quantity", [None] * len(keep))
    detail = [
        json.dumps({"product": p, "quantity": _whole(q)}, ensure_ascii=False)
        for p, q in zip(products, quantities, strict=True)
    ]
    return pa.table(
        {
            "kind": ["planned_order"] * len(keep),
            "place": places,
            "since": pa.array(times["since"][keep]),
            "until": pa.array(times["until"][keep]),
            "text": picked["order"],
            "detail": detail,
        }
    ).cast(SPELLS)


def _whole(number: float | None) -> float | int | None:
    return int(number) if number is not None and number.is_integer() else number


def _measurements(at: Times, cells: dict[str, pl.Series], keep: Index, places: list[str]) -> pa.Table:
    """Rows as a batch has measurements, all that was said of their units beside them."""
    picked = {NAMES.get(n, n): s.gather(keep) for n, s in cells.items()}
    columns: dict[str, object] = {"machine": places, "at": pa.array(at[keep]).cast(MOMENT)}
    for name, series in picked.items():
        way = WAYS.get(name, Way("text"))
        if way.kind == "text":
            columns[name] = pa.array(series.to_list(), TEXT)
        elif way.kind == "number":
            columns[name] = pa.array(series.to_list(), NUMBER)
        else:
            whole = pa.array(series.to_list(), NUMBER).cast(pa.int32())
            columns[name] = whole if way.kind == "integer" else whole.cast(pa.bool_())
    return pa.table(columns)
