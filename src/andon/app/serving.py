"""The faces of a running plant on one port: the page, REST, live values, MCP."""

from __future__ import annotations

import ipaddress
import logging
import socket
import threading
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import BadConfig, NotAllowed, NotConnected

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

log = logging.getLogger("andon.web")
LOOPBACK = "127.0.0.1"
PORTS = range(8800, 8900)
"""Where a plant is served if nobody says: the first of these that is free."""
PATIENCE = 10.0
"""Seconds that requests under way are given to end."""


LARGEST_HEAD, LARGEST_MESSAGE = 32 << 10, 64 << 10
"""Bytes of a request's head, and of what a browser says over a WebSocket."""


@dataclass(frozen=True, slots=True)
class Tls:
    """A certificate with its chain, and its key: two files in PEM."""

    certificate: Path
    key: Path


@dataclass(slots=True)
class Serving:
    """A plant served over HTTP, on a thread of its own, until `stop`."""

    folder: Path
    host: str = LOOPBACK
    port: int | None = None
    tls: Tls | None = None
    behind_proxy: bool = False
    door: socket.socket | None = field(default=None, repr=False)
    server: uvicorn.Server | None = field(default=None, repr=False)
    thread: threading.Thread | None = field(default=None, repr=False)
    failed: Exception | None = None

    @property
    def url(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{shown}:{self.port}"

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
        try:
            self._run()
        except Exception as error:  # the outermost frame of this thread: whoever runs the plant must hear of it
            self.failed = error

    def _run(self) -> None:
        """The plant goes on where its faces cannot be served; whoever calls then finds nobody, instead of silence."""
        try:
            self._open()
        except Exception:  # the outermost frame of this thread
            log.exception("the page and the API are not served")
            if self.door:
                self.door.close()

    def _open(self) -> None:
        import uvicorn  # here, with all the faces: a second of import that a plant need not wait for

        from ..surfaces.gate import Patient

        config = uvicorn.Config(
            site(self.folder, behind_proxy=self.behind_proxy),
            http=Patient,
            ws_max_size=LARGEST_MESSAGE,
            ws_per_message_deflate=False,  # frames are small: packing each for every client costs more than it saves
            h11_max_incomplete_event_size=LARGEST_HEAD,
            proxy_headers=False,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=3,
            ssl_certfile=self.tls.certificate if self.tls else None,
            ssl_keyfile=self.tls.key if self.tls else None,
        )
        self.server = uvicorn.Server(config)
        self.server.run(sockets=[self.door] if self.door else None)


def faces() -> None:
    """Load what serves a plant, where there is time for it before it is needed."""
    for name in ("uvicorn", "fastapi", "andon.surfaces.gate", "andon.surfaces.rest"):
        import_module(name)


def site(folder: Path, *, behind_proxy: bool = False) -> FastAPI:
    """The ASGI application: what is not /api or /mcp is the page."""
    from fastapi import Depends, FastAPI
    from starlette.routing import Route

    from ..surfaces import gate, mcp, rest, web

    house = import_module("andon.app")
    entrance = mcp.Entrance(house, folder)
    app = FastAPI(
        title="Andon",
        version="1",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(gate.rightful)],
        lifespan=lambda app: entrance.open(),
    )
    door = gate.Door(folder, behind_proxy=behind_proxy)
    gate.install(app, house, folder, door)
    rest.install(app, house, folder)
    rest.close(app)
    gate.described(app)
    app.router.routes.append(Route("/mcp", entrance))
    app.mount("/", web.pages())
    app.add_middleware(gate.Gate, door=door)
    return app


def guarded(folder: Path, host: str, *, tls: Tls | None, behind_proxy: bool) -> None:
    """May the plant be served there: encrypted, and with somebody who can tell who asks?

    At this computer alone it may without either. Everywhere else, and behind a proxy, there must be an admin's account;
    everywhere else passwords must not go over the wire as they are.

    Raises
    ------
    NotAllowed
        It may not.
    BadConfig
        The certificate or its key cannot be used.
    """
    from ..accounts import Accounts, is_kept, people

    outside = not is_loopback(host)
    if outside and not tls and not behind_proxy:
        raise NotAllowed(
            f"At {host} others could read every password: give --tls-cert and --tls-key, or --insecure-behind-proxy "
            "if a proxy before it speaks TLS."
        )
    if outside or behind_proxy:
        governed = is_kept(folder)
        if governed:
            with Accounts(folder) as opened:
                governed = people.can_govern(opened)
        if not governed:
            raise NotAllowed(
                f"At {host} anybody could ask, so the plant needs an account first: "
                f"`andon account add NAME --right admin --plant {folder}`."
            )
    if tls:
        _usable(tls)


def is_loopback(host: str) -> bool:
    """Is this an address of this computer that no other can reach?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _usable(tls: Tls) -> None:
    import ssl

    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(tls.certificate, tls.key)
    except (OSError, ssl.SSLError) as error:
        raise BadConfig(f"{tls.certificate} and {tls.key} are no certificate with its key: {error}.") from error


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
