"""Do several tests together stay where they were: Hotelling's T squared and MEWMA, with what moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ...catalog import study
from ...errors import BadQuestion, NoData
from ...model import Calendar, Measurements, Names, Numbers, Times, Units, Window, instant, texts
from ...model.measured import coded
from ...units import Ratio, duration
from .multivariate import Cloud, Matrix, cloud, contributions, distances, limit, mewma_limit, weighted
from .places import Places, of_values
from .subgroups import Surroundings, gaps, grouped, scheme
from .together import Centered, Contribution, MultivariateChart, Together, together_picture

MOST = 50
"""More tests than this are told apart by nobody."""


@study(picture=together_picture)
def multivariate_chart(
    measurements: Measurements,
    calendar: Calendar | None = None,
    tests: tuple[str, ...] = (),
    chart: Literal["t2", "mewma"] = "t2",
    subgroup: str = "",
    confidence: Ratio = 0.9973,
    weight: Ratio = 0.1,
    baseline: str = "",
    gap: str = "",
) -> MultivariateChart:
    """Whether several tests together stay where they were, and which of them moved.

    Tests that go together can each be inside of their own limits while they are wrong together: a heavy part that is
    short. T squared is the distance from the center in the shape of their common spread; MEWMA is that of their
    exponentially weighted means, which finds small lasting shifts. Only units on which all tests were found count.

    Use `control-chart` instead when one test says enough.

    Parameters
    ----------
    measurements
        Values of tests on units.
    calendar
        Shifts, for subgroups by shift or day; its window is the one that is asked about.
    tests
        The tests that belong together, with commas; all, unless given.
    chart
        t2 for large changes of single points, mewma for small lasting ones.
    subgroup
        What stands together as one point: 5 (units in a row), 1 h, shift, lot, wafer... Single units, unless given.
    confidence
        The share of points that is inside of the limit while nothing is wrong.
    weight
        For mewma: the part that the newest point has in the mean.
    baseline
        The stretch whose points make center, spread and limit, as SINCE/UNTIL; all points, unless given.
    gap
        A time without a value after which weighted means begin anew, such as 8 h.

    Returns
    -------
    MultivariateChart
        Points with their limit, and the part of each test in each signal.

    Raises
    ------
    NoData
        Too few units have all tests, or one test follows from the others.
    BadQuestion
        There are too few or too many tests, or a setting does not fit.

    Formula
    -------
    T2 = n (x - m)' S^-1 (x - m); its limit is of the F or beta distribution (see `limit`). MEWMA: the same of z_i =
    w x_i + (1 - w) z_(i-1), with the limit that has 1 / (1 - confidence) points between two false alarms.

    Examples
    --------
    >>> rows = [(i, str(i), t, v) for i in range(12) for t, v in (("a", i % 3), ("b", i % 3 + i % 2))]
    >>> found = multivariate_chart(Measurements.of([*rows, (12, "12", "a", 2.0), (12, "12", "b", -9.0)]))
    >>> found.signals, found.points[-1].most
    (1, 'b')

    References
    ----------
    H. Hotelling: Multivariate Quality Control (1947). N. D. Tracy, J. C. Young, R. L. Mason: Multivariate Control
    Charts for Individual Observations. J. Quality Technology 24 (1992), 88-95.
    R. L. Mason, N. D. Tracy, J. C. Young: Decomposition of T2 for Multivariate Control Chart Interpretation. J.
    Quality Technology 27 (1995), 99-108.
    C. A. Lowry et al.: A Multivariate Exponentially Weighted Moving Average Control Chart. Technometrics 34 (1992).
    """
    if not 0.5 <= confidence < 1 or not 0 < weight <= 1:
        raise BadQuestion(f"confidence = {confidence} is at least 0.5, weight = {weight} more than 0; both are shares.")
    window = calendar.window if calendar is not None else measurements.window
    joined = _joined(measurements, tests, window)
    silence = duration(gap) if gap else 0
    around = Surroundings(joined.column, calendar)
    groups, labels = grouped(joined.at, scheme(subgroup), around, gap=silence)
    places = of_values(joined.at, joined.values[:, 0], joined.column("unit"), groups, labels)
    if not len(places):
        raise NoData("There is no whole subgroup in that window.")
    places = places.with_(gap=gaps(places.since, places.at, silence), used=_used(places, baseline))
    means, within = _figures(joined.values, groups, places)
    found = cloud(means[places.used], _within(within, places), int(places.usual))
    values, upper = _judged(means, found, places, (chart, confidence, weight))
    return _answer(_Charted(chart, joined, places, means, found, values, upper, weight), confidence)


@dataclass(frozen=True, slots=True)
class _Joined:
    """Units on which all tests were found (n rows, p tests), in order of time."""

    names: tuple[str, ...]
    unit: tuple[str, ...]
    at: Times
    values: Matrix
    rows: NDArray[np.intp]
    units: Units
    left: int

    def column(self, name: str) -> Names:
        """What else was said of each unit."""
        return texts(self.units.column(name)[self.rows].tolist())


@dataclass(frozen=True, slots=True)
class _Charted:
    """All that the answer is made of."""

    chart: str
    joined: _Joined
    places: Places
    means: Matrix
    found: Cloud
    values: Numbers
    upper: Numbers
    weight: float


def _joined(measurements: Measurements, tests: Sequence[str], window: Window) -> _Joined:
    """One row a unit: the latest value of each test on it; units that lack one are left out."""
    if not measurements.names:
        raise NoData("Nothing was measured there in that window.")
    names = tuple(dict.fromkeys(tests)) or measurements.names
    if not 2 <= len(names) <= MOST:
        raise BadQuestion(f"{len(names)} tests cannot be charted together: name 2 to {MOST} in `tests`.")
    units = measurements.units
    named = bool(np.any(units.unit != ""))
    keys = coded(units.lot, units.wafer, units.unit) if named else np.arange(len(units))
    values = np.full((int(keys.max(initial=-1)) + 1, len(names)), np.nan)
    last = np.full(len(values), -1, np.int64)
    kinds = []
    for j, name in enumerate(names):
        found = measurements.take(name)
        keep = np.isfinite(found.value) & (found.at >= window.since) & (found.at < window.until)
        of = keys[found.row[keep]]
        values[of, j] = found.value[keep]
        np.maximum.at(last, of, found.row[keep])
        kinds.append(found.unit)
    whole = np.all(np.isfinite(values), axis=1)
    order = np.flatnonzero(whole)[np.argsort(last[whole], kind="stable")]
    if not len(order):
        raise NoData(f"No unit has all of the tests {', '.join(names)} in that window.")
    left = int((np.any(np.isfinite(values), axis=1) & ~whole).sum())
    return _Joined(names, tuple(kinds), units.at[last[order]], values[order], last[order], units, left)


def _used(places: Places, baseline: str) -> NDArray[np.bool_]:
    if not baseline:
        return np.ones(len(places), np.bool_)
    since, _, until = baseline.partition("/")
    inside = (places.at >= instant(since)) & (places.at < instant(until))
    if not np.any(inside):
        raise NoData("No subgroup lies in that baseline.")
    return np.asarray(inside, np.bool_)


def _figures(values: Matrix, groups: NDArray[np.int64], places: Places) -> tuple[Matrix, Matrix]:
    """The means of each subgroup (m rows), and the covariance within each (m of p x p)."""
    order = groups[places.row]  # places are in order of time, subgroups in that of their first rows
    together = np.argsort(groups, kind="stable")
    begins, ends = (np.searchsorted(groups[together], order, side=side).tolist() for side in ("left", "right"))
    parts = [values[together[a:b]] for a, b in zip(begins, ends, strict=True)]
    means = np.array([part.mean(axis=0) if len(part) > 1 else part[0] for part in parts])
    if places.usual < 2:
        return means, np.empty(0)
    sizes = set(places.size.tolist())
    if len(sizes) > 1:
        raise BadQuestion(f"Subgroups of one size are needed; these have {min(sizes):g} to {max(sizes):g} units.")
    return means, np.array([np.cov(part, rowvar=False) for part in parts])


def _within(within: Matrix, places: Places) -> Matrix | None:
    return np.asarray(within[places.used].mean(axis=0)) if len(within) else None


def _judged(means: Matrix, found: Cloud, places: Places, asked: tuple[str, float, float]) -> tuple[Numbers, Numbers]:
    """The distance and its limit at each place."""
    chart, confidence, weight = asked
    if chart == "mewma":
        moved, part = weighted(means, found, weight, places.begin)
        high = mewma_limit(means.shape[1], weight, 1 / (1 - confidence))
        return distances(moved, found) / part, np.full(len(means), high)
    own, later = (limit(found, confidence, own=o) for o in (True, False))
    return distances(means, found), np.where(places.used, own, later)


def _answer(c: _Charted, confidence: float) -> MultivariateChart:
    out = c.values > c.upper * (1 + 1e-12)
    rows = weighted(c.means, c.found, c.weight, c.places.begin)[0] if c.chart == "mewma" else c.means
    parts = contributions(rows[out], c.found) if np.any(out) else np.empty((0, rows.shape[1]))
    most = dict(zip(np.flatnonzero(out).tolist(), parts.argmax(axis=1).tolist(), strict=True))
    points = tuple(_point(c, i, bool(out[i]), c.joined.names[most[i]] if i in most else "") for i in range(len(out)))
    told = tuple(_contributions(c, np.flatnonzero(out).tolist(), rows[out], parts))
    spread = np.sqrt(np.diag(c.found.covariance)).tolist()
    tests = zip(c.joined.names, c.joined.unit, c.found.center.tolist(), spread, strict=True)
    return MultivariateChart(
        c.chart,
        not bool(np.any(out)),
        int(out.sum()),
        len(out),
        "I" if bool(np.all(c.places.used)) else "II",
        1 / (1 - confidence),
        float(c.upper[-1]),
        points,
        told,
        tuple(Centered(*t) for t in tests),
        tuple(_remarks(c)),
    )


def _point(c: _Charted, i: int, signal: bool, most: str) -> Together:
    p = c.places
    return Together(
        i + 1,
        str(p.label[i]),
        int(p.since[i]),
        int(p.at[i]),
        int(p.size[i]),
        float(c.values[i]),
        float(c.upper[i]),
        signal,
        most,
        bool(p.used[i]),
        bool(p.gap[i]),
        str(p.units[i]),
    )


def _contributions(c: _Charted, places: Sequence[int], rows: Matrix, parts: Matrix) -> Iterator[Contribution]:
    for place, row, of in zip(places, rows.tolist(), parts.tolist(), strict=True):
        for j in sorted(range(len(of)), key=lambda j: -of[j]):
            yield Contribution(place + 1, c.joined.names[j], row[j], float(c.found.center[j]), of[j])


def _remarks(c: _Charted) -> Iterator[str]:
    if c.joined.left:
        yield f"{c.joined.left} units lack one of the tests and are left out"
    used, tests = int(c.places.used.sum()), len(c.joined.names)
    if used < 10 * tests:
        yield f"center and spread of {tests} tests rest on {used} points: 10 a test are the least to rely on"
    if c.chart == "mewma":
        yield "the limit is that of a known center and spread"
