"""Maps of dies: their bins wafer by wafer, the share that passes at each place, and the difference of two such maps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...errors import BadQuestion
from ...model import Numbers, Units
from ...model.measured import NO_BIN, Bin, Integers, Verdicts
from ...units import Ratio
from .places import Dies, positions
from .results import Flags


@dataclass(frozen=True, slots=True)
class Legend:
    """What a bin on the maps is.

    Attributes
    ----------
    bin
        Its number.
    name
        What it is called.
    passed
        Whether what falls into it passed; None where nobody said, or both were said.
    dies
        How many dies are in it.
    """

    bin: int
    name: str
    passed: bool | None
    dies: int


@dataclass(frozen=True, slots=True)
class Map:
    """One map: a column each of place, value and verdict, an entry a die.

    Attributes
    ----------
    name
        The wafer, or what was stacked.
    x, y
        Die coordinates: x to the right, y downward.
    value
        The bin; or the share of wafers that pass there; or the difference of two such shares.
    passed
        1: passed, 0: failed, -1: nobody said, or it is no single die.
    """

    name: str
    x: tuple[int, ...]
    y: tuple[int, ...]
    value: tuple[Ratio, ...]
    passed: tuple[int, ...]


def judged(units: Units, found: Dies) -> tuple[Dies, Flags]:
    """The dies with a verdict, and which of them passed."""
    said = units.verdicts[found.row]
    return found.pick(said >= 0), said[said >= 0] == 1


def legend(units: Units, found: Dies, kind: str) -> tuple[Legend, ...]:
    """What the bins on the maps mean: those that passed, then the fullest first."""
    meaning: Mapping[int, Bin] = units.hard_bins if kind == "hard" else units.soft_bins
    bins, said = _column(units, kind)[found.row], units.verdicts[found.row]
    rows = []
    for number in np.unique(bins).tolist():
        kinds = set(said[(bins == number) & (said >= 0)].tolist())
        told = meaning.get(number, Bin("no bin" if number == NO_BIN else ""))
        rows.append(Legend(number, told.name, kinds == {1} if len(kinds) == 1 else None, int((bins == number).sum())))
    return tuple(sorted(rows, key=lambda r: (not r.passed, -r.dies)))


def binned(units: Units, found: Dies, kind: str) -> tuple[Map, ...]:
    """A map of bins for each wafer."""
    return drawn(found, _column(units, kind)[found.row].astype(np.float64), units.verdicts[found.row])


def drawn(found: Dies, value: Numbers, said: Verdicts) -> tuple[Map, ...]:
    """A map of values for each wafer."""
    order = np.argsort(found.of, kind="stable")
    edges = np.searchsorted(found.of[order], np.arange(len(found.wafers) + 1)).tolist()
    x, y, of_die, verdict = (tuple(c[order].tolist()) for c in (found.x, found.y, value, said))
    return tuple(
        Map(name, x[a:b], y[a:b], of_die[a:b], verdict[a:b])
        for name, a, b in zip(found.names, edges[:-1], edges[1:], strict=True)
    )


def stacked(found: Dies, value: Numbers | Flags) -> Map:
    """The mean of all wafers at each place: of passed dies, the share of wafers that pass there."""
    of, x, y = positions(found)
    mean = np.bincount(of, weights=value) / np.bincount(of)
    lots = sorted({lot for lot, _ in found.wafers} - {""})
    name = found.names[0] if len(found.names) == 1 else lots[0] if len(lots) == 1 else f"{len(found.names)} wafers"
    return Map(name, tuple(x.tolist()), tuple(y.tolist()), tuple(mean.tolist()), (-1,) * len(x))


def difference(one: Map, other: Map) -> Map:
    """One map less another, at the places that both have."""
    first, second = (dict(zip(zip(m.x, m.y, strict=True), m.value, strict=True)) for m in (one, other))
    both = sorted(first.keys() & second.keys(), key=lambda place: (place[1], place[0]))
    if not both:
        raise BadQuestion(
            f"{one.name} and {other.name} have no place in common, so there is no difference of their maps."
        )
    value = tuple(first[place] - second[place] for place in both)
    x, y = zip(*both, strict=True)
    return Map(f"{one.name} - {other.name}", x, y, value, (-1,) * len(both))


def _column(units: Units, kind: str) -> Integers:
    return units.hard if kind == "hard" else units.soft
