"""What a plan of runs is made from: factors as they are written, the runs of its kind, results as they come in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from ...errors import BadQuestion
from ...model import Numbers, Times
from . import designs
from .coding import terms, width
from .factors import Factor, names_of
from .forbidden import barred
from .least_squares import Matrix


def made_runs(
    of: list[Factor], what: tuple[str, str, str], how: tuple[int, int, int], more: tuple[int, int, int]
) -> designs.Runs:
    """All runs in standard order: the plan, its centre points, replicates and blocks."""
    kind, _, without = what
    centres, replicates, blocks = more
    if centres < 0 or replicates < 1 or blocks < 1:
        raise BadQuestion(
            f"centres = {centres}, replicates = {replicates}, blocks = {blocks}: none may be negative or 0."
        )
    if without.strip() and kind != "optimal":
        raise BadQuestion(f"A {kind} plan tries what it must: leave combinations out of an optimal one.")
    coded, point = _base(of, what, how)
    if centres and any(f.texts for f in of):
        raise BadQuestion("There is no middle between two names: ask without `centres`.")
    block = (1,) * len(coded) if blocks in (1, replicates) else designs.blocked(coded, blocks)
    base = max(block)
    middle = np.zeros((centres * base, len(of)))
    if len(middle) and not barred(of, [[0.0, *f.coded] for f in of], without).may(middle).all():
        raise BadQuestion("The middle of the factors is forbidden: ask without `centres`.")
    whole = np.vstack([coded, middle])
    points = (*point, *("centre",) * len(middle))
    parts = (*block, *(1 + i % base for i in range(len(middle))))
    each = base if blocks == replicates and blocks > 1 else 0
    every = tuple(b + r * each for r in range(replicates) for b in parts)
    return designs.Runs(np.vstack([whole] * replicates), points * replicates, every)


def _base(of: list[Factor], what: tuple[str, str, str], how: tuple[int, int, int]) -> tuple[Matrix, tuple[str, ...]]:
    (kind, model, without), (wanted, runs, seed), k = what, how, len(of)
    if kind in ("composite", "box-behnken") and any(f.texts for f in of):
        raise BadQuestion(f"A {kind} plan needs levels between the two: all factors must be numbers.")
    many = next((f for f in of if len(f.texts) > 2), None)
    if kind in ("fraction", "screening") and many is not None:
        raise BadQuestion(f"A {kind} plan takes two levels; {many.name} has {len(many.texts)}: use full or optimal.")
    if kind == "box-behnken" and k < 3:
        raise BadQuestion("A box-behnken plan takes three factors or more: use composite.")
    if kind == "composite":
        return designs.composite(k)
    if kind == "optimal":
        levels = [f.coded if f.texts or len(f.levels) > 2 or model != "quadratic" else [-1.0, 0.0, 1.0] for f in of]
        names = names_of(of)
        count = runs or sum(width(t, names) for t in terms(names, model)) + 5
        made = designs.optimal(levels, model, count, seed, names, barred=barred(of, levels, without))
        return made, ("point",) * len(made)
    if kind == "full" and any(len(f.levels) > 2 for f in of):
        made = designs.factorial(k, [len(f.levels) for f in of])
        places = np.round((made + 1) / 2 * (np.array([len(f.levels) for f in of]) - 1)).astype(int)
        made = np.stack([np.array(f.coded)[p] for f, p in zip(of, places.T, strict=True)], axis=1)
        return made, ("point",) * len(made)
    plans: Mapping[str, Callable[[], Matrix]] = {
        "full": lambda: designs.factorial(k, [2] * k),
        "fraction": lambda: designs.fraction(k, wanted),
        "screening": lambda: designs.screening(k),
        "box-behnken": lambda: designs.box_behnken(k),
    }
    made = plans[kind]()
    return made, ("corner" if kind != "box-behnken" else "point",) * len(made)


def run_order(block: tuple[int, ...], seed: int) -> Times:
    """Blocks one after the other, the runs of each mixed by chance."""
    chance = np.random.default_rng(seed)
    of = np.array(block)
    return np.concatenate([chance.permutation(np.flatnonzero(of == b)) for b in sorted(set(block))])


def results_of(text: str, count: int) -> Numbers:
    """Results in the order of the runs; NaN where there is none."""
    found = np.full(count, np.nan)
    parts = [t.strip() for t in text.split(",") if t.strip()]
    if not any("=" in t for t in parts) and parts and len(parts) != count:
        raise BadQuestion(f"{len(parts)} results for {count} runs: give one for each, or `3=7.1` by run.")
    for at, part in enumerate(parts, 1):
        run, _, value = part.rpartition("=")
        try:
            place = int(run) if run else at
            found[place - 1] = float(value)
        except (ValueError, IndexError):
            raise BadQuestion(f"{part!r} is no result of one of {count} runs: write 7.1, or 3=7.1.") from None
        if not 1 <= place <= count:
            raise BadQuestion(f"There is no run {place}: they are 1 to {count}.")
    return found
