"""The one door to acts: checks the right, parses what was given, writes intent, act and outcome."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, TypeAdapter, ValidationError

from ..errors import AndonError, BadInput, NotAllowed, UnknownName
from ..ledger import audit
from ..model import Batch, Receipt, Window, micros, moment
from ..plant import Plant
from ..plant.alarms import ACKNOWLEDGED, CALL, OUT_OF_SERVICE, RESET, SHELVED
from ..plant.login import RIGHTS
from ..plant.when import when
from ..reading import EVERYWHERE, told
from ..reading.charts import LIMITS, NOTE
from .register import ACTS, INSPECTION, Act, Argument, Desk, Memory
from .standing import STANDING

KINDS = (
    *("reason", "order", "scrap", "note", "entry", INSPECTION, CALL, STANDING),
    *(ACKNOWLEDGED, RESET, SHELVED, OUT_OF_SERVICE, LIMITS, NOTE),
)
"""The kinds of spells that acts write."""
FINITE = ConfigDict(allow_inf_nan=False)
"""Infinity and what is no number cannot be written down, and mean nothing here."""
ALWAYS = Window(-(1 << 62), 1 << 62)


def act(
    name: str,
    arguments: Mapping[str, object],
    *,
    plant: Plant,
    history: Memory,
    folder: Path,
    who: str,
    right: str,
    key: str = "",
) -> Mapping[str, object]:
    """Do one act, and write down who did what with which result.

    The intent is in the audit log before anything changes, the outcome after it: an act that a crash cut in two shows
    in the log as begun, and `settle` finds out whether it was done.

    Parameters
    ----------
    name
        Name of the act: `reason`, `split_stop`, `merge_stops`, `start_order`, `finish_order`, `scrap`, `note`,
        `enter`.
    arguments
        What it is given, as text or as values.
    plant, history
        What it is about.
    folder
        The plant folder; the log is `ledger/audit.jsonl` in it.
    who
        The person or token.
    right
        The right they have: viewer, operator, engineer or admin.
    key
        Kept in the log: what tells a repeated act from a new one (`Repeats`).

    Returns
    -------
    mapping
        `number` of the audit line, and what the act says.

    Raises
    ------
    NotAllowed
        The right does not suffice; that is in the log, too.
    UnknownName
        There is no such act, argument, machine or reason.
    BadInput
        An argument does not fit.
    """
    known, ledger = _known(name), folder / "ledger"
    arguments = {k: v for k, v in arguments.items() if v is not None}
    said = json.loads(json.dumps(arguments, default=str))
    told = {"who": who, "right": right, "act": known.name, "arguments": said}
    if _rank(right) < _rank(known.right):
        audit.append(ledger, **told, result={"state": "refused"})
        raise NotAllowed(f"{who} has the right '{right}', and {known.name} needs '{known.right}'. Ask an admin.")
    now = time.time_ns() // 1000
    values = {
        p.name: _parsed(known, p, arguments, (plant, now))
        for p in known.parameters
        if p.required or p.name in arguments
    }
    begun = audit.append(ledger, **told, result={"state": "begun", **({"key": key} if key else {})})
    try:
        done = known.function(Desk(folder, plant, history, who, begun.number, now), **values)
    except AndonError as error:
        audit.append(ledger, **told, result={"state": "failed", "of": begun.number, "says": str(error)})
        raise
    audit.append(ledger, **told, result={"state": "done", "of": begun.number, "said": done})
    return {"number": begun.number, **done}


def rehearsed(
    name: str, arguments: Mapping[str, object], *, plant: Plant, history: Memory, folder: Path, who: str, right: str
) -> tuple[dict[str, object], Mapping[str, object]]:
    """What an act would be given and would say, had it been done now; nothing is written.

    Returns
    -------
    arguments, said
        The arguments with every time as a moment that means the same later; and what the act would say.

    Raises
    ------
    NotAllowed, UnknownName, BadInput, BadQuestion
        As the act itself would.
    """
    known = _known(name)
    if _rank(right) < _rank(known.right):
        raise NotAllowed(f"{who} has the right '{right}', and {known.name} needs '{known.right}'. Ask an admin.")
    now = time.time_ns() // 1000
    given = {k: v for k, v in arguments.items() if v is not None}
    given |= {p.name: "now" for p in known.parameters if p.kind is Window and p.name not in given and not p.required}
    values = {p.name: _parsed(known, p, given, (plant, now)) for p in known.parameters if p.required or p.name in given}
    unwritten = cast(Memory, _Unwritten(history))
    said = known.function(Desk(folder, plant, unwritten, who, 0, now), **values)
    return {k: _written(v) if isinstance(v, Window) else v for k, v in values.items()}, said


class _Unwritten:
    """A memory that reads as the real one and keeps nothing."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def __getattr__(self, name: str) -> object:
        return getattr(self._memory, name)

    def write(self, batch: Batch) -> Receipt:
        return Receipt(batch.source, batch.number, 0, 0)


def _written(window: Window) -> str:
    """A moment, or SINCE/UNTIL, as the door reads it."""
    since, until = (moment(t).isoformat() for t in (window.since, window.until))
    return f"{since}/{until}" if window.duration else since


def settle(*, history: Memory, folder: Path) -> list[audit.Line]:
    """Write the outcome of acts that a crash cut in two: done if the history has what they wrote, else failed.

    Returns
    -------
    list of Line
        The lines written; empty when nothing was open.
    """
    ledger = folder / "ledger"
    return [
        audit.append(
            ledger,
            who=open_.who,
            right=open_.right,
            act=open_.act,
            arguments=open_.arguments,
            result={
                "state": "done" if _stored(open_, history) else "failed",
                "of": open_.number,
                "says": "the process ended between intent and outcome",
            },
        )
        for open_ in audit.unfinished(ledger)
    ]


def _known(name: str) -> Act:
    if name.replace("-", "_") not in ACTS:
        raise UnknownName("act", name, ACTS)
    return ACTS[name.replace("-", "_")]


def _rank(right: str) -> int:
    if right not in RIGHTS:
        raise UnknownName("right", right, RIGHTS)
    return RIGHTS.index(right)


def _parsed(known: Act, argument: Argument, given: Mapping[str, object], at: tuple[Plant, int]) -> object:
    for name in given:
        if name not in {p.name for p in known.parameters}:
            raise UnknownName(f"argument of {known.name}", name, [p.name for p in known.parameters])
    if argument.name not in given:
        raise BadInput(f"{known.name} needs '{argument.name}': {argument.help}")
    value = given[argument.name]
    if argument.kind is Window:
        return _window(value, *at)
    try:
        return TypeAdapter[object](argument.kind, config=FINITE).validate_python(value)
    except ValidationError as error:
        said = "; ".join(e["msg"].lower() for e in error.errors())
        raise BadInput(f"{known.name}: {argument.name} = {value!r} does not fit: {said}. {argument.help}") from None


def _window(value: object, plant: Plant, now: int) -> Window:
    """A moment is a window without duration."""
    if isinstance(value, Window):
        return value
    if isinstance(value, datetime):
        at = micros(value if value.tzinfo else value.replace(tzinfo=ZoneInfo(plant.zone)))
        return Window(at, at)
    return when(str(value), plant.zone, now, plant.shifts)


def _stored(line: audit.Line, history: Memory) -> bool:
    place = str(line.arguments.get("machine", EVERYWHERE))
    return any(row.detail.get("act") == line.number for kind in KINDS for row in told(history, kind, place, ALWAYS))
