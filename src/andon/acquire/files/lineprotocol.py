"""Files of InfluxDB line protocol -> rows of (time, field, value, tags)."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from ...errors import BadInput, UnknownName
from ..lines import NoLine, coded, parse_head, parse_line, parse_lines
from .bind import LINE_FIELD, LINE_MEASUREMENT, LINE_TIME, LINE_VALUE
from .mapping import FileMapping
from .records import Marks, Piece, pieces
from .rows import Block, Refusal
from .writing import head_of

UNTIMED = "has no time stamp; when it came is not when it happened"


def read_line_protocol(path: Path, mapping: FileMapping) -> Iterator[Block]:
    """Yield the fields of all lines, a row each: its time, `measurement.field`, its value, the tag with the machine."""
    own = mapping.columns if mapping.kind == "measurements" else ()
    tags = [t for t in dict.fromkeys((mapping.machine.column, *own)) if t]
    known = _known_tags(path) if any(t != LINE_MEASUREMENT for t in tags) else []
    for tag in tags:
        if known and tag not in known and tag != LINE_MEASUREMENT:
            raise UnknownName(f"tag in {path.name}", tag, known)
    for piece in pieces(path, encoding="utf-8", mark=0, block=mapping.block, marks=Marks()):
        yield _block(piece, tags, whole=mapping.kind != "measurements")


def preview_line_protocol(path: Path, rows: int = 5000) -> pa.Table:
    """The first rows, with all their tags: for `propose`."""
    tags = _known_tags(path)
    for piece in pieces(path, encoding="utf-8", mark=0, block=1 << 20, marks=Marks()):
        first, *others = [_block(piece, [t]).table.slice(0, rows) for t in (LINE_MEASUREMENT, *tags)]
        for name, table in zip(tags, others, strict=True):
            first = first.append_column(name, table[name])
        return first
    raise BadInput(f"{path.name} is empty.")


def _known_tags(path: Path) -> list[str]:
    found: dict[str, None] = {}
    for line in head_of(path, 1 << 18).decode("utf-8", errors="replace").splitlines()[:2000]:
        try:
            point = parse_line(line) if line.strip() and not line.startswith("#") else None
        except NoLine:
            continue
        found.update(dict.fromkeys(parse_head(point.head)[1]) if point else {})
    return list(found)


def _block(piece: Piece, tags: list[str], *, whole: bool = True) -> Block:
    """The rows of a piece; a field is named with its measurement where it is to be `whole`."""
    lines = piece.text.decode("utf-8", errors="replace").split("\n")
    rows, faults = parse_lines(lines, range(piece.line, piece.line + len(lines)))
    refused = [Refusal(f.line, f.field, f.found, f.why) for f in faults]
    untimed = rows.filter(pl.col("at").is_null())["line"].unique().sort().to_list()
    refused += [Refusal(n, LINE_TIME, lines[n - piece.line].rstrip("\r"), UNTIMED) for n in untimed]
    rows = rows.filter(pl.col("at").is_not_null())
    return Block(
        _table(rows, tags, whole=whole), rows["line"].to_numpy(), piece.position, tuple(refused), piece.damaged
    )


def _table(rows: pl.DataFrame, wanted: list[str], *, whole: bool) -> pa.Table:
    """The columns that a long mapping reads; a head is parsed once, however often it occurs."""
    heads, place = coded(rows["head"])
    names, which = coded(rows["field"])
    parsed = [parse_head(h) for h in heads]
    pairs = place.astype(np.int64) * max(len(names), 1) + which
    known, back = np.unique(pairs, return_inverse=True)
    labels = [f"{parsed[p // len(names)][0]}." * whole + names[p % len(names)] for p in known.tolist()]
    columns = {
        LINE_TIME: rows["at"].to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string()),
        LINE_FIELD: pa.array(labels, type=pa.string()).take(pa.array(back, type=pa.int64())),
        LINE_VALUE: rows["value"].to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string()),
    }
    for tag in wanted:
        owners = [m if tag == LINE_MEASUREMENT else tags.get(tag, "") for m, tags in parsed]
        columns[tag] = pa.array(owners, type=pa.string()).take(pa.array(place, type=pa.int64()))
    return pa.table(columns)
