"""What was pushed lately, by address, so that it can be browsed: senders cannot be asked what they have."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import orjson

MOST = 10_000
"""Addresses that are noted; whoever sends more has to be browsed at the sender."""
FILE = "heard.json"
Note = tuple[int, str | float | None]
"""The kind of a value (as in `lines`), and the first one."""


@dataclass(slots=True)
class Heard:
    """The addresses that were heard since the start and before, with the kind of their values."""

    file: Path
    notes: dict[str, Note] = field(default_factory=dict)
    changed: bool = False

    def note(self, address: str, kind: int, value: str | float | None) -> None:
        """An address was heard, with this value."""
        if address not in self.notes and len(self.notes) < MOST:
            self.notes[address] = (kind, value)
            self.changed = True

    def keep(self) -> None:
        """Write down what is new."""
        if not self.changed:
            return
        self.changed = False
        draft = self.file.with_suffix(".tmp")
        draft.write_bytes(orjson.dumps(dict(self.notes)))
        os.replace(draft, self.file)


def read_heard(folder: Path) -> Heard:
    """What is noted in a source's folder; nothing where there is no note, or none that can be read."""
    file = folder / FILE
    try:
        return Heard(file, {str(k): (int(v[0]), v[1]) for k, v in orjson.loads(file.read_bytes()).items()})
    except (OSError, ValueError, TypeError, IndexError, AttributeError):
        return Heard(file)
