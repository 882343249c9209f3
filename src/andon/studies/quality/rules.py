"""The rules that say when a process has changed: one a row, after Western Electric (1956) and Nelson (1984)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import BadQuestion
from ...model import Numbers

Flags = NDArray[np.bool_]
EDGE = 1e-9
"""A value this close to an edge of a zone is on it: rounding must not decide."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its number, how many points it looks at, and the least and most of them that may be asked for."""

    number: int
    points: int
    least: int
    most: int
    meaning: str

    @property
    def name(self) -> str:
        """The number, with the points where they are not Nelson's: "2", "2:8"."""
        return str(self.number) if self.points == NELSON[self.number].points else f"{self.number}:{self.points}"

    @property
    def said(self) -> str:
        """What it looks for, in words."""
        return self.meaning.format(self.points)


NELSON: Mapping[int, Rule] = {
    r.number: r
    for r in (
        Rule(1, 1, 1, 1, "a point beyond the control limits"),
        Rule(2, 9, 5, 15, "{} points in a row on one side of the center"),
        Rule(3, 6, 4, 12, "{} points in a row rising or falling"),
        Rule(4, 14, 6, 24, "{} points in a row alternating up and down"),
        Rule(5, 3, 3, 3, "2 of {} points beyond two sigma on one side"),
        Rule(6, 5, 5, 5, "4 of {} points beyond one sigma on one side"),
        Rule(7, 15, 8, 25, "{} points in a row within one sigma"),
        Rule(8, 8, 5, 12, "{} points in a row beyond one sigma, on both sides"),
    )
}
SETS: Mapping[str, str] = {
    "western-electric": "1 5 6 2:8",
    "nelson": "1 2 3 4 5 6 7 8",
    "we1": "1",
    "we2": "5",
    "we3": "6",
    "we4": "2:8",
}
"""Sets and single rules by their other names."""


def chosen(text: str) -> tuple[Rule, ...]:
    """The rules that somebody asked for, each once, in order of their numbers.

    >>> [r.name for r in chosen("western-electric, 3:7")]
    ['1', '2:8', '3:7', '5', '6']
    """
    found: dict[int, Rule] = {}
    words = re.split(r"[\s,;]+", text.strip().lower()) if text.strip() else []
    for word in (w for given in words for w in SETS.get(given, given).split()):
        match = re.fullmatch(r"(?:n(?:elson)?)?([1-8])(?::(\d+))?", word)
        if not match:
            raise BadQuestion(
                f"There is no rule {word!r}. Write numbers from 1 to 8 (Nelson), 2:8 for a run of 8 points, or one of "
                f"{', '.join(SETS)}."
            )
        usual = NELSON[int(match[1])]
        points = int(match[2] or usual.points)
        if not usual.least <= points <= usual.most:
            raise BadQuestion(f"Rule {usual.number} looks at {usual.least} to {usual.most} points, not at {points}.")
        found[usual.number] = Rule(usual.number, points, usual.least, usual.most, usual.meaning)
    return tuple(found[n] for n in sorted(found))


def broken(z: Numbers, rules: Sequence[Rule], *, begin: Flags | None = None, out: Flags | None = None) -> list[Flags]:
    """For each rule the points that break it: the one that completes a pattern, and each that keeps it up.

    Parameters
    ----------
    z
        Distances from the center in standard deviations of the figure (n points).
    rules
        The rules.
    begin
        Points at which all runs begin anew, such as after a gap; the first always is one.
    out
        Points beyond the control limits (rule 1), where those are not three standard deviations away.

    Returns
    -------
    list of arrays
        n flags a rule.

    References
    ----------
    L. S. Nelson: The Shewhart Control Chart: Tests for Special Causes. J. Quality Technology 16 (1984), 237-239.
    Western Electric: Statistical Quality Control Handbook (1956).
    """
    start = np.zeros(len(z), np.bool_) if begin is None else begin.copy()
    start[:1] = True
    beyond = np.abs(z) > 3 + EDGE if out is None else out
    return [beyond if r.number == 1 else BREAKS[r.number](z, start, r.points) for r in rules]


def _row(holds: Flags, start: Flags) -> NDArray[np.int64]:
    """How many points in a row something holds, at each point."""
    place = np.arange(len(holds))
    begun = np.maximum.accumulate(np.where(holds, np.where(start, place, 0), place + 1)) if len(place) else place
    return np.asarray(place + 1 - begun, np.int64)


def _one_side(z: Numbers, start: Flags, points: int) -> Flags:
    return np.asarray((_row(z > EDGE, start) >= points) | (_row(z < -EDGE, start) >= points))


def _steps(z: Numbers, start: Flags) -> NDArray[np.float64]:
    """The direction of each point from the one before it; 0 at a beginning."""
    steps = np.sign(np.diff(z, prepend=z[:1]))
    return np.where(start, 0.0, steps)


def _trend(z: Numbers, start: Flags, points: int) -> Flags:
    steps = _steps(z, start)
    return np.asarray((_row(steps > 0, start) >= points - 1) | (_row(steps < 0, start) >= points - 1))


def _alternating(z: Numbers, start: Flags, points: int) -> Flags:
    steps = _steps(z, start)
    turns = np.concatenate([[False], steps[1:] * steps[:-1] < 0]) if len(z) else start
    return np.asarray(_row(turns, start) >= points - 2)


def _most_beyond(z: Numbers, start: Flags, edge: float, points: int) -> Flags:
    """All but one of so many points beyond an edge on the side of the newest, which is beyond it, too."""
    whole = _row(np.ones(len(z), np.bool_), start) >= points
    found = np.zeros(len(z), np.bool_)
    for side in (z, -z):
        beyond = side > edge + EDGE
        counts = np.convolve(beyond, np.ones(points))[: len(z)]
        found |= beyond & (counts >= points - 1) & whole
    return found


def _two_of_three(z: Numbers, start: Flags, points: int) -> Flags:
    return _most_beyond(z, start, 2.0, points)


def _four_of_five(z: Numbers, start: Flags, points: int) -> Flags:
    return _most_beyond(z, start, 1.0, points)


def _within(z: Numbers, start: Flags, points: int) -> Flags:
    return np.asarray(_row(np.abs(z) <= 1 + EDGE, start) >= points)


def _both_sides(z: Numbers, start: Flags, points: int) -> Flags:
    outside = _row(np.abs(z) > 1 + EDGE, start) >= points
    one_sided = (_row(z > 1 + EDGE, start) >= points) | (_row(z < -1 - EDGE, start) >= points)
    return np.asarray(outside & ~one_sided)


BREAKS: Mapping[int, Callable[[Numbers, Flags, int], Flags]] = {
    2: _one_side,
    3: _trend,
    4: _alternating,
    5: _two_of_three,
    6: _four_of_five,
    7: _within,
    8: _both_sides,
}
