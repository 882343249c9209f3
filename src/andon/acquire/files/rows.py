"""Rows as a reader hands them on: some columns of some rows, with their lines, and what could not be read."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pyarrow as pa

from ...model import Times

Column: TypeAlias = "pa.ChunkedArray[Any]"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that was not stored: where it stood, what it was, and why."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a file.

    `table` has the needed columns: strings as they were written, or typed where the format has types.
    `line` is the number of each row in the file, from 1. `refused` are rows that are not in the table.
    `position` is how many bytes of the file are behind us; `damaged` says that some bytes were no characters.
    """

    table: pa.Table
    line: Times
    position: int
    refused: tuple[Refusal, ...] = field(default=())
    damaged: bool = False
