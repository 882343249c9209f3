"""What a machine was doing, spell by spell and in all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

import numpy as np

from ...catalog import study
from ...errors import BadQuestion
from ...model import Calendar, State, States, Times
from ...picture import Picture, timeline
from ...units import SECOND, Micros, Moment, Ratio, Seconds
from .elements import Flags, Indices, coded
from .oee import ratio


@dataclass(frozen=True, slots=True)
class StateRow:
    """Time in one state, as the machine said it, for one reason.

    Attributes
    ----------
    state
        Andon's word.
    said
        The machine's own word.
    reason
        Code from the reasons tree, "" where nobody gave one.
    micros
        Time.
    spells
        Spells that began in the window.
    share
        Part of the whole time.
    """

    state: State
    said: str
    reason: str
    micros: Micros
    spells: int
    share: Ratio | None

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from the other rows."""
        return (self.state.value, self.said, self.reason)


@dataclass(frozen=True, slots=True, order=True)
class StateSpell:
    """A stretch in which the machine did one thing.

    Attributes
    ----------
    since
        Start of what lies in the window, microseconds since 1970.
    until
        End of what lies in the window.
    state
        Andon's word.
    said
        The machine's own word.
    reason
        Code from the reasons tree.
    began
        When the spell began, which may be before the window.
    """

    since: Moment
    until: Moment
    state: State
    said: str
    reason: str
    began: Moment


@dataclass(frozen=True, slots=True)
class StateTimes:
    """Time by state; the rows sum to all of it.

    Attributes
    ----------
    time
        All time of the window.
    rows
        One row a state, word and reason; the largest first.
    spells
        What happened one after the other, without the spells that were too short to be asked for.
    """

    time: Micros
    rows: tuple[StateRow, ...]
    spells: tuple[StateSpell, ...]

    def __add__(self, other: StateTimes) -> StateTimes:
        return _times(self.time + other.time, (*self.rows, *other.rows), joined((*self.spells, *other.spells)))

    def spent(self, state: State) -> int:
        """Microseconds in one state."""
        return sum(r.micros for r in self.rows if r.state is state)

    @property
    def known(self) -> Micros:
        """Time in which the state was known."""
        return self.time - self.spent(State.UNKNOWN)

    @property
    def coverage(self) -> Ratio | None:
        """Known over all time."""
        return ratio(self.known, self.time)

    @property
    def producing(self) -> Ratio | None:
        """The share of all time in which the machine was producing."""
        return ratio(self.spent(State.PRODUCING), self.time)

    @property
    def producing_of_known(self) -> Ratio | None:
        """The share of known time in which the machine was producing."""
        return ratio(self.spent(State.PRODUCING), self.known)


BOXES = 1_000
"""The pixels of a timeline, roughly: a spell that is shorter than this part of the whole cannot be seen."""


def picture(answer: StateTimes) -> Picture:
    """The state timeline of one machine; spells too short to be seen stand together under the longest of them."""
    spells = answer.spells
    if any(b.since < a.until for a, b in pairwise(spells)):
        raise BadQuestion(
            "A timeline shows one machine, and these states are of several at once. "
            "Ask for one machine, such as at='line-1/press-3'."
        )
    rows = visible(spells)
    note = "Spells too short to be seen stand together under the longest of them." if len(rows) < len(spells) else ""
    return timeline("What the machine was doing", [("", *r) for r in rows], subtitle=note)


def visible(spells: Sequence[StateSpell], pixels: int = BOXES) -> list[tuple[int, int, str]]:
    """Boxes (since, until, state) for spells in order of time: neighbours shorter than a pixel share one.

    Spells that fill a pixel stay as they are, so there are at most about 2 x `pixels` boxes.

    >>> spells = [StateSpell(i, i + 1, State.FAULT, "", "", i) for i in range(5)]
    >>> visible(spells)[:2]
    [(0, 1, 'fault'), (1, 2, 'fault')]
    """
    if len(spells) <= 2 * pixels:
        return [(s.since, s.until, s.state.value) for s in spells]
    pixel = (spells[-1].until - spells[0].since) / pixels
    boxes: list[tuple[int, int, str]] = []
    short: list[StateSpell] = []
    for s in spells:
        wide = s.until - s.since >= pixel
        if short and (wide or s.until - short[0].since > 2 * pixel):
            boxes.append(_box(short))
            short = []
        short.append(s)
        if wide or s.until - short[0].since >= pixel:
            boxes.append(_box(short))
            short = []
    return [*boxes, _box(short)] if short else boxes


def _box(spells: Sequence[StateSpell]) -> tuple[int, int, str]:
    """From the first's beginning to the last's end, under the state that held longest."""
    times: dict[str, int] = {}
    for s in spells:
        times[s.state.value] = times.get(s.state.value, 0) + s.until - s.since
    return spells[0].since, spells[-1].until, max(times, key=times.__getitem__)


@study(picture=picture)
def states(states: States, calendar: Calendar | None = None, shortest: Seconds = 0.0) -> StateTimes:
    """What the machine was doing, how long, and how often.

    Time of a state = sum of (until - since) of its spells, cut to the window; a spell counts in the window in which it
    began. Neighbouring spells of the same state, word and reason are one.

    Use `losses` instead when you want to know what it cost, `oee` for the ratios; both need shifts, this does not.

    Parameters
    ----------
    states
        What the machine was doing.
    calendar
        The window that is asked about; its shifts are not needed.
    shortest
        Leave shorter spells out of the list; they stay in the sums.

    Returns
    -------
    StateTimes
        Time by state, and the spells.

    Examples
    --------
    >>> answer = states(States.of([(0, 50, "producing"), (50, 60, "fault"), (60, 100, "producing")]))
    >>> [(row.state.value, row.micros, row.spells, row.share) for row in answer.rows]
    [('producing', 90, 2, 0.9), ('fault', 10, 1, 0.1)]

    References
    ----------
    ISO 22400-2:2014, time model for work units; OPC 40001-1, MachineryItemState.
    """
    window = calendar.window if calendar is not None else states.window
    first, last = _ends(states)
    began, ended = states.since[first], states.until[last]
    inside = (ended > window.since) & (began < window.until)
    first, began, ended = first[inside], began[inside], ended[inside]
    since, until = np.maximum(began, window.since), np.minimum(ended, window.until)
    rows = _rows(states, first, until - since, (began >= window.since) & (began < window.until))
    silent = window.duration - sum(r.micros for r in rows)
    if silent:
        rows.append(StateRow(State.UNKNOWN, "no data", "", silent, 0, None))
    shown = ended - began >= round(shortest * SECOND)
    columns = (a[shown].tolist() for a in (since, until, first, began))
    spells = (
        StateSpell(s, u, states.state[i], states.said[i], states.reason[i], b)
        for s, u, i, b in zip(*columns, strict=True)
    )
    return _times(window.duration, rows, tuple(spells))


ORDER = attrgetter("since", "until", "state", "said", "reason", "began")


def joined(spells: Iterable[StateSpell]) -> tuple[StateSpell, ...]:
    """Spells in order of time; the pieces of one that was cut where two windows meet are one again.

    Pieces belong together when they touch and are of the same spell: same beginning, state, word and reason.
    """
    spells = sorted(spells, key=ORDER)
    going_on = {(s.since, s.began) for s in spells if s.began < s.since}
    if not any((s.until, s.began) in going_on for s in spells):
        return tuple(spells)
    found: list[StateSpell | None] = []
    ending: dict[tuple[object, ...], list[int]] = {}
    for s in spells:
        before = ending.get((s.since, s.began, s.state, s.said, s.reason))
        if before:
            place = before.pop()
            first = found[place]
            found[place] = None
            s = StateSpell(first.since if first else s.since, s.until, s.state, s.said, s.reason, s.began)
        ending.setdefault((s.until, s.began, s.state, s.said, s.reason), []).append(len(found))
        found.append(s)
    return tuple(sorted((s for s in found if s is not None), key=ORDER))


def _times(time: int, rows: Iterable[StateRow], spells: tuple[StateSpell, ...]) -> StateTimes:
    """An answer with the rows of one kind added up, the largest first, and their shares."""
    found: dict[tuple[str, str, str], StateRow] = {}
    for r in rows:
        micros, count = (found[r.key].micros, found[r.key].spells) if r.key in found else (0, 0)
        micros, count = micros + r.micros, count + r.spells
        found[r.key] = StateRow(r.state, r.said, r.reason, micros, count, None)
    shared = [StateRow(r.state, r.said, r.reason, r.micros, r.spells, ratio(r.micros, time)) for r in found.values()]
    return StateTimes(time, tuple(sorted(shared, key=lambda r: (-r.micros, r.key))), spells)


def _rows(states: States, first: Indices, micros: Times, begins: Flags) -> list[StateRow]:
    """Time and beginnings by state, word and reason of the spells that start at the places `first`."""
    columns = [coded([texts[i] for i in first.tolist()]) for texts in (states.state, states.said, states.reason)]
    shape = [max(len(names), 1) for _, names in columns]
    kinds, place = np.unique(np.ravel_multi_index([codes for codes, _ in columns], shape), return_inverse=True)
    time, count = (np.bincount(place, a, minlength=len(kinds)) for a in (micros, begins))
    words = zip(*(names.tolist() for names in np.unravel_index(kinds, shape)), strict=True)
    return [
        StateRow(State(columns[0][1][s]), columns[1][1][w], columns[2][1][r], int(t), int(n), None)
        for (s, w, r), t, n in zip(words, time.tolist(), count.tolist(), strict=True)
    ]


def _ends(states: States) -> tuple[Indices, Indices]:
    """Where each spell starts and ends in the rows: neighbours of one state, word and reason are one spell."""
    n = len(states)
    if not n:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    same = states.since[1:] == states.until[:-1]
    for texts in (states.state, states.said, states.reason):
        codes, _ = coded(texts)
        same &= codes[1:] == codes[:-1]
    return np.flatnonzero(np.append(True, ~same)), np.flatnonzero(np.append(~same, True))
