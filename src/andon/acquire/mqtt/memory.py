"""What a source remembers between two lives: the topics that its session has, and when messages arrived."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from ..broker import Message

ENTRY = struct.Struct(">H8sq")
MOST = 1 << 17
"""Entries in the file; then only the last of each number is kept (MQTT has 65535)."""
Key = tuple[int, bytes]


@dataclass(slots=True)
class Arrivals:
    """When messages without a time of their own arrived.

    A message that was stored but not acknowledged, since we were killed in between, comes again: here it gets the time
    that it had, so that the history stores it once.

    Parameters
    ----------
    file
        Where they are kept; None: nowhere, for somebody who only looks.
    """

    file: Path | None
    known: dict[Key, int] = field(default_factory=dict)
    size: int = 0
    last: int = 0

    def load(self) -> None:
        """Read what an earlier life left; what a power cut spoiled at the end is left out."""
        if self.file is None:
            return
        raw = self.file.read_bytes() if self.file.exists() else b""
        whole = raw[: len(raw) // ENTRY.size * ENTRY.size]
        latest = {number: (digest, at) for number, digest, at in ENTRY.iter_unpack(whole)}
        self.known = {(number, digest): at for number, (digest, at) in latest.items()}
        self.last = max(self.known.values(), default=0)
        self._rewrite(self.file, [(n, d, at) for (n, d), at in self.known.items()])

    def of(self, messages: Sequence[Message]) -> list[int]:
        """A moment for each message, each later than the one before; that of its first coming where it came before."""
        found = []
        for message in messages:
            at = self.known.get((message.number, _digest(message))) if message.again and self.known else None
            if at is None:
                at = self.last = max(message.at, self.last + 1)
            found.append(at)
        return found

    def note(self, messages: Iterable[tuple[Message, int]]) -> None:
        """Write down moments, before the rows that have them are stored."""
        if self.file is None:
            return
        entries = [(m.number, _digest(m), at) for m, at in messages if m.number]
        if not entries:
            return
        with self.file.open("ab") as file:
            file.write(b"".join([ENTRY.pack(*e) for e in entries]))
            file.flush()
            os.fsync(file.fileno())
        self.size += len(entries)
        if self.size > MOST:
            latest = {n: (n, d, at) for n, d, at in ENTRY.iter_unpack(self.file.read_bytes())}
            self._rewrite(self.file, list(latest.values()))

    def _rewrite(self, file: Path, entries: Sequence[tuple[int, bytes, int]]) -> None:
        draft = file.with_suffix(".tmp")
        draft.write_bytes(b"".join([ENTRY.pack(*e) for e in entries]))
        os.replace(draft, file)
        self.size = len(entries)


def _digest(message: Message) -> bytes:
    return blake2b(message.topic.encode() + b"\0" + message.payload, digest_size=8).digest()


def subscribed(file: Path) -> list[str]:
    """The patterns that this source's session has; none where that is not known."""
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return [str(f) for f in found] if isinstance(found, list) else []


def keep_subscribed(file: Path, filters: Sequence[str]) -> None:
    """Remember the patterns that this source's session has."""
    draft = file.with_suffix(".tmp")
    draft.write_text(json.dumps(list(filters)), "utf-8")
    os.replace(draft, file)
