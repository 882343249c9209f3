"""The demo plant: simulated, stored, closed; ready for questions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ..acquire.simulated import simulated_plant
from ..model import Window
from ..plant.zones import local
from ..watch import close
from .opening import open_plant
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


def _spoken(window: Window, zone: str) -> tuple[str, str]:
    """The window as a user would type it."""
    return f"{local(window.since, zone):%Y-%m-%d %H:%M}", f"{local(window.until, zone):%Y-%m-%d %H:%M}"
