"""The live demo: a simulated plant at work on real servers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..apart import apart, load_apart
from ..errors import BadConfig, NoData, NotConnected
from ..model import Window
from ..units import HOUR
from .start import is_plant

if TYPE_CHECKING:
    from ..acquire.simulated.floor.floor import Floor
    from .making import Demo
    from .running import Running

MAKING = ("andon.app.making", "andon.acquire.simulated.floor.process")
"""What the processes that make and play a plant have in common."""


@contextmanager
def live(folder: Path, *, seed: int = 1, days: int = 30) -> Iterator[Demo]:
    """The demo with its servers at work, made in a process of its own unless it is there.

    The servers begin as soon as it is written what they are going to say, while the past is being stored; meanwhile
    this process loads what running a plant needs.

    Raises
    ------
    BadConfig
        The folder holds another plant.
    NoData
        The days that were simulated are over.
    """
    load_apart(*MAKING)
    from ..acquire.simulated.floor.floor import PLAN, Floor
    from ..acquire.simulated.live import FLOOR
    from .making import found, make

    if is_plant(folder):
        _playable(folder)
        with Floor(folder / FLOOR) as floor:
            yield replace(found(folder), floor=floor)
        return
    plan = folder / FLOOR / PLAN
    plan.unlink(missing_ok=True)
    with ExitStack() as held:
        with ProcessPoolExecutor(1, apart(*MAKING)) as pool:
            making = pool.submit(make, folder, seed, days)
            _load()
            while not plan.exists():
                if making.done():
                    making.result()
                time.sleep(0.05)
            floor = held.enter_context(Floor(folder / FLOOR))
            made = making.result()
        yield replace(made, floor=floor)


def play(folder: Path, floor: Floor, *, tell: Callable[[Running], None] | None = None) -> None:
    """Run the plant that is connected to the servers, until SIGTERM or Ctrl-C."""
    from ..acquire.simulated.floor.faults import throw
    from ..acquire.simulated.inspector import Inspector
    from ..acquire.simulated.live import FLOOR
    from .making import filling
    from .running import run

    past, inspector = filling(folder), Inspector(folder, folder / FLOOR)

    def begun(running: Running) -> None:
        running.history.offer({"fault": lambda name, at, seconds: throw(floor, name, at, seconds)})
        inspector.start()
        if past:
            past.start()
        if tell:
            tell(running)

    try:
        run(folder, tell=begun)
    finally:
        inspector.stop()
        if past and past.is_alive():
            past.terminate()


def probe(
    folder: Path,
    *,
    seed: int = 1,
    days: int = 7,
    begin: Callable[[int], None] | None = None,
    tell: Callable[[Running], None] | None = None,
) -> None:
    """Run the simulated chip house, made unless it is there: two probers write a file a wafer, until Ctrl-C or SIGTERM.

    Parameters
    ----------
    folder, seed, days
        The plant's folder, where chance starts, and how many days were probed before now.
    begin
        Is told how many wafers that are, before their files are written.
    tell
        Is told of the running plant.

    Raises
    ------
    BadConfig
        The folder holds another plant.
    """
    from ..acquire.simulated.chip_house import Probers, found_house, is_house
    from .making import now
    from .running import run

    moment = now()
    if not is_plant(folder):
        found_house(folder, seed, Window(moment - days * 24 * HOUR, moment))
    elif not is_house(folder):
        raise BadConfig(f"{folder} holds another plant; choose another folder, or remove it.")
    probers = Probers(folder)
    if begin:
        begin(probers.left(moment))
    probers.hand_over(moment)

    def begun(running: Running) -> None:
        probers.start()
        if tell:
            tell(running)

    try:
        run(folder, tell=begun)
    finally:
        probers.stop()


def fault(folder: Path, name: str, *, at: str = "", seconds: float = 10.0) -> str:
    """Throw a fault at the running demo; what it befell."""
    from ..historian import RemoteHistorian
    from .opening import open_plant

    with open_plant(folder) as plant:
        if not isinstance(plant.history, RemoteHistorian):
            raise NotConnected(f"The demo in {folder} is not running. Start it with `andon demo {folder}`.")
        return str(plant.history.call("fault", name, at, seconds))


def faults() -> dict[str, str]:
    """The faults that can be thrown, each with what it does."""
    from ..acquire.simulated.floor.faults import FAULTS

    return {name: fault.said for name, fault in FAULTS.items()}


def _playable(folder: Path) -> None:
    from ..acquire.simulated.floor.floor import PLAN
    from ..acquire.simulated.live import FLOOR
    from .making import now

    if not (folder / FLOOR / PLAN).exists():
        raise BadConfig(f"{folder} holds a plant without live machines; choose another folder, or remove it.")
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    if now() >= truth["until"]:
        raise NoData(f"The simulated days of {folder} are over. Remove it, or choose another folder, for fresh ones.")


def _load() -> None:
    """What runs and serves a plant takes seconds to load: time to do it is while the plant is made."""
    from . import running
    from .serving import faces

    assert running
    faces()
