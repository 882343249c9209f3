"""Andon's own alarms, without any configuration: a source lost or mute, a clock that is wrong, a full disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from ...plant.alarms import Advice, Alarm, Level, SystemAlarms
from ...units import MINUTE, SECOND
from .conditions import Beyond
from .occurrence import Occurrence
from .panel import Key
from .trigger import Edge, Trigger

ANDON = "andon"
"""The place of what is wrong with Andon's own computer."""


class Seen(Protocol):
    """What is looked at of a source's status."""

    @property
    def source(self) -> str: ...

    @property
    def connector(self) -> str: ...

    @property
    def health(self) -> StrEnum: ...

    @property
    def since(self) -> int: ...

    @property
    def samples(self) -> int: ...

    @property
    def sessions(self) -> int: ...

    @property
    def skew(self) -> int | None: ...


KINDS: Mapping[str, tuple[str, str, str, str]] = {
    "source-lost": (
        "high",
        "{machine} is lost",
        "数据源 {machine} 已断开",
        "See `andon sources` for the reason; check the cable, the machine's power, and its address.",
    ),
    "no-values": (
        "medium",
        "{machine} is connected and brings no values",
        "数据源 {machine} 已连接，但没有任何数值",
        "Check the addresses of its signals in plant.toml, and whether the machine is on.",
    ),
    "clock-skew": (
        "low",
        "The clock of {machine} is {value} s off",
        "{machine} 的时钟偏差 {value} 秒",
        "Set the machine's clock, or have it follow a time server (NTP).",
    ),
    "disk-full": (
        "critical",
        "The disk is full: sources wait and nothing is stored",
        "磁盘已满：数据源正在等待，数据无法保存",
        "Make room on the disk of the plant folder; Andon goes on by itself.",
    ),
}
"""Priority, message in English and Chinese, what to do."""
LOST = ("connecting", "lost", "wrong")
UNASKED = ("files",)
"""Connectors that wait for what people bring: silence is no fault of theirs."""


def own(kind: str, place: str) -> Alarm:
    """One of Andon's own alarms at a place."""
    priority, english, chinese, action = KINDS[kind]
    messages = {"en": english, "zh": chinese}
    return Alarm(name=kind, place=place, priority=priority, messages=messages, advice=Advice(action=action), unit="s")


@dataclass(slots=True)
class System:
    """Looks at the status of all sources and says what is on; asked about once a second.

    `brought` is, by source, the session, how many samples there were before it, and how many there are.
    """

    settings: SystemAlarms
    triggers: dict[Key, Trigger] = field(default_factory=dict)
    brought: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    def remember(self, standing: Iterable[Occurrence]) -> None:
        """What was on when Andon ended."""
        for o in standing:
            if o.name in KINDS and o.is_open:
                trigger = self._trigger(o.key)
                trigger.on = trigger.holds = trigger.condition.on = True

    def look(self, sources: Iterable[Seen], now: int, *, full: bool) -> Iterator[tuple[Alarm, Edge]]:
        """What turns on and off; `full` says that the disk took nothing from the alarms themselves."""
        blocked = full
        for source in sources:
            blocked |= source.health == "blocked"
            for kind, seconds in self._seconds(source, now).items():
                yield from self._turned(kind, source.source, seconds, now)
        if self.settings.disk_full:
            yield from self._turned("disk-full", ANDON, float(blocked), now)

    def gone(self, sources: Iterable[str]) -> list[Key]:
        """Those that are on for a source that there is no longer."""
        known = {ANDON, *sources}
        gone = [key for key in self.triggers if key[0] not in known]
        for key in gone:
            del self.triggers[key]
        return gone

    def _seconds(self, source: Seen, now: int) -> dict[str, float | None]:
        """What is measured of a source, in seconds; None: not known now."""
        lasted = (now - source.since) / SECOND
        session, start, last = self.brought.get(source.source, (-1, 0, 0))
        if source.samples < last:  # it was begun anew, and counts from zero
            session, last = -1, 0
        start = start if session == source.sessions else last
        self.brought[source.source] = (source.sessions, start, source.samples)
        mute = source.health == "connected" and source.samples == start and source.connector not in UNASKED
        return {
            "source-lost": lasted if source.health in LOST else 0.0,
            "no-values": lasted if mute else 0.0,
            "clock-skew": None if source.skew is None else abs(source.skew) / SECOND,
        }

    def _turned(self, kind: str, place: str, seconds: float | None, now: int) -> Iterator[tuple[Alarm, Edge]]:
        if self._limit(kind) is None:
            return
        trigger = self._trigger((place, kind))
        alarm = own(kind, place)
        for edge in trigger.heard(now, seconds, None, 0):
            yield alarm, edge
        for edge in trigger.until(now):
            yield alarm, edge

    def _trigger(self, key: Key) -> Trigger:
        if key not in self.triggers:
            limit, delay = self._limit(key[1]), MINUTE if key[1] == "clock-skew" else 0
            self.triggers[key] = Trigger(Beyond(Level(limit or 0.0)), delay, delay)
        return self.triggers[key]

    def _limit(self, kind: str) -> float | None:
        """The seconds from which on it is one; None: switched off."""
        micros = {
            "source-lost": self.settings.source_lost,
            "no-values": self.settings.no_values,
            "clock-skew": self.settings.clock_skew,
            "disk-full": 0 if self.settings.disk_full else None,
        }[kind]
        return None if micros is None else micros / SECOND
