"""/schedules: questions that are asked again whenever a shift closes; acts put and end them."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from .served import Asking, Door

Limit = Annotated[int, Query(ge=1, le=1_000, description="Answers at most, the newest first.")]


def routes(found: APIRouter, house: ModuleType, folder: Path) -> None:
    door = Door(house, folder)

    @found.get("/schedules", operation_id="schedules")
    def schedules(asking: Asking = Depends(door)) -> Response:
        """The questions that stand, the oldest first, each with its newest answer."""
        return asking.told(asking.ask("schedules"))

    @found.get("/schedules/{number}", operation_id="schedule")
    def schedule(number: int, asking: Asking = Depends(door), limit: Limit = 100) -> Response:
        """One question with its answers, the newest first."""
        return asking.told(asking.ask("schedule", number, limit=limit))
