"""How a source is doing: what a person sees of it, kept up to date by its own thread."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock

import numpy as np
import pyarrow as pa

SPAN = 10.0
"""Seconds over which a rate is told."""
LATELY, ENOUGH, MOST = 600.0, 10, 1000
"""A clock is judged by the freshest of ten packets or more of the last ten minutes: one alone may be an old value."""


class Health(StrEnum):
    """What a source is doing."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "lost"
    BLOCKED = "blocked"
    STOPPED = "stopped"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Status:
    """A source at a glance.

    Attributes
    ----------
    source, connector
        Its name and its kind.
    health
        connecting, connected, lost (trying again), blocked (the disk is full), stopped, wrong (its settings).
    since
        Since when (microseconds).
    said
        Why data stopped, in plain words; "" while all is well.
    samples, batches, refused
        Stored since the start; refused by the historian.
    rate
        Samples a second over the last ten seconds.
    last
        When it last said something (microseconds, our clock), None if never.
    skew
        Its clock minus ours (microseconds), from the freshest of many packets; None while too few came to tell. A
        negative skew includes the time that a value takes to arrive.
    sessions
        How often it was connected.
    """

    source: str
    connector: str
    health: Health
    since: int
    said: str = ""
    samples: int = 0
    batches: int = 0
    refused: int = 0
    rate: float = 0.0
    last: int | None = None
    skew: int | None = None
    sessions: int = 0


@dataclass(slots=True)
class Pulse:
    """The figures behind a status; one thread changes them, others look."""

    source: str
    connector: str
    health: Health = Health.CONNECTING
    since: int = field(default_factory=lambda: now())
    said: str = ""
    samples: int = 0
    batches: int = 0
    refused: int = 0
    last: int | None = None
    sessions: int = 0
    lately: deque[tuple[float, int]] = field(default_factory=deque)
    skews: deque[tuple[float, int]] = field(default_factory=deque)
    lock: Lock = field(default_factory=Lock)

    def turn(self, health: Health, said: str = "") -> bool:
        """Another health; whether it is another one."""
        with self.lock:
            changed = (health, said) != (self.health, self.said)
            if health is not self.health:
                self.since = now()
            self.health, self.said = health, said
            return changed

    def heard(self, rows: pa.Table | None, arrived: int) -> None:
        """Rows arrived: how far their clock is from ours."""
        with self.lock:
            self.last = arrived
            if rows is None or not rows.num_rows:
                return
            newest = int(np.max(np.asarray(rows["at"].cast(pa.int64()).to_numpy())))
            self.skews.append((time.monotonic(), newest - arrived))
            while self.skews[0][0] < time.monotonic() - LATELY or len(self.skews) > MOST:
                self.skews.popleft()

    def stored(self, rows: int, refused: int) -> None:
        """A batch is on disk."""
        with self.lock:
            self.samples, self.batches, self.refused = self.samples + rows, self.batches + 1, self.refused + refused
            self.lately.append((time.monotonic(), rows))
            while self.lately[0][0] < time.monotonic() - SPAN:
                self.lately.popleft()

    def status(self) -> Status:
        with self.lock:
            begin = time.monotonic() - SPAN
            rate = sum(n for at, n in self.lately if at >= begin) / SPAN
            skew = max(s for _, s in self.skews) if len(self.skews) >= ENOUGH else None
            return Status(
                self.source,
                self.connector,
                self.health,
                self.since,
                self.said,
                self.samples,
                self.batches,
                self.refused,
                rate,
                self.last,
                skew,
                self.sessions,
            )


def now() -> int:
    """Microseconds since 1970 on this computer's clock."""
    return time.time_ns() // 1000
