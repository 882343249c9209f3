"""Fills a report: figures and losses from the books, the rest from what was heard and from what people said."""

from __future__ import annotations

import getpass
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import add
from pathlib import Path

from ...errors import NoCalendar, NoData
from ...ledger import Closing, Draft, Figures, Total, Which, figures_together
from ...model import Loss
from ...plant import Plant
from ...plant.zones import local
from ...reading import ReadAhead, wide
from ...surfaces.report import Contents, Lost, Sums
from ...units import MINUTE
from ...watch import close, unclosed
from ...words import say
from ..opening import Andon, open_plant
from .about import SINGLE, About, alarms, notes, orders, remarks, stops
from .periods import Period, before, period_of
from .pictures import pictures

EARLIER = 8
"""Periods before this one that stand beside it."""
LONGEST = 12
"""Stops that are listed; so many that want a reason, too."""
FEW = 16
"""Of so many machines at most the series are held while a report of a day is made: its parts are made of the same."""
LATELY = 15 * MINUTE
"""A shift that ended longer ago is closed, or nothing was heard of it."""


def contents(
    folder: Path, at: str = "", *, since: str = "", until: str = "", last: str = "", language: str = ""
) -> Contents:
    """The report of a place on a stretch of time: its closed shifts, and those that run, up to now.

    Where the stretch is a shift, a production day or a week, the periods before are shifts, days or weeks, too.

    Raises
    ------
    NoData
        No shift lies in it, or nothing was heard of any.
    NoCalendar
        The plant has no shifts.
    """
    with open_plant(folder) as plant:
        if not plant.is_running:  # who runs the plant closes its shifts
            close(plant.plant, plant.history, plant.books, who=getpass.getuser())
        window, now = plant.window(at, since=since, until=until, last=last), time.time_ns() // 1000
        period = period_of(plant.plant, plant.plant.at(at), window, now)
        drafts = _unclosed(plant, at, period, now)
        return of_period(plant, at, period, language or plant.plant.language, drafts)


def of_period(plant: Andon, at: str, period: Period, language: str, running: Sequence[Draft] = ()) -> Contents:
    """The report of a place on one period; see `contents`."""
    about = _about(plant, at, period, language, running)
    whole, label = about.figures((), about.which)[0], _label(plant.plant, period)
    earlier = _earlier(about)
    closings = [c for c in plant.books.closings(about.which) if c.planned_operation]
    stopped, wanting = stops(about)
    window = period.window
    return Contents(
        plant=plant.plant.name,
        zone=plant.plant.zone,
        currency=plant.plant.currency,
        language=language,
        place=at,
        every=period.every,
        name=period.name,
        since=window.since,
        until=window.until,
        made_at=time.time_ns() // 1000,
        whole=_sums(about, about.which, whole, label),
        earlier=tuple(s for s, _ in earlier),
        mean=_mean(earlier, language),
        machines=_by_machine(about),
        losses=_losses(about, earlier),
        stops=tuple(stopped[:LONGEST]),
        nameless=tuple(wanting[:LONGEST]),
        nameless_count=len(wanting),
        nameless_time=sum(s.until - s.since for s in wanting),
        orders=orders(about),
        alarms=alarms(about),
        notes=notes(about),
        remarks=remarks(about),
        closings=_closings(closings),
        running=len(running),
        pictures=pictures(about, whole, [*((s.name, f) for s, (_, f) in earlier), (label, whole)]),
    )


def _about(plant: Andon, at: str, period: Period, language: str, running: Sequence[Draft]) -> About:
    machines = plant.plant.at(at)
    if not any(plant.plant.shifts.rules_for(m.path) for m in machines):
        raise NoCalendar(
            f"{at or plant.plant.name} has no shifts, so there is nothing to report on. Describe them in plant.toml: "
            "[[shift]]."
        )
    found = {f.key[0] for f in figures_together(plant.books, ("machine",), period.which, running)}
    if not found:
        raise NoData(
            f"{at or plant.plant.name} had no shift in this time, or nothing was heard of it. Ask for 'last shift', "
            "'yesterday', 'last week'."
        )
    short = period.window.duration <= SINGLE and len(machines) <= FEW
    history = ReadAhead.of(plant.history, machines, wide(period.window)) if short else plant.history
    here = tuple(m for m in machines if m.path in found)
    return About(plant, at, period, here, language, history, tuple(running))


def _unclosed(plant: Andon, at: str, period: Period, now: int) -> list[Draft]:
    """The shifts of a period that run, or ended so lately that they are not in the books yet."""
    if period.window.until < now - LATELY:
        return []
    machines, which = plant.plant.at(at), period.which
    drafts = unclosed(plant.plant, plant.history, plant.books, machines=machines, window=period.window, now=now)
    return [
        (c, entries)
        for c, entries in drafts
        if c.window.until > now - LATELY and which.day in (None, c.day) and which.shift in (None, c.shift)
    ]


def _sums(about: About, which: Which, figures: Figures, name: str) -> Sums:
    worst = next((t for t in about.totals(("loss",), which) if t.key[0] != Loss.PRODUCTIVE), None)
    return Sums(
        name=name,
        shifts=figures.shifts,
        oee=figures.oee,
        availability=figures.availability,
        effectiveness=figures.effectiveness,
        quality=figures.quality,
        coverage=figures.coverage,
        oee_of_known=figures.oee_of_known,
        rated_share=figures.rated_share,
        made=figures.made,
        good=figures.good,
        rejects=figures.rejects,
        planned_busy=figures.planned_busy,
        production=figures.production,
        unknown=figures.unknown,
        worst=worst.key[0] if worst and worst.micros > 0 else "",
        worst_time=worst.micros if worst else 0,
    )


def _by_machine(about: About) -> tuple[Sums, ...]:
    found = {f.key[0]: f for f in about.figures(("machine",), about.which)}
    return tuple(_sums(about, replace(about.which, at=(p,)), found[p], p) for p in about.paths)


Before = tuple[Sums, tuple[Period, Figures]]


def _earlier(about: About) -> list[Before]:
    """The periods before of the same machines that have closed shifts."""
    plant = about.plant.plant
    found: list[Before] = []
    for period in before(plant, about.machines, about.period, EARLIER):
        which = replace(period.which, at=about.paths)
        for figures in about.figures((), which):
            found.append((_sums(about, which, figures, _label(plant, period)), (period, figures)))
    return found


def _mean(earlier: Sequence[Before], language: str) -> Sums | None:
    if not earlier:
        return None
    figures = reduce(add, (f for _, (_, f) in earlier))
    shown = {n: getattr(figures, n) for n in Sums.__slots__ if n not in ("name", "worst", "worst_time")}
    return Sums(name=say("together", language), **shown)


def _label(plant: Plant, period: Period) -> str:
    """The name of a period; that of any other stretch is when it began and ended."""
    if period.name:
        return period.name
    since, until = (local(t, plant.zone) for t in (period.window.since, period.window.until))
    return f"{since:%Y-%m-%d %H:%M} – {until:%Y-%m-%d %H:%M}"


def _losses(about: About, earlier: Sequence[Before]) -> tuple[Lost, ...]:
    """Classes of loss by time, what was productive last; beside each its share in the periods before."""
    planned = sum(f.planned_busy for _, (_, f) in earlier)
    was: dict[str, int] = {}
    for _, (period, _) in earlier:
        for t in about.totals(("loss",), replace(period.which, at=about.paths)):
            was[t.key[0]] = was.get(t.key[0], 0) + t.micros
    rows = sorted(about.totals(("loss",), about.which), key=lambda t: (t.key[0] == Loss.PRODUCTIVE, -t.micros))
    return tuple(_lost(t, was.get(t.key[0], 0) / planned if planned else None) for t in rows)


def _lost(t: Total, share_before: float | None) -> Lost:
    return Lost(
        loss=t.key[0],
        time=t.micros,
        share=t.share,
        before=share_before,
        parts=t.parts,
        kwh=t.kwh,
        kgco2e=t.kgco2e,
        money=t.money,
    )


def _closings(closings: Sequence[Closing]) -> tuple[int, int, int]:
    again = sum(c.version > 1 for c in closings)
    return len(closings), max((c.posted_at for c in closings), default=0), again
