"""The shapes of what was measured on units, for the OpenAPI document; moments are microseconds."""

from __future__ import annotations

from dataclasses import dataclass

from .shapes_lost import Stretch


@dataclass(frozen=True, slots=True)
class TestAbout:
    """A test: its unit, its limits (plant.toml's, else those that came with it), how many values, how many failed."""

    name: str
    title: str
    unit: str
    number: int
    low: float | None
    high: float | None
    target: float | None
    count: int
    failed: int


@dataclass(frozen=True, slots=True)
class Described:
    """A characteristic as plant.toml describes it; `product` "" is all products."""

    machine: str
    test: str
    title: str
    unit: str
    low: float | None
    high: float | None
    target: float | None
    product: str
    gauge: str
    reaction: str


@dataclass(frozen=True, slots=True)
class TestedMachine:
    """What was measured at one machine; `facts` are the names of what else was said of its units."""

    machine: str
    title: str
    since: int
    until: int
    units: int
    wafers: int
    lot: list[str]
    product: list[str]
    step: list[str]
    facts: list[str]
    tests: list[TestAbout]


@dataclass(frozen=True, slots=True)
class Tested:
    """What was measured at a place."""

    since: int
    until: int
    before: Stretch
    after: Stretch
    machines: list[TestedMachine]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as it was tested once; `attempt` is how often it was in that step before."""

    machine: str
    at: int
    unit: str
    step: str
    lot: str
    wafer: str
    product: str
    x: int | None
    y: int | None
    site: int
    hard: int
    soft: int
    hard_name: str
    soft_name: str
    passed: bool | None
    attempt: int
    seconds: float | None
    facts: dict[str, str]


@dataclass(frozen=True, slots=True)
class UnitRows:
    """Some of the units of a window, and how many there are."""

    since: int
    until: int
    before: Stretch
    after: Stretch
    total: int
    rows: list[Unit]


@dataclass(frozen=True, slots=True)
class UnitTest:
    """What one test found on a unit."""

    name: str
    title: str
    number: int
    unit: str
    value: float | None
    low: float | None
    high: float | None
    passed: bool | None


@dataclass(frozen=True, slots=True)
class UnitTold:
    """A unit as it was tested once, with all of its tests."""

    machine: str
    at: int
    unit: str
    step: str
    lot: str
    wafer: str
    product: str
    x: int | None
    y: int | None
    site: int
    hard: int
    soft: int
    hard_name: str
    soft_name: str
    passed: bool | None
    attempt: int
    seconds: float | None
    facts: dict[str, str]
    tests: list[UnitTest]


@dataclass(frozen=True, slots=True)
class ValueColumns:
    """The values of a test: a row each, column by column."""

    at: list[int]
    unit: list[str]
    lot: list[str]
    wafer: list[str]
    x: list[int]
    y: list[int]
    attempt: list[int]
    value: list[float | None]
    low: list[float | None]
    high: list[float | None]


@dataclass(frozen=True, slots=True)
class TestValues:
    """All values of one test over a window, with what plant.toml says of it."""

    since: int
    until: int
    before: Stretch
    after: Stretch
    test: str
    title: str
    unit: str
    low: float | None
    high: float | None
    target: float | None
    columns: ValueColumns


@dataclass(frozen=True, slots=True)
class BinAbout:
    """A bin that dies fell into: what it means, and how many they are."""

    bin: int
    name: str
    passed: bool | None
    count: int


@dataclass(frozen=True, slots=True)
class WaferMap:
    """One wafer: `width` times `height` dies from (`x`, `y`) on, packed in `cells`."""

    machine: str
    lot: str
    wafer: str
    step: str
    product: str
    since: int
    until: int
    x: int
    y: int
    width: int
    height: int
    dies: int
    good: int
    judged: int
    cells: str


@dataclass(frozen=True, slots=True)
class WaferMaps:
    """The maps of a window: with `span` the range that most values lie in, and the bins where bins are shown."""

    since: int
    until: int
    before: Stretch
    after: Stretch
    shown: str
    title: str
    unit: str
    low: float | None
    high: float | None
    target: float | None
    span: list[float] | None
    bins: list[BinAbout]
    maps: list[WaferMap]
