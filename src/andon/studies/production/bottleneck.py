"""Which machine holds a line up, and when: the active-period method."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...catalog import study
from ...errors import NoData
from ...model import Calendar, State, States, Window
from ...picture import Picture, bars
from ...units import HOUR, Micros, Ratio
from .stretches import held

ACTIVE = (State.PRODUCING, State.SETUP, State.FAULT, State.MAINTENANCE, State.HELD)
"""A machine is active when it works or is worked on; starved, blocked, idle and off it waits."""


@dataclass(frozen=True, slots=True)
class Share:
    """How long one machine held the line up.

    Attributes
    ----------
    machine
        The machine's path.
    sole
        Time in which it alone was the bottleneck.
    shifting
        Time in which the bottleneck was passing to it or from it.
    active
        Time in which it worked or was worked on.
    unknown
        Time in which nobody knows what it did; an unknown state ends an active period.
    sole_share
        Sole time over the time asked about.
    shifting_share
        Shifting time over the time asked about.
    """

    machine: str
    sole: Micros
    shifting: Micros
    active: Micros
    unknown: Micros
    sole_share: Ratio
    shifting_share: Ratio


@dataclass(frozen=True, slots=True)
class Held:
    """A stretch in which one machine was the momentary bottleneck.

    Attributes
    ----------
    since, until
        The stretch, half-open.
    machine
        The machine with the longest active period then.
    shifting
        True if another bottleneck period overlapped it.
    """

    since: Micros
    until: Micros
    machine: str
    shifting: bool


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """The bottlenecks of a line.

    Attributes
    ----------
    asked
        Length of the time asked about.
    free
        Time in which no machine was active, so that there was no bottleneck.
    rows
        One row a machine, the worst first.
    spells
        The momentary bottleneck, in order of time.
    """

    asked: Micros
    free: Micros
    rows: tuple[Share, ...]
    spells: tuple[Held, ...]

    @property
    def worst(self) -> str:
        """The machine that held the line up longest, sole and shifting together."""
        return self.rows[0].machine if self.rows else ""


@dataclass(frozen=True, slots=True)
class _Period:
    """An uninterrupted active period of one machine."""

    since: int
    until: int
    machine: str

    @property
    def rank(self) -> tuple[int, int, str]:
        """The longest first; of equals the earlier, then the first by name."""
        return (self.since - self.until, self.since, self.machine)


def bottleneck_picture(answer: Bottleneck) -> Picture:
    """Hours as sole and as shifting bottleneck, machine by machine."""
    parts = [(r.machine, part, amount / HOUR) for r in answer.rows
             for part, amount in (("sole bottleneck", r.sole), ("shifting", r.shifting))]
    return bars("Which machine held the line up", parts, "h")


@study(picture=bottleneck_picture)
def bottleneck(states: Mapping[str, States], calendar: Calendar) -> Bottleneck:
    """Which machine holds the line up, and when the bottleneck moves on.

    At each moment the bottleneck is the machine that has the longest uninterrupted active period (producing, setup,
    fault, maintenance or held; not starved, blocked, idle or off). Where bottleneck periods of two machines overlap,
    the bottleneck shifts; elsewhere it is sole. No buffer levels, cycle times or routes are needed, but blocked and
    starved must be told apart from producing.

    Use `cycle_times` instead when the machines' states do not say starved or blocked.

    Parameters
    ----------
    states
        What each machine of the line did; periods that reach beyond the window count with their full length.
    calendar
        Its window is the one that is asked about.

    Returns
    -------
    Bottleneck
        Sole and shifting time of each machine, and the momentary bottleneck.

    Raises
    ------
    NoData
        No machine says what it does.

    Examples
    --------
    >>> press = States.of([(0, 60, "producing"), (60, 100, "starved")])
    >>> robot = States.of([(0, 40, "blocked"), (40, 100, "producing")])
    >>> found = bottleneck({"press": press, "robot": robot}, Calendar(Window(0, 100), ()))
    >>> [(r.machine, r.sole, r.shifting) for r in found.rows]
    [('press', 40, 20), ('robot', 40, 20)]

    References
    ----------
    C. Roser, M. Nakano, M. Tanaka: Shifting Bottleneck Detection. Winter Simulation Conference 2002, 1079-1086,
    doi:10.1109/WSC.2002.1166360.
    """
    if not states:
        raise NoData("No machine of the line has a state signal: the bottleneck is found from states alone.")
    window = calendar.window
    periods = [_Period(s, u, name) for name in sorted(states) for s, u, _ in held(states[name], ACTIVE).rows()
               if u > window.since and s < window.until]
    pieces = _pieces(periods, window)
    chosen = {leader for _, _, leader, _ in pieces if leader}
    sole, shifting = dict.fromkeys(states, 0), dict.fromkeys(states, 0)
    spells: list[Held] = []
    for since, until, leader, active in pieces:
        if leader is None:
            continue
        among = [p.machine for p in active if p in chosen]
        for name in among:
            (sole if len(among) == 1 else shifting)[name] += until - since
        spells.append(Held(since, until, leader.machine, len(among) > 1))
    free = sum(u - s for s, u, leader, _ in pieces if leader is None)
    rows = [_share(name, states[name], window, sole[name], shifting[name]) for name in sorted(states)]
    rows.sort(key=lambda r: (-(r.sole + r.shifting), -r.sole, r.machine))
    return Bottleneck(window.duration, free, tuple(rows), _merged(spells))


def _pieces(periods: Sequence[_Period], window: Window) -> list[tuple[int, int, _Period | None, list[_Period]]]:
    """The window cut at every beginning and end, with the longest and all active periods of each piece."""
    cuts = np.unique([window.since, window.until, *(t for p in periods for t in (p.since, p.until) if t in window)])
    queue, active, pieces = deque(sorted(periods, key=lambda p: p.since)), list[_Period](), []
    for since, until in pairwise(cuts.tolist()):
        active = [p for p in active if p.until > since]
        while queue and queue[0].since <= since:
            active.append(queue.popleft())
        pieces.append((since, until, min(active, key=lambda p: p.rank, default=None), active.copy()))
    return pieces


def _share(name: str, states: States, window: Window, sole: int, shifting: int) -> Share:
    cut = states.within(window)
    lengths = [(x, int(u - s)) for s, u, x in zip(cut.since, cut.until, cut.state, strict=True)]
    seen = sum(length for _, length in lengths)
    unknown = sum(length for x, length in lengths if x is State.UNKNOWN) + window.duration - seen
    whole = window.duration or 1
    return Share(name, sole, shifting, sum(n for x, n in lengths if x in ACTIVE), unknown, sole / whole,
                 shifting / whole)


def _merged(spells: Sequence[Held]) -> tuple[Held, ...]:
    """Neighbours that say the same made one."""
    found: list[Held] = []
    for spell in spells:
        last = found[-1] if found else None
        if last and (last.until, last.machine, last.shifting) == (spell.since, spell.machine, spell.shifting):
            found[-1] = Held(last.since, spell.until, spell.machine, spell.shifting)
        else:
            found.append(spell)
    return tuple(found)
