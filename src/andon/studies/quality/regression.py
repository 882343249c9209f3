"""Regression: how a measured value follows from other numbers, with certified accuracy and what contradicts it."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum
from typing import Annotated

import numpy as np
import scipy

from ...catalog import study
from ...errors import BadQuestion, NoData
from ...model import Measurements, Numbers, Process
from ...picture import Picture, scatter
from ...units import Measured, Ratio, Unit
from .amounts import PValue, Statistic, confident
from .joined import named, response
from .least_squares import Columns, Fit, least_squares, powers, total_squares
from .residuals import Checks, checks

Coefficient = Annotated[float, Unit("{unit}/{x}")]
HIGHEST = 10
INFLATED = 10.0
DRAWN = 2_000


@dataclass(frozen=True, slots=True)
class Term:
    """One coefficient.

    Attributes
    ----------
    term
        "constant", a number's name, or its power.
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
        constant.
    """

    term: str
    coefficient: Coefficient
    error: Coefficient
    low: Coefficient
    high: Coefficient
    t: Statistic | None
    p: PValue | None
    inflation: Statistic | None


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
    count
        Values fitted.
    r2
        Share of the sum of squares that the model explains (about 0 where there is no constant).
    adjusted_r2
        The same, less what chance would explain with so many terms.
    deviation
        The residual standard deviation.
    f
        F of the whole model; None where nothing is left over.
    p
        That terms without any effect explain so much.
    lack_p
        That a right model misses the means of repeated values so much; None without repeats.
    rows
        One row a coefficient.
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
    count: int
    r2: Ratio
    adjusted_r2: Ratio | None
    deviation: Measured
    f: Statistic | None
    p: PValue | None
    lack_p: PValue | None
    rows: tuple[Term, ...]
    residuals: Checks
    influential: tuple[Influence, ...]
    points: tuple[Point, ...]
    remarks: tuple[str, ...]


def regression_picture(answer: Regression) -> Picture:
    """Values and fitted values over the first number."""
    rows = [(p.x, p.value, "measured") for p in answer.points] + [(p.x, p.fitted, "model") for p in answer.points]
    return scatter(f"{answer.test} by {answer.tests}", rows, x=answer.tests.partition(",")[0], y=answer.test)


@study(picture=regression_picture)
def regression(
    measurements: Measurements,
    process: Process | None = None,
    test: str = "",
    tests: str = "hours",
    degree: int = 1,
    constant: bool = True,
    confidence: Ratio = 0.95,
) -> Regression:
    """How a measured value follows from other tests, numbers of the machine, or time.

    Least squares, solved by QR and refined in twice the precision, so that collinear terms and high powers cost no
    digits (NIST's Filip and Longley data come out to 13). The last value of each unit counts. A regression tells what
    goes together, not what causes what; terms with an inflation above 10 cannot be told apart; where values are
    repeated, `lack_p` says whether the shape of the model is wrong.

    Use `what_moved` instead where you do not know what to explain by, and `design` to plan runs that can tell causes.

    Parameters
    ----------
    measurements
        Values of the test, and of those that explain it.
    process
        What the machine did then: any of its numbers can explain.
    test
        What is explained.
    tests
        What it is explained by, with commas: other tests, numbers of the machine, or `hours` since the first value.
    degree
        Powers of the number up to this one, 1 to 10; only with one number.
    constant
        Whether the line may miss the origin.
    confidence
        Of the intervals.

    Returns
    -------
    Regression
        Coefficients, fit, residuals and the values that move it most.

    Raises
    ------
    NoData
        There are too few units for which all is known.
    BadQuestion
        A term is a combination of others, or a setting does not fit.

    Examples
    --------
    >>> rows = [(i, str(i), t, v) for i in range(20) for t, v in (("x", float(i)), ("y", 2.0 * i + 1 + (-1) ** i / 4))]
    >>> found = regression(Measurements.of(rows), test="y", tests="x")
    >>> [round(r.coefficient, 2) for r in found.rows], round(found.r2, 3)
    ([1.04, 2.0], 1.0)

    References
    ----------
    NIST Statistical Reference Datasets, linear regression. https://www.itl.nist.gov/div898/strd
    N. R. Draper, H. Smith: Applied Regression Analysis. 3rd edition, 1998.
    """
    confident(confidence)
    said, explaining = response(measurements, test, process), named(tests, "tests")
    if not 1 <= degree <= HIGHEST or (degree > 1 and len(explaining) > 1):
        raise BadQuestion(f"degree = {degree}: 1 to {HIGHEST}, and above 1 only with one number in `tests`.")
    if said.found.name in explaining:
        raise BadQuestion(f"{said.found.name} cannot be explained by itself: name other numbers in `tests`.")
    x = np.stack([said.number(n) for n in explaining], axis=1)
    kept = np.isfinite(x).all(axis=1)
    if kept.sum() < x.shape[1] * degree + 2:
        raise NoData(
            f"Only {int(kept.sum())} units have {said.found.name} and {', '.join(explaining)}: too few for a model."
        )
    fitted = fitting(x[kept], said.value[kept], explaining, degree=degree, constant=constant)
    units = said.found.units.unit[said.found.row][kept].tolist()
    return _told((said.found.name, said.found.unit, explaining), fitted, units, confidence, int((~kept).sum()))


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted model: its terms, the numbers and the values that it was fitted to."""

    terms: tuple[str, ...]
    columns: Columns
    x: Numbers
    y: Numbers
    fit: Fit
    constant: bool

    @property
    def total(self) -> float:
        """The sum of squares that there was to explain."""
        return total_squares(self.y) if self.constant else fsum(self.y * self.y)


def fitting(x: Numbers, y: Numbers, names: tuple[str, ...], *, degree: int = 1, constant: bool = True) -> Model:
    """Fit y by columns of x, or by powers of its only column.

    >>> fitting(np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 3.0, 5.0]), ("x",)).fit.coefficient.tolist()
    [1.0, 2.0]
    """
    if degree > 1:
        columns, terms = powers(x[:, 0], degree), (names[0], *(f"{names[0]}^{k}" for k in range(2, degree + 1)))
    else:
        columns, terms = Columns.of(np.column_stack([np.ones(len(y)), x])), names
    terms = ("constant", *terms)
    if not constant:
        columns, terms = columns.pick(list(range(1, len(terms)))), terms[1:]
    return Model(terms, columns, x, y, least_squares(columns, y, terms), constant)


def _told(
    of: tuple[str, str, tuple[str, ...]], model: Model, units: list[str], confidence: float, lost: int
) -> Regression:

    fit, total = model.fit, model.total
    terms = len(model.terms) - model.constant
    explained = max(total - fit.rss, 0.0)
    f = explained / terms / (fit.rss / fit.freedom) if fit.rss > 0 and fit.freedom and terms else None
    found, rows = checks(fit.residual, fit.fitted), _terms(model, confidence)
    every = -(-len(units) // DRAWN)
    points = zip(model.x[::every, 0].tolist(), model.y[::every].tolist(), fit.fitted[::every].tolist(), strict=True)
    return Regression(
        of[0],
        of[1],
        ", ".join(of[2]),
        len(units),
        1 - fit.rss / total if total else 0.0,
        1 - fit.rss / fit.freedom / (total / (fit.freedom + terms)) if total and fit.freedom else None,
        fit.sigma,
        f,
        None if f is None else float(scipy.stats.f.sf(f, terms, fit.freedom)),
        _lack(model),
        rows,
        found,
        _influential(model, units),
        tuple(Point(*p) for p in points),
        (*_remarks(rows, lost), *found.remarks),
    )


def _terms(model: Model, confidence: float) -> tuple[Term, ...]:

    fit = model.fit
    reach = float(scipy.stats.t.ppf((1 + confidence) / 2, fit.freedom)) if fit.freedom else float("nan")
    rows = []
    for j, name in enumerate(model.terms):
        value, error = float(fit.coefficient[j]), float(fit.error[j])
        t = value / error if error > 0 else None
        p = None if t is None else 2 * float(scipy.stats.t.sf(abs(t), fit.freedom))
        rows.append(Term(name, value, error, value - reach * error, value + reach * error, t, p, _inflation(model, j)))
    return tuple(rows)


def _inflation(model: Model, place: int) -> float | None:
    """How many times the other terms raise the variance of a coefficient."""
    if model.terms[place] == "constant" or not model.constant:
        return None
    return float(model.fit.covariance[place, place]) * total_squares(model.columns.high[:, place])


def _lack(model: Model) -> float | None:
    """Whether the means of repeated values lie further from the model than their own spread explains."""

    _, cell = np.unique(model.x, axis=0, return_inverse=True)
    cell = cell.ravel()
    cells = int(cell.max()) + 1
    pure_freedom = len(cell) - cells
    freedom = cells - len(model.terms)
    if pure_freedom < 1 or freedom < 1:
        return None
    pure = fsum(total_squares(model.y[cell == c]) for c in range(cells))
    if pure <= 0:
        return None
    f = max(model.fit.rss - pure, 0.0) / freedom / (pure / pure_freedom)
    return float(scipy.stats.f.sf(f, freedom, pure_freedom))


def _influential(model: Model, units: list[str]) -> tuple[Influence, ...]:
    fit, terms = model.fit, len(model.terms)
    if fit.rss <= 1e-20 * max(fsum(model.y * model.y), 1e-300) or fit.freedom < 1:
        return ()
    open_ = np.maximum(1 - fit.leverage, 1e-12)
    distance = fit.residual**2 / (terms * fit.rss / fit.freedom) * fit.leverage / open_**2
    order = np.argsort(-distance)[:10]
    return tuple(
        Influence(units[i], float(model.y[i]), float(fit.fitted[i]), float(distance[i]))
        for i in order.tolist()
        if distance[i] > 4 / len(units)
    )


def _remarks(rows: tuple[Term, ...], lost: int) -> list[str]:
    inflated = [r.term for r in rows if r.inflation is not None and r.inflation > INFLATED]
    found = [f"{lost} unit(s) left out: not all numbers are known for them"] if lost else []
    powers_only = any("^" in r.term for r in rows)
    if inflated and not powers_only:
        found.append(f"these can hardly be told apart: {', '.join(inflated)}")
    return found
