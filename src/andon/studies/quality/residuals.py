"""Whether what a model leaves over looks like chance: normal, evenly spread, without order, without outliers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from ...model import Numbers
from ...units import Probability, Statistic

ENOUGH = 8
MOST = 5_000
"""Shapiro-Wilk's p is not to be trusted beyond; of more residuals every n-th is taken."""
OUTLYING = 4.0
DOUBTFUL = 0.01


@dataclass(frozen=True, slots=True)
class Checks:
    """What the residuals look like.

    Attributes
    ----------
    normal_p
        That normal residuals would look like these (Shapiro-Wilk); None where there are fewer than 8, or no spread.
    even_p
        That evenly spread residuals would vary so differently with the fitted value (Breusch-Pagan, Koenker's form).
    order
        Durbin-Watson: 2 without order, towards 0 where neighbours are alike; None without spread.
    outliers
        Residuals beyond 4 standard deviations.
    remarks
        What looks wrong.
    """

    normal_p: Probability | None
    even_p: Probability | None
    order: Statistic | None
    outliers: int
    remarks: tuple[str, ...]


def checks(residual: Numbers, fitted: Numbers) -> Checks:
    """Look at residuals in order of time."""
    deviation = float(residual.std())
    scale = float(np.abs(fitted).max(initial=0.0)) or 1.0
    if len(residual) < ENOUGH or deviation <= 1e-12 * scale:
        said = ("too few values to look at the residuals",) if len(residual) < ENOUGH else ()
        return Checks(None, None, None, 0, said)
    normal, even = _normal(residual), _even(residual, fitted)
    order = float((np.diff(residual) ** 2).sum() / (residual**2).sum())
    outliers = int((np.abs(residual - residual.mean()) > OUTLYING * deviation).sum())
    return Checks(normal, even, order, outliers, tuple(_remarks(normal, even, order, outliers)))


def _normal(residual: Numbers) -> float:

    return float(scipy.stats.shapiro(residual[:: -(-len(residual) // MOST)]).pvalue)


def _even(residual: Numbers, fitted: Numbers) -> float | None:

    squares = residual**2
    if np.ptp(fitted) <= 1e-12 * (float(np.abs(fitted).max()) or 1.0) or np.ptp(squares) == 0:
        return None
    share = float(np.corrcoef(squares, fitted)[0, 1]) ** 2
    return float(scipy.stats.chi2.sf(len(residual) * share, 1))


def _remarks(normal: float, even: float | None, order: float, outliers: int) -> list[str]:
    wrong = (
        (normal < DOUBTFUL, "residuals are not normal: p are approximate"),
        (even is not None and even < DOUBTFUL, "residuals spread more at some fitted values than at others"),
        (order < 1, "neighbouring residuals are alike: p are too small"),
        (outliers > 0, f"{outliers} residual(s) beyond 4 standard deviations: look at them first"),
    )
    return [text for is_so, text in wrong if is_so]
