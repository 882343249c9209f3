"""Moments and windows: integer microseconds since 1970-01-01T00:00Z, every stretch half-open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from ..errors import BadQuestion

Times = NDArray[np.int64]
Numbers = NDArray[np.float64]
Codes = NDArray[np.uint32]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
GOOD, UNCERTAIN, BAD = 0, 1, 2
"""Severity of an OPC UA status code: `code >> 30` (3 is bad, too)."""


def micros(at: datetime) -> int:
    """Microseconds since 1970 of an aware moment.

    >>> micros(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone")
    return (at - EPOCH) // timedelta(microseconds=1)


def moment(at: int) -> datetime:
    """The UTC moment of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=int(at))


def instant(text: str) -> int:
    """Read a moment written after ISO 8601 with its offset, or as microseconds since 1970.

    >>> instant("1970-01-01T08:00+08:00"), instant("1970-01-01T00:00:01Z"), instant("1000000")
    (0, 1000000, 1000000)
    """
    text = text.strip()
    if text.lstrip("-").isdigit() and len(text) > 4:
        return int(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise BadQuestion(f"{text!r} is no moment. Write it with its offset from UTC: 2026-03-02T06:00+08:00.")
    return micros(found)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A stretch of time in microseconds: `since` is in it, `until` is not."""

    since: int
    until: int

    @classmethod
    def of(cls, since: datetime, until: datetime) -> Window:
        return cls(micros(since), micros(until))

    @property
    def duration(self) -> int:
        return max(0, self.until - self.since)

    def __and__(self, other: Window) -> Window:
        since = max(self.since, other.since)
        return Window(since, max(since, min(self.until, other.until)))

    def __contains__(self, at: int) -> bool:
        return self.since <= at < self.until


def times(values: Iterable[int]) -> Times:
    """Moments as an array."""
    return np.array(list(values), dtype=np.int64)
