"""A history as a question needs it, and one whose series of several machines are read at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from ..model import Buckets, Counts, Listed, Measurements, Reader, S, Spells, States, Texts, Units, Window
from ..plant import Machine, Signal
from ..units import HOUR

if TYPE_CHECKING:
    import pyarrow as pa

EVERYWHERE = "*"
"""The place that means every place."""
SAID = ("reason", "scrap", "planned_order")
"""Spells of which there are few: they are read of all places as soon as they are asked of one."""
TOGETHER = 8
"""Machines that are read at once: fewer openings of files against more memory."""
REACH = 24 * HOUR
"""How far beyond the asked window states are read, so that a stop's full length is known."""
COUNT_ROLES = {"total_count": "total", "good_count": "good", "reject_count": "rejects", "rework_count": "rework"}


class History(Reader, Protocol):
    """What a question needs of a historian: signals, and the spells that people and systems wrote down."""

    def reads(self, kind: type[S], signals: Sequence[Signal], window: Window) -> Mapping[str, S]: ...

    def coverages(self, signals: Sequence[Signal], window: Window) -> Mapping[str, Spells]: ...

    def means(self, signals: Sequence[Signal], window: Window, width: int) -> Mapping[str, Buckets]: ...

    def spells(self, kind: str, place: str, window: Window) -> Spells: ...

    def spell_rows(self, kind: str, place: str, window: Window) -> pa.Table: ...


def wide(window: Window) -> Window:
    """A window and what may touch it from outside."""
    return Window(window.since - REACH, window.until + REACH)


@dataclass(frozen=True, slots=True)
class Told:
    """One stored spell: what held, with detail (JSON) and the receipt number by which the later one wins."""

    since: int
    until: int
    text: str
    detail: Mapping[str, object]
    receipt: int


def told(history: History, kind: str, place: str, window: Window) -> list[Told]:
    """The spells of a kind at a place that touch the window, whole, in the order in which they came in."""
    rows = history.spell_rows(kind, place, window).to_pylist()
    found = [Told(r["since"], r["until"], r["text"], json.loads(r["detail"] or "{}"), r["receipt"]) for r in rows]
    return sorted(found, key=lambda r: r.receipt)


@dataclass(frozen=True, slots=True)
class ReadAhead:
    """A history whose states, counts and texts of one window are read already: every file is opened once for all."""

    history: History
    window: Window
    found: Mapping[type, Mapping[str, object]]
    heard: Mapping[str, Spells]
    told: dict[str, pa.Table]

    @classmethod
    def of(cls, history: History, machines: Sequence[Machine], window: Window) -> ReadAhead:
        """Read what the compound series of these machines are made of."""
        kinds: dict[type, tuple[str, ...]] = {
            States: ("state",),
            Counts: tuple(COUNT_ROLES),
            Texts: ("product", "reason", "order"),
        }
        return cls(
            history,
            window,
            {
                kind: history.reads(kind, [s for m in machines for r in roles if (s := m.role(r))], window)
                for kind, roles in kinds.items()
            },
            history.coverages([c for m in machines if (c := counter(m))], window),
            {},
        )

    def read(self, kind: type[S], signal: Signal, window: Window) -> S:
        ahead = self.found.get(kind, {}).get(signal.path) if window == self.window else None
        return cast(S, ahead) if ahead is not None else self.history.read(kind, signal, window)

    def reads(self, kind: type[S], signals: Sequence[Signal], window: Window) -> Mapping[str, S]:
        ahead = self.found.get(kind, {}) if window == self.window else {}
        if all(s.path in ahead for s in signals):
            return {s.path: cast(S, ahead[s.path]) for s in signals}
        return self.history.reads(kind, signals, window)

    def coverage(self, signal: Signal, window: Window) -> Spells:
        ahead = self.heard.get(signal.path) if window == self.window else None
        return ahead if ahead is not None else self.history.coverage(signal, window)

    def coverages(self, signals: Sequence[Signal], window: Window) -> Mapping[str, Spells]:
        if window == self.window and all(s.path in self.heard for s in signals):
            return {s.path: self.heard[s.path] for s in signals}
        return self.history.coverages(signals, window)

    def units(self, place: str, window: Window) -> Units:
        return self.history.units(place, window)

    def measurements(self, place: str, window: Window, tests: Sequence[str] | None = None) -> Measurements:
        return self.history.measurements(place, window, tests)

    def tests(self, place: str, window: Window) -> Sequence[Listed]:
        return self.history.tests(place, window)

    def tested(self, place: str, window: Window) -> bool:
        return self.history.tested(place, window)

    def means(self, signals: Sequence[Signal], window: Window, width: int) -> Mapping[str, Buckets]:
        return self.history.means(signals, window, width)

    def spells(self, kind: str, place: str, window: Window) -> Spells:
        return self.history.spells(kind, place, window)

    def spell_rows(self, kind: str, place: str, window: Window) -> pa.Table:
        if window != self.window or kind not in SAID:
            return self.history.spell_rows(kind, place, window)
        ahead = self.told.get(kind)
        if ahead is None:
            ahead = self.told[kind] = self.history.spell_rows(kind, EVERYWHERE, window)
        if place == EVERYWHERE:
            return ahead
        here = [i for i, p in enumerate(ahead["place"].to_pylist()) if p == place] if len(ahead) else []
        return ahead.take(here) if here else ahead.slice(0, 0)


def each_ahead(history: History, machines: Sequence[Machine], window: Window) -> Iterator[tuple[Machine, ReadAhead]]:
    """Each machine, with a history whose series of it and of some others are read already."""
    for group in (machines[i : i + TOGETHER] for i in range(0, len(machines), TOGETHER)):
        ahead = ReadAhead.of(history, group, window)
        yield from ((m, ahead) for m in group)


def counter(machine: Machine) -> Signal | None:
    """The counter that says whether parts were heard of."""
    return machine.role("total_count") or machine.role("good_count")
