"""A plant at the edge: its sources gathered into a spool, and sent to a central Andon as soon as that answers."""

from __future__ import annotations

import json
import logging
import os
import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

from ..acquire.gather import Gather, Site
from ..acquire.relay import Centre, Forward, RelaySink
from ..answer import Plain, plain
from ..config import read_plant, secret
from ..errors import BadQuestion, NoData
from ..historian.lock import Lock, Owner, refusal, take
from ..model import moment
from ..plant import Plant
from .lasting import Rereading, last, sound

log = logging.getLogger("andon.relay")
Row = dict[str, Plain]
LOOK = 1.0
"""Seconds between looks at plant.toml, and between notes of how it is doing."""
MOMENTS = ("since", "noted")
SPOOL, STATUS = "spool", "status.json"
TOKEN = "token"
NAME = re.compile(r"[\w.-]+")
LEAVE = 15.0
"""Seconds that a request under way is given when the relay stops."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where an edge relays to: the centre's URL, the edge's name there ("": the plant's), a file of authorities."""

    to: str
    name: str = ""
    authorities: Path | None = None


class Relaying:
    """A plant folder that this process owns, its sources, and the way to the centre."""

    def __init__(self, folder: Path, route: Route, limit: int) -> None:
        self.folder, self.route = folder, route
        self.plant: Plant = read_plant(folder)
        centre = centre_of(folder, self.plant, route)
        self.lock = _owned(folder)
        self.sink = RelaySink.open(folder / SPOOL, limit)
        self.forward = Forward(self.sink, centre)
        self.thread = Thread(target=self.forward.work, name="andon relay", daemon=True)
        site = Site(folder / "sources", self.sink, lambda s, k: secret(folder, s, k, environ=os.environ))
        self.gather = Gather(site)
        self.stopped = Event()
        self._paper = Rereading(folder, "relay", log)

    def start(self) -> None:
        self.thread.start()
        self.gather.change(_as_said(self.plant))

    def work(self) -> None:
        """Stay until `stopped` is set; look after what changes, and note how it is doing."""
        while not self.stopped.wait(LOOK):
            self.note()
            plant = self._paper.look(self.plant)
            if plant:
                self.plant = plant
                self.gather.change(_as_said(plant))
                log.info("plant.toml was changed and is in force")

    def stop(self) -> None:
        """Stop the sources first: what they said last is still sent if the centre answers."""
        self.gather.stop()
        self.forward.stop()
        self.thread.join(LEAVE)
        self.note()
        self.sink.close()
        self.lock.release()

    def note(self) -> None:
        """Write down how it is doing, for `andon relay --status`."""
        draft = self.folder / SPOOL / "status.tmp"
        try:
            draft.write_text(json.dumps(self.rows()), "utf-8")
            os.replace(draft, self.folder / SPOOL / STATUS)
        except OSError as error:  # a full disk: the next note may fit
            log.debug("the relay's status was not noted: %s", error)

    def rows(self) -> list[Row]:
        """The relay, then its sources."""
        status = self.forward.status
        first: dict[str, object] = {"part": f"{self.forward.centre.edge} -> {self.route.to}", **asdict(status)}
        first["noted"] = time.time_ns() // 1000
        sources = [asdict(s) for s in self.gather.status().values()]
        kept = ("health", "said", "since", "samples", "rate", "skew")
        rows = [first, *({"part": s["source"], **{k: s[k] for k in kept}} for s in sources)]
        return [{k: plain(moment(v) if k in MOMENTS and isinstance(v, int) else v) for k, v in r.items()} for r in rows]


def relay(folder: Path, route: Route, *, limit: int, tell: Callable[[Relaying], None] | None = None) -> None:
    """Run a plant as an edge until SIGTERM or Ctrl-C; what was acknowledged is on disk whatever happens.

    Raises
    ------
    BadConfig
        plant.toml has mistakes.
    Owned
        Another process runs this plant.
    """
    sound(folder)
    last(Relaying(folder, route, limit), tell)


def relayed(folder: Path) -> list[Row]:
    """How the relay of a plant folder is doing, as its process noted it last."""
    try:
        rows: list[Row] = json.loads((folder / SPOOL / STATUS).read_text("utf-8"))
    except (OSError, ValueError):
        raise NoData(f"{folder} was never relayed. Start it: andon relay {folder} --to https://...") from None
    lock = take(folder / "history")
    if lock:  # nobody holds it: the relay has ended
        lock.release()
        rows = [{**r, "health": "stopped", "said": "andon relay is not running"} for r in rows]
    return rows


def centre_of(folder: Path, plant: Plant, route: Route) -> Centre:
    """The centre that a route leads to, with the token of this edge.

    Raises
    ------
    BadQuestion
        The URL or the name is none.
    """
    url = urlsplit(route.to)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise BadQuestion(f"{route.to!r} is no URL of a central Andon: write --to https://central:8686.")
    name = route.name or plant.name
    if not NAME.fullmatch(name):
        raise BadQuestion(f"{name!r} cannot be an edge's name: give one of letters, digits, '-' and '.' with --name.")
    if route.authorities and not route.authorities.exists():
        raise BadQuestion(f"There is no file {route.authorities} of certificates (--ca).")
    token = secret(folder, "relay", TOKEN, environ=os.environ)
    if url.scheme == "http" and token and url.hostname not in ("127.0.0.1", "localhost", "::1"):
        log.warning("%s is not encrypted: whoever listens on the network reads the token and the data", route.to)
    return Centre(route.to, name, token, str(route.authorities) if route.authorities else None)


def _as_said(plant: Plant) -> Plant:
    """The plant without signals that follow from others: the centre makes those, since it has the history for it."""
    machines = {
        path: replace(m, signals={n: replace(s, derived=None) for n, s in m.signals.items()})
        for path, m in plant.machines.items()
    }
    return replace(plant, machines=machines)


def _owned(folder: Path) -> Lock:
    """The plant folder for this process alone: its machines must not be asked twice."""
    lock = take(folder / "history")
    if lock is None:
        raise refusal(folder)
    lock.tell(Owner(os.getpid(), time.time_ns() // 1000, 0, ""))
    return lock


__all__ = ["Relaying", "Route", "relay", "relayed"]
