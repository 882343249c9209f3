"""Parts that pass every limit and are still not like the others: part average testing and bad neighbourhoods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ...catalog import study
from ...errors import BadQuestion, NoData, UnknownName
from ...model import NOWHERE, Characteristics, Measurements, Units
from ...picture import Picture, pareto
from ...units import Measured, Parts, Ratio
from .averaged import Judged, Limits, Rules, judge
from .measured_tests import Sigmas
from .neighbours import bad_neighbourhood, bad_through_lot
from .picked import Flags, at_least, grouped
from .quartiles import QUARTILES
from .values import limits, over_tests, something

LOTS, OF_LOT = 6, 30
"""Static limits come from at least so many lots with so many parts each (AEC-Q001)."""
METHODS = ("dynamic", "static")
WAFERS = 5
"""A place says something of a lot if it was tested on so many of its wafers."""
MANY = 0.05
"""A test with a greater share of outliers has another distribution than a normal one with a few odd parts."""
NAMED = 5
SHOWN = 1000
"""So many removed parts, and so many limits, are listed; all are counted."""


@dataclass(frozen=True, slots=True)
class Removed:
    """One good part that is not like the others.

    Attributes
    ----------
    lot
        Its lot.
    wafer
        Its wafer.
    part
        Its name.
    x, y
        Its place on the wafer.
    why
        `part average`, `bad neighbourhood` or `bad through the lot`; all that hold.
    test
        The test on which it lies furthest out; "" where none does.
    value
        Its value there.
    distance
        Robust sigma from the median there.
    """

    lot: str
    wafer: str
    part: str
    x: int
    y: int
    why: str
    test: str
    value: Measured | None
    distance: Sigmas | None


@dataclass(frozen=True, slots=True)
class LotRow:
    """One lot or wafer.

    Attributes
    ----------
    group
        Its name.
    units
        Units.
    good
        Units that passed.
    removed
        Good units that are not like the others.
    """

    group: str
    units: Parts
    good: Parts
    removed: Parts

    @property
    def yield_before(self) -> Ratio | None:
        """Good units over all."""
        return self.good / self.units if self.units else None

    @property
    def yield_after(self) -> Ratio | None:
        """Good units that are kept over all."""
        return (self.good - self.removed) / self.units if self.units else None


@dataclass(frozen=True, slots=True)
class PartAverage:
    """Which good parts are not like the others.

    Attributes
    ----------
    units
        Units that were tested.
    good
        Units that passed.
    outliers
        Good units beyond the limits of a test.
    neighbourhood
        Good dies in a bad neighbourhood.
    through_lot
        Good dies at places that are bad through the lot.
    removed
        Good units that any of the three removes.
    places
        Places on the wafer that are bad through a lot.
    groups
        One row a lot or wafer.
    limits
        Limits by test and group, those with the most outliers first; at most 1,000 of them.
    rows
        Removed units, the furthest out first; at most 1,000 of them.
    notes
        What could not be judged, and why.
    """

    HEADLINE: ClassVar = ("units", "good", "removed", "outliers", "neighbourhood", "through_lot", "yield_after")

    units: Parts
    good: Parts
    outliers: Parts
    neighbourhood: Parts
    through_lot: Parts
    removed: Parts
    places: int
    groups: tuple[LotRow, ...]
    limits: tuple[Limits, ...]
    rows: tuple[Removed, ...]
    notes: tuple[str, ...]

    @property
    def yield_before(self) -> Ratio | None:
        """Good units over all."""
        return self.good / self.units if self.units else None

    @property
    def yield_after(self) -> Ratio | None:
        """Good units that are kept over all."""
        return (self.good - self.removed) / self.units if self.units else None


def picture(answer: PartAverage) -> Picture:
    """Which tests remove the most parts."""
    found: dict[str, float] = {}
    for row in answer.limits:
        found[row.test] = found.get(row.test, 0.0) + row.outliers
    return pareto("Parts beyond their part average limits", [(t, n) for t, n in found.items() if n], "parts")


@study(picture=picture)
def part_average(
    measurements: Measurements,
    characteristics: Characteristics | None = None,
    method: Literal["dynamic", "static"] = "dynamic",
    group: str = "wafer",
    sigmas: Sigmas = 6.0,
    quartiles: Literal["linear", "weibull"] = "linear",
    neighbours: int = 6,
    through: Ratio = 0.5,
) -> PartAverage:
    """Which parts pass every limit and are not like the others (PAT, GDBN, Z-PAT).

    Part average limits are median -/+ `sigmas` x robust sigma, with robust sigma = (Q3 - Q1) / 1.35, of the good parts,
    and never wider than the specification: outliers do not move them as they would move a mean. Dynamic limits are
    those of each wafer (or lot) itself, from at least 30 good parts; static ones hold for all, from at least 6 such
    lots. A good die is in a bad neighbourhood (GDBN) if at least `neighbours` of the 8 dies around it are bad, and bad
    through the lot (Z-PAT) if at least the share `through` of the dies at its place is, on 5 wafers or more. The last
    test of each unit counts.

    Use `parametric` instead to see how tests do as a whole.

    Parameters
    ----------
    measurements
        Values by test on units.
    characteristics
        What the plant says about tests.
    method
        dynamic or static.
    group
        What dynamic limits are made for: wafer, lot, or anything else that was said of the units.
    sigmas
        Robust sigma from the median to the limits.
    quartiles
        linear (type 7 of R, as spreadsheets and NumPy) or weibull (type 6, as Minitab).
    neighbours
        Bad dies among the 8 around a good one that remove it; 0 leaves neighbourhoods out.
    through
        Share of bad dies at a place of a lot that removes the good ones; 0 leaves it out.

    Returns
    -------
    PartAverage
        What is removed, by which limits.

    Raises
    ------
    NoData
        Nothing was measured, or no unit passed.
    BadQuestion
        A setting does not fit, or static limits are asked of too few lots.

    Examples
    --------
    >>> rows = [(i, f"die-{i}", "leakage", 1.0 + 0.01 * (i % 10) + (0.9 if i == 50 else 0.0)) for i in range(100)]
    >>> found = Measurements.of(rows, limits={"leakage": (0.0, 3.0)}, lot=["L1"] * 100, passed=[True] * 100)
    >>> answer = part_average(found, group="lot")
    >>> answer.removed, answer.rows[0].part, answer.rows[0].why, answer.yield_after
    (1.0, 'die-50', 'part average', 0.99)

    References
    ----------
    AEC-Q001 Rev-D: Guidelines for Part Average Testing. Automotive Electronics Council 2011. JEDEC
    JESD50C: Special Requirements for Maverick Product Elimination and Outlier Management.
    """
    _fits(method, quartiles, {"sigmas": sigmas, "neighbours": neighbours, "through": through})
    something(measurements)
    units = measurements.units
    last = units.last
    good = last & (units.verdicts == 1)
    if not good.any():
        raise NoData("No unit passed, as far as anybody said: there are no good parts to compare with each other.")
    if method == "static":
        _enough(units, good)
    code, names = grouped(units, group)
    of, groups = (code, names) if method == "dynamic" else (np.zeros(len(units), np.int64), ("",))
    rules = Rules(sigmas, quartiles, OF_LOT)
    known = limits(measurements, characteristics)
    made = over_tests(
        lambda test, row, value: judge(test, (row, value), of[row], names=groups, spec=known[test], rules=rules),
        measurements,
        good,
    )
    average = np.zeros(len(units), np.bool_)
    for found in made:
        average[found.row] = True
    near, far, places = _company(units, np.flatnonzero(last), neighbours, through)
    why = {"part average": average, "bad neighbourhood": near & good, "bad through the lot": far & good}
    gone = np.logical_or.reduce(list(why.values()))
    return PartAverage(
        float(last.sum()),
        float(good.sum()),
        float(average.sum()),
        float((near & good).sum()),
        float((far & good).sum()),
        float(gone.sum()),
        places,
        tuple(_group(name, (code == g) & last, good, gone) for g, name in enumerate(names)),
        tuple(sorted((r for j in made for r in j.limits), key=lambda r: (-r.outliers, r.test, r.group)))[:SHOWN],
        _removed(units, np.flatnonzero(gone), why, made),
        _notes(units, made),
    )


def _fits(method: str, quartiles: str, figures: Mapping[str, float]) -> None:
    if method not in METHODS:
        raise UnknownName("method", method, METHODS)
    if quartiles not in QUARTILES:
        raise UnknownName("quartile convention", quartiles, QUARTILES)
    for name, value in figures.items():
        at_least(name, value, 1e-9 if name == "sigmas" else 0)
    if figures["neighbours"] > 8 or figures["through"] > 1:
        raise BadQuestion("There are 8 dies around one, and `through` is a share: write 0.5 for half of them.")


def _company(units: Units, at: NDArray[np.intp], neighbours: int, through: float) -> tuple[Flags, Flags, int]:
    """Dies in a bad neighbourhood, dies at bad places of their lot, and how many such places; of the rows `at`."""
    near, far, places = np.zeros(len(units), np.bool_), np.zeros(len(units), np.bool_), 0
    there = units.pick(at)
    bad = np.asarray(there.verdicts == 0)
    if neighbours:
        near[at] = bad_neighbourhood(there, bad, neighbours)
    if through:
        far[at], places = bad_through_lot(there, bad, through, WAFERS)
    return near, far, places


def _enough(units: Units, good: Flags) -> None:
    """Static limits need lots enough to know how lots differ."""
    lot, names = grouped(units, "lot")
    full = int((np.bincount(lot[good], minlength=len(names)) >= OF_LOT).sum())
    if full < LOTS:
        raise BadQuestion(
            f"Static limits come from at least {LOTS} lots with {OF_LOT} good parts each; there are {full} in that "
            "window. Ask over a longer time, or with `method` dynamic."
        )


def _group(name: str, inside: Flags, good: Flags, gone: Flags) -> LotRow:
    return LotRow(name, float(inside.sum()), float((inside & good).sum()), float((inside & gone).sum()))


def _removed(
    units: Units, rows: NDArray[np.intp], why: Mapping[str, Flags], made: Sequence[Judged]
) -> tuple[Removed, ...]:
    """The removed units with the test on which each lies furthest out."""
    worst: dict[int, tuple[float, float, str]] = {}
    for judged in made:
        name = judged.test
        for row, value, distance in zip(
            judged.row.tolist(), judged.value.tolist(), judged.distance.tolist(), strict=True
        ):
            if row not in worst or abs(distance) > abs(worst[row][0]):
                worst[row] = (distance, value, name)
    order = sorted(rows.tolist(), key=lambda r: (-abs(worst[r][0]) if r in worst else 0.0, r))[:SHOWN]
    found = []
    for r in order:
        distance, value, test = worst.get(r, (None, None, ""))
        reasons = ", ".join(w for w, flags in why.items() if flags[r])
        x, y = int(units.x[r]), int(units.y[r])
        found.append(
            Removed(str(units.lot[r]), str(units.wafer[r]), str(units.unit[r]), x, y, reasons, test, value, distance)
        )
    return tuple(found)


def _notes(units: Units, made: Sequence[Judged]) -> tuple[str, ...]:
    """What was left out: the first few by name, the others by their number."""
    skipped = [note for j in made for note in j.skipped]
    found = [f"no limits for {note}" for note in skipped[:NAMED]]
    if len(skipped) > NAMED:
        found.append(f"no limits in {len(skipped) - NAMED} more cases")
    if not (units.x != NOWHERE).any():
        found.append("the units have no places on a wafer: neighbourhoods cannot be judged")
    crowded = [r.test for j in made for r in j.limits if r.outliers > MANY * r.count]
    found += [
        f"{test} has more than {MANY:.0%} outliers: its distribution does not fit limits of robust sigma"
        for test in dict.fromkeys(crowded)
    ][:NAMED]
    return tuple(found)
