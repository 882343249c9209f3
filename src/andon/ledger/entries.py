"""What one line of the books is: entries, closings, and the sums they must keep to.

Time is integer microseconds. Parts, energy, carbon and money are kept as integer millionths, so that sums are exact in
any order; the dataclasses show them as plain numbers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from ..model import Element, Loss, Window

MILLION = 1_000_000


class Fate(StrEnum):
    """What became of the parts of an entry.

    UNSORTED: nobody said, or the counters contradict each other (then it may be negative). NOT_MADE: they were lost
    because time was lost.
    """

    GOOD = "good"
    REJECT = "reject"
    REWORK = "rework"
    UNSORTED = "unsorted"
    NOT_MADE = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where an entry comes from: the spells (since, until) it is the sum of, and the signals that were read."""

    spells: tuple[tuple[int, int], ...] = ()
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger: what one machine lost (or made productive) in one shift, and why.

    Attributes
    ----------
    machine
        Path of the machine.
    day
        Production day of the shift, ISO date.
    shift
        Name of the shift.
    window
        The shift's window.
    loss
        Class of the loss; `productive` is the time that was none.
    order
        Production order, "" where none was registered.
    product
        Product, "" where none is known.
    element
        ISO 22400 element the time lies in, None where it is made of several.
    reason
        Code from the reasons tree, "" where nobody gave one.
    fate
        What became of the parts.
    micros
        Microseconds of planned busy time; negative where a wrong ideal cycle says so.
    parts
        Parts made, or parts not made because of the loss; None where no ideal cycle is known.
    kwh
        Energy, None where it is not metered.
    kgco2e
        Carbon, None where it is not known.
    money
        What it cost in the plant's currency, None where nothing prices it. Lost time costs the machine's hour value,
        else the value of the parts not made in it; parts that are not good cost their value, else their time: a loss
        is never paid twice.
    coverage
        Known part of the shift's planned busy time, None where there was none.
    evidence
        The spells and signals behind it.
    id
        Number of the entry in the books, 0 before it is posted.
    version
        Version of the closing it belongs to, 0 before it is posted.
    """

    machine: str
    day: str
    shift: str
    window: Window
    loss: Loss
    order: str = ""
    product: str = ""
    element: Element | None = None
    reason: str = ""
    fate: Fate = Fate.NOT_MADE
    micros: int
    parts: float | None = None
    kwh: float | None = None
    kgco2e: float | None = None
    money: float | None = None
    coverage: float | None = None
    evidence: Evidence = Evidence()
    id: int = 0
    version: int = 0

    @property
    def line(self) -> str:
        return self.machine.rpartition("/")[0]

    @property
    def cause(self) -> tuple[str, ...]:
        """What tells it from the other entries of the same machine and shift."""
        return (self.loss, self.reason, self.order, self.product, self.element or "", self.fate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The figures of one machine in one shift, as they stood when it was closed.

    Attributes
    ----------
    planned_operation
        POT: the shift.
    planned_down
        Breaks and planned maintenance in it.
    planned_busy
        PBT: what is left, the base of availability and OEE.
    production
        APT.
    setup
        AUST.
    delay
        ADET.
    down
        ADOT.
    unknown
        Planned busy time in which nobody knows what the machine did.
    rated
        The part of APT in which an ideal cycle is known.
    ideal_made
        Ideal time of the parts made, sum of PRI x PQ; None where they are not known.
    ideal_good
        Ideal time of the good parts, sum of PRI x GQ; None where they are not known.
    made
        Parts finished in known planned busy time: good, rejects, rework and unsorted together; None where rejects
        are not counted.
    good, rejects, rework
        What became of them; None where the machine cannot say.
    unsorted
        Parts of which nobody knows what became, or by which the counters contradict each other.
    made_unknown
        Parts finished while the state was unknown.
    made_planned_down
        Parts finished in breaks and planned maintenance.
    digest
        SHA-256 of the inputs.
    plant_digest
        Digest of the plant.toml it was computed with.
    study_version
        Version of the study that computed it.
    version, posted_at, who, why
        Given by the books: number of the version, when it was posted (microseconds), by whom and why.
    """

    machine: str
    day: str
    shift: str
    window: Window
    planned_operation: int
    planned_down: int
    planned_busy: int
    production: int
    setup: int
    delay: int
    down: int
    unknown: int
    rated: int = 0
    ideal_made: int | None = None
    ideal_good: int | None = None
    made: float | None = None
    good: float | None = None
    rejects: float | None = None
    rework: float | None = None
    unsorted: float = 0.0
    made_unknown: float = 0.0
    made_planned_down: float = 0.0
    digest: str = ""
    plant_digest: str = ""
    study_version: str = ""
    version: int = 0
    posted_at: int = 0
    who: str = ""
    why: str = ""

    @property
    def line(self) -> str:
        return self.machine.rpartition("/")[0]

    @property
    def key(self) -> tuple[str, str, str]:
        """Machine, production day and shift: of these there is one current version."""
        return self.machine, self.day, self.shift

    @property
    def coverage(self) -> float | None:
        return (self.planned_busy - self.unknown) / self.planned_busy if self.planned_busy else None


MICROS = (
    "planned_operation",
    "planned_down",
    "planned_busy",
    "production",
    "setup",
    "delay",
    "down",
    "unknown",
    "rated",
    "ideal_made",
    "ideal_good",
)
PARTS = ("made", "good", "rejects", "rework", "unsorted", "made_unknown", "made_planned_down")
ORIGIN = ("digest", "plant_digest", "study_version")
AMOUNTS = ("parts", "kwh", "kgco2e", "money")
FATES: Mapping[Fate, str] = {
    Fate.GOOD: "good",
    Fate.REJECT: "rejects",
    Fate.REWORK: "rework",
    Fate.UNSORTED: "unsorted",
}


def millionths(amount: float | None) -> int | None:
    """An amount as the books keep it.

    >>> millionths(2.5), millionths(None)
    (2500000, None)
    """
    return None if amount is None else round(amount * MILLION)


def plain(amount: int | None) -> float | None:
    """The amount again, exactly as it was given to the sixth decimal.

    >>> plain(millionths(0.1))
    0.1
    """
    return None if amount is None else amount / MILLION


def imbalances(closing: Closing, entries: Sequence[Entry]) -> list[str]:
    """What does not add up, in words; empty when the shift balances.

    Examples
    --------
    >>> shift = Window(0, 100)
    >>> closing = Closing(machine="l/m", day="2026-03-02", shift="early", window=shift, planned_operation=100,
    ...                   planned_down=20, planned_busy=80, production=60, setup=0, delay=20, down=0, unknown=0)
    >>> imbalances(closing, [])
    ['entries sum to 0 us, planned busy time is 80 us']
    """
    causes = sorted(e.cause for e in entries)
    twice = [a for a, b in pairwise(causes) if a == b]
    strangers = [e for e in entries if (e.machine, e.day, e.shift) != closing.key]
    return [
        text
        for text in (
            strangers and f"{len(strangers)} entries belong to another machine, day or shift",
            twice and f"two entries have the same cause {twice[0]}",
            closing.planned_operation > closing.window.duration
            and f"planned operation time {closing.planned_operation} us is longer than the shift",
            _unequal(
                "planned busy time",
                closing.planned_busy,
                "planned operation time less planned down time",
                closing.planned_operation - closing.planned_down,
            ),
            _unequal(
                "ISO 22400 elements",
                closing.production + closing.setup + closing.delay + closing.down + closing.unknown,
                "planned busy time",
                closing.planned_busy,
            ),
            _sums(closing, entries),
            *_fates(closing, entries),
        )
        if text
    ]


def figures_digest(closing: Closing, entries: Iterable[Entry]) -> str:
    """SHA-256 of the figures: two versions with the same digest say the same."""
    numbers = [getattr(closing, n) for n in MICROS] + [millionths(getattr(closing, n)) for n in PARTS]
    rows = sorted(
        canonical(
            [
                *e.cause,
                e.micros,
                *(millionths(getattr(e, n)) for n in AMOUNTS),
                list(e.evidence.spells),
                sorted(e.evidence.signals),
            ]
        )
        for e in entries
    )
    return sha256([*closing.key, closing.window.since, closing.window.until, numbers, rows])


def sha256(thing: object) -> str:
    """SHA-256 of canonical JSON: sorted keys, no blanks, UTF-8."""
    return hashlib.sha256(canonical(thing).encode()).hexdigest()


def canonical(thing: object) -> str:
    """JSON that is the same text for the same content.

    >>> canonical({"b": 1, "a": [True, None]})
    '{"a":[true,null],"b":1}'
    """
    return json.dumps(thing, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def withdrawn(closing: Closing) -> Closing:
    """The same shift with nothing in it: what is posted when the calendar no longer has it."""
    return Closing(
        machine=closing.machine,
        day=closing.day,
        shift=closing.shift,
        window=closing.window,
        planned_operation=0,
        planned_down=0,
        planned_busy=0,
        production=0,
        setup=0,
        delay=0,
        down=0,
        unknown=0,
        plant_digest=closing.plant_digest,
        study_version=closing.study_version,
    )


def _sums(closing: Closing, entries: Sequence[Entry]) -> str:
    total = sum(e.micros for e in entries)
    return (
        ""
        if total == closing.planned_busy
        else f"entries sum to {total} us, planned busy time is {closing.planned_busy} us"
    )


def _fates(closing: Closing, entries: Sequence[Entry]) -> list[str]:
    booked = {fate: sum(millionths(e.parts) or 0 for e in entries if e.fate is fate) for fate in FATES}
    by_fate = {name: millionths(getattr(closing, name)) or 0 for name in FATES.values()}
    made = millionths(closing.made)
    total = sum(by_fate.values())
    return [
        _unequal("made", total if made is None else made, "good, rejects, rework and unsorted", total),
        *(
            _unequal(f"{name} of the entries", booked[fate], f"{name} of the shift", by_fate[name])
            for fate, name in FATES.items()
        ),
    ]


def _unequal(what: str, left: int, other: str, right: int) -> str:
    return "" if left == right else f"{what} ({left}) is not {other} ({right})"
