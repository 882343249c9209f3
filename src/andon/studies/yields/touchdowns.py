"""Which units were tested together: touchdowns, told by sites and times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...model import NO_SITE, Numbers, Times, Units
from ...units import SECOND
from .picked import Codes

UNTOLD = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Touchdowns:
    """Touchdowns (n of them): when each began and ended, on how many sites; `of` is that of each unit.

    `begin` is `UNTOLD` where no unit of it says how long its test took. `index` is the time from the
    end of the touchdown before to the begin of this one (microseconds), -1 where that is not known: the first, another
    lot or wafer.
    """

    of: Codes
    begin: Times
    end: Times
    sites: Codes
    index: Times

    @property
    def seconds(self) -> Numbers:
        """How long each took, NaN where nobody said."""
        return np.where(self.begin != UNTOLD, (self.end - self.begin) / SECOND, np.nan)


def touchdowns(units: Units) -> Touchdowns:
    """Put units that were tested at once together.

    Units in order of time belong to one touchdown while they are on different sites, of the same lot, wafer and step,
    and while their tests overlap in time, where their lengths are known. A unit without a site is one by itself.

    >>> found = touchdowns(Units.of([9, 9, 19, 19], "abcd", site=[0, 1, 0, 1]))
    >>> found.of.tolist(), found.sites.tolist()
    ([0, 0, 1, 1], [2, 2])
    """
    of = _together(units)
    count = int(of[-1]) + 1 if len(of) else 0
    end = np.full(count, -1, np.int64)
    np.maximum.at(end, of, units.at)
    begin = np.full(count, np.iinfo(np.int64).max)
    known = np.isfinite(units.seconds)
    np.minimum.at(begin, of[known], _begins(units)[known])
    begin[begin == np.iinfo(np.int64).max] = UNTOLD
    return Touchdowns(of, begin, end, np.bincount(of, minlength=count), _index(units, of, begin, end))


def _together(units: Units) -> Codes:
    begins = np.where(np.isfinite(units.seconds), _begins(units), UNTOLD).tolist()
    rows = zip(
        units.site.tolist(),
        units.lot.tolist(),
        units.wafer.tolist(),
        units.step.tolist(),
        units.at.tolist(),
        begins,
        strict=True,
    )
    found = np.zeros(len(units), np.int64)
    sites: set[int] = set()
    here: tuple[str, str, str] | None = None
    number, end = -1, 0
    for i, (site, lot, wafer, step, at, begin) in enumerate(rows):
        apart = site == NO_SITE or site in sites or here != (lot, wafer, step) or (begin >= end and begin != UNTOLD)
        if apart or number < 0:
            number, sites, here, end = number + 1, set(), (lot, wafer, step), at
        sites.add(site)
        end = max(end, at)
        found[i] = number
    return found


def _begins(units: Units) -> Times:
    seconds = np.nan_to_num(units.seconds)
    return np.asarray(units.at - np.round(seconds * SECOND).astype(np.int64))


def _index(units: Units, of: Codes, begin: Times, end: Times) -> Times:
    """From the end of one touchdown to the begin of the next of the same wafer (or lot), microseconds."""
    if not len(end):
        return end
    first = np.flatnonzero(np.append(True, of[1:] != of[:-1]))
    same = np.ones(len(end) - 1, np.bool_)
    for column in (units.lot, units.wafer, units.step):
        names = column[first]
        same &= np.asarray(names[1:] == names[:-1], np.bool_)
    told = same & (begin[1:] >= end[:-1])
    return np.append(np.int64(-1), np.where(told, begin[1:] - end[:-1], -1))
