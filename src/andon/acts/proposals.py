"""Acts that a program proposed and a person confirms or dismisses: a file each in the plant folder, for a day."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ..errors import AndonError, BadInput, NotAllowed, UnknownName
from ..historian.files import fsync
from ..ledger import audit
from ..plant import Plant
from ..plant.login import RIGHTS
from ..units import HOUR
from .door import act, rehearsed
from .register import ACTS, Memory

FOLDER, CLOSED = "proposals", "closed"
KEPT = 24 * HOUR
"""How long a proposal waits for a person; what was true then may be wrong later."""
MOST = 200
"""Proposals that may wait at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One act that waits for a person, or what became of it.

    Attributes
    ----------
    number
        Of its line in the audit log.
    at
        When it was proposed, microseconds.
    who
        The token or program that proposed it.
    act, arguments
        What is to be done; every time is a moment.
    why
        What speaks for it, in the words of whoever proposed it.
    said
        What the act would say, when it was proposed.
    state
        "open", "confirmed", "dismissed" or "expired".
    by, closed
        The person who closed it, and when.
    done
        Number of the act in the audit log, where it was confirmed.
    """

    number: int
    at: int
    who: str
    act: str
    arguments: Mapping[str, object]
    why: str
    said: Mapping[str, object]
    state: str = "open"
    by: str = ""
    closed: int | None = None
    done: int | None = None

    @property
    def place(self) -> str:
        """The machine or place it is about."""
        return str(self.arguments.get("machine", self.arguments.get("place", "")))

    @property
    def right(self) -> str:
        """The right that whoever confirms it needs."""
        return ACTS[self.act].right


def propose(
    name: str,
    arguments: Mapping[str, object],
    *,
    why: str,
    plant: Plant,
    history: Memory,
    folder: Path,
    who: str,
    right: str,
) -> Proposal:
    """Keep an act for a person to confirm; nothing changes until then.

    Raises
    ------
    NotAllowed
        The right would not suffice to do it.
    UnknownName, BadInput, BadQuestion
        It could not be done; or too many proposals wait already.
    """
    meant, said = rehearsed(name, arguments, plant=plant, history=history, folder=folder, who=who, right=right)
    if len(waiting(folder)) >= MOST:
        raise BadInput(f"{MOST} proposals wait for a person already. Have them confirmed or dismissed first.")
    name = name.replace("-", "_")
    told = json.loads(json.dumps({"act": name, "arguments": meant, "why": why}, default=str))
    line = audit.append(
        folder / "ledger", who=who, right=right, act="propose", arguments=told, result={"state": "done"}
    )
    found = Proposal(
        number=line.number, at=line.at, who=who, said=json.loads(json.dumps(dict(said), default=str)), **told
    )
    _store(_file(folder, found.number), found)
    return found


def waiting(folder: Path) -> list[Proposal]:
    """The proposals that may be confirmed, the newest first; those that are too old are put away."""
    found = [p for f in sorted((folder / FOLDER).glob("*.json"), reverse=True) if (p := _read(f))]
    late = time.time_ns() // 1000 - KEPT
    for old in (p for p in found if p.at < late):
        _close(folder, _file(folder, old.number), replace(old, state="expired", closed=old.at + KEPT))
    return [p for p in found if p.at >= late]


def closed(folder: Path, most: int = 50) -> list[Proposal]:
    """The proposals that were confirmed, dismissed or left to expire, the newest first."""
    files = sorted((folder / FOLDER / CLOSED).glob("*.json"), reverse=True)[:most]
    return [p for f in files if (p := _read(f))]


def confirm(number: int, *, plant: Plant, history: Memory, folder: Path, who: str, right: str) -> Proposal:
    """Do what was proposed, once, as the act of the person who confirms it.

    Raises
    ------
    UnknownName
        No such proposal waits: somebody closed it, or it is too old.
    AndonError
        The act cannot be done (any more); the proposal goes on waiting.
    """
    found = _waiting(folder, number)
    claimed = _claim(folder, found)
    try:
        done = act(found.act, found.arguments, plant=plant, history=history, folder=folder, who=who, right=right)
    except AndonError:
        claimed.rename(_file(folder, number))
        raise
    made = int(str(done["number"]))
    return _settled(folder, claimed, replace(found, state="confirmed", by=who, done=made), right)


def dismiss(number: int, *, folder: Path, who: str, right: str) -> Proposal:
    """Put a proposal away without doing it.

    Raises
    ------
    NotAllowed
        The right would not suffice to confirm it.
    UnknownName
        No such proposal waits.
    """
    found = _waiting(folder, number)
    if RIGHTS.index(right) < RIGHTS.index(found.right):
        raise NotAllowed(f"{who} has the right '{right}', and {found.act} needs '{found.right}'. Ask an admin.")
    return _settled(folder, _claim(folder, found), replace(found, state="dismissed", by=who), right)


def _waiting(folder: Path, number: int) -> Proposal:
    known = {p.number: p for p in waiting(folder)}
    if number not in known:
        raise UnknownName("open proposal", str(number), map(str, known))
    return known[number]


def _claim(folder: Path, found: Proposal) -> Path:
    """Take it so that nobody else does: of two who rename a file, one finds it gone."""
    taken = _file(folder, found.number).with_suffix(".taken")
    try:
        _file(folder, found.number).rename(taken)
    except FileNotFoundError:
        raise UnknownName("open proposal", str(found.number), ()) from None
    return taken


def _settled(folder: Path, claimed: Path, found: Proposal, right: str) -> Proposal:
    """The outcome in the log and in the folder."""
    line = audit.append(
        folder / "ledger",
        who=found.by,
        right=right,
        act="confirm_proposal" if found.state == "confirmed" else "dismiss_proposal",
        arguments={"proposal": found.number},
        result={"state": "done", **({"said": {"act": found.done}} if found.done else {})},
    )
    found = replace(found, closed=line.at)
    _close(folder, claimed, found)
    return found


def _close(folder: Path, file: Path, found: Proposal) -> None:
    _store(folder / FOLDER / CLOSED / f"{found.number:08}.json", found)
    file.unlink(missing_ok=True)


def _file(folder: Path, number: int) -> Path:
    return folder / FOLDER / f"{number:08}.json"


def _store(file: Path, found: Proposal) -> None:
    """All of it or nothing, on disk."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(found), ensure_ascii=False), "utf-8")
    fsync(fresh)
    os.replace(fresh, file)
    fsync(file.parent)


def _read(file: Path) -> Proposal | None:
    """None where somebody took it since the folder was listed."""
    try:
        return Proposal(**json.loads(file.read_text("utf-8")))
    except FileNotFoundError:
        return None
