"""The demo plant: simulated, stored, closed; ready for questions, and at work on real servers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..acquire.simulated import Simulation, simulated_plant
from ..acquire.simulated.floor.faults import FAULTS, throw
from ..acquire.simulated.floor.floor import Floor
from ..acquire.simulated.hours import days_around
from ..acquire.simulated.live import FLOOR, bridge, live_plant
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
    simulation = simulated_plant(seed, days)
    simulation.write(folder)
    return _stored(folder, simulation)


def live(folder: Path, *, seed: int = 1, days: int = 30) -> Demo:
    """Make the simulated plant with a past that ends now, and the servers' scores of what comes; unless it is there."""
    if is_plant(folder) and not (folder / FLOOR / "floor.json").exists():
        raise BadConfig(f"{folder} holds a plant without live machines; choose another folder, or remove it.")
    if is_plant(folder):
        return _found(folder)
    now = _now()
    made = _stored(folder, live_plant(folder, seed, days_around(now, back=days), now))
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
    floor = Floor(folder / FLOOR)

    def begun(running: Running) -> None:
        running.history.offer({"fault": lambda name, at, seconds: throw(floor, name, at, seconds)})
        if tell:
            tell(running)

    try:
        floor.start()
        run(folder, tell=begun)
    finally:
        floor.stop()


def fault(folder: Path, name: str, *, at: str = "", seconds: float = 10.0) -> str:
    """Throw a fault at the running demo; what it befell."""
    with open_plant(folder) as plant:
        if not isinstance(plant.history, RemoteHistorian):
            raise NotConnected(f"The demo in {folder} is not running. Start it with `andon demo {folder}`.")
        return str(plant.history.call("fault", name, at, seconds))


def faults() -> dict[str, str]:
    """The faults that can be thrown, each with what it does."""
    return {name: fault.said for name, fault in FAULTS.items()}


def _stored(folder: Path, simulation: Simulation) -> Demo:
    """Store what a simulation says, and close its shifts."""
    with open_plant(folder) as plant:
        receipts = [plant.history.write(batch) for batch in simulation.batches()]
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
