"""How a machine goes on while nothing happens but time and parts: added to what it was, without reading it again.

Everything else (another state, a reason, a counter that is reset, a lost connection) is for whoever reads it anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ..historian.kept import Said
from ..historian.recent import Recent
from ..model import Element, Window
from ..plant import Machine, Plant, Signal
from ..reading import COUNT_ROLES, REACH, counter
from ..studies.production.made import Run, completed
from ..studies.production.oee import Oee
from .tile import Leaf, Seen, figured, seen

TEXT_ROLES = ("state", "reason", "order", "product")
ROLES = (*TEXT_ROLES, *COUNT_ROLES)
WORKED = (Element.PRODUCTION, Element.SETUP, Element.DELAY, Element.DOWN)


@dataclass(slots=True)
class Counter:
    """A counter at its last row: when and what it said, and since when its source has been connected."""

    signal: Signal
    connected: int
    at: int = 0
    value: float | None = None

    def step(self, at: int, said: Said, since: int) -> tuple[int, float] | None:
        """When the parts of a new row were finished, and how many; None where that takes more than this row to know.

        `since` is the begin of the leaf that they must be finished in.
        """
        value, text, quality = said
        before, last, known = self.at, self.value, self.value is not None
        plain = quality == 0 and text is None and value is not None and value.is_integer()
        self.at, self.value = at, value if plain else None
        if not plain or not known or value is None or last is None or at <= since or before < self.connected:
            return None
        if self.signal.counting == "delta":
            return (at - 1, value) if self.signal.stamp == "end" and before > since and value >= 0 else None
        most = self.signal.rollover and 0.75 * (self.signal.rollover + 1) * abs(self.signal.scale)
        pieces = value - last
        return (at, pieces) if pieces >= 0 and (most is None or pieces < most) else None


@dataclass(slots=True)
class Progress:
    """A machine as it was seen, and what has come since; it can go on by itself until `until`.

    `steady` is false where silence, fractions of parts or parts that are told by tests make that impossible: then every
    look is a reading.
    """

    seen: Seen
    steady: bool
    until: int
    counters: dict[str, Counter] = field(default_factory=dict)
    coming: list[tuple[int, str, float]] = field(default_factory=list)

    @classmethod
    def of(cls, machine: Machine, plant: Plant, recent: Recent, now: int) -> Progress:
        """See a machine anew."""
        found = seen(machine, plant, recent, now)
        signals = [s for r in ROLES if (s := machine.role(r))]
        told = found.leaf is None or (found.whole and counter(machine) is not None)
        steady = told and all(s.holds is None for s in signals)
        progress = cls(found, steady, _edge(found, machine, plant, now))
        for signal in signals if steady else ():
            progress._begin(signal, recent, now)
        return progress

    def take(self, path: str, rows: Iterable[tuple[int, Said]], now: int) -> bool:
        """Take in new rows of a counter; whether the machine can go on by itself."""
        leaf, counter = self.seen.leaf, self.counters.get(path)
        if leaf is None:
            return True
        if counter is None or leaf.startup:
            return False
        for at, said in rows:
            made = counter.step(at, said, leaf.since)
            if made is None or (counter.signal.counting == "delta" and at > now):
                return False
            self.coming.append((made[0], COUNT_ROLES[counter.signal.role], made[1]))
        return True

    def on(self, now: int) -> Seen:
        """The machine at a later moment."""
        tile, leaf = replace(self.seen.tile, at=now), self.seen.leaf
        if self.seen.oee is None or leaf is None:
            self.seen = replace(self.seen, tile=tile)
            return self.seen
        parts = [(name, n) for at, name, n in self.coming if at < now]
        self.coming = [c for c in self.coming if c[0] >= now]
        answer = self.seen.oee + piece(self.seen.oee, leaf, now - self.seen.tile.at, self._summed(parts))
        self.seen = replace(self.seen, tile=figured(tile, answer, leaf), oee=answer)
        return self.seen

    def _summed(self, parts: Sequence[tuple[str, float]]) -> dict[str, float]:
        counted = {COUNT_ROLES[c.signal.role]: 0.0 for c in self.counters.values()}
        for name, n in parts:
            counted[name] += n
        return counted

    def _begin(self, signal: Signal, recent: Recent, now: int) -> None:
        """From where a signal goes on: its last row, its connection, and rows that are stamped ahead."""
        rows, connection = recent.tail(signal.path, now), recent.connection(signal, now)
        if rows is None or connection is None:
            self.steady = False
            return
        connected, since, until = connection
        self.until = min(self.until, until if since < now else now)  # of what begins just now nothing was seen
        if signal.role in TEXT_ROLES:
            self.until = min([self.until, *(at for at, _ in rows if at >= now)])
            return
        self.counters[signal.path] = counter = Counter(signal, since if connected else until)
        if rows and rows[0][0] < now:
            counter.step(*rows.pop(0), since=now)
        if not self.take(signal.path, rows, now):
            self.until = now


def piece(so_far: Oee, leaf: Leaf, length: int, parts: dict[str, float]) -> Oee:
    """What `oee` says of a stretch that is all one leaf."""
    given = (
        parts.get("total"),
        parts.get("good"),
        parts.get("rejects", None if so_far.rejects is None else 0.0),
        parts.get("rework", None if so_far.rework is None else 0.0),
    )
    worked, all_ = leaf.element in WORKED, completed(*given)
    counted = (all_[0] if all_[0] is not None else all_[1]) or 0.0
    made, good, rejects, rework = all_ if worked else [None if n is None else 0.0 for n in all_]
    rate, running = leaf.rate, length if leaf.element is Element.PRODUCTION else 0
    run = Run(rate.product, rate.ideal_cycle, rate.part_value, running, made, good, 0.0)

    def spent(element: Element) -> int:
        return length if leaf.element is element else 0

    def aside(element: Element) -> float:
        return counted if leaf.element is element else 0.0

    return Oee(
        spent(Element.PRODUCTION),
        spent(Element.SETUP),
        spent(Element.DELAY),
        spent(Element.DOWN),
        spent(Element.UNKNOWN),
        spent(Element.PLANNED_DOWN),
        spent(Element.UNSCHEDULED),
        made,
        good,
        rejects,
        rework,
        aside(Element.UNKNOWN),
        aside(Element.PLANNED_DOWN),
        aside(Element.UNSCHEDULED),
        None if leaf.heard is None else length * (leaf.heard and worked),
        (run,) if running or made or good else (),
    )


def _edge(found: Seen, machine: Machine, plant: Plant, now: int) -> int:
    """The next moment at which the calendar or a rate changes what the machine's time is."""
    shift = found.shift
    if shift is None:
        coming = plant.shifts.calendar(_ahead(now), machine.path).shifts
        return min((s.window.since for s in coming), default=now + REACH)
    if found.leaf is None and found.tile.at <= shift.window.since:
        return now
    edges = [shift.window.until, *(e for b in shift.breaks for e in (b.since, b.until))]
    edges += [r.since for rates in machine.products.rates.values() for r in rates]
    return min(e for e in edges if e > now)


def _ahead(now: int) -> Window:
    return Window(now, now + REACH)
