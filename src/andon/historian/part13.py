"""The words of OPC UA Part 13: rules, status codes with their bits, and how good an interval is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..model import Codes, Numbers, Times
from .line import Grid, Samples
from .quality import CODES, Mask

GOOD = np.uint32(0)
SUBNORMAL = np.uint32(CODES["UncertainDataSubNormal"])
BAD = np.uint32(CODES["Bad"])
NO_DATA = np.uint32(CODES["BadNoData"])
RAW, CALCULATED, INTERPOLATED, PARTIAL, MULTIPLE = (np.uint32(bit) for bit in (0x00, 0x01, 0x02, 0x04, 0x10))
DATA_VALUE = np.uint32(0x400)
"""Info type of a status code that has aggregate bits (OPC 10000-4, 7.39)."""


@dataclass(frozen=True, slots=True)
class AggregateRules:
    """How an aggregate treats doubtful data; the defaults are the standard's.

    Attributes
    ----------
    treat_uncertain_as_bad
        An uncertain sample is not used.
    percent_bad
        An interval is bad if at least so much of it (per cent) is bad.
    percent_good
        An interval that is not bad is good if at least so much of it is good, else uncertain.
    stepped
        A value holds until the next; else it runs straight to it. (TimeAverage and Total are always sloped.)
    sloped_extrapolation
        After the last sample the value runs on as between the last two; else it holds.
    resolution
        How long the last sample lasts where nothing follows it, in microseconds (the standard's examples: 1000).

    References
    ----------
    OPC 10000-13 v1.04, 4.2.1.2 AggregateConfigurationType.
    """

    treat_uncertain_as_bad: bool = True
    percent_bad: float = 100.0
    percent_good: float = 100.0
    stepped: bool = False
    sloped_extrapolation: bool = False
    resolution: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """What an aggregate found in each interval: value, status, information bits; its moment if not the begin."""

    value: Numbers
    status: Codes
    bits: Codes
    at: Times | None = None


Rule = Callable[[Samples, Grid, AggregateRules], Found]


def judged(bad: Numbers, good: Numbers, whole: Numbers, doubt: Mask, rules: AggregateRules) -> Codes:
    """Status of intervals by how much of them is bad and good, in time or in samples.

    `doubt` marks intervals in which something uncertain was used. Bad is looked at first (5.4.3.2.1 of v1.04), although
    4.2.1.2 wants the good percentage to win where the two limits add up to 100.
    """
    is_bad = (bad > 0) & (bad * 100 >= rules.percent_bad * whole)
    is_good = (good * 100 >= rules.percent_good * whole) & ~doubt
    return np.where(is_bad, BAD, np.where(is_good, GOOD, SUBNORMAL))


def found(value: Numbers, status: Codes, bits: np.uint32 | Codes = CALCULATED) -> Found:
    """An outcome at the begin of the interval: no value where it is bad, and no bits where there are no data."""
    bad = status >> np.uint32(30) >= 2
    return Found(np.where(bad, np.nan, value), status, np.where(status == NO_DATA, RAW, bits).astype(np.uint32))
