"""Parts of sealed files that were read lately, kept in memory: a sealed file never changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeVar, cast

T = TypeVar("T")
MOST = 500_000
"""Rows that are kept in all."""


@dataclass(slots=True)
class Drawer:
    """What was made of files, by name; what was not asked for the longest goes first.

    >>> drawer = Drawer()
    >>> drawer.of("a", lambda: ("made", 10)), drawer.of("a", lambda: ("made again", 10))
    ('made', 'made')
    """

    kept: OrderedDict[str, tuple[object, int]] = field(default_factory=OrderedDict)
    rows: int = 0
    lock: Lock = field(default_factory=Lock)

    def of(self, name: str, make: Callable[[], tuple[T, int]]) -> T:
        """What is kept under a name, else what `make` gives (with how many rows it has)."""
        with self.lock:
            known = self.kept.get(name)
            if known is not None:
                self.kept.move_to_end(name)
                return cast(T, known[0])
        made, rows = make()
        with self.lock:
            if name not in self.kept and rows <= MOST:
                self.kept[name] = (made, rows)
                self.rows += rows
            while self.rows > MOST:
                self.rows -= self.kept.popitem(last=False)[1][1]
        return made
