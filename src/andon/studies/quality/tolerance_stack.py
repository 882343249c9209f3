"""How tolerances add up: worst case, root sum of squares, and the exact distribution of what parts make together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import sqrt
from typing import Annotated

import numpy as np
import scipy

from ...catalog import study
from ...errors import BadQuestion
from ...model import Numbers
from ...picture import Picture, lines
from ...units import Measured, Ratio, Statistic, Unit

Ppm = Annotated[float, Unit("[ppm]")]
CELLS = 1 << 14
"""Points of the grid on which distributions are folded."""
SHAPES = ("normal", "uniform", "triangular")
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
PART = re.compile(
    rf"^\s*(?P<name>[^\d+±-][^:]*?)\s*:?\s+(?P<nominal>{NUMBER})\s*"
    rf"(?:(?:±|\+-|\+/-)\s*(?P<both>{NUMBER})|\+\s*(?P<up>{NUMBER})\s*(?:/\s*)?-\s*(?P<down>{NUMBER}))"
    rf"(?P<rest>.*)$"
)


@dataclass(frozen=True, slots=True)
class Link:
    """One dimension of the chain.

    Attributes
    ----------
    name
        Its name.
    nominal
        Its nominal size; negative where it takes away.
    low, high
        Its limits.
    sigma
        Its standard deviation.
    shape
        normal, uniform or triangular.
    share
        Of the variance of the whole.
    """

    name: str
    nominal: Measured
    low: Measured
    high: Measured
    sigma: Measured
    shape: str
    share: Ratio


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the distribution.

    Attributes
    ----------
    value
        Size of the whole.
    density
        How dense sizes are there.
    """

    value: Measured
    density: Statistic


@dataclass(frozen=True, slots=True)
class ToleranceStack:
    """What the parts make together.

    Attributes
    ----------
    nominal
        Sum of the nominal sizes.
    mean
        Mean of the whole: where limits lie unevenly, parts are taken to be in their middle.
    worst_low, worst_high
        Worst case: all parts at their limits.
    rss_low, rss_high
        Root sum of squares of the tolerances about the middle: what nearly all lie within, if parts keep their limits
        to 3 sigma and are independent.
    sigma
        Standard deviation of the whole.
    exact_low, exact_high
        Between these lie all but `outside` of the assemblies, by the exact distribution.
    low, high
        Limits of the whole, where they were given.
    below, above
        Expected beyond them; None without limits.
    capability
        Cpk of the whole against its limits; None without limits.
    fits
        Even the worst case keeps the limits; None without limits.
    rows
        The dimensions.
    curve
        The distribution of the whole.
    remarks
        What to bear in mind.
    """

    HEADLINE = ("nominal", "worst_low", "worst_high", "rss_low", "rss_high", "below", "above")
    INNER = ("curve",)

    nominal: Measured
    mean: Measured
    worst_low: Measured
    worst_high: Measured
    rss_low: Measured
    rss_high: Measured
    sigma: Measured
    exact_low: Measured
    exact_high: Measured
    low: Measured | None
    high: Measured | None
    below: Ppm | None
    above: Ppm | None
    capability: Statistic | None
    fits: bool | None
    rows: tuple[Link, ...]
    curve: tuple[Point, ...]
    remarks: tuple[str, ...]


def tolerance_stack_picture(answer: ToleranceStack) -> Picture:
    """The distribution of the whole between its worst cases."""
    return lines("What the parts make together", [("density", p.value, p.density) for p in answer.curve], x="size")


@study(picture=tolerance_stack_picture)
def tolerance_stack(
    parts: str,
    low: Measured | None = None,
    high: Measured | None = None,
    sigmas: Annotated[float, Unit("{sigma}")] = 3.0,
    outside: Ratio = 0.0027,
) -> ToleranceStack:
    """How the tolerances of parts add up in what they make together.

    Worst case is the sum of all tolerances, root sum of squares (RSS) what independent parts make. The distribution is
    exact: those of the parts are folded into each other on a fine grid, without chance, so that tails of parts per
    million are right where a simulation sees none.

    Use `capability` instead for what was measured.

    Parameters
    ----------
    parts
        The chain of dimensions with semicolons: `shaft 20 ±0.1; ring -5 +0.2 -0.1 uniform; gap -14.7 ±0.05`. Negative
        sizes take away. Behind each may stand its shape (normal, uniform, triangular) and `sigma 0.02` where it is
        known.
    low, high
        Limits of the whole.
    sigmas
        How many standard deviations a tolerance of a normal part is, where its sigma is not given.
    outside
        Share of assemblies outside the exact limits.

    Returns
    -------
    ToleranceStack
        Worst case, RSS, and the exact distribution against the limits.

    Raises
    ------
    BadQuestion
        A part cannot be read.

    Examples
    --------
    >>> found = tolerance_stack("shaft 20 ±0.3; ring -5 ±0.4", low=14.5, high=15.5)
    >>> round(found.worst_high, 3), round(found.rss_high, 3), round(found.sigma, 4), round(found.above, 2)
    (15.7, 15.5, 0.1667, 1349.9)

    References
    ----------
    ASME Y14.5; D. H. Evans: Statistical Tolerancing. Journal of Quality Technology 7 (1975), 1-12.
    """
    if sigmas <= 0 or not 0 < outside < 1:
        raise BadQuestion(f"sigmas = {sigmas} must be above 0, and outside = {outside} a share between 0 and 1.")
    if low is not None and high is not None and low >= high:
        raise BadQuestion(f"The lower limit ({low:g}) is not below the upper one ({high:g}).")
    links = [_link(text, sigmas) for text in parts.split(";") if text.strip()]
    if not links:
        raise BadQuestion("Name the parts with semicolons: shaft 20 ±0.1; ring -5 +0.2 -0.1 uniform.")
    return _told(links, (low, high), outside)


def _link(text: str, sigmas: float) -> Link:
    """One part as it is written."""
    found = PART.match(text)
    if found is None:
        raise BadQuestion(f"{text.strip()!r} is no part: write its name, size and tolerance, as in `shaft 20 ±0.1`.")
    nominal = float(found["nominal"])
    up, down = (found["both"], found["both"]) if found["both"] else (found["up"], found["down"])
    low, high = nominal - float(down), nominal + float(up)
    words = found["rest"].split()
    shape = next((w for w in words if w in SHAPES), "normal")
    given = float(words[words.index("sigma") + 1]) if "sigma" in words[:-1] else None
    if high <= low or (given is not None and given <= 0) or set(words) - {*SHAPES, "sigma", *words[-1:]}:
        raise BadQuestion(
            f"{text.strip()!r}: its limits must lie apart, and behind them stand a shape or `sigma 0.02`."
        )
    half = (high - low) / 2
    usual = {"normal": half / sigmas, "uniform": half / sqrt(3), "triangular": half / sqrt(6)}[shape]
    return Link(found["name"].strip(), nominal, low, high, given or usual, shape, 0.0)


def _told(links: list[Link], limits: tuple[float | None, float | None], outside: float) -> ToleranceStack:

    variance = sum(p.sigma**2 for p in links)
    mean = sum((p.low + p.high) / 2 for p in links)
    worst = sum(p.low for p in links), sum(p.high for p in links)
    rss = sqrt(sum(((p.high - p.low) / 2) ** 2 for p in links))
    sigma = sqrt(variance)
    grid, density = _folded(links, mean, sigma)
    low, high = limits
    below, above = (_beyond(grid, density, limit, upper) for limit, upper in ((low, False), (high, True)))
    if all(p.shape == "normal" for p in links):
        below = None if low is None else float(scipy.stats.norm.cdf(low, mean, sigma))
        above = None if high is None else float(scipy.stats.norm.sf(high, mean, sigma))
    near = [d for d in (None if low is None else mean - low, None if high is None else high - mean) if d is not None]
    return ToleranceStack(
        sum(p.nominal for p in links),
        mean,
        *worst,
        mean - rss,
        mean + rss,
        sigma,
        *_between(grid, density, outside),
        low,
        high,
        None if below is None else 1e6 * below,
        None if above is None else 1e6 * above,
        min(near) / (3 * sigma) if near else None,
        None if not near else (low is None or worst[0] >= low) and (high is None or worst[1] <= high),
        tuple(Link(p.name, p.nominal, p.low, p.high, p.sigma, p.shape, p.sigma**2 / variance) for p in links),
        tuple(Point(float(x), float(d)) for x, d in zip(grid[:: CELLS // 256], density[:: CELLS // 256], strict=True)),
        tuple(_remarks(links, mean)),
    )


def _folded(links: list[Link], mean: float, sigma: float) -> tuple[Numbers, Numbers]:
    """The density of the sum on a grid: the characteristic functions multiplied, and transformed back."""
    reach = max(10 * sigma, 1.2 * sum((p.high - p.low) / 2 for p in links if p.shape != "normal") + 8 * sigma)
    step = 2 * reach / CELLS
    frequency = np.asarray(2 * np.pi * np.fft.fftfreq(CELLS, step), dtype=np.float64)
    product = np.ones(CELLS)
    for p in links:
        product = product * _characteristic(p, frequency)
    density = np.asarray(np.fft.fftshift(np.fft.ifft(product).real) / step, dtype=np.float64)
    grid = np.asarray(mean + (np.arange(CELLS) - CELLS // 2) * step, dtype=np.float64)
    return grid, np.asarray(np.maximum(density, 0.0), dtype=np.float64)


def _characteristic(p: Link, frequency: Numbers) -> Numbers:
    """The characteristic function of a part about its middle; a given sigma widens or narrows its shape."""
    if p.shape == "normal":
        return np.asarray(np.exp(-0.5 * (p.sigma * frequency) ** 2))
    if p.shape == "uniform":
        return np.sinc(p.sigma * sqrt(3) * frequency / np.pi)
    return np.sinc(p.sigma * sqrt(6) * frequency / 2 / np.pi) ** 2


def _beyond(grid: Numbers, density: Numbers, limit: float | None, upper: bool) -> float | None:
    """The share beyond a limit."""
    if limit is None:
        return None
    step = float(grid[1] - grid[0])
    edges = np.append(grid - step / 2, grid[-1] + step / 2)
    sums = np.concatenate([[0.0], np.cumsum(density)]) / density.sum()
    share = float(np.interp(limit, edges, sums))
    return 1 - share if upper else share


def _between(grid: Numbers, density: Numbers, outside: float) -> tuple[float, float]:
    """The limits that leave half of a share outside on each side."""
    step = float(grid[1] - grid[0])
    sums = np.concatenate([[0.0], np.cumsum(density)]) / density.sum()
    edges = np.append(grid - step / 2, grid[-1] + step / 2)
    low, high = np.interp([outside / 2, 1 - outside / 2], sums, edges)
    return float(low), float(high)


def _remarks(links: list[Link], mean: float) -> list[str]:
    found = []
    if abs(mean - sum(p.nominal for p in links)) > 1e-12 * max(abs(mean), 1.0):
        found.append("limits lie unevenly about the nominal: parts are taken to be in the middle of their limits")
    found.append("parts are taken as independent and centred: a shift of one moves the whole")
    return found
