"""The same of many things, on two cores at once: for work that leaves the interpreter free, as arrays and files do."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
CORES = 2
"""So many at once, however many there are: others ask, too, and the plant is kept meanwhile."""
PIECES = 16
"""Into so many pieces of work much is cut: small ones cost more than they save, large ones leave a core idle."""
OWN, SPARE = 8 << 20, 32 << 20
"""Bytes: arrays up to so large come out of what the process has, and so much that is free stays with each thread."""


def on_cores(function: Callable[[T], R], given: Sequence[T], few: int = 2) -> list[R]:
    """What a function gives for each, in the order given; fewer than `few` are done one after the other.

    >>> on_cores(len, ["a", "bc", ""])
    [1, 2, 0]
    """
    if len(given) < few:
        return [function(g) for g in given]
    _keep_memory()
    step = -(-len(given) // PIECES)
    pieces = [given[i : i + step] for i in range(0, len(given), step)]
    with ThreadPoolExecutor(CORES, "andon core") as pool:
        return [r for piece in pool.map(lambda p: [function(g) for g in p], pieces) for r in piece]


@cache
def _keep_memory() -> None:
    """Tell glibc to keep what is free: arrays that are made a thousand times cost more to be fetched than to fill."""
    with suppress(OSError, AttributeError, TypeError):  # another C library, or another system
        tell = ctypes.CDLL(None).mallopt
        for setting, value in ((-3, OWN), (-1, SPARE)):  # M_MMAP_THRESHOLD, M_TRIM_THRESHOLD of malloc.h
            tell(setting, value)
