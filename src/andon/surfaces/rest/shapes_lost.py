"""The shapes of losses, their stops, what was found and what was compared, for the OpenAPI document."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """Half-open, in microseconds since 1970."""

    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Lost:
    """Losses of a window with its neighbours, the figures of its shifts, and a table for each way of adding up."""

    since: int
    until: int
    before: Stretch
    after: Stretch
    currency: str
    shifts: int
    running: int
    digest: str
    figures: dict[str, float | None]
    tables: dict[str, list[dict[str, float | str | None]]]


@dataclass(frozen=True, slots=True)
class Stop:
    """One stretch that a loss is the sum of; `entry` is 0 while its shift is not closed."""

    machine: str
    since: int
    until: int
    loss: str
    element: str | None
    reason: str
    product: str
    order: str
    day: str
    shift: str
    entry: int
    coverage: float | None


@dataclass(frozen=True, slots=True)
class LostStops:
    """Some of the stops of a window, and how many there are."""

    since: int
    until: int
    before: Stretch
    after: Stretch
    currency: str
    shifts: int
    running: int
    digest: str
    total: int
    rows: list[Stop]


@dataclass(frozen=True, slots=True)
class Moment:
    """A stretch in which a condition held."""

    machine: str
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Found:
    """When a condition held, as it was understood; `coverage` is the known part of what was asked."""

    condition: str
    since: int
    until: int
    machines: list[str]
    total: int
    time: int
    asked: int
    coverage: float | None
    rows: list[Moment]


@dataclass(frozen=True, slots=True)
class Summed:
    """A signal over one stretch; the mean is weighted by time."""

    mean: float | None
    low: float | None
    high: float | None
    coverage: float


@dataclass(frozen=True, slots=True)
class ComparedSignal:
    """A signal with its values in each stretch."""

    signal: str
    unit: str
    values: list[Summed]


@dataclass(frozen=True, slots=True)
class ComparedStates:
    """A machine with its microseconds by state in each stretch."""

    machine: str
    values: list[dict[str, int]]


@dataclass(frozen=True, slots=True)
class Compared:
    """Several stretches side by side."""

    windows: list[Stretch]
    signals: list[ComparedSignal]
    states: list[ComparedStates]
