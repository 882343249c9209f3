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
    ("plant", plant),
    ("samples", samples),
    ("studies", studies),
    ("ledger", ledger),
    ("ledger", losses),
    ("measured", measured),
    ("measured", photos),
    ("alarms", alarms),
    ("acts", acts),
    ("acts", proposals),
    ("live", live),
    ("stops", stops),
    ("samples", search),
    ("studies", schedules),
    ("plant", paper),
    ("data", data),
    ("connect", connect),
    ("reports", reports),
    ("docs", page),
)
"""The routes of each subject, with its tag in the document."""


METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


def install(app: FastAPI, house: ModuleType, folder: Path) -> None:
    """Put the REST face of a plant folder into an application, under /api."""
    problems.installed(app)
    for tag, part in PARTS:
        found = _router(app, tag)
        part.routes(found, house, folder)
        app.router.routes += found.routes
    asked, found = studies.Operations(_router(app, "studies"), house, folder), _router(app, "studies")
    found.add_api_route("/studies/{name}", asked.answer, include_in_schema=False)
    app.router.routes += found.routes
    openapi.described(app, asked)


def _router(app: FastAPI, tag: str) -> APIRouter:
    """Takes routes that are the application's own: `include_router` would make each of them twice."""
    return APIRouter(prefix="/api", tags=[tag], dependencies=app.router.dependencies)


def close(app: FastAPI) -> None:
    """After all routes: what else is asked of /api is a problem, never the page."""

    @app.api_route("/api/{path:path}", methods=METHODS, include_in_schema=False)
    def unknown(path: str, request: Request) -> None:
        raise problems.nothing_there(path, request)
