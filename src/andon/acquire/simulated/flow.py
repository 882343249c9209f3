"""Parts through a line of four machines: buffers, waiting, stops, changeovers; on the axis of working milliseconds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import gamma

import numpy as np

from ...model import Numbers, State
from .layout import LINES, MACHINES, PRODUCTS, ClassRow, MachineRow, ProductRow, StopRow

PATIENCE = 8_000
"""A machine that waits longer says starved or blocked; until then it says it is producing."""
UNLOAD = 1_000
"""From the last part of an order to the start of the changeover."""
FAR = 1 << 60
GOOD, REJECT, REWORK = 0, 1, 2
START_UP_PARTS, START_UP_SCRAP = 5, 0.22
"""Of the first parts after a changeover so many are scrap."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop as it will happen: after so much producing time, for so long, with alarm and reason."""

    at: int
    duration: int
    state: State
    alarm: str
    reason: str


@dataclass(frozen=True, slots=True)
class Order:
    """A production order of a line; `gap` is how long the line waits for it without any order."""

    name: str
    product: int
    quantity: int
    gap: int


@dataclass(slots=True)
class Station:
    """One machine at work: what it has done so far, in milliseconds of working time."""

    machine: MachineRow
    drift: float
    stops: list[Stop]
    pace: list[float]
    luck: list[float]
    setups: list[int]
    services: list[tuple[int, int]]
    ideal: float = 0.0
    free: int = 0
    clock: int = 0
    stop: int = 0
    passed: int = 0
    fresh: int = 100
    spells: list[tuple[int, int, State, str, str]] = field(default_factory=list)
    registered: list[tuple[int, str, int]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    finishes: list[int] = field(default_factory=list)
    verdicts: list[int] = field(default_factory=list)
    starting: list[bool] = field(default_factory=list)

    def change(self, order: Order, release: int) -> None:
        """Set the machine up for another order, after waiting for it where there is none yet."""
        at = self.free + (UNLOAD if self.starts else 0)
        if release > at + PATIENCE:
            self.registered.append((at, "", -1))
            self._say(at, release, State.IDLE)
            at = release
        self.registered.append((at, order.name, order.product))
        self.free = at + self.setups[len(self.registered)]
        self._say(at, self.free, State.SETUP)
        self.fresh = 0

    def make(self, arrival: int) -> int:
        """Make one part that arrives at a moment; returns whether it is good, a reject or rework."""
        if self.services and self.free >= self.services[0][0]:
            length = self.services.pop(0)[1]
            self._say(self.free, self.free + length, State.MAINTENANCE)
            self.free += length
        start = max(arrival, self.free)
        if start - self.free > PATIENCE:
            self._say(self.free, start, State.STARVED)
        made = len(self.starts)
        took = int(self.ideal * self.pace[made] * (1 + self.drift * start))
        self.starts.append(start)
        self.free = self._interrupted(start, took)
        self.finishes.append(self.free)
        return self._judged(self.luck[made])

    def hand_over(self, room: int) -> int:
        """Give the finished part to the buffer once it has room; returns when."""
        if room - self.free > PATIENCE:
            self._say(self.free, room, State.BLOCKED)
        self.passed += 1
        self.free = max(self.free, room)
        return self.free

    def _interrupted(self, start: int, took: int) -> int:
        """When a part begun at `start` is finished: stops strike after so much producing time, and the part waits."""
        began, finish = self.clock, start + took
        self.clock += took
        while self.clock > self.stops[self.stop].at:
            stop = self.stops[self.stop]
            at = finish - took + stop.at - began
            self._say(at, at + stop.duration, stop.state, stop.alarm, stop.reason)
            finish += stop.duration
            self.stop += 1
        return finish

    def _judged(self, luck: float) -> int:
        row = self.machine.row
        scrap = START_UP_SCRAP if self.fresh < START_UP_PARTS else row.scrap
        verdict = REJECT if luck < scrap else REWORK if luck > 1 - row.rework else GOOD
        self.starting.append(self.fresh < START_UP_PARTS)
        self.fresh += 1
        self.verdicts.append(verdict)
        return verdict

    def _say(self, since: int, until: int, state: State, alarm: str = "", reason: str = "") -> None:
        self.spells.append((since, until, state, alarm, reason))


def ideal_cycle(product: ProductRow, row: ClassRow) -> int:
    """The true ideal cycle of a product on a class of machine, in milliseconds."""
    return round(product.cycle * row.pace * 1000)


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is fixed beforehand, in working milliseconds: how long the line runs, planned maintenances (from, length)
    by machine, and the moment from which a product is made by a faster method."""

    total: int
    services: Mapping[str, tuple[int, int]]
    faster: Mapping[str, int]


def run_line(line: str, seed: int, agenda: Agenda) -> tuple[list[Station], list[tuple[Order, int]]]:
    """Run a line to the end of its working time; returns its machines, and its orders with their release."""
    total, services, faster = agenda.total, agenda.services, agenda.faster
    stations = [_station(m, seed, total, services) for m in MACHINES if m.line == line]
    first = stations[0]
    waits = _material(_chance(seed, line, "material"), total)
    taken: list[tuple[Order, int]] = []
    for order in _orders(line, seed):
        release = first.free + UNLOAD + order.gap
        taken.append((order, release))
        product = PRODUCTS[order.product]
        quick = product.faster if first.free >= faster.get(product.name, FAR) else 1.0
        for station in stations:
            station.ideal = ideal_cycle(product, station.machine.row) * quick
            station.change(order, release)
        for _ in range(order.quantity):
            arrival = first.free + waits[len(first.starts)]
            _pass(stations, arrival)
        if min(s.free for s in stations) > total:
            return stations, taken
    raise AssertionError("orders are endless")


def _pass(stations: list[Station], arrival: int) -> None:
    """One piece of raw material through the line, until it is packed or taken out."""
    for station, after in zip(stations, [*stations[1:], None], strict=True):
        if station.make(arrival) != GOOD:
            return
        slot = station.passed - station.machine.row.buffer
        arrival = station.hand_over(after.starts[slot] if after and slot >= 0 else 0)


def _chance(seed: int, *names: str) -> np.random.Generator:
    """A generator of its own for each thing, so that one more draw here changes nothing there."""
    return np.random.default_rng([seed, *(b for name in names for b in name.encode())])


def _station(machine: MachineRow, seed: int, total: int, services: Mapping[str, tuple[int, int]]) -> Station:
    chance = _chance(seed, machine.path)
    parts = total // 15_000
    setups = chance.lognormal(np.log(machine.row.setup), 0.35, 2000) * 1000
    return Station(
        machine,
        machine.cycle_drift / total,
        _stops(machine.row, chance, total),
        (1.015 * chance.lognormal(0.01, 0.025, parts)).tolist(),
        chance.random(parts).tolist(),
        setups.astype(np.int64).tolist(),
        [services[machine.path]] if machine.path in services else [],
    )


def _stops(row: ClassRow, chance: np.random.Generator, total: int) -> list[Stop]:
    """All stops of a machine in order of producing time, at least two seconds apart."""
    drawn = sorted((s for kind in row.stops for s in _draw(kind, chance, total)), key=lambda s: s.at)
    apart = np.maximum.accumulate(np.array([s.at for s in drawn]) - 2000 * np.arange(len(drawn)))
    spaced = (apart + 2000 * np.arange(len(drawn))).tolist()
    stops = [Stop(at, s.duration, s.state, s.alarm, s.reason) for at, s in zip(spaced, drawn, strict=True)]
    return [*stops, Stop(FAR, 0, State.FAULT, "", "")]


def _draw(row: StopRow, chance: np.random.Generator, total: int) -> Iterator[Stop]:
    """The stops of one kind: a renewal process, Weibull between and lognormal within."""
    count = int(total / 1000 / row.between * 1.5) + 60
    at = np.cumsum(row.between / gamma(1 + 1 / row.shape) * chance.weibull(row.shape, count) * 1000).astype(np.int64)
    length = np.maximum(2000, chance.lognormal(np.log(row.median), row.sigma, count) * 1000).astype(np.int64)
    which = chance.choice(len(row.causes), count, p=[c[0] for c in row.causes])
    told = chance.random(count) < row.told
    for i in range(count):
        _, alarm, reason = row.causes[which[i]]
        yield Stop(int(at[i]), int(length[i]), row.state, alarm, reason if told[i] else "")


def _material(chance: np.random.Generator, total: int) -> list[int]:
    """How long the first machine waits for material before each part: nearly always not at all."""
    parts = total // 15_000
    late: Numbers = chance.lognormal(np.log(260_000), 0.9, parts) * (chance.random(parts) < 1 / 700)
    return [int(w) for w in late.tolist()]


def _orders(line: str, seed: int) -> Iterator[Order]:
    """Orders without end: never the same product twice running, now and then none for a while."""
    chance = _chance(seed, line, "orders")
    own = [i for i, p in enumerate(PRODUCTS) if p.line == line]
    last, number = -1, 1000 * (LINES.index(line) + 1)
    while True:
        number += 1
        last = int(chance.choice([i for i in own if i != last]))
        quantity = int(chance.integers(8, 41)) * 25
        gap = int(chance.lognormal(np.log(2_700_000), 0.6)) if chance.random() < 0.1 else 0
        yield Order(f"PO-{number}", last, quantity, gap)
