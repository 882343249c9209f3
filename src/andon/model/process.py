"""What one machine did, all of it at once: its numbers in equal buckets of time, its texts as spells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..errors import UnknownName
from .moments import Numbers, Times, Window
from .series import Spells


@dataclass(frozen=True, slots=True)
class Buckets:
    """A number over n buckets of time.

    `mean` is weighted by time (NaN where nothing is known), `low` and `high` are the extremes, `known` is the share of
    each bucket in which the number was known.
    """

    mean: Numbers
    low: Numbers
    high: Numbers
    known: Numbers

    def __getitem__(self, rows: slice) -> Buckets:
        return Buckets(self.mean[rows], self.low[rows], self.high[rows], self.known[rows])


@dataclass(frozen=True, slots=True)
class Process:
    """One machine over n buckets of time: every number it said, and every text that held.

    `edges` are n + 1 moments (microseconds); all buckets but the first and the last, which the window cuts, are equally
    long and begin at whole multiples of their length since 1970. `numbers` are by the signal's name (a count comes as a
    rate an hour), `units` their UCUM codes. `texts` are spells by name: `state`, `order`, `product`, `shift`, settings.
    """

    window: Window
    edges: Times
    numbers: Mapping[str, Buckets] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, Spells] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        edges: Sequence[int],
        numbers: Mapping[str, Sequence[float]],
        texts: Mapping[str, Sequence[tuple[int, int, str]]] | None = None,
    ) -> Process:
        """Build from bucket edges, means by name and (since, until, text) rows by name: for examples and tests.

        >>> Process.of([0, 10, 20], {"oil": [1.0, 3.0]}).at("oil", np.array([5, 15])).tolist()
        [1.0, 3.0]
        """
        means = {name: np.array(row, np.float64) for name, row in numbers.items()}
        return cls(
            Window(edges[0], edges[-1]),
            np.array(edges, np.int64),
            {n: Buckets(m, m, m, (~np.isnan(m)).astype(np.float64)) for n, m in means.items()},
            dict.fromkeys(means, "1"),
            {name: Spells.of(rows) for name, rows in (texts or {}).items()},
        )

    def __len__(self) -> int:
        return len(self.edges) - 1

    @property
    def since(self) -> Times:
        """When each bucket begins (microseconds)."""
        return np.asarray(self.edges[:-1])

    @property
    def width(self) -> int:
        """The length of a bucket that the window does not cut (microseconds)."""
        return int(np.diff(self.edges).max()) if len(self) else 0

    def place(self, at: Times) -> Times:
        """The bucket in which each moment lies, -1 where it lies in none."""
        found = np.searchsorted(self.edges, at, side="right") - 1
        return np.where((found >= 0) & (found < len(self)), found, -1)

    def at(self, name: str, at: Times) -> Numbers:
        """The mean of a number in the bucket of each moment, NaN where it is not known.

        Raises
        ------
        UnknownName
            The machine says no such number.
        """
        if name not in self.numbers:
            raise UnknownName("number", name, self.numbers)
        place = self.place(at)
        mean = np.append(self.numbers[name].mean, np.nan)
        return np.asarray(mean[place])

    def text_at(self, name: str, at: Times) -> tuple[str, ...]:
        """The text that held at each moment, "" where none did.

        Raises
        ------
        UnknownName
            The machine says no such text.
        """
        if name not in self.texts:
            raise UnknownName("text", name, self.texts)
        spells = self.texts[name]
        if not len(spells):
            return ("",) * len(at)
        place = np.searchsorted(spells.since, at, side="right") - 1
        held = (place >= 0) & (at < spells.until[np.maximum(place, 0)])
        return tuple(spells.text[p] if h else "" for p, h in zip(place.tolist(), held.tolist(), strict=True))

    def within(self, window: Window) -> Process:
        """The buckets that begin in `window`, the texts cut to it."""
        first, last = np.searchsorted(self.since, [window.since, window.until]).tolist()
        edges = self.edges[first : last + 1]
        rows = slice(first, last)
        span = window & self.window
        return Process(
            span,
            edges if len(edges) else self.edges[:1],
            {name: numbers[rows] for name, numbers in self.numbers.items()},
            self.units,
            {name: spells.within(span) for name, spells in self.texts.items()},
        )


def bucket_edges(window: Window, width: int) -> Times:
    """The edges of the buckets of one width, counted from 1970, that a window cuts.

    >>> bucket_edges(Window(5, 25), 10).tolist()
    [5, 10, 20, 25]
    """
    if not window.duration:
        return np.array([window.since], np.int64)
    inner = np.arange(window.since // width + 1, -(-window.until // width), dtype=np.int64) * width
    return np.concatenate([[window.since], inner, [window.until]]).astype(np.int64)
