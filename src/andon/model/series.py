"""The shapes in which a study reads what a machine said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from .kinds import State
from .measured import Measurements, Units
from .moments import Codes, Numbers, Times, Window, times


@dataclass(frozen=True, slots=True)
class Spells:
    """Half-open stretches in order of time, each with a text; they do not overlap.

    `since`, `until` are microseconds, `text` says what held (an order, a product, a shift, a reason).
    """

    since: Times
    until: Times
    text: tuple[str, ...]

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, str]]) -> Spells:
        """Build from (since, until, text) rows.

        >>> Spells.of([(0, 10, "order 7"), (10, 30, "order 8")]).text
        ('order 7', 'order 8')
        """
        rows = list(rows)
        return cls(times(r[0] for r in rows), times(r[1] for r in rows), tuple(r[2] for r in rows))

    def __len__(self) -> int:
        return len(self.since)

    def rows(self) -> list[tuple[int, int, str]]:
        return list(zip(self.since.tolist(), self.until.tolist(), self.text, strict=True))

    def within(self, window: Window) -> Spells:
        """The same spells, cut to `window`."""
        return Spells.of(
            (max(s, window.since), min(u, window.until), t)
            for s, u, t in self.rows()
            if min(u, window.until) > max(s, window.since)
        )


@dataclass(frozen=True, slots=True)
class States:
    """What one machine was doing: spells that cover `window` wholly, unknown time included.

    Arrays of one length n: `since`, `until` (microseconds, contiguous), `state` (canonical, as `State`
    values), `said` (what the machine itself said, or the text of the gap), `reason` (code from the
    reasons tree, "" where nobody gave one). `ordered` is true where an order was registered, or None
    where the machine has no order signal.
    """

    window: Window
    since: Times
    until: Times
    state: tuple[State, ...]
    said: tuple[str, ...]
    reason: tuple[str, ...]
    ordered: tuple[bool, ...] | None = None

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, State | str]], reasons: Iterable[str] | None = None) -> States:
        """Build from contiguous (since, until, state) rows: the short way in examples and tests.

        >>> States.of([(0, 60, "producing"), (60, 90, "fault")]).seconds("fault")
        3e-05
        """
        rows = list(rows)
        given = tuple(reasons) if reasons is not None else ("",) * len(rows)
        span = Window(rows[0][0], rows[-1][1]) if rows else Window(0, 0)
        return cls(
            span,
            times(r[0] for r in rows),
            times(r[1] for r in rows),
            tuple(State(r[2]) for r in rows),
            tuple(str(r[2]) for r in rows),
            given,
        )

    def __len__(self) -> int:
        return len(self.since)

    def within(self, window: Window) -> States:
        """The same states, cut to `window`."""
        keep = np.flatnonzero((self.until > window.since) & (self.since < window.until))
        pick = slice(int(keep[0]), int(keep[-1]) + 1) if len(keep) else slice(0, 0)
        return States(
            window & self.window,
            np.maximum(self.since[pick], window.since),
            np.minimum(self.until[pick], window.until),
            self.state[pick],
            self.said[pick],
            self.reason[pick],
            self.ordered[pick] if self.ordered is not None else None,
        )

    def seconds(self, *states: str) -> float:
        """Seconds spent in any of `states`."""
        return sum(int(u - s) for s, u, x in zip(self.since, self.until, self.state, strict=True) if x in states) / 1e6

    @property
    def known(self) -> int:
        """Microseconds of the window in which the state was known."""
        return self.window.duration - sum(
            int(u - s) for s, u, x in zip(self.since, self.until, self.state, strict=True) if x is State.UNKNOWN
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """Pieces counted: increments, each finished in (since, at]; resets and rollovers already resolved.

    An increment whose stretch was observed (`since == at`) belongs to `at`; one that spans a gap
    (`since < at`) is spread evenly over the gap, in whole pieces if `whole`. So `within` of the parts of a window
    always adds up to `within` of the window, to the piece.
    """

    since: Times
    at: Times
    count: Numbers
    whole: bool = True

    @classmethod
    def of(cls, rows: Iterable[tuple[int, float]]) -> Counts:
        """Build from (at, count) rows.

        >>> Counts.of([(10, 2), (20, 3)]).within(Window(0, 15)).total
        2.0
        """
        rows = list(rows)
        at = times(r[0] for r in rows)
        return cls(at, at, np.array([r[1] for r in rows], dtype=np.float64))

    @property
    def total(self) -> float:
        return float(self.count.sum())

    def within(self, window: Window) -> Counts:
        """The increments finished in `window`; those over a gap are cut at its edges."""
        since, at = np.maximum(self.since, window.since), np.minimum(self.at, window.until)
        point = (self.since >= self.at) & (self.at >= window.since) & (self.at < window.until)
        span = (self.since < self.at) & (at > since)
        count = np.where(point, self.count, np.where(span, self._made(at) - self._made(since), 0.0))
        keep = (point | span) & (count != 0)
        return Counts(since[keep], at[keep], count[keep], self.whole)

    def touching(self, window: Window) -> Counts:
        """The increments that touch `window`, uncut: cutting them later gives the same as cutting the whole."""
        keep = (self.at >= window.since) & (self.since < window.until)
        return Counts(self.since[keep], self.at[keep], self.count[keep], self.whole)

    def _made(self, until: Times) -> Numbers:
        """Of each increment, how much was finished before `until`."""
        length = np.maximum(self.at - self.since, 1)
        part = self.count * (np.clip(until - self.since, 0, length) / length)
        return np.asarray(np.floor(part + 1e-9) if self.whole else part, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Output:
    """What one machine made: total, good, reject and rework counts, and which product was on.

    At least one of `total` and `good` is known. `rejects` and `rework` are None where the machine does not count them.
    `product` is None where the machine has no product signal; `observed` says when the counters were heard. With
    `retests` rework is tests that were made again.
    """

    window: Window
    total: Counts | None
    good: Counts | None
    rejects: Counts | None = None
    rework: Counts | None = None
    product: Spells | None = None
    observed: Spells | None = None
    retests: bool = False

    @property
    def recovers(self) -> bool:
        """Whether rework is among the parts that were not good; a counter of good parts may hold what was reworked."""
        return self.rework is not None and (self.retests or self.good is None)

    def within(self, window: Window) -> Output:
        """The same output, cut to `window`."""
        return self._of(window, [c.within(window) if c else None for c in self._counts()])

    def touching(self, window: Window) -> Output:
        """The output around `window`: increments that touch it are uncut, spells are cut."""
        return self._of(window, [c.touching(window) if c else None for c in self._counts()])

    def _counts(self) -> tuple[Counts | None, ...]:
        return self.total, self.good, self.rejects, self.rework

    def _of(self, window: Window, counts: Sequence[Counts | None]) -> Output:
        total, good, rejects, rework = counts
        product, observed = (s.within(window) if s is not None else None for s in (self.product, self.observed))
        return Output(window & self.window, total, good, rejects, rework, product, observed, self.retests)


@dataclass(frozen=True, slots=True)
class Values:
    """A number that changes with time.

    Arrays of one length n: `at` (microseconds), `value` (NaN where there is none), `quality` (raw OPC UA status
    codes; severity is `quality >> 30`). The sample before the window is included where there is one, so the value at
    the start is known; `known` are the stretches in which the signal was heard. `stepped` values hold until the next.
    """

    window: Window
    at: Times
    value: Numbers
    quality: Codes
    known: Spells
    stepped: bool = False
    unit: str = "1"


@dataclass(frozen=True, slots=True)
class Texts:
    """A text that changes with time: `at` (microseconds), `text`, `quality` (raw status codes), `known` stretches."""

    window: Window
    at: Times
    text: tuple[str, ...]
    quality: Codes
    known: Spells


@dataclass(frozen=True, slots=True)
class Waveforms:
    """Blocks of equidistant values: block i starts at `at[i]`, has `rate[i]` values a second and holds `blocks[i]`."""

    window: Window
    at: Times
    rate: Numbers
    blocks: tuple[Numbers, ...]
    unit: str = "1"


@dataclass(frozen=True, slots=True)
class Alarms:
    """The alarms of one place: one row each time that one was on and touched `window` (n rows, whole).

    `since`, `until` are microseconds, as are `shown` (when people first saw it; -1: never, it was shelved, suppressed
    or out of service) and `acknowledged` (-1: not). What has not ended has its `until` in the year 2100.
    """

    window: Window
    place: tuple[str, ...]
    name: tuple[str, ...]
    priority: tuple[str, ...]
    since: Times
    until: Times
    shown: Times
    acknowledged: Times

    @classmethod
    def of(
        cls,
        window: Window,
        rows: Iterable[tuple[int, int, str, str]],
        place: str = "",
        *,
        shown: Iterable[int] | None = None,
        acknowledged: Iterable[int] | None = None,
    ) -> Alarms:
        """Build from (since, until, name, priority) rows; without more all were shown at once and none acknowledged.

        >>> Alarms.of(Window(0, 100), [(10, 30, "hot", "high")]).name
        ('hot',)
        """
        rows = list(rows)
        since, until = times(r[0] for r in rows), times(r[1] for r in rows)
        name, priority = tuple(r[2] for r in rows), tuple(r[3] for r in rows)
        seen = since if shown is None else times(shown)
        answered = times([-1] * len(rows) if acknowledged is None else acknowledged)
        return cls(window, (place,) * len(rows), name, priority, since, until, seen, answered)


@dataclass(frozen=True, slots=True)
class Orders:
    """Production orders of one machine: planned and real spells and quantities, one row an order (n rows).

    `planned_since`, `planned_until`, `since`, `until` are microseconds (-1 where not known), `planned_quantity` pieces.
    """

    order: tuple[str, ...]
    product: tuple[str, ...]
    planned_since: Times
    planned_until: Times
    since: Times
    until: Times
    planned_quantity: Numbers


Series = States | Output | Counts | Values | Texts | Spells | Waveforms | Measurements | Units | Orders | Alarms
S = TypeVar("S", States, Counts, Values, Texts, Spells, Waveforms)
