"""Planned experiments in coded units: factorials, screening, response surfaces, D-optimal runs, and their aliases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from ...errors import BadQuestion
from ...model import Numbers
from .coding import Mask, Names, Term, expanded, terms, width
from .least_squares import Matrix

MOST_RUNS = 4096
STARTS, ROUNDS, TRIES = 12, 60, 1000
LEAST = -30.0
"""Below this logarithm a determinant is 0."""
PARTLY = 0.2
"""From this share of an effect on, another one is told as its alias."""


Holds = Callable[[Numbers], Mask]
"""Whether a condition holds, for each of some coded levels of its factor."""
Move = tuple[list[int], Matrix]
"""Factors that a run changes together, and to what (a row a choice)."""


@dataclass(frozen=True, slots=True)
class Barred:
    """Combinations that no run may have: a run for which all conditions of a rule hold, each about one factor."""

    rules: tuple[tuple[tuple[int, Holds], ...], ...] = ()

    def may(self, runs: Matrix) -> Mask:
        """Whether each of some coded runs may be made."""
        found = np.ones(len(runs), np.bool_)
        for rule in self.rules:
            found &= ~np.logical_and.reduce([holds(runs[:, place]) for place, holds in rule])
        return found


FREE = Barred()


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs in standard order: `coded` (n runs x k factors, from -1 to 1), which `point` each is, and its `block`."""

    coded: Matrix
    point: tuple[str, ...]
    block: tuple[int, ...]


def factorial(k: int, levels: list[int]) -> Matrix:
    """All combinations of so many evenly spaced levels.

    >>> factorial(2, [2, 2]).tolist()
    [[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]]
    """
    from pyDOE3 import fullfact  # a third of a second of import that only plans need

    if int(np.prod(levels)) > MOST_RUNS:
        raise BadQuestion(f"{int(np.prod(levels))} runs are too many: plan a fraction or a screening of {k} factors.")
    return np.asarray(2 * fullfact(levels) / (np.array(levels) - 1) - 1, dtype=np.float64)


def fraction(k: int, wanted: int) -> Matrix:
    """The smallest regular two-level fraction of at least this resolution (3, 4 or 5)."""
    from pyDOE3 import fracfact

    if not 3 <= wanted <= 5:
        raise BadQuestion(f"wanted = {wanted}: a fraction of resolution 3, 4 or 5 can be planned.")
    if k < wanted:
        return factorial(k, [2] * k)
    for base in range(2, k + 1):
        words = [1 << i for i in range(base)]
        others = sorted(range(1, 1 << base), key=lambda w: (-w.bit_count(), w))
        found = _generators(words, others, k, wanted)
        if found is not None:
            said = " ".join("".join(chr(97 + i) for i in range(base) if w >> i & 1) for w in found)
            return np.asarray(fracfact(said), dtype=np.float64)
    raise BadQuestion(f"There is no fraction of resolution {wanted} for {k} factors.")


def _generators(words: list[int], others: list[int], k: int, wanted: int) -> list[int] | None:
    """Enough products of the base factors that no fewer than `wanted` of them make one another; None if there are not.

    A product is a number whose bits are its factors: that of two is their exclusive or.
    """
    if len(words) == k:
        return words
    for place, word in enumerate(others):
        if _is_free(word, words, wanted):
            found = _generators([*words, word], others[place + 1 :], k, wanted)
            if found is not None:
                return found
    return None


def _is_free(word: int, words: list[int], wanted: int) -> bool:
    """Whether fewer than `wanted` - 1 of the words do not make this one."""
    within = set(words)
    if word in within:
        return False
    if wanted >= 4 and any(word ^ a in within for a in words):
        return False
    return wanted < 5 or not any(word ^ a ^ b in within - {a, b} for a, b in combinations(words, 2))


def screening(k: int) -> Matrix:
    """Plackett and Burman's runs: four times as many as needed for k main effects, rounded up."""
    from pyDOE3 import pbdesign

    return np.asarray(pbdesign(k), dtype=np.float64)


def composite(k: int) -> tuple[Matrix, tuple[str, ...]]:
    """A rotatable central composite design without its centre points, scaled so that the stars lie at -1 and 1."""
    from pyDOE3 import ccdesign

    runs = np.asarray(ccdesign(k, center=(0, 0), alpha="rotatable", face="inscribed"), dtype=np.float64)
    stars = (np.abs(runs) > 1e-12).sum(axis=1) == 1
    return runs, tuple("star" if s else "corner" for s in stars.tolist())


def box_behnken(k: int) -> Matrix:
    """Box and Behnken's runs without centre points: three levels, no corners."""
    from pyDOE3 import bbdesign

    runs = np.asarray(bbdesign(k, center=1), dtype=np.float64)
    return np.asarray(runs[np.abs(runs).sum(axis=1) > 0], dtype=np.float64)


def optimal(
    levels: list[list[float]], model: str, runs: int, seed: int, names: Names = (), *, barred: Barred = FREE
) -> Matrix:
    """The runs from which the model's coefficients are known best (greatest determinant), by coordinate exchange.

    From a dozen random starts every coordinate of every run takes the level that raises the determinant most, until
    nothing does; the best end is taken. Coordinates of a `barred` combination are changed two at a time as well, for
    one alone may find its way barred.

    References
    ----------
    R. K. Meyer, C. J. Nachtsheim: The Coordinate-Exchange Algorithm. Technometrics 37 (1995), 60-69.
    """
    names = names or (0,) * len(levels)
    of = terms(names, model)
    needed = 1 + sum(width(t, names) for t in of)
    if runs < needed:
        raise BadQuestion(f"runs = {runs}: a {model} model of {len(levels)} factors has {needed} coefficients.")
    chance = np.random.default_rng(seed)
    best, most = np.empty((0, len(levels))), -np.inf
    for _ in range(STARTS):
        found, size = _exchanged(_begun(levels, runs, chance, barred), (_moves(levels, barred), barred), of, names)
        if size > most + 1e-9:
            best, most = found, size
    if not np.isfinite(most):
        raise BadQuestion(
            f"A {model} model cannot be told from these levels: give factors more of them"
            + (", or forbid fewer combinations." if barred.rules else ".")
        )
    return best[np.lexsort(best.T[::-1])]


def _begun(levels: list[list[float]], runs: int, chance: np.random.Generator, barred: Barred) -> Matrix:
    """Runs by chance, none of them barred."""
    found = np.empty((0, len(levels)))
    for _ in range(TRIES):
        drawn = np.stack([chance.choice(lv, runs) for lv in levels], axis=1)
        found = np.vstack([found, drawn[barred.may(drawn)]])
        if len(found) >= runs:
            return found[:runs]
    raise BadQuestion("Hardly any combination of the levels is left: forbid fewer.")


def _moves(levels: list[list[float]], barred: Barred) -> list[Move]:
    """What a run may change: each factor by itself, and each two of a rule together."""
    alone = [[j] for j in range(len(levels))]
    pairs = sorted({pair for rule in barred.rules for pair in combinations(sorted({j for j, _ in rule}), 2)})
    return [(part, np.array(list(product(*(levels[j] for j in part))))) for part in (*alone, *map(list, pairs))]


def _exchanged(runs: Matrix, ways: tuple[list[Move], Barred], of: list[Term], names: Names) -> tuple[Matrix, float]:
    (moves, barred), x = ways, expanded(runs, of, names)
    size = float(_sizes(x.T @ x)[0])
    for _ in range(ROUNDS):
        before, whole = size, x.T @ x
        for i in range(len(runs)):
            others = whole - np.outer(x[i], x[i])
            for part, levels in moves:
                choices = np.repeat(runs[i : i + 1], len(levels), axis=0)
                choices[:, part] = levels
                choices = choices[barred.may(choices)]
                rows = expanded(choices, of, names)
                tried = _sizes(others + rows[:, :, None] * rows[:, None, :])
                place = int(np.argmax(tried))
                if tried[place] > size + 1e-10 or not np.isfinite(size):
                    runs[i], x[i], size = choices[place], rows[place], float(tried[place])
            whole = others + np.outer(x[i], x[i])
        if size <= before + 1e-10:
            break
    return runs, size


def _sizes(information: Matrix) -> Numbers:
    """The logarithm of the determinant of each of some information matrices; -inf where a model cannot be told."""
    sign, size = np.linalg.slogdet(information.reshape(-1, *information.shape[-2:]))
    return np.where((sign > 0) & (size > LEAST), size, -np.inf)


def efficiency(coded: Matrix, model: str, names: Names = ()) -> float:
    """D-efficiency: 1 for orthogonal runs at the edges, 0 where the model cannot be told.

    >>> efficiency(factorial(2, [2, 2]), "interactions")
    1.0
    """
    names = names or (0,) * coded.shape[1]
    of = terms(names, model)
    x = expanded(coded, of, names)
    size, count = float(_sizes(x.T @ x)[0]), 1 + sum(width(t, names) for t in of)
    return float(np.exp(size / count) / len(coded)) if np.isfinite(size) else 0.0


def resolution(coded: Matrix) -> int | None:
    """Length of the shortest word whose product never changes; None of a full factorial, or of other designs."""
    if not np.isin(coded, (-1.0, 1.0)).all():
        return None
    k = coded.shape[1]
    for length in range(1, min(k, 7) + 1):
        for word in combinations(range(k), length):
            if abs(float(np.prod(coded[:, list(word)], axis=1).sum())) > len(coded) - 0.5:
                return length
    return None


def aliases(coded: Matrix) -> dict[Term, list[tuple[Term, float]]]:
    """Of each main effect and interaction of two, which others it cannot be told from, and by which share."""
    of = terms((0,) * coded.shape[1], "interactions")
    columns = {t: np.prod(coded[:, list(t)], axis=1) for t in of}
    found: dict[Term, list[tuple[Term, float]]] = {}
    for a in of:
        power = float((columns[a] ** 2).sum())
        shares = [(b, float((columns[a] * columns[b]).sum()) / power) for b in of if b != a] if power else []
        found[a] = [(b, s) for b, s in shares if abs(s) >= PARTLY]
    return found


def blocked(coded: Matrix, count: int) -> tuple[int, ...]:
    """Two-level runs in blocks, told by products of factors that hide no main effect and as few interactions as can be.

    Raises
    ------
    BadQuestion
        The runs cannot be parted so.
    """
    if count == 1:
        return (1,) * len(coded)
    if count not in (2, 4, 8) or not np.isin(coded, (-1.0, 1.0)).all():
        raise BadQuestion(f"blocks = {count}: two-level runs come in 2, 4 or 8 blocks; others in their replicates.")
    k, wanted = coded.shape[1], count.bit_length() - 1
    words = [w for n in range(k, 1, -1) for w in combinations(range(k), n)]
    columns = {w: np.prod(coded[:, list(w)], axis=1) for w in words}
    best, least = None, np.inf
    for chosen in combinations(words[:200], wanted):
        hidden = _hidden(coded, [columns[w] for w in chosen])
        if hidden < least:
            best, least = chosen, hidden
        if least == 0:
            break
    if best is None or not np.isfinite(least):
        raise BadQuestion(f"{len(coded)} runs cannot be parted in {count} blocks without hiding a main effect.")
    signs = sum((columns[w] > 0).astype(int) << i for i, w in enumerate(best))
    return tuple((np.asarray(signs) + 1).tolist())


def _hidden(coded: Matrix, generators: list[np.ndarray]) -> float:
    """How many interactions of two blocks hide; endless where they hide a main effect, or are not equal in size."""
    products = [np.prod(c, axis=0) for n in range(1, len(generators) + 1) for c in combinations(generators, n)]
    if any(abs(float(p.sum())) > 0.5 for p in products):
        return np.inf
    n, k = coded.shape
    if any(abs(float((p * coded[:, j]).sum())) > 0.5 for p in products for j in range(k)):
        return np.inf
    pairs = [coded[:, a] * coded[:, b] for a, b in combinations(range(k), 2)]
    return float(sum(abs(float((p * q).sum())) > n - 0.5 for p in products for q in pairs))
