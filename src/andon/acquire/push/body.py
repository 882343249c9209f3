"""The body of a request: read in time, unpacked, never bigger than allowed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Literal

import pyarrow as pa

from .answers import Refused
from .desk import Body

SLOW, BASE = 64 << 10, 10.0
"""A body has to come at so many bytes a second at least, after so many seconds' grace."""
PACKED: Mapping[str, Literal["gzip", "zstd"]] = {"gzip": "gzip", "x-gzip": "gzip", "zstd": "zstd"}


async def read_body(stream: AsyncIterator[bytes], headers: Mapping[str, str], *, limit: int, body: Body) -> bytes:
    """A body as it came, still packed.

    Raises
    ------
    Refused
        It is bigger than `limit` bytes (413), too slow (408), or there is no room for it now (503).
    """
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise _too_big(limit)
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BASE) as late:
            begun = asyncio.get_running_loop().time()
            async for part in stream:
                body.more(len(part))
                size += len(part)
                if size > limit:
                    raise _too_big(limit)
                parts.append(part)
                late.reschedule(begun + BASE + size / SLOW)
    except TimeoutError:
        raise Refused(408, "The body came too slowly.") from None
    return b"".join(parts)


def unpack(raw: bytes, encoding: str, *, limit: int) -> bytes:
    """A body unpacked, at most `limit` bytes of it, whatever it would become.

    >>> import gzip
    >>> unpack(gzip.compress(b"cpu f=1"), "gzip", limit=100)
    b'cpu f=1'
    """
    plain = encoding.strip().casefold()
    if plain in ("", "identity"):
        return raw
    if plain not in PACKED:
        raise Refused(415, f"Content-Encoding {encoding!r} is not understood here: send gzip, zstd or none.")
    try:
        with pa.CompressedInputStream(pa.BufferReader(raw), PACKED[plain]) as stream:
            parts: list[bytes] = []
            size = 0
            while part := stream.read(1 << 20):
                size += len(part)
                if size > limit:
                    raise _too_big(limit)
                parts.append(part)
    except OSError as error:
        raise Refused(400, f"The body is no whole {plain}: {error}.") from None
    return b"".join(parts)


def _too_big(limit: int) -> Refused:
    return Refused(413, f"The body is bigger than {limit:,} bytes (unpacked). Send less at once.")
