"""The same of many things, on two cores at once: for work that leaves the interpreter free, as arrays and files do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
CORES = 2
"""So many at once, however many there are: others ask, too, and the plant is kept meanwhile."""
PIECES = 16
"""Into so many pieces of work much is cut: small ones cost more than they save, large ones leave a core idle."""


def on_cores(function: Callable[[T], R], given: Sequence[T], few: int = 2) -> list[R]:
    """What a function gives for each, in the order given; fewer than `few` are done one after the other.

    >>> on_cores(len, ["a", "bc", ""])
    [1, 2, 0]
    """
    if len(given) < few:
        return [function(g) for g in given]
    step = -(-len(given) // PIECES)
    pieces = [given[i : i + step] for i in range(0, len(given), step)]
    with ThreadPoolExecutor(CORES, "andon core") as pool:
        return [r for piece in pool.map(lambda p: [function(g) for g in p], pieces) for r in piece]
