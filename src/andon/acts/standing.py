"""Standing questions: a study that is asked again whenever a shift closes, and the alarm it may raise."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields

from ..catalog import Study, figures, find
from ..errors import BadInput, BadQuestion, UnknownName
from ..model import Window
from ..plant import Plant
from ..plant.alarms import PRIORITIES
from ..reading import EVERYWHERE, History, told
from ..settings import checked
from .register import Desk, Done, may

STANDING = "standing"
"""The kind of spell that keeps them."""
EVERY = ("shift", "day")
SIDES = ("below", "above")
ALWAYS = Window(0, 1 << 62)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A question that stands: what is asked, of which place, how often, and when its answer is an alarm.

    `number` is that of the act that began it, `since` when (microseconds); `limit` None: no alarm. `unit` is the UCUM
    code of the figure that is watched.
    """

    number: int
    name: str
    study: str
    at: str
    every: str
    settings: Mapping[str, object]
    figure: str
    side: str
    limit: float | None
    priority: str
    unit: str
    who: str
    since: int


def standing(history: History) -> list[Standing]:
    """All questions that stand, the oldest first."""
    return [q for q, stands in questions(history) if stands]


def questions(history: History) -> list[tuple[Standing, bool]]:
    """All questions that were ever put, the oldest first, each with whether it stands."""
    found: dict[int, Standing] = {}
    over: set[int] = set()
    known = {f.name for f in fields(Standing)}
    for row in told(history, STANDING, EVERYWHERE, ALWAYS):
        if "over" in row.detail:
            over.add(int(str(row.detail["over"])))
            continue
        said = {k: v for k, v in row.detail.items() if k in known}
        number = int(str(row.detail["act"]))
        found[number] = Standing(**{**said, "number": number, "since": row.since})  # type: ignore[arg-type]  # as `ask_again` wrote it
    return [(found[number], number not in over) for number in sorted(found)]


@may("engineer")
def ask_again(
    desk: Desk,
    study: str,
    at: str = "",
    *,
    every: str = "shift",
    settings: str = "",
    name: str = "",
    figure: str = "",
    side: str = "below",
    limit: float | None = None,
    priority: str = "medium",
) -> Done:
    """Ask a study again whenever a shift or a day is over; raise an alarm where a figure passes a limit.

    Parameters
    ----------
    study
        Name of the study, such as oee.
    at
        A machine, line or area; everything, unless given.
    every
        shift or day.
    settings
        The study's settings as JSON: {"shortest": 30}.
    name
        What the question is called; the alarm bears this name, too.
    figure
        The figure that is watched, such as oee.
    side
        Alarm when the figure is below or above the limit.
    limit
        The limit, in the unit of the figure; without it there is no alarm.
    priority
        How urgent the alarm is: critical, high, medium or low.
    """
    asked, given = find(study), _settings(settings)
    checked(asked, given)
    _whole(desk.plant, asked, at)
    for what, value, known in (("interval", every, EVERY), ("side", side, SIDES), ("priority", priority, PRIORITIES)):
        if value not in known:
            raise UnknownName(what, value, known)
    unit = _unit(asked, figure, limit)
    title = name.strip() or f"{asked.name} {at}".strip()
    if any((s.name, s.at) == (title, at) for s in standing(desk.history)) or title in {
        a.name for a in desk.plant.alarms
    }:
        raise BadInput(
            f"There is a standing question or an alarm called {title!r} already. Give this one another name."
        )
    begun = desk.free(STANDING, at or EVERYWHERE, desk.now)
    kept = {"name": title, "study": asked.name, "at": at, "every": every, "settings": given, "figure": figure}
    alarm = {"side": side, "limit": limit, "priority": priority, "unit": unit}
    desk.write(STANDING, at or EVERYWHERE, [(Window(begun, begun + 1), title)], **kept, **alarm)
    return {"name": title, "study": asked.name}


@may("engineer")
def stop_asking(desk: Desk, number: int) -> Done:
    """End a standing question; what it was answered stays.

    Parameters
    ----------
    number
        Its number.
    """
    known = {s.number: s for s in standing(desk.history) if s.at == "" or _seen(desk.plant, s.at)}
    if number not in known:
        raise UnknownName("standing question", str(number), map(str, known))
    place = known[number].at or EVERYWHERE
    at = desk.free(STANDING, place, desk.now)
    desk.write(STANDING, place, [(Window(at, at + 1), "")], over=number)
    return {"name": known[number].name}


def _settings(text: str) -> dict[str, object]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BadInput(f'settings = {text!r} is no JSON object. Write them as {{"name": value}}.')
    return found


def _whole(plant: Plant, study: Study, at: str) -> None:
    """The place gives one answer, and has shifts after which to ask."""
    machines = plant.at(at)
    if len(machines) > 1 and not (study.adds or study.of_line):
        raise BadQuestion(f"{study.name} has an answer of its own for each machine: ask it of one machine.")
    if not any(plant.shifts.rules_for(m.path) for m in machines):
        raise BadQuestion(f"{at or plant.name} has no [[shift]], so there is no end of a shift to ask after.")


def _unit(study: Study, figure: str, limit: float | None) -> str:
    """The unit of the figure that is watched."""
    known = {f.name: f.unit for f in figures(study.answer)}
    if figure and figure not in known:
        raise UnknownName(f"figure of {study.name}", figure, known)
    if limit is not None and not figure:
        raise BadInput(f"limit = {limit:g} of which figure? Give `figure`: {', '.join(known)}.")
    return known.get(figure, "")


def _seen(plant: Plant, at: str) -> bool:
    try:
        return bool(plant.at(at))
    except UnknownName:
        return False
