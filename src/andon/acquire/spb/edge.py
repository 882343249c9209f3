"""What an edge node publishes: births, data and deaths, encoded; what it is asked: rebirths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .schema import Wire, blank
from .values import Given, Type, put

NAMESPACE = "spBv1.0"
REBIRTH = "Node Control/Rebirth"
QUALITY = "Quality"
GOOD, STALE = 192, 500


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of a payload; `at` in milliseconds, in data an alias instead of the name; `properties` in births."""

    name: str
    type: Type
    value: Given
    at: int = 0
    alias: int | None = None
    historical: bool = False
    quality: int | None = None
    properties: Mapping[str, str] = field(default_factory=dict)


def encode(metrics: Iterable[Metric], at: int, seq: int | None = None, *, birth: bool = False) -> bytes:
    """A payload: a birth has names, types and properties, data has aliases where there are any.

    >>> from andon.acquire.spb import parse
    >>> parse(encode([Metric("bdSeq", Type.INT64, 0)], 1790805600000, birth=True)).metrics[0].name
    'bdSeq'
    """
    payload = blank()
    payload.timestamp = at
    if seq is not None:
        payload.seq = seq
    for given in metrics:
        _add(payload.metrics.add(), given, at, birth)
    return bytes(payload.SerializeToString())


def _add(metric: Wire, given: Metric, at: int, birth: bool) -> None:
    if birth or given.alias is None:
        metric.name = given.name
    if given.alias is not None:
        metric.alias = given.alias
    metric.timestamp = given.at or at
    if birth:
        metric.datatype = given.type
    if given.historical:
        metric.is_historical = True
    for key, text in given.properties.items():
        _property(metric, key, Type.STRING, text)
    if given.quality is not None:
        _property(metric, QUALITY, Type.INT32, given.quality)
    put(metric, given.type, given.value)


def _property(metric: Wire, key: str, datatype: Type, given: Given) -> None:
    metric.properties.keys.append(key)
    written = metric.properties.values.add()
    written.type = datatype
    put(written, datatype, given)


def topic(group: str, kind: str, node: str, device: str = "") -> str:
    """The topic of a message.

    >>> topic("works", "DDATA", "line-1", "press-3")
    'spBv1.0/works/DDATA/line-1/press-3'
    """
    return "/".join([NAMESPACE, group, kind, node, *([device] if device else [])])


def rebirth(at: int) -> bytes:
    """The command that asks a node for its births: no sequence number, QoS 0, not retained."""
    return encode([Metric(REBIRTH, Type.BOOLEAN, True)], at)


@dataclass(slots=True)
class Order:
    """An edge node's sequence number, 0 to 255 and round again, and its bdSeq."""

    births: int = 0
    last: int = -1

    def born(self) -> int:
        """The number of an NBIRTH."""
        self.last = 0
        return 0

    def next(self) -> int:
        """The number of the next message."""
        self.last = (self.last + 1) % 256
        return self.last


def born(metrics: Iterable[Metric], at: int, births: int) -> bytes:
    """An NBIRTH: bdSeq and the rebirth command before all else, sequence number 0."""
    first = [Metric("bdSeq", Type.INT64, births), Metric(REBIRTH, Type.BOOLEAN, False)]
    return encode([*first, *metrics], at, 0, birth=True)


def died(at: int, births: int) -> bytes:
    """An NDEATH: bdSeq only, no sequence number; the will of an edge node."""
    payload = blank()
    payload.timestamp = at
    metric = payload.metrics.add()
    metric.name, metric.datatype, metric.long_value, metric.timestamp = "bdSeq", Type.INT64, births, at
    return bytes(payload.SerializeToString())
