"""Rows in the making, by the place of their address."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..link import BAD_NO_COMMUNICATION, MOMENT, ROWS

Block = tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float64]]
"""Places, moments (milliseconds) and values of good rows."""


@dataclass(slots=True)
class Columns:
    """Rows one by one (lists; the few texts and qualities by row) and in blocks, in the order in which they came."""

    addresses: tuple[str, ...]
    code: list[int] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    value: list[float | None] = field(default_factory=list)
    text: dict[int, str] = field(default_factory=dict)
    quality: dict[int, int] = field(default_factory=dict)
    after: list[int] = field(default_factory=list)
    """Rows that are a microsecond later than their millisecond: an end does not replace what was said just before."""
    done: list[pa.Table] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.code) + sum(t.num_rows for t in self.done)

    def add(self, code: int, at: int, number: float | None, text: str | None = None, quality: int = 0) -> None:
        """Add a row; `at` in milliseconds."""
        if text is not None:
            self.text[len(self.code)] = text
        if quality:
            self.quality[len(self.code)] = quality
        self.code.append(code)
        self.at.append(at)
        self.value.append(number)

    def stale(self, code: int, at: int) -> None:
        """Nothing is known from a moment on."""
        self.after.append(len(self.code))
        self.add(code, at, None, None, BAD_NO_COMMUNICATION)

    def block(self, block: Block) -> None:
        """Add many good rows."""
        self._close()
        code, at, value = block
        self.done.append(self._table(code, at * 1000, value, {}, {}))

    def table(self) -> pa.Table:
        """The rows, columns as in `ROWS`."""
        self._close()
        return pa.concat_tables(self.done) if self.done else ROWS.empty_table()

    def _close(self) -> None:
        """Put the rows that were added one by one behind those before."""
        if not self.code:
            return
        at = np.array(self.at, dtype=np.int64) * 1000
        at[self.after] += 1
        values = np.array(self.value, dtype=np.float64)  # what has no value is NaN here and null in the table
        self.done.append(self._table(np.array(self.code, dtype=np.int32), at, values, self.text, self.quality))
        self.code, self.at, self.value, self.after, self.text, self.quality = [], [], [], [], {}, {}

    def _table(
        self,
        code: NDArray[np.int32],
        at: NDArray[np.int64],
        value: NDArray[np.float64],
        text: dict[int, str],
        quality: dict[int, int],
    ) -> pa.Table:
        count = len(code)
        qualities = np.zeros(count, dtype=np.uint32)
        for row, status in quality.items():
            qualities[row] = status
        texts = [text.get(row) for row in range(count)] if text else []
        return pa.table(
            {
                "address": pa.DictionaryArray.from_arrays(code, pa.array(self.addresses, pa.string())),
                "at": pa.array(at, pa.int64()).cast(MOMENT),
                "value": pa.array(value, from_pandas=True),
                "text": pa.array(texts, pa.string()) if text else pa.nulls(count, pa.string()),
                "quality": pa.array(qualities),
            },
            schema=ROWS,
        )
