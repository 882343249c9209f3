"""Any MQTT broker: topics and JSON payloads to rows, acknowledged once they are stored."""

from __future__ import annotations

import time as clock
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ...catalog import connector
from ...errors import BadConfig, NotConnected
from ...units import Micros
from ..broker import Broker, Message, Tls, Version, access, connect, listed, visiting
from ..link import ALIVE, Link, Packet, rows_of
from .browse import browse, trial
from .memory import Arrivals, keep_subscribed, subscribed
from .reading import Reading, Retained, form
from .topics import checked, fewest, wildcards

MOST, LINGER, PATIENCE = 50_000, 0.2, 2.0


@connector(schemes=("mqtt", "mqtts"), browse=browse, trial=trial)
async def mqtt(
    link: Link,
    url: str,
    topics: tuple[str, ...] = (),
    time: str | tuple[str, ...] = "",
    quality: str = "",
    zone: str = "UTC",
    retained: Retained = "uncertain",
    user: str = "",
    client_id: str = "",
    version: Version = "3.1.1",
    tls: Tls | None = None,
    keepalive: Micros = 10_000_000,
    expiry: Micros = 604_800_000_000,
) -> AsyncIterator[Packet]:
    """Hear an MQTT broker.

    A signal's address is the topic, if the payload itself is the value (`plant/press-3/power`), or the topic, `#` and
    a JSON path: `plant/press-3/status#$.state`, `plant/press-3/batch#$.samples[*].v`,
    `kepware/line-1#$.values[?@.id == 'Press3.State'].v`. A `+` in the topic stands for any one part.

    The broker keeps what it could not deliver at QoS 1 under our client_id; it is acknowledged once it is on disk, so
    nothing is lost and, if the payload has its time, nothing is doubled.

    Parameters
    ----------
    url
        The broker: mqtt://host:1883, or mqtts://host:8883 for TLS.
    topics
        Topic patterns to hear, if not just those of the addresses; a part may have a name, for browsing:
        "plant/{line}/{machine}/#".
    time
        Path to the moment of a value: "$.ts" from the top, "@.t" beside the value; the first found of several.
        ISO 8601, or seconds to nanoseconds since 1970. Else the arrival counts.
    quality
        Path to the quality of a value: true/false, good/bad, 0/192 or an OPC UA status code.
    zone
        Time zone of times that are written without one.
    retained
        A value that the broker kept from before, without a time of its own: "uncertain" stores it as last usable
        value at its arrival, "good" as if it were new, "skip" leaves it out.
    user
        Who we are there; the password is the secret `password`.
    client_id
        The name of our session at the broker; by default one is made and kept.
    version
        "3.1.1" or "5".
    tls
        Certificates: {ca = "ca.pem", certificate = "our.pem", key = "our.key", verify = true}.
    keepalive
        The broker is pinged four times as often, and lost after three pings without an answer.
    expiry
        How long the broker is to keep what we miss (MQTT 5; a 3.1.1 broker decides itself).
    """
    reading = Reading(link, form(time, quality, _zone(zone), retained))
    wanted = fewest(wildcards(checked(t)) for t in (topics or [w.topic for w in reading.wants]))
    reached = access(
        link, url, user=user, client_id=client_id, version=version, tls=tls, keepalive=keepalive, expiry=expiry
    )
    broker = await connect(visiting(reached) if link.visit else reached)
    try:
        refused = await _subscribe(broker, wanted, None if link.visit else link.home / "subscribed.json")
        gap = Gap(link.heard if broker.present and time else None, clock.time_ns() // 1000)
        arrivals = Arrivals(None if link.visit else link.home / "arrivals")
        arrivals.load()
        yield Packet(rows_of(reading.unreadable(gap.until)), said=_wrong(reading, refused))
        seen = 0.0
        while True:
            lot = await broker.messages(most=MOST, linger=LINGER, patience=PATIENCE)
            if lot:
                packet = _packet(reading, arrivals, lot, gap)
                yield replace(packet, said=_wrong(reading, refused))
                broker.acknowledge(lot)
            elif broker.heard > seen:
                yield gap.quiet()
            seen = broker.heard
    finally:
        await broker.close()


def _packet(reading: Reading, arrivals: Arrivals, lot: Sequence[Message], gap: Gap) -> Packet:
    """The rows of a lot, with the moments that it needs written down first."""
    moments = arrivals.of(lot)
    heard = reading.read(lot, moments)
    arrivals.note((lot[i], moments[i]) for i in heard.undated)
    return Packet(rows_of(heard.rows), gap.reached(heard.newest))


@dataclass(slots=True)
class Gap:
    """Since when the broker kept what we missed, and until when: it is filled once we hear of a later moment."""

    since: int | None
    until: int

    def reached(self, at: int) -> int | None:
        """Since when a gap is filled now, if it is."""
        if self.since is None or at < self.until:
            return None
        since, self.since = self.since, None
        return since

    def quiet(self) -> Packet:
        """Nothing waits at the broker any more."""
        return Packet(filled=self.reached(self.until)) if self.since is not None else ALIVE


async def _subscribe(broker: Broker, wanted: Sequence[str], file: Path | None) -> dict[str, str]:
    """Bring the session's topics to those that are wanted; those that the broker refuses, with its reasons.

    What the session has already is not asked for again, so that nothing retained comes again; `file` remembers it.
    """
    had = subscribed(file) if broker.present and file else []
    new = [t for t in wanted if t not in had]
    if old := [t for t in had if t not in wanted]:
        await broker.unsubscribe(old)
    refused = await broker.subscribe(new) if new else {}
    if refused and len(refused) == len(wanted):
        raise NotConnected(f"The broker {broker.access.place} lets us hear nothing: {listed(refused)}.")
    if file:
        keep_subscribed(file, [t for t in wanted if t not in refused])
    return refused


def _wrong(reading: Reading, refused: Mapping[str, str]) -> str:
    """What is wrong although we are connected: the first three, in words."""
    found = [f"the address {a!r} is left out ({why})" for a, why in reading.wrong.items()]
    found += [f"the broker refuses {topic} ({why})" for topic, why in refused.items()]
    found += [f"the last payload of {topic} cannot be read ({why})" for topic, why in reading.unread.items()]
    return "; ".join(found[:3]) + (f"; and {len(found) - 3} more" if len(found) > 3 else "")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadConfig(f"There is no time zone {name!r}. Write one such as Asia/Shanghai.") from None
