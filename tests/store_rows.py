"""Small batches for the tests of the store."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from andon.model import Batch, Window

SECOND = 1_000_000
DAY = 86_400 * SECOND
MONDAY = 19_674 * DAY  # 2023-11-13
ALL = Window(0, 1 << 61)
UTC = pa.timestamp("us", "UTC")


def said(
    path: str,
    at: Sequence[int],
    value: Sequence[float | int | None] | None = None,
    text: Sequence[str | None] | None = None,
    quality: Sequence[int] | None = None,
) -> pa.Table:
    """Samples of one signal."""
    columns: dict[str, object] = {"signal": [path] * len(at), "at": pa.array(list(at), pa.int64()).cast(UTC)}
    columns |= {"value": pa.array(value)} if value is not None else {}
    columns |= {"text": pa.array(text, pa.string())} if text is not None else {}
    columns |= {"quality": pa.array(quality, pa.uint32())} if quality is not None else {}
    return pa.table(columns)


def batch(number: int, *tables: pa.Table, source: str = "line") -> Batch:
    return Batch(source, number, pa.concat_tables(tables, promote_options="default"))


def day_of(path: str, *, day: int = 0, rows: int = 86_400, seed: int = 1) -> pa.Table:
    """A signal at 1 Hz with two decimals from the start of a day on, and a spike that no trend may lose."""
    chance = np.random.default_rng([seed, day])
    value = np.round(np.cumsum(chance.normal(0, 0.1, rows)), 2)
    value[int(chance.integers(0, rows))] = 1000.0
    at = MONDAY + day * DAY + np.arange(rows, dtype=np.int64) * SECOND + chance.integers(-2, 3, rows) * 1000 + 5000
    quality = np.where(chance.random(rows) < 0.001, 0x80000000, 0).astype(np.uint32)
    return pa.table(
        {"signal": pa.array([path] * rows), "at": pa.array(at).cast(UTC), "value": value, "quality": quality}
    )
