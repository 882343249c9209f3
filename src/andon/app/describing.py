"""The plant on paper as programs read it: machines with their signals, reasons, products, shifts, orders."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from ..answer import Plain, plain
from ..model import Element, Orders, Window
from ..plant import Machine, Plant, Signal
from ..plant.alarms import Level
from ..reading import Bench, orders
from .opening import paper, reading, spoken

Row = dict[str, Plain]


def described(folder: Path, language: str = "en") -> Row:
    """The whole plant on paper, as far as whoever asks may see it; `now` is this computer's clock (microseconds)."""
    plant = paper(folder)
    machines, limits = list(plant.machines.values()), _limits(plant)
    return {
        "name": plant.name,
        "zone": plant.zone,
        "currency": plant.currency,
        "language": plant.language,
        "digest": plant.digest,
        "now": time.time_ns() // 1000,
        "lines": list(dict.fromkeys(m.line for m in machines)),
        "machines": [_machine(m, limits) for m in machines],
        "reasons": list(_reasons(plant, language)),
        "products": [_product(plant, name) for name in plant.products],
        "shifts": list(dict.fromkeys(r.name for r in plant.shifts.rules)),
        "sources": [s.name for s in plant.sources],
    }


def currency(folder: Path) -> str:
    return paper(folder).currency


def zone(folder: Path) -> str:
    return paper(folder).zone


def digest(folder: Path) -> str:
    """The hash of what plant.toml means: as long as it is the same, so is all that is on paper."""
    return paper(folder).digest


def signals(folder: Path, at: str = "") -> list[Row]:
    """The signals of a place, each with the limits that alarms and [[limit]] set for it."""
    plant = paper(folder)
    limits = _limits(plant)
    return [_signal(s, limits) for m in plant.at(at) for s in m.signals.values()]


def reasons(folder: Path, language: str = "en") -> list[Row]:
    """The reasons tree: each with its parent, "" at the top."""
    return list(_reasons(paper(folder), language))


def products(folder: Path) -> list[Row]:
    """The products, with their ideal cycles (microseconds a part) and values by machine, valid from a moment."""
    plant = paper(folder)
    return [_product(plant, name) | {"rates": _rates(plant, name)} for name in plant.products]


def shifts(folder: Path, at: str = "", *, since: str = "", until: str = "", last: str = "") -> list[Row]:
    """The shifts of a place that touch a window, whole: machine by machine."""
    plant = paper(folder)
    window = spoken(plant, at, since=since, until=until, last=last)
    return [
        {
            "machine": m.path,
            "shift": s.name,
            "day": s.day,
            "since": s.window.since,
            "until": s.window.until,
            "breaks": [[b.since, b.until] for b in s.breaks],
        }
        for m in plant.at(at)
        for s in plant.shifts.calendar(window, m.path).shifts
    ]


def orders_of(folder: Path, at: str = "", *, since: str = "", until: str = "", last: str = "30 d") -> list[Row]:
    """The production orders of a place that a window touches, planned and real, the newest first."""
    with reading(folder) as (plant, history):
        window = spoken(plant, at, since=since, until=until, last="" if since else last)
        rows = [r for m in plant.at(at) for r in _orders(m, orders(Bench(m, plant, history), window))]
    return sorted(rows, key=lambda r: -int(str(r["since"] or r["planned_since"] or 0)))


def moments(folder: Path, at: str = "", *, since: str = "", until: str = "", last: str = "") -> Window:
    """The window that words mean at a place."""
    return spoken(paper(folder), at, since=since, until=until, last=last)


def _machine(m: Machine, limits: Mapping[str, list[Plain]]) -> Row:
    return {
        "path": m.path,
        "line": m.line,
        "area": m.area,
        "title": m.title,
        "class": m.machine_class,
        "roles": list(dict.fromkeys(s.role for s in m.signals.values())),
        "signals": [_signal(s, limits) for s in m.signals.values()],
    }


def _signal(s: Signal, limits: Mapping[str, list[Plain]]) -> Row:
    return {
        "path": s.path,
        "name": s.name,
        "role": s.role,
        "unit": s.unit,
        "kind": s.kind,
        "source": s.source,
        "stepped": s.stepped or s.kind in ("boolean", "state", "count", "text"),
        "limits": limits.get(s.path, []),
    }


def _limits(plant: Plant) -> Mapping[str, list[Plain]]:
    """The limits of each signal by its path: 1 is an upper one, -1 a lower one, 0 a target; alarms go by their name."""
    found: dict[str, list[Plain]] = {}
    for limit in plant.limits.values():
        for name, sign in (("low", -1), ("high", 1), ("target", 0)):
            if (value := getattr(limit, name)) is not None:
                found.setdefault(limit.signal, []).append({"name": name, "value": value, "sign": sign})
    for alarm in plant.alarms:
        if isinstance(alarm.when, Level):
            row: Row = {"name": alarm.name, "value": alarm.when.limit, "sign": alarm.when.sign}
            found.setdefault(alarm.signal, []).append(row)
    return found


def _reasons(plant: Plant, language: str) -> Sequence[Row]:
    return [
        {
            "code": r.code,
            "text": plant.reason_texts.get(r.code, {}).get(language) or r.text,
            "parent": r.parent,
            "planned": r.element is Element.PLANNED_DOWN,
            "class": r.loss.value if r.loss else r.element.value if r.element else "",
        }
        for r in plant.reasons.values()
    ]


def _product(plant: Plant, name: str) -> Row:
    return {k: plain(v) for k, v in asdict(plant.products[name]).items()}


def _rates(plant: Plant, product: str) -> list[Plain]:
    return [
        {"machine": m.path, "since": r.since, "ideal_cycle": plain(r.ideal_cycle), "value": plain(r.value)}
        for m in plant.machines.values()
        for r in m.products.rates.get(product, ())
    ]


def _orders(machine: Machine, found: Orders) -> list[Row]:
    columns = (found.planned_since, found.planned_until, found.since, found.until)
    times = [[None if t < 0 else t for t in c.tolist()] for c in columns]
    return [
        {
            "machine": machine.path,
            "order": found.order[i],
            "product": found.product[i],
            "planned_since": times[0][i],
            "planned_until": times[1][i],
            "since": times[2][i],
            "until": times[3][i],
            "quantity": plain(float(found.planned_quantity[i])),
        }
        for i in range(len(found.order))
    ]
