"""The life of an alarm: the states of ISA-18.2 / IEC 62682 and what leads from one to the next, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ...plant import alarms


class Stage(StrEnum):
    """The states of the standards' diagram, A to I."""

    NORMAL = "normal"
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned"
    LATCHED_UNACKNOWLEDGED = "latched_unacknowledged"
    LATCHED = "latched"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"


class Event(StrEnum):
    """What happens to an alarm that people see."""

    RAISE = "raise"
    RETURN = "return"
    ACKNOWLEDGE = "acknowledge"
    RESET = "reset"


MOVES: Mapping[tuple[Stage, Event], Stage] = {
    (Stage.NORMAL, Event.RAISE): Stage.UNACKNOWLEDGED,
    (Stage.UNACKNOWLEDGED, Event.ACKNOWLEDGE): Stage.ACKNOWLEDGED,
    (Stage.UNACKNOWLEDGED, Event.RETURN): Stage.RETURNED,
    (Stage.ACKNOWLEDGED, Event.RETURN): Stage.NORMAL,
    (Stage.RETURNED, Event.ACKNOWLEDGE): Stage.NORMAL,
    (Stage.RETURNED, Event.RAISE): Stage.UNACKNOWLEDGED,
    (Stage.LATCHED_UNACKNOWLEDGED, Event.ACKNOWLEDGE): Stage.LATCHED,
    (Stage.LATCHED_UNACKNOWLEDGED, Event.RESET): Stage.RETURNED,
    (Stage.LATCHED_UNACKNOWLEDGED, Event.RAISE): Stage.UNACKNOWLEDGED,
    (Stage.LATCHED, Event.RESET): Stage.NORMAL,
    (Stage.LATCHED, Event.RAISE): Stage.UNACKNOWLEDGED,
}
"""Which state follows; what is not in the table changes nothing."""
LATCHING: Mapping[tuple[Stage, Event], Stage] = {
    (Stage.UNACKNOWLEDGED, Event.RETURN): Stage.LATCHED_UNACKNOWLEDGED,
    (Stage.ACKNOWLEDGED, Event.RETURN): Stage.LATCHED,
}
"""Where a latching alarm goes instead."""
HIDDEN = (Stage.OUT_OF_SERVICE, Stage.SHELVED, Stage.SUPPRESSED)
"""Ways to be kept from people; where several hold the first is told."""
WAITING = tuple(map(Stage, alarms.WAITING))
"""States in which somebody has yet to acknowledge."""


@dataclass(slots=True)
class Life:
    """Where one alarm stands.

    `active` is what the process says, whatever people see. When the last thing that hid an alarm ends, people see it
    as the process is then: new and unacknowledged if it is active, latched if nobody reset it, else normal.

    Examples
    --------
    >>> life = Life()
    >>> life.happens(Event.RAISE), life.happens(Event.RETURN), life.happens(Event.ACKNOWLEDGE)
    (True, True, True)
    >>> life.stage
    <Stage.NORMAL: 'normal'>
    """

    latching: bool = False
    active: bool = False
    seen: Stage = Stage.NORMAL
    unreset: bool = False
    hidden: set[Stage] = field(default_factory=set)

    @property
    def stage(self) -> Stage:
        """The state as the standards name it."""
        return next((h for h in HIDDEN if h in self.hidden), self.seen)

    def happens(self, event: Event) -> bool:
        """Something happened; whether the alarm's state is another one, or the process."""
        before = self.stage, self.active
        if event in (Event.RAISE, Event.RETURN):
            self.active = event is Event.RAISE
        if event is Event.RAISE:
            self.unreset = self.latching
        if event is Event.RESET and not self.active:
            self.unreset = False
        if not self.hidden:
            latched = LATCHING.get((self.seen, event)) if self.latching else None
            self.seen = latched or MOVES.get((self.seen, event), self.seen)
        return (self.stage, self.active) != before

    def hide(self, way: Stage) -> bool:
        """Keep it from people; whether that is new."""
        before = self.stage
        self.hidden.add(way)
        return self.stage is not before

    def show(self, way: Stage) -> bool:
        """End one way of hiding it; whether its state is another one."""
        if way not in self.hidden:
            return False
        before = self.stage
        self.hidden.remove(way)
        if not self.hidden:
            latched = Stage.LATCHED_UNACKNOWLEDGED if self.unreset else Stage.NORMAL
            self.seen = Stage.UNACKNOWLEDGED if self.active else latched
        return self.stage is not before
