"""The account of a trial: every numbered sample that a source said, and what became of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from ...model import Window
from .site import TICK, ChaosSite

POLLED = ("modbus",)
"""Kinds whose samples nobody sends: they are looked up, so those between two looks are not lost."""
EDGE = 1_000_000
"""How exactly the ends of a connection are known, in microseconds."""
LATE = 200_000_000


@dataclass(frozen=True, slots=True)
class Account:
    """What became of a source's samples from just before a fault until all was well again.

    Attributes
    ----------
    fault, at, source
        Which fault befell what, and whose samples these are.
    recovery
        Seconds from the end of the fault until a sample said after it was stored; None: it did not recover.
    sent
        Samples that the source said (handed to its protocol); None where it is asked for them.
    acknowledged
        Samples of which the source, or its broker, was told that they are safe; None where the protocol tells nothing.
    stored
        Different samples stored.
    lost
        Acknowledged and not stored.
    doubled
        Stored twice. The value that is said once more when a connection or a server begins, as still so, is not.
    missing
        Said and not stored.
    hidden
        Missing although coverage says that the source was heard then.
    gap
        Seconds of the trial that coverage says are unknown.
    """

    fault: str
    at: str
    source: str
    recovery: float | None
    sent: int | None
    acknowledged: int | None
    stored: int
    lost: int
    doubled: int
    missing: int | None
    hidden: int
    gap: float

    @property
    def well(self) -> bool:
        """Whether it recovered in 15 s, lost nothing acknowledged, doubled nothing, and hid no gap."""
        return self.recovery is not None and self.recovery <= 15 and not (self.lost or self.doubled or self.hidden)


def account(site: ChaosSite, source: str, window: Window, *, fault: tuple[str, str], recovery: float | None) -> Account:
    """Count a source's samples of a window, by their numbers."""
    kind = site.floor.servers[source].kind
    first, last = -(-window.since // TICK), window.until // TICK
    wide = Window(window.since - LATE, window.until + LATE)
    rows = [(at, n) for at, n in site.ticks(source, wide) if first <= n < last]
    stored = {n for _, n in rows}
    doubled = len(rows) - len(stored) - len(site.begun(source, window)) - 1
    sent = {n for n in site.floor.numbers(source, "sent") if first <= n < last}
    told = {n for n in site.floor.numbers(source, "acknowledged") if first <= n < last}
    heard = site.heard(source, window)
    missing, polled = sorted(sent - stored), kind in POLLED
    return Account(
        *fault,
        source,
        recovery,
        None if polled else len(sent),
        len(told) if kind in ("mqtt", "push") else None,
        len(stored),
        len(told - stored),
        0 if polled else max(0, doubled),
        None if polled else len(missing),
        0 if polled else sum(_inside(n * TICK, heard) for n in missing),
        round((window.duration - sum(u - s for s, u in heard)) / 1e6, 1),
    )


def _inside(at: int, stretches: Sequence[tuple[int, int]]) -> bool:
    """Whether a moment lies well within one of the stretches."""
    place = bisect_right(stretches, (at, 1 << 62)) - 1
    return place >= 0 and stretches[place][0] + EDGE <= at < stretches[place][1] - EDGE
