"""What goes into the historian and what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from .measured import Listed, Measurements, Units
from .moments import Window
from .series import S, Spells

if TYPE_CHECKING:
    import pyarrow as pa

    from ..plant import Signal


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples from one source, numbered by it: the same (source, number) twice is stored once.

    `samples` is an Arrow table with columns `signal` (string or dictionary of string: the signal's path), `at`
    (timestamp[us, UTC]), `value` (double, nullable), `text` (string, nullable), `quality` (uint32 OPC UA status code).
    A number is in `value`, a text in `text`; a boolean is 0 or 1 in `value`; an integer beyond +-2**53 is in both,
    its digits in `text`. `value` and `text` both null: nothing was said but the quality.

    `units` are produced units as they were tested: `machine`, `at`, `unit_id`, and, where they are known, `step`,
    `lot`, `wafer`, `product`, `x`, `y`, `site`, `hard`, `soft`, `passed`, `attempt`, `seconds`; other text columns are
    facts that were said of each unit. `measurements` are values found on units: `test`, `value` and, where they are
    known, `low`, `high`, `unit` (of the value), `number` (of the test) and `passed`. Each names its unit by `row`, the
    place of the unit in `units`; or the columns of `units` stand beside it.
    """

    source: str
    number: int
    samples: pa.Table | None = None
    waveforms: pa.Table | None = None
    measurements: pa.Table | None = None
    spells: pa.Table | None = None
    units: pa.Table | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the historian gives back once a batch is on disk."""

    source: str
    number: int
    at: int
    rows: int
    repeated: bool = False
    touched: Window | None = None
    refused: tuple[str, ...] = field(default=())


class Sink(Protocol):
    """What a connector needs of a historian."""

    def write(self, batch: Batch) -> Receipt: ...


class Reader(Protocol):
    """What a question needs of a historian."""

    def read(self, kind: type[S], signal: Signal, window: Window) -> S: ...

    def coverage(self, signal: Signal, window: Window) -> Spells:
        """The stretches of `window` in which `signal` was heard."""
        ...

    def units(self, place: str, window: Window) -> Units:
        """The units that were tested at a machine in `window`."""
        ...

    def measurements(self, place: str, window: Window, tests: Sequence[str] | None = None) -> Measurements:
        """What was measured on units at a machine in `window`; of some tests only, where `tests` names them."""
        ...

    def tests(self, place: str, window: Window) -> Sequence[Listed]:
        """Which tests were made at a machine in `window`, without the values: each kind of each test once."""
        ...

    def tested(self, place: str, window: Window) -> bool:
        """Whether the test of a unit ended at a machine in `window`: with a verdict, or in a bin."""
        ...
