"""The values of one test as a study takes them: final ones, in order of time, in rational subgroups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import BadQuestion, NoData
from ...model import Found, Measurements, Numbers
from ...model.measured import coded
from .subgroups import Surroundings, grouped, scheme

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sample:
    """Values in order of time with the subgroup of each (numbers from 0, in order of their first value).

    `superseded` counts values that a later one of the same unit replaced.
    """

    found: Found
    groups: Codes
    superseded: int

    @property
    def values(self) -> Numbers:
        """The values."""
        return self.found.value


def blocks(measurements: Measurements) -> dict[str, list[int]]:
    """The places in `tests` of each test by its name: several where its limits changed."""
    found: dict[str, list[int]] = {}
    for j, test in enumerate(measurements.tests):
        found.setdefault(test.name, []).append(j)
    return found


def sampled(found: Found, *, size: int, by: str) -> Sample:
    """The last value of each unit, in subgroups.

    Parameters
    ----------
    found
        Values of one test, numbers only.
    size
        So many units in a row are a subgroup (within those that `by` keeps apart); 0: as many as there are.
    by
        A column of the units, such as lot or wafer, whose texts keep subgroups apart; "": none.

    Raises
    ------
    BadQuestion
        The size is negative.
    NoData
        There are fewer than two values, or all are equal.
    """
    if size < 0:
        raise BadQuestion(f"subgroup = {size}: give how many units in a row belong together, 1 for single values.")
    kept = _spread(final(found))
    return Sample(kept, subgroups(kept, size, by), len(found.row) - len(kept.row))


def sampled_as(found: Found, way: str) -> Sample:
    """The last value of each unit, in subgroups as plant.toml makes them; values that are in none are left out.

    Raises
    ------
    BadQuestion
        The plant makes them by its shifts, days or orders, which values alone do not tell.
    NoData
        There are fewer than two values, or all are equal.
    """
    kept, made = _spread(final(found)), scheme(way)
    if made.column in ("shift", "day", "order"):
        raise BadQuestion(
            f"plant.toml makes subgroups of {found.name} by {made.column}, and capability does not know of it: "
            "give `subgroup`, or `group`."
        )
    groups, _ = grouped(kept.at, made, Surroundings(lambda name: kept.units.column(name)[kept.row]))
    inside = kept.pick(groups >= 0)
    return Sample(_spread(inside), np.asarray(groups[groups >= 0], np.int64), len(found.row) - len(kept.row))


def _spread(kept: Found) -> Found:
    """Refuse values that say nothing of a process: too few, or all the same."""
    if len(kept.row) < 2:
        raise NoData(f"{kept.name} has {len(kept.row)} value(s) in that window: it takes two, and 100 to be sure.")
    if kept.value.min() == kept.value.max():
        raise NoData(
            f"All {len(kept.row)} values of {kept.name} are {kept.value[0]:g}: there is no spread to judge. "
            "Look whether the gauge is fine enough."
        )
    return kept


def final(found: Found) -> Found:
    """Without the values that a later test of the same unit replaced; units that have no name are all kept."""
    named = found.units.unit[found.row] != ""
    last = found.units.last[found.row]
    return found.pick(last | ~np.asarray(named, dtype=np.bool_))


def subgroups(found: Found, size: int, by: str) -> Codes:
    """The subgroup of each value."""
    count = len(found.row)
    apart = coded(found.units.column(by)[found.row]) if by else np.zeros(count, np.int64)
    if size:
        order = np.argsort(apart, kind="stable")
        starts = np.searchsorted(apart[order], np.arange(apart.max() + 1))
        place = np.empty(count, np.int64)
        place[order] = np.arange(count) - starts[apart[order]]
        apart = apart * count + place // size
    _, first, found_codes = np.unique(apart, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[found_codes], dtype=np.int64)
