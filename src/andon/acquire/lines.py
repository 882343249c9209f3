"""InfluxDB line protocol: many lines at once, with a plain parser of the whole grammar for those with escapes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

TRUE, FALSE = ("t", "T", "true", "True", "TRUE"), ("f", "F", "false", "False", "FALSE")
REAL_KIND, WHOLE_KIND, TRUTH_KIND, TEXT_KIND = range(4)
"""What a field's value is: a number with a point, an integer, a boolean (then written 1 or 0), a text."""
WHOLE = r"^[+-]?\d+[iu]$"
REAL = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
UNREADABLE = "is no number, no 12i, no boolean, and no text in quotes"
PLAIN, INTEGER = re.compile(REAL), re.compile(WHOLE)
HEAD = re.compile(r"((?:\\.|[^ ,\\])(?:\\.|[^ \\])*) +")
FIELD = re.compile(r'((?:\\.|[^=, \\])+)=("(?:\\.|[^"\\])*"|[^, "]+)')
ESCAPED = re.compile(r"\\([,= ])")
QUOTED = re.compile(r'\\(["\\])')
COLUMNS: dict[str, type[pl.DataType]] = {
    "line": pl.Int64,
    "head": pl.String,
    "field": pl.String,
    "value": pl.String,
    "kind": pl.UInt8,
    "at": pl.String,
}
JOINED = 1000
"""A text in quotes may go on over so many lines."""


@dataclass(frozen=True, slots=True)
class Point:
    """One parsed line: measurement and tags as they stand, fields (name, value, kind), time or None.

    `wrong` are the fields whose value is nothing that line protocol knows.
    """

    head: str
    fields: tuple[tuple[str, str, int], ...]
    at: str | None
    wrong: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line, or with one field of it."""

    line: int
    field: str
    found: str
    why: str


class NoLine(Exception):
    """Why a line is no line protocol."""


def parse_lines(lines: Sequence[str], numbers: Sequence[int] | range) -> tuple[pl.DataFrame, list[Fault]]:
    """The fields of all lines, a row each in their order, and what could not be read.

    Columns as in `COLUMNS`: the line's number, its head (measurement and tags as they stand), the field's name, its
    value without marks, its kind, the time as it stands (null: none). Blank lines and comments have no rows.

    >>> rows, faults = parse_lines(["oven temp=21.5,on=t 17", "oven temp="], range(1, 3))
    >>> rows.select("line", "field", "value", "at").rows(), [f.line for f in faults]
    ([(1, 'temp', '21.5', '17'), (1, 'on', '1', '17')], [2])
    """
    frame = pl.DataFrame(
        {
            "text": pl.Series(lines, dtype=pl.String).str.strip_chars_end("\r"),
            "line": np.asarray(numbers, dtype=np.int64),
        }
    )
    frame = frame.filter((pl.col("text").str.strip_chars() != "") & ~pl.col("text").str.starts_with("#"))
    odd = frame["text"].str.contains(r'["\\\t]|^ |  | $')
    fast, doubtful = _fast(frame.filter(~odd))
    if not odd.any() and not len(doubtful):
        return fast, []
    slow, faults = _slow(pl.concat([frame.filter(odd), doubtful]))
    return pl.concat([fast, slow]).sort("line", maintain_order=True), sorted(faults, key=lambda f: f.line)


def whole_lines(text: str) -> tuple[list[str], list[int]]:
    """The lines of a text and their numbers from 1; a text in quotes may hold line breaks.

    >>> whole_lines('a t="x\\ny" 1\\nb f=1 2')
    (['a t="x\\ny" 1', 'b f=1 2'], [1, 3])
    """
    lines = text.split("\n")
    numbers = list(range(1, len(lines) + 1))
    if '"' not in text:
        return lines, numbers
    found: list[str] = []
    starts: list[int] = []
    at = 0
    while at < len(lines):
        taken = _closed(lines, at) if '"' in lines[at] else 1
        found.append("\n".join(lines[at : at + taken]))
        starts.append(at + 1)
        at += taken
    return found, starts


def _closed(lines: Sequence[str], at: int) -> int:
    """How many lines belong together, so that every quote of the fields is closed; 1 where none ever closes."""
    head = HEAD.match(lines[at].lstrip())
    if lines[at].startswith("#") or not head:
        return 1
    open_ = _quotes(lines[at].lstrip()[head.end() :]) % 2 == 1
    taken = 1
    while open_ and taken < JOINED and at + taken < len(lines):
        open_ = _quotes(lines[at + taken]) % 2 == 0
        taken += 1
    return 1 if open_ else taken


def _quotes(text: str) -> int:
    return re.sub(r"\\.", "", text).count('"')


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
        .alias("value"),
        pl.when(value.str.ends_with("i") | value.str.ends_with("u"))
        .then(WHOLE_KIND)
        .when(value.is_in((*TRUE, *FALSE)))
        .then(TRUTH_KIND)
        .otherwise(REAL_KIND)
        .cast(pl.UInt8)
        .alias("kind"),
    )
    timed = pl.col("at").is_null() | pl.col("at").str.contains(r"^-?\d+$")
    head = pl.col("head")
    named = (pl.col("field").str.len_bytes() > 0) & (head.str.len_bytes() > 0) & ~head.str.starts_with(",")
    wrong = rows.filter(~(timed & named & pl.col("value").is_not_null()).fill_null(False))["line"].unique()
    if not len(wrong):
        return rows.select(*COLUMNS), frame.clear()
    bad = pl.col("line").is_in(wrong.implode())
    return rows.filter(~bad).select(*COLUMNS), frame.filter(bad)


def _slow(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Fault]]:
    rows: list[tuple[int, str, str, str, int, str | None]] = []
    faults = []
    for text, line in frame.iter_rows():
        try:
            point = parse_line(text)
        except NoLine as wrong:
            faults.append(Fault(line, "", text, str(wrong)))
            continue
        rows += [(line, point.head, name, value, kind, point.at) for name, value, kind in point.fields]
        faults += [Fault(line, name, value, UNREADABLE) for name, value in point.wrong]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row"), faults


def parse_line(text: str) -> Point:
    """Parse one line by the whole grammar: escapes, quoted texts, integers, booleans.

    Examples
    --------
    >>> parse_line(r'oven,place=hall\\ 1 temp=21.5,on=t,text="a, \\"b\\"" 17').fields
    (('temp', '21.5', 0), ('on', '1', 2), ('text', 'a, "b"', 3))
    """
    text = text.strip()
    head = HEAD.match(text)
    if not head:
        raise NoLine("has no measurement, or no fields")
    fields, wrong, at = [], [], head.end()
    while True:
        field = FIELD.match(text, at)
        if not field:
            raise NoLine("has a field without '=', or a text that is never closed")
        name, value = ESCAPED.sub(r"\1", field[1]), _value(field[2])
        if value is None:
            wrong.append((name, field[2]))
        else:
            fields.append((name, *value))
        at = field.end()
        if text[at : at + 1] != ",":
            break
        at += 1
    moment = text[at:]
    if moment and not re.fullmatch(r" +-?\d+", moment):
        raise NoLine(f"has the time {moment.strip()!r}, which is no whole number")
    return Point(head[1], tuple(fields), moment.strip() or None, tuple(wrong))


def _value(text: str) -> tuple[str, int] | None:
    """A value without its marks, and its kind; None where it is nothing."""
    if text[0] == '"':
        return QUOTED.sub(r"\1", text[1:-1]), TEXT_KIND
    if PLAIN.fullmatch(text):
        return text, REAL_KIND
    if INTEGER.fullmatch(text):
        return text[:-1], WHOLE_KIND
    return ("1", TRUTH_KIND) if text in TRUE else ("0", TRUTH_KIND) if text in FALSE else None


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


def coded(series: pl.Series) -> tuple[list[str], NDArray[np.int64]]:
    """The different texts of a column, and which one each row has."""
    found = series.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string()).dictionary_encode()
    return [str(w) for w in found.dictionary.to_pylist()], np.asarray(found.indices.to_numpy(), dtype=np.int64)
