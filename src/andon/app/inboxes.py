"""Folders that a running plant watches: a `[[source]]` of files with a `folder` is stored as its files appear."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from ..acquire.gather import Health, Pulse, Status
from ..errors import AndonError
from ..model import Sink
from ..plant import Plant, Source

log = logging.getLogger("andon.inbox")
EVERY = 2.0
"""Seconds between looks; a file is taken when two looks found it the same."""
AGAIN = 5.0
"""Seconds until a folder that could not be read is tried again."""


@dataclass(slots=True)
class _Inbox:
    """One watched folder."""

    source: Source
    plant: Plant
    folder: Path
    sink: Sink
    stop: threading.Event = field(default_factory=threading.Event)
    pulse: Pulse = field(init=False)
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.pulse = Pulse(self.source.name, "files")
        self.thread = threading.Thread(target=self._work, name=f"andon {self.source.name}", daemon=True)
        self.thread.start()

    def _work(self) -> None:
        while not self.stop.is_set():
            try:
                self._watch()
            except AndonError as error:
                if self.pulse.turn(Health.LOST, str(error)):
                    log.warning("%s: %s", self.source.name, error)
                self.stop.wait(AGAIN)
        self.pulse.turn(Health.STOPPED)

    def _watch(self) -> None:
        from ..acquire.files import (
            read_mapping,
            watch_folder,
        )  # the readers of files are heavy: only where one is watched

        mapping = read_mapping(self.source.settings, name=self.source.name)
        if self.folder.is_dir():
            self.pulse.turn(Health.CONNECTED)
        for report in watch_folder(self.folder, mapping, self.plant, self.sink, stop=self.stop, every=EVERY):
            loaded = report.loaded
            self.pulse.heard(None, time.time_ns() // 1000)
            self.pulse.stored(loaded.samples if loaded else 0, loaded.refused if loaded else 0)
            self.pulse.turn(Health.CONNECTED, f"{report.file.name}: {report.text}" if report.failed else "")
            log.log(logging.WARNING if report.failed else logging.INFO, "%s: %s", report.file.name, report.text)


class Inboxes:
    """All watched folders of a plant."""

    def __init__(self, folder: Path, sink: Sink) -> None:
        self._folder, self._sink = folder, sink
        self._inboxes: dict[str, _Inbox] = {}

    def change(self, plant: Plant) -> None:
        """Watch what plant.toml says: the mapping of a file speaks of the plant, so a changed plant begins all anew."""
        self.stop()
        for source in plant.sources:
            where = source.settings.get("folder")
            if source.connector == "files" and isinstance(where, str):
                self._inboxes[source.name] = _Inbox(source, plant, self._folder / where, self._sink)

    def status(self) -> list[Status]:
        """How each folder is doing."""
        return [i.pulse.status() for i in self._inboxes.values()]

    def stop(self) -> None:
        """Stop after the files in hand."""
        for inbox in self._inboxes.values():
            inbox.stop.set()
        for inbox in self._inboxes.values():
            inbox.thread.join(30)
        self._inboxes = {}
