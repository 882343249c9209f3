"""/losses, /losses/stops: where planned time went, added up by anything, down to single stops."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from fastapi import APIRouter, Depends, Query, Response

from . import shapes_lost
from .served import Asking, Door
from .when import AT, When, when

BY = Query(
    ["loss"],
    description="What losses are added up by, several with commas; several times for several tables.",
    examples=[["loss", "machine,loss"]],
    max_length=12,
)


def filters(
    loss: list[str] = Query([], description="Classes of loss; all by default.", examples=[["breakdown"]]),
    reason: str | None = Query(None, description="Only this reason; empty: those without one."),
    shift: str | None = Query(None, description="Only shifts of this name."),
    day: str | None = Query(None, description="Only this production day.", examples=["2026-03-02"]),
    order: str | None = Query(None, description="Only this order; empty: without one."),
    product: str | None = Query(None, description="Only this product; empty: those not known."),
) -> dict[str, object]:
    """A dependency: which losses a request is about."""
    return {"losses": tuple(loss), "reason": reason, "shift": shift, "day": day, "order": order, "product": product}


def routes(found: APIRouter, house: ModuleType, folder: Path) -> None:
    door = Door(house, folder)

    @found.get("/losses", operation_id="losses", response_model=shapes_lost.Lost)
    def losses(
        asking: Asking = Depends(door),
        at: str = AT,
        span: When = Depends(when),
        which: dict[str, object] = Depends(filters),
        by: list[str] = BY,
    ) -> Response:
        """Where time went, from calendar time to good parts; shifts that are running count up to now."""
        return asking.told(asking.ask("lost", house.Asking(at=at, **span.said, **which), by))

    @found.get("/losses/stops", operation_id="losses_stops", response_model=shapes_lost.LostStops)
    def stops(
        asking: Asking = Depends(door),
        at: str = AT,
        span: When = Depends(when),
        which: dict[str, object] = Depends(filters),
        sort: str = Query("length", description="length (the longest first) or time."),
        limit: int = Query(100, ge=1, le=2000, description="Rows at most."),
        offset: int = Query(0, ge=0, le=1_000_000, description="Rows to leave out before them."),
    ) -> Response:
        """The single stops, or stretches of running, that losses are the sum of."""
        wanted = house.Asking(at=at, **span.said, **which)
        return asking.told(asking.ask("lost_stops", wanted, sort=sort, limit=limit, offset=offset))
