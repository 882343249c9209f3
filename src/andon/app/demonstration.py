"""The demo plant: simulated, stored, closed; ready for questions, and at work on real servers."""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from ..acquire.simulated import Simulation, side_by_side, simulated_plant
from ..acquire.simulated.floor.faults import FAULTS, throw
from ..acquire.simulated.floor.floor import Floor
from ..acquire.simulated.hours import days_around
from ..acquire.simulated.inspector import Inspector
from ..acquire.simulated.joined import joined
from ..acquire.simulated.live import FLOOR, begin_of_recent, bridge, done, is_left, leave, live_plant, older
from ..errors import BadConfig, NoData, NotConnected
from ..historian import RemoteHistorian
from ..model import Window
from ..plant.zones import local
from ..watch import close
from .opening import open_plant
from .running import Running, run
from .start import is_plant


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made: samples stored (0 where the folder was there already), and the window it tells of, local time."""

    samples: int
    signals: int
    shifts: int
    truth: Path
    since: str
    until: str


def demo(folder: Path, *, seed: int = 1, days: int = 30) -> Demo:
    """Make the simulated plant in a folder, unless it is there already."""
    if is_plant(folder) and (folder / "truth.json").exists():
        return _found(folder)
    simulation = simulated_plant(seed, days, side_by_side)
    simulation.write(folder)
    return _stored(folder, simulation)


def live(folder: Path, *, seed: int = 1, days: int = 30) -> Demo:
    """Make the simulated plant with a past that ends now, and the servers' scores of what comes; unless it is there.

    The last week is stored at once; what was before it while `play` goes on, as late data.
    """
    if is_plant(folder) and not (folder / FLOOR / "floor.json").exists():
        raise BadConfig(f"{folder} holds a plant without live machines; choose another folder, or remove it.")
    if is_plant(folder):
        return _found(folder)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as apart:
        return apart.submit(_live, folder, seed, days).result()


def _live(folder: Path, seed: int, days: int) -> Demo:
    """Make it, in a process of its own: what a simulation needs is gone when the plant is run."""
    now = _now()
    simulation = live_plant(folder, seed, days_around(now, back=days), now, each=side_by_side)
    edge = begin_of_recent(simulation.window)
    if edge > simulation.window.since:
        leave(folder, seed, days, now, edge)
    made = _stored(folder, simulation, Window(edge, now))
    with open_plant(folder) as plant:
        for batch in bridge(folder, Window(now, _now())):
            plant.history.write(batch)
    return made


def play(folder: Path, *, tell: Callable[[Running], None] | None = None) -> None:
    """Start the servers and run the plant that is connected to them, until SIGTERM or Ctrl-C.

    Raises
    ------
    NoData
        The days that were simulated are over.
    """
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    if _now() >= truth["until"]:
        raise NoData(f"The simulated days of {folder} are over. Remove it, or choose another folder, for fresh ones.")
    floor, past, inspector = Floor(folder / FLOOR), _past(folder), Inspector(folder, folder / FLOOR)

    def begun(running: Running) -> None:
        running.history.offer({"fault": lambda name, at, seconds: throw(floor, name, at, seconds)})
        inspector.start()
        if past:
            past.start()
        if tell:
            tell(running)

    try:
        floor.start()
        run(folder, tell=begun)
    finally:
        inspector.stop()
        floor.stop()
        if past and past.is_alive():
            past.terminate()


def fault(folder: Path, name: str, *, at: str = "", seconds: float = 10.0) -> str:
    """Throw a fault at the running demo; what it befell."""
    with open_plant(folder) as plant:
        if not isinstance(plant.history, RemoteHistorian):
            raise NotConnected(f"The demo in {folder} is not running. Start it with `andon demo {folder}`.")
        return str(plant.history.call("fault", name, at, seconds))


def is_filling(folder: Path) -> bool:
    """Is a part of the demo's past still to be stored?"""
    return is_left(folder)


def faults() -> dict[str, str]:
    """The faults that can be thrown, each with what it does."""
    return {name: fault.said for name, fault in FAULTS.items()}


def _past(folder: Path) -> BaseProcess | None:
    """A process that stores what is left of the past, beside the running plant; None where nothing is left."""
    if not is_left(folder):
        return None
    return multiprocessing.get_context("spawn").Process(target=_fill, args=(folder,), name="andon past", daemon=True)


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
        receipts = [plant.history.write(batch) for batch in joined(simulation.batches(window))]
        plant.history.seal()
        done = close(plant.plant, plant.history, plant.books, who="demo", why="first closing")
        since, until = _spoken(simulation.window, plant.plant.zone)
        signals = sum(len(m.signals) for m in plant.plant.machines.values())
    stored = sum(r.rows for r in receipts if not r.repeated)
    return Demo(stored, signals, done.first, folder / "truth.json", since, until)


def _found(folder: Path) -> Demo:
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    with open_plant(folder) as plant:
        since, until = _spoken(Window(*truth["window"]), plant.plant.zone)
    return Demo(0, 0, 0, folder / "truth.json", since, until)


def _now() -> int:
    return time.time_ns() // 1000


def _spoken(window: Window, zone: str) -> tuple[str, str]:
    """The window as a user would type it."""
    return f"{local(window.since, zone):%Y-%m-%d %H:%M}", f"{local(window.until, zone):%Y-%m-%d %H:%M}"
