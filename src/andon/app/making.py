"""Making the demo plant: simulated, stored, closed; ready for questions and for its servers."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING

from ..acquire.simulated import Simulation, simulated_plant
from ..acquire.simulated.hours import days_around
from ..acquire.simulated.joined import joined
from ..acquire.simulated.live import begin_of_recent, bridge, done, is_left, leave, live_plant, older
from ..apart import apart
from ..model import Window
from ..plant.zones import local
from ..watch import close
from .opening import open_plant
from .start import is_plant

if TYPE_CHECKING:
    from ..acquire.simulated.floor.floor import Floor


AT_ONCE = 100_000
"""Samples in a batch while nobody else works with the plant: fewer commits."""


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made: samples stored (0 where the folder was there already), and the window it tells of, local time.

    `floor` has the servers at work, of a live demo.
    """

    samples: int
    signals: int
    shifts: int
    truth: Path
    since: str
    until: str
    floor: Floor | None = None


def demo(folder: Path, *, seed: int = 1, days: int = 30) -> Demo:
    """Make the simulated plant in a folder, unless it is there already."""
    if is_plant(folder) and (folder / "truth.json").exists():
        return found(folder)
    with _beside() as beside:
        simulation = simulated_plant(seed, days, beside)
    simulation.write(folder)
    return _stored(folder, simulation)


def make(folder: Path, seed: int, days: int) -> Demo:
    """Make the live demo: the servers' scores of what comes, and a past that ends now.

    The last days are stored; what was before them is left to `filling`, as late data. Shifts that end meanwhile are not
    lost: what the machines said until it is all stored comes from the scores.
    """
    begin = now()
    with _beside() as beside:
        simulation, coming = live_plant(folder, seed, days_around(begin, back=days), begin, beside=beside)
        written = beside.submit(coming.write)
        edge = begin_of_recent(simulation.window)
        if edge > simulation.window.since:
            leave(folder, seed, days, begin, edge)
        made = _stored(folder, simulation, Window(edge, begin))
        written.result()
    with open_plant(folder) as plant:
        for batch in bridge(folder, Window(begin, now())):
            plant.history.write(batch)
    return made


def _beside() -> Executor:
    """Processes that simulate two lines of three, as far as there are cores."""
    return ProcessPoolExecutor(min(2, max(1, (os.cpu_count() or 1) - 1)), apart(__name__))


def found(folder: Path) -> Demo:
    """A demo that is there already."""
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    with open_plant(folder) as plant:
        since, until = _spoken(Window(*truth["window"]), plant.plant.zone)
    return Demo(0, 0, 0, folder / "truth.json", since, until)


def is_filling(folder: Path) -> bool:
    """Is a part of the demo's past still to be stored?"""
    return is_left(folder)


def filling(folder: Path) -> BaseProcess | None:
    """A process that stores what is left of the past, beside the running plant; None where nothing is left."""
    if not is_left(folder):
        return None
    return apart(__name__).Process(target=_fill, args=(folder,), name="andon past", daemon=True)


def now() -> int:
    """This moment, in microseconds."""
    return time.time_ns() // 1000


def _fill(folder: Path) -> None:
    """Store what is left of the past; it may be stopped and begun again at any time."""
    if hasattr(os, "nice"):
        os.nice(10)
    batches = older(folder)
    with open_plant(folder) as plant:
        for batch in batches:
            plant.history.write(batch)
    done(folder)


def _stored(folder: Path, simulation: Simulation, window: Window | None = None) -> Demo:
    """Store what a simulation says, or what it says of a window, and close its shifts."""
    with open_plant(folder) as plant:
        receipts = [plant.history.write(batch) for batch in joined(simulation.batches(window), AT_ONCE)]
        plant.history.seal()
        done = close(plant.plant, plant.history, plant.books, who="demo", why="first closing")
        since, until = _spoken(simulation.window, plant.plant.zone)
        signals = sum(len(m.signals) for m in plant.plant.machines.values())
    stored = sum(r.rows for r in receipts if not r.repeated)
    return Demo(stored, signals, done.first, folder / "truth.json", since, until)


def _spoken(window: Window, zone: str) -> tuple[str, str]:
    """The window as a user would type it."""
    return f"{local(window.since, zone):%Y-%m-%d %H:%M}", f"{local(window.until, zone):%Y-%m-%d %H:%M}"
