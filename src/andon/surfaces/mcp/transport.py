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
from starlette.types import ASGIApp

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


def posted(house: ModuleType, folder: Path) -> tuple[ASGIApp, Callable[[], AbstractAsyncContextManager[None]]]:
    """What answers at /mcp, and what has to run as long as it is served."""
    manager = StreamableHTTPSessionManager(
        app=server(lambda context: _desk(house, folder, context)),
        stateless=True,
        json_response=True,
        max_request_body_size=LARGEST,
    )
    return StreamableHTTPASGIApp(manager), manager.run


def _desk(house: ModuleType, folder: Path, context: Context) -> Desk:
    request = context.request
    assert isinstance(request, Request)
    principal: Principal = request.state.principal
    wanted = request.query_params.get("lang") or request.headers.get("accept-language", "")
    return Desk(house, folder, principal, language_of(wanted), str(request.base_url).rstrip("/"))
