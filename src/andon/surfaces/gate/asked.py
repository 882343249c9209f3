"""What the gate's own routes share: who asks of what, and whether they may."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, Request

from ...accounts import Principal
from ...errors import NotAllowed
from .arrival import Arrival


def asks(request: Request) -> Principal:
    """Whoever asks; the gate lets nobody else here."""
    found: Principal = request.state.principal
    return found


def arrival(request: Request) -> Arrival:
    found: Arrival = request.state.arrival
    return found


def by(principal: Principal) -> tuple[str, str]:
    """Whoever it is, as the audit log keeps it."""
    return principal.who, principal.right


def governing() -> Any:
    """For routes that only an admin of the whole plant may use."""
    return Depends(_governs)


def tagged(right: str, name: str) -> dict[str, Any]:
    """What an operation says of itself in the OpenAPI document."""
    return {"operation_id": name, "openapi_extra": {"x-right": right}}


def _governs(request: Request) -> Principal:
    found = asks(request)
    if not found.may("admin"):
        raise NotAllowed(f"{found.who} has the right '{found.right}', and accounts need 'admin'. Ask an admin.")
    if found.lines:
        raise NotAllowed(
            f"{found.who} is an admin of {', '.join(found.lines)} only, and accounts are of the whole plant."
        )
    return found
