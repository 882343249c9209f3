"""Charts of counts and of rare events: p, np, c, u, Laney's p' and u', g and t."""

from __future__ import annotations

import numpy as np
import scipy

from ...errors import BadQuestion, NoData
from ...model import Numbers
from .constants import d2
from .drawing import Chart, Drawn, Law, Options, beyond, panel
from .places import Places
from .rules import Rule
from .run_length import LEVELS, of_normal, run_length
from .variables import draw_singles, law_of_singles, moving_ranges

NELSON_POWER = 3.6
"""An exponential time to the power 1 / 3.6 is nearly normal (Nelson 1994)."""


def law_of_shares(places: Places, options: Options) -> Law:
    """The share of all that was counted."""
    center = _rate(places, options)
    if not 0 <= center <= 1 or bool(np.any(places.value > places.size)):
        raise BadQuestion("A share of units takes no more than one count a unit: chart defects by c or u.")
    return Law(center, (center * (1 - center)) ** 0.5, "binomial")


def law_of_rates(places: Places, options: Options) -> Law:
    """The defects a unit or area."""
    center = _rate(places, options)
    return Law(center, center**0.5, "Poisson")


def _rate(places: Places, options: Options) -> float:
    used = places.used & (places.size > 0)
    if options.center is not None:
        return options.center
    if not np.any(used):
        raise NoData("No subgroup is left for the limits: all were excluded, are empty, or are outside the baseline.")
    return float(places.value[used].sum() / places.size[used].sum())


def draw_shares(places: Places, law: Law, options: Options) -> tuple[Drawn, ...]:
    """The share of each subgroup, limits by its size."""
    return (_rated(places, law, options, "share", 1.0),)


def draw_rates(places: Places, law: Law, options: Options) -> tuple[Drawn, ...]:
    """The defects a unit of each subgroup, limits by its size."""
    return (_rated(places, law, options, "defects per unit", np.inf),)


def _rated(places: Places, law: Law, options: Options, name: str, ceiling: float) -> Drawn:
    sigma = law.sigma * (1.0 if law.second is None else law.second) / np.sqrt(places.size)
    value, rows = places.value / places.size, np.arange(len(places))
    return panel(name, rows, value, law.center, sigma, width=options.width, floor=0.0, ceiling=ceiling)


def draw_rejects(places: Places, law: Law, options: Options) -> tuple[Drawn, ...]:
    """How many of each subgroup failed; all subgroups are of one size."""
    size = _one_size(places, "np", "p")
    center, sigma = law.center * size, law.sigma * size**0.5
    rows = np.arange(len(places))
    return (panel("rejects", rows, places.value, center, sigma, width=options.width, floor=0.0, ceiling=size),)


def draw_defects(places: Places, law: Law, options: Options) -> tuple[Drawn, ...]:
    """How many defects each subgroup has; all subgroups are of one size."""
    size = _one_size(places, "c", "u")
    center, sigma = law.center * size, law.sigma * size**0.5
    return (panel("defects", np.arange(len(places)), places.value, center, sigma, width=options.width, floor=0.0),)


def _one_size(places: Places, chart: str, other: str) -> float:
    sizes = np.unique(places.size)
    if len(sizes) > 1:
        raise BadQuestion(
            f"A chart {chart} takes subgroups of one size; these have {sizes[0]:g} to {sizes[-1]:g}. Ask for {other!r}."
        )
    return float(sizes[0])


def law_of_laney_shares(places: Places, options: Options) -> Law:
    """As for shares, with the factor by which they scatter more than the binomial says."""
    return _laney(places, law_of_shares(places, options))


def law_of_laney_rates(places: Places, options: Options) -> Law:
    """As for defects a unit, with the factor by which they scatter more than Poisson says."""
    return _laney(places, law_of_rates(places, options))


def _laney(places: Places, law: Law) -> Law:
    """The spread of the distances from the center, by their moving ranges (Laney 2002)."""
    if law.sigma == 0:
        raise NoData("Nothing, or everything, was counted: there is no scatter that Laney's factor could tell.")
    distance = (places.value / places.size - law.center) / (law.sigma / np.sqrt(places.size))
    rows, steps = moving_ranges(places.with_(value=distance))
    steps = steps[places.used[rows] & places.used[rows - 1]]
    if not len(steps):
        raise NoData("It takes two subgroups in a row to tell Laney's factor.")
    return Law(law.center, law.sigma, f"{law.basis}, moving range of z / d2", float(steps.mean()) / d2(2))


def law_of_rare_counts(places: Places, options: Options) -> Law:
    """The mean number between two events, and its spread, for a geometric distribution."""
    used = places.value[places.used]
    if not len(used):
        raise NoData("No event is left for the limits.")
    mean = float(used.mean()) if options.center is None else options.center
    return Law(mean, (mean * (mean + 1)) ** 0.5, "geometric")


def draw_rare_counts(places: Places, law: Law, options: Options) -> tuple[Drawn, ...]:
    """How many came between two events, with probability limits; the center is the median."""
    chance, value, rows = 1 / (law.center + 1), places.value, np.arange(len(places))
    tail = float(scipy.stats.norm.sf(options.width))
    lower, middle, upper = (max(0.0, float(scipy.stats.geom.ppf(q, chance)) - 1) for q in (tail, 0.5, 1 - tail))
    below, upto = scipy.stats.geom.cdf(value, chance), scipy.stats.geom.cdf(value + 1, chance)
    z = scipy.stats.norm.ppf(np.clip((below + upto) / 2, 1e-300, 1 - 1e-16))
    low, high = np.full(len(value), lower), np.full(len(value), upper)
    out = beyond(value, low, high)
    center, none = np.full(len(value), middle), np.full(len(value), np.nan)
    sided = np.where(value == middle, 0.0, np.where(value > middle, np.abs(z), -np.abs(z)))
    return (Drawn("units between events", rows, value, center, low, high, none, sided, out),)


def law_of_rare_times(places: Places, options: Options) -> Law:
    """As for single values, of times that were made nearly normal."""
    return law_of_singles(_straight(places), options)


def draw_rare_times(places: Places, law: Law, options: Options) -> tuple[Drawn, ...]:
    """The time between two events; limits are found where it is nearly normal, and told as times."""
    single, _ = draw_singles(_straight(places), law, options)
    low, center, high = (np.maximum(x, 0) ** NELSON_POWER for x in (single.lower, single.center, single.upper))
    none = np.full(len(places), np.nan)
    return (Drawn("time between events", single.rows, places.value, center, low, high, none, single.z, single.out),)


def _straight(places: Places) -> Places:
    if bool(np.any(places.value < 0)):
        raise BadQuestion("A time between two events is not below 0.")
    return places.with_(value=places.value ** (1 / NELSON_POWER))


def length_of_shares(places: Places, law: Law, options: Options, rules: tuple[Rule, ...]) -> float:
    """The run length for binomial counts in subgroups of the usual size."""
    size = places.usual
    return run_length(rules, _chances(law.center * size, law.sigma * size**0.5, options, int(size), law.center))


def length_of_rates(places: Places, law: Law, options: Options, rules: tuple[Rule, ...]) -> float:
    """The run length for Poisson counts in subgroups of the usual size."""
    size = places.usual
    return run_length(rules, _chances(law.center * size, law.sigma * size**0.5, options))


def _chances(center: float, sigma: float, options: Options, size: int = 0, share: float = 0.0) -> tuple[float, ...]:
    """The chance of each zone for counts."""
    if sigma == 0:
        return of_normal(options.width)
    far = int(center + 12 * sigma + 12)
    counts = np.arange(0, (min(far, size) if size else far) + 1)
    chance = scipy.stats.binom.pmf(counts, size, share) if size else scipy.stats.poisson.pmf(counts, center)
    z = (counts - center) / sigma
    level = np.sign(z) * np.minimum(np.floor(np.abs(z)) + 1, 3)
    level = np.where(np.abs(z) < 1e-9, 0, level)
    level = np.where(np.abs(z) > options.width + 1e-9, np.sign(z) * 4, level)
    return tuple(float(chance[level == wanted].sum()) for wanted in LEVELS)


def length_of_normal(places: Places, law: Law, options: Options, rules: tuple[Rule, ...]) -> float:
    """The run length of the rules for nearly normal figures."""
    return run_length(rules, of_normal(options.width))


def length_of_rare(places: Places, law: Law, options: Options, rules: tuple[Rule, ...]) -> float | None:
    """The run length of the limits for geometric counts; of other rules none is known."""
    if [r.number for r in rules] != [1]:
        return None
    chance, tail = 1 / (law.center + 1), float(scipy.stats.norm.sf(options.width))
    lower, upper = (max(0.0, float(scipy.stats.geom.ppf(q, chance)) - 1) for q in (tail, 1 - tail))
    often = float(scipy.stats.geom.sf(upper + 1, chance) + scipy.stats.geom.cdf(lower, chance))
    return 1 / often if often > 0 else None


def expected_small(places: Places, law: Law, share: bool) -> bool:
    """Whether counts are expected to be so small that limits by three sigma are far from three sigma."""
    size: Numbers = places.size
    least = float(np.min(size * law.center)) if len(size) else 0.0
    other = float(np.min(size * (1 - law.center))) if share and len(size) else 5.0
    return min(least, other) < 5


SHARES = Chart("p", law_of_shares, draw_shares, length_of_shares, counts=True)
REJECTS = Chart("np", law_of_shares, draw_rejects, length_of_shares, counts=True)
DEFECTS = Chart("c", law_of_rates, draw_defects, length_of_rates, counts=True)
RATES = Chart("u", law_of_rates, draw_rates, length_of_rates, counts=True)
LANEY_SHARES = Chart("laney-p", law_of_laney_shares, draw_shares, length_of_normal, counts=True)
LANEY_RATES = Chart("laney-u", law_of_laney_rates, draw_rates, length_of_normal, counts=True)
RARE_COUNTS = Chart("g", law_of_rare_counts, draw_rare_counts, length_of_rare, counts=True)
RARE_TIMES = Chart("t", law_of_rare_times, draw_rare_times, length_of_normal, counts=True)
