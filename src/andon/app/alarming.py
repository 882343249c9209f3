"""The alarms of a plant at a glance: what stands, what was, how it stands with each."""

from __future__ import annotations

from pathlib import Path

from ..answer import Plain
from ..plant.alarms import PRIORITIES
from ..watch.alarms import OPEN, Occurrence
from ..watch.alarms.record import occurrences
from .opening import Andon, open_plant, restricted

Row = dict[str, Plain]
NOW = "30 d"
"""How far back an alarm that stands may have begun to be listed without `since`; those that are still on always are."""


def alarms(
    folder: Path, at: str = "", *, everything: bool = False, since: str = "", until: str = "", last: str = ""
) -> list[Row]:
    """The alarms that stand, the most urgent first; `everything`: also those that are over, in a window."""
    with open_plant(folder) as plant:
        given = bool(since or last)
        window = plant.window("", since=since, until=until, last=last if given else NOW)
        found = [o for o in occurrences(plant.history, window) if _is_at(plant, o.place, at)]
    shown = found if everything or given else [o for o in found if o.stands]
    return [_row(o) for o in sorted(shown, key=_urgency)]


def _urgency(o: Occurrence) -> tuple[bool, bool, int, int]:
    """What waits comes first, then by priority, then the newest."""
    return not o.stands, not o.is_waiting, PRIORITIES.index(o.priority), -o.since


def _is_at(plant: Andon, place: str, at: str) -> bool:
    if restricted() and place not in plant.plant.machines and place not in {s.name for s in plant.plant.sources}:
        return False
    if not at or place == at:
        return True
    sources = {s.name for s in plant.plant.sources}
    return at not in sources and any(m.path == place for m in plant.plant.at(at))


def _row(o: Occurrence) -> Row:
    return {
        "priority": o.priority,
        "place": o.place,
        "alarm": o.name,
        "state": o.stage.value,
        "since": o.since,
        "until": None if o.until >= OPEN else o.until,
        "value": o.value,
        "unit": "" if o.unit == "1" else o.unit,
        "message": o.messages.get("en", o.name),
        "message_zh": o.messages.get("zh", o.name),
        "action": o.advice.action,
        "first out": "yes" if o.first_out else "",
        "acknowledged": o.acknowledged,
        "by": o.by,
    }
