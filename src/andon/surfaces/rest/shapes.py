"""The shapes of what REST answers, as the OpenAPI document tells them; moments and lengths are microseconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong (RFC 9457), in the reader's language."""

    type: str
    title: str
    status: int
    detail: str


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest row of a signal."""

    signal: str
    at: int
    value: float | None
    text: str | None
    quality: int
    unit: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A raw row of a signal; quality is the OPC UA status code."""

    signal: str
    at: int
    value: float | None
    text: str | None
    quality: int


@dataclass(frozen=True, slots=True)
class TrendSeries:
    """A signal in buckets; `at` is where each begins, one without a usable value is left out.

    `gaps` are the stretches in which it was not heard, `before` is what held when the window began.
    """

    signal: str
    unit: str
    kind: str
    stepped: bool
    at: list[int]
    low: list[float | None]
    high: list[float | None]
    first: list[float | None]
    last: list[float | None]
    gaps: list[list[int]]
    before: float | None
    coverage: float | None


@dataclass(frozen=True, slots=True)
class Trend:
    """Several signals over one window, in buckets of one width."""

    since: int
    until: int
    width: int
    series: list[TrendSeries]


@dataclass(frozen=True, slots=True)
class Lane:
    """The states of one machine: [since, until, state, reason, said]."""

    machine: str
    title: str
    spells: list[list[int | str]]


@dataclass(frozen=True, slots=True)
class Timelines:
    """The states of machines over a window."""

    since: int
    until: int
    machines: list[Lane]


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch in which something held; one that has not ended has no `until`."""

    place: str
    since: int
    until: int | None
    text: str
    detail: dict[str, object]


@dataclass(frozen=True, slots=True)
class HeardSignal:
    """How much of a signal was heard up to now: in all, in each piece of the window, and the longest gap."""

    signal: str
    role: str
    coverage: float
    pieces: list[float]
    longest_gap: int


@dataclass(frozen=True, slots=True)
class CoverageMap:
    """How much of each signal was heard over a window."""

    since: int
    until: int
    width: float
    signals: list[HeardSignal]


@dataclass(frozen=True, slots=True)
class StudyRow:
    """A study, and how many of the machines asked for can answer it."""

    name: str
    field: str
    title: str
    summary: str
    machines: str
    able: int
    of: int
    missing: str
    picture: bool
    timeless: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a study: a parameter of its query."""

    name: str
    title: str
    type: str
    unit: str
    default: int | float | str | bool | None
    required: bool
    choices: list[str]
    help: str


@dataclass(frozen=True, slots=True)
class About:
    """How a study works."""

    name: str
    field: str
    title: str
    summary: str
    method: str
    example: str
    source: str
    parameters: list[Setting]
    roles: list[dict[str, object]]
    figures: list[dict[str, object]]
    headline: list[str]
    adds: bool
    of_line: bool
    timeless: bool
    picture: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `measured`: its unit is that of what was measured."""

    name: str
    title: str
    unit: str
    measured: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with their columns."""

    columns: list[Column]
    rows: list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A single figure of an answer; those of the headline come first."""

    name: str
    title: str
    value: int | float | str | bool | None
    unit: str
    measured: bool
    help: str
    headline: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with its coverage and its evidence; `answer` is the typed answer, `pieces` are there with `by`."""

    study: str
    at: str
    since: str
    until: str
    zone: str
    coverage: float | None
    heard: list[dict[str, object]]
    answer: dict[str, object] | None
    pieces: list[dict[str, object]]
    evidence: dict[str, object]
    figures: list[FigureRow]
    tables: dict[str, Table]
    picture: dict[str, object] | None
    notes: list[str]
    words: dict[str, str]


@dataclass(frozen=True, slots=True)
class LedgerTable:
    """A ranking of the ledger; `words` says how its codes are told to people."""

    title: str
    currency: str
    note: str
    columns: list[Column]
    rows: list[dict[str, object]]
    words: dict[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the ledger, the stops it is the sum of, the samples of the longest of them."""

    entry: dict[str, object]
    currency: str
    stops: list[dict[str, object]]
    samples: list[dict[str, object]]
    words: dict[str, str]


@dataclass(frozen=True, slots=True)
class Balance:
    """What was proved about the books."""

    shifts: int
    wrong: int
    rows: list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One time that an alarm was on."""

    priority: str
    place: str
    alarm: str
    state: str
    since: int
    until: int | None
    value: float | None
    unit: str
    message: str
    first_out: bool


@dataclass(frozen=True, slots=True)
class ActRow:
    """Something that people may change; `allowed`: whoever asks has the right."""

    name: str
    title: str
    summary: str
    right: str
    allowed: bool
    arguments: list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Done:
    """An act that was done: its number in the audit log, and what it says; `repeated`: it had been done before."""

    number: int
