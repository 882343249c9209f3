"""Where dies lie: which wafer, how far from the centre, in which direction, where in the shot of the stepper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import BadQuestion, NoData
from ...model import Numbers, Units
from ...model.measured import NOWHERE, Integers, coded
from .results import Flags, Rows, natural

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Dies:
    """Dies with their place, each once (n entries): `row` is the place in the units, `of` that in `wafers`.

    `wafers` are (lot, wafer). `x` and `y` are die coordinates; x grows to the right, y downward.
    """

    wafers: tuple[tuple[str, str], ...]
    row: Rows
    of: Codes
    x: Integers
    y: Integers

    def __len__(self) -> int:
        return len(self.row)

    @property
    def names(self) -> tuple[str, ...]:
        """What each wafer is called: with its lot where there are several lots."""
        several = len({lot for lot, _ in self.wafers}) > 1
        return tuple(f"{lot} {wafer}".strip() if several else wafer for lot, wafer in self.wafers)

    def pick(self, keep: Flags) -> Dies:
        """Some of the dies, of the same wafers."""
        return Dies(self.wafers, self.row[keep], self.of[keep], self.x[keep], self.y[keep])


def dies(units: Units, rows: Rows | None = None) -> Dies:
    """The dies among some rows of units (all, unless given), each as it was tested last.

    Raises
    ------
    NoData
        No unit has a wafer and a place on it.

    Examples
    --------
    >>> units = Units.of([0, 1, 2], "aba", wafer="111", x=[4, 5, 4], y=[7, 7, 7])
    >>> found = dies(units)
    >>> found.row.tolist(), found.x.tolist(), found.names
    ([2, 1], [4, 5], ('1',))
    """
    rows = np.arange(len(units)) if rows is None else rows
    rows = rows[(units.wafer[rows] != "") & (units.x[rows] != NOWHERE) & (units.y[rows] != NOWHERE)]
    if not len(rows):
        raise NoData("No unit there has a wafer and a place (x, y) on it in that window.")
    first, of = np.unique(coded(units.lot[rows], units.wafer[rows]), return_index=True, return_inverse=True)[1:]
    known = [(str(units.lot[r]), str(units.wafer[r])) for r in rows[first]]
    order = sorted(range(len(known)), key=lambda k: (natural(known[k][0]), natural(known[k][1])))
    of = np.argsort(np.array(order))[of]
    x, y = units.x[rows].astype(np.int64), units.y[rows].astype(np.int64)
    key = (of * (np.ptp(y) + 1) + y - y.min()) * (np.ptp(x) + 1) + x - x.min()
    last = len(key) - 1 - np.unique(key[::-1], return_index=True)[1]
    return Dies(tuple(known[k] for k in order), rows[last], of[last], units.x[rows[last]], units.y[rows[last]])


@dataclass(frozen=True, slots=True)
class Disc:
    """The round of a wafer in die coordinates: its centre, and half its width and height in dies."""

    x: float
    y: float
    across: float
    down: float

    @classmethod
    def around(cls, x: Integers, y: Integers) -> Disc:
        """The smallest that the dies fill: right where every wafer, or a stack of them, was tested to its edge."""
        wide, high = (int(np.ptp(a)) + 1 for a in (x, y))
        return cls(float(x.min() + x.max()) / 2, float(y.min() + y.max()) / 2, wide / 2, high / 2)

    def radius(self, x: Integers, y: Integers) -> Numbers:
        """How far from the centre each die is: 0 the centre, 1 the outermost die."""
        found = np.hypot((x - self.x) / self.across, (y - self.y) / self.down)
        return np.asarray(found / (found.max() or 1.0))

    def angle(self, x: Integers, y: Integers) -> Numbers:
        """In which direction from the centre: degrees, 0 to the right, 90 up."""
        return np.asarray(np.degrees(np.arctan2((self.y - y) / self.down, (x - self.x) / self.across)) % 360)


@dataclass(frozen=True, slots=True)
class Grouping:
    """Groups of dies by place: the place of each die in `names`."""

    by: str
    names: tuple[str, ...]
    of: Codes


def groupings(found: Dies, *, zones: int, sectors: int, reticle: str) -> tuple[Grouping, ...]:
    """Dies by ring, by sector, and by their place in the stepper's shot.

    Rings have equal areas, so that each holds about as many dies; 1 is the centre. A reticle of "4x2" is 4 dies wide
    and 2 high; which die of it is called 0,0 depends on where the first column and row lie.

    Raises
    ------
    BadQuestion
        Fewer than two rings or sectors, or a reticle that is not written as 4x2.
    """
    if not (2 <= zones <= 50 and 2 <= sectors <= 72):
        raise BadQuestion(f"zones = {zones} and sectors = {sectors} do not fit: give 2 to 50 and 2 to 72.")
    disc = Disc.around(found.x, found.y)
    ring = np.minimum((disc.radius(found.x, found.y) ** 2 * zones).astype(np.int64), zones - 1)
    turn = (disc.angle(found.x, found.y) / 360 * sectors).astype(np.int64) % sectors
    edges = [f"{360 * k / sectors:g}-{360 * (k + 1) / sectors:g}°" for k in range(sectors)]
    made = [
        Grouping("radial zone", tuple(str(k + 1) for k in range(zones)), ring),
        Grouping("sector", tuple(edges), turn),
    ]
    return (*made, *([_shots(found, reticle)] if reticle else []))


def _shots(found: Dies, reticle: str) -> Grouping:
    across, _, down = reticle.lower().replace("×", "x").partition("x")
    if not (across.strip().isdecimal() and down.strip().isdecimal() and 1 < int(across) * int(down) <= 400):
        raise BadQuestion(f"reticle = {reticle!r} is no size of a shot: write its dies across and down, such as 4x2.")
    wide, high = int(across), int(down)
    of = (found.y - found.y.min()) % high * wide + (found.x - found.x.min()) % wide
    names = tuple(f"{k % wide},{k // wide}" for k in range(wide * high))
    return Grouping("reticle", names, of.astype(np.int64))


def positions(found: Dies) -> tuple[Codes, Integers, Integers]:
    """The different places of all wafers: for each die its number, then x and y of each number."""
    key = np.stack([found.y, found.x], axis=1)
    spots, of = np.unique(key, axis=0, return_inverse=True)
    return of.reshape(-1), spots[:, 1], spots[:, 0]
