"""Birth tables: what a node or device said it has, by name and alias; and payloads read through them to columns."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import BadInput
from ..link import BAD_NO_DATA, UNCERTAIN_LAST_USABLE_VALUE, Link
from ..spb import LATEST, QUALITY, REBIRTH, Type, Wire, integer, numbers, parse_metric, scan, value, words
from .columns import Columns

log = logging.getLogger("andon.sparkplug")
BAD = 0x80000000
QUALITIES = {0: BAD, 192: 0, 500: UNCERTAIN_LAST_USABLE_VALUE}
Key = int | str


class Entry(NamedTuple):
    """One metric of a birth: its name, the place of its address (-1: not wanted), its type."""

    name: str
    code: int
    datatype: int
    written: bool = False
    members: Mapping[str, Entry] | None = None
    properties: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """The addresses of a link: their places, and which are to be written out as texts."""

    addresses: tuple[str, ...]
    places: Mapping[str, int]
    texts: frozenset[str]

    @classmethod
    def of(cls, link: Link) -> Wanted:
        """What the signals of a link want."""
        kinds: dict[str, set[str]] = {}
        for signal in link.signals:
            kinds.setdefault(signal.address, set()).add(signal.kind)
        texts = frozenset(a for a, k in kinds.items() if k == {"text"})
        return cls(link.addresses, {a: i for i, a in enumerate(link.addresses)}, texts)

    def columns(self) -> Columns:
        """Empty columns."""
        return Columns(self.addresses)


class Table:
    """The metrics of one birth; a DATA message brings their aliases or names only.

    Parameters
    ----------
    wanted
        The addresses that are wanted.
    owner
        What stands before a metric's name in an address: `group/node/device/`.
    """

    def __init__(self, wanted: Wanted, owner: str, metrics: Iterable[Wire] = ()) -> None:
        self._wanted, self._owner = wanted, owner
        self.known: dict[Key, Entry] = {}
        for metric in metrics:
            name = words(metric.name)
            entry = self.known[name] = self._entry(name, metric)
            if metric.HasField("alias"):
                self.known[metric.alias] = entry
        aliases = sorted(k for k in self.known if isinstance(k, int))
        entries = [self.known[a] for a in aliases] or [Entry("", -1, 0)]
        self._aliases = np.array(aliases, dtype=np.uint64)
        self._types = np.array([e.datatype for e in entries], dtype=np.int64)
        self._codes = np.array([e.code for e in entries], dtype=np.int32)
        self._written = np.array([e.written for e in entries], dtype=np.bool_)

    @property
    def entries(self) -> list[Entry]:
        """Every metric once, members of templates among them."""
        return [e for name, entry in self.known.items() if isinstance(name, str) for e in _flat(entry)]

    def born(self, payload: Wire, at: int, floor: int, into: Columns) -> None:
        """Add the rows of a birth; `at` is the time of metrics that have none, `floor` since when each value holds."""
        for metric in payload.metrics:
            self._add(metric, self.known[words(metric.name)], at, into, floor)

    def read(self, metrics: Sequence[bytes], at: NDArray[np.int64], into: Columns) -> bool:
        """Add the rows of metrics of DATA messages, with the times of their payloads; whether all were born.

        Aliases with numbers are read all at once; whatever else a metric may hold, one by one.
        """
        found = scan(metrics)
        place = np.minimum(np.searchsorted(self._aliases, found.alias), max(len(self._aliases) - 1, 0))
        plain = found.plain & (self._aliases[place] == found.alias) if len(self._aliases) else found.plain & False
        datatype, code = self._types[place], self._codes[place]
        value, exact = numbers(found, datatype)
        plain &= exact & ~((datatype == Type.DATETIME) & self._written[place])
        rows = np.flatnonzero(plain & (code >= 0))
        moments = np.where((found.at > 0) & (found.at < LATEST), found.at.view(np.int64), at)
        if len(rows):
            into.block((code[rows], moments[rows], value[rows]))
        named = True
        for row in np.flatnonzero(~plain).tolist():
            named = self._one(metrics[row], int(at[row]), into) and named
        return named

    def _one(self, raw: bytes, at: int, into: Columns) -> bool:
        """Add the rows of one metric; whether it was born."""
        try:
            metric = parse_metric(raw)
        except BadInput as error:
            log.debug("%s: %s It is left out.", self._owner, error)
            return True
        entry = self.known.get(metric.alias or words(metric.name) or 0)
        if entry is None:
            return self._unknown(metric, at, into)
        self._add(metric, entry, at, into, None)
        return True

    def stale(self, at: int, into: Columns) -> None:
        """Nothing is known of these metrics from a moment on."""
        for entry in self.entries:
            if entry.code >= 0:
                into.stale(entry.code, at)

    def _entry(self, name: str, metric: Wire) -> Entry:
        address = self._owner + name
        members = None
        if metric.WhichOneof("value") == "template_value" and not metric.template_value.is_definition:
            inside = {words(m.name): m for m in metric.template_value.metrics}
            members = {inner: self._entry(f"{name}/{inner}", m) for inner, m in inside.items()}
        properties = _properties(metric) if metric.HasField("properties") else None
        code = self._wanted.places.get(address, -1)
        return Entry(name, code, metric.datatype, address in self._wanted.texts, members, properties)

    def _unknown(self, metric: Wire, at: int, into: Columns) -> bool:
        """A metric that the birth did not name: kept where it names itself; whether that is no reason for a rebirth."""
        if not metric.name:
            return False
        entry = self._entry(words(metric.name), metric)
        if entry.code >= 0 and entry.datatype:
            self._add(metric, entry, at, into, None)
        return bool(metric.name == REBIRTH)

    def _add(self, metric: Wire, entry: Entry, at: int, into: Columns, floor: int | None) -> None:
        when = metric.timestamp if 0 < metric.timestamp < LATEST else at
        if entry.members is not None:
            self._members(metric, entry, when, into, floor)
        if entry.code < 0 or metric.is_transient:
            return
        number, text = (None, None) if metric.is_null else value(metric, entry.datatype, written=entry.written)
        quality = _quality(metric) if metric.HasField("properties") else 0
        if number is None and text is None:
            quality = quality if quality >= BAD else BAD_NO_DATA
        elif quality >= BAD:
            number = text = None
        into.add(entry.code, when, number, text, quality)
        if floor is not None and when < floor and not metric.is_historical:
            into.add(entry.code, floor, number, text, quality)

    def _members(self, metric: Wire, entry: Entry, at: int, into: Columns, floor: int | None) -> None:
        for member in metric.template_value.metrics:
            known = (entry.members or {}).get(words(member.name))
            if known is not None:
                self._add(member, known, at, into, floor)


def _flat(entry: Entry) -> Iterable[Entry]:
    yield entry
    for member in (entry.members or {}).values():
        yield from _flat(member)


def _quality(metric: Wire) -> int:
    """The status code of a metric's quality property; good where it has none."""
    for key, said in zip(metric.properties.keys, metric.properties.values, strict=False):
        if words(key).casefold() == QUALITY.casefold() and said.WhichOneof("value") in ("int_value", "long_value"):
            number = integer(getattr(said, said.WhichOneof("value")), Type.INT32)
            return QUALITIES.get(number, number & 0xC0000000)
    return 0


def _properties(metric: Wire) -> dict[str, str]:
    """The properties of a metric that are numbers or texts, written out."""
    found: dict[str, str] = {}
    for key, said in zip(metric.properties.keys, metric.properties.values, strict=False):
        if said.WhichOneof("value") not in (None, "propertyset_value", "propertysets_value"):
            number, text = value(said, said.type)
            found[words(key)] = text if text is not None else "" if number is None else f"{number:g}"
    return found
