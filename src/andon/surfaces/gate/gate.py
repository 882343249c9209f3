"""The ASGI middleware that every request and WebSocket passes: it refuses, or says who asks."""

from __future__ import annotations

import time

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...accounts import Principal
from .arrival import Arrival, arrived
from .body import Bounded
from .door import Door
from .headers import dressed
from .refusal import BAD_HOST, FOREIGN, POLICY_VIOLATION, PROXIED, REBOUND, TOO_LONG, UNMARKED, Refusal

SAFE = ("GET", "HEAD", "OPTIONS")
OPEN = ("/api/login", "/api/logout", "/api/oidc", "/api/oidc/back")
"""What a stranger may ask: how to log in, and to do so."""
LARGEST = 32 << 10
"""Bytes of a request's head."""
AGAIN = 10.0
"""Seconds after which a stream or a WebSocket that is still open must show again that its session holds."""


class Gate:
    """Every request and every WebSocket passes here: `request.state.principal` says who asks, `.arrival` from where."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app, self.door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        arrival = arrived(scope, self.door.behind_proxy)
        send = dressed(scope, arrival, send)
        asks = self._asks(scope, arrival)
        if isinstance(asks, Refusal):
            await asks.send(scope, receive, send)
            return
        scope.setdefault("state", {}).update(principal=asks, arrival=arrival)
        if scope["type"] == "websocket":
            await self.app(scope, receive, self._lasting(scope, arrival, send))
            return
        await Bounded(self.app)(scope, receive, self._lasting(scope, arrival, send))

    def _asks(self, scope: Scope, arrival: Arrival) -> Principal | Refusal | None:
        """Whoever asks; None: a stranger who asks for what strangers may see."""
        path, headers = scope["path"], Headers(scope=scope)
        if (
            sum(map(len, (scope["raw_path"], scope["query_string"], *(x for h in scope["headers"] for x in h))))
            > LARGEST
        ):
            return TOO_LONG
        inside = path.startswith(("/mcp", "/api/")) or path == "/api"
        if refusal := self._misplaced(arrival):
            return refusal
        changes = scope["type"] == "websocket" or scope["method"] not in SAFE
        if (inside or changes) and _is_foreign(arrival, headers, changes=changes):
            return FOREIGN
        if not inside:
            return None
        asks = self.door.principal(scope, arrival)
        if isinstance(asks, Refusal) and not (path in OPEN and asks.status == 401):
            return asks
        by_token = isinstance(asks, Principal) and asks.kind == "token"
        if (
            changes
            and scope["type"] == "http"
            and not (by_token or path.startswith("/mcp"))
            and not headers.get("x-andon")
        ):
            return UNMARKED
        return asks if isinstance(asks, Principal) else None

    def _misplaced(self, arrival: Arrival) -> Refusal | None:
        """Without accounts only somebody at this computer is let in, and no page that pretends to be one of ours."""
        if not arrival.is_sound and not arrival.within:
            return BAD_HOST
        if self.door.is_guarded or self.door.behind_proxy:
            return None
        if arrival.forwarded:
            return PROXIED
        return None if arrival.names_loopback or not arrival.is_loopback else REBOUND

    def _lasting(self, scope: Scope, arrival: Arrival, send: Send) -> Send:
        """Sends for as long as whoever asked may still: what lasts longer than a moment is looked at again."""
        checked = time.monotonic()
        asks = scope["state"]["principal"]

        async def sent(message: Message) -> None:
            nonlocal checked
            if asks is not None and time.monotonic() - checked > AGAIN:
                checked = time.monotonic()
                if self.door.principal(scope, arrival) != asks:
                    await _ended(scope, send)
                    raise Ended(f"the session of {asks.who} is over")
            await send(message)

        return sent


class Ended(ConnectionError):
    """A stream or a WebSocket whose session is over; whoever writes to it meets a connection that is gone."""


async def _ended(scope: Scope, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": "NotLoggedIn"})


def _is_foreign(arrival: Arrival, headers: Headers, *, changes: bool) -> bool:
    """A browser says which page sends what it sends; only our own may change anything, or read with our cookie."""
    if changes and arrival.is_foreign:
        return True
    return headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") != "navigate"
