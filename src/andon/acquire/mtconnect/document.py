"""MTConnect documents read as they arrive, in constant memory; what no agent would send is refused."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from ...errors import BadInput

QUIET = 1 << 22
"""Bytes that may pass without an element beginning or ending; more is no observation, but an attack on memory."""
DEPTH = 100
MOST = 100_000
"""Entries of a data set."""
Attributes = dict[str, str]


@dataclass(slots=True)
class Observation:
    """What a document says of one data item.

    `element` is its name: the type, or the level of a condition. `entries` has what a data set or a table changes, None
    for what is removed.
    """

    device: str
    category: str
    element: str
    attributes: Attributes
    text: str = ""
    entries: dict[str, str | None] | None = None

    @property
    def item(self) -> str:
        return self.attributes.get("dataItemId", "")


@dataclass(slots=True)
class DataItem:
    """What a device document says of a data item, and where: the components from the device down."""

    path: tuple[str, ...]
    device: str
    attributes: Attributes


@dataclass(slots=True)
class Document:
    """A document while it is read: `feed` it, and `seen` gets its observations (or data items) one by one.

    Attributes
    ----------
    kind
        The root element: MTConnectStreams, MTConnectDevices, MTConnectError; "" before it has come.
    header
        The attributes of its header.
    errors
        Its error codes with their texts, where it is an MTConnectError.

    Examples
    --------
    >>> found = []
    >>> document = Document(found.append)
    >>> document.feed(b'<MTConnectStreams><Header instanceId="7"/><Streams><DeviceStream name="mill"><ComponentStream>'
    ...               b'<Samples><Load dataItemId="l" timestamp="2026-11-27T00:00:00Z">4')
    >>> document.feed(b'2</Load></Samples></ComponentStream></DeviceStream></Streams></MTConnectStreams>', last=True)
    >>> document.header["instanceId"], found[0].device, found[0].item, found[0].text
    ('7', 'mill', 'l', '42')
    """

    seen: Callable[[Observation], None] | Callable[[DataItem], None]
    kind: str = ""
    header: Attributes = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    device: str = ""
    category: str = ""
    now: Observation | None = None
    key: list[tuple[str, bool]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    quiet: int = 0
    parser: expat.XMLParserType = field(init=False)

    def __post_init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = _refused

    def feed(self, part: bytes, *, last: bool = False) -> None:
        """Read the next bytes. Raises `BadInput` where they are no MTConnect document."""
        self.quiet += len(part)
        try:
            self.parser.Parse(part, last)
        except expat.ExpatError as error:
            raise BadInput(f"The agent sent what is no XML: {error}.") from None
        if self.quiet > QUIET:
            raise BadInput(f"The agent sent more than {QUIET >> 20} MiB in one element; that is no observation.")

    def _begin(self, qualified: str, attributes: Attributes) -> None:
        name = qualified.rpartition(":")[2]
        self.quiet = 0
        self.text.clear()
        if len(self.open) >= DEPTH:
            raise BadInput(f"The agent sent elements nested more than {DEPTH} deep; no MTConnect document is.")
        if not self.open:
            self.kind = name
            if name not in ("MTConnectStreams", "MTConnectDevices", "MTConnectError", "MTConnectAssets"):
                raise BadInput(f"The answer is no MTConnect document: it begins with <{name}>.")
        self.open.append(name)
        self.names.append(attributes.get("name") or attributes.get("id") or "")
        if name == "Header" and len(self.open) == 2:
            self.header = attributes
        elif self.kind == "MTConnectStreams":
            self._begin_stream(name, attributes)
        elif self.kind == "MTConnectDevices":
            self._begin_device(name, attributes)
        elif name == "Error":
            self.errors.append((attributes.get("errorCode", ""), ""))

    def _begin_stream(self, name: str, attributes: Attributes) -> None:
        if self.now is not None:
            self.key.append((attributes.get("key", ""), attributes.get("removed") == "true"))
            if self.now.entries is None:
                self.now.entries = {}
        elif "dataItemId" in attributes:
            self.now = Observation(self.device, self.category, name, attributes)
        elif name == "DeviceStream":
            self.device = attributes.get("name", attributes.get("uuid", ""))
        elif name in ("Samples", "Events", "Condition"):
            self.category = name

    def _begin_device(self, name: str, attributes: Attributes) -> None:
        if name == "DataItem":
            path = tuple(name for name in self.names[:-1] if name)
            self.seen(DataItem(path, self.device, attributes))  # type: ignore[arg-type]  # of this kind of document
        elif self.open[-2:-1] == ["Devices"]:
            self.device = attributes.get("name", attributes.get("uuid", ""))

    def _end(self, name: str) -> None:
        self.quiet = 0
        self.open.pop()
        self.names.pop()
        said = "".join(self.text).strip()
        self.text.clear()
        if self.kind == "MTConnectStreams" and self.now is not None:
            self._end_stream(said)
        elif self.kind == "MTConnectError" and self.errors and name.rpartition(":")[2] in ("Error", "ErrorMessage"):
            code, before = self.errors[-1]
            self.errors[-1] = (code, before or said)

    def _end_stream(self, said: str) -> None:
        """An entry, a cell or the whole observation ends."""
        now = self.now
        assert now is not None
        if not self.key:
            now.text, self.now = said, None
            self.seen(now)  # type: ignore[arg-type]  # of this kind of document
            return
        removed = any(gone for _, gone in self.key)
        path = ".".join(key for key, _ in self.key)
        inside = now.entries is not None and any(k.startswith(path + ".") for k in now.entries)
        self.key.pop()
        if now.entries is not None and not inside:
            now.entries[path] = None if removed else said
            if len(now.entries) > MOST:
                raise BadInput(f"The agent sent more than {MOST:,} entries in one observation of {now.item!r}.")

    def _text(self, said: str) -> None:
        self.text.append(said)


def _refused(*declared: object) -> None:
    raise BadInput("The agent sent a document type declaration; MTConnect has none, and attacks on XML begin there.")


@lru_cache(maxsize=64)
def _second(said: str) -> int:
    year, month, day = int(said[:4]), int(said[5:7]), int(said[8:10])
    return calendar.timegm((year, month, day, int(said[11:13]), int(said[14:16]), int(said[17:19])))


def moment(said: str) -> int:
    """Microseconds since 1970 of a timestamp of an agent, in UTC.

    >>> moment("2026-11-27T00:00:01.5Z"), moment("2026-11-27T01:00:01.5000009+01:00")
    (1795737601500000, 1795737601500000)
    """
    rest = said[19:]
    shift = 0
    if rest[-6:-5] in ("+", "-") and rest[-3] == ":":
        shift = (int(rest[-5:-3]) * 60 + int(rest[-2:])) * (-60 if rest[-6] == "-" else 60)
        rest = rest[:-6]
    digits = rest.strip(".Zz")[:6]
    try:
        return (_second(said[:19]) - shift) * 1_000_000 + (int(digits.ljust(6, "0")) if digits else 0)
    except (ValueError, IndexError):
        raise BadInput(f"The agent sent the timestamp {said!r}, which is none.") from None
