"""What is going on now, for whoever watches: tiles, sources, followed signals; read again each second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import cast

from ..acquire.gather import Status
from ..answer import Plain, plain
from ..watch import Tile, glance
from .opening import lent_of, paper, reading, restricted
from .sampling import newest

Row = dict[str, Plain]
DIGITS = {"oee": 4, "availability": 4, "effectiveness": 4, "quality": 4, "coverage": 4, "target": 1}
"""What people can see of a figure: digits after the point; more would change every second without saying anything."""


def beat(folder: Path) -> list[Row]:
    """Every machine as it is now: one row a machine, moments in microseconds."""
    lent = lent_of(folder)
    with reading(folder) as (plant, history):
        tiles = cast(list[Tile], lent.offered["live"]()) if lent else glance(plant, history)
        return [tile_row(t) for t in tiles if t.machine in plant.machines]


def written(folder: Path) -> tuple[int, int]:
    """Numbers that grow with each alarm that begins, changes or ends, and with each act of people."""
    with reading(folder) as (_, history):
        return history.last_number("alarms"), history.last_number("acts")


def followed(folder: Path, signals: Sequence[str]) -> list[Row]:
    """The newest rows of signals; those that are not there, or may not be seen, are left out."""
    with reading(folder) as (plant, _):
        known = [
            s for s in signals if (m := plant.machines.get(s.rpartition("/")[0])) and s.rpartition("/")[2] in m.signals
        ]
    return newest(folder, "", known) if known else []


def connections(folder: Path) -> list[Row]:
    """How the sources of the plant are doing: one row a source, moments in microseconds."""
    lent, sources = lent_of(folder), {s.name: s for s in paper(folder).sources}
    if lent is None:
        return [{"source": s.name, "connector": s.connector, "health": "stopped"} for s in sources.values()]
    found = cast(Mapping[str, Status], lent.offered["statuses"]())
    return [_plain(s) for s in found.values() if not restricted() or s.source in sources]


def tile_row(tile: Tile) -> Row:
    """A tile as JSON has it."""
    found: Row = {}
    for f in fields(Tile):
        value = plain(getattr(tile, f.name))
        found[f.name] = round(value, DIGITS[f.name]) if f.name in DIGITS and isinstance(value, float) else value
    return found


def _plain(status: Status) -> Row:
    return {k: plain(v) for k, v in asdict(status).items()}
