"""The two ways in; the protocol behind them takes most of a second to load, and is loaded when somebody comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType

from anyio import to_thread
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ...accounts import Principal


def talk(house: ModuleType, folder: Path, principal: Principal, language: str) -> None:
    """Serve one client over standard input and output, until it goes."""
    _transport().talk(house, folder, principal, language)


@dataclass(slots=True)
class Entrance:
    """What answers at /mcp: only POST, for there are no sessions to listen to or to end.

    `open` lasts as long as it is served; who asks, and from where, says the gate before it.
    """

    house: ModuleType
    folder: Path
    served: asyncio.Future[ASGIApp] | None = field(default=None, init=False)
    _over: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _task: asyncio.Task[None] | None = field(default=None, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await Response(status_code=405, headers={"allow": "POST"})(scope, receive, send)
            return
        if self.served is None:
            self.served = asyncio.get_running_loop().create_future()
            self._task = asyncio.create_task(self._serve(self.served), name="andon mcp")
        app = await asyncio.shield(self.served)
        await app(scope, receive, send)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        try:
            yield
        finally:
            self._over.set()
            if self._task:
                await self._task

    async def _serve(self, served: asyncio.Future[ASGIApp]) -> None:
        """Load it, and keep it going in one task, as its task group wants it."""
        try:
            app, running = await to_thread.run_sync(lambda: _transport().posted(self.house, self.folder))
        except Exception as error:  # whoever waits must hear of it
            self.served = None
            served.set_exception(error)
            return
        async with running():
            served.set_result(app)
            await self._over.wait()


def _transport() -> ModuleType:
    return import_module(".transport", __package__)
