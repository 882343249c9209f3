"""Acts on control charts: freeze limits and release them, note something at a point."""

from __future__ import annotations

import math

from ..errors import BadInput, BadQuestion
from ..model import Window, moment
from ..reading.charts import FAR, LIMITS, NOTE, chartbook
from .register import Desk, Done, may


@may("engineer")
def freeze_limits(
    desk: Desk,
    machine: str,
    test: str,
    chart: str,
    center: float,
    sigma: float,
    second: float | None = None,
    product: str = "",
    since: Window | None = None,
    why: str = "",
) -> Done:
    """Freeze the limits of a control chart: from then on points are judged by them, whoever looks.

    They hold until others are frozen, or they are released; what held before is kept with who and when.

    Parameters
    ----------
    machine
        Path of the machine, such as line-1/press-3.
    test
        What is charted, as the chart says it.
    chart
        The chart, such as xbar-r, as it says itself.
    center
        The center that the limits rest on.
    sigma
        The spread that they rest on, as the chart's stage tells it.
    second
        The spread within subgroups of a three-way chart, or Laney's factor.
    product
        The product that the chart is asked of; "" where it is asked of all.
    since
        From when on they hold; now, unless given.
    why
        What there is to say about it.
    """
    desk.plant.machine(machine)
    _named(test, chart)
    for name, value in {"center": center, "sigma": sigma, "second": second}.items():
        if value is not None and not math.isfinite(value):
            raise BadInput(f"{name} = {value} is no number that limits can rest on.")
    if sigma <= 0 or (second is not None and second <= 0):
        raise BadInput(f"sigma = {sigma:g}: limits without width are none. Freeze those of a chart that scatters.")
    begun = desk.now if since is None else since.since
    said = {"chart": chart, "product": product, "center": center, "sigma": sigma, "second": second, "why": why}
    _write(desk, LIMITS, machine, (begun, FAR), test, said)
    return {"test": test, "chart": chart, "center": center, "sigma": sigma, "since": _utc(begun)}


@may("engineer")
def release_limits(
    desk: Desk, machine: str, test: str, chart: str, product: str = "", since: Window | None = None, why: str = ""
) -> Done:
    """Let go of frozen limits: from then on the chart's limits come from its own points again.

    Parameters
    ----------
    machine
        Path of the machine, such as line-1/press-3.
    test
        What is charted, as the chart says it.
    chart
        The chart, such as xbar-r.
    product
        The product that the chart is asked of; "" where it is asked of all.
    since
        From when on; now, unless given.
    why
        What there is to say about it.
    """
    desk.plant.machine(machine)
    begun = desk.now if since is None else since.since
    if chartbook(desk.history, machine, Window(begun, begun + 1)).frozen(test, chart, begun, product) is None:
        raise BadQuestion(f"{machine}: no limits of {test} ({chart}) are frozen at {desk.clock(begun)}.")
    _write(
        desk, LIMITS, machine, (begun, FAR), test, {"chart": chart, "product": product, "released": True, "why": why}
    )
    return {"test": test, "chart": chart, "since": _utc(begun)}


@may("operator")
def note_point(desk: Desk, machine: str, test: str, at: Window, text: str, excluded: bool = False) -> Done:
    """Note something at a point of a control chart; an excluded point has no part in limits, and this is why.

    Parameters
    ----------
    machine
        Path of the machine, such as line-1/press-3.
    test
        What is charted, as the chart says it.
    at
        A moment of the point: from its first measurement to its last.
    text
        What there is to say about it.
    excluded
        Keep it out of the limits.
    """
    desk.plant.machine(machine)
    if not test.strip() or not text.strip():
        raise BadInput("A note needs a test and a text.")
    _write(desk, NOTE, machine, (at.since, at.since + 1), test, {"note": text.strip(), "excluded": excluded})
    return {"test": test, "at": _utc(at.since), "note": text.strip(), "excluded": excluded}


def _named(test: str, chart: str) -> None:
    if not test.strip() or not chart.strip():
        raise BadInput("Frozen limits need a test and a chart, as the control chart says them.")


def _write(desk: Desk, kind: str, machine: str, span: tuple[int, int], test: str, said: dict[str, object]) -> None:
    """One spell, told apart from others that begin in the same moment."""
    begun = desk.free(kind, machine, span[0])
    window = Window(begun, max(span[1], begun + 1))
    kept = {k: v for k, v in said.items() if v is not None}
    desk.put(kind, machine, (window, test), **{"from": span[0], "at": desk.now, **kept})


def _utc(at: int) -> str:
    return f"{moment(at):%Y-%m-%dT%H:%M:%SZ}"
