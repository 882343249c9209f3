"""The live demo: which server plays which machine, over which protocol; made once, played for two weeks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

from ...model import Batch, Window
from . import Simulation, simulation
from .delivery import HOUR, LENGTH, Voices, spells_of
from .floor.addresses import ADDRESSES, SETTINGS
from .floor.floor import BROKER, Floor, Server, plan, tick_path, write_plan
from .hours import Days, days_around
from .inspector import source_table, write_inspections
from .joined import joined
from .layout import MACHINES
from .score import Score, samples_of, write_scores
from .timeline import Run
from .truth import truth_of, write_truth
from .wires import Wires

BRIDGE = 1_000_000
"""The number of the batch between the past and the present; those of the past are below."""
RECENT = 4 * 24 * HOUR
"""About so much of the past is stored before the plant starts."""
LEFT = "past.json"
"""Says which part of the past is still to be stored, in the floor's folder."""
FLOOR = "floor"
"""The folder of the servers, in that of the plant."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source of the live demo: its name, its protocol, its machines, and why it is so in a factory."""

    name: str
    kind: str
    machines: tuple[str, ...]
    remark: str


SOURCES = (
    SourceRow("plc-1", "opcua", ("line-1/press-1", "line-1/cell-1"), "the PLC of line 1"),
    SourceRow("lathes", "mtconnect", ("line-1/lathe-1", "line-2/lathe-2", "line-3/lathe-3"), "the agent of all lathes"),
    SourceRow("press-2", "modbus", ("line-2/press-2",), "an older press"),
    SourceRow("press-3", "modbus", ("line-3/press-3",), "an old press whose counter runs over"),
    SourceRow("cell-2", "mqtt", ("line-2/cell-2",), "a cell that publishes JSON"),
    SourceRow("cell-3", "push", ("line-3/cell-3",), "a gateway that sends line protocol"),
    SourceRow(
        "packing", "sparkplug", ("line-1/packer-1", "line-2/packer-2", "line-3/packer-3"), "the packers' edge node"
    ),
)
LOST_SOURCE = "cell-2"
"""Whom nobody heard for a while in the past."""
OF_MACHINE = {machine: row for row in SOURCES for machine in row.machines}
assert set(OF_MACHINE) == {m.path for m in MACHINES}


@dataclass(frozen=True, slots=True)
class Coming:
    """What the servers of a live demo are going to say: simulated, still to be written for them."""

    runs: tuple[Run, ...]
    seed: int
    days: Days
    window: Window
    folder: Path
    servers: Mapping[str, Server]

    def write(self) -> None:
        """Write the servers' scores, and the floor's plan: once it is there, the servers may begin; then the truth."""
        voices = Voices.of(self.runs, self.seed, self.days, live_wires(self.servers))
        write_scores(voices, self.window, self.folder)
        write_plan(self.folder, self.servers)
        past = Window(self.days.window.since, self.window.since)
        write_truth(self.folder.parent, truth_of(self.runs, self.seed, past, voices.wires))


def live_plant(
    folder: Path, seed: int, days: Days, now: int, *, ticks: int = 0, beside: Executor | None = None
) -> tuple[Simulation, Coming]:
    """Simulate some days around a moment: what is before it to be stored, what comes after it for servers to play.

    Parameters
    ----------
    folder
        The plant's folder; `floor` in it gets the servers' scores.
    seed
        Where chance starts.
    days
        Which days are simulated.
    now
        Until when is past.
    ticks
        Every so many microseconds each source says a numbered tick; 0: none does.
    beside
        Where all lines but the first are simulated; None: here.
    """
    servers = plan({row.name: row.kind for row in SOURCES}, ticks=ticks)
    made = simulation(seed, days, Window(days.window.since, now), live_wires(servers), beside)
    ahead = Window(now, days.window.until)
    measuring = write_inspections(made.runs, seed, days, ahead, (folder, FLOOR))
    made = replace(
        made, plant_toml=made.plant_toml + source_table(measuring) + "".join(map(_ticking, SOURCES) if ticks else ())
    )
    made.write_paper(folder)
    return made, Coming(made.runs, seed, days, ahead, folder / FLOOR, servers)


def begin_of_recent(window: Window) -> int:
    """From when on the past is stored before the plant starts: whole batches, about four days of them."""
    parts = max(0, window.duration - RECENT) // LENGTH
    return window.since + parts * LENGTH


def leave(folder: Path, seed: int, back: int, now: int, edge: int) -> None:
    """Write down that what came before a moment is still to be stored."""
    left = {"seed": seed, "back": back, "now": now, "edge": edge}
    (folder / FLOOR / LEFT).write_text(json.dumps(left), "utf-8")


def is_left(folder: Path) -> bool:
    """Is a part of the past still to be stored?"""
    return (folder / FLOOR / LEFT).is_file()


def older(folder: Path) -> Iterator[Batch]:
    """That part of the past, simulated again."""
    left = json.loads((folder / FLOOR / LEFT).read_text("utf-8"))
    days = days_around(left["now"], back=left["back"])
    wires = live_wires(Floor(folder / FLOOR).servers)
    made = simulation(left["seed"], days, Window(days.window.since, left["now"]), wires)
    yield from joined(made.batches(Window(days.window.since, left["edge"])))


def done(folder: Path) -> None:
    """All of the past is stored."""
    (folder / FLOOR / LEFT).unlink()


def bridge(folder: Path, window: Window) -> Iterator[Batch]:
    """What the scores say of a stretch: while the past was being stored, the machines went on."""
    for row in SOURCES:
        lines = Score.open(folder / FLOOR / f"{row.name}.parquet").between(window.since - 1, window.until - 1)
        heard = [("connection", row.name, window.since, window.until, "connected", "{}")]
        yield Batch(row.name, BRIDGE, samples_of(lines), spells=spells_of(heard))


def _ticking(row: SourceRow) -> str:
    path = tick_path(row.name)
    address = ADDRESSES[row.kind](path)
    return f"""
[[machine]]
path = "{path.rpartition("/")[0]}"

[machine.signals.tick]
kind = "integer"
role = "other"
source = "{row.name}"
address = '{address}'
"""


def live_wires(servers: Mapping[str, Server]) -> Wires:
    """The wiring whose sources are reached at these servers, by source."""
    settings = {row.name: _settings(row, servers) for row in SOURCES}
    owners = {machine: row for row in SOURCES for machine in row.machines}

    def source_of(path: str) -> str:
        return owners[path.rpartition("/")[0]].name

    def address_of(path: str) -> str:
        return ADDRESSES[owners[path.rpartition("/")[0]].kind](path)

    return Wires(settings, source_of, LOST_SOURCE, address_of, _scaled)


def _settings(row: SourceRow, servers: Mapping[str, Server]) -> str:
    port = servers[BROKER if row.kind in ("mqtt", "sparkplug") else row.name].shown
    lines = [f'connector = "{row.kind}"', *SETTINGS[row.kind](port)]
    return f"# {row.remark}\n" + "".join(f"{line}\n" for line in lines)


def _scaled(path: str) -> str:
    """MTConnect has watts and watt seconds."""
    machine, _, name = path.rpartition("/")
    row = OF_MACHINE.get(machine)
    if row is None or row.kind != "mtconnect":
        return ""
    return {"power": "scale = 0.001\n", "energy": f"scale = {1 / 3_600_000!r}\n"}.get(name, "")
