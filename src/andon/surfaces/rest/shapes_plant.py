"""The shapes of what REST answers of the plant on paper; moments and lengths are microseconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LimitOnPaper:
    """A limit of a signal, in its unit: 1 is an upper one, -1 a lower one, 0 a target; an alarm gives its name."""

    name: str
    value: float
    sign: int


@dataclass(frozen=True, slots=True)
class SignalOnPaper:
    """A signal as plant.toml describes it."""

    path: str
    name: str
    role: str
    unit: str
    kind: str
    source: str
    stepped: bool
    limits: list[LimitOnPaper]


@dataclass(frozen=True, slots=True)
class MachineOnPaper:
    """A machine as plant.toml describes it."""

    path: str
    line: str
    area: str
    title: str
    roles: list[str]
    signals: list[SignalOnPaper]


@dataclass(frozen=True, slots=True)
class Reason:
    """A leaf or a branch of the reasons tree."""

    code: str
    text: str
    parent: str
    planned: bool


@dataclass(frozen=True, slots=True)
class Product:
    """A product."""

    name: str
    title: str
    material: str


@dataclass(frozen=True, slots=True)
class Rate:
    """What a product's ideal cycle (microseconds a part) and value are on a machine, from a moment on."""

    machine: str
    since: int
    ideal_cycle: float | None
    value: float | None


@dataclass(frozen=True, slots=True)
class RatedProduct:
    """A product with its ideal cycles."""

    name: str
    title: str
    material: str
    rates: list[Rate]


@dataclass(frozen=True, slots=True)
class PlantOnPaper:
    """The plant as plant.toml describes it."""

    name: str
    zone: str
    currency: str
    language: str
    digest: str
    now: int
    lines: list[str]
    machines: list[MachineOnPaper]
    reasons: list[Reason]
    products: list[Product]
    shifts: list[str]
    sources: list[str]


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """One shift of one machine, with its breaks."""

    machine: str
    shift: str
    day: str
    since: int
    until: int
    breaks: list[list[int]]


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A production order of a machine, planned and real."""

    machine: str
    order: str
    product: str
    planned_since: int | None
    planned_until: int | None
    since: int | None
    until: int | None
    quantity: float | None
