"""Every error as application/problem+json (RFC 9457), with the texts that the command line has."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from ...errors import (
    AndonError,
    BadConfig,
    BadInput,
    BadQuestion,
    Changed,
    Damaged,
    DiskFull,
    NoCalendar,
    NoData,
    NotAllowed,
    NotConnected,
    Owned,
    UnknownName,
)
from ...words import explained, say, told
from .served import language

log = logging.getLogger("andon.rest")
PROBLEM = "application/problem+json"
STATUS: Mapping[type[AndonError], int] = {
    UnknownName: 404,
    BadQuestion: 422,
    BadInput: 422,
    BadConfig: 422,
    NoData: 409,
    NoCalendar: 409,
    NotAllowed: 403,
    Changed: 412,
    DiskFull: 503,
    NotConnected: 503,
    Owned: 503,
    Damaged: 500,
}
TITLES: Mapping[str, str] = {
    "404": "There is nothing of that name",
    "405": "Not for this method",
    "Bug": "A mistake of Andon's",
    "UnknownName": "There is nothing of that name",
    "BadQuestion": "The question does not fit",
    "BadInput": "What was given does not fit",
    "BadConfig": "plant.toml does not allow it",
    "NoData": "There are no data",
    "NoCalendar": "There are no shifts",
    "NotAllowed": "Not allowed",
    "Changed": "Somebody else changed it meanwhile",
    "DiskFull": "The disk is full",
    "NotConnected": "Not connected",
    "Owned": "Another process owns the plant",
    "Damaged": "Something on disk is damaged",
}


def problem(status: int, name: str, detail: str, spoken: str, headers: Mapping[str, str] | None = None) -> Response:
    """One problem, in the reader's language."""
    title = say(TITLES.get(name, HTTPStatus(status).phrase), spoken)
    body = {"type": f"/problems/{name}", "title": title, "status": status, "detail": detail}
    kept = {"cache-control": "no-store", "content-language": spoken, **(headers or {})}
    return Response(orjson.dumps(body), status, media_type=PROBLEM, headers=kept)


def installed(app: FastAPI) -> None:
    """Have an application tell every error so."""
    app.add_exception_handler(AndonError, _andon)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _bug)


def nothing_there(path: str, request: Request) -> HTTPException:
    """No route takes it: not the path, or not the method; what is under /api is never the page."""
    known: Mapping[str, Mapping[str, object]] = request.app.openapi()["paths"]
    fits = (methods for place, methods in known.items() if compile_path(place)[0].match(f"/api/{path}"))
    if allow := ", ".join(sorted({m.upper() for methods in fits for m in methods})):
        return HTTPException(405, f"{request.method} is not for /api/{path}, but {allow}.", {"allow": allow})
    return HTTPException(404, f"There is nothing at /api/{path}.")


def _andon(request: Request, error: Exception) -> Response:
    assert isinstance(error, AndonError)
    spoken = language(request)
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    return problem(status, type(error).__name__, explained(error, spoken), spoken)


def _invalid(request: Request, error: Exception) -> Response:
    """A parameter or a body that does not fit."""
    assert isinstance(error, RequestValidationError)
    said = "; ".join(f"{'.'.join(map(str, e['loc'][1:]))}: {e['msg']}" for e in error.errors())
    spoken = language(request)
    return problem(422, "BadQuestion", told(said, spoken), spoken)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    spoken = language(request)
    return problem(error.status_code, str(error.status_code), told(str(error.detail), spoken), spoken, error.headers)


def _bug(request: Request, error: Exception) -> Response:
    """Our own mistake: the reader is told that it is one, the log has the rest."""
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    spoken = language(request)
    return problem(500, "Bug", say("Andon made a mistake here; its log says more.", spoken), spoken)
