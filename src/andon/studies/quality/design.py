"""Planned experiments: which runs to make, what they can tell, and, once results are in, which factors matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from ...catalog import study
from ...model import Numbers
from ...picture import Picture, pareto, table
from ...units import Measured, Probability, Ratio, Unit
from . import designs
from .amounts import confident
from .coding import Mask, Names, terms
from .effects import Effect, Explained, curved, effects, explained, tellable, term_name
from .factors import Factor, factors_of, names_of
from .least_squares import Columns, Matrix, least_squares
from .planned import made_runs, results_of, run_order
from .residuals import Checks, checks

Kind = Literal["full", "fraction", "screening", "composite", "box-behnken", "optimal"]
Model = Literal["", "linear", "interactions", "quadratic"]
MODELS: dict[str, str] = {"screening": "linear", "composite": "quadratic", "box-behnken": "quadratic"}


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the plan.

    Attributes
    ----------
    run
        In this order they are made.
    standard
        Its place in the standard order.
    block
        Its block; runs of one block are made under the same conditions.
    point
        corner, star, centre or point.
    settings
        What each factor is set to.
    value
        The result, where there is one.
    """

    run: int
    standard: int
    block: int
    point: str
    settings: str
    value: Measured | None


@dataclass(frozen=True, slots=True)
class Alias:
    """An effect that the plan cannot tell from others.

    Attributes
    ----------
    term
        The effect.
    with_terms
        The others; a share in brackets where they are mixed in partly.
    """

    term: str
    with_terms: str


@dataclass(frozen=True, slots=True)
class Design:
    """A plan of runs, and what its results say.

    Attributes
    ----------
    kind
        The kind of plan in words.
    runs
        How many runs.
    resolution
        III: main effects are mixed with interactions, IV: interactions with each other, V: neither; "full" where
        nothing is mixed, "" where the word has no meaning.
    model
        What the plan is to tell: linear, interactions or quadratic.
    efficiency
        D-efficiency for that model; 0 where the plan cannot tell it all.
    r2
        Share of the sum of squares that the model explains; None without results.
    deviation
        The residual standard deviation; None without results or without runs left.
    curvature_p
        That centre points of a plane would lie so far off; None without centre points or results.
    rows
        The runs in the order in which they are made.
    aliases
        Effects that cannot be told apart.
    effects
        The terms of the model with their sizes, once results are in.
    sources
        What each term explains, once results are in: the test of a factor with several names as a whole.
    residuals
        Whether what is left over looks like chance; None without results.
    remarks
        What to bear in mind.
    """

    HEADLINE = ("kind", "runs", "resolution", "efficiency", "r2", "deviation")

    kind: str
    runs: int
    resolution: str
    model: str
    efficiency: Ratio
    r2: Ratio | None
    deviation: Measured | None
    curvature_p: Probability | None
    rows: tuple[Run, ...]
    aliases: tuple[Alias, ...]
    effects: tuple[Effect, ...]
    sources: tuple[Explained, ...]
    residuals: Checks | None
    remarks: tuple[str, ...]


def design_picture(answer: Design) -> Picture:
    """The effects, greatest first; the runs while there are no results."""
    if not answer.effects:
        runs = [(r.run, r.block, r.settings) for r in answer.rows]
        return table(f"{answer.kind}: {answer.runs} runs", ("run", "block", "settings"), runs)
    shown = [(e.term, abs(e.effect if e.effect is not None else e.coefficient)) for e in answer.effects]
    return pareto("Effects", [s for s in shown if s[0] != "constant"])


@study(picture=design_picture)
def design(
    factors: str,
    kind: Kind = "full",
    model: Model = "",
    wanted: Annotated[int, Unit("{resolution}")] = 4,
    runs: int = 0,
    forbidden: str = "",
    centres: int = 0,
    replicates: int = 1,
    blocks: int = 1,
    seed: int = 1,
    results: str = "",
    confidence: Ratio = 0.95,
) -> Design:
    """Which runs an experiment needs, what it can tell, and which factors matter.

    Ask first with factors: the answer is the plan, in an order mixed by chance from `seed` (the same seed gives the
    same order), so that what drifts does not look like an effect. Make the runs in that order, and ask again with
    `results`. `full` tries all combinations; `fraction` as few as the wanted resolution allows; `screening`
    (Plackett-Burman) finds the few that matter among many; `composite` and `box-behnken` find an optimum; `optimal`
    takes any number of runs from the levels given, and leaves out combinations that are `forbidden`. Without runs left
    to tell an error, Lenth's method says which effects stand out.

    Use `regression` or `anova` instead for what was not planned.

    Parameters
    ----------
    factors
        Names with levels: `temperature 150..200, catalyst A|B`; more levels as `speed 1|2|4` or `resin X|Y|Z`.
    kind
        full, fraction, screening, composite, box-behnken or optimal.
    model
        linear, interactions or quadratic; "" for what the kind is made for.
    wanted
        Resolution of a fraction: 3, 4 or 5.
    runs
        Of an optimal plan; 0 for four more than there are coefficients.
    forbidden
        Combinations that an optimal plan leaves out: `temperature=200 & time>=30; catalyst=B & time=10`.
    centres
        Runs in the middle of all numbers, to see curvature and error.
    replicates
        How often the whole plan is made.
    blocks
        Parts that are made under different conditions (days, lots): 2, 4 or 8 of two-level plans, or as many as there
        are replicates.
    seed
        Of the order of the runs.
    results
        Results in order of the runs, with commas; or `3=7.1, 5=6.8` by run, where some are missing.
    confidence
        1 - the chance that a factor without any effect is called active.

    Returns
    -------
    Design
        The runs, what cannot be told apart, and the effects.

    Raises
    ------
    BadQuestion
        The settings do not make a plan, or the results do not fit it.

    Examples
    --------
    >>> plan = design("temperature 150..200, time 10..30", seed=7)
    >>> [r.settings for r in plan.rows][0], plan.resolution
    ('temperature=150, time=10', 'full')
    >>> found = design("temperature 150..200, time 10..30", seed=7, results="10, 13, 21, 24", model="linear")
    >>> [(e.term, e.effect) for e in found.effects[1:]]
    [('temperature', 11.0), ('time', 3.0)]

    References
    ----------
    G. E. P. Box, J. S. Hunter, W. G. Hunter: Statistics for Experimenters. 2nd edition, 2005.
    R. V. Lenth: Quick and Easy Analysis of Unreplicated Factorials. Technometrics 31 (1989), 469-473.
    """
    confident(confidence)
    of = factors_of(factors)
    names = names_of(of)
    aim = model or MODELS.get(kind, "interactions")
    made = made_runs(of, (kind, aim, forbidden), (wanted, runs, seed), (centres, replicates, blocks))
    order = run_order(made.block, seed)
    values = results_of(results, len(order))
    rows = tuple(_run(of, made, at, place, values) for at, place in enumerate(order.tolist()))
    told = np.empty(len(order))
    told[order] = values
    corners = made.coded[[p != "centre" for p in made.point]]
    word, length = _resolution(kind, corners)
    common = (_title(kind, of, length), len(rows), word, aim, designs.efficiency(made.coded, aim, names))
    known = ~np.isnan(told)
    told_apart = kind in ("full", "fraction", "screening") and max(names) < 3
    mixed = _aliases(of, corners) if told_apart else ()
    if not known.any():
        return Design(*common, None, None, None, rows, mixed, (), (), None, tuple(_remarks(of, made, kind, length)))
    return _analysed(of, made, (told, known), (common, rows, mixed), confidence)


def _run(of: list[Factor], made: designs.Runs, at: int, place: int, values: Numbers) -> Run:
    said = ", ".join(f"{f.name}={f.said(float(c))}" for f, c in zip(of, made.coded[place], strict=True))
    value = None if np.isnan(values[at]) else float(values[at])
    return Run(at + 1, place + 1, made.block[place], made.point[place], said, value)


def _resolution(kind: str, corners: Matrix) -> tuple[str, int | None]:
    if kind not in ("full", "fraction", "screening"):
        return "", None
    length = designs.resolution(corners)
    if kind == "screening" and length is None:
        return "III", 3
    return ("full", None) if length is None else (("", "I", "II", "III", "IV", "V", "VI", "VII")[length], length)


def _title(kind: str, of: list[Factor], length: int | None) -> str:
    named = {"screening": "Plackett-Burman screening", "composite": "central composite", "optimal": "D-optimal"}
    return f"{named.get(kind, kind)} plan of {len(of)} factors"


def _aliases(of: list[Factor], corners: Matrix) -> tuple[Alias, ...]:
    found = []
    for term, others in designs.aliases(corners).items():
        said = [term_name(of, t, {}) if abs(s) > 0.999 else f"{term_name(of, t, {})} ({s:+.2f})" for t, s in others]
        if said:
            found.append(Alias(term_name(of, term, {}), ", ".join(said)))
    return tuple(found)


def _analysed(
    of: list[Factor],
    made: designs.Runs,
    results: tuple[Numbers, Mask],
    plan: tuple[tuple[str, int, str, str, float], tuple[Run, ...], tuple[Alias, ...]],
    confidence: float,
) -> Design:
    """Fit what of the model can be told, and judge each term."""
    (values, known), (common, rows, mixed) = results, plan
    y, coded = values[known], made.coded[known]
    names = names_of(of)
    kept, x = tellable(coded, terms(names, common[3]), names, np.array(made.block)[known])
    fit = least_squares(Columns.of(x), y)
    total = float(((y - y.mean()) ** 2).sum())
    found = checks(fit.residual, fit.fitted) if fit.freedom else None
    remarks = _remarks(of, made, "", None) + ([] if known.all() else [f"{int((~known).sum())} run(s) without a result"])
    lost = [t for t in terms(names, common[3]) if t not in kept]
    remarks += (
        [f"cannot be told from the terms before: {', '.join(term_name(of, t, {}) for t in lost)}"] if lost else []
    )
    return Design(
        *common,
        1 - fit.rss / total if total else 0.0,
        fit.sigma if fit.freedom else None,
        curved(made, values, known, fit),
        rows,
        mixed,
        effects(of, kept, fit, confidence, two_level=_is_two_level(coded, names)),
        explained(of, kept, fit),
        found,
        (*remarks, *(found.remarks if found else ("no runs are left to tell an error: effects are judged by Lenth",))),
    )


def _is_two_level(coded: Matrix, names: Names) -> bool:
    return max(names) < 3 and bool(np.isin(coded, (-1.0, 0.0, 1.0)).all())


def _remarks(of: list[Factor], made: designs.Runs, kind: str, length: int | None) -> list[str]:
    found = ["main effects are mixed with interactions: confirm what seems to matter"] if length == 3 else []
    if kind in ("full", "fraction", "screening") and "centre" not in made.point and not any(f.texts for f in of):
        found.append("without centre points curvature cannot be seen")
    return found
