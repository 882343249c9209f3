"""A simulated plant: 12 machines in 3 lines for 30 days, seeded, with the truth written down beside it."""

from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from itertools import repeat
from pathlib import Path

import numpy as np

from ...catalog import connector
from ...model import Batch, Times, Window
from ...units import duration
from ..link import Link
from .delivery import Plan, Voices, deliveries, planned
from .flow import FAR, Agenda, Order, run_line
from .gauged import gauged
from .hours import DEMO, Days, WorkAxis, work_axis
from .layout import LINES, MACHINES, PRODUCTS
from .paper import plant_toml
from .timeline import Run, run_of
from .truth import truth_of, write_truth
from .wires import GATEWAYS, Wires

__all__ = ["Simulation", "simulated", "simulated_plant", "simulation"]
QUARTER = 900_000_000


@dataclass(frozen=True)
class Simulation:
    """A plant that never was: its paper, everything it said, and what really happened."""

    seed: int
    days: Days
    window: Window
    wires: Wires = field(repr=False)
    plant_toml: str = field(repr=False)
    runs: tuple[Run, ...] = field(repr=False)
    plans: tuple[Plan, ...] = field(repr=False)

    def batches(self, window: Window | None = None) -> Iterator[Batch]:
        """Everything the plant said, in order of arrival: some of it late, some twice; or just that of a window."""
        yield planned(self.plans)
        yield from deliveries(self.voices, window or self.window)
        yield from gauged(self.runs, self.seed, self.days, window or self.window)

    @property
    def voices(self) -> Voices:
        """What the machines say, before, in and after the window."""
        return Voices.of(self.runs, self.seed, self.days, self.wires)

    @cached_property
    def truth(self) -> Mapping[str, object]:
        """What really happened; see `truth_of`."""
        return truth_of(self.runs, self.seed, self.window, self.wires)

    def write(self, folder: Path) -> None:
        """Write plant.toml and truth.json into a folder."""
        self.write_paper(folder)
        write_truth(folder, self.truth)

    def write_paper(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "plant.toml").write_text(self.plant_toml, encoding="utf-8")


def simulated_plant(seed: int = 1, days: int = 30, beside: Executor | None = None) -> Simulation:
    """Simulate the demo plant; the same seed gives the same bytes.

    Parameters
    ----------
    seed
        Where chance starts.
    days
        How many of the last of its 30 days it tells of.
    beside
        Where all lines but the first are simulated: in processes beside this one; None: here.

    Returns
    -------
    Simulation
        The plant on paper, its batches, and the truth.

    Examples
    --------
    >>> plant = simulated_plant(days=2)
    >>> len(plant.runs), plant.window.duration // 3_600_000_000
    (12, 48)
    """
    told = DEMO.window
    since = replace(DEMO, first=max(DEMO.first, DEMO.last - timedelta(days))).window.since
    return simulation(seed, DEMO, Window(since, told.until), GATEWAYS, beside)


def simulation(seed: int, days: Days, window: Window, wires: Wires, beside: Executor | None = None) -> Simulation:
    """Simulate some days, of which a window is told."""
    runs, plans = list[Run](), list[Plan]()
    first, *others = LINES
    elsewhere = (beside.map if beside else map)(_line, others, repeat(seed), repeat(days))
    for own, planned_here in (_line(first, seed, days), *elsewhere):
        runs += own
        plans += planned_here
    told = [p for p in plans if p.until > window.since]
    return Simulation(seed, days, window, wires, plant_toml(days, wires), tuple(runs), tuple(told))


@connector()
async def simulated(link: Link, seed: int = 1) -> AsyncIterator[Batch]:
    """A plant that never was, for trying things out.

    Parameters
    ----------
    seed
        Where chance starts: the same seed gives the same samples.
    """
    for batch in simulated_plant(seed).batches():
        yield batch


def _line(line: str, seed: int, days: Days) -> tuple[list[Run], list[Plan]]:
    axis = work_axis(days.shifts_of(line))
    services = {
        m.path: (axis.working(days.local(m.maintenance[0])), duration(m.maintenance[1]) // 1000)
        for m in MACHINES
        if m.line == line and m.maintenance and days.local(m.maintenance[0]) in days.window
    }
    faster = {
        p.name: axis.working(days.local(p.faster_from + "T00:00")) if p.faster_from else FAR
        for p in PRODUCTS
        if p.line == line
    }
    stations, orders = run_line(line, seed, Agenda(axis.total, services, faster))
    runs = [run_of(s, days, axis, np.random.default_rng([seed, 79, i])) for i, s in enumerate(stations)]
    return runs, [p for order, release in orders for p in _plans(order, release, line, axis)]


def _plans(order: Order, release: int, line: str, axis: WorkAxis) -> Iterator[Plan]:
    """The planner's idea of an order, in quarters of an hour: it starts when it is released and runs at 80 %."""
    if release >= axis.total:
        return
    product = PRODUCTS[order.product]
    length = int(order.quantity * product.cycle * 1000 / 0.8) + 2_400_000
    since, until = _quarters(axis.real(np.array([release, min(release + length, axis.total)])))
    for machine in MACHINES:
        if machine.line == line:
            yield Plan(machine.path, order.name, product.name, order.quantity, since, until)


def _quarters(at: Times) -> list[int]:
    return [int(t) // QUARTER * QUARTER for t in at]
