"""Who hands over files at a demo while it runs: into a watched folder, as soon as each is due."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

PACE = 2.0
"""Seconds between two looks at the clock."""


@dataclass(slots=True)
class Courier(ABC):
    """Hands over what is due, until it is stopped; what was missed comes first."""

    stopping: threading.Event = field(default_factory=threading.Event, init=False)
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._work, name="andon courier", daemon=True)

    @abstractmethod
    def hand_over(self, now: int) -> int:
        """Put the files that are due by a moment into the folder; how many."""

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.stopping.set()
        if self.thread.is_alive():
            self.thread.join()

    def _work(self) -> None:
        while not self.stopping.wait(PACE):
            self.hand_over(time.time_ns() // 1000)
