"""Sums by group of many columns of values that were found on the same units, one column after the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...model import Numbers
from ...model.measured import Integers
from .picked import Codes


@dataclass(frozen=True, slots=True)
class Groups:
    """The group of each value of a column, how many values each group has, and where groups begin if they are in order.

    >>> Groups.of(np.array([1, 1, 0]), 2).sums(np.array([1.0, 2.0, 5.0])).tolist()
    [5.0, 3.0]
    """

    code: Codes
    count: Codes
    starts: Codes | None

    @classmethod
    def of(cls, code: Codes, groups: int) -> Groups:
        changes = np.flatnonzero(code[1:] != code[:-1]) + 1
        count = np.bincount(code, minlength=groups)
        in_order = len(changes) + 1 == int((count > 0).sum())
        return cls(code, count, np.append(0, changes) if in_order and len(code) else None)

    def sums(self, value: Numbers) -> Numbers:
        """The sum of the values of each group."""
        if self.starts is None:
            return np.bincount(self.code, value, minlength=len(self.count)).astype(np.float64, copy=False)
        found = np.zeros(len(self.count))
        found[self.code[self.starts]] = np.add.reduceat(value, self.starts)
        return found


@dataclass(frozen=True, slots=True)
class Seats:
    """Sites and subgroups of the values of a column, whose units are `row`."""

    row: Integers
    site: Groups
    subgroup: Groups


@dataclass(frozen=True, slots=True)
class Frame:
    """How units fall into sites and subgroups, and what is asked of each test."""

    sites: tuple[str, ...]
    site: Codes
    subgroup: Codes
    subgroups: int
    wanted: float
    gap: float

    def seats(self, row: Integers, known: Seats | None = None) -> Seats:
        """Where the values of a column sit; as is known where their units are the same."""
        if known is not None and np.array_equal(row, known.row):
            return known
        return Seats(row, Groups.of(self.site[row], len(self.sites)), Groups.of(self.subgroup[row], self.subgroups))
