"""Where in a TOML text each table, key and array element stands, so that a mistake can be named with its line."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Place = tuple[str | int, ...]

SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
BARE = re.compile(r"[A-Za-z0-9_-]+")
BASIC, LITERAL = r'"(?:\\.|[^"\\\n])*"', r"'[^'\n]*'"
LONG_BASIC, LONG_LITERAL = r'"""(?:\\.|(?!"""(?!"))[\s\S])*"""', r"'''(?:(?!'''(?!'))[\s\S])*'''"
STRING = re.compile("|".join((LONG_BASIC, LONG_LITERAL, BASIC, LITERAL)))
SCALAR = re.compile(r"[^,\]}#\n]+")


@dataclass(slots=True)
class Reader:
    """A walk through a TOML text that is known to be valid."""

    text: str
    ends: Sequence[int]
    at: int = 0
    lines: dict[Place, int] = field(default_factory=dict)
    arrays: dict[Place, int] = field(default_factory=dict)


def places(text: str) -> dict[Place, int]:
    """The line of every table, key and array element of a valid TOML text, by its place in the read value.

    Examples
    --------
    >>> found = places('[plant]\\nname = "works"\\n[[shift]]\\nbreaks = [\\n  { start = "10:00" },\\n]\\n')
    >>> found["plant", "name"], found["shift", 0], found["shift", 0, "breaks", 0, "start"]
    (2, 3, 5)
    """
    text = text.replace("\r\n", "\n")
    reader = Reader(text, [m.start() for m in re.finditer("\n", text)])
    table: Place = ()
    while _skip(reader):
        if reader.text[reader.at] == "[":
            table = _header(reader)
        else:
            _pair(reader, table)
    return reader.lines


def line_of(lines: Mapping[Place, int], place: Place) -> int:
    """The line of a place, or of the nearest thing around it that is written down."""
    return next((lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in lines), 1)


def _skip(reader: Reader) -> bool:
    """Go past blanks and comments; is anything left?"""
    match = SPACE.match(reader.text, reader.at)
    reader.at = match.end() if match else reader.at
    return reader.at < len(reader.text)


def _take(reader: Reader, form: re.Pattern[str]) -> str:
    match = form.match(reader.text, reader.at)
    if match is None:
        raise ValueError(f"no TOML at {reader.at}: {reader.text[reader.at : reader.at + 20]!r}")
    reader.at = match.end()
    return match[0]


def _note(reader: Reader, place: Place) -> None:
    reader.lines.setdefault(place, bisect_left(reader.ends, reader.at) + 1)


def _header(reader: Reader) -> Place:
    """Read `[a.b]` or `[[a.b]]`; the place that its keys belong to."""
    many = reader.text.startswith("[[", reader.at)
    start = reader.at
    reader.at += 1 + many
    keys = list(_keys(reader))
    reader.at += 1 + many
    end, reader.at = reader.at, start
    place: Place = ()
    for n, key in enumerate(keys, 1):
        place = (*place, key)
        _note(reader, place)
        if many and n == len(keys):
            reader.arrays[place] = reader.arrays.get(place, -1) + 1
        if place in reader.arrays:
            place = (*place, reader.arrays[place])
    _note(reader, place)
    reader.at = end
    return place


def _keys(reader: Reader) -> Iterator[str]:
    """Read `a.b."c d"` up to what follows it."""
    while True:
        _skip(reader)
        quoted = reader.text[reader.at] in "\"'"
        word = _take(reader, STRING if quoted else BARE)
        yield _unquoted(word) if quoted else word
        _skip(reader)
        if reader.text[reader.at] != ".":
            return
        reader.at += 1


def _unquoted(word: str) -> str:
    if word.startswith("'"):
        return word[1:-1]
    return re.sub(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", _unescaped, word[1:-1])


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    plain = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
    return chr(int(code[1:], 16)) if code[0] in "uU" else plain.get(code, code)


def _pair(reader: Reader, table: Place) -> None:
    """Read `key = value`."""
    start = reader.at
    keys = list(_keys(reader))
    end, reader.at = reader.at, start
    for n in range(1, len(keys) + 1):
        _note(reader, (*table, *keys[:n]))
    reader.at = end + 1
    _skip(reader)
    _value(reader, (*table, *keys))


def _value(reader: Reader, place: Place) -> None:
    mark = reader.text[reader.at]
    if mark == "[":
        _array(reader, place)
    elif mark == "{":
        _inline(reader, place)
    else:
        _take(reader, STRING if mark in "\"'" else SCALAR)


def _array(reader: Reader, place: Place) -> None:
    reader.at += 1
    count = 0
    while _skip(reader) and reader.text[reader.at] != "]":
        _note(reader, (*place, count))
        _value(reader, (*place, count))
        _skip(reader)
        reader.at += reader.text[reader.at] == ","
        count += 1
    reader.at += 1


def _inline(reader: Reader, place: Place) -> None:
    reader.at += 1
    while _skip(reader) and reader.text[reader.at] != "}":
        _pair(reader, place)
        _skip(reader)
        reader.at += reader.text[reader.at] == ","
    reader.at += 1
