"""From what is written in plant.toml to the plant that the rooms work with."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from ..model import Element, Loss, Products, Rate, Reason, State, StopRules, micros
from ..plant import Derivation, GridFactor, Level, Limit, Machine, Plant, Product, Signal, Source, Tariff
from ..plant.reports import Scheduled
from ..plant.states import STATE_MAPS
from ..plant.zones import instant
from .alarm_build import alarms, is_at, receivers, system_alarms
from .characteristics import built as characteristics
from .login import built
from .reports import ReportTable
from .roles import kind_of
from .rota import shift_book
from .written import MachineTable, PlantFile, ProductTable, SignalTable

EVER = -62_135_596_800_000_000
"""0001-01-01T00:00Z: what was always valid is valid from here."""


def build(file: PlantFile) -> Plant:
    """The plant of a file without mistakes."""
    reasons = {
        r.code: Reason(
            r.code, r.text, r.parent, Element(r.element) if r.element else None, Loss(r.loss) if r.loss else None
        )
        for r in file.reason
    }
    zone = file.plant.zone
    machines = {m.path: _machine(m, file, reasons) for m in file.machine}
    return Plant(
        name=file.plant.name,
        zone=zone,
        currency=file.plant.currency,
        language=file.plant.language,
        site=file.plant.site or file.plant.name,
        shifts=shift_book(file),
        reasons=reasons,
        machines=machines,
        sources=tuple(Source(name=s.name, connector=s.connector, settings=s.model_extra or {}) for s in file.source),
        tariffs=tuple(
            Tariff(
                name=t.name,
                since=since(t.valid_from, zone),
                price=t.price,
                bands=tuple((f"{b.start:%H:%M}", f"{b.end:%H:%M}", b.price) for b in t.bands),
            )
            for t in file.tariff
        ),
        grid_factors=tuple(
            GridFactor(since=since(g.valid_from, zone), factor=g.factor, method=g.method, source=g.source)
            for g in file.grid_factor
        ),
        limits={x.signal: Limit(signal=x.signal, low=x.low, high=x.high, target=x.target) for x in file.limit},
        retention={name: kept for name, kept in file.retention.items() if kept is not None},
        products={p.name: Product(name=p.name, title=p.title, material=p.material) for p in file.product},
        reason_texts={r.code: {"en": r.text, "zh": r.text_zh or r.text} for r in file.reason},
        alarms=alarms(file, machines),
        system_alarms=system_alarms(file),
        notify=receivers(file),
        reports=tuple(_report(r, file.plant.language) for r in file.report),
        login=built(file.login),
        digest=digest(file),
    )


def digest(file: PlantFile) -> str:
    """SHA-256 of what a file means: comments, spacing, order of keys and defaults written out do not change it."""
    meant = file.model_dump(mode="json", by_alias=True)
    return hashlib.sha256(json.dumps(meant, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def since(valid_from: date | datetime | None, zone: str) -> int:
    """The moment from which something holds: local midnight of a date, a local time, or ever."""
    if valid_from is None:
        return EVER
    if not isinstance(valid_from, datetime):
        return instant(zone, valid_from)
    if valid_from.tzinfo is not None:
        return micros(valid_from)
    return instant(zone, valid_from.date(), valid_from.time())


def _report(written: ReportTable, language: str) -> Scheduled:
    return Scheduled(
        name=written.name,
        at=written.at,
        every=written.every,
        formats=tuple(dict.fromkeys(written.formats)),
        language=written.language or language,
        folder=written.folder,
        mail=written.mail,
        to=tuple(written.to),
    )


def _machine(machine: MachineTable, file: PlantFile, reasons: Mapping[str, Reason]) -> Machine:
    rules = StopRules(
        elements={State(s): Element(e) for s, e in file.elements.items()},
        losses={State(s): Loss(x) for s, x in file.losses.items()},
        reasons=reasons,
        minor_stop=machine.minor_stop,
        hour_value=machine.hour_value,
    )
    return Machine(
        path=machine.path,
        machine_class=machine.class_,
        area=machine.area,
        title=machine.title or machine.path,
        signals={name: _signal(machine, name, s, file) for name, s in machine.signals.items()},
        rules=rules,
        products=_products(machine, file),
        default_product=machine.default_product,
        measurements=machine.measurements,
        characteristics=characteristics([c for c in file.characteristic if is_at(machine, c.places)]),
    )


def _signal(machine: MachineTable, name: str, signal: SignalTable, file: PlantFile) -> Signal:
    kind = kind_of(signal, name)
    raw = machine.signals[signal.from_] if signal.from_ else signal
    only = file.source[0].name if len(file.source) == 1 else ""
    return Signal(
        path=f"{machine.path}/{name}",
        machine=machine.path,
        name=name,
        role=signal.role or name,
        kind=kind,
        unit=signal.unit,
        source=raw.source or only,
        address=signal.address,
        scale=signal.scale,
        offset=signal.offset,
        states=_states(signal, file) if kind == "state" else {},
        counting=signal.counting,
        rollover=signal.rollover,
        stamp=signal.stamp,
        holds=signal.holds,
        deadband=signal.deadband,
        stepped=signal.stepped,
        retention=signal.retention,
        derived=_derived(signal, kind) if signal.from_ else None,
    )


def _derived(signal: SignalTable, kind: str) -> Derivation:
    """How a signal follows from another one; the highest level first."""
    levels = [(x.above, x.below, x.state) for x in signal.levels]
    if kind == "count" and signal.above is not None:
        levels = [(signal.above, signal.below, "")]
    made = (Level(above=a, below=a if b is None else b, state=s) for a, b, s in sorted(levels, key=lambda x: -x[0]))
    return Derivation(
        of=signal.from_,
        levels=tuple(made),
        otherwise=signal.otherwise,
        at_least=signal.at_least,
        debounce=signal.debounce,
    )


def _states(signal: SignalTable, file: PlantFile) -> dict[str, str]:
    """What the machine says, and what Andon calls it; a signal without a map speaks Andon's own words."""
    if isinstance(signal.states, Mapping):
        return dict(signal.states)
    named = file.states | {name: {k: s.value for k, s in states.items()} for name, states in STATE_MAPS.items()}
    return dict(named[signal.states or "andon"])


def _products(machine: MachineTable, file: PlantFile) -> Products:
    """What one machine can make, how fast and of which value; "" is a product that nobody described."""
    rates = {p.name: _rates(p, machine.path, file.plant.zone) for p in file.product}
    plain = machine.ideal_cycle, machine.part_value
    if plain != (None, None):
        rates[""] = (Rate(EVER, *plain),)
    return Products({name: found for name, found in rates.items() if found})


def _rates(product: ProductTable, machine: str, zone: str) -> tuple[Rate, ...]:
    """The rates of a product on a machine: a new one whenever its ideal cycle or its value changes.

    Cycles for the machine replace those for every machine.
    """
    own = [c for c in product.cycles if c.machine == machine] or [c for c in product.cycles if not c.machine]
    cycles = sorted((since(c.valid_from, zone), float(c.ideal_cycle)) for c in own)
    values = sorted((since(v.valid_from, zone), v.value) for v in product.values)
    moments = sorted({at for at, _ in cycles + values})
    return tuple(Rate(at, _last(cycles, at), _last(values, at)) for at in moments)


def _last(steps: Iterable[tuple[int, float]], at: int) -> float | None:
    """The value of the last step at or before a moment."""
    valid = [value for since, value in steps if since <= at]
    return valid[-1] if valid else None
