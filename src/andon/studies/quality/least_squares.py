"""Least squares to the last digit: Householder QR, refined with residuals in twice the precision."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import fsum, sqrt

import numpy as np
from numpy.typing import NDArray

from ...errors import BadQuestion
from ...model import Numbers

Matrix = NDArray[np.float64]
SPLIT = 134217729.0
"""2**27 + 1 cuts a double into two halves whose products are exact (Veltkamp)."""
ROUNDS = 20
SHARED = 1e4
"""From so many times their range on, values share leading digits."""
DEPENDENT = 1e-13
"""A column of which no more than this share is new is a combination of the others."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A matrix in double the precision: `high` + `low`, n rows, p columns."""

    high: Matrix
    low: Matrix

    @classmethod
    def of(cls, columns: Matrix) -> Columns:
        """Numbers as they are."""
        return cls(columns, np.zeros_like(columns))

    def pick(self, places: list[int]) -> Columns:
        """Some of the columns."""
        return Columns(self.high[:, places], self.low[:, places])


@dataclass(frozen=True, slots=True)
class Fit:
    """A linear model fitted to n values with p columns.

    `coefficient` and `error` (their standard errors) have p entries, `fitted`, `residual` and `leverage` n. `rss` is
    the residual sum of squares, `freedom` n - p, `covariance` the p x p inverse of X'X.
    """

    coefficient: Numbers
    error: Numbers
    fitted: Numbers
    residual: Numbers
    leverage: Numbers
    rss: float
    freedom: int
    covariance: Matrix

    @property
    def sigma(self) -> float:
        """The residual standard deviation; NaN without freedom."""
        return sqrt(self.rss / self.freedom) if self.freedom > 0 else float("nan")


def powers(x: Numbers, degree: int) -> Columns:
    """1, x, x squared... as columns, each power in double the precision.

    >>> powers(np.array([3.0]), 2).high.tolist()
    [[1.0, 3.0, 9.0]]
    """
    high, low = [np.ones(len(x)), x], [np.zeros(len(x)), np.zeros(len(x))]
    for _ in range(degree - 1):
        product, rest = _product(high[-1], x)
        high.append(product + (more := rest + low[-1] * x))
        low.append(product - high[-1] + more)
    return Columns(np.stack(high[: degree + 1], axis=1), np.stack(low[: degree + 1], axis=1))


def least_squares(columns: Columns, y: Numbers, names: tuple[str, ...] = ()) -> Fit:
    """Fit y by the columns.

    The system of residuals and coefficients is solved by QR of the scaled columns, and what is left of it in double the
    precision is solved again until nothing changes (Bjorck 1967): the result is what exact arithmetic would give,
    rounded, as long as the columns are told apart at all.

    Raises
    ------
    BadQuestion
        There are fewer values than columns, or a column is a combination of others.

    References
    ----------
    A. Bjorck: Iterative refinement of linear least squares solutions I. BIT 7 (1967), 257-278.
    """
    n, p = columns.high.shape
    if n < p:
        raise BadQuestion(f"{n} values cannot tell {p} coefficients: ask for fewer terms or more values.")
    scale = np.exp2(np.round(np.log2(np.maximum(np.linalg.norm(columns.high, axis=0), 1e-300))))
    scaled = Columns(columns.high / scale, columns.low / scale)
    q, r = np.linalg.qr(scaled.high)
    _independent(r, names)
    residual, solved = _refined(scaled, q, r, y, np.zeros(p))
    inverse = np.stack([_refined(scaled, q, r, np.zeros(n), -unit)[1] for unit in np.eye(p)], axis=1)
    inverse = (inverse + inverse.T) / 2
    rss = fsum(residual * residual)
    freedom = n - p
    sigma = sqrt(rss / freedom) if freedom else float("nan")
    return Fit(
        solved / scale,
        sigma * np.sqrt(np.maximum(np.diag(inverse), 0.0)) / scale,
        y - residual,
        residual,
        np.sum(q * q, axis=1),
        rss,
        freedom,
        inverse / np.outer(scale, scale),
    )


def moved(y: Numbers) -> Numbers:
    """The values less the first one; where they share their leading digits, as they were written.

    A double near a million million keeps four decimals: 1e12 + 0.4 less 1e12 is 0.400024. The shortest decimal that is
    read as the same double is what was written, so the difference is taken of those.

    >>> moved(np.array([1000000000000.4, 1000000000000.3])).tolist()
    [0.0, -0.1]
    """
    if len(y) < 2 or float(np.abs(y).max()) < SHARED * float(np.ptp(y)):
        return np.asarray(y - y[:1])
    first = Decimal(repr(float(y[0])))
    return np.array([float(Decimal(repr(v)) - first) for v in y.tolist()])


def total_squares(y: Numbers) -> float:
    """The sum of squares about the mean, whatever constant digits lead the values.

    >>> total_squares(np.array([1e9 + 1, 1e9 + 2, 1e9 + 3]))
    2.0
    """
    about = moved(y)
    about = about - fsum(about) / len(y)
    return fsum(about * about) - fsum(about) ** 2 / len(y)


def _independent(r: Matrix, names: tuple[str, ...]) -> None:
    """Refuse a column that the ones before it make up."""
    share = np.abs(np.diag(r)) / np.maximum(np.linalg.norm(r, axis=0), 1e-300)
    for place in np.flatnonzero(share < DEPENDENT).tolist():
        name = names[place] if place < len(names) else f"column {place + 1}"
        raise BadQuestion(f"{name} is a combination of the other terms (or constant): leave it out.")


def _refined(x: Columns, q: Matrix, r: Matrix, b: Numbers, c: Numbers) -> tuple[Numbers, Numbers]:
    """Solve residual + X solved = b, X' residual = c, and correct it until it stands still."""
    residual, solved, tail = np.zeros_like(b), np.zeros(len(c)), np.zeros(len(c))
    last = np.inf
    for _ in range(ROUNDS):
        missing_b = _left(x, b, residual, solved, tail)
        missing_c = c - _against(x, residual)
        inner = np.linalg.solve(r.T, missing_c)
        along = q.T @ missing_b
        step = np.linalg.solve(r, along - inner)
        change = missing_b - q @ (along - inner)
        shift = float(np.linalg.norm(step) / (np.linalg.norm(solved) or 1.0))
        if shift >= last / 2 and last < 1e-8:
            break
        residual = residual + change
        total = solved + step
        tail = tail + (step - (total - solved))
        solved, last = total, shift
        if shift < 1e-17:
            break
    return residual, solved + tail


def _left(x: Columns, b: Numbers, residual: Numbers, solved: Numbers, tail: Numbers) -> Numbers:
    """b - residual - X solved, summed in double the precision."""
    total, rest = _sum(b, -residual)
    for j in range(len(solved)):
        column, low = x.high[:, j], x.low[:, j]
        product, lost = _product(column, np.full(len(b), solved[j]))
        total, more = _sum(total, -product)
        rest = rest + more - lost - low * solved[j] - column * tail[j]
    return total + rest


def _against(x: Columns, residual: Numbers) -> Numbers:
    """X' residual, summed exactly."""
    found = np.empty(x.high.shape[1])
    for j in range(len(found)):
        product, lost = _product(x.high[:, j], residual)
        found[j] = fsum(np.concatenate([product, lost, x.low[:, j] * residual]))
    return found


def _sum(a: Numbers, b: Numbers) -> tuple[Numbers, Numbers]:
    """a + b and what rounding lost of it (Knuth)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def _product(a: Numbers, b: Numbers) -> tuple[Numbers, Numbers]:
    """a * b and what rounding lost of it (Dekker)."""
    product = a * b
    a_high, b_high = _half(a), _half(b)
    a_low, b_low = a - a_high, b - b_high
    return product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


def _half(a: Numbers) -> Numbers:
    wide = SPLIT * a
    return wide - (wide - a)
