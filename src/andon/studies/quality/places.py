"""What stands on a control chart, place by place: subgroups with their figures, whatever they were made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...model import Chartbook, Names, Numbers, Times, texts
from .rules import Flags
from .subgroups import Groups

SHOWN = 12
"""So many units of a subgroup are named."""


@dataclass(frozen=True, slots=True)
class Places:
    """Subgroups in order of time (n places).

    `value` is the mean of single values, or a count; `size` how many values, units or areas it is of. `range` and
    `deviation` are NaN where there is one value only. `stage` is what tells stages apart; `gap`: there is one before
    it; `used`: it goes into the limits; `row` is where its first member stands among what it was made of, -1 where it
    was made of none.
    """

    since: Times
    at: Times
    size: Numbers
    value: Numbers
    range: Numbers
    deviation: Numbers
    label: Names
    units: Names
    note: Names
    who: Names
    stage: Names
    gap: Flags
    used: Flags
    row: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.at)

    def pick(self, rows: Flags | NDArray[np.intp]) -> Places:
        """Some of the places."""
        return Places(*(getattr(self, name)[rows] for name in COLUMNS))

    def with_(self, **columns: NDArray[np.generic] | Names) -> Places:
        """The same places with other columns."""
        return Places(**{name: getattr(self, name) for name in COLUMNS} | columns)

    @property
    def usual(self) -> float:
        """The size that most of them have."""
        sizes, counts = np.unique(self.size, return_counts=True)
        return float(sizes[np.argmax(counts)]) if len(sizes) else 1.0

    @property
    def begin(self) -> Flags:
        """Where runs begin anew: at the first, and after gaps."""
        found = self.gap.copy()
        found[:1] = True
        return found


COLUMNS = tuple(Places.__dataclass_fields__)


def of_values(at: Times, value: Numbers, names: Names, groups: Groups, labels: Sequence[str]) -> Places:
    """The places of single values: their means, ranges and standard deviations."""
    kept = np.flatnonzero(groups >= 0)
    order = kept[np.argsort(groups[kept], kind="stable")]
    of, x = groups[order], value[order]
    starts = np.flatnonzero(np.diff(of, prepend=-1))
    size = np.diff(np.append(starts, len(of))).astype(np.float64)
    mean = _sums(x, starts) / size
    square = _sums((x - np.repeat(mean, size.astype(np.int64))) ** 2, starts)
    alone = size < 2
    spread = np.maximum.reduceat(x, starts) - np.minimum.reduceat(x, starts) if len(x) else x
    return places(
        np.minimum.reduceat(at[order], starts) if len(x) else at[:0],
        np.maximum.reduceat(at[order], starts) if len(x) else at[:0],
        size,
        mean,
        range=np.where(alone, np.nan, spread),
        deviation=np.where(alone, np.nan, np.sqrt(square / np.maximum(size - 1, 1))),
        label=labels,
        units=_named(names[order], starts),
        row=order[starts],
    )


def places(
    since: Times,
    at: Times,
    size: Numbers,
    value: Numbers,
    *,
    range: Numbers | None = None,
    deviation: Numbers | None = None,
    label: Sequence[str] = (),
    units: Sequence[str] = (),
    row: NDArray[np.intp] | None = None,
) -> Places:
    """Places in order of time, from their columns; all of them are used, none comes after a gap."""
    count = len(at)
    none, nothing = np.full(count, np.nan), texts([""] * count)
    made = Places(
        np.asarray(since, np.int64),
        np.asarray(at, np.int64),
        np.asarray(size, np.float64),
        np.asarray(value, np.float64),
        none if range is None else range,
        none if deviation is None else deviation,
        texts(label) if len(label) else nothing,
        texts(units) if len(units) else nothing,
        nothing,
        nothing,
        nothing,
        np.zeros(count, np.bool_),
        np.ones(count, np.bool_),
        np.full(count, -1, np.int64) if row is None else np.asarray(row, np.int64),
    )
    return made.pick(np.lexsort((made.since, made.at)))


def noted(given: Places, book: Chartbook | None, test: str) -> Places:
    """The same places with what people noted at them; what somebody excluded is not used."""
    mine = [n for n in book.notes if n.test == test] if book is not None else []
    if not mine:
        return given
    said, who, used = given.note.copy(), given.who.copy(), given.used.copy()
    for note in mine:
        for place in np.flatnonzero((given.since <= note.at) & (note.at <= given.at)).tolist():
            said[place] = f"{said[place]}; {note.text}" if said[place] else note.text
            who[place] = note.who
            used[place] &= not note.excluded
    return given.with_(note=said, who=who, used=used)


def _sums(x: Numbers, starts: NDArray[np.intp]) -> Numbers:
    return np.add.reduceat(x, starts) if len(x) else x


def _named(names: Names, starts: NDArray[np.intp]) -> list[str]:
    """The first units of each subgroup."""
    if len(starts) == len(names):
        return [str(name) for name in names.tolist()]
    ends = np.append(starts[1:], len(names))
    return [
        ", ".join(dict.fromkeys(filter(None, names[a : min(b, a + SHOWN)].tolist())))
        for a, b in zip(starts.tolist(), ends.tolist(), strict=True)
    ]
