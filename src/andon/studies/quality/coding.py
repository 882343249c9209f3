"""Factors in columns: a number stands for itself, three or more names for contrasts, a model for terms of these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from ...model import Times
from .least_squares import Matrix

Mask = NDArray[np.bool_]
Term = tuple[int, ...]
"""The factors of a term: (0,) a main effect, (0, 1) an interaction, (0, 0) a square."""
Names = tuple[int, ...]
"""How many names each factor has; 0 of a number. Two names are -1 and 1, as a number's ends are."""


def terms(names: Names, model: str) -> list[Term]:
    """The terms of a model after the constant; names have no squares.

    >>> terms((0, 3), "quadratic")
    [(0,), (1,), (0, 1), (0, 0)]
    """
    k = len(names)
    found: list[Term] = [(i,) for i in range(k)]
    if model != "linear":
        found += list(combinations(range(k), 2))
    return found + [(i, i) for i in range(k) if not names[i]] if model == "quadratic" else found


def contrasts(count: int) -> Matrix:
    """Helmert's contrasts of so many names, a row each: columns are orthogonal, sum to 0 and have a mean square of 1.

    >>> contrasts(2).tolist(), contrasts(3).round(3).tolist()
    ([[-1.0], [1.0]], [[-1.225, -0.707], [1.225, -0.707], [0.0, 1.414]])
    """
    found = np.zeros((count, count - 1))
    for j in range(1, count):
        found[:j, j - 1], found[j, j - 1] = -1.0, j
        found[:, j - 1] *= np.sqrt(count / (j * (j + 1)))
    return found


def level(coded: Matrix, count: int) -> Times:
    """Which of so many names a code from -1 to 1 stands for."""
    return np.round((coded + 1) / 2 * (count - 1)).astype(np.int64)


def columns(coded: Matrix, term: Term, names: Names) -> Matrix:
    """The columns of one term: one, or as many as contrasts of its factors can be multiplied.

    >>> columns(np.array([[-1.0, -1.0], [1.0, 0.0]]), (0, 1), (0, 3)).round(3).tolist()
    [[1.225, 0.707], [1.225, -0.707]]
    """
    found = np.ones((len(coded), 1))
    for i in term:
        own = contrasts(names[i])[level(coded[:, i], names[i])] if names[i] > 2 else coded[:, i : i + 1]
        found = (found[:, :, None] * own[:, None, :]).reshape(len(coded), -1)
    return found


def width(term: Term, names: Names) -> int:
    """How many columns a term has."""
    return int(np.prod([max(names[i] - 1, 1) for i in term]))


def expanded(coded: Matrix, of: Sequence[Term], names: Names) -> Matrix:
    """The columns of a model: the constant, then its terms."""
    return np.hstack([np.ones((len(coded), 1)), *(columns(coded, t, names) for t in of)])


def named(term: Term, names: Names) -> Iterator[tuple[dict[int, int], Matrix]]:
    """Each choice of names in a term: which name of which factor, and what to multiply the coefficients with.

    A term of numbers and pairs of names has one choice, without names.

    >>> [(which, weight.round(3).tolist()) for which, weight in named((1,), (0, 3))][2]
    ({1: 2}, [0.0, 1.414])
    """
    many = [i for i in term if names[i] > 2]
    for choice in product(*(range(names[i]) for i in many)):
        weight = np.ones(1)
        for i, name in zip(many, choice, strict=True):
            weight = np.outer(weight, contrasts(names[i])[name]).ravel()
        yield dict(zip(many, choice, strict=True)), weight
