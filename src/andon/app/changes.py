"""What people change, and the log of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ..acts import ACTS, Act, Repeats, settle
from ..answer import Plain
from ..errors import Damaged
from ..historian import Historian
from ..ledger import audit as log
from ..plant.zones import clock_text
from .opening import for_the_whole_plant, open_plant

Row = dict[str, Plain]


def acts() -> list[Act]:
    """Everything that people may change."""
    return list(ACTS.values())


def acted(folder: Path, name: str, who: str, arguments: Mapping[str, object]) -> int:
    """Do one act; returns its number in the audit log. Who owns the folder's files has every right."""
    with open_plant(folder) as plant:
        if not plant.is_running:
            settle(history=plant.history, folder=folder)  # a running plant did it at its start
        return int(str(plant.act(name, arguments, who=who)["number"]))


def done(
    folder: Path, name: str, arguments: Mapping[str, object], *, who: str, right: str, key: str = ""
) -> Mapping[str, object]:
    """Do one act for somebody who has a right, and say what it says; the same key again is the same act, done once."""
    with open_plant(folder) as plant:
        if not key:
            return plant.act(name, arguments, who=who, right=right)
        repeats = _repeats(folder.resolve())
        with repeats.door:
            found = repeats.done(who, key)
            return {**found, "repeated": True} if found else plant.act(name, arguments, who=who, right=right, key=key)


def settled(folder: Path, history: Historian) -> int:
    """Write the outcome of acts that a crash cut in two: when a plant starts, before anybody acts; how many."""
    return len(settle(history=history, folder=folder))


@cache
def _repeats(folder: Path) -> Repeats:
    """One a plant that this process works with."""
    return Repeats(folder / "ledger")


def audit(folder: Path) -> list[Row]:
    """The lines of the audit log, the newest first."""
    for_the_whole_plant("The audit log")
    with open_plant(folder) as plant:
        zone = plant.plant.zone
    return [
        {
            "number": line.number,
            "at": clock_text(line.at, zone),
            "who": line.who,
            "act": line.act,
            "state": str(line.result.get("state", "")),
            "arguments": json.dumps(dict(line.arguments), ensure_ascii=False),
            "hash": line.hash[:12],
        }
        for line in reversed(list(log.lines(folder / "ledger")))
    ]


def verified_audit(folder: Path) -> int:
    """How many lines of the log are sound: all of them.

    Raises
    ------
    Damaged
        A line was changed, taken out or cut off.
    """
    for_the_whole_plant("The audit log")
    found = log.verify(folder / "ledger")
    if not found.holds:
        raise Damaged(f"ledger/audit.jsonl is broken at line {found.broken}: {found.says}.")
    return found.lines
