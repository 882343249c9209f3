"""HTTP/1.1 that waits for nobody for ever: heads that do not come, answers that nobody takes, too many at once."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD = 10.0
"""Seconds in which the head of a request must have arrived."""
STUCK = 60.0
"""Seconds in which somebody must take something of an answer."""
MOST, EACH = 600, 120
"""Connections at once: in all, and of one address that is not this computer."""


class Patient(H11Protocol):
    """uvicorn's own protocol with these bounds."""

    _head: asyncio.TimerHandle | None = None
    _stuck: asyncio.TimerHandle | None = None
    _handed_on = False

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        mine = sum(1 for c in self.connections if isinstance(c, Patient) and c.client and c.client[0] == address)
        if len(self.connections) > MOST or (mine > EACH and not address.startswith(("127.", "::1"))):
            transport.abort()
            return
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        if self._stuck:
            self._stuck.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_waiting():
            self._wait()
        else:
            self._stop()

    def handle_websocket_upgrade(self, event: Any) -> None:
        """The connection is a WebSocket from now on: no head will come any more."""
        self._stop()
        self._handed_on = True
        super().handle_websocket_upgrade(event)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stuck = self._stuck or self.loop.call_later(STUCK, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stuck:
            self._stuck.cancel()
            self._stuck = None

    def _is_waiting(self) -> bool:
        """Is the head of a request still to come?"""
        return not self._handed_on and (self.cycle is None or bool(self.cycle.response_complete))

    def _wait(self) -> None:
        self._head = self._head or self.loop.call_later(HEAD, self._give_up)

    def _stop(self) -> None:
        if self._head:
            self._head.cancel()
            self._head = None

    def _give_up(self) -> None:
        self._head = None
        if self._is_waiting() and not self.transport.is_closing():
            self.transport.abort()
