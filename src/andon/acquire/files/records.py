"""Pieces of a text file that end where a record ends, as UTF-8, with the line on which each begins."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import BadInput
from .writing import open_bytes

Positions = NDArray[np.int64]
PATIENCE = 8  # a quoted cell may span this many blocks; then its opening quote is taken for a typing error


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole records as UTF-8: the line of the first one, how much of the file is read, what is odd about them.

    `damaged`: some bytes were no characters and stand as U+FFFD. `torn`: a quote was opened and never closed.
    """

    text: bytes
    line: int
    position: int
    damaged: bool = False
    torn: bool = False


@dataclass(frozen=True, slots=True)
class Marks:
    """The signs between cells and around them; "" for none."""

    delimiter: str = ""
    quote: str = ""
    old_lines: bool = False


def pieces(path: Path, *, encoding: str, mark: int, block: int, marks: Marks) -> Iterator[Piece]:
    """Cut a file into pieces of about `block` bytes; none of them ends inside a record."""
    stream, raw = open_bytes(path)
    with raw, stream:
        stream.read(mark)
        rest, line, damaged = b"", 1, False
        for text, spoiled, last in _decoded(stream, encoding, block, marks.old_lines):
            whole, damaged = rest + text, damaged or spoiled
            end, torn = (len(whole), False) if last else _cut(whole, marks, block)
            if last and marks.quote:
                torn = _open_at_end(whole, marks)
            if end:
                yield Piece(whole[:end], line, raw.tell(), damaged, torn)
                line, damaged = line + whole.count(b"\n", 0, end), False
            rest = whole[end:]


def _decoded(stream: BufferedIOBase, encoding: str, block: int, old_lines: bool) -> Iterator[tuple[bytes, bool, bool]]:
    """(UTF-8, whether bytes had to be replaced, whether that was all)."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    plain, last = encoding == "utf-8", False
    while not last:
        try:
            raw = stream.read(block)
        except (OSError, EOFError) as error:
            raise BadInput(f"The file cannot be read to its end: {error}.") from None
        last = not raw
        if plain and raw.isascii() and not decoder.getstate()[0]:
            text, spoiled = raw, False
        else:
            decoded = decoder.decode(raw, final=last)
            text, spoiled = decoded.encode("utf-8", errors="replace"), "\ufffd" in decoded
        yield (text.replace(b"\r", b"\n") if old_lines else text), spoiled, last


def _cut(text: bytes, marks: Marks, block: int) -> tuple[int, bool]:
    """Where the last whole record ends (0: nowhere yet), and whether a quote is open beyond our patience."""
    if not marks.quote or marks.quote.encode() not in text:
        return text.rfind(b"\n") + 1, False
    ends = record_ends(text, marks)
    if len(ends):
        return int(ends[-1]), False
    return (text.rfind(b"\n") + 1, True) if len(text) > PATIENCE * block else (0, False)


def _open_at_end(text: bytes, marks: Marks) -> bool:
    if marks.quote.encode() not in text:
        return False
    closed = text if text.endswith(b"\n") else text + b"\n"
    ends = record_ends(closed, marks)
    return not len(ends) or int(ends[-1]) < len(closed)


def record_ends(text: bytes, marks: Marks) -> Positions:
    """The positions after the line breaks that end a record; line breaks inside quotes end none."""
    array = np.frombuffer(text, dtype=np.uint8)
    breaks = np.flatnonzero(array == 10)
    quotes = np.flatnonzero(array == ord(marks.quote)) if marks.quote else breaks[:0]
    if not len(quotes):
        return breaks + 1
    opening = quotes[::2]
    before = np.where(opening > 0, array[np.maximum(opening - 1, 0)], 10)
    regular = np.isin(before, [10, 13, ord(marks.delimiter), ord(marks.quote)])
    if not regular.all():
        return _slowly(text, marks)
    inside = np.searchsorted(quotes, breaks) % 2 == 1
    return np.asarray(breaks[~inside] + 1, dtype=np.int64)


def _slowly(text: bytes, marks: Marks) -> Positions:
    """The same where quotes stand inside plain cells (5" pipe): cell by cell."""
    d, q = re.escape(marks.delimiter.encode()), re.escape(marks.quote.encode())
    cell = rb"(?:%s[^%s]*(?:%s%s[^%s]*)*%s[^%s\n]*|[^%s%s\n][^%s\n]*)?" % (q, q, q, q, q, q, d, q, d, d)
    record = re.compile(rb"%s(?:%s%s)*\n" % (cell, d, cell))
    ends, at = [], 0
    while (found := record.match(text, at)) is not None:
        at = found.end()
        ends.append(at)
    return np.array(ends, dtype=np.int64)


def record_lines(text: bytes, first: int, marks: Marks) -> Positions:
    """The line on which each record begins that is not blank; the first record begins on line `first`."""
    ends = record_ends(text if text.endswith(b"\n") else text + b"\n", marks)
    starts = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]])
    array = np.frombuffer(text, dtype=np.uint8)
    length = ends - starts
    here = array[np.minimum(starts, len(array) - 1)]
    blank = (length == 1) | ((length == 2) & (here == 13))
    breaks = np.flatnonzero(array == 10)
    return np.asarray((first + np.searchsorted(breaks, starts))[~blank], dtype=np.int64)
