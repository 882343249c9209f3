"""How long a part takes: the distribution of cycle times, its drift, and whether the ideal cycle is believable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import scipy
from numpy.typing import NDArray

from ...catalog import study
from ...errors import BadQuestion, NoData
from ...model import Calendar, Numbers, Output, Products, Spells, State, States, Times, Values, Window
from ...picture import Mark, Picture, histogram
from ...units import SECOND, Parts, Ratio, Seconds, Unit
from .quantiles import medians, weighted_quantiles
from .stretches import held, inside

Slope = Annotated[float, Unit("s/d")]
DAY = 86_400.0
GROUPS = 200
"""At most so many medians enter the slope, which needs the square of their number."""


@dataclass(frozen=True, slots=True)
class Bin:
    """How many parts took between two cycle times.

    Attributes
    ----------
    low, high
        Edges, half-open.
    parts
        Parts whose cycle time lies between them.
    """

    low: Seconds
    high: Seconds
    parts: Parts


@dataclass(frozen=True, slots=True)
class ProductCycles:
    """The cycle times of one product.

    Attributes
    ----------
    product
        The product, "" where nobody said which was on.
    parts
        Parts whose cycle time is known.
    median
        Half of the parts were quicker.
    spread
        Between the 10th and the 90th per cent of the parts.
    best
        Best demonstrated cycle: the share of parts set by `best` was quicker.
    slowest
        One part in twenty was slower.
    ideal
        The ideal cycle that was valid at the last part; None where none is known.
    faster
        Share of the parts that were surely quicker than the ideal cycle valid at their time; None without one.
    suspicious
        The best demonstrated cycle beats the ideal one by more than tolerated: the ideal is wrong master data.
    drift
        Slope of the cycle time over the time asked about (Theil-Sen); None where there are too few parts.
    drift_low, drift_high
        Its 95 % limits.
    drifting
        The limits of the slope lie on one side of 0, and it moves the median by more than tolerated from the first
        part to the last.
    bins
        The distribution, without the slowest and quickest hundredth.
    """

    product: str
    parts: Parts
    median: Seconds
    spread: Seconds
    best: Seconds
    slowest: Seconds
    ideal: Seconds | None
    faster: Ratio | None
    suspicious: bool
    drift: Slope | None
    drift_low: Slope | None
    drift_high: Slope | None
    drifting: bool
    bins: tuple[Bin, ...]

    @property
    def against_ideal(self) -> Ratio | None:
        """Median over ideal cycle: 1.1 means that the machine runs 10 % slower than it should."""
        return self.median / self.ideal if self.ideal else None


@dataclass(frozen=True, slots=True)
class CycleTimes:
    """The cycle times of one machine.

    Attributes
    ----------
    basis
        "signal" (the machine says its cycle time), "parts" (time between two parts) or "rows" (several parts counted
        in one row, so that each cycle time is the mean of its row and single slow or quick parts are smoothed away).
    resolution
        Parts counted at once, typically: 1 where each part is known.
    left_out
        Parts whose cycle time is not known: the machine stopped in between, or was not heard.
    rows
        One row a product, the one with the most parts first.
    """

    basis: str
    resolution: Parts
    left_out: Parts
    rows: tuple[ProductCycles, ...]

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is wrong with the ideal cycles, said plainly."""
        return tuple(
            f"the ideal cycle of {r.product or 'the machine'} ({r.ideal:.4g} s) is slower than what the "
            f"machine did on {r.faster:.1%} of its parts: best demonstrated {r.best:.4g} s"
            for r in self.rows
            if r.suspicious and r.ideal is not None and r.faster is not None
        )


@dataclass(frozen=True, slots=True)
class _Cycles:
    """Cycle times as they were found: when, seconds a part, how many parts, and the least it can have been."""

    at: Times
    time: Numbers
    parts: Numbers
    most: Numbers


def cycles_picture(answer: CycleTimes) -> Picture:
    """The distribution of the product with the most parts, with median, best and ideal cycle."""
    if not answer.rows:
        return histogram("Cycle times", [], "s", x="cycle time")
    row = answer.rows[0]
    marks = [Mark("best", row.best, "x"), Mark("median", row.median, "x")]
    marks += [Mark("ideal", row.ideal, "x")] if row.ideal else []
    return histogram(
        f"Cycle times {row.product}".strip(),
        [(b.low, b.high, b.parts) for b in row.bins],
        "s",
        x="cycle time",
        marks=marks,
    )


@study(picture=cycles_picture)
def cycle_times(
    output: Output | None,
    calendar: Calendar,
    products: Products,
    states: States | None = None,
    cycle_time: Values | None = None,
    best: Ratio = 0.05,
    tolerance: Ratio = 0.05,
) -> CycleTimes:
    """How long a part takes, whether it drifts, and whether the ideal cycle is right.

    From the machine's own cycle time where it has that signal; else from the time between two parts in which the
    machine produced without a stop; else, where several parts are counted in one row, from producing time / parts of
    each row. Quantiles count parts, not rows. A part is surely quicker than the ideal cycle if even one part less in
    its row would be. Cycle times scatter, so a few parts beat a right ideal; it is suspicious only if the best
    demonstrated cycle, which the machine repeated on `best` of its parts, is below it by more than `tolerance`. The
    drift is the median of all pairwise slopes (Theil-Sen), which a few odd parts do not move.

    Use `losses` instead when you want the time that slow cycles cost.

    Parameters
    ----------
    output
        Parts made (good ones where all are not counted) and the product that was on.
    calendar
        Its window is the one that is asked about.
    products
        Ideal cycles, each valid from a moment.
    states
        What the machine did: only producing time makes a cycle. Without it, pauses count as slow cycles.
    cycle_time
        The machine's own cycle time, in seconds, min or ms.
    best
        Share of parts that were quicker than the best demonstrated cycle.
    tolerance
        How far the best demonstrated cycle may lie below the ideal one, and the cycle time may drift over the time
        asked about, as a share of it, before it is told.

    Returns
    -------
    CycleTimes
        One row a product, and what the times were taken from.

    Raises
    ------
    NoData
        No cycle time can be told in the window.

    Examples
    --------
    >>> from andon.model import Counts, Rate
    >>> made = Counts.of([(i * 12 * SECOND, 1) for i in range(1, 50)])
    >>> window = Window(0, 600 * SECOND)
    >>> ideal = Products({"": (Rate(0, 13.0 * SECOND, None),)})
    >>> found = cycle_times(Output(window, made, None), Calendar(window, ()), ideal)
    >>> found.basis, found.rows[0].median, found.rows[0].suspicious
    ('parts', 12.0, True)

    References
    ----------
    P. K. Sen: Estimates of the Regression Coefficient Based on Kendall's Tau. JASA 63 (1968), 1379-1389.
    ISO 22400-2:2014, planned run time per item (PRI).
    """
    if not (0 < best < 1 and 0 <= tolerance < 1):
        raise BadQuestion(f"best = {best} and tolerance = {tolerance} are shares: write 0.05 for 5 %.")
    found, basis, resolution, left_out = _found(output, calendar.window, states, cycle_time)
    if not len(found.at):
        raise NoData(
            "No cycle time can be told in that window: it takes a `cycle_time` signal, or two parts counted "
            "while the machine was producing."
        )
    product = _products(output, found.at)
    rows = [
        _row(name, _only(found, product == name), products, best=best, tolerance=tolerance)
        for name in sorted(set(product.tolist()))
    ]
    return CycleTimes(basis, resolution, left_out, tuple(sorted(rows, key=lambda r: (-r.parts, r.product))))


def _found(
    output: Output | None, window: Window, states: States | None, cycle_time: Values | None
) -> tuple[_Cycles, str, float, float]:
    if cycle_time is not None and len(said := _said(cycle_time, window).at):
        return _said(cycle_time, window), "signal", 1.0, max(0.0, _total(output, window) - len(said))
    counts = None if output is None else output.total if output.total is not None else output.good
    if output is None or counts is None:
        none = np.empty(0, np.float64)
        return _Cycles(np.empty(0, np.int64), none, none, none), "parts", 1.0, 0.0
    some = counts.count > 0
    at, since, parts = counts.at[some], counts.since[some], counts.count[some]
    resolution = float(np.median(parts)) if len(parts) else 1.0
    begin = _begins(at, since, resolution)
    cycles, kept = _between(begin, at, parts, states, output.observed)
    inside_ = (at >= window.since) & (at < window.until)
    basis = "rows" if resolution > 1 else "parts"
    kept &= inside_
    return _only(cycles, kept), basis, resolution, float(parts[inside_ & ~kept].sum())


def _begins(at: Times, since: Times, resolution: float) -> Times:
    """Where the stretch of each increment begins: where it says so, else one row earlier, else at the part before."""
    before = np.concatenate([[np.iinfo(np.int64).min // 2], at[:-1]]) if len(at) else at
    if resolution > 1 and len(at) > 1:
        before = np.maximum(before, at - int(np.median(np.diff(at))))
    return np.where(since < at, since, before)


def _between(
    begin: Times, at: Times, parts: Numbers, states: States | None, observed: Spells | None
) -> tuple[_Cycles, NDArray[np.bool_]]:
    """Cycle times of the increments, and which of them are to be trusted."""
    length = at - begin
    rows = bool(len(parts)) and float(np.median(parts)) > 1
    kept = length < np.iinfo(np.int64).max // 4
    worked = length
    if states is not None:
        worked = inside(held(states, (State.PRODUCING,)), begin, at)
        seen = inside(held(states, [s for s in State if s is not State.UNKNOWN]), begin, at)
        kept &= (seen == length) & ((worked > 0) if rows else (worked == length))
    if observed is not None:
        kept &= inside(observed, begin, at) == length
    time = worked / parts / SECOND
    most = np.where(parts > 1, worked / np.maximum(parts - 1, 1) / SECOND, np.where(rows, np.inf, time))
    return _Cycles(at, time, parts, most), kept


def _said(cycle_time: Values, window: Window) -> _Cycles:
    """The machine's own cycle times: one part each, good values only."""
    scale = {"s": 1.0, "min": 60.0, "ms": 1e-3, "us": 1e-6, "h": 3600.0, "1": 1.0}.get(cycle_time.unit)
    if scale is None:
        raise BadQuestion(
            f"A cycle time in {cycle_time.unit!r} cannot be read as a time: give the signal the unit s, "
            "ms or min in plant.toml."
        )
    time = cycle_time.value * scale
    keep = (cycle_time.at >= window.since) & (cycle_time.at < window.until) & (cycle_time.quality >> 30 < 2)
    keep &= np.isfinite(time) & (time > 0)
    return _Cycles(cycle_time.at[keep], time[keep], np.ones(int(keep.sum())), time[keep])


def _total(output: Output | None, window: Window) -> float:
    counts = None if output is None else output.total if output.total is not None else output.good
    return 0.0 if counts is None else counts.within(window).total


def _products(output: Output | None, at: Times) -> NDArray[np.str_]:
    """The product that was on when each part was finished, "" where nobody said."""
    if output is None or output.product is None or not len(output.product):
        return np.full(len(at), "", dtype=np.str_)
    on = output.product
    place = np.clip(np.searchsorted(on.since, at, side="left") - 1, 0, None)
    texts = np.array(on.text, dtype=np.str_)
    return np.where((on.since[place] < at) & (at <= on.until[place]), texts[place], "")


def _only(cycles: _Cycles, keep: NDArray[np.bool_]) -> _Cycles:
    return _Cycles(cycles.at[keep], cycles.time[keep], cycles.parts[keep], cycles.most[keep])


def _row(product: str, cycles: _Cycles, products: Products, *, best: float, tolerance: float) -> ProductCycles:
    low, quick, median, slow, slower = weighted_quantiles(cycles.time, cycles.parts, (0.10, best, 0.50, 0.90, 0.95))
    ideals = _ideals(products, product, cycles.at)
    rated = np.isfinite(ideals)
    drift = _drift(cycles)
    of_rated = float(cycles.parts[rated].sum())
    faster = float(cycles.parts[rated & (cycles.most < ideals * (1 - 1e-9))].sum()) / of_rated if of_rated else None
    return ProductCycles(
        product,
        float(cycles.parts.sum()),
        median,
        slow - low,
        quick,
        slower,
        float(ideals[-1]) if rated[-1] else None,
        faster,
        bool(of_rated) and _beaten(_only(cycles, rated), ideals[rated], best) > tolerance,
        *drift,
        _matters(drift, cycles.at, tolerance * median),
        _bins(cycles),
    )


def _beaten(cycles: _Cycles, ideals: Numbers, best: float) -> float:
    """By which share the best demonstrated cycle beats the ideal one: each part surely took at most `most`."""
    return 1 - weighted_quantiles(cycles.most / ideals, cycles.parts, (best,))[0]


def _matters(drift: tuple[float | None, float | None, float | None], at: Times, least: float) -> bool:
    """Is the slope surely not 0, and does it come to more than `least` seconds from the first part to the last?"""
    slope, low, high = drift
    if slope is None or low is None or high is None:
        return False
    return low * high > 0 and abs(slope) * float(at[-1] - at[0]) / SECOND / DAY > least


def _ideals(products: Products, product: str, at: Times) -> Numbers:
    """The ideal cycle that was valid at each moment, NaN where none was."""
    rates = products.rates.get(product, ())
    known = np.array([np.nan, *(r.ideal_cycle / SECOND if r.ideal_cycle else np.nan for r in rates)])
    return np.asarray(known[np.searchsorted([r.since for r in rates], at, side="right")], dtype=np.float64)


def _drift(cycles: _Cycles) -> tuple[float | None, float | None, float | None]:
    """Theil-Sen slope of group medians over days, with 95 % limits; it takes at least 8 groups."""
    groups = min(GROUPS, len(cycles.at))
    if groups < 8 or cycles.at[-1] == cycles.at[0]:
        return None, None, None
    times, days = medians(cycles.time, groups), medians(cycles.at, groups) / SECOND / DAY

    slope, _, low, high = scipy.stats.theilslopes(times, days - days[0], alpha=0.95)
    return float(slope), float(low), float(high)


def _bins(cycles: _Cycles) -> tuple[Bin, ...]:
    """Freedman-Diaconis bins, 8 to 48, of the middle 98 % of the parts."""
    low, lower, upper, high = weighted_quantiles(cycles.time, cycles.parts, (0.01, 0.25, 0.75, 0.99))
    if high <= low:
        return (Bin(low * 0.98, low * 1.02, float(cycles.parts.sum())),)
    width = 2 * (upper - lower) / float(cycles.parts.sum()) ** (1 / 3)
    number = int(np.clip((high - low) / width, 8, 48)) if width > 0 else 24
    keep = (cycles.time >= low) & (cycles.time <= high)
    parts, edges = np.histogram(cycles.time[keep], bins=number, range=(low, high), weights=cycles.parts[keep])
    return tuple(Bin(float(a), float(b), float(n)) for a, b, n in zip(edges, edges[1:], parts, strict=False))
