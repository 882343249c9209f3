"""When an alarm's condition holds: a limit, a pace, a state, a word, silence; told value by value, in order of time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Protocol

from ...historian.series import state_of
from ...plant.alarms import Held, Level, Pace, Said, Stale, When

NEVER = 1 << 62
"""The moment that does not come."""


class Condition(Protocol):
    """Something that holds or does not.

    It may change when a value is heard, and at `due` if none is heard until then (`NEVER`: only a value changes it).
    """

    on: bool
    due: int

    def heard(self, at: int, value: float | None, text: str | None) -> bool:
        """Whether it holds from `at` on, now that this was said."""
        ...

    def passed(self) -> bool:
        """Whether it holds from `due` on; sets the next `due`."""
        ...


@dataclass(slots=True)
class Beyond:
    """A number beyond a limit.

    >>> hot = Beyond(Level(70.0, deadband=2.0))
    >>> [hot.heard(0, v, None) for v in (70.0, 71.0, 69.0, 68.0, 69.0)]
    [False, True, True, False, False]
    """

    level: Level
    on: bool = False
    due: int = NEVER

    def heard(self, at: int, value: float | None, text: str | None) -> bool:
        if value is not None:
            over = (value - self.level.limit) * self.level.sign
            self.on = over > 0 or (self.on and over > -self.level.deadband)
        return self.on

    def passed(self) -> bool:
        return self.on


@dataclass(slots=True)
class Moving:
    """A number that moved too far within a time; a value holds until the next one.

    `past` are the values that held in the last `per`, each with the moment until which it held, lowest first: what a
    later and lower one hides is left out.

    >>> rising = Moving(Pace(by=5.0, per=60))
    >>> [rising.heard(at, v, None) for at, v in ((0, 1.0), (30, 4.0), (50, 7.0))], rising.due
    ([False, False, True], 90)
    >>> rising.passed()
    False
    """

    pace: Pace
    on: bool = False
    due: int = NEVER
    past: deque[tuple[int, float]] = field(default_factory=deque)

    def heard(self, at: int, value: float | None, text: str | None) -> bool:
        if value is None:
            return self.on
        now, past = value * self.pace.sign, self.past
        if len(past) > 1 and at < past[-2][0]:  # the clock of the source was set back
            past.clear()
        if past:
            past.append((at, past.pop()[1]))
        while past and past[-1][1] >= now:
            past.pop()
        past.append((NEVER, now))
        return self._judged(at)

    def passed(self) -> bool:
        return self._judged(self.due)

    def _judged(self, at: int) -> bool:
        past = self.past
        while past[0][0] + self.pace.per <= at:
            past.popleft()
        moved = past[-1][1] - past[0][1]
        self.on = moved > self.pace.by or (self.on and moved > self.pace.by - self.pace.deadband)
        self.due = past[0][0] + self.pace.per if self.on and len(past) > 1 else NEVER
        return self.on


@dataclass(slots=True)
class Named:
    """A word for which something is true: a state, a text."""

    true: Callable[[float | None, str | None], bool]
    on: bool = False
    due: int = NEVER
    known: dict[tuple[float | None, str | None], bool] = field(default_factory=dict)

    def heard(self, at: int, value: float | None, text: str | None) -> bool:
        if value is None and text is None:
            return self.on
        said = (value, text)
        if said not in self.known:
            if len(self.known) > 1000:
                self.known.clear()
            self.known[said] = self.true(value, text)
        self.on = self.known[said]
        return self.on

    def passed(self) -> bool:
        return self.on


@dataclass(slots=True)
class Silent:
    """No usable value for too long.

    >>> silent = Silent(Stale(after=10))
    >>> silent.heard(5, 1.0, None), silent.due, silent.passed()
    (False, 15, True)
    """

    stale: Stale
    on: bool = False
    due: int = NEVER

    def heard(self, at: int, value: float | None, text: str | None) -> bool:
        if value is not None or text is not None:
            self.on, self.due = False, at + self.stale.after
        return self.on

    def passed(self) -> bool:
        self.on, self.due = True, NEVER
        return True


def condition(when: When, states: Mapping[str, str], now: int = 0) -> Condition:
    """What judges a condition of plant.toml; `states` is the state map of its signal, silence counts from now on."""
    if isinstance(when, Level):
        return Beyond(when)
    if isinstance(when, Pace):
        return Moving(when)
    if isinstance(when, Stale):
        return Silent(when, due=now + when.after)
    if isinstance(when, Held):
        held = when.states
        return Named(lambda value, text: state_of(text if text is not None else value, states) in held)
    return Named(_saying(when))


def _saying(when: Said) -> Callable[[float | None, str | None], bool]:
    def true(value: float | None, text: str | None) -> bool:
        word = text if text is not None else _written(value)
        return bool(word) and any(fnmatchcase(word, w) for w in when.words)

    return true


def _written(value: float | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if value.is_integer() else repr(value)
