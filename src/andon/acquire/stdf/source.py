"""The bytes of a file, unpacked while they are read; what a torn archive still gives is given."""

from __future__ import annotations

import bz2
import zlib
from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import Protocol

import pyarrow as pa

PIECE = 1 << 20


class Torn(Exception):
    """An archive that ends or breaks in the middle; `args` say how."""


class _Unpacker(Protocol):
    """What zlib and bz2 have in common."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


MAGIC: dict[bytes, str] = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\x28\xb5\x2f\xfd": "zstd"}


def packed(path: Path) -> str:
    """How a file is packed, by its first bytes: gzip, bzip2, zstd, or "" for not at all."""
    with path.open("rb") as stream:
        head = stream.read(4)
    return next((name for magic, name in MAGIC.items() if head.startswith(magic)), "")


def pieces(path: Path) -> Iterator[tuple[bytes, int]]:
    """The unpacked bytes of a file, piece by piece, each with how far the file itself was read.

    Raises
    ------
    Torn
        After the last piece that could be unpacked.
    """
    how = packed(path)
    with path.open("rb") as stream:
        if how == "zstd":
            yield from _zstd(stream)
        elif how:
            yield from _unpacked(stream, _gzip if how == "gzip" else bz2.BZ2Decompressor)
        else:
            while piece := stream.read(PIECE // 4):
                yield piece, stream.tell()


def _gzip() -> _Unpacker:
    return zlib.decompressobj(31)  # 16 + the largest window: with the head of a gzip file


def _unpacked(stream: BufferedReader, make: Callable[[], _Unpacker]) -> Iterator[tuple[bytes, int]]:
    """One archive after the other, as `cat` joins them."""
    unpacker, begun = make(), False
    while given := stream.read(PIECE):
        while given:
            try:
                found = unpacker.decompress(given)
            except (zlib.error, OSError, EOFError) as error:
                if begun or unpacker.eof:
                    raise Torn(f"the archive is damaged ({error})") from None
                return  # what follows a whole archive is padding
            begun = True
            if found:
                yield found, stream.tell()
            given = unpacker.unused_data if unpacker.eof else b""
            if unpacker.eof:
                unpacker, begun = make(), False
    if begun and not unpacker.eof:
        raise Torn("the archive ends in the middle")


def _zstd(stream: BufferedReader) -> Iterator[tuple[bytes, int]]:
    unpacked = pa.CompressedInputStream(pa.PythonFile(stream, mode="r"), "zstd")
    while True:
        try:
            found = unpacked.read(1 << 16)
        except (OSError, pa.ArrowException) as error:
            raise Torn(f"the archive is damaged or ends in the middle ({error})") from None
        if not found:
            return
        yield found, stream.tell()
