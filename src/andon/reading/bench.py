"""What a study needs of one machine, read from the historian: states with reasons, output, orders, plain signals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..catalog import Parameter
from ..errors import NoData
from ..model import (
    Alarms,
    Calendar,
    Characteristics,
    Chartbook,
    Counts,
    Measurements,
    Orders,
    Output,
    Process,
    Products,
    Spells,
    State,
    States,
    StopRules,
    Texts,
    Units,
    Window,
)
from ..plant import Machine, Plant, Signal
from ..plant.alarms import ALARM
from ..units import HOUR
from . import charts
from .ahead import COUNT_ROLES, History, counter, told, wide
from .overlay import overlaid, text_spells
from .process import process, said_by
from .tested import AGAIN, output_of, rejected

YEAR = 366 * 24 * HOUR
"""How far back units tell that a machine is one that tests."""


@dataclass(frozen=True, slots=True)
class Bench:
    """One machine with the plant and the history it belongs to: where its series are read."""

    machine: Machine
    plant: Plant
    history: History
    tests: tuple[str, ...] | None = None
    """The tests that the question is about; None: it may be about any."""
    every: int | None = None
    """How long the buckets of a process are (microseconds); None: as fits the window."""

    def read(self, parameter: Parameter, window: Window) -> object:
        """The argument of a study: a series by role, or plant knowledge."""
        if parameter.kind in KNOWLEDGE:
            return KNOWLEDGE[parameter.kind](self, window)
        if not parameter.required and self._lacking(parameter, window):
            return parameter.default
        if parameter.kind in COMPOUND:
            return COMPOUND[parameter.kind](self, window)
        signal = self.machine.role(parameter.name)
        if signal is None:
            return parameter.default
        return self.history.read(parameter.kind, signal, window)

    def missing(self, parameter: Parameter, window: Window) -> tuple[str, ...]:
        """The roles this machine lacks for a required argument: one of them would do."""
        return self._lacking(parameter, window) if parameter.required else ()

    def tested(self, window: Window) -> bool:
        """Whether units were tested at this machine, which has no counters: they tell what it made."""
        if counter(self.machine) is not None:
            return False
        return self.history.tested(self.machine.path, Window(window.since - YEAR, window.until))

    def _lacking(self, parameter: Parameter, window: Window) -> tuple[str, ...]:
        lacks = next((group for group in parameter.roles if not any(map(self.machine.role, group))), ())
        return () if lacks and parameter.kind is Output and self.tested(window) else lacks

    def signals(self, parameter: Parameter) -> list[Signal]:
        """The signals that the argument is read from."""
        if parameter.kind is Process:
            return said_by(self.machine)
        extra = {States: ("reason", "order"), Output: (*COUNT_ROLES, "product")}.get(parameter.kind, ())
        roles = [r for group in parameter.roles for r in group] + list(extra)
        return [s for r in dict.fromkeys(roles) if (s := self.machine.role(r))]


def gathered(
    machine: Machine, kinds: Sequence[type], window: Window, plant: Plant, history: History
) -> dict[type, object]:
    """The compound series and plant knowledge of one machine by type, for whoever needs several of them at once.

    States and Output reach beyond `window` by a day each side, the Calendar's window is `window` itself.
    """
    bench = Bench(machine, plant, history)
    found: dict[type, object] = {}
    for kind in kinds:
        found[kind] = COMPOUND[kind](bench, wide(window)) if kind in COMPOUND else KNOWLEDGE[kind](bench, window)
    return found


def states(bench: Bench, window: Window) -> States:
    """The machine's states; reasons it gave itself and those an operator gave laid over its stops."""
    signal = bench.machine.role("state")
    if signal is None:
        raise NoData(f"{bench.machine.path} has no signal with role 'state'.")
    said = bench.history.read(States, signal, window)
    own = _spells(bench, "reason", window)
    return overlaid(said, own, _given(bench, said), _ordered(bench, window))


def output(bench: Bench, window: Window) -> Output:
    """What the machine made, from whichever counters it has; without any, from the units that were tested on it."""
    scrapped = _scrapped(bench, window)
    if counter(bench.machine) is None:
        return _scrap_taken(_tested(bench, window), scrapped)
    total, good, rejects, rework = (
        bench.history.read(Counts, s, window) if (s := bench.machine.role(role)) else None for role in COUNT_ROLES
    )
    counted = counter(bench.machine)
    observed = bench.history.coverage(counted, window) if counted else None
    made = Output(window, total, good, rejects, rework, _spells(bench, "product", window), observed)
    return _scrap_taken(_only_product(bench, made), scrapped)


def _scrap_taken(made: Output, scrapped: Counts | None) -> Output:
    """Parts that were written off by hand are rejects, and were counted as good before."""
    if scrapped is None:
        return made
    minus = Counts(scrapped.since, scrapped.at, -scrapped.count)
    good = _with(made.good, minus) if made.good is not None else None
    return replace(made, good=good, rejects=_with(made.rejects, scrapped))


def _tested(bench: Bench, window: Window) -> Output:
    """Output of a machine without counters; one that tested nothing in the window made nothing."""
    if not bench.tested(window):
        raise NoData(
            f"{bench.machine.path} has no signal with role 'total_count' or 'good_count', and no unit was tested on it."
        )
    found = units(bench, Window(window.since, window.until + AGAIN))
    return _only_product(bench, output_of(found, window, _spells(bench, "product", window)))


def _only_product(bench: Bench, made: Output) -> Output:
    """Where nobody said which product was on, it was the one that the machine always makes."""
    if made.product is not None or not bench.machine.default_product:
        return made
    always = Spells.of([(made.window.since, made.window.until, bench.machine.default_product)])
    return replace(made, product=always)


def written_off(bench: Bench, window: Window) -> list[tuple[int, str, float]]:
    """When parts were rejected, why and how many: what operators wrote off, and the bins of units that failed."""
    rows = told(bench.history, "scrap", bench.machine.path, window)
    by_hand = [(r.since, r.text, float(str(r.detail.get("quantity", 0)))) for r in rows]
    if counter(bench.machine) is not None:
        return by_hand
    found = rejected(units(bench, Window(window.since, window.until + AGAIN)), window)
    return [*by_hand, *((at, reason, 1.0) for at, reason in found)]


def orders(bench: Bench, window: Window) -> Orders:
    """Planned orders (imported or started by hand) joined with what the machine's order signal says was run."""
    planned = {r.text: r for r in told(bench.history, "planned_order", bench.machine.path, window)}
    real: dict[str, tuple[int, int]] = {}
    for spells in (_spells(bench, "order", window), bench.history.spells("order", bench.machine.path, window)):
        for since, until, text in spells.rows() if spells is not None else ():
            first, last = real.get(text, (since, until))
            real[text] = (min(first, since), max(last, until))
    names = tuple(sorted(planned.keys() | {r for r in real if r}))
    detail = {n: planned[n].detail for n in names if n in planned}
    times = [(planned[n].since, planned[n].until) if n in planned else (-1, -1) for n in names]
    runs = [real.get(n, (-1, -1)) for n in names]
    return Orders(
        names,
        tuple(str(detail.get(n, {}).get("product", "")) for n in names),
        np.array([t[0] for t in times], np.int64),
        np.array([t[1] for t in times], np.int64),
        np.array([r[0] for r in runs], np.int64),
        np.array([r[1] for r in runs], np.int64),
        np.array([float(str(detail.get(n, {}).get("quantity", "nan"))) for n in names], np.float64),
    )


def alarms(bench: Bench, window: Window) -> Alarms:
    """Each time that an alarm of the machine was on, as the running plant wrote it down."""
    rows = sorted(told(bench.history, ALARM, bench.machine.path, window), key=lambda r: r.since)
    said = [(r.since, r.until, r.text, str(r.detail.get("priority", "medium"))) for r in rows]
    shown, seen = ([int(str(r.detail.get(k, -1))) for r in rows] for k in ("shown", "acknowledged"))
    return Alarms.of(window, said, bench.machine.path, shown=shown, acknowledged=seen)


def units(bench: Bench, window: Window) -> Units:
    """The units that were tested at the machine."""
    return bench.history.units(bench.machine.path, window)


def measurements(bench: Bench, window: Window) -> Measurements:
    """What was measured on units at the machine: of the tests that the question names, of all where it names none."""
    return bench.history.measurements(bench.machine.path, window, bench.tests)


def whole_process(bench: Bench, window: Window) -> Process:
    """All that the machine said, in buckets."""
    return process(bench.machine, bench.plant, bench.history, window, bench.every)


def calendar(bench: Bench, window: Window) -> Calendar:
    return bench.plant.shifts.calendar(window, bench.machine.path)


def products(bench: Bench, _: Window) -> Products:
    return bench.machine.products


def rules(bench: Bench, _: Window) -> StopRules:
    return bench.machine.rules


def characteristics(bench: Bench, _: Window) -> Characteristics:
    return bench.machine.characteristics


def chartbook(bench: Bench, window: Window) -> Chartbook:
    return charts.chartbook(bench.history, bench.machine.path, window)


COMPOUND = {
    States: states,
    Output: output,
    Orders: orders,
    Alarms: alarms,
    Units: units,
    Measurements: measurements,
    Process: whole_process,
}
KNOWLEDGE = {
    Calendar: calendar,
    Products: products,
    StopRules: rules,
    Characteristics: characteristics,
    Chartbook: chartbook,
}


def _spells(bench: Bench, role: str, window: Window) -> Spells | None:
    """A text signal of the machine as spells: each text holds until the next one, where the signal was heard."""
    signal = bench.machine.role(role)
    if signal is None:
        return None
    texts = bench.history.read(Texts, signal, window)
    return text_spells(texts)


def _ordered(bench: Bench, window: Window) -> Spells | None:
    """Which order was registered: what the machine says, else what operators started and finished."""
    said = _spells(bench, "order", window)
    if said is None:
        by_hand = bench.history.spells("order", bench.machine.path, window)
        return by_hand if len(by_hand) else None
    return said


def _given(bench: Bench, said: States) -> list[tuple[int, int, str]]:
    """Reasons that operators gave, in the order in which they came in: the later one wins where two overlap.

    One that was given while the stop was still on holds until the stop ends.
    """
    return [
        (r.since, _end(said, r.until) if r.detail.get("ongoing") else r.until, r.text)
        for r in told(bench.history, "reason", bench.machine.path, said.window)
    ]


def _end(said: States, until: int) -> int:
    """The end of the stop that was on just before a moment; the moment itself where none is known."""
    place = int(np.searchsorted(said.since, until - 1, side="right")) - 1
    known = 0 <= place < len(said) and said.state[place] is not State.UNKNOWN
    return max(until, int(said.until[place])) if known else until


def _scrapped(bench: Bench, window: Window) -> Counts | None:
    """Parts that operators wrote off by hand."""
    rows = told(bench.history, "scrap", bench.machine.path, window)
    made = [(r.since, float(str(r.detail.get("quantity", 0)))) for r in rows]
    return Counts.of(sorted(m for m in made if m[0] in window)) if made else None


def _with(counted: Counts | None, scrapped: Counts | None) -> Counts | None:
    if counted is None or scrapped is None:
        return counted if scrapped is None else scrapped
    order = np.argsort(np.concatenate([counted.at, scrapped.at]), kind="stable")
    return Counts(
        np.concatenate([counted.since, scrapped.since])[order],
        np.concatenate([counted.at, scrapped.at])[order],
        np.concatenate([counted.count, scrapped.count])[order],
        counted.whole,
    )
