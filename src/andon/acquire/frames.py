"""Batches as bytes: on a relay's disk and on its way to the centre; read safely, whoever wrote them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from zlib import crc32

import orjson
import pyarrow as pa

from ..errors import BadInput
from ..model import Batch

MAGIC = b"ANDB"
HEADER = struct.Struct("<4sIII")
"""The mark, the length of what is said about the batch (JSON), the length of its tables, a CRC-32 of both."""
LARGEST = 1 << 30
"""No frame is longer: a length beyond it is damage."""
TABLES = ("samples", "waveforms", "units", "measurements", "spells")
Check = Callable[[pa.DataType], bool]


@dataclass(frozen=True, slots=True)
class Frame:
    """A batch in bytes: where it begins and ends in its buffer, whose it is, and its tables (name, Arrow stream)."""

    begin: int
    end: int
    source: str
    number: int
    tables: tuple[tuple[str, memoryview], ...]


def encode(batch: Batch) -> bytes:
    """A batch as one frame.

    >>> batch = Batch("press", 7, spells=pa.table({"kind": ["connection"]}))
    >>> [(f.source, f.number, [name for name, _ in f.tables]) for f in frames(encode(batch))]
    [('press', 7, ['spells'])]
    """
    tables = [(name, _stream(table)) for name in TABLES if (table := getattr(batch, name)) is not None]
    said = orjson.dumps({"source": batch.source, "number": batch.number, "tables": [(n, len(b)) for n, b in tables]})
    body = b"".join(bytes(b) for _, b in tables)
    return HEADER.pack(MAGIC, len(said), len(body), crc32(body, crc32(said))) + said + body


def frames(buffer: bytes | memoryview, begin: int = 0) -> Iterator[Frame]:
    """The frames of a buffer in order, up to its end or to the first that is not whole."""
    view = memoryview(buffer)
    while (frame := frame_at(view, begin)) is not None:
        yield frame
        begin = frame.end


def frame_at(view: memoryview, begin: int) -> Frame | None:
    """The frame that begins there; None where none does, or it is not whole, or its bytes are not as written."""
    if begin + HEADER.size > len(view):
        return None
    magic, said, body, crc = HEADER.unpack_from(view, begin)
    first = begin + HEADER.size
    end = first + said + body
    if magic != MAGIC or said + body > LARGEST or end > len(view) or crc32(view[first:end]) != crc:
        return None
    try:
        told = orjson.loads(view[first : first + said])
        lengths = [(str(n), int(size)) for n, size in told["tables"]]
        source, number = str(told["source"]), int(told["number"])
    except (ValueError, TypeError, KeyError):
        return None
    tables, at = [], first + said
    for name, size in lengths:
        if size < 0 or at + size > end:
            return None
        tables.append((name, view[at : at + size]))
        at += size
    return Frame(begin, end, source, number, tuple(tables))


def decode(frame: Frame) -> Batch:
    """The batch in a frame, its tables checked so that a historian can store it.

    Raises
    ------
    BadInput
        A table is unknown, or has columns or types that a batch has not.
    """
    found: dict[str, pa.Table] = {}
    for name, stream in frame.tables:
        if name not in FORMS or name in found:
            raise BadInput(f"Batch {frame.number} of {frame.source!r} has a table {name!r}.")
        found[name] = checked(read_stream(stream), FORMS[name], f"{name} of batch {frame.number} of {frame.source!r}")
    return Batch(frame.source, frame.number, **found)


def read_stream(stream: bytes | memoryview) -> pa.Table:
    """An Arrow IPC stream from somebody else as a table.

    Raises
    ------
    BadInput
        It is none, or its buffers are compressed (what they would become cannot be bounded; compress the body).
    """
    buffer = pa.py_buffer(stream)
    try:
        for message in pa.ipc.MessageReader.open_stream(buffer):
            if message.type != "schema" and _is_compressed(message.metadata.to_pybytes(), message.type):
                raise BadInput("The Arrow buffers are compressed. Send them plain, and compress the body (zstd, gzip).")
        with pa.ipc.open_stream(buffer) as reader:
            strange = [f for f in reader.schema if not _is_plain(f.type)]
            if strange:
                raise BadInput(f"Column {strange[0].name!r} is {strange[0].type}, which is not stored.")
            table: pa.Table = reader.read_all()
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, struct.error) as error:
        raise BadInput(f"This is no Arrow stream: {str(error)[:200]}") from None
    return table


def checked(table: pa.Table, form: Mapping[str, tuple[Check, bool]], where: str) -> pa.Table:
    """A table that has the columns of a form (type, whether each row needs one), in any order.

    Raises
    ------
    BadInput
        It has others, lacks one, or one has the wrong type.
    """
    for name in table.column_names:
        if table.column_names.count(name) > 1:
            raise BadInput(f"{where}: column {name!r} is there twice.")
        if name not in form and ANY not in form:
            raise BadInput(f"{where}: unknown column {name!r}. The columns are {', '.join(form)}.")
    strange = [(n, form[ANY]) for n in table.column_names if n not in form]
    for name, (fits, needed) in (*(f for f in form.items() if f[0] != ANY), *strange):
        if name not in table.column_names:
            if needed:
                raise BadInput(f"{where}: column {name!r} is missing.")
            continue
        if not fits(table.schema.field(name).type):
            raise BadInput(f"{where}: column {name!r} cannot be {table.schema.field(name).type}.")
        if needed and table[name].null_count:
            raise BadInput(f"{where}: column {name!r} has rows without a value; each row needs one.")
    return table


def _stream(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.unify_dictionaries())
    return sink.getvalue()


def _is_compressed(metadata: bytes, kind: str) -> bool:
    """Whether a message of record batches has compressed buffers (fields of Arrow's Message.fbs, by place)."""
    (root,) = struct.unpack_from("<I", metadata, 0)
    batch = _field(metadata, root, 2)
    if kind == "dictionary" and batch:
        batch = _field(metadata, batch, 1)
    return bool(batch and _field(metadata, batch, 3))


def _field(metadata: bytes, table: int, place: int) -> int:
    """Where the table in a field of a flatbuffer table begins; 0 where the field is absent."""
    (back,) = struct.unpack_from("<i", metadata, table)
    if not 0 <= table - back <= len(metadata):
        raise ValueError("its metadata is damaged")
    (size,) = struct.unpack_from("<H", metadata, table - back)
    if 4 + 2 * place >= size:
        return 0
    (offset,) = struct.unpack_from("<H", metadata, table - back + 4 + 2 * place)
    return table + offset + int(struct.unpack_from("<I", metadata, table + offset)[0]) if offset else 0


def _is_text(kind: pa.DataType) -> bool:
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_string(plain) or pa.types.is_large_string(plain)


def _is_moment(kind: pa.DataType) -> bool:
    return pa.types.is_timestamp(kind) and kind.tz is not None


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind)


def _is_block(kind: pa.DataType) -> bool:
    return pa.types.is_list(kind) and pa.types.is_floating(kind.value_type)


def _is_plain(kind: pa.DataType) -> bool:
    """A type whose rows take room in the stream, so that few bytes cannot claim many rows."""
    return _is_text(kind) or pa.types.is_timestamp(kind) or _is_number(kind) or _is_block(kind)


def is_code(kind: pa.DataType) -> bool:
    return bool(kind == pa.uint32())


SAMPLES: Mapping[str, tuple[Check, bool]] = {
    "signal": (_is_text, True),
    "at": (_is_moment, True),
    "value": (_is_number, False),
    "text": (_is_text, False),
    "quality": (is_code, False),
}
UNITS: Mapping[str, tuple[Check, bool]] = {
    **dict.fromkeys(("machine", "unit_id"), (_is_text, True)),
    "at": (_is_moment, True),
    **dict.fromkeys(("step", "lot", "wafer", "product"), (_is_text, False)),
    **dict.fromkeys(("x", "y", "site", "hard", "soft", "attempt"), (pa.types.is_integer, False)),
    "passed": (pa.types.is_boolean, False),
    "seconds": (_is_number, False),
}
VALUES: Mapping[str, tuple[Check, bool]] = {
    "test": (_is_text, True),
    **dict.fromkeys(("row", "number"), (pa.types.is_integer, False)),
    **dict.fromkeys(("value", "low", "high"), (_is_number, False)),
    "unit": (_is_text, False),
    "passed": (pa.types.is_boolean, False),
}
ANY = "*"
"""A column of any other name: a fact of units."""
FORMS: Mapping[str, Mapping[str, tuple[Check, bool]]] = {
    "samples": SAMPLES,
    "waveforms": {
        "signal": (_is_text, True),
        "at": (_is_moment, True),
        "rate": (_is_number, True),
        "block": (_is_block, True),
    },
    "units": {**UNITS, ANY: (_is_text, False)},
    "measurements": {**{n: (fits, False) for n, (fits, _) in UNITS.items()}, **VALUES, ANY: (_is_text, False)},
    "spells": dict.fromkeys(("kind", "place", "text"), (_is_text, True))
    | dict.fromkeys(("since", "until"), (_is_moment, True))
    | {"detail": (_is_text, False)},
}
"""The columns of a batch's tables: which types each may have, and whether each row needs one."""
