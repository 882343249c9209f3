"""Statistical yield and bin limits: which lots differ from what lots are like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import scipy

from ...catalog import study
from ...errors import NoData, UnknownName
from ...model import NO_BIN, Bin, Numbers, Units
from ...picture import Picture, control
from ...units import Moment, Parts, Probability, Ratio
from .picked import Attempts, at_least, chosen, grouped
from .quartiles import robust

ENOUGH, OF_LOT = 6, 30
"""Limits come from at least so many lots of at least so many units; fewer make them a hint."""
SPREADS = ("robust", "classic")
BINS = ("soft", "hard")


@dataclass(frozen=True, slots=True)
class StatisticalLimit:
    """The limits of the yield, or of the share of one bin.

    Attributes
    ----------
    figure
        "yield", or the bin with its name.
    center
        Median (or mean) over the lots.
    sigma
        Standard deviation between lots (robust: interquartile range / 1.35).
    chance
        The standard deviation that lots of the median size have by chance alone; limits take the larger of the two.
    first, second
        SYL1 and SYL2 (lower limits of the yield), SBL1 and SBL2 (upper limits of a bin); within 0 and 1.
    """

    figure: str
    center: Ratio
    sigma: Ratio
    chance: Ratio
    first: Ratio
    second: Ratio


@dataclass(frozen=True, slots=True)
class LotVerdict:
    """One lot.

    Attributes
    ----------
    lot
        Its name.
    at
        When its last unit was tested.
    units
        Units tested.
    good
        Units that passed.
    baseline
        The lot went into the limits.
    verdict
        `accept`, `review` (beyond a first limit) or `hold` (beyond a second one).
    beyond
        Which limits it is beyond.
    rarity
        The chance of so few good units in a lot of its size at the center of the yield; small for a bad lot of many
        units, and for a small lot only where it is much worse.
    """

    lot: str
    at: Moment
    units: Parts
    good: Parts
    baseline: bool
    verdict: str
    beyond: tuple[str, ...]
    rarity: Probability

    @property
    def share(self) -> Ratio:
        """Yield: good over tested."""
        return self.good / self.units


@dataclass(frozen=True, slots=True)
class LotAcceptance:
    """Which lots differ from what lots are like.

    Attributes
    ----------
    lots
        Lots judged.
    accepted
        Lots within all limits.
    review
        Lots beyond a first limit only.
    hold
        Lots beyond a second limit.
    yield_limit
        SYL1.
    yield_stop
        SYL2.
    limits
        Limits of the yield and of each bin of failures.
    rows
        The lots, in order of time.
    notes
        What makes the limits unsure.
    """

    HEADLINE: ClassVar = ("lots", "accepted", "review", "hold", "yield_limit", "yield_stop")

    lots: int
    accepted: int
    review: int
    hold: int
    yield_limit: Ratio
    yield_stop: Ratio
    limits: tuple[StatisticalLimit, ...]
    rows: tuple[LotVerdict, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Lots:
    """Lots in order of time, with units, and the share of each figure (column 0: yield; then bins)."""

    names: tuple[str, ...]
    at: tuple[int, ...]
    units: Numbers
    shares: Numbers
    figures: tuple[str, ...]


def picture(answer: LotAcceptance) -> Picture:
    """The yield of each lot with SYL1 below it."""
    top = answer.limits[0]
    rows = [
        (r.lot, r.share, top.first, top.center, 1.0, ", ".join(r.beyond) if r.verdict != "accept" else "")
        for r in answer.rows
    ]
    return control("Yield by lot against its statistical limits", rows, x="lot", y="yield")


@study(picture=picture)
def lot_acceptance(
    units: Units,
    group: str = "lot",
    bins: Literal["soft", "hard"] = "soft",
    attempts: Attempts = "last",
    spread: Literal["robust", "classic"] = "robust",
    baseline: int = 0,
    first: float = 3.0,
    second: float = 4.0,
) -> LotAcceptance:
    """Which lots are beyond statistical yield and bin limits (SYL, SBL).

    SYL = center - k sigma of the yield of lots, SBL = center + k sigma of the share of each bin of failures, k = 3 for
    the first limit and 4 for the second. Center and sigma are median and interquartile range / 1.35 (`robust`), which
    a bad lot among them does not move, or mean and standard deviation (`classic`, as AEC-Q002 has it). `chance` says
    how much lots of that size differ by chance alone; a smaller sigma, as that of a bin that most lots do not have,
    gives way to it.

    Use `sampling_plan` instead to accept lots by a sample, `commonality` to find what bad lots share.

    Parameters
    ----------
    units
        Units as they were tested.
    group
        What is judged: lot, wafer, or anything else that was said of the units.
    bins
        soft or hard.
    attempts
        Which tests of a unit count: last (final yield), first (first-pass yield) or all.
    spread
        robust or classic.
    baseline
        Only the first so many lots make the limits, and the others are judged by them; 0: all lots do both.
    first
        Sigma from the center to the first limit.
    second
        Sigma from the center to the second limit.

    Returns
    -------
    LotAcceptance
        Limits, and a verdict for each lot.

    Raises
    ------
    NoData
        Fewer than two lots were tested, or nobody said which units passed.

    Examples
    --------
    Seven lots of 100, of which one has 70 good units and the others about 95:

    >>> good = [95, 96, 94, 95, 70, 97, 95]
    >>> rows = [(n, f"L{n}", i < g) for n, g in enumerate(good) for i in range(100)]
    >>> found = Units.of([n for n, _, _ in rows], [str(i) for i in range(700)], lot=[l for _, l, _ in rows],
    ...                  passed=[p for _, _, p in rows], soft=[1 if p else 5 for _, _, p in rows])
    >>> answer = lot_acceptance(found)
    >>> [(r.lot, r.verdict, r.beyond) for r in answer.rows if r.verdict != "accept"]
    [('L4', 'hold', ('yield', 'bin 5'))]

    References
    ----------
    AEC-Q002 Rev-B: Guidelines for Statistical Yield Analysis. Automotive Electronics Council 2012.
    """
    if spread not in SPREADS:
        raise UnknownName("spread", spread, SPREADS)
    if bins not in BINS:
        raise UnknownName("kind of bin", bins, BINS)
    at_least("baseline", baseline, 0)
    at_least("first", first, 0)
    at_least("second", second, first)
    lots = _lots(units.pick(chosen(units, attempts) & (units.verdicts >= 0)), group, bins)
    used = np.arange(len(lots.names)) < (baseline or len(lots.names))
    limits = [
        _limit(name, lots.shares[used, i], lots.units[used], spread=spread, sigmas=(first, second))
        for i, name in enumerate(lots.figures)
    ]
    rows = tuple(_verdict(lots, i, limits, bool(used[i])) for i in range(len(lots.names)))
    verdicts = [r.verdict for r in rows]
    return LotAcceptance(
        len(rows),
        verdicts.count("accept"),
        verdicts.count("review"),
        verdicts.count("hold"),
        limits[0].first,
        limits[0].second,
        tuple(limits),
        rows,
        _notes(lots, int(used.sum()), limits[0]),
    )


def _lots(units: Units, by: str, bins: str) -> _Lots:
    if not len(units):
        raise NoData("Nobody said which units passed, so there is no yield to judge.")
    group, names = grouped(units, by)
    if len(names) < 2:
        raise NoData(f"There is only one {by} ({names[0] or 'without a name'}): nothing to compare it with.")
    count = np.bincount(group).astype(np.float64)
    last = np.full(len(names), -1, np.int64)
    np.maximum.at(last, group, units.at)
    order = np.argsort(last, kind="stable")
    numbers, known = (units.soft, units.soft_bins) if bins == "soft" else (units.hard, units.hard_bins)
    failed = units.verdicts == 0
    kinds = sorted({int(b) for b in np.unique(numbers[failed]) if b != NO_BIN})
    columns = [np.bincount(group[units.verdicts == 1], minlength=len(names))]
    columns += [np.bincount(group[failed & (numbers == b)], minlength=len(names)) for b in kinds]
    shares = np.array(columns, np.float64).T / count[:, None]
    figures = ("yield", *(_called(b, known) for b in kinds))
    return _Lots(
        tuple(names[i] for i in order.tolist()), tuple(last[order].tolist()), count[order], shares[order], figures
    )


def _called(number: int, known: Mapping[int, Bin]) -> str:
    return f"bin {number} {known[number].name if number in known else ''}".rstrip()


def _limit(
    figure: str, shares: Numbers, units: Numbers, *, spread: str, sigmas: tuple[float, float]
) -> StatisticalLimit:
    if spread == "robust":
        center, sigma = robust(np.sort(shares))
    else:
        center, sigma = float(shares.mean()), float(shares.std(ddof=1)) if len(shares) > 1 else 0.0
    likely = center if 0 < center < 1 else float((shares * units).sum() / units.sum())
    chance = float(np.sqrt(max(0.0, likely * (1 - likely)) / np.median(units)))
    side = -max(sigma, chance) if figure == "yield" else max(sigma, chance)
    ends = (min(1.0, max(0.0, center + side * k)) for k in sigmas)
    return StatisticalLimit(figure, center, sigma, chance, *ends)


def _verdict(lots: _Lots, i: int, limits: list[StatisticalLimit], used: bool) -> LotVerdict:
    beyond: dict[str, bool] = {}
    for limit, share in zip(limits, lots.shares[i].tolist(), strict=True):
        side = 1 if limit.figure == "yield" else -1
        if side * (share - limit.first) < 0:
            beyond[limit.figure] = side * (share - limit.second) < 0
    verdict = "hold" if any(beyond.values()) else "review" if beyond else "accept"
    units, good = float(lots.units[i]), round(float(lots.shares[i, 0] * lots.units[i]))
    rarity = float(scipy.special.bdtr(good, int(units), limits[0].center))
    return LotVerdict(lots.names[i], lots.at[i], units, float(good), used, verdict, tuple(beyond), rarity)


def _notes(lots: _Lots, used: int, top: StatisticalLimit) -> tuple[str, ...]:
    found = []
    if used < ENOUGH:
        found.append(f"limits from {used} lots are a hint: AEC-Q002 asks for at least {ENOUGH}")
    small = [n for n, u in zip(lots.names, lots.units.tolist(), strict=True) if u < OF_LOT]
    if small:
        found.append(f"{len(small)} lots have fewer than {OF_LOT} units, such as {small[0]}: their yield says little")
    if top.sigma <= top.chance:
        found.append("lots differ no more than by chance: the limits are those of chance")
    return tuple(found)
