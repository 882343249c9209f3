"""How long it takes from the last good part of one product to the first good part of the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...catalog import study
from ...errors import BadQuestion, NoData
from ...model import Calendar, Counts, Orders, Output, Spells, State, States, Window
from ...picture import Picture, heatmap
from ...units import MINUTE, SECOND, Micros, Moment, Parts, Ratio, Seconds
from .stretches import held, inside, working


@dataclass(frozen=True, slots=True)
class Changeover:
    """One change of product.

    Attributes
    ----------
    at
        When the machine was told the new product.
    before, after
        The two products.
    last_good, first_good
        Last good part of the old product and first good part of the new one; None where there was none.
    elapsed
        Time between these two parts; None where one of them is missing.
    worked
        The part of it inside shifts and outside breaks; all of it for a plant without shifts.
    setup
        The part of it in which the machine was in setup; None without states.
    unknown
        The part of it in which the state is unknown; None without states.
    scrap
        Rejects between the change and the first good part; None where rejects are not counted.
    """

    at: Moment
    before: str
    after: str
    last_good: Moment | None
    first_good: Moment | None
    elapsed: Micros | None
    worked: Micros | None
    setup: Micros | None
    unknown: Micros | None
    scrap: Parts | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the table from product to product; times are worked time, seconds.

    Attributes
    ----------
    before, after
        The two products.
    count
        Finished changeovers from one to the other.
    median
        Half of them took less.
    best
        The quickest one: what has been shown to be possible.
    spread
        Between the lower and the upper quartile.
    """

    before: str
    after: str
    count: int
    median: Seconds
    best: Seconds
    spread: Seconds


@dataclass(frozen=True, slots=True)
class Changeovers:
    """Changes of product; they add up.

    Attributes
    ----------
    rows
        One row a change, in order of time.
    target
        What a changeover should take at most; None where no target was given.
    """

    rows: tuple[Changeover, ...]
    target: Seconds | None

    def __add__(self, other: Changeovers) -> Changeovers:
        rows = sorted((*self.rows, *other.rows), key=lambda r: (r.at, r.before, r.after, r.elapsed or -1))
        return Changeovers(tuple(rows), self.target if self.target == other.target else None)

    @property
    def count(self) -> int:
        """Finished changeovers: a good part before and a good part after."""
        return len(self._times())

    @property
    def unfinished(self) -> int:
        """Changes of product without a good part before or after."""
        return len(self.rows) - self.count

    @property
    def median(self) -> Seconds | None:
        """Half of the changeovers took less worked time than this."""
        return float(np.median(self._times())) if self.count else None

    @property
    def spread(self) -> Seconds | None:
        """Worked time between the lower and the upper quartile."""
        return _spread(self._times()) if self.count else None

    @property
    def total(self) -> Seconds:
        """Worked time of all changeovers."""
        return float(sum(self._times()))

    @property
    def setup_share(self) -> Ratio | None:
        """Setup over worked time: the rest is waiting, trial parts and adjustment outside the setup state."""
        known = [(r.setup, r.worked) for r in self.rows if r.setup is not None and r.worked]
        return sum(s for s, _ in known) / sum(w for _, w in known) if known else None

    @property
    def over_target(self) -> Seconds | None:
        """Worked time beyond the target, summed over the changeovers that took longer."""
        return None if self.target is None else float(sum(max(0.0, t - self.target) for t in self._times()))

    @property
    def late(self) -> int | None:
        """Changeovers that took longer than the target."""
        return None if self.target is None else sum(t > self.target for t in self._times())

    @property
    def matrix(self) -> tuple[Cell, ...]:
        """From each product to each other: how often, median, best and spread; what to standardise first."""
        found: dict[tuple[str, str], list[float]] = {}
        for row in self.rows:
            if row.worked is not None:
                found.setdefault((row.before, row.after), []).append(row.worked / SECOND)
        return tuple(Cell(a, b, len(t), float(np.median(t)), min(t), _spread(t)) for (a, b), t in sorted(found.items()))

    def _times(self) -> list[float]:
        return [r.worked / SECOND for r in self.rows if r.worked is not None]


def matrix_picture(answer: Changeovers) -> Picture:
    """Median minutes from each product to each other."""
    cells = {(c.before, c.after): c.median * SECOND / MINUTE for c in answer.matrix}
    names = sorted({n for pair in cells for n in pair})
    rows = [(a, b, cells.get((a, b))) for a in names for b in names]
    return heatmap("Median changeover from product to product", rows, "min", x="to", y="from")


@study(picture=matrix_picture)
def changeovers(
    output: Output,
    calendar: Calendar,
    states: States | None = None,
    orders: Orders | None = None,
    target: Seconds | None = None,
) -> Changeovers:
    """How long it takes from the last good part to the next product's first.

    A changeover runs from the last good part of the old product to the first good part of the new one, so run-out,
    cleaning, setup, trial parts and waiting are all in it (SMED). It belongs to the window in which the product was
    changed. Times are compared as worked time: shifts less breaks.

    Use `losses` instead when you want the setup time as a loss in planned busy time.

    Parameters
    ----------
    output
        Good parts (all parts where good ones are not counted) and the product that was on.
    calendar
        The window, and the shifts that make worked time of elapsed time.
    states
        What the machine did, for the setup time inside each changeover.
    orders
        Where the machine has no product signal, its orders say which product was on.
    target
        What a changeover should take at most.

    Returns
    -------
    Changeovers
        Each change, the table from product to product, and what lies beyond the target.

    Raises
    ------
    NoData
        Nothing says which product was on, or no parts are counted.

    Examples
    --------
    >>> good = Counts.of([(70 * SECOND, 1), (90 * SECOND, 1), (160 * SECOND, 1)])
    >>> product = Spells.of([(0, 100 * SECOND, "A"), (100 * SECOND, 300 * SECOND, "B")])
    >>> window = Window(0, 300 * SECOND)
    >>> found = changeovers(Output(window, None, good, product=product), Calendar(window, ()), target=60.0)
    >>> found.median, found.over_target, found.rows[0].before, found.rows[0].after
    (70.0, 10.0, 'A', 'B')

    References
    ----------
    S. Shingo: A Revolution in Manufacturing: The SMED System. Productivity Press 1985.
    """
    if target is not None and target < 0:
        raise BadQuestion(f"A target of {target} s for a changeover is negative.")
    good = output.good if output.good is not None else output.total
    runs = _runs(output.product if output.product is not None else _products(orders))
    if good is None or not runs:
        raise NoData(
            "A changeover needs counted parts and a product: give the machine a `good_count` and a `product` "
            "signal, or orders with products."
        )
    made = good.at[good.count > 0]
    clocks = _clocks(calendar, states)
    rows = []
    for (start, _, before), (at, until, after) in pairwise(runs):
        if at in calendar.window:
            earlier, later = made[(made > start) & (made <= at)], made[(made > at) & (made <= until)]
            last = int(earlier[-1]) if len(earlier) else None
            first = int(later[0]) if len(later) else None
            span = Window(last, first) if last is not None and first is not None else None
            scrap = _scrap(output.rejects, Window(at, first if first is not None else until))
            rows.append(
                Changeover(
                    at, before, after, last, first, span.duration if span else None, *_inside(span, clocks), scrap
                )
            )
    return Changeovers(tuple(rows), target)


def _runs(product: Spells) -> list[tuple[int, int, str]]:
    """Runs of one product, joined over pauses in which no product was on."""
    runs: list[tuple[int, int, str]] = []
    for since, until, text in product.rows():
        if not text:
            continue
        if runs and runs[-1][2] == text:
            runs[-1] = (runs[-1][0], until, text)
        else:
            runs.append((since, until, text))
    return runs


def _products(orders: Orders | None) -> Spells:
    if orders is None:
        return Spells.of([])
    rows = zip(orders.since.tolist(), orders.until.tolist(), orders.product, strict=True)
    known = sorted((s, u if u >= 0 else np.iinfo(np.int64).max, p) for s, u, p in rows if s >= 0)
    return Spells.of(_chained(known))


def _chained(rows: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Spells that end, at the latest, where the next one begins."""
    rows = list(rows)
    ends = [*(s for s, _, _ in rows[1:]), np.iinfo(np.int64).max][: len(rows)]
    return [(s, int(min(u, end)), p) for (s, u, p), end in zip(rows, ends, strict=True)]


def _clocks(calendar: Calendar, states: States | None) -> tuple[Spells | None, Spells | None, Spells | None]:
    """When work was planned, when the machine was in setup, and when its state was known."""
    if states is None:
        return working(calendar), None, None
    return working(calendar), held(states, (State.SETUP,)), held(states, [s for s in State if s is not State.UNKNOWN])


def _inside(
    span: Window | None, clocks: tuple[Spells | None, Spells | None, Spells | None]
) -> tuple[int | None, int | None, int | None]:
    """Worked, setup and unknown time inside a changeover."""
    if span is None:
        return None, None, None
    since, until = np.array([span.since]), np.array([span.until])
    worked, setup, known = (int(inside(c, since, until)[0]) if c is not None else None for c in clocks)
    return (span.duration if worked is None else worked), setup, None if known is None else span.duration - known


def _scrap(rejects: Counts | None, window: Window) -> float | None:
    return None if rejects is None else rejects.within(window).total


def _spread(times: list[float]) -> float:
    low, high = np.quantile(times, [0.25, 0.75])
    return float(high - low)
