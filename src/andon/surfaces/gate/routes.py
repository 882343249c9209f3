"""The routes of who asks: me, log in and out, people, tokens, the audit log."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from fastapi import APIRouter, Request

from ...accounts import Principal


def router(house: ModuleType, folder: Path) -> APIRouter:
    """The routes under /api that the gate answers itself."""
    found = APIRouter(prefix="/api", tags=["access"])

    @found.get("/me")
    def me(request: Request) -> dict[str, object]:
        """Who asks, with which right, of which lines, and whether the plant has accounts."""
        asks: Principal = request.state.principal
        return {"who": asks.who, "right": asks.right, "lines": asks.lines, "kind": asks.kind, "accounts": False}

    return found
