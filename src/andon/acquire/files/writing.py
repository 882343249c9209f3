"""How a text file is written: its encoding, delimiter, and the names in its header, found by looking at its start."""

import csv
import gzip
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedIOBase, BufferedReader
from pathlib import Path
from typing import Literal

from ...errors import BadInput
from .mapping import MEBIBYTE, FileMapping

DELIMITERS = (";", "\t", ",", "|")
NAMES = {
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-1": "cp1252",
    "windows-1252": "cp1252",
    "ansi": "cp1252",
}


@dataclass(frozen=True, slots=True)
class Writing:
    """Encoding (and why), byte order mark in bytes, delimiter, column names, lines before the first row of data."""

    encoding: str
    why: str
    mark: int
    delimiter: str
    names: tuple[str, ...]
    skip: int
    old_lines: bool = False


def open_bytes(path: Path) -> tuple[BufferedIOBase, BufferedReader]:
    """The file's bytes, unpacked where they are gzip, and the file itself (its `tell` is the progress)."""
    raw = path.open("rb")
    packed = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    return (gzip.open(raw, "rb") if packed else raw), raw


def head_of(path: Path, size: int = MEBIBYTE) -> bytes:
    """The first bytes of a file."""
    stream, raw = open_bytes(path)
    with raw, stream:
        try:
            return stream.read(size)
        except (OSError, EOFError) as error:
            raise BadInput(f"{path.name} cannot be unpacked: {error}.") from None


def read_writing(path: Path, mapping: FileMapping) -> Writing:
    """Find out how a delimited text file is written, as far as the mapping does not say it."""
    head = head_of(path)
    encoding, why, mark = find_encoding(head, mapping.encoding)
    text = head[mark:].decode(encoding, errors="replace")
    if not text.strip():
        raise BadInput(f"{path.name} is empty.")
    old_lines = "\n" not in text and "\r" in text
    lines = re.split(r"\r\n|\n|\r", text)
    lines = (lines if len(head) < MEBIBYTE else lines[:-1])[mapping.skip_rows :]
    delimiter = mapping.delimiter or find_delimiter(lines, mapping.quote)
    rows = list(_some_rows(lines, delimiter, mapping.quote))
    if not rows:
        raise BadInput(f"{path.name} has no rows after the first {mapping.skip_rows} lines (skip_rows).")
    names, taken = find_names(rows, header=mapping.header), _header_lines(lines, delimiter, mapping)
    return Writing(encoding, why, mark, delimiter, names, mapping.skip_rows + taken, old_lines)


def find_encoding(head: bytes, wanted: str = "auto") -> tuple[str, str, int]:
    """The encoding of a text, why we think so, and how many bytes its byte order mark has.

    >>> find_encoding("温度".encode("gbk"))[0], find_encoding("Zähler".encode("cp1252"))[0]
    ('gb18030', 'cp1252')
    """
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark) and wanted.lower() in ("auto", name, "utf-16", "utf8", "utf-8-sig"):
            return name, "it begins with a byte order mark", len(mark)
    if wanted != "auto":
        return _known(wanted), "the mapping says so", 0
    for odd, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = head[odd:2000:2]
        if half and half.count(0) > 0.6 * len(half):
            return name, "every second byte is zero", 0
    try:
        head[:-4].decode("utf-8") if len(head) >= MEBIBYTE else head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4 or len(head) < MEBIBYTE:
            return _without_mark(head)
    return "utf-8", "it is ASCII" if head.isascii() else "all its bytes are valid UTF-8", 0


def _without_mark(head: bytes) -> tuple[str, str, int]:
    # GB 2312 characters are two bytes from A1 up; letters of western code pages stand alone among ASCII
    runs = [len(r) for r in re.findall(rb"[\x80-\xff]+", head)]
    even = sum(1 for n in runs if n % 2 == 0)
    if even >= 0.9 * len(runs):
        return "gb18030", "not UTF-8, and its bytes above 127 come in pairs: Chinese GBK", 0
    return "cp1252", "not UTF-8, and its bytes above 127 stand alone: western Windows code page", 0


def _known(name: str) -> str:
    text = NAMES.get(name.lower(), name.lower())
    try:
        "a".encode(text)
    except LookupError:
        raise BadInput(f"There is no encoding {name!r}. Write utf-8, utf-16, gbk, cp1252 or the like.") from None
    return "utf-16-le" if text in ("utf-16", "utf16") else text


def find_delimiter(lines: Sequence[str], quote: str = '"') -> str:
    """The sign that cuts the rows into the same number of cells, most often, and into the most cells.

    >>> find_delimiter(["time;temp", "10:00;1,5", "10:01;2,5"])
    ';'
    """
    best = max(DELIMITERS, key=lambda d: _evenness(list(_some_rows(lines, d, quote))))
    return best if _evenness(list(_some_rows(lines, best, quote)))[1] > 1 else ","


def quoting(quote: str) -> Literal[0, 3]:
    """The csv module's word for "with quotes" or "without"."""
    return csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE


def _evenness(rows: list[list[str]]) -> tuple[bool, int, float]:
    if not rows:
        return False, 0, 0.0
    width, times = Counter(len(r) for r in rows).most_common(1)[0]
    return width > 1 and times >= 0.8 * len(rows), width if width > 1 else 0, times / len(rows)


def _some_rows(lines: Sequence[str], delimiter: str, quote: str, most: int = 200) -> Iterator[list[str]]:
    csv.field_size_limit(64 * MEBIBYTE)
    filled = (line + "\n" for line in lines[:most] if line.strip())
    try:
        yield from csv.reader(filled, delimiter=delimiter, quotechar=quote or None, quoting=quoting(quote))
    except csv.Error as error:
        raise BadInput(f"The first lines are no delimited text: {error}.") from None


def _header_lines(lines: Sequence[str], delimiter: str, mapping: FileMapping) -> int:
    """How many lines the header takes: blank ones before it, and more than one where a name holds a line break."""
    if not mapping.header:
        return 0
    blank = next((i for i, line in enumerate(lines) if line.strip()), 0)
    reader = csv.reader(
        (line + "\n" for line in lines[blank:]),
        delimiter=delimiter,
        quotechar=mapping.quote or None,
        quoting=quoting(mapping.quote),
    )
    next(reader)
    return blank + reader.line_num


def find_names(rows: list[list[str]], *, header: bool) -> tuple[str, ...]:
    """The names of the columns; those without one are called by their place, a second "x" is "x (2)".

    >>> find_names([["time", "x", "x"], ["1", "2", "3", "4"]], header=True)
    ('time', 'x', 'x (2)', 'column 4')
    """
    data = rows[1:] if header else rows
    width = Counter(len(r) for r in data).most_common(1)[0][0] if data else len(rows[0])
    first = [n.strip().lstrip("\ufeff") for n in rows[0]] if header else []
    while len(first) > width and not first[-1]:
        first.pop()
    first += [""] * (width - len(first))
    names: list[str] = []
    for place, name in enumerate(first, 1):
        plain = name or f"column {place}"
        count = sum(1 for n in names if n == plain or n.startswith(f"{plain} ("))
        names.append(f"{plain} ({count + 1})" if plain in names else plain)
    return tuple(names)
