"""What was made, and what became of it: good, rejects, rework, first-pass and rolled-throughput yield."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from math import exp, prod
from typing import Annotated

import numpy as np

from ...catalog import study
from ...errors import BadQuestion
from ...model import Calendar, Output, Spells, Times, Window
from ...picture import Picture, bars, table
from ...units import Micros, Parts, Ratio, Unit
from .elements import coded
from .made import fates, plus
from .oee import ratio


@dataclass(frozen=True, slots=True)
class ProductCount:
    """Parts of one product; None where nobody counts them.

    Attributes
    ----------
    product
        The product, "" where nobody said which was on.
    made
        Parts made.
    good
        Good parts.
    rejects
        Scrapped parts.
    rework
        Parts to be reworked.
    """

    product: str
    made: Parts | None
    good: Parts | None
    rejects: Parts | None
    rework: Parts | None

    def __add__(self, other: ProductCount) -> ProductCount:
        return ProductCount(
            self.product,
            plus(self.made, other.made),
            plus(self.good, other.good),
            plus(self.rejects, other.rejects),
            plus(self.rework, other.rework),
        )


@dataclass(frozen=True, slots=True)
class PartCounts:
    """Parts finished in the window, whatever the machine was doing; None where nobody counts them.

    Attributes
    ----------
    made
        PQ, parts made.
    good
        GQ, good parts.
    rejects
        SQ, scrapped parts.
    rework
        RQ, parts to be reworked.
    opportunities
        Chances for a defect in all parts made.
    time
        All time of the window.
    heard
        Time in which the counters were heard; None where nobody recorded that.
    rows
        One row a product, in order of its name.
    """

    made: Parts | None
    good: Parts | None
    rejects: Parts | None
    rework: Parts | None
    opportunities: Annotated[float, Unit("{opportunity}")] | None
    time: Micros
    heard: Micros | None
    rows: tuple[ProductCount, ...]

    def __add__(self, other: PartCounts) -> PartCounts:
        both = {f.name: plus(getattr(self, f.name), getattr(other, f.name)) for f in fields(self) if f.name != "rows"}
        return PartCounts(**both, rows=_merged((*self.rows, *other.rows)))  # type: ignore[arg-type]  # each plus itself

    @property
    def first_pass(self) -> Parts | None:
        """GP: parts that were good at the first try; every good part where rework is not counted."""
        if self.made is None or self.rejects is None:
            return self.good
        return self.made - self.rejects - (self.rework or 0.0)

    @property
    def quality(self) -> Ratio | None:
        """GQ / PQ: good over made."""
        return ratio(self.good, self.made)

    @property
    def scrap_ratio(self) -> Ratio | None:
        """SQ / PQ: scrapped over made."""
        return ratio(self.rejects, self.made)

    @property
    def rework_ratio(self) -> Ratio | None:
        """RQ / PQ: to be reworked over made."""
        return ratio(self.rework, self.made)

    @property
    def first_pass_yield(self) -> Ratio | None:
        """GP / IP: good at the first try over inspected, every part made being inspected."""
        return ratio(self.first_pass, self.made)

    @property
    def defects(self) -> Parts | None:
        """Parts that were not good at the first try, one defect each."""
        return None if self.made is None or self.first_pass is None else self.made - self.first_pass

    @property
    def defects_per_unit(self) -> Ratio | None:
        """DPU: defects over parts made."""
        return ratio(self.defects, self.made)

    @property
    def defects_per_million(self) -> Annotated[float, Unit("[ppm]")] | None:
        """DPMO: defects in a million opportunities."""
        share = ratio(self.defects, self.opportunities)
        return None if share is None else share * 1e6

    @property
    def poisson_yield(self) -> Ratio | None:
        """exp(-DPU): the yield to expect if defects strike parts at random."""
        return None if self.defects_per_unit is None else exp(-self.defects_per_unit)

    @property
    def counted(self) -> Ratio | None:
        """The share of the window in which the counters were heard."""
        return ratio(self.heard, self.time)

    @property
    def flags(self) -> tuple[str, ...]:
        """What is assumed or missing, in words."""
        found = []
        if self.made is None:
            found.append("neither all parts nor rejects are counted: no yield. Add a total_count or reject_count")
        elif self.good is None:
            found.append("neither good parts nor rejects are counted: no yield. Add a good_count or reject_count")
        elif self.rework is None:
            found.append("rework is not counted: first-pass yield takes every good part as good at the first try")
        if self.made is not None and self.good is not None and self.good > self.made:
            found.append(f"more good parts ({self.good:g}) than parts made ({self.made:g}): check the counters")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Step:
    """One machine of a line as a step of the process.

    Attributes
    ----------
    machine
        Path of the machine.
    made
        Parts that went in.
    first_pass
        Parts that were good at the first try.
    """

    machine: str
    made: Parts | None
    first_pass: Parts | None

    @property
    def first_pass_yield(self) -> Ratio | None:
        """Good at the first try over made."""
        return ratio(self.first_pass, self.made)

    def __add__(self, other: Step) -> Step:
        return Step(self.machine, plus(self.made, other.made), plus(self.first_pass, other.first_pass))


@dataclass(frozen=True, slots=True)
class ThroughputYield:
    """Yield of a line of machines in sequence.

    Attributes
    ----------
    rows
        The steps, in the order of the line.
    """

    rows: tuple[Step, ...]

    def __add__(self, other: ThroughputYield) -> ThroughputYield:
        found: dict[str, Step] = {}
        for s in (*self.rows, *other.rows):
            found[s.machine] = found[s.machine] + s if s.machine in found else s
        return ThroughputYield(tuple(found.values()))

    @property
    def rolled(self) -> Ratio | None:
        """RTY, rolled throughput yield: the chance of a part to pass all steps at the first try."""
        yields = [s.first_pass_yield for s in self.rows]
        return prod(y for y in yields if y is not None) if yields and None not in yields else None

    @property
    def final(self) -> Ratio | None:
        """First-pass yield of the last step alone, which hides what the others lost."""
        return self.rows[-1].first_pass_yield if self.rows else None


def picture(answer: PartCounts) -> Picture:
    """Parts by product, stacked by what became of them."""
    rows = [
        (r.product or "(no product)", fate, n)
        for r in answer.rows
        for fate, n in (("good", r.good), ("rejects", r.rejects), ("rework", r.rework))
        if n
    ]
    return bars("Parts by product", rows, "parts")


def steps_picture(answer: ThroughputYield) -> Picture:
    """The steps with what went in and what passed."""
    return table(
        "Yield of the steps",
        ("machine", "made", "first pass", "yield"),
        [(s.machine, s.made, s.first_pass, s.first_pass_yield) for s in answer.rows],
    )


@study(picture=picture)
def counts(output: Output, calendar: Calendar | None = None, opportunities: int = 1) -> PartCounts:
    """How many parts were made, how many were good, and which yield that is.

    First-pass yield GP / IP = (made - rejects - rework) / made; DPU = defects / made; DPMO = defects / (made x
    opportunities) x 10^6; Poisson yield = exp(-DPU). All parts of the window count, whatever the machine was doing.
    Good parts are what the good counter says, so reworked parts are among them where they pass it again; the first-pass
    figures never contain them.

    Use `oee` instead for parts in planned time, `throughput_yield` for a line of machines in sequence.

    Parameters
    ----------
    output
        What the machine made, and which product was on.
    calendar
        The window that is asked about; its shifts are not needed.
    opportunities
        Chances for a defect in one part, for DPMO.

    Returns
    -------
    PartCounts
        Parts by what became of them, and yields.

    Raises
    ------
    BadQuestion
        There are no opportunities for a defect.

    Examples
    --------
    >>> from andon.model import Counts
    >>> answer = counts(Output(Window(0, 100), Counts.of([(10, 428)]), Counts.of([(10, 409)]),
    ...                        Counts.of([(10, 8)]), Counts.of([(10, 11)])))
    >>> answer.made, answer.first_pass, round(answer.first_pass_yield, 4), round(answer.scrap_ratio, 4)
    (428.0, 409.0, 0.9556, 0.0187)

    References
    ----------
    ISO 22400-2:2014: quality ratio, first pass yield, scrap ratio, rework ratio. NIST/SEMATECH e-Handbook of
    Statistical Methods, 6.3.3.1, for the Poisson model of defects.
    """
    if opportunities < 1:
        raise BadQuestion(f"opportunities = {opportunities} does not fit: a part has at least 1 chance for a defect.")
    window = calendar.window if calendar is not None else output.window
    product = output.product if output.product is not None else Spells.of([])
    edges = _edges(window, product)
    found = fates(output, edges)
    codes, names = coded((*product.text, ""))
    of = codes[_on(product, edges[:-1])]
    rows = [
        ProductCount(name, *(float(a[of == i].sum()) if a is not None else None for a in found))
        for i, name in enumerate(names)
    ]
    made, good, rejects, rework = (float(a.sum()) if a is not None else None for a in found)
    return PartCounts(
        made,
        good,
        rejects,
        rework,
        None if made is None else made * opportunities,
        window.duration,
        _heard(output.observed, window),
        _merged(r for r in rows if r.made or r.good or r.rejects or r.rework),
    )


@study(picture=steps_picture)
def throughput_yield(outputs: Mapping[str, Output], calendar: Calendar | None = None) -> ThroughputYield:
    """Which share of parts passes all machines of a line at the first try.

    Rolled throughput yield RTY = product of the first-pass yields of the steps, each (made - rejects - rework) / made.
    The machines are taken in the order in which plant.toml names them.

    Use `counts` instead for one machine.

    Parameters
    ----------
    outputs
        What each machine of the line made.
    calendar
        The window that is asked about; its shifts are not needed.

    Returns
    -------
    ThroughputYield
        The steps and the yield of all of them.

    Examples
    --------
    >>> from andon.model import Counts
    >>> line = {m: Output(Window(0, 9), Counts.of([(1, 100)]), Counts.of([(1, good)]))
    ...         for m, good in [("saw", 98), ("mill", 95), ("wash", 99), ("test", 92)]}
    >>> round(throughput_yield(line).rolled, 7)
    0.8479548

    References
    ----------
    ISO 22400-2:2014, first pass yield; M. J. Harry, The Vision of Six Sigma, 1998, for rolled throughput yield.
    """
    steps = ((path, counts(output, calendar)) for path, output in outputs.items())
    return ThroughputYield(tuple(Step(path, c.made, c.first_pass) for path, c in steps))


def _edges(window: Window, product: Spells) -> Times:
    moments = np.concatenate([product.since, product.until])
    inner = moments[(moments > window.since) & (moments < window.until)]
    return np.unique(np.concatenate([np.array([window.since, window.until], np.int64), inner]))


def _on(product: Spells, at: Times) -> Times:
    """Which product spell holds at each moment, one beyond the last where none does."""
    place = np.searchsorted(product.since, at, side="right") - 1
    return np.where((place >= 0) & (at < np.append(product.until, 0)[place]), place, len(product))


def _heard(observed: Spells | None, window: Window) -> int | None:
    if observed is None:
        return None
    return sum(until - since for since, until, _ in observed.within(window).rows())


def _merged(rows: Iterable[ProductCount]) -> tuple[ProductCount, ...]:
    found: dict[str, ProductCount] = {}
    for r in rows:
        found[r.product] = found[r.product] + r if r.product in found else r
    return tuple(found[name] for name in sorted(found))
