"""All alarms of a plant as they stand: what raises them, what people do to them, and what of it is new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ...plant.alarms import Alarm
from .life import HIDDEN, Event, Life, Stage
from .occurrence import Occurrence, occurrence

Key = tuple[str, str]
"""Place and name of an alarm."""
REMEMBERED = 100_000


@dataclass(slots=True)
class Point:
    """An alarm with its life and the occurrence that stands."""

    alarm: Alarm
    life: Life
    now: Occurrence | None = None


@dataclass(slots=True)
class Panel:
    """The alarms by place and name. Whoever finds something wrong tells it by `turn`; `take` is what has to be stored.

    Examples
    --------
    >>> panel = Panel()
    >>> panel.put(Alarm(name="hot", place="line-1/press-3"))
    >>> panel.turn(("line-1/press-3", "hot"), 1_000, on=True, value=71.0, told=1_500)
    >>> panel.acknowledge(("line-1/press-3", "hot"), 2_000, "ann")
    True
    >>> [(o.since, o.stage.value, o.by) for o in panel.take()]
    [(1000, 'acknowledged', 'ann')]
    """

    points: dict[Key, Point] = field(default_factory=dict)
    groups: dict[Key, list[Point]] = field(default_factory=dict)
    changed: dict[tuple[str, int], Occurrence] = field(default_factory=dict)
    used: set[tuple[str, int]] = field(default_factory=set)

    def put(self, alarm: Alarm, now: Occurrence | None = None, hidden: Iterable[Stage] = ()) -> None:
        """Add an alarm, as it stood when it was last written down."""
        ways = {*hidden, *([now.stage] if now is not None and now.stage in HIDDEN else [])}
        life = Life(alarm.latching, hidden=ways)
        if now is not None:
            life.active = now.is_open
            life.unreset = alarm.latching and now.stands
            life.seen = Stage.NORMAL if ways else now.stage
            self.used.add((now.place, now.since))
        point = self.points[alarm.key] = Point(alarm, life, now)
        if alarm.group:
            self.groups.setdefault((alarm.place, alarm.group), []).append(point)

    def turn(self, key: Key, at: int, *, on: bool, value: float | None, told: int) -> None:
        """An alarm goes on or off, in the time of its source; `told` is the moment on this computer's clock."""
        point = self.points[key]
        if on is point.life.active:
            return
        before = point.now
        point.life.happens(Event.RAISE if on else Event.RETURN)
        if not on:
            if before is not None:
                self._set(point, replace(before, until=max(at, before.since + 1)))
            return
        if before is not None and before.stands:
            self._keep(replace(before, stage=Stage.NORMAL, waiting=None, ended="it came again"))
        new = occurrence(point.alarm, self._free(key[0], at), value=value, told=told)
        if not point.life.hidden:
            waiting = before.waiting if before is not None and before.is_waiting else None
            new = replace(new, shown=new.since, waiting=new.since if waiting is None else waiting)
        self._set(point, new)
        self._first_out(point)

    def acknowledge(self, key: Key, at: int, who: str) -> bool:
        """Somebody has seen it; whether anybody was waiting for that."""
        point = self.points.get(key)
        if point is None or point.now is None or not point.life.happens(Event.ACKNOWLEDGE):
            return False
        self._set(point, replace(point.now, acknowledged=at, by=who, waiting=None))
        return True

    def reset(self, key: Key) -> bool:
        """Somebody lets go of a latched alarm; whether it was one."""
        point = self.points.get(key)
        if point is None or point.now is None or not point.life.happens(Event.RESET):
            return False
        self._set(point, point.now)
        return True

    def hide(self, key: Key, way: Stage) -> None:
        """Keep an alarm from people."""
        point = self.points.get(key)
        if point is not None and point.life.hide(way) and point.now is not None:
            self._set(point, replace(point.now, waiting=None))

    def show(self, key: Key, way: Stage, at: int) -> None:
        """End one way of keeping it from people: if it is on they see it now, as a new one."""
        point = self.points.get(key)
        if point is None or not point.life.show(way) or point.now is None:
            return
        if point.life.hidden:
            self._set(point, point.now)
            return
        shown = point.now.shown if point.now.shown is not None else at
        self._set(point, replace(point.now, shown=shown, waiting=at, acknowledged=None, by=""))
        self._first_out(point)

    def end(self, key: Key, at: int, why: str) -> None:
        """An alarm is no longer an alarm of this plant."""
        point = self.points.pop(key)
        if point.now is not None:
            until = max(at, point.now.since + 1) if point.now.is_open else point.now.until
            self._keep(replace(point.now, until=until, stage=Stage.NORMAL, waiting=None, ended=why))

    def standing(self) -> list[Occurrence]:
        """What is not over, the longest first."""
        return sorted((p.now for p in self.points.values() if p.now is not None), key=lambda o: o.since)

    def take(self) -> list[Occurrence]:
        """What has changed since the last time, in order of time."""
        taken, self.changed = self.changed, {}
        return sorted(taken.values(), key=lambda o: o.since)

    def _set(self, point: Point, now: Occurrence) -> None:
        now = replace(now, stage=point.life.stage)
        if not now.is_waiting:
            now = replace(now, waiting=None)
        self._keep(now)
        point.now = now if now.stands or point.life.unreset else None

    def _keep(self, changed: Occurrence) -> None:
        self.changed[changed.place, changed.since] = changed

    def _free(self, place: str, at: int) -> int:
        """The first moment from `at` on at which no alarm of the place begins: by that they are told apart."""
        while (place, at) in self.used:
            at += 1
        if len(self.used) > REMEMBERED:
            self.used.clear()
        self.used.add((place, at))
        return at

    def _first_out(self, point: Point) -> None:
        """Mark it if it is the first of its group; one that came first and is told second takes the mark."""
        here = self.groups.get((point.alarm.place, point.alarm.group), [])
        others = [(p, p.now) for p in here if p is not point and p.now is not None and p.now.shown is not None]
        now = point.now
        if now is None or not here or any(o.since < now.since for _, o in others):
            return
        self._set(point, replace(now, first_out=True))
        for p, o in others:
            if o.first_out:
                self._set(p, replace(o, first_out=False))
