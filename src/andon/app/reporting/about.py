"""What a report says beside the figures: stops, orders, alarms, notes, and what is remarkable."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from ...answer import Asked, Plain
from ...ask import Question, ask, can_answer
from ...catalog import find
from ...errors import NoData
from ...ledger import Draft, Figures, Total, Which, figures_together, totals_together
from ...model import moment
from ...plant import Machine
from ...reading import EVERYWHERE, History
from ...studies.production.oee import Oee
from ...surfaces.report import Note, Order, Raised, Stop
from ...units import HOUR
from ...words import told
from .. import alarming, stopping
from ..opening import Andon
from .periods import Period

MANY = 40
"""Alarms and notes that are listed."""
SINGLE = 36 * HOUR
"""Single orders are shown of no longer stretch than of this."""
STRETCH = 31 * 24 * HOUR
"""Stops are looked through for no longer than this."""
Row = dict[str, Plain]


@dataclass(frozen=True, slots=True)
class About:
    """A plant with the period of a place that is reported on, and the machines that have shifts in it.

    `running` are shifts that are not closed, as they are up to now; of `history` is known already what several parts of
    a report are made of, where that is little.
    """

    plant: Andon
    place: str
    period: Period
    machines: tuple[Machine, ...]
    language: str
    history: History
    running: tuple[Draft, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(m.path for m in self.machines)

    @property
    def which(self) -> Which:
        """Its entries in the books."""
        return replace(self.period.which, at=self.paths)

    def figures(self, by: Sequence[str], which: Which) -> list[Figures]:
        """The figures of the shifts that are meant, added up."""
        return figures_together(self.plant.books, by, which, self.running)

    def totals(self, by: Sequence[str], which: Which) -> list[Total]:
        """Their time by loss, reason, machine..., added up."""
        return totals_together(self.plant.books, by, which, self.running)

    def ask(self, study: str) -> Asked | None:
        """A study of each machine here that can answer it; None where none can, or nothing was heard."""
        plant = self.plant.plant
        if all(can_answer(find(study), m, plant) for m in plant.at(self.place)):
            return None
        try:
            return ask(Question(study, self.place, self.period.window, ("machine",), {}), plant, self.history)
        except NoData:
            return None

    @property
    def since(self) -> str:
        """When it begins, as questions are asked."""
        return moment(self.period.window.since).isoformat()

    @property
    def until(self) -> str:
        """When it ends, as questions are asked."""
        return moment(self.period.window.until).isoformat()


def stops(about: About) -> tuple[list[Stop], list[Stop]]:
    """The stops in planned time that are no minor ones, the longest first; and those of them that want a reason."""
    if about.period.window.duration > STRETCH:
        return [], []
    rows = stopping.stops_in(about.plant.plant, about.history, about.machines, about.period.window)
    kept = [r for r in rows if r["planned"] and not r["minor"] and r["element"] != "planned_down"]
    made = sorted(((_stop(about, r), r) for r in kept), key=lambda s: s[0].since - s[0].until)
    return [s for s, _ in made], [s for s, r in made if r["needs_reason"]]


def _stop(about: About, row: Row) -> Stop:
    window, texts, code = about.period.window, about.plant.plant.reason_texts, str(row["reason"])
    return Stop(
        machine=str(row["machine"]),
        since=max(_int(row["since"]), window.since),
        until=min(_int(row["until"]), window.until),
        state=str(row["state"]),
        reason=texts.get(code, {}).get(about.language, code),
        why=str(row["why"]),
        who=str(row["who"]),
    )


def orders(about: About) -> tuple[Order, ...]:
    """The orders that were worked on or planned, in order of machine and time; none for a long stretch."""
    if about.period.window.duration > SINGLE:
        return ()
    titles = {name: p.title or name for name, p in about.plant.plant.products.items()}
    rows = [r for r in _asked(about, "orders") if r["machine"] in about.paths]
    return tuple(
        Order(
            machine=str(r["machine"]),
            order=str(r["order"]),
            product=titles.get(str(r["product"]), str(r["product"])),
            status=str(r["status"]),
            planned=_number(r["planned"]),
            made=_number(r["made"]),
            good=_number(r["good"]),
            since=_moment(r["since"]),
            until=_moment(r["until"]),
        )
        for r in rows
    )


def _asked(about: About, study: str) -> list[Row]:
    asked = about.ask(study)
    return asked.table("rows") if asked else []


def alarms(about: About) -> tuple[Raised, ...]:
    """The alarms that were on, the most urgent first."""
    rows = alarming.alarms(about.plant.folder, about.place, since=about.since, until=about.until)
    places = {*about.paths, *(s.source for m in about.machines for s in m.signals.values())}
    key = "message_zh" if about.language == "zh" else "message"
    found = [
        Raised(
            priority=str(r["priority"]),
            place=str(r["place"]),
            alarm=str(r["alarm"]),
            text=str(r[key]),
            state=str(r["state"]),
            since=_int(r["since"]),
            until=_moment(r["until"]),
        )
        for r in rows
        if r["place"] in places
    ]
    return tuple(found[:MANY])


def notes(about: About) -> tuple[Note, ...]:
    """What people wanted to be remembered, the oldest first."""
    rows = about.history.spell_rows("note", EVERYWHERE, about.period.window).to_pylist()
    found = [
        Note(at=r["since"], machine=r["place"], text=r["text"], who=_who(r["detail"]))
        for r in rows
        if r["place"] in about.paths
    ]
    return tuple(sorted(found, key=lambda n: n.at)[-MANY:])


def _who(detail: object) -> str:
    said = json.loads(detail) if isinstance(detail, str) and detail else {}
    return str(said.get("who", "")) if isinstance(said, dict) else ""


def remarks(about: About) -> tuple[str, ...]:
    """What the study `oee` finds wrong or remarkable at a machine, and machines that it leaves out."""
    if about.period.window.duration > STRETCH:
        return ()
    asked = about.ask("oee")
    if asked is None:
        return ()
    flags = [(p.key[0][1], flag) for p in asked.pieces for flag in cast(Oee, p.answer).flags]
    left_out = [*asked.evidence.left_out]
    return tuple(
        f"{machine}: {told(text, about.language)}" for machine, text in (*flags, *left_out) if machine in about.paths
    )


def _number(value: Plain) -> float | None:
    return value if isinstance(value, int | float) else None


def _moment(value: Plain) -> int | None:
    return value if isinstance(value, int) else None


def _int(value: Plain) -> int:
    return int(str(value))
