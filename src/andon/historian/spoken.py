"""When each source was connected, kept in memory: every series asks for it, and it seldom changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Lock

Connected = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Spoken:
    """Connection stretches by source, as they were told; forgotten whenever something new is told of the source."""

    kept: dict[str, Connected] = field(default_factory=dict)
    version: int = 0
    lock: Lock = field(default_factory=Lock)

    def of(self, source: str, read: Callable[[], Iterable[tuple[int, int, str]]]) -> Connected:
        """The stretches of a source, read where they are not kept."""
        with self.lock:
            known, version = self.kept.get(source), self.version
        if known is not None:
            return known
        found = tuple((since, until) for since, until, _ in read())
        with self.lock:
            if version == self.version:  # else something was told meanwhile that the reader may have missed
                self.kept[source] = found
        return found

    def told(self, sources: Iterable[str]) -> None:
        """Something was told of these sources."""
        with self.lock:
            self.version += 1
            for source in sources:
                self.kept.pop(source, None)
