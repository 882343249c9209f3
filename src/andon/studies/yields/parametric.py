"""Every test of a lot at once: capability, differences between sites, testers that disagree, tests that go together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...catalog import study
from ...cores import on_cores
from ...errors import BadQuestion, NoData
from ...model import Characteristics, Measurements, Units
from ...picture import Picture, pareto
from ...units import Parts, Ratio
from .gauges import GaugeRow, gauges, unsure
from .measured_tests import Index, MeasuredTest, Sigmas, differs, measured_test, told, two_humps
from .picked import Attempts, adjusted, at_least, chosen, grouped
from .sums import Frame
from .together import Column, Pair, pairs
from .values import MANY, limits, over_tests, something


@dataclass(frozen=True, slots=True)
class Parametric:
    """What the tests of many units say.

    Attributes
    ----------
    units
        Units whose values count.
    values
        Values.
    incapable
        Tests with a Cpk below what was asked for.
    sites_differ
        Tests whose sites differ by more than `gap` and not by chance.
    two_humps
        Tests whose values have two humps.
    unsure_gauges
        Tests that take more than 30 % of the tolerance, or of the spread, for themselves.
    rows
        One row a test, the least capable first.
    gauges
        One row a test that was repeated on the same units.
    pairs
        Tests that go together, the closest first.
    notes
        What could not be told, and why.
    """

    HEADLINE: ClassVar = ("units", "values", "incapable", "sites_differ", "two_humps", "unsure_gauges")

    units: Parts
    values: int
    incapable: int
    sites_differ: int
    two_humps: int
    unsure_gauges: int
    rows: tuple[MeasuredTest, ...]
    gauges: tuple[GaugeRow, ...]
    pairs: tuple[Pair, ...]
    notes: tuple[str, ...]


def picture(answer: Parametric) -> Picture:
    """How far each of the worst tests is from its nearer limit, turned round: 1 / Cpk."""
    rows = [(r.test, 1 / r.cpk) for r in answer.rows if r.cpk is not None and r.cpk > 0]
    return pareto("Tests that use most of their tolerance", sorted(rows, key=lambda r: -r[1])[:12], "1/Cpk")


@study(picture=picture)
def parametric(
    measurements: Measurements,
    characteristics: Characteristics | None = None,
    attempts: Attempts = "last",
    equipment: str = "site",
    subgroup: str = "wafer",
    wanted: Index = 1.33,
    gap: Sigmas = 0.5,
    correlation: Ratio = 0.8,
) -> Parametric:
    """Which tests are not capable, differ by site, repeat badly or go together.

    Cpk = min(high - mean, mean - low) / 3 sigma, with sigma pooled within subgroups; Ppk with that of all values, and
    Bissell's lower limit of 95 % confidence. Sites are compared by the analysis of variance, with the share of false
    findings among all tests; with thousands of values everything differs, so it is told only beyond `gap`. Where
    units were measured more than once and passed each time, a gauge study tells how much of the spread is the tester's
    (variance components by Henderson's method 3, for data as they come). Two humps are told by the valley between them.

    Use `capability` instead for one test in depth, `gauge_rr` for a planned gauge study.

    Parameters
    ----------
    measurements
        Values by test on units.
    characteristics
        What the plant says about tests; its limits win over those that came with the values.
    attempts
        Which tests of a unit count: last, first or all.
    equipment
        What is compared: site, tester, probe_card, or anything else that was said of the units.
    subgroup
        What belongs together for the spread within: wafer, lot, or anything else that was said of the units.
    wanted
        Cpk that a test needs to be called capable.
    gap
        Standard deviations by which means of sites must differ to be told.
    correlation
        The least correlation, either way, of two tests that are told to go together.

    Returns
    -------
    Parametric
        A row a test, the gauge studies, and pairs of tests.

    Raises
    ------
    NoData
        Nothing was measured.
    BadQuestion
        A setting does not fit.

    Examples
    --------
    >>> rows = [(i, f"die-{i}", "vdd", 5.0 + 0.01 * (i % 7)) for i in range(70)]
    >>> found = Measurements.of(rows, limits={"vdd": (4.9, 5.2)}, site=[i % 2 for i in range(70)])
    >>> answer = parametric(found)
    >>> [(r.test, r.count, round(r.ppk, 2), r.outside) for r in answer.rows]
    [('vdd', 70, 2.15, 0.0)]

    References
    ----------
    ISO 22514-2 for Ppk; A. F. Bissell: How reliable is your capability index? Applied Statistics 39 (1990), 331-340;
    Y. Benjamini, Y. Hochberg: Controlling the False Discovery Rate. J. R. Statist. Soc. B 57 (1995), 289-300.
    """
    something(measurements)
    at_least("wanted", wanted, 0)
    at_least("gap", gap, 0)
    if not 0 < correlation <= 1:
        raise BadQuestion(f"correlation = {correlation:g} does not fit: it is above 0 and at most 1.")
    units = measurements.units
    kept = chosen(units, attempts)
    site, sites = grouped(units, equipment)
    sub, subs = grouped(units, subgroup)
    frame = Frame(sites, site, sub, len(subs), wanted, gap)
    known = limits(measurements, characteristics)
    columns = [c for c in over_tests(Column, measurements, kept) if len(c.value)]
    if not columns:
        raise NoData("No value of these units is a number.")
    seats = frame.seats(columns[0].row)
    raw = on_cores(lambda c: measured_test(c, known[c.test], frame.seats(c.row, seats), sites), columns, MANY)
    chances = adjusted(np.array([r.chance for r in raw]))
    rows = [told(r.row, float(q), frame) for r, q in zip(raw, chances, strict=True)]
    studied, notes = gauges(measurements, known, equipment)
    return Parametric(
        _seen(columns, units),
        sum(len(c.value) for c in columns),
        sum(r.cpk is not None and r.cpk < wanted for r in rows),
        sum(differs(r, frame) for r in rows),
        sum(two_humps(r) for r in rows),
        sum(unsure(g) for g in studied),
        tuple(sorted(rows, key=lambda r: (r.cpk is None, r.cpk or 0.0, r.test))),
        studied,
        pairs(columns, len(units), least=correlation, most=50),
        notes,
    )


def _seen(columns: Sequence[Column], units: Units) -> float:
    found = np.zeros(len(units), np.bool_)
    for c in columns:
        found[c.row] = True
        if found.all():
            break
    return float(found.sum())
