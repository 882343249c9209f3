"""What a few seconds of listening tell of one address: does it count, does it say a handful of codes, does it rest?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

Said = float | str
MOST = 500
"""Values kept of each address."""
FEW = 32
"""A state says no more different things than this."""
SMALL = 1000
"""A part counter rises by less than this between two values a few seconds apart."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The values of one address, in their order, bad ones left out; `quality` is that of the last.

    >>> Heard((4.0, 4.0, 5.0, 6.0)).rises, Heard((1.0, 0.0)).falls, Heard((2.0, 2.5)).whole
    (2, 1, False)
    """

    values: tuple[Said, ...] = ()
    quality: int = 0

    @property
    def last(self) -> Said | None:
        return self.values[-1] if self.values else None

    @property
    def numbers(self) -> tuple[float, ...]:
        return tuple(v for v in self.values if not isinstance(v, str))

    @property
    def steps(self) -> tuple[float, ...]:
        found = self.numbers
        return tuple(b - a for a, b in pairwise(found) if a != b)

    @property
    def rises(self) -> int:
        return sum(s > 0 for s in self.steps)

    @property
    def falls(self) -> int:
        return sum(s < 0 for s in self.steps)

    @property
    def whole(self) -> bool:
        """All numbers, and all of them whole."""
        return bool(self.values) and len(self.numbers) == len(self.values) and all(v % 1 == 0 for v in self.numbers)

    @property
    def counts(self) -> bool:
        """It only rises, by small whole steps."""
        return self.whole and self.rises > 0 and not self.falls and max(self.steps) < SMALL

    @property
    def words(self) -> tuple[str, ...]:
        """The different things that it said, numbers as a state map writes them."""
        return tuple(dict.fromkeys(word(v) for v in self.values))


def word(value: Said) -> str:
    """A value as a state map writes it.

    >>> word(2.0), word("Execute")
    ('2', 'Execute')
    """
    return value if isinstance(value, str) else f"{value:g}"


@dataclass(slots=True)
class Ear:
    """Collects what each address says, a bounded number of values each."""

    kept: dict[str, list[Said]] = field(default_factory=dict)
    quality: dict[str, int] = field(default_factory=dict)
    rows: int = 0

    def hear(self, rows: Iterable[tuple[str, float | None, str | None, int]]) -> None:
        """Rows of address, value, text and quality."""
        for address, value, text, quality in rows:
            self.rows += 1
            self.quality[address] = quality
            said = text if value is None else value
            if said is None or quality >> 30 >= 2:
                continue
            kept = self.kept.setdefault(address, [])
            if len(kept) >= MOST:
                del kept[1]  # the first stays: how far a counter went is told from there
            kept.append(said)

    def heard(self) -> dict[str, Heard]:
        """What was heard until now, by address."""
        return {a: Heard(tuple(self.kept.get(a, ())), q) for a, q in list(self.quality.items())}
