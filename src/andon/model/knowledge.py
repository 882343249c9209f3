"""Plant knowledge as a study gets it: cut to one machine and one window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .kinds import Element, Loss, State
from .moments import Window


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift as it was: its name, the production day it belongs to (ISO date), its window, its breaks."""

    name: str
    day: str
    window: Window
    breaks: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """The planned operation time of one machine: its shifts that touch `window`, in order, not overlapping.

    `described` is true where the plant has shifts for this machine at all: a window without any is then free time, and
    not a plant without a calendar.
    """

    window: Window
    shifts: tuple[Shift, ...]
    described: bool = False

    def scheduled(self) -> list[Window]:
        """Planned operation time (POT): shifts, cut to the window."""
        return [w for s in self.shifts if (w := s.window & self.window).duration]

    def planned_down(self) -> list[Window]:
        """Breaks and other planned down time inside the shifts, cut to the window."""
        return [w for s in self.shifts for b in s.breaks if (w := b & s.window & self.window).duration]


@dataclass(frozen=True, slots=True)
class Rate:
    """From `since` on (microseconds): ideal cycle (PRI) in microseconds a part, money a good part. None: not known."""

    since: int
    ideal_cycle: float | None
    value: float | None


@dataclass(frozen=True, slots=True)
class Products:
    """Ideal cycles and values of the products that one machine makes: rates per product, in order of `since`.

    The product "" stands for "no product signal, or a product nobody described".
    """

    rates: Mapping[str, tuple[Rate, ...]]

    def rate(self, product: str, at: int) -> Rate | None:
        """The rate of `product` that is valid at a moment, or None."""
        valid = [r for r in self.rates.get(product, ()) if r.since <= at]
        return valid[-1] if valid else None


@dataclass(frozen=True, slots=True)
class Reason:
    """A leaf or branch of the reasons tree: what a stop was, by ISO 22400 element and by loss."""

    code: str
    text: str
    parent: str = ""
    element: Element | None = None
    loss: Loss | None = None


@dataclass(frozen=True, slots=True)
class StopRules:
    """How one machine's time is classified: element and loss of each state, reasons by code, minor-stop threshold.

    A stop in ADET shorter than `minor_stop` (microseconds) is a minor stop, whatever its state; a reason's own element
    and loss win over those of the state. `hour_value` is what an hour of lost time costs.
    """

    elements: Mapping[State, Element]
    losses: Mapping[State, Loss]
    reasons: Mapping[str, Reason]
    minor_stop: int
    hour_value: float | None = None


REJECTS = "rejects"
"""What a chart of units or counters is of, where no test is named."""


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One thing that is measured on products, as the plant describes it: a test with its specification.

    `low`, `high` and `target` are in `unit`; None: no such limit, no target. `product` "" stands for all products.
    `subgroup` is how many measurements in a row belong together (None: nobody said), `subgroups` how else subgroups are
    made ("lot", "5 every 1 h"), `chart` and `rules` its control chart, `gauge` what it is measured with, `reaction`
    what to do when its chart says that something changed. `watch`: its chart is looked at whenever
    values arrive, and a signal is an alarm of this `priority`. `tests` are those that are charted together, so that
    `test` is only a name of them.
    """

    test: str
    title: str = ""
    unit: str = "1"
    low: float | None = None
    high: float | None = None
    target: float | None = None
    product: str = ""
    subgroup: int | None = None
    gauge: str = ""
    reaction: str = ""
    subgroups: str = ""
    chart: str = ""
    rules: str = ""
    watch: bool = False
    priority: str = "medium"
    tests: tuple[str, ...] = ()

    @property
    def is_measured(self) -> bool:
        """It is a test with values of its own: neither several together, nor what counters say."""
        return not self.tests and self.test != REJECTS


@dataclass(frozen=True, slots=True)
class Characteristics:
    """What the plant says about the tests of one machine."""

    rows: tuple[Characteristic, ...] = ()

    def of(self, test: str, product: str = "") -> Characteristic:
        """What is known of a test: what was said for the product, else for all products, else nothing but its name."""
        fit = [r for r in self.rows if r.test == test and r.product in (product, "")]
        return max(fit, key=lambda r: r.product != "", default=Characteristic(test))
