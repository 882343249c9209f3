"""OEE of semiconductor equipment: the six states of SEMI E10 and the E79 figure on total time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np

from ...catalog import study
from ...model import Calendar, Element, Output, Products, State, States, StopRules
from ...picture import Picture, bars
from ...units import HOUR, Micros, Parts, Ratio
from .elements import ELEMENTS, STATES, Flags, Indices, Leaves, elements
from .made import IdealTime, Made, Run, made, merged, plus, remarks, runs
from .oee import ideal, ratio


class E10(StrEnum):
    """The six basic equipment states of SEMI E10, and what nobody knows."""

    PRODUCTIVE = "PRD"
    STANDBY = "SBY"
    ENGINEERING = "ENG"
    SCHEDULED_DOWN = "SDT"
    UNSCHEDULED_DOWN = "UDT"
    NONSCHEDULED = "NST"
    UNKNOWN = "unknown"


NAMES: tuple[E10, ...] = tuple(E10)

OF_STATE: Mapping[State, E10] = {
    State.PRODUCING: E10.PRODUCTIVE,
    State.IDLE: E10.STANDBY,
    State.STARVED: E10.STANDBY,
    State.BLOCKED: E10.STANDBY,
    State.HELD: E10.STANDBY,  # E10 counts "no operator" as standby
    State.OFF: E10.STANDBY,
    State.SETUP: E10.SCHEDULED_DOWN,  # E10 lists setup under scheduled downtime
    State.MAINTENANCE: E10.SCHEDULED_DOWN,
    State.FAULT: E10.UNSCHEDULED_DOWN,
    State.UNKNOWN: E10.UNKNOWN,
}
"""The E10 state of each of Andon's states, inside the schedule."""

OF_ELEMENT: Mapping[Element, E10] = {
    Element.SETUP: E10.SCHEDULED_DOWN,
    Element.DELAY: E10.UNSCHEDULED_DOWN,
    Element.DOWN: E10.STANDBY,
}
"""The E10 state of time in which the state is unknown and a reason was given afterwards, by the reason's element."""


@dataclass(frozen=True, slots=True)
class SemiOee:
    """Time in the six E10 states, and E79 on **total time**: never compare it with ISO 22400 OEE on planned busy time.

    Attributes
    ----------
    productive
        PRD: the equipment made product.
    standby
        SBY: it could have.
    engineering
        ENG: experiments, by the reasons that were named as engineering.
    scheduled_down
        SDT: planned maintenance and setup.
    unscheduled_down
        UDT: faults.
    nonscheduled
        NST: outside the shifts, and not producing.
    unknown
        Nobody knows what the equipment did.
    made
        Units made in known time; None where rejects are not counted.
    good
        Good units among them; None where neither they nor rejects are counted.
    made_unknown
        Units finished while the state was unknown; not in the figures.
    failures
        Unscheduled downs that began in the window.
    rows
        Units of each product and ideal cycle.
    """

    productive: Micros
    standby: Micros
    engineering: Micros
    scheduled_down: Micros
    unscheduled_down: Micros
    nonscheduled: Micros
    unknown: Micros
    made: Parts | None
    good: Parts | None
    made_unknown: Parts
    failures: int
    rows: tuple[Run, ...]

    def __add__(self, other: SemiOee) -> SemiOee:
        both = {f.name: plus(getattr(self, f.name), getattr(other, f.name)) for f in fields(self) if f.name != "rows"}
        return SemiOee(**both, rows=merged((*self.rows, *other.rows)))  # type: ignore[arg-type]  # each field plus itself

    @property
    def manufacturing(self) -> Micros:
        """Manufacturing time: PRD + SBY."""
        return self.productive + self.standby

    @property
    def uptime(self) -> Micros:
        """Equipment uptime: PRD + SBY + ENG."""
        return self.manufacturing + self.engineering

    @property
    def downtime(self) -> Micros:
        """Equipment downtime: SDT + UDT."""
        return self.scheduled_down + self.unscheduled_down

    @property
    def operations(self) -> Micros:
        """Operations time: uptime + downtime."""
        return self.uptime + self.downtime

    @property
    def total_time(self) -> Micros:
        """Total time, unknown time included: the base of OEE (E79)."""
        return self.operations + self.nonscheduled + self.unknown

    @property
    def theoretical_made(self) -> IdealTime | None:
        """Theoretical production time for the units made."""
        return ideal(self.rows, lambda r: r.made)

    @property
    def theoretical_good(self) -> IdealTime | None:
        """Theoretical production time for the good units."""
        return ideal(self.rows, lambda r: r.good)

    @property
    def availability_efficiency(self) -> Ratio | None:
        """E79: uptime / total time."""
        return ratio(self.uptime, self.total_time)

    @property
    def operational_efficiency(self) -> Ratio | None:
        """E79: productive time / uptime."""
        return ratio(self.productive, self.uptime)

    @property
    def rate_efficiency(self) -> Ratio | None:
        """E79: theoretical time of the units made / productive time; never capped."""
        return ratio(self.theoretical_made, self.productive)

    @property
    def quality_efficiency(self) -> Ratio | None:
        """E79: theoretical time of the good units / theoretical time of the units made."""
        return ratio(self.theoretical_good, self.theoretical_made)

    @property
    def oee(self) -> Ratio | None:
        """OEE on total time (SEMI E79): theoretical time of the good units / total time."""
        return ratio(self.theoretical_good, self.total_time)

    @property
    def operational_uptime(self) -> Ratio | None:
        """E10: uptime / operations time."""
        return ratio(self.uptime, self.operations)

    @property
    def operational_utilization(self) -> Ratio | None:
        """E10: productive time / operations time."""
        return ratio(self.productive, self.operations)

    @property
    def total_utilization(self) -> Ratio | None:
        """E10: productive time / total time."""
        return ratio(self.productive, self.total_time)

    @property
    def coverage(self) -> Ratio | None:
        """Known over total time."""
        return ratio(self.total_time - self.unknown, self.total_time)

    @property
    def base(self) -> str:
        """What the OEE is a share of."""
        return "total time (SEMI E79)"

    @property
    def flags(self) -> tuple[str, ...]:
        """What is wrong or remarkable, in words."""
        late = (f"{self.made_unknown:g} units were finished while the state was unknown: they are not in OEE",)
        return (*remarks(self.rows), *(late if self.made_unknown else ()))


def picture(answer: SemiOee) -> Picture:
    """The hours in each of the six states."""
    names = ("productive", "standby", "engineering", "scheduled_down", "unscheduled_down", "nonscheduled", "unknown")
    return bars(
        "Time by SEMI E10 state",
        [("total time", n, getattr(answer, n) / HOUR) for n in names],
        "h",
        subtitle="OEE on total time (SEMI E79)",
    )


@study(picture=picture)
def oee_semi(
    states: States, output: Output, calendar: Calendar, products: Products, rules: StopRules, engineering: str = ""
) -> SemiOee:
    """How much of total time became good units, by SEMI E10 and E79.

    OEE = availability efficiency (uptime / total time) x operational efficiency (productive / uptime) x rate efficiency
    (theoretical time of the units made / productive) x quality efficiency = theoretical time of the good units / total
    time. Inside the shifts the state decides: producing PRD, idle, starved, blocked, held, off SBY, setup and planned
    maintenance SDT, fault UDT. Outside them time is NST, unless the equipment was producing.

    Use `oee` instead for ISO 22400 on planned busy time. The bases differ: never put both in one table.

    Parameters
    ----------
    states
        What the equipment was doing.
    output
        What it made, and which product was on.
    calendar
        Shifts; outside them time is nonscheduled.
    products
        Ideal (theoretical) cycle of each product, valid from a moment.
    rules
        Which element each reason is: a reason for planned maintenance makes a stop SDT.
    engineering
        Codes of the reasons that count as engineering time (ENG), with commas between them.

    Returns
    -------
    SemiOee
        Times, units and efficiencies.

    Raises
    ------
    NoCalendar
        No shift is planned, so nonscheduled time cannot be told from standby.

    Examples
    --------
    Ten minutes, of which six were productive; five units of an ideal minute, four of them good:

    >>> from andon.model import Counts, Rate, Shift
    >>> from andon.units import MINUTE
    >>> states = States.of([(0, 6 * MINUTE, "producing"), (6 * MINUTE, 8 * MINUTE, "fault"),
    ...                     (8 * MINUTE, 10 * MINUTE, "idle_no_order")])
    >>> output = Output(states.window, Counts.of([(MINUTE, 5)]), Counts.of([(MINUTE, 4)]))
    >>> calendar = Calendar(states.window, (Shift("day", "2026-01-05", states.window),))
    >>> answer = oee_semi(states, output, calendar, Products({"": (Rate(0, 1.0 * MINUTE, None),)}),
    ...                   StopRules({}, {}, {}, 0))
    >>> answer.availability_efficiency, answer.operational_efficiency, answer.quality_efficiency, answer.oee
    (0.8, 0.75, 0.8, 0.4)

    References
    ----------
    SEMI E10, equipment reliability, availability and maintainability; SEMI E79, equipment productivity metrics.
    OPC 40100-1, 11.6, for the enumeration of the states.
    """
    work = made(elements(states, calendar, rules), output, products)
    named = frozenset(code.strip() for code in engineering.split(",") if code.strip())
    status = _status(work.leaves, named)
    known = status != NAMES.index(E10.UNKNOWN)
    spent = {n: int(work.leaves.duration[status == i].sum()) for i, n in enumerate(NAMES)}
    made_, good = (float(a[known].sum()) if a is not None else None for a in (work.made, work.good))
    return SemiOee(
        spent[E10.PRODUCTIVE],
        spent[E10.STANDBY],
        spent[E10.ENGINEERING],
        spent[E10.SCHEDULED_DOWN],
        spent[E10.UNSCHEDULED_DOWN],
        spent[E10.NONSCHEDULED],
        spent[E10.UNKNOWN],
        made_,
        good,
        float(work.counted[~known].sum()),
        _failures(work, status),
        runs(work, known, status == NAMES.index(E10.PRODUCTIVE)),
    )


def _status(leaves: Leaves, engineering: Iterable[str]) -> Indices:
    """The E10 state of each leaf, as places in `NAMES`."""
    table = np.array([NAMES.index(OF_STATE[s]) for s in STATES])
    state = leaves.state
    told = np.array([NAMES.index(OF_ELEMENT.get(e, E10.UNKNOWN)) for e in ELEMENTS])
    found = np.where(table[state] == NAMES.index(E10.UNKNOWN), told[leaves.element], table[state])
    named = np.isin(leaves.reason, [i for i, r in enumerate(leaves.given) if r in set(engineering)])
    serviced = leaves.of(Element.PLANNED_DOWN) & ~leaves.paused
    found = np.where(serviced, NAMES.index(E10.SCHEDULED_DOWN), found)
    found = np.where(named, NAMES.index(E10.ENGINEERING), found)
    free = leaves.of(Element.UNSCHEDULED) & (state != STATES.index(State.PRODUCING))
    return np.where(free, NAMES.index(E10.NONSCHEDULED), found)


def _failures(work: Made, status: Indices) -> int:
    down: Flags = status == NAMES.index(E10.UNSCHEDULED_DOWN)
    return int((down & work.leaves.begins).sum())
