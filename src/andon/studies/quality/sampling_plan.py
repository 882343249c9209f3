"""How many units of a lot to inspect, when to accept it, and what such a plan lets through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import scipy

from ...catalog import study
from ...errors import BadQuestion
from ...picture import Picture, lines
from ...units import Ratio, Statistic, Unit
from .acceptance import (
    OF_UNITS,
    Lot,
    Plan,
    found_plan,
    inspected,
    probability,
    rectified,
    share_at,
    standard_plan,
    switched,
    variables_plan,
)

Percent = Annotated[float, Unit("%")]
UnitsSeen = Annotated[float, Unit("{part}")]
Basis = Literal["standard", "find", "find variables", "find variables, sigma known", "single", "double"]
Curve = Literal["binomial", "poisson", "hypergeometric"]
POINTS = 101


@dataclass(frozen=True, slots=True)
class Quality:
    """One point of the curves.

    Attributes
    ----------
    share
        Share of bad units in the lots; of nonconformities: so many a unit.
    accepted
        How probably such a lot is accepted (OC curve).
    outgoing
        Share of bad units that goes out, where rejected lots are sorted (AOQ).
    inspected
        Units of a lot that the plan takes on average (ASN).
    total
        Units of a lot inspected on average, with the sorting of rejected lots (ATI); None without a lot size.
    """

    share: Ratio
    accepted: Ratio
    outgoing: Ratio
    inspected: UnitsSeen
    total: UnitsSeen | None


@dataclass(frozen=True, slots=True)
class Inspected:
    """One lot of the history.

    Attributes
    ----------
    number
        Its place in the history.
    severity
        Under which it was inspected.
    size
        Sample size.
    accept
        Acceptance number.
    bad
        Bad units found.
    verdict
        Accepted or rejected.
    score
        Switching score after it.
    """

    number: int
    severity: str
    size: int
    accept: int
    bad: int
    verdict: str
    score: int


@dataclass(frozen=True, slots=True)
class SamplingPlan:
    """A plan for accepting lots.

    Attributes
    ----------
    plan
        The plan in words.
    letter
        Code letter of the standard, "" for other plans.
    severity
        How the next lot is to be inspected: normal, tightened, reduced, stopped; "" for other plans.
    size
        Units of the (first) sample.
    accept, reject
        Accept with at most, reject with at least so many bad ones; None in a plan by variables.
    size2, accept2
        Second sample of a double plan, and what is allowed in both together; None in others.
    k
        By variables: accept where the limit is at least so many sigma from the mean; None in others.
    producer_share
        Share of bad units at which a lot is accepted 95 times of 100.
    even_share
        Share at which it is accepted 50 times of 100.
    consumer_share
        Share at which it is accepted 10 times of 100.
    worst_outgoing
        The most bad units that go out on average, where rejected lots are sorted (AOQL); None by variables.
    worst_at
        The share at which that happens; None by variables.
    curve
        Of which distribution the curves are.
    rows
        The curves.
    lots
        The history, lot by lot.
    remarks
        What to bear in mind.
    """

    HEADLINE = ("plan", "severity", "size", "accept", "producer_share", "consumer_share", "worst_outgoing")

    plan: str
    letter: str
    severity: str
    size: int
    accept: int | None
    reject: int | None
    size2: int | None
    accept2: int | None
    k: Statistic | None
    producer_share: Ratio
    even_share: Ratio
    consumer_share: Ratio
    worst_outgoing: Ratio | None
    worst_at: Ratio | None
    curve: str
    rows: tuple[Quality, ...]
    lots: tuple[Inspected, ...]
    remarks: tuple[str, ...]


def sampling_plan_picture(answer: SamplingPlan) -> Picture:
    """The OC curve, and what goes out."""
    rows = [("accepted", 100 * r.share, 100 * r.accepted) for r in answer.rows]
    worst = answer.worst_outgoing
    if worst:
        rows += [("outgoing, of the worst", 100 * r.share, 100 * r.outgoing / worst) for r in answer.rows]
    x = "nonconformities per 100 units" if answer.curve == "poisson" else "bad units (%)"
    return lines(answer.plan, rows, "%", x=x, y="share of lots")


@study(picture=sampling_plan_picture)
def sampling_plan(
    basis: Basis = "standard",
    lot: int = 1000,
    level: Literal["I", "II", "III", "S-1", "S-2", "S-3", "S-4"] = "II",
    aql: Percent = 1.0,
    severity: Literal["normal", "tightened", "reduced"] = "normal",
    history: str = "",
    size: int = 0,
    accept: int = 0,
    reject: int = 0,
    size2: int = 0,
    accept2: int = 0,
    good: Percent = 1.0,
    bad: Percent = 5.0,
    producer_risk: Ratio = 0.05,
    consumer_risk: Ratio = 0.10,
    curve: Curve = "binomial",
) -> SamplingPlan:
    """How many units of a lot to inspect, when to accept it, and what gets through.

    `standard` looks the single plan up in ISO 2859-1 (GB/T 2828.1), follows its arrows, and, with a history of lots,
    its switching rules: tightened after 2 of 5 lots rejected, normal again after 5 accepted, reduced at a switching
    score of 30 (if production is steady and nobody objects), normal again after one rejected, stopped after 5 rejected
    under tightened inspection. `find` gives the smallest single plan for two qualities with their risks; by variables
    the smallest for a normal value with one limit. `single` and `double` judge a plan that you have.

    Use `lot_acceptance` instead for limits from the yield of earlier lots.

    Parameters
    ----------
    basis
        standard, find, find variables (sigma from the sample), "find variables, sigma known", single or double.
    lot
        Units in a lot; 0 for an endless one (not with standard or hypergeometric).
    level
        Inspection level of the standard.
    aql
        Acceptance quality limit: 0.010 to 10 % of bad units, or 15 to 1000 nonconformities per 100 units.
    severity
        Under which the history begins, or, without one, the lot is inspected.
    history
        Bad units (or nonconformities) found in the samples of earlier lots of that size, with commas: 0, 2, 0, 4.
    size, accept
        Of a single plan, or the first sample of a double one.
    reject
        Of a double plan: rejects at once with so many.
    size2, accept2
        Of a double plan: units of the second sample, and bad ones allowed in both together.
    good
        Find: lots of this quality are to be accepted...
    bad
        Find: ...and lots of this one rejected.
    producer_risk
        Find: so often may a good lot be rejected.
    consumer_risk
        Find: so often may a bad lot be accepted.
    curve
        binomial (lots of a process), poisson (nonconformities per 100 units), hypergeometric (one lot).

    Returns
    -------
    SamplingPlan
        The plan, its curves, and the history under the switching rules.

    Raises
    ------
    BadQuestion
        The settings do not make a plan.

    Examples
    --------
    >>> found = sampling_plan(lot=1000, aql=1.0, history="0, 4, 5")
    >>> found.plan, found.letter, found.severity
    ('80 units: accept with at most 1 bad, reject with 2', 'J', 'tightened')
    >>> sampling_plan("find", lot=0, good=1.0, bad=5.0).plan
    '132 units: accept with at most 3 bad, reject with 4'

    References
    ----------
    ISO 2859-1:1999, tables 1, 2-A, 2-B, 2-C and clause 9.3.
    NIST/SEMATECH e-Handbook of Statistical Methods, 6.2.3. https://www.itl.nist.gov/div898/handbook
    """
    _sound(lot, producer_risk, consumer_risk)
    if basis == "standard":
        return _standard((lot, level, aql), severity, _lots(history), curve)
    if basis.startswith("find"):
        if not 0 < good < bad < 100:
            raise BadQuestion(f"good = {good:g} % must be better than bad = {bad:g} %, both between 0 and 100.")
        wanted = (good / 100, 1 - producer_risk), (bad / 100, consumer_risk)
        if basis != "find":
            return _by_variables(*wanted, known=basis.endswith("known"))
        return _told(found_plan(*wanted, curve, lot or None), curve)
    plan = Plan.single(size, accept, lot or None)
    if basis == "double":
        plan = Plan(size, accept, reject, size2, accept2, lot or None)
    _possible(plan, basis)
    return _told(plan, curve)


def _sound(lot: int, producer_risk: float, consumer_risk: float) -> None:
    if lot < 0:
        raise BadQuestion(f"lot = {lot}: give the units in a lot, 0 for an endless one.")
    if not (0 < producer_risk < 1 and 0 < consumer_risk < 1 and producer_risk + consumer_risk < 1):
        raise BadQuestion(
            f"Risks of {producer_risk:g} and {consumer_risk:g} are no shares that leave room between them."
        )


def _possible(plan: Plan, basis: str) -> None:
    if plan.n < 1 or plan.accept < 0 or plan.accept >= plan.n:
        raise BadQuestion(
            f"size = {plan.n} with accept = {plan.accept} is no plan: accept fewer bad units than are taken."
        )
    if plan.lot is not None and plan.n + plan.n2 > plan.lot:
        raise BadQuestion(f"{plan.n + plan.n2} units cannot be taken of a lot of {plan.lot}.")
    if basis == "double" and not (plan.accept + 1 < plan.reject <= plan.accept2 + 1 and plan.n2 > 0):
        raise BadQuestion(
            f"A double plan has accept + 1 < reject <= accept2 + 1 and a second sample; here {plan.accept}, "
            f"{plan.reject}, {plan.accept2} and {plan.n2}."
        )


def _lots(history: str) -> list[int]:
    try:
        found = [int(t) for t in history.replace(";", ",").split(",") if t.strip()]
    except ValueError:
        raise BadQuestion(f"history = {history!r}: give the bad units of each lot with commas: 0, 2, 0.") from None
    if any(f < 0 for f in found):
        raise BadQuestion(f"history = {history!r}: a lot cannot hold fewer than 0 bad units.")
    return found


def _standard(of: tuple[int, str, float], severity: str, history: list[int], curve: str) -> SamplingPlan:
    lots, then = switched(history, *of, severity) if history else ([], severity)
    plan = standard_plan(*of, "tightened" if then == "stopped" else then)
    several = of[2] > OF_UNITS
    if several and curve == "hypergeometric":
        raise BadQuestion(f"aql = {of[2]:g} is nonconformities per 100 units: ask for the curve poisson.")
    remarks = ["inspection is stopped until the supplier has mended the process"] if then == "stopped" else []
    remarks += ["every unit of the lot is inspected: the sample would be as large"] if plan.n == plan.lot else []
    if then == "reduced":
        remarks.append("reduced only if production is steady and the responsible authority agrees")
    if several:
        remarks.append(
            "an AQL above 10 is nonconformities per 100 units: a unit may have several, the curves are Poisson's"
        )
    return _told(plan, "poisson" if several else curve, then, tuple(map(_shown, lots)), tuple(remarks))


def _shown(lot: Lot) -> Inspected:
    verdict = "accepted" if lot.accepted else "rejected"
    return Inspected(lot.number, lot.severity, lot.n, lot.accept, lot.bad, verdict, lot.score)


def _told(
    plan: Plan, curve: str, severity: str = "", lots: tuple[Inspected, ...] = (), remarks: tuple[str, ...] = ()
) -> SamplingPlan:
    if curve == "hypergeometric" and plan.lot is None:
        raise BadQuestion("A hypergeometric curve is that of one lot: say its size in `lot`.")
    if plan.lot is not None and plan.n == plan.lot and not plan.n2 and curve != "poisson":
        curve = "hypergeometric"
    marks = [share_at(plan, curve, wanted) for wanted in (0.95, 0.50, 0.10)]
    most = 2.5 * marks[2] + 1e-6
    shares = np.unique(np.append(np.linspace(0, most if curve == "poisson" else min(1.0, most), POINTS), marks))
    accepted, seen = probability(plan, shares, curve), inspected(plan, shares, curve)
    outgoing, total = rectified(plan, shares, curve)
    worst = int(np.argmax(outgoing))
    rows = zip(shares.tolist(), accepted.tolist(), outgoing.tolist(), seen.tolist(), total.tolist(), strict=True)
    double = plan.n2 > 0
    return SamplingPlan(
        _words(plan, "nonconformities" if curve == "poisson" else "bad"),
        plan.letter,
        severity,
        plan.n,
        plan.accept,
        plan.reject,
        plan.n2 if double else None,
        plan.accept2 if double else None,
        None,
        marks[0],
        marks[1],
        marks[2],
        float(outgoing[worst]),
        float(shares[worst]),
        curve,
        tuple(Quality(p, a, o, s, None if np.isnan(t) else t) for p, a, o, s, t in rows),
        lots,
        remarks,
    )


def _words(plan: Plan, what: str) -> str:
    if plan.n2:
        return (
            f"{plan.n} units: accept with at most {plan.accept} {what}, reject with {plan.reject}; between them "
            f"{plan.n2} more: accept with at most {plan.accept2} in both"
        )
    return f"{plan.n} units: accept with at most {plan.accept} {what}, reject with {plan.reject}"


def _by_variables(good: tuple[float, float], bad: tuple[float, float], *, known: bool) -> SamplingPlan:

    n, k = variables_plan(good, bad, known=known)
    shares = np.linspace(0, min(1.0, 2.5 * bad[0]), POINTS)[1:]
    away = scipy.stats.norm.isf(shares)
    root = np.sqrt(n)
    accepted = scipy.stats.norm.cdf((away - k) * root) if known else scipy.stats.nct.sf(k * root, n - 1, away * root)
    falling = np.interp([-0.95, -0.50, -0.10], -np.asarray(accepted), shares)
    sigma = "sigma" if known else "s"
    return SamplingPlan(
        f"{n} units: accept where the limit is at least {k:.4f} {sigma} from the mean",
        "",
        "",
        n,
        None,
        None,
        None,
        None,
        k,
        float(falling[0]),
        float(falling[1]),
        float(falling[2]),
        None,
        None,
        "normal",
        tuple(Quality(float(p), float(a), float(p * a), float(n), None) for p, a in zip(shares, accepted, strict=True)),
        (),
        ("the value must be normal: look at `histogram` or `capability` first",),
    )
