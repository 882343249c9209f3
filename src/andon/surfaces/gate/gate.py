"""The ASGI middleware that every request and WebSocket passes: it refuses, or says who asks."""

from __future__ import annotations

from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from ...accounts import LOCAL


class Gate:
    """Puts the principal on the request: `request.state.principal`."""

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        self.app, self.folder = app, folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope.setdefault("state", {})["principal"] = LOCAL
        await self.app(scope, receive, send)
