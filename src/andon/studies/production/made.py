"""What was made in each leaf: which product, at which ideal cycle, how many parts and what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, TypeVar

import numpy as np

from ...model import Counts, Element, Numbers, Output, Products, Spells, Times
from ...units import Micros, Money, Parts, Unit
from .elements import Flags, Indices, Leaves, coded, split, within

IdealCycle = Annotated[float, Unit("us/{part}")]
"""PRI, the planned run time per item: microseconds a part."""

IdealTime = Annotated[float, Unit("us")]
"""Ideal cycle times parts, in microseconds; not a whole number where the ideal cycle is not."""


@dataclass(frozen=True, slots=True, order=True)
class Rated:
    """A product as it was rated for a while: its ideal cycle and value, None where not known."""

    product: str
    ideal_cycle: float | None
    part_value: float | None

    @property
    def key(self) -> tuple[str, float, float]:
        """What to sort by."""
        return (self.product, _or(self.ideal_cycle, -1.0), _or(self.part_value, -1.0))


@dataclass(frozen=True, slots=True)
class Made:
    """The leaves of one machine, cut where its product or a rate changes, with the parts that were finished in each.

    Arrays of one length n, beside the leaves: `rate` (place in `rates`), and parts `made`, `good`, `rejects`, `rework`,
    each None where the machine cannot say; `startup` are the rejects between a setup and the first good part;
    `early` says where a reject would be one of them; `heard` where the counters were heard, None where nobody recorded
    that. Where `recovers`, rework is among the parts that were not good, and no part is lost by it.
    """

    leaves: Leaves
    rates: tuple[Rated, ...]
    rate: Indices
    made: Numbers | None
    good: Numbers | None
    rejects: Numbers | None
    rework: Numbers | None
    startup: Numbers | None
    early: Flags
    heard: Flags | None
    recovers: bool

    @property
    def counted(self) -> Numbers:
        """Parts made, or good parts where only these are counted."""
        found = self.made if self.made is not None else self.good
        return found if found is not None else np.zeros(len(self.rate))


@dataclass(frozen=True, slots=True)
class Run:
    """What one product did in known planned busy time while one ideal cycle and one value held.

    Attributes
    ----------
    product
        The product, "" where nobody said which was on.
    ideal_cycle
        Planned run time per item (PRI), None where it is not known.
    part_value
        Money a good part, None where it is not known.
    production
        Actual production time (APT).
    made
        Parts made, None where rejects are not counted.
    good
        Good parts, None where neither they nor rejects are counted.
    startup
        Rejects between a setup and the first good part after it.
    reworked
        Parts that were not good, and are to be reworked or were tested again: they cost their time, and no part.
    """

    product: str
    ideal_cycle: IdealCycle | None
    part_value: Money | None
    production: Micros
    made: Parts | None
    good: Parts | None
    startup: Parts
    reworked: Parts = 0.0

    @property
    def rated(self) -> Rated:
        """What it has in common with the runs it can be added to."""
        return Rated(self.product, self.ideal_cycle, self.part_value)

    @property
    def effectiveness(self) -> Annotated[float, Unit("1")] | None:
        """Ideal time of the parts made over running time; over 1 the ideal cycle is wrong."""
        if self.ideal_cycle is None or self.made is None or not self.production:
            return None
        return self.ideal_cycle * self.made / self.production

    def __add__(self, other: Run) -> Run:
        return Run(
            self.product,
            self.ideal_cycle,
            self.part_value,
            self.production + other.production,
            plus(self.made, other.made),
            plus(self.good, other.good),
            self.startup + other.startup,
            self.reworked + other.reworked,
        )


def made(leaves: Leaves, output: Output, products: Products) -> Made:
    """Cut leaves where the product or its rate changes, and count the parts finished in each.

    Parts fall to the leaf, and so to the product, at the time when they were finished; those of a gap in the counting
    are spread over it. So the parts of any windows that make up a window are the parts of that window.

    Parameters
    ----------
    leaves
        The classified time of the machine.
    output
        Its counters and its product; may reach beyond the leaves' window.
    products
        Ideal cycles and values, each valid from a moment.

    Returns
    -------
    Made
        The leaves with their product, rate and parts.
    """
    product = output.product if output.product is not None else Spells.of([])
    startup = _startups(leaves, output)
    rate_edges = np.array([r.since for rates in products.rates.values() for r in rates], np.int64)
    heard = (output.observed.since, output.observed.until) if output.observed is not None else None
    fine = split(leaves, [product.since, product.until, rate_edges, *startup, *(heard or ())])
    rates, rate = _rates(fine.since, product, products)
    total, good, rejects, rework = fates(output, fine.edges)
    early = within(startup, fine.since)
    return Made(
        fine,
        rates,
        rate,
        total,
        good,
        rejects,
        rework,
        np.where(early, rejects, 0.0) if rejects is not None else None,
        early,
        within(heard, fine.since) if heard is not None else None,
        output.recovers,
    )


def fates(output: Output, edges: Times) -> tuple[Numbers | None, Numbers | None, Numbers | None, Numbers | None]:
    """Parts made, good, rejected and to be reworked in each of the n stretches between n + 1 edges.

    None where the machine cannot say; where rejects are counted, parts made give the good ones and the other way round.
    """
    total, good, rejects, rework = (
        counted(c, edges) if c is not None else None for c in (output.total, output.good, output.rejects, output.rework)
    )
    return completed(total, good, rejects, rework)


N = TypeVar("N", float, Numbers)


def completed(
    total: N | None, good: N | None, rejects: N | None, rework: N | None
) -> tuple[N | None, N | None, N | None, N | None]:
    """Parts made, good, rejected and to be reworked: where rejects are counted, two of them give the third.

    >>> completed(10.0, None, 2.0, None)
    (10.0, 8.0, 2.0, None)
    """
    bad = rejects + (rework if rework is not None else 0.0) if rejects is not None else None
    if good is None and total is not None and bad is not None:
        good = total - bad
    elif total is None and good is not None and bad is not None:
        total = good + bad
    return total, good, rejects, rework


def counted(counts: Counts, edges: Times) -> Numbers:
    """Parts finished in each of the n stretches between n + 1 edges.

    The same figures as `Counts.within` for each stretch, all at once.

    >>> counted(Counts(np.array([0]), np.array([90]), np.array([10.0])), np.array([0, 30, 60, 90]))
    array([3., 3., 4.])
    """
    n = len(edges) - 1
    spread = counts.since < counts.at
    at, amount = counts.at[~spread], counts.count[~spread]
    place = np.searchsorted(edges, at, side="right") - 1
    inside = (place >= 0) & (place < n)
    found = np.bincount(place[inside], amount[inside], minlength=n).astype(np.float64)
    if not spread.any():
        return found
    since, until, amount = counts.since[spread], counts.at[spread], counts.count[spread]
    first = np.clip(np.searchsorted(edges, since, side="right") - 1, 0, None)
    last = np.clip(np.searchsorted(edges, until, side="left") - 1, None, n - 1)
    pieces = np.clip(last - first + 1, 0, None)
    of = np.repeat(np.arange(len(since)), pieces)
    leaf = np.repeat(first - np.cumsum(pieces) + pieces, pieces) + np.arange(len(of))
    parts = [
        _finished(edge - since[of], until[of] - since[of], amount[of], counts.whole)
        for edge in (edges[leaf], edges[leaf + 1])
    ]
    return found + np.bincount(leaf, parts[1] - parts[0], minlength=n).astype(np.float64)


def runs(work: Made, known: Flags | None = None, running: Flags | None = None) -> tuple[Run, ...]:
    """Running time and the parts finished in known time, one row a product and rate, in order.

    Unless said otherwise, known time is known planned busy time and running time is APT.
    """
    known, n = work.leaves.worked if known is None else known, len(work.rates)
    running = work.leaves.of(Element.PRODUCTION) if running is None else running
    production = sums(work.rate[running], work.leaves.duration[running], n)
    parts = [sums(work.rate[known], a[known], n) if a is not None else [None] * n for a in (work.made, work.good)]
    startup = sums(work.rate[known], work.startup[known], n) if work.startup is not None else [0.0] * n
    again = work.rework if work.recovers else None
    reworked = sums(work.rate[known], again[known], n) if again is not None else [0.0] * n
    rows = (
        Run(r.product, r.ideal_cycle, r.part_value, int(t), m, g, s, a)
        for r, t, m, g, s, a in zip(work.rates, production, *parts, startup, reworked, strict=True)
    )
    return tuple(r for r in rows if r.production or r.made or r.good or r.startup)


def merged(rows: Iterable[Run]) -> tuple[Run, ...]:
    """Rows of the same product and rate added up, in order."""
    found: dict[Rated, Run] = {}
    for row in rows:
        found[row.rated] = found[row.rated] + row if row.rated in found else row
    return tuple(found[k] for k in sorted(found, key=lambda k: k.key))


def sums(place: Indices, amount: Numbers | Times, n: int) -> list[float]:
    """The sum of the amounts at each of n places; exact for whole numbers below 2**53."""
    return [float(x) for x in np.bincount(place, amount, minlength=n)]


def plus(a: float | None, b: float | None) -> float | None:
    """The sum, None where one of the two is not known.

    >>> plus(1.0, 2.0), plus(1.0, None)
    (3.0, None)
    """
    return None if a is None or b is None else a + b


def remarks(rows: Iterable[Run]) -> tuple[str, ...]:
    """What is wrong with the figures of these runs, said plainly."""
    rows = list(rows)
    found = [
        f"effectiveness over 100 % ({e:.1%}): the ideal cycle of product {_called(r)} ({_seconds(r)} s) is wrong "
        "master data"
        for r in rows
        if (e := r.effectiveness) is not None and e > 1
    ]
    found += [
        f"more good parts ({r.good:g}) than parts made ({r.made:g}) of product {_called(r)}: check which counter "
        "counts what"
        for r in rows
        if r.made is not None and r.good is not None and r.good > r.made
    ]
    unrated = sorted({_called(r) for r in rows if r.ideal_cycle is None and (r.production or r.made or r.good)})
    if unrated:
        found.append(
            f"no ideal cycle is known for product {', '.join(unrated)}: its running time cannot be rated, and "
            "its parts add nothing to OEE"
        )
    if any(r.made is None for r in rows):
        found.append(
            "neither all parts nor rejects are counted: effectiveness and quality cannot be told apart. "
            "Give the machine a total_count or a reject_count"
        )
    if any(r.good is None for r in rows):
        found.append(
            "neither good parts nor rejects are counted: nobody knows how many parts were good. "
            "Give the machine a good_count or a reject_count"
        )
    return tuple(found)


def _called(run: Run) -> str:
    return repr(run.product) if run.product else "'' (none said)"


def _seconds(run: Run) -> str:
    return f"{(run.ideal_cycle or 0) / 1e6:g}"


def _rates(at: Times, product: Spells, products: Products) -> tuple[tuple[Rated, ...], Indices]:
    """Which product was on at each moment and which of its rates held: the distinct ones, and their places."""
    codes, names = coded((*product.text, ""))
    place = np.searchsorted(product.since, at, side="right") - 1
    on = (place >= 0) & (at < np.append(product.until, 0)[place])
    of = np.where(on, codes[place], codes[-1])
    found: dict[Rated, int] = {}
    rate = np.zeros(len(at), np.int64)
    for code in np.unique(of).tolist():
        here = of == code
        known = products.rates.get(names[code], ())
        held = np.searchsorted(np.array([r.since for r in known], np.int64), at[here], side="right")
        all_ = [Rated(names[code], None, None), *(Rated(names[code], r.ideal_cycle, r.value) for r in known)]
        rate[here] = np.array([found.setdefault(r, len(found)) for r in all_])[held]
    return _in_order(found, rate)


def _in_order(found: dict[Rated, int], rate: Indices) -> tuple[tuple[Rated, ...], Indices]:
    order = sorted(found, key=lambda r: r.key)
    places = np.zeros(len(found), np.int64)
    places[[found[r] for r in order]] = np.arange(len(order))
    return tuple(order), places[rate]


def _startups(leaves: Leaves, output: Output) -> tuple[Times, Times]:
    """The stretches from the start of each setup to the first good part after it, where rejects are timed.

    Where good parts were counted over a stretch, the first of them may be from its beginning.
    """
    good = _good(output)
    if good is None or not len(leaves.states):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    states, last = leaves.states, leaves.states.window.until
    codes, names = coded(states.state)
    setup = codes == (names.index("setup") if "setup" in names else -1)
    before = np.append(False, setup[:-1] & (states.since[1:] == states.until[:-1]))
    after = np.append(before[1:] & setup[1:], False)
    since, until = states.since[setup & ~before], states.until[setup & ~after]
    begun, at = np.append(good[0], last), np.append(good[1], last)
    first = np.searchsorted(at, until, side="left")
    return since, np.sort(np.maximum(begun[np.minimum(first, len(at) - 1)], until))


def _good(output: Output) -> tuple[Times, Times] | None:
    """Beginning and end of each increment that holds good parts; None where they cannot be told from rejects.

    Where only all parts and rejects are counted, an increment holds good parts if more were made in it than were bad.
    """
    if output.rejects is None:
        return None
    if output.good is not None:
        some = output.good.count > 0
        return output.good.since[some], output.good.at[some]
    if output.total is None:
        return None
    made = output.total
    bad = sum((_counted_in(c, made) for c in (output.rejects, output.rework) if c is not None), np.zeros(len(made.at)))
    return made.since[made.count > bad], made.at[made.count > bad]


def _counted_in(counts: Counts, made: Counts) -> Numbers:
    """How much was counted from the beginning to the end, both included, of each increment of parts made."""
    upto = np.append(0.0, np.cumsum(counts.count))
    first = np.searchsorted(counts.at, made.since, side="left")
    return np.asarray(upto[np.searchsorted(counts.at, made.at, side="right")] - upto[first], dtype=np.float64)


def _finished(after: Times, length: Times, amount: Numbers, whole: bool) -> Numbers:
    """How much of an increment is finished so long after its beginning: the law of `Counts.within`."""
    part = amount * (np.clip(after, 0, length) / length)
    return np.floor(part + 1e-9) if whole else part


def _or(value: float | None, other: float) -> float:
    return other if value is None else value
