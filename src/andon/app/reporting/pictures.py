"""The pictures of a report: where time went, why machines stood, how the periods before were, what held when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from ...ledger import Figures
from ...model import Loss
from ...picture import Picture, bars, pareto, timeline, waterfall
from ...studies.production.states import StateTimes, visible
from ...units import HOUR, MINUTE
from ...words import say
from .about import SINGLE, About

LONG = 100 * HOUR
"""From so much planned time on the pictures are in hours."""
LIMIT = 10
"""Reasons that are told apart."""
PIXELS = 160
"""Of a machine's timeline: what is shorter than this part of it stands together under the longest."""


def pictures(about: About, whole: Figures, earlier: Sequence[tuple[str, Figures]]) -> Mapping[str, Picture]:
    """The pictures of a report by name; those that have nothing to show are left out.

    `earlier` are the figures of the periods before and of this one, each with its name, the earliest first.
    """
    unit, size = ("h", HOUR) if whole.planned_busy > LONG else ("min", MINUTE)
    found = {
        "waterfall": _waterfall(about, whole, unit, size),
        "reasons": _reasons(about, unit, size),
        "earlier": _earlier(earlier),
        "timeline": _timeline(about),
    }
    return {name: picture for name, picture in found.items() if picture is not None}


def _waterfall(about: About, whole: Figures, unit: str, size: int) -> Picture:
    totals = about.totals(("loss",), about.which)
    rows = [(t.key[0], t.micros / size) for t in totals if t.key[0] != Loss.PRODUCTIVE and t.micros]
    return waterfall("Where planned time went", [("planned busy time", whole.planned_busy / size), *rows], unit)


def _reasons(about: About, unit: str, size: int) -> Picture | None:
    """Lost time by reason; where nobody gave one, by class of loss."""
    texts, amounts = about.plant.plant.reason_texts, dict[str, float]()
    for t in about.totals(("loss", "reason"), about.which):
        loss, code = t.key
        if loss == Loss.PRODUCTIVE or t.micros <= 0:
            continue
        text = texts.get(code, {}).get(about.language, code) if code else _nameless(loss, about.language)
        amounts[text] = amounts.get(text, 0.0) + t.micros / size
    return pareto("Lost time by reason", amounts.items(), unit, limit=LIMIT) if amounts else None


def _nameless(loss: str, language: str) -> str:
    """A class of loss of which nobody said why; a breakdown ought to have a reason."""
    if loss == Loss.BREAKDOWN:
        return say("breakdown, no reason given", language)
    return say(loss, language)


def _earlier(rows: Sequence[tuple[str, Figures]]) -> Picture | None:
    """OEE of the periods before and of this one, the earliest first."""
    known = [(name, "OEE", f.oee * 100) for name, f in rows if f.oee is not None]
    return bars("OEE, this period and those before", known, "%") if len(known) > 1 else None


def _timeline(about: About) -> Picture | None:
    """What each machine was doing; not for a long stretch, of which a printed line cannot show it."""
    if about.period.window.duration > SINGLE:
        return None
    asked = about.ask("states")
    if asked is None:
        return None
    spells = {p.key[0][1]: cast(StateTimes, p.answer).spells for p in asked.pieces}
    boxes = [(m, *box) for m in about.paths if m in spells for box in visible(spells[m], PIXELS)]
    return timeline("What the machines were doing", boxes) if boxes else None
