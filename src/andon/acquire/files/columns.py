"""Parquet files and JSON lines -> blocks of rows with the types they have."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from ...errors import BadInput, UnknownName
from .mapping import FileMapping
from .records import Marks, Piece, pieces
from .rows import Block, Column, Refusal
from .writing import find_encoding, head_of

ROWS = 131_072
EXACT = 2.0**53


def read_parquet(path: Path, mapping: FileMapping) -> Iterator[Block]:
    """Yield the rows of a Parquet file, only the needed columns; "a.b" is the field b of the column a."""
    needed = mapping.needed()
    with _opened(path) as file:
        known = file.schema_arrow.names
        roots = list(dict.fromkeys(n if n in known else n.split(".")[0] for n in needed))
        for root, name in ((n if n in known else n.split(".")[0], n) for n in needed):
            if root not in known:
                raise UnknownName(f"column in {path.name}", name, known)
        size, line, total = path.stat().st_size, 1, max(file.metadata.num_rows, 1)
        try:
            for batch in file.iter_batches(batch_size=ROWS, columns=roots):
                table = pa.table({n: _field(pa.Table.from_batches([batch]), n) for n in needed})
                numbers = np.arange(line, line + table.num_rows, dtype=np.int64)
                line += table.num_rows
                yield Block(table, numbers, size * (line - 1) // total)
        except (pa.ArrowException, OSError) as error:
            raise BadInput(f"{path.name} is damaged after row {line - 1}: {error}.") from None


def preview_parquet(path: Path, rows: int = 5000) -> pa.Table:
    """The first rows with all their columns: for `propose`."""
    with _opened(path) as file:
        batch = next(file.iter_batches(batch_size=rows), None)
        return pa.Table.from_batches([batch] if batch else [], schema=file.schema_arrow)


def _opened(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise BadInput(f"{path.name} is no Parquet file that can be read: {error}.") from None


def _field(table: pa.Table, name: str) -> Column:
    """A column, or a field inside one; dictionaries and views become plain strings."""
    whole, rest = (name, "") if name in table.column_names else (name.split(".")[0], name.partition(".")[2])
    column = table[whole]
    while rest:
        here, _, rest = rest.partition(".")
        found = pl.Series(pl.from_arrow(column))
        known = [f.name for f in found.dtype.fields] if isinstance(found.dtype, pl.Struct) else []
        if here not in known:
            return pa.chunked_array([pa.nulls(table.num_rows, pa.string())])
        column = pa.chunked_array([found.struct.field(here).to_arrow()])
    kind = column.type
    plain = (
        pa.types.is_dictionary(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or (pa.types.is_null(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
    )
    if pa.types.is_nested(kind):
        return pa.chunked_array([pa.array([json.dumps(v) for v in column.to_pylist()], type=pa.string())])
    return (
        column.cast(
            kind.value_type
            if pa.types.is_dictionary(kind)
            and not pa.types.is_string(kind.value_type)
            and not pa.types.is_large_string(kind.value_type)
            else pa.string()
        )
        if plain
        else column
    )


def read_json_lines(path: Path, mapping: FileMapping) -> Iterator[Block]:
    """Yield the objects of a file with one JSON object a line; "a.b" is the key b of the object under a."""
    needed = mapping.needed()
    known, rows = _keys(path), [c.column for c in (mapping.machine, mapping.signal) if c and c.column]
    for name in (*mapping.time.names, *rows, *([mapping.value] if mapping.value else [])):
        if name not in known:
            raise UnknownName(f"key in {path.name}", name, known)
    if mapping.columns and not set(mapping.columns) & set(known):
        raise UnknownName(f"key in {path.name}", next(iter(mapping.columns)), known)
    encoding, _, mark = find_encoding(head_of(path), mapping.encoding)
    for piece in pieces(path, encoding=encoding, mark=mark, block=mapping.block, marks=Marks()):
        yield _json_block(piece, needed)


def preview_json(path: Path, mapping: FileMapping, rows: int = 5000) -> pa.Table:
    """The first rows with all their keys: for `propose`."""
    encoding, _, mark = find_encoding(head_of(path), mapping.encoding)
    for piece in pieces(path, encoding=encoding, mark=mark, block=1 << 20, marks=Marks()):
        return _json_block(piece, _keys(path)).table.slice(0, rows)
    raise BadInput(f"{path.name} is empty.")


def _keys(path: Path) -> list[str]:
    """The keys of the first objects, those of inner objects with dots."""
    found: dict[str, None] = {}
    for line in head_of(path).splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            continue
        found.update(dict.fromkeys(_flat(value)) if isinstance(value, dict) else {})
    return list(found)


def _flat(value: dict[str, object], before: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, inner in value.items():
        flat.update(_flat(inner, f"{before}{key}.") if isinstance(inner, dict) else {before + key: inner})
    return flat


def _json_block(piece: Piece, needed: list[str]) -> Block:
    """The whole piece at once where it is regular JSON of one shape, else line by line."""
    regular = b"\n\n" not in piece.text and b"\n\r\n" not in piece.text and not piece.text[:1].isspace()
    if regular and piece.text.strip():
        try:
            frame = pl.read_ndjson(io.BytesIO(piece.text), infer_schema_length=None)
        except pl.exceptions.PolarsError:
            frame = None
        if frame is not None and not _inexact(frame) and frame.height == piece.text.rstrip().count(b"\n") + 1:
            whole = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
            table = pa.table(
                {
                    n: _field(whole, n)
                    if n in whole.column_names or n.split(".")[0] in whole.column_names
                    else pa.nulls(whole.num_rows, pa.string())
                    for n in needed
                }
            )
            return Block(table, np.arange(piece.line, piece.line + table.num_rows, dtype=np.int64), piece.position)
    return _json_slowly(piece, needed)


def _inexact(frame: pl.DataFrame) -> bool:
    """Might an integer have lost digits in a column of floats?"""
    floats = frame.select(pl.col(pl.Float64).abs().max())
    nested = any(isinstance(t, pl.Struct) for t in frame.dtypes)
    tops = floats.row(0) if floats.width else ()
    return any(t is not None and t >= EXACT for t in tops) or (nested and _deep(frame))


def _deep(frame: pl.DataFrame) -> bool:
    return any(_inexact(frame[c].struct.unnest()) for c, t in frame.schema.items() if isinstance(t, pl.Struct))


def _json_slowly(piece: Piece, needed: list[str]) -> Block:
    rows, lines, refused = [], [], []
    for number, line in enumerate(piece.text.decode("utf-8", errors="replace").split("\n"), piece.line):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            refused.append(Refusal(number, "", line, f"is no JSON: {error}"))
            continue
        if isinstance(value, dict):
            rows.append(_flat(value))
            lines.append(number)
        else:
            refused.append(Refusal(number, "", line, "is no JSON object"))
    table = pa.table({n: _json_column([r.get(n) for r in rows]) for n in needed})
    return Block(table, np.array(lines, dtype=np.int64), piece.position, tuple(refused), piece.damaged)


def _json_column(cells: list[object]) -> Column:
    kinds = {type(c) for c in cells if c is not None}
    if kinds == {bool}:
        return pa.chunked_array([pa.array(cells, type=pa.bool_())])
    if kinds == {int} and all(c is None or -(2**63) <= int(str(c)) < 2**63 for c in cells):
        return pa.chunked_array([pa.array(cells, type=pa.int64())])
    if kinds == {float}:
        return pa.chunked_array([pa.array(cells, type=pa.float64())])
    texts = [None if c is None else c if isinstance(c, str) else json.dumps(c) for c in cells]
    return pa.chunked_array([pa.array(texts, type=pa.string())])
