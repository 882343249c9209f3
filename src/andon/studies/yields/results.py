"""What came of each unit: its first and its last result, whatever was tested how often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import NoData, UnknownName
from ...model import Found, Units
from ...model.measured import Names, Verdicts, coded

Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Results:
    """One entry for each unit in each test step, in order of its first test (n entries).

    `first` and `last` are the rows of its first and last test in the window; `whole` is whether the first of them was
    the first at all. `before` and `after` say whether it passed in them (-1: nobody said).
    """

    units: Units
    first: Rows
    last: Rows
    whole: Flags
    before: Verdicts
    after: Verdicts

    def __len__(self) -> int:
        return len(self.first)


def results(units: Units) -> Results:
    """Pair the first with the last test of each unit in each step.

    Examples
    --------
    >>> units = Units.of([0, 1, 2], ["a", "b", "a"], passed=[False, True, True])
    >>> found = results(units)
    >>> found.first.tolist(), found.last.tolist(), found.before.tolist(), found.after.tolist()
    ([0, 1], [2, 1], [0, 1], [1, 1])
    """
    codes = coded(units.lot, units.wafer, units.unit, units.step)
    first = np.unique(codes, return_index=True)[1]
    last = len(codes) - 1 - np.unique(codes[::-1], return_index=True)[1]
    said = units.verdicts
    return Results(units, first, last, units.attempt[first] == 0, said[first], said[last])


def chosen(units: Units, *, lot: str = "", wafer: str = "", step: str = "") -> Units:
    """The units of one lot, wafer or step; "" is any.

    Raises
    ------
    NoData
        Nothing was tested in the window.
    UnknownName
        No unit is of that lot, wafer or step.
    """
    keep = rows_of(units, lot=lot, wafer=wafer, step=step)
    return units if keep.all() else units.pick(keep)


def rows_of(units: Units, *, lot: str = "", wafer: str = "", step: str = "") -> Flags:
    """Which rows are of one lot, wafer or step; raises as `chosen` does."""
    if not len(units):
        raise NoData("No unit was tested there in that window.")
    keep = np.ones(len(units), np.bool_)
    for what, name in (("lot", lot), ("wafer", wafer), ("step", step)):
        if name:
            there = units.column(what) == name
            if not there.any():
                raise UnknownName(what, name, sorted(set(units.column(what).tolist()) - {""}))
            keep &= there
    if not keep.any():
        raise NoData(f"No unit of lot {lot!r}, wafer {wafer!r} and step {step!r} at once was tested in that window.")
    return keep


def values_of(found: Found, *, lot: str = "", wafer: str = "", step: str = "") -> Found:
    """The last value of each unit of one lot, wafer or step; raises as `chosen` does, and without any value.

    >>> from andon.model import Measurements
    >>> rows = [(0, "a", "width", 5.0), (1, "b", "width", 6.0), (2, "a", "width", 5.5)]
    >>> values_of(Measurements.of(rows).take()).value.tolist()
    [6.0, 5.5]
    """
    keep = rows_of(found.units, lot=lot, wafer=wafer, step=step)
    kept = found.pick(np.flatnonzero(keep[found.row] & np.isfinite(found.value)))
    if not len(kept.row):
        raise NoData(f"No value of test {found.name!r} was found there in that window.")
    of = kept.units.pick(kept.row.astype(np.intp))
    codes = coded(of.lot, of.wafer, of.unit, of.step)
    return kept.pick(np.sort(len(codes) - 1 - np.unique(codes[::-1], return_index=True)[1]))


def named(column: Names) -> list[str]:
    """The different texts of a column in natural order: 2 before 10.

    >>> from andon.model.measured import texts
    >>> named(texts(["W10", "W2", "W2"]))
    ['W2', 'W10']
    """
    return sorted(set(column.tolist()), key=natural)


def natural(text: str) -> list[tuple[int, int, str]]:
    """A key that sorts the numbers in a text by their size.

    >>> natural("W10") > natural("W9")
    True
    """
    parts: list[str] = []
    for letter in text:
        if parts and parts[-1][-1].isdecimal() == letter.isdecimal():
            parts[-1] += letter
        else:
            parts.append(letter)
    return [(1, int(p), "") if p.isdecimal() else (0, 0, p) for p in parts]
