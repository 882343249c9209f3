"""How much of what is measured is the gauge: repeatability and reproducibility."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Annotated, Literal

import numpy as np

from ...catalog import study
from ...errors import BadQuestion
from ...model import Characteristics, Measurements
from ...picture import Mark, Picture, bars
from ...units import Measured, Ratio, Unit
from .constants import d2, d3
from .readings import Readings, planned, readings
from .specification import Specification, finite, of_product, specification
from .variances import Source, Square, Variances, by_anova, by_ranges

METHODS: Mapping[str, str] = {"anova": "analysis of variance", "range": "average and range"}
GOOD, BAD = 0.10, 0.30
"""AIAG: below 10 % acceptable, above 30 % not."""
SIGMAS = 6.0
"""A tolerance, or a study's variation, is compared with so many standard deviations (99.73 %)."""


@dataclass(frozen=True, slots=True)
class Component:
    """One part of the variation.

    Attributes
    ----------
    component
        repeatability (EV), appraiser, interaction, reproducibility (AV), total gauge (GRR), part (PV) or total (TV).
    variance
        Its variance.
    sigma
        Its standard deviation.
    contribution
        Its share of the total variance; these add up to 1.
    of_study
        Its sigma over the total sigma; these do not add up.
    of_tolerance
        Six of its sigma over the tolerance (three over the distance to a single limit); None without a limit.
    """

    component: str
    variance: Square
    sigma: Measured
    contribution: Ratio
    of_study: Ratio
    of_tolerance: Ratio | None


@dataclass(frozen=True, slots=True)
class Cell:
    """What one appraiser found on one part.

    Attributes
    ----------
    appraiser
        Who, "" for a gauge that nobody handles.
    part
        On which part.
    mean
        Mean of the trials.
    spread
        Largest less smallest trial.
    odd
        The spread is beyond its control limit: measure again, or look what differs.
    """

    appraiser: str
    part: str
    mean: Measured
    spread: Measured
    odd: bool


@dataclass(frozen=True, slots=True)
class GaugeRr:
    """How much of the variation is that of the gauge and of those who handle it.

    Attributes
    ----------
    test
        What was measured.
    unit
        Its unit.
    method
        anova or range.
    design
        crossed or nested.
    appraisers, parts, trials
        How many: parts of each appraiser, trials of each part.
    left_out
        Readings beyond the trials that each cell has.
    low, high
        Specification limits; None where there is none.
    confidence
        Of the limits of sigma, two-sided.
    gauge_low, gauge_high
        Confidence limits of the gauge's sigma; None where they are not known (range method, nested).
    gauge_share
        The gauge's sigma over the total one (%GRR of study variation).
    tolerance_share
        The gauge's six sigma over the tolerance (P/T); None without a limit.
    categories
        Distinct categories (ndc): 1.41 part sigma over gauge sigma, whole; AIAG asks for five.
    verdict
        acceptable (below 10 %), conditional, or not acceptable (above 30 %, or fewer than two categories), by the
        share that was asked for.
    components
        The parts of the variation.
    anova
        The lines of the analysis of variance; none for the range method.
    cells
        Each part by each appraiser.
    """

    HEADLINE = ("verdict", "gauge_share", "tolerance_share", "categories")

    test: str
    unit: str
    method: str
    design: str
    appraisers: int
    parts: int
    trials: int
    left_out: int
    low: Measured | None
    high: Measured | None
    confidence: Ratio
    gauge_low: Measured | None
    gauge_high: Measured | None
    gauge_share: Ratio
    tolerance_share: Ratio | None
    categories: Annotated[int, Unit("{category}")]
    verdict: str
    components: tuple[Component, ...]
    anova: tuple[Source, ...]
    cells: tuple[Cell, ...]

    def sigma(self, component: str) -> float | None:
        """The standard deviation of a component, None where it was not told apart."""
        return next((c.sigma for c in self.components if c.component == component), None)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What to know before it is believed."""
        return tuple(_remarks(self))


def gauge_picture(answer: GaugeRr) -> Picture:
    """Each component's share of the total sigma, with AIAG's bounds."""
    shares = [(c.component, 100 * c.of_study) for c in answer.components if c.component != "total"]
    return bars(
        f"Where the variation of {answer.test} comes from",
        [(component, "share of study variation", share) for component, share in shares],
        "%",
        marks=[Mark("acceptable", 100 * GOOD, "x"), Mark("not acceptable", 100 * BAD, "x")],
    )


@study(picture=gauge_picture)
def gauge_rr(
    measurements: Measurements,
    characteristics: Characteristics | None = None,
    test: str = "",
    product: str = "",
    plan: str = "",
    method: Literal["anova", "range"] = "anova",
    design: Literal["", "crossed", "nested"] = "",
    part: str = "unit",
    appraiser: str = "who",
    low: Measured | None = None,
    high: Measured | None = None,
    total: Measured | None = None,
    pool_above: Ratio = 0.25,
    judge_by: Literal["study", "tolerance"] = "study",
    confidence: Ratio = 0.95,
) -> GaugeRr:
    """How much of what is measured comes from the gauge and its users, not the parts.

    Each appraiser measures each part several times (crossed), or, where measuring destroys the part, own ones of the
    same kind (nested). The order of the readings of a part tells its trials. ANOVA tells the interaction of appraisers
    and parts; where its p is above `pool_above` it is taken for chance and pooled with repeatability, as AIAG has it.
    Negative variances are 0. The range method is that of AIAG's form.

    Use `attribute_agreement` instead where the answer is a verdict, not a number.

    Parameters
    ----------
    measurements
        The readings.
    characteristics
        The plant's specification.
    test
        What was measured; not needed where there is only one.
    product
        Only units of this product; "" for all.
    plan
        Only readings made for this gauge study (fact `plan` of the units); "" for all in the window.
    method
        "anova" or "range".
    design
        "crossed", "nested", or "" for what the readings are.
    part
        The column that says which part: unit, or a fact.
    appraiser
        The column that says who measured: who, site, a fact such as gauge; "none" where nobody handles the gauge.
    low, high
        Specification limits, in place of those that are known.
    total
        Sigma of the process, where parts of the study do not stand for it; that of the study, unless given.
    pool_above
        Above this p the interaction is pooled with repeatability: 0.25 is AIAG's, others take 0.05.
    judge_by
        Which share gives the verdict: "study" (to control a process) or "tolerance" (to sort parts).
    confidence
        Of the limits of the gauge's sigma, two-sided.

    Returns
    -------
    GaugeRr
        The components, the table they come from, each cell, and a verdict.

    Raises
    ------
    BadQuestion
        Readings are missing, nobody said who measured, or settings do not fit.
    NoData
        There are fewer than two parts.

    Examples
    --------
    >>> rows, who = [], []
    >>> for trial in range(2):
    ...     for person, bias in (("Li", 0.0), ("Wang", 0.1)):
    ...         for number in range(5):
    ...             rows.append((len(rows), str(number), "width", number + bias + 0.1 * ((number + trial) % 2)))
    ...             who.append(person)
    >>> found = gauge_rr(Measurements.of(rows, who=who), low=0.0, high=5.0)
    >>> found.design, found.trials, found.verdict, round(found.gauge_share, 3)
    ('crossed', 2, 'acceptable', 0.057)

    References
    ----------
    AIAG: Measurement Systems Analysis, 4th ed. 2010, chapter III B and appendix A.
    VDA Volume 5; ISO 22514-7 (capability of measurement processes).
    R. K. Burdick, C. M. Borror, D. C. Montgomery: A Review of Methods for Measurement Systems Capability Analysis.
    Journal of Quality Technology 35 (2003), 342-354 (intervals).
    """
    _checked(method, judge_by, confidence, pool_above)
    found = planned(finite(of_product(measurements.take(test), product)), plan)
    spec = specification(found, characteristics, low=low, high=high)
    read = readings(found, part=part, appraiser=appraiser, design=design)
    variances = by_ranges(read) if method == "range" else by_anova(read, pool_above=pool_above, confidence=confidence)
    made = components(variances, total, _tolerance(spec, float(read.values.mean())))
    gauge = next(c for c in made if c.component == "total gauge")
    share = gauge.of_study if judge_by == "study" else gauge.of_tolerance
    if share is None:
        raise BadQuestion(f"{found.name} has no limits to be judged by: give `low` or `high`, or judge_by = study.")
    categories = _categories(made)
    return GaugeRr(
        test=found.name,
        unit=spec.unit,
        method=method,
        design="nested" if read.nested else "crossed",
        appraisers=len(read.appraisers),
        parts=len(read.parts[0]),
        trials=read.trials,
        left_out=read.left_out,
        low=spec.low,
        high=spec.high,
        confidence=confidence,
        gauge_low=_root(variances.gauge_low),
        gauge_high=_root(variances.gauge_high),
        gauge_share=gauge.of_study,
        tolerance_share=gauge.of_tolerance,
        categories=categories,
        verdict=_verdict(share, categories),
        components=made,
        anova=variances.sources,
        cells=tuple(_cells(read)),
    )


def _checked(method: str, judge_by: str, confidence: float, pool_above: float) -> None:
    if method not in METHODS:
        raise BadQuestion(f"method = {method!r} is neither 'anova' nor 'range'.")
    if judge_by not in ("study", "tolerance"):
        raise BadQuestion(f"judge_by = {judge_by!r} is neither 'study' nor 'tolerance'.")
    if not 0 < confidence < 1 or not 0 <= pool_above <= 1:
        raise BadQuestion(f"confidence = {confidence} and pool_above = {pool_above} are shares: write 0.95 for 95 %.")


def components(variances: Variances, total: float | None, tolerance: float | None) -> tuple[Component, ...]:
    """The components with their shares; `total` is the sigma of the process, `tolerance` what six sigma may fill.

    Raises
    ------
    BadQuestion
        The gauge scatters more than the process it was said to measure, or nothing scatters.
    """
    gauge, part = variances.gauge, variances.part
    if total is not None:
        part = total**2 - gauge
        if total <= 0 or part < 0:
            raise BadQuestion(
                f"total = {total:g} is less than the gauge's own sigma, {sqrt(gauge):.4g}: give the sigma of the "
                "process as it was measured, or leave it out."
            )
    whole = gauge + part
    if whole == 0:
        raise BadQuestion("All readings are equal: the gauge is too coarse to tell anything.")
    rows = [("repeatability", variances.repeatability)]
    if variances.interaction is not None:
        rows += [("appraiser", variances.appraiser), ("interaction", variances.interaction)]
    rows.append(("reproducibility", gauge - variances.repeatability))
    rows += [("total gauge", gauge), ("part", part), ("total", whole)]
    return tuple(
        Component(
            name,
            value,
            sqrt(value),
            value / whole,
            sqrt(value / whole),
            SIGMAS * sqrt(value) / tolerance if tolerance else None,
        )
        for name, value in rows
    )


def _tolerance(spec: Specification, mean: float) -> float | None:
    """What six sigma are compared with: the width, or twice the distance of the mean to the only limit."""
    if spec.width is not None:
        return spec.width
    limit = spec.low if spec.low is not None else spec.high
    return None if limit is None else 2 * abs(limit - mean)


def _categories(made: tuple[Component, ...]) -> int:
    sigma = {c.component: c.sigma for c in made}
    if not sigma["total gauge"]:
        return 999
    return min(999, max(1, int(1.41 * sigma["part"] / sigma["total gauge"])))


def _verdict(share: float, categories: int) -> str:
    if share > BAD or categories < 2:
        return "not acceptable"
    return "acceptable" if share < GOOD else "conditional"


def _cells(read: Readings) -> Iterator[Cell]:
    """Each cell; its range is odd beyond D4 times the mean range."""
    spreads = np.ptp(read.values, axis=2)
    upper = float(spreads.mean()) * (1 + 3 * d3(read.trials) / d2(read.trials))
    for i, who in enumerate(read.appraisers):
        for j, part in enumerate(read.parts[i]):
            spread = float(spreads[i, j])
            yield Cell(who, part, float(read.values[i, j].mean()), spread, spread > upper)


def _root(variance: float | None) -> float | None:
    return None if variance is None else sqrt(max(0.0, variance))


def _remarks(answer: GaugeRr) -> Iterator[str]:
    if answer.categories < 5:
        yield f"the gauge tells {answer.categories} categories of parts apart: AIAG asks for 5"
    if odd := [f"{c.appraiser} part {c.part}".strip() for c in answer.cells if c.odd]:
        yield f"trials scatter beyond the control limit: {', '.join(odd[:8])}{', ...' if len(odd) > 8 else ''}"
    if answer.parts < 10 or answer.trials * answer.appraisers < 6:
        yield (
            f"{answer.parts} parts, {answer.appraisers} appraisers, {answer.trials} trials: AIAG asks for 10 parts, "
            "and 3 appraisers with 2 trials or 2 with 3"
        )
    if answer.left_out:
        yield f"{answer.left_out} readings do not count: not every part was measured as often"
    if answer.appraisers == 1:
        yield "one appraiser tells no reproducibility"
