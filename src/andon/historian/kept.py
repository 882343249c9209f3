"""The newest rows of one signal in memory: appended as they come, run-length coded where repeats say nothing."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..plant import Signal
from .cold import Span
from .columns import numbers, whole
from .rows import ROW

Said = tuple[float | None, str | None, int]
"""What a row says: value, text, quality."""


class Fit(Enum):
    """How a row fits to those that are kept."""

    NEW = "says something new"
    SAME = "says what the row before said"
    KNOWN = "was there already, or lies where nobody looks"
    ODD = "comes late or replaces another: the rows have to be read again"


@dataclass(slots=True)
class Kept:
    """Rows of a signal in order of time.

    Of a row that is said again and again the first and the last are kept, unless each one counts (`each`): then a row
    is heard for a while only, or is an increment of its own.
    """

    each: bool
    at: array[int] = field(default_factory=lambda: array("q"))
    value: array[float] = field(default_factory=lambda: array("d"))
    quality: array[int] = field(default_factory=lambda: array("I"))
    text: list[str | None] = field(default_factory=list)
    empty: bytearray = field(default_factory=bytearray)

    @classmethod
    def of(cls, signal: Signal, rows: pa.Table) -> Kept:
        """Keep rows that are in order of time."""
        kept = cls(signal.holds is not None or signal.counting == "delta")
        rows = rows if kept.each else rows.filter(pa.array(_telling(rows)))
        value, valid = numbers(rows["value"])
        kept.at.frombytes(np.ascontiguousarray(rows["at"].to_numpy(), np.int64).tobytes())
        kept.value.frombytes(np.ascontiguousarray(value, np.float64).tobytes())
        kept.quality.frombytes(np.ascontiguousarray(rows["quality"].to_numpy(), np.uint32).tobytes())
        kept.empty += (~valid).tobytes()
        if rows["text"].null_count < rows.num_rows:
            kept.text = rows["text"].to_pylist()
        return kept

    def __len__(self) -> int:
        return len(self.at)

    def add(self, at: int, said: Said) -> Fit:
        """Take in a row, if it is the newest; how it fits."""
        last = len(self.at) - 1
        if last < 0 or at > self.at[last]:
            same = last >= 0 and self.said(last) == said
            if same and last > 0 and not self.each and self.said(last - 1) == said:
                self.at[last] = at
            else:
                self._append(at, said)
            return Fit.SAME if same else Fit.NEW
        place = bisect_left(self.at, at)
        if self.at[place] == at:
            return Fit.KNOWN if self.said(place) == said else Fit.ODD
        inside = not self.each and place > 0 and self.said(place - 1) == said == self.said(place)
        return Fit.KNOWN if inside else Fit.ODD

    def said(self, place: int) -> Said:
        """What the row at a place says."""
        value = None if self.empty[place] else self.value[place]
        return value, self.text[place] if self.text else None, self.quality[place]

    def tail(self, since: int) -> list[tuple[int, Said]]:
        """The rows from a moment on, and the last one before it."""
        first = max(0, bisect_left(self.at, since) - 1)
        return [(self.at[i], self.said(i)) for i in range(first, len(self.at))]

    def forget(self, until: int) -> None:
        """Let go of what lies before a moment, but for the last row before it."""
        count = bisect_left(self.at, until) - 1
        if count > 0:
            del self.at[:count], self.value[:count], self.quality[:count], self.empty[:count]
            del self.text[:count]

    def table(self, span: Span) -> pa.Table:
        """The rows of a span and its edges, as the historian reads them."""
        begin, end = bisect_left(self.at, span.since), bisect_left(self.at, span.until)
        begin, end = max(0, begin - int(span.before)), min(len(self.at), end + int(span.after))
        empty = np.frombuffer(bytes(self.empty[begin:end]), dtype=np.bool_)
        return pa.table(
            {
                "at": pa.array(np.array(self.at[begin:end], dtype=np.int64)),
                "value": pa.array(np.array(self.value[begin:end]), pa.float64(), mask=empty),
                "text": pa.array(self.text[begin:end] if self.text else [None] * (end - begin), pa.string()),
                "quality": pa.array(np.array(self.quality[begin:end], dtype=np.uint32)),
            },
            schema=ROW,
        )

    def _append(self, at: int, said: Said) -> None:
        value, text, quality = said
        if text is not None and not self.text:
            self.text = [None] * len(self.at)
        self.at.append(at)
        self.value.append(0.0 if value is None else value)
        self.quality.append(quality)
        self.empty.append(value is None)
        if self.text or text is not None:
            self.text.append(text)


def _telling(rows: pa.Table) -> NDArray[np.bool_]:
    """The first and the last row of each run of rows that say the same."""
    value, valid = numbers(rows["value"])
    text = whole(rows["text"]).dictionary_encode().indices.fill_null(-1).to_numpy()
    columns = (value, valid, text, rows["quality"].to_numpy())
    new = np.ones(rows.num_rows + 1, dtype=np.bool_)
    new[1:-1] = np.logical_or.reduce([c[1:] != c[:-1] for c in columns])
    return np.asarray(new[:-1] | new[1:], dtype=np.bool_)
