"""Is a process in control: control charts of values, counts and rare events, with the rules that watch them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

import numpy as np

from ...catalog import study
from ...errors import BadQuestion, UnknownName
from ...model import (
    Calendar,
    Characteristics,
    Chartbook,
    ChartName,
    Measurements,
    Orders,
    Output,
    Units,
    Window,
    instant,
)
from ...model.knowledge import REJECTS as REJECTED
from ...units import Measured, Ratio, Unit, duration
from .charted import ControlChart, chart_picture
from .charting import Asked, charted, residuals
from .counted import DEFECTS, LANEY_RATES, LANEY_SHARES, RARE_COUNTS, RARE_TIMES, RATES, REJECTS, SHARES
from .drawing import Chart, Options
from .places import noted
from .remembering import CUSUM, EWMA
from .rules import chosen
from .sources import Charted, Sources, Wanted, counts, found_of, rare, rejects_only, said_of, values
from .variables import DEVIATIONS, RANGES, SINGLES, THREE_WAY

CHARTS: Mapping[str, Chart] = {
    c.name: c
    for c in (
        SINGLES,
        RANGES,
        DEVIATIONS,
        THREE_WAY,
        EWMA,
        CUSUM,
        SHARES,
        REJECTS,
        DEFECTS,
        RATES,
        LANEY_SHARES,
        LANEY_RATES,
        RARE_COUNTS,
        RARE_TIMES,
    )
}
RULES = "1 2"
"""The rules where nobody chose any: few, for each one more raises the false-alarm rate."""
LARGE = 8
"""From larger subgroups the standard deviation tells more than the range."""
Sigmas = Annotated[float, Unit("{sigma}")]


@study(picture=chart_picture)
def control_chart(
    measurements: Measurements | None = None,
    units: Units | None = None,
    output: Output | None = None,
    characteristics: Characteristics | None = None,
    chartbook: Chartbook | None = None,
    orders: Orders | None = None,
    calendar: Calendar | None = None,
    test: str = "",
    product: str = "",
    chart: ChartName = "",
    subgroup: str = "",
    rules: str = "",
    center: Measured | None = None,
    sigma: Measured | None = None,
    spread: Literal["", "range", "deviation", "pooled", "median"] = "",
    width: Sigmas = 3.0,
    baseline: str = "",
    stages: str = "",
    gap: str = "",
    attempts: Literal["all", "first", "last"] = "all",
    size: str = "",
    residual: bool = False,
    weight: Ratio = 0.2,
    asymptotic: bool = False,
    shift: Sigmas = 1.0,
    interval: Sigmas = 5.0,
    headstart: bool = False,
) -> ControlChart:
    """Whether a process is in control: limits, points beyond them, patterns.

    Limits come from the points themselves (phase I), from those of a `baseline`, from `center` and `sigma`, or from
    limits that somebody froze; then points are judged by what they had no part in (phase II). They are never computed
    anew without being said. Points that somebody excluded at a note are drawn and have no part in the limits.
    What the rules cost is said with the answer: points between two false alarms, on average, while nothing changes.

    Use `capability` instead when you want to know whether a stable process meets its limits, and `multivariate-chart`
    for several tests that move together.

    Parameters
    ----------
    measurements
        Values of tests, in order of time.
    units
        Units with verdicts, for charts p, np, laney-p, g and t where no test is named.
    output
        The machine's own counters, for charts p, np, u and Laney's where no unit was judged: rejects of parts made.
    characteristics
        What the plant says of the test: subgroup, chart, rules, target.
    chartbook
        Frozen limits, and notes at points.
    orders
        When orders were run, for subgroups by order.
    calendar
        Shifts, for subgroups by shift or day; its window is the one that is asked about.
    test
        The test; the only one, unless given. `rejects`: units that failed, or rejects that the machine counts.
    product
        Only what was measured on this product.
    chart
        Which chart: i-mr, xbar-r, xbar-s, three-way, short-run, ewma, cusum; p, np, c, u, laney-p, laney-u; g, t. What
        the plant says, unless given; else by the size of the subgroups, and p for units and counters.
    subgroup
        What stands together as one point: 5 (in a row), 5 every 100, 5 every 1 h, 8 h, shift, day, order, lot, wafer,
        product, or another fact of units. What the plant says, unless given.
    rules
        Nelson's rules 1 to 8, such as "1 2 5", with another number of points as in 2:8; or western-electric, nelson.
    center
        The known center; else it is estimated.
    sigma
        The known spread of single values; else it is estimated.
    spread
        How the spread is estimated: range, deviation, pooled, median; as the chart does, unless given.
    width
        How far the control limits are from the center.
    baseline
        The stretch whose points make the limits, as SINCE/UNTIL.
    stages
        Where new limits begin: moments with commas between them, or a column that tells stages apart, such as product.
    gap
        A time without a value after which runs and moving ranges begin anew, such as 8 h.
    attempts
        Which tests of the same unit count: all, the first, or the last.
    size
        For charts c and u: the test that says on how much the defects were counted.
    residual
        Chart what is left when the part that the value before explains is taken off (AR(1)), for i-mr, ewma and cusum.
    weight
        For ewma: the part that the newest value has in the mean.
    asymptotic
        For ewma: limits as they are in the long run, not narrower at the beginning.
    shift
        For cusum: the shift that is to be found quickly, in standard deviations of the charted means.
    interval
        For cusum: how far a sum may go (h).
    headstart
        For cusum: begin half way to the limits (fast initial response).

    Returns
    -------
    ControlChart
        Points of all panels, stages, rules with their price, remarks.

    Raises
    ------
    NoData
        Nothing was measured, no subgroup is whole, or there is too little to estimate the limits from.
    BadQuestion
        The chart, the rules or the subgroups do not fit what was measured.

    Formula
    -------
    i-mr: mean +- 3 MR / d2(2); xbar-r: mean +- 3 R / (d2 sqrt n), R +- 3 d3 R / d2; xbar-s: mean +- 3 S / (c4 sqrt n)
    p: p +- 3 sqrt(p (1 - p) / n); u: u +- 3 sqrt(u / n); Laney: the same times mean|dz| / d2(2)

    Examples
    --------
    >>> flow = (49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1)
    >>> found = control_chart(Measurements.of([(i, str(i), "flow", v) for i, v in enumerate(flow)]))
    >>> found.chart, [round(v, 2) for v in (found.points[0].lower, found.points[0].center, found.points[0].upper)]
    ('i-mr', [45.82, 50.81, 55.8])

    References
    ----------
    D. C. Montgomery: Introduction to Statistical Quality Control. ISO 7870-2:2023 (Shewhart), ISO 7870-4:2021 (CUSUM),
    ISO 7870-6:2016 (EWMA), ISO 7870-5:2014 (short-run). NIST/SEMATECH e-Handbook, 6.3.
    D. B. Laney: Improved Control Charts for Attributes. Quality Engineering 14 (2002), 531-537.
    J. C. Benneyan: Number-Between g-Type Statistical Quality Control Charts. Health Care Management Science 4 (2001).
    L. S. Nelson: A Control Chart for Parts-Per-Million Nonconforming Items. J. Quality Technology 26 (1994), 239-240.
    """
    window = _window(calendar, measurements, units, output)
    sources = Sources(window, measurements, units, output, orders, characteristics, calendar)
    wanted = Wanted(test, product, subgroup, size, duration(gap) if gap else 0, attempts, stages)
    sources, wanted = rejects_only(sources, wanted)
    said = _said(sources, wanted)
    name = chart or said[0] or _usual(sources, wanted)
    watched = chosen(rules or said[1] or RULES)
    made, kind = _made(sources, wanted, name)
    options = Options(width, spread, center, weight, asymptotic, shift, interval, headstart)
    _sound(options, sigma)
    places, part = noted(made.places, chartbook, made.test), None
    if residual:
        if kind.name not in ("i-mr", "ewma", "cusum"):
            raise BadQuestion(f"Residuals are charted by i-mr, ewma or cusum, not by {kind.name}.")
        places, part = residuals(places)
    asked = Asked(kind, made.test, made.unit, watched, options, product, sigma, _baseline(baseline), chartbook)
    return replace(charted(places, asked, remarks=made.remarks, ar=part), chart=name)


def _window(
    calendar: Calendar | None, measurements: Measurements | None, units: Units | None, output: Output | None
) -> Window:
    """The window that is asked about: series may reach beyond it."""
    found = next((s.window for s in (calendar, measurements, units, output) if s is not None), None)
    if found is None:
        raise BadQuestion("A control chart takes measurements, units or output.")
    return found


def _said(sources: Sources, wanted: Wanted) -> tuple[str, str]:
    """The chart and the rules that the plant names for the test, or for rejects."""
    if sources.characteristics is None:
        return "", ""
    if not sources.measured:
        known = sources.characteristics.of(REJECTED, wanted.product)
        return known.chart, known.rules
    assert sources.measurements is not None
    if not wanted.test and (len(sources.measurements.names) != 1 or sources.judged):
        return "", ""
    known = said_of(found_of(sources, wanted), sources.characteristics)
    return known.chart, known.rules


def _usual(sources: Sources, wanted: Wanted) -> str:
    """The chart that fits what there is: by the size of subgroups, or p for units and counters."""
    if not wanted.test and (not sources.measured or (sources.judged and not _values_told(sources))):
        return "p"
    sizes = values(sources, wanted).places.size
    usual = float(np.median(sizes)) if len(sizes) else 1.0
    return "i-mr" if usual <= 1 else "xbar-r" if usual <= LARGE else "xbar-s"


def _values_told(sources: Sources) -> bool:
    """One test was measured, so that its values are what is meant."""
    return sources.measurements is not None and len(sources.measurements.names) == 1


def _made(sources: Sources, wanted: Wanted, name: str) -> tuple[Charted, Chart]:
    """The places of a chart, and the kind that it is."""
    if name == "short-run":
        made = values(sources, wanted, nominal=True)
        return made, SINGLES if made.places.usual <= 1 else RANGES if made.places.usual <= LARGE else DEVIATIONS
    if name not in CHARTS:
        raise UnknownName("control chart", name, ("short-run", *CHARTS))
    kind = CHARTS[name]
    if kind in (RARE_COUNTS, RARE_TIMES):
        return rare(sources, wanted, time=kind is RARE_TIMES), kind
    made = counts(sources, wanted, kind) if kind.counts else values(sources, wanted)
    if kind is SINGLES and bool(np.any(made.places.size > 1)):
        raise BadQuestion("An i-mr chart is of single values: leave `subgroup` out, or ask for xbar-r or xbar-s.")
    if kind in (RANGES, DEVIATIONS, THREE_WAY) and bool(np.all(made.places.size < 2)):
        raise BadQuestion(f"{name} takes subgroups of two or more values: set `subgroup`, such as 5, lot or 1 h.")
    return made, kind


def _sound(options: Options, sigma: float | None) -> None:
    if options.width <= 0:
        raise BadQuestion(f"width = {options.width} is how many sigma the limits are from the center: more than 0.")
    if sigma is not None and sigma <= 0:
        raise BadQuestion(f"sigma = {sigma} is the spread of single values: more than 0.")


def _baseline(text: str) -> Window | None:
    """The stretch of a baseline."""
    if not text:
        return None
    since, _, until = text.partition("/")
    if not until:
        raise BadQuestion(f"baseline = {text!r} is no stretch. Write SINCE/UNTIL, both with their offset from UTC.")
    return Window(instant(since), instant(until))
