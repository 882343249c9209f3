"""What units fail of: the few causes that make most of the failures."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from ...catalog import study
from ...errors import NoData
from ...model import NO_BIN, Bin, Measurements, Units
from ...picture import Picture
from ...picture import pareto as drawn
from ...units import Parts, Ratio

Z = 1.959963984540054
VITAL = 0.8
"""Juran's vital few: the causes that make so much of the whole."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause.

    Attributes
    ----------
    cause
        The test, the bin, or what was said of the units.
    failures
        Units that failed of it.
    share
        Of all failures.
    cumulative
        Share of all failures together with the causes before it.
    judged
        Units that could have failed of it.
    rate
        Failures over those.
    rate_low, rate_high
        Its 95 % interval (Wilson), which holds for units that fail independently.
    """

    cause: str
    failures: Parts
    share: Ratio
    cumulative: Ratio
    judged: Parts
    rate: Ratio
    rate_low: Ratio
    rate_high: Ratio


@dataclass(frozen=True, slots=True)
class Pareto:
    """Failures by cause.

    Attributes
    ----------
    by
        What failures are told apart by.
    units
        Units with a verdict, by their last test.
    failed
        Those that failed.
    failures
        Failures: a unit that failed of several tests counts in each.
    causes
        How many different causes there are.
    vital
        How many of them make 80 % of the failures.
    rows
        The causes, the most frequent first.
    """

    HEADLINE = ("units", "failed", "failures", "causes", "vital")

    by: str
    units: Parts
    failed: Parts
    failures: Parts
    causes: int
    vital: int
    rows: tuple[Cause, ...]

    @property
    def fail_rate(self) -> Ratio | None:
        """Failed units over all with a verdict."""
        return self.failed / self.units if self.units else None


def pareto_picture(answer: Pareto) -> Picture:
    """The causes, the most frequent first, with what they add up to."""
    return drawn("What units fail of", ((r.cause or "not said", float(r.failures)) for r in answer.rows), "{part}")


@study(picture=pareto_picture)
def pareto(measurements: Measurements, cause: str = "test", step: str = "") -> Pareto:
    """What units fail of, the most frequent cause first.

    Each unit counts by its last test in each step. By test, a unit counts in every test of which its value failed; a
    value that nobody judged is judged by its limits. Otherwise each failed unit counts once.

    Use `bins` for yields, `commonality` for what failed units share beyond chance.

    Parameters
    ----------
    measurements
        The units, and what was measured on them.
    cause
        What failures are told apart by: test, bin, or what was said of the units: lot, wafer, product, step, site, or a
        fact such as who or gauge.
    step
        Only units of this test step.

    Returns
    -------
    Pareto
        The causes with their shares and rates.

    Raises
    ------
    NoData
        Nobody said of any unit whether it passed.
    UnknownName
        Nothing of that name was said of the units.

    Examples
    --------
    >>> rows = [(0, "a", "width", 5.0), (1, "b", "width", 7.0), (2, "c", "depth", 9.0), (3, "d", "width", 8.0)]
    >>> found = pareto(Measurements.of(rows, limits={"width": (4.0, 6.0), "depth": (1.0, 2.0)}))
    >>> [(r.cause, r.failures, round(r.cumulative, 3)) for r in found.rows]
    [('width', 2, 0.667), ('depth', 1, 1.0)]

    References
    ----------
    J. M. Juran: Quality Control Handbook, McGraw-Hill 1951; ISO 13053-2:2011, fact sheet 11.
    E. B. Wilson: Probable Inference, the Law of Succession, and Statistical Inference. JASA 22 (1927), 209-212.
    """
    units = measurements.units
    counts = units.last & (np.asarray(units.step == step) if step else True)
    verdict = _verdicts(measurements)
    judged, failed = counts & (verdict >= 0), counts & (verdict == 0)
    if not judged.any():
        raise NoData("Nobody said of any unit there in that window whether it passed, and no value has a limit.")
    found = _by_test(measurements, counts) if cause == "test" else _by_text(units, cause, judged, failed)
    rows = _rows(found)
    vital = int(np.searchsorted([r.cumulative for r in rows], VITAL - 1e-12)) + 1 if rows else 0
    failures = sum(r.failures for r in rows)
    return Pareto(cause, int(judged.sum()), int(failed.sum()), failures, len(rows), vital, rows)


def _verdicts(measurements: Measurements) -> NDArray[np.int8]:
    """Whether each unit passed: what was said of it, else its bin's meaning, else whether all its values did."""
    units = measurements.units
    said = units.passed.copy()
    for numbers, known in ((units.hard, units.hard_bins), (units.soft, units.soft_bins)):
        for number, meaning in known.items():
            if meaning.passed is not None:
                said[(said < 0) & (numbers == number)] = meaning.passed
    worst = np.full(len(units), 2, np.int8)
    known_values = measurements.passed >= 0
    np.minimum.at(worst, measurements.row[known_values], measurements.passed[known_values])
    return np.where((said < 0) & (worst < 2), worst, said).astype(np.int8)


Counted = dict[str, tuple[int, int]]
"""Failures and judged units by cause."""


def _by_test(measurements: Measurements, counts: NDArray[np.bool_]) -> Counted:
    found: Counted = {}
    for j, test in enumerate(measurements.tests):
        rows = slice(int(measurements.first[j]), int(measurements.first[j + 1]))
        passed = measurements.passed[rows][counts[measurements.row[rows]]]
        failures, judged = found.get(test.name, (0, 0))
        found[test.name] = failures + int((passed == 0).sum()), judged + int((passed >= 0).sum())
    return found


def _by_text(units: Units, cause: str, judged: NDArray[np.bool_], failed: NDArray[np.bool_]) -> Counted:
    if cause == "bin":
        soft = (units.soft[failed] != NO_BIN).any()
        numbers, known = (units.soft, units.soft_bins) if soft else (units.hard, units.hard_bins)
        kinds, count = np.unique(numbers[failed], return_counts=True)
        of = int(judged.sum())
        return {_bin(int(k), known.get(int(k))): (int(n), of) for k, n in zip(kinds, count, strict=True)}
    texts = units.column(cause)
    names, places = np.unique(texts[judged].astype(str), return_inverse=True)
    bad = np.bincount(places, failed[judged], minlength=len(names))
    return {str(n): (int(b), int(c)) for n, b, c in zip(names, bad, np.bincount(places), strict=True)}


def _bin(number: int, meaning: Bin | None) -> str:
    return "" if number == NO_BIN else f"{number} {meaning.name if meaning else ''}".strip()


def _rows(found: Counted) -> tuple[Cause, ...]:
    total, sofar, rows = sum(n for n, _ in found.values()), 0, list[Cause]()
    for cause, (failures, judged) in sorted(found.items(), key=lambda f: (-f[1][0], f[0])):
        if failures:
            sofar += failures
            low, high = wilson(failures, judged)
            share, cumulative = failures / total, sofar / total
            rows.append(Cause(cause, failures, share, cumulative, judged, failures / judged, low, high))
    return tuple(rows)


def wilson(failures: int, judged: int) -> tuple[float, float]:
    """The 95 % interval of a share.

    >>> [round(edge, 4) for edge in wilson(10, 100)]
    [0.0552, 0.1744]
    """
    p, n, z = failures / judged, judged, Z
    middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, (middle - half) / (1 + z * z / n)), min(1.0, (middle + half) / (1 + z * z / n))
