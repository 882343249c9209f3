"""Arrow columns as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..model import Numbers

if TYPE_CHECKING:
    Column = pa.ChunkedArray[Any] | pa.Array[Any]
    Words = pa.DictionaryArray[Any, Any]
else:
    Column = pa.ChunkedArray | pa.Array
    Words = pa.DictionaryArray


def schema(kinds: Mapping[str, pa.DataType]) -> pa.Schema:
    """A schema from names and types."""
    return pa.schema(kinds)


def whole(column: Column) -> pa.Array[Any]:
    """A column in one piece."""
    if isinstance(column, pa.ChunkedArray):
        one: Column = column.combine_chunks()
        return pa.concat_arrays(one.chunks) if isinstance(one, pa.ChunkedArray) else one
    return column


def numbers(column: Column) -> tuple[Numbers, NDArray[np.bool_]]:
    """Values, with 0 where there is none, and where there is one."""
    one = whole(column)
    if not one.null_count:
        return one.to_numpy(), np.ones(len(one), dtype=np.bool_)
    said = one.is_valid().to_numpy(zero_copy_only=False)
    return np.where(said, one.to_numpy(zero_copy_only=False), 0.0), said
