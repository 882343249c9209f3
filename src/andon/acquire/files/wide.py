"""Files with a row for each unit and a column for each test, whose limits and units may stand under the header."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from ...model import Numbers
from ..guess.scales import ucum
from .cells import Dialect, Way, read_cells, why_not
from .mapping import FileMapping, Heads, TestColumn
from .rows import Block, Refusal
from .samples import Index, Reading

NUMBER = Way("number")


@dataclass(slots=True)
class Tests:
    """What is known so far of the tests of a file's columns; `begun` once its first rows were read."""

    columns: dict[str, TestColumn]
    heads: Heads | None
    dialect: Dialect
    begun: bool = False

    @classmethod
    def of(cls, mapping: FileMapping) -> Tests:
        return cls(dict(mapping.tests), mapping.heads, Dialect.of(mapping))

    def beheaded(self, block: Block) -> tuple[Block, list[Refusal]]:
        """The block without the rows that speak of tests, and what of these could not be read.

        Only the first rows of a file are searched; what the mapping says of a test counts more than they do.
        """
        if self.heads is None or self.begun or not block.table.num_rows:
            return block, []
        self.begun = True
        words = [str(c).strip() if c is not None else "" for c in block.table[self.heads.column].to_pylist()]
        found = {place: self.heads.words[word] for place, word in enumerate(words) if word in self.heads.words}
        refused: list[Refusal] = []
        for name, column in self.columns.items():
            cells = {what: place for place, what in found.items() if getattr(column, what) in ("", None)}
            said = {w: self._said(block, (name, w, place), refused) for w, place in cells.items()}
            self.columns[name] = replace(column, **{w: v for w, v in said.items() if v not in ("", None)})  # type: ignore[arg-type]  # by name
        kept = np.array([place not in found for place in range(len(words))])
        return replace(block, table=block.table.filter(pa.array(kept)), line=block.line[kept]), refused

    def _said(self, block: Block, cell: tuple[str, str, int], refused: list[Refusal]) -> str | float | None:
        """What one cell under the header says: a unit as UCUM where it is known, else a number or nothing."""
        name, what, place = cell
        given = block.table[name].slice(place, 1)
        text = "" if given[0].as_py() is None else str(given[0].as_py()).strip()
        if what == "unit":
            return "" if text in self.dialect.nulls else ucum(text) or text
        read = read_cells(given, NUMBER, self.dialect)
        if read.bad[0]:
            refused.append(Refusal(int(block.line[place]), name, text, why_not(text, NUMBER, self.dialect)))
        return None if read.bad[0] or read.silent[0] else float(read.value[0])

    def values(self, block: Block, keep: Index, rows: Reading, refused: list[Refusal]) -> pa.Table:
        """The values of the rows `keep`, each with its place among them; an empty cell says nothing.

        A cell that is no number spoils only itself: it is named in `refused`.
        """
        wanted = np.zeros(block.table.num_rows, dtype=np.bool_)
        wanted[keep] = True
        parts = []
        for name, column in self.columns.items():
            read = read_cells(block.table[name], NUMBER, self.dialect)
            bad = wanted & read.bad
            refused += rows.refuse(block, bad, name, lambda cell: why_not(cell, NUMBER, self.dialect))
            row = np.flatnonzero(~(read.bad | read.silent)[keep])
            parts.append(_column(name, column, row, read.value[keep][row]))
        return pa.concat_tables(parts)


def _column(name: str, column: TestColumn, row: Index, value: Numbers) -> pa.Table:
    """The values of one test."""
    said: Mapping[str, tuple[object, pa.DataType]] = {
        "test": (column.test or name, pa.string()),
        "unit": (column.unit or "1", pa.string()),
        "low": (column.low, pa.float64()),
        "high": (column.high, pa.float64()),
        "number": (column.number, pa.int32()),
    }
    same = {n: pa.array([v] * len(row), kind) for n, (v, kind) in said.items()}
    return pa.table({"row": pa.array(row, pa.int64()), **same, "value": pa.array(value, pa.float64())})
