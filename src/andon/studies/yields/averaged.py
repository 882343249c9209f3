"""Part average limits of one test: how far from the others a good part may lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...model import Numbers
from ...model.measured import Integers
from ...units import Measured, Parts
from ..quality.specification import Specification
from .measured_tests import Sigmas
from .picked import Codes
from .quartiles import robust


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one test in one group.

    Attributes
    ----------
    test
        The test.
    group
        The lot or wafer they hold for; "" for all, where they are static.
    count
        Good parts they were made from.
    median
        Their median.
    robust_sigma
        Their interquartile range / 1.35.
    low, high
        The limits: median -/+ so many robust sigma, never outside the specification.
    outliers
        Good parts beyond them.
    furthest
        The part that lies furthest from the median, in robust sigma.
    """

    test: str
    group: str
    count: int
    median: Measured
    robust_sigma: Measured
    low: Measured
    high: Measured
    outliers: Parts
    furthest: Sigmas


@dataclass(frozen=True, slots=True)
class Rules:
    """How limits are made: so many robust sigma, quartiles by which convention, from how many parts at least."""

    sigmas: float
    quartiles: str
    parts: int


@dataclass(frozen=True, slots=True)
class Judged:
    """One test: its limits, the rows of outliers with their value and distance, and why some groups have none."""

    test: str
    limits: tuple[Limits, ...]
    row: Integers
    value: Numbers
    distance: Numbers
    skipped: tuple[str, ...]


def judge(
    test: str,
    values: tuple[Integers, Numbers],
    group: Codes,
    *,
    names: Sequence[str],
    spec: Specification,
    rules: Rules,
) -> Judged:
    """Limits of one test for each group, and the parts beyond them; `group` is that of each value."""
    row, value = values
    order = np.argsort(group, kind="stable") if np.any(group[1:] < group[:-1]) else slice(None)
    row, value, group = row[order], value[order], group[order]
    edges = np.append(np.flatnonzero(np.append(True, group[1:] != group[:-1])), len(group))
    limits: list[Limits] = []
    skipped: list[str] = []
    outside = np.zeros(len(value), np.bool_)
    distance = np.zeros(len(value))
    for begin, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        name, part = names[int(group[begin])], value[begin:end]
        if len(part) < rules.parts:
            skipped.append(f"{test} {name}: only {len(part)} good parts".replace("  ", " "))
            continue
        ordered = np.sort(part)
        median, sigma = robust(ordered, rules.quartiles)
        if sigma <= 0:
            skipped.append(f"{test} {name}: half of the parts have the same value".replace("  ", " "))
            continue
        low, high = _within(median - rules.sigmas * sigma, median + rules.sigmas * sigma, spec)
        count = int(np.searchsorted(ordered, low, side="left")) + len(part)
        count -= int(np.searchsorted(ordered, high, side="right"))
        if count:
            outside[begin:end] = (part < low) | (part > high)
            distance[begin:end] = (part - median) / sigma
        furthest = max(median - ordered[0], ordered[-1] - median) / sigma
        limits.append(Limits(test, name, len(part), median, sigma, low, high, float(count), float(furthest)))
    return Judged(test, tuple(limits), row[outside], value[outside], distance[outside], tuple(skipped))


def _within(low: float, high: float, spec: Specification) -> tuple[float, float]:
    """Never wider than the specification."""
    return (low if spec.low is None else max(low, spec.low), high if spec.high is None else min(high, spec.high))
