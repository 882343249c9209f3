"""Which terms of a planned experiment matter: coefficients with their errors, Lenth's margin, curvature."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from ...model import Numbers, Times
from ...units import Measured
from . import designs
from .amounts import PValue, Statistic
from .least_squares import Fit, Matrix

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Effect:
    """One term of the model.

    Attributes
    ----------
    term
        "constant", a factor, two of them with x between, or a square.
    coefficient
        How much the result changes from the middle to the upper level.
    effect
        From the lower to the upper level: twice the coefficient; None of the constant and of squares.
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
    p: PValue | None
    margin: Measured | None
    active: bool


def tellable(coded: Matrix, of: list[tuple[int, ...]], block: Times) -> tuple[list[tuple[int, ...]], Matrix]:
    """The terms that add something to those before, and the columns: constant, terms, blocks."""
    blocks = [(block == b).astype(np.float64) - (block == block.max()) for b in sorted(set(block.tolist()))[:-1]]
    columns = [np.ones(len(coded)), *blocks]
    basis = np.linalg.qr(np.column_stack(columns))[0]
    kept: list[tuple[int, ...]] = []
    for term in of:
        column = np.prod(coded[:, list(term)], axis=1)
        rest = column - basis @ (basis.T @ column)
        if np.linalg.norm(rest) > 1e-8 * max(float(np.linalg.norm(column)), 1e-12) and basis.shape[1] < len(coded):
            kept.append(term)
            basis = np.column_stack([basis, rest / np.linalg.norm(rest)])
    return kept, np.column_stack([designs.expanded(coded, kept), *blocks])


def effects(
    names: list[str], kept: list[tuple[int, ...]], fit: Fit, confidence: float, *, two_level: bool
) -> tuple[Effect, ...]:

    plain = [len(set(t)) == len(t) for t in kept]
    sizes = [2 * float(fit.coefficient[i + 1]) for i, is_plain in enumerate(plain) if is_plain]
    margin = lenth(sizes, confidence) if two_level and len(sizes) > 2 else None
    rows = []
    for i, name in enumerate(names):
        value = float(fit.coefficient[i])
        error = float(fit.error[i]) if fit.freedom and fit.error[i] > 0 else None
        t = value / error if error else None
        p = 2 * float(scipy.stats.t.sf(abs(t), fit.freedom)) if t is not None else None
        effect = 2 * value if i and plain[i - 1] else None
        beyond = effect is not None and margin is not None and abs(effect) > margin
        active = bool(i) and (p < 1 - confidence if p is not None else beyond)
        rows.append(Effect(name, value, effect, error, t, p, margin if effect is not None else None, active))
    return tuple(rows)


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
