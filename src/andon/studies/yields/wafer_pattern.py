"""Which pattern failed dies make on each wafer, and how likely that is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...catalog import study
from ...errors import BadQuestion
from ...model import Units
from ...picture import Picture, wafer
from ...units import Probability, Ratio
from .clusters import joins
from .maps import Map, drawn, judged
from .pattern_features import features
from .pattern_model import KINDS, likely
from .places import dies
from .results import chosen

UNCLEAR = "unclear"
LEAST = 50
"""Dies of a wafer from which on its pattern is told."""


@dataclass(frozen=True, slots=True)
class WaferPattern:
    """The pattern of one wafer.

    Attributes
    ----------
    lot, wafer
        Which one.
    dies
        Dies with a verdict.
    failed
        Those that failed.
    pattern
        none, centre, donut, edge-loc, edge-ring, loc, scratch, random or near-full; "unclear" where none of them is
        likely enough, or the wafer has too few dies.
    likelihood
        How likely the likeliest is, by the classifier.
    runner_up
        The next likely one.
    runner_up_likelihood
        How likely that is.
    p
        How often pure chance makes failed dies touch as often; None where it cannot be told. It does not rest on the
        classifier.
    """

    lot: str
    wafer: str
    dies: int
    failed: int
    pattern: str
    likelihood: Ratio | None
    runner_up: str
    runner_up_likelihood: Ratio | None
    p: Probability | None


@dataclass(frozen=True, slots=True)
class PatternRow:
    """How often one pattern was found.

    Attributes
    ----------
    pattern
        Its name.
    wafers
        Wafers that have it.
    failed
        Failed dies on them.
    of_failed
        Of all failed dies.
    """

    pattern: str
    wafers: int
    failed: int
    of_failed: Ratio | None


@dataclass(frozen=True, slots=True)
class WaferPatterns:
    """The patterns of wafers.

    Attributes
    ----------
    wafers
        How many wafers were looked at.
    with_pattern
        Those with another pattern than none.
    unclear
        Those without a pattern that is likely enough.
    main
        The most frequent pattern other than none; "" where there is none.
    patterns
        A row for each pattern that was found, the most frequent first.
    rows
        A row for each wafer.
    maps
        The dies of each wafer: 1 where one failed.
    """

    HEADLINE: ClassVar = ("main", "wafers", "with_pattern", "unclear")
    INNER: ClassVar = ("maps",)

    wafers: int
    with_pattern: int
    unclear: int
    main: str
    patterns: tuple[PatternRow, ...]
    rows: tuple[WaferPattern, ...]
    maps: tuple[Map, ...]

    @property
    def flags(self) -> tuple[str, ...]:
        """What is wrong or remarkable, in words."""
        few = sum(r.dies < LEAST for r in self.rows)
        return (
            *([f"{few} wafers have fewer than {LEAST} dies: their pattern is not told"] if few else []),
            *([f"{self.unclear} wafers have no pattern that is likely enough"] if self.unclear > few else []),
        )


def picture(answer: WaferPatterns) -> Picture:
    """The wafers with the pattern that each has."""
    said = [f"{m.name} {r.pattern}" for m, r in zip(answer.maps, answer.rows, strict=True)]
    dies_ = [
        (name, x, y, value, "failed" if value else "passed", not value)
        for name, m in zip(said, answer.maps, strict=True)
        for x, y, value in zip(m.x, m.y, m.value, strict=True)
    ]
    counted = ", ".join(f"{p.pattern} {p.wafers}" for p in answer.patterns)
    return wafer("Patterns of failed dies", dies_, notch=None, subtitle=counted)


@study(picture=picture)
def wafer_pattern(units: Units, lot: str = "", wafer: str = "", step: str = "", sure: Ratio = 0.5) -> WaferPatterns:
    """Which pattern failed dies make on each wafer: a scratch, a ring, a spot, none.

    Some forty features of a map (how rings and sectors fail, the largest spot, chain and line) go into a small
    multinomial model that was trained on made maps: wafers of 9 to 45 dies across with 0.2 to 20 % of faults by chance
    under the pattern. It has not seen maps of yours: take it as a way to sort, look at the maps, and see
    docs/yield.md for how often it is right. One pattern is told a wafer, also where two lie over each other.

    Use `wafer_map` for a test of clustering and yield by place, `commonality` for what wafers with a pattern share.

    Parameters
    ----------
    units
        The units that were tested: those with a wafer and a place (x, y) are dies.
    lot
        Only dies of this lot.
    wafer
        Only dies of this wafer.
    step
        Only dies of this test step.
    sure
        How likely a pattern must be to be told.

    Returns
    -------
    WaferPatterns
        The pattern of each wafer, and how often each was found.

    Raises
    ------
    NoData
        No die was tested in the window.
    UnknownName
        There is no such lot, wafer or step.
    BadQuestion
        `sure` is no share.

    Examples
    --------
    The edge of a wafer fails:

    >>> places = [(x, y) for x in range(-12, 13) for y in range(-12, 13) if x * x + y * y <= 150]
    >>> x, y = zip(*places)
    >>> passed = [a * a + b * b < 121 for a, b in places]
    >>> tested = Units.of(range(len(x)), map(str, places), wafer=["W1"] * len(x), x=x, y=y, passed=passed)
    >>> wafer_pattern(tested).main
    'edge-ring'

    References
    ----------
    M.-J. Wu, J.-S. R. Jang, J.-L. Chen: Wafer Map Failure Pattern Recognition and Similarity Ranking for Large-Scale
    Data Sets. IEEE Trans. Semicond. Manuf. 28 (2015), 1-12: the names of the patterns.
    """
    if not 0 < sure < 1:
        raise BadQuestion(f"sure = {sure} is a share between 0 and 1: write 0.8 for 80 %.")
    units_ = chosen(units, lot=lot, wafer=wafer, step=step)
    known, passed = judged(units_, dies(units_))
    shown = drawn(known, (~passed).astype(np.float64), passed.astype(np.int8))
    columns = [(np.array(m.x, np.int32), np.array(m.y, np.int32), np.array(m.value) > 0) for m in shown]
    told = [place for place, (x, _, _) in enumerate(columns) if len(x) >= LEAST]
    shares = dict(zip(told, likely([features(*columns[k]) for k in told]), strict=True))
    chance = joins(known, ~passed).chance().tolist()
    rows = tuple(
        WaferPattern(*name, len(c[0]), int(c[2].sum()), *_best(shares.get(k), sure), None if np.isnan(p) else p)
        for k, (name, c, p) in enumerate(zip(known.wafers, columns, chance, strict=True))
    )
    counted = _counted(rows)
    other = [r for r in counted if r.pattern not in ("none", UNCLEAR)]
    return WaferPatterns(
        len(rows),
        sum(r.wafers for r in other),
        sum(r.pattern == UNCLEAR for r in rows),
        other[0].pattern if other else "",
        counted,
        rows,
        shown,
    )


def _best(shares: np.ndarray | None, sure: float) -> tuple[str, float | None, str, float | None]:
    """The likeliest pattern and the next one, each with how likely it is."""
    if shares is None:
        return UNCLEAR, None, "", None
    second, first = np.argsort(shares)[-2:].tolist()
    best, next_ = float(shares[first]), float(shares[second])
    return KINDS[first] if best >= sure else UNCLEAR, best, KINDS[second], next_


def _counted(rows: tuple[WaferPattern, ...]) -> tuple[PatternRow, ...]:
    failed, all_ = Counter[str](), sum(r.failed for r in rows)
    for row in rows:
        failed[row.pattern] += row.failed
    return tuple(
        PatternRow(pattern, number, failed[pattern], failed[pattern] / all_ if all_ else None)
        for pattern, number in Counter(r.pattern for r in rows).most_common()
    )
