"""/search, /compare: moments in which a condition held, and what stretches have in common."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from fastapi import APIRouter, Depends, Query, Response

from ...errors import BadQuestion
from . import shapes_lost
from .served import Asking, Door
from .when import AT, When, when

CONDITION = Query(
    ..., description="What is to hold.", examples=["temperature > 80 for 5 min while running"], max_length=1000
)
WINDOW = Query(..., description="SINCE/UNTIL; several times for several stretches.", max_length=16)
SIGNAL = Query(..., description="Path of a signal; up to 16 times.", max_length=16)


def routes(found: APIRouter, house: ModuleType, folder: Path) -> None:
    door = Door(house, folder)

    @found.get("/search", operation_id="search", response_model=shapes_lost.Found)
    def search(
        asking: Asking = Depends(door),
        condition: str = CONDITION,
        at: str = AT,
        span: When = Depends(when),
        limit: int = Query(500, ge=1, le=5000, description="Rows at most."),
    ) -> Response:
        """When a condition held on the machines of a place, and for how much of the window that is known."""
        return asking.told(asking.ask("searched", condition, at, **span.said, limit=limit))

    @found.get("/compare", operation_id="compare", response_model=shapes_lost.Compared)
    def compare(asking: Asking = Depends(door), signal: list[str] = SIGNAL, window: list[str] = WINDOW) -> Response:
        """Mean, lowest and highest value of signals, and the states of their machines, in several stretches."""
        return asking.told(asking.ask("compared", signal, [_pair(w) for w in window]))


def _pair(window: str) -> tuple[str, str]:
    since, slash, until = window.partition("/")
    if not (since and slash and until):
        raise BadQuestion(f"{window!r} is no stretch of time: write it as SINCE/UNTIL.")
    return since, until
