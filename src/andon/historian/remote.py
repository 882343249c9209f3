"""A history that another process owns: the same methods, answered by that one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .door import Caller

OFFERED = (
    "write",
    "read",
    "reads",
    "samples",
    "many",
    "latest",
    "trend",
    "trends",
    "buckets",
    "means",
    "units",
    "measurements",
    "tests",
    "tested",
    "tested_places",
    "aggregate",
    "aggregates",
    "coverage",
    "coverages",
    "spells",
    "spell_rows",
    "overwritten",
    "touched",
    "receipts",
    "last_number",
    "signals",
    "quarantine",
    "forgotten",
    "seal",
    "compact",
    "sql",
    "export",
    "forget",
    "expire",
    "backup",
    "verify",
)
"""What the owner of a history does for other processes."""


class RemoteHistorian:
    """The same methods as `Historian`, answered by the process that owns the folder."""

    def __init__(self, folder: Path, caller: Caller) -> None:
        self.folder = folder
        self._caller = caller

    def __getattr__(self, name: str) -> Callable[..., object]:
        if name not in OFFERED:
            raise AttributeError(f"A historian has no {name!r}.")
        return self._caller.method(name)

    def call(self, name: str, *args: object, **named: object) -> object:
        """Have the owner call what it offers beside the historian's own methods."""
        return self._caller.ask(name, *args, **named)

    def close(self) -> None:
        self._caller.link.close()

    def __enter__(self) -> RemoteHistorian:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
