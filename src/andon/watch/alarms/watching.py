"""Values in, alarms on and off out: each watched signal with the triggers that it feeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ...plant import Plant, Signal
from ...plant.alarms import Alarm, Held
from ...units import HOUR, MINUTE
from .conditions import NEVER, Beyond, condition
from .panel import Key
from .trigger import BAD, Edge, Trigger

MOMENT = pa.timestamp("us", "UTC")
AHEAD = MINUTE
"""A value further ahead of the clock than this comes from a wrong clock, and makes no later one too late."""
DAY = 24 * HOUR
Turned = list[tuple[Edge, "Lead"]]


@dataclass(slots=True)
class Lead:
    """A trigger on its signal, and the alarms that it turns; where `hides`, it suppresses them instead."""

    trigger: Trigger
    path: str
    source: str
    keys: tuple[Key, ...]
    hides: bool = False

    @property
    def due(self) -> int:
        """When it may turn by itself."""
        return min(self.trigger.due, self.trigger.condition.due)


class Watching:
    """The leads of a plant, by the signal that they listen to.

    Most values change nothing: those between the limits of a signal none of whose alarms is on, or about to be, are
    passed over all at once. `low` and `high` are these bounds by signal (nothing lies between them where each value
    counts), `last` is the newest moment of each signal, `due` when each lead may turn by itself.
    """

    def __init__(self, leads: Sequence[Lead]) -> None:
        self.leads = list(leads)
        self._fed: dict[str, list[int]] = {}
        for number, lead in enumerate(self.leads):
            self._fed.setdefault(lead.path, []).append(number)
        self._numbers, self._places = list(self._fed.values()), {path: n for n, path in enumerate(self._fed)}
        self.wanted = pa.array(list(self._fed), pa.string())
        count = len(self._numbers)
        self._last = np.full(count, -NEVER, dtype=np.int64)
        self._low, self._high = np.full(count, -np.inf), np.full(count, np.inf)
        self._due = np.full(len(self.leads), NEVER, dtype=np.int64)
        self.settle()

    @property
    def paths(self) -> list[str]:
        """The signals that are listened to."""
        return list(self._fed)

    def heard(self, samples: pa.Table, now: int = NEVER) -> Turned:
        """What samples turn on and off, in order of time; those of other signals are left out.

        A value that is older than the last of its signal is too late, unless that one lay ahead of the clock (`now`).
        """
        place, at, value, quality, texts = _columns(samples, self.wanted)
        for p in np.unique(place[(at < self._last[place]) & (self._last[place] > now + AHEAD)]).tolist():
            self._rewind(p, int(at[place == p].min()))
        keep = at >= self._last[place]
        np.maximum.at(self._last, place, at)
        between = (value >= self._low[place]) & (value <= self._high[place])
        counting = np.zeros(len(self._numbers), dtype=bool)
        counting[place[keep & ~between & (quality >> 30 < BAD)]] = True
        rows = np.flatnonzero(keep & counting[place])
        found: Turned = []
        for p, a, v, q, i in zip(*(c[rows].tolist() for c in (place, at, value, quality)), rows.tolist(), strict=True):
            for number in self._numbers[p]:
                lead = self.leads[number]
                for edge in lead.trigger.heard(a, None if v != v else v, texts[i] if texts else None, q):
                    found.append((edge, lead))
                self._due[number] = lead.due
        for p in np.flatnonzero(counting).tolist():
            self._settle(p)
        return sorted(found, key=_moment)

    def until(self, to: int, behind: Mapping[str, int]) -> Turned:
        """What turns by itself before a moment; sources that are `behind` by so much have not come so far."""
        found: Turned = []
        for number in np.flatnonzero(self._due < to).tolist():
            lead = self.leads[number]
            found += [(edge, lead) for edge in lead.trigger.until(to - behind.get(lead.source, 0))]
            self._due[number] = lead.due
        for path in {lead.path for _, lead in found}:
            self._settle(self._places[path])
        return sorted(found, key=_moment)

    def _rewind(self, place: int, at: int) -> None:
        self._last[place] = -NEVER
        for number in self._numbers[place]:
            self.leads[number].trigger.rewind(at)

    def settle(self) -> None:
        """Work out what counts, after the triggers were changed from outside."""
        for place in range(len(self._numbers)):
            self._settle(place)
        self._due[:] = [lead.due for lead in self.leads]

    def _settle(self, place: int) -> None:
        low, high = -np.inf, np.inf
        for number in self._numbers[place]:
            trigger = self.leads[number].trigger
            if not isinstance(trigger.condition, Beyond) or not trigger.idle:
                low, high = np.inf, -np.inf
                break
            level = trigger.condition.level
            low, high = (low, min(high, level.limit)) if level.sign > 0 else (max(low, level.limit), high)
        self._low[place], self._high[place] = low, high


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


def picked(samples: pa.Table, wanted: pa.Array[pa.Scalar[pa.DataType]], refused: int | None = None) -> pa.Table | None:
    """The rows of wanted signals, None where there are none; quick where few are wanted.

    `refused` is the clock of a receipt that refused rows: those with no or an impossible moment are left out.
    """
    if refused is not None:
        at = samples["at"].cast(pa.int64()).to_numpy()  # NaN where there is none
        samples = samples.filter(pa.array((at >= 0) & (at <= refused + DAY)))
    signal = samples["signal"]
    if not pa.types.is_dictionary(signal.type):
        mask = pc.is_in(signal.cast(pa.string()), value_set=wanted)
    else:
        whole = signal.unify_dictionaries().combine_chunks()
        assert isinstance(whole, pa.DictionaryArray)
        known = pc.is_in(whole.dictionary.cast(pa.string()), value_set=wanted)
        if not pc.any(known).as_py():
            return None
        mask = known.take(whole.indices)
    return samples.filter(mask) if pc.any(mask).as_py() else None


Columns = tuple[
    NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.uint32], Sequence[str | None] | None
]


def _columns(samples: pa.Table, wanted: pa.Array[pa.Scalar[pa.DataType]]) -> Columns:
    """The rows of wanted signals in order of time: place of the signal, moment, value (NaN: none), quality, texts."""
    place = _places(samples["signal"], wanted)
    at, names = _micros(samples["at"]), samples.column_names
    count = len(at)
    value = _numbers(samples["value"]) if "value" in names else np.full(count, np.nan)
    quality = _numbers(samples["quality"]) if "quality" in names else np.zeros(count)
    texts = samples["text"].to_pylist() if "text" in names and samples["text"].null_count < count else None
    rows = np.flatnonzero(place >= 0)
    if len(rows) and bool(np.any(np.diff(at[rows]) < 0)):
        rows = rows[np.argsort(at[rows], kind="stable")]
    elif len(rows) == count:
        return place, at, value, _codes(quality), texts
    chosen = [texts[i] for i in rows.tolist()] if texts else None
    return place[rows], at[rows], value[rows], _codes(quality[rows]), chosen


def _places(
    signal: pa.ChunkedArray[pa.Scalar[pa.DataType]], wanted: pa.Array[pa.Scalar[pa.DataType]]
) -> NDArray[np.int64]:
    """Where each row's signal stands among the wanted ones; -1 where it does not."""
    if not pa.types.is_dictionary(signal.type):
        return np.asarray(
            pc.index_in(signal.cast(pa.string()), value_set=wanted).fill_null(-1).to_numpy(), dtype=np.int64
        )
    whole = signal.unify_dictionaries().combine_chunks()
    assert isinstance(whole, pa.DictionaryArray)
    known = pc.index_in(whole.dictionary.cast(pa.string()), value_set=wanted).fill_null(-1)
    return np.asarray(known.take(whole.indices).fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _numbers(column: pa.ChunkedArray[pa.Scalar[pa.DataType]]) -> NDArray[np.float64]:
    plain = column.cast(pa.uint8()) if pa.types.is_boolean(column.type) else column
    return np.asarray(plain.cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64)


def _codes(quality: NDArray[np.float64]) -> NDArray[np.uint32]:
    return np.nan_to_num(quality, nan=0.0).astype(np.uint32)


def _micros(column: pa.ChunkedArray[pa.Scalar[pa.DataType]]) -> NDArray[np.int64]:
    if pa.types.is_timestamp(column.type):
        column = column.cast(MOMENT, safe=False)
    return np.asarray(column.cast(pa.int64()).to_numpy(), dtype=np.int64)


def _moment(turned: tuple[Edge, Lead]) -> int:
    return turned[0].at
