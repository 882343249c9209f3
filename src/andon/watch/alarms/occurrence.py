"""One time that an alarm was on: from when to when, how people saw it, who acknowledged it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ...plant.alarms import Advice, Alarm
from .life import WAITING, Stage

OPEN = 4_102_444_800_000_000
"""2100-01-01T00:00Z: the end of what has not ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One time that an alarm was on; a spell of kind "alarm" in the history.

    Attributes
    ----------
    place, name
        Which alarm.
    since, until
        When it was on, in the time of the source; `OPEN` while it is.
    told
        When Andon wrote it down first (this computer's clock).
    stage
        Where its life stands.
    priority, messages, advice, unit, signal, group
        As plant.toml had them.
    value
        The value that raised it.
    shown
        When people first saw it; None: it was hidden all the time (shelved, suppressed, out of service).
    waiting
        Since when people have been waiting for an acknowledgement: before `since` where it came again meanwhile.
    acknowledged, by
        When and by whom it was acknowledged.
    first_out
        It was the first of its group.
    ended
        Why it ended where not by itself.
    """

    place: str
    name: str
    since: int
    until: int = OPEN
    told: int = 0
    stage: Stage = Stage.UNACKNOWLEDGED
    priority: str = "medium"
    messages: Mapping[str, str] = field(default_factory=dict)
    advice: Advice = field(default_factory=Advice)
    unit: str = "1"
    signal: str = ""
    group: str = ""
    value: float | None = None
    shown: int | None = None
    waiting: int | None = None
    acknowledged: int | None = None
    by: str = ""
    first_out: bool = False
    ended: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.place, self.name

    @property
    def is_open(self) -> bool:
        return self.until >= OPEN

    @property
    def is_waiting(self) -> bool:
        """Somebody has yet to acknowledge it."""
        return self.stage in WAITING

    @property
    def stands(self) -> bool:
        """It is not over: active, or waiting for somebody."""
        return self.is_open or self.stage in (*WAITING, Stage.LATCHED)


def occurrence(alarm: Alarm, since: int, *, value: float | None, told: int) -> Occurrence:
    """A new one of an alarm."""
    made = Occurrence(
        place=alarm.place,
        name=alarm.name,
        since=since,
        told=told,
        priority=alarm.priority,
        advice=alarm.advice,
        unit=alarm.unit,
        signal=alarm.signal,
        group=alarm.group,
        value=value,
    )
    return replace(made, messages={k: _filled(text, made) for k, text in alarm.messages.items()})


def _filled(text: str, made: Occurrence) -> str:
    """A message with its values put in."""
    value = "?" if made.value is None else f"{made.value:g}"
    unit = "" if made.unit == "1" else made.unit
    return text.format(machine=made.place, value=value, unit=unit)
