"""Acceptance plans: how probably each accepts a lot, and the plans of ISO 2859-1 with their switching rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy

from ...errors import BadQuestion
from ...model import Numbers

LETTERS = "ABCDEFGHJKLMNPQRS"
"""S is there for one tightened plan only."""
SIZES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000)
REDUCED_SIZES = (2, 2, 2, *SIZES[1:14])
AQLS = (
    *(0.010, 0.015, 0.025, 0.040, 0.065, 0.10, 0.15, 0.25, 0.40, 0.65, 1.0, 1.5, 2.5, 4.0, 6.5, 10.0),
    *(15.0, 25.0, 40.0, 65.0, 100.0, 150.0, 250.0, 400.0, 650.0, 1000.0),
)
OF_UNITS = 10.0
"""AQLs beyond are nonconformities per 100 units: a unit may have several."""
UP, DOWN = -1, -2
"""Arrows: the plan above, the plan below."""
NORMAL = (0, UP, DOWN, 1, 2, 3, 5, 7, 10, 14, 21)
TIGHTENED = (0, DOWN, DOWN, 1, 2, 3, 5, 8, 12, 18)
REDUCED = (0, UP, DOWN, DOWN, 1, 2, 3, 5, 6, 8, 10)
"""Acceptance numbers down a column of tables 2-A, 2-B and 2-C from where its Ac is 0: the same in every column."""
NOUGHT, SMALL, FEW = 6.5, 25.0, 5
"""Columns beyond 6.5 have no plan with Ac 0. From 25 on A and B of table 2-C are as A of 2-A, for all take 2 units. Of
the first five letters the columns go on longer: no other plan takes so many."""
SEVERITIES = {
    "normal": (NORMAL, (30, 44), 0, SIZES),
    "tightened": (TIGHTENED, (27, 41), 1, (*SIZES, 3150)),
    "reduced": (REDUCED, (14, 21), 0, REDUCED_SIZES),
}
LOTS = (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10000, 35000, 150000, 500000)
"""The largest lot of each row of table 1."""
LEVELS = {
    "S-1": "AAAABBBBCCCCDDD",
    "S-2": "AAABBBCCCDDDEEE",
    "S-3": "AABBCCDDEEFFGGH",
    "S-4": "AABCCDEEFGGHJJK",
    "I": "AABCCDEFGHJKLMN",
    "II": "ABCDEFGHJKLMNPQ",
    "III": "BCDEFGHJKLMNPQR",
}
ENOUGH, SCORE, STOPPED = 5, 30, 5


@dataclass(frozen=True, slots=True)
class Plan:
    """Take n units, accept with at most `accept` bad ones, reject with `reject` or more; between them take n2 more.

    A single plan has no second sample: `reject` is `accept` + 1 and `n2` is 0. `lot` is the lot size, None where it is
    not to count; `letter` is the code letter of a plan of the standard.
    """

    n: int
    accept: int
    reject: int
    n2: int = 0
    accept2: int = 0
    lot: int | None = None
    letter: str = ""

    @classmethod
    def single(cls, n: int, accept: int, lot: int | None = None, letter: str = "") -> Plan:
        """A single plan."""
        return cls(n, accept, accept + 1, lot=lot, letter=letter)


def probability(plan: Plan, p: Numbers, kind: str = "binomial") -> Numbers:
    """How probably lots with a share p of bad units are accepted.

    `kind` is "binomial" (a process), "poisson" (nonconformities), or "hypergeometric" (one lot of `plan.lot` units).

    >>> probability(Plan.single(125, 3), np.array([0.01])).round(6).tolist()
    [0.962551]
    """
    at_once = _cdf(plan, kind, plan.n, p, plan.accept)
    if not plan.n2:
        return at_once
    found = at_once.copy()
    for bad in range(plan.accept + 1, plan.reject):
        first = _cdf(plan, kind, plan.n, p, bad) - _cdf(plan, kind, plan.n, p, bad - 1)
        found += first * _cdf(plan, kind, plan.n2, p, plan.accept2 - bad, before=(plan.n, bad))
    return np.asarray(np.clip(found, 0.0, 1.0))


def inspected(plan: Plan, p: Numbers, kind: str = "binomial") -> Numbers:
    """Units that are inspected of a lot on average, without the sorting of rejected lots (ASN)."""
    if not plan.n2:
        return np.full(len(p), float(plan.n))
    again = _cdf(plan, kind, plan.n, p, plan.reject - 1) - _cdf(plan, kind, plan.n, p, plan.accept)
    return np.asarray(plan.n + plan.n2 * again)


def rectified(plan: Plan, p: Numbers, kind: str = "binomial") -> tuple[Numbers, Numbers]:
    """Share of bad units that goes out (AOQ), and units inspected of a lot (ATI), where rejected lots are sorted.

    Bad units that are found are replaced. Without a lot size a lot is endless: AOQ is p Pa, and ATI is not known (NaN).
    """
    accepted = probability(plan, p, kind)
    if plan.lot is None:
        return p * accepted, np.full(len(p), np.nan)
    first = _cdf(plan, kind, plan.n, p, plan.accept)
    later = accepted - first
    out = (first * (plan.lot - plan.n) + later * (plan.lot - plan.n - plan.n2)) / plan.lot
    seen = plan.n * first + (plan.n + plan.n2) * later + plan.lot * (1 - accepted)
    return p * out, seen


def _cdf(plan: Plan, kind: str, n: int, p: Numbers, most: int, before: tuple[int, int] = (0, 0)) -> Numbers:
    """How probably n units hold at most so many bad ones; of a finite lot after the units that were taken before."""

    if most < 0:
        return np.zeros(len(p))
    if kind == "binomial":
        return np.asarray(scipy.stats.binom.cdf(most, n, p))
    if kind == "poisson":
        return np.asarray(scipy.stats.poisson.cdf(most, n * p))
    if plan.lot is None:
        raise BadQuestion("A hypergeometric curve is that of one lot: say its size in `lot`.")
    rest = plan.lot - before[0]
    bad = np.clip(np.round(p * plan.lot) - before[1], 0, rest)
    return np.asarray(scipy.stats.hypergeom.cdf(most, rest, bad, n))


def share_at(plan: Plan, curve: str, wanted: float) -> float:
    """The share of bad units at which a lot is accepted so often; halved until it stands still."""
    low, high = 0.0, 1.0
    while curve == "poisson" and _one(plan, high, curve) > wanted:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        above = _one(plan, middle, curve) > wanted
        low, high = (middle, high) if above else (low, middle)
    return high


def found_plan(good: tuple[float, float], bad: tuple[float, float], kind: str, lot: int | None) -> Plan:
    """The smallest single plan that accepts `good` (share, at least so probably) and refuses `bad` (at most so).

    Raises
    ------
    BadQuestion
        No plan up to a million units, or none smaller than the lot, does both.
    """
    accept, n = 0, 1
    most = lot or 1_000_000
    while accept < most:
        n = max(n, accept + 1)
        n = _least(lambda k, c=accept: _one(Plan.single(k, c, lot), bad[0], kind) <= bad[1], n, most)
        if n > most:
            break
        if _one(Plan.single(n, accept, lot), good[0], kind) >= good[1] - 1e-12:
            return Plan.single(n, accept, lot)
        accept += 1
    raise BadQuestion("No plan smaller than the lot tells these two qualities apart so surely: allow more risk.")


def _one(plan: Plan, p: float, kind: str) -> float:
    return float(probability(plan, np.array([p]), kind)[0])


def _least(fits: object, low: int, most: int) -> int:
    """The least number from `low` on that fits; `most` + 1 if none does. What fits once, fits ever after."""
    assert callable(fits)
    if fits(low):
        return low
    step = 1
    while low + step <= most and not fits(low + step):
        low, step = low + step, step * 2
    high = min(low + step, most)
    if not fits(high):
        return most + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high


def variables_plan(good: tuple[float, float], bad: tuple[float, float], *, known: bool) -> tuple[int, float]:
    """n and k of the plan by variables: accept where (limit - mean) / sigma is at least k; sigma known, or from the n.

    >>> n, k = variables_plan((0.01, 0.95), (0.05, 0.10), known=True)
    >>> n, round(k, 6)
    (19, 1.948993)
    """

    better, worse = float(scipy.stats.norm.isf(good[0])), float(scipy.stats.norm.isf(bad[0]))
    for n in range(2, 100_000):
        if known:
            k = better - float(scipy.stats.norm.ppf(good[1])) / np.sqrt(n)
            accepted = float(scipy.stats.norm.cdf((worse - k) * np.sqrt(n)))
        else:
            k = float(scipy.stats.nct.isf(good[1], n - 1, better * np.sqrt(n))) / np.sqrt(n)
            accepted = float(scipy.stats.nct.sf(k * np.sqrt(n), n - 1, worse * np.sqrt(n)))
        if accepted <= bad[1]:
            return n, float(k)
    raise BadQuestion("No plan of fewer than 100,000 units tells these two qualities apart so surely.")


def code_letter(lot: int, level: str) -> str:
    """The code letter of table 1.

    >>> code_letter(1000, "II")
    'J'
    """
    if lot < 2:
        raise BadQuestion(f"lot = {lot}: a lot has at least 2 units; inspect a single one by itself.")
    return LEVELS[level][int(np.searchsorted(LOTS, lot))]


def standard_plan(lot: int, level: str, aql: float, severity: str = "normal") -> Plan:
    """The single plan of ISO 2859-1, its arrows followed; the whole lot where the sample would be as large.

    >>> standard_plan(1000, "II", 1.0)
    Plan(n=80, accept=2, reject=3, n2=0, accept2=0, lot=1000, letter='J')
    """
    if aql not in AQLS:
        near = min(AQLS, key=lambda a: abs(np.log(max(aql, 1e-9) / a)))
        known = ", ".join(f"{a:g}" for a in AQLS)
        raise BadQuestion(f"aql = {aql:g} is none of the standard's: {known}. Near: {near:g}.")
    found = _from_table(LETTERS.index(code_letter(lot, level)), aql, severity)
    plan = replace(found, lot=lot)
    return Plan.single(lot, plan.accept, lot, plan.letter) if plan.n >= lot else plan


def _from_table(row: int, aql: float, severity: str) -> Plan:
    """One cell of the master tables; an arrow leads to the next cell that holds a plan."""
    column, more, later, sizes = SEVERITIES[severity]
    zero, longer = AQLS.index(NOUGHT) - AQLS.index(aql) + later, (*column, *more)
    ends = [len(longer) if r < FEW else len(column) for r in range(len(sizes))]
    cells = [DOWN if r < zero else longer[r - zero] if r - zero < end else UP for r, end in enumerate(ends)]
    cells = [DOWN if number == 0 and aql > NOUGHT else number for number in cells]
    if severity == "reduced" and aql >= SMALL:
        cells[:2] = [(*NORMAL, *SEVERITIES["normal"][1])[-zero]] * 2
    plans = [r for r, number in enumerate(cells) if number >= 0]
    above, below = [r for r in plans if r <= row], [r for r in plans if r >= row]
    up = cells[row] == UP and above
    place = above[-1] if up or not below else below[0]
    return Plan.single(sizes[place], cells[place], letter=LETTERS[place])


@dataclass(frozen=True, slots=True)
class Lot:
    """One lot as it was inspected.

    `severity` is that under which it was, "stopped" where inspection had been stopped; `score` is the switching score
    after it.
    """

    number: int
    severity: str
    n: int
    accept: int
    bad: int
    accepted: bool
    score: int


def switched(found: Sequence[int], lot: int, level: str, aql: float, start: str = "normal") -> tuple[list[Lot], str]:
    """Lots inspected one after the other by the switching rules of ISO 2859-1, 9.3, and how the next one is inspected.

    >>> lots, then = switched([0, 4, 5], 1000, "II", 1.0)
    >>> [l.severity for l in lots], then
    (['normal', 'normal', 'normal'], 'tightened')
    """
    severity, score, recent, refused = start, 0, list[bool](), 0
    lots: list[Lot] = []
    for number, bad in enumerate(found, 1):
        if severity == "stopped":
            break
        plan = standard_plan(lot, level, aql, severity)
        accepted = bad <= plan.accept
        recent = [*recent, accepted][-ENOUGH:]
        refused += severity == "tightened" and not accepted
        score = _score(score, plan, bad, (lot, level, aql)) if severity == "normal" else 0
        lots.append(Lot(number, severity, plan.n, plan.accept, bad, accepted, score))
        then = _next(severity, recent, score, refused)
        if then != severity:
            severity, recent, score, refused = then, [], 0, 0
    return lots, severity


def _score(score: int, plan: Plan, bad: int, of: tuple[int, str, float]) -> int:
    """3 more where the lot would have passed with the AQL one step tighter, 2 more with Ac 0 or 1; else 0 again."""
    if bad > plan.accept:
        return 0
    if plan.accept < 2:
        return score + 2
    lot, level, aql = of
    tighter = AQLS[max(AQLS.index(aql) - 1, 0)]
    return score + 3 if bad <= standard_plan(lot, level, tighter).accept else 0


def _next(severity: str, recent: list[bool], score: int, refused: int) -> str:
    if severity == "normal" and recent.count(False) >= 2:
        return "tightened"
    if severity == "normal" and score >= SCORE:
        return "reduced"
    if severity == "tightened" and refused >= STOPPED:
        return "stopped"
    if severity == "tightened" and len(recent) == ENOUGH and all(recent):
        return "normal"
    return "normal" if severity == "reduced" and not recent[-1] else severity
