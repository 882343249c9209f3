"""How the demo's samples arrive: in numbered batches of four hours by gateway, some late or twice."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pyarrow as pa

from ...model import Batch, Times, Window
from .hours import Days
from .layout import MACHINES, SOURCES
from .signals import Physics, Track, analogs, changes, physics
from .timeline import Run
from .wires import Wires

HOUR = 3_600_000_000
LENGTH = 4 * HOUR
LATE, TWICE = 0.02, 0.015
"""Shares of batches."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the planner wrote down for one machine: an order, its product and quantity, and when it should run."""

    machine: str
    order: str
    product: str
    quantity: int
    since: int
    until: int


def planned(plans: Sequence[Plan]) -> Batch:
    """The planned orders, as the first thing that arrives."""
    rows = [
        (
            "planned_order",
            p.machine,
            p.since,
            p.until,
            p.order,
            json.dumps({"product": p.product, "quantity": p.quantity}),
        )
        for p in plans
    ]
    return Batch("planning", 1, spells=spells_of(rows))


@dataclass(frozen=True, slots=True)
class Voices:
    """What all machines say, and over which source each signal is heard."""

    machines: tuple[Physics, ...]
    said: tuple[Track, ...]
    seed: int
    days: Days
    wires: Wires

    @classmethod
    def of(cls, runs: Sequence[Run], seed: int, days: Days, wires: Wires) -> Voices:
        said = tuple(t for run in runs for t in changes(run))
        return cls(tuple(map(physics, runs)), said, seed, days, wires)

    def since(self, at: int) -> Voices:
        """The same voices, first heard at a moment: each then says what it last said."""
        return replace(self, said=tuple(t.without(Window(0, at)) for t in self.said))

    def lost(self) -> Voices:
        """The same voices without what nobody heard while a source was lost."""
        window = self.wires.lost_window(self.days)
        kept = [t.without(window) if self.wires.source_of(t.path) == self.wires.lost else t for t in self.said]
        return replace(self, said=tuple(kept))

    def opening(self, at: int) -> dict[str, list[Track]]:
        """What the analog signals say at a moment at which somebody begins to listen, by source."""
        just = Window(at - HOUR // 6, at)
        heard: dict[str, list[Track]] = {source: [] for source in self.wires.sources}
        for machine in self.machines:
            for track in analogs(machine, just, np.random.default_rng([self.seed, 80])):
                if len(track.at):
                    last = replace(track.within(Window(int(track.at[-1]), at)), at=np.array([at], dtype=np.int64))
                    heard[self.wires.source_of(track.path)].append(last)
        return heard

    def tracks(self, part: Window) -> dict[str, list[Track]]:
        """What was said in a stretch, by source."""
        heard: dict[str, list[Track]] = {source: [] for source in self.wires.sources}
        for track in self.said:
            heard[self.wires.source_of(track.path)].append(track.within(part))
        for machine in self.machines:
            line = machine.run.machine.line
            place = [m.path for m in MACHINES if m.line == line].index(machine.run.machine.path)
            chance = np.random.default_rng(
                [self.seed, 78, part_number(part, self.days), place, *SOURCES[line].encode()]
            )
            for track in analogs(machine, part, chance):
                heard[self.wires.source_of(track.path)].append(track)
        return heard


def deliveries(voices: Voices, window: Window) -> Iterator[Batch]:
    """All batches of a window in order of arrival; at its start each signal says what it last said."""
    waiting = list[tuple[int, int, Batch]]()
    chance = np.random.default_rng([voices.seed, 77])
    lost = voices.wires.lost_window(voices.days)
    heard = voices.since(window.since).lost()
    order = 0
    for part in parts_of(window, voices.days):
        for source, tracks in heard.tracks(part).items():
            gap = lost if source == voices.wires.lost else Window(0, 0)
            batch = _batch(
                source, part_number(part, voices.days), [_unheard(t, gap) for t in tracks], _heard(part, gap)
            )
            for arrival in _arrivals(part.until, chance):
                order += 1
                heapq.heappush(waiting, (arrival, order, batch))
        while waiting and waiting[0][0] <= part.until + HOUR // 60:
            yield heapq.heappop(waiting)[2]
    while waiting:
        yield heapq.heappop(waiting)[2]


def parts_of(window: Window, days: Days) -> Iterator[Window]:
    """A window in stretches of four hours, counted from the first day."""
    for since in range(days.window.since, window.until, LENGTH):
        part = Window(since, since + LENGTH) & window
        if part.duration:
            yield part


def part_number(part: Window, days: Days) -> int:
    """The number of the batch that holds a stretch."""
    return (part.since - days.window.since) // LENGTH + 1


def _arrivals(until: int, chance: np.random.Generator) -> list[int]:
    """When a batch arrives: once a second later, some up to a day late, some again after ten minutes."""
    late, twice, delay = chance.random(3)
    first = until + (int(HOUR * (1 + 26 * delay)) if late < LATE else HOUR // 3600)
    return [first, first + HOUR // 6] if twice < TWICE else [first]


def _batch(source: str, number: int, tracks: Sequence[Track], heard: Sequence[Window]) -> Batch:
    rows = [("connection", source, w.since, w.until, "connected", "{}") for w in heard]
    return Batch(source, number, table_of(tracks), spells=spells_of(rows))


def _heard(part: Window, lost: Window) -> list[Window]:
    """What is left of a stretch without the lost one."""
    if not (part & lost).duration:
        return [part]
    around = [Window(part.since, lost.since), Window(lost.until, part.until)]
    return [w for w in around if w.duration]


def _unheard(track: Track, lost: Window) -> Track:
    keep = (track.at < lost.since) | (track.at >= lost.until)
    return Track(track.path, track.at[keep], track.value[keep], track.word[keep], track.words, track.quality[keep])


def table_of(tracks: Sequence[Track]) -> pa.Table:
    """One table in order of time."""
    at = np.concatenate([t.at for t in tracks])
    order = np.argsort(at, kind="stable")
    signal = np.repeat(np.arange(len(tracks), dtype=np.int32), [len(t.at) for t in tracks])[order]
    first = np.cumsum([0, *(len(t.words) for t in tracks)])
    word = np.concatenate([np.where(t.word >= 0, t.word + f, -1) for t, f in zip(tracks, first[:-1], strict=True)])[
        order
    ]
    value = np.concatenate([t.value for t in tracks])[order]
    words = pa.array([w for t in tracks for w in t.words], pa.string())
    return pa.table(
        {
            "signal": pa.DictionaryArray.from_arrays(signal, pa.array([t.path for t in tracks])),
            "at": _moments(at[order]),
            "value": pa.array(value, mask=np.isnan(value)),
            "text": words.take(pa.array(word, mask=word < 0)),
            "quality": pa.array(np.concatenate([t.quality for t in tracks])[order]),
        }
    )


def _moments(at: Times) -> pa.Array[pa.Scalar[pa.TimestampType[Literal["us"], str]]]:
    return pa.array(at, pa.int64()).cast(pa.timestamp("us", "UTC"))


def spells_of(rows: Sequence[tuple[str, str, int, int, str, str]]) -> pa.Table:
    kind, place, since, until, text, detail = zip(*rows, strict=True) if rows else ((),) * 6
    return pa.table(
        {
            "kind": pa.array(kind, pa.string()),
            "place": pa.array(place, pa.string()),
            "since": _moments(np.array(since, dtype=np.int64)),
            "until": _moments(np.array(until, dtype=np.int64)),
            "text": pa.array(text, pa.string()),
            "detail": pa.array(detail, pa.string()),
        }
    )
