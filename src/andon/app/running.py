"""A plant at work: sources gathered, shifts closed on time; it goes on until it is told to stop."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import cast

from ..acquire.gather import Gather, Site
from ..answer import Plain, plain
from ..config import check, read_plant, secret
from ..errors import AndonError, BadConfig
from ..historian import Historian, RemoteHistorian, lean
from ..ledger import Books
from ..plant import Plant
from ..surfaces.notify import Notifier
from ..watch.alarms import Keeper
from .inboxes import Inboxes
from .start import is_plant, no_plant

log = logging.getLogger("andon.run")
Row = dict[str, Plain]
LOOK = 1.0
"""Seconds between looks at plant.toml."""


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
        self.inboxes = Inboxes(folder, self.history)
        home = folder / "alarms"
        home.mkdir(exist_ok=True)
        self.notifier = Notifier(
            home / "outbox.jsonl", lambda n, k: secret(folder, f"notify-{n}", k, environ=os.environ)
        )
        self.alarms = Keeper(self.history, home / "seen.json", status=self.gather.status, tell=self.notifier.tell)
        self.history.listen(self.alarms.listener)
        self.history.offer({"sources": self.sources})
        self._seen = _stamp(folder)

    def start(self) -> None:
        self.notifier.change(self.plant)
        self.alarms.change(self.plant)
        self.gather.change(self.plant)
        self.inboxes.change(self.plant)

    def work(self) -> None:
        """Stay until `stopped` is set; look after what changes."""
        while not self.stopped.wait(LOOK):
            self._look()

    def stop(self) -> None:
        self.gather.stop()
        self.inboxes.stop()
        self.alarms.stop()
        self.notifier.stop()
        self.books.close()
        self.history.close()

    def sources(self) -> list[Row]:
        """How each source is doing."""
        found = [*self.gather.status().values(), *self.inboxes.status()]
        return [_plain_row(asdict(s)) for s in sorted(found, key=lambda s: s.source)]

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
            self.notifier.change(plant)
            self.alarms.change(plant)
            self.gather.change(plant)
            self.inboxes.change(plant)
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
    lean()
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
    if not is_plant(folder):
        raise no_plant(folder)
    with closing(Historian.open(folder / "history")) as history:
        if isinstance(history, RemoteHistorian):  # it goes on even while plant.toml is being edited and is not right
            return cast(list[Row], history.call("sources"))
    stopped: Row = {"health": "stopped", "said": "andon run is not running"}
    return [{"source": s.name, "connector": s.connector, **stopped} for s in read_plant(folder).sources]


def _plain_row(row: dict[str, object]) -> Row:
    return {k: plain(v) for k, v in row.items()}


def _stamp(folder: Path) -> tuple[int, int]:
    """When plant.toml was changed last, and its size."""
    try:
        found = (folder / "plant.toml").stat()
    except OSError:
        return (0, 0)
    return found.st_mtime_ns, found.st_size


__all__ = ["Running", "run", "sources"]
