"""What a chain of dimensions adds up to: worst case, root of squares, and how often it will not fit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import hypot, isfinite, sqrt

import numpy as np

from ...catalog import study
from ...errors import BadQuestion
from ...model import Numbers
from ...picture import Mark, Picture, histogram
from ...units import Measured, Ratio
from .amounts import Statistic

SHAPES = ("normal", "uniform", "triangular")
NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?"
LINK = re.compile(
    rf"^(?P<name>[^=]*?)\s*=\s*(?P<size>[+-]?\s*{NUMBER})\s*"
    rf"(?:(?:±|\+/-|\+-)\s*(?P<both>{NUMBER})|\+\s*(?P<plus>{NUMBER})\s*/?\s*-\s*(?P<minus>{NUMBER}))"
    rf"(?:\s+(?P<shape>[a-z]+))?(?:\s+cpk\s*=?\s*(?P<cpk>{NUMBER}))?$",
    re.IGNORECASE,
)
GRID = 1 << 14
BARS = 40
INFLATION = 1.5
"""Bender's allowance for processes that are not centred: A. Bender, Benderizing Tolerances, Graphic Science (1962)."""


@dataclass(frozen=True, slots=True)
class Link:
    """One dimension of the chain.

    Attributes
    ----------
    name
        What it is called.
    size
        Middle of its tolerance, negative where it is taken away.
    tolerance
        Half of the width of its tolerance.
    shape
        How its sizes are distributed: normal, uniform or triangular.
    sigma
        Standard deviation of its sizes.
    share
        Its share of the variance of the whole.
    """

    name: str
    size: Measured
    tolerance: Measured
    shape: str
    sigma: Measured
    share: Ratio


@dataclass(frozen=True, slots=True)
class Fit:
    """A part of the chain's distribution.

    Attributes
    ----------
    low, high
        From where to where.
    share
        Of all assemblies.
    """

    low: Measured
    high: Measured
    share: Ratio


@dataclass(frozen=True, slots=True)
class ToleranceStack:
    """The sum of a chain of dimensions.

    Attributes
    ----------
    middle
        Sum of the middles of all tolerances.
    worst_low, worst_high
        All at their limits at once.
    rss
        Root of the sum of squares of the tolerances: what the middle varies by, plus or minus.
    inflated
        The same, times 1.5 for processes that are not centred (Bender).
    sigma
        Standard deviation of the sum.
    quantile_low, quantile_high
        Between them lie 99.73 % of the sums.
    low, high
        What the sum must keep to; None where no such limit was given.
    outside
        Share of sums beyond the limits; None where no limit was given.
    capability
        Ppk of the sum: the nearer limit over three sigma; None where no limit was given.
    links
        The dimensions, the largest share of the variance first.
    bars
        The distribution.
    """

    HEADLINE = ("middle", "worst_low", "worst_high", "rss", "sigma", "outside", "capability")

    middle: Measured
    worst_low: Measured
    worst_high: Measured
    rss: Measured
    inflated: Measured
    sigma: Measured
    quantile_low: Measured
    quantile_high: Measured
    low: Measured | None
    high: Measured | None
    outside: Ratio | None
    capability: Statistic | None
    links: tuple[Link, ...]
    bars: tuple[Fit, ...]


def stack_picture(answer: ToleranceStack) -> Picture:
    """The distribution of the sum with its limits and the worst cases."""
    limits = [Mark(n, v, "x") for n, v in (("low", answer.low), ("high", answer.high)) if v is not None]
    worst = [Mark("worst case", v, "x") for v in (answer.worst_low, answer.worst_high)]
    rows = ((b.low, b.high, b.share) for b in answer.bars)
    return histogram("What the chain adds up to", rows, "1", x="sum", marks=(*limits, *worst))


@study(picture=stack_picture)
def tolerance_stack(chain: str, low: float | None = None, high: float | None = None) -> ToleranceStack:
    """What a chain of dimensions adds up to, and how often it will not fit.

    Worst case: the sum of the tolerances. Statistical: the root of the sum of their squares (RSS), which holds for
    independent, centred, normal dimensions. The share outside is computed from the distribution of the sum itself,
    the convolution of those of the dimensions; nothing is drawn by chance.

    A normal dimension without `cpk` is taken to fill its tolerance with three sigma (Cpk 1).

    Parameters
    ----------
    chain
        The dimensions, with semicolons: name = size ± tolerance, or + upper / - lower; then normal, uniform or
        triangular, and cpk. Those that are taken away have a negative size; upper and lower are those of the dimension
        itself: "housing = 50 ±0.1; shaft = -49.8 +0.02/-0.05 uniform; ring = -0.1 ±0.02 cpk 1.33".
    low
        The least that the sum may be.
    high
        The most that it may be.

    Returns
    -------
    ToleranceStack
        Worst case, statistical tolerance, the share outside, and which dimension matters most.

    Raises
    ------
    BadQuestion
        A dimension cannot be read, or the limits are the wrong way round.

    Examples
    --------
    >>> found = tolerance_stack("a = 10 ±0.3; b = -6 ±0.4", low=3.5, high=4.5)
    >>> found.middle, round(found.worst_high, 6), found.rss, round(1e6 * found.outside)
    (4.0, 4.7, 0.5, 2700)

    References
    ----------
    ASME Y14.5; P. Drake: Dimensioning and Tolerancing Handbook, McGraw-Hill 1999, chapters 9 and 11.
    """
    if low is not None and high is not None and not low < high:
        raise BadQuestion(f"low = {low:g} is not below high = {high:g}.")
    read = [_link(text.strip()) for text in chain.split(";") if text.strip()]
    if not read:
        raise BadQuestion("The chain is empty: write its dimensions as name = size ± tolerance, with semicolons.")
    middle, tolerances = sum(r.size for r in read), [r.tolerance for r in read]
    sigma = hypot(*(r.sigma for r in read))
    at, density = _sum(read, middle, sigma)
    summed = np.cumsum(density)
    outside = _outside(at, summed, low, high)
    ends = np.interp((0.00135, 0.99865), summed, at)
    links = [Link(r.name, r.size, r.tolerance, r.shape, r.sigma, r.sigma**2 / sigma**2) for r in read]
    return ToleranceStack(
        middle,
        middle - sum(tolerances),
        middle + sum(tolerances),
        hypot(*tolerances),
        INFLATION * hypot(*tolerances),
        sigma,
        float(ends[0]),
        float(ends[1]),
        low,
        high,
        outside,
        _capability(middle, sigma, low, high),
        tuple(sorted(links, key=lambda r: -r.share)),
        _bars(at, summed, ends),
    )


def _link(text: str) -> Link:
    found = LINK.match(text)
    if not found:
        raise BadQuestion(
            f"The dimension {text!r} cannot be read. Write name = size ± tolerance, such as shaft = -49.8 +0.02/-0.05."
        )
    size = float(found["size"].replace(" ", ""))
    up = float(found["both"] or found["plus"])
    down = float(found["both"] or found["minus"])
    shape, cpk = (found["shape"] or "normal").lower(), float(found["cpk"] or 1)
    if shape not in SHAPES:
        raise BadQuestion(f"The dimension {text!r} is {shape}: it can be {', '.join(SHAPES)}.")
    half = (up + down) / 2
    if not half > 0 or not cpk > 0 or not isfinite(size):
        raise BadQuestion(f"The dimension {text!r} needs a tolerance and a cpk above 0.")
    if shape != "normal" and found["cpk"]:
        raise BadQuestion(f"The dimension {text!r} is {shape}: its spread is its tolerance, so it has no cpk.")
    sigma = {"normal": half / (3 * cpk), "uniform": half / sqrt(3), "triangular": half / sqrt(6)}[shape]
    signed = size + (up - down) / 2 * (1 if size >= 0 else -1)
    return Link(found["name"] or "?", signed, half, shape, sigma, 0.0)


def _sum(links: list[Link], middle: float, sigma: float) -> tuple[Numbers, Numbers]:
    """The distribution of the sum on a grid: places and shares, by the product of characteristic functions."""
    bounded = sum(r.tolerance for r in links if r.shape != "normal")
    reach = bounded + 9 * hypot(0.0, *(r.sigma for r in links if r.shape == "normal"))
    width = 2 * max(reach, 3 * sigma) / (GRID - 8)
    place = (np.arange(GRID) - GRID // 2) * width
    turning = 2 * np.pi * np.fft.rfftfreq(GRID, width)
    wave = np.ones(len(turning))
    for r in links:
        if r.shape == "normal":
            wave = wave * np.exp(-((r.sigma * turning) ** 2) / 2)
        else:
            narrow, power = (1, 1) if r.shape == "uniform" else (2, 2)  # two uniform halves make a triangle
            wave = wave * np.sinc(r.tolerance * turning / (narrow * np.pi)) ** power
    share = np.fft.fftshift(np.fft.irfft(wave, GRID))
    share = np.maximum(share, 0.0)
    return np.asarray(middle + place + width / 2, np.float64), np.asarray(share / share.sum(), np.float64)


def _outside(at: Numbers, summed: Numbers, low: float | None, high: float | None) -> float | None:
    if low is None and high is None:
        return None
    below = 0.0 if low is None else float(np.interp(low, at, summed, left=0.0, right=1.0))
    above = 0.0 if high is None else 1 - float(np.interp(high, at, summed, left=0.0, right=1.0))
    return max(0.0, below + above)


def _capability(middle: float, sigma: float, low: float | None, high: float | None) -> float | None:
    room = [*([middle - low] if low is not None else []), *([high - middle] if high is not None else [])]
    return min(room) / (3 * sigma) if room else None


def _bars(at: Numbers, summed: Numbers, ends: Numbers) -> tuple[Fit, ...]:
    """The distribution between the quantiles and a little beyond, in equal parts."""
    more = 0.25 * (ends[1] - ends[0])
    edges = np.linspace(ends[0] - more, ends[1] + more, BARS + 1)
    share = np.diff(np.interp(edges, at, summed, left=0.0, right=1.0))
    return tuple(Fit(float(a), float(b), float(s)) for a, b, s in zip(edges, edges[1:], share, strict=False))
