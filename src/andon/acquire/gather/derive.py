"""Signals that nobody says: they follow from others, row by row, and are stored in the same batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pyarrow as pa

from ...model import Window
from ...plant import Level, Signal
from ...units import MINUTE, SECOND
from ..link import MOMENT
from ..pulse import NEVER, Pulses, Rows, States, Told
from ..wiring import SAMPLES

EVER = 1 << 62
REACHES = (10 * MINUTE, 600 * MINUTE, EVER)
"""How far back it is looked for the last row that says whether a level was on."""
MARGIN = SECOND
"""A value that has not changed is taken for held so much later than it would seem: rows may be on their way."""
Detector = States | Pulses


class Past(Protocol):
    """What is needed of a historian to go on after a restart."""

    def latest(self, paths: Sequence[str] | None = None) -> pa.Table: ...

    def samples(self, path: str, window: Window, *, before: bool = False, after: bool = False) -> pa.Table: ...


@dataclass(slots=True)
class Derived:
    """The derived signals of one source, and where each of them stands.

    After a restart it goes on from the last row that it told and the raw rows since: these were stored together, so
    nothing is counted twice and nothing is lost.
    """

    signals: Sequence[Signal]
    past: Past
    detectors: dict[str, list[Detector]] = field(default_factory=dict)
    owed: list[tuple[str, Told]] = field(default_factory=list)
    heard: dict[str, int] = field(default_factory=dict)

    def begin(self) -> None:
        """Learn from the history where each signal stands."""
        self.detectors, self.owed, self.heard = {}, [], {}
        for signal in self.signals:
            raw = _raw(signal)
            detector, rows = _resumed(signal, raw, self.past)
            self.detectors.setdefault(raw, []).append(detector)
            self.owed += [(signal.path, told) for told in detector.take(rows)]

    def add(self, samples: pa.Table, arrived: int) -> pa.Table:
        """Samples, with what follows from them."""
        found, self.owed = self.owed, []
        for raw, rows in self._of_raw(samples).items():
            self.heard[raw] = arrived
            found += [(d.signal.path, told) for d in self.detectors[raw] for told in d.take(rows)]
        return pa.concat_tables([samples.select(SAMPLES.names).cast(SAMPLES), _table(found)]) if found else samples

    def settle(self, arrived: int) -> pa.Table | None:
        """What follows from values that stayed as they were while their source was alive; None if nothing does."""
        found, self.owed = self.owed, []
        for raw, detectors in self.detectors.items():
            passed = arrived - self.heard.get(raw, arrived) - MARGIN
            found += [(d.signal.path, told) for d in detectors if passed > 0 for told in d.settle(d.last + passed)]
        return _table(found) if found else None

    def _of_raw(self, samples: pa.Table) -> dict[str, Rows]:
        """The rows of those signals that others follow from."""
        if not self.detectors:
            return {}
        signal = samples["signal"].cast(pa.string()).combine_chunks().dictionary_encode()
        assert isinstance(signal, pa.DictionaryArray)
        code, names = signal.indices.to_numpy(), [str(n) for n in signal.dictionary.to_pylist()]
        places = {name: np.flatnonzero(code == i) for i, name in enumerate(names) if name in self.detectors}
        return {name: _rows(samples.take(place)) for name, place in places.items()}


def _raw(signal: Signal) -> str:
    assert signal.derived is not None
    return f"{signal.machine}/{signal.derived.of}"


def _resumed(signal: Signal, raw: str, past: Past) -> tuple[Detector, Rows]:
    """A detector where it stood, and the raw rows that it has not seen yet."""
    detector: Detector = States(signal) if signal.kind == "state" else Pulses(signal)
    told = past.latest([signal.path])
    if not told.num_rows:
        return detector, _rows(past.latest([raw]))
    (last,) = told.to_pylist()
    at = int(last["at"])
    if isinstance(detector, States):
        detector.resume(last["text"], int(last["quality"]), at)
    else:
        _resume(detector, raw, past, at)
    return detector, _rows(past.samples(raw, Window(at + 1, EVER)))


def _resume(detector: Pulses, raw: str, past: Past, at: int) -> None:
    assert detector.signal.derived is not None
    *earlier, last = past.samples(detector.signal.path, Window(at, at + 1), before=True).to_pylist()
    before = earlier[0]["value"] if earlier else None
    edge = before is not None and last["value"] is not None and last["value"] > before
    total = last["value"] if last["value"] is not None else before or 0.0
    detector.resume(total, _was_high(raw, detector.signal.derived.levels[0], past, at), at if edge else NEVER, at)
    detector.bad = int(last["quality"]) if last["value"] is None else None


def _was_high(raw: str, level: Level, past: Past, at: int) -> bool | None:
    """Whether a level was on at a moment: by the last row that told, else off; None where no row has a value."""
    for reach in REACHES:
        rows = _rows(past.samples(raw, Window(max(0, at - reach), at + 1)))
        told = np.flatnonzero(rows.good & ((rows.value > level.above) | (rows.value < level.below)))
        if len(told):
            return bool(rows.value[told[-1]] > level.above)
    return False if rows.good.any() else None


def _rows(table: pa.Table) -> Rows:
    at = table["at"].cast(pa.int64()).to_numpy()
    value = np.asarray(table["value"].to_numpy(), dtype=np.float64)
    return Rows.of(at, value, np.asarray(table["quality"].to_numpy(), dtype=np.uint32))


def _table(found: Sequence[tuple[str, Told]]) -> pa.Table:
    return pa.table(
        {
            "signal": pa.array([path for path, _ in found], pa.string()).dictionary_encode(),
            "at": pa.array([at for _, (at, _, _, _) in found], pa.int64()).cast(MOMENT),
            "value": pa.array([value for _, (_, value, _, _) in found], pa.float64()),
            "text": pa.array([text for _, (_, _, text, _) in found], pa.string()),
            "quality": pa.array([quality for _, (_, _, _, quality) in found], pa.uint32()),
        },
        schema=SAMPLES,
    )


__all__ = ["Derived", "Past"]
