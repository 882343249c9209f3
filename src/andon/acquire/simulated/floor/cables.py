"""Cables between the servers and Andon that can be cut and slowed: small TCP relays on loopback, on a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, TypeVar

from .addresses import HOST

T = TypeVar("T")
CHUNK = 65_536


@dataclass(slots=True)
class Cable:
    """From a port that is shown to the port that is meant; whole, cut, or slow."""

    shown: int
    meant: int
    whole: bool = True
    delay: float = 0.0
    ends: set[asyncio.StreamWriter] = field(default_factory=set)
    server: asyncio.Server | None = None

    async def lay(self) -> None:
        self.server = await asyncio.start_server(self._joined, HOST, self.shown)

    async def cut(self) -> None:
        """Nothing passes any more, and whoever dials finds nobody."""
        self.whole = False
        if self.server:
            self.server.close()
            self.server = None
        for end in list(self.ends):
            end.transport.abort()

    async def mend(self) -> None:
        self.whole, self.delay = True, 0.0
        if self.server is None:
            await self.lay()

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(HOST, self.meant)
        except OSError:
            writer.transport.abort()
            return
        self.ends |= {writer, far_writer}
        try:
            await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))
        finally:
            self.ends -= {writer, far_writer}
            for end in (writer, far_writer):
                end.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry bytes until one side ends; then the other side hears of it."""
        with suppress(OSError):
            while piece := await reader.read(CHUNK):
                if self.delay:
                    await asyncio.sleep(self.delay)
                writer.write(piece)
                await writer.drain()
        if writer.can_write_eof():
            with suppress(OSError, RuntimeError):
                writer.write_eof()


async def _ended() -> None:
    """Wait for whatever still carries."""
    others = asyncio.all_tasks() - {task for task in [asyncio.current_task()] if task}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


class Cables:
    """All cables of a floor, by the name of the server that they lead to."""

    def __init__(self) -> None:
        self._cables: dict[str, Cable] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="andon cables", daemon=True)
        self._thread.start()

    def lay(self, name: str, shown: int, meant: int) -> None:
        self._cables[name] = Cable(shown, meant)
        self._do(self._cables[name].lay())

    def cut(self, name: str) -> None:
        self._do(self._cables[name].cut())

    def mend(self, name: str) -> None:
        self._do(self._cables[name].mend())

    def slow(self, name: str, seconds: float) -> None:
        """Every piece takes so much longer."""
        self._cables[name].delay = seconds

    def close(self) -> None:
        if self._loop.is_closed():
            return
        for name in self._cables:
            self.cut(name)
        self._do(_ended())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)
