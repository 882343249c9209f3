"""Which terms of a planned experiment matter: coefficients with their errors, Lenth's margin, curvature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import scipy

from ...model import Numbers, Times
from ...units import Measured, Probability, Statistic
from . import designs
from .amounts import Squares
from .coding import Mask, Names, Term, columns, expanded, named, width
from .factors import Factor, names_of
from .least_squares import Fit, Matrix


@dataclass(frozen=True, slots=True)
class Effect:
    """One term of the model.

    Attributes
    ----------
    term
        "constant", a factor, two of them with x between, or a square; of three or more names each one of them.
    coefficient
        How much the result changes from the middle to the upper level; with a name, from the mean of all names to it.
    effect
        From the lower to the upper level: twice the coefficient; None of the constant, of squares and of single names.
    error
        Standard error of the coefficient; None where no runs are left to tell it.
    t
        Coefficient over error; None without error.
    p
        That a term without any effect has such a t; None without error.
    margin
        Lenth's margin for the effect, which needs no error; None in models that are not of two levels.
    active
        The term matters: p below 1 - confidence, or, without an error, the effect beyond Lenth's margin.
    """

    term: str
    coefficient: Measured
    effect: Measured | None
    error: Measured | None
    t: Statistic | None
    p: Probability | None
    margin: Measured | None
    active: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """What one term explains, all its columns together.

    Attributes
    ----------
    term
        A factor, two of them with x between, or a square.
    freedom
        Its degrees of freedom: of m names m - 1.
    squares
        The sum of squares that the model loses without it.
    f
        Its mean square over that of the residuals; None where no runs are left to tell an error.
    p
        That a term without any effect explains so much; None without error.
    """

    term: str
    freedom: int
    squares: Squares
    f: Statistic | None
    p: Probability | None


def tellable(coded: Matrix, of: list[Term], names: Names, block: Times) -> tuple[list[Term], Matrix]:
    """The terms all of whose columns add something to those before, and the columns: constant, terms, blocks."""
    blocks = [(block == b).astype(np.float64) - (block == block.max()) for b in sorted(set(block.tolist()))[:-1]]
    basis = np.linalg.qr(np.column_stack([np.ones(len(coded)), *blocks]))[0]
    kept: list[Term] = []
    for term in of:
        own = columns(coded, term, names)
        rest = own - basis @ (basis.T @ own)
        if basis.shape[1] + own.shape[1] > len(coded):
            continue
        new, size = np.linalg.qr(rest)
        if np.all(np.abs(np.diag(size)) > 1e-8 * np.maximum(np.linalg.norm(own, axis=0), 1e-12)):
            kept.append(term)
            basis = np.column_stack([basis, new])
    return kept, np.column_stack([expanded(coded, kept, names), *blocks])


def effects(of: list[Factor], kept: list[Term], fit: Fit, confidence: float, *, two_level: bool) -> tuple[Effect, ...]:
    """Each term with its size, the constant first; of three or more names each one."""
    names = names_of(of)
    places = _places(kept, names)
    plain = [len(set(t)) == len(t) and not any(names[i] > 2 for i in t) for t in kept]
    sizes = [2 * float(fit.coefficient[p.start]) for p, is_plain in zip(places, plain, strict=True) if is_plain]
    margin = lenth(sizes, confidence) if two_level and len(sizes) > 2 else None
    rows = [_effect("constant", slice(0, 1), np.ones(1), fit)]
    for term, place, is_plain in zip(kept, places, plain, strict=True):
        for which, weight in named(term, names):
            row = _effect(term_name(of, term, which), place, weight, fit)
            beyond = is_plain and margin is not None and abs(2 * row.coefficient) > margin
            active = row.p < 1 - confidence if row.p is not None else beyond
            told = (2 * row.coefficient, margin) if is_plain else (None, None)
            rows.append(replace(row, effect=told[0], margin=told[1], active=active))
    return tuple(rows)


def explained(of: list[Factor], kept: list[Term], fit: Fit) -> tuple[Explained, ...]:
    """The table of variance: what each term explains that the others do not."""
    rows = []
    for term, place in zip(kept, _places(kept, names_of(of)), strict=True):
        own, count = fit.coefficient[place], place.stop - place.start
        squares = float(own @ np.linalg.solve(fit.covariance[place, place], own))
        f = squares / count / (fit.rss / fit.freedom) if fit.freedom and fit.rss > 0 else None
        p = float(scipy.stats.f.sf(f, count, fit.freedom)) if f is not None else None
        rows.append(Explained(term_name(of, term, {}), count, squares, f, p))
    return tuple(rows)


def _places(kept: list[Term], names: Names) -> list[slice]:
    """Where the coefficients of each term are."""
    ends = np.cumsum([1, *(width(t, names) for t in kept)]).tolist()
    return [slice(a, b) for a, b in pairwise(ends)]


def _effect(name: str, place: slice, weight: Numbers, fit: Fit) -> Effect:
    value = float(weight @ fit.coefficient[place])
    variance = float(weight @ fit.covariance[place, place] @ weight)
    error = fit.sigma * float(np.sqrt(max(variance, 0.0))) if fit.freedom and fit.rss > 0 else None
    t = value / error if error else None
    p = 2 * float(scipy.stats.t.sf(abs(t), fit.freedom)) if t is not None else None
    return Effect(name, value, None, error, t, p, None, False)


def term_name(of: list[Factor], term: Term, which: Mapping[int, int]) -> str:
    """A term by the names of its factors, with those names of them that are chosen."""
    if len(term) == 2 and term[0] == term[1]:
        return f"{of[term[0]].name}^2"
    return " x ".join(f"{of[i].name}={of[i].texts[which[i]]}" if i in which else of[i].name for i in term)


def lenth(effects: list[float], confidence: float) -> float:
    """Lenth's margin of error: what effects that are chance hardly get beyond.

    >>> round(lenth([5.0, 0.1, -0.2, 0.15, 0.05, -0.1, 0.2], 0.95), 3)
    0.706
    """

    size = np.abs(np.array(effects))
    first = 1.5 * float(np.median(size))
    quiet = size[size < 2.5 * first]
    pseudo = 1.5 * float(np.median(quiet)) if len(quiet) else first
    return float(scipy.stats.t.ppf((1 + confidence) / 2, len(size) / 3)) * pseudo


def curved(made: designs.Runs, values: Numbers, known: Mask, fit: Fit) -> float | None:
    """Whether the middle of a two-level plan lies off the plane of its corners."""

    is_centre = np.array([p == "centre" for p in made.point]) & known
    corners = np.array([p == "corner" for p in made.point]) & known
    if is_centre.sum() < 2 or not corners.any() or "star" in made.point:
        return None
    pure = float(values[is_centre].var(ddof=1))
    if pure <= 0:
        return None
    off = float(values[is_centre].mean() - values[corners].mean())
    error = np.sqrt(pure * (1 / is_centre.sum() + 1 / corners.sum()))
    return 2 * float(scipy.stats.t.sf(abs(off) / error, int(is_centre.sum()) - 1))
