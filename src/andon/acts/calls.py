"""The andon cord: call somebody to a machine, say that one comes, say that it is over.

A call is a spell of kind "call" at its machine, its text whom it calls; who called and who came is its detail.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..errors import BadInput, BadQuestion, UnknownName
from ..model import Window
from ..plant.alarms import CALL
from ..reading import EVERYWHERE, History
from .orders import OPEN
from .register import Desk, Done, may

KINDS = ("maintenance", "quality", "material", "supervisor")
"""Who can be called."""
LONGEST = 500
"""Characters of what is said with a call: it is read from afar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call for help.

    Attributes
    ----------
    number
        Of the audit line of the act that made it.
    machine, kind, text
        Where, who is called, and what was said with it.
    who
        Who called.
    since, until
        From when to when it stood (microseconds); `OPEN` while it does.
    answered, by
        When and who said that they come; None and "" while nobody has.
    ended
        Who said that it is over, "" while nobody has.
    """

    number: int
    machine: str
    kind: str
    text: str
    who: str
    since: int
    until: int = OPEN
    answered: int | None = None
    by: str = ""
    ended: str = ""

    @property
    def stands(self) -> bool:
        return self.until >= OPEN


@may("operator")
def call(desk: Desk, machine: str, kind: str, text: str = "", at: Window | None = None) -> Done:
    """Call somebody to a machine: the andon cord.

    It stands on the board and on the wall until somebody ends it, and whoever is told of alarms is told of it.

    Parameters
    ----------
    machine
        Path of the machine, such as line-1/press-3.
    kind
        Who is called: maintenance, quality, material or supervisor.
    text
        What there is to say with it.
    at
        When it was; now, unless given.
    """
    desk.plant.machine(machine)
    if kind not in KINDS:
        raise UnknownName("kind of call", kind, KINDS)
    if len(text) > LONGEST:
        raise BadInput(f"A call is read from afar: say it in {LONGEST} characters.")
    before = _standing(desk, machine, kind)
    if before is not None:
        raise BadQuestion(f"{machine}: {kind} was called at {desk.clock(before.since)}, and the call still stands.")
    since = desk.free(CALL, machine, _begin(desk, at))
    _write(desk, Call(number=desk.number, machine=machine, kind=kind, text=text.strip(), who=desk.who, since=since))
    return {"machine": machine, "kind": kind, "since": desk.clock(since)}


@may("operator")
def answer_call(desk: Desk, machine: str, kind: str) -> Done:
    """Say that you take care of a call: people see that somebody comes.

    Parameters
    ----------
    machine
        Path of the machine, such as line-1/press-3.
    kind
        Who was called: maintenance, quality, material or supervisor.
    """
    found = _one(desk, machine, kind)
    if found.answered is not None:
        raise BadQuestion(f"{machine}: {found.by} has answered the call for {kind} already.")
    at = max(desk.now, found.since)
    _write(desk, replace(found, answered=at, by=desk.who))
    return {"machine": machine, "kind": kind, "number": found.number, "waited": at - found.since}


@may("operator")
def end_call(desk: Desk, machine: str, kind: str, why: str = "") -> Done:
    """Say that a call is over: the help was there, or is not needed any more.

    Parameters
    ----------
    machine
        Path of the machine, such as line-1/press-3.
    kind
        Who was called: maintenance, quality, material or supervisor.
    why
        What there is to say about it.
    """
    found = _one(desk, machine, kind)
    until = max(desk.now, found.since + 1)
    _write(desk, replace(found, until=until, ended=desk.who), why)
    return {"machine": machine, "kind": kind, "number": found.number, "lasted": until - found.since}


def called(history: History, window: Window, machine: str = EVERYWHERE) -> list[Call]:
    """The calls that touch a window, in order of time."""
    rows = history.spell_rows(CALL, machine, window).to_pylist()
    return sorted((spoken(r) for r in rows), key=lambda c: (c.since, c.number))


def spoken(row: Mapping[str, object]) -> Call:
    """A call as it was written down."""
    detail = json.loads(str(row["detail"]))
    return Call(
        number=detail["call"],
        machine=str(row["place"]),
        kind=str(row["text"]),
        text=detail["said"],
        who=detail["caller"],
        since=int(str(row["since"])),
        until=int(str(row["until"])),
        answered=detail["answered"],
        by=detail["by"],
        ended=detail["ended"],
    )


def _write(desk: Desk, made: Call, why: str = "") -> None:
    """Have a call on disk as it is now."""
    desk.put(
        CALL,
        made.machine,
        (Window(made.since, made.until), made.kind),
        call=made.number,
        caller=made.who,
        said=made.text,
        answered=made.answered,
        by=made.by,
        ended=made.ended,
        why=why,
    )


def _begin(desk: Desk, at: Window | None) -> int:
    meant = desk.now if at is None else at.since
    if meant > desk.now:
        raise BadInput(f"{desk.clock(meant)} is yet to come. Give a moment until now.")
    return meant


def _standing(desk: Desk, machine: str, kind: str) -> Call | None:
    found = called(desk.history, Window(desk.now, OPEN), machine)
    return next((c for c in found if c.stands and c.kind == kind), None)


def _one(desk: Desk, machine: str, kind: str) -> Call:
    """The call that stands."""
    desk.plant.machine(machine)
    if kind not in KINDS:
        raise UnknownName("kind of call", kind, KINDS)
    found = _standing(desk, machine, kind)
    if found is None:
        raise BadQuestion(f"{machine}: nobody has called {kind}, or the call is over.")
    return found
