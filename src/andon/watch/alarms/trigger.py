"""From what a signal says to when an alarm is on: the condition, held long enough; in the time of the source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .conditions import NEVER, Condition

BAD = 2
"""Severity (`quality >> 30`) from which on a value says nothing: it neither raises an alarm nor ends one."""


class Edge(NamedTuple):
    """An alarm goes on or off: when, whether on, the last usable value."""

    at: int
    on: bool
    value: float | None


@dataclass(slots=True)
class Trigger:
    """One condition with its delays.

    Values come in order of time; one that is older than the last is left out. `until` says that all values before a
    moment have come. A condition that ends in the very moment in which its delay does was too short. What comes out
    depends on the values and their moments alone, and not on how they were cut into batches; only where a value comes
    after what it would have prevented was told already, it counts from that moment on.

    Examples
    --------
    >>> from ...plant.alarms import Level
    >>> from .conditions import Beyond
    >>> hot = Trigger(Beyond(Level(70.0)), on_delay=10)
    >>> [*hot.heard(0, 71.0, None, 0), *hot.heard(30, 60.0, None, 0)]
    [Edge(at=10, on=True, value=71.0), Edge(at=30, on=False, value=60.0)]
    """

    condition: Condition
    on_delay: int = 0
    off_delay: int = 0
    on: bool = False
    value: float | None = None
    holds: bool = False
    due: int = NEVER
    last: int = -NEVER
    reached: int = -NEVER

    @property
    def idle(self) -> bool:
        """It is off, and nothing is on the way to turning it on."""
        return not (self.on or self.holds) and self.due == NEVER

    def heard(self, at: int, value: float | None, text: str | None, quality: int) -> Iterator[Edge]:
        """A value was said."""
        if at < self.last:
            return
        self.last = at
        at = max(at, self.reached)
        if min(self.due, self.condition.due) < at:
            yield from self._passed(at)
        if quality >> 30 >= BAD:
            return
        if value is not None:
            self.value = value
        if self.condition.heard(at, value, text) is not self.holds:
            yield from self._turned(at)

    def rewind(self, at: int) -> None:
        """The clock of the source was ahead and was set back: what comes now counts, although it is older."""
        self.last = self.reached = -NEVER
        if self.due != NEVER:
            self.due = min(self.due, at + (self.on_delay if self.holds else self.off_delay))

    def until(self, to: int) -> Iterator[Edge]:
        """All values before `to` have come."""
        if min(self.due, self.condition.due) < to:
            yield from self._passed(to)

    def _passed(self, to: int) -> Iterator[Edge]:
        """What happened by itself before `to`."""
        while (at := min(self.due, self.condition.due)) < to:
            self.reached = at
            if self.condition.due == at:
                if self.condition.passed() is not self.holds:
                    yield from self._turned(at)
            else:
                self.due, self.on = NEVER, self.holds
                yield Edge(at, self.on, self.value)

    def _turned(self, at: int) -> Iterator[Edge]:
        """The condition began or ended."""
        self.holds = not self.holds
        delay = self.on_delay if self.holds else self.off_delay
        if self.holds is self.on:
            self.due = NEVER
        elif delay:
            self.due = at + delay
        else:
            self.due, self.on = NEVER, self.holds
            yield Edge(at, self.on, self.value)
