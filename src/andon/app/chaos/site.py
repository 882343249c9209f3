"""The site of the chaos: a plant folder with live machines, and an Andon that runs it in a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from ...acquire.simulated.floor.floor import Floor, tick_path
from ...acquire.simulated.floor.guard import Guarded
from ...acquire.simulated.hours import days_around
from ...acquire.simulated.live import FLOOR, live_plant
from ...config import read_plant
from ...errors import AndonError, BadConfig, NotConnected
from ...historian import Historian, RemoteHistorian
from ...historian.door import call
from ...historian.lock import owner_of
from ...model import Window
from ...plant import Signal

TICK = 100_000
"""Each source says a numbered tick every so many microseconds."""
PATIENCE = 90.0
LATELY = 120_000_000
DISK = 96
"""MiB of the small disk that can be filled."""


@dataclass(slots=True)
class ChaosSite:
    """A floor, an Andon, and a way to ask it."""

    folder: Path
    floor: Floor = field(init=False)
    andon: subprocess.Popen[bytes] | None = None
    guard: Guarded | None = None
    small: bool = False

    @classmethod
    def make(cls, folder: Path) -> ChaosSite:
        """A new plant whose machines count what they say; its history on a small disk where this user may mount one."""
        if (folder / "plant.toml").exists():
            raise BadConfig(f"{folder} holds a plant already; chaos wants a folder of its own.")
        now = _now()
        live_plant(folder, 1, days_around(now, back=1, ahead=2), now, ticks=TICK)[1].write()
        site = cls(folder)
        site.floor = Floor(folder / FLOOR)
        site.small = _mount(folder / "history")
        return site

    @property
    def sources(self) -> list[str]:
        return [n for n, s in self.floor.servers.items() if s.ticks]

    def start(self) -> None:
        """Andon first, so that nothing is said to nobody; then the machines."""
        self.run()
        self.floor.start()

    def stop(self) -> None:
        if self.andon is not None:
            self.andon.send_signal(signal.SIGCONT)
            self.andon.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.andon.wait(20)
        self.kill()
        self.floor.stop()
        if self.small:
            subprocess.run(["umount", "--lazy", str(self.folder / "history")], check=False, capture_output=True)

    def run(self) -> None:
        """Start Andon, and return once it answers."""
        with (self.folder / "andon.log").open("ab") as log:
            self.andon = subprocess.Popen(
                [sys.executable, "-m", "andon", "run", str(self.folder)], stdout=log, stderr=log, start_new_session=True
            )
        self.guard = Guarded.of(self.andon.pid)
        until(self.answers, PATIENCE, f"andon run {self.folder} did not start")

    def kill(self) -> None:
        """End Andon as a power cut would."""
        if self.guard is not None:
            self.guard.dismiss()
            self.guard = None
        if self.andon is not None:
            self.andon.kill()
            self.andon.wait()
            self.andon = None

    @contextmanager
    def asked(self) -> Iterator[Historian]:
        """The history, asked of the Andon that runs; never opened here.

        Raises
        ------
        NotConnected
            None answers.
        """
        owner = owner_of(self.folder / "history")
        caller = call(owner) if owner else None
        if caller is None:
            raise NotConnected("Andon does not answer.")
        with RemoteHistorian(self.folder / "history", caller) as history:
            yield cast(Historian, history)

    def answers(self) -> bool:
        with suppress(NotConnected), self.asked():
            return True
        return False

    def ticks(self, source: str, window: Window) -> list[tuple[int, int]]:
        """The stored ticks of a source: moment and number."""
        with self.asked() as history:
            table = history.samples(tick_path(source), window)
        rows = zip(table["at"].to_pylist(), table["value"].to_pylist(), strict=True)
        return [(int(at or 0), round(value)) for at, value in rows if value is not None]

    def newest(self, source: str) -> int:
        """The moment of the newest stored tick of a source; 0 where there is none or nobody answers."""
        with suppress(AndonError):  # while its disk is full it cannot answer either
            found = self.ticks(source, Window(_now() - LATELY, _now() + LATELY))
            return max((number * TICK for _, number in found), default=0)
        return 0

    def heard(self, source: str, window: Window) -> list[tuple[int, int]]:
        """The stretches of a window in which a source was heard."""
        with self.asked() as history:
            return [(s, u) for s, u, _ in history.coverage(self._signal(source), window).rows()]

    def begun(self, source: str, window: Window) -> list[int]:
        """When the connections of a source began."""
        with self.asked() as history:
            return [since for since, _, _ in history.spells("connection", source, window).rows()]

    def fill(self) -> None:
        """Fill the small disk to the last byte."""
        with (self.folder / "history" / "ballast").open("wb") as ballast, suppress(OSError):
            while True:
                ballast.write(b"\0" * 65_536)
                ballast.flush()

    def empty(self) -> None:
        (self.folder / "history" / "ballast").unlink()

    def _signal(self, source: str) -> Signal:
        place, _, name = tick_path(source).rpartition("/")
        return read_plant(self.folder).machines[place].signals[name]


def until(true: Callable[[], bool], seconds: float, said: str) -> float:
    """Wait until something is true; how long it took."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > seconds:
            raise NotConnected(f"{said} within {seconds:.0f} s.")
        time.sleep(0.1)
    return time.monotonic() - began


def _mount(folder: Path) -> bool:
    """Make a folder a small disk of its own, where this system and user can."""
    folder.mkdir(parents=True, exist_ok=True)
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}m", "tmpfs", str(folder)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _now() -> int:
    return time.time_ns() // 1000
