"""Good dies in bad company: among their neighbours on the wafer, and at their place through the wafers of a lot."""

from __future__ import annotations

import numpy as np

from ...model import NOWHERE, Units
from ...model.measured import Integers
from .picked import Codes, Flags, grouped


def bad_neighbourhood(units: Units, bad: Flags, most: int) -> Flags:
    """Good dies of which at least `most` of the up to eight dies around them are bad (GDBN).

    `units` has each die once. At the edge of a wafer fewer dies are around: they are not taken for bad.
    """
    found = np.zeros(len(units), np.bool_)
    wafer, names = grouped(units, "wafer")
    placed = units.x != NOWHERE
    for w in range(len(names)):
        here = np.flatnonzero((wafer == w) & placed)
        if len(here):
            found[here] = _around(units.x[here], units.y[here], bad[here]) >= most
    return found & ~bad


def bad_through_lot(units: Units, bad: Flags, share: float, wafers: int) -> tuple[Flags, int]:
    """Good dies at places where at least a share of the dies of a lot is bad (Z-PAT), and how many such places.

    Places that were tested on fewer than `wafers` wafers of the lot say nothing.
    """
    lot, names = grouped(units, "lot")
    placed = units.x != NOWHERE
    found = np.zeros(len(units), np.bool_)
    places = 0
    for number in range(len(names)):
        here = np.flatnonzero((lot == number) & placed)
        if not len(here):
            continue
        code = _place(units.x[here], units.y[here])
        count = np.bincount(code).astype(np.float64)
        failed = np.bincount(code, bad[here])
        doomed = (count >= wafers) & (failed >= share * count)
        places += int(doomed.sum())
        found[here] = doomed[code]
    return found & ~bad, places


def _around(x: Integers, y: Integers, bad: Flags) -> Codes:
    """How many of the eight places around each die hold a bad one."""
    column, row = x - x.min() + 1, y - y.min() + 1
    grid = np.zeros((int(column.max()) + 2, int(row.max()) + 2), np.int64)
    grid[column, row] = bad
    steps = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j]
    return sum((grid[column + i, row + j] for i, j in steps), np.zeros(len(x), np.int64))


def _place(x: Integers, y: Integers) -> Codes:
    """One number for each place."""
    width = int(y.max() - y.min()) + 1
    _, code = np.unique((x - x.min()).astype(np.int64) * width + (y - y.min()), return_inverse=True)
    return np.asarray(code, np.int64)
