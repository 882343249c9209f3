"""One signal's raw rows as arrays, and what they say.

The rows come as an Arrow table: `at` (int64 microseconds, or a timestamp), `value` (double, nullable), `text` (string
or dictionary, nullable; may be absent), `quality` (uint32 status codes; may be absent: good). They need not be in
order; of rows with the same `at` the last one counts.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..model import Codes, Numbers, Times, Window

EXACT = 2**53
"""Integers below this are exact as floats."""
Index = NDArray[np.int64]
Word = str | float | None


@dataclass(frozen=True, slots=True)
class Rows:
    """The columns of a raw table as arrays of one length, in order of time, one row a moment.

    `text` is the place of each row's text in `texts`, -1 for none.
    """

    at: Times
    value: Numbers
    texts: tuple[str, ...]
    text: Index
    quality: Codes


def read_rows(table: pa.Table) -> Rows:
    """The table's columns in order of time; of rows with one time the last."""
    size, names = table.num_rows, table.column_names
    value = table["value"].cast(pa.float64()).to_numpy() if "value" in names else np.full(size, np.nan)
    quality = np.nan_to_num(table["quality"].to_numpy()) if "quality" in names else np.zeros(size)
    texts, text = _texts(table) if "text" in names else ((), np.full(size, -1))
    rows = Rows(_micros(table), value, texts, text, quality.astype(np.uint32, copy=False))
    if size < 2 or bool(np.all(np.diff(rows.at) > 0)):
        return rows
    order = np.argsort(rows.at, kind="stable")
    return _picked(rows, order[np.append(np.diff(rows.at[order]) > 0, True)])


def _picked(rows: Rows, pick: Index) -> Rows:
    return Rows(rows.at[pick], rows.value[pick], rows.texts, rows.text[pick], rows.quality[pick])


def cut(rows: Rows, window: Window) -> Rows:
    """The rows in the window, and the last one up to its start."""
    first = max(0, int(np.searchsorted(rows.at, window.since, "right")) - 1)
    return _picked(rows, np.arange(first, max(first, int(np.searchsorted(rows.at, window.until)))))


def _micros(table: pa.Table) -> Times:
    column = table["at"]
    if pa.types.is_timestamp(column.type):
        return column.to_numpy().astype("datetime64[us]").astype(np.int64)
    return column.to_numpy().astype(np.int64, copy=False)


def _texts(table: pa.Table) -> tuple[tuple[str, ...], Index]:
    """The different texts of the table, and the place of each row's text among them."""
    coded = table["text"].cast(pa.string()).combine_chunks().dictionary_encode()
    places = np.nan_to_num(coded.indices.to_numpy(zero_copy_only=False), nan=-1)
    return tuple(str(text) for text in coded.dictionary.to_pylist()), places.astype(np.int64)


def words(rows: Rows) -> tuple[list[Word], Index]:
    """The different things that were said, and which of them each row says: its text, else its number, else None."""
    numbers, code = np.unique(rows.value, return_inverse=True)
    found = [*rows.texts, *(None if number != number else number for number in numbers.tolist())]
    return found, np.where(rows.text >= 0, rows.text, code + len(rows.texts))


def said(word: Word) -> str:
    """What was said, as text: 2.0 is "2", nothing is ""."""
    if isinstance(word, float):
        return str(int(word)) if word.is_integer() and abs(word) < EXACT else repr(word)
    return word or ""
