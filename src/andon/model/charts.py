"""What people said about control charts: limits that they froze, and notes at points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ChartName = Literal[
    "",
    "i-mr",
    "xbar-r",
    "xbar-s",
    "three-way",
    "short-run",
    "ewma",
    "cusum",
    "p",
    "np",
    "c",
    "u",
    "laney-p",
    "laney-u",
    "g",
    "t",
]
"""Which control chart; "": the one that fits the data."""


@dataclass(frozen=True, slots=True)
class FrozenLimits:
    """Limits of one chart that hold from a moment on until others take their place.

    `center` and `sigma` are those of the charted values (of single values, shares or counts); limits for each size of
    a subgroup follow from them; `second` is the spread within subgroups of a three-way chart, or Laney's factor.
    `chart` is the chart that they were computed by, `since` when they begin to hold, `at` when they were frozen by
    `who`. One that is `released` ends what held: limits come from the data again.
    """

    test: str
    chart: str
    since: int
    center: float
    sigma: float
    second: float | None = None
    product: str = ""
    at: int = 0
    who: str = ""
    why: str = ""
    released: bool = False


@dataclass(frozen=True, slots=True)
class PointNote:
    """What somebody noted at a point of a chart; where `excluded`, it has no part in the limits, and this is why."""

    test: str
    at: int
    text: str
    who: str = ""
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Chartbook:
    """What was said about the charts of one machine, in the order in which it was said."""

    limits: tuple[FrozenLimits, ...] = ()
    notes: tuple[PointNote, ...] = ()

    def frozen(self, test: str, chart: str, at: int, product: str = "") -> FrozenLimits | None:
        """The limits of a test that held at a moment: of those that had begun, the ones that began last."""
        begun = [r for r in self.limits if (r.test, r.chart, r.product) == (test, chart, product) and r.since <= at]
        last = max(enumerate(begun), key=lambda r: (r[1].since, r[0]), default=None)
        return None if last is None or last[1].released else last[1]

    def noted(self, test: str, since: int, until: int) -> tuple[PointNote, ...]:
        """The notes at a test in a stretch; `until` is in it."""
        return tuple(n for n in self.notes if n.test == test and since <= n.at <= until)
