"""How many alarms people get: rates, floods, bad actors, chattering, priorities, time to acknowledge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Annotated, ClassVar

from ...catalog import study
from ...model import Alarms
from ...picture import Picture, pareto
from ...units import HOUR, MINUTE, SECOND, Micros, Moment, Ratio, Seconds, Unit

PRIORITIES = ("critical", "high", "medium", "low")
TARGETS = {"high": 0.05, "medium": 0.15, "low": 0.80}
"""EEMUA 191 and ISA-18.2: about 5 % high, 15 % medium, 80 % low; critical is a few of the high ones."""
TEN = 10 * MINUTE
FLOOD = 10
"""More alarms than this in ten minutes are a flood (ISA-18.2, EEMUA 191)."""
CHATTER, CHATTER_TIME = 3, MINUTE
"""An alarm that comes so often in such a time chatters."""
STANDING = 24 * HOUR
TOP = 10
ACCEPTABLE, MANAGEABLE = 6.0, 12.0
"""Alarms an hour for one operator: very likely acceptable; the most that can be managed (ISA-18.2)."""
PerHour = Annotated[float, Unit("/h")]
Per10 = Annotated[float, Unit("{alarm}")]


@dataclass(frozen=True, slots=True)
class ToldAlarm:
    """One time that people were told.

    Attributes
    ----------
    at
        When they first saw it.
    place
        Where.
    alarm
        Its name.
    priority
        Its priority.
    lasted
        How long it was on from then; empty while it is on.
    answered
        After which time it was acknowledged; empty where nobody did.
    fleeting
        It was over before anybody could respond.
    """

    at: Moment
    place: str
    alarm: str
    priority: str
    lasted: Micros | None
    answered: Micros | None
    fleeting: bool

    @property
    def key(self) -> tuple[int, str, str]:
        """Its order among others."""
        return self.at, self.place, self.alarm


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One alarm of one place.

    Attributes
    ----------
    place
        Where.
    alarm
        Its name.
    priority
        Its priority.
    count
        How often people were told.
    share
        Part of all that people were told.
    fleeting
        How often it was over before anybody could respond.
    chattering
        It came three times in a minute at least once.
    active
        How long it was on in all.
    """

    place: str
    alarm: str
    priority: str
    count: int
    share: Ratio | None
    fleeting: int
    chattering: bool
    active: Micros


@dataclass(frozen=True, slots=True)
class PriorityRow:
    """One priority.

    Attributes
    ----------
    priority
        Its name.
    count
        How often people were told.
    share
        Part of all.
    target
        Part that EEMUA 191 and ISA-18.2 want.
    """

    priority: str
    count: int
    share: Ratio | None
    target: Ratio | None


@dataclass(frozen=True, slots=True)
class AlarmLoad:
    """What alarms ask of the people who get them; places and times add up to one operator's load.

    Attributes
    ----------
    rows
        The alarms that came, the most frequent first: the bad actors.
    priorities
        How urgent they were.
    hidden
        Alarms that nobody saw: shelved, suppressed by design, out of service.
    standing
        Alarms that reached 24 hours without a break.
    told
        Each time that people were told.
    spans
        The stretches that were looked at.
    """

    rows: tuple[AlarmRow, ...]
    priorities: tuple[PriorityRow, ...]
    hidden: int
    standing: int
    told: tuple[ToldAlarm, ...]
    spans: tuple[tuple[int, int], ...]

    INNER: ClassVar = ("told", "spans")
    HEADLINE: ClassVar = (
        "alarms",
        "per_hour",
        "peak_10min",
        "in_flood",
        "top_share",
        "chattering",
        "fleeting",
        "standing",
        "median_answer",
    )

    def __add__(self, other: AlarmLoad) -> AlarmLoad:
        told = (*self.told, *other.told)
        spans = (*self.spans, *other.spans)
        return _load(told, spans, hidden=self.hidden + other.hidden, standing=self.standing + other.standing)

    @property
    def time(self) -> Micros:
        """Time that was looked at; that of several places is one time."""
        return sum(until - since for since, until in self.spans)

    @property
    def alarms(self) -> int:
        """How often people were told of an alarm."""
        return len(self.told)

    @property
    def per_hour(self) -> PerHour | None:
        """Alarms an hour on average; 6 are very likely acceptable, 12 the most that one operator can manage."""
        return self.alarms * HOUR / self.time if self.time else None

    @property
    def per_10min(self) -> Per10 | None:
        """Alarms in ten minutes on average; 1 is very likely acceptable."""
        return self.alarms * TEN / self.time if self.time else None

    @property
    def peak_10min(self) -> int:
        """Most alarms in ten minutes, wherever these begin."""
        return _busiest([t.at for t in self.told], TEN)

    @property
    def peak_hour(self) -> int:
        """Most alarms in an hour, wherever it begins."""
        return _busiest([t.at for t in self.told], HOUR)

    @property
    def floods(self) -> int:
        """Ten-minute periods of the clock with more than 10 alarms; neighbours are one flood."""
        periods = self._flooded()
        return sum(p - 1 not in periods for p in periods)

    @property
    def in_flood(self) -> Ratio | None:
        """Share of the time in ten-minute periods with more than 10 alarms; less than 1 % is wanted."""
        flooded = [(p * TEN, (p + 1) * TEN) for p in self._flooded()]
        both = sum(max(0, min(u, b) - max(s, a)) for s, u in self.spans for a, b in flooded)
        return both / self.time if self.time else None

    @property
    def top_share(self) -> Ratio | None:
        """Share of the ten most frequent alarms; less than 5 % is wanted."""
        return sum(r.count for r in self.rows[:TOP]) / self.alarms if self.alarms else None

    @property
    def chattering(self) -> int:
        """Alarms that came three times in a minute; none is wanted."""
        return sum(r.chattering for r in self.rows)

    @property
    def fleeting(self) -> int:
        """How often an alarm was over before anybody could respond."""
        return sum(r.fleeting for r in self.rows)

    @property
    def acknowledged(self) -> Ratio | None:
        """Share that somebody acknowledged."""
        return len(self._answers()) / self.alarms if self.alarms else None

    @property
    def median_answer(self) -> Micros | None:
        """Time until somebody acknowledged: half of them took longer."""
        return round(median(self._answers())) if self._answers() else None

    @property
    def flags(self) -> tuple[str, ...]:
        """What is worse than the standards want."""
        found = []
        if (self.per_hour or 0.0) > MANAGEABLE:
            found.append(f"{self.per_hour:.1f} alarms an hour: one operator can manage 12 at most (ISA-18.2)")
        if (self.in_flood or 0.0) > 0.01:
            found.append(f"{self.in_flood:.1%} of the time in a flood of alarms: less than 1 % is wanted (ISA-18.2)")
        if self.chattering:
            found.append(f"{self.chattering} alarms chatter: give them a deadband or a delay")
        return tuple(found)

    def _flooded(self) -> set[int]:
        """The periods of the clock that are floods, counted from 1970."""
        return {p for p, count in Counter(t.at // TEN for t in self.told).items() if count > FLOOD}

    def _answers(self) -> list[int]:
        return [t.answered for t in self.told if t.answered is not None]


def picture(answer: AlarmLoad) -> Picture:
    """The bad actors."""
    return pareto("The most frequent alarms", [(f"{r.place} {r.alarm}".strip(), r.count) for r in answer.rows])


@study(picture=picture)
def alarm_load(alarms: Alarms, fleeting: Seconds = 10.0) -> AlarmLoad:
    """How many alarms people get, and which of them they should be spared.

    An alarm counts when people first see it; shelved, suppressed and out-of-service ones are told apart. Ten-minute
    periods are those of the clock for floods, and slide for the peak. Rates and floods are of all places that are asked
    for together: ask for what one operator looks after.

    Use `states` instead when you want to know what the machine was doing. Thirty days or more make the figures steady.

    Parameters
    ----------
    alarms
        Each time that an alarm was on.
    fleeting
        An alarm that is over in less than this cannot be responded to.

    Returns
    -------
    AlarmLoad
        Rates, floods, bad actors, chattering, standing alarms, priorities, time to acknowledge.

    Examples
    --------
    >>> from andon.model import Window
    >>> from andon.units import HOUR, SECOND
    >>> rows = [(i * 20 * SECOND, i * 20 * SECOND + 5 * SECOND, "hot", "high") for i in range(12)]
    >>> answer = alarm_load(Alarms.of(Window(0, HOUR), rows))
    >>> answer.per_hour, answer.peak_10min, round(answer.in_flood, 3), answer.chattering, answer.fleeting
    (12.0, 12, 0.167, 1, 12)

    References
    ----------
    ANSI/ISA-18.2-2016, clause 16, and IEC 62682: monitoring and assessment; EEMUA 191, performance metrics.
    """
    window, told, hidden, standing = alarms.window, [], 0, 0
    columns = (c.tolist() for c in (alarms.since, alarms.until, alarms.shown, alarms.acknowledged))
    for place, name, priority, since, until, shown, answered in zip(
        alarms.place, alarms.name, alarms.priority, *columns, strict=True
    ):
        hidden += shown < 0 and since in window
        standing += shown >= 0 and shown + STANDING in window and until > shown + STANDING
        if shown >= 0 and shown in window:
            lasted = None if until > OPEN else max(0, until - shown)
            answer = answered - shown if answered >= shown else None
            short = lasted is not None and lasted < fleeting * SECOND
            told.append(ToldAlarm(shown, place, name, priority, lasted, answer, short))
    return _load(told, [(window.since, window.until)], hidden=hidden, standing=standing)


OPEN = 4_102_444_799_999_999
"""What ends after this has not ended: 2100-01-01T00:00Z."""


def _load(told: Iterable[ToldAlarm], spans: Iterable[tuple[int, int]], *, hidden: int, standing: int) -> AlarmLoad:
    """An answer with its tables, from everything that people were told."""
    told = tuple(sorted(told, key=lambda t: t.key))
    by_alarm: dict[tuple[str, str], list[ToldAlarm]] = {}
    for t in told:
        by_alarm.setdefault((t.place, t.alarm), []).append(t)
    rows = sorted((_row(found, len(told)) for found in by_alarm.values()), key=lambda r: (-r.count, r.place, r.alarm))
    counts = Counter(t.priority for t in told)
    priorities = tuple(
        PriorityRow(p, counts[p], counts[p] / len(told) if told else None, TARGETS.get(p)) for p in PRIORITIES
    )
    return AlarmLoad(tuple(rows), priorities, hidden, standing, told, _joined(spans))


def _row(told: Sequence[ToldAlarm], all_told: int) -> AlarmRow:
    last = told[-1]
    moments = [t.at for t in told]
    return AlarmRow(
        last.place,
        last.alarm,
        last.priority,
        len(told),
        len(told) / all_told if all_told else None,
        sum(t.fleeting for t in told),
        _busiest(moments, CHATTER_TIME + 1) >= CHATTER,
        sum(t.lasted or 0 for t in told),
    )


def _busiest(moments: Sequence[int], length: int) -> int:
    """The most moments (in order) in any stretch of a length, its end not included."""
    most, first = 0, 0
    for last, at in enumerate(moments):
        while moments[first] <= at - length:
            first += 1
        most = max(most, last - first + 1)
    return most


def _joined(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Stretches in order of time; those that touch or overlap are one."""
    found: list[tuple[int, int]] = []
    for since, until in sorted(s for s in spans if s[1] > s[0]):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return tuple(found)
