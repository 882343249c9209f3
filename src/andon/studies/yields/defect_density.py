"""How densely defects lie and how they cluster, from defects counted on units; and what yield that makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy

from ...catalog import study
from ...errors import BadQuestion
from ...model import Measurements, Numbers
from ...picture import Picture, lines
from ...units import Probability, Ratio, Statistic
from .models import MODELS, alpha_by_likelihood, alpha_by_moments, log_chance
from .results import values_of
from .yield_model import Density, Faults, SquareMillimetres

LONGEST = 100
"""Rows of counts at most."""
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class CountRow:
    """Units with one number of defects.

    Attributes
    ----------
    defects
        The number.
    units
        Units that have it.
    poisson
        Units expected if defects fell anywhere by chance.
    clustered
        Units expected by the negative binomial; None where defects do not cluster.
    """

    defects: int
    units: int
    poisson: Statistic
    clustered: Statistic | None


@dataclass(frozen=True, slots=True)
class DefectYield:
    """The share of units without a defect, by one model.

    Attributes
    ----------
    model
        Its name.
    formula
        Its formula: x is the mean number of defects.
    defect_free
        The share by it.
    """

    model: str
    formula: str
    defect_free: Ratio


@dataclass(frozen=True, slots=True)
class DefectDensity:
    """Defects counted on units.

    Attributes
    ----------
    test
        What was counted.
    units
        Units on which it was.
    defects
        Their defects all together.
    mean
        Defects a unit.
    mean_low, mean_high
        Its limits at 95 % confidence, as wide as the counts scatter.
    variance
        Variance of the counts: as large as the mean if defects fall by chance.
    alpha
        Clustering by moments: mean^2 / (variance - mean); None where the variance is not above the mean.
    alpha_likely
        Clustering by maximum likelihood of a negative binomial; None where defects do not cluster.
    p
        How often defects that fall by chance scatter as much (dispersion test).
    area
        Area of a unit; None where it was not given.
    defect_free
        The share of units without a defect, as found.
    models
        The same by each model.
    counts
        A row for each number of defects.
    """

    HEADLINE: ClassVar = ("mean", "d0", "alpha", "alpha_likely", "p", "defect_free", "units", "defects")

    test: str
    units: int
    defects: int
    mean: Faults
    mean_low: Faults
    mean_high: Faults
    variance: Statistic
    alpha: Statistic | None
    alpha_likely: Statistic | None
    p: Probability | None
    area: SquareMillimetres | None
    defect_free: Ratio
    models: tuple[DefectYield, ...]
    counts: tuple[CountRow, ...]

    @property
    def d0(self) -> Density | None:
        """Defects a square centimetre; None without the area of a unit."""
        return self.mean / self.area * 100 if self.area else None

    @property
    def flags(self) -> tuple[str, ...]:
        """What is wrong or remarkable, in words."""
        few = self.units < 30 or self.defects < 10
        chance = self.p is not None and self.p < 0.01
        return (
            *([f"{self.defects} defects on {self.units} units are few: alpha is rough"] if few else []),
            *(["defects cluster: Poisson's yield is too low"] if chance else []),
        )


def picture(answer: DefectDensity) -> Picture:
    """How many units have how many defects: found, by chance, and clustered."""
    rows: list[tuple[str, float, float | None]] = []
    for row in answer.counts:
        rows += [("found", row.defects, float(row.units)), ("poisson", row.defects, row.poisson)]
        rows += [("negative binomial", row.defects, row.clustered)] if row.clustered is not None else []
    return lines(f"Defects: {answer.test}", rows, "units", x="defects of a unit", y="units")


@study(picture=picture)
def defect_density(
    measurements: Measurements,
    test: str = "",
    lot: str = "",
    wafer: str = "",
    step: str = "",
    area: SquareMillimetres | None = None,
) -> DefectDensity:
    """How many defects a unit has, how they cluster, and what yield that makes.

    For defects that were counted: by inspection on each die, panel or part. Each unit counts by its last test. Counts
    that scatter more than their mean lie in clusters, which alpha tells (by moments and by maximum likelihood): the
    smaller, the denser; clustered defects leave more units whole than as many that fall by chance.

    Use `yield_model` where it is only known which dies passed.

    Parameters
    ----------
    measurements
        What was measured.
    test
        The test whose values are numbers of defects.
    lot
        Only units of this lot.
    wafer
        Only units of this wafer.
    step
        Only units of this test step.
    area
        Area of a unit that was looked at; without it there are defects a unit, but no density.

    Returns
    -------
    DefectDensity
        Mean, clustering, and the share without a defect by each model.

    Raises
    ------
    NoData
        Nothing was counted in the window.
    UnknownName
        There is no such test, lot, wafer or step.
    BadQuestion
        The values are no counts, or the area is not above 0.

    Examples
    --------
    >>> rows = [(i, f"die {i}", "defects", d) for i, d in enumerate([0, 0, 4, 4])]
    >>> found = defect_density(Measurements.of(rows), area=50.0)
    >>> found.mean, round(found.alpha, 6), found.d0, found.defect_free
    (2.0, 1.2, 4.0, 0.5)

    References
    ----------
    C. H. Stapper: Defect density distribution for LSI yield calculations. IEEE Trans. Electron Devices 20 (1973),
    655-657.
    C. I. Bliss, R. A. Fisher: Fitting the negative binomial distribution to biological data. Biometrics 9 (1953),
    176-200: maximum likelihood.
    """
    if area is not None and not area > 0:
        raise BadQuestion(f"area = {area:g} must be above 0.")
    found = values_of(measurements.take(test), lot=lot, wafer=wafer, step=step)
    counts = _checked(found.name, found.value)
    mean, spread = float(counts.mean()), _standard_error(counts)
    likely = alpha_by_likelihood(counts)
    return DefectDensity(
        found.name,
        len(counts),
        int(counts.sum()),
        mean,
        max(0.0, mean - spread),
        mean + spread,
        float(counts.var(ddof=1)) if len(counts) > 1 else 0.0,
        alpha_by_moments(counts),
        likely,
        _dispersion(counts),
        area,
        float((counts == 0).mean()),
        tuple(
            DefectYield(name, model.formula, float(model.share(np.array([mean]), likely or 1.0)[0]))
            for name, model in MODELS.items()
            if not model.shape or (model.shape == "alpha" and likely)
        ),
        _rows(counts, mean, likely),
    )


def _checked(test: str, value: Numbers) -> Numbers:
    """The values, if they are numbers of defects."""
    wrong = value[(value < 0) | (value != np.round(value))]
    if len(wrong):
        raise BadQuestion(
            f"test {test!r} has the value {wrong[0]:g}, which is no number of defects: name another test."
        )
    if value.max() > MOST:
        raise BadQuestion(f"test {test!r} has the value {value.max():g}: more than {MOST:,} defects on a unit.")
    return value


def _standard_error(counts: Numbers) -> float:
    """Half the width of the 95 % limits of the mean, by what the counts scatter, or by Poisson if that is more."""

    if len(counts) < 2:
        return 1.96 * float(np.sqrt(counts[0] + 1.0))
    variance = max(float(counts.var(ddof=1)), float(counts.mean()))
    return float(scipy.special.stdtrit(len(counts) - 1, 0.975)) * float(np.sqrt(variance / len(counts)))


def _dispersion(counts: Numbers) -> float | None:
    """Fisher's index of dispersion: (n - 1) variance / mean is chi-square if defects fall by chance."""

    if len(counts) < 2 or not counts.sum():
        return None
    return float(scipy.special.chdtrc(len(counts) - 1, (len(counts) - 1) * counts.var(ddof=1) / counts.mean()))


def _rows(counts: Numbers, mean: float, alpha: float | None) -> tuple[CountRow, ...]:
    sizes = np.arange(min(int(counts.max()), LONGEST) + 1)
    units = [int((counts == s).sum()) for s in sizes]
    chance = (len(counts) * np.exp(log_chance(sizes.astype(np.float64), mean, np.inf))).tolist()
    none = [None] * len(sizes)
    clustered = (len(counts) * np.exp(log_chance(sizes.astype(np.float64), mean, alpha))).tolist() if alpha else none
    return tuple(CountRow(int(s), *row) for s, *row in zip(sizes, units, chance, clustered, strict=True))
