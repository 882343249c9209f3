"""Values in, alarms on and off out: each watched signal with the triggers that it feeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...plant import Plant, Signal
from ...plant.alarms import Alarm, Held
from .conditions import condition
from .panel import Key
from .trigger import Edge, Trigger

MOMENT = pa.timestamp("us", "UTC")


class Row(NamedTuple):
    """A value as a signal said it."""

    at: int
    path: str
    value: float | None
    text: str | None
    quality: int


@dataclass(slots=True)
class Lead:
    """A trigger on its signal, and the alarms that it turns; where `hides`, it suppresses them instead."""

    trigger: Trigger
    path: str
    source: str
    keys: tuple[Key, ...]
    hides: bool = False


@dataclass(slots=True)
class Watching:
    """The leads of a plant by the signal that they listen to.

    Only the rows of watched signals are looked at; they are taken in the order of their moments.
    """

    leads: list[Lead]
    fed: dict[str, list[Lead]] = field(default_factory=dict)
    wanted: pa.Array[pa.Scalar[pa.DataType]] = field(init=False)

    def __post_init__(self) -> None:
        for lead in self.leads:
            self.fed.setdefault(lead.path, []).append(lead)
        self.wanted = pa.array(list(self.fed), pa.string())

    def heard(self, rows: Iterable[Row]) -> list[tuple[Edge, Lead]]:
        """What rows turn on and off, in order of time."""
        found: list[tuple[Edge, Lead]] = []
        for at, path, value, text, quality in rows:
            for lead in self.fed.get(path, ()):
                found += [(edge, lead) for edge in lead.trigger.heard(at, value, text, quality)]
        return sorted(found, key=_moment)

    def until(self, to: int, behind: Mapping[str, int]) -> list[tuple[Edge, Lead]]:
        """What turns by itself before a moment; sources that are `behind` by so much have not come so far."""
        found: list[tuple[Edge, Lead]] = []
        for lead in self.leads:
            reach = to - behind.get(lead.source, 0)
            if min(lead.trigger.due, lead.trigger.condition.due) < reach:
                found += [(edge, lead) for edge in lead.trigger.until(reach)]
        return sorted(found, key=_moment)


def watching(plant: Plant, now: int) -> Watching:
    """The leads of all alarms of a plant; silence is counted from now on."""
    leads: list[Lead] = []
    for alarm in plant.alarms:
        if alarm.when is None:
            continue
        signal = plant.signal(alarm.signal)
        trigger = Trigger(condition(alarm.when, signal.states, now), alarm.on_delay, alarm.off_delay)
        leads.append(Lead(trigger, signal.path, signal.source, (alarm.key,)))
    return Watching([*leads, *_suppressing(plant, now)])


def _suppressing(plant: Plant, now: int) -> Iterable[Lead]:
    """One lead for all alarms of a machine that the same states suppress."""
    hidden = sorted((a for a in plant.alarms if a.suppressed_while), key=_suppressed)
    for (place, states), alarms in groupby(hidden, key=_suppressed):
        signal = plant.machine(place).role("state")
        if signal is not None:
            keys = tuple(a.key for a in alarms)
            yield Lead(_held(signal, frozenset(states), now), signal.path, signal.source, keys, hides=True)


def _held(signal: Signal, states: frozenset[str], now: int) -> Trigger:
    return Trigger(condition(Held(states), signal.states, now))


def _suppressed(alarm: Alarm) -> tuple[str, tuple[str, ...]]:
    return alarm.place, tuple(sorted(alarm.suppressed_while))


def picked(samples: pa.Table, wanted: pa.Array[pa.Scalar[pa.DataType]]) -> pa.Table | None:
    """The rows of wanted signals, None where there are none; quick where few are wanted."""
    signal = samples["signal"]
    if not pa.types.is_dictionary(signal.type):
        mask = pc.is_in(signal, value_set=wanted)
    else:
        whole = signal.unify_dictionaries().combine_chunks()
        assert isinstance(whole, pa.DictionaryArray)
        known = pc.is_in(whole.dictionary, value_set=wanted)
        if not pc.any(known).as_py():
            return None
        mask = known.take(whole.indices)
    return samples.filter(mask) if pc.any(mask).as_py() else None


def rows_of(samples: pa.Table) -> list[Row]:
    """The rows of a batch in order of time; a number that is none is no value."""
    count = samples.num_rows
    at = _micros(samples["at"])
    value: Sequence[float | None] = [None] * count
    if "value" in samples.column_names:
        column = samples["value"]
        numbers = column.cast(pa.uint8()) if pa.types.is_boolean(column.type) else column
        value = [None if v is None or v != v else v for v in numbers.cast(pa.float64(), safe=False).to_pylist()]
    text = samples["text"].to_pylist() if "text" in samples.column_names else [None] * count
    quality = [q or 0 for q in samples["quality"].to_pylist()] if "quality" in samples.column_names else [0] * count
    rows = list(map(Row, at, map(str, samples["signal"].to_pylist()), value, text, quality))
    return rows if bool(np.all(np.diff(at) >= 0)) else sorted(rows, key=_moment_of)


def _micros(column: pa.ChunkedArray[pa.Scalar[pa.DataType]]) -> list[int]:
    if pa.types.is_timestamp(column.type):
        column = column.cast(MOMENT, safe=False)
    return [int(at) for at in column.cast(pa.int64()).to_numpy()]


def _moment(turned: tuple[Edge, Lead]) -> int:
    return turned[0].at


def _moment_of(row: Row) -> int:
    return row.at
