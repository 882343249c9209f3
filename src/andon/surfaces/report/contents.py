"""What a report says: figures, losses, stops, orders, alarms and notes of one period, before anything is laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...picture import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """The figures of closed shifts of a machine or of a period; ratios 0..1, times in microseconds, None: not known.

    Attributes
    ----------
    name
        The machine, or the period.
    shifts
        How many machine's shifts were added up.
    coverage
        Known over planned busy time.
    rated_share
        The share of production time in which an ideal cycle is known; below 1, OEE is a lower bound.
    worst, worst_time
        The class in which most was lost, "" where nothing was, and how much.
    """

    name: str
    shifts: int
    oee: float | None
    availability: float | None
    effectiveness: float | None
    quality: float | None
    coverage: float | None
    oee_of_known: float | None
    rated_share: float | None
    made: float | None
    good: float | None
    rejects: float | None
    planned_busy: int
    production: int
    unknown: int
    worst: str = ""
    worst_time: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What went to one class of loss: time in microseconds, its share of planned busy time, and what it cost.

    `before` is the share in the periods before; None where there are none.
    """

    loss: str
    time: int
    share: float | None
    before: float | None
    parts: float | None
    kwh: float | None
    kgco2e: float | None
    money: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One stop: where, when (microseconds), in which state, and what is known of why."""

    machine: str
    since: int
    until: int
    state: str
    reason: str
    why: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order on one machine; quantities in parts."""

    machine: str
    order: str
    product: str
    status: str
    planned: float | None
    made: float | None
    good: float | None
    since: int | None
    until: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """One alarm, each time that it was on; `until` None: it still is."""

    priority: str
    place: str
    alarm: str
    text: str
    state: str
    since: int
    until: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What somebody wanted to be remembered."""

    at: int
    machine: str
    text: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """All that a report says of one period of a place.

    Attributes
    ----------
    plant, zone, currency, language
        Of the plant, and the language of the report.
    place
        Machine, line or area; "" is the whole plant.
    every, name, since, until
        The kind of period (shift, day, week, "" any stretch), its name, and its time in microseconds.
    made_at
        When this was written (microseconds).
    version
        1, and one more each time that shifts were closed again after the report was made.
    whole
        Everything added up.
    earlier, mean
        The periods before, the earliest first, and all of them added up.
    machines
        One row a machine.
    losses
        One row a class, the most time first, what was productive last.
    stops
        The longest.
    nameless, nameless_time
        The longest stops that want a reason, and the time of all of them (microseconds).
    nameless_count
        How many there are.
    orders, alarms, notes
        As they were.
    remarks
        What is wrong or remarkable, in the report's language.
    closings
        How many machines' shifts were closed, when the last of them was (microseconds), and how many of them were
        closed again.
    running
        How many machines' shifts are not closed: they count up to now.
    pictures
        By name: waterfall, reasons, earlier, timeline; those that have something to show.
    """

    plant: str
    zone: str
    currency: str
    language: str
    place: str
    every: str
    name: str
    since: int
    until: int
    made_at: int
    version: int = 1
    whole: Sums
    earlier: tuple[Sums, ...]
    mean: Sums | None
    machines: tuple[Sums, ...]
    losses: tuple[Lost, ...]
    stops: tuple[Stop, ...]
    nameless: tuple[Stop, ...]
    nameless_count: int
    nameless_time: int
    orders: tuple[Order, ...]
    alarms: tuple[Raised, ...]
    notes: tuple[Note, ...]
    remarks: tuple[str, ...]
    closings: tuple[int, int, int]
    running: int
    pictures: Mapping[str, Picture]
