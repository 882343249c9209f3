"""What a browser may do with an answer: nothing that did not come from this very host."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Scope, Send

from .arrival import Arrival

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; frame-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)
ALWAYS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
A_YEAR = "max-age=31536000"


def dressed(scope: Scope, arrival: Arrival, send: Send) -> Send:
    """Answers get these headers, unless whoever answers has a stricter word."""

    async def sent(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            headers = MutableHeaders(scope=message)
            for name, value in ALWAYS.items():
                headers.setdefault(name, value)
            if arrival.secure:
                headers.setdefault("strict-transport-security", A_YEAR)
            if scope["path"].startswith("/api"):
                headers.setdefault("cache-control", "private, no-cache")
        await send(message)

    return sent
