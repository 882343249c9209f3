"""Excel and OpenDocument sheets -> blocks of rows: dates stay dates, numbers numbers, texts texts."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from ...errors import BadInput, UnknownName
from .mapping import FileMapping
from .rows import Block, Column
from .writing import find_names

Cell = int | float | str | bool | time | date | datetime | timedelta | None
ROWS = 20_000


def read_sheet(path: Path, mapping: FileMapping) -> Iterator[Block]:
    """Yield the rows of one sheet of a workbook.

    A workbook is one zipped XML document a sheet, so the sheet is unpacked whole; a sheet ends at 1,048,576 rows.
    """
    names, cells, height = _rows_of(path, mapping)
    needed = mapping.needed()
    for name in needed:
        if name not in names:
            raise UnknownName(f"column in {path.name}", name, names)
    places = [names.index(n) for n in needed]
    size, line = path.stat().st_size, 1 + mapping.skip_rows + mapping.header
    while rows := list(islice(cells, ROWS)):
        table = pa.table(
            {n: _column([r[p] if p < len(r) else None for r in rows]) for n, p in zip(needed, places, strict=True)}
        )
        numbers = np.arange(line, line + len(rows), dtype=np.int64)
        line += len(rows)
        yield Block(table, numbers, min(size, size * (line - 1) // max(height, 1)))


def preview_sheet(path: Path, mapping: FileMapping, rows: int = 5000) -> pa.Table:
    """The first rows with all their columns: for `propose`."""
    names, cells, _ = _rows_of(path, mapping)
    head = list(islice(cells, rows))
    return pa.table({n: _column([r[p] if p < len(r) else None for r in head]) for p, n in enumerate(names)})


def sheet_names(path: Path) -> list[str]:
    """The sheets of a workbook."""
    return list(_workbook(path).sheet_names)


def _rows_of(path: Path, mapping: FileMapping) -> tuple[tuple[str, ...], Iterator[Sequence[Cell]], int]:
    sheet = _sheet(path, mapping.sheet)
    first = sheet.start
    if first is None:
        raise BadInput(f"The sheet {sheet.name!r} of {path.name} is empty.")
    above: list[Sequence[Cell]] = [()] * first[0]  # calamine begins at the first row and column that hold anything
    left: list[Cell] = [None] * first[1]
    cells: Iterator[Sequence[Cell]] = iter([*above]) if above else iter(())
    rows = _joined(cells, sheet, left)
    for _ in range(mapping.skip_rows):
        next(rows, None)
    head = list(islice(rows, 200))
    if not head:
        raise BadInput(f"The sheet {sheet.name!r} of {path.name} has no rows after the first {mapping.skip_rows}.")
    names = find_names([["" if c is None else _spelled(c) for c in r] for r in head], header=mapping.header)
    return names, _joined(iter(head[1:] if mapping.header else head), rows, []), sheet.total_height


def _joined(
    first: Iterator[Sequence[Cell]], then: CalamineSheet | Iterator[Sequence[Cell]], left: list[Cell]
) -> Iterator[Sequence[Cell]]:
    yield from first
    rows = then.iter_rows() if isinstance(then, CalamineSheet) else then
    for row in rows:
        yield [*left, *row] if left else row


def _workbook(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(path)
    except (CalamineError, OSError) as error:
        raise BadInput(f"{path.name} is no workbook that can be read: {error}.") from None


def _sheet(path: Path, wanted: str | int) -> CalamineSheet:
    book = _workbook(path)
    if isinstance(wanted, str) and wanted not in book.sheet_names:
        raise UnknownName(f"sheet in {path.name}", wanted, book.sheet_names)
    if isinstance(wanted, int) and not 0 <= wanted < len(book.sheet_names):
        raise BadInput(f"{path.name} has {len(book.sheet_names)} sheets; there is no number {wanted} (the first is 0).")
    try:
        return book.get_sheet_by_name(wanted) if isinstance(wanted, str) else book.get_sheet_by_index(wanted)
    except CalamineError as error:
        raise BadInput(f"The sheet {wanted!r} of {path.name} cannot be read: {error}.") from None


def _column(cells: list[Cell]) -> Column:
    """One column with the narrowest type that keeps what every cell is; a mixed one becomes text."""
    said = [None if c == "" else c for c in cells]
    kinds = {type(c) for c in said if c is not None}
    if kinds and kinds <= {datetime, date}:
        days = [datetime(c.year, c.month, c.day) if type(c) is date else c for c in said]
        return pa.chunked_array([pa.array(days, type=pa.timestamp("us"))])
    if kinds == {bool}:
        return pa.chunked_array([pa.array(said, type=pa.bool_())])
    if kinds and kinds <= {int, float}:
        numbers = [float(c) if isinstance(c, int | float) else None for c in said]
        whole = all(n is None or (n.is_integer() and abs(n) < 2**53) for n in numbers)
        plain = [None if n is None else int(n) for n in numbers] if whole else numbers
        return pa.chunked_array([pa.array(plain, type=pa.int64() if whole else pa.float64())])
    return pa.chunked_array([pa.array([None if c is None else _spelled(c) for c in said], type=pa.string())])


def _spelled(cell: Cell) -> str:
    """A cell as text: a number that is whole without decimals (every number in a sheet is a double), a date as ISO."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return str(cell).strip() if isinstance(cell, str) else str(cell)
