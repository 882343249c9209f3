"""The births of edge nodes, looked at for browsing: every metric as an offer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping

from ...errors import BadInput
from ...plant.ucum import is_unit, nearest_unit
from ..broker import Broker, Message
from ..link import Offer
from ..spb import NAMESPACE, Type, Wire, parse, rebirth, topic
from .addresses import Name
from .table import Entry, Table, Wanted

KINDS = {Type.FLOAT: "number", Type.DOUBLE: "number", Type.BOOLEAN: "boolean"}
UNITS = ("engunit", "engunits", "unit", "units", "engineeringunits")
OWN = ("bdSeq", "Node Control/", "Device Control/")
"""Metrics by which Sparkplug itself is run."""
Owner = tuple[str, str, str]
"""Group, edge node, device."""


class Births:
    """Collects births, and asks each node that is heard once for its own."""

    def __init__(self, broker: Broker) -> None:
        self.payloads: dict[Owner, Wire] = {}
        self._broker, self._asked, self._tasks = broker, set[Name](), set[asyncio.Task[None]]()

    async def ask(self, name: Name) -> None:
        """Ask a node for its births."""
        self._asked.add(name)
        await self._broker.publish(topic(name[0], "NCMD", name[1]), rebirth(time.time_ns() // 1_000_000))

    def hear(self, message: Message) -> None:
        """Take a message."""
        parts = message.topic.split("/")
        if len(parts) not in (4, 5) or parts[0] != NAMESPACE:
            return
        name, device = (parts[1], parts[3]), parts[4] if len(parts) == 5 else ""
        if parts[2] in ("NBIRTH", "DBIRTH"):
            try:
                self.payloads[*name, device] = parse(message.payload)
            except BadInput:
                return  # a look spoils nothing; the source itself tells what it could not read
        elif parts[2] in ("NDATA", "DDATA") and name not in self._asked:
            task = asyncio.ensure_future(self.ask(name))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


def offers(births: Mapping[Owner, Wire]) -> list[Offer]:
    """Every metric of some births, with its value and its unit where a property tells it."""
    return [offer for owner in sorted(births) for offer in _offers(owner, births[owner])]


def _offers(owner: Owner, payload: Wire) -> Iterator[Offer]:
    prefix = "/".join(owner) + "/"
    entries = [e for e in Table(Wanted((), {}, frozenset()), prefix, payload.metrics).entries if _worth(e)]
    addresses = tuple(prefix + e.name for e in entries)
    columns = (wanted := Wanted(addresses, {a: i for i, a in enumerate(addresses)}, frozenset(addresses))).columns()
    Table(wanted, prefix, payload.metrics).born(payload, 0, 0, columns)
    rows = {code: row for row, code in enumerate(columns.code)}
    for code, entry in enumerate(entries):
        row = rows.get(code, -1)
        value = columns.text.get(row, columns.value[row]) if row >= 0 else None
        written = next((t for k, t in (entry.properties or {}).items() if k.casefold() in UNITS), "")
        unit = written if is_unit(written) else nearest_unit(written) or "" if written else ""
        path = (*(part for part in owner if part), *entry.name.split("/"))
        why = f"the birth says {_type(entry)}" + (f", its unit is written {written!r}" if written else "")
        yield Offer(addresses[code], path, _kind(entry), unit, value, columns.quality.get(row, 0), why=why)


def _worth(entry: Entry) -> bool:
    return not entry.name.startswith(OWN) and entry.datatype != Type.TEMPLATE


def _kind(entry: Entry) -> str:
    return "integer" if Type.INT8 <= entry.datatype <= Type.UINT64 else KINDS.get(Type(_known(entry)), "text")


def _type(entry: Entry) -> str:
    return Type(_known(entry)).name.capitalize().replace("Uint", "UInt").replace("_", " ")


def _known(entry: Entry) -> int:
    return entry.datatype if entry.datatype in Type._value2member_map_ else 0
