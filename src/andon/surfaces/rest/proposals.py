"""/proposals: acts that a program proposed and that wait for a person, who confirms or dismisses them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

from fastapi import APIRouter, Depends, Query, Response

from ...errors import NotAllowed
from ...words import say
from .served import Asking, Door

PERSON = "A person confirms or dismisses what programs propose: log in, a token cannot do it."
EVERYTHING = Query(False, description="Also those that are closed, after those that wait.")


def routes(found: APIRouter, house: ModuleType, folder: Path) -> None:
    door = Door(house, folder)

    @found.get("/proposals", operation_id="proposals")
    def proposals(asking: Asking = Depends(door), everything: bool = EVERYTHING) -> Response:
        """The acts that wait for a person, the newest first."""
        return asking.told([_row(p, asking) for p in asking.ask("act_proposals", everything=everything)])

    @found.post("/proposals/{number}/confirm", operation_id="confirm_proposal")
    def confirm(number: int, asking: Asking = Depends(door)) -> Response:
        """Do what was proposed, once, as one's own act; `done` is its number in the audit log."""
        return asking.told(_row(_closed("act_confirmed", number, asking), asking))

    @found.post("/proposals/{number}/dismiss", operation_id="dismiss_proposal")
    def dismiss(number: int, asking: Asking = Depends(door)) -> Response:
        """Put a proposal away; nothing is changed."""
        return asking.told(_row(_closed("act_dismissed", number, asking), asking))


def _closed(how: str, number: int, asking: Asking) -> Any:
    if asking.who.kind == "token":
        raise NotAllowed(PERSON)
    return asking.ask(how, number, who=asking.who.who, right=asking.who.right)


def _row(proposal: Any, asking: Asking) -> dict[str, object]:
    titles = {act.name: act.summary for act in asking.house.acts()}
    return {
        **asdict(proposal),
        "title": say(titles[proposal.act], asking.language),
        "place": proposal.place,
        "right": proposal.right,
        "allowed": asking.who.kind != "token" and asking.who.may(proposal.right),
    }
