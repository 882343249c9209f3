"""Failures of machines that are repaired: intervals for the MTBF, Laplace's trend test, the power law."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Annotated

import numpy as np
import scipy

from ...errors import BadQuestion, NoData
from ...model import Numbers
from ...units import Unit
from .lifetimes import Shape, Time


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """Failures of a repaired machine as a power-law process (Crow-AMSAA): expected number `rate * t ** shape`.

    Attributes
    ----------
    shape
        Below 1 the machine gets better, above 1 it wears.
    rate
        Expected number of failures in the first unit of time.
    shape_low, shape_high
        Confidence limits of the shape.
    mtbf_now
        Time between failures at the end of the observation.
    """

    shape: Shape
    rate: Annotated[float, Unit("{failure}")]
    shape_low: Shape
    shape_high: Shape
    mtbf_now: Time


def mtbf_interval(
    time: float, failures: int, *, confidence: float = 0.90, ended: str = "time"
) -> tuple[float, float | None]:
    """Two-sided limits of the mean time between failures, if failures come at a constant rate.

    Parameters
    ----------
    time : float
        Total time on test, all machines together.
    failures : int
        Failures in it.
    confidence : float
        Of the interval.
    ended : str
        "time" if the observation ended at a chosen time, "failure" if it ended with the last failure.

    Returns
    -------
    tuple of two
        Lower limit, and upper limit or None (without failures there is none).

    References
    ----------
    MIL-HDBK-338B 8.3.2.5; NIST/SEMATECH e-Handbook 8.4.5.1: 2T / chi2 with 2r + 2 degrees of freedom below.

    Examples
    --------
    >>> [round(x, 3) for x in mtbf_interval(2000, 3) if x]
    [257.943, 2445.91]
    """
    tail = (1 - confidence) / 2
    high = 2 * time / _chi2(tail, 2 * failures) if failures else None
    return mtbf_bound(time, failures, confidence=1 - tail, ended=ended), high


def mtbf_bound(time: float, failures: int, *, confidence: float = 0.90, ended: str = "time") -> float:
    """The one-sided lower limit of the mean time between failures; parameters as in `mtbf_interval`.

    >>> round(mtbf_bound(2000, 3), 3), round(mtbf_bound(2000, 0), 3)
    (299.366, 868.589)
    """
    if ended not in ("time", "failure") or time <= 0 or failures < (ended == "failure"):
        raise BadQuestion(
            f"{failures} failures in a time of {time}, ended by {ended!r}, have no MTBF limit: the time "
            "must be positive, and it ends by 'time', or by 'failure' if there was one."
        )
    freedom = 2 * failures + (2 if ended == "time" else 0)
    return 2 * time / _chi2(confidence, freedom)


def laplace(times: Sequence[float], until: float) -> float:
    """Laplace's test for a trend: near 0 none, above 1.96 failures come ever faster, below -1.96 ever slower.

    Parameters
    ----------
    times : sequence of n floats
        When the failures were, counted from the beginning of the observation (not the times between them).
    until : float
        The end of the observation, at a chosen time.

    Returns
    -------
    float
        U, about standard normal if the rate of failures is constant: (mean - T / 2) / (T sqrt(1 / 12 n)).

    References
    ----------
    D. R. Cox, P. A. W. Lewis: The Statistical Analysis of Series of Events. Methuen 1966, 3.3.

    Examples
    --------
    >>> round(laplace([5, 40, 43, 175, 389, 712, 747, 795, 1299, 1478], 1500), 6)
    -1.326949
    """
    when = _within(times, until)
    return (float(when.mean()) - until / 2) / (until * sqrt(1 / (12 * len(when))))


def power_law(times: Sequence[float], until: float, *, confidence: float = 0.95) -> PowerLaw:
    """Fit the power-law process to the failures of one machine that is repaired each time.

    Parameters
    ----------
    times : sequence of n floats
        When the failures were, counted from the beginning of the observation.
    until : float
        The end of the observation, at a chosen time.
    confidence : float
        Of the exact two-sided limits of the shape (2 n shape / estimate has a chi2 distribution).

    Returns
    -------
    PowerLaw
        The maximum likelihood estimates: shape n / sum ln(T / t), rate n / T ** shape.

    References
    ----------
    L. H. Crow: Reliability Analysis for Complex, Repairable Systems. SIAM 1974; MIL-HDBK-189C 5.5.

    Examples
    --------
    >>> round(power_law([5, 40, 43, 175, 389, 712, 747, 795, 1299, 1478], 1500).shape, 6)
    0.537229
    """
    when = _within(times, until)
    logs = float(np.log(until / when).sum())
    if logs <= 0:
        raise NoData("The only failure is at the very end of the observation, which tells no growth.")
    n, tail = len(when), (1 - confidence) / 2
    shape = n / logs
    low, high = (shape * _chi2(p, 2 * n) / (2 * n) for p in (tail, 1 - tail))
    return PowerLaw(shape, n / until**shape, low, high, until / (n * shape))


def _within(times: Sequence[float], until: float) -> Numbers:
    when = np.asarray(times, dtype=np.float64)
    if not len(when):
        raise NoData("No failures: there is no trend to test. `mtbf_bound` says how long the MTBF is at least.")
    if not np.all((when > 0) & (when <= until)):
        raise BadQuestion(f"Failures must lie in (0, {until}], counted from the beginning of the observation.")
    return when


def _chi2(share: float, freedom: float) -> float:
    """Quantile of the chi2 distribution."""

    return 2 * float(scipy.special.gammaincinv(freedom / 2, share))
