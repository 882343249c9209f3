"""Where time went: the ledger with the running shifts in it, added up by anything, down to single stops."""

from __future__ import annotations

import getpass
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from ..answer import Plain
from ..errors import UnknownName
from ..ledger import Draft, Entry, Figures, Total, Which, entries_together, figures_together, totals_together
from ..ledger.rank import OF_SHIFTS
from ..model import Loss, Window
from ..plant import Machine
from ..plant.zones import instant, local
from ..units import HOUR, SECOND
from ..watch import close, unclosed
from .opening import Andon, open_plant

Row = dict[str, Plain]
RATIOS = ("oee", "availability", "effectiveness", "quality", "coverage")
SUMS = ("planned_operation", "planned_down", "planned_busy", "production", "setup", "delay", "down", "unknown")
COUNTS = ("made", "good", "rejects", "rework", "unsorted")
CLASSES = tuple(x.value for x in Loss)
HALF_A_DAY = 12 * HOUR
AGE = 10 * SECOND
"""So old may be what a running shift is said to have lost so far."""
WEEK = 14 * HALF_A_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Which losses are meant: of a place and a window; whatever else is None is not asked for.

    `losses` are classes; no class means every loss, and productive time only where losses are told apart.
    """

    at: str = ""
    since: str = ""
    until: str = ""
    last: str = ""
    losses: tuple[str, ...] = ()
    reason: str | None = None
    shift: str | None = None
    day: str | None = None
    order: str | None = None
    product: str | None = None


@dataclass(frozen=True, slots=True)
class _Opened:
    """An opened plant with what is asked of it: the window, the machines, and their shifts that are not closed."""

    plant: Andon
    window: Window
    machines: tuple[Machine, ...]
    which: Which
    drafts: tuple[Draft, ...]
    now: int


def lost(folder: Path, asking: Asking, by: Sequence[str] = ("loss",)) -> Row:
    """Losses added up, with the figures of the shifts they lie in; running shifts count up to now.

    Parameters
    ----------
    folder
        The plant folder.
    asking
        Which losses are meant.
    by
        What they are added up by, each in a table of its own: `loss`, `machine,loss`, `day`...

    Returns
    -------
    dict
        `since`, `until` (microseconds), the window `before` and `after` of the same kind, `figures` of all shifts
        (times in microseconds, calendar time first), `shifts` closed and `running`, and `tables`: the rows by each of
        `by`, the most time first; where it tells only places or times apart, each has the figures of its shifts.
    """
    with open_plant(folder) as plant:
        opened = _opened(plant, asking)
        every = figures_together(plant.books, (), _of_shifts(opened.which), opened.drafts)
        return {
            **_about(opened),
            "figures": {"calendar": _calendar_time(opened), **_figures(every[0] if every else None)},
            "tables": {one: _table(opened, tuple(g for g in one.replace(" ", "").split(",") if g)) for one in by},
        }


def lost_stops(folder: Path, asking: Asking, *, sort: str = "length", limit: int = 200, offset: int = 0) -> Row:
    """The single stretches that losses are the sum of: the longest first, or in order of time.

    A stretch of speed losses, defects or productive time is one in which the machine ran.
    """
    if sort not in ("length", "time"):
        raise UnknownName("order of stops:", sort, ("length", "time"))
    with open_plant(folder) as plant:
        opened = _opened(plant, asking)
        which = opened.which if opened.which.losses else replace(opened.which, losses=_real())
        stops = [
            (since, until, e)
            for e in entries_together(plant.books, which, opened.drafts)
            for since, until in e.evidence.spells
        ]
        stops.sort(key=lambda s: s[0] if sort == "time" else s[0] - s[1])
        rows: list[Plain] = [_stop(*s) for s in stops[offset : offset + limit]]
        return {**_about(opened), "total": len(stops), "rows": rows}


def _table(opened: _Opened, groups: Sequence[str]) -> list[Plain]:
    which, books = opened.which, opened.plant.books
    wanted = which if which.losses or "loss" in groups else replace(which, losses=_real())
    rows = [_row(groups, t) for t in totals_together(books, groups, wanted, opened.drafts)]
    if groups and set(groups) <= set(OF_SHIFTS):
        rows = _with_figures(rows, groups, figures_together(books, groups, _of_shifts(which), opened.drafts))
    return list(rows)


def _opened(plant: Andon, asking: Asking) -> _Opened:
    window, now = plant.window(asking.at, since=asking.since, until=asking.until, last=asking.last), _now()
    machines = tuple(plant.plant.at(asking.at))
    if not plant.is_running:  # who runs the plant closes its shifts
        close(plant.plant, plant.history, plant.books, who=getpass.getuser())
    which = Which(
        at=tuple(m.path for m in machines),
        window=window,
        losses=_classes(asking.losses),
        reason=asking.reason,
        shift=asking.shift,
        day=asking.day,
        order=asking.order,
        product=asking.product,
    )
    return _Opened(plant, window, machines, which, _SO_FAR.of(plant, machines, window, now), now)


@dataclass(slots=True)
class _SoFar:
    """What running shifts say, worked out once for the several questions that a page asks at a time."""

    lock: threading.Lock
    key: tuple[object, ...] = ()
    at: int = 0
    drafts: tuple[Draft, ...] = ()

    def of(self, plant: Andon, machines: Sequence[Machine], window: Window, now: int) -> tuple[Draft, ...]:
        """The shifts that are not closed, up to `now` or some seconds before; never older than what people changed."""
        paths = tuple(m.path for m in machines)
        wide = Window(window.since // HOUR * HOUR, window.until)  # `30 d` begins a little later at every question
        until = window.until if window.until < now - AGE else 0
        key = (plant.folder, plant.plant.digest, plant.history.last_number("acts"), paths, wide.since, until)
        with self.lock:
            if key != self.key or not 0 <= now - self.at < AGE:
                found = unclosed(plant.plant, plant.history, plant.books, machines=machines, window=wide, now=now)
                self.key, self.at, self.drafts = key, now, tuple(found)
            drafts = self.drafts
        if not drafts:
            return ()
        closed = {c.key for c in plant.books.closings(Which(at=paths, window=window))}
        return tuple(d for d in drafts if d[0].window.since in window and d[0].key not in closed)


_SO_FAR = _SoFar(threading.Lock())


def _classes(said: Sequence[str]) -> tuple[Loss, ...]:
    for name in said:
        if name not in CLASSES:
            raise UnknownName("loss", name, CLASSES)
    return tuple(Loss(name) for name in said)


def _real() -> tuple[Loss, ...]:
    return tuple(x for x in Loss if x is not Loss.PRODUCTIVE)


def _of_shifts(which: Which) -> Which:
    return Which(at=which.at, window=which.window, shift=which.shift, day=which.day)


def _about(opened: _Opened) -> Row:
    plant, window = opened.plant, opened.window
    before, after = _beside(window, plant.plant.zone)
    closed = plant.books.figures((), _of_shifts(opened.which))
    running = [c for c, _ in opened.drafts if _in(opened.which, c.day, c.shift)]
    return {
        "since": window.since,
        "until": window.until,
        "before": {"since": before.since, "until": before.until},
        "after": {"since": after.since, "until": after.until},
        "currency": plant.plant.currency,
        "shifts": sum(f.shifts for f in closed),
        "running": len(running),
        "digest": plant.plant.digest,
    }


def _in(which: Which, day: str, shift: str) -> bool:
    return (which.day is None or which.day == day) and (which.shift is None or which.shift == shift)


def _row(groups: Sequence[str], t: Total) -> Row:
    return {
        **dict(zip(groups, t.key, strict=True)),
        "micros": t.micros,
        "share": t.share,
        "parts": t.parts,
        "kwh": t.kwh,
        "kgco2e": t.kgco2e,
        "money": t.money,
        "unpriced": t.unpriced,
        "entries": t.entries,
        "coverage": t.coverage,
    }


def _with_figures(rows: Sequence[Row], groups: Sequence[str], figures: Sequence[Figures]) -> list[Row]:
    """The rows with the figures of their shifts, and a row for shifts in which nothing was lost."""
    said = {tuple(str(r[g]) for g in groups): r for r in rows}
    blank: Row = {
        "micros": 0,
        "unpriced": 0,
        "entries": 0,
        **dict.fromkeys(("share", "parts", "kwh", "kgco2e", "money")),
    }
    return [{**dict(zip(groups, f.key, strict=True)), **blank, **said.get(f.key, {}), **_figures(f)} for f in figures]


def _figures(f: Figures | None) -> Row:
    if f is None:
        return dict.fromkeys((*RATIOS, *SUMS, *COUNTS, "rated"))
    return {name: getattr(f, name) for name in (*RATIOS, *SUMS, *COUNTS, "rated")}


def _stop(since: int, until: int, e: Entry) -> Row:
    return {
        "machine": e.machine,
        "since": since,
        "until": until,
        "loss": e.loss.value,
        "element": e.element.value if e.element else None,
        "reason": e.reason,
        "product": e.product,
        "order": e.order,
        "day": e.day,
        "shift": e.shift,
        "entry": e.id,
        "coverage": e.coverage,
    }


def _calendar_time(opened: _Opened) -> int | None:
    """All time of the machines from the first to the last shift that counts, so that shifts are in it wholly."""
    which = opened.which
    if which.shift is not None or which.day is not None:
        return None
    return sum(_stretch(opened, m) for m in opened.machines)


def _stretch(opened: _Opened, machine: Machine) -> int:
    window, now = opened.window, opened.now
    shifts = opened.plant.plant.shifts.calendar(window, machine.path).shifts
    before = [s.window.until for s in shifts if s.window.since < window.since]
    inside = [s.window.until for s in shifts if window.since <= s.window.since < window.until]
    since = min(max([window.since, *before]), window.until)
    return max(0, min(max([window.until, *inside]), max(now, window.until)) - since)


def _beside(window: Window, zone: str) -> tuple[Window, Window]:
    """The stretches of the same kind before and after.

    Up to half a day (a shift) they touch the window. Longer ones are as many local days away as the window has, whole
    weeks where it does not begin and end at the same time of day, so that weekdays are compared with weekdays.
    """
    since, until = local(window.since, zone), local(window.until, zone)
    days = (until.date() - since.date()).days
    if window.duration <= HALF_A_DAY:
        return _moved(window, -window.duration), _moved(window, window.duration)
    if since.time() != until.time():
        days = 1 if window.duration <= 2 * HALF_A_DAY else -(-window.duration // WEEK) * 7
    before, after = (
        Window(*(instant(zone, at.date() + timedelta(days * way), at.time()) for at in (since, until)))
        for way in (-1, 1)
    )
    return before, after


def _moved(window: Window, by: int) -> Window:
    return Window(window.since + by, window.until + by)


def _now() -> int:
    return time.time_ns() // 1000
