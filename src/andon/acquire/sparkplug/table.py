"""Birth tables: what a node or device said it has, by name and alias; and payloads read through them to columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from ..link import BAD_NO_COMMUNICATION, BAD_NO_DATA, MOMENT, ROWS, UNCERTAIN_LAST_USABLE_VALUE, Link
from ..spb import QUALITY, REBIRTH, Type, Wire, integer, value

BAD = 0x80000000
QUALITIES = {0: BAD, 192: 0, 500: UNCERTAIN_LAST_USABLE_VALUE}
FLOATS = {name: attrgetter(name) for name in ("double_value", "float_value")}
Key = int | str


class Entry(NamedTuple):
    """One metric of a birth: its name, the place of its address (-1: not wanted), its type."""

    name: str
    code: int
    datatype: int
    written: bool = False
    members: Mapping[str, Entry] | None = None
    properties: Mapping[str, str] | None = None


@dataclass(slots=True)
class Columns:
    """Rows in the making: lists of places, moments and numbers; the few texts and qualities by row."""

    addresses: tuple[str, ...]
    code: list[int] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    value: list[float | None] = field(default_factory=list)
    text: dict[int, str] = field(default_factory=dict)
    quality: dict[int, int] = field(default_factory=dict)
    after: list[int] = field(default_factory=list)
    """Rows that are a microsecond later than their millisecond: an end does not replace what was said just before."""

    def stale(self, code: int, at: int) -> None:
        """Nothing is known from a moment on."""
        self.after.append(len(self.code))
        self.add(code, at, None, None, BAD_NO_COMMUNICATION)

    def add(self, code: int, at: int, number: float | None, text: str | None = None, quality: int = 0) -> None:
        """Add a row; `at` in milliseconds."""
        if text is not None:
            self.text[len(self.code)] = text
        if quality:
            self.quality[len(self.code)] = quality
        self.code.append(code)
        self.at.append(at)
        self.value.append(number)

    def table(self) -> pa.Table:
        """The rows, columns as in `ROWS`."""
        count = len(self.code)
        quality = np.zeros(count, dtype=np.uint32)
        texts: list[str | None] = [None] * count if self.text else []
        for row, status in self.quality.items():
            quality[row] = status
        for row, text in self.text.items():
            texts[row] = text
        codes = np.array(self.code, dtype=np.int32)
        at = np.array(self.at, dtype=np.int64) * 1000
        at[self.after] += 1
        return pa.table(
            {
                "address": pa.DictionaryArray.from_arrays(codes, pa.array(self.addresses, pa.string())),
                "at": pa.array(at, pa.int64()).cast(MOMENT),
                "value": pa.array(self.value, pa.float64()),
                "text": pa.array(texts, pa.string()) if self.text else pa.nulls(count, pa.string()),
                "quality": pa.array(quality),
            },
            schema=ROWS,
        )


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
            entry = self._entry(metric.name, metric)
            self.known[metric.name] = entry
            if metric.HasField("alias"):
                self.known[metric.alias] = entry

    @property
    def entries(self) -> list[Entry]:
        """Every metric once, members of templates among them."""
        return [e for name, entry in self.known.items() if isinstance(name, str) for e in _flat(entry)]

    def read(self, payload: Wire, at: int, into: Columns, *, floor: int | None = None) -> bool:
        """Add the rows of a payload; whether the birth named every metric of it.

        Parameters
        ----------
        payload
            A birth or data message.
        at
            The time of metrics that have none (milliseconds).
        into
            Where the rows go.
        floor
            In a birth: from when on each value holds, though it was measured before.
        """
        named, known, code, moments, numbers = True, self.known, into.code, into.at, into.value
        for metric in payload.metrics:
            entry = known.get(metric.alias or metric.name or 0)
            if entry is None:
                named = self._unknown(metric, at, into) and named
            elif entry.code >= 0 or entry.members is not None:
                wide = FLOATS.get(metric.WhichOneof("value"))
                if wide and floor is None and not metric.is_transient and not metric.HasField("properties"):
                    number = wide(metric)
                    if number - number == 0:  # finite: nearly all metrics there are take this way
                        code.append(entry.code)
                        moments.append(metric.timestamp or at)
                        numbers.append(number)
                        continue
                self._add(metric, entry, at, into, floor)
        return named

    def stale(self, at: int, into: Columns) -> None:
        """Nothing is known of these metrics from a moment on."""
        for entry in self.entries:
            if entry.code >= 0:
                into.stale(entry.code, at)

    def _entry(self, name: str, metric: Wire) -> Entry:
        address = self._owner + name
        members = None
        if metric.WhichOneof("value") == "template_value" and not metric.template_value.is_definition:
            members = {m.name: self._entry(f"{name}/{m.name}", m) for m in metric.template_value.metrics}
        properties = _properties(metric) if metric.HasField("properties") else None
        code = self._wanted.places.get(address, -1)
        return Entry(name, code, metric.datatype, address in self._wanted.texts, members, properties)

    def _unknown(self, metric: Wire, at: int, into: Columns) -> bool:
        """A metric that the birth did not name: kept where it names itself; whether that is no reason for a rebirth."""
        if not metric.name:
            return False
        entry = self._entry(metric.name, metric)
        if entry.code >= 0 and entry.datatype:
            self._add(metric, entry, at, into, None)
        return bool(metric.name == REBIRTH)

    def _add(self, metric: Wire, entry: Entry, at: int, into: Columns, floor: int | None) -> None:
        when = metric.timestamp or at
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
            known = (entry.members or {}).get(member.name)
            if known is not None:
                self._add(member, known, at, into, floor)


def _flat(entry: Entry) -> Iterable[Entry]:
    yield entry
    for member in (entry.members or {}).values():
        yield from _flat(member)


def _quality(metric: Wire) -> int:
    """The status code of a metric's quality property; good where it has none."""
    for key, said in zip(metric.properties.keys, metric.properties.values, strict=False):
        if key.casefold() == QUALITY.casefold() and said.WhichOneof("value") in ("int_value", "long_value"):
            number = integer(getattr(said, said.WhichOneof("value")), Type.INT32)
            return QUALITIES.get(number, number & 0xC0000000)
    return 0


def _properties(metric: Wire) -> dict[str, str]:
    """The properties of a metric that are numbers or texts, written out."""
    found: dict[str, str] = {}
    for key, said in zip(metric.properties.keys, metric.properties.values, strict=False):
        if said.WhichOneof("value") not in (None, "propertyset_value", "propertysets_value"):
            number, text = value(said, said.type)
            found[key] = text if text is not None else f"{number:g}"
    return found
