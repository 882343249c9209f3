"""/stops: what stood, why, and what still wants a reason; with the reasons that were given lately."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from fastapi import APIRouter, Depends, Query, Response

from .served import Asking, Door
from .when import When, when

AT = Query("", description="A machine, a line or an area; several with commas; everything by default.")
PENDING = Query(False, description="Only those that want a reason.")
SHIFT = "16 h"
"""How far back, unless somebody says."""


def routes(found: APIRouter, house: ModuleType, folder: Path) -> None:
    door = Door(house, folder)

    @found.get("/stops", operation_id="stops")
    def stops(
        asking: Asking = Depends(door), at: str = AT, span: When = Depends(when), pending: bool = PENDING
    ) -> Response:
        """The stops of a place, the newest first, and per machine the reasons of stops and of scrap given lately.

        `pieces` are [since, until, state, reason]; `needs_reason`: it counts as a delay, is no minor stop, lies in
        planned time, and neither a person nor the machine has said why.
        """
        said = span.said if span.since or span.last else {"last": SHIFT}
        rows = asking.ask("stops_at", at, pending=pending, **said)
        return asking.told({"stops": rows, "recent": asking.ask("recent_reasons", at)})
