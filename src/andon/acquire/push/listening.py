"""The HTTP server of a push source: on its own port, with deadlines for slow senders."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from ...errors import NotConnected

MOST = 256
"""Connections at once."""
HEAD = 15.0
"""Seconds in which the head of a request has to come."""
IDLE = 75
"""Seconds that a connection without requests stays open: longer than agents pause between theirs."""
LEAVE = 2
"""Seconds that requests are given to end when the source stops."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where to listen, and the certificate with which (None: plain HTTP)."""

    host: str
    port: int
    certificate: str | None = None
    key: str | None = None

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.certificate else 'http'}://{host}:{self.port}"


class Prompt(H11Protocol):
    """A connection that is closed where the head of a request does not come in time (uvicorn would wait for ever)."""

    late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:
            self._expect()
        elif self.late is not None:
            self.late.cancel()
            self.late = None

    def connection_lost(self, exc: Exception | None) -> None:
        if self.late is not None:
            self.late.cancel()
        super().connection_lost(exc)

    def _expect(self) -> None:
        if self.late is None:
            self.late = self.loop.call_later(HEAD, self._close)

    def _close(self) -> None:
        self.late = None
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()


@asynccontextmanager
async def listening(application: Starlette, door: Door) -> AsyncIterator[asyncio.Task[None]]:
    """Serve while the block lasts; the task ends by itself only where the server fails.

    Raises
    ------
    NotConnected
        The port is taken, or the address is not of this computer, or the certificate cannot be read.
    """
    taken = _bound(door)
    try:
        config = uvicorn.Config(
            application,
            http=Prompt,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=MOST,
            timeout_keep_alive=IDLE,
            timeout_graceful_shutdown=LEAVE,
            ssl_certfile=door.certificate,
            ssl_keyfile=door.key,
        )
        config.load()
    except OSError as error:
        taken.close()
        raise NotConnected(f"The certificate {door.certificate} or its key cannot be used: {error}.") from None
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([taken]))
    try:
        while not server.started and not serving.done():
            await asyncio.sleep(0.005)
        yield serving
    finally:
        server.should_exit = True
        with suppress(TimeoutError):
            await asyncio.wait_for(serving, LEAVE + 1)
        taken.close()


def _bound(door: Door) -> socket.socket:
    """A socket that listens there already, so that nothing is promised before."""
    try:
        where = socket.getaddrinfo(door.host, door.port, type=socket.SOCK_STREAM)[0]
        found = socket.socket(where[0], socket.SOCK_STREAM)
    except OSError as error:
        raise NotConnected(f"There is no address {door.host!r} on this computer: {error}.") from None
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(where[4])
        found.listen(128)
    except OSError as error:
        found.close()
        raise NotConnected(
            f"Nothing can listen on {door.host}:{door.port}: {error.strerror}. Is another program there? "
            "Choose another `listen` in plant.toml."
        ) from None
    return found
