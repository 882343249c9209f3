"""Alarms on paper: what must not be, how urgent it is, what an operator does about it, and who is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

ALARM = "alarm"
"""Kind of the spells of alarms, one each time that one was on."""
ACKNOWLEDGED, RESET, SHELVED, OUT_OF_SERVICE = "acknowledged", "reset", "shelved", "out_of_service"
"""Kinds of the spells that say what people did to an alarm, at place/alarm."""
SPELLS = (ALARM, ACKNOWLEDGED, RESET, SHELVED, OUT_OF_SERVICE)
CALL = "call"
"""Kind of the spells of calls for help."""
UNBOOKED = (*SPELLS, CALL)
"""Kinds of spells on which no figure of a shift rests."""
OWN = ("source-lost", "no-values", "clock-skew", "disk-full")
"""Andon's own alarms, at the name of a source or at "andon"."""
WAITING = ("unacknowledged", "returned", "latched_unacknowledged")
"""States in which somebody has yet to acknowledge."""
LATCHED = ("latched_unacknowledged", "latched")
PRIORITIES = ("critical", "high", "medium", "low")
"""The most urgent first (ISA-18.2 knows three or four)."""


@dataclass(frozen=True, slots=True)
class Level:
    """A number beyond a limit: above it where `sign` is 1, below where it is -1; over once it is `deadband` inside."""

    limit: float
    sign: int = 1
    deadband: float = 0.0


@dataclass(frozen=True, slots=True)
class Pace:
    """A number that rose (`sign` 1) or fell (-1) by more than `by` within `per` microseconds."""

    by: float
    per: int
    sign: int = 1
    deadband: float = 0.0


@dataclass(frozen=True, slots=True)
class Held:
    """A machine that is in one of these states (Andon's words)."""

    states: frozenset[str]


@dataclass(frozen=True, slots=True)
class Said:
    """A machine that says one of these words; `*` and `?` in a word stand for any letters, `*` alone for any word."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stale:
    """No usable value for so long (microseconds)."""

    after: int


When = Level | Pace | Held | Said | Stale


@dataclass(frozen=True, slots=True)
class Advice:
    """What rationalisation found out (ISA-18.2 clause 9): cause, consequence, what to do, in which time (micros)."""

    cause: str = ""
    consequence: str = ""
    action: str = ""
    within: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One alarm of one place.

    Attributes
    ----------
    name
        Its name; with the place it is the only one.
    place
        Path of its machine; for Andon's own alarms the name of a source.
    signal
        Path of the signal that it watches; "" for one that somebody else raises.
    when
        The condition; None for one that somebody else raises.
    on_delay, off_delay
        How long the condition has to hold, or to be over, before the alarm says so (microseconds).
    priority
        One of `PRIORITIES`.
    messages
        What operators read, by language; {machine}, {value} and {unit} are filled in.
    advice
        What is to be done.
    group
        First-out group: of the alarms of a place that come together, the first is marked.
    suppressed_while
        States of the machine in which the alarm means nothing (suppressed by design).
    latching
        It stays until somebody resets it.
    unit
        UCUM code of the value.
    """

    name: str
    place: str
    signal: str = ""
    when: When | None = None
    on_delay: int = 0
    off_delay: int = 0
    priority: str = "medium"
    messages: Mapping[str, str] = field(default_factory=dict)
    advice: Advice = field(default_factory=Advice)
    group: str = ""
    suppressed_while: frozenset[str] = frozenset()
    latching: bool = False
    unit: str = "1"

    @property
    def key(self) -> tuple[str, str]:
        return self.place, self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemAlarms:
    """Andon's own alarms, each with its threshold in microseconds; None: switched off."""

    source_lost: int | None = 60_000_000
    no_values: int | None = 300_000_000
    clock_skew: int | None = 5_000_000
    disk_full: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Who is told of which alarms, by which way, and when.

    `by` is webhook | email | mqtt; `settings` are those of the way. `after` (microseconds): only what is still
    unacknowledged then; `most` messages in ten minutes, then one digest for all.
    """

    name: str
    by: str
    settings: Mapping[str, object]
    priorities: frozenset[str] = frozenset(PRIORITIES)
    at: tuple[str, ...] = ()
    shifts: tuple[str, ...] = ()
    after: int = 0
    most: int = 10
    returned: bool = False
    language: str = "en"
