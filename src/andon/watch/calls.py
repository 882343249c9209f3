"""Calls for help as they stand, kept in memory for everybody who looks each second; told like alarms."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Protocol

from ..acts.calls import Call, called, spoken
from ..acts.orders import OPEN
from ..model import Batch, Receipt, Window
from ..plant.alarms import CALL
from ..reading import History
from .alarms import Occurrence
from .alarms.life import Stage

PRIORITY = "high"
"""A call stands among the alarms that people are told of as one of this priority."""
MESSAGES = {
    "maintenance": ("maintenance is called", "呼叫维修"),
    "quality": ("quality is called", "呼叫质量人员"),
    "material": ("material is called for", "呼叫送料"),
    "supervisor": ("the supervisor is called", "呼叫班组长"),
}
"""What those who are told read, in English and Chinese."""


class Memory(History, Protocol):
    """What calls need of a historian."""

    def listen(self, listener: Callable[[Batch, Receipt], None]) -> None: ...


class Calls:
    """The calls of a running plant that stand; each look costs nothing, for the historian tells what is new."""

    def __init__(self, history: Memory, now: int) -> None:
        self._lock = Lock()
        self._standing: dict[int, Call] = {}
        self._changed: list[Call] = []
        with self._lock:  # what is written meanwhile waits, and comes after
            history.listen(self.listener)
            self._standing = {c.number: c for c in called(history, Window(now, OPEN)) if c.stands}

    def listener(self, batch: Batch, receipt: Receipt) -> None:
        """Take in calls that were stored."""
        if receipt.repeated or batch.spells is None or CALL not in batch.spells["kind"].to_pylist():
            return
        rows = [r for r in batch.spells.to_pylist() if r["kind"] == CALL]
        with self._lock:
            for call in map(spoken, rows):
                self._changed.append(call)
                if call.stands:
                    self._standing[call.number] = call
                else:
                    self._standing.pop(call.number, None)

    def standing(self) -> list[Call]:
        """Calls that nobody has ended, the longest first."""
        with self._lock:
            return sorted(self._standing.values(), key=lambda c: c.since)

    def told(self) -> tuple[list[Occurrence], list[Occurrence]]:
        """What stands, and what is new since the last time, as those who are told of alarms take it."""
        with self._lock:
            changed, self._changed = self._changed, []
            standing = list(self._standing.values())
        return [occurrence(c) for c in standing], [occurrence(c) for c in changed]


def occurrence(call: Call) -> Occurrence:
    """A call as an alarm: who answers it acknowledges, who ends it says that it is over."""
    english, chinese = MESSAGES[call.kind]
    waits = call.stands and call.answered is None
    standing = Stage.UNACKNOWLEDGED if waits else Stage.ACKNOWLEDGED
    return Occurrence(
        place=call.machine,
        name=f"call-{call.kind}",
        since=call.since,
        until=call.until,
        told=call.since,
        stage=standing if call.stands else Stage.NORMAL,
        priority=PRIORITY,
        messages={
            "en": f"{call.machine}: {english} by {call.who}{_said(call, ': ')}",
            "zh": f"{call.machine}：{call.who} {chinese}{_said(call, '：')}",
        },
        shown=call.since,
        waiting=call.since if waits else None,
        acknowledged=call.answered,
        by=call.by,
    )


def _said(call: Call, before: str) -> str:
    return f"{before}{call.text}" if call.text else ""
