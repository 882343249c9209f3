"""What capability answers: figures, verdict and remarks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Annotated

from ...units import Measured, Ratio, Unit
from .distributions import Fit
from .indices import Index, Index_
from .judging import TAILS, Defects, Ppm

FEW = 30
"""Below so many values an index says little."""
ENOUGH = 100
"""Values that the automotive industry asks for (PPAP: 25 subgroups, 100 readings); 50 in a row for a machine."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How many values lie between two edges.

    Attributes
    ----------
    low, high
        Edges, half-open.
    count
        Values between them.
    expected
        Values that the distribution which was taken expects there; None where none was.
    """

    low: Measured
    high: Measured
    count: int
    expected: Annotated[float, Unit("{count}")] | None


@dataclass(frozen=True, slots=True)
class Capability:
    """How the values of one test keep their specification.

    Attributes
    ----------
    test
        What was measured.
    unit
        Its unit.
    product
        The product asked for, "" for all.
    low, high
        Specification limits; None where there is none.
    target
        What is aimed at; None where nobody said.
    limits_from
        Who said the limits: setting, plant or measurements.
    count
        Values that count: the last one of each unit.
    superseded
        Values that a later one of the same unit replaced.
    subgroups
        Subgroups they are in; as many as values where each stands alone.
    mean, median, least, most
        Of the values.
    sigma_within
        Standard deviation within subgroups, unbiased; None for the run of a machine.
    sigma_overall
        Standard deviation of all values.
    distribution
        What the values were taken to have.
    exponent
        Lambda of the transform; None without one.
    confidence
        Of all intervals, two-sided.
    wanted
        The index that is asked for.
    needed
        Values it would take at this index to tell it from the wanted one; None where it is just that.
    points_out
        Subgroup means (or single values) beyond three sigma of the process.
    stable
        No more of them than chance explains: only then do the indices foretell anything.
    indices
        All indices that the limits allow, with intervals.
    defects
        Parts outside the limits, seen and expected.
    fits
        How well distributions fit.
    bars
        The histogram.
    """

    HEADLINE = ("verdict", "index", "index_low", "index_high", "expected_defects", "count", "stable")

    test: str
    unit: str
    product: str
    low: Measured | None
    high: Measured | None
    target: Measured | None
    limits_from: str
    count: int
    superseded: int
    subgroups: int
    mean: Measured
    median: Measured
    least: Measured
    most: Measured
    sigma_within: Measured | None
    sigma_overall: Measured
    distribution: str
    exponent: Annotated[float, Unit("{lambda}")] | None
    confidence: Ratio
    wanted: Index_
    needed: int | None
    points_out: int
    stable: bool
    indices: tuple[Index, ...]
    defects: tuple[Defects, ...]
    fits: tuple[Fit, ...]
    bars: tuple[Bar, ...]

    def of(self, name: str) -> Index | None:
        """The index of that name, None where the limits or the manner do not give it."""
        return next((i for i in self.indices if i.name == name), None)

    def judging(self) -> Index:
        """The index that judges: Cpk, else Cmk, else Ppk."""
        return next(i for n in ("Cpk", "Cmk", "Ppk") if (i := self.of(n)) is not None)

    @property
    def index_name(self) -> str:
        """Which index judges: Cpk where sigma within subgroups is known, Cmk for the run of a machine, else Ppk."""
        return self.judging().name

    @property
    def index(self) -> Index_:
        """The index that judges."""
        return self.judging().value

    @property
    def index_low(self) -> Index_ | None:
        """Its lower confidence limit: what is surely kept."""
        return self.judging().low

    @property
    def index_high(self) -> Index_ | None:
        """Its upper confidence limit."""
        return self.judging().high

    @property
    def cp(self) -> Index_ | None:
        """Tolerance over six sigma within subgroups."""
        return _value(self.of("Cp"))

    @property
    def cpk(self) -> Index_ | None:
        """Distance of the mean to the nearer limit, over three sigma within subgroups."""
        return _value(self.of("Cpk"))

    @property
    def pp(self) -> Index_ | None:
        """Tolerance over six sigma of all values."""
        return _value(self.of("Pp"))

    @property
    def ppk(self) -> Index_ | None:
        """Distance of the mean to the nearer limit, over three sigma of all values."""
        return _value(self.of("Ppk"))

    @property
    def cpm(self) -> Index_ | None:
        """As Cp, with the distance from the target counted as spread (Taguchi)."""
        return _value(self.of("Cpm"))

    @property
    def expected_defects(self) -> Ppm | None:
        """Parts outside the limits in the long run, from the spread of all values."""
        return self.defects[-1].overall

    @property
    def verdict(self) -> str:
        """capable, not capable, or not proven: whether the interval of the index lies above the wanted one."""
        if self.index_low is None or self.index_high is None or not self.stable:
            return "not proven"
        if self.index_low >= self.wanted:
            return "capable"
        return "not capable" if self.index_high < self.wanted else "not proven"

    @property
    def remarks(self) -> tuple[str, ...]:
        """What to know before the indices are believed."""
        return tuple(_remarks(self))


def _value(found: Index | None) -> float | None:
    return found.value if found else None


def _remarks(answer: Capability) -> Iterator[str]:
    if not answer.stable:
        yield (
            f"{answer.points_out} of {answer.subgroups} points are beyond three sigma: the process is not stable, "
            "and its indices foretell nothing"
        )
    if answer.count < FEW:
        yield f"only {answer.count} values: the interval says how little an index of so few says"
    elif answer.count < ENOUGH:
        yield f"{answer.count} values: the automotive industry asks for 100 (50 in a row for a machine)"
    if answer.distribution == "empirical" and answer.count < 1 / TAILS[0]:
        yield f"{answer.count} values do not reach the 0.135 % quantile: it takes 741, so fit a distribution"
    if answer.superseded:
        yield f"{answer.superseded} values do not count: the same units were measured again later"
    fit = next((f for f in answer.fits if f.distribution == answer.distribution or answer.exponent is not None), None)
    if fit is not None and fit.fits is False:
        yield f"the values are not {fit.distribution} (Anderson-Darling, p = {fit.anderson_p:.2g})" + (
            ": look at their histogram, or take distribution = best" if answer.distribution == "normal" else ""
        )
    low, high = -inf if answer.low is None else answer.low, inf if answer.high is None else answer.high
    if answer.target is not None and not low <= answer.target <= high:
        yield f"the target {answer.target:g} lies outside the limits"
