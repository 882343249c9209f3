"""Andon's historian as one more engine of the comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from andon.historian import Historian
from andon.model import Batch, Values, Window
from andon.plant import Signal
from peers import folder_size


@dataclass(slots=True)
class Ours:
    """The historian: microseconds and quality kept, acknowledged after fsync."""

    folder: Path
    history: Historian
    name: str = "Andon"
    remark: str = "microseconds and quality kept, acknowledged after fsync"
    number: int = 0

    def encoded(self, table: pa.Table) -> pa.Table:
        return table

    def write(self, batch: object) -> None:
        assert isinstance(batch, pa.Table)
        self.number += 1
        self.history.write(Batch("bench", self.number, batch))

    def settle(self) -> None:
        self.history.seal()

    def size(self) -> int:
        return folder_size(self.folder / "cold") if (self.folder / "cold").exists() else folder_size(self.folder)

    def raw(self, signal: str, since: int, until: int) -> int:
        return len(self.history.read(Values, _signal(signal), Window(since, until)).at)

    def minutes(self, signals: Sequence[str], since: int, until: int) -> int:
        window = Window(since, until)
        return sum(self.history.buckets(s, window, 60_000_000).num_rows for s in signals)

    def trend(self, signals: Sequence[str], since: int, until: int) -> int:
        window = Window(since, until)
        return sum(self.history.trend(s, window, 1000).num_rows for s in signals)


def _signal(path: str) -> Signal:
    machine, _, name = path.rpartition("/")
    return Signal(path=path, machine=machine, name=name, role="other", kind="number")


@contextmanager
def ours(folder: Path) -> Iterator[Ours]:
    with Historian.own(folder) as history:
        yield Ours(folder, history)
