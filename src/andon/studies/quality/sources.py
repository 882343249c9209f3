"""What a control chart is made of: values of a test, verdicts on units, or a machine's own counters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...errors import BadQuestion, NoData
from ...model import (
    Calendar,
    Characteristic,
    Characteristics,
    Found,
    Measurements,
    Names,
    Numbers,
    Orders,
    Output,
    Times,
    Units,
    Window,
    instant,
    texts,
)
from ...model.knowledge import REJECTS
from .drawing import Chart
from .places import Places, of_values, places
from .specification import characteristic, finite, of_product
from .subgroups import Groups, Surroundings, gaps, grouped, scheme, stretches


@dataclass(frozen=True, slots=True)
class Sources:
    """What there is to chart at a machine, and in which window."""

    window: Window
    measurements: Measurements | None = None
    units: Units | None = None
    output: Output | None = None
    orders: Orders | None = None
    characteristics: Characteristics | None = None
    calendar: Calendar | None = None

    @property
    def measured(self) -> bool:
        """Something was measured."""
        return self.measurements is not None and bool(self.measurements.tests)

    @property
    def judged(self) -> bool:
        """Somebody said of units whether they passed."""
        return self.units is not None and bool(np.any(self.units.verdicts >= 0))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of it is charted, and how it is put together."""

    test: str = ""
    product: str = ""
    subgroup: str = ""
    size: str = ""
    gap: int = 0
    attempts: str = "all"
    stages: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """What is put together to subgroups: moments in order, and what else was said of each row."""

    at: Times
    column: Callable[[str], Names]


@dataclass(frozen=True, slots=True)
class Charted:
    """Places to chart, with what they are of."""

    places: Places
    test: str
    unit: str
    remarks: tuple[str, ...] = ()


def rejects_only(sources: Sources, wanted: Wanted) -> tuple[Sources, Wanted]:
    """Where `rejects` are wanted and no test is called so: verdicts and counters, in the plant's subgroups."""
    if wanted.test != REJECTS or (sources.measurements is not None and REJECTS in sources.measurements.names):
        return sources, wanted
    known = sources.characteristics.of(REJECTS, wanted.product) if sources.characteristics is not None else None
    said = (known.subgroups or str(known.subgroup or "")) if known is not None else ""
    return replace(sources, measurements=None), replace(wanted, test="", subgroup=wanted.subgroup or said)


def found_of(sources: Sources, wanted: Wanted) -> Found:
    """The values of the test that is charted: of one product and of the attempts that count, within the window.

    Raises
    ------
    NoData
        Nothing was measured, or several tests were and none is named.
    """
    if sources.measurements is None:
        raise NoData("Nothing was measured there in that window.")
    found = finite(of_product(sources.measurements.take(wanted.test), wanted.product))
    units = found.units
    keep = (found.at >= sources.window.since) & (found.at < sources.window.until)
    if wanted.attempts != "all":
        keep &= (units.first if wanted.attempts == "first" else units.last)[found.row]
    found = found.pick(keep)
    if not len(found.row):
        raise NoData(f"{found.name} was not measured there in that window.")
    return found


def values(sources: Sources, wanted: Wanted, *, nominal: bool = False) -> Charted:
    """Measured values in subgroups; with `nominal` as their deviation from what their product should have.

    Raises
    ------
    BadQuestion
        A product has no nominal value.
    """
    found = found_of(sources, wanted)
    x = found.value - _nominals(found, sources.characteristics) if nominal else found.value
    said = said_of(found, sources.characteristics)
    rows = _rows(found)
    meant = replace(wanted, subgroup=wanted.subgroup or said.subgroups)
    groups, labels = _grouped(rows, meant, sources, said.subgroup or 1)
    made = of_values(found.at, x, found.units.unit[found.row], groups, labels)
    return Charted(_staged(made, wanted, rows), found.name, found.unit, _left_out(groups))


def counts(sources: Sources, wanted: Wanted, chart: Chart) -> Charted:
    """Counts in subgroups: of a test's values or verdicts, of units that failed, or of a machine's counters."""
    share, rate = chart.name in ("p", "np", "laney-p"), chart.name in ("u", "laney-u")
    if wanted.test or (sources.measured and not (share and sources.judged)):
        return _of_verdicts(sources, wanted) if share else _of_defects(sources, wanted)
    if not share and not rate:
        raise NoData(f"A chart {chart.name} takes a test whose values are counts of defects: say which `test`.")
    return _of_units(sources, wanted) if sources.judged else _of_output(sources, wanted)


def rare(sources: Sources, wanted: Wanted, *, time: bool) -> Charted:
    """What lies between two events: a test's values as they are, else the units, or hours, between rejects."""
    if wanted.test or (sources.measured and not sources.judged):
        found = found_of(sources, wanted)
        alone = np.arange(len(found.row))
        names = found.units.unit[found.row]
        made = of_values(found.at, found.value, names, alone, ())
        return Charted(_staged(made, wanted, _rows(found)), found.name, found.unit)
    if sources.units is None or not sources.judged:
        raise NoData("It takes units of which it is known whether they passed, or a `test` of what lies between.")
    units = _tested(sources, wanted)
    failed = np.flatnonzero(units.verdicts == 0)
    if len(failed) < 3:
        raise NoData(f"{len(failed)} rejects are too few to chart what lies between them: ask about a longer window.")
    at, rows = units.at[failed][1:], failed[1:]
    between = np.diff(units.at[failed]) / 3.6e9 if time else np.diff(failed) - 1.0
    made = places(at, at, np.ones(len(at)), between, units=units.unit[rows].tolist(), row=rows)
    return Charted(_staged(made, wanted, Rows(units.at, units.column)), REJECTS, "h" if time else "{unit}")


def _of_verdicts(sources: Sources, wanted: Wanted) -> Charted:
    """How many values of a test are outside of their limits."""
    found = found_of(sources, wanted)
    found = found.pick(found.passed >= 0)
    if not len(found.row):
        raise NoData(f"Nobody said whether values of {found.name} passed, and it has no limits to tell it by.")
    rows = _rows(found)
    groups, labels = _grouped(rows, wanted, sources, 0)
    made = _counted(found.at, found.passed == 0, np.ones(len(found.row)), groups, labels)
    return Charted(_staged(made, wanted, rows), found.name, "1", _left_out(groups))


def _of_defects(sources: Sources, wanted: Wanted) -> Charted:
    """Counts of defects as a test has them, on units or on areas of a size that another test says."""
    found = found_of(sources, wanted)
    if bool(np.any(found.value < 0)):
        raise BadQuestion(f"{found.name} has values below 0, so it counts no defects.")
    area = _areas(found, sources, wanted)
    rows = _rows(found)
    groups, labels = _grouped(rows, wanted, sources, 1)
    made = _counted(found.at, found.value, area, groups, labels, names=found.units.unit[found.row])
    return Charted(_staged(made, wanted, rows), found.name, found.unit, _left_out(groups))


def _areas(found: Found, sources: Sources, wanted: Wanted) -> Numbers:
    """The size of what each value was counted on."""
    if not wanted.size:
        return np.ones(len(found.row))
    assert sources.measurements is not None
    other = sources.measurements.take(wanted.size)
    by_row = dict(zip(other.row.tolist(), other.value.tolist(), strict=True))
    sizes = np.array([by_row.get(r, np.nan) for r in found.row.tolist()])
    if not bool(np.all(sizes > 0)):
        raise BadQuestion(f"{wanted.size} does not say a size above 0 for each unit on which {found.name} was counted.")
    return sizes


def _of_units(sources: Sources, wanted: Wanted) -> Charted:
    """How many units failed."""
    units = _tested(sources, wanted)
    rows = Rows(units.at, units.column)
    groups, labels = _grouped(rows, wanted, sources, 0)
    made = _counted(units.at, units.verdicts == 0, np.ones(len(units)), groups, labels)
    return Charted(_staged(made, wanted, rows), REJECTS, "1", _left_out(groups))


def _tested(sources: Sources, wanted: Wanted) -> Units:
    """The units that were judged, of one product and of the attempts that count, within the window."""
    assert sources.units is not None
    units = sources.units
    keep = (units.at >= sources.window.since) & (units.at < sources.window.until) & (units.verdicts >= 0)
    if wanted.product:
        keep &= np.asarray(units.product == wanted.product, np.bool_)
    if wanted.attempts != "all":
        keep &= units.first if wanted.attempts == "first" else units.last
    if not np.any(keep):
        raise NoData("No unit was judged there in that window.")
    return units.pick(keep)


def _of_output(sources: Sources, wanted: Wanted) -> Charted:
    """Rejects of parts made, as the machine counts them."""
    output = sources.output
    if output is None or (output.total is None and output.good is None):
        raise NoData("Nothing was measured there in that window, no unit was judged, and no parts were counted.")
    if output.rejects is None and (output.total is None or output.good is None):
        raise NoData("The machine counts no rejects: it takes a `reject_count`, or `total_count` and `good_count`.")
    around = Surroundings(_no_column, sources.calendar, sources.orders)
    windows, labels = stretches(scheme(wanted.subgroup or _usual_time(sources)), around, sources.window)
    rows = [(w & sources.window, name) for w, name in zip(windows, labels, strict=True)]
    made = [(w, name, *_made(output, w)) for w, name in rows if w.duration]
    kept = [(w, name, bad, total) for w, name, bad, total in made if total > 0]
    if not kept:
        raise NoData("No parts were made there in that window.")
    since, at = (np.array([getattr(w, edge) for w, *_ in kept], np.int64) for edge in ("since", "until"))
    bad, total = (np.array([row[i] for row in kept], np.float64) for i in (2, 3))
    found = places(since, at - 1, total, np.minimum(bad, total), label=[name for _, name, _, _ in kept])
    return Charted(_staged(found, wanted, Rows(found.at, _no_column)), REJECTS, "1")


def _made(output: Output, window: Window) -> tuple[float, float]:
    """Rejects and parts in a stretch."""
    total, good, rejects = (
        None if c is None else c.within(window).total for c in (output.total, output.good, output.rejects)
    )
    bad = rejects if rejects is not None else (total or 0.0) - (good or 0.0)
    return max(0.0, bad), total if total is not None else (good or 0.0) + bad


def _usual_time(sources: Sources) -> str:
    """Shifts where there are any, else days."""
    return "shift" if sources.calendar is not None and sources.calendar.described else "24 h"


def _no_column(name: str) -> Names:
    raise BadQuestion(f"Counters know no {name!r}: subgroups and stages of counters are stretches of time.")


def _counted(
    at: Times, count: Numbers, size: Numbers, groups: Groups, labels: Sequence[str], *, names: Names | None = None
) -> Places:
    """Counts and sizes, added up by subgroup."""
    kept = np.flatnonzero(groups >= 0)
    order = kept[np.argsort(groups[kept], kind="stable")]
    of = groups[order]
    starts = np.flatnonzero(np.diff(of, prepend=-1))
    if not len(starts):
        return places(at[:0], at[:0], size[:0], size[:0])
    ends = np.append(starts[1:], len(of)) - 1
    sums = (np.add.reduceat(np.asarray(c, np.float64)[order], starts) for c in (size, count))
    single = names is not None and len(starts) == len(of)
    units = names[order].tolist() if names is not None and single else ()
    return places(at[order][starts], at[order][ends], *sums, label=labels, units=units, row=order[starts])


def _rows(found: Found) -> Rows:
    """The values of a test as rows that can be grouped."""
    return Rows(found.at, lambda name: np.asarray(found.units.column(name)[found.row]))


def _grouped(rows: Rows, wanted: Wanted, sources: Sources, usual: int) -> tuple[Groups, tuple[str, ...]]:
    """The subgroups of rows: as somebody wants them, else so many in a row; `usual` 0: by shift or day."""
    said = wanted.subgroup or ("" if usual else _usual_time(sources))
    around = Surroundings(rows.column, sources.calendar, sources.orders)
    return grouped(rows.at, scheme(said, usual or 1), around, gap=wanted.gap)


def _staged(made: Places, wanted: Wanted, rows: Rows) -> Places:
    """The places with their stages: by what a column says, or from moment to moment; and with their gaps."""
    if wanted.gap:
        made = made.with_(gap=gaps(made.since, made.at, wanted.gap))
    if not wanted.stages or not len(made):
        return made
    if wanted.stages[:1].isdigit():
        edges = np.array(sorted(instant(part) for part in wanted.stages.split(",")), np.int64)
        numbers = np.searchsorted(edges, made.at, side="right") + 1
        return made.with_(stage=texts(str(n) for n in numbers.tolist()))
    return made.with_(stage=rows.column(wanted.stages)[made.row])


def _left_out(groups: Groups) -> tuple[str, ...]:
    left = int((groups < 0).sum())
    return (f"{left} values are in no whole subgroup and are left out",) if left else ()


def said_of(found: Found, characteristics: Characteristics | None) -> Characteristic:
    """What the plant says of the test, if it says one thing of all products that it was found on."""
    try:
        return characteristic(found, characteristics)
    except BadQuestion:
        return Characteristic(found.name)


def _nominals(found: Found, characteristics: Characteristics | None) -> Numbers:
    """What each value should be: its product's target, or the middle of its limits."""
    known: dict[str, float] = {}
    of = found.units.product[found.row]
    for name in dict.fromkeys(of.tolist()):
        said = characteristics.of(found.name, name) if characteristics is not None else Characteristic(found.name)
        middle = (said.low + said.high) / 2 if said.low is not None and said.high is not None else None
        nominal = said.target if said.target is not None else middle
        if nominal is None:
            raise BadQuestion(
                f"{found.name} has no target for product {name!r}, so its deviation from nominal is not known: give "
                "its [[characteristic]] a `target`."
            )
        known[name] = nominal
    return np.array([known[name] for name in of.tolist()])
