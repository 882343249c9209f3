"""/live: what is going on, second after second, by WebSocket or server-sent events; only what changed is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import orjson
from fastapi import APIRouter, Depends, Query, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse

from ...accounts import LOCAL, Principal
from ...words import LANGUAGES
from .hub import Hub, Watcher
from .served import Asking, Door

SLOW = 10.0
"""Seconds that a frame may take to be sent."""
POLICY, LATER = 1008, 1013
"""Codes with which a WebSocket is closed: not allowed; too slow, try again."""
LONGEST = 16_384
"""Characters of a message from a client."""


def routes(found: APIRouter, house: ModuleType, folder: Path) -> None:
    door, hub = Door(house, folder), Hub(house, folder)

    @found.websocket("/live")
    async def live(socket: WebSocket, lang: str = "en") -> None:
        if not _is_ours(socket):
            await socket.close(POLICY)
            return
        who: Principal = getattr(socket.state, "principal", LOCAL)
        await socket.accept()
        watcher = await hub.join(who.lines, lang if lang in LANGUAGES else "en")
        sending, hearing = asyncio.create_task(_send(socket, watcher)), asyncio.create_task(_hear(socket, watcher))
        try:
            await asyncio.wait({sending, hearing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            hub.part(watcher)
            for task in (sending, hearing):
                task.cancel()
            await asyncio.gather(sending, hearing, return_exceptions=True)

    @found.get("/live", operation_id="live", response_class=StreamingResponse)
    async def events(
        asking: Asking = Depends(door),
        signal: list[str] = Query([], description="Signals whose newest values are wanted, too."),
    ) -> StreamingResponse:
        """The same frames as server-sent events: first all that is known, then what changes, at most once a second."""
        watcher = await hub.join(asking.who.lines, asking.language)
        watcher.follow(signal)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(_events(hub, watcher), media_type="text/event-stream", headers=headers)


async def _events(hub: Hub, watcher: Watcher) -> AsyncIterator[str]:
    try:
        while frame := await watcher.frames.get():
            yield f"data: {frame}\n\n"
    finally:
        hub.part(watcher)


async def _send(socket: WebSocket, watcher: Watcher) -> None:
    """Frames as they come, until the client is too slow."""
    try:
        while frame := await watcher.frames.get():
            await asyncio.wait_for(socket.send_text(frame), SLOW)
        await socket.close(LATER)
    except (TimeoutError, WebSocketDisconnect, RuntimeError):
        return  # it is gone, or as good as gone


async def _hear(socket: WebSocket, watcher: Watcher) -> None:
    """What the client wants: `{"follow": [paths]}`; anything else ends the talk."""
    try:
        while True:
            said = await socket.receive_text()
            if len(said) > LONGEST:
                break
            wanted = orjson.loads(said)
            if not isinstance(wanted, dict) or not isinstance(wanted.get("follow", []), list):
                break
            watcher.follow(wanted.get("follow", []))
    except WebSocketDisconnect:
        return
    except (orjson.JSONDecodeError, KeyError):
        pass
    await socket.close(POLICY)


def _is_ours(socket: WebSocket) -> bool:
    """A page of another site may not watch: a browser says where a page came from."""
    origin = socket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == socket.headers.get("host")
