"""Rows as CSV, as an Arrow stream: some at a time, so that a large answer takes no more memory than a small one."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from pyarrow import csv, ipc

from ...answer import Plain
from ...errors import BadQuestion

TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8", "arrow": "application/vnd.apache.arrow.stream"}
DANGEROUS = r"^([=+\-@\t\r])"
"""A spreadsheet takes a text that begins so for a formula."""


AT: dict[str, pa.DataType] = {"signal": pa.string(), "at": pa.timestamp("us", "UTC")}
SAID: dict[str, pa.DataType] = {"value": pa.float64(), "text": pa.string(), "quality": pa.uint32()}
BUCKET: dict[str, pa.DataType] = dict.fromkeys(("low", "high", "first", "last"), pa.float64())
SAMPLES, BUCKETS = pa.schema(AT | SAID), pa.schema(AT | BUCKET)
"""Rows of /samples and /trend, as a file has them."""


def shape_of(request: Request, said: str) -> str:
    """What the asker wants: as `format=` says, else as Accept does, else JSON."""
    if said:
        if said not in TYPES:
            raise BadQuestion(f"format = {said!r} is not known here. Give one of: {', '.join(TYPES)}.")
        return said
    accepted = [part.partition(";")[0].strip() for part in request.headers.get("accept", "").split(",")]
    kinds = {kind.partition(";")[0]: name for name, kind in TYPES.items()}
    return next((kinds[a] for a in accepted if a in kinds), "json")


def rows_as(shape: str, tables: Iterator[pa.Table], name: str, schema: pa.Schema = SAMPLES) -> Response:
    """Tables of one schema, `at` in microseconds, as one answer that is sent while it is made."""
    written = _csv(tables, schema) if shape == "csv" else _arrow(tables, schema)
    ending = "csv" if shape == "csv" else "arrows"
    headers = {"content-disposition": f'attachment; filename="{name}.{ending}"', "cache-control": "no-store"}
    return StreamingResponse(written, media_type=TYPES[shape], headers=headers)


def bucket_rows(curve: Any) -> pa.Table:
    """A curve of a trend, a row a bucket."""
    said = curve.buckets
    signal = pa.array([curve.signal.path] * said.num_rows, pa.string())
    return pa.table({"signal": signal, "at": said["at"].cast(pa.int64()), **{n: said[n] for n in BUCKET}})


def harmless(column: pa.ChunkedArray[pa.StringScalar]) -> pa.ChunkedArray[pa.StringScalar]:
    """Texts that a spreadsheet does not take for formulas."""
    if not pa.types.is_string(column.type):
        return column
    return pc.replace_substring_regex(column, pattern=DANGEROUS, replacement=r"'\1")


def _csv(tables: Iterator[pa.Table], schema: pa.Schema) -> Iterator[bytes]:
    """Moments as RFC 3339 with microseconds; a header line first, even where nothing follows."""
    yield (",".join(schema.names) + "\n").encode()
    for table in tables:
        out = io.BytesIO()
        moments = table["at"].combine_chunks().cast(pa.timestamp("us"))
        at = pc.strftime(moments, format="%Y-%m-%dT%H:%M:%SZ")  # type: ignore[arg-type]  # its stubs leave this type out
        said = table.set_column(1, "at", at)
        said = pa.table({n: harmless(said[n]) for n in said.column_names})
        csv.write_csv(said, out, csv.WriteOptions(include_header=False, quoting_style="needed"))
        yield out.getvalue()


def _arrow(tables: Iterator[pa.Table], schema: pa.Schema) -> Iterator[bytes]:
    out = io.BytesIO()
    with ipc.new_stream(out, schema) as stream:
        yield _taken(out)
        for table in tables:
            stream.write_table(table.cast(schema))
            yield _taken(out)
    yield _taken(out)


def _taken(out: io.BytesIO) -> bytes:
    written = out.getvalue()
    out.seek(0)
    out.truncate()
    return written


def answer_as(shape: str, rows: Sequence[Mapping[str, Plain]], name: str) -> Response:
    """Rows of an answer as one file; lists inside a row are for programs that read JSON."""
    names = [
        n for n in dict.fromkeys(n for r in rows for n in r) if not any(isinstance(r.get(n), list | dict) for r in rows)
    ]
    table = pa.table({n: _column([r.get(n) for r in rows]) for n in names})
    out = io.BytesIO()
    if shape == "csv":
        csv.write_csv(pa.table({n: harmless(table[n]) for n in names}), out)
    else:
        with ipc.new_stream(out, table.schema) as stream:
            stream.write_table(table)
    ending = "csv" if shape == "csv" else "arrows"
    headers = {"content-disposition": f'attachment; filename="{name}.{ending}"', "cache-control": "no-cache"}
    return Response(out.getvalue(), media_type=TYPES[shape], headers=headers)


def _column(values: list[Plain]) -> pa.Array[pa.Scalar[pa.DataType]]:
    """Numbers where all are; whole and broken ones together are broken ones; else texts."""
    said = [v for v in values if v is not None]
    if said and all(isinstance(v, bool) for v in said):
        return pa.array(values, pa.bool_())
    if said and all(isinstance(v, int | float) and not isinstance(v, bool) for v in said):
        return pa.array(values, pa.int64() if all(isinstance(v, int) for v in said) else pa.float64())
    return pa.array([None if v is None else str(v) for v in values], pa.string())
