"""What a control chart answers: its points with their limits, the stages the limits hold in, the rules and panels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from ...picture import Picture, control
from ...units import Correlation, Measured, Moment, Unit

Size = Annotated[float, Unit("{n}")]
Points = Annotated[float, Unit("{point}")]


@dataclass(frozen=True, slots=True)
class Point:
    """One point of one panel of a control chart.

    Attributes
    ----------
    panel
        The panel it stands on: "mean", "range", "moving range"...
    place
        Its place on the chart, counted from 1; the points of all panels with one place are of the same subgroup.
    label
        What it is of: a unit, a lot, a shift, an hour.
    since
        When the first measurement of it was made.
    at
        When the last measurement of it was made.
    size
        How many measurements, units or areas of opportunity it is made of.
    value
        The figure that is drawn.
    center
        The center line there.
    lower
        The lower control limit there; empty where there is none.
    upper
        The upper control limit there; empty where there is none.
    sigma
        One standard deviation of the figure there: the zones are one and two of it from the center.
    stage
        The stage whose limits hold.
    rules
        The rules that it breaks, as "1 5"; "" where none.
    used
        Its measurements went into the limits.
    gap
        There is a gap in time before it: runs and moving ranges begin anew.
    note
        What somebody noted at it.
    who
        Who noted it.
    units
        The units it is made of; of many only the first.
    """

    panel: str
    place: int
    label: str
    since: Moment
    at: Moment
    size: Size
    value: Measured
    center: Measured
    lower: Measured | None
    upper: Measured | None
    sigma: Measured | None
    stage: str
    rules: str
    used: bool
    gap: bool
    note: str
    who: str
    units: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of the chart in which the same limits hold.

    Attributes
    ----------
    stage
        Its name.
    since
        When its first point begins.
    until
        When its last point ends.
    points
        How many points it has.
    used
        How many of them went into the limits.
    limits
        Where its limits are from: "data" (computed from these points), "frozen" (somebody froze them) or "given".
    who
        Who froze them.
    frozen
        When they were frozen.
    basis
        How the spread was estimated: "mean range / d2".
    center
        The center that the limits rest on: a mean of values, a share, defects a unit.
    lower
        The lower limit of the first panel at its last point; empty where there is none.
    upper
        The upper limit of the first panel at its last point; empty where there is none.
    sigma
        The spread of single values that they rest on (of one unit's count where counts are charted).
    second
        The spread within subgroups of a three-way chart, or Laney's factor; else empty.
    size
        The usual size of a subgroup.
    """

    stage: str
    since: Moment
    until: Moment
    points: int
    used: int
    limits: str
    who: str
    frozen: Moment | None
    basis: str
    center: Measured
    lower: Measured | None
    upper: Measured | None
    sigma: Measured
    second: Measured | None
    size: Size


@dataclass(frozen=True, slots=True)
class Panel:
    """One of the charts that are drawn below each other.

    Attributes
    ----------
    panel
        Its name.
    rules
        The rules that watch it.
    signals
        Points that break one.
    run_length
        Points between two false alarms, on average, while nothing changes (ARL0).
    """

    panel: str
    rules: str
    signals: int
    run_length: Points | None


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that was asked for.

    Attributes
    ----------
    rule
        Its number after Nelson, with the number of points where that is not his: "2:8" is Western Electric's fourth.
    meaning
        What it looks for.
    points
        Points of all panels that break it.
    """

    rule: str
    meaning: str
    points: int


@dataclass(frozen=True, slots=True)
class ControlChart:
    """Is a process in control? Points, limits, and the points that say no.

    Attributes
    ----------
    chart
        Which chart it is: "xbar-r", "i-mr", "p"...
    test
        What is charted.
    unit
        The unit of the values.
    stable
        No point breaks a rule.
    signals
        Places of the chart at which a panel breaks a rule.
    places
        Subgroups on the chart.
    phase
        "I" where all limits are computed from the points that they judge, "II" where points are judged by limits
        that they had no part in.
    run_length
        Points between two false alarms of the first panel, on average, while nothing changes (ARL0): the price of
        the rules that were chosen, for independent values.
    lag
        Correlation of successive points of the first panel; empty where there are too few.
    correlated
        That correlation is more than chance: the limits and the false-alarm rate are not to be trusted, and a chart
        of residuals (`residual`) is the better one.
    ar
        The share of the value before that the residuals are free of; empty where no residuals are charted.
    panels
        The panels.
    points
        The points of all panels, panel after panel.
    stages
        The stages, in order.
    rules
        The rules that were asked for.
    remarks
        What to know before it is believed: few subgroups, correlation, small expected counts.
    """

    HEADLINE: ClassVar[tuple[str, ...]] = ("chart", "stable", "signals", "places", "phase", "run_length", "correlated")

    chart: str
    test: str
    unit: str
    stable: bool
    signals: int
    places: int
    phase: str
    run_length: Points | None
    lag: Correlation | None
    correlated: bool
    ar: Correlation | None
    panels: tuple[Panel, ...]
    points: tuple[Point, ...]
    stages: tuple[Stage, ...]
    rules: tuple[Broken, ...]
    remarks: tuple[str, ...]


def chart_picture(answer: ControlChart) -> Picture:
    """The first panel: its points with their limits and the rules that they break."""
    first = answer.panels[0].panel if answer.panels else ""
    return control(
        f"{answer.chart} {answer.test}".strip(),
        [(p.place, p.value, p.lower, p.center, p.upper, p.rules) for p in answer.points if p.panel == first],
        answer.unit,
        x="subgroup",
        y=first,
    )
