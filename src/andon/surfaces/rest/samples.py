"""/latest, /samples, /trend, /states, /spells, /coverage: what machines said, and how much of it was heard."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

from fastapi import APIRouter, Depends, Query, Response

from ...answer import plain
from . import shapes
from .openapi import files
from .served import Asking, Door
from .streams import BUCKETS, bucket_rows, rows_as, shape_of
from .when import AT, When, when

SIGNALS = Query([], description="Path of a signal; several times for several.", examples=[["line-1/press-3/power"]])
MOST = 100_000
"""Rows of one page of samples at most."""


def routes(found: APIRouter, house: ModuleType, folder: Path) -> None:
    door = Door(house, folder)
    _now(found, door)
    _spans(found, door)


def _now(found: APIRouter, door: Door) -> None:
    @found.get("/latest", operation_id="latest", response_model=list[shapes.Newest])
    def latest(asking: Asking = Depends(door), at: str = AT, signal: list[str] = SIGNALS) -> Response:
        """The newest value of every signal of a place, or of those that are named."""
        return asking.told(asking.ask("newest", at, signal))

    @found.get("/samples", operation_id="samples", response_model=list[shapes.Sample], responses=files("csv", "arrow"))
    def samples(
        asking: Asking = Depends(door),
        signal: list[str] = Query(..., description="Path of a signal; several times for several."),
        span: When = Depends(when),
        limit: int = Query(10_000, ge=1, le=MOST, description="Rows of a page; ignored in a stream."),
        after: str = Query("", description="Where a page goes on: the link to the next page has it."),
        format: str = Query("", description="json (pages), csv or arrow (one stream); Accept says it, too."),
    ) -> Response:
        """Raw samples of signals over a window: page by page as JSON, all of them as CSV or as an Arrow stream."""
        window = asking.ask("moments", signal[0].rpartition("/")[0], **span.said)
        shape = shape_of(asking.request, format)
        if shape == "json":
            page = asking.ask("sampled", signal, window, limit=limit, after=after)
            return asking.told(page.rows.to_pylist(), headers=_next(asking, page.after))
        return rows_as(shape, asking.ask("streamed", signal, window), "samples")

    @found.get("/trend", operation_id="trend", response_model=shapes.Trend, responses=files("csv", "arrow"))
    def trend(
        asking: Asking = Depends(door),
        signal: list[str] = Query(..., description="Path of a signal; up to 16 times.", max_length=16),
        span: When = Depends(when),
        pixels: int = Query(1000, ge=1, le=20_000, description="Buckets at most."),
        format: str = Query("", description="json, csv or arrow (a row a bucket); Accept says it, too."),
    ) -> Response:
        """Lowest, highest, first and last value of signals in buckets of one width; no spike is lost."""
        window = asking.ask("moments", signal[0].rpartition("/")[0], **span.said)
        curves = asking.ask("trends", signal, window, pixels)
        shape = shape_of(asking.request, format)
        if shape != "json":
            return rows_as(shape, map(bucket_rows, curves.curves), "trend", BUCKETS)
        head = {"since": window.since, "until": window.until, "width": curves.width}
        return asking.told(head | {"series": [_series(c) for c in curves.curves]})


def _spans(found: APIRouter, door: Door) -> None:
    @found.get("/states", operation_id="states", response_model=shapes.Timelines)
    def states(asking: Asking = Depends(door), at: str = AT, span: When = Depends(when)) -> Response:
        """The states of each machine over a window: [since, until, state, reason, said]."""
        return asking.told(asking.ask("timelines", at, **span.said))

    @found.get("/spells", operation_id="spells", response_model=list[shapes.Spell])
    def spells(
        asking: Asking = Depends(door),
        kind: str = Query(..., description="order, product, shift, alarm, note, connection, reason, scrap, call..."),
        at: str = AT,
        span: When = Depends(when),
    ) -> Response:
        """What held when: orders, products, shifts, alarms, notes, connections."""
        return asking.told(asking.ask("spelled", kind, at, **span.said))

    @found.get("/coverage", operation_id="coverage", response_model=shapes.CoverageMap)
    def coverage(
        asking: Asking = Depends(door),
        at: str = AT,
        span: When = Depends(when),
        pieces: int = Query(1, ge=1, le=2000, description="Equal parts of the window."),
    ) -> Response:
        """How much of each signal was heard, in all and piece by piece, with the longest gap."""
        return asking.told(asking.ask("heard", at, **span.said, pieces=pieces))


def _series(curve: Any) -> dict[str, object]:
    signal, buckets = curve.signal, curve.buckets
    columns = {name: buckets[name].to_numpy() for name in ("at", "low", "high", "first", "last")}
    return {
        "signal": signal.path,
        "unit": signal.unit,
        "kind": signal.kind,
        "stepped": signal.stepped or signal.kind in ("boolean", "count", "state"),
        **columns,
        "gaps": curve.gaps,
        "before": plain(curve.before),
        "coverage": plain(curve.coverage),
    }


def _next(asking: Asking, after: str) -> dict[str, str]:
    if not after:
        return {}
    url = asking.request.url.include_query_params(after=after)
    return {"link": f'<{url.path}?{url.query}>; rel="next"', "x-next": after}
