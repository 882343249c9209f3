"""Values against a specification: normal or made so, by a fitted distribution, or by their own quantiles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
import scipy

from ...errors import BadQuestion, UnknownName
from ...model import Numbers
from ...units import Unit
from .distributions import FAMILIES, Fit, Fitted, fitted, goodness, standard_error
from .indices import NAMES, Index, Normal, indices, z_of
from .samples import Sample
from .specification import Specification
from .spread import Sigma, overall, within

Ppm = Annotated[float, Unit("[ppm]")]
TRANSFORMS = ("box-cox", "yeo-johnson")
CHOICES = (*FAMILIES, "best", "empirical", *TRANSFORMS)
Quantile = Callable[[float], float]
TAILS = (0.00135, 0.5, 0.99865)
"""Shares below the reference interval's ends and its middle (ISO 22514-2): what 6 sigma hold of normal values."""


@dataclass(frozen=True, slots=True)
class Defects:
    """Values outside the limits, in parts per million.

    Attributes
    ----------
    side
        "below", "above" or "total".
    observed
        Those that were outside.
    within
        Expected in the long run if only the spread within subgroups stays; None where that is not known.
    overall
        Expected from the spread of all values.
    """

    side: str
    observed: Ppm
    within: Ppm | None
    overall: Ppm | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What values do against their limits: indices, expected defects, fits, and the density that was taken."""

    distribution: str
    exponent: float | None
    within: Sigma | None
    overall: Sigma
    indices: tuple[Index, ...]
    defects: tuple[Defects, ...]
    fits: tuple[Fit, ...]
    density: Callable[[Numbers], Numbers] | None


@dataclass(frozen=True, slots=True)
class Manner:
    """How values are judged.

    `estimator` is that of sigma within subgroups; `all_freedom` gives it n - 1 degrees of freedom, `machine` leaves it
    out.
    """

    distribution: str
    estimator: str
    all_freedom: bool
    machine: bool
    confidence: float


def judged(sample: Sample, spec: Specification, manner: Manner) -> Judged:
    """Judge a sample against its specification.

    Raises
    ------
    UnknownName
        There is no such distribution.
    BadQuestion
        The values cannot have it.
    """
    name, values = manner.distribution, sample.values
    if name not in CHOICES:
        raise UnknownName("distribution", name, CHOICES)
    if name == "normal":
        return _as_normal(sample, spec, manner, _identity, (None, "normal"))
    if name in TRANSFORMS:
        exponent, transform = transformed(values, name)
        return _as_normal(sample, spec, manner, transform, (exponent, name))
    if name == "empirical":
        return _by_quantiles(sample, spec, manner, None)
    if name == "best":
        return _best(sample, spec, manner)
    fit = fitted(values, name)
    if fit is None:
        raise BadQuestion(
            f"The values cannot be {name}: that takes values above 0, and the least is {values.min():g}. "
            "Take another `distribution`, such as yeo-johnson."
        )
    return _by_quantiles(sample, spec, manner, fit)


def _best(sample: Sample, spec: Specification, manner: Manner) -> Judged:
    """Normal unless Anderson-Darling refuses it; else the distribution whose statistic is the smallest."""
    fits = [f for n in FAMILIES if (f := fitted(sample.values, n)) is not None]
    found = sorted(((goodness(sample.values, f), f) for f in fits), key=lambda g: g[0].anderson)
    told = tuple(g for g, _ in found)
    normal = next(g for g in told if g.distribution == "normal")
    if normal.fits or found[0][1].name == "normal":
        made = _as_normal(sample, spec, manner, _identity, (None, "normal"))
    else:
        made = _by_quantiles(sample, spec, manner, found[0][1])
    return replace(made, fits=told)


def _as_normal(
    sample: Sample,
    spec: Specification,
    manner: Manner,
    transform: Callable[[Numbers], Numbers],
    named: tuple[float | None, str],
) -> Judged:
    values = transform(sample.values)
    low, high, target = (_moved(v, transform) for v in (spec.low, spec.high, spec.target))
    spread = overall(values)
    inner = _within(values, sample, manner)
    made: list[Index] = []
    for which, sigma in (("within", inner), ("machine" if manner.machine else "overall", spread)):
        if sigma is not None and sigma.value > 0:
            known = Normal(len(values), float(values.mean()), sigma)
            made += indices(known, low=low, high=high, target=target, which=which, confidence=manner.confidence)
    below, above = (
        [_normal_tail(s, float(values.mean()), limit, sign) for s in (inner, spread)]
        for limit, sign in ((low, 1.0), (high, -1.0))
    )
    normal = fitted(values, "normal")
    return Judged(
        named[1],
        named[0],
        _within(sample.values, sample, manner),
        overall(sample.values),
        tuple(made),
        _defects(sample.values, spec, below, above),
        (goodness(values, normal),) if normal else (),
        normal.density if normal and transform is _identity else None,
    )


def _within(values: Numbers, sample: Sample, manner: Manner) -> Sigma | None:
    found = None if manner.machine else within(values, sample.groups, manner.estimator)
    return Sigma(found.value, len(values) - 1) if found and manner.all_freedom else found


def _by_quantiles(sample: Sample, spec: Specification, manner: Manner, fit: Fitted | None) -> Judged:
    """The percentile method of ISO 22514-2, of a fitted distribution or of the values themselves."""
    values = sample.values
    names = NAMES["machine" if manner.machine else "overall"]
    found: list[Index] = []
    quantile = fit.quantile if fit else _empirical(values)
    for place, value in percentile_indices(quantile, spec.low, spec.high).items():
        half = _half(values, fit, spec, place, manner.confidence)
        found.append(Index(names[place], value, *((None, None) if half is None else (value - half, value + half))))
    below = None if fit is None or spec.low is None else fit.share(spec.low)
    above = None if fit is None or spec.high is None else fit.beyond(spec.high)
    normal = fitted(values, "normal")
    told = [goodness(values, f) for f in (fit, normal) if f is not None]
    return Judged(
        manner.distribution if fit is None else fit.name,
        None,
        _within(values, sample, manner),
        overall(values),
        tuple(found),
        _defects(values, spec, [None, below], [None, above]),
        tuple(told),
        None if fit is None else fit.density,
    )


def percentile_indices(quantile: Quantile, low: float | None, high: float | None) -> dict[int, float]:
    """Pp, Ppl, Ppu and Ppk (places 0 to 3) of a distribution that is told by its quantiles, those the limits allow.

    >>> normal = {0.00135: -3.0, 0.5: 0.0, 0.99865: 3.0}
    >>> percentile_indices(normal.__getitem__, -4.5, 6.0)
    {0: 1.75, 1: 1.5, 2: 2.0, 3: 1.5}
    """
    least, middle, most = (quantile(share) for share in TAILS)
    found: dict[int, float] = {}
    if low is not None and high is not None:
        found[0] = (high - low) / (most - least)
    if low is not None:
        found[1] = (middle - low) / (middle - least)
    if high is not None:
        found[2] = (high - middle) / (most - middle)
    return {**found, 3: min(v for k, v in found.items() if k)}


def _empirical(values: Numbers) -> Quantile:
    return lambda share: float(np.quantile(values, share))


def _half(values: Numbers, fit: Fitted | None, spec: Specification, place: int, confidence: float) -> float | None:
    """Half of the interval of one index of a fitted distribution."""
    if fit is None:
        return None
    error = standard_error(values, fit, lambda f: percentile_indices(f.quantile, spec.low, spec.high)[place])
    return None if error is None else error * z_of(confidence)


def transformed(values: Numbers, name: str) -> tuple[float, Callable[[Numbers], Numbers]]:
    """The exponent that makes the values most nearly normal, and the transform, which keeps their order.

    Raises
    ------
    BadQuestion
        Box-Cox is asked of values that are not all above 0.
    """

    if name == "box-cox":
        if values.min() <= 0:
            raise BadQuestion(
                f"Box-Cox takes values above 0, and the least is {values.min():g}: take distribution = yeo-johnson."
            )
        exponent = float(scipy.stats.boxcox_normmax(values, method="mle"))
        return exponent, lambda v: np.asarray(scipy.stats.boxcox(v, exponent))
    exponent = float(scipy.stats.yeojohnson_normmax(values))
    return exponent, lambda v: np.asarray(scipy.stats.yeojohnson(v, exponent))


def _moved(limit: float | None, transform: Callable[[Numbers], Numbers]) -> float | None:
    """A limit on the transformed scale; None where none is, or where no value can ever pass it."""
    if limit is None:
        return None
    with np.errstate(all="ignore"):
        try:
            moved = float(transform(np.array([limit]))[0])
        except ValueError:  # Box-Cox knows no values of 0 or below, so such a limit binds nothing
            return None
    return moved if np.isfinite(moved) else None


def _identity(values: Numbers) -> Numbers:
    return values


def _normal_tail(sigma: Sigma | None, mean: float, limit: float | None, sign: float) -> float | None:

    if sigma is None or limit is None or sigma.value == 0:
        return None
    return float(scipy.special.ndtr(sign * (limit - mean) / sigma.value))


def _defects(
    values: Numbers, spec: Specification, below: list[float | None], above: list[float | None]
) -> tuple[Defects, ...]:
    seen = (
        float((values < spec.low).mean()) if spec.low is not None else 0.0,
        float((values > spec.high).mean()) if spec.high is not None else 0.0,
    )
    rows = [("below", seen[0], below)] if spec.low is not None else []
    rows += [("above", seen[1], above)] if spec.high is not None else []
    total = [_sum([r[2][i] for r in rows]) for i in (0, 1)]
    rows.append(("total", seen[0] + seen[1], total))
    return tuple(Defects(side, share * 1e6, _million(told[0]), _million(told[1])) for side, share, told in rows)


def _sum(shares: list[float | None]) -> float | None:
    known = [s for s in shares if s is not None]
    return sum(known) if known else None


def _million(share: float | None) -> float | None:
    return None if share is None else share * 1e6
