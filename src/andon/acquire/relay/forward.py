"""From the spool to the centre: oldest first, the newest values ahead when behind, again until it has them."""

from __future__ import annotations

import logging
import random
import ssl
import time
from dataclasses import dataclass, field
from threading import Event

import httpx2
import pyarrow as pa

from ..frames import encode, frame_at
from .sink import RelaySink
from .spool import Place

log = logging.getLogger("andon.relay")
MOST = 4 << 20
"""Bytes of batches in a request."""
BEAT = 5.0
"""Seconds between signs of life where nothing is to be sent."""
AHEAD = 1.0
"""Seconds between newest values sent ahead."""
BEHIND = 2 * MOST
"""From so many bytes on that wait, or after `OLD` seconds without the centre, it is behind."""
OLD = 10.0
FIRST, LONGEST = 0.5, 8.0
"""Seconds before it is tried again: after the first failure, and at most."""
PERSON = 15.0
"""Seconds between tries where a person has to change something: a token, a name."""
ASKED = 300.0
"""The longest pause that the centre may ask for."""
TIMES = httpx2.Timeout(60.0, connect=10.0)


@dataclass(frozen=True, slots=True)
class Centre:
    """Where to: the URL of the centre, this edge's name there, its token, and whose certificates it trusts."""

    url: str
    edge: str
    token: str | None = field(repr=False, default=None)
    authorities: str | None = None


@dataclass(slots=True)
class RelayStatus:
    """How the relay is doing.

    Attributes
    ----------
    health
        connecting, connected, behind (sending what waited), lost (trying again).
    said
        Why nothing is sent, in plain words; "" while all is well.
    since
        Since when (microseconds).
    waiting
        Bytes that the centre has not yet.
    requests, bytes
        Sent and acknowledged since the start.
    skew
        This computer's clock minus the centre's (microseconds); None while unknown.
    refused
        Batches that the centre cannot store; they are kept in the spool's folder `refused`.
    damaged
        Bytes of the spool that went bad on disk.
    """

    health: str = "connecting"
    said: str = ""
    since: int = field(default_factory=lambda: time.time_ns() // 1000)
    waiting: int = 0
    requests: int = 0
    bytes: int = 0
    skew: int | None = None
    refused: int = 0
    damaged: int = 0


class _Failed(Exception):
    """A request that the centre did not take: why, how long to wait, and whether the batch itself is at fault."""

    def __init__(self, said: str, *, pause: float = 0.0, bad: bool = False, large: bool = False) -> None:
        super().__init__(said)
        self.pause, self.bad, self.large = pause, bad, large


class Forward:
    """Sends a spool's batches to the centre until stopped; `work` is a thread's."""

    def __init__(self, sink: RelaySink, centre: Centre) -> None:
        self.sink, self.centre = sink, centre
        self.status = RelayStatus()
        self.stopped = Event()
        self._place = sink.state.sent
        self._reached = time.monotonic()
        self._ahead = 0.0
        self._most = MOST
        self._codec = pa.Codec("zstd", compression_level=1)
        self._client = httpx2.Client(verify=trusted(centre), timeout=TIMES, headers=_headers(centre, sink))

    def work(self) -> None:
        """Send and send again, until `stop`."""
        failures = 0
        while not self.stopped.is_set():
            try:
                self._once()
                failures = 0
            except _Failed as failed:
                failures += 1
                self._lost(str(failed))
                self.stopped.wait(max(failed.pause, pause(failures)))
            except OSError as error:  # the spool's own disk
                failures += 1
                self._lost(f"The spool cannot be read or written: {error}.")
                self.stopped.wait(pause(failures))
        self._client.close()

    def stop(self) -> None:
        self.stopped.set()
        with self.sink.spool.came:
            self.sink.spool.came.notify_all()

    def _once(self) -> None:
        """One request: what waits, or a sign of life."""
        spool = self.sink.spool
        spool.wait(self._place, self._pause_before_beat(), self.stopped.is_set)
        until, end = time.time_ns() // 1000, spool.end  # in this order: what was kept until then lies before the end
        self._send_ahead()
        body, place = spool.read(self._place, self._most)
        self.status.damaged = spool.damaged
        try:
            self._post(body, known=until if place >= end else None)
        except _Failed as failed:
            self._give_way(failed, body)
            return
        self._most = min(MOST, 2 * self._most)
        self._went(place, len(body))

    def _went(self, place: Place, size: int) -> None:
        self._place = place
        self.sink.sent(place)
        self.status.requests += 1
        self.status.bytes += size
        self.status.waiting = waiting = self._waiting()
        self._turn("behind" if waiting > BEHIND else "connected")

    def _give_way(self, failed: _Failed, body: bytes) -> None:
        """A body too large is sent in parts; a batch that can never be stored is set aside; else try again."""
        only = frame_at(memoryview(body), 0)
        if not (failed.bad or failed.large) or only is None:
            raise failed
        if only.end < len(body):
            self._most = max(1, min(self._most, len(body)) // 2)
            return
        folder = self.sink.spool.folder / "refused"
        folder.mkdir(exist_ok=True)
        file = folder / f"{time.time_ns()}.batches"
        file.write_bytes(body)
        self.status.refused += 1
        log.error("a batch cannot be stored at the centre and is kept in %s: %s", file, failed)
        self._went(Place(self._place.segment, self._place.offset + len(body)), 0)

    def _send_ahead(self) -> None:
        """Newest values first where a long tail waits."""
        waiting, silent = self._waiting(), time.monotonic() - self._reached
        if (waiting <= BEHIND and (silent < OLD or not waiting)) or time.monotonic() - self._ahead < AHEAD:
            return
        self._ahead = time.monotonic()
        batches = self.sink.ahead()
        if batches:
            self._post(b"".join(encode(b) for b in batches), known=None)

    def _post(self, body: bytes, known: int | None) -> None:
        """One request; returns once the centre has stored it."""
        headers = {"Andon-Now": str(time.time_ns() // 1000)}
        if known is not None:
            headers["Andon-Known"] = str(known)
        packed = self._codec.compress(body, asbytes=True) if body else b""
        if body:
            headers["Content-Encoding"] = "zstd"
        begun = time.time_ns() // 1000
        try:
            answer = self._client.post(f"{self.centre.url.rstrip('/')}/relay", content=packed, headers=headers)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise _Failed(f"{self.centre.url} does not answer: {error or type(error).__name__}.") from None
        if answer.status_code != 204:
            raise _failure(self.centre, answer)
        self._reached = time.monotonic()
        theirs = answer.headers.get("Andon-Now", "")
        if theirs.isdigit():
            self.status.skew = (begun + time.time_ns() // 1000) // 2 - int(theirs)

    def _waiting(self) -> int:
        """Bytes behind the place that the centre has reached."""
        sizes = dict(self.sink.spool.sizes)
        here = min(self._place.offset, sizes.get(self._place.segment, 0))
        return sum(size for n, size in sizes.items() if n >= self._place.segment) - here

    def _pause_before_beat(self) -> float:
        return max(0.0, self._reached + BEAT - time.monotonic()) if self.status.requests else 0.0

    def _lost(self, said: str) -> None:
        self.status.waiting = self._waiting()
        self._turn("lost", said)

    def _turn(self, health: str, said: str = "") -> None:
        if (health, said) == (self.status.health, self.status.said):
            return
        if health != self.status.health:
            self.status.since = time.time_ns() // 1000
            level = logging.WARNING if health == "lost" else logging.INFO
            log.log(level, "%s: %s%s", self.centre.url, health, f" ({said})" if said else "")
        self.status.health, self.status.said = health, said


def pause(failures: int) -> float:
    """Seconds to wait after so many failures in a row, with jitter, so that many edges do not come back at once."""
    return float(min(LONGEST, FIRST * 2 ** min(failures - 1, 10)) * random.uniform(0.5, 1.0))


def trusted(centre: Centre) -> ssl.SSLContext:
    """Certificates are always checked: against the system's authorities, or a file of one's own."""
    return ssl.create_default_context(cafile=centre.authorities)


def _headers(centre: Centre, sink: RelaySink) -> dict[str, str]:
    found = {"Andon-Edge": centre.edge, "Andon-Spool": sink.state.id, "Content-Type": "application/x-andon-batches"}
    return found | ({"Authorization": f"Bearer {centre.token}"} if centre.token else {})


def _failure(centre: Centre, answer: httpx2.Response) -> _Failed:
    """What an answer means."""
    try:
        said = dict(answer.json())
    except ValueError:
        said = {}
    told = str(said.get("message", "")) or answer.reason_phrase
    again = answer.headers.get("Retry-After", "")
    seconds = min(float(again), ASKED) if again.isdigit() else 0.0
    if answer.status_code in (401, 403, 409):
        seconds = max(seconds, PERSON)
    # Only the centre's own word sets a batch aside: a proxy in between may answer 400 or 404 to anything.
    return _Failed(
        f"{centre.url} answers {answer.status_code}: {told}",
        pause=seconds,
        bad=said.get("code") == "bad batch",
        large=answer.status_code == 413,
    )


__all__ = ["Centre", "Forward", "RelayStatus"]
