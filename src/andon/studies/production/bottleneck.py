"""Which machine holds a line up, and when: the active-period method."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ...catalog import study
from ...errors import NoData
from ...model import Calendar, State, States, Window
from ...picture import Picture, bars
from ...units import HOUR, Micros, Moment, Ratio
from .stretches import held, joined

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
    """A stretch in which one machine was the bottleneck; while it shifts, two machines are.

    Attributes
    ----------
    machine
        The machine's path.
    since, until
        The stretch, half-open.
    shifting
        True where its bottleneck period overlaps the one before or after.
    """

    machine: str
    since: Moment
    until: Moment
    shifting: bool


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """The bottlenecks of a line.

    Attributes
    ----------
    asked
        Length of the time asked about.
    free
        Time in which there was no bottleneck, because no machine was active.
    rows
        One row a machine, the worst first.
    spells
        The bottlenecks in order of time.
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
    parts = [
        (r.machine, part, amount / HOUR)
        for r in answer.rows
        for part, amount in (("sole bottleneck", r.sole), ("shifting", r.shifting))
    ]
    return bars("Which machine held the line up", parts, "h")


@study(picture=bottleneck_picture)
def bottleneck(states: Mapping[str, States], calendar: Calendar) -> Bottleneck:
    """Which machine holds the line up, and when the bottleneck moves on.

    A machine is active while it is producing, set up, at fault, maintained or held, not while it is starved, blocked,
    idle or off. The bottleneck is the machine with the longest uninterrupted active period; when that ends, the
    longest of those then active follows. Where one bottleneck period overlaps the next, the bottleneck shifts;
    elsewhere it is sole. No buffer levels, cycle times or routes are needed, but blocked and starved must be told
    apart from producing.

    Use `cycle_times` instead when the machines' states do not say starved or blocked.

    Parameters
    ----------
    states
        What each machine of the line did; the chain of bottlenecks begins with the first state, before the window.
    calendar
        Its window is the one that is asked about.

    Returns
    -------
    Bottleneck
        Sole and shifting time of each machine, and when it was the bottleneck.

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
    chain = _chain(
        {name: [_Period(s, u, name) for s, u, _ in held(states[name], ACTIVE).rows()] for name in sorted(states)}
    )
    spells = [
        Held(p.machine, cut.since, cut.until, shifting)
        for place, p in enumerate(chain)
        for since, until, shifting in _parts(p, [*chain[max(0, place - 1) : place], *chain[place + 1 : place + 2]])
        if (cut := Window(since, until) & window).duration
    ]
    sole, shifting = Counter[str](), Counter[str]()
    for spell in spells:
        (shifting if spell.shifting else sole)[spell.machine] += spell.until - spell.since
    covered = joined((s.since, s.until) for s in spells)
    rows = [_share(name, states[name], window, sole[name], shifting[name]) for name in sorted(states)]
    rows.sort(key=lambda r: (-(r.sole + r.shifting), -r.sole, r.machine))
    spells.sort(key=lambda h: (h.since, h.until, h.machine))
    free = window.duration - int((covered.until - covered.since).sum())
    return Bottleneck(window.duration, free, tuple(rows), tuple(spells))


def _chain(periods: Mapping[str, Sequence[_Period]]) -> list[_Period]:
    """The bottleneck periods, each the longest of those that were active when the one before it ended."""
    starts = {name: [p.since for p in found] for name, found in periods.items()}
    chain: list[_Period] = []
    at: int | None = min((found[0] for found in starts.values() if found), default=None)
    while at is not None:
        ahead = {name: bisect_right(found, at) for name, found in starts.items()}
        active = [p for name, place in ahead.items() if place and (p := periods[name][place - 1]).until > at]
        if active:
            chain.append(min(active, key=lambda p: p.rank))
            at = chain[-1].until
        else:
            at = min((starts[name][place] for name, place in ahead.items() if place < len(starts[name])), default=None)
    return chain


def _parts(period: _Period, neighbours: Sequence[_Period]) -> list[tuple[int, int, bool]]:
    """A bottleneck period cut in what it shares with its neighbours in the chain (shifting) and what it has alone."""
    cuts = sorted(
        {
            period.since,
            period.until,
            *(min(max(t, period.since), period.until) for n in neighbours for t in (n.since, n.until)),
        }
    )
    found: list[tuple[int, int, bool]] = []
    for since, until in pairwise(cuts):
        shifting = any(n.since <= since < n.until for n in neighbours)
        if found and found[-1][2] == shifting:
            found[-1] = (found[-1][0], until, shifting)
        else:
            found.append((since, until, shifting))
    return found


def _share(name: str, states: States, window: Window, sole: int, shifting: int) -> Share:
    cut = states.within(window)
    lengths = [(x, int(u - s)) for s, u, x in zip(cut.since, cut.until, cut.state, strict=True)]
    seen = sum(length for _, length in lengths)
    unknown = sum(length for x, length in lengths if x is State.UNKNOWN) + window.duration - seen
    whole = window.duration or 1
    return Share(
        name, sole, shifting, sum(n for x, n in lengths if x in ACTIVE), unknown, sole / whole, shifting / whole
    )
