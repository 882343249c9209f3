"""A request's body within bounds: so large and no larger, here in so much time and no later."""

from __future__ import annotations

import asyncio
import time

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .refusal import TOO_LARGE, TOO_SLOW, Refusal

LARGEST = 4 << 20
PATIENCE = 30.0
"""Seconds in which a body must have arrived."""


class Bounded:
    """Answers 413 or 408 itself, and then hides from the application what else arrives and what it says."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        size = Headers(scope=scope).get("content-length", "0")
        if size.isdigit() and int(size) > LARGEST:
            await TOO_LARGE.send(scope, receive, send)
            return
        late, seen, whole, begun, refused = time.monotonic() + PATIENCE, 0, False, False, False

        async def refuse(why: Refusal) -> Message:
            nonlocal refused
            if not begun:
                await why.send(scope, receive, send)
            refused = True
            return {"type": "http.disconnect"}

        async def received() -> Message:
            nonlocal seen, whole
            if refused:
                return {"type": "http.disconnect"}
            if whole:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), max(0.0, late - time.monotonic()))
            except TimeoutError:
                return await refuse(TOO_SLOW)
            seen += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            return await refuse(TOO_LARGE) if seen > LARGEST else message

        async def sent(message: Message) -> None:
            nonlocal begun
            if not refused:
                begun = True
                await send(message)

        await self.app(scope, received, sent)
