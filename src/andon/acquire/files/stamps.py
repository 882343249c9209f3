"""One column of time stamps -> microseconds, in whatever way they are written; and which way that is."""

import re
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from ...model import Times
from .rows import Column

Mask = NDArray[np.bool_]
PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
DAY = 86_400_000_000
EXCEL_EPOCH = -25_569 * DAY  # 1899-12-30, so that the leap day 1900-02-29 which Excel believes in does not matter
DATES = {
    "%Y-%m-%d": r"\d{4}-\d\d?-\d\d?",
    "%Y/%m/%d": r"\d{4}/\d\d?/\d\d?",
    "%Y.%m.%d": r"\d{4}\.\d\d?\.\d\d?",
    "%Y%m%d": r"\d{8}",
    "%Y年%m月%d日": r"\d{4}年\d\d?月\d\d?日",
    "%d.%m.%Y": r"\d\d?\.\d\d?\.\d{4}",
    "%d.%m.%y": r"\d\d?\.\d\d?\.\d\d",
    "%d/%m/%Y": r"\d\d?/\d\d?/\d{4}",
    "%m/%d/%Y": r"\d\d?/\d\d?/\d{4}",
    "%d-%m-%Y": r"\d\d?-\d\d?-\d{4}",
    "%m-%d-%Y": r"\d\d?-\d\d?-\d{4}",
    "%d-%b-%Y": r"\d\d?-[A-Za-z]{3}-\d{4}",
    "%d %b %Y": r"\d\d? [A-Za-z]{3} \d{4}",
}
TIMES = {
    "%H:%M:%S%.f": r"\d\d?:\d\d:\d\d(?:[.,]\d+)?",
    "%H:%M": r"\d\d?:\d\d",
    "%I:%M:%S %p": r"\d\d?:\d\d:\d\d [AaPp][Mm]",
    "%I:%M %p": r"\d\d?:\d\d [AaPp][Mm]",
    "%H%M%S": r"\d{6}",
    "%H时%M分%S秒": r"\d\d?时\d\d?分\d\d?秒",
}
OFFSET = r"\s?(?:Z|UTC|[+-]\d\d(?::?\d\d)?)"
ISO = re.compile(rf"\d{{4}}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)?(?:{OFFSET})?")


@dataclass(frozen=True, slots=True)
class Stamps:
    """Times of n rows: `at` in microseconds (UTC, or local where `local`), and the rows that have none (`bad`)."""

    at: Times
    local: Mask
    bad: Mask


@dataclass(frozen=True, slots=True)
class FormatGuess:
    """The way a time column is written ("" where nobody can tell), and why we think so."""

    format: str
    why: str


def read_stamps(column: Column, format: str) -> Stamps:
    """Read a time column written as `format` says; columns that have a time type need no format."""
    kind = column.type
    if pa.types.is_date(kind):
        column, kind = column.cast(pa.timestamp("us")), pa.timestamp("us")
    if pa.types.is_timestamp(kind):
        return _typed(column, local=column.type.tz is None)
    if format in PER_SECOND:
        return _epoch(column, PER_SECOND[format])
    if format == "excel":
        return _serial(column)
    texts = column if pa.types.is_string(kind) else column.cast(pa.string())
    return _iso(texts) if format == "iso" else _pattern(texts, format)


def _typed(column: Column, *, local: bool) -> Stamps:
    numbers = column.cast(pa.timestamp("us") if local else pa.timestamp("us", "UTC"), safe=False).cast(pa.int64())
    bad = _flags(numbers.is_null())
    return Stamps(_integers(numbers), np.full(len(bad), local), bad)


def _epoch(column: Column, per_second: int) -> Stamps:
    series = _series(column)
    whole = series.cast(pl.Int64, strict=False) if series.dtype != pl.Float64 else pl.Series([None], dtype=pl.Int64)
    whole = whole.new_from_index(0, len(series)) if len(whole) < len(series) else whole
    exact = whole // (per_second // 1_000_000) if per_second > 1_000_000 else whole * (1_000_000 // per_second)
    rough = series.cast(pl.Float64, strict=False)
    bad = (rough.is_null() | ~rough.is_finite()).fill_null(True).to_numpy()
    wide = np.abs(np.nan_to_num(rough.to_numpy())) > 9e12 * per_second  # beyond this the microseconds overflow
    micros = rough.fill_null(0.0).to_numpy() / per_second * 1e6
    near = np.where(bad | wide, 0.0, micros).round().astype(np.int64)
    at = np.where(whole.is_null().to_numpy(), near, exact.fill_null(0).to_numpy())
    return Stamps(np.where(wide, -1, at), np.zeros(len(at), dtype=np.bool_), bad | wide)


def _serial(column: Column) -> Stamps:
    days = _series(column).cast(pl.Float64, strict=False)
    bad = (days.is_null() | ~days.is_finite()).fill_null(True).to_numpy() | (np.abs(days.fill_null(0).to_numpy()) > 3e6)
    # Excel keeps a moment as days in a double: good to about a microsecond; the millisecond was meant
    millis = np.where(bad, 0.0, days.fill_null(0.0).to_numpy() * 86_400_000).round().astype(np.int64)
    return Stamps(millis * 1000 + EXCEL_EPOCH, np.ones(len(bad), dtype=np.bool_), bad)


def _iso(texts: Column) -> Stamps:
    """ISO 8601, with or without offset: at Arrow's speed where all rows are alike, else row kinds apart."""
    for kind in (pa.timestamp("us", "UTC"), pa.timestamp("us")):
        try:
            return _typed(texts.cast(kind), local=kind.tz is None)
        except pa.ArrowInvalid:
            continue
    series = _series(texts).str.strip_chars().str.replace(r",(\d)", ".$1").str.replace(r"\s?(Z|UTC)$", "+00:00")
    series = series.str.replace("T", " ", literal=True).str.replace(r"(\d) ?([+-]\d\d)(?::?(\d\d))?$", "$1$2:${3}")
    series = series.str.replace(r"([+-]\d\d):$", "$1:00")
    series = pl.select(
        pl.when(series.str.contains(r"^\d{4}-\d\d-\d\d.\d\d:\d\d:\d\d"))
        .then(series)
        .otherwise(series.str.replace(r"^(\d{4}-\d\d-\d\d.\d\d:\d\d)", "${1}:00"))
    ).to_series()
    series = pl.select(
        pl.when(series.str.contains(r"^\d{4}-\d\d-\d\d(:\d\d)?$"))
        .then(series.str.head(10) + " 00:00:00")
        .otherwise(series)
    ).to_series()
    there = series.str.contains(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d)?$").fill_null(False)
    series = pl.select(pl.when(there).then(series).otherwise(None)).to_series()
    absolute = series.str.to_datetime("%Y-%m-%d %H:%M:%S%.f%:z", time_unit="us", time_zone="UTC", strict=False)
    naive = series.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)
    local = absolute.is_null().to_numpy()
    at = np.where(local, naive.cast(pl.Int64).fill_null(0).to_numpy(), absolute.cast(pl.Int64).fill_null(0).to_numpy())
    return Stamps(at, local, local & naive.is_null().to_numpy())


def _pattern(texts: Column, format: str) -> Stamps:
    series = _series(texts).str.strip_chars()
    if "%.f" in format or "%f" in format:
        series, format = series.str.replace(r",(\d+)", ".$1"), re.sub(r"[.,]?%f", "%.f", format)
    zoned = "%z" in format
    if "%H" not in format and "%I" not in format:
        series, format = series + " 00:00", format + " %H:%M"
    found = series.str.to_datetime(format, time_unit="us", time_zone="UTC" if zoned else None, strict=False)
    bad = found.is_null().to_numpy()
    return Stamps(found.cast(pl.Int64).fill_null(0).to_numpy(), np.full(len(bad), not zoned), bad)


def guess_format(column: Column) -> FormatGuess:
    """How is this column written? Looks at its first 2,000 cells."""
    head = column.slice(0, 2000)
    if pa.types.is_timestamp(head.type) or pa.types.is_date(head.type):
        return FormatGuess("iso", "the file itself says that it is a time.")
    cells = [str(c).strip() for c in head.to_pylist() if c is not None and str(c).strip()]
    if not cells:
        return FormatGuess("", "it is empty in the first rows.")
    if _share(cells, ISO) >= 0.9:
        zoned = re.search(OFFSET + "$", cells[0][10:])
        return FormatGuess("iso", f"ISO 8601 {'with' if zoned else 'without'} an offset: {cells[0]!r}.")
    if _share(cells, re.compile(r"\d+(\.\d+)?([eE]\+?\d+)?")) >= 0.9:
        return _guess_number(cells)
    return _guess_pattern(cells)


def _share(cells: list[str], pattern: re.Pattern[str]) -> float:
    return sum(1 for c in cells if pattern.fullmatch(c)) / len(cells)


def _guess_number(cells: list[str]) -> FormatGuess:
    middle = sorted(float(c) for c in cells if re.fullmatch(r"[\d.eE+]+", c))[len(cells) // 2 - 1]
    if all(re.fullmatch(r"(19|20)\d{6}", c) for c in cells):
        return FormatGuess("%Y%m%d", f"eight digits that make a date: {cells[0]!r}.")
    if all(re.fullmatch(r"(19|20)\d{12}", c) for c in cells):
        return FormatGuess("%Y%m%d%H%M%S", f"fourteen digits that make a date and a time: {cells[0]!r}.")
    if 20_000 < middle < 80_000:
        return FormatGuess("excel", f"{cells[0]!r} days since 1899-12-30 is {_day(middle)}.")
    for unit, per_second in PER_SECOND.items():
        if 3e8 * per_second < middle < 5e9 * per_second:  # 1979 to 2128
            year = 1970 + middle / per_second / 31_556_952
            return FormatGuess(unit, f"{cells[0]!r} {unit} since 1970 is in the year {int(year)}.")
    return FormatGuess("", f"{cells[0]!r} is a number that is no time we know (s, ms, us, ns since 1970, Excel days).")


def _day(serial: float) -> str:
    return str(datetime.fromtimestamp((serial - 25_569) * 86_400).date())


def _guess_pattern(cells: list[str]) -> FormatGuess:
    fits = []
    for date, shape in DATES.items():
        for time, clock in ((None, ""), *TIMES.items()):
            for gap in (" ", "T", "", "  ") if time else ("",):
                found = re.compile(f"{shape}{gap}{clock}", re.ASCII)
                zoned = re.compile(f"{shape}{gap}{clock}{OFFSET}", re.ASCII)
                text = date + (gap + time if time else "")
                fits += [text] if _share(cells, found) >= 0.9 else []
                fits += [text + "%z"] if time and _share(cells, zoned) >= 0.9 else []
    likely = [f for f in fits if not _pattern(pa.chunked_array([cells], type=pa.string()), f).bad.mean() > 0.1]
    if len(likely) > 1:
        return _guess_order(cells, likely)
    if likely:
        return FormatGuess(likely[0], f"{cells[0]!r} is written as {likely[0]}.")
    return FormatGuess("", f"{cells[0]!r} is no way to write a time that we know.")


def _guess_order(cells: list[str], likely: list[str]) -> FormatGuess:
    """Day or month first? The one under which the file's rows run forward, if only one does so."""
    column = pa.chunked_array([cells], type=pa.string())
    wanders = [float(np.abs(np.diff(s.at[~s.bad])).sum()) for s in (_pattern(column, f) for f in likely)]
    best = int(np.argmin(wanders))
    if all(w > 3 * wanders[best] for i, w in enumerate(wanders) if i != best):
        return FormatGuess(
            likely[best],
            f"{likely[best]} makes the rows follow each other closely; "
            f"{', '.join(f for f in likely if f != likely[best])} would make them jump.",
        )
    return FormatGuess("", f"{cells[0]!r} may be {' or '.join(likely)}.")


def _series(column: Column) -> pl.Series:
    found = pl.from_arrow(column)
    return found if isinstance(found, pl.Series) else found.to_series()


def _integers(column: Column) -> Times:
    return np.asarray(_series(column).fill_null(0).to_numpy(), dtype=np.int64)


def _flags(column: Column) -> Mask:
    return np.asarray(column.to_numpy(), dtype=np.bool_)
