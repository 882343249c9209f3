"""A watched chart as it is asked for: its question, its points and the meaning of their rules, of whichever kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..ask import Question
from ..model import Characteristic, Window
from ..model.knowledge import REJECTS
from ..studies.quality.charted import ControlChart, Point
from ..studies.quality.subgroups import Scheme, scheme
from ..studies.quality.together import MultivariateChart, Together
from ..units import MINUTE

OFTEN = 15 * MINUTE
"""So often a chart of counts is looked at whose subgroups have no length: counters rise all the time."""
BEYOND = {"1": "a point beyond the control limits"}
MANY = {"1": "a point beyond the limit of several tests together"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a chart says: its points in order, what each rule means, the unit of its values."""

    points: tuple[Point, ...]
    rules: Mapping[str, str]
    unit: str


def question(said: Characteristic, machine: str, window: Window) -> Question:
    """What is asked to see the chart of a characteristic: of several tests, of one, or of rejects."""
    if not said.tests:
        return Question("control-chart", machine, window, (), {"test": said.test, "product": said.product})
    settings = {
        "tests": said.tests,
        "chart": said.chart or "t2",
        "subgroup": said.subgroups or (str(said.subgroup) if said.subgroup else ""),
    }
    return Question("multivariate-chart", machine, window, (), settings)


def drawn(answer: object) -> Drawn:
    """The points of an answer."""
    if isinstance(answer, MultivariateChart):
        return Drawn(tuple(_point(answer.chart, p) for p in answer.points), MANY, "1")
    assert isinstance(answer, ControlChart)
    return Drawn(answer.points, {r.rule: r.meaning for r in answer.rules} | BEYOND, answer.unit)


def counted(said: Characteristic) -> bool:
    """The chart may be of counters, which tell nothing when they rise: it is looked at when a stretch is over."""
    return said.test == REJECTS and not said.tests


def subgroups(said: Characteristic) -> Scheme:
    """How the points of a chart are made."""
    return scheme(said.subgroups or ("shift" if counted(said) else ""), said.subgroup or 1)


def after(said: Characteristic, now: int) -> int:
    """When a chart of counts is to be looked at next."""
    span = subgroups(said).span or OFTEN
    return (now // span + 1) * span


def rules_of(chart: Drawn, point: Point) -> Iterable[str]:
    """What the rules mean that a point breaks."""
    return [chart.rules[r] for r in point.rules.split() if r in chart.rules]


def _point(chart: str, of: Together) -> Point:
    """A distance as a point; its label says which test had the largest part in a signal."""
    name = {"t2": "T squared", "mewma": "MEWMA"}[chart]
    said = f"{of.most}, {of.label or of.units}".rstrip(", ") if of.most else of.label
    return Point(
        panel=name,
        place=of.place,
        label=said,
        since=of.since,
        at=of.at,
        size=float(of.size),
        value=of.value,
        center=0.0,
        lower=None,
        upper=of.upper,
        sigma=None,
        stage="",
        rules="1" if of.signal else "",
        used=of.used,
        gap=of.gap,
        note="",
        who="",
        units=of.units,
    )
