"""Every instant of a machine's window in exactly one element of the ISO 22400-2 time model, and in one loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import NoCalendar
from ...model import Calendar, Element, Loss, State, States, StopRules, Times, Window

Flags = NDArray[np.bool_]
Indices = NDArray[np.int64]

ELEMENTS: tuple[Element, ...] = tuple(Element)
LOSSES: tuple[Loss, ...] = tuple(Loss)
STATES: tuple[State, ...] = tuple(State)

DEFAULT_ELEMENTS: Mapping[State, Element] = {
    State.PRODUCING: Element.PRODUCTION,
    State.SETUP: Element.SETUP,
    State.FAULT: Element.DELAY,
    State.HELD: Element.DELAY,
    State.IDLE: Element.DOWN,
    State.OFF: Element.DOWN,
    State.MAINTENANCE: Element.PLANNED_DOWN,
}
"""What each state counts as where the plant says nothing else.

Starved and blocked are not in it: they are a delay while an order is registered, and down time otherwise.
"""

DEFAULT_LOSSES: Mapping[State, Loss] = {State.FAULT: Loss.BREAKDOWN, State.SETUP: Loss.SETUP}
"""The loss of a delay by state; the other states are `delay`."""

IS_WORKED = np.array([e in (Element.PRODUCTION, Element.SETUP, Element.DELAY, Element.DOWN) for e in ELEMENTS])
"""Which elements make up known planned busy time."""


@dataclass(frozen=True, slots=True)
class Leaves:
    """The leaf spells of one machine: half-open, in order, they tile `window`.

    Arrays of one length n: `since`, `until` (microseconds), `element`, `loss`, `state` and `reason` (places in
    `ELEMENTS`, `LOSSES`, `STATES` and `given`; a loss means something in planned busy time only, and running time is
    `productive` until parts are known), `paused` (in a break), `begins` (a stop of this element, loss and reason begins
    with the leaf), `fails` (a breakdown begins with the leaf, however its time is split by reasons).
    """

    window: Window
    states: States
    given: tuple[str, ...]
    since: Times
    until: Times
    element: Indices
    loss: Indices
    state: Indices
    reason: Indices
    paused: Flags
    begins: Flags
    fails: Flags

    @property
    def duration(self) -> Times:
        """Microseconds of each leaf."""
        return self.until - self.since

    @property
    def edges(self) -> Times:
        """The n + 1 moments between the leaves."""
        return np.append(self.since, np.int64(self.window.until))

    @property
    def worked(self) -> Flags:
        """Which leaves are planned busy time in which the state is known."""
        return np.asarray(IS_WORKED[self.element], dtype=np.bool_)

    @property
    def busy(self) -> Flags:
        """Which leaves are planned busy time, unknown time included."""
        return self.worked | self.of(Element.UNKNOWN)

    def of(self, element: Element) -> Flags:
        """Which leaves are one element."""
        return np.asarray(self.element == ELEMENTS.index(element), dtype=np.bool_)

    def reasons(self) -> tuple[Indices, tuple[str, ...]]:
        """The reason of each leaf, as places in a tuple of texts."""
        return self.reason, self.given

    def total(self, element: Element) -> int:
        """Microseconds in one element."""
        return int(self.duration[self.of(element)].sum())

    def rows(self) -> list[tuple[int, int, Element, Loss]]:
        """The leaves as (since, until, element, loss) rows, for people."""
        return [
            (s, u, ELEMENTS[e], LOSSES[x])
            for s, u, e, x in zip(
                self.since.tolist(), self.until.tolist(), self.element.tolist(), self.loss.tolist(), strict=True
            )
        ]


def elements(states: States, calendar: Calendar, rules: StopRules) -> Leaves:
    """Put every instant of the calendar's window in one ISO 22400-2 element and one loss.

    Outside the shifts time is unscheduled, in a break planned down. Inside it is what the stop's reason says, else what
    the state says. Nobody knows what happened where the state is unknown, unless a reason was given afterwards.
    A stop is as long as the machine stood in delay without a pause, wherever the window or the shift is cut: that
    length decides whether it is a minor stop. For all other time the loss is what its reason says, else its state.

    Parameters
    ----------
    states
        What the machine did; may reach beyond the calendar's window, so that stops have their full length.
    calendar
        Shifts and breaks; its window is the one that is asked about.
    rules
        Element and loss of each state and reason, and the minor-stop threshold.

    Returns
    -------
    Leaves
        Spells that tile the window.

    Raises
    ------
    NoCalendar
        There are no shifts, so nobody can say which time was planned.

    Examples
    --------
    A fault of 3 minutes, of which 1 lies in the shift, is shorter than 5 minutes and so a minor stop:

    >>> from andon.model import Shift
    >>> from andon.units import MINUTE
    >>> states = States.of([(0, 7 * MINUTE, "producing"), (7 * MINUTE, 10 * MINUTE, "fault")])
    >>> shift = Shift("early", "2026-01-05", Window(0, 8 * MINUTE))
    >>> leaves = elements(states, Calendar(Window(0, 10 * MINUTE), (shift,)), StopRules({}, {}, {}, 5 * MINUTE))
    >>> [(since // MINUTE, until // MINUTE, element.value, loss.value) for since, until, element, loss in leaves.rows()]
    [(0, 7, 'APT', 'productive'), (7, 8, 'ADET', 'minor_stop'), (8, 10, 'unscheduled', 'minor_stop')]

    References
    ----------
    ISO 22400-2:2014, time model for work units; OPC 40001-1 Annex C.2 for the elements of states.
    """
    planned(calendar)
    told = _classified(states, rules)
    shifts, breaks = _sorted(s.window for s in calendar.shifts), _sorted(b for s in calendar.shifts for b in s.breaks)
    edges = _edges(calendar.window, [states.since, states.until, *shifts, *breaks])
    since, until = edges[:-1], edges[1:]
    spell = _spell_at(states, since)
    inside, paused = within(shifts, since), within(breaks, since)
    element = np.where(paused, ELEMENTS.index(Element.PLANNED_DOWN), told.element[spell])
    element = np.where(inside, element, ELEMENTS.index(Element.UNSCHEDULED))
    begun = since == np.append(states.since, since[:1] - 1)[spell]
    return Leaves(
        calendar.window,
        states,
        told.reasons,
        since,
        until,
        element,
        told.loss[spell],
        told.state[spell],
        told.reason[spell],
        inside & paused,
        begun & told.first[spell],
        begun & told.fails[spell],
    )


def planned(calendar: Calendar) -> None:
    """Refuse a calendar without shifts: without planned time there is no OEE, and none is made up."""
    if not calendar.shifts and not calendar.described:
        raise NoCalendar(
            "No shift is planned in that window: nobody can say which time was planned, so no OEE. "
            "Describe shifts in plant.toml ([[shift]]), or ask `states` and `counts`, which need none."
        )


def split(leaves: Leaves, moments: Iterable[Times]) -> Leaves:
    """The same leaves, cut also at `moments`; nothing else about them changes."""
    edges = _edges(leaves.window, [leaves.edges, *moments])
    since, until = edges[:-1], edges[1:]
    place = np.searchsorted(leaves.since, since, side="right") - 1
    begun = leaves.since[place] == since
    return Leaves(
        leaves.window,
        leaves.states,
        leaves.given,
        since,
        until,
        leaves.element[place],
        leaves.loss[place],
        leaves.state[place],
        leaves.reason[place],
        leaves.paused[place],
        leaves.begins[place] & begun,
        leaves.fails[place] & begun,
    )


def within(stretches: tuple[Times, Times], at: Times) -> Flags:
    """Which moments lie in at least one of the stretches (sorted starts, sorted ends; they may overlap)."""
    starts, ends = stretches
    open_ = np.searchsorted(starts, at, side="right") - np.searchsorted(ends, at, side="right")
    return np.asarray(open_ > 0, dtype=np.bool_)


def coded(texts: Sequence[str]) -> tuple[Indices, tuple[str, ...]]:
    """Texts as places in the tuple of their sorted distinct values.

    >>> coded(("b", "a", "b"))
    (array([1, 0, 1]), ('a', 'b'))
    """
    names = tuple(sorted(set(texts)))
    place = {name: i for i, name in enumerate(names)}
    return np.fromiter(map(place.__getitem__, texts), np.int64, len(texts)), names


def stop_lengths(states: States, element: Indices) -> Times:
    """The full length of the stop that each spell in delay belongs to, 0 for the other spells."""
    stopped = element == ELEMENTS.index(Element.DELAY)
    if not len(states):
        return states.since
    joined = np.append(False, stopped[1:] & stopped[:-1] & (states.since[1:] == states.until[:-1]))
    starts = np.flatnonzero(~joined)
    length = np.add.reduceat(np.where(stopped, states.until - states.since, 0), starts)
    return np.asarray(length[np.cumsum(~joined) - 1], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Told:
    """What each state spell is as if all time were planned, and after the last of them: what nobody told."""

    reasons: tuple[str, ...]
    element: Indices
    loss: Indices
    state: Indices
    reason: Indices
    first: Flags
    fails: Flags


def _classified(states: States, rules: StopRules) -> _Told:
    """Element, loss, state and reason of each state spell, and which of them begin a stop or a breakdown."""
    state = np.fromiter(map({s: i for i, s in enumerate(STATES)}.__getitem__, states.state), np.int64, len(states))
    reason, reasons = coded(states.reason)
    meant = [_inherited(r, rules) for r in reasons]
    stopped = state != STATES.index(State.PRODUCING)
    said, blamed = (
        np.array([*codes, -1])
        for codes in (
            [ELEMENTS.index(e) if e else -1 for e, _ in meant],
            [LOSSES.index(x) if x else -1 for _, x in meant],
        )
    )
    given = np.where(stopped, said[reason], -1)
    element = np.where(given >= 0, given, _element_of(states, state, rules))
    short = stop_lengths(states, element) < rules.minor_stop
    loss = _loss_of(element, state, rules, short=short, named=np.where(stopped, blamed[reason], -1))
    broken = loss == LOSSES.index(Loss.BREAKDOWN)
    nobody = ELEMENTS.index(Element.UNKNOWN), LOSSES.index(Loss.UNKNOWN), STATES.index(State.UNKNOWN)
    return _Told(
        (*reasons, ""),
        np.append(element, nobody[0]),
        np.append(loss, nobody[1]),
        np.append(state, nobody[2]),
        np.append(reason, len(reasons)),
        np.append(_firsts(states, [element, loss, reason]), False),
        np.append(_firsts(states, [broken]) & broken, False),
    )


def _element_of(states: States, state: Indices, rules: StopRules) -> Indices:
    """The element of each spell by its state, and of waiting by whether an order was registered."""
    without, ordered = (np.array([ELEMENTS.index(_element(s, rules, o)) for s in STATES]) for o in (False, True))
    if states.ordered is None:
        return without[state]
    return np.where(np.fromiter(states.ordered, np.bool_, len(states)), ordered[state], without[state])


def _element(state: State, rules: StopRules, ordered: bool) -> Element:
    if state is State.UNKNOWN:
        return Element.UNKNOWN
    waiting = Element.DELAY if ordered else Element.DOWN
    return rules.elements.get(state, DEFAULT_ELEMENTS.get(state, waiting))


def _loss_of(element: Indices, state: Indices, rules: StopRules, *, short: Flags, named: Indices) -> Indices:
    """The loss of each spell: minor where it was short, else what its reason says, else its state, else its element."""
    by_element = {Element.PRODUCTION: Loss.PRODUCTIVE, Element.SETUP: Loss.SETUP, Element.DOWN: Loss.IDLE}
    plain = np.array([LOSSES.index(by_element.get(e, Loss.UNKNOWN)) for e in ELEMENTS])[element]
    own = np.array([LOSSES.index(rules.losses[s]) if s in rules.losses else -1 for s in STATES])[state]
    delay = np.array([LOSSES.index(DEFAULT_LOSSES.get(s, Loss.DELAY)) for s in STATES])[state]
    delayed = element == ELEMENTS.index(Element.DELAY)
    loss = np.where(own >= 0, own, np.where(delayed, delay, plain))
    loss = np.where(delayed & short, LOSSES.index(Loss.MINOR_STOP), np.where(named >= 0, named, loss))
    fixed = np.isin(element, [ELEMENTS.index(Element.PRODUCTION), ELEMENTS.index(Element.UNKNOWN)])
    return np.where(fixed, plain, loss)


def _inherited(code: str, rules: StopRules) -> tuple[Element | None, Loss | None]:
    """Element and loss of a reason, each from the nearest of its ancestors that names one."""
    element: Element | None = None
    loss: Loss | None = None
    seen: set[str] = set()
    while code in rules.reasons and code not in seen:
        seen.add(code)
        reason = rules.reasons[code]
        element, loss, code = element or reason.element, loss or reason.loss, reason.parent
    return element, loss


def _firsts(states: States, kinds: Iterable[NDArray[np.generic]]) -> Flags:
    """Which spells begin something: the one before was of another kind, or there is none before."""
    if not len(states):
        return np.zeros(0, np.bool_)
    same = states.since[1:] == states.until[:-1]
    for kind in kinds:
        same = same & (kind[1:] == kind[:-1])
    return np.append(True, ~same)


def _spell_at(states: States, at: Times) -> Indices:
    """The place of the spell that holds at each moment, -1 where there is none."""
    if not len(states):
        return np.full(len(at), -1, np.int64)
    place = np.searchsorted(states.since, at, side="right") - 1
    return np.where((place >= 0) & (at < states.until[place]), place, -1)


def _edges(window: Window, moments: Iterable[Times]) -> Times:
    """All moments inside the window and its two ends, sorted, each once."""
    found = np.concatenate([np.array([window.since, window.until], np.int64), *moments])
    found = np.sort(found[(found >= window.since) & (found <= window.until)], kind="stable")  # merges sorted runs
    return np.asarray(found[np.append(True, found[1:] != found[:-1])], dtype=np.int64)


def _sorted(windows: Iterable[Window]) -> tuple[Times, Times]:
    found = [w for w in windows if w.duration]
    since, until = np.array([w.since for w in found], np.int64), np.array([w.until for w in found], np.int64)
    return np.sort(since), np.sort(until)
