"""Units under one condition against the others: settings, states and orders that held, and the time after stops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from ...model import Process, States
from ...model.measured import texts
from ...units import Parts, Probability, Ratio, Unit
from .exposed import Stay, after_stops, settings
from .odds import odds
from .picked import Flags, adjusted, places

FEWEST = 5
"""Units that a condition needs on either side."""
LEVELS = 100
"""A text with more different values than this is a name and no condition."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """Units that were at a machine under one condition, against the others.

    Attributes
    ----------
    machine
        Path of the machine.
    condition
        A setting, state, order or product that held, or "after ...": soon after the machine ran again.
    units
        Units under it.
    bad
        Bad ones among them.
    bad_share_others
        Bad over all of the others.
    odds_ratio
        Odds of being bad under it over odds of the others (Haldane).
    chance
        Fisher's exact chance of so many bad ones or more, one-sided.
    false_share
        The share of chance findings among conditions that are at least as unlikely (Benjamini-Hochberg).
    """

    machine: str
    condition: str
    units: Parts
    bad: Parts
    bad_share_others: Ratio | None
    odds_ratio: Annotated[float, Unit("{ratio}")]
    chance: Probability
    false_share: Probability

    @property
    def bad_share(self) -> Ratio:
        """Bad over all under it."""
        return self.bad / self.units


def conditions(
    stays: Sequence[Stay], processes: Mapping[str, Process], states: Mapping[str, States], after: float, bad: Flags
) -> tuple[Exposed, ...]:
    """All conditions of all machines, the least likely by chance first."""
    rows = [
        _exposed(stay.machine, name, (mark, stay.was), bad)
        for stay in stays
        for name, mark in _marks(stay, processes.get(stay.machine), states.get(stay.machine), after)
        if FEWEST <= mark.sum() <= stay.was.sum() - FEWEST
    ]
    shares = adjusted(np.array([r.chance for r in rows])).tolist()
    found = [replace(r, false_share=share) for r, share in zip(rows, shares, strict=True)]
    return tuple(sorted(found, key=lambda r: (r.chance, -r.odds_ratio, r.machine, r.condition)))


def _marks(stay: Stay, process: Process | None, states: States | None, after: float) -> Iterator[tuple[str, Flags]]:
    """The conditions of one machine, each with the units that were under it."""
    for name, held in settings(stay, process) if process is not None else ():
        code, levels = places(texts(held))
        if 1 < len(levels) <= LEVELS:
            yield from ((f"{name} {level}", np.asarray(code == i)) for i, level in enumerate(levels) if level)
    if states is not None and len(states):
        yield from ((f"after {name}", mark) for name, mark in after_stops(stay, states, after).items())


def _exposed(machine: str, condition: str, marked: tuple[Flags, Flags], bad: Flags) -> Exposed:
    mark, was = marked
    of = odds(float((bad & mark).sum()), float(mark.sum()), float((bad & was).sum()), float(was.sum()))
    others = of.bad_others / of.others if of.others else None
    return Exposed(machine, condition, of.units, of.bad, others, of.ratio, of.chance, 1.0)
