"""Line protocol whose lines all have the same fields, as machines send it: read in columns, several times as fast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ..lines import FALSE, REAL_KIND, TRUE, TRUTH_KIND, WHOLE_KIND, coded

ODD = (b'"', b"\\", b"\t", b"\r", b"#")
"""Marks of lines that only the whole grammar reads."""
EXACT = 2**53
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grid:
    """Lines with the same fields: `values[i, j]` is field j of line i, whose head is `heads[head[i]]`."""

    heads: list[str]
    head: Index
    at: Index
    fields: list[str]
    kinds: list[int]
    values: NDArray[np.float64]


def read_grid(body: bytes) -> Grid | None:
    """Lines in columns; None where they have different fields, texts, escapes, no times, or anything wrong.

    >>> grid = read_grid(b"oven,n=1 t=21.5,on=t 17\\noven,n=2 t=22,on=f 18")
    >>> grid.fields, grid.values.tolist(), grid.at.tolist()
    (['t', 'on'], [[21.5, 1.0], [22.0, 0.0]], [17, 18])
    """
    if any(mark in body for mark in ODD):
        return None
    try:
        lines = pl.Series([body.decode("utf-8")]).str.split("\n").explode()
    except UnicodeDecodeError:
        return None
    parts = lines.filter(lines != "").str.splitn(" ", 3).struct.unnest()
    head, fields, at = parts["field_0"], parts["field_1"], parts["field_2"].cast(pl.Int64, strict=False)
    if not len(parts) or fields.null_count() or at.null_count():
        return None
    names = [f.partition("=")[0] for f in str(fields[0]).split(",")]
    split = fields.str.split(",")
    if "" in names or len(set(names)) < len(names) or not (split.list.len() == len(names)).all():
        return None
    columns = [_column(split.list.get(i), name) for i, name in enumerate(names)]
    found = [c for c in columns if c is not None]
    if len(found) < len(columns):
        return None
    heads, place = coded(head)
    if any(h[:1] in ("", ",") for h in heads):
        return None
    return Grid(heads, place, at.to_numpy(), names, [k for k, _ in found], np.column_stack([v for _, v in found]))


def _column(said: pl.Series, name: str) -> tuple[int, NDArray[np.float64]] | None:
    """The kind and the values of one field; None where a line has another field there, or kinds differ."""
    if not said.str.starts_with(f"{name}=").all():
        return None
    text = said.str.strip_prefix(f"{name}=")
    number = text.cast(pl.Float64, strict=False)
    if not number.null_count():
        return (REAL_KIND, number.to_numpy()) if number.is_finite().all() else None
    whole = text.str.strip_suffix("i").cast(pl.Int64, strict=False)
    if (
        text.str.ends_with("i").all()
        and not whole.null_count()
        and whole.is_between(-EXACT, EXACT, closed="none").all()
    ):
        return WHOLE_KIND, whole.cast(pl.Float64).to_numpy()
    true = text.is_in(TRUE)
    return (TRUTH_KIND, true.cast(pl.Float64).to_numpy()) if (true | text.is_in(FALSE)).all() else None
