"""Lifetimes of parts that are replaced: Weibull with censoring, Kaplan-Meier.

Times are plain numbers in any one unit; figures come back in the same unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, gamma, log, sqrt
from statistics import NormalDist
from typing import Annotated

import numpy as np
import scipy

from ...errors import BadQuestion, NoData
from ...model import Numbers
from ...units import Ratio, Unit

Time = Annotated[float, Unit("s")]
"""A time in the unit of the times that were given; a study gives seconds."""
Shape = Annotated[float, Unit("{beta}")]
"""A number without a dimension that is no share: 1.5 is not 150 %."""


@dataclass(frozen=True, slots=True)
class Weibull:
    """A fitted Weibull distribution: `R(t) = exp(-(t / scale) ** shape)`.

    Attributes
    ----------
    shape
        Below 1 early failures, near 1 failures by chance, above 1 wear.
    scale
        Characteristic life: the time by which 63.2 % have failed.
    loglik
        Logarithm of the likelihood at the fit.
    shape_low, shape_high
        Confidence limits of the shape.
    scale_low, scale_high
        Confidence limits of the scale.
    failures
        Lifetimes that ended in a failure.
    suspensions
        Lifetimes that were cut off before a failure.
    """

    shape: Shape
    scale: Time
    loglik: Annotated[float, Unit("{nat}")]
    shape_low: Shape
    shape_high: Shape
    scale_low: Time
    scale_high: Time
    failures: int
    suspensions: int

    @property
    def b10(self) -> Time:
        """The time by which one in ten has failed."""
        return self.quantile(0.1)

    @property
    def mttf(self) -> Time:
        """Mean time to failure: scale x Gamma(1 + 1 / shape)."""
        return self.scale * gamma(1 + 1 / self.shape)

    def quantile(self, share: float) -> float:
        """The time by which a share has failed."""
        return float(self.scale * (-log(1 - share)) ** (1 / self.shape))

    def reliability(self, time: float) -> float:
        """The share that is still running after a time."""
        return exp(-((time / self.scale) ** self.shape))

    def hazard(self, time: float) -> float:
        """Failures per unit of time among those still running."""
        return float(self.shape / self.scale * (time / self.scale) ** (self.shape - 1))


@dataclass(frozen=True, slots=True)
class Survivors:
    """One step of the Kaplan-Meier curve.

    Attributes
    ----------
    time
        When the step is.
    at_risk
        Lifetimes that had reached this time.
    failed
        How many of them failed at it.
    share
        The estimated share still running after it.
    error
        Greenwood's standard error of the share.
    low, high
        Log-log confidence limits; None where the share is 0 or 1.
    """

    time: Time
    at_risk: int
    failed: int
    share: Ratio
    error: Ratio
    low: Ratio | None
    high: Ratio | None


def weibull_fit(
    times: Sequence[float], censored: Sequence[bool], *, confidence: float = 0.95, limits: str = "log"
) -> Weibull:
    """Fit a Weibull distribution to lifetimes, some of which were cut off, by maximum likelihood.

    Parameters
    ----------
    times : sequence of n floats
        Lifetimes, greater than 0.
    censored : sequence of n bools
        True where the lifetime was cut off before a failure (a suspension).
    confidence : float
        Of the two-sided limits, which come from the observed Fisher information.
    limits : str
        "log": normal on the logarithms of the parameters, never negative; "natural": normal on the parameters.

    Returns
    -------
    Weibull
        The fit.

    Raises
    ------
    NoData
        If there is no failure, or if nothing tells a shape because all lifetimes are one and the same.

    References
    ----------
    W. Q. Meeker, L. A. Escobar: Statistical Methods for Reliability Data. Wiley 1998, 8.2-8.3.
    NIST/SEMATECH e-Handbook of Statistical Methods, 8.4.1.2.

    Examples
    --------
    >>> fit = weibull_fit([54, 187, 216, 240, 500, 500], [False] * 4 + [True] * 2)
    >>> round(fit.shape, 3), round(fit.scale, 1)
    (1.175, 411.7)
    """
    if limits not in ("log", "natural"):
        raise BadQuestion(f"Limits on the {limits!r} scale are not known. Use 'log' or 'natural'.")
    lived, failed = _lifetimes(times, censored)
    ending = lived[failed]
    if not len(ending) or float(lived.max()) == float(ending.min()):
        raise NoData(
            f"{len(ending)} failures among {len(lived)} lifetimes do not tell a shape: "
            "at least one failure, and lifetimes that differ, are needed."
        )
    shape = _shape(lived, ending)
    largest = float(lived.max())
    scale = largest * float(np.sum((lived / largest) ** shape) / len(ending)) ** (1 / shape)
    loglik = (
        len(ending) * (log(shape) - shape * log(scale))
        + (shape - 1) * float(np.log(ending).sum())
        - float(((lived / scale) ** shape).sum())
    )
    (a, b), (c, d) = (
        _limits(estimate, error, confidence, limits)
        for estimate, error in zip((shape, scale), _errors(lived, ending, shape, scale), strict=True)
    )
    return Weibull(shape, scale, loglik, a, b, c, d, len(ending), len(lived) - len(ending))


def kaplan_meier(
    times: Sequence[float], censored: Sequence[bool], *, confidence: float = 0.95
) -> tuple[Survivors, ...]:
    """The share still running after each time, without assuming a distribution.

    Parameters
    ----------
    times : sequence of n floats
        Lifetimes.
    censored : sequence of n bools
        True where the lifetime was cut off; it was still running at its time, so it counts as at risk there.
    confidence : float
        Of the pointwise two-sided log-log limits.

    Returns
    -------
    tuple of Survivors
        One step for each different time, in order.

    References
    ----------
    E. L. Kaplan, P. Meier: Nonparametric Estimation from Incomplete Observations. JASA 53 (1958).
    J. D. Kalbfleisch, R. L. Prentice: The Statistical Analysis of Failure Time Data. Wiley 2002, 1.4 (log-log limits).

    Examples
    --------
    >>> [round(s.share, 2) for s in kaplan_meier([1, 2, 2, 3], [False, False, True, True])]
    [0.75, 0.5, 0.5]
    """
    lived, failed = _lifetimes(times, censored)
    z, share, greenwood, steps = NormalDist().inv_cdf((1 + confidence) / 2), 1.0, 0.0, []
    for time in np.unique(lived):
        at_risk, ended = int((lived >= time).sum()), int(failed[lived == time].sum())
        share *= 1 - ended / at_risk
        greenwood += ended / (at_risk * (at_risk - ended)) if ended < at_risk else 0.0
        low = high = None
        if 0 < share < 1:
            turn = z * sqrt(greenwood) / log(share)
            low, high = share ** exp(-turn), share ** exp(turn)
        steps.append(Survivors(float(time), at_risk, ended, share, share * sqrt(greenwood), low, high))
    return tuple(steps)


def _lifetimes(
    times: Sequence[float], censored: Sequence[bool]
) -> tuple[Numbers, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    lived, failed = np.asarray(times, dtype=np.float64), ~np.asarray(censored, dtype=np.bool_)
    if len(lived) != len(failed) or not len(lived):
        raise NoData(f"{len(lived)} lifetimes and {len(failed)} marks of censoring: one of each is needed.")
    if not np.all(lived > 0):
        raise BadQuestion(f"A lifetime of {float(lived.min())} is not greater than 0: leave it out or mend it.")
    return lived, failed


def _shape(lived: Numbers, ending: Numbers) -> float:
    """The root of the profile score, which falls as the shape grows."""
    logs = np.log(lived / lived.max())
    mean = float(np.log(ending / lived.max()).mean())

    def score(shape: float) -> float:
        powers = np.exp(shape * logs)
        return float((powers * logs).sum() / powers.sum()) - 1 / shape - mean

    low, high = 1e-3, 1.0
    while score(high) < 0:
        high *= 2

    return float(scipy.optimize.brentq(score, low, high, xtol=1e-13, rtol=1e-14))


def _errors(lived: Numbers, ending: Numbers, shape: float, scale: float) -> tuple[float, float]:
    """Standard errors of the logarithms of shape and scale, from the observed information at the maximum."""
    off = np.log(lived) - log(scale)
    gone = np.exp(shape * off)
    aa = len(ending) + shape**2 * float((off**2 * gone).sum())  # -d2l/d(ln shape)2
    bb = shape**2 * float(gone.sum())  # -d2l/d(ln scale)2
    ab = shape * (len(ending) - float(gone.sum())) - shape**2 * float((off * gone).sum())
    determinant = aa * bb - ab**2
    return sqrt(bb / determinant), sqrt(aa / determinant)


def _limits(estimate: float, error: float, confidence: float, limits: str) -> tuple[float, float]:
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    if limits == "natural":
        return estimate * (1 - z * error), estimate * (1 + z * error)
    return estimate * exp(-z * error), estimate * exp(z * error)
