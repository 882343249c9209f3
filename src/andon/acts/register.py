"""The register of acts: each is a typed function with the right it needs, and gets a desk to work at."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Protocol, TypeVar, get_args, get_type_hints

import pyarrow as pa

from ..catalog import described, summary
from ..errors import Damaged
from ..model import Batch, Reader, Receipt, Window
from ..plant import Plant

RIGHTS = ("viewer", "operator", "engineer", "admin")
"""What people may do, the least first; each includes those before it."""

SOURCE = "acts"
Done = Mapping[str, object]
F = TypeVar("F", bound=Callable[..., Done])


class Row(Protocol):
    """One stored spell with its detail."""

    @property
    def since(self) -> int: ...
    @property
    def until(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def detail(self) -> str: ...
    @property
    def receipt(self) -> int: ...


class Memory(Reader, Protocol):
    """What an act needs of a historian: to see the stop, and to write down what was said about it."""

    def write(self, batch: Batch) -> Receipt: ...

    def spell_rows(self, kind: str, place: str, window: Window) -> Sequence[Row]: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """Where an act works: the plant, its history, who acts, under which number of the audit log, and when."""

    plant: Plant
    history: Memory
    who: str
    number: int
    now: int

    def write(self, kind: str, place: str, rows: Sequence[tuple[Window, str]], **detail: object) -> None:
        """Write spells durably, once, with who and why.

        Raises
        ------
        Damaged
            The history knows this number already: the audit log is older than the history.
        """
        said = json.dumps({"who": self.who, "act": self.number, **detail}, ensure_ascii=False)
        spells = pa.table({
            "kind": [kind] * len(rows), "place": [place] * len(rows), "since": [w.since for w, _ in rows],
            "until": [w.until for w, _ in rows], "text": [t for _, t in rows], "detail": [said] * len(rows)})
        receipt = self.history.write(Batch(SOURCE, self.number, spells=spells))
        if receipt.repeated:
            raise Damaged(f"The history knows act {self.number} already, the audit log does not: one of them was "
                          "restored from an older copy. Bring both back from the same backup.")


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
        ACTS[name] = Act(name, function, right, summary(function), tuple(
            Argument(p.name, _plain(hints[p.name]), says[p.name], None if p.default is p.empty else p.default,
                     p.default is p.empty) for p in given))
        return function

    return register


def _plain(hint: type) -> type:
    """The type of an argument that may be left out."""
    inner = [a for a in get_args(hint) if a is not NoneType]
    return inner[0] if len(inner) == 1 else hint
