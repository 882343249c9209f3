"""How the demo's samples arrive: in numbered batches of four hours by gateway, some late or twice."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from ...model import Batch, Times, Window
from .hours import demo_window, local
from .layout import LOST, SOURCES
from .signals import Physics, Track, analogs, changes, physics
from .timeline import Run

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


def lost_window(source: str) -> Window:
    """When nobody heard a source; empty for most."""
    return Window(local(LOST[1]), local(LOST[2])) if source == LOST[0] else Window(0, 0)


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
    return Batch("planning", 1, spells=_spells(rows))


def deliveries(runs: Sequence[Run], seed: int, window: Window) -> Iterator[Batch]:
    """All batches of a window in order of arrival; at its start each signal says what it last said."""
    waiting = list[tuple[int, int, Batch]]()
    chance = np.random.default_rng([seed, 77])
    silent = {line: [Window(0, window.since), lost_window(source)] for line, source in SOURCES.items()}
    said = {
        line: [_heard_track(t, silent[line]) for run in runs if run.machine.line == line for t in changes(run)]
        for line in SOURCES
    }
    machines = {line: [physics(r) for r in runs if r.machine.line == line] for line in SOURCES}
    order = 0
    for since in range(demo_window().since, window.until, LENGTH):
        part = Window(since, since + LENGTH) & window
        if not part.duration:
            continue
        for line, source in SOURCES.items():
            batch = _batch(machines[line], said[line], part, seed)
            for arrival in _arrivals(part.until, chance):
                order += 1
                heapq.heappush(
                    waiting, (arrival, order, Batch(source, part_number(part), batch.samples, spells=batch.spells))
                )
        while waiting and waiting[0][0] <= part.until + HOUR // 60:
            yield heapq.heappop(waiting)[2]
    while waiting:
        yield heapq.heappop(waiting)[2]


def _heard_track(track: Track, silent: Sequence[Window]) -> Track:
    for window in silent:
        if window.duration:
            track = track.without(window)
    return track


def part_number(part: Window) -> int:
    """The number of the batch that holds a stretch."""
    return (part.since - demo_window().since) // LENGTH + 1


def _arrivals(until: int, chance: np.random.Generator) -> list[int]:
    """When a batch arrives: once a second later, some up to a day late, some again after ten minutes."""
    late, twice, delay = chance.random(3)
    first = until + (int(HOUR * (1 + 26 * delay)) if late < LATE else HOUR // 3600)
    return [first, first + HOUR // 6] if twice < TWICE else [first]


def _batch(machines: Sequence[Physics], said: Sequence[Track], part: Window, seed: int) -> Batch:
    source = SOURCES[machines[0].run.machine.line]
    lost = lost_window(source)
    tracks = [t.within(part) for t in said]
    for i, machine in enumerate(machines):
        chance = np.random.default_rng([seed, 78, part_number(part), i, *source.encode()])
        tracks += [_unheard(t, lost) for t in analogs(machine, part, chance)]
    rows = [("connection", source, w.since, w.until, "connected", "{}") for w in _heard(part, lost)]
    return Batch(source, part_number(part), _table(tracks), spells=_spells(rows))


def _heard(part: Window, lost: Window) -> list[Window]:
    """What is left of a stretch without the lost one."""
    if not (part & lost).duration:
        return [part]
    around = [Window(part.since, lost.since), Window(lost.until, part.until)]
    return [w for w in around if w.duration]


def _unheard(track: Track, lost: Window) -> Track:
    keep = (track.at < lost.since) | (track.at >= lost.until)
    return Track(track.path, track.at[keep], track.value[keep], track.word[keep], track.words, track.quality[keep])


def _table(tracks: Sequence[Track]) -> pa.Table:
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


def _spells(rows: Sequence[tuple[str, str, int, int, str, str]]) -> pa.Table:
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
