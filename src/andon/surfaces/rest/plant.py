"""/plant, /signals, /reasons, /products, /shifts, /orders: what is on paper."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from fastapi import APIRouter, Depends, Response

from . import shapes_plant as shapes
from .served import Asking, Door
from .when import AT, When, when


def routes(found: APIRouter, house: ModuleType, folder: Path) -> None:
    door = Door(house, folder)

    @found.get("/plant", operation_id="plant", response_model=shapes.PlantOnPaper)
    def plant(asking: Asking = Depends(door)) -> Response:
        """The plant on paper: machines with their signals, reasons, products, shifts."""
        tag = f"{asking.ask('digest')[:24]}-{asking.language}-{'+'.join(asking.who.lines)}"
        return asking.told(asking.ask("described", asking.language), tag=tag)

    @found.get("/signals", operation_id="signals", response_model=list[shapes.SignalOnPaper])
    def signals(asking: Asking = Depends(door), at: str = AT) -> Response:
        """The signals of a place, with role, unit and source."""
        return asking.told(asking.ask("signals", at))

    @found.get("/reasons", operation_id="reasons", response_model=list[shapes.Reason])
    def reasons(asking: Asking = Depends(door)) -> Response:
        """The reasons tree, each reason with its parent."""
        return asking.told(asking.ask("reasons", asking.language))

    @found.get("/products", operation_id="products", response_model=list[shapes.RatedProduct])
    def products(asking: Asking = Depends(door)) -> Response:
        """The products with their ideal cycles and values."""
        return asking.told(asking.ask("products"))

    @found.get("/shifts", operation_id="shifts", response_model=list[shapes.ShiftRow])
    def shifts(asking: Asking = Depends(door), at: str = AT, span: When = Depends(when)) -> Response:
        """The shifts of a place that touch a window, with their breaks."""
        return asking.told(asking.ask("shifts", at, **span.said))

    @found.get("/orders", operation_id="orders", response_model=list[shapes.OrderRow])
    def orders(asking: Asking = Depends(door), at: str = AT, span: When = Depends(when)) -> Response:
        """Production orders of a place, planned and real; the last 30 days by default."""
        said = span.said if span.since or span.last else {"last": "30 d"}
        return asking.told(asking.ask("orders_of", at, **said))
