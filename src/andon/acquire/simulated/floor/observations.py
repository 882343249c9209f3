"""What an MTConnect agent remembers, numbered, and the documents that it makes of it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Condition
from xml.sax.saxutils import escape, quoteattr

from ....model import moment
from ..score import Line
from .addresses import reading

ROOM = 32_768
"""Observations that the agent keeps."""
TYPES: dict[str, tuple[str, str, str]] = {
    "state": ("EVENT", "x:MACHINE_STATE", ""),
    "total_count": ("EVENT", "PART_COUNT", 'subType="ALL"'),
    "good_count": ("EVENT", "PART_COUNT", 'subType="GOOD"'),
    "reject_count": ("EVENT", "PART_COUNT", 'subType="BAD"'),
    "rework_count": ("EVENT", "x:REWORK_COUNT", ""),
    "tick": ("EVENT", "x:TICK", ""),
    "product": ("EVENT", "PART_KIND_ID", ""),
    "order": ("EVENT", "PROCESS_OCCURRENCE_ID", ""),
    "alarm": ("EVENT", "MESSAGE", ""),
    "reason": ("EVENT", "x:STOP_REASON", ""),
    "scrap_cause": ("EVENT", "x:SCRAP_CAUSE", 'discrete="true"'),
    "power": ("SAMPLE", "WATTAGE", 'units="WATT" nativeUnits="KILOWATT" nativeScale="1"'),
    "energy": ("SAMPLE", "ELECTRICAL_ENERGY", 'units="WATT_SECOND"'),
    "temperature": ("SAMPLE", "TEMPERATURE", 'units="CELSIUS"'),
    "vibration": ("SAMPLE", "VELOCITY", 'units="MILLIMETER/SECOND"'),
}
"""Signal -> category, type, further attributes."""
FACTORS = {"power": 1000.0, "energy": 3_600_000.0}
"""What MTConnect has in watts and watt seconds."""
Seen = tuple[int, str, int, str]
"""Sequence number, path, moment, value."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks of the buffer."""

    start: int | None = None
    count: int = 1000

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Asked:
        return cls(int(query["from"]) if "from" in query else None, int(query.get("count", 1000)))


@dataclass(slots=True)
class Observations:
    """The agent's buffer; `instance` is another one whenever the agent begins anew."""

    paths: Sequence[str]
    instance: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    buffer: deque[Seen] = field(default_factory=lambda: deque(maxlen=ROOM))
    latest: dict[str, Seen] = field(default_factory=dict)
    following: int = 1
    changed: Condition = field(default_factory=Condition)

    def add(self, lines: Sequence[Line]) -> None:
        with self.changed:
            for path, at, value, text, quality in lines:
                said = (self.following, path, at, _said(path, value, text, quality))
                self.buffer.append(said)
                self.latest[path] = said
                self.following += 1
            self.changed.notify_all()

    def wait(self, asked: Asked, interval: float, heartbeat: float) -> None:
        """Wait for the interval, then for something new, at most a heartbeat."""
        with self.changed:
            self.changed.wait_for(lambda: False, max(0.01, interval))
            self.changed.wait_for(lambda: self.following > (asked.start or 1), heartbeat)

    def piece(self, asked: Asked) -> tuple[int, bytes, Asked]:
        """A sample document, and what to ask for once it was answered."""
        with self.changed:
            start = self._first() if asked.start is None else asked.start
            answer = self.document("sample", asked)
            return *answer, replace(asked, start=min(start + asked.count, self.following))

    def document(self, what: str, asked: Asked) -> tuple[int, bytes]:
        """An HTTP status and a document: probe, current or sample."""
        with self.changed:
            if what == "probe":
                return 200, self._devices()
            if what == "current":
                return 200, self._streams(sorted(self.latest.values()), self.following)
            if what != "sample":
                return self.error("UNSUPPORTED", f"There is no {what!r}; ask probe, current or sample.")
            start = self._first() if asked.start is None else asked.start
            if not self._first() <= start <= self.following:
                return self.error("OUT_OF_RANGE", f"'from' must be from {self._first()} to {self.following}.")
            said = [s for s in self.buffer if start <= s[0] < start + asked.count]
            return 200, self._streams(said, min(start + asked.count, self.following))

    def error(self, code: str, text: str) -> tuple[int, bytes]:
        body = f'<Errors><Error errorCode="{code}">{escape(text)}</Error></Errors>'
        return 404 if code != "INVALID_REQUEST" else 400, self._whole("Error", body, "")

    def _first(self) -> int:
        return self.buffer[0][0] if self.buffer else self.following

    def _devices(self) -> bytes:
        machines = sorted({p.rpartition("/")[0] for p in self.paths})
        body = "".join(self._device(m) for m in machines)
        return self._whole("Devices", f"<Devices>{body}</Devices>", "")

    def _device(self, machine: str) -> str:
        rows = []
        for path in self.paths:
            place, _, name = path.rpartition("/")
            if place == machine:
                category, kind, more = TYPES[name]
                rows.append(
                    f'<DataItem category="{category}" id="{reading(path)}" name="{name}" type="{kind}" {more}/>'
                )
        own, name = reading(machine), machine.rpartition("/")[2]
        available = f'<DataItem category="EVENT" id="{own}.avail" type="AVAILABILITY"/>'
        items = f"<DataItems>{available}{''.join(rows)}</DataItems>"
        return f'<Device id="{own}" name="{name}" uuid="demo-{own}">{items}</Device>'

    def _streams(self, said: Sequence[Seen], following: int) -> bytes:
        machines = sorted({s[1].rpartition("/")[0] for s in said})
        streams = "".join(_stream(m, [s for s in said if s[1].rpartition("/")[0] == m]) for m in machines)
        last = self.following - 1
        numbers = f'nextSequence="{following}" firstSequence="{self._first()}" lastSequence="{last}"'
        return self._whole("Streams", f"<Streams>{streams}</Streams>", numbers)

    def _whole(self, kind: str, body: str, numbers: str) -> bytes:
        now = _written(time.time_ns() // 1000)
        space = f"urn:mtconnect.org:MTConnect{kind}:2.0"
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><MTConnect{kind} xmlns="{space}" xmlns:x="urn:andon:demo">'
            f'<Header creationTime="{now}" sender="demo" instanceId="{self.instance}" version="2.0.0.0" '
            f'bufferSize="{ROOM}" {numbers}/>{body}</MTConnect{kind}>'
        ).encode()


def _stream(machine: str, said: Sequence[Seen]) -> str:
    """What one machine said."""
    own, name = reading(machine), machine.rpartition("/")[2]
    parts = "".join(
        f"<{tag}>{''.join(_element(s) for s in said if _category(s) == category)}</{tag}>"
        for tag, category in (("Samples", "SAMPLE"), ("Events", "EVENT"))
    )
    component = f'<ComponentStream component="Device" name="{name}" componentId="{own}">{parts}</ComponentStream>'
    return f'<DeviceStream name="{name}" uuid="demo-{own}">{component}</DeviceStream>'


def _said(path: str, value: float | None, text: str | None, quality: int) -> str:
    if quality >> 30 == 2 or (value is None and text is None):
        return "UNAVAILABLE"
    if text is not None:
        return text
    number = value or 0.0
    factor = FACTORS.get(path.rpartition("/")[2])
    return f"{number * factor:.0f}" if factor else _short(number)


def _short(value: float) -> str:
    return f"{value:.0f}" if value.is_integer() else repr(value)


def _category(said: Seen) -> str:
    return TYPES[said[1].rpartition("/")[2]][0]


def _element(said: Seen) -> str:
    sequence, path, at, value = said
    kind = TYPES[path.rpartition("/")[2]][1]
    space, _, name = kind.rpartition(":")
    tag = (space + ":" if space else "") + "".join(w.capitalize() for w in name.split("_"))
    attributes = f'dataItemId={quoteattr(reading(path))} timestamp="{_written(at)}" sequence="{sequence}"'
    return f"<{tag} {attributes}>{escape(value)}</{tag}>"


def _written(at: int) -> str:
    return moment(at).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
