"""What bad units share: a tool, a lot, a site, an hour, a program; with odds, exact chances and lots as witnesses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...catalog import study
from ...errors import BadQuestion
from ...model import Units
from ...picture import Picture, bars
from ...units import Parts, Probability, Ratio
from .factors import Factor, factors, judged_beside
from .odds import Odds, Odds_, lots_apart, odds
from .pairs import SharedPair, pairs
from .picked import Flags, adjusted, at_least, grouped

LOTS_SURE = 0.05
MOST = 500
"""So many levels are told."""


@dataclass(frozen=True, slots=True)
class Shared:
    """One thing that units may share.

    Attributes
    ----------
    factor
        What it is: lot, wafer, site, step, tester, hour, or the same of another machine.
    level
        Which one.
    units
        Units that share it.
    bad
        Bad ones among them.
    others
        Units that do not share it.
    bad_others
        Bad ones among those.
    odds_ratio
        Odds of being bad with it over odds without it; each count is taken as half a unit more (Haldane).
    odds_low, odds_high
        Its 95 % limits.
    chance
        Chance of so many bad ones or more among them if it made no difference (Fisher's exact test, one-sided).
    false_share
        The share of chance findings among levels that are at least as unlikely (Benjamini-Hochberg).
    lots_chance
        The same with lots as witnesses instead of units: chance that the lots with it are as much worse than those
        without (Mann-Whitney); None where lots have units of both sorts, or too few lots are on one side.
    same_units
        Other levels that are shared by exactly the same units: nobody can tell them apart.
    """

    factor: str
    level: str
    units: Parts
    bad: Parts
    others: Parts
    bad_others: Parts
    odds_ratio: Odds_
    odds_low: Odds_
    odds_high: Odds_
    chance: Probability
    false_share: Probability
    lots_chance: Probability | None
    same_units: str

    @property
    def bad_share(self) -> Ratio | None:
        """Bad over all that share it."""
        return self.bad / self.units if self.units else None

    @property
    def bad_share_others(self) -> Ratio | None:
        """Bad over all that do not."""
        return self.bad_others / self.others if self.others else None

    @property
    def suspicious(self) -> bool:
        """More bad ones than chance makes among so many looks: fewer than one in twenty such findings is false."""
        return self.false_share < 0.05 and self.odds_ratio > 1


@dataclass(frozen=True, slots=True)
class Commonality:
    """What bad units share.

    Attributes
    ----------
    units
        Units judged.
    bad
        Bad ones.
    suspicious
        Levels that bad units share more than chance makes.
    top
        The most suspicious of them; "" where none is.
    rows
        All levels, the least likely by chance first; at most 500.
    pairs
        Two levels at once that make more bad units than either alone and than both explain; at most 20.
    notes
        What makes this unsure.
    """

    HEADLINE: ClassVar = ("units", "bad", "bad_share", "suspicious", "top")

    units: Parts
    bad: Parts
    suspicious: int
    top: str
    rows: tuple[Shared, ...]
    pairs: tuple[SharedPair, ...]
    notes: tuple[str, ...]

    @property
    def bad_share(self) -> Ratio | None:
        """Bad over all."""
        return self.bad / self.units if self.units else None


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a factor, with its table."""

    factor: Factor
    place: int
    odds: Odds

    @property
    def name(self) -> str:
        return f"{self.factor.name} {self.factor.levels[self.place]}"

    @property
    def mark(self) -> Flags:
        """Which units have it."""
        return np.asarray(self.factor.code == self.place)


def picture(answer: Commonality) -> Picture:
    """The least likely levels: bad units with each, and how many there would be if it made no difference."""
    rows: list[tuple[str, str, float]] = []
    for r in answer.rows[:12]:
        name = f"{r.factor} {r.level}"
        rows += [(name, "bad", r.bad), (name, "good", r.units - r.bad)]
    return bars("What bad units share", rows, "units")


@study(picture=picture)
def commonality(units: Mapping[str, Units], bins: str = "", fewest: int = 5) -> Commonality:
    """What bad units have in common: tools, lots, sites, times, programs.

    Each unit is judged by its last test at the machine that judges most units, or at one that works beside it on other
    units; all that was said of it there and at the other machines of the place is looked at: lot, wafer, site, step,
    tester, day and hour, and where and when it was on other machines (units are found again by lot, wafer and name).
    For each level a 2 x 2 table gives the odds ratio with Woolf's limits and Fisher's exact chance, corrected for the
    many looks (Benjamini-Hochberg). Units of a lot are alike, so that a chance by units is too small; `lots_chance`
    takes lots as the witnesses. Then two levels of different factors at once (a tool with a program): a pair counts
    where its units are worse than those with either alone, and than the two explain by themselves, all pairs that were
    looked at allowed for.

    Use `bins` instead for what fails, `test_to_machine` for what the machine did meanwhile.

    Parameters
    ----------
    units
        Units as they were tested or processed at each machine of the place.
    bins
        What is bad, as bin numbers: "5, 7"; soft bins where there are any, else hard ones. Empty: all that failed.
    fewest
        Levels with fewer units are not looked at.

    Returns
    -------
    Commonality
        The levels, ranked.

    Raises
    ------
    NoData
        No unit was judged.
    BadQuestion
        All units are bad, or none is.

    Examples
    --------
    >>> names = [str(i) for i in range(40)]
    >>> tool = ["etch-1" if i % 2 else "etch-2" for i in range(40)]
    >>> found = Units.of(range(40), names, tool=tool, passed=[i % 2 == 0 or i > 30 for i in range(40)])
    >>> answer = commonality({"tester": found})
    >>> answer.top, answer.rows[0].units, answer.rows[0].bad, answer.rows[0].bad_others
    ('tool etch-1', 20.0, 15.0, 0.0)

    References
    ----------
    B. Woolf: On estimating the relation between blood group and disease. Annals of Human Genetics 19 (1955), 251-253.
    Y. Benjamini, Y. Hochberg: Controlling the False Discovery Rate. J. R. Statist. Soc. B 57 (1995), 289-300.
    H. B. Mann, D. R. Whitney: On a Test of Whether one of Two Random Variables is Stochastically Larger than the
    Other. Ann. Math. Statist. 18 (1947), 50-60.
    """
    at_least("fewest", fewest, 1)
    judges, judged = judged_beside(units)
    bad = _bad(judged, bins)
    if not bad.any() or bad.all():
        raise BadQuestion(
            f"{'No unit is' if not bad.any() else 'All units are'} bad among {len(bad)}: there is nothing to compare. "
            "Ask over a longer time, or name other `bins`."
        )
    lot, lots = grouped(judged, "lot")
    said = list(factors(judges, judged, units))
    rows = [row for factor in said for row in _levels(factor, bad, fewest)]
    shares = adjusted(np.array([r.odds.chance for r in rows]))
    twins = _twins(rows)
    found = [
        _shared(r, float(share), lots_apart(bad, r.mark, lot, len(lots)), also)
        for r, share, also in zip(rows, shares.tolist(), twins, strict=True)
    ]
    found.sort(key=lambda r: (r.chance, -r.odds_ratio, r.factor, r.level))
    suspects = [r for r in found if r.suspicious]
    two, looked_at = pairs(said, bad, fewest, (lot, len(lots)))
    return Commonality(
        float(len(bad)),
        float(bad.sum()),
        len(suspects),
        f"{suspects[0].factor} {suspects[0].level}" if suspects else "",
        tuple(found[:MOST]),
        two,
        (*_notes(len(lots), suspects), *_notes_of_pairs(two, looked_at)),
    )


def _bad(units: Units, bins: str) -> Flags:
    if not bins.strip():
        return np.asarray(units.verdicts == 0)
    try:
        wanted = [int(b) for b in bins.replace(",", " ").split()]
    except ValueError:
        raise BadQuestion(f"bins = {bins!r} are no bin numbers: write them as '5, 7'.") from None
    numbers = units.soft if (units.soft >= 0).any() else units.hard
    return np.isin(numbers, wanted)


def _levels(factor: Factor, bad: Flags, fewest: int) -> list[_Level]:
    """The levels of a factor that some units have and some have not, both often enough."""
    count = np.bincount(factor.code, minlength=len(factor.levels))
    failed = np.bincount(factor.code[bad], minlength=len(factor.levels))
    told = [i for i, name in enumerate(factor.levels) if name and fewest <= count[i] < len(bad)]
    total = float(bad.sum())
    return [_Level(factor, i, odds(float(failed[i]), float(count[i]), total, float(len(bad)))) for i in told]


def _twins(rows: Sequence[_Level]) -> list[str]:
    """For each level the others that the same units share."""
    marks = [np.packbits(r.mark).tobytes() for r in rows]
    groups: dict[bytes, list[_Level]] = {}
    for mark, row in zip(marks, rows, strict=True):
        groups.setdefault(mark, []).append(row)
    return [
        ", ".join(other.name for other in groups[mark] if other is not row)
        for mark, row in zip(marks, rows, strict=True)
    ]


def _shared(row: _Level, false_share: float, lots_chance: float | None, twins: str) -> Shared:
    of = row.odds
    return Shared(
        row.factor.name,
        row.factor.levels[row.place],
        of.units,
        of.bad,
        of.others,
        of.bad_others,
        of.ratio,
        of.low,
        of.high,
        of.chance,
        false_share,
        lots_chance,
        twins,
    )


def _notes(lots: int, suspects: Sequence[Shared]) -> tuple[str, ...]:
    found = []
    if lots < 2:
        found.append("all units are of one lot: what differs between lots cannot be seen")
    unsure = [r for r in suspects if r.lots_chance is not None and r.lots_chance > LOTS_SURE]
    found += [
        f"{r.factor} {r.level} is shared by bad units, but its lots are so few, or differ so little from the others, "
        f"that chance does as much in {r.lots_chance:.0%} of cases"
        for r in unsure[:3]
    ]
    twins = [r for r in suspects if r.same_units]
    found += [f"{r.factor} {r.level} cannot be told from {r.same_units}: the same units share them" for r in twins[:3]]
    return tuple(found)


def _notes_of_pairs(two: Sequence[SharedPair], looked_at: int) -> Iterator[str]:
    if looked_at < 0:
        yield "pairs were not looked at: there are too many units and factors; ask over a shorter time"
    elif two:
        yield f"{looked_at:,} pairs were looked at: their chances are corrected for that"
