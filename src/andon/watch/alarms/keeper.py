"""Keeps the alarms of a running plant: on a thread of its own, from what the historian stored and what people did."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from ...errors import AndonError
from ...model import Batch, Receipt, Window
from ...plant import Plant
from ...plant.alarms import ACKNOWLEDGED, RESET, Alarm
from ...units import HOUR, MINUTE, SECOND
from . import record
from .life import Stage
from .occurrence import OPEN, Occurrence
from .panel import Key, Panel
from .record import Done, Memory
from .system import KINDS, Seen, System
from .trigger import Edge
from .watching import Lead, Turned, Watching, picked, watching

log = logging.getLogger("andon.alarms")
TICK = 0.25
"""Seconds between looks at what turns by itself."""
LOOK = 1.0
"""Seconds between looks at the sources."""
GRACE = SECOND
"""How long a value may take to arrive: a delay ends on the clock only then, unless a later value has come."""
ROOM = 500_000
"""Rows that may wait; what comes beyond that is read from the history instead."""
FARTHEST = 24 * HOUR
"""How far back values are looked at again after a restart."""


class Raise(Protocol):
    """How others raise alarms by the same door: a chart out of control, a bearing that goes."""

    def __call__(self, alarm: Alarm, at: int, *, on: bool, value: float | None = None) -> None: ...


Tell = Callable[[Sequence[Occurrence], Sequence[Occurrence]], None]
"""Is given what stands, and what is new since the last time: began, changed, ended."""
Found = tuple[Alarm, Edge]


@dataclass(slots=True)
class Waiting:
    """What was stored and not yet looked at: rows of watched signals, acts, what others found."""

    things: deque[pa.Table | Found] = field(default_factory=deque)
    rows: int = 0
    missed: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)

    def put(self, thing: pa.Table | Found, rows: int = 0) -> None:
        """Put something in; rows that do not fit are missed, and that is known."""
        with self.changed:
            if rows and self.rows + rows > ROOM:
                self.missed = True
                return
            self.things.append(thing)
            self.rows += rows
            self.changed.notify()

    def lot(self, seconds: float) -> tuple[list[pa.Table | Found], bool]:
        """All there is, after waiting for the first thing; and whether some was missed."""
        with self.changed:
            if not self.things and not self.missed:
                self.changed.wait(seconds)
            lot, missed = list(self.things), self.missed
            self.things.clear()
            self.rows, self.missed = 0, False
            return lot, missed


class Keeper:
    """The alarms of a running plant.

    What it has stored survives a kill: `change` reads it back, and looks again at the values since it was last at work.

    Parameters
    ----------
    memory
        The historian.
    note
        A small file in which it notes until when it has looked at the values.
    status
        How each source is doing.
    tell
        Who is told of what stands and of what is new, once it is on disk; several times a second, as time passes.
    theirs
        Place and name of the alarms that others may raise by `turn`: these outlive a restart.
    """

    def __init__(
        self,
        memory: Memory,
        note: Path,
        *,
        status: Callable[[], Mapping[str, Seen]] = dict,
        tell: Tell = lambda standing, changed: None,
        theirs: Callable[[], Container[Key]] = tuple,
        clock: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        self._memory, self._note, self._status, self._tell, self._clock = memory, note, status, tell, clock
        self._theirs = theirs
        self._waiting = Waiting()
        self._lot: list[pa.Table | Found] = []
        self._again = False
        self._watching, self._panel = Watching([]), Panel()
        self._plant: Plant | None = None
        self._wanted: Plant | None = None
        self._system: System | None = None
        self._ends: dict[tuple[Key, Stage], int] = {}
        self._behind: dict[str, int] = {}
        self._looked = 0.0
        self._full = False
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="andon alarms", daemon=True)
        self._paths: pa.Array[pa.Scalar[pa.DataType]] = self._watching.wanted

    def change(self, plant: Plant) -> None:
        """Keep the alarms of this plant from now on."""
        self._wanted = plant
        self._paths = watching(plant, 0).wanted
        if not self._thread.is_alive() and not self._stopped.is_set():
            self._thread.start()

    def listener(self, batch: Batch, receipt: Receipt) -> None:
        """To be given to `Historian.listen`: takes what alarms look at, quickly."""
        if receipt.repeated:
            return
        if batch.samples is not None and len(self._paths):
            rows = picked(batch.samples, self._paths, receipt.at if receipt.refused else None)
            if rows is not None:
                self._waiting.put(rows, rows.num_rows)
        if batch.spells is not None and batch.source not in (record.SOURCE, "gather"):
            self._waiting.put(batch.spells)

    def turn(self, alarm: Alarm, at: int, *, on: bool, value: float | None = None) -> None:
        """Raise or end an alarm that somebody else has found: keeps `Raise`."""
        self._waiting.put((alarm, Edge(at, on, value)))

    def standing(self) -> list[Occurrence]:
        """What is on or waits for somebody, the longest first."""
        return self._panel.standing()

    def stop(self) -> None:
        """Look at what has come, store it, end."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def _work(self) -> None:
        last = False
        while not last:
            last = self._stopped.is_set()  # one more round for what came until then
            try:
                self._round()
            except Exception:  # the outermost frame of the thread: one thing that is wrong must not end all alarms
                log.exception("alarms: something is wrong; all is read back from the history")
                self._again = True
                self._stopped.wait(1.0)

    def _round(self) -> None:
        """One turn; where the disk takes nothing, what is new stays, is told, and is stored later."""
        try:
            self._turn()
        except AndonError as error:
            self._full = True
            if not self._stopped.is_set():
                log.error("alarms: not stored yet: %s", error)
                self._told(list(self._panel.changed.values()))
                self._stopped.wait(1.0)

    def _turn(self) -> None:
        """Take what has come, look at the sources and the clock, store, tell."""
        lot, missed = self._waiting.lot(TICK)
        self._again |= missed or self._wanted is not self._plant
        self._lot += [t for t in lot if not self._again or isinstance(t, tuple)]  # the history has the others
        if self._plant is not None and self._looked + LOOK < time.monotonic():
            self._look(self._clock())
        if self._again:
            self._begin()
        while self._lot:
            self._take(self._lot.pop(0))
        now = self._clock()
        self._apply(self._watching.until(now - GRACE, self._behind), now)
        for (key, way), until in list(self._ends.items()):
            if until <= now:
                del self._ends[key, way]
                self._panel.show(key, way, now)
        self._store()

    def _store(self) -> None:
        changed = self._panel.take()
        try:
            if changed:
                record.write(self._memory, changed)
                self._full = False
        except AndonError:
            self._panel.changed = {(o.place, o.since): o for o in changed} | self._panel.changed
            raise
        self._told(changed)

    def _told(self, changed: Sequence[Occurrence]) -> None:
        if self._plant is not None:  # before that, what stands is not known yet
            self._tell(self.standing(), changed)

    def _take(self, thing: pa.Table | Found) -> None:
        now = self._clock()
        if isinstance(thing, tuple):
            self._turned([thing], now)
        elif "signal" in thing.column_names:
            self._apply(self._watching.heard(thing, now), now)
        else:
            for done in record.acts(thing):
                self._done(done, now)

    def _apply(self, turned: Iterable[tuple[Edge, Lead]], now: int) -> None:
        for edge, lead in turned:
            for key in lead.keys:
                if not lead.hides:
                    self._panel.turn(key, edge.at, on=edge.on, value=edge.value, told=now)
                elif edge.on:
                    self._panel.hide(key, Stage.SUPPRESSED)
                else:
                    self._panel.show(key, Stage.SUPPRESSED, max(edge.at, 0))

    def _turned(self, turned: Iterable[Found], now: int) -> None:
        for alarm, edge in turned:
            if alarm.key not in self._panel.points:
                self._panel.put(alarm)
            elif edge.on:
                self._panel.points[alarm.key].alarm = alarm  # its text may say more about this time
            self._panel.turn(alarm.key, edge.at, on=edge.on, value=edge.value, told=now)

    def _done(self, done: Done, now: int) -> None:
        """Somebody did something to an alarm."""
        key = (done.place, done.name)
        if done.kind == ACKNOWLEDGED:
            self._panel.acknowledge(key, done.since, done.who)
        elif done.kind == RESET:
            self._panel.reset(key)
        elif done.since <= now < done.until:
            way = record.HIDES[done.kind]
            if done.on:
                self._ends[key, way] = done.until
                self._panel.hide(key, way)
            elif self._ends.pop((key, way), None) is not None:
                self._panel.show(key, way, now)

    def _look(self, now: int) -> None:
        """How the sources are doing, and the note of how far the values were looked at."""
        self._looked = time.monotonic()
        seen = self._status()
        self._behind = {n: max(0, -(s.skew or 0)) for n, s in seen.items()}
        if self._system is not None:
            self._turned(self._system.look(seen.values(), now, full=self._full), now)
            for key in self._system.gone(seen):
                if key in self._panel.points:
                    self._panel.end(key, now, "the source is gone from plant.toml")
        _note(self._note, now - max(self._behind.values(), default=0))

    def _begin(self) -> None:
        """Take up the plant: what stood when it was last written down, then the values since."""
        if self._plant is not None:
            self._store()  # what is not yet written of the plant as it was
        plant, now = self._wanted, self._clock()
        assert plant is not None
        known = record.recover(self._memory, now)
        self._watching, self._panel, self._ends = watching(plant, now), Panel(), {}
        self._system = System(plant.system_alarms)
        self._system.remember(known.standing.values())
        _resume(self._watching, known.standing)
        edges = self._replayed(now)
        hidden = {k for lead in self._watching.leads if lead.hides and lead.trigger.on for k in lead.keys}
        for alarm in plant.alarms:
            ways = [Stage.SUPPRESSED] if alarm.key in hidden else []
            self._panel.put(alarm, known.standing.get(alarm.key), ways)
        self._rest(known.standing.values(), now)
        for done in known.done:
            told = known.standing[done.place, done.name].told if (done.place, done.name) in known.standing else 0
            if done.kind not in (ACKNOWLEDGED, RESET) or done.since >= told:
                self._done(done, now)
        self._unhide(hidden, now)
        self._catch_up(edges, known.edges, now)
        self._plant, self._again = plant, False

    def _unhide(self, suppressed: set[Key], now: int) -> None:
        """Show what was hidden when Andon ended, and is no longer."""
        for key, point in self._panel.points.items():
            for way in list(point.life.hidden):
                if (key, way) not in self._ends and not (way is Stage.SUPPRESSED and key in suppressed):
                    self._panel.show(key, way, now)

    def _rest(self, standing: Iterable[Occurrence], now: int) -> None:
        """What stands and is no alarm of plant.toml: Andon's own stay, as do those of others; what nobody has ends."""
        theirs = self._theirs()
        for o in standing:
            if o.key in self._panel.points:
                continue
            alarm = Alarm(name=o.name, place=o.place, priority=o.priority, messages=o.messages, advice=o.advice)
            self._panel.put(alarm, o)
            if o.name not in KINDS and o.key not in theirs:
                self._panel.end(o.key, now, "it is gone from plant.toml")

    def _replayed(self, now: int) -> Turned:
        """What the values since the last note turn."""
        longest = max((_reach(lead) for lead in self._watching.leads), default=0)
        since = max(_noted(self._note, now), now - FARTHEST) - longest - MINUTE
        window = Window(since, OPEN)
        found = self._memory.many(self._watching.paths, window, before=True)
        tables = [t.append_column("signal", pa.array([path] * t.num_rows, pa.string())) for path, t in found.items()]
        return self._watching.heard(pa.concat_tables(tables)) if tables else []

    def _catch_up(self, turned: Iterable[tuple[Edge, Lead]], edges: Mapping[Key, int], now: int) -> None:
        """Apply what is newer than the last that was written down, and see to it that both end up the same."""
        new = [(e, x) for e, x in turned if not x.hides and e.at > edges.get(x.keys[0], -1)]
        self._apply(new, now)
        for lead in self._watching.leads:
            for key in () if lead.hides else lead.keys:
                at = max(edges.get(key, 0) + 1, lead.trigger.last)
                self._panel.turn(key, at, on=lead.trigger.on, value=lead.trigger.value, told=now)


def _resume(watching: Watching, standing: Mapping[Key, Occurrence]) -> None:
    """Let the triggers begin where they were: on, where the alarm was."""
    for lead in watching.leads:
        o = standing.get(lead.keys[0])
        if not lead.hides and o is not None and o.is_open:
            lead.trigger.on = lead.trigger.holds = lead.trigger.condition.on = True
    watching.settle()


def _reach(lead: Lead) -> int:
    """How long ago a value may still matter."""
    pace = getattr(lead.trigger.condition, "pace", None)
    return max(lead.trigger.on_delay, lead.trigger.off_delay) + (pace.per if pace else 0)


def _note(file: Path, at: int) -> None:
    draft = file.with_suffix(".tmp")
    try:
        draft.write_text(json.dumps({"seen": at}), "utf-8")
        os.replace(draft, file)
    except OSError as error:  # a full disk: the next note may fit
        log.debug("the note of how far alarms have looked was not written: %s", error)


def _noted(file: Path, now: int) -> int:
    """Until when the values were looked at; now, where nobody noted it."""
    try:
        return int(json.loads(file.read_text("utf-8"))["seen"])
    except (OSError, ValueError, KeyError, TypeError):
        return now


__all__ = ["Keeper", "Raise"]
