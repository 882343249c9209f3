"""Parts and results as batches: units once, their values by test, and at the end what the bins mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import orjson
import pyarrow as pa

from . import atdf
from .distinct import Codes
from .parts import ABNORMAL
from .read import Reading, Tested
from .records import MISSING
from .source import pieces

MOST = 1_000_000
"""Values of a batch, about."""
MOMENT = pa.timestamp("us", "UTC")
SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Brought:
    """One batch: units and measurements as `model.Batch` has them, or spells; how far the file is read."""

    units: pa.Table | None
    measurements: pa.Table | None
    spells: pa.Table | None
    position: int


@dataclass(slots=True)
class Lot:
    """A file on its way in.

    Attributes
    ----------
    reading
        What was said of the file, and what was lost of it.
    machine
        Which machine tested, by what the file says of itself; None where the file is of none.
    zone
        The zone of the tester's clock; "" where it is as the standard says, UTC.
    """

    reading: Reading
    machine: Callable[[dict[str, str]], str]
    zone: str = ""
    parts: int = 0
    since: int = 1 << 62
    until: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    def batches(self, path: Path) -> Iterator[Brought]:
        """The batches of a file, the same each time it is read."""
        waiting: list[Tested] = []
        size, position = 0, 0
        for tested in self.reading.read(opened(path)):
            waiting.append(tested)
            size, position = size + len(tested.value) + len(tested.parts), tested.position
            if size >= MOST:
                yield self._brought(waiting)
                waiting, size = [], 0
        if waiting:
            yield self._brought(waiting)
        told = {kind: {str(n): b for n, b in bins.items()} for kind, bins in self.reading.tally.bins().items() if bins}
        if told and self.parts:
            yield Brought(None, None, self._bins(told), position)

    def place(self) -> str:
        """The path of the machine that tested."""
        return self.machine({**self.reading.facts, "lot": self.reading.lot, "product": self.reading.product})

    def _brought(self, waiting: list[Tested]) -> Brought:
        first = np.cumsum([0, *(len(t.parts) for t in waiting)])
        units = pa.concat_tables([self._units(t) for t in waiting])
        row = np.concatenate([t.row + n for t, n in zip(waiting, first, strict=False)])
        kind = np.concatenate([t.kind for t in waiting])
        value = np.concatenate([t.value for t in waiting])
        passed = np.concatenate([t.passed for t in waiting])
        place = self.place()
        self.counts[place] = self.counts.get(place, 0) + len(value)
        return Brought(units, _values(self.reading, row, kind, value, passed), None, waiting[-1].position)

    def _units(self, tested: Tested) -> pa.Table:
        parts, reading = tested.parts, self.reading
        count = len(parts)
        at = self._utc(tested.at)
        self.parts += count
        self.since, self.until = min(self.since, int(at.min())), max(self.until, int(at.max()))
        heads = (parts.key >> 8).tolist()
        said = [reading.equipment.get(h, reading.equipment.get(255, {})) for h in heads]
        facts = {n: [s.get(n, "") for s in said] for n in dict.fromkeys(n for s in said for n in s)}
        named = [i if i != n else "" for i, n in zip(parts.id, tested.names, strict=True)]
        facts |= {"part": named} if any(named) else {}
        facts |= {"text": parts.text} if any(parts.text) else {}
        ended = ["abnormal" if f & ABNORMAL else "" for f in parts.flag.tolist()]
        facts |= {"ended": ended} if any(ended) else {}
        own: dict[str, list[str]] = {n: [text] * count for n, text in reading.facts.items()}
        return pa.table(
            {
                "machine": pa.array([self.place()] * count, pa.string()),
                "at": pa.array(at).cast(MOMENT),
                "unit_id": tested.names,
                "step": [reading.step] * count,
                "lot": [reading.lot] * count,
                "wafer": tested.wafers,
                "product": [reading.product] * count,
                "x": _numbers(parts.x, MISSING),
                "y": _numbers(parts.y, MISSING),
                "site": pa.array(parts.key & 255, pa.int32()),
                "hard": _numbers(parts.hard, -1),
                "soft": _numbers(parts.soft, -1),
                "passed": pa.array(parts.passed == 1, mask=parts.passed < 0),
                "seconds": pa.array(parts.time / 1000, mask=parts.time == 0),
                **{n: pa.array(column, pa.string()) for n, column in {**own, **facts}.items()},
            }
        )

    def _utc(self, at: Codes) -> Codes:
        """Moments of a clock in a zone as moments of UTC; the offset is that of the file's begin, so time goes on."""
        if not self.zone or not len(at):
            return at
        begin = datetime.fromtimestamp(self.reading.started, UTC).replace(tzinfo=ZoneInfo(self.zone))
        offset = begin.utcoffset()
        return at - int(offset.total_seconds()) * SECOND if offset else at

    def _bins(self, told: dict[str, dict[str, tuple[str, bool | None]]]) -> pa.Table:
        return pa.table(
            {
                "kind": ["bins"],
                "place": [self.place()],
                "since": pa.array([self.since]).cast(MOMENT),
                "until": pa.array([self.until + 1]).cast(MOMENT),
                "text": [self.reading.product],
                "detail": [orjson.dumps(told).decode()],
            }
        )


def opened(path: Path) -> Iterator[tuple[bytes, int]]:
    """The bytes of an STDF or ATDF file as those of STDF."""
    given = pieces(path)
    first = next(given, (b"", 0))
    return atdf.packed(_again(first, given)) if atdf.is_text(first[0]) else _again(first, given)


def looks_like(path: Path) -> bool:
    """Whether a file begins as STDF or ATDF does, packed or not."""
    head = next(pieces(path), (b"", 0))[0][:6]
    return atdf.is_text(head) or (len(head) == 6 and head[2:4] == b"\0\x0a" and head[:2] in (b"\2\0", b"\0\2"))


def head_of(path: Path) -> Reading:
    """What a file says of itself before its first part."""
    reading = Reading()
    next(reading.read(opened(path)), None)
    return reading


def _again(first: tuple[bytes, int], others: Iterator[tuple[bytes, int]]) -> Iterator[tuple[bytes, int]]:
    yield first
    yield from others


def _values(reading: Reading, row: Codes, kind: Codes, value: Codes, passed: Codes) -> pa.Table:
    """Values with what their tests are; texts once, and a number for each row."""
    kinds = reading.kinds
    code = pa.array(kind, pa.int32())
    limits = {
        n: np.array([np.nan if (v := getattr(k, n)) is None else v for k in kinds])[kind] for n in ("low", "high")
    }
    return pa.table(
        {
            "row": row,
            "test": pa.DictionaryArray.from_arrays(code, pa.array([k.name for k in kinds], pa.string())),
            "number": pa.array(np.array([min(k.number, 2**31 - 1) for k in kinds], np.int32)[kind]),
            "unit": pa.DictionaryArray.from_arrays(code, pa.array([k.unit for k in kinds], pa.string())),
            **{n: pa.array(v, mask=np.isnan(v)) for n, v in limits.items()},
            "value": pa.array(value, mask=np.isnan(value)),
            "passed": pa.array(passed == 1, mask=passed < 0),
        }
    )


def _numbers(column: Codes, missing: int) -> pa.Array:  # type: ignore[type-arg]  # of 32-bit numbers
    return pa.array(column, pa.int32(), mask=column == missing)
