"""Rows put into the order of signals and time, the last writer of each moment kept."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..model import Times
from .columns import schema
from .names import Ids

COLUMNS = schema(
    {"signal": pa.int32(), "at": pa.int64(), "value": pa.float64(), "text": pa.string(), "quality": pa.uint32()}
)
Index = NDArray[np.int64]


def arrange(rows: pa.Table, ranks: Ids | None = None) -> tuple[pa.Table, pa.Table]:
    """Sort by signal (by `ranks[signal]` where given) and time; of equal keys the later row wins.

    Returns the rows kept and the rows that lost to one that says something else.
    """
    signal, at = rows["signal"].to_numpy(), rows["at"].to_numpy()
    order = _order(signal if ranks is None else ranks[signal], at)
    if order is not None:
        rows, signal, at = rows.take(order), signal[order], at[order]
    lost = np.flatnonzero((signal[1:] == signal[:-1]) & (at[1:] == at[:-1]))
    if not len(lost):
        return rows, rows.slice(0, 0)
    kept = np.ones(len(at), dtype=np.bool_)
    kept[lost] = False
    return rows.filter(pa.array(kept)), rows.take(lost).filter(pa.array(_differs(rows, lost)))


def stretches(signal: Ids) -> Index:
    """Where each signal's rows begin in sorted rows, and at last where they end."""
    edges = np.flatnonzero(signal[1:] != signal[:-1]) + 1
    return np.concatenate([[0], edges, [len(signal)]]).astype(np.int64) if len(signal) else np.zeros(1, dtype=np.int64)


def last_of_each(at: Times) -> Index | None:
    """Order that sorts moments and keeps the last of equal ones; None if they are sorted and distinct already."""
    if len(at) < 2 or (at[1:] > at[:-1]).all():
        return None
    order = np.argsort(at, kind="stable")
    kept = np.append(at[order][1:] != at[order][:-1], True)
    return np.asarray(order[kept], dtype=np.int64)


def _order(key: Ids, at: Times) -> Index | None:
    """The stable order by (key, at), or None if that is how they lie.

    Rows come nearly in order of time, so a radix sort by signal (NumPy's for 16-bit numbers) is mostly all it takes.
    """
    if _sorted(key, at):
        return None
    small = key.astype(np.uint16) if len(key) and key.max() < 1 << 16 else key
    order = np.argsort(small, kind="stable")
    if not _sorted(key[order], at[order]):
        order = np.lexsort((at, key))
    return np.asarray(order, dtype=np.int64)


def _sorted(key: Ids, at: Times) -> bool:
    up, same = key[1:] > key[:-1], key[1:] == key[:-1]
    return bool((up | (same & (at[1:] >= at[:-1]))).all())


def _differs(rows: pa.Table, lost: Index) -> NDArray[np.bool_]:
    """Which of the rows at `lost` say something else than the row after them."""
    columns = ("value", "text", "quality")
    old, new = rows.take(lost), rows.take(lost + 1)
    before = zip(*(old[c].to_pylist() for c in columns), strict=True)
    after = zip(*(new[c].to_pylist() for c in columns), strict=True)
    return np.array([a != b for a, b in zip(before, after, strict=True)], dtype=np.bool_)
