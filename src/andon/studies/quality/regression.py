"""Regression: how a measured value follows from other numbers, with certified accuracy and what contradicts it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import fsum

import numpy as np
import scipy

from ...catalog import study
from ...errors import BadQuestion, NoData
from ...model import Measurements, Numbers, Process
from ...units import Ratio
from .amounts import confident
from .formulas import formula_of
from .joined import named, response
from .least_squares import Columns, Fit, least_squares, powers, total_squares
from .nonlinear import Sought, nonlinear, starts_of
from .regressed import Influence, Point, Regression, Term, Tied, regression_picture
from .residuals import checks

HIGHEST = 10
INFLATED = 10.0
DRAWN, TOLD = 2_000, 20


@study(picture=regression_picture)
def regression(
    measurements: Measurements,
    process: Process | None = None,
    test: str = "",
    tests: str = "hours",
    degree: int = 1,
    constant: bool = True,
    formula: str = "",
    start: str = "",
    confidence: Ratio = 0.95,
) -> Regression:
    """How a measured value follows from other tests, numbers of the machine, or time.

    Least squares, solved by QR and refined in twice the precision, so that collinear terms and high powers cost no
    digits (NIST's Filip and Longley data come out to 13). The last value of each unit counts. A regression tells what
    goes together, not what causes what; terms with an inflation above 10 cannot be told apart; where values are
    repeated, `lack_p` says whether the shape of the model is wrong. A `formula` may bend as it likes: the numbers in it
    go by their names, or x1, x2 in the order of `tests` (x is the first); all other names are coefficients. It is
    fitted with exact derivatives from `start`, or from values that a search finds; errors and intervals are those of
    the plane that touches it at the end (NIST's 27 nonlinear sets come out to 10 digits from either of their starts).

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
    formula
        What to fit instead of a line: `b1 * (1 - exp(-b2*x))`, or `log(y) ~ a + b/x`.
    start
        Where the coefficients of the formula begin: `b1=500, b2=0.0001`; those without one are looked for.
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
    >>> rows = [(i, str(i), t, v) for i in range(9) for t, v in (("x", float(i)), ("y", 5 - 4 * 0.5**i))]
    >>> found = regression(Measurements.of(rows), test="y", tests="x", formula="top - drop * base^x")
    >>> [(r.term, round(r.coefficient, 6)) for r in found.rows]
    [('base', 0.5), ('drop', 4.0), ('top', 5.0)]

    References
    ----------
    NIST Statistical Reference Datasets, linear and nonlinear regression. https://www.itl.nist.gov/div898/strd
    N. R. Draper, H. Smith: Applied Regression Analysis. 3rd edition, 1998.
    D. M. Bates, D. G. Watts: Nonlinear Regression Analysis and Its Applications. 1988.
    """
    confident(confidence)
    said, explaining = response(measurements, test, process), named(tests, "tests")
    _fitting_settings(explaining, degree, constant, formula, start)
    if said.found.name in explaining:
        raise BadQuestion(f"{said.found.name} cannot be explained by itself: name other numbers in `tests`.")
    x = np.stack([said.number(n) for n in explaining], axis=1)
    kept = np.isfinite(x).all(axis=1)
    if kept.sum() < x.shape[1] * degree + 2:
        raise NoData(
            f"Only {int(kept.sum())} units have {said.found.name} and {', '.join(explaining)}: too few for a model."
        )
    if formula:
        fitted = bending(x[kept], said.value[kept], (said.found.name, *explaining), formula, start)
    else:
        fitted = fitting(x[kept], said.value[kept], explaining, degree=degree, constant=constant)
    units = said.found.units.unit[said.found.row][kept].tolist()
    return _told((said.found.name, said.found.unit, explaining), fitted, units, confidence, int((~kept).sum()))


def _fitting_settings(explaining: tuple[str, ...], degree: int, constant: bool, formula: str, start: str) -> None:
    if not 1 <= degree <= HIGHEST or (degree > 1 and len(explaining) > 1):
        raise BadQuestion(f"degree = {degree}: 1 to {HIGHEST}, and above 1 only with one number in `tests`.")
    if formula and (degree > 1 or not constant):
        raise BadQuestion("A formula says the whole model: leave `degree` and `constant` as they are.")
    if start and not formula:
        raise BadQuestion("Only the coefficients of a `formula` have a start.")


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted model: its terms, the numbers and the values that it was fitted to; a formula has no `columns`."""

    terms: tuple[str, ...]
    columns: Columns | None
    x: Numbers
    y: Numbers
    fit: Fit
    constant: bool = True
    formula: str = ""
    remarks: tuple[str, ...] = ()

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


def bending(x: Numbers, y: Numbers, names: tuple[str, ...], formula: str, start: str = "") -> Model:
    """Fit y, the first of the names, by a formula of the columns of x.

    >>> found = bending(np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([1.0, 2.0, 4.0, 8.0]), ("y", "x"), "a * b^x")
    >>> found.fit.coefficient.round(9).tolist()
    [1.0, 2.0]
    """
    numbers = {"x": x[:, 0]} | {f"x{j + 1}": c for j, c in enumerate(x.T)} | dict(zip(names[1:], x.T, strict=True))
    read = formula_of(formula, list(numbers), names[0])
    begun = starts_of(start, read.coefficients)
    found = read.fitted_to(y, names[0])
    remarks = [] if read.outcome is None else [f"values are those of {read.text.partition('~')[0].strip()}"]
    if len(begun) < len(read.coefficients):
        remarks.append("start values were found by a search: where the curve does not fit, give others in `start`")
    fit = nonlinear(Sought(read, numbers, found), begun)
    return Model(read.coefficients, None, x, found, fit, formula=read.text, remarks=tuple(remarks))


def _told(
    of: tuple[str, str, tuple[str, ...]], model: Model, units: list[str], confidence: float, lost: int
) -> Regression:

    fit, total = model.fit, model.total
    terms = len(model.terms) - model.constant
    explained = max(total - fit.rss, 0.0)
    left_over = fit.rss > 0 and fit.freedom and terms and not model.formula
    f = explained / terms / (fit.rss / fit.freedom) if left_over else None
    found, rows = checks(fit.residual, fit.fitted), _terms(model, confidence)
    every = -(-len(units) // DRAWN)
    points = zip(model.x[::every, 0].tolist(), model.y[::every].tolist(), fit.fitted[::every].tolist(), strict=True)
    return Regression(
        of[0],
        of[1],
        ", ".join(of[2]),
        model.formula,
        len(units),
        1 - fit.rss / total if total else 0.0,
        1 - fit.rss / fit.freedom / (total / (fit.freedom + terms)) if total and fit.freedom else None,
        fit.sigma,
        f,
        None if f is None else float(scipy.stats.f.sf(f, terms, fit.freedom)),
        _lack(model),
        rows,
        _tied(model),
        found,
        _influential(model, units),
        tuple(Point(*p) for p in points),
        (*model.remarks, *_remarks(rows, lost), *found.remarks),
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
    if model.terms[place] == "constant" or not model.constant or model.columns is None:
        return None
    return float(model.fit.covariance[place, place]) * total_squares(model.columns.high[:, place])


def _tied(model: Model) -> tuple[Tied, ...]:
    covariance = model.fit.covariance
    size = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
    share = np.clip(covariance / np.outer(size, size), -1.0, 1.0)
    pairs = [Tied(model.terms[i], model.terms[j], float(share[i, j])) for i, j in combinations(range(len(size)), 2)]
    return tuple(sorted(pairs, key=lambda t: -abs(t.correlation))[:TOLD])


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
