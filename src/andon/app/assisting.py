"""What programs that assist people may do: every call witnessed in the audit log, acts only proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from ..accounts import Principal
from ..acts import proposals as room
from ..acts import settle
from ..acts.proposals import Proposal
from ..errors import NotAllowed, UnknownName
from ..ledger import audit
from .opening import open_plant, paper, restricted


def assist(folder: Path, *, who: str, right: str, lines: Sequence[str], language: str) -> None:
    """Serve MCP to one program over standard input and output, until it goes."""
    from ..surfaces import mcp  # a second of import that no other room needs

    mcp.talk(import_module(__package__), folder, Principal(who, right, tuple(lines), "program"), language)


def witnessed(
    folder: Path, who: str, right: str, what: str, arguments: Mapping[str, object], result: Mapping[str, object]
) -> int:
    """Write down that somebody asked something, with the outcome; the number of the line."""
    line = audit.append(folder / "ledger", who=who, right=right, act=what, arguments=arguments, result=result)
    return line.number


def act_proposed(
    folder: Path, name: str, arguments: Mapping[str, object], *, who: str, right: str, why: str = ""
) -> Proposal:
    """Keep an act for a person to confirm; it is checked as if it were done, and nothing changes."""
    with open_plant(folder) as plant:
        return room.propose(
            name, arguments, why=why, plant=plant.plant, history=plant.history, folder=folder, who=who, right=right
        )


def act_proposals(folder: Path, *, everything: bool = False) -> list[Proposal]:
    """The proposals that wait, the newest first; `everything`: then those that were closed."""
    found = [*room.waiting(folder), *(room.closed(folder) if everything else ())]
    return [p for p in found if _is_seen(folder, p)] if restricted() else found


def act_confirmed(folder: Path, number: int, *, who: str, right: str) -> Proposal:
    """Do what was proposed, as the act of the person who confirms it."""
    _seen(folder, number)
    with open_plant(folder) as plant:
        if not plant.is_running:
            settle(history=plant.history, folder=folder)  # a running plant did it at its start
        return room.confirm(number, plant=plant.plant, history=plant.history, folder=folder, who=who, right=right)


def act_dismissed(folder: Path, number: int, *, who: str, right: str) -> Proposal:
    """Put a proposal away without doing it."""
    _seen(folder, number)
    return room.dismiss(number, folder=folder, who=who, right=right)


def page_address(folder: Path) -> str:
    """Where the page of the plant is served, as the process that runs it says; "" where nobody runs it."""
    with suppress(NotAllowed), open_plant(folder) as plant:
        return str(plant.call("page"))
    return ""


def _seen(folder: Path, number: int) -> None:
    known = [p.number for p in act_proposals(folder)]
    if number not in known:
        raise UnknownName("open proposal", str(number), map(str, known))


def _is_seen(folder: Path, proposal: Proposal) -> bool:
    """Whether it is about something that whoever asks may see."""
    plant = paper(folder)
    return proposal.place in plant.machines or proposal.place in {s.name for s in plant.sources}
