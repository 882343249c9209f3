"""How much of the yield is lost by chance: fault density by several models, and the share that no chance explains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from ...catalog import study
from ...errors import BadQuestion, NoData
from ...model import Units
from ...picture import Picture, lines
from ...units import Ratio, Statistic, Unit
from .maps import judged
from .models import MODELS, dies_per_wafer, faults, share
from .places import dies
from .results import chosen
from .windows import Counted, Fit, counted, fitted, limits

Density = Annotated[float, Unit("cm-2")]
SquareMillimetres = Annotated[float, Unit("mm2")]
Millimetres = Annotated[float, Unit("mm")]
Faults = Annotated[float, Unit("{fault}")]
Dies = Annotated[float, Unit("{die}")]
SCALES = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model.

    Attributes
    ----------
    model
        Its name.
    formula
        Its formula: x is the mean number of faults on a die.
    faults
        x that fits the windows, beside the systematic yield.
    systematic
        The share of dies that chance has a say in: what remains is lost whole areas at a time.
    shape
        alpha of the negative binomial (small: faults lie in clusters), layers of Bose-Einstein; None for the others.
    misfit
        Weighted squares by which it misses the windows; to be compared between models, no chi-square.
    faults_alone
        x that explains the yield of single dies alone, were all loss chance; None where nothing passed.
    d0_alone
        `faults_alone` a square centimetre; None without the area of a die.
    """

    model: str
    formula: str
    faults: Faults | None
    systematic: Ratio | None
    shape: Statistic | None
    misfit: Statistic | None
    faults_alone: Faults | None
    d0_alone: Density | None


@dataclass(frozen=True, slots=True)
class WindowRow:
    """Windows of one size.

    Attributes
    ----------
    size
        Dies of a window.
    windows
        How many lie whole on a wafer, overlapping ones too.
    passed
        Those whose dies all passed.
    passed_share
        `passed` over `windows`.
    expected
        The share by the best model; None where no model fits.
    """

    size: int
    windows: int
    passed: int
    passed_share: Ratio | None
    expected: Ratio | None


@dataclass(frozen=True, slots=True)
class AreaRow:
    """What a die of another area would yield.

    Attributes
    ----------
    area
        Its area.
    dies
        Whole dies on a wafer.
    die_yield
        Their yield by the best model, the systematic share included.
    good
        Good dies on a wafer.
    """

    area: SquareMillimetres
    dies: Dies
    die_yield: Ratio
    good: Dies


@dataclass(frozen=True, slots=True)
class YieldModel:
    """What chance and what systematic loss take.

    Attributes
    ----------
    dies
        Dies with a verdict.
    passed
        Those that passed.
    wafers
        Wafers they lie on.
    best
        The model that misses the windows least, with 2 off for each parameter; "" where none can be fitted.
    faults
        Mean number of random faults on a die, by the best model.
    faults_low, faults_high
        Its limits at 95 % confidence, by leaving out wafers; None for fewer than 5 wafers.
    systematic
        Systematic yield by the best model: the share of dies that chance has a say in.
    alpha
        Clustering of the faults by the negative binomial model: small in clusters, above 10 as good as none.
    area
        Area of a die; None where it was not given.
    models
        A row for each model.
    windows
        A row for each size of window.
    areas
        What dies of other areas would yield; empty without the area.
    """

    HEADLINE: ClassVar = ("die_yield", "best", "systematic", "random_yield", "faults", "d0", "alpha", "dies", "wafers")

    dies: int
    passed: int
    wafers: int
    best: str
    faults: Faults | None
    faults_low: Faults | None
    faults_high: Faults | None
    systematic: Ratio | None
    alpha: Statistic | None
    area: SquareMillimetres | None
    models: tuple[ModelRow, ...]
    windows: tuple[WindowRow, ...]
    areas: tuple[AreaRow, ...]

    @property
    def die_yield(self) -> Ratio | None:
        """Dies that passed, over all with a verdict."""
        return self.passed / self.dies if self.dies else None

    @property
    def random_yield(self) -> Ratio | None:
        """The yield that chance alone would leave, by the best model: die yield = systematic x random."""
        expected = self.windows[0].expected if self.windows else None
        return expected / self.systematic if expected is not None and self.systematic else None

    @property
    def d0(self) -> Density | None:
        """Random faults a square centimetre; None without the area of a die."""
        return _density(self.faults, self.area)

    @property
    def d0_low(self) -> Density | None:
        """Its lower limit at 95 % confidence."""
        return _density(self.faults_low, self.area)

    @property
    def d0_high(self) -> Density | None:
        """Its upper limit at 95 % confidence."""
        return _density(self.faults_high, self.area)

    @property
    def flags(self) -> tuple[str, ...]:
        """What is wrong or remarkable, in words."""
        few = self.wafers < 5
        return (
            *(["too few windows of dies passed or failed: no model can be told from another"] if not self.best else []),
            *([f"{self.wafers} wafers are too few to say how sure this is: it takes 5"] if few else []),
        )


def picture(answer: YieldModel) -> Picture:
    """The share of windows that pass whole by their size: found, by the best model, and by Poisson's."""
    rows: list[tuple[str, float, float | None]] = []
    for w in answer.windows:
        rows.append(("found", w.size, None if w.passed_share is None else 100 * w.passed_share))
        rows.append((answer.best, w.size, None if w.expected is None else 100 * w.expected))
    kept = [r for r in rows if r[0]]
    return lines("Windows of dies that all pass", kept, "%", x="dies of a window", y="share")


@study(picture=picture)
def yield_model(
    units: Units,
    lot: str = "",
    wafer: str = "",
    step: str = "",
    area: SquareMillimetres | None = None,
    diameter: Millimetres = 300.0,
    edge: Millimetres = 3.0,
    alpha: Statistic | None = None,
    layers: int = 10,
) -> YieldModel:
    """How much yield is lost by chance, at which fault density, and how much is not.

    If faults fall by chance, a window of k dies passes whole with the share Y0 x Y(k x), where Y is a model of random
    faults and Y0 the share of dies chance has a say in. The windows of 1 to 16 neighbouring dies tell x, Y0 and, by the
    negative binomial, alpha apart (windowing method); single dies alone cannot. Each die counts by its last test.
    Models are named by formula, as books disagree on names: 1/(1 + x) is Seeds' for some and Price's for others.

    Use `defect_density` where defects on dies were counted by inspection.

    Parameters
    ----------
    units
        The units that were tested: those with a wafer and a place (x, y) are dies.
    lot
        Only dies of this lot.
    wafer
        Only dies of this wafer.
    step
        Only dies of this test step.
    area
        Area of a die; without it there are faults a die, but no density.
    diameter
        Diameter of the wafer, for what a die of another area would yield.
    edge
        Rim of the wafer that holds no dies, for the same.
    alpha
        Clustering, if it is known; else it is fitted.
    layers
        Critical layers of the Bose-Einstein model.

    Returns
    -------
    YieldModel
        Fault density, systematic yield, and a row for each model.

    Raises
    ------
    NoData
        No die was tested in the window.
    UnknownName
        There is no such lot, wafer or step.
    BadQuestion
        An area, a diameter, an alpha or a number of layers that cannot be.

    Examples
    --------
    Every fourth die of a wafer fails:

    >>> x, y = [i % 20 for i in range(400)], [i // 20 for i in range(400)]
    >>> passed = [(7 * a + 3 * b) % 4 > 0 for a, b in zip(x, y)]
    >>> tested = Units.of(range(400), map(str, range(400)), wafer=["W1"] * 400, x=x, y=y, passed=passed)
    >>> found = yield_model(tested, area=25.0)
    >>> found.die_yield, round(found.models[0].faults_alone, 4), round(found.models[0].d0_alone, 3)
    (0.75, 0.2877, 1.151)

    References
    ----------
    C. H. Stapper: Modeling of integrated circuit defect sensitivities. IBM J. Res. Dev. 27 (1983), 549-557.
    B. T. Murphy: Cost-size optima of monolithic integrated circuits. Proc. IEEE 52 (1964), 1537-1545.
    R. B. Seeds: Yield, economic, and logistic models for complex digital arrays. IEEE Int. Conv. Rec. (1967), 61-66.
    J. A. Cunningham: The use and evaluation of yield models in integrated circuit manufacturing. IEEE Trans. Semicond.
    Manuf. 3 (1990), 60-71: windowing and the systematic share.
    """
    if (area is not None and not area > 0) or (alpha is not None and not alpha > 0) or layers < 1 or diameter <= 0:
        raise BadQuestion(
            f"area = {area}, diameter = {diameter:g}, alpha = {alpha} and layers = {layers} must be above 0."
        )
    units_ = chosen(units, lot=lot, wafer=wafer, step=step)
    known, passed = judged(units_, dies(units_))
    if not len(known):
        raise NoData("No die there has a verdict in that window: nobody said which passed.")
    counts = counted(known, passed)
    shapes = {"negative binomial": alpha, "bose-einstein": float(layers)}
    fits = {name: fitted(name, counts, shapes.get(name)) for name in MODELS}
    fit = min((f for f in fits.values() if f), key=lambda f: f.misfit + 2 * f.parameters, default=None)
    clustered = fits["negative binomial"]
    yield_ = float(passed.mean())
    return YieldModel(
        len(known),
        int(passed.sum()),
        len(known.wafers),
        fit.model if fit else "",
        fit.faults if fit else None,
        *(limits(fit, counts, shapes.get(fit.model)) if fit else (None, None)),
        fit.systematic if fit else None,
        alpha or (clustered.shape if clustered else None),
        area,
        tuple(_row(name, fits[name], yield_, shapes.get(name), area) for name in MODELS),
        _windows(counts, fit),
        _areas(fit, area, diameter, edge) if fit and area else (),
    )


def _row(name: str, fit: Fit | None, yield_: float, shape: float | None, area: float | None) -> ModelRow:
    used = shape or (fit.shape if fit else None)
    alone = None if MODELS[name].shape and not used else faults(name, yield_, used or 1.0)
    formula, density = MODELS[name].formula, _density(alone, area)
    if fit is None:
        return ModelRow(name, formula, None, None, shape, None, alone, density)
    return ModelRow(name, formula, fit.faults, fit.systematic, fit.shape, fit.misfit, alone, density)


def _windows(counts: Counted, fit: Fit | None) -> tuple[WindowRow, ...]:
    expected = fit.share(counts.sizes).tolist() if fit else [None] * len(counts.sizes)
    columns = (
        a.astype(np.int64).tolist() for a in (counts.sizes, counts.windows.sum(axis=0), counts.passed.sum(axis=0))
    )
    return tuple(
        WindowRow(size, n, good, good / n if n else None, e)
        for size, n, good, e in zip(*columns, expected, strict=True)
    )


def _areas(fit: Fit, area: float, diameter: float, edge: float) -> tuple[AreaRow, ...]:
    """Faults grow with the area of a die; what is systematic does not."""
    rows = []
    for scale in SCALES:
        number = dies_per_wafer(diameter, area * scale, edge)
        of = fit.systematic * share(fit.model, fit.faults * scale, fit.shape or 1.0)
        rows.append(AreaRow(area * scale, number, of, number * of))
    return tuple(rows)


def _density(of_die: float | None, area: float | None) -> float | None:
    """Faults a square centimetre, of dies of some square millimetres."""
    return None if of_die is None or area is None else of_die / area * 100
