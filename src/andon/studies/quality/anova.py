"""Analysis of variance: which factors make a measured value vary, and how much each of them explains."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import fsum, prod

import numpy as np
import scipy

from ...catalog import study
from ...errors import BadQuestion, NoData
from ...model import Measurements, Numbers, Process
from ...picture import Picture, bars
from ...units import Measured, Probability, Ratio, Statistic
from .amounts import Squares, confident
from .joined import groups_of, named, response
from .least_squares import Columns, Matrix, least_squares, moved, total_squares
from .residuals import Checks, checks

MOST = 400
"""Levels of all factors and their combinations beyond which a model is no longer told."""


@dataclass(frozen=True, slots=True)
class Source:
    """One line of the table of variance.

    Attributes
    ----------
    source
        The factor, two of them with x between, "residual" or "total".
    freedom
        Degrees of freedom.
    squares
        Sum of squares: what the residual would grow by without this source (type II).
    mean_square
        Squares over freedom.
    f
        Mean square over that of the residual.
    p
        That chance makes an F so large.
    share
        Of the total sum of squares (eta squared).
    explained
        Share of the variance that the source explains beyond chance (omega squared).
    """

    source: str
    freedom: int
    squares: Squares
    mean_square: Squares | None
    f: Statistic | None
    p: Probability | None
    share: Ratio | None
    explained: Ratio | None


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a factor.

    Attributes
    ----------
    factor
        The factor.
    level
        Its level.
    count
        Values there.
    mean
        Their mean.
    deviation
        Their standard deviation; None of a single value.
    """

    factor: str
    level: str
    count: int
    mean: Measured
    deviation: Measured | None


@dataclass(frozen=True, slots=True)
class Anova:
    """Which factors make a value vary.

    Attributes
    ----------
    test
        What was measured.
    unit
        Its unit.
    count
        Values analysed.
    mean
        Of all values.
    deviation
        The residual standard deviation.
    r2
        Share of the sum of squares that the model explains.
    f
        F of the strongest source.
    p
        p of the strongest source.
    strongest
        The source that explains the most.
    significant
        The sources whose p is below 1 - confidence, with commas.
    rows
        The table of variance.
    levels
        Each factor's levels.
    residuals
        Whether what is left over looks like chance.
    remarks
        What to bear in mind.
    """

    HEADLINE = ("strongest", "f", "p", "r2", "deviation", "significant")

    test: str
    unit: str
    count: int
    mean: Measured
    deviation: Measured
    r2: Ratio
    f: Statistic | None
    p: Probability | None
    strongest: str
    significant: str
    rows: tuple[Source, ...]
    levels: tuple[Level, ...]
    residuals: Checks
    remarks: tuple[str, ...]


def anova_picture(answer: Anova) -> Picture:
    """What each source explains of the sum of squares."""
    rows = [(r.source, "share", 100 * r.share) for r in answer.rows if r.share is not None and r.source != "total"]
    return bars(f"What makes {answer.test} vary", rows, "%")


@study(picture=anova_picture)
def anova(
    measurements: Measurements,
    process: Process | None = None,
    test: str = "",
    factors: str = "lot",
    interactions: bool = True,
    confidence: Ratio = 0.95,
) -> Anova:
    """Which factors make a measured value vary, and how much each explains.

    The last value of each unit counts. With one factor the sums of squares are those between and within its groups;
    with several, each factor's is what the residual grows by without it (type II), so that unequal numbers of values
    do not credit one factor with another's share. Sums are taken about the first value and exactly, so leading digits
    that all values share cost no accuracy. An F tells nothing where residuals are far from normal, unevenly spread or
    alike in order: look at `residuals`.

    Use `comparison` instead to see which groups differ, and `gauge_rr` for the variance of a gauge.

    Parameters
    ----------
    measurements
        Values of the test.
    process
        What the machine did then: its states, orders, settings and shifts can be factors.
    test
        What was measured; not needed where there is only one.
    factors
        One to three factors, with commas: lot, wafer, product, step, site, a fact of the units such as who, or a text
        of the machine such as shift.
    interactions
        Also whether the effect of one factor depends on another one.
    confidence
        1 - the chance that a factor without any effect is called significant.

    Returns
    -------
    Anova
        The table of variance, the levels, and the residuals.

    Raises
    ------
    NoData
        There are too few values for so many levels, or a factor has one level only.
    BadQuestion
        Factors cannot be told apart, or there are too many levels.

    Examples
    --------
    >>> rows = [(i, str(i), "width", 5.0 + 0.1 * (i % 5) + (0.3 if i % 2 else 0.0)) for i in range(40)]
    >>> found = anova(Measurements.of(rows, lot=["A", "B"] * 20))
    >>> [(r.source, r.freedom, round(r.squares, 3)) for r in found.rows]
    [('lot', 1, 0.9), ('residual', 38, 0.8), ('total', 39, 1.7)]

    References
    ----------
    NIST Statistical Reference Datasets, analysis of variance. https://www.itl.nist.gov/div898/strd
    O. Langsrud: ANOVA for unbalanced data: use type II instead of type III. Statistics and Computing 13 (2003).
    """
    confident(confidence)
    said, names = response(measurements, test, process), named(factors, "factors")
    if len(names) > 3:
        raise BadQuestion(f"{len(names)} factors are too many: name up to three, or use `what_moved`.")
    texts = {f: said.text(f) for f in names}
    kept = np.all([t != "" for t in texts.values()], axis=0)
    y = said.value[kept]
    levels = {f: groups_of(t[kept]) for f, t in texts.items()}
    _enough(levels, len(y))
    if len(names) == 1:
        rows, fitted = _one_way(names[0], list(levels[names[0]].values()), y)
    else:
        rows, fitted = _several(levels, y, interactions=interactions)
    return _told(said.found.name, said.found.unit, y, (rows, fitted), levels, (int((~kept).sum()), confidence))


def _enough(levels: dict[str, dict[str, np.ndarray]], count: int) -> None:
    for factor, groups in levels.items():
        if len(groups) < 2:
            raise NoData(f"{factor} has {len(groups)} level(s) in that window: it takes two to compare.")
    if prod(map(len, levels.values())) > MOST:
        raise BadQuestion(f"There are {prod(map(len, levels.values()))} combinations of levels: name coarser factors.")
    if sum(len(g) - 1 for g in levels.values()) + 1 >= count:
        raise NoData(f"{count} values are too few for so many levels: repeat the measurements.")


def _one_way(factor: str, places: list[np.ndarray], y: Numbers) -> tuple[list[Source], Numbers]:
    """Between and within groups, exactly: about the first value, so that shared leading digits cost nothing."""
    about = moved(y)
    grand = fsum(about) / len(y)
    means = [fsum(about[p]) / len(p) for p in places]
    between = fsum(len(p) * (m - grand) ** 2 for p, m in zip(places, means, strict=True))
    within = fsum(v for p in places for v in _squares(about[p]))
    fitted = np.empty(len(y))
    for place, mean in zip(places, means, strict=True):
        fitted[place] = mean + y[0]
    k = len(places) - 1
    return _table([(factor, k, between)], (len(y) - k - 1, within), between + within, len(y)), fitted


def _squares(values: Numbers) -> list[float]:
    about = values - fsum(values) / len(values)
    return [*(about * about).tolist(), -(fsum(about) ** 2) / len(about)]


def _several(
    levels: dict[str, dict[str, np.ndarray]], y: Numbers, *, interactions: bool
) -> tuple[list[Source], Numbers]:
    """Type II: each source against the model without it and without whatever contains it."""
    blocks: dict[tuple[str, ...], Matrix] = {(f,): _contrasts(list(g.values()), len(y)) for f, g in levels.items()}
    if interactions:
        for a, b in combinations(levels, 2):
            left, right = blocks[a,], blocks[b,]
            blocks[a, b] = np.einsum("ni,nj->nij", left, right).reshape(len(y), -1)
    about = moved(y)
    whole, rank, fitted = _rest(list(blocks.values()), about)
    freedom = len(y) - rank
    if freedom < 1:
        raise NoData("Every combination of levels has a single value: ask without `interactions`, or measure again.")
    sources = []
    for name in blocks:
        others = [b for key, b in blocks.items() if not set(name) <= set(key)]
        with_it, with_rank, _ = _rest([*others, blocks[name]], about)
        without, without_rank, _ = _rest(others, about)
        if with_rank == without_rank:
            raise BadQuestion(f"{' x '.join(name)} cannot be told from the other factors: they always change together.")
        sources.append((" x ".join(name), with_rank - without_rank, max(without - with_it, 0.0)))
    return _table(sources, (freedom, whole), total_squares(y), len(y)), fitted + y[0]


def _contrasts(places: list[np.ndarray], count: int) -> Matrix:
    """Sum-to-zero columns of a factor."""
    found = np.zeros((count, len(places) - 1))
    for j, place in enumerate(places[:-1]):
        found[place, j] = 1.0
    found[places[-1]] = -1.0
    return found


def _rest(blocks: list[Matrix], y: Numbers) -> tuple[float, int, Numbers]:
    """Residual sum of squares, rank and fitted values of a model; columns that add nothing are left out."""
    x = np.column_stack([np.ones(len(y)), *blocks])
    kept: list[int] = []
    basis = np.empty((len(y), 0))
    for j in range(x.shape[1]):
        rest = x[:, j] - basis @ (basis.T @ x[:, j])
        rest -= basis @ (basis.T @ rest)
        size = float(np.linalg.norm(rest))
        if size > 1e-9 * float(np.linalg.norm(x[:, j])):
            kept.append(j)
            basis = np.column_stack([basis, rest / size])
    fit = least_squares(Columns.of(x[:, kept]), y)
    return fit.rss, len(kept), fit.fitted


def _table(
    sources: list[tuple[str, int, float]], residual: tuple[int, float], total: float, count: int
) -> list[Source]:

    freedom, rest = residual
    error = rest / freedom
    rows = []
    for name, df, squares in sources:
        f = squares / df / error if error else None
        p = None if f is None else float(scipy.stats.f.sf(f, df, freedom))
        omega = (squares - df * error) / (total + error) if total + error else None
        share = squares / total if total else None
        rows.append(Source(name, df, squares, squares / df, f, p, share, omega))
    left = rest / total if total else None
    return [
        *rows,
        Source("residual", freedom, rest, error, None, None, left, None),
        Source("total", count - 1, total, None, None, None, None, None),
    ]


def _told(
    test: str,
    unit: str,
    y: Numbers,
    fit: tuple[list[Source], Numbers],
    levels: dict[str, dict[str, np.ndarray]],
    of: tuple[int, float],
) -> Anova:
    rows, fitted = fit
    lost, confidence = of
    sources = [r for r in rows if r.source not in ("residual", "total")]
    best = max(sources, key=lambda r: r.squares)
    residual, total = rows[-2], rows[-1]
    found = checks(y - fitted, fitted)
    said = [f"{lost} value(s) left out: a factor is not known for them"] if lost else []
    said += ["the values do not vary within the groups: F cannot be told"] if residual.squares == 0 else []
    return Anova(
        test,
        unit,
        len(y),
        float(y[0] + fsum(y - y[0]) / len(y)),
        float(np.sqrt(residual.squares / residual.freedom)),
        1 - residual.squares / total.squares if total.squares else 0.0,
        best.f,
        best.p,
        best.source,
        ", ".join(r.source for r in sources if r.p is not None and r.p < 1 - confidence) or "none",
        tuple(rows),
        tuple(
            Level(f, name, len(p), float(y[p].mean()), float(y[p].std(ddof=1)) if len(p) > 1 else None)
            for f, groups in levels.items()
            for name, p in groups.items()
        ),
        found,
        (*said, *found.remarks),
    )
