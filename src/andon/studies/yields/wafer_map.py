"""Where on the wafer dies pass and fail: maps, yield by place, and whether failed dies lie together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import numpy as np

from ...catalog import study
from ...errors import BadQuestion, UnknownName
from ...model import Units
from ...picture import Picture, wafer
from ...units import Factor, Probability, Ratio, Statistic
from .clusters import Joins, joins
from .maps import Legend, Map, binned, difference, judged, legend, stacked
from .places import Dies, dies, groupings
from .results import Flags, chosen
from .shares import Contrast, contrast, limits

Show = Literal["hard", "soft", "yield"]


@dataclass(frozen=True, slots=True)
class WaferRow:
    """One wafer.

    Attributes
    ----------
    lot, wafer
        Which one.
    dies
        Dies with a verdict.
    passed
        Those that passed.
    wafer_yield
        `passed` over `dies`.
    low, high
        Its Clopper-Pearson limits at 95 % confidence.
    joined
        Pairs of neighbours (side or corner) that both failed.
    expected
        Such pairs if as many dies had failed anywhere on this wafer.
    p
        How often pure chance joins as many or more; None where it cannot be told.
    """

    lot: str
    wafer: str
    dies: int
    passed: int
    wafer_yield: Ratio | None
    low: Ratio | None
    high: Ratio | None
    joined: int
    expected: Statistic
    p: Probability | None


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """The yield of one part of all wafers.

    Attributes
    ----------
    grouping
        "radial zone" (rings of equal area, 1 is the centre), "sector" (degrees from the right, upward) or "reticle"
        (column and row in the shot).
    name
        Which one.
    dies
        Dies with a verdict.
    passed
        Those that passed.
    place_yield
        `passed` over `dies`.
    low, high
        Its Clopper-Pearson limits at 95 % confidence.
    """

    grouping: str
    name: str
    dies: int
    passed: int
    place_yield: Ratio | None
    low: Ratio | None
    high: Ratio | None


@dataclass(frozen=True, slots=True)
class WaferMap:
    """Where dies pass and fail.

    Attributes
    ----------
    shown
        "hard", "soft", "yield", or "difference" of two yields.
    dies
        Dies with a verdict.
    passed
        Those that passed.
    unknown
        Dies of which nobody said whether they passed.
    joined
        Pairs of neighbours (side or corner) on one wafer that both failed.
    expected
        Such pairs if as many dies of each wafer had failed anywhere on it.
    p
        How often pure chance joins as many or more, over all wafers; None where it cannot be told.
    wafers
        A row for each wafer.
    by_place
        Yield by zone, sector and place in the shot.
    contrasts
        Whether zones, sectors and places in the shot differ. Their p is for dies that fail independently: where failed
        dies lie together (`p` is small), it is too small.
    legend
        What the bins of the maps are.
    maps
        The dies of each map.
    """

    HEADLINE: ClassVar = ("wafer_yield", "dies", "passed", "clustering", "p")
    INNER: ClassVar = ("maps",)

    shown: str
    dies: int
    passed: int
    unknown: int
    joined: int
    expected: Statistic
    p: Probability | None
    wafers: tuple[WaferRow, ...]
    by_place: tuple[PlaceRow, ...]
    contrasts: tuple[Contrast, ...]
    legend: tuple[Legend, ...]
    maps: tuple[Map, ...]

    @property
    def wafer_yield(self) -> Ratio | None:
        """Dies that passed, over all with a verdict."""
        return self.passed / self.dies if self.dies else None

    @property
    def clustering(self) -> Factor | None:
        """Joined over expected: 1 is chance, 2 means twice as many failed neighbours as chance would make."""
        return self.joined / self.expected if self.expected else None

    @property
    def flags(self) -> tuple[str, ...]:
        """What is wrong or remarkable, in words."""
        together = self.p is not None and self.p < 0.01 and self.clustering is not None
        zones = [c for c in self.contrasts if c.grouping == "radial zone" and c.p is not None and c.p < 0.01]
        return (
            *([f"{self.unknown} dies have no verdict: they are in no yield"] if self.unknown else []),
            *([f"failed dies lie together: {self.clustering:.2g} times as often as chance"] if together else []),
            *(f"zone {c.lowest} passes {c.gap:.1%} less than zone {c.highest} (zone 1 is the centre)" for c in zones),
        )


def picture(answer: WaferMap) -> Picture:
    """The maps: one big, several as a gallery."""
    told = {row.bin: row for row in answer.legend}
    total = f"{answer.dies:,} dies" if answer.wafer_yield is None else f"yield {answer.wafer_yield:.1%}"
    titles = {"hard": "Hard bins", "soft": "Soft bins", "yield": "Yield by place", "difference": "Difference of yield"}

    def named(value: float) -> str:
        return f"{value:g} {told[int(value)].name}".strip() if int(value) in told else ""

    def scaled(value: float) -> float:
        return value if told else 100 * value

    rows = [
        (m.name, x, y, scaled(value), named(value) if told else "", None if passed < 0 else bool(passed))
        for m in answer.maps
        for x, y, value, passed in zip(m.x, m.y, m.value, m.passed, strict=True)
    ]
    return wafer(titles[answer.shown], rows, "" if told else "%", notch=None, subtitle=total)


@study(picture=picture)
def wafer_map(
    units: Units,
    lot: str = "",
    wafer: str = "",
    step: str = "",
    show: Show = "hard",
    against: str = "",
    zones: int = 5,
    sectors: int = 8,
    reticle: str = "",
) -> WaferMap:
    """Where on the wafer dies pass and fail, and whether failed dies lie together.

    Each die counts once, by its last test. `show` hard or soft draws the bins of each wafer, yield the share of wafers
    that pass at each place (a stacked map); with `against`, another lot (or wafer, where `wafer` is given), the
    difference of the two stacked maps. The yield is told by zone (rings of equal area), sector and place in the shot.
    The cluster test counts pairs of neighbours that both fail, against all ways to place as many failed dies on the
    same wafer (join counts), so neither the yield nor the shape of the wafer fools it.

    Use `parametric_map` for measured values, `wafer_pattern` for the kind of pattern.

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
    show
        What the maps show: hard, soft or yield.
    against
        A lot (or wafer, where `wafer` is given) whose yield is taken off.
    zones
        Number of rings.
    sectors
        Number of sectors.
    reticle
        Dies of a shot across and down, such as 4x2.

    Returns
    -------
    WaferMap
        Maps, yields by wafer and place, and the cluster test.

    Raises
    ------
    NoData
        No die was tested in the window.
    UnknownName
        There is no such lot, wafer, step or map.
    BadQuestion
        A number of zones or sectors, or a reticle, that does not fit; `against` without `lot` or `wafer`.

    Examples
    --------
    A wafer of 5 x 5 dies whose four upper left dies fail:

    >>> x, y = [i % 5 for i in range(25)], [i // 5 for i in range(25)]
    >>> passed = [not (a < 2 and b < 2) for a, b in zip(x, y)]
    >>> tested = Units.of(range(25), map(str, range(25)), wafer=["W1"] * 25, x=x, y=y, passed=passed)
    >>> found = wafer_map(tested)
    >>> found.wafer_yield, found.joined, round(found.expected, 2), found.p < 0.01
    (0.84, 6, 1.44, True)

    References
    ----------
    A. D. Cliff, J. K. Ord: Spatial Processes. Pion, 1981: join counts under nonfree sampling.
    W. Taam, M. Hamada: Detecting Spatial Effects From Factorial Experiments: An Application From Integrated-Circuit
    Manufacturing. Technometrics 35 (1993), 149-160: join counts on wafer maps.
    """
    if show not in get_args(Show):
        raise UnknownName("map", show, get_args(Show))
    units_ = chosen(units, lot=lot, wafer=wafer, step=step)
    there = dies(units_)
    known, passed = judged(units_, there)
    found = joins(known, ~passed)
    rows, contrasts = _places(known, passed, zones=zones, sectors=sectors, reticle=reticle)
    other = compared(lot, wafer, against)
    below = chosen(units, **other, step=step) if other else None
    plain = not against and show != "yield"
    total, chance = found.together(), found.together().chance()[0]
    return WaferMap(
        "difference" if against else show,
        len(known),
        int(passed.sum()),
        len(there) - len(known),
        int(total.joined[0]),
        float(total.expected[0]),
        _told(chance),
        _wafers(known, passed, found),
        rows,
        contrasts,
        legend(units_, there, show) if plain else (),
        binned(units_, there, show) if plain else (_stack(known, passed, below),),
    )


def compared(lot: str, wafer: str, against: str) -> dict[str, str]:
    """What a map is compared with: a wafer of the same lot, or a lot; empty where it is compared with nothing."""
    if not against:
        return {}
    if wafer:
        return {"lot": lot, "wafer": against}
    if lot:
        return {"lot": against}
    raise BadQuestion(f"against = {against!r} needs a `lot` (or a `wafer`) that is compared with it.")


def _stack(known: Dies, passed: Flags, other: Units | None) -> Map:
    """The yield by place, less that of others if there are any."""
    if other is None:
        return stacked(known, passed)
    there = stacked(*judged(other, dies(other)))
    return difference(stacked(known, passed), there)


def _wafers(found: Dies, passed: Flags, joined: Joins) -> tuple[WaferRow, ...]:
    number = len(found.wafers)
    all_, good = (np.bincount(c, minlength=number).tolist() for c in (found.of, found.of[passed]))
    columns = zip(found.wafers, all_, good, *(a.tolist() for a in (joined.joined, joined.expected)), strict=True)
    chance = joined.chance()
    return tuple(
        WaferRow(lot, name, n, g, g / n if n else None, *limits(g, n), int(j), e, _told(chance[k]))
        for k, ((lot, name), n, g, j, e) in enumerate(columns)
    )


def _places(
    found: Dies, passed: Flags, *, zones: int, sectors: int, reticle: str
) -> tuple[tuple[PlaceRow, ...], tuple[Contrast, ...]]:
    """Yield by zone, sector and place in the shot; and whether they differ."""
    rows: list[PlaceRow] = []
    contrasts: list[Contrast] = []
    for group in groupings(found, zones=zones, sectors=sectors, reticle=reticle):
        number = len(group.names)
        all_, good = (np.bincount(c, minlength=number).tolist() for c in (group.of, group.of[passed]))
        rows += [
            PlaceRow(group.by, name, n, g, g / n if n else None, *limits(g, n))
            for name, n, g in zip(group.names, all_, good, strict=True)
        ]
        told = contrast(group.by, group.names, good, all_)
        contrasts += [told] if told else []
    return tuple(rows), tuple(contrasts)


def _told(chance: float) -> float | None:
    return None if np.isnan(chance) else float(chance)
