"""What a chart of several tests answers: distances from where they should be, and what moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from ...picture import Picture, control
from ...units import Measured, Moment, Unit

Distance = Annotated[float, Unit("{T2}")]
Points = Annotated[float, Unit("{point}")]


@dataclass(frozen=True, slots=True)
class Together:
    """One point: several tests of one subgroup, as one distance from where they should be.

    Attributes
    ----------
    place
        Its place on the chart, counted from 1.
    label
        What it is of: a unit, a lot, a shift.
    since
        When the first measurement of it was made.
    at
        When the last measurement of it was made.
    size
        How many units it is made of.
    value
        The distance from the center, in the shape of the tests' common spread.
    upper
        The limit of the distance.
    signal
        It is beyond the limit.
    most
        The test that had the largest part in a signal; "" where there is none.
    used
        It went into center and spread.
    gap
        There is a gap in time before it.
    units
        The units it is made of; of many only the first.
    """

    place: int
    label: str
    since: Moment
    at: Moment
    size: int
    value: Distance
    upper: Distance
    signal: bool
    most: str
    used: bool
    gap: bool
    units: str


@dataclass(frozen=True, slots=True)
class Contribution:
    """The part of one test in a signal.

    Attributes
    ----------
    place
        Which point.
    test
        Which test.
    value
        What it was there.
    center
        Where it should be.
    contribution
        How much smaller the distance is without it.
    """

    place: int
    test: str
    value: Measured
    center: Measured
    contribution: Distance


@dataclass(frozen=True, slots=True)
class Centered:
    """One test: where it should be and how it scatters.

    Attributes
    ----------
    test
        Its name.
    unit
        Its unit.
    center
        Its mean over the points that were used.
    sigma
        Its standard deviation, within subgroups where there are any.
    """

    test: str
    unit: str
    center: Measured
    sigma: Measured


@dataclass(frozen=True, slots=True)
class MultivariateChart:
    """Do several tests together stay where they were?

    Attributes
    ----------
    chart
        "t2" or "mewma".
    stable
        No point is beyond the limit.
    signals
        Points beyond the limit.
    places
        Points in all.
    phase
        "I" where the points judge themselves, "II" where those of a baseline do.
    run_length
        Points between two false alarms, on average, while nothing changes and the center is known (ARL0).
    upper
        The limit of the last point.
    points
        The points.
    contributions
        The part of each test in each signal, the largest first.
    tests
        The tests.
    remarks
        What to know before it is believed.
    """

    HEADLINE: ClassVar[tuple[str, ...]] = ("chart", "stable", "signals", "places", "phase", "upper", "run_length")

    chart: str
    stable: bool
    signals: int
    places: int
    phase: str
    run_length: Points | None
    upper: Distance
    points: tuple[Together, ...]
    contributions: tuple[Contribution, ...]
    tests: tuple[Centered, ...]
    remarks: tuple[str, ...]


def together_picture(answer: MultivariateChart) -> Picture:
    """The distances with their limit; a signal bears the test that had the largest part in it."""
    rows = [(p.place, p.value, None, 0.0, p.upper, p.most) for p in answer.points]
    return control(f"{answer.chart} {', '.join(t.test for t in answer.tests)}", rows, x="subgroup", y="distance")
