"""Whether people judge parts alike: with themselves, with each other and with the right verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Annotated

import numpy as np

from ...catalog import study
from ...errors import BadQuestion, NoData
from ...model import Measurements, Units
from ...picture import Mark, Picture, bars
from ...units import Ratio, Unit
from .agreement import Kappa, cohen, fleiss
from .amounts import share_limits
from .verdicts import PASSED, Verdicts, ratings_of, verdicts_of

Kappa_ = Annotated[float, Unit("{kappa}")]
GOOD, POOR = 0.75, 0.40
"""AIAG: kappa above 0.75 is good agreement, below 0.40 poor."""
BETTER = (("acceptable", 0.90, 0.02, 0.05), ("marginal", 0.80, 0.05, 0.10))
"""AIAG: effectiveness at least, misses and false alarms at most."""


@dataclass(frozen=True, slots=True)
class Appraiser:
    """How one appraiser judges.

    Attributes
    ----------
    appraiser
        Who, or "all".
    parts
        Parts judged.
    same
        Parts on which all verdicts agreed with each other.
    same_share, same_low, same_high
        Their share, with limits.
    correct
        Parts on which all verdicts were right; None where nobody said what is right.
    correct_share, correct_low, correct_high
        Effectiveness: their share, with limits.
    misses
        Share of bad parts' verdicts that let them pass; None where no reference says bad.
    false_alarms
        Share of good parts' verdicts that refused them; None where no reference says good.
    verdict
        acceptable, marginal or not acceptable by AIAG's three bounds; "" where nobody said what is right.
    """

    appraiser: str
    parts: int
    same: int
    same_share: Ratio
    same_low: Ratio
    same_high: Ratio
    correct: int | None
    correct_share: Ratio | None
    correct_low: Ratio | None
    correct_high: Ratio | None
    misses: Ratio | None
    false_alarms: Ratio | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two sides agree beyond chance.

    Attributes
    ----------
    one, against
        An appraiser and another, "itself" (between trials), "reference", or "all".
    method
        Cohen (two sides) or Fleiss (several verdicts on each part).
    kappa
        1 is full agreement, 0 what chance gives; None where all verdicts are the same.
    low, high
        Its confidence limits.
    grade
        good agreement (kappa above 0.75), fair agreement, or poor agreement (below 0.40).
    """

    one: str
    against: str
    method: str
    kappa: Kappa_ | None
    low: Kappa_ | None
    high: Kappa_ | None
    grade: str


@dataclass(frozen=True, slots=True)
class AttributeAgreement:
    """How far people agree when they judge the same parts.

    Attributes
    ----------
    parts
        Parts that every appraiser judged.
    trials
        Verdicts of each appraiser on each part.
    left_out
        Verdicts that do not count: of parts that not everybody judged, or more trials than the others.
    verdicts
        The verdicts that were given.
    confidence
        Of all limits, two-sided.
    appraisers
        How each judges, and all together.
    agreements
        Each with itself, each pair, each with the reference, and all together.
    """

    HEADLINE = ("verdict", "kappa", "kappa_low", "kappa_high", "appraisal_effectiveness")

    parts: int
    trials: int
    left_out: int
    verdicts: tuple[str, ...]
    confidence: Ratio
    appraisers: tuple[Appraiser, ...]
    agreements: tuple[Agreement, ...]

    def judging(self) -> Agreement:
        """The agreement that judges: all with the reference, else all with each other."""
        return self.agreements[-1]

    @property
    def kappa(self) -> Kappa_ | None:
        """Kappa of all verdicts with the right ones, where those are known; else with each other."""
        return self.judging().kappa

    @property
    def kappa_low(self) -> Kappa_ | None:
        """Its lower confidence limit."""
        return self.judging().low

    @property
    def kappa_high(self) -> Kappa_ | None:
        """Its upper confidence limit."""
        return self.judging().high

    @property
    def appraisal_effectiveness(self) -> Ratio | None:
        """Share of the parts that all appraisers judged right each time; None where nobody said what is right."""
        return self.appraisers[-1].correct_share

    @property
    def verdict(self) -> str:
        """good, fair or poor agreement, by kappa."""
        return self.judging().grade

    @property
    def remarks(self) -> tuple[str, ...]:
        """What to know before it is believed."""
        return tuple(_remarks(self))


def agreement_picture(answer: AttributeAgreement) -> Picture:
    """Kappa of each agreement, with AIAG's bounds."""
    rows = [(f"{a.one} / {a.against}", "kappa", a.kappa) for a in answer.agreements if a.kappa is not None]
    return bars("How far they agree beyond chance", rows, marks=[Mark("good", GOOD, "x"), Mark("poor", POOR, "x")])


@study(picture=agreement_picture)
def attribute_agreement(
    units: Units,
    measurements: Measurements | None = None,
    test: str = "",
    product: str = "",
    plan: str = "",
    part: str = "unit",
    appraiser: str = "who",
    rating: str = "",
    good: str = PASSED,
    confidence: Ratio = 0.95,
) -> AttributeAgreement:
    """How far people who judge parts agree with themselves, each other and the truth.

    Each appraiser judges each part, best several times and without knowing which it is; good, bad and doubtful parts
    are mixed. The right verdict is the fact `reference` of the units, where somebody said it. Verdicts are whether the
    units passed, or another column, or the values of a test.

    Use `gauge_rr` instead where the answer is a number.

    Parameters
    ----------
    units
        The parts, a row each time that one was judged.
    measurements
        Values of the test that holds the verdicts, where one does.
    test
        The test whose values are the verdicts; "" where the units say it.
    product
        Only units of this product; "" for all.
    plan
        Only verdicts made for this study (fact `plan` of the units); "" for all in the window.
    part
        The column that says which part: unit, or a fact.
    appraiser
        The column that says who judged.
    rating
        The column that holds the verdicts; "" for whether the unit passed ("pass" and "fail").
    good
        The verdict that lets a part pass: what else is said refuses it.
    confidence
        Of all limits, two-sided.

    Returns
    -------
    AttributeAgreement
        How each judges, and kappa of each agreement.

    Raises
    ------
    NoData
        Nobody judged, or no part was judged by everybody.
    BadQuestion
        A verdict or a name is missing, or settings do not fit.

    Examples
    --------
    >>> judged = [(str(n), who, n % 2 == 0) for _ in range(2) for who in ("Li", "Wang") for n in range(10)]
    >>> part, who, passed = zip(*judged)
    >>> found = attribute_agreement(Units.of(range(40), part, who=who, passed=passed))
    >>> found.kappa, found.verdict
    (1.0, 'good agreement')

    References
    ----------
    AIAG: Measurement Systems Analysis, 4th ed. 2010, chapter III C (attribute measurement systems study).
    C. J. Clopper, E. S. Pearson: The Use of Confidence or Fiducial Limits. Biometrika 26 (1934), 404-413.
    """
    if not 0 < confidence < 1:
        raise BadQuestion(f"confidence = {confidence} is a share between 0 and 1: write 0.95 for 95 %.")
    judged, verdicts = verdicts_of(units, measurements, test, rating)
    keep = np.ones(len(judged), np.bool_)
    for column, wanted in (("product", product), ("plan", plan)):
        if wanted:
            keep &= np.asarray(judged.column(column) == wanted, dtype=np.bool_)
    judged, verdicts = judged.pick(keep), [v for v, k in zip(verdicts, keep.tolist(), strict=True) if k]
    if not verdicts:
        raise NoData("Nobody judged a part there in that window.")
    ratings, truth = ratings_of(judged, verdicts, part, appraiser)
    people = tuple(dict.fromkeys(who for who, _ in ratings))
    parts = [p for p in dict.fromkeys(p for _, p in ratings) if all((w, p) in ratings for w in people)]
    if not parts:
        raise NoData(f"No part was judged by each of {', '.join(people)}.")
    trials = min(len(ratings[w, p]) for w in people for p in parts)
    table = {(w, p): ratings[w, p][:trials] for w in people for p in parts}
    known = {p: truth[p] for p in parts if p in truth}
    said = tuple(sorted({v for row in table.values() for v in row} | set(known.values())))
    asked = Verdicts(table, people, tuple(parts), known if len(known) == len(parts) else {}, said, confidence)
    return AttributeAgreement(
        parts=len(parts),
        trials=trials,
        left_out=len(verdicts) - trials * len(table),
        verdicts=said,
        confidence=confidence,
        appraisers=tuple(_appraiser(asked, who, good) for who in (*people, "all")),
        agreements=tuple(_agreements(asked)),
    )


def _appraiser(asked: Verdicts, who: str, good: str) -> Appraiser:
    verdicts = {p: asked.of(who, p) for p in asked.parts}
    same = sum(len(set(v)) == 1 for v in verdicts.values())
    n = len(asked.parts)
    low, high = share_limits(same, n, asked.confidence)
    if not asked.truth:
        return Appraiser(who, n, same, same / n, low, high, None, None, None, None, None, None, "")
    right = sum(set(v) == {asked.truth[p]} for p, v in verdicts.items())
    misses = _share([v == good for p, row in verdicts.items() if asked.truth[p] != good for v in row])
    alarms = _share([v != good for p, row in verdicts.items() if asked.truth[p] == good for v in row])
    return Appraiser(
        who,
        n,
        same,
        same / n,
        low,
        high,
        right,
        right / n,
        *share_limits(right, n, asked.confidence),
        misses,
        alarms,
        next(
            (word for word, e, m, f in BETTER if right / n >= e and (misses or 0) <= m and (alarms or 0) <= f),
            "not acceptable",
        ),
    )


def _agreements(asked: Verdicts) -> Iterator[Agreement]:
    """Each with itself, each pair, each with the reference; last all with each other, or with the reference."""
    place = {v: i for i, v in enumerate(asked.said)}

    def many(who: str) -> Kappa:
        rows = [np.bincount([place[v] for v in asked.of(who, p)], minlength=len(place)) for p in asked.parts]
        return fleiss(np.array(rows), asked.confidence)

    def two(pairs: Sequence[Sequence[tuple[str, str]]]) -> Kappa:
        tables = np.zeros((len(pairs), len(place), len(place)), np.int64)
        for i, row in enumerate(pairs):
            for a, b in row:
                tables[i, place[a], place[b]] += 1
        return cohen(tables, asked.confidence)

    if asked.trials > 1:
        yield from (_agreement(who, "itself", "Fleiss", many(who)) for who in asked.people)
    for a, b in combinations(asked.people, 2):
        pairs = [list(zip(asked.of(a, p), asked.of(b, p), strict=True)) for p in asked.parts]
        yield _agreement(a, b, "Cohen", two(pairs))
    if len(asked.people) > 1 or not asked.truth:
        yield _agreement("all", "each other", "Fleiss", many("all"))
    if asked.truth:
        for who in (*asked.people, "all"):
            pairs = [[(v, asked.truth[p]) for v in asked.of(who, p)] for p in asked.parts]
            yield _agreement(who, "reference", "Cohen", two(pairs))


def _agreement(first: str, second: str, method: str, kappa: Kappa) -> Agreement:
    value = kappa.value
    said = (
        "not told" if value is None else f"{'good' if value > GOOD else 'poor' if value < POOR else 'fair'} agreement"
    )
    return Agreement(first, second, method, value, kappa.low, kappa.high, said)


def _share(hits: list[bool]) -> float | None:
    return sum(hits) / len(hits) if hits else None


def _remarks(answer: AttributeAgreement) -> Iterator[str]:
    if answer.parts < 50:
        yield f"{answer.parts} parts: AIAG asks for 50, good, bad and doubtful ones, judged three times by three people"
    if answer.left_out:
        yield f"{answer.left_out} verdicts do not count: not everybody judged those parts as often"
    if answer.appraisal_effectiveness is None:
        yield "nobody said which verdicts are right: people can agree and all be wrong"
    if any(a.kappa is None for a in answer.agreements):
        yield "where all verdicts are the same, there is no kappa: mix good and bad parts"
