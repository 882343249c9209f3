"""/measured: units as they were tested, what was measured on them, and maps of wafers in a compact form."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from . import shapes_measured as shapes
from .openapi import files
from .served import Asking, Door
from .streams import rows_as, shape_of
from .when import AT, When, when

MACHINE = Query(..., description="Path of a machine.", examples=["line-1/press-3"])
LOT, WAFER = Query("", description="Only of this lot."), Query("", description="Only of this wafer.")
UNIT = Query("", description="Only of this unit: its serial number or part id.")
PRODUCT, STEP = Query("", description="Only of this product."), Query("", description="Only of this test step.")

X, Y = Query(None, description="Only of dies with this x."), Query(None, description="Only of dies with this y.")


def routes(found: APIRouter, house: ModuleType, folder: Path) -> None:
    door = Door(house, folder)
    _units(found, door)
    _values(found, door)
    _streams(found, door)


def _units(found: APIRouter, door: Door) -> None:
    @found.get("/measured", operation_id="measured", response_model=shapes.Tested)
    def measured(asking: Asking = Depends(door), at: str = AT, span: When = Depends(when)) -> Response:
        """What was measured at each machine of a place: its tests with their limits, its lots, products and steps."""
        return asking.told(asking.ask("what_was_measured", at, **span.said))

    @found.get("/measured/tests", operation_id="measured-tests", response_model=list[shapes.Described])
    def tests(asking: Asking = Depends(door), at: str = AT) -> Response:
        """The characteristics that plant.toml describes: limits, target, gauge, what to do about a signal."""
        return asking.told(asking.ask("described_tests", at))

    @found.get("/measured/units", operation_id="measured-units", response_model=shapes.UnitRows)
    def units(
        asking: Asking = Depends(door),
        at: str = AT,
        span: When = Depends(when),
        lot: str = LOT,
        wafer: str = WAFER,
        unit: str = UNIT,
        product: str = PRODUCT,
        step: str = STEP,
        x: int | None = X,
        y: int | None = Y,
        limit: int = Query(500, ge=1, le=10_000, description="Units of a page."),
        skip: int = Query(0, ge=0, le=10_000_000, description="How many newer ones are left out."),
    ) -> Response:
        """Units as they were tested, the newest first, page by page."""
        which = asking.house.Which(lot, wafer, unit, product, step, x, y)
        return asking.told(asking.ask("unit_rows", at, **span.said, which=which, limit=limit, skip=skip))

    @found.get("/measured/unit", operation_id="measured-unit", response_model=shapes.UnitTold)
    def unit(
        asking: Asking = Depends(door),
        at: str = MACHINE,
        unit: str = Query(..., description="Its serial number or part id."),
        moment: int = Query(..., ge=0, le=2**60, description="When its test ended, in microseconds since 1970."),
        lot: str = LOT,
        wafer: str = WAFER,
    ) -> Response:
        """One unit as it was tested at a moment: what is known of it, and every test with its value and limits."""
        return asking.told(asking.ask("unit_told", at, unit, moment=moment, lot=lot, wafer=wafer))


def _values(found: APIRouter, door: Door) -> None:
    @found.get("/measured/values", operation_id="measured-values", response_model=shapes.TestValues)
    def values(
        asking: Asking = Depends(door),
        at: str = MACHINE,
        test: str = Query(..., description="Name of the test."),
        span: When = Depends(when),
        lot: str = LOT,
        wafer: str = WAFER,
        unit: str = UNIT,
        product: str = PRODUCT,
        step: str = STEP,
    ) -> Response:
        """All values of one test at a machine in order of time, with their units, as columns."""
        which = asking.house.Which(lot, wafer, unit, product, step)
        return asking.told(asking.ask("values_of", at, test, **span.said, which=which))

    @found.get("/measured/maps", operation_id="measured-maps", response_model=shapes.WaferMaps)
    def maps(
        asking: Asking = Depends(door),
        at: str = AT,
        span: When = Depends(when),
        shown: str = Query("hard", description="What the dies show: hard (bins), soft, or the name of a test."),
        lot: str = LOT,
        wafer: str = WAFER,
        product: str = PRODUCT,
        step: str = STEP,
        first: bool = Query(False, description="Of dies that were tested again the first test, not the last."),
    ) -> Response:
        """Maps of wafers: `cells` are its rows from the lowest y on, little-endian in base64.

        Bins are int16 (-1: no bin, -32768: no die there), values float32 (NaN: none).
        """
        which = asking.house.Which(lot=lot, wafer=wafer, product=product, step=step)
        return asking.told(asking.ask("wafer_maps", at, **span.said, which=which, shown=shown, first=first))


def _streams(found: APIRouter, door: Door) -> None:
    @found.get(
        "/measured/rows",
        operation_id="measured-rows",
        response_class=StreamingResponse,
        responses=files("csv", "arrow"),
    )
    def rows(
        asking: Asking = Depends(door),
        kind: str = Query("measurements", description="units (as they were tested) or measurements."),
        at: str = AT,
        span: When = Depends(when),
        format: str = Query("csv", description="csv or arrow."),
    ) -> Response:
        """All units, or all that was measured on them, in one stream of plain rows."""
        window = asking.ask("moments", at, **span.said)
        columns, tables = asking.ask("streamed_rows", kind, at, window)
        shape = shape_of(asking.request, format)
        return rows_as("csv" if shape == "json" else shape, tables, kind, columns)
