"""The REST face: every read, study and act of the house as OpenAPI, and live values; it contains no analysis."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from fastapi import APIRouter, FastAPI, Request

from . import (
    acts,
    alarms,
    connect,
    data,
    ledger,
    live,
    losses,
    measured,
    openapi,
    page,
    paper,
    photos,
    plant,
    problems,
    proposals,
    reports,
    samples,
    schedules,
    search,
    stops,
    studies,
)

PARTS = (
    plant,
    samples,
    studies,
    ledger,
    losses,
    measured,
    photos,
    alarms,
    acts,
    proposals,
    live,
    stops,
    search,
    schedules,
    paper,
    data,
    connect,
    reports,
    page,
)
"""Each has the routes of one subject."""


METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


def install(app: FastAPI, house: ModuleType, folder: Path) -> None:
    """Put the REST face of a plant folder into an application, under /api."""
    problems.installed(app)
    app.include_router(router(house, folder))
    openapi.described(app, house.studies())


def router(house: ModuleType, folder: Path) -> APIRouter:
    """The routes under /api, for a plant folder."""
    found = APIRouter(prefix="/api")
    for part in PARTS:
        found.include_router(part.routes(house, folder))

    return found


def close(app: FastAPI) -> None:
    """After all routes: what else is asked of /api is a problem, never the page."""

    @app.api_route("/api/{path:path}", methods=METHODS, include_in_schema=False)
    def unknown(path: str, request: Request) -> None:
        raise problems.nothing_there(path, request)
