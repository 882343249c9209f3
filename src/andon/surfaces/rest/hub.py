"""Everybody who watches: what is going on is read once a second and said once, whatever the number of watchers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import orjson
from starlette.concurrency import run_in_threadpool

from .alarms import told_alarm

log = logging.getLogger("andon.live")
Row = dict[str, object]
Lines = tuple[str, ...]
EVERY = 1.0
"""Seconds between two frames."""
QUIET = 5.0
"""Seconds after which a frame is sent though nothing changed: so everybody knows that the plant is there."""
ROOM = 16
"""Frames that wait for a watcher; who falls further behind is let go of, and comes back for a whole frame."""
FOLLOWED = 64
"""Signals that one watcher may follow."""
RESTLESS = ("last", "rate", "samples", "batches", "skew")
"""What of a source changes all the time: it is told every `QUIET` seconds."""


class Watcher:
    """One client: the frames that wait for it, and the signals it follows."""

    def __init__(self, lines: Lines, language: str) -> None:
        self.key = (lines, language)
        self.frames: asyncio.Queue[str | None] = asyncio.Queue(ROOM)
        self.follows: frozenset[str] = frozenset()
        self.new: set[str] = set()
        self.gone = False

    def follow(self, paths: Iterable[str]) -> None:
        """Follow these signals and no others."""
        chosen = frozenset([p for p in paths if isinstance(p, str)][:FOLLOWED])
        self.new |= chosen - self.follows
        self.follows = chosen

    def put(self, frame: str) -> None:
        """A frame for this client; one that is too slow is let go of."""
        try:
            self.frames.put_nowait(frame)
        except asyncio.QueueFull:
            self.leave()

    def leave(self) -> None:
        """The end, in the place of whatever waits."""
        self.gone = True
        while not self.frames.empty():
            self.frames.get_nowait()
        self.frames.put_nowait(None)


@dataclass(slots=True)
class Group:
    """Watchers who see the same lines in the same language, and what they know."""

    watchers: set[Watcher] = field(default_factory=set)
    tiles: dict[str, Row] = field(default_factory=dict)
    lists: dict[str, list[Row]] = field(default_factory=dict)
    numbers: tuple[int, ...] = ()
    latest: dict[str, Row] = field(default_factory=dict)
    said: float = 0.0
    told: float = 0.0
    ready: bool = False

    @property
    def whole(self) -> str:
        """All that is known, as one frame."""
        return _frame({"whole": True, "tiles": list(self.tiles.values()), **self.lists})


class Hub:
    """Reads a plant once a second while somebody watches; a task of the server's loop, no thread of its own."""

    def __init__(self, house: ModuleType, folder: Path) -> None:
        self._house, self._folder = house, folder
        self._groups: dict[tuple[Lines, str], Group] = {}
        self._task: asyncio.Task[None] | None = None

    async def join(self, lines: Lines, language: str) -> Watcher:
        """A new watcher; the whole of what is known is the first frame that waits for it."""
        watcher = Watcher(lines, language)
        group = self._groups.setdefault(watcher.key, Group())
        if not group.ready:
            self._take(group, await run_in_threadpool(self._read, watcher.key, group))
        watcher.put(group.whole)
        group.watchers.add(watcher)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(), name="andon live")
        return watcher

    def part(self, watcher: Watcher) -> None:
        """A watcher goes."""
        group = self._groups.get(watcher.key)
        if group is not None:
            group.watchers.discard(watcher)
            if not group.watchers:
                del self._groups[watcher.key]

    async def _work(self) -> None:
        """Second after second, until nobody watches any more."""
        while self._groups:
            begun = time.monotonic()
            for key, group in list(self._groups.items()):
                try:
                    await self._look(key, group)
                except Exception:  # the outermost frame of this task: one look that failed does not end the watch
                    log.exception("live values could not be read")
            await asyncio.sleep(max(0.05, EVERY - (time.monotonic() - begun)))

    async def _look(self, key: tuple[Lines, str], group: Group) -> None:
        follows = {p for w in group.watchers for p in w.follows}
        found, latest = await run_in_threadpool(lambda: (self._read(key, group), self._latest(key[0], follows)))
        change = self._take(group, found)
        if change or time.monotonic() - group.said >= QUIET:
            group.said, frame = time.monotonic(), _frame(change)
            for watcher in list(group.watchers):
                watcher.put(frame)
        self._tell_latest(group, latest)

    def _read(self, key: tuple[Lines, str], group: Group) -> Row:
        """What is going on, in a thread; alarms and calls only where something was written of them."""
        house, folder, (lines, language) = self._house, self._folder, key
        with house.seen_by(lines):
            numbers = house.written(folder)
            found: Row = {"tiles": house.beat(folder), "sources": house.connections(folder), "numbers": numbers}
            if numbers != group.numbers:
                found["alarms"] = [told_alarm(r, language) for r in house.alarms(folder)]
                found["calls"] = house.calls(folder)
        return found

    def _latest(self, lines: Lines, follows: set[str]) -> Mapping[str, Row]:
        with self._house.seen_by(lines):
            return {str(r["signal"]): r for r in self._house.followed(self._folder, sorted(follows))}

    def _take(self, group: Group, found: Row) -> Row:
        """Take in what was read; what of it is news."""
        change: Row = {}
        tiles: dict[str, Row] = {str(t["machine"]): t for t in found["tiles"]}  # type: ignore[attr-defined]  # rows
        news = [d for machine, tile in tiles.items() if (d := _difference(group.tiles.get(machine), tile))]
        if tiles.keys() != group.tiles.keys() and group.ready:
            change["whole"], news = True, list(tiles.values())  # plant.toml was changed
        if news:
            change["tiles"] = news
        group.tiles = tiles
        restless = time.monotonic() - group.told >= QUIET
        for name in ("alarms", "calls", "sources"):
            if name in found and _is_news(name, group.lists.get(name), found[name], restless):
                group.lists[name] = change[name] = found[name]  # type: ignore[assignment]  # rows
        if "sources" in change:
            group.told = time.monotonic()
        if change.get("whole"):
            change |= group.lists
        group.numbers, group.ready = found["numbers"], True  # type: ignore[assignment]  # numbers
        return change

    def _tell_latest(self, group: Group, latest: Mapping[str, Row]) -> None:
        """Newest values to those who follow them: what changed, and all of what somebody has just begun to follow."""
        changed = {p for p, row in latest.items() if group.latest.get(p) != row}
        group.latest = dict(latest)
        frames: dict[frozenset[str], str] = {}
        for watcher in list(group.watchers):
            wanted = frozenset((changed & watcher.follows) | (watcher.new & latest.keys()))
            watcher.new.clear()
            if wanted and wanted not in frames:
                frames[wanted] = _frame({"latest": {p: _value(latest[p]) for p in wanted}})
            if wanted:
                watcher.put(frames[wanted])


async def stopped(task: asyncio.Task[None]) -> None:
    """End a task, and wait until it has."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _value(row: Row) -> list[object]:
    return [row["at"], row["text"] if row["value"] is None else row["value"], row["quality"]]


def _difference(old: Row | None, new: Row) -> Row:
    """What of a tile changed, with its machine; that time goes on is no news."""
    if old is None:
        return new
    changed = {k: v for k, v in new.items() if k != "at" and old[k] != v}
    return {"machine": new["machine"], "at": new["at"], **changed} if changed else {}


def _is_news(name: str, old: list[Row] | None, new: object, restless: bool) -> bool:
    if old == new:
        return False
    if name != "sources" or restless or old is None:
        return True
    return _calm(old) != _calm(new)  # type: ignore[arg-type]  # rows


def _calm(rows: list[Row]) -> list[Row]:
    return [{k: v for k, v in r.items() if k not in RESTLESS} for r in rows]


def _frame(content: Row) -> str:
    return orjson.dumps({"at": time.time_ns() // 1000, **content}).decode()
