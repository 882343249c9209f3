"""Messages to rows: which address a topic feeds, where the value, its time and its quality stand in the payload."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Literal

import orjson

from ...errors import BadConfig
from ..broker import Message
from ..link import (
    BAD_CONFIGURATION_ERROR,
    BAD_NO_DATA,
    BAD_TYPE_MISMATCH,
    UNCERTAIN,
    UNCERTAIN_LAST_USABLE_VALUE,
    Link,
    Row,
)
from .moments import moment
from .path import All, Json, Path, Where, path
from .topics import checked, fits

Retained = Literal["uncertain", "good", "skip"]
MOST_UNREAD = 1000
"""Topics whose payloads could not be read that are remembered."""
BAD, EXACT, NONE = 0x80000000, 2**53, object()


@dataclass(frozen=True, slots=True)
class Form:
    """How payloads are written: paths to time and quality, the zone of times without one, what retained ones mean."""

    zone: tzinfo
    time: tuple[Path, ...] = ()
    beside: tuple[bool, ...] = ()
    """Of each time path, whether it begins at the object that holds the value (`@`)."""
    quality: Path | None = None
    quality_beside: bool = False
    retained: Retained = "uncertain"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands, seen from a value: so many steps of the value's own path down, then a path."""

    shared: int
    path: Path


@dataclass(frozen=True, slots=True)
class Want:
    """One address: its topic, the path in the payload (None: the payload is the value), and its time and quality."""

    address: str
    topic: str
    path: Path | None
    written: bool = False
    """Whether a payload without path stays the text that it is."""
    times: tuple[Place, ...] = ()
    quality: Place | None = None


@dataclass(slots=True)
class Heard:
    """The rows of some messages; `undated` are the places of those messages whose time is their arrival."""

    rows: list[Row] = field(default_factory=list)
    undated: list[int] = field(default_factory=list)
    newest: int = 0
    """The newest time that a message said of itself."""


def form(time: str | Sequence[str], quality: str, zone: tzinfo, retained: Retained) -> Form:
    """Read the settings of how payloads are written."""
    said = [time] if isinstance(time, str) else list(time)
    times = [t for t in said if t]
    return Form(
        zone,
        tuple(map(path, times)),
        tuple(t.startswith("@") for t in times),
        path(quality) if quality else None,
        quality.startswith("@"),
        retained,
    )


class Reading:
    """Reads messages by the addresses of a link's signals.

    `wrong` are the addresses that are none, `unread` the topics whose last payload could not be read, each with why.

    An address is `topic` where the payload itself is the value, or `topic#path`: `plant/press-3/status#$.state`.
    """

    def __init__(self, link: Link, form: Form) -> None:
        self.form = form
        self.wrong: dict[str, str] = {}
        self.wants: list[Want] = []
        self._fed: dict[str, list[Want]] = {}
        self.unread: dict[str, str] = {}
        for address in link.addresses:
            texts = all(s.kind == "text" for s in link.signals if s.address == address)
            try:
                self.wants.append(want(address, form, written=texts))
            except BadConfig as error:
                self.wrong[address] = str(error)

    def unreadable(self, at: int) -> list[Row]:
        """A row for each address that is none."""
        return [(address, at, None, None, BAD_CONFIGURATION_ERROR) for address in self.wrong]

    def read(self, messages: Iterable[Message], arrivals: Iterable[int]) -> Heard:
        """The rows of messages that arrived at these moments (microseconds)."""
        heard = Heard()
        for place, (message, arrived) in enumerate(zip(messages, arrivals, strict=True)):
            wants = self._fed.get(message.topic)
            if wants is None:
                wants = self._fed[message.topic] = [w for w in self.wants if fits(message.topic, w.topic)]
                if len(self._fed) > 100_000:  # topics without end: those not wanted are looked up again
                    self._fed = {t: w for t, w in self._fed.items() if w}
            if wants and self._message(message, wants, arrived, heard):
                heard.undated.append(place)
        return heard

    def _message(self, message: Message, wants: list[Want], arrived: int, heard: Heard) -> bool:
        """Add the rows of one message; whether the time of one is its arrival."""
        if self.unread:
            self.unread.pop(message.topic, None)
        value = self._loaded(message, wants)
        if value is NONE:
            heard.rows += [(w.address, arrived, None, None, BAD_TYPE_MISMATCH) for w in wants]
            return True
        undated = False
        for wanted in wants:
            if wanted.path is None:
                raw = message.payload.decode("utf-8", "replace") if wanted.written else value
                undated |= self._add(heard, message, wanted, (raw, ()), arrived)
                continue
            for found in wanted.path.find(value):
                undated |= self._add(heard, message, wanted, found, arrived)
        return undated

    def _loaded(self, message: Message, wants: list[Want]) -> Json:
        """A payload read as JSON; a text where nobody looks into it; NONE where it cannot be read."""
        try:
            if message.cut:
                raise ValueError(f"it is {message.cut} bytes long")
            try:
                return orjson.loads(message.payload)
            except orjson.JSONDecodeError:
                if any(w.path for w in wants):
                    raise
                return message.payload.decode()
        except ValueError as error:
            if len(self.unread) < MOST_UNREAD:
                self.unread[message.topic] = str(error)
            return NONE

    def _add(
        self, heard: Heard, message: Message, wanted: Want, found: tuple[Json, tuple[Json, ...]], arrived: int
    ) -> bool:
        """Add the row of one value; whether its time is its arrival."""
        at, quality = self._time(wanted, found)
        undated = at is None
        if at is None:
            if message.retained and self.form.retained == "skip":
                return False
            if message.retained and self.form.retained == "uncertain":
                quality = UNCERTAIN_LAST_USABLE_VALUE
            at = arrived
        elif not message.retained:
            heard.newest = max(heard.newest, at)
        value, text, bad = said(found[0])
        if wanted.quality is not None and not bad:
            quality = max(quality, status(_seen(wanted.quality, found)))
        heard.rows.append((wanted.address, at, value, text, bad or quality))
        return undated

    def _time(self, wanted: Want, found: tuple[Json, tuple[Json, ...]]) -> tuple[int | None, int]:
        """When a value was measured, as its payload says; None, and uncertain, where that cannot be read."""
        quality = 0
        for place in wanted.times:
            if (there := _seen(place, found)) is not None:
                if (at := moment(there, self.form.zone)) is not None:
                    return at, 0
                quality = UNCERTAIN
        return None, quality


def want(address: str, form: Form, *, written: bool = False) -> Want:
    """Read an address.

    Raises
    ------
    BadConfig
        Its topic or its path cannot be read.
    """
    topic, _, inside = address.partition("#")
    checked(topic)
    if not inside:
        return Want(address, topic, None, written)
    where = path(inside)
    times = tuple(_placed(t, where, b) for t, b in zip(form.time, form.beside, strict=True))
    quality = _placed(form.quality, where, form.quality_beside) if form.quality else None
    return Want(address, topic, where, False, times, quality)


def _placed(there: Path, value: Path, beside: bool) -> Place:
    """Where a path leads for a value found by another: past the `[*]` that both have, to the same element."""
    if beside:
        return Place(max(len(value.steps) - 1, 0), there)
    shared = max((i + 1 for i, s in enumerate(there.steps) if isinstance(s, All | Where)), default=0)
    same = len(value.steps) >= shared and all(
        t == v or (isinstance(t, All) and isinstance(v, Where))
        for t, v in zip(there.steps[:shared], value.steps[:shared], strict=True)
    )
    return Place(shared, Path(there.steps[shared:])) if same else Place(0, there)


def _seen(place: Place, found: tuple[Json, tuple[Json, ...]]) -> Json:
    value, holders = found
    return place.path.first(holders[place.shared] if place.shared < len(holders) else value)


def said(value: Json) -> tuple[float | None, str | None, int]:
    """A JSON value as number, text and quality.

    >>> said(True), said(9007199254740993), said(None)[2] == BAD_NO_DATA
    ((1.0, None, 0), (9007199254740992.0, '9007199254740993', 0), True)
    """
    if isinstance(value, bool | float):
        return float(value), None, 0
    if isinstance(value, int):
        return float(value), None if -EXACT <= value <= EXACT else str(value), 0
    if isinstance(value, str):
        return None, value, 0
    return (None, None, BAD_NO_DATA) if value is None else (None, orjson.dumps(value).decode(), 0)


def status(said: Json) -> int:
    """What a payload says of a value's quality, as an OPC UA status code.

    True, 192 and "good" are good, False, 0 and "bad" are bad; 64 to 127 are uncertain (OPC DA); larger numbers are
    status codes themselves.

    >>> hex(status(64)), hex(status("bad")), status(192), hex(status(0x80310000))
    ('0x40000000', '0x80000000', 0, '0x80310000')
    """
    if isinstance(said, str):
        word = said.strip().casefold()
        return BAD if word.startswith("bad") else UNCERTAIN if word.startswith("uncertain") else 0
    if isinstance(said, bool):
        return 0 if said else BAD
    if not isinstance(said, int | float):
        return 0
    if said > 255:
        return int(said) & 0xFFFFFFFF
    return BAD if said < 64 else UNCERTAIN if said < 192 else 0
