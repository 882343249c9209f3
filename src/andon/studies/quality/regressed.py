"""What a regression answers: its coefficients, how well the model fits, what contradicts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from ...picture import Picture, scatter
from ...units import Correlation, Measured, Probability, Ratio, Statistic, Unit
from .residuals import Checks

Coefficient = Annotated[float, Unit("{unit}/{x}")]


@dataclass(frozen=True, slots=True)
class Term:
    """One coefficient.

    Attributes
    ----------
    term
        "constant", a number's name or its power; in a formula the name of a coefficient.
    coefficient
        How much the value grows by one of the term.
    error
        Its standard error.
    low, high
        Its interval.
    t
        Coefficient over error; None without error.
    p
        That a term without any effect has such a t.
    inflation
        How many times the other terms raise its variance (VIF); above 10 it can hardly be told from them. None for the
        constant and in a formula.
    """

    term: str
    coefficient: Coefficient
    error: Coefficient
    low: Coefficient
    high: Coefficient
    t: Statistic | None
    p: Probability | None
    inflation: Statistic | None


@dataclass(frozen=True, slots=True)
class Tied:
    """Two coefficients that move together.

    Attributes
    ----------
    term, with_term
        Which two.
    correlation
        From -1 to 1; near either the values hardly tell one from the other.
    """

    term: str
    with_term: str
    correlation: Correlation


@dataclass(frozen=True, slots=True)
class Influence:
    """A value that moves the line.

    Attributes
    ----------
    unit_name
        The unit it was found on.
    value
        What was measured.
    fitted
        What the model says.
    distance
        Cook's distance: how far all coefficients move without it; above 1 it makes the model.
    """

    unit_name: str
    value: Measured
    fitted: Measured
    distance: Statistic


@dataclass(frozen=True, slots=True)
class Point:
    """A value with what the model says.

    Attributes
    ----------
    x
        The first number.
    value
        What was measured.
    fitted
        What the model says.
    """

    x: Measured
    value: Measured
    fitted: Measured


@dataclass(frozen=True, slots=True)
class Regression:
    """How a value follows from other numbers.

    Attributes
    ----------
    test
        What was measured.
    unit
        Its unit.
    tests
        What it is explained by, with commas.
    formula
        The formula that was fitted; "" for a straight model.
    count
        Values fitted.
    r2
        Share of the sum of squares that the model explains (about 0 where there is no constant).
    adjusted_r2
        The same, less what chance would explain with so many terms.
    deviation
        The residual standard deviation.
    f
        F of the whole model; None where nothing is left over, and of a formula.
    p
        That terms without any effect explain so much.
    lack_p
        That a right model misses the means of repeated values so much; None without repeats.
    rows
        One row a coefficient.
    correlations
        How the coefficients move together, the closest first, twenty at most.
    residuals
        Whether what is left over looks like chance.
    influential
        Values with a Cook's distance above 4 / n, the greatest first, ten at most.
    points
        Values with what the model says, 2,000 at most.
    remarks
        What to bear in mind.
    """

    HEADLINE = ("r2", "deviation", "p", "count")
    INNER = ("points",)

    test: str
    unit: str
    tests: str
    formula: str
    count: int
    r2: Ratio
    adjusted_r2: Ratio | None
    deviation: Measured
    f: Statistic | None
    p: Probability | None
    lack_p: Probability | None
    rows: tuple[Term, ...]
    correlations: tuple[Tied, ...]
    residuals: Checks
    influential: tuple[Influence, ...]
    points: tuple[Point, ...]
    remarks: tuple[str, ...]


def regression_picture(answer: Regression) -> Picture:
    """Values and fitted values over the first number."""
    rows = [(p.x, p.value, "measured") for p in answer.points] + [(p.x, p.fitted, "model") for p in answer.points]
    return scatter(f"{answer.test} by {answer.tests}", rows, x=answer.tests.partition(",")[0], y=answer.test)
