"""Delimited text (CSV and its relatives) -> blocks of rows, at the speed of Arrow's reader."""

import csv
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.csv as pv

from ...errors import BadInput, UnknownName
from .mapping import FileMapping, Target
from .records import Marks, Piece, pieces, record_lines
from .rows import Block, Refusal
from .writing import Writing, quoting, read_writing


def read_text(path: Path, mapping: FileMapping) -> Iterator[Block]:
    """Yield the rows of a delimited text file, block by block; every cell is a string, as it was written.

    Raises
    ------
    BadInput
        The file is empty, or no text.
    UnknownName
        A column that the mapping names is not in the file.
    """
    writing = read_writing(path, mapping)
    for column in mapping.needed():
        if column not in writing.names:
            raise UnknownName(f"column in {path.name}", column, writing.names)
    marks = Marks(writing.delimiter, mapping.quote, writing.old_lines)
    skip = writing.skip
    for piece in pieces(path, encoding=writing.encoding, mark=writing.mark, block=mapping.block, marks=marks):
        body, skip = _after(piece, skip)
        if body.text.strip():
            yield _slow_block(body, writing, mapping) if body.torn else _block(body, writing, mapping)


def _after(piece: Piece, lines: int) -> tuple[Piece, int]:
    """The piece without its first `lines` lines, and how many are still to skip."""
    at, skipped = 0, 0
    while skipped < lines and (end := piece.text.find(b"\n", at)) >= 0:
        at, skipped = end + 1, skipped + 1
    if skipped < lines:
        return Piece(b"", piece.line, piece.position), lines - skipped
    if not skipped:
        return piece, 0
    return Piece(piece.text[at:], piece.line + skipped, piece.position, piece.damaged, piece.torn), 0


def _block(piece: Piece, writing: Writing, mapping: FileMapping) -> Block:
    wrong: list[pv.InvalidRow] = []

    def keep(row: pv.InvalidRow) -> Literal["skip"]:
        wrong.append(row)
        return "skip"

    marks = Marks(writing.delimiter, mapping.quote)
    quoted = bool(mapping.quote) and mapping.quote.encode() in piece.text
    needed = mapping.needed()
    try:
        table = pv.read_csv(
            BytesIO(piece.text),
            read_options=pv.ReadOptions(
                column_names=list(writing.names), use_threads=False, block_size=len(piece.text) + 1
            ),
            parse_options=pv.ParseOptions(
                delimiter=writing.delimiter,
                quote_char=mapping.quote or False,
                newlines_in_values=quoted,
                invalid_row_handler=keep,
            ),
            convert_options=pv.ConvertOptions(
                include_columns=needed,
                check_utf8=False,
                strings_can_be_null=False,
                column_types=dict.fromkeys(needed, pa.string()),
            ),
        )
    except pa.ArrowInvalid:
        return _slow_block(piece, writing, mapping)
    odd = quoted or wrong or b"\n\n" in piece.text or b"\n\r\n" in piece.text or piece.text[:1] in b"\r\n"
    line = (
        record_lines(piece.text, piece.line, marks if quoted else Marks(writing.delimiter))
        if odd
        else (np.arange(piece.line, piece.line + table.num_rows, dtype=np.int64))
    )
    if len(line) != table.num_rows + len(wrong):
        return _slow_block(piece, writing, mapping)
    places = np.array([(r.number or 0) - 1 for r in wrong], dtype=np.int64)  # rows are counted while one thread reads
    refused = tuple(
        Refusal(int(line[p]), "", r.text, _width(r.actual_columns, r.expected_columns))
        for p, r in zip(places.tolist(), wrong, strict=True)
    )
    return Block(table, np.delete(line, places), piece.position, refused, piece.damaged)


def _width(found: int, wanted: int) -> str:
    return f"the row has {found} cells instead of {wanted}"


def _slow_block(piece: Piece, writing: Writing, mapping: FileMapping) -> Block:
    """Line by line, for a piece whose quotes do not pair: a broken line spoils only itself."""
    names, needed = writing.names, mapping.needed()
    rows, lines, refused = [], [], []
    for number, raw in enumerate(piece.text.decode("utf-8", errors="replace").split("\n"), piece.line):
        text = raw.rstrip("\r")
        if not text:
            continue
        try:
            cells = next(
                csv.reader(
                    [text],
                    delimiter=writing.delimiter,
                    quotechar=mapping.quote or None,
                    quoting=quoting(mapping.quote),
                    strict=True,
                )
            )
        except csv.Error:
            refused.append(Refusal(number, "", text, "a quote is opened and never closed"))
            continue
        if len(cells) != len(names):
            refused.append(Refusal(number, "", text, _width(len(cells), len(names))))
            continue
        rows.append(cells)
        lines.append(number)
    places = [names.index(n) for n in needed]
    table = pa.table({n: pa.array([r[i] for r in rows], type=pa.string()) for n, i in zip(needed, places, strict=True)})
    return Block(table, np.array(lines, dtype=np.int64), piece.position, tuple(refused), piece.damaged)


def preview(path: Path, mapping: FileMapping, rows: int = 5000) -> tuple[Writing, pa.Table]:
    """How a file is written, and its first rows with all their columns: for `propose`."""
    writing = read_writing(path, mapping)
    marks = Marks(writing.delimiter, mapping.quote, writing.old_lines)
    skip = writing.skip
    everything = FileMapping(
        quote=mapping.quote, signal=None, block=mapping.block, columns={n: Target(signal=n) for n in writing.names}
    )
    for piece in pieces(path, encoding=writing.encoding, mark=writing.mark, block=1 << 20, marks=marks):
        body, skip = _after(piece, skip)
        if body.text.strip():
            return writing, _block(body, writing, everything).table.select(list(writing.names)).slice(0, rows)
    raise BadInput(f"{path.name} has a header and no rows.")
