"""The right that each operation needs, in one place: refused where it is lacking, written into the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from starlette.requests import HTTPConnection

from ...accounts import Principal
from ...errors import NotAllowed

READS = ("get", "head", "options")
ANYBODY = ""
"""What needs no right: logging in."""
SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token: `andon token add NAME`."},
    "session": {"type": "apiKey", "in": "cookie", "name": "andon", "description": "The session of a browser."},
}


def rightful(connection: HTTPConnection) -> None:
    """A dependency of every route: whoever asks must have the right that the operation needs.

    Raises
    ------
    NotAllowed
        They have less.
    """
    asks: Principal | None = connection.state.principal
    extra = getattr(connection.scope.get("route"), "openapi_extra", None) or {}
    right = needed(extra, str(connection.scope.get("method", "get")))
    if asks is None and right != ANYBODY:
        raise NotAllowed("This needs a login.")
    if asks is not None and right != ANYBODY and not asks.may(right):
        raise NotAllowed(f"{asks.who} has the right '{asks.right}', and this needs '{right}'. Ask an admin.")


def needed(operation: Mapping[str, Any], method: str) -> str:
    """What an operation says it needs; reading needs a viewer, changing an operator, unless it says so.

    >>> needed({}, "GET"), needed({}, "POST"), needed({"x-right": "admin"}, "GET")
    ('viewer', 'operator', 'admin')
    """
    return str(operation.get("x-right", "viewer" if method.lower() in READS else "operator"))


def described(app: FastAPI) -> None:
    """Have the OpenAPI document say what each operation needs, and how one shows who one is."""
    made = app.openapi

    def document() -> dict[str, Any]:
        said = made()
        said.setdefault("components", {})["securitySchemes"] = SCHEMES
        for operations in said["paths"].values():
            for method, operation in operations.items():
                right = operation["x-right"] = needed(operation, method)
                operation["security"] = [{name: []} for name in SCHEMES] if right else []
        return said

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's own way to extend the document
