"""Yield beside what machines did meanwhile: their numbers, settings, stops and losses, lot by lot or hour by hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...catalog import study
from ...errors import BadQuestion
from ...model import Calendar, Process, States, StopRules, Units
from ...model.measured import texts
from ...picture import Picture, lines
from ...units import SECOND, Moment, Parts, Ratio, Seconds
from .conditions import Exposed, conditions
from .exposed import Lost, Stay, lost, numbers, stays
from .factors import judged_by
from .picked import at_least, grouped, places
from .related import FEWEST, Groups, Related, of_losses, of_units, ranked

SURE = 0.05
"""The share of false findings among those that are called related."""


@dataclass(frozen=True, slots=True)
class Group:
    """One lot, wafer or stretch of time.

    Attributes
    ----------
    group
        Its name.
    since, until
        When its first and its last unit were tested.
    units
        Units.
    bad
        Bad ones.
    """

    group: str
    since: Moment
    until: Moment
    units: Parts
    bad: Parts

    @property
    def share(self) -> Ratio:
        """Yield: good over all."""
        return 1 - self.bad / self.units


@dataclass(frozen=True, slots=True)
class TestToMachine:
    """Yield beside what machines did.

    Attributes
    ----------
    units
        Units judged.
    bad
        Bad ones.
    groups
        Lots, wafers or stretches of time.
    related
        Numbers that go with the yield more than chance makes.
    conditions
        Conditions under which more units are bad than chance makes.
    top
        The least likely of both; "" where there is none.
    rows
        Numbers and losses of machines, the least likely first.
    exposed
        Conditions, the least likely first.
    periods
        The groups in order of time.
    losses
        What was lost on machines while groups were on them.
    notes
        What makes this unsure.
    """

    HEADLINE: ClassVar = ("units", "bad", "groups", "related", "conditions", "top")

    units: Parts
    bad: Parts
    groups: int
    related: int
    conditions: int
    top: str
    rows: tuple[Related, ...]
    exposed: tuple[Exposed, ...]
    periods: tuple[Group, ...]
    losses: tuple[Lost, ...]
    notes: tuple[str, ...]


def picture(answer: TestToMachine) -> Picture:
    """Yield over the groups, in order of time."""
    rows = [("yield", float(i + 1), g.share) for i, g in enumerate(answer.periods)]
    return lines("Yield, lot by lot or hour by hour", rows, x="group", y="yield")


@study(picture=picture)
def test_to_machine(
    units: Mapping[str, Units],
    processes: Mapping[str, Process],
    states: Mapping[str, States] | None = None,  # noqa: PT028 (a study of tests, and no test)
    calendars: Mapping[str, Calendar] | None = None,  # noqa: PT028
    rules: Mapping[str, StopRules] | None = None,  # noqa: PT028
    group: str = "lot",  # noqa: PT028
    every: Seconds = 600.0,  # noqa: PT028
    lag: Seconds = 0.0,  # noqa: PT028
    after: Seconds = 600.0,  # noqa: PT028
) -> TestToMachine:
    """Which signals, settings, stops and losses of machines go with bad units.

    Units are judged by their last test, at the machine that judges most. For each machine of the place the moment of
    each unit there is known where units were noted there (found again by lot, wafer and name), else taken as `lag`
    before the test. Each number of a machine is read at those moments, and its mean over a group set against the yield
    of the group by Spearman's rank correlation; so is the share of time lost in each class of the ledger while the
    group was there. For settings, states, orders and products, and for the time soon after a machine ran again, a 2 x 2
    table gives the odds and Fisher's exact chance. All are corrected for the many looks (Benjamini-Hochberg).

    A correlation is no cause: `of_changes` tells what only drifts along from what moves along.

    Use `commonality` instead for what was said of the units themselves, `what_moved` for a machine without units.

    Parameters
    ----------
    units
        Units as they were tested or processed at each machine of the place.
    processes
        What each machine did.
    states
        What each machine was doing, for stops and losses.
    calendars
        Shifts and breaks of each machine.
    rules
        Which loss each state and reason is.
    group
        What is compared: lot, wafer, time (stretches of `every`), or anything else that was said of the units.
    every
        The length of a stretch, and of the buckets in which machines are read.
    lag
        How long before their test units were at machines that do not note them.
    after
        So long after a machine ran again units are looked at apart.

    Returns
    -------
    TestToMachine
        What goes with bad units, ranked.

    Raises
    ------
    NoData
        No unit was judged.
    BadQuestion
        All units are bad, or none is, or they are all of one group.

    Examples
    --------
    Eight lots; the hotter the oven, the fewer pass:

    >>> rows = [(lot, i) for lot in range(8) for i in range(20)]
    >>> found = Units.of([lot * 100 + i for lot, i in rows], [f"{lot}-{i}" for lot, i in rows],
    ...                  lot=[f"L{lot}" for lot, _ in rows], passed=[i >= lot for lot, i in rows])
    >>> oven = Process.of([lot * 100 for lot in range(9)], {"heat": [200.0 + lot for lot in range(8)]})
    >>> answer = test_to_machine({"tester": found}, {"oven": oven})
    >>> answer.top, round(answer.rows[0].correlation, 6)
    ('oven heat', -1.0)

    References
    ----------
    C. Spearman: The Proof and Measurement of Association between Two Things. Am. J. Psychology 15 (1904), 72-101.
    Y. Benjamini, Y. Hochberg: Controlling the False Discovery Rate. J. R. Statist. Soc. B 57 (1995), 289-300.
    """
    for name, value in (("every", every), ("lag", lag), ("after", after)):
        at_least(name, value, 0)
    judge, judged = judged_by(units)
    groups = _groups(judged, group, every)
    found = stays(judge, judged, units, list(processes), lag)
    gone = [
        row
        for stay in found
        if (told := (states or {}).get(stay.machine)) is not None and len(told)
        for row in lost(stay, told, _paper(stay.machine, calendars, rules), (groups.code, groups.names))
    ]
    seen = [of_units((s.machine, n), v, groups) for s in found for n, v in numbers(s, processes[s.machine])]
    related = ranked([r for r in seen if r is not None] + of_losses(gone, groups))
    under = conditions(found, processes, states or {}, after, groups.bad)
    return TestToMachine(
        float(len(judged)),
        float(groups.bad.sum()),
        len(groups.names),
        sum(r.false_share < SURE for r in related),
        sum(e.false_share < SURE for e in under),
        _top(related, under),
        related,
        under,
        _periods(judged, groups),
        tuple(gone),
        _notes(groups, found, units),
    )


def _paper(
    machine: str, calendars: Mapping[str, Calendar] | None, rules: Mapping[str, StopRules] | None
) -> tuple[Calendar | None, StopRules | None]:
    return (calendars or {}).get(machine), (rules or {}).get(machine)


def _groups(judged: Units, group: str, every: float) -> Groups:
    """Groups in the order in which their first units were tested.

    Raises
    ------
    BadQuestion
        There is nothing to compare.
    """
    bad = np.asarray(judged.verdicts == 0)
    if not bad.any() or bad.all():
        raise BadQuestion(
            f"{'No unit is' if not bad.any() else 'All units are'} bad among {len(bad)}: there is nothing to compare. "
            "Ask over a longer time."
        )
    if group == "time":
        step = max(1, round(every * SECOND))
        starts = np.datetime_as_string((judged.at // step * step).astype("datetime64[us]"), unit="s")
        code, names = places(texts(f"{t}Z" for t in starts.tolist()))
    else:
        code, names = grouped(judged, group)
    if len(names) < 2:
        raise BadQuestion(f"All units are of one {group}: set `group` to time, or ask over a longer time.")
    share = 1 - np.bincount(code[bad], minlength=len(names)) / np.bincount(code)
    return Groups(code, names, share, bad)


def _periods(judged: Units, groups: Groups) -> tuple[Group, ...]:
    count = len(groups.names)
    first, last = np.full(count, np.iinfo(np.int64).max), np.full(count, -1, np.int64)
    np.minimum.at(first, groups.code, judged.at)
    np.maximum.at(last, groups.code, judged.at)
    units, bad = np.bincount(groups.code), np.bincount(groups.code[groups.bad], minlength=count)
    columns = (c.tolist() for c in (first, last + 1, units.astype(np.float64), bad.astype(np.float64)))
    return tuple(Group(*row) for row in zip(groups.names, *columns, strict=True))


def _top(related: tuple[Related, ...], under: tuple[Exposed, ...]) -> str:
    """The least likely finding of both kinds that is hardly a false one."""
    found = [(r.false_share, f"{r.machine} {r.name}") for r in related[:1]]
    found += [(e.false_share, f"{e.machine} {e.condition}") for e in under[:1]]
    share, name = min(found, default=(1.0, ""))
    return name if share < SURE else ""


def _notes(groups: Groups, found: list[Stay], units: Mapping[str, Units]) -> tuple[str, ...]:
    notes = []
    if len(groups.names) < FEWEST:
        notes.append(f"{len(groups.names)} groups are too few to set numbers against yield: {FEWEST} are needed")
    elif len(groups.names) < 2 * FEWEST:
        notes.append(f"with {len(groups.names)} groups only strong relations show")
    unsaid = [s.machine for s in found if s.machine not in units or not len(units[s.machine])]
    if unsaid:
        notes.append(f"{', '.join(unsaid)} does not note its units: they are taken for there at the time of their test")
    return tuple(notes)
