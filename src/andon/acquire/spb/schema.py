"""The Sparkplug B payload as Protocol Buffers: its messages described here by their field numbers."""

from __future__ import annotations

import zlib
from typing import Any, cast

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from ...errors import BadInput

KINDS = {
    "u32": FieldDescriptorProto.TYPE_UINT32,
    "u64": FieldDescriptorProto.TYPE_UINT64,
    "f32": FieldDescriptorProto.TYPE_FLOAT,
    "f64": FieldDescriptorProto.TYPE_DOUBLE,
    "bool": FieldDescriptorProto.TYPE_BOOL,
    "text": FieldDescriptorProto.TYPE_STRING,
    "bytes": FieldDescriptorProto.TYPE_BYTES,
}
MESSAGES = {
    "Payload": "timestamp=1:u64 metrics=2:*Metric seq=3:u64 uuid=4:text body=5:bytes",
    "Frame": "timestamp=1:u64 metrics=2:*bytes seq=3:u64 uuid=4:text body=5:bytes",
    "Metric": "name=1:text alias=2:u64 timestamp=3:u64 datatype=4:u32 is_historical=5:bool is_transient=6:bool "
    "is_null=7:bool metadata=8:MetaData properties=9:PropertySet int_value=10:u32! long_value=11:u64! "
    "float_value=12:f32! double_value=13:f64! boolean_value=14:bool! string_value=15:text! bytes_value=16:bytes! "
    "dataset_value=17:DataSet! template_value=18:Template!",
    "MetaData": "is_multi_part=1:bool content_type=2:text size=3:u64 seq=4:u64 file_name=5:text file_type=6:text "
    "md5=7:text description=8:text",
    "PropertySet": "keys=1:*text values=2:*PropertyValue",
    "PropertySetList": "propertyset=1:*PropertySet",
    "PropertyValue": "type=1:u32 is_null=2:bool int_value=3:u32! long_value=4:u64! float_value=5:f32! "
    "double_value=6:f64! boolean_value=7:bool! string_value=8:text! propertyset_value=9:PropertySet! "
    "propertysets_value=10:PropertySetList!",
    "DataSet": "num_of_columns=1:u64 columns=2:*text types=3:*u32 rows=4:*Row",
    "Row": "elements=1:*Cell",
    "Cell": "int_value=1:u32! long_value=2:u64! float_value=3:f32! double_value=4:f64! boolean_value=5:bool! "
    "string_value=6:text!",
    "Template": "version=1:text metrics=2:*Metric parameters=3:*Parameter template_ref=4:text is_definition=5:bool",
    "Parameter": "name=1:text type=2:u32 int_value=3:u32! long_value=4:u64! float_value=5:f32! double_value=6:f64! "
    "boolean_value=7:bool! string_value=8:text!",
}
"""Field = number : type; `*` repeats, `!` is one of the fields of which a message has at most one (its value).

A Frame is a Payload whose metrics stay bytes. Field numbers of the Sparkplug specification 3.0, chapter 6.
"""


def _described(name: str, fields: str) -> DescriptorProto:
    message = DescriptorProto(name=name)
    if "!" in fields:
        message.oneof_decl.add(name="value")
    for said in fields.split():
        label, _, rest = said.partition("=")
        number, _, kind = rest.partition(":")
        field = message.field.add(name=label, number=int(number), label=FieldDescriptorProto.LABEL_OPTIONAL)
        if kind.startswith("*"):
            field.label = FieldDescriptorProto.LABEL_REPEATED
        if kind.endswith("!"):
            field.oneof_index = 0
        plain = kind.strip("*!")
        field.type = KINDS.get(plain, FieldDescriptorProto.TYPE_MESSAGE)
        if plain not in KINDS:
            field.type_name = f".andon.spb.{plain}"
    return message


def _classes() -> dict[str, type[Message]]:
    file = FileDescriptorProto(name="andon_spb.proto", package="andon.spb", syntax="proto2")
    for name, fields in MESSAGES.items():
        file.message_type.append(_described(name, fields))
    pool = DescriptorPool()
    pool.Add(file)
    return {name: GetMessageClass(pool.FindMessageTypeByName(f"andon.spb.{name}")) for name in MESSAGES}


COMPRESSED = "SPBV1.0_COMPRESSED"
LARGEST = 32 << 20
"""Bytes that a compressed payload may hold."""
CLASSES = _classes()
Wire = Any  # the fields of a message class that is made at run time are not known to the type checker


def parse(payload: bytes, kind: str = "Payload") -> Wire:
    """A payload's fields; as a "Frame" its metrics stay bytes.

    Raises
    ------
    BadInput
        These bytes are no Sparkplug payload.
    """
    found = _read(payload, kind)
    return _read(_inflated(found.body), kind) if found.uuid == COMPRESSED else found


def parse_metric(raw: bytes) -> Wire:
    """The fields of one metric of a frame; raises BadInput."""
    return _read(raw, "Metric")


def _read(raw: bytes, kind: str) -> Wire:
    try:
        return cast(Wire, CLASSES[kind]).FromString(raw)
    except DecodeError as error:
        raise BadInput(f"{len(raw)} bytes that are no Sparkplug {kind.lower()}: {error}.") from None


def _inflated(body: bytes) -> bytes:
    """The payload inside a compressed one, as Eclipse Tahu and its users send it (DEFLATE or GZIP)."""
    inflate = zlib.decompressobj(wbits=47)
    try:
        found = inflate.decompress(body, LARGEST)
    except zlib.error as error:
        raise BadInput(f"{len(body)} bytes that are no compressed Sparkplug payload: {error}.") from None
    if inflate.unconsumed_tail:
        raise BadInput(f"{len(body)} bytes that hold more than {LARGEST >> 20} MiB.")
    return found


def blank() -> Wire:
    """An empty payload to be filled."""
    return CLASSES["Payload"]()
