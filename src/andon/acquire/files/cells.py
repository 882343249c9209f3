"""One column of cells -> numbers and texts as a signal's kind asks, with the cells that cannot be it marked."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from ...model import Numbers
from ..guess.scales import STRAIGHT, Line
from .mapping import FileMapping
from .rows import Column

Mask = NDArray[np.bool_]
NULLS = (
    "NaN",
    "nan",
    "NAN",
    "NA",
    "N/A",
    "n/a",
    "#N/A",
    "null",
    "NULL",
    "Null",
    "None",
    "none",
    "nil",
    "\\N",
    "-",
    "--",
)
YES = frozenset(
    {
        "true",
        "t",
        "yes",
        "y",
        "on",
        "1",
        "1.0",
        "ja",
        "j",
        "wahr",
        "ein",
        "an",
        "vrai",
        "oui",
        "si",
        "是",
        "真",
        "开",
        "有",
    }
)
NO = frozenset(
    {"false", "f", "no", "n", "off", "0", "0.0", "nein", "falsch", "aus", "faux", "non", "否", "假", "关", "无"}
)
NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
EXACT = 2.0**53  # beyond it a double no longer tells neighbouring integers apart
WORDS = {
    "good": 0,
    "uncertain": 0x40000000,
    "bad": 0x80000000,
    "ok": 0,
    "true": 0,
    "false": 0x80000000,
    "好": 0,
    "不确定": 0x40000000,
    "坏": 0x80000000,
}


@dataclass(frozen=True, slots=True)
class Way:
    """How to read the cells of one signal: its kind and the line from the cell's number to the signal's unit."""

    kind: str
    line: Line = STRAIGHT


@dataclass(frozen=True, slots=True)
class Cells:
    """n cells read: a number (NaN where none), a text or null, which said nothing, and which could not be read."""

    value: Numbers
    text: pl.Series | None
    silent: Mask
    bad: Mask


@dataclass(frozen=True, slots=True)
class Dialect:
    """How numbers and empty cells are written in a file."""

    decimal: str = "."
    thousands: str = ""
    null: tuple[str, ...] | None = None

    @classmethod
    def of(cls, mapping: FileMapping) -> "Dialect":
        return cls(mapping.decimal, mapping.thousands, mapping.null)

    @property
    def nulls(self) -> frozenset[str]:
        """The cells that say nothing where a number is wanted."""
        return frozenset(NULLS if self.null is None else self.null)


def read_cells(column: Column, way: Way, dialect: Dialect) -> Cells:
    """Read a column as the signal wants it: a number, a text, a yes or no, or a state (either of them)."""
    series = _series(column)
    if way.kind == "text":
        return _texts(series, dialect)
    if way.kind == "boolean":
        return _each(series, dialect, _yes_or_no)
    if way.kind == "state" and series.dtype == pl.String:
        return _each(series, dialect, _state)
    return _numbers(series, way, dialect)


def _series(column: Column) -> pl.Series:
    if pa.types.is_decimal(column.type) or pa.types.is_temporal(column.type):
        column = column.cast(pa.string())
    found = pl.from_arrow(column)
    series = found if isinstance(found, pl.Series) else found.to_series()
    return series.cast(pl.String) if series.dtype in (pl.Categorical, pl.Binary) else series


def _numbers(series: pl.Series, way: Way, dialect: Dialect) -> Cells:
    whole = series.dtype.is_integer()
    if series.dtype == pl.String:
        values, silent, bad = _parsed(series, dialect)
    else:
        values = series.cast(pl.Float64).fill_null(float("nan")).to_numpy()
        silent, bad = np.isnan(values), np.isinf(values)
    if way.kind == "integer":
        bad = bad | (np.isfinite(values) & (values != np.floor(values)))
    text = _digits(series, values, bad) if way.line.straight and (whole or series.dtype == pl.String) else None
    return Cells(way.line(np.where(bad, np.nan, values)), text, silent & ~bad, bad)


def _parsed(series: pl.Series, dialect: Dialect) -> tuple[Numbers, Mask, Mask]:
    """Numbers of written cells: at once where they are plain, the rest after a second look."""
    plain = dialect.decimal == "." and not dialect.thousands
    values = (series if plain else _unlocal(series, dialect)).cast(pl.Float64, strict=False)
    array = values.fill_null(float("nan")).to_numpy(writable=True)
    failed = ~np.isfinite(array)
    silent = np.zeros(len(array), dtype=np.bool_)
    if failed.any():
        rows = np.flatnonzero(failed)
        again = series.gather(rows).fill_null("").str.strip_chars()
        tried = (again if plain else _unlocal(again, dialect)).cast(pl.Float64, strict=False)
        array[rows] = tried.fill_null(float("nan")).to_numpy()
        silent[rows] = again.is_in(["", *dialect.nulls]).to_numpy()
    coded = [n for n in dialect.null or () if NUMBER.fullmatch(n)]
    if coded:
        silent |= series.is_in(coded).fill_null(False).to_numpy()
    array[silent] = np.nan
    return array, silent, ~np.isfinite(array) & ~silent


def _unlocal(series: pl.Series, dialect: Dialect) -> pl.Series:
    """Numbers with this file's decimal sign and thousands sign, as plain ones; others become null."""
    point, mark = re.escape(dialect.decimal), re.escape(dialect.thousands)
    grouped = rf"\d{{1,3}}(?:{mark}\d{{3}})+|" if mark else ""
    allowed = series.str.contains(rf"^[+-]?(?:{grouped}\d*)(?:{point}\d*)?(?:[eE][+-]?\d+)?$")
    clean = series.str.replace_all(dialect.thousands, "", literal=True) if mark else series
    clean = clean.str.replace(dialect.decimal, ".", literal=True)
    return pl.select(pl.when(allowed).then(clean).otherwise(None)).to_series()


def _digits(series: pl.Series, values: Numbers, bad: Mask) -> pl.Series | None:
    """The digits of the whole numbers that a double cannot hold; None where there are none."""
    with np.errstate(invalid="ignore"):
        big = (np.abs(values) >= EXACT) & ~bad
    if not big.any():
        return None
    digits = series.cast(pl.String).str.strip_chars().str.strip_prefix("+")
    whole = digits.str.contains(r"^-?\d+$") & pl.Series(big)
    digits = pl.select(pl.when(whole).then(digits).otherwise(None)).to_series()
    return None if digits.null_count() == len(digits) else digits


def _texts(series: pl.Series, dialect: Dialect) -> Cells:
    text = series if series.dtype == pl.String else _spelled(series)
    silent = (text.is_null() | (text == "")).fill_null(True)
    if dialect.null:
        silent = silent | text.is_in(list(dialect.null)).fill_null(True)
    nothing = np.full(len(text), np.nan)
    return Cells(nothing, text, silent.to_numpy(), np.zeros(len(text), dtype=np.bool_))


def _spelled(series: pl.Series) -> pl.Series:
    """Typed cells as texts: true and false as words, numbers with their digits."""
    return series.cast(pl.String)


def _each(series: pl.Series, dialect: Dialect, read: Callable[[str, Dialect], float | str | None]) -> Cells:
    """Read every distinct cell once: these columns have few."""
    written = series if series.dtype == pl.String else _spelled(series)
    codes = written.fill_null("").to_arrow().cast(pa.string()).dictionary_encode()
    index = np.asarray(codes.indices.to_numpy(), dtype=np.int64)
    said = [str(x).strip() for x in codes.dictionary.to_pylist()]
    found = [None if x == "" or x in dialect.nulls else read(x, dialect) for x in said]
    quiet = np.array([x == "" or x in dialect.nulls for x in said], dtype=np.bool_)
    numbers = np.array([x if isinstance(x, float) else np.nan for x in found], dtype=np.float64)
    texts = pl.Series([x if isinstance(x, str) else None for x in found], dtype=pl.String)
    wrong = np.array([x is None for x in found], dtype=np.bool_) & ~quiet
    if not len(said):
        return Cells(np.zeros(0), None, np.zeros(0, dtype=np.bool_), np.zeros(0, dtype=np.bool_))
    text = texts.gather(index) if texts.null_count() < len(texts) else None
    return Cells(numbers[index], text, quiet[index], wrong[index])


def _yes_or_no(cell: str, dialect: Dialect) -> float | None:
    del dialect
    return 1.0 if cell.lower() in YES else 0.0 if cell.lower() in NO else None


def _state(cell: str, dialect: Dialect) -> float | str:
    """A state code as a number where it is written like one; "01" is a text, for its zero means something."""
    plain = cell.replace(",", ".") if dialect.decimal == "," else cell
    return float(plain) if NUMBER.fullmatch(plain) and abs(float(plain)) < EXACT else cell


def read_quality(column: Column, map: Mapping[str, str]) -> tuple[NDArray[np.uint32], Mask]:
    """Status codes of a quality column (a number, 0x..., or good, uncertain, bad), and the cells that are none."""
    written = _series(column).cast(pl.String).fill_null("").to_arrow().cast(pa.string()).dictionary_encode()
    words = [str(x).strip() for x in written.dictionary.to_pylist()]
    codes = [_status(map.get(x, x)) for x in words]
    index = np.asarray(written.indices.to_numpy(), dtype=np.int64)
    if not codes:
        return np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.bool_)
    found = np.array([0 if c is None else c for c in codes], dtype=np.uint32)
    return found[index], np.array([c is None for c in codes], dtype=np.bool_)[index]


def _status(cell: str) -> int | None:
    if cell == "" or cell.lower() in WORDS:
        return WORDS.get(cell.lower(), 0)
    if re.fullmatch(r"0[xX][0-9a-fA-F]{1,8}", cell):
        return int(cell, 16)
    number = int(float(cell)) if NUMBER.fullmatch(cell) else -1
    return number if 0 <= number < 2**32 else None


def why_not(cell: str, way: Way, dialect: Dialect) -> str:
    """Why a cell could not be read, in words that say what to do."""
    if way.kind == "boolean":
        return "is neither yes nor no (true/false, on/off, 1/0)"
    if re.search(r"inf", cell, re.IGNORECASE):
        return "is not a finite number"
    if dialect.decimal == "." and re.fullmatch(r"\s*[+-]?[\d.]*\d,\d+\s*", cell):
        return "is not a number; if the comma is a decimal comma, set decimal = ','"
    if dialect.decimal == "," and "." in cell:
        return "is not a number; decimal is ',', so a point is only allowed as thousands = '.'"
    whole = way.kind == "integer" and NUMBER.fullmatch(cell.strip().replace(dialect.decimal, "."))
    return "is not a whole number, and its signal is an integer" if whole else "is not a number"
