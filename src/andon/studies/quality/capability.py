"""Whether a process keeps its tolerance: Cp, Cpk, Pp, Ppk, Cpm, Cmk with intervals, and the parts expected outside."""

from __future__ import annotations

from typing import Literal

import numpy as np
import scipy

from ...catalog import study
from ...errors import BadQuestion
from ...model import Characteristics, Measurements, Numbers
from ...picture import Mark, Picture, histogram
from ...units import Measured, Ratio
from .capable import Bar, Capability
from .indices import Index_, values_needed
from .judging import Judged, Manner, judged
from .samples import Sample, sampled, sampled_as
from .specification import Specification, characteristic, finite, of_product, specification

TAIL = 0.0027
"""Share of points beyond three sigma that chance explains."""

Distribution = Literal[
    "normal",
    "best",
    "empirical",
    "box-cox",
    "yeo-johnson",
    "lognormal",
    "weibull",
    "gamma",
    "exponential",
    "rayleigh",
    "logistic",
    "loglogistic",
    "smallest extreme",
    "largest extreme",
]
"""What values may be taken for: a family, the one that fits best, a transformation, or the values themselves."""


def capability_picture(answer: Capability) -> Picture:
    """The values with their limits, target and mean."""
    lines = (("LSL", answer.low), ("target", answer.target), ("USL", answer.high), ("mean", answer.mean))
    marks = [Mark(text, value, "x") for text, value in lines if value is not None]
    bars = [(b.low, b.high, float(b.count)) for b in answer.bars]
    return histogram(f"{answer.test} against its limits", bars, answer.unit, x=answer.test, marks=marks)


@study(picture=capability_picture)
def capability(
    measurements: Measurements,
    characteristics: Characteristics | None = None,
    test: str = "",
    product: str = "",
    low: Measured | None = None,
    high: Measured | None = None,
    target: Measured | None = None,
    subgroup: int | None = None,
    group: str = "",
    estimator: Literal["", "pooled", "range", "deviation", "moving range"] = "",
    freedom: Literal["estimator", "all"] = "estimator",
    run: Literal["process", "machine"] = "process",
    distribution: Distribution = "normal",
    confidence: Ratio = 0.95,
    wanted: Index_ = 1.33,
) -> Capability:
    """How well the values of a test keep their limits, and how sure that is.

    The last value of each unit counts. Cp, Cpk and Cpm rest on sigma within subgroups, Pp and Ppk on that of all
    values; for the run of a machine there is one sigma, and the indices are Cm and Cmk. Look at `stable` first: the
    indices of a process that moves foretell nothing. Values that are not normal: take "best", which keeps the normal
    distribution unless Anderson-Darling refuses it at 5 % and else takes the one that fits best, or name one; then the
    percentile method of ISO 22514-2 puts the 0.135 %, 50 % and 99.865 % quantiles in the place of mean and 3 sigma.
    Box-Cox and Yeo-Johnson make the values normal and move the limits along.

    Use `control_chart` instead when you want to see whether the process is stable, and `gauge_rr` before both.

    Parameters
    ----------
    measurements
        Values of the test.
    characteristics
        The plant's specification and subgroups.
    test
        What was measured; not needed where there is only one.
    product
        Only units of this product; "" for all.
    low, high
        Specification limits, in place of those that are known.
    target
        What is aimed at; the middle of the limits, unless given.
    subgroup
        So many units in a row are a subgroup, 1 for single values; what the plant says, unless given.
    group
        What keeps subgroups apart: lot, wafer, product, step, site or a fact of the units, such as who.
    estimator
        Sigma within subgroups from: "pooled", "range", "deviation" or "moving range"; "" takes moving ranges for
        single values, else pooled.
    freedom
        Degrees of freedom of the intervals: "estimator" (those that the estimator of sigma really has), or "all" (one
        less than the values, as the R package qcc has it: too narrow unless sigma is that of all values).
    run
        "process" (the long run), or "machine" (a short run under one condition: Cm and Cmk).
    distribution
        normal, best, empirical, box-cox, yeo-johnson, lognormal, weibull, gamma, exponential, rayleigh, logistic,
        loglogistic, smallest extreme or largest extreme.
    confidence
        Of all intervals, two-sided.
    wanted
        The index that is asked for: 1.33, or 1.67 for a new or a special characteristic.

    Returns
    -------
    Capability
        The indices with intervals, the parts expected outside, the fits, and a verdict.

    Raises
    ------
    NoData
        There are fewer than two values, or all are equal.
    BadQuestion
        There are no limits, or settings do not fit.

    Examples
    --------
    >>> rows = [(i, str(i), "width", 5.0 + 0.1 * (i * 7 % 5 - 2)) for i in range(100)]
    >>> found = capability(Measurements.of(rows), low=4.0, high=6.0, subgroup=5)
    >>> round(found.ppk, 2), found.verdict, round(found.index_low, 2)
    (2.35, 'capable', 1.77)

    References
    ----------
    ISO 22514-2:2017 (percentile method), ISO 22514-3 (machine performance), ISO 22514-4 (intervals).
    A. F. Bissell: How Reliable Is Your Capability Index? Applied Statistics 39 (1990), 331-340.
    R. A. Boyles: The Taguchi Capability Index. Journal of Quality Technology 23 (1991), 17-26.
    R. B. D'Agostino, M. A. Stephens: Goodness-of-Fit Techniques. 1986, chapter 4.
    """
    if not 0 < confidence < 1:
        raise BadQuestion(f"confidence = {confidence} is a share between 0 and 1: write 0.95 for 95 %.")
    if run not in ("process", "machine"):
        raise BadQuestion(f"run = {run!r} is neither 'process' nor 'machine'.")
    if freedom not in ("estimator", "all"):
        raise BadQuestion(f"freedom = {freedom!r} is neither 'estimator' nor 'all'.")
    found = finite(of_product(measurements.take(test), product))
    spec = specification(found, characteristics, low=low, high=high, target=target)
    if not spec.bounded:
        raise BadQuestion(
            f"{found.name} has no limits to be judged by: give `low` or `high`, or a [[characteristic]] in plant.toml."
        )
    told = characteristic(found, characteristics)
    if told.subgroups and told.subgroup is None and subgroup is None and not group:
        sample = sampled_as(found, told.subgroups)
    else:
        size = subgroup if subgroup is not None else told.subgroup if told.subgroup is not None else 0 if group else 1
        sample = sampled(found, size=size, by=group)
    made = judged(sample, spec, Manner(distribution, estimator, freedom == "all", run == "machine", confidence))
    return _told(sample, spec, made, product=product, confidence=confidence, wanted=wanted)


def _told(
    sample: Sample, spec: Specification, made: Judged, *, product: str, confidence: float, wanted: float
) -> Capability:
    values = sample.values
    main = next(i for n in ("Cpk", "Cmk", "Ppk") for i in made.indices if i.name == n)
    out, points = _out(sample, made)
    return Capability(
        test=sample.found.name,
        unit=spec.unit,
        product=product,
        low=spec.low,
        high=spec.high,
        target=spec.target,
        limits_from=spec.said,
        count=len(values),
        superseded=sample.superseded,
        subgroups=points,
        mean=float(values.mean()),
        median=float(np.median(values)),
        least=float(values.min()),
        most=float(values.max()),
        sigma_within=made.within.value if made.within else None,
        sigma_overall=made.overall.value,
        distribution=made.distribution,
        exponent=made.exponent,
        confidence=confidence,
        wanted=wanted,
        needed=values_needed(main.value, wanted, confidence),
        points_out=out,
        stable=_by_chance(out, points),
        indices=made.indices,
        defects=made.defects,
        fits=made.fits,
        bars=_bars(values, made),
    )


def _out(sample: Sample, made: Judged) -> tuple[int, int]:
    """Subgroup means beyond three sigma within, and how many subgroups there are."""
    sizes = np.bincount(sample.groups)
    sigma = (made.within or made.overall).value
    means = np.bincount(sample.groups, sample.values) / sizes
    away = np.abs(means - sample.values.mean()) * np.sqrt(sizes)
    return int((away > 3 * sigma).sum()), len(sizes)


def _by_chance(out: int, points: int) -> bool:
    """Whether so many points beyond three sigma are to be expected once in twenty times or more."""

    return out == 0 or float(scipy.special.bdtrc(out - 1, points, TAIL)) >= 0.05


def _bars(values: Numbers, made: Judged) -> tuple[Bar, ...]:
    """Bins by Freedman and Diaconis, 8 to 48, with what the distribution expects in each."""
    width = 2 * float(np.subtract(*np.quantile(values, (0.75, 0.25)))) / len(values) ** (1 / 3)
    number = int(np.clip(np.ptp(values) / width, 8, 48)) if width > 0 else 12
    counts, edges = np.histogram(values, bins=number)
    step = float(edges[1] - edges[0])
    middles = (edges[:-1] + edges[1:]) / 2
    expected = made.density(middles) * step * len(values) if made.density else [None] * number
    return tuple(
        Bar(float(a), float(b), int(n), None if e is None else float(e))
        for a, b, n, e in zip(edges, edges[1:], counts, expected, strict=False)
    )
