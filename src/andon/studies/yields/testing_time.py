"""Where the time of a tester goes: testing, indexing, waiting for the slowest site, testing again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...catalog import study
from ...errors import NoData
from ...model import NO_SITE, Measurements, Numbers, StopRules, Units
from ...picture import Picture, bars
from ...units import HOUR, SECOND, Money, Parts, Ratio, Seconds
from .picked import Codes, at_least
from .stages import Ended, ended
from .touchdowns import Touchdowns, touchdowns

ENOUGH = 5
"""Touchdowns of a size that are needed to tell how long those take."""


@dataclass(frozen=True, slots=True)
class SiteTime:
    """One site.

    Attributes
    ----------
    site
        Its number, "" where there are no sites.
    units
        Units tested on it.
    median
        Half of them took less.
    slow
        One in twenty took longer.
    passed
        Median of those that passed; None where none did.
    failed
        Median of those that failed; None where none did.
    last
        Touchdowns of several units in which this site was the slowest.
    waited
        Time that its units were done and waited for the slowest site.
    """

    site: str
    units: Parts
    median: Seconds
    slow: Seconds
    passed: Seconds | None
    failed: Seconds | None
    last: Parts
    waited: Seconds


@dataclass(frozen=True, slots=True)
class SizeTime:
    """Touchdowns on so many sites.

    Attributes
    ----------
    sites
        Sites that were active.
    touchdowns
        Touchdowns.
    median
        Half of them took less.
    """

    sites: int
    touchdowns: Parts
    median: Seconds


@dataclass(frozen=True, slots=True)
class TestTime:
    """Where the time of a tester goes.

    Attributes
    ----------
    tests
        Units tested, each time counted.
    touchdowns
        Touchdowns.
    sites
        Sites at most in one touchdown.
    testing
        Time of all touchdowns.
    indexing
        Time between touchdowns of the same wafer (or lot), pauses left out.
    paused
        Longer times between them: stops, not indexing.
    again
        Touchdown time of units that were tested before, each touchdown by the share of such units in it.
    again_cost
        The same at the value of an hour of the tester; None where that is not known.
    median_touchdown
        Half of the touchdowns took less.
    median_index
        Half of the index times were less; None where none is known.
    waiting
        Site time in which a unit was done and waited for the slowest of its touchdown.
    efficiency
        Multi-site efficiency 1 - (TN - T1) / ((N - 1) T1) of N against 1 site; None without touchdowns of one site.
    rows
        One row a site.
    sizes
        One row for each number of sites that were active at once.
    ended
        The tests after which units were not tested further, and what that saved.
    notes
        What could not be told, and why.
    """

    HEADLINE: ClassVar = (
        "tests",
        "units_an_hour",
        "median_touchdown",
        "median_index",
        "efficiency",
        "used",
        "again_share",
        "again_cost",
    )

    tests: Parts
    touchdowns: Parts
    sites: int
    testing: Seconds
    indexing: Seconds
    paused: Seconds
    again: Seconds
    again_cost: Money | None
    median_touchdown: Seconds
    median_index: Seconds | None
    waiting: Seconds
    efficiency: Ratio | None
    rows: tuple[SiteTime, ...]
    sizes: tuple[SizeTime, ...]
    ended: tuple[Ended, ...]
    notes: tuple[str, ...]

    @property
    def units_an_hour(self) -> Parts | None:
        """Units tested in an hour of testing and indexing."""
        busy = self.testing + self.indexing
        return self.tests / busy * HOUR / SECOND if busy else None

    @property
    def used(self) -> Ratio | None:
        """Sites that were active, over sites there are, mean of the touchdowns."""
        return self.tests / (self.touchdowns * self.sites) if self.touchdowns and self.sites else None

    @property
    def again_share(self) -> Ratio | None:
        """Time for testing again over all touchdown time."""
        return self.again / self.testing if self.testing else None


def picture(answer: TestTime) -> Picture:
    """Where the tester's time went."""
    rows = [
        ("tester", name, seconds)
        for name, seconds in (
            ("first tests", answer.testing - answer.again),
            ("tests again", answer.again),
            ("indexing", answer.indexing),
            ("pauses", answer.paused),
        )
    ]
    return bars("Where test time went", rows, "s")


@study(picture=picture)
def test_time(
    units: Units,
    measurements: Measurements | None = None,  # noqa: PT028 (a study of tests, and no test)
    rules: StopRules | None = None,  # noqa: PT028
    pause: Seconds = 60.0,  # noqa: PT028
) -> TestTime:
    """Where a tester's time goes: sites, touchdowns, indexing, testing again.

    Units tested at once on different sites are a touchdown; it takes as long as its slowest site. The time to the next
    touchdown of the same wafer or lot is index time, unless it is a pause. Multi-site efficiency compares touchdowns of
    all sites with those of one: 1 means that more sites take no longer, 0 that they take as long as one after another.

    Use `states` instead for what the tester did between lots.

    Parameters
    ----------
    units
        Units as they were tested, with the length of their tests and their sites.
    measurements
        What was measured, to tell after which test units ended.
    rules
        The value of an hour, for what testing again costs.
    pause
        Times between touchdowns that are longer than this are no index times.

    Returns
    -------
    TestTime
        Times, and rows by site, by number of sites and by the test that ended a unit.

    Raises
    ------
    NoData
        No unit says how long its test took.

    Examples
    --------
    Two sites, 4 s a touchdown, 1 s of indexing:

    >>> ends = [4, 4, 9, 9, 14, 14]
    >>> found = Units.of([e * SECOND for e in ends], "abcdef", site=[0, 1] * 3, seconds=[4.0, 3.0] * 3)
    >>> answer = test_time(found)
    >>> answer.touchdowns, answer.median_touchdown, answer.median_index, round(answer.units_an_hour), answer.waiting
    (3.0, 4.0, 1.0, 1543, 3.0)

    References
    ----------
    International Technology Roadmap for Semiconductors, 2013 edition, Test and Test Equipment: multi-site efficiency.
    """
    at_least("pause", pause, 0)
    known = np.isfinite(units.seconds)
    if not known.any():
        raise NoData("Test times are not known: no `seconds` were stored with the units.")
    down = touchdowns(units)
    seconds = down.seconds
    timed = np.isfinite(seconds)
    gaps = down.index[down.index >= 0] / SECOND
    index = gaps[gaps <= pause]
    again = _again(units, down, seconds)
    value = rules.hour_value if rules is not None else None
    waits = np.where(known, _waits(units, down), 0.0)
    sizes = _sizes(down.sites[timed], seconds[timed])
    return TestTime(
        float(len(units)),
        float(len(seconds)),
        int(down.sites.max()),
        float(seconds[timed].sum()),
        float(index.sum()),
        float(gaps[gaps > pause].sum()),
        again,
        None if value is None else again * SECOND / HOUR * value,
        float(np.median(seconds[timed])),
        float(np.median(index)) if len(index) else None,
        float(waits.sum()),
        _efficiency(sizes),
        _sites(units, down, waits),
        sizes,
        ended(measurements) if measurements is not None and len(measurements) else (),
        _notes(units, known, sizes),
    )


def _again(units: Units, down: Touchdowns, seconds: Numbers) -> float:
    """Touchdown time by the share of its units that were tested before."""
    repeated = np.bincount(down.of, units.attempt > 0, minlength=len(seconds))
    return float(np.nansum(seconds * repeated / down.sites))


def _waits(units: Units, down: Touchdowns) -> Numbers:
    """How long each unit waited for the slowest one of its touchdown: they begin together."""
    slowest = np.zeros(len(down.end))
    np.maximum.at(slowest, down.of, np.nan_to_num(units.seconds))
    return np.asarray(slowest[down.of] - units.seconds)


def _sites(units: Units, down: Touchdowns, waits: Numbers) -> tuple[SiteTime, ...]:
    slowest = np.isfinite(units.seconds) & (waits <= 0) & (down.sites[down.of] > 1)
    rows = []
    for site in np.unique(units.site).tolist():
        here = (units.site == site) & np.isfinite(units.seconds)
        if not here.any():
            continue
        took = units.seconds[here]
        passed, failed = (took[units.verdicts[here] == verdict] for verdict in (1, 0))
        rows.append(
            SiteTime(
                "" if site == NO_SITE else str(site),
                float(len(took)),
                float(np.median(took)),
                float(np.quantile(took, 0.95)),
                float(np.median(passed)) if len(passed) else None,
                float(np.median(failed)) if len(failed) else None,
                float((slowest & here).sum()),
                float(waits[here].sum()),
            )
        )
    return tuple(rows)


def _sizes(sites: Codes, seconds: Numbers) -> tuple[SizeTime, ...]:
    return tuple(
        SizeTime(n, float((sites == n).sum()), float(np.median(seconds[sites == n])))
        for n in np.unique(sites).astype(int).tolist()
    )


def _efficiency(sizes: tuple[SizeTime, ...]) -> float | None:
    """Of the most sites against one, where there are enough touchdowns of both."""
    full = [s for s in sizes if s.touchdowns >= ENOUGH]
    if len(full) < 2 or full[0].sites != 1 or full[0].median <= 0:
        return None
    one, many = full[0], full[-1]
    return 1 - (many.median - one.median) / ((many.sites - 1) * one.median)


def _notes(units: Units, known: np.ndarray, sizes: tuple[SizeTime, ...]) -> tuple[str, ...]:
    found = []
    if not known.all():
        found.append(f"{int((~known).sum())} units do not say how long their test took")
    if (units.site == NO_SITE).all():
        found.append("units have no sites: each is taken for a touchdown of its own")
    elif _efficiency(sizes) is None:
        found.append(f"multi-site efficiency needs at least {ENOUGH} touchdowns on one site and as many on several")
    return tuple(found)
