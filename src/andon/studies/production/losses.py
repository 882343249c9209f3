"""Where planned busy time went: the six big losses and what they leave out, in minutes, parts and money."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from ...catalog import study
from ...model import Calendar, Loss, Output, Products, States, StopRules
from ...picture import Picture, waterfall
from ...units import MINUTE, Micros, Money, Parts
from .elements import elements
from .lost import LossRow, PricedRun, Stopped, ranked, run_rows, stop_row, stopped
from .made import Made, Run, made, merged, remarks, runs

KEPT = (Loss.PRODUCTIVE, Loss.UNRATED, Loss.UNKNOWN)
"""Classes that nobody can call lost."""


@dataclass(frozen=True, slots=True)
class Losses:
    """Planned busy time by loss: all rows, the productive one included, sum to it to the microsecond.

    Attributes
    ----------
    planned_busy
        PBT, planned busy time: what the rows sum to.
    rows
        One row a loss, element, reason and product; the largest first.
    stopped
        The time behind the rows in which the machine did not produce, by ideal cycle and prices.
    ran
        The time and parts behind the rows in which it did.
    """

    INNER: ClassVar = ("stopped", "ran")

    planned_busy: Micros
    rows: tuple[LossRow, ...]
    stopped: tuple[Stopped, ...]
    ran: tuple[PricedRun, ...]

    def __add__(self, other: Losses) -> Losses:
        return _losses((*self.stopped, *other.stopped), (*self.ran, *other.ran))

    def total(self, *kinds: Loss) -> int:
        """Microseconds of these classes."""
        return sum(r.micros for r in self.rows if r.loss in kinds)

    @property
    def productive(self) -> Micros:
        """Ideal time of the good parts: what is left."""
        return self.total(Loss.PRODUCTIVE)

    @property
    def breakdown(self) -> Micros:
        """Faults as long as the minor-stop threshold, or longer."""
        return self.total(Loss.BREAKDOWN)

    @property
    def setup(self) -> Micros:
        """Setup and adjustment."""
        return self.total(Loss.SETUP)

    @property
    def minor_stop(self) -> Micros:
        """Stops shorter than the threshold."""
        return self.total(Loss.MINOR_STOP)

    @property
    def speed(self) -> Micros:
        """Running slower than the ideal cycle; negative where the ideal cycle is wrong."""
        return self.total(Loss.SPEED)

    @property
    def defects(self) -> Micros:
        """Ideal time of parts that were not good."""
        return self.total(Loss.DEFECTS)

    @property
    def startup(self) -> Micros:
        """Ideal time of rejects between a setup and the first good part."""
        return self.total(Loss.STARTUP)

    @property
    def delay(self) -> Micros:
        """Other stops during an order: waiting for material, a person, the next machine."""
        return self.total(Loss.DELAY)

    @property
    def idle(self) -> Micros:
        """No order, nothing to do."""
        return self.total(Loss.IDLE)

    @property
    def unrated(self) -> Micros:
        """Running without a known ideal cycle: productive, speed and defects cannot be told apart."""
        return self.total(Loss.UNRATED)

    @property
    def unknown(self) -> Micros:
        """Nobody knows what happened, or how many of the parts were good."""
        return self.total(Loss.UNKNOWN)

    @property
    def parts_lost(self) -> Parts:
        """Parts lost, as far as ideal cycles are known."""
        return sum((r.parts for r in self.rows if r.loss not in KEPT and r.parts is not None), 0.0)

    @property
    def money_lost(self) -> Money:
        """Money lost, as far as values are known."""
        return sum((r.money for r in self.rows if r.loss not in KEPT and r.money is not None), 0.0)

    @property
    def flags(self) -> tuple[str, ...]:
        """What is wrong or remarkable, in words."""
        return remarks(merged(p.run for p in self.ran))


def picture(answer: Losses) -> Picture:
    """From planned busy time to productive time, loss by loss, the largest first."""
    lost = [(x, answer.total(x)) for x in Loss if x is not Loss.PRODUCTIVE]
    rows = [(x.value, t / MINUTE) for x, t in sorted(lost, key=lambda r: -r[1]) if t]
    return waterfall("Where planned time went", [("planned busy time", answer.planned_busy / MINUTE), *rows], "min")


@study(picture=picture)
def losses(states: States, output: Output, calendar: Calendar, products: Products, rules: StopRules) -> Losses:
    """Where every minute of planned time went, ranked, in minutes, parts and money.

    productive = sum(PRI x GQ), defects and startup = sum(PRI x (PQ - GQ)), speed = rated APT - sum(PRI x PQ), and all
    stops by their length (`minor_stop` where the whole stop is shorter than the machine's threshold), else by the loss
    of their reason, else of their state. They sum to planned busy time to the microsecond. Time in which the state is
    unknown, and running time without an ideal cycle (`unrated`), are classes of their own.

    Use `oee` instead when you want the ratios, `states` where the plant has no shifts.

    Parameters
    ----------
    states
        What the machine was doing, and why it stopped.
    output
        What the machine made, and which product was on.
    calendar
        Shifts and breaks.
    products
        Ideal cycle and value of each product, valid from a moment.
    rules
        Element and loss of each state and reason, minor-stop threshold, value of an hour.

    Returns
    -------
    Losses
        Ranked rows that sum to planned busy time.

    Raises
    ------
    NoCalendar
        No shift is planned, so nobody can say what was lost.

    Examples
    --------
    An hour is planned, 48 of its minutes are run, and 40 parts of an ideal minute are made, 36 of them good:

    >>> from andon.model import Counts, Rate, Shift
    >>> from andon.units import MINUTE
    >>> states = States.of([(0, 48 * MINUTE, "producing"), (48 * MINUTE, 60 * MINUTE, "fault")])
    >>> output = Output(states.window, Counts.of([(40 * MINUTE, 40)]), Counts.of([(40 * MINUTE, 36)]))
    >>> calendar = Calendar(states.window, (Shift("early", "2026-01-05", states.window),))
    >>> products = Products({"": (Rate(0, 1.0 * MINUTE, None),)})
    >>> answer = losses(states, output, calendar, products, StopRules({}, {}, {}, 5 * MINUTE))
    >>> [(row.loss.value, row.micros // MINUTE, row.parts) for row in answer.rows]
    [('productive', 36, 36.0), ('breakdown', 12, 12.0), ('speed', 8, 8.0), ('defects', 4, 4.0)]

    References
    ----------
    S. Nakajima, Introduction to TPM, Productivity Press 1988: the six big losses. ISO 22400-2:2014, time model.
    """
    return losses_in(made(elements(states, calendar, rules), output, products), rules.hour_value)


def losses_in(work: Made, hour_value: float | None) -> Losses:
    """The answer of `losses` from leaves with parts, for whoever has them already."""
    return _losses(stopped(work, hour_value), (PricedRun(hour_value, r) for r in runs(work)))


def losses_of(
    states: States, output: Output, calendar: Calendar, products: Products, rules: StopRules
) -> tuple[LossRow, ...]:
    """The rows of `losses` for one machine and window: they sum to its planned busy time, to the microsecond.

    Parameters
    ----------
    states
        What the machine was doing; may reach beyond the calendar's window.
    output
        What it made; may reach beyond, too.
    calendar
        Shifts and breaks; its window is the one that is asked about.
    products
        Ideal cycles and values.
    rules
        Element and loss of each state and reason.

    Returns
    -------
    tuple of LossRow
        Ranked, the productive time included.

    Raises
    ------
    NoCalendar
        No shift is planned.
    """
    return losses(states, output, calendar, products, rules).rows


def _losses(stood: Iterable[Stopped], ran: Iterable[PricedRun]) -> Losses:
    """An answer from the exact sums behind it: rounding to whole microseconds comes last, so that answers add up."""
    stops: dict[tuple[str | float, ...], Stopped] = {}
    for s in stood:
        stops[s.kind] = stops[s.kind] + s if s.kind in stops else s
    priced: dict[float | None, list[Run]] = {}
    for p in ran:
        priced.setdefault(p.hour_value, []).append(p.run)
    ordered = tuple(
        PricedRun(v, r) for v in sorted(priced, key=lambda v: -1.0 if v is None else v) for r in merged(priced[v])
    )
    kept = tuple(stops[k] for k in sorted(stops))
    rows = ranked((*map(stop_row, kept), *(row for p in ordered for row in run_rows(p))))
    return Losses(sum(r.micros for r in rows), rows, kept, ordered)
