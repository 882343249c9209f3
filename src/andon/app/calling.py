"""Calls for help: those that stand, and those of a time."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from ..acts.calls import Call, called
from ..acts.orders import OPEN
from ..answer import Plain
from ..errors import NotAllowed
from ..model import Window
from .opening import Andon, open_plant

Row = dict[str, Plain]
NOW = Window(OPEN - 1, OPEN)
"""Only what nobody has ended reaches so far."""


def calls(folder: Path, at: str = "", *, since: str = "", until: str = "", last: str = "") -> list[Row]:
    """The calls that nobody has ended, the longest first; with a window: all of that time, in order."""
    with open_plant(folder) as plant:
        shown = {m.path for m in plant.plant.at(at)}
        if since or last:
            found = called(plant.history, plant.window(at, since=since, until=until, last=last))
        else:
            found = _standing(plant)
    return [_row(c) for c in found if c.machine in shown]


def _standing(plant: Andon) -> list[Call]:
    """Told by the process that runs the plant, else read."""
    try:
        return cast(list[Call], plant.call("calls"))
    except NotAllowed:
        return called(plant.history, NOW)


def _row(call: Call) -> Row:
    return {
        "number": call.number,
        "machine": call.machine,
        "kind": call.kind,
        "text": call.text,
        "who": call.who,
        "at": call.since,
        "until": None if call.stands else call.until,
        "answered": call.answered,
        "by": call.by,
        "ended": call.ended,
    }
