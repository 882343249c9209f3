"""Charts that watch: when measurements arrive, the points that are new are judged, and signals become alarms."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..ask import ask
from ..errors import AndonError
from ..historian import Historian
from ..model import Batch, Characteristic, Receipt, Window
from ..plant import Plant
from ..plant.alarms import Advice, Alarm
from ..studies.quality.charted import Point
from ..units import HOUR
from ..words import say, told
from .alarms import Raise
from .alarms.occurrence import Occurrence
from .alarms.record import occurrences
from .charted import Drawn, after, counted, drawn, question, rules_of, subgroups

log = logging.getLogger("andon.charts")
LOOK = 0.5
"""Seconds between looks."""
BACK = 30 * 24 * HOUR
"""How far back points are read: they make the limits where none are frozen, and runs reach back."""
MOST = 2_000
"""So many points make limits that more would not move: what lies further back is not read, where there are far more."""
SHARE = 0.2
"""The part of its time that a chart may be looked at: a long one is looked at less often."""
NEVER = 1 << 62
CLOSE = 1000
"""Microseconds by which the beginning of an alarm may be off its point, where two begin at once."""
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Watched:
    """A characteristic of a machine whose chart is watched."""

    machine: str
    said: Characteristic

    @property
    def key(self) -> Key:
        """Place and name of its alarm."""
        name = f"chart {self.said.test}" + (f" {self.said.product}" if self.said.product else "")
        return self.machine, name.replace("/", "-")


@dataclass(slots=True)
class State:
    """How far one chart was judged (`until`), what has come since, which signals are not yet on disk as alarms.

    `due` is when it is looked at although nothing came, `growing` where a point begins that was not yet whole, `back`
    how far back its points are read.
    """

    until: int
    since: int = NEVER
    last: int = -1
    pending: list[int] = field(default_factory=list)
    due: int = NEVER
    growing: int = NEVER
    rest: float = 0.0
    back: int = HOUR

    @property
    def dirty(self) -> bool:
        """Something has come."""
        return self.last >= self.since


def watched(plant: Plant) -> list[Watched]:
    """The charts that `[[characteristic]] watch = true` names, a row each machine."""
    return [Watched(m.path, c) for m in plant.machines.values() for c in m.characteristics.rows if c.watch]


def raised(plant: Plant) -> set[Key]:
    """Place and name of each alarm that charts may raise."""
    return {w.key for w in watched(plant)}


class Charts:
    """Judges the charts of a running plant.

    A point is judged once, when it is whole: values in a row when there are enough of them, a stretch of time when it
    is over, a lot when the next one has begun. What came late is judged, too. How far each chart was judged is noted in
    a file, but not before an alarm that it raised is on disk: a kill loses none, and none is raised again.

    Parameters
    ----------
    plant
        The plant as plant.toml says it now.
    history
        What was measured.
    turn
        Raises and ends alarms.
    note
        The file in which it notes how far it has judged.
    clock
        Microseconds since 1970.
    """

    def __init__(
        self,
        plant: Callable[[], Plant],
        history: Historian,
        turn: Raise,
        note: Path,
        *,
        clock: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        self._plant, self._history, self._turn, self._note, self._clock = plant, history, turn, note, clock
        self._lock = threading.Lock()
        self._came: list[tuple[str, int, int]] = []
        self._states: dict[Key, State] = {}
        self._noted = _read(note)
        history.listen(self.heard)

    def heard(self, batch: Batch, receipt: Receipt) -> None:
        """Note which machines something was measured at; in the writer's thread."""
        if receipt.repeated or (batch.units is None and batch.measurements is None):
            return
        spans = list(_spans(batch))
        with self._lock:
            self._came += spans

    def work(self, stopped: threading.Event) -> None:
        """Look again and again until `stopped` is set; whatever fails is told, and tried again."""
        while not stopped.wait(LOOK):
            try:
                self.look()
            except Exception as error:  # the outermost frame of this thread: one chart must not end the others
                log.error("charts: %s; trying again in a minute", error)
                log.debug("judging failed", exc_info=True)
                stopped.wait(60)

    def look(self) -> int:
        """Judge what is new; how many points signalled."""
        with self._lock:
            came, self._came = self._came, []
        now, count = self._clock(), 0
        for one in watched(self._plant()):
            state = self._state(one, now)
            for machine, since, last in came:
                if machine == one.machine:
                    state.since, state.last = min(state.since, since), max(state.last, last)
            if state.pending:
                self._settle(one.key, state)
            if (state.dirty or now >= state.due) and time.monotonic() >= state.rest:
                count += self._judge(one, state, now)
        self._keep()
        return count

    def _state(self, one: Watched, now: int) -> State:
        """Where a chart stands; one that is new begins with what comes from now on."""
        key, name = one.key, "/".join(one.key)
        if key not in self._states:
            self._states[key] = State(self._noted.get(name, now), due=_next(one, now))
            if name in self._noted:
                self._states[key].due = now  # what came in while nobody judged
        return self._states[key]

    def _judge(self, one: Watched, state: State, now: int) -> int:
        """Judge the new points of one chart."""
        begun = time.monotonic()
        since, last = min(state.since, state.until), max(state.last, state.until)
        late = Window(state.since, state.last + 1) if state.dirty else Window(0, 0)
        state.since, state.last, state.due = NEVER, -1, _next(one, now)
        try:
            chart = self._reached(one, state, Window(min(since, now), max(last, now) + 1))
        except AndonError as error:  # too little measured, or a setting that no longer fits
            log.debug("%s: %s", " ".join(one.key), error)
            return 0
        finally:
            state.rest = time.monotonic() + (time.monotonic() - begun) / SHARE
        whole, growing, due = _whole(chart, one.said, now)
        state.due = min(state.due, due)
        reach = Window(since - BACK, max(last, now) + 1)
        mine = [o for o in occurrences(self._history, reach, one.machine) if o.key == one.key]
        fresh = {p[0].place for p in whole if p[0].at > state.until or p[0].at in late or p[0].since == state.growing}
        state.growing = growing
        count = 0
        for at in self._told(one, chart, [(p, p[0].place in fresh) for p in whole], mine):
            state.pending.append(at)
            count += 1
        state.until = max([state.until, *(p[0].at for p in whole)])
        return count

    def _reached(self, one: Watched, state: State, new: Window) -> Drawn:
        """The chart of what is new and of `MOST` points before, or more; of 30 days, where that are fewer."""
        while True:
            try:
                chart = self._chart(one, Window(new.since - state.back, new.until))
            except AndonError:
                if state.back == BACK:
                    raise
            else:
                count = chart.points[-1].place
                if count > 4 * MOST:
                    state.back = max(1, new.since - chart.points[count - 2 * MOST].since)
                if state.back == BACK or count >= MOST:
                    return chart
            state.back = min(8 * state.back, BACK)

    def _chart(self, one: Watched, window: Window) -> Drawn:
        return drawn(ask(question(one.said, one.machine, window), self._plant(), self._history).answer)

    def _told(
        self, one: Watched, chart: Drawn, points: Iterable[tuple[list[Point], bool]], mine: Sequence[Occurrence]
    ) -> Iterator[int]:
        """Raise the alarm of each new point that signals, and end it at the next that does not; when it was raised."""
        known = [o.since for o in mine]
        last, open_ = max(known, default=-1), max((o.since for o in mine if o.is_open), default=-1)
        follows = False
        for places, new in points:
            at, odd = places[0].at, next((p for p in places if p.rules), None)
            if not (new or follows):
                continue
            follows = False
            if odd is None:
                if at > last:
                    self._turn(alarm(one), at, on=False)
            elif at > open_ and not any(at <= since <= at + CLOSE for since in known):
                self._turn(alarm(one, chart, odd), at, on=True, value=odd.value)
                last, follows = at, True
                yield at

    def _settle(self, key: Key, state: State) -> None:
        """Forget the signals that are on disk as alarms, or in one that was on already."""
        window = Window(min(state.pending) - BACK, max(state.pending) + CLOSE + 1)
        found = [o for o in occurrences(self._history, window, key[0]) if o.key == key]
        state.pending = [at for at in state.pending if not any(o.since <= at + CLOSE and at < o.until for o in found)]

    def _keep(self) -> None:
        """Note how far each chart is judged and told."""
        said = {
            "/".join(k): min([s.until, s.growing - 1, *(at - 1 for at in s.pending)]) for k, s in self._states.items()
        }
        if said != self._noted:
            _write(self._note, said)
            self._noted = said


def alarm(one: Watched, chart: Drawn | None = None, point: Point | None = None) -> Alarm:
    """The alarm of a chart; with a point its text says what is odd about it."""
    said = one.said
    messages = {"en": one.key[1], "zh": one.key[1]}
    if chart is not None and point is not None:
        messages = {language: _text(said, point, rules_of(chart, point), language) for language in ("en", "zh")}
    return Alarm(
        name=one.key[1],
        place=one.machine,
        priority=said.priority,
        messages=messages,
        advice=Advice(action=said.reaction),
        unit=said.unit if said.unit != "1" or chart is None else chart.unit,
    )


def _text(said: Characteristic, point: Point, meanings: Iterable[str], language: str) -> str:
    """What people read: what is charted, the rule, the point."""
    rules = ("；" if language == "zh" else "; ").join(_said(m, language) for m in meanings)
    of = point.label or point.units
    name = f"{said.title or said.test}, {_said(point.panel, language)}"
    text = f"{name} {{value}} {{unit}}: {rules}" + (f" ({of})" if of else "")
    kept = text.replace("{value}", "\0").replace("{unit}", "\1").replace("{", "{{").replace("}", "}}")
    return kept.replace("\0", "{value}").replace("\1", "{unit}")


def _said(text: str, language: str) -> str:
    return told(say(text, language), language)


def _whole(chart: Drawn, said: Characteristic, now: int) -> tuple[list[list[Point]], int, int]:
    """The points of each place that is whole; where the one begins that is not, and when it will be whole by itself."""
    places: dict[int, list[Point]] = {}
    for p in chart.points:
        places.setdefault(p.place, []).append(p)
    rows = [places[k] for k in sorted(places)]
    made = subgroups(said)
    if not rows or not (made.span or made.column):
        return rows, NEVER, NEVER
    end = (rows[-1][0].at // made.span + 1) * made.span if made.span else NEVER
    return (rows, NEVER, NEVER) if end <= now else (rows[:-1], rows[-1][0].since, end)


def _next(one: Watched, now: int) -> int:
    """When a chart is looked at although nothing came that it is of."""
    return after(one.said, now) if counted(one.said) else NEVER


def _spans(batch: Batch) -> Iterator[tuple[str, int, int]]:
    """The machines at which a batch has units or measurements, and from when to when the batch is."""
    for table in (batch.units, batch.measurements):
        if table is None or "machine" not in table.column_names or not table.num_rows:
            continue
        at = np.asarray(table["at"].to_numpy()).astype("datetime64[us]").astype(np.int64)
        at = at[at >= 0]  # the historian refuses the others
        if len(at):
            yield from ((str(name), int(at.min()), int(at.max())) for name in table["machine"].unique().to_pylist())


def _read(note: Path) -> Mapping[str, int]:
    try:
        return {str(k): int(v) for k, v in json.loads(note.read_text("utf-8")).items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _write(note: Path, said: Mapping[str, int]) -> None:
    draft = note.with_suffix(".tmp")
    try:
        draft.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
        os.replace(draft, note)
    except OSError as error:  # a full disk: the next note may fit
        log.debug("how far charts were judged was not noted: %s", error)
