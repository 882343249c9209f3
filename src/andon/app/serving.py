"""The faces of a running plant on one port: the page, REST, live values, MCP."""

from __future__ import annotations

import logging
import socket
import threading
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import NotConnected

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

log = logging.getLogger("andon.web")
LOOPBACK = "127.0.0.1"
LOOPBACKS = (LOOPBACK, "localhost", "::1")
PORTS = range(8800, 8900)
"""Where a plant is served if nobody says: the first of these that is free."""
PATIENCE = 10.0
"""Seconds that requests under way are given to end."""


@dataclass(slots=True)
class Serving:
    """A plant served over HTTP, on a thread of its own, until `stop`."""

    folder: Path
    host: str = LOOPBACK
    port: int | None = None
    door: socket.socket | None = field(default=None, repr=False)
    server: uvicorn.Server | None = field(default=None, repr=False)
    thread: threading.Thread | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{shown}:{self.port}"

    def start(self) -> None:
        """Take the port, then serve from a thread.

        Raises
        ------
        NotConnected
            Another program has the port.
        """
        self.door = taken(self.host, self.port)
        self.port = self.door.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, name="andon web", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        if self.server is not None:
            self.server.should_exit = True
        if self.thread:
            self.thread.join(PATIENCE)
        if self.door:
            self.door.close()

    def _serve(self) -> None:
        import uvicorn  # here, with all the faces: a second of import that a plant need not wait for

        config = uvicorn.Config(
            site(self.folder, self.host),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=3,
        )
        self.server = uvicorn.Server(config)
        self.server.run(sockets=[self.door] if self.door else None)


def site(folder: Path, host: str = LOOPBACK) -> FastAPI:
    """The ASGI application: what is not /api or /mcp is the page."""
    from fastapi import FastAPI

    from ..surfaces import mcp, rest, web

    house = import_module("andon.app")
    route, talking = mcp.route(house, folder, guarded=host in LOOPBACKS)
    app = FastAPI(
        title="Andon",
        version="1",
        openapi_url="/api/openapi.json",
        docs_url="/api/docs",
        redoc_url=None,
        lifespan=lambda app: talking(),
    )
    app.include_router(rest.router(house, folder))
    app.router.routes.append(route)
    app.mount("/", web.pages())
    return app


def taken(host: str, port: int | None) -> socket.socket:
    """A listening socket at the port, or at the first free one of `PORTS`.

    Raises
    ------
    NotConnected
        Another program has the port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for tried in (port,) if port is not None else PORTS:
        door = socket.socket(family, socket.SOCK_STREAM)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, tried))
            door.listen(128)
        except OSError as error:
            door.close()
            reason = error
        else:
            return door
    where = f"{host}:{port}" if port is not None else f"{host}, ports {PORTS[0]} to {PORTS[-1]}"
    raise NotConnected(f"The page cannot be served at {where}: {reason.strerror}. Give another --port.")
