"""Edge nodes as a Sparkplug host sees them: births, data in order, deaths; when to ask for a rebirth. No network."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ...errors import BadInput
from ..spb import LATEST, NAMESPACE, Wire, parse
from .addresses import Name
from .columns import Columns
from .table import Table, Wanted

log = logging.getLogger("andon.sparkplug")
KINDS = frozenset({"NBIRTH", "DBIRTH", "NDATA", "DDATA", "NDEATH", "DDEATH"})
DATA = frozenset({"NDATA", "DDATA"})
LONGEST = 60.0
"""Seconds between two requests for the same node's births at most; it doubles each time that they do not come."""
EARLY = 16 << 20
"""Bytes of messages of one node that wait for an earlier one."""
GRACE = 2.0
"""Seconds in which a node may say by itself that it is there."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One message of an edge node: its kind, its device ("" for its own), what it says, when it came (milliseconds)."""

    kind: str
    device: str
    payload: Wire
    at: int
    size: int

    @property
    def sent(self) -> int:
        """When it was sent, as it says."""
        sent = int(self.payload.timestamp)
        return sent if 0 < sent < LATEST else self.at


@dataclass(slots=True)
class Node:
    """One edge node and its session.

    Attributes
    ----------
    births
        The bdSeq of its birth; None where it had none.
    next
        The sequence number that comes next; None while it is not born.
    early
        Messages that came before an earlier one, by their number, since `waiting` (seconds).
    tables
        What was born: its own under "", its devices under their names.
    left
        Devices of before its last birth that were not born again yet.
    expected
        Since when it should have said something (seconds).
    asked, patience
        When its births were asked for last, and how long the next request waits for that.
    died
        When it was marked dead last (milliseconds).
    """

    name: Name
    births: int | None = None
    next: int | None = None
    early: dict[int, Heard] = field(default_factory=dict)
    waiting: float | None = None
    tables: dict[str, Table] = field(default_factory=dict)
    left: dict[str, Table] = field(default_factory=dict)
    expected: float | None = None
    asked: float | None = None
    patience: float = 0.0
    died: int = 0

    @property
    def online(self) -> bool:
        return self.next is not None


@dataclass(slots=True)
class Later:
    """Metrics of data messages that are read together: through one birth table, with the times of their payloads."""

    node: Node
    table: Table
    metrics: list[bytes] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)


class Nodes:
    """All edge nodes that a host hears.

    Parameters
    ----------
    wanted
        The addresses that are wanted.
    ask
        Called with a node whose births are needed; the host sends the command.
    reorder
        Seconds that a missing message may be late before births are asked for.
    patience
        Seconds between two requests to the same node at least.
    """

    def __init__(self, wanted: Wanted, ask: Callable[[Name], None], *, reorder: float, patience: float) -> None:
        self.nodes: dict[Name, Node] = {}
        self.spoiled = 0
        self._wanted, self._ask, self._reorder, self._patience = wanted, ask, reorder, patience
        self._columns = wanted.columns()
        self._due: set[Name] = set()
        self._later: dict[int, Later] = {}
        self._unread = 0

    def expect(self, names: list[Name], now: float) -> None:
        """These nodes should be there: what says nothing soon is stale, and is asked for its births."""
        self._due.update(names)
        for name in names:
            self._node(name).expected = now

    def rows(self, now: float) -> Columns:
        """What was heard since this was asked last."""
        self._read(now)
        columns, self._columns = self._columns, self._wanted.columns()
        return columns

    @property
    def silent(self) -> list[str]:
        """Edge nodes that are not there, though they should be."""
        nodes = self.nodes.items()
        return [
            "/".join(name) for name, node in nodes if name in self._due and node.expected is None and not node.online
        ]

    @property
    def count(self) -> int:
        """About how many rows wait to be asked for."""
        return len(self._columns) + self._unread

    def hear(self, topic: str, raw: bytes, at: int, now: float) -> None:
        """Take a message; `at` is its arrival (milliseconds), `now` a clock that only goes forward (seconds)."""
        parts = topic.split("/")
        if len(parts) not in (4, 5) or parts[0] != NAMESPACE or parts[2] not in KINDS:
            return
        group, kind, name = parts[1:4]
        device = parts[4] if len(parts) == 5 else ""
        if (kind[0] == "D") != bool(device):
            return
        node = self._node((group, name))
        try:
            heard = Heard(kind, device, parse(raw, "Frame" if kind in DATA else "Payload"), at, len(raw))
        except BadInput as error:
            self.spoiled += 1
            log.log(logging.WARNING if self.spoiled == 1 else logging.DEBUG, "%s: %s It is left out.", topic, error)
            return
        if kind not in DATA:
            self._read(now)  # what was said before stays before
        if kind == "NDEATH":
            self._dead(node, heard)
        elif kind == "NBIRTH":
            self._born(node, heard)
        else:
            self._ordered(node, heard, now)

    def tick(self, at: int, now: float) -> None:
        """Look at what has waited long enough."""
        for node in self.nodes.values():
            if node.waiting is not None and now - node.waiting >= self._reorder:
                self._request(node, now)
                self._skip(node, now)
            elif node.expected is not None and now - node.expected >= GRACE:
                self._silent(node, at)
                self._request(node, now)
            elif node.asked is not None and not node.online and node.name in self._due:
                self._request(node, now)  # again, now and then: a command at QoS 0 may be lost

    def due(self, now: float) -> float:
        """Seconds until `tick` has something to do, at most 2."""
        nodes = self.nodes.values()
        waits = [n.waiting + self._reorder - now for n in nodes if n.waiting is not None]
        waits += [n.expected + GRACE - now for n in nodes if n.expected is not None]
        return max(0.0, min([2.0, *waits]))

    def _node(self, name: Name) -> Node:
        return self.nodes.setdefault(name, Node(name))

    def _silent(self, node: Node, at: int) -> None:
        """Births are not kept by brokers: a node that is not heard after we came is as good as dead."""
        prefix = "/".join(node.name) + "/"
        for address, code in self._wanted.places.items():
            if address.startswith(prefix):
                self._columns.stale(code, at)
        node.died = at

    def _born(self, node: Node, heard: Heard) -> None:
        """A birth: what was known of the node and its devices is no longer so."""
        if not node.online:
            log.info("%s: online", "/".join(node.name))
        node.births = _births(heard.payload)
        node.next = (int(heard.payload.seq) + 1) % 256
        node.early, node.waiting, node.expected, node.asked, node.patience = {}, None, None, None, 0.0
        node.left = {device: table for device, table in node.tables.items() if device} | node.left
        node.tables = {}
        self._table(node, heard)

    def _table(self, node: Node, heard: Heard) -> None:
        """What was born, with its values, which hold from the birth on (and after a death that was seen)."""
        group, name = node.name
        table = Table(self._wanted, f"{group}/{name}/{heard.device}/", heard.payload.metrics)
        before = node.left.pop(heard.device, None) or node.tables.get(heard.device)
        node.tables[heard.device] = table
        if before:
            self._gone(before, table, heard.sent)
        table.born(heard.payload, heard.sent, max(heard.sent, node.died + 1), self._columns)

    def _gone(self, before: Table, now: Table, at: int) -> None:
        """Metrics that a device had and has no longer are stale."""
        lost = {e.code for e in before.entries if e.code >= 0} - {e.code for e in now.entries}
        for code in sorted(lost):
            self._columns.stale(code, at)

    def _dead(self, node: Node, heard: Heard) -> None:
        """The end of a session: all that the node and its devices had is stale from now on, by our clock."""
        births = _births(heard.payload)
        if None not in (births, node.births) and births != node.births:
            return  # the death of an earlier session, which came late
        if node.online:
            log.info("%s: offline", "/".join(node.name))
        for table in (*node.tables.values(), *node.left.values()):
            table.stale(heard.at, self._columns)
        node.tables, node.left, node.early = {}, {}, {}
        node.next = node.waiting = node.births = None
        node.died = heard.at

    def _ordered(self, node: Node, heard: Heard, now: float) -> None:
        """A message with a sequence number: taken in its turn."""
        if node.next is None:
            self._request(node, now)
            return
        seq = int(heard.payload.seq)
        if seq != node.next:
            node.early.setdefault(seq, heard)
            node.waiting = now if node.waiting is None else node.waiting
            if sum(h.size for h in node.early.values()) > EARLY:
                self._request(node, now)
                self._skip(node, now)
            return
        self._take(node, heard, now)
        while node.next in node.early:
            self._take(node, node.early.pop(node.next), now)
        if not node.early:
            node.waiting = None

    def _skip(self, node: Node, now: float) -> None:
        """Go on without what is missing: what came is not thrown away."""
        start = node.next or 0
        for seq in sorted(node.early, key=lambda s: (s - start) % 256):
            node.next = seq
            self._take(node, node.early[seq], now)
        node.early, node.waiting = {}, None

    def _take(self, node: Node, heard: Heard, now: float) -> None:
        node.next = (int(heard.payload.seq) + 1) % 256
        if heard.kind == "DBIRTH":
            self._table(node, heard)
            return
        if heard.kind == "DDEATH":
            table = node.tables.pop(heard.device, None) or node.left.pop(heard.device, None)
            if table:
                table.stale(heard.sent, self._columns)
            return
        for table in node.left.values():  # births come before any data: these devices are gone
            table.stale(heard.sent, self._columns)
        node.left = {}
        table = node.tables.get(heard.device)
        if table is None:
            self._request(node, now)
            return
        later = self._later.setdefault(id(table), Later(node, table))
        later.metrics += heard.payload.metrics
        later.sent += [heard.sent] * len(heard.payload.metrics)
        self._unread += len(heard.payload.metrics)

    def _read(self, now: float) -> None:
        """Read the data messages of late, those of each birth table at once."""
        for later in self._later.values():
            if not later.table.read(later.metrics, np.array(later.sent, dtype=np.int64), self._columns):
                self._request(later.node, now)
        self._later, self._unread = {}, 0

    def _request(self, node: Node, now: float) -> None:
        """Ask for births, not more often than a node can bear."""
        if node.asked is not None and now - node.asked < max(node.patience, self._patience):
            return
        node.patience = min(LONGEST, 2 * node.patience if node.asked is not None else self._patience)
        node.asked, node.expected = now, None
        self._ask(node.name)


def _births(payload: Wire) -> int | None:
    return next((int(m.long_value or m.int_value) for m in payload.metrics if m.name == "bdSeq"), None)
