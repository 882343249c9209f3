"""Who measures at the live demo: each half hour a file of parts of each lathe, put into a watched folder."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from ...model import Window, moment
from .courier import Courier
from .gauged import EVERY, GAUGE, HIGH, LOW, TEST, Row, measured_rows
from .hours import Days
from .timeline import Run

SCORE, DONE, INBOX = "gauges.csv", "gauges.done", "in/gauges"
"""In the floor's folder what is going to be measured, and until when it was handed over; in the plant's where to."""
HEAD = ("serial", "at", "machine", "product", "who", "gauge", TEST)
NEVER = 1 << 62
Cells = tuple[str, ...]


def source_table(machines: Sequence[str]) -> str:
    """What plant.toml says of the folder: a row a part, a column a test, the limits under the header."""
    paths = ", ".join(f'"{m}" = "{m}"' for m in machines)
    return f"""
# what operators measure, a file every half hour
[[source]]
name = "gauges"
connector = "files"
folder = "{INBOX}"
format = "csv"
kind = "measurements"
time = "at"
machine = {{ column = "machine", map = {{ {paths} }} }}
columns = {{ serial = "unit", product = "product", who = "who", gauge = "gauge" }}
tests = {{ {TEST} = {{ unit = "mm" }} }}
heads = {{ column = "serial", low = "LSL", high = "USL" }}
"""


def write_inspections(
    runs: Sequence[Run], seed: int, days: Days, window: Window, folders: tuple[Path, str]
) -> list[str]:
    """Write down what is going to be measured in a window, and make the folder for it; at which machines.

    `folders` are the plant's, and the name of the floor's in it.
    """
    plant, floor = folders
    rows = sorted(measured_rows(runs, seed, days, window), key=_of_file)
    (plant / INBOX).mkdir(parents=True, exist_ok=True)
    (plant / floor).mkdir(parents=True, exist_ok=True)
    _written(
        plant / floor / SCORE, ((str(at), m, unit, product, who, str(v)) for m, at, unit, _, v, who, product in rows)
    )
    return list(dict.fromkeys(row[0] for row in rows))


@dataclass(slots=True)
class Inspector(Courier):
    """Hands over each file as soon as its last part was measured."""

    plant: Path
    floor: Path
    next: int = 0

    def start(self) -> None:
        if (self.floor / SCORE).is_file():
            Courier.start(self)

    def hand_over(self, now: int) -> int:
        """Put the files that are due by a moment into the folder; how many. Until `next` none is, and none is read."""
        if now < self.next:
            return 0
        mark = self.floor / DONE
        last = int(mark.read_text()) if mark.is_file() else 0
        with (self.floor / SCORE).open(encoding="utf-8", newline="") as stream:
            lots = [(key, list(rows)) for key, rows in groupby(csv.reader(stream), key=_of_line)]
        left = sorted((int(rows[-1][0]), key, rows) for key, rows in lots if last < int(rows[-1][0]))
        due = [lot for lot in left if lot[0] <= now]
        self.next = left[len(due)][0] if len(due) < len(left) else NEVER
        for until, (period, machine), rows in due:
            name = f"{machine.rpartition('/')[2]}-{moment(period * EVERY):%Y%m%dT%H%MZ}.csv"
            draft = self.plant / INBOX / f".{name}"
            limits = [(word, "", "", "", "", "", str(limit)) for word, limit in (("LSL", LOW), ("USL", HIGH))]
            _written(draft, [HEAD, *limits, *map(_as_told, rows)])
            draft.replace(self.plant / INBOX / name)
            mark.write_text(str(until))
        return len(due)


def _of_file(row: Row) -> tuple[int, str, int]:
    return row[1] // EVERY, row[0], row[1]


def _of_line(cells: Sequence[str]) -> tuple[int, str]:
    return int(cells[0]) // EVERY, cells[1]


def _as_told(cells: Sequence[str]) -> Cells:
    at, machine, unit, product, who, value = cells
    return unit, f"{moment(int(at)):%Y-%m-%dT%H:%M:%S.%fZ}", machine, product, who, GAUGE, value


def _written(path: Path, rows: Iterable[Cells]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
