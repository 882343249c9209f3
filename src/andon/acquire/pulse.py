"""A machine without a PLC: the level of a current becomes states, pulses become counts.

A level is on from above its `above` until below its `below` (a Schmitt trigger). A state must hold for `at_least`, and
then it began when its level was crossed; a pulse within `debounce` of the last one counted is none. The answer is the
same however the rows are cut into batches; rows older than the newest one are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..model import Codes, Numbers, Times
from ..plant import Derivation, Level, Signal
from .link import BAD_NO_DATA

Told = tuple[int, float | None, str | None, int]
"""A row that follows: at, value, text, quality."""
NEVER = -(1 << 62)
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rows:
    """Raw rows of one signal in order of time, one a moment: arrays of one length."""

    at: Times
    value: Numbers
    quality: Codes

    @property
    def good(self) -> Flags:
        """Which rows have a value."""
        return np.asarray(((self.quality >> np.uint32(30)) < 2) & np.isfinite(self.value))

    def after(self, at: int) -> Rows:
        """The rows after a moment."""
        later = self.at > at
        return self if later.all() else Rows(self.at[later], self.value[later], self.quality[later])

    @classmethod
    def of(cls, at: Times, value: Numbers, quality: Codes) -> Rows:
        """Rows in any order: of one moment the last counts."""
        order = np.argsort(at, kind="stable")
        keep = np.append(np.diff(at[order]) > 0, True)[: len(at)]
        order = order[keep]
        return cls(at[order], value[order], quality[order])


@dataclass(slots=True)
class States:
    """States by levels of a number: the highest one that is on says what the machine does.

    Examples
    --------
    >>> from andon.plant import Derivation
    >>> by = Derivation(of="current", levels=(Level(above=5.0, below=4.0, state="producing"),), otherwise="off")
    >>> state = Signal(path="p/state", machine="p", name="state", role="state", kind="state", derived=by)
    >>> amperes = Rows(np.array([0, 10, 20, 30]), np.array([0.2, 6.0, 4.5, 3.0]), np.zeros(4, np.uint32))
    >>> [(at, text) for at, _, text, _ in States(state).take(amperes)]
    [(0, 'off'), (10, 'producing'), (30, 'off')]
    """

    signal: Signal
    last: int = NEVER
    now: str | None = None
    bad: int | None = None
    begun: tuple[int, str] | None = None
    on: list[bool] = field(default_factory=list)

    def resume(self, text: str | None, quality: int, at: int) -> None:
        """Go on from the last row that was told before a restart."""
        levels = self._levels
        names = [level.state for level in levels]
        self.last = at
        if quality >> 30 >= 2 or text is None:
            self.bad = quality
            return
        self.now = text
        place = names.index(text) if text in names else len(names)
        self.on = [i >= place for i in range(len(names))]

    def take(self, rows: Rows) -> list[Told]:
        """The rows that follow from raw ones."""
        rows = rows.after(self.last)
        if not len(rows.at):
            return []
        good = rows.good
        state = self._states(rows, good)
        code = np.where(good, state, -1 - rows.quality.astype(np.int64))
        news = np.flatnonzero(np.append(True, code[1:] != code[:-1]))
        texts = [*(level.state for level in self._levels), self._by.otherwise]
        found: list[Told] = []
        for i in news.tolist():
            at = int(rows.at[i])
            found += self.settle(at)
            found += self._turn(at, texts[int(code[i])]) if code[i] >= 0 else self._lost(at, int(rows.quality[i]))
        self.last = int(rows.at[-1])
        return found + self.settle(self.last)

    def settle(self, at: int) -> list[Told]:
        """What has held long enough by a moment."""
        if self.begun is None or at - self.begun[0] < self._by.at_least:
            return []
        since, self.now = self.begun
        self.begun = None
        return [(since, None, self.now, 0)]

    def _turn(self, at: int, text: str) -> list[Told]:
        self.bad = None
        if text == self.now:
            self.begun = None
        elif self.now is None:  # nothing is known before: there is nothing that it could be a slip of
            self.now, self.begun = text, None
            return [(at, None, text, 0)]
        elif self.begun is None or self.begun[1] != text:
            self.begun = (at, text)
        return self.settle(at)

    def _lost(self, at: int, quality: int) -> list[Told]:
        quality = quality if quality >> 30 >= 2 else BAD_NO_DATA
        known, self.now, self.begun = self.bad, None, None
        self.bad = quality
        return [] if known == quality else [(at, None, None, quality)]

    def _states(self, rows: Rows, good: Flags) -> NDArray[np.int64]:
        """The place of the highest level that is on at each row; the number of levels where none is."""
        on = np.empty((len(self._levels), len(rows.at)), dtype=np.bool_)
        before = self.on or [False] * len(self._levels)
        for i, level in enumerate(self._levels):
            on[i] = switched(rows.value, good, level, before=before[i], resets=True)
        self.on = on[:, -1].tolist()
        return np.where(on.any(axis=0), on.argmax(axis=0), len(self._levels))

    @property
    def _by(self) -> Derivation:
        assert self.signal.derived is not None
        return self.signal.derived

    @property
    def _levels(self) -> Sequence[Level]:
        return self._by.levels


@dataclass(slots=True)
class Pulses:
    """Pulses counted: each time that a number rises above a level, the total grows by one.

    Examples
    --------
    >>> from andon.plant import Derivation
    >>> by = Derivation(of="pulse", levels=(Level(above=0.5, below=0.5),), debounce=5)
    >>> parts = Signal(path="p/n", machine="p", name="n", role="total_count", kind="count", derived=by)
    >>> pulse = Rows(np.arange(0, 60, 10), np.array([0, 1.0, 0, 1.0, 1.0, 0]), np.zeros(6, np.uint32))
    >>> [(at, value) for at, value, _, _ in Pulses(parts).take(pulse)]
    [(0, 0.0), (10, 1.0), (30, 2.0)]
    """

    signal: Signal
    last: int = NEVER
    total: int = 0
    counted: int = NEVER
    high: bool | None = None
    bad: int | None = None
    begun: bool = False

    def resume(self, total: float, high: bool | None, counted: int, at: int) -> None:
        """Go on from the last row that was told before a restart."""
        self.total, self.high, self.counted, self.last = round(total / self.signal.scale), high, counted, at
        self.begun = True

    def take(self, rows: Rows) -> list[Told]:
        """The rows that follow from raw ones."""
        rows = rows.after(self.last)
        if not len(rows.at):
            return []
        by = self.signal.derived
        assert by is not None
        good = rows.good
        level = by.levels[0]
        before = self.high
        high = switched(rows.value, good, level, before=bool(before), resets=False)
        if before is None and good.any():  # the first level ever is no edge
            before = bool(high[int(np.flatnonzero(good)[0])])
            high[: int(np.flatnonzero(good)[0])] = before
        rises = high & ~np.append(bool(before), high[:-1])
        turns = np.append(self.bad is None, good[:-1]) != good
        if not self.begun and len(good):
            turns[0] = True
        found: list[Told] = []
        for i in np.flatnonzero(rises | turns).tolist():
            found += self._row(int(rows.at[i]), bool(rises[i]), int(rows.quality[i]), good=bool(good[i]))
        self.last = int(rows.at[-1])
        if good.any() or before is not None:
            self.high = bool(high[-1])
        return found

    def settle(self, at: int) -> list[Told]:
        """A pulse is counted at once."""
        return []

    def _row(self, at: int, rises: bool, quality: int, *, good: bool) -> list[Told]:
        by = self.signal.derived
        assert by is not None
        if not good:
            self.begun, self.bad = True, quality if quality >> 30 >= 2 else BAD_NO_DATA
            return [(at, None, None, self.bad)]
        back = self.bad is not None or not self.begun
        self.begun, self.bad = True, None
        if rises and (back or at - self.counted >= by.debounce):
            self.total += 1
            self.counted = NEVER if back else at
            return [(at, self.total * self.signal.scale, None, 0)]
        if not back:
            return []
        self.counted = NEVER
        return [(at, self.total * self.signal.scale, None, 0)]


def switched(value: Numbers, good: Flags, level: Level, *, before: bool, resets: bool) -> Flags:
    """Whether a level is on at each row; rows that are not good leave it as it was, or switch it off (`resets`).

    >>> switched(np.array([0, 6, 4.5, 3]), np.ones(4, bool), Level(above=5.0, below=4.0), before=False, resets=True)
    array([False,  True,  True, False])
    """
    decided = good & ((value > level.above) | (value < level.below))
    decided |= ~good & resets
    place = np.maximum.accumulate(np.where(decided, np.arange(len(value)), -1))
    said = good & (value > level.above)
    return np.asarray(np.where(place >= 0, said[place], before), dtype=np.bool_)
