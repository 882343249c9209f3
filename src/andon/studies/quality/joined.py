"""What was known when something was measured: facts of the unit, other tests of it, and what the machine did then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import BadQuestion, NoData, UnknownName
from ...model import Found, Measurements, Numbers, Process
from ...units import HOUR
from .samples import final
from .specification import finite

Texted = NDArray[np.object_]
FACTS = ("lot", "wafer", "product", "step", "site")
HOURS = "hours"
"""The number that says when: hours since the first value."""


@dataclass(frozen=True, slots=True)
class Response:
    """The last value of each unit of one test, numbers only, with what else was measured and what the machine did."""

    found: Found
    measurements: Measurements
    process: Process | None
    superseded: int

    @property
    def value(self) -> Numbers:
        """What was measured, n values in order of time."""
        return self.found.value

    def text(self, name: str) -> Texted:
        """A fact of the units, else what the machine said when each was measured: its state, order, a setting.

        Raises
        ------
        UnknownName
            There is neither.
        """
        units = self.found.units
        if name in FACTS or name in units.facts:
            return np.asarray(units.column(name)[self.found.row], dtype=object)
        if self.process is not None and name in self.process.texts:
            return np.array(self.process.text_at(name, self.found.at), dtype=object)
        told = self.process.texts if self.process is not None else ()
        raise UnknownName("fact of units or text of the machine", name, (*FACTS, *units.facts, *told))

    def number(self, name: str) -> Numbers:
        """Another test of the same units, else the mean of a machine's number when each was measured, or `hours`.

        NaN where it is not known.

        Raises
        ------
        UnknownName
            There is neither.
        """
        if name in self.measurements.names:
            other = finite(self.measurements.take(name))
            by_row = np.full(len(self.measurements.units), np.nan)
            by_row[other.row] = other.value
            return np.asarray(by_row[self.found.row])
        if self.process is not None and name in self.process.numbers:
            return self.process.at(name, self.found.at)
        if name == HOURS:
            return np.asarray((self.found.at - self.found.at[0]) / HOUR, dtype=np.float64)
        told = self.process.numbers if self.process is not None else ()
        raise UnknownName("test or number of the machine", name, (*self.measurements.names, *told, HOURS))


def response(measurements: Measurements, test: str, process: Process | None = None) -> Response:
    """The values of one test, the last of each unit.

    Raises
    ------
    NoData
        Nothing was measured, or several tests were and none is named.
    """
    found = finite(measurements.take(test))
    kept = final(found)
    if len(kept.row) < 2:
        raise NoData(f"{found.name} has {len(kept.row)} value(s) in that window: it takes at least two.")
    return Response(kept, measurements, process, len(found.row) - len(kept.row))


def named(text: str, what: str) -> tuple[str, ...]:
    """Names with commas between them.

    >>> named("lot, who", "by")
    ('lot', 'who')
    """
    found = tuple(dict.fromkeys(n.strip() for n in text.split(",") if n.strip()))
    if not found:
        raise BadQuestion(f"Say `{what}`: one name, or several with commas.")
    return found


def groups_of(texts: Texted) -> dict[str, NDArray[np.intp]]:
    """The places of each text, texts in order; where nothing was said is left out.

    >>> {k: v.tolist() for k, v in groups_of(np.array(["b", "a", "", "b"], dtype=object)).items()}
    {'a': [1], 'b': [0, 3]}
    """
    names = sorted({str(t) for t in texts.tolist() if t}, key=_in_order)
    return {name: np.flatnonzero(texts == name) for name in names}


def _in_order(text: str) -> tuple[int, float, str]:
    """Numbers by size, then texts."""
    try:
        return 0, float(text), text
    except ValueError:
        return 1, 0.0, text
