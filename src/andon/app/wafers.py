"""Wafer maps for pages: each wafer as one packed array of its dies' bins or of one test's values."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..answer import Plain
from ..errors import BadQuestion
from ..historian import Historian
from ..model import Bin, Units, Window
from ..model.measured import NOWHERE, coded
from ..plant import Machine
from .measured import EVERY, Limits, Row, Rows, Which, specified, stretch, testers
from .opening import reading, spoken

LARGEST = 4_000_000
"""Cells of all maps of one answer at most."""


def wafer_maps(
    folder: Path,
    at: str = "",
    *,
    since: str = "",
    until: str = "",
    last: str = "",
    which: Which = EVERY,
    shown: str = "hard",
    first: bool = False,
) -> Row:
    """Maps of wafers: for each die its bin (`shown` is hard or soft), or the value of the test `shown`.

    A die that was tested several times shows its last test, with `first` its first. `cells` are the rows of a map from
    its lowest y, little-endian in base64: bins as int16 (-1: no bin, -32768: no die), values as float32 (NaN: none).

    Raises
    ------
    BadQuestion
        There are more dies than one answer may hold: ask for a shorter time, or for one lot.
    """
    tests = () if shown in ("hard", "soft") else (shown,)
    with reading(folder) as (plant, history):
        window = spoken(plant, at, since=since, until=until, last=last)
        layers = [
            x for m in testers(plant, history, at) if (x := _layer(history, m, window, which, tests, shown)) is not None
        ]
    maps: list[Plain] = []
    seen: list[Layer] = []
    room = LARGEST
    for layer in layers:
        for wafer, rows in _wafers(layer, first):
            room -= wafer.cells
            if room < 0:
                raise BadQuestion(f"These maps have more than {LARGEST} dies: ask for a shorter time or for one lot.")
            maps.append(_map(layer, wafer, rows))
            seen.append(layer.pick(rows))
    return stretch(window) | _scale(seen, shown) | {"maps": maps}


NOTHING: Row = {"title": "", "low": None, "high": None, "target": None}
"""What plant.toml says of what it does not know."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The dies that one machine tested: what each shows, and the machine's words for it."""

    machine: Machine
    units: Units
    shown: NDArray[np.int16] | NDArray[np.float32]
    unit: str = ""
    limits: Limits = (None, None)

    def pick(self, rows: Rows) -> Layer:
        """Some of the dies."""
        return replace(self, units=self.units.pick(rows), shown=self.shown[rows])


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the dies of a wafer lie: the lowest x and y, and how many there are across and down."""

    x: int
    y: int
    width: int
    height: int

    @property
    def cells(self) -> int:
        return self.width * self.height

    def place(self, units: Units, rows: Rows) -> NDArray[np.int64]:
        """The cell of each die."""
        return (units.y[rows].astype(np.int64) - self.y) * self.width + (units.x[rows] - self.x)


def _layer(
    history: Historian, machine: Machine, window: Window, which: Which, tests: Sequence[str], shown: str
) -> Layer | None:
    """The dies of a machine that show something, in order of time; None where there are none."""
    if not tests:
        units = history.units(machine.path, window)
        rows = which.of(units)
        rows = rows[units.x[rows] != NOWHERE]
        return Layer(machine, units.pick(rows), getattr(units, shown)[rows].astype(np.int16)) if len(rows) else None
    measured = history.measurements(machine.path, window, tests)
    if shown not in measured.names:
        return None
    found = measured.take(shown)
    rows = np.flatnonzero(np.isin(found.row, which.of(found.units)) & (found.units.x[found.row] != NOWHERE))
    units = found.units.pick(np.asarray(found.row[rows], np.intp))
    shows = found.value[rows].astype(np.float32)
    return Layer(machine, units, shows, found.unit, found.limits) if len(rows) else None


def _wafers(layer: Layer, first: bool) -> Iterator[tuple[Frame, Rows]]:
    """The dies of each wafer that are seen on its map, wafers in order of their first die."""
    units = layer.units
    codes = coded(units.lot, units.wafer, units.step)
    order = np.argsort(codes, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        (left, right), (low, high) = ((int(c[rows].min()), int(c[rows].max())) for c in (units.x, units.y))
        frame = Frame(left, low, right - left + 1, high - low + 1)
        if frame.cells > LARGEST:
            wrong = f"A map of {frame.width} by {frame.height} dies"
            raise BadQuestion(f"{wrong}: the coordinates of wafer {units.wafer[rows[0]]!r} are wrong.")
        seen = np.full(frame.cells, -1, np.int64)
        seen[frame.place(units, rows[::-1] if first else rows)] = rows[::-1] if first else rows
        yield frame, seen[seen >= 0]


def _map(layer: Layer, frame: Frame, rows: Rows) -> Row:
    """One wafer with the dies that are seen on it."""
    units, bins = layer.units, layer.shown.dtype == np.int16
    cells = np.full(frame.cells, NOWHERE if bins else np.nan, np.dtype("<i2") if bins else np.dtype("<f4"))
    cells[frame.place(units, rows)] = layer.shown[rows]
    at, passed = units.at[rows], units.verdicts[rows]
    one: Row = {name: str(getattr(units, name)[rows[0]]) for name in ("lot", "wafer", "step", "product")}
    one |= {"machine": layer.machine.path, "since": int(at.min()), "until": int(at.max())}
    one |= {name: getattr(frame, name) for name in ("x", "y", "width", "height")}
    one |= {"dies": len(rows), "good": int((passed == 1).sum()), "judged": int((passed >= 0).sum())}
    return one | {"cells": b64encode(cells.tobytes()).decode()}


def _scale(layers: Sequence[Layer], shown: str) -> Row:
    """What the cells mean: names of the bins, or unit, specification and range of the values."""
    if shown in ("hard", "soft"):
        known = {n: b for x in layers for n, b in getattr(x.units, f"{shown}_bins").items()}
        return {"shown": shown, "unit": "", "span": None, "bins": _bins(layers, known), **NOTHING}
    values = np.concatenate([x.shown for x in layers]) if layers else np.array([], np.float32)
    values = values[np.isfinite(values)]
    span: Plain = [float(v) for v in np.quantile(values, (0.01, 0.99))] if len(values) else None
    said = specified(layers[0].machine, shown, limits=layers[0].limits) if layers else NOTHING
    return {"shown": shown, "unit": layers[0].unit if layers else "", "span": span, "bins": []} | said


def _bins(layers: Sequence[Layer], known: Mapping[int, Bin]) -> Plain:
    """Every bin that some die fell into, how many, its name, and whether it passes: as most of its dies did."""
    rows: list[Plain] = []
    numbers = np.concatenate([x.shown for x in layers]) if layers else np.array([], np.int16)
    passed = np.concatenate([x.units.verdicts for x in layers]) if layers else np.array([], np.int8)
    for number, count in zip(*np.unique(numbers, return_counts=True), strict=True):
        meant = known.get(int(number))
        judged = passed[(numbers == number) & (passed >= 0)]
        passes = bool(judged.mean() > 0.5) if len(judged) else None
        rows.append({"bin": int(number), "name": getattr(meant, "name", ""), "passed": passes, "count": int(count)})
    return rows
