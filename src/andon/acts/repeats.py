"""An act that is sent twice is done once: by the key that its sender gave it, as the audit log keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from ..ledger import audit

Who = tuple[str, str]
"""A person or token, and the key that they gave."""


@dataclass(slots=True)
class Repeats:
    """What was done under which key, read from the audit log, so it holds over restarts.

    Hold `door` from looking until the act is done: two tablets that send the same act at once do it once.
    """

    ledger: Path
    door: Lock = field(default_factory=Lock)
    known: dict[Who, Mapping[str, object]] = field(default_factory=dict)
    begun: dict[int, Who] = field(default_factory=dict)
    offset: int = 0

    def done(self, who: str, key: str) -> Mapping[str, object] | None:
        """What the act said that was done under this key; None if none was."""
        lines, self.offset = audit.after(self.ledger, self.offset)
        for line in lines:
            self._take(line)
        return self.known.get((who, key))

    def _take(self, line: audit.Line) -> None:
        result = line.result
        if isinstance(key := result.get("key"), str):
            self.begun[line.number] = (line.who, key)
        number = result.get("of")
        if not isinstance(number, int) or number not in self.begun:
            return
        sender, said = self.begun.pop(number), result.get("said")
        if result.get("state") == "done":
            self.known[sender] = {"number": number, **(said if isinstance(said, dict) else {})}
