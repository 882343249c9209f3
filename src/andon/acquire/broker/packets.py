"""MQTT 3.1.1 and 5 on the wire: the packets that a client sends, and what a broker sends, out of a stream of bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Version = Literal["3.1.1", "5"]
CONNACK, PUBLISH, PUBACK, SUBACK, UNSUBACK, PINGRESP, DISCONNECT = 2, 3, 4, 9, 11, 13, 14
PING = b"\xc0\x00"
LARGEST = 8 << 20
"""Bytes of the longest message that is read; what is longer is passed over and told."""
HEAD = 5 + 2 + 65_535 + 2
"""Bytes in which the topic and the number of any message stand."""


class Garbled(ValueError):
    """These bytes are no MQTT."""


class Message(NamedTuple):
    """Something published.

    `at` is its arrival (microseconds); `number` is 0 at QoS 0, else what has to be acknowledged; `retained`: it was
    said before we subscribed; `again`: it may have come before; `cut`: its length, where it was too long to be read
    (the payload is empty then).
    """

    topic: str
    payload: bytes
    at: int = 0
    number: int = 0
    retained: bool = False
    again: bool = False
    cut: int = 0


class Answer(NamedTuple):
    """What a broker says to a packet of ours, or of its own (`kind` DISCONNECT): codes, and whether it knew us."""

    kind: int
    number: int
    codes: tuple[int, ...]
    present: bool = False


@dataclass(frozen=True, slots=True)
class Will:
    """A message at QoS 1 that the broker publishes for us when we are gone."""

    topic: str
    payload: bytes
    retain: bool = True


def text(said: str | bytes) -> bytes:
    """A string or bytes with its length before it."""
    raw = said.encode() if isinstance(said, str) else said
    if len(raw) > 65_535:
        raise ValueError(f"{raw[:40]!r}... has {len(raw)} bytes; MQTT carries 65535 in a name.")
    return len(raw).to_bytes(2, "big") + raw


def packet(first: int, body: bytes) -> bytes:
    """A packet: its kind and flags, its length in 1 to 4 bytes, its body.

    >>> packet(0x30, bytes(200))[:3].hex()
    '30c801'
    """
    length, rest = bytearray(), len(body)
    while True:
        rest, low = rest >> 7, rest & 127
        length.append(low | (128 if rest else 0))
        if not rest:
            return bytes([first]) + bytes(length) + body


@dataclass(frozen=True, slots=True)
class Hello:
    """What we say of ourselves when we connect; `expiry` (seconds): how long the broker keeps what we missed."""

    client_id: str
    keepalive: int
    version: Version = "3.1.1"
    expiry: int = 0
    user: str = ""
    password: str | None = None
    will: Will | None = None

    def packet(self) -> bytes:
        """The CONNECT packet; without an expiry the session begins clean and ends with the connection."""
        five = self.version == "5"
        flags = 0 if self.expiry else 2
        flags |= (4 | 1 << 3 | self.will.retain << 5) if self.will else 0
        flags |= (bool(self.user) << 7) | (self.password is not None) << 6
        body = text("MQTT") + bytes([5 if five else 4, flags]) + self.keepalive.to_bytes(2, "big")
        if five:  # session expiry (17); as many unacknowledged messages as the broker allows (33)
            body += b"\x08" + b"\x11" + self.expiry.to_bytes(4, "big") + b"\x21\xff\xff"
        body += text(self.client_id)
        if self.will:
            body += (b"\0" if five else b"") + text(self.will.topic) + text(self.will.payload)
        body += text(self.user) if self.user else b""
        return packet(0x10, body + (text(self.password) if self.password is not None else b""))


def subscribe(number: int, filters: Sequence[str], version: Version) -> bytes:
    """Ask for topics, at QoS 1."""
    body = number.to_bytes(2, "big") + (b"\0" if version == "5" else b"")
    return packet(0x82, body + b"".join(text(f) + b"\x01" for f in filters))


def unsubscribe(number: int, filters: Sequence[str], version: Version) -> bytes:
    """Ask no longer for topics."""
    body = number.to_bytes(2, "big") + (b"\0" if version == "5" else b"")
    return packet(0xA2, body + b"".join(map(text, filters)))


def publish(topic: str, payload: bytes, version: Version, *, number: int = 0, retain: bool = False) -> bytes:
    """Say something: at QoS 1 where it has a number, else at QoS 0."""
    body = text(topic) + (number.to_bytes(2, "big") if number else b"") + (b"\0" if version == "5" else b"") + payload
    return packet(0x30 | (2 if number else 0) | retain, body)


def acknowledge(numbers: Iterable[int]) -> bytes:
    """PUBACKs, which read the same in both versions."""
    return b"".join([b"\x40\x02" + n.to_bytes(2, "big") for n in numbers])


def goodbye(version: Version) -> bytes:
    """A clean end: the broker does not publish our will."""
    return b"\xe0\x00" if version == "3.1.1" else b"\xe0\x01\x00"


@dataclass(slots=True)
class Decoder:
    """Cuts what a broker sends into messages and answers.

    >>> decoder, sent = Decoder("3.1.1"), publish("plant/state", b"run", "3.1.1")
    >>> decoder.feed(sent[:9]), decoder.feed(sent[9:])[0].payload
    ([], b'run')
    """

    version: Version
    rest: bytes = b""
    passing: int = field(default=0)
    """Bytes still to be passed over, of a message that is too long."""

    def feed(self, data: bytes, at: int = 0) -> list[Message | Answer]:
        """What is complete with these bytes, which arrived at a moment (microseconds)."""
        found: list[Message | Answer] = []
        if self.passing:
            gone = min(self.passing, len(data))
            self.passing, data = self.passing - gone, data[gone:]
        data = self.rest + data if self.rest else data
        place, end = 0, len(data)
        while end - place >= 2:
            length, body = data[place + 1], place + 2
            if length > 127:
                length, body = _length(data, place + 1)
                if not body:
                    break
            until = body + length
            if until > end:
                if length <= LARGEST or end - place < HEAD:
                    break
                found.append(self._cut(data[place:], body - place, length, at))
                self.passing, place = until - end, end
                break
            first = data[place]
            found.append(
                self._published(first, data[body:until], at)
                if first >> 4 == PUBLISH
                else self._answer(first >> 4, data[body:until])
            )
            place = until
        self.rest = data[place:]
        return found

    def _published(self, first: int, body: bytes, at: int) -> Message:
        try:
            start = 2 + (body[0] << 8 | body[1])
            topic, number = body[2:start].decode(), 0
            if first & 6:
                number = body[start] << 8 | body[start + 1]
                start += 2
            if self.version == "5":
                skip, start = _length(body, start)
                start += skip
        except (IndexError, UnicodeDecodeError):
            raise Garbled("a message without a readable topic came") from None
        return Message(topic, body[start:], at, number, bool(first & 1), bool(first & 8))

    def _cut(self, data: bytes, body: int, length: int, at: int) -> Message:
        """The head of a message that is too long."""
        return self._published(data[0], data[body:], at)._replace(payload=b"", cut=length)

    def _answer(self, kind: int, body: bytes) -> Answer:
        five = self.version == "5"
        if kind == CONNACK and len(body) >= 2:
            return Answer(kind, 0, (body[1],), bool(body[0] & 1))
        if kind in (PUBACK, SUBACK, UNSUBACK) and len(body) >= 2:
            start = 2
            if five and kind != PUBACK:
                skip, start = _length(body, start)
                start += skip
            return Answer(kind, body[0] << 8 | body[1], tuple(body[start:]))
        if kind == PINGRESP:
            return Answer(kind, 0, ())
        if kind == DISCONNECT and five:
            return Answer(kind, 0, (body[0] if body else 0,))
        raise Garbled(f"a packet of kind {kind} came, which no broker sends")


def _length(data: bytes, place: int) -> tuple[int, int]:
    """A number of 1 to 4 bytes and where what follows begins; (0, 0) where it is not complete."""
    value = shift = 0
    for here in range(place, place + 4):
        if here >= len(data):
            return 0, 0
        value |= (data[here] & 127) << shift
        if data[here] < 128:
            return value, here + 1
        shift += 7
    raise Garbled("a length of more than 4 bytes came")
