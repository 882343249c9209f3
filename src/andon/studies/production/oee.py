"""Overall equipment effectiveness (ISO 22400-2), with every time element it is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import ClassVar

import numpy as np

from ...catalog import study
from ...model import Calendar, Element, Output, Products, States, StopRules
from ...picture import Picture, waterfall
from ...units import MINUTE, Micros, Parts, Ratio
from .elements import Flags, elements
from .made import IdealTime, Made, Run, made, merged, plus, remarks, runs


@dataclass(frozen=True, slots=True)
class Oee:
    """Where the time went and what was made in it; the sums add up, the ratios are made of them.

    Attributes
    ----------
    production
        APT, actual production time: the machine was producing.
    setup
        AUST, actual unit setup time.
    delay
        ADET, actual unit delay time: faults, minor stops, waiting during an order.
    down
        ADOT, actual unit down time: no order, nothing to do.
    unknown
        Planned busy time in which nobody knows what the machine did.
    planned_down
        Breaks and planned maintenance inside the shifts.
    unscheduled
        Time outside the shifts.
    made
        PQ, parts made in known planned busy time; None where rejects are not counted.
    good
        GQ, the good ones among them; None where neither they nor rejects are counted.
    rejects
        SQ, scrapped parts; None where the machine does not count them.
    rework
        RQ, parts to be reworked; None where the machine does not count them.
    made_unknown
        Parts finished in planned busy time while the state was unknown; not in OEE.
    made_planned_down
        Parts finished in breaks and planned maintenance; not in OEE.
    made_unscheduled
        Parts finished outside the shifts; not in OEE.
    heard
        Known planned busy time in which the counters were heard; None where nobody recorded that.
    rows
        Time and parts of each product and ideal cycle.
    """

    HEADLINE: ClassVar = (
        "oee",
        "availability",
        "effectiveness",
        "quality",
        "oee_of_known",
        "coverage",
        "good",
        "rejects",
        "planned_busy",
    )

    production: Micros
    setup: Micros
    delay: Micros
    down: Micros
    unknown: Micros
    planned_down: Micros
    unscheduled: Micros
    made: Parts | None
    good: Parts | None
    rejects: Parts | None
    rework: Parts | None
    made_unknown: Parts
    made_planned_down: Parts
    made_unscheduled: Parts
    heard: Micros | None
    rows: tuple[Run, ...]

    def __add__(self, other: Oee) -> Oee:
        both = {f.name: plus(getattr(self, f.name), getattr(other, f.name)) for f in fields(self) if f.name != "rows"}
        return Oee(**both, rows=merged((*self.rows, *other.rows)))  # type: ignore[arg-type]  # each field plus itself

    @property
    def processing(self) -> Micros:
        """AUPT, actual unit processing time: production and setup."""
        return self.production + self.setup

    @property
    def busy(self) -> Micros:
        """AUBT, actual unit busy time: processing and delay."""
        return self.processing + self.delay

    @property
    def known(self) -> Micros:
        """Planned busy time in which the state was known."""
        return self.busy + self.down

    @property
    def planned_busy(self) -> Micros:
        """PBT, planned busy time: shifts less planned down time; the base of OEE."""
        return self.known + self.unknown

    @property
    def planned_operation(self) -> Micros:
        """POT, planned operation time: the shifts; the base of OOE."""
        return self.planned_busy + self.planned_down

    @property
    def calendar_time(self) -> Micros:
        """All time of the window; the base of TEEP."""
        return self.planned_operation + self.unscheduled

    @property
    def rated(self) -> Micros:
        """The part of APT in which an ideal cycle is known."""
        return sum(r.production for r in self.rows if r.ideal_cycle is not None)

    @property
    def unrated(self) -> Micros:
        """The part of APT in which no ideal cycle is known."""
        return self.production - self.rated

    @property
    def ideal_made(self) -> IdealTime | None:
        """Ideal time of the parts made, sum of PRI x PQ; None where it is not known."""
        return ideal(self.rows, lambda r: r.made)

    @property
    def ideal_good(self) -> IdealTime | None:
        """Ideal time of the good parts, sum of PRI x GQ; None where it is not known."""
        return ideal(self.rows, lambda r: r.good)

    @property
    def availability(self) -> Ratio | None:
        """APT / PBT: the share of planned busy time in which the machine was producing."""
        return ratio(self.production, self.planned_busy)

    @property
    def effectiveness(self) -> Ratio | None:
        """sum(PRI x PQ) / APT: how fast it was while producing; never capped."""
        return ratio(self.ideal_made, self.production)

    @property
    def quality(self) -> Ratio | None:
        """sum(PRI x GQ) / sum(PRI x PQ), the share of good parts; GQ / PQ where no ideal cycle is known."""
        if self.ideal_made and self.ideal_good is not None:
            return ratio(self.ideal_good, self.ideal_made)
        return ratio(self.good, self.made)

    @property
    def good_speed(self) -> Ratio | None:
        """sum(PRI x GQ) / APT: effectiveness x quality, known also where only good parts are counted."""
        return ratio(self.ideal_good, self.production)

    @property
    def oee(self) -> Ratio | None:
        """OEE on planned busy time (PBT): sum(PRI x GQ) / PBT = availability x effectiveness x quality."""
        return ratio(self.ideal_good, self.planned_busy)

    @property
    def oee_of_known(self) -> Ratio | None:
        """OEE on that part of planned busy time in which the state was known."""
        return ratio(self.ideal_good, self.known)

    @property
    def nee(self) -> Ratio | None:
        """Net equipment effectiveness on PBT: AUPT / PBT x effectiveness x quality, setup not being a loss."""
        if not self.production:
            return self.oee
        return _product(ratio(self.processing, self.planned_busy), self.good_speed)

    @property
    def ooe(self) -> Ratio | None:
        """Overall operations effectiveness on planned operation time (POT): sum(PRI x GQ) / POT. Not in ISO 22400."""
        return ratio(self.ideal_good, self.planned_operation)

    @property
    def teep(self) -> Ratio | None:
        """Total effective equipment performance on calendar time: sum(PRI x GQ) / all time. Not in ISO 22400."""
        return ratio(self.ideal_good, self.calendar_time)

    @property
    def coverage(self) -> Ratio | None:
        """Known over all planned busy time."""
        return ratio(self.known, self.planned_busy)

    @property
    def counted(self) -> Ratio | None:
        """The share of known planned busy time in which the counters were heard."""
        return ratio(self.heard, self.known)

    @property
    def rated_share(self) -> Ratio | None:
        """The share of production time in which an ideal cycle is known; below 1, OEE is a lower bound."""
        return ratio(self.rated, self.production)

    @property
    def flags(self) -> tuple[str, ...]:
        """What is wrong or remarkable, in words."""
        outside = (
            (self.made_unknown, "while the state was unknown"),
            (self.made_planned_down, "in planned down time"),
            (self.made_unscheduled, "outside the shifts"),
        )
        return (
            *remarks(self.rows),
            *(f"{n:g} parts were finished {where}: they are not in OEE" for n, where in outside if n),
        )


def picture(answer: Oee) -> Picture:
    """From planned busy time to good parts: what availability, effectiveness and quality take."""
    minutes = [
        ("planned busy time", answer.planned_busy),
        ("down", answer.down),
        ("delay", answer.delay),
        ("setup", answer.setup),
        ("unknown", answer.unknown),
        *_slow(answer),
    ]
    return waterfall(
        "From planned time to good parts",
        [(text, t / MINUTE) for text, t in minutes if t],
        "min",
        left="productive" if answer.ideal_good is not None else "production",
        subtitle="OEE on planned busy time (PBT)",
    )


@study(picture=picture)
def oee(states: States, output: Output, calendar: Calendar, products: Products, rules: StopRules) -> Oee:
    """How much of the planned time became good parts.

    OEE = availability x effectiveness x quality = APT/PBT x sum(PRI x PQ)/APT x sum(PRI x GQ)/sum(PRI x PQ)
    = sum(PRI x GQ)/PBT, on planned busy time (PBT: shifts less breaks and planned maintenance). Nothing is capped,
    0/0 is None, unknown time stays in PBT and never counts as running; `coverage` says how much was known.
    Parts count in known planned busy time; those finished elsewhere have their own figures.

    Use `losses` instead when you want to know where the rest went, `oee_semi` for the SEMI E79 figure on total time,
    `states` where the plant has no shifts.

    Parameters
    ----------
    states
        What the machine was doing.
    output
        What the machine made, and which product was on.
    calendar
        Shifts and breaks.
    products
        Ideal cycle of each product, valid from a moment.
    rules
        Which ISO 22400 element each state and reason is.

    Returns
    -------
    Oee
        Times, parts and ratios.

    Raises
    ------
    NoCalendar
        No shift is planned, so there is no OEE.

    Examples
    --------
    An hour is planned, 48 of its minutes are run, and 40 parts of an ideal minute are made, 36 of them good:

    >>> from andon.model import Counts, Rate, Shift, Window
    >>> from andon.units import MINUTE
    >>> states = States.of([(0, 48 * MINUTE, "producing"), (48 * MINUTE, 60 * MINUTE, "fault")])
    >>> output = Output(states.window, Counts.of([(40 * MINUTE, 40)]), Counts.of([(40 * MINUTE, 36)]))
    >>> calendar = Calendar(states.window, (Shift("early", "2026-01-05", states.window),))
    >>> products = Products({"": (Rate(0, 1.0 * MINUTE, None),)})
    >>> answer = oee(states, output, calendar, products, StopRules({}, {}, {}, 5 * MINUTE))
    >>> answer.availability, round(answer.effectiveness, 3), answer.quality, answer.oee
    (0.8, 0.833, 0.9, 0.6)

    References
    ----------
    ISO 22400-2:2014, key performance indicators for manufacturing operations management: OEE index, NEE index,
    availability, effectiveness, quality ratio.
    """
    return oee_of(made(elements(states, calendar, rules), output, products))


def oee_of(work: Made) -> Oee:
    """The answer of `oee` from leaves with parts, for whoever has them already."""
    leaves, known = work.leaves, work.leaves.worked
    counted = {e: work.counted[leaves.of(e)].sum() for e in Element}
    return Oee(
        leaves.total(Element.PRODUCTION),
        leaves.total(Element.SETUP),
        leaves.total(Element.DELAY),
        leaves.total(Element.DOWN),
        leaves.total(Element.UNKNOWN),
        leaves.total(Element.PLANNED_DOWN),
        leaves.total(Element.UNSCHEDULED),
        _sum(work.made, known),
        _sum(work.good, known),
        _sum(work.rejects, known),
        _sum(work.rework, known),
        float(counted[Element.UNKNOWN]),
        float(counted[Element.PLANNED_DOWN]),
        float(counted[Element.UNSCHEDULED]),
        _heard(work, known),
        runs(work),
    )


def ratio(part: float | None, whole: float | None) -> float | None:
    """The quotient, None where one side is not known or the whole is 0.

    >>> ratio(1, 4), ratio(0, 0), ratio(None, 4)
    (0.25, None, None)
    """
    return None if part is None or not whole else part / whole


def ideal(rows: Iterable[Run], parts: Callable[[Run], float | None]) -> float | None:
    """Sum of ideal cycle x parts; None where a count is missing, or where parts were made and none of them is rated."""
    found = [(r.ideal_cycle, parts(r)) for r in rows]
    if any(n is None for _, n in found):
        return None
    if any(n for _, n in found) and not any(n for c, n in found if c is not None):
        return None
    return sum(c * (n or 0.0) for c, n in found if c is not None) + 0.0


def _slow(answer: Oee) -> list[tuple[str, float]]:
    """What running time lost, as far as it can be told apart."""
    made_, good = answer.ideal_made, answer.ideal_good
    if good is None:
        return []
    if made_ is None:
        return [("unrated", answer.unrated), ("speed and defects", answer.rated - good)]
    return [("unrated", answer.unrated), ("speed", answer.rated - made_), ("defects", made_ - good)]


def _sum(parts: np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None, where: Flags) -> float | None:
    return float(parts[where].sum()) if parts is not None else None


def _heard(work: Made, known: Flags) -> int | None:
    return int(work.leaves.duration[known & work.heard].sum()) if work.heard is not None else None


def _product(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a * b
