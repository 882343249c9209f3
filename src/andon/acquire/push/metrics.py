"""Prometheus remote write -> rows by address; a stale marker becomes bad quality."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

import numpy as np
import pyarrow as pa
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from ..lines import REAL_KIND
from ..link import BAD_NO_COMMUNICATION, BAD_NO_DATA, BAD_OUT_OF_RANGE, MOMENT, ROWS
from .answers import Refused
from .heard import Heard
from .points import AHEAD, Read
from .series import Matcher, Series, metric_address

STALE = 0x7FF0000000000002
"""The NaN by which Prometheus says that a series has ended (its value.StaleNaN)."""
FIELD = descriptor_pb2.FieldDescriptorProto
MESSAGES = {
    "Label": (("name", 1, FIELD.TYPE_STRING, ""), ("value", 2, FIELD.TYPE_STRING, "")),
    "Sample": (("value", 1, FIELD.TYPE_DOUBLE, ""), ("timestamp", 2, FIELD.TYPE_INT64, "")),
    # Labels stay bytes: they are taken apart once for each series, not once for each request.
    "TimeSeries": (("labels", 1, FIELD.TYPE_BYTES, "*"), ("samples", 2, FIELD.TYPE_MESSAGE, "*Sample")),
    "WriteRequest": (("timeseries", 1, FIELD.TYPE_MESSAGE, "*TimeSeries"),),
}
"""The messages of remote write 1.0: fields with number and type; "*" repeated, of which message."""


class _Label(Protocol):
    name: str
    value: str


class _Sample(Protocol):
    value: float
    timestamp: int


class _TimeSeries(Protocol):
    labels: Sequence[bytes]
    samples: Sequence[_Sample]


class _WriteRequest(Protocol):
    timeseries: Sequence[_TimeSeries]


def read_metrics(body: bytes, limit: int, now: int, matcher: Matcher, heard: Heard) -> Read:
    """The rows that a remote write (Snappy and protobuf) brings to the addresses."""
    request = _request(_unsnapped(body, limit))
    places: list[int] = []
    values: list[float] = []
    moments: list[int] = []
    count = 0
    for series in request.timeseries:
        key = b"".join(series.labels)
        if (fed := matcher.known.get(key)) is None:
            named = _series(series.labels)
            fed = matcher.feeds(key, named)
            heard.note(metric_address(named), REAL_KIND, None)
        count += len(series.samples)
        for place in fed:
            for sample in series.samples:
                places.append(place)
                values.append(sample.value)
                moments.append(sample.timestamp)
    return Read(_rows(places, values, moments, matcher, now), count, [])


def _rows(places: list[int], values: list[float], moments: list[int], matcher: Matcher, now: int) -> pa.Table:
    said, at = np.array(values, dtype=np.float64), np.array(moments, dtype=np.int64) * 1000
    quality = np.zeros(len(said), dtype=np.uint32)
    quality[np.isnan(said)] = BAD_NO_DATA
    quality[np.isinf(said)] = BAD_OUT_OF_RANGE
    quality[said.view(np.uint64) == STALE] = BAD_NO_COMMUNICATION
    rows = pa.table(
        {
            "address": pa.DictionaryArray.from_arrays(
                pa.array(places, pa.int32()), pa.array(matcher.addresses, pa.string())
            ),
            "at": pa.array(at).cast(MOMENT),
            "value": pa.array(said, mask=~np.isfinite(said)),
            "text": pa.nulls(len(said), pa.string()),
            "quality": pa.array(quality),
        },
        schema=ROWS,
    )
    fine = (at >= 0) & (at <= now + AHEAD)
    return rows if fine.all() else rows.filter(pa.array(fine))


def _series(labels: Sequence[bytes]) -> Series:
    tags: dict[str, str] = {}
    for raw in labels:
        label = cast(_Label, LABEL.FromString(raw))
        tags[label.name] = label.value
    return Series(tags.pop("__name__", ""), tags)


def _unsnapped(body: bytes, limit: int) -> bytes:
    """A Snappy block unpacked; its first bytes say how long it will be."""
    size, shift = 0, 0
    for byte in body[:5]:
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    if size > limit:
        raise Refused(413, f"The body unpacks to more than {limit:,} bytes. Send less at once.")
    try:
        return pa.decompress(body, size, "snappy", asbytes=True)
    except OSError as error:
        raise Refused(400, f"The body is no Snappy block: {error}.") from None


def _request(body: bytes) -> _WriteRequest:
    try:
        return cast(_WriteRequest, WRITE_REQUEST.FromString(body))
    except DecodeError as error:
        raise Refused(400, f"The body is no remote write request: {error}.") from None


def _pool() -> descriptor_pool.DescriptorPool:
    file = descriptor_pb2.FileDescriptorProto(name="andon/remote_write.proto", package="andon.push", syntax="proto3")
    for message, fields in MESSAGES.items():
        told = file.message_type.add(name=message)
        for name, number, kind, of in fields:
            label = FIELD.LABEL_REPEATED if of else FIELD.LABEL_OPTIONAL
            one = told.field.add(name=name, number=number, type=kind, label=label)
            if len(of) > 1:
                one.type_name = f".andon.push.{of[1:]}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return pool


POOL = _pool()
LABEL, WRITE_REQUEST = (
    message_factory.GetMessageClass(POOL.FindMessageTypeByName(f"andon.push.{name}"))
    for name in ("Label", "WriteRequest")
)
