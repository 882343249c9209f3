"""/acts: what people may change, and the changing of it; each with the right it needs, audited."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

from fastapi import APIRouter, Body, Depends, Header, Response

from ...words import say
from . import shapes
from .served import Asking, Door

KEY = Header("", alias="Idempotency-Key", max_length=200, description="The same key again is the same act, done once.")


def routes(found: APIRouter, house: ModuleType, folder: Path) -> None:
    door = Door(house, folder)

    @found.get("/acts", operation_id="acts", response_model=list[shapes.ActRow])
    def acts(asking: Asking = Depends(door)) -> Response:
        """Everything that people may change, with its arguments and the right it needs."""
        return asking.told([_listed(a, asking) for a in house.acts()])

    @found.post("/acts/{name}", operation_id="act", response_model=shapes.Done)
    def act(
        name: str, asking: Asking = Depends(door), arguments: dict[str, Any] = Body(default={}), key: str = KEY
    ) -> Response:
        """Change something: give a reason, split a stop, start an order; `number` is its place in the audit log."""
        who = asking.who
        done = asking.ask("done", name, arguments, who=who.who, right=who.right, key=key)
        return asking.told(done)


def _listed(act: Any, asking: Asking) -> dict[str, object]:
    return {
        "name": act.name,
        "title": say(act.name.replace("_", " "), asking.language),
        "summary": say(act.summary, asking.language),
        "right": act.right,
        "allowed": asking.who.may(act.right),
        "arguments": [_argument(p, asking.language) for p in act.parameters],
    }


def _argument(p: Any, language: str) -> dict[str, object]:
    return {
        "name": p.name,
        "type": "window" if p.kind.__name__ == "Window" else p.kind.__name__,
        "required": p.required,
        "default": p.default,
        "help": say(p.help, language),
    }
