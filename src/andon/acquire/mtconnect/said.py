"""From observations to rows: samples, events, conditions, data sets, tables and time series, by data item."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from ..link import BAD_NO_COMMUNICATION, BAD_NO_DATA, BAD_TYPE_MISMATCH, Row
from .document import Observation, moment

UNAVAILABLE = "UNAVAILABLE"
MOST = 100_000
Route = tuple[list[str], dict[str, list[str]]]
"""Addresses that want a data item as a whole, and those that want a part of it, by its key."""
LEVELS = ("Fault", "Warning")
PASSING = ("Message", "Alarm", "AssetChanged", "AssetRemoved")
"""Events that happen at a moment and do not hold; so does each whose name ends with Discrete."""


@dataclass(slots=True)
class Said:
    """The rows of those data items that are wanted.

    An address is the id of a data item, or `device/id`; `id[key]` is an entry of a data set, `id[row.column]` a cell of
    a table, `id[0]` to `id[2]` a coordinate of a position.

    A condition is 1 while any fault of it is active, else 0; its text names all that is active.
    """

    addresses: Iterable[str]
    whole: dict[str, list[str]] = field(default_factory=dict)
    parts: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    sets: dict[str, dict[str, str]] = field(default_factory=dict)
    active: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    routes: dict[tuple[str, str], Route] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for address in self.addresses:
            name, _, key = address.partition("[")
            if key:
                self.parts.setdefault(name, {}).setdefault(key.removesuffix("]"), []).append(address)
            else:
                self.whole.setdefault(name, []).append(address)

    def afresh(self) -> None:
        """What follows is the whole of what holds now, not what changed."""
        self.sets.clear()
        self.active.clear()

    def rows(self, seen: Observation) -> Iterator[Row]:
        """The rows of an observation, none where nobody wants it."""
        route = self.routes.get((seen.device, seen.item))
        if route is None:
            route = self._route(seen)
        whole, keys = route
        if not whole and not keys:
            return
        at = moment(seen.attributes.get("timestamp", ""))
        if seen.category == "Condition":
            yield from self._condition(seen, at, whole)
        elif seen.text == UNAVAILABLE:
            self.sets.pop(seen.item, None)
            yield from ((a, at, None, None, BAD_NO_COMMUNICATION) for a in [*whole, *chain(*keys.values())])
        elif "sampleCount" in seen.attributes:
            yield from series(seen, at, whole)
        elif seen.entries is not None or "count" in seen.attributes:
            yield from self._set(seen, at, whole, keys)
        else:
            yield from plain(seen, at, whole)
            yield from coordinates(seen, at, keys)

    def _route(self, seen: Observation) -> Route:
        """Who wants a data item; worked out once."""
        names = (seen.item, f"{seen.device}/{seen.item}")
        whole = [address for name in names for address in self.whole.get(name, ())]
        keys: dict[str, list[str]] = {}
        for name in names:
            for key, addresses in self.parts.get(name, {}).items():
                keys.setdefault(key, []).extend(addresses)
        if len(self.routes) > MOST:  # no agent has so many data items
            self.routes.clear()
        self.routes[seen.device, seen.item] = whole, keys
        return whole, keys

    def _condition(self, seen: Observation, at: int, addresses: Iterable[str]) -> Iterator[Row]:
        """A condition: faults and warnings come one by one, each with its own code, and Normal ends one or all."""
        active = self.active.setdefault(seen.item, {})
        code = seen.attributes.get("conditionId") or seen.attributes.get("nativeCode", "")
        if seen.element == "Unavailable":
            active.clear()
            yield from ((a, at, None, None, BAD_NO_COMMUNICATION) for a in addresses)
            return
        if seen.element in LEVELS:
            native, about = seen.attributes.get("nativeCode", ""), seen.attributes.get("qualifier", "")
            head = " ".join(word for word in (seen.element, native, about) if word)
            active[code] = (seen.element, f"{head}: {seen.text}" if seen.text else head)
        elif code:
            active.pop(code, None)
        else:
            active.clear()
        faulty = any(level == "Fault" for level, _ in active.values())
        text = "; ".join(text for _, text in sorted(active.values())) or "Normal"
        yield from ((a, at, float(faulty), text, 0) for a in addresses)

    def _set(self, seen: Observation, at: int, whole: Iterable[str], keys: dict[str, list[str]]) -> Iterator[Row]:
        """A data set or a table: only what changed comes, so the rest is remembered."""
        held = self.sets.setdefault(seen.item, {})
        if "resetTriggered" in seen.attributes:
            held.clear()
        for key, said in (seen.entries or {}).items():
            gone = [k for k in held if k == key or k.startswith(key + ".")] if said is None else []
            for k in gone:
                del held[k]
            if said is not None:
                held[key] = said
            for k in {key, *gone}:
                yield from (
                    (a, at, *(number(said) if said is not None else (None, None, BAD_NO_DATA))) for a in keys.get(k, ())
                )
        text = json.dumps(held, ensure_ascii=False, sort_keys=True)
        yield from ((a, at, None, text, 0) for a in whole)


def passing(seen: Observation) -> bool:
    """Does it tell of a moment, so that it may not be told twice?"""
    return seen.element in PASSING or seen.element.endswith("Discrete") or "sampleCount" in seen.attributes


def plain(seen: Observation, at: int, addresses: Iterable[str]) -> Iterator[Row]:
    """A sample is a number; what an event says stays as it is, its signal's kind tells whether it is one."""
    said = number(seen.text) if seen.category == "Samples" else (None, seen.text, 0)
    return ((a, at, *said) for a in addresses)


def coordinates(seen: Observation, at: int, keys: dict[str, list[str]]) -> Iterator[Row]:
    """The coordinates of a position or an orientation."""
    values = seen.text.split()
    for key, addresses in keys.items():
        inside = key.isdigit() and int(key) < len(values)
        said = number(values[int(key)]) if inside else (None, None, BAD_NO_DATA)
        yield from ((a, at, *said) for a in addresses)


def series(seen: Observation, at: int, addresses: Iterable[str]) -> Iterator[Row]:
    """A time series: the timestamp is that of its last value, the others lie before it at the sample rate."""
    values = seen.text.split()
    rate = number(seen.attributes.get("sampleRate", ""))[0]
    length = number(seen.attributes.get("duration", ""))[0]
    if not rate:
        rate = (len(values) - 1) / length if length and len(values) > 1 else None
    step = 1e6 / rate if rate else 0.0
    used = values if step else values[-1:]  # without a rate only the last has a moment
    for address in addresses:
        for place, said in enumerate(used):
            yield (address, at - round((len(used) - 1 - place) * step), *number(said))


def number(said: str) -> tuple[float | None, str | None, int]:
    """A number, or what stands where one should.

    >>> number("1.5"), number("0 0 1"), number("UNAVAILABLE")[2] == BAD_NO_COMMUNICATION
    ((1.5, None, 0), (None, '0 0 1', 0), True)
    """
    if said == UNAVAILABLE:
        return None, None, BAD_NO_COMMUNICATION
    try:
        value = float(said)
    except ValueError:
        return None, said, 0
    return (value, None, 0) if math.isfinite(value) else (None, said, BAD_TYPE_MISMATCH)
