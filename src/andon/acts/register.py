"""The register of acts: each is a typed function with the right it needs, and gets a desk to work at."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Protocol, TypeVar, get_args, get_type_hints

import pyarrow as pa

from ..catalog import described, summary
from ..errors import BadInput, Damaged
from ..model import Batch, Receipt, Window
from ..plant import Plant
from ..plant.login import RIGHTS
from ..plant.zones import clock_text
from ..reading import History, Told, told

SOURCE = "acts"
INSPECTION = "inspection"
"""The kind of spell that says who inspected what."""
Done = Mapping[str, object]
F = TypeVar("F", bound=Callable[..., Done])


class Memory(History, Protocol):
    """What an act needs of a historian: to see the stop, and to write down what was said about it."""

    def write(self, batch: Batch) -> Receipt: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """Where an act works: the plant folder, the plant, its history, who acts, under which number of the log, when."""

    folder: Path
    plant: Plant
    history: Memory
    who: str
    number: int
    now: int

    def clock(self, at: int) -> str:
        """A moment on the plant's clocks, as a person who acts reads it."""
        return clock_text(at, self.plant.zone)

    def write(self, kind: str, place: str, rows: Sequence[tuple[Window, str]], **detail: object) -> None:
        """Write spells durably, once, with who and why.

        A later spell takes the place of an earlier one with the same start. So where that one lasts longer, the rest
        of it is said again.

        Raises
        ------
        Damaged
            The history knows this number already: the audit log is older than the history.
        """
        rows = [*rows, *(r for w, _ in rows for r in self._rest(kind, place, w))]
        self._keep(self._spells(kind, place, rows, detail))

    def put(self, kind: str, place: str, row: tuple[Window, str], **detail: object) -> None:
        """Write one spell durably, once, with who and why; an earlier one with the same start is gone, whole.

        Raises
        ------
        Damaged
            As for `write`.
        """
        self._keep(self._spells(kind, place, [row], detail))

    def enter(self, place: str, signal: str, at: int, said: tuple[float | None, str | None], **detail: object) -> None:
        """Write one sample of a signal durably, once, with who and why.

        Raises
        ------
        Damaged
            As for `write`.
        """
        value, text = said
        sample = pa.table(
            {
                "signal": pa.array([signal]),
                "at": pa.array([at], pa.timestamp("us", "UTC")),
                "value": pa.array([value], pa.float64()),
                "text": pa.array([text], pa.string()),
            }
        )
        begun = self.free("entry", place, at)
        self._keep(self._spells("entry", place, [(Window(begun, begun + 1), signal)], detail), sample)

    def found(self, place: str, at: int, measurements: pa.Table, **detail: object) -> None:
        """Write what was found on a unit durably, once, with who and why.

        Raises
        ------
        Damaged
            As for `write`.
        """
        begun = self.free(INSPECTION, place, at)
        moments = pa.array([at] * measurements.num_rows, pa.timestamp("us", "UTC"))
        told = self._spells(INSPECTION, place, [(Window(begun, begun + 1), str(detail.get("test", "")))], detail)
        self._keep(told, measurements=measurements.append_column("at", moments))

    def _spells(
        self, kind: str, place: str, rows: Sequence[tuple[Window, str]], detail: Mapping[str, object]
    ) -> pa.Table:
        said = json.dumps({"who": self.who, "act": self.number, **detail}, ensure_ascii=False)
        return pa.table(
            {
                "kind": [kind] * len(rows),
                "place": [place] * len(rows),
                "since": [w.since for w, _ in rows],
                "until": [w.until for w, _ in rows],
                "text": [t for _, t in rows],
                "detail": [said] * len(rows),
            }
        )

    def _keep(self, spells: pa.Table, samples: pa.Table | None = None, *, measurements: pa.Table | None = None) -> None:
        receipt = self.history.write(Batch(SOURCE, self.number, samples, measurements=measurements, spells=spells))
        if receipt.refused:
            raise BadInput(f"It was not stored: {'; '.join(receipt.refused)}.")
        if receipt.repeated:
            raise Damaged(
                f"The history knows act {self.number} already, the audit log does not: one of them was "
                "restored from an older copy. Bring both back from the same backup."
            )

    def told(self, kind: str, place: str, window: Window) -> list[Told]:
        """What was written down before."""
        return told(self.history, kind, place, window)

    def free(self, kind: str, place: str, at: int) -> int:
        """The first moment from `at` on at which nothing of that kind begins: for what is told apart by its moment."""
        taken = {r.since for r in self.told(kind, place, Window(at, at + 1000))}
        return next(t for t in range(at, at + 1001) if t not in taken)

    def _rest(self, kind: str, place: str, window: Window) -> list[tuple[Window, str]]:
        """What held after `window`, until the ends of the spells that are replaced and of those that this replaces."""
        starts, end = {window.since}, window.until
        while True:
            horizon = max(
                (r.until for r in self.told(kind, place, Window(window.since, end)) if r.since in starts), default=end
            )
            if kind != "reason" or horizon <= end:
                break
            end = horizon
            starts |= {since for since, _, _ in self._held(kind, place, Window(window.until, end))}
        held = self._held(kind, place, Window(window.until, end))
        return [(Window(since, until), text) for since, until, text in held]

    def _held(self, kind: str, place: str, window: Window) -> list[tuple[int, int, str]]:
        return self.history.spells(kind, place, window).rows() if window.duration else []


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of an act: what a form, a command or a program gives it.

    A `Window` is written as a moment or as SINCE/UNTIL, in words or dates of the plant's time.
    """

    name: str
    kind: type
    help: str
    default: object
    required: bool


@dataclass(frozen=True, slots=True)
class Act:
    """Something that people may change."""

    name: str
    function: Callable[..., Done]
    right: str
    summary: str
    parameters: tuple[Argument, ...]


ACTS: dict[str, Act] = {}


def may(right: str) -> Callable[[F], F]:
    """Register a function as an act that needs `right`, and return it unchanged.

    Its first parameter is the `Desk`; every other has a type and a line under *Parameters*, which is its help text.
    """

    def register(function: F) -> F:
        name = function.__name__
        if name in ACTS or right not in RIGHTS:
            raise ValueError(f"The act {name!r} is registered already, or there is no right {right!r}.")
        hints, says = get_type_hints(function), described(function)
        given = list(inspect.signature(function).parameters.values())[1:]
        ACTS[name] = Act(
            name,
            function,
            right,
            summary(function),
            tuple(
                Argument(
                    p.name,
                    _plain(hints[p.name]),
                    says[p.name],
                    None if p.default is p.empty else p.default,
                    p.default is p.empty,
                )
                for p in given
            ),
        )
        return function

    return register


def _plain(hint: type) -> type:
    """The type of an argument that may be left out."""
    inner = [a for a in get_args(hint) if a is not NoneType]
    return inner[0] if len(inner) == 1 else hint
