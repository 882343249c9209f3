"""Part average limits of one test: how far from the others a good part may lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...model import Numbers
from ...model.measured import Integers
from ...units import Measured, Parts
from ..quality.specification import Specification
from .measured_tests import Sigmas
from .picked import Codes
from .quartiles import robusts


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
    if not len(value):
        return Judged(test, (), row, value, value, (f"{test}: {_why(0, rules)}",))
    if np.any(group[1:] < group[:-1]):
        order = np.argsort(group, kind="stable")
        row, value, group = row[order], value[order], group[order]
    edges = np.append(np.flatnonzero(np.append(True, group[1:] != group[:-1])), len(group))
    said = [names[g] for g in group[edges[:-1]].tolist()]
    ordered = value.copy()
    for begin, end in pairwise(edges.tolist()):
        ordered[begin:end].sort()
    median, sigma = robusts(ordered, edges, rules.quartiles)
    low, high = _within(median - rules.sigmas * sigma, median + rules.sigmas * sigma, spec)
    count, least, most = np.diff(edges), ordered[edges[:-1]], ordered[edges[1:] - 1]
    fits = (count >= rules.parts) & (sigma > 0)
    kept = np.flatnonzero(fits)
    found = [np.empty(0, np.int64)]
    outliers = np.zeros(len(count))
    for j in kept[(least[kept] < low[kept]) | (most[kept] > high[kept])].tolist():
        part = value[edges[j] : edges[j + 1]]
        found.append(edges[j] + np.flatnonzero((part < low[j]) | (part > high[j])))
        outliers[j] = len(found[-1])
    furthest = np.maximum(median - least, most - median)[kept] / sigma[kept]
    columns = [c[kept].tolist() for c in (count, median, sigma, low, high, outliers)]
    limits = [
        Limits(test, said[j], *figures) for j, *figures in zip(kept.tolist(), *columns, furthest.tolist(), strict=True)
    ]
    out = np.concatenate(found)
    of = np.searchsorted(edges, out, side="right") - 1
    distance = (value[out] - median[of]) / sigma[of]
    skipped = [
        f"{test} {said[j]}: {_why(count.item(j), rules)}".replace("  ", " ") for j in np.flatnonzero(~fits).tolist()
    ]
    return Judged(test, tuple(limits), row[out], value[out], distance, tuple(skipped))


def _why(count: int, rules: Rules) -> str:
    """Why a group has no limits."""
    return f"only {count} good parts" if count < rules.parts else "half of the parts have the same value"


def _within(low: Numbers, high: Numbers, spec: Specification) -> tuple[Numbers, Numbers]:
    """Never wider than the specification."""
    return (
        low if spec.low is None else np.maximum(low, spec.low),
        high if spec.high is None else np.minimum(high, spec.high),
    )
