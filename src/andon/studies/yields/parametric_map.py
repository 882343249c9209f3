"""Where on the wafer a measured value is high or low: maps, values by place, and whether neighbours are alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import numpy as np
import scipy

from ...catalog import study
from ...errors import UnknownName
from ...model import Found, Measurements, Numbers
from ...picture import Picture, wafer
from ...units import Correlation, Measured, Probability, Ratio, Statistic
from ..quality.amounts import Size
from .clusters import moran
from .maps import Map, difference, drawn, stacked
from .places import Dies, Disc, Grouping, dies, groupings
from .results import values_of
from .wafer_map import compared

Show = Literal["wafers", "stacked"]
ROBUST = 1.349
"""Interquartile range of a normal distribution, in standard deviations."""


@dataclass(frozen=True, slots=True)
class WaferValues:
    """The values of one wafer.

    Attributes
    ----------
    lot, wafer
        Which one.
    dies
        Dies with a value.
    median
        Half of them are lower.
    sigma
        Their robust standard deviation: interquartile range / 1.349.
    alike
        Moran's I: 0 where values lie anywhere, near 1 where neighbours are alike; None where all are equal.
    p
        How often values that lie anywhere make neighbours as much alike; None where it cannot be told.
    """

    lot: str
    wafer: str
    dies: int
    median: Measured
    sigma: Measured
    alike: Correlation | None
    p: Probability | None


@dataclass(frozen=True, slots=True)
class PlaceValues:
    """The values of one part of all wafers.

    Attributes
    ----------
    grouping
        "radial zone" (rings of equal area, 1 is the centre), "sector" (degrees from the right, upward) or "reticle"
        (column and row in the shot).
    name
        Which one.
    dies
        Dies with a value.
    median
        Half of them are lower; None where there is no die.
    apart
        Median less that of all dies, in robust standard deviations of all; None where there is none.
    """

    grouping: str
    name: str
    dies: int
    median: Measured | None
    apart: Size | None


@dataclass(frozen=True, slots=True)
class PlaceContrast:
    """Whether places differ.

    Attributes
    ----------
    grouping
        What the dies were grouped by.
    explained
        Share of the ranks' variance that the place explains (epsilon squared).
    statistic
        Kruskal and Wallis' H.
    freedom
        Its degrees of freedom: groups less one.
    p
        How often chance alone makes them differ as much, if dies are independent of each other.
    """

    grouping: str
    explained: Ratio
    statistic: Statistic
    freedom: int
    p: Probability


@dataclass(frozen=True, slots=True)
class ParametricMap:
    """Where values are high and low.

    Attributes
    ----------
    test
        What was measured.
    unit
        Unit of the values.
    shown
        "wafers", "stacked", or "difference" of two stacks.
    dies
        Dies with a value, each by its last.
    median
        Half of them are lower.
    sigma
        Their robust standard deviation: interquartile range / 1.349.
    radial
        Rank correlation of the value with the distance from the centre: 1 rises to the edge all over, -1 falls.
    wafers
        A row for each wafer.
    by_place
        Values by zone, sector and place in the shot.
    contrasts
        Whether zones, sectors and places in the shot differ.
    maps
        The dies of each map.
    """

    HEADLINE: ClassVar = ("test", "median", "sigma", "radial", "dies")
    INNER: ClassVar = ("maps",)

    test: str
    unit: str
    shown: str
    dies: int
    median: Measured
    sigma: Measured
    radial: Correlation | None
    wafers: tuple[WaferValues, ...]
    by_place: tuple[PlaceValues, ...]
    contrasts: tuple[PlaceContrast, ...]
    maps: tuple[Map, ...]

    @property
    def flags(self) -> tuple[str, ...]:
        """What is wrong or remarkable, in words."""
        alike = sum(w.p is not None and w.p < 0.01 for w in self.wafers)
        return (f"neighbours are alike on {alike} of {len(self.wafers)} wafers",) if alike else ()


def picture(answer: ParametricMap) -> Picture:
    """The maps: one big, several as a gallery."""
    rows = [(m.name, x, y, value, "", None) for m in answer.maps for x, y, value in zip(m.x, m.y, m.value, strict=True)]
    return wafer(answer.test, rows, "" if answer.unit == "1" else answer.unit, notch=None, subtitle=answer.shown)


@study(picture=picture)
def parametric_map(
    measurements: Measurements,
    test: str = "",
    lot: str = "",
    wafer: str = "",
    step: str = "",
    show: Show = "wafers",
    against: str = "",
    zones: int = 5,
    sectors: int = 8,
    reticle: str = "",
) -> ParametricMap:
    """Where on the wafer a measured value is high or low.

    Each die counts by its last value of the test. `show` wafers draws each wafer, stacked the mean of all at each
    place; with `against`, another lot (or wafer, where `wafer` is given), the difference of two stacks. Medians and
    ranks are used throughout, so that a few wild values move nothing; Moran's I says whether neighbours are alike.

    Use `wafer_map` for bins and yield.

    Parameters
    ----------
    measurements
        What was measured: values of units with a wafer and a place (x, y) are those of dies.
    test
        Which test.
    lot
        Only dies of this lot.
    wafer
        Only dies of this wafer.
    step
        Only dies of this test step.
    show
        What the maps show: wafers or stacked.
    against
        A lot (or wafer, where `wafer` is given) whose values are taken off.
    zones
        Number of rings.
    sectors
        Number of sectors.
    reticle
        Dies of a shot across and down, such as 4x2.

    Returns
    -------
    ParametricMap
        Maps, and values by wafer and place.

    Raises
    ------
    NoData
        The test was measured on no die in the window.
    UnknownName
        There is no such test, lot, wafer, step or map.
    BadQuestion
        A number of zones or sectors, or a reticle, that does not fit; `against` without `lot` or `wafer`.

    Examples
    --------
    A value that rises from left to right:

    >>> places = [(x, y) for x in range(5) for y in range(5)]
    >>> rows = [(i, f"{x},{y}", "vth", 0.1 * x) for i, (x, y) in enumerate(places)]
    >>> x, y = zip(*places)
    >>> found = parametric_map(Measurements.of(rows, unit="V", wafer=["W1"] * 25, x=x, y=y), sectors=2)
    >>> found.median, round(found.wafers[0].alike, 3), found.wafers[0].p < 1e-6
    (0.2, 0.639, True)

    References
    ----------
    P. A. P. Moran: Notes on continuous stochastic phenomena. Biometrika 37 (1950), 17-23.
    W. H. Kruskal, W. A. Wallis: Use of ranks in one-criterion variance analysis. JASA 47 (1952), 583-621.
    """
    if show not in get_args(Show):
        raise UnknownName("map", show, get_args(Show))
    found = measurements.take(test)
    there, value = _dies(values_of(found, lot=lot, wafer=wafer, step=step))
    other = compared(lot, wafer, against)
    if other:
        below = stacked(*_dies(values_of(found, **other, step=step)))
        maps: tuple[Map, ...] = (difference(stacked(there, value), below),)
    else:
        maps = (stacked(there, value),) if show == "stacked" else drawn(there, value, np.full(len(there), -1, np.int8))
    median, sigma = _middle(value)
    groups = groupings(there, zones=zones, sectors=sectors, reticle=reticle)
    return ParametricMap(
        found.name,
        found.unit,
        "difference" if other else show,
        len(there),
        median,
        sigma,
        _radial(there, value),
        _wafers(there, value),
        tuple(row for group in groups for row in _places(group, value, median, sigma)),
        tuple(_contrast(group, value) for group in groups),
        maps,
    )


def _dies(found: Found) -> tuple[Dies, Numbers]:
    """The dies of the values, each with its value."""
    units = found.units
    there = dies(units, found.row.astype(np.intp))
    of_row = np.full(len(units), np.nan)
    of_row[found.row] = found.value
    return there, of_row[there.row]


def _middle(value: Numbers) -> tuple[float, float]:
    low, median, high = np.percentile(value, (25, 50, 75))
    return float(median), float(high - low) / ROBUST


def _radial(found: Dies, value: Numbers) -> float | None:
    """Spearman's rank correlation with the distance from the centre."""

    away = scipy.stats.rankdata(Disc.around(found.x, found.y).radius(found.x, found.y))
    ranks = scipy.stats.rankdata(value)
    return float(np.corrcoef(away, ranks)[0, 1]) if np.ptp(away) and np.ptp(ranks) else None


def _wafers(found: Dies, value: Numbers) -> tuple[WaferValues, ...]:

    index, z = moran(found, value)
    rows = []
    for place, name in enumerate(found.wafers):
        of = value[found.of == place]
        told = np.isfinite(z[place])
        alike, p = (float(index[place]), float(scipy.special.ndtr(-z[place]))) if told else (None, None)
        rows.append(WaferValues(*name, len(of), *_middle(of), alike, p))
    return tuple(rows)


def _places(group: Grouping, value: Numbers, middle: float, sigma: float) -> list[PlaceValues]:
    rows = []
    for place, name in enumerate(group.names):
        of = value[group.of == place]
        median = float(np.median(of)) if len(of) else None
        apart = (median - middle) / sigma if median is not None and sigma else None
        rows.append(PlaceValues(group.by, name, len(of), median, apart))
    return rows


def _contrast(group: Grouping, value: Numbers) -> PlaceContrast:
    """Kruskal and Wallis' test with ties allowed for."""

    ranks, n = scipy.stats.rankdata(value), len(value)
    often = np.bincount(group.of, minlength=len(group.names)).astype(np.float64)
    sums = np.bincount(group.of, weights=ranks, minlength=len(group.names))[often > 0]
    freedom, spread = int((often > 0).sum()) - 1, float(ranks.var()) * n / (n - 1) if n > 1 else 0.0
    if not spread or freedom < 1:
        return PlaceContrast(group.by, 0.0, 0.0, max(freedom, 0), 1.0)
    h = float((often[often > 0] * (sums / often[often > 0] - (n + 1) / 2) ** 2).sum()) / spread
    return PlaceContrast(group.by, h / (n - 1), h, freedom, float(scipy.special.chdtrc(freedom, h)))
