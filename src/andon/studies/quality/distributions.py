"""Distributions that measured values can have: fitted by maximum likelihood, and how well they fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import sqrt
from typing import Annotated, Protocol

import numpy as np
import scipy

from ...errors import UnknownName
from ...model import Numbers
from ...units import Probability, Unit


class Base(Protocol):
    """What is used of a distribution of SciPy."""

    def fit(self, values: Numbers, **fixed: float) -> tuple[float, ...]: ...
    def cdf(self, value: Numbers | float, *parameters: float) -> Numbers: ...
    def sf(self, value: Numbers | float, *parameters: float) -> Numbers: ...
    def ppf(self, share: float, *parameters: float) -> Numbers: ...
    def pdf(self, value: Numbers, *parameters: float) -> Numbers: ...
    def logpdf(self, value: Numbers, *parameters: float) -> Numbers: ...
    def logcdf(self, value: Numbers, *parameters: float) -> Numbers: ...
    def logsf(self, value: Numbers, *parameters: float) -> Numbers: ...


@dataclass(frozen=True, slots=True)
class Family:
    """A family: a base of SciPy, of the values or of their logarithms, and which of its parameters are fitted.

    `fixed` are parameters that are not fitted. `table` names the critical values of Anderson-Darling's statistic with
    fitted parameters ("": there is no table that holds for all shapes).
    """

    base: str
    log: bool = False
    fixed: Mapping[str, float] | None = None
    table: str = ""

    @property
    def positive(self) -> bool:
        """Whether only values above 0 can have it."""
        return self.log or self.fixed is not None


FAMILIES: Mapping[str, Family] = {
    "normal": Family("norm", table="normal"),
    "lognormal": Family("norm", log=True, table="normal"),
    "weibull": Family("gumbel_l", log=True, table="extreme"),
    "gamma": Family("gamma", fixed={"floc": 0.0}),
    "exponential": Family("expon", fixed={"floc": 0.0}, table="exponential"),
    "rayleigh": Family("rayleigh", fixed={"floc": 0.0}),
    "logistic": Family("logistic", table="logistic"),
    "loglogistic": Family("logistic", log=True, table="logistic"),
    "smallest extreme": Family("gumbel_l", table="extreme"),
    "largest extreme": Family("gumbel_r", table="extreme"),
}

LEVELS = (0.25, 0.10, 0.05, 0.025, 0.01)
ANDERSON: Mapping[str, tuple[float, ...]] = {
    "normal": (0.470, 0.631, 0.752, 0.873, 1.035),
    "extreme": (0.474, 0.637, 0.757, 0.877, 1.038),
    "exponential": (0.736, 1.062, 1.321, 1.591, 1.959),
    "logistic": (0.426, 0.563, 0.660, 0.769, 0.906),
}
"""Upper points of the modified A squared with fitted parameters (D'Agostino and Stephens 1986, chapter 4)."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a distribution fits the values.

    Attributes
    ----------
    distribution
        Its name.
    parameters
        As they are fitted: location and scale, or shape and scale, of the values or (with "log") of their logarithms.
    anderson
        Anderson-Darling statistic: the smaller, the better the tails fit.
    anderson_p
        How often values of that distribution are as far from it, by the tables of D'Agostino and Stephens; 0.25 stands
        for that or more, 0.01 for that or less where the table ends there. None where there is no table.
    kolmogorov
        Kolmogorov-Smirnov statistic: the largest distance of the two distributions.
    aic
        Akaike's criterion: the smaller, the better, with each parameter paid for.
    fits
        The table does not refuse it at 5 %; None without a table.
    """

    distribution: str
    parameters: str
    anderson: Annotated[float, Unit("{A2}")]
    anderson_p: Probability | None
    kolmogorov: Annotated[float, Unit("{D}")]
    aic: Annotated[float, Unit("{AIC}")]
    fits: bool | None


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted distribution: its parameters, and its quantiles and shares."""

    name: str
    parameters: tuple[float, ...]

    @property
    def family(self) -> Family:
        """The family it is of."""
        return FAMILIES[self.name]

    def share(self, value: float) -> float:
        """The share of values below `value`."""
        if self.family.log:
            return float(self._base().cdf(np.log(value), *self.parameters)) if value > 0 else 0.0
        return float(self._base().cdf(value, *self.parameters))

    def beyond(self, value: float) -> float:
        """The share of values above `value`, exact in the far tail."""
        if self.family.log:
            return float(self._base().sf(np.log(value), *self.parameters)) if value > 0 else 1.0
        return float(self._base().sf(value, *self.parameters))

    def quantile(self, share: float) -> float:
        """The value below which that share lies."""
        found = float(self._base().ppf(share, *self.parameters))
        return float(np.exp(found)) if self.family.log else found

    def density(self, values: Numbers) -> Numbers:
        """The density at each value."""
        if not self.family.log:
            return np.asarray(self._base().pdf(values, *self.parameters))
        found = np.zeros(len(values))
        above = values > 0
        found[above] = self._base().pdf(np.log(values[above]), *self.parameters) / values[above]
        return found

    def loglik(self, values: Numbers) -> float:
        """Log-likelihood of the values."""
        if self.family.log:
            logs = np.log(values)
            return float(self._base().logpdf(logs, *self.parameters).sum() - logs.sum())
        return float(self._base().logpdf(values, *self.parameters).sum())

    def _base(self) -> Base:
        return _scipy(self.family.base)

    @property
    def free(self) -> tuple[int, ...]:
        """Places of the parameters that were fitted (SciPy's order: shape, location, scale)."""
        if self.family.fixed is None:
            return tuple(range(len(self.parameters)))
        return tuple(i for i in range(len(self.parameters)) if i != len(self.parameters) - 2)


def fitted(values: Numbers, name: str) -> Fitted | None:
    """The distribution of that name by maximum likelihood; None where the values cannot have it.

    Raises
    ------
    UnknownName
        There is no such distribution.

    Examples
    --------
    >>> [round(p, 3) for p in fitted(np.array([1.0, 2.0, 3.0]), "normal").parameters]
    [2.0, 0.816]
    """
    if name not in FAMILIES:
        raise UnknownName("distribution", name, FAMILIES)
    family = FAMILIES[name]
    if len(values) < 2 or values.min() == values.max() or (family.positive and values.min() <= 0):
        return None
    made = _scipy(family.base).fit(np.log(values) if family.log else values, **(family.fixed or {}))
    return Fitted(name, tuple(float(p) for p in made))


def goodness(values: Numbers, fit: Fitted) -> Fit:
    """How well a fitted distribution fits the values it was fitted to."""
    x = np.sort(np.log(values) if fit.family.log else values)
    base, n = _scipy(fit.family.base), len(x)
    i, at = np.arange(1, n + 1), fit.parameters
    if fit.family.table == "normal":
        at = (at[0], at[1] * sqrt(n / (n - 1)))  # its tables are made for the deviation with n - 1
    logs = base.logcdf(x, *at) + base.logsf(x[::-1], *at)
    anderson = float(-n - ((2 * i - 1) * logs).mean())
    below = base.cdf(x, *at)
    kolmogorov = float(max((i / n - below).max(), (below - (i - 1) / n).max()))
    p = _p(anderson, n, fit.family.table)
    told = ", ".join(f"{fit.parameters[k]:.6g}" for k in fit.free)
    return Fit(
        fit.name,
        f"log: {told}" if fit.family.log else told,
        anderson,
        p,
        kolmogorov,
        2 * len(fit.free) - 2 * fit.loglik(values),
        None if p is None else p >= 0.05,
    )


def standard_error(values: Numbers, fit: Fitted, figure: Callable[[Fitted], float]) -> float | None:
    """Standard error of a figure of a fitted distribution, by the delta method; None where the fit has no clear top.

    From the observed information (second differences of the log-likelihood) and the slope of the figure.
    """
    free = fit.free
    steps = np.array([1e-3 * max(abs(fit.parameters[k]) * 0.1, abs(fit.parameters[-1])) for k in free])

    def moved(by: Numbers) -> Fitted:
        at = list(fit.parameters)
        for k, b in zip(free, by, strict=True):
            at[k] += float(b)
        return replace(fit, parameters=tuple(at))

    unit = np.diag(steps)
    slope = np.array([(figure(moved(u)) - figure(moved(-u))) / (2 * h) for u, h in zip(unit, steps, strict=True)])
    bend = np.empty((len(free), len(free)))
    for i, u in enumerate(unit):
        for j, v in enumerate(unit):
            corners = [moved(a * u + b * v).loglik(values) * a * b for a in (1, -1) for b in (1, -1)]
            bend[i, j] = -sum(corners) / (4 * steps[i] * steps[j])
    if not np.isfinite(bend).all() or (np.linalg.eigvalsh(bend) <= 0).any():
        return None
    return float(np.sqrt(slope @ np.linalg.solve(bend, slope)))


def _p(anderson: float, n: int, table: str) -> float | None:
    """The share of samples of that distribution that are as far from it."""
    if not table or not np.isfinite(anderson):
        return None if not table else 0.0
    modified = (
        anderson
        * {
            "normal": 1 + 0.75 / n + 2.25 / n**2,
            "extreme": 1 + 0.2 / sqrt(n),
            "exponential": 1 + 0.6 / n,
            "logistic": 1 + 0.25 / n,
        }[table]
    )
    if table == "normal":
        return _normal_p(modified)
    points = ANDERSON[table]
    return float(np.exp(np.interp(modified, points, np.log(LEVELS))))


def _normal_p(a: float) -> float:
    """D'Agostino and Stephens 1986, table 4.9."""
    if a < 0.2:
        return 1 - float(np.exp(-13.436 + 101.14 * a - 223.73 * a**2))
    if a < 0.34:
        return 1 - float(np.exp(-8.318 + 42.796 * a - 59.938 * a**2))
    if a < 0.6:
        return float(np.exp(0.9177 - 4.279 * a - 1.38 * a**2))
    return float(np.exp(1.2937 - 5.709 * a + 0.0186 * a**2)) if a < 13 else 0.0


def _scipy(name: str) -> Base:

    found: Base = getattr(scipy.stats, name)
    return found
