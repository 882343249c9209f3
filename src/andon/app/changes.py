"""What people change, and the log of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ..acts import ACTS, Act, settle
from ..answer import Plain
from ..errors import Damaged
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
        settle(history=plant.history, folder=folder)
        return int(str(plant.act(name, arguments, who=who)["number"]))


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
