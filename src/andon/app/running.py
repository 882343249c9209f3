"""A plant at work: sources gathered, shifts closed on time; it goes on until it is told to stop."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import cast

from ..acquire.gather import Gather, Site
from ..answer import Plain, plain
from ..config import check, read_plant, secret
from ..errors import AndonError, BadConfig
from ..historian import Historian, RemoteHistorian
from ..ledger import Books
from ..plant import Plant
from ..plant.zones import clock_text
from ..watch import Clockwork, Live, Tile, glance
from .opening import open_plant

log = logging.getLogger("andon.run")
Row = dict[str, Plain]
LOOK = 1.0
"""Seconds between looks at plant.toml."""
PATIENCE = 20.0
"""Seconds that a closing under way is given to end."""


class Running:
    """A plant folder that this process owns, with everything that works in it.

    `plant.toml` is read again when it changes: what is right takes effect at once, what is wrong is told and the plant
    goes on as it was.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.plant: Plant = read_plant(folder)
        self.history = Historian.own(folder / "history")
        self.books = Books.open(folder / "ledger")
        self.stopped = threading.Event()
        site = Site(folder / "sources", self.history, lambda s, k: secret(folder, s, k, environ=os.environ))
        self.gather = Gather(site)
        self.live = Live(self.plant, self.history)
        self.history.offer({"sources": self.sources, "live": lambda: self.live.tiles()})
        self._watching = threading.Thread(target=self._watch, name="andon watch", daemon=True)
        self._seen = _stamp(folder)

    def start(self) -> None:
        self.gather.change(self.plant)
        self._watching.start()

    def work(self) -> None:
        """Stay until `stopped` is set; look after what changes."""
        while not self.stopped.wait(LOOK):
            self._look()

    def stop(self) -> None:
        self.stopped.set()
        self.gather.stop()
        if self._watching.is_alive():
            self._watching.join(PATIENCE)
        self.books.close()
        self.history.close()

    def sources(self) -> list[Row]:
        """How each source is doing."""
        return [_plain_row(asdict(s)) for s in self.gather.status().values()]

    def _watch(self) -> None:
        """Close shifts on time; the books are opened here, for their connection belongs to one thread."""
        with Books.open(self.folder / "ledger") as books:
            Clockwork(lambda: self.plant, self.history, books, self._caught_up).work(self.stopped)

    def _caught_up(self, until: int) -> bool:
        """Whether every source that is connected was heard since a moment."""
        return all(
            s.last is not None and s.last >= until for s in self.gather.status().values() if s.health == "connected"
        )

    def _look(self) -> None:
        stamp = _stamp(self.folder)
        if stamp == self._seen:
            return
        self._seen = stamp
        try:
            plant = read_plant(self.folder)
        except (AndonError, OSError) as error:
            log.error("plant.toml was changed and is not right; the plant goes on as it was: %s", error)
            return
        if plant.digest != self.plant.digest:
            self.plant = plant
            self.gather.change(plant)
            earlier, self.live = self.live, Live(plant, self.history)
            earlier.close()
            log.info("plant.toml was changed and is in force")


def run(folder: Path, *, tell: Callable[[Running], None] | None = None) -> None:
    """Run a plant until SIGTERM or Ctrl-C; what was acknowledged is on disk whatever happens.

    Raises
    ------
    BadConfig
        plant.toml has mistakes.
    Owned
        Another process runs this plant.
    """
    import signal  # only here: a notebook that imports the house must keep its own signals

    wrong = [m for m in check(folder) if not m.warning]
    if wrong:
        raise BadConfig("\n".join([f"{folder} was not started.", *map(str, wrong)]))
    running = Running(folder)

    def stop(number: int, frame: FrameType | None) -> None:
        running.stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        running.start()
        if tell:
            tell(running)
        running.work()
    finally:
        running.stop()


def sources(folder: Path) -> list[Row]:
    """How the sources of a plant are doing, asked of the process that runs it; else what plant.toml says of them."""
    with closing(open_plant(folder)) as plant:
        if isinstance(plant.history, RemoteHistorian):
            return cast(list[Row], plant.history.call("sources"))
        rows: list[Row] = [
            {"source": s.name, "connector": s.connector, "health": "stopped", "said": "andon run is not running"}
            for s in plant.plant.sources
        ]
        return rows


def now(folder: Path) -> list[Row]:
    """Every machine as it is now: told by the process that runs the plant, else read from the history."""
    return next(watching(folder))


def watching(folder: Path) -> Iterator[list[Row]]:
    """Every machine as it is now, second after second; once only where nobody runs the plant."""
    with closing(open_plant(folder)) as opened:
        history, plant = opened.history, opened.plant
        if not isinstance(history, RemoteHistorian):
            yield [_tile_row(t, plant) for t in glance(plant, history)]
            return
        while True:
            yield [_tile_row(t, plant) for t in cast(list[Tile], history.call("live"))]
            time.sleep(LOOK)


def _tile_row(tile: Tile, plant: Plant) -> Row:
    row = {k: plain(v) for k, v in asdict(tile).items() if k not in ("title", "at", "since", "day")}
    since = {"since": clock_text(tile.since, plant.zone), "lasts": tile.at - tile.since} if tile.since else {}
    return {"machine": row.pop("machine"), "state": row.pop("state"), **since, **row}


def _plain_row(row: dict[str, object]) -> Row:
    return {k: plain(v) for k, v in row.items()}


def _stamp(folder: Path) -> tuple[int, int]:
    """When plant.toml was changed last, and its size."""
    try:
        found = (folder / "plant.toml").stat()
    except OSError:
        return (0, 0)
    return found.st_mtime_ns, found.st_size


__all__ = ["Running", "now", "run", "sources", "watching"]
