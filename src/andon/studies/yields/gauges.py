"""Gauge studies from units that happened to be measured more than once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...model import Measurements, Numbers, Units
from ...model.measured import coded
from ...units import Measured, Ratio
from ..quality.specification import Specification
from .components import components
from .picked import Codes, Flags, grouped
from .values import over_tests

FEW = 5
"""Units that must have been measured again before a gauge is called unsure."""


@dataclass(frozen=True, slots=True)
class GaugeRow:
    """How well one test repeats, from units that were measured more than once.

    Attributes
    ----------
    test
        Its name.
    units
        Units that were measured more than once.
    equipment
        Sites or testers they were measured on.
    repeatability
        Standard deviation of measuring the same unit on the same equipment.
    reproducibility
        Standard deviation between pieces of equipment.
    gauge
        Both together.
    of_units
        Standard deviation between the units themselves.
    study_share
        Gauge over everything, as standard deviations; None of a single unit.
    tolerance_share
        Six gauge standard deviations over the width of the tolerance; None without both limits.
    categories
        Groups of units that the test can tell apart: 1.41 x units / gauge; None of a single unit.
    """

    test: str
    units: int
    equipment: int
    repeatability: Measured
    reproducibility: Measured
    gauge: Measured
    of_units: Measured
    study_share: Ratio | None
    tolerance_share: Ratio | None
    categories: int | None


def unsure(row: GaugeRow) -> bool:
    """Whether a test takes more than 30 % for itself, as far as so few units can tell."""
    if row.units < FEW:
        return False
    shares = [s for s in (row.study_share, row.tolerance_share) if s is not None]
    return bool(shares) and max(shares) > 0.3


def gauges(
    measurements: Measurements, known: Mapping[str, Specification], equipment: str
) -> tuple[tuple[GaugeRow, ...], tuple[str, ...]]:
    """A gauge study of each test that was repeated on units that passed each time."""
    units = measurements.units
    unit = _units(units)
    counts = np.bincount(unit)
    if counts.max(initial=0) < 2:
        return (), ("no unit was measured more than once: nothing is known of how well the tests repeat",)
    failed = np.zeros(len(counts), np.bool_)
    failed[unit[units.verdicts == 0]] = True
    kept: Flags = (counts[unit] > 1) & ~failed[unit]
    if not kept.any():
        return (), (
            "only units that failed were measured again: what they say of a gauge is not how good units repeat",
        )
    of, _ = grouped(units, equipment)
    rows = over_tests(lambda n, r, v: _gauge(n, v, unit[r], of[r], known[n]), measurements, kept)
    found = tuple(r for r in rows if r is not None)
    most = max((r.units for r in found), default=FEW)
    few = f"{most} good units were measured more than once: too few to judge how well tests repeat, it takes {FEW}"
    return found, (few,) if most < FEW else ()


def _units(units: Units) -> Codes:
    """One number for each unit, however often it was tested in whatever step."""
    return coded(units.lot, units.wafer, units.unit)


def _gauge(test: str, value: Numbers, unit: Codes, equipment: Codes, spec: Specification) -> GaugeRow | None:
    found = components(value, unit, equipment) if len(value) else None
    if found is None:
        return None
    gauge, of_units = found.repeat + found.between, found.unit
    spread, width = float(np.sqrt(gauge)), spec.width
    return GaugeRow(
        test,
        found.units,
        found.equipment,
        float(np.sqrt(found.repeat)),
        float(np.sqrt(found.between)),
        spread,
        float(np.sqrt(of_units)),
        float(np.sqrt(gauge / (gauge + of_units))) if gauge + of_units and found.units > 1 else None,
        6 * spread / width if width else None,
        max(1, int(1.41 * float(np.sqrt(of_units)) / spread)) if spread and found.units > 1 else None,
    )
