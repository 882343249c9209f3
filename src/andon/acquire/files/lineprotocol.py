"""InfluxDB line protocol -> rows of (time, field, value, tags): vectorised, with a plain parser for escaped lines."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from ...errors import BadInput, UnknownName
from .bind import LINE_FIELD, LINE_MEASUREMENT, LINE_TIME, LINE_VALUE
from .mapping import FileMapping
from .records import Marks, Piece, pieces
from .rows import Block, Refusal
from .writing import head_of

TRUE, FALSE = ("t", "T", "true", "True", "TRUE"), ("f", "F", "false", "False", "FALSE")
WHOLE = r"^[+-]?\d+[iu]$"
REAL = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
UNTIMED = "has no time stamp; when it came is not when it happened"
UNREADABLE = "is no number, no 12i, no boolean, and no text in quotes"
PLAIN, INTEGER = re.compile(REAL), re.compile(WHOLE)
HEAD = re.compile(r"((?:\\.|[^ ,\\])(?:\\.|[^ \\])*) +")
FIELD = re.compile(r'((?:\\.|[^=, \\])+)=("(?:\\.|[^"\\])*"|[^, "]+)')
ESCAPED = re.compile(r"\\([,= ])")


@dataclass(frozen=True, slots=True)
class Point:
    """One parsed line: measurement and tags as they stand, fields with their values as texts, time or None.

    `wrong` are the fields whose value is nothing that line protocol knows.
    """

    head: str
    fields: tuple[tuple[str, str], ...]
    at: str | None
    wrong: tuple[tuple[str, str], ...] = ()


class _Wrong(Exception):
    """Why a line is no line protocol; never leaves this file."""


def read_line_protocol(path: Path, mapping: FileMapping) -> Iterator[Block]:
    """Yield the fields of all lines, a row each: its time, `measurement.field`, its value, the tag with the machine."""
    tag = mapping.machine.column
    if tag and tag != LINE_MEASUREMENT:
        known = _known_tags(path)
        if known and tag not in known:
            raise UnknownName(f"tag in {path.name}", tag, known)
    for piece in pieces(path, encoding="utf-8", mark=0, block=mapping.block, marks=Marks()):
        yield _block(piece, tag)


def preview_line_protocol(path: Path, rows: int = 5000) -> pa.Table:
    """The first rows, with all their tags: for `propose`."""
    tags = _known_tags(path)
    for piece in pieces(path, encoding="utf-8", mark=0, block=1 << 20, marks=Marks()):
        first, *others = [_block(piece, t).table.slice(0, rows) for t in (LINE_MEASUREMENT, *tags)]
        for name, table in zip(tags, others, strict=True):
            first = first.append_column(name, table[name])
        return first
    raise BadInput(f"{path.name} is empty.")


def _known_tags(path: Path) -> list[str]:
    found: dict[str, None] = {}
    for line in head_of(path, 1 << 18).decode("utf-8", errors="replace").splitlines()[:2000]:
        try:
            point = parse_line(line) if line.strip() and not line.startswith("#") else None
        except _Wrong:
            continue
        found.update(dict.fromkeys(parse_head(point.head)[1]) if point else {})
    return list(found)


def _block(piece: Piece, tag: str) -> Block:
    lines = piece.text.decode("utf-8", errors="replace").split("\n")
    frame = pl.DataFrame(
        {
            "text": pl.Series(lines, dtype=pl.String).str.strip_chars_end("\r"),
            "line": np.arange(piece.line, piece.line + len(lines), dtype=np.int64),
        }
    )
    frame = frame.filter((pl.col("text").str.strip_chars() != "") & ~pl.col("text").str.starts_with("#"))
    odd = frame["text"].str.contains(r'["\\\t]|^ |  | $')
    fast, doubtful = _fast(frame.filter(~odd))
    slow, refused = _slow(pl.concat([frame.filter(odd), doubtful]))
    rows = pl.concat([fast, slow]).sort("line", maintain_order=True)
    untimed = rows.filter(pl.col("at").is_null())["line"].unique().sort().to_list()
    texts = dict(frame.filter(pl.col("line").is_in(untimed)).select("line", "text").iter_rows())
    refused += [Refusal(n, LINE_TIME, texts[n], UNTIMED) for n in untimed]
    rows = rows.filter(pl.col("at").is_not_null())
    return Block(_table(rows, tag), rows["line"].to_numpy(), piece.position, tuple(refused), piece.damaged)


def _fast(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines without escapes and quotes, all at once; lines with any doubtful part go to the plain parser whole."""
    split = frame.with_columns(
        pl.col("text").str.splitn(" ", 3).struct.rename_fields(["head", "fields", "at"]).alias("parts")
    ).unnest("parts")
    split = split.with_columns(pl.col("fields").str.split(",")).drop("text")
    pair = pl.col("fields").str.splitn("=", 2).struct.rename_fields(["field", "value"]).alias("pair")
    rows = split.explode("fields").with_columns(pair).unnest("pair").drop("fields")
    value = pl.col("value")
    rows = rows.with_columns(
        pl.when(value.str.contains(REAL))
        .then(value)
        .when(value.str.contains(WHOLE))
        .then(value.str.head(-1))
        .when(value.is_in(TRUE))
        .then(pl.lit("1"))
        .when(value.is_in(FALSE))
        .then(pl.lit("0"))
        .alias("value")
    )
    timed = pl.col("at").is_null() | pl.col("at").str.contains(r"^-?\d+$")
    head = pl.col("head")
    named = (pl.col("field").str.len_bytes() > 0) & (head.str.len_bytes() > 0) & ~head.str.starts_with(",")
    wrong = rows.filter(~(timed & named & pl.col("value").is_not_null()).fill_null(False))["line"].unique()
    if not len(wrong):
        return rows.select("line", "head", "field", "value", "at"), frame.clear()
    bad = pl.col("line").is_in(wrong.implode())
    return rows.filter(~bad).select("line", "head", "field", "value", "at"), frame.filter(bad)


def _slow(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Refusal]]:
    rows: list[tuple[int, str, str, str, str | None]] = []
    refused = []
    for text, line in frame.iter_rows():
        try:
            point = parse_line(text)
        except _Wrong as wrong:
            refused.append(Refusal(line, "", text, str(wrong)))
            continue
        rows += [(line, point.head, name, value, point.at) for name, value in point.fields]
        refused += [Refusal(line, name, value, UNREADABLE) for name, value in point.wrong]
    schema = {"line": pl.Int64, "head": pl.String, "field": pl.String, "value": pl.String, "at": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row"), refused


def parse_line(text: str) -> Point:
    """Parse one line by the whole grammar: escapes, quoted texts, integers, booleans.

    Examples
    --------
    >>> parse_line(r'oven,place=hall\\ 1 temp=21.5,on=t,text="a, \\"b\\"" 17').fields
    (('temp', '21.5'), ('on', '1'), ('text', 'a, "b"'))
    """
    text = text.strip()
    head = HEAD.match(text)
    if not head:
        raise _Wrong("has no measurement, or no fields")
    fields, wrong, at = [], [], head.end()
    while True:
        field = FIELD.match(text, at)
        if not field:
            raise _Wrong("has a field without '=', or a text that is never closed")
        name, value = ESCAPED.sub(r"\1", field[1]), _value(field[2])
        if value is None:
            wrong.append((name, field[2]))
        else:
            fields.append((name, value))
        at = field.end()
        if text[at : at + 1] != ",":
            break
        at += 1
    moment = text[at:]
    if moment and not re.fullmatch(r" +-?\d+", moment):
        raise _Wrong(f"has the time {moment.strip()!r}, which is no whole number")
    return Point(head[1], tuple(fields), moment.strip() or None, tuple(wrong))


def _value(text: str) -> str | None:
    if text[0] == '"':
        return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if PLAIN.fullmatch(text):
        return text
    if INTEGER.fullmatch(text):
        return text[:-1]
    return "1" if text in TRUE else "0" if text in FALSE else None


@lru_cache(maxsize=65_536)
def parse_head(head: str) -> tuple[str, Mapping[str, str]]:
    """Measurement and tags of the head of a line.

    >>> parse_head(r"oven,place=hall\\ 1,asset=7")
    ('oven', {'place': 'hall 1', 'asset': '7'})
    """
    parts = re.split(r"(?<!\\),", head)
    tags = (re.split(r"(?<!\\)=", p, maxsplit=1) for p in parts[1:])
    plain = {ESCAPED.sub(r"\1", t[0]): ESCAPED.sub(r"\1", t[1]) for t in tags if len(t) == 2}
    return ESCAPED.sub(r"\1", parts[0]), plain


def _table(rows: pl.DataFrame, tag: str) -> pa.Table:
    """The columns that a long mapping reads; a head is parsed once, however often it occurs."""
    heads, place = _coded(rows["head"])
    names, which = _coded(rows["field"])
    parsed = [parse_head(h) for h in heads]
    pairs = place.astype(np.int64) * max(len(names), 1) + which
    known, back = np.unique(pairs, return_inverse=True)
    labels = [f"{parsed[p // len(names)][0]}.{names[p % len(names)]}" for p in known.tolist()]
    columns = {
        LINE_TIME: rows["at"].to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string()),
        LINE_FIELD: pa.array(labels, type=pa.string()).take(pa.array(back, type=pa.int64())),
        LINE_VALUE: rows["value"].to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string()),
    }
    if tag:
        owners = [m if tag == LINE_MEASUREMENT else tags.get(tag, "") for m, tags in parsed]
        columns[tag] = pa.array(owners, type=pa.string()).take(pa.array(place, type=pa.int64()))
    return pa.table(columns)


def _coded(series: pl.Series) -> tuple[list[str], NDArray[np.int64]]:
    coded = series.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string()).dictionary_encode()
    return [str(w) for w in coded.dictionary.to_pylist()], np.asarray(coded.indices.to_numpy(), dtype=np.int64)
