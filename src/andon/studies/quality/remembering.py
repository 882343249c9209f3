"""Charts that remember: the exponentially weighted mean and the cumulative sums, for small shifts."""

from __future__ import annotations

import numpy as np

from ...errors import BadQuestion
from ...model import Numbers
from .drawing import Chart, Drawn, Law, Options, beyond
from .places import Places
from .rules import Flags, Rule
from .run_length import cusum_run_length, ewma_run_length
from .variables import law_of_ranges


def draw_ewma(places: Places, law: Law, options: Options) -> tuple[Drawn, ...]:
    """The exponentially weighted mean, which begins at the center, and again after each gap.

    Formula
    -------
    z_i = w x_i + (1 - w) z_(i-1); sigma_i = sigma / sqrt(n) sqrt(w / (2 - w) [1 - (1 - w)^(2 i)])
    """
    weight = options.weight
    if not 0 < weight <= 1:
        raise BadQuestion(f"weight = {weight} is the part of the newest value in the mean: more than 0, at most 1.")
    mean, step = np.empty(len(places)), np.empty(len(places))
    for i, begins in enumerate(places.begin.tolist()):
        step[i] = 1 if begins else step[i - 1] + 1
        mean[i] = weight * places.value[i] + (1 - weight) * (law.center if begins else mean[i - 1])
    part = weight / (2 - weight) * (1.0 if options.asymptotic else 1 - (1 - weight) ** (2 * step))
    sigma = law.sigma / np.sqrt(places.size) * np.sqrt(part)
    center = np.full(len(places), law.center)
    low, high = center - options.width * sigma, center + options.width * sigma
    z = np.divide(mean - center, sigma, out=np.zeros(len(mean)), where=sigma > 0)
    rows = np.arange(len(places))
    return (Drawn("weighted mean", rows, mean, center, low, high, sigma, z, beyond(mean, low, high)),)


def draw_cusum(places: Places, law: Law, options: Options) -> tuple[Drawn, ...]:
    """The upper and the lower sum, in standard errors; they begin at 0, or half way with a head start.

    Formula
    -------
    C+_i = max(0, C+_(i-1) + z_i - k), C-_i = max(0, C-_(i-1) - z_i - k); a signal beyond h
    """
    if options.shift <= 0 or options.interval <= 0:
        raise BadQuestion("shift and interval of cumulative sums are more than 0, in standard deviations of the means.")
    if law.sigma <= 0:
        raise BadQuestion("All values are equal, so there is no standard error to count in: set `sigma`.")
    z = (places.value - law.center) * np.sqrt(places.size) / law.sigma
    start = options.interval / 2 if options.headstart else 0.0
    up = _sums(z - options.shift / 2, places.begin, start)
    down = _sums(-z - options.shift / 2, places.begin, start)
    return _sum("upper sum", up, 1, options), _sum("lower sum", down, -1, options)


def _sums(steps: Numbers, begin: Flags, start: float) -> Numbers:
    found = np.empty(len(steps))
    for i, begins in enumerate(begin.tolist()):
        found[i] = max(0.0, (start if begins else found[i - 1]) + steps[i])
    return found


def _sum(name: str, value: Numbers, side: int, options: Options) -> Drawn:
    """One of the sums; the lower one is drawn below 0."""
    count = len(value)
    none, zero, limit = np.full(count, np.nan), np.zeros(count), np.full(count, side * options.interval)
    low, high = (none, limit) if side > 0 else (limit, none)
    out = value > options.interval * (1 + 1e-12)
    return Drawn(name, np.arange(count), side * value, zero, low, high, none, zero, out)


def length_of_ewma(places: Places, law: Law, options: Options, rules: tuple[Rule, ...]) -> float:
    """The run length of the weighted mean."""
    return ewma_run_length(options.weight, options.width, exact=not options.asymptotic)


def length_of_cusum(places: Places, law: Law, options: Options, rules: tuple[Rule, ...]) -> float:
    """The run length of both sums."""
    start = options.interval / 2 if options.headstart else 0.0
    return cusum_run_length(options.shift / 2, options.interval, headstart=start)


EWMA = Chart("ewma", law_of_ranges, draw_ewma, length_of_ewma, memory=True)
CUSUM = Chart("cusum", law_of_ranges, draw_cusum, length_of_cusum, memory=True)
