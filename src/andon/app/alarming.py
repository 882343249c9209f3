"""The alarms of a plant at a glance: what stands, what was, what is kept back, what plant.toml defines."""

from __future__ import annotations

import json
import time
from pathlib import Path

from ..answer import Plain
from ..model import Window
from ..plant.alarms import PRIORITIES, Alarm, Held, Level, Pace, Said, Stale, When
from ..units import HOUR, MINUTE, SECOND
from ..watch.alarms import OPEN, Occurrence
from ..watch.alarms.record import HIDES, occurrences
from .opening import Andon, open_plant, paper, restricted

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
        return [_row(o, plant) for o in sorted(shown, key=_urgency)]


def kept_back(folder: Path) -> list[Row]:
    """The alarms that somebody keeps from people now: shelved until a time, or out of service; who did it, and why."""
    now = time.time_ns() // 1000
    with open_plant(folder) as plant:
        rows = [r for kind in HIDES for r in plant.history.spell_rows(kind, "*", Window(now, now + 1)).to_pylist()]
        last = {(r["kind"], r["place"]): r for r in sorted(rows, key=lambda r: int(r["receipt"]))}
        found = [_kept(r) for r in last.values() if r["text"]]
        return sorted((k for k in found if _is_at(plant, str(k["place"]), "")), key=lambda k: str(k["place"]))


def defined(folder: Path) -> list[Row]:
    """The alarms that plant.toml defines, each with its condition and what rationalisation found out."""
    return [_definition(a) for a in paper(folder).alarms]


def _kept(row: dict[str, object]) -> Row:
    place, _, name = str(row["place"]).rpartition("/")
    detail, until = json.loads(str(row["detail"])), int(str(row["until"]))
    return {
        "place": place,
        "alarm": name,
        "state": str(row["kind"]),
        "since": int(str(row["since"])),
        "until": None if until >= OPEN else until,
        "who": detail.get("who", ""),
        "why": detail.get("why", ""),
    }


def _definition(a: Alarm) -> Row:
    return {
        "place": a.place,
        "alarm": a.name,
        "priority": a.priority,
        "signal": a.signal,
        "condition": "" if a.when is None else condition(a.when, "" if a.unit == "1" else a.unit),
        "on_delay": a.on_delay,
        "off_delay": a.off_delay,
        "latching": a.latching,
        "group": a.group,
        "cause": a.advice.cause,
        "consequence": a.advice.consequence,
        "action": a.advice.action,
        "within": a.advice.within,
    }


def condition(when: When, unit: str) -> str:
    """When an alarm is on, in signs that every language reads.

    >>> condition(Level(70.0, 1, 2.0), "Cel"), condition(Stale(90_000_000), "")
    ('> 70 Cel (± 2)', '∅ > 90 s')
    """
    of = f" {unit}" if unit else ""
    match when:
        case Level(limit, sign, deadband):
            return f"{'>' if sign > 0 else '<'} {limit:g}{of}" + (f" (± {deadband:g})" if deadband else "")
        case Pace(by, per, sign, _):
            return f"Δ {'>' if sign > 0 else '< −'}{' ' if sign > 0 else ''}{by:g}{of} / {_length(per)}"
        case Held(states):
            return " | ".join(sorted(states))
        case Said(words):
            return " | ".join(f'"{w}"' for w in words)
        case Stale(after):
            return f"∅ > {_length(after)}"


def _length(micros: int) -> str:
    """The largest unit that keeps a whole number."""
    unit, name = next((u, n) for u, n in ((HOUR, "h"), (MINUTE, "min"), (SECOND, "s"), (1, "us")) if not micros % u)
    return f"{micros // unit} {name}"


def _urgency(o: Occurrence) -> tuple[bool, bool, int, int]:
    """What waits comes first, then by priority, then the newest."""
    return not o.stands, not o.is_waiting, PRIORITIES.index(o.priority), -o.since


def _is_at(plant: Andon, place: str, at: str) -> bool:
    """Is it an alarm of a place, or of what lies there, that whoever asks may see?"""
    machines, sources = plant.plant.machines, {s.name for s in plant.plant.sources}
    if restricted() and place not in {*machines, *sources, *(m.line for m in machines.values())}:
        return False
    if not at or place == at:
        return True
    if at in sources:
        return False
    there = plant.plant.at(at)
    return any(m.path == place for m in there) or (at not in machines and any(m.line == place for m in there))


def _row(o: Occurrence, plant: Andon) -> Row:
    return {
        "priority": o.priority,
        "place": o.place,
        "alarm": o.name,
        "state": o.stage.value,
        "since": o.since,
        "until": None if o.until >= OPEN else o.until,
        "value": o.value if _is_measured(plant, o) else None,
        "unit": "" if o.unit == "1" else o.unit,
        "message": o.messages.get("en", o.name),
        "message_zh": o.messages.get("zh", o.name),
        "cause": o.advice.cause,
        "consequence": o.advice.consequence,
        "action": o.advice.action,
        "within": o.advice.within,
        "group": o.group,
        "first out": "yes" if o.first_out else "",
        "acknowledged": o.acknowledged,
        "by": o.by,
    }


def _is_measured(plant: Andon, o: Occurrence) -> bool:
    """A state's or a text's own number tells people nothing."""
    machine = plant.plant.machines.get(o.place)
    signal = machine.signals.get(o.signal.rpartition("/")[2]) if machine else None
    return signal is None or signal.kind not in ("state", "text")
