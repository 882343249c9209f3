"""What a study needs of one machine, read from the historian: states with reasons, output, orders, plain signals."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from .catalog import Parameter
from .errors import NoData
from .model import (
    Alarms,
    Calendar,
    Counts,
    Orders,
    Output,
    Products,
    Reader,
    S,
    Spells,
    State,
    States,
    StopRules,
    Texts,
    Times,
    Window,
)
from .plant import Machine, Plant, Signal
from .plant.alarms import ALARM
from .units import HOUR

if TYPE_CHECKING:
    import pyarrow as pa

REACH = 24 * HOUR
"""How far beyond the asked window states are read, so that a stop's full length is known."""

Texted = np.ndarray[tuple[int, ...], np.dtype[np.object_]]
EVERYWHERE = "*"
"""The place that means every place."""
COUNT_ROLES = {"total_count": "total", "good_count": "good", "reject_count": "rejects", "rework_count": "rework"}


class History(Reader, Protocol):
    """What a question needs of a historian: signals, and the spells that people and systems wrote down."""

    def reads(self, kind: type[S], signals: Sequence[Signal], window: Window) -> Mapping[str, S]: ...

    def coverages(self, signals: Sequence[Signal], window: Window) -> Mapping[str, Spells]: ...

    def spells(self, kind: str, place: str, window: Window) -> Spells: ...

    def spell_rows(self, kind: str, place: str, window: Window) -> pa.Table: ...


@dataclass(frozen=True, slots=True)
class Told:
    """One stored spell: what held, with detail (JSON) and the receipt number by which the later one wins."""

    since: int
    until: int
    text: str
    detail: Mapping[str, object]
    receipt: int


def told(history: History, kind: str, place: str, window: Window) -> list[Told]:
    """The spells of a kind at a place that touch the window, whole, in the order in which they came in."""
    rows = history.spell_rows(kind, place, window).to_pylist()
    found = [Told(r["since"], r["until"], r["text"], json.loads(r["detail"] or "{}"), r["receipt"]) for r in rows]
    return sorted(found, key=lambda r: r.receipt)


@dataclass(frozen=True, slots=True)
class ReadAhead:
    """A history whose states, counts and texts of one window are read already: every file is opened once for all."""

    history: History
    window: Window
    found: Mapping[type, Mapping[str, object]]
    heard: Mapping[str, Spells]
    told: Mapping[str, pa.Table]

    @classmethod
    def of(cls, history: History, machines: Sequence[Machine], window: Window) -> ReadAhead:
        """Read what the compound series of these machines are made of."""
        kinds: dict[type, tuple[str, ...]] = {
            States: ("state",),
            Counts: tuple(COUNT_ROLES),
            Texts: ("product", "reason", "order"),
        }
        return cls(
            history,
            window,
            {
                kind: history.reads(kind, [s for m in machines for r in roles if (s := m.role(r))], window)
                for kind, roles in kinds.items()
            },
            history.coverages([c for m in machines if (c := counter(m))], window),
            {kind: history.spell_rows(kind, EVERYWHERE, window) for kind in ("reason", "scrap")},
        )

    def read(self, kind: type[S], signal: Signal, window: Window) -> S:
        ahead = self.found.get(kind, {}).get(signal.path) if window == self.window else None
        return cast(S, ahead) if ahead is not None else self.history.read(kind, signal, window)

    def reads(self, kind: type[S], signals: Sequence[Signal], window: Window) -> Mapping[str, S]:
        return self.history.reads(kind, signals, window)

    def coverage(self, signal: Signal, window: Window) -> Spells:
        ahead = self.heard.get(signal.path) if window == self.window else None
        return ahead if ahead is not None else self.history.coverage(signal, window)

    def coverages(self, signals: Sequence[Signal], window: Window) -> Mapping[str, Spells]:
        return self.history.coverages(signals, window)

    def spells(self, kind: str, place: str, window: Window) -> Spells:
        return self.history.spells(kind, place, window)

    def spell_rows(self, kind: str, place: str, window: Window) -> pa.Table:
        ahead = self.told.get(kind) if window == self.window else None
        if ahead is None:
            return self.history.spell_rows(kind, place, window)
        here = [i for i, p in enumerate(ahead["place"].to_pylist()) if p == place] if len(ahead) else []
        return ahead.take(here) if here else ahead.slice(0, 0)


@dataclass(frozen=True, slots=True)
class Bench:
    """One machine with the plant and the history it belongs to: where its series are read."""

    machine: Machine
    plant: Plant
    history: History

    def read(self, parameter: Parameter, window: Window) -> object:
        """The argument of a study: a series by role, or plant knowledge."""
        if parameter.kind in KNOWLEDGE:
            return KNOWLEDGE[parameter.kind](self, window)
        if parameter.kind in COMPOUND:
            return COMPOUND[parameter.kind](self, window)
        signal = self.machine.role(parameter.name)
        if signal is None:
            return parameter.default
        return self.history.read(parameter.kind, signal, window)

    def missing(self, parameter: Parameter) -> tuple[str, ...]:
        """The roles this machine lacks for a required argument: one of them would do."""
        if not parameter.required:
            return ()
        return next((group for group in parameter.roles if not any(map(self.machine.role, group))), ())

    def signals(self, parameter: Parameter) -> list[Signal]:
        """The signals that the argument is read from."""
        extra = {States: ("reason", "order"), Output: (*COUNT_ROLES, "product")}.get(parameter.kind, ())
        roles = [r for group in parameter.roles for r in group] + list(extra)
        return [s for r in dict.fromkeys(roles) if (s := self.machine.role(r))]


def gathered(
    machine: Machine, kinds: Sequence[type], window: Window, plant: Plant, history: History
) -> dict[type, object]:
    """The compound series and plant knowledge of one machine by type, for whoever needs several of them at once.

    States and Output reach beyond `window` by a day each side, the Calendar's window is `window` itself.
    """
    bench, wide = Bench(machine, plant, history), Window(window.since - REACH, window.until + REACH)
    found: dict[type, object] = {}
    for kind in kinds:
        found[kind] = COMPOUND[kind](bench, wide) if kind in COMPOUND else KNOWLEDGE[kind](bench, window)
    return found


def states(bench: Bench, window: Window) -> States:
    """The machine's states; reasons it gave itself and those an operator gave laid over its stops."""
    signal = bench.machine.role("state")
    if signal is None:
        raise NoData(f"{bench.machine.path} has no signal with role 'state'.")
    said = bench.history.read(States, signal, window)
    own = _spells(bench, "reason", window)
    return _overlaid(said, own, _given(bench, said), _ordered(bench, window))


def output(bench: Bench, window: Window) -> Output:
    """What the machine made, from whichever counters it has."""
    counts: dict[str, Counts | None] = {
        name: bench.history.read(Counts, s, window) if (s := bench.machine.role(role)) else None
        for role, name in COUNT_ROLES.items()
    }
    if counts["total"] is None and counts["good"] is None:
        raise NoData(f"{bench.machine.path} has no signal with role 'total_count' or 'good_count'.")
    product = _spells(bench, "product", window)
    if product is None and bench.machine.default_product:
        product = Spells.of([(window.since, window.until, bench.machine.default_product)])
    counted = counter(bench.machine)
    observed = bench.history.coverage(counted, window) if counted else None
    scrapped = _scrapped(bench, window)
    rejects, good = _with(counts["rejects"], scrapped), counts["good"]
    if good is not None and scrapped is not None:
        good = _with(good, Counts(scrapped.since, scrapped.at, -scrapped.count))  # they were counted as good
    return Output(window, counts["total"], good, rejects, counts["rework"], product, observed)


def counter(machine: Machine) -> Signal | None:
    """The counter that says whether parts were heard of."""
    return machine.role("total_count") or machine.role("good_count")


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


def calendar(bench: Bench, window: Window) -> Calendar:
    return bench.plant.shifts.calendar(window, bench.machine.path)


def products(bench: Bench, _: Window) -> Products:
    return bench.machine.products


def rules(bench: Bench, _: Window) -> StopRules:
    return bench.machine.rules


COMPOUND = {States: states, Output: output, Orders: orders, Alarms: alarms}
KNOWLEDGE = {Calendar: calendar, Products: products, StopRules: rules}


def _spells(bench: Bench, role: str, window: Window) -> Spells | None:
    """A text signal of the machine as spells: each text holds until the next one, where the signal was heard."""
    signal = bench.machine.role(role)
    if signal is None:
        return None
    texts = bench.history.read(Texts, signal, window)
    return text_spells(texts)


def text_spells(texts: Texts) -> Spells:
    """The stretches in which each text held, unknown time and bad values left out, equal neighbours joined."""
    until = np.append(texts.at[1:], texts.window.until)[: len(texts.at)]
    rows: list[tuple[int, int, str]] = []
    usable = (texts.quality >> 30) == 0
    for since, end, text, good in zip(texts.at.tolist(), until.tolist(), texts.text, usable.tolist(), strict=True):
        since = max(since, texts.window.since)
        if not good or end <= since:
            continue
        if rows and rows[-1][2] == text and rows[-1][1] == since:
            rows[-1] = (rows[-1][0], end, text)
            continue
        rows.append((since, end, text))
    return _heard(rows, texts.known)


def _heard(rows: list[tuple[int, int, str]], known: Spells) -> Spells:
    """Cut rows to the known stretches (both in order of time)."""
    found: list[tuple[int, int, str]] = []
    stretches = list(zip(known.since.tolist(), known.until.tolist(), strict=True))
    first = 0
    for since, until, text in rows:
        while first < len(stretches) and stretches[first][1] <= since:
            first += 1
        for begin, end in stretches[first:]:
            if begin >= until:
                break
            found.append((max(since, begin), min(until, end), text))
    return Spells.of(found)


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


def _overlaid(said: States, own: Spells | None, given: list[tuple[int, int, str]], ordered: Spells | None) -> States:
    """Split the states at every edge of a reason or an order, and say which reason holds in each stretch.

    The machine's own reason counts where it was not producing; an operator's wins over it, a later over an earlier.
    """
    edges = [e for spells in (own, ordered) if spells is not None for e in (spells.since, spells.until)]
    edges.append(np.array([e for since, until, _ in given for e in (since, until)], np.int64))
    cuts = np.unique(np.concatenate([said.since, said.until[-1:], *edges]))
    cuts = cuts[(cuts >= said.window.since) & (cuts <= said.window.until)]
    since, until = cuts[:-1], cuts[1:]
    place = np.searchsorted(said.since, since, side="right") - 1
    state, reason = _taken(said.state, place), _taken(said.reason, place)
    if own is not None:
        own_reason = _at(own, since)
        reason = np.where(own_reason != "", own_reason, reason)
    for begin, end, text in given:
        reason[np.searchsorted(since, begin) : np.searchsorted(since, end)] = text
    reason[state == State.PRODUCING] = ""
    order = None if ordered is None else tuple((_at(ordered, since) != "").tolist())
    return States(
        said.window,
        since,
        until,
        tuple(state.tolist()),
        tuple(_taken(said.said, place).tolist()),
        tuple(reason.tolist()),
        order,
    )


def _taken(texts: Sequence[str], place: Times) -> Texted:
    """The texts at these places, as an array of objects."""
    found = np.empty(len(texts), dtype=object)
    found[:] = texts
    return found[place]


def _at(spells: Spells, at: Times) -> Texted:
    """The text that held at each moment, "" where none did."""
    if not len(spells):
        return np.full(len(at), "", dtype=object)
    place = np.searchsorted(spells.since, at, side="right") - 1
    inside = (place >= 0) & (at < spells.until[np.maximum(place, 0)])
    return np.where(inside, _taken(spells.text, np.maximum(place, 0)), "")
