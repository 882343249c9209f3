"""What stays: a plant or a relay that works until it is told to stop, and reads plant.toml again when it changes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Protocol, TypeVar

from ..config import check, read_plant
from ..errors import AndonError, BadConfig
from ..plant import Plant


class Lasting(Protocol):
    """Something that works until `stopped` is set."""

    stopped: Event

    def start(self) -> None: ...

    def work(self) -> None: ...

    def stop(self) -> None: ...


L = TypeVar("L", bound=Lasting)


def sound(folder: Path) -> None:
    """Refuse to start with a plant.toml that is not right.

    Raises
    ------
    BadConfig
        It has mistakes.
    """
    wrong = [m for m in check(folder) if not m.warning]
    if wrong:
        raise BadConfig("\n".join([f"{folder} was not started.", *map(str, wrong)]))


def last(part: L, tell: Callable[[L], None] | None = None) -> None:
    """Start, work until SIGTERM or Ctrl-C, and stop in good order; `tell` is called once it works."""
    import signal  # only here: a notebook that imports the house must keep its own signals

    def stop(number: int, frame: FrameType | None) -> None:
        part.stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        part.start()
        if tell:
            tell(part)
        part.work()
    finally:
        part.stop()


@dataclass(slots=True)
class Rereading:
    """Looks whether plant.toml was changed; what is wrong is told, and `what` goes on as it was."""

    folder: Path
    what: str
    log: logging.Logger
    seen: tuple[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.seen = self._stamp()

    def look(self, known: Plant) -> Plant | None:
        """The plant on paper, where it means something else than what is known."""
        stamp = self._stamp()
        if stamp == self.seen:
            return None
        self.seen = stamp
        try:
            plant = read_plant(self.folder)
        except (AndonError, OSError) as error:
            self.log.error("plant.toml was changed and is not right; the %s goes on as it was: %s", self.what, error)
            return None
        return plant if plant.digest != known.digest else None

    def _stamp(self) -> tuple[int, int]:
        """When plant.toml was changed last, and its size."""
        try:
            found = (self.folder / "plant.toml").stat()
        except OSError:
            return (0, 0)
        return found.st_mtime_ns, found.st_size
