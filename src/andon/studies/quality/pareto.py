"""The few that matter: which bins, lots, causes or machines' states make up most of what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from ...catalog import study
from ...errors import BadQuestion, NoData
from ...model import Measurements, Process
from ...picture import Picture
from ...picture import pareto as drawn
from ...units import Ratio, Unit
from .amounts import share_limits
from .joined import FACTS, groups_of

Amount = Annotated[float, Unit("{part}")]


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause.

    Attributes
    ----------
    cause
        Its name.
    count
        Bad units of this cause.
    share
        Of all bad units.
    cumulative
        Share of this cause and all greater ones.
    rate
        Bad units over tested units of this cause; None where good units have no cause (bins, failed tests).
    rate_low, rate_high
        Its 95 % interval (Clopper-Pearson).
    vital
        It belongs to the few that make up the wanted share.
    """

    cause: str
    count: Amount
    share: Ratio
    cumulative: Ratio
    rate: Ratio | None
    rate_low: Ratio | None
    rate_high: Ratio | None
    vital: bool


@dataclass(frozen=True, slots=True)
class Pareto:
    """What bad units are made up of.

    Attributes
    ----------
    cause
        What was counted by.
    bad
        Bad units.
    tested
        Units that were judged.
    vital
        How many causes make up the wanted share.
    greatest
        The greatest cause.
    rows
        The causes, greatest first.
    remarks
        What to bear in mind.
    """

    HEADLINE = ("greatest", "vital", "bad", "tested")

    cause: str
    bad: int
    tested: int
    vital: int
    greatest: str
    rows: tuple[Cause, ...]
    remarks: tuple[str, ...]


def pareto_picture(answer: Pareto) -> Picture:
    """The causes, greatest first, with the share they add up to."""
    return drawn(f"Bad units by {answer.cause}", [(r.cause, r.count) for r in answer.rows], "{part}")


@study(picture=pareto_picture)
def pareto(
    measurements: Measurements,
    process: Process | None = None,
    cause: str = "test",
    which: Literal["last", "first", "all"] = "last",
    wanted: Ratio = 0.8,
) -> Pareto:
    """Which few causes make up most of the bad units.

    By `test` a unit counts for the first test that it failed (the cause that stopped it), by `bin` for its hard bin,
    else for a fact that good units have as well: then the rate of each is told with its interval, because a lot that
    is large has many bad units without being bad.

    Use `comparison` or `what_moved` instead to see whether a difference is more than chance, and `bins` for yields.

    Parameters
    ----------
    measurements
        Units and what was measured on them.
    process
        What the machine did then: its orders, products, shifts and settings can be causes.
    cause
        test, bin, soft bin, lot, wafer, product, step, site, a fact of the units such as who, or a text of the machine
        such as order.
    which
        Which tests of a unit count: its last, its first, or all.
    wanted
        Share of the bad units that the vital few make up.

    Returns
    -------
    Pareto
        The causes, greatest first.

    Raises
    ------
    NoData
        No unit was judged, or none failed.
    UnknownName
        Nobody said anything by that name.

    Examples
    --------
    >>> rows = [(i, str(i), "width", float(i % 10)) for i in range(100)]
    >>> found = pareto(Measurements.of(rows, limits={"width": (1.0, None)}, passed=[i % 10 > 0 for i in range(100)]))
    >>> found.greatest, found.bad, found.tested
    ('width', 10, 100)

    References
    ----------
    J. M. Juran: Quality Control Handbook. 1951.
    C. J. Clopper, E. S. Pearson: The Use of Confidence or Fiducial Limits. Biometrika 26 (1934), 404-413.
    """
    if not 0 < wanted <= 1:
        raise BadQuestion(f"wanted = {wanted} is a share: write 0.8 for 80 %.")
    units = measurements.units
    passed = units.verdicts
    judged = passed >= 0
    if which != "all":
        judged &= units.last if which == "last" else units.first
    rows = np.flatnonzero(judged)
    is_bad = passed[rows] == 0
    if not is_bad.any():
        raise NoData(f"Of {len(rows)} units that were judged none failed: there is nothing to count.")
    names, rated = _causes(measurements, process, cause, rows)
    groups = groups_of(np.where(names == "", "(not said)", names))
    counted = {n: (int(is_bad[p].sum()), len(p)) for n, p in groups.items()}
    return _told(cause, counted, (int(is_bad.sum()), len(rows)), rated=rated, wanted=wanted)


def _causes(
    measurements: Measurements, process: Process | None, cause: str, rows: np.ndarray
) -> tuple[np.ndarray, bool]:
    """The cause of each unit, and whether good units have one as well."""
    units = measurements.units
    if cause == "test":
        return _first_failed(measurements)[rows], False
    if cause in ("bin", "soft bin"):
        numbers, known = (units.hard, units.hard_bins) if cause == "bin" else (units.soft, units.soft_bins)
        said = [f"{b} {known[b].name}".strip() if b in known else str(b) for b in numbers[rows].tolist()]
        return np.array(["" if b < 0 else s for b, s in zip(numbers[rows].tolist(), said, strict=True)], object), False
    if process is not None and cause in process.texts and cause not in (*FACTS, *units.facts):
        return np.array(process.text_at(cause, units.at[rows]), object), True
    return np.asarray(units.column(cause)[rows], object), True


def _first_failed(measurements: Measurements) -> np.ndarray:
    """The first test in order that each unit failed, "" where it failed none."""
    found = np.full(len(measurements.units), "", object)
    for j in reversed(range(len(measurements.tests))):
        part = slice(int(measurements.first[j]), int(measurements.first[j + 1]))
        found[measurements.row[part][measurements.passed[part] == 0]] = measurements.tests[j].name
    return found


def _told(
    cause: str, counted: dict[str, tuple[int, int]], of: tuple[int, int], *, rated: bool, wanted: float
) -> Pareto:

    bad, tested = of
    rows, sofar, vital = [], 0, 0
    for name, (count, among) in sorted(counted.items(), key=lambda c: (-c[1][0], c[0])):
        if not count:
            continue
        needed = sofar < wanted * bad
        sofar, vital = sofar + count, vital + needed
        rate, (low, high) = (count / among, share_limits(count, among)) if rated else (None, (None, None))
        rows.append(Cause(name, float(count), count / bad, sofar / bad, rate, low, high, needed))
    few = [f"only {bad} bad units: the order of the causes is uncertain"] if bad < 20 else []
    return Pareto(cause, bad, tested, vital, rows[0].cause, tuple(rows), tuple(few))
