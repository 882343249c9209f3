"""The two ways in: standard input and output of a process, and HTTP at /mcp of a running plant."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import ModuleType

import anyio
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ...accounts import Principal
from .desk import Desk, language_of
from .server import Context, server

LARGEST = 256 * 1024
"""Bytes of a request: questions are short."""


def talk(house: ModuleType, folder: Path, principal: Principal, language: str) -> None:
    """Serve one client over standard input and output, until it goes; nothing but the protocol is printed there."""
    desk = Desk(house, folder, principal, language, house.page_address(folder))
    served = server(lambda context: desk)

    async def serve() -> None:
        async with stdio_server() as (given, taken):
            await served.run(given, taken, served.create_initialization_options())

    anyio.run(serve)


def route(house: ModuleType, folder: Path) -> tuple[Route, Callable[[], AbstractAsyncContextManager[None]]]:
    """The route /mcp, and what has to run as long as it is served; the gate before it says who asks, and from where."""
    manager = StreamableHTTPSessionManager(
        app=server(lambda context: _desk(house, folder, context)),
        stateless=True,
        json_response=True,
        max_request_body_size=LARGEST,
    )
    return Route("/mcp", _Posted(StreamableHTTPASGIApp(manager))), manager.run


class _Posted:
    """Lets only POST through: there are no sessions to listen to or to end."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        posted = scope["method"] == "POST"
        app = self.app if posted else Response(status_code=405, headers={"allow": "POST"})
        await app(scope, receive, send)


def _desk(house: ModuleType, folder: Path, context: Context) -> Desk:
    request = context.request
    assert isinstance(request, Request)
    principal: Principal = request.state.principal
    wanted = request.query_params.get("lang") or request.headers.get("accept-language", "")
    return Desk(house, folder, principal, language_of(wanted), str(request.base_url).rstrip("/"))
