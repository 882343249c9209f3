"""What was measured on produced units, for pages: what there is, units, one unit's tests, values of a test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..answer import Plain, plain
from ..errors import BadQuestion, NoData
from ..historian import Historian
from ..model import Listed, Measurements, Units, Window
from ..model.measured import NOWHERE, Names
from ..plant import Machine, Plant
from .opening import paper, reading, spoken

Row = dict[str, Plain]
Rows = NDArray[np.intp]
DESCRIBED = ("test", "title", "unit", "low", "high", "target", "product", "gauge", "reaction")
FEW = 10_000
"""Units of one page at most."""


@dataclass(frozen=True, slots=True)
class Which:
    """Some of the units: those of which each text and coordinate is said; "" and None leave it open."""

    lot: str = ""
    wafer: str = ""
    unit: str = ""
    product: str = ""
    step: str = ""
    x: int | None = None
    y: int | None = None

    def of(self, units: Units) -> Rows:
        """Their places, in order of time."""
        chosen = np.ones(len(units), dtype=np.bool_)
        for name in ("lot", "wafer", "unit", "product", "step"):
            if wanted := getattr(self, name):
                chosen &= getattr(units, name) == wanted
        for name in ("x", "y"):
            if (place := getattr(self, name)) is not None:
                chosen &= getattr(units, name) == place
        return np.flatnonzero(chosen)


EVERY = Which()
Limits = tuple[float | None, float | None]


def testers(plant: Plant, history: Historian, at: str) -> list[Machine]:
    """The machines of a place at which units were ever tested."""
    places = history.tested_places()
    return [m for m in plant.at(at) if m.path in places]


def what_was_measured(folder: Path, at: str = "", *, since: str = "", until: str = "", last: str = "") -> Row:
    """What was measured at each machine of a place: its tests with specification and counts, lots, products, steps."""
    with reading(folder) as (plant, history):
        window = spoken(plant, at, since=since, until=until, last=last)
        found = [(m, history.units(m.path, window), history.tests(m.path, window)) for m in testers(plant, history, at)]
    machines: list[Plain] = [_tested(m, units, tests) for m, units, tests in found if len(units)]
    return stretch(window) | {"machines": machines}


def described_tests(folder: Path, at: str = "") -> list[Row]:
    """The characteristics that plant.toml describes at the machines of a place: limits, gauge, what to do."""
    return [
        {"machine": m.path, **{name: plain(getattr(c, name)) for name in DESCRIBED}}
        for m in paper(folder).at(at)
        for c in m.characteristics.rows
        if c.is_measured
    ]


def unit_rows(
    folder: Path,
    at: str = "",
    *,
    since: str = "",
    until: str = "",
    last: str = "",
    which: Which = EVERY,
    limit: int = 500,
    skip: int = 0,
) -> Row:
    """Units as they were tested, the newest first: `limit` of them after the first `skip`, and how many there are."""
    if not 1 <= limit <= FEW or skip < 0:
        raise BadQuestion(f"A page has 1 to {FEW} units and begins at 0 or later: not {limit} after {skip}.")
    with reading(folder) as (plant, history):
        window = spoken(plant, at, since=since, until=until, last=last)
        found = [(m.path, history.units(m.path, window)) for m in testers(plant, history, at)]
    chosen = [(p, u, which.of(u)) for p, u in found]
    places = [(int(u.at[i]), n, int(i)) for n, (_, u, rows) in enumerate(chosen) for i in rows[::-1][: skip + limit]]
    page = sorted(places, reverse=True)[skip : skip + limit]
    rows: list[Plain] = [_unit(chosen[n][0], chosen[n][1], i) for _, n, i in page]
    return stretch(window) | {"total": sum(len(r) for _, _, r in chosen), "rows": rows}


def unit_told(folder: Path, at: str, unit: str, *, moment: int, lot: str = "", wafer: str = "") -> Row:
    """One unit as it was tested at a moment: what is known of it, and every test with its value and limits.

    Raises
    ------
    NoData
        No unit of that name was tested there then.
    """
    with reading(folder) as (plant, history):
        machine = plant.machine(at)
        found = history.measurements(machine.path, Window(moment, moment + 1))
    rows = Which(unit=unit, lot=lot, wafer=wafer).of(found.units)
    if not len(rows):
        raise NoData(f"No unit {unit!r} was tested at {at} at that moment.")
    place = int(rows[-1])
    return _unit(machine.path, found.units, place) | {"tests": list(_tests_of(found, place, machine))}


def values_of(
    folder: Path, at: str, test: str, *, since: str = "", until: str = "", last: str = "", which: Which = EVERY
) -> Row:
    """All values of one test at a machine in order of time, with the units that they were found on, as columns.

    Raises
    ------
    NoData
        There are none.
    """
    with reading(folder) as (plant, history):
        machine = plant.machine(at)
        window = spoken(plant, at, since=since, until=until, last=last)
        measured = history.measurements(machine.path, window, [test])
    if test not in measured.names:
        raise NoData(f"No {test!r} was measured at {at} in that window.")
    found = measured.take(test)
    rows = np.flatnonzero(np.isin(found.row, which.of(found.units)))
    chosen = found.pick(rows)
    of = found.units.pick(np.asarray(chosen.row, np.intp))
    columns: Row = {name: getattr(of, name).tolist() for name in ("at", "unit", "lot", "wafer", "x", "y", "attempt")}
    columns |= {name: plain(getattr(chosen, name).tolist()) for name in ("value", "low", "high")}
    return stretch(window) | {
        "test": test,
        "unit": chosen.unit,
        **specified(machine, test, limits=chosen.limits),
        "columns": columns,
    }


def _tested(machine: Machine, units: Units, listed: Sequence[Listed]) -> Row:
    by_name: dict[str, list[Listed]] = {}
    for kind in listed:
        by_name.setdefault(kind.test.name, []).append(kind)
    tests: list[Plain] = []
    for name, kinds in by_name.items():
        newest = kinds[-1].test
        said = specified(machine, name, limits=(newest.low, newest.high))
        count, failed = sum(k.count for k in kinds), sum(k.failed for k in kinds)
        of: Row = {"name": name, "unit": newest.unit, "number": newest.number, "count": count, "failed": failed}
        tests.append(of | said)
    told: Row = {n: _different(getattr(units, n)) for n in ("lot", "product", "step")}
    wafers = len({(a, b) for a, b in zip(units.lot.tolist(), units.wafer.tolist(), strict=True) if b})
    head: Row = {"machine": machine.path, "title": machine.title, "units": len(units), "wafers": wafers}
    span: Row = {"since": int(units.at[0]), "until": int(units.at[-1])}
    return head | span | told | {"facts": [*sorted(units.facts)], "tests": tests}


def _different(column: Names) -> list[Plain]:
    return [*sorted({str(x) for x in column.tolist()} - {""})]


def _unit(machine: str, units: Units, place: int) -> Row:
    texts = {n: str(getattr(units, n)[place]) for n in ("unit", "step", "lot", "wafer", "product")}
    numbers = {n: int(getattr(units, n)[place]) for n in ("at", "site", "hard", "soft", "attempt")}
    x, y = (int(getattr(units, n)[place]) for n in ("x", "y"))
    passed = int(units.verdicts[place])
    facts: Row = {name: str(column[place]) for name, column in units.facts.items() if column[place] != ""}
    bins: Row = {
        f"{n}_name": b.name if (b := getattr(units, f"{n}_bins").get(numbers[n])) else "" for n in ("hard", "soft")
    }
    seconds = plain(float(units.seconds[place]))
    where: Row = {"x": None if x == NOWHERE else x, "y": None if y == NOWHERE else y}
    verdict: Row = {"passed": None if passed < 0 else bool(passed), "seconds": seconds, "facts": facts}
    return {"machine": machine, **texts, **numbers, **where, **bins, **verdict}


def _tests_of(found: Measurements, place: int, machine: Machine) -> Iterator[Plain]:
    rows = np.flatnonzero(found.row == place)
    for row, j in zip(rows, np.searchsorted(found.first, rows, side="right") - 1, strict=True):
        test, passed = found.tests[j], int(found.passed[row])
        said = specified(machine, test.name, str(found.units.product[place]))
        yield {
            "name": test.name,
            "title": said["title"],
            "number": test.number,
            "unit": test.unit,
            "value": plain(float(found.value[row])),
            "low": test.low if test.low is not None else said["low"],
            "high": test.high if test.high is not None else said["high"],
            "passed": None if passed < 0 else bool(passed),
        }


def specified(machine: Machine, test: str, product: str = "", *, limits: Limits = (None, None)) -> Row:
    """What plant.toml says of a test; where it says no limit, the one that came with the values."""
    said = machine.characteristics.of(test, product)
    low, high = (a if a is not None else b for a, b in zip((said.low, said.high), limits, strict=True))
    return {"title": said.title, "low": low, "high": high, "target": said.target}


def stretch(window: Window) -> Row:
    return {
        "since": window.since,
        "until": window.until,
        "before": {"since": window.since - window.duration, "until": window.since},
        "after": {"since": window.until, "until": window.until + window.duration},
    }
