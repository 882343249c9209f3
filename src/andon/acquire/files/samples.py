"""A block of rows -> samples: times, machines, signals and cells brought together; what fails is told, not stored."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from ...model import Times
from .bind import LEFT_OUT, REFUSED, Bound, Feed, check_tags, find_tag
from .cells import Cells, Dialect, Mask, Way, read_cells, read_quality, why_not
from .clock import Clock
from .rows import Block, Column, Refusal
from .stamps import read_stamps

Index = NDArray[np.int64]
SCHEMA = pa.schema(
    [
        ("signal", pa.dictionary(pa.int32(), pa.string())),
        ("at", pa.timestamp("us", "UTC")),
        ("value", pa.float64()),
        ("text", pa.string()),
        ("quality", pa.uint32()),
    ]
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one block: a table of rows to store (None: nothing), what was refused, how many rows were read.

    With `values` the rows of the table are units, and these are what was measured on them.
    """

    table: pa.Table | None
    refused: tuple[Refusal, ...]
    rows: int
    values: pa.Table | None = None


@dataclass(slots=True)
class Reading:
    """The reading of one file: what is known of its machines and tags so far, and its clock."""

    bound: Bound
    clock: Clock
    signals: list[str] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    machines: dict[str, int] = field(default_factory=dict)
    tags: dict[tuple[str, str], int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, bound: Bound, path: Path) -> "Reading":
        check_tags(bound)
        clock = Clock.of(bound.mapping.time, bound.zone, path)
        machines = {machine: number for number, machine in enumerate(bound.plant.machines)}
        return cls(bound, clock, [s.path for s in bound.signals], list(bound.ways), machines)

    def take(self, block: Block) -> Taken:
        """The samples of one block."""
        blank = _blank(block, self.bound.mapping.needed())
        mapping, refused = self.bound.mapping, list(block.refused)
        machine = self.machines_of(block)
        series, signal = machine, None
        if mapping.long:
            signal, series = self._tags(block, machine)
        at, lost = self.clock.moments(block, mapping.time.names, series)
        refused += self.refuse(block, lost & ~blank, ",".join(mapping.time.names), self.why_no_time)
        refused += self.refuse(block, (machine == REFUSED) & ~blank, mapping.machine.column, _why_no_machine)
        usable = ~lost & ~blank & (machine != REFUSED) & (machine != LEFT_OUT)
        if signal is not None and mapping.signal is not None:
            refused += self.refuse(block, (signal == REFUSED) & usable, mapping.signal.column, _why_no_signal)
            parts = [self._column(block, mapping.value, signal, at, usable)]
        else:
            parts = [
                self._column(block, f.column, self._numbers(f, machine), at, usable, quality=f.quality)
                for f in self.bound.feeds
            ]
        refused += [r for _, more in parts for r in more]
        rows = block.table.num_rows - int(blank.sum()) + len(block.refused)
        return Taken(self._table([t for t, _ in parts]), tuple(sorted(refused, key=lambda r: r.line)), rows)

    def machines_of(self, block: Block) -> Index:
        """The number of each row's machine, REFUSED or LEFT_OUT."""
        chosen, rows = self.bound.mapping.machine, block.table.num_rows
        if not chosen.column:
            return np.full(rows, self.machines.get(chosen.fixed, len(self.machines)), dtype=np.int64)
        words, index = distinct(block.table[chosen.column])
        codes = np.array([self._machine(w) for w in words], dtype=np.int64)
        return codes[index] if rows else np.zeros(0, dtype=np.int64)

    def _machine(self, word: str) -> int:
        known = self.bound.mapping.machine.map
        path = next((known[w] for w in (word, plain(word)) if w in known), None) if known else word
        if path == "":
            return LEFT_OUT
        return self.machines.get(path, REFUSED) if path is not None else REFUSED

    def _numbers(self, feed: Feed, machine: Index) -> Index:
        if "" in feed.signals:
            return np.full(len(machine), feed.signals[""], dtype=np.int64)
        table = np.full(len(self.machines) + 1, LEFT_OUT, dtype=np.int64)
        for path, number in feed.signals.items():
            table[self.machines[path]] = number
        return np.where(machine >= 0, table[machine], LEFT_OUT)

    def _tags(self, block: Block, machine: Index) -> tuple[Index, Index]:
        """The number of each row's signal in a long file, and what tells its rows apart in time."""
        assert self.bound.mapping.signal is not None
        words, index = distinct(block.table[self.bound.mapping.signal.column])
        pairs = (machine + 2) * (len(words) + 1) + index
        known, back = np.unique(pairs, return_inverse=True)
        paths = ["", "", *self.machines, ""]
        found = [self._tag(paths[pair // (len(words) + 1)], words[pair % (len(words) + 1)]) for pair in known.tolist()]
        numbers = np.array(found, dtype=np.int64)
        for place in np.flatnonzero(numbers == LEFT_OUT).tolist():
            word = words[int(known[place]) % (len(words) + 1)]
            self.left_out[word] = self.left_out.get(word, 0) + int((back == place).sum())
        return (numbers[back], numbers[back]) if len(pairs) else (index, index)

    def _tag(self, machine: str, tag: str) -> int:
        if (machine, tag) not in self.tags:
            found = find_tag(self.bound, machine, tag)
            if isinstance(found, int):
                self.tags[machine, tag] = found
            else:
                self.tags[machine, tag] = len(self.signals)
                self.signals.append(found[0].path)
                self.ways.append(found[1])
        return self.tags[machine, tag]

    def _column(
        self, block: Block, column: str, signal: Index, at: Times, usable: Mask, *, quality: str = ""
    ) -> tuple[list[pa.Table], list[Refusal]]:
        """The samples of one column, a table for each way of reading it."""
        told = self.bound.mapping.quality
        quality = quality or (told.column if told else "")
        numbers = signal[usable & (signal >= 0)]
        ways = {self.ways[n] for n in np.unique(numbers).tolist()}
        tables, refused = [], []
        for one in sorted(ways, key=repr):
            mine = usable & (signal >= 0)
            if len(ways) > 1:
                mine &= np.array([w == one for w in self.ways], dtype=np.bool_)[np.maximum(signal, 0)]
            rows = None if mine.all() else np.flatnonzero(mine)
            cells = read_cells(_some(block.table[column], rows), one, Dialect.of(self.bound.mapping))
            bad = cells.bad | self._spoiled(block, column, rows)
            why = partial(why_not, way=one, dialect=Dialect.of(self.bound.mapping))
            refused += self.refuse(block, _spread(bad, rows, len(mine)), column, why)
            codes, odd = self._quality(block, quality, rows, len(bad))
            refused += self.refuse(block, _spread(odd, rows, len(mine)), quality, _why_no_quality)
            keep = ~bad & ~odd & (~cells.silent | (codes >> 30 != 0))
            mine_at, mine_signal = (at, signal) if rows is None else (at[rows], signal[rows])
            tables.append(_samples(cells, keep, mine_signal, mine_at, codes))
        return tables, refused

    def _quality(self, block: Block, column: str, rows: Index | None, count: int) -> tuple[NDArray[np.uint32], Mask]:
        if not column:
            return np.zeros(count, dtype=np.uint32), np.zeros(count, dtype=np.bool_)
        told = self.bound.mapping.quality
        return read_quality(_some(block.table[column], rows), dict(told.map) if told else {})

    def _spoiled(self, block: Block, column: str, rows: Index | None) -> Mask | bool:
        if not block.damaged or not pa.types.is_string(block.table[column].type):
            return False
        cells = pl.Series(_some(block.table[column], rows).to_pylist(), dtype=pl.String)
        return cells.str.contains("\ufffd", literal=True).fill_null(False).to_numpy()

    def _table(self, parts: list[list[pa.Table]]) -> pa.Table | None:
        tables = [t for part in parts for t in part if t.num_rows]
        if not tables:
            return None
        whole = pa.concat_tables(tables).combine_chunks()
        index = whole["signal"].combine_chunks()
        names = pa.DictionaryArray.from_arrays(index.cast(pa.int32()), pa.array(self.signals, type=pa.string()))
        return whole.set_column(0, "signal", names).cast(SCHEMA)

    def refuse(self, block: Block, rows: Mask, column: str, why: Callable[[str], str]) -> list[Refusal]:
        """Say for each marked row what stood in `column` and why that is no good."""
        places = np.flatnonzero(rows)
        if not len(places):
            return []
        known = block.table.column_names
        names = [column] if column in known else [n for n in column.split(",") if n in known]
        cells = [[_said(c) for c in block.table[n].take(places).to_pylist()] for n in names]
        said = [" ".join(row) for row in zip(*cells, strict=True)] if cells else [""] * len(places)
        return [
            Refusal(
                int(block.line[p]),
                column,
                text,
                "has bytes that are no characters; set encoding" if "\ufffd" in text else why(text),
            )
            for p, text in zip(places.tolist(), said, strict=True)
        ]

    def why_no_time(self, cell: str) -> str:
        if not cell.strip():
            return "has no time"
        stamp = read_stamps(pa.chunked_array([[cell]], type=pa.string()), self.clock.format)
        if bool(stamp.bad[0]):
            return f"is no time as {self.clock.format!r} writes it"
        if 0 <= int(stamp.at[0]) < 7_258_118_400_000_000:
            return f"is in an hour that the clocks of {self.bound.zone} repeat or skip"
        return "is before 1970 or after 2199"


def plain(word: str) -> str:
    """A whole number without its decimals: "2.0" is "2"."""
    return word[:-2] if word.endswith(".0") else word


def distinct(column: Column) -> tuple[list[str], Index]:
    """The distinct cells of a column as texts, and for each row which one it is."""
    texts = column if pa.types.is_string(column.type) else column.cast(pa.string())
    coded = texts.combine_chunks().fill_null("").dictionary_encode()
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    return [str(w).strip() for w in coded.dictionary.to_pylist()], np.asarray(coded.indices.to_numpy(), dtype=np.int64)


def _samples(cells: Cells, keep: Mask, signal: Index, at: Times, codes: NDArray[np.uint32]) -> pa.Table:
    every = bool(keep.all())
    value = cells.value if every else cells.value[keep]
    said = None if cells.text is None else cells.text if every else cells.text.filter(pl.Series(keep))
    text = pa.nulls(len(value), pa.string()) if said is None else said.to_arrow().cast(pa.string())
    pick = slice(None) if every else keep
    return pa.table(
        {
            "signal": pa.array(signal[pick]),
            "at": pa.array(at[pick]).cast(pa.timestamp("us", "UTC")),
            "value": pa.array(value, from_pandas=True),
            "text": text,
            "quality": pa.array(codes[pick]),
        }
    )


def _blank(block: Block, names: list[str]) -> Mask:
    """Rows in which every needed cell is empty: the tail that spreadsheets like to write."""
    blank = np.ones(block.table.num_rows, dtype=np.bool_)
    for name in names:
        column = block.table[name]
        texts = pa.types.is_string(column.type)
        empty = pl.from_arrow(column)
        series = empty if isinstance(empty, pl.Series) else empty.to_series()
        blank &= ((series.is_null() | (series == "")) if texts else series.is_null()).fill_null(True).to_numpy()
        if not blank.any():
            break
    return blank


def _some(column: Column, rows: Index | None) -> Column:
    return column if rows is None else column.take(rows)


def _spread(marks: Mask, rows: Index | None, count: int) -> Mask:
    if rows is None:
        return marks
    wide = np.zeros(count, dtype=np.bool_)
    wide[rows[marks]] = True
    return wide


def _said(cell: object) -> str:
    return "" if cell is None else str(cell)


def _why_no_machine(cell: str) -> str:
    return "names no machine; add it to machine.map, or map it to '' to leave it out" if cell else "names no machine"


def _why_no_signal(cell: str) -> str:
    del cell
    return "names no signal of the plant; add it to signal.map, or map it to '' to leave it out"


def _why_no_quality(cell: str) -> str:
    del cell
    return "is no quality: write a status code, good, uncertain or bad, or give quality.map"
