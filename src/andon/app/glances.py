"""A running plant at a glance, asked by any other process: its sources, its machines."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path
from typing import cast

from ..answer import Plain, plain
from ..errors import NotAllowed
from ..historian import Historian, RemoteHistorian
from ..plant import Plant
from ..plant.zones import clock_text
from ..watch import Tile, glance
from .opening import lent_of, open_plant, paper
from .start import is_plant, no_plant

Row = dict[str, Plain]
EVERY = 1.0
"""Seconds between two looks of a watch."""


def sources(folder: Path) -> list[Row]:
    """How the sources of a plant are doing, asked of the process that runs it; else what plant.toml says of them."""
    if not is_plant(folder):
        raise no_plant(folder)
    with suppress(NotAllowed):
        return _told_sources(folder)
    stopped: Row = {"health": "stopped", "said": "andon run is not running"}
    return [{"source": s.name, "connector": s.connector, **stopped} for s in paper(folder).sources]


def now(folder: Path) -> list[Row]:
    """Every machine as it is now: told by the process that runs the plant, else read from the history."""
    return next(watching(folder))


def watching(folder: Path) -> Iterator[list[Row]]:
    """Every machine as it is now, second after second; once only where nobody runs the plant."""
    with closing(open_plant(folder)) as opened:
        shown = opened.plant.machines
        with suppress(NotAllowed):
            while opened.is_running:
                tiles = cast(list[Tile], opened.call("live"))
                yield [_row(t, opened.plant) for t in tiles if t.machine in shown]
                time.sleep(EVERY)
        yield [_row(t, opened.plant) for t in glance(opened.plant, opened.history)]


def _told_sources(folder: Path) -> list[Row]:
    """A running plant answers even while plant.toml is being edited and is not right."""
    if lent := lent_of(folder):
        shown = {s.name for s in paper(folder).sources}
        return [r for r in cast(list[Row], lent.offered["sources"]()) if r["source"] in shown]
    with closing(Historian.open(folder / "history")) as history:
        if isinstance(history, RemoteHistorian):
            return cast(list[Row], history.call("sources"))
    raise NotAllowed(f"{folder} is not running.")


def _row(tile: Tile, plant: Plant) -> Row:
    row = {k: plain(v) for k, v in asdict(tile).items() if k not in ("title", "at", "since", "day")}
    since = {"since": clock_text(tile.since, plant.zone), "lasts": tile.at - tile.since} if tile.since else {}
    return {"machine": row.pop("machine"), "state": row.pop("state"), **since, **row}
