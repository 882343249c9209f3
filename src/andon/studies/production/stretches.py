"""How much of many stretches of time was spent in something: sums over spells, exact to the microsecond."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np

from ...model import Calendar, Spells, State, States, Times, Window


def held(states: States, wanted: Collection[State]) -> Spells:
    """The spells in which a machine was in one of `wanted`, neighbours joined."""
    return joined(
        (int(s), int(u)) for s, u, x in zip(states.since, states.until, states.state, strict=True) if x in wanted
    )


def joined(stretches: Iterable[tuple[int, int]]) -> Spells:
    """Stretches in order of time, with those that touch or overlap made one.

    >>> joined([(5, 9), (0, 3), (3, 4)]).rows()
    [(0, 4, ''), (5, 9, '')]
    """
    found: list[tuple[int, int]] = []
    for since, until in sorted(s for s in stretches if s[1] > s[0]):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return Spells.of((s, u, "") for s, u in found)


def inside(spells: Spells, since: Times, until: Times) -> Times:
    """Microseconds of each stretch [since, until) that lie inside spells that do not overlap.

    >>> inside(joined([(0, 10), (20, 30)]), np.array([5, 0]), np.array([25, 40])).tolist()
    [10, 20]
    """
    return np.asarray(_before(spells, until) - _before(spells, since), dtype=np.int64)


def working(calendar: Calendar) -> Spells | None:
    """Planned time less breaks, over whole shifts, or None for a plant without shifts."""
    if not calendar.shifts:
        return None
    return joined(piece for shift in calendar.shifts for piece in _less(shift.window, shift.breaks))


def _before(spells: Spells, at: Times) -> Times:
    """Microseconds inside the spells before each moment."""
    if not len(spells):
        return np.zeros(len(at), dtype=np.int64)
    sums = np.concatenate([[0], np.cumsum(spells.until - spells.since)])
    place = np.searchsorted(spells.since, at, side="right")
    last = np.clip(place - 1, 0, None)
    beyond = np.where(place > 0, np.maximum(spells.until[last] - np.minimum(at, spells.until[last]), 0), 0)
    return np.asarray(sums[place] - beyond, dtype=np.int64)


def _less(window: Window, breaks: Iterable[Window]) -> list[tuple[int, int]]:
    """A window without its breaks."""
    pieces, at = [], window.since
    for gap in sorted(breaks):
        pieces.append((at, min(gap.since, window.until)))
        at = max(at, gap.until)
    return [(s, u) for s, u in [*pieces, (at, window.until)] if u > s]
