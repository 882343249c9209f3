"""The shop floor at work: a process for each server, a cable in front of it, and what may be done to them."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path

from ....errors import BadConfig, NotConnected
from ..play import Bends
from .cables import Cables
from .guard import Guarded
from .ports import free_ports, is_free, listens
from .process import begin

CALLERS = ("mqtt", "sparkplug", "push")
"""Kinds that call somebody else rather than listen."""
PATIENCE = 90.0
"""Seconds that a server is given to listen."""
BROKER = "broker"
PLAN = "floor.json"
"""Which servers a floor has."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server of the floor: its kind, the port it listens on (or calls), and the one that is shown to Andon."""

    kind: str
    port: int
    shown: int
    ticks: tuple[str, int] | None = None


def plan(kinds: Mapping[str, str], *, ticks: int = 0) -> dict[str, Server]:
    """Ports for servers of these kinds by name, a broker among them where one is needed.

    Parameters
    ----------
    kinds
        The kind of each server.
    ticks
        Every so many microseconds each says a numbered tick; 0: none does.
    """
    ports = iter(free_ports(2 * len(kinds) + 2))
    servers: dict[str, Server] = {}
    if {"mqtt", "sparkplug"} & set(kinds.values()):
        servers[BROKER] = Server(BROKER, next(ports), next(ports))
    for name, kind in kinds.items():
        tick = (tick_path(name), ticks) if ticks else None
        if kind in ("mqtt", "sparkplug"):
            servers[name] = Server(kind, servers[BROKER].port, servers[BROKER].shown, tick)
        elif kind in CALLERS:
            meant, calls = next(ports), next(ports)
            servers[name] = Server(kind, calls, meant, tick)
        else:
            servers[name] = Server(kind, next(ports), next(ports), tick)
    return servers


def tick_path(name: str) -> str:
    """The signal in which a server numbers what it says."""
    return f"floor/{name}/tick"


@dataclass(slots=True)
class Floor:
    """The running servers of a folder.

    Examples
    --------
    >>> floor = Floor(Path("demo-plant/floor"))                                      # doctest: +SKIP
    >>> floor.start()                                                                # doctest: +SKIP
    >>> floor.kill("plc-1"); floor.begin("plc-1")                                    # doctest: +SKIP
    """

    folder: Path
    servers: dict[str, Server] = field(init=False)
    running: dict[str, BaseProcess] = field(default_factory=dict)
    guards: dict[str, Guarded] = field(default_factory=dict)
    cables: Cables = field(default_factory=Cables)

    def __post_init__(self) -> None:
        try:
            rows = json.loads((self.folder / PLAN).read_text("utf-8"))["servers"]
        except FileNotFoundError:
            raise BadConfig(f"{self.folder} is no shop floor: make one with `andon demo FOLDER --live`.") from None
        self.servers = {name: Server(**row) for name, row in rows.items()}

    def __enter__(self) -> Floor:
        self.start()
        return self

    def __exit__(self, *said: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start every server and lay every cable; returns once all listen, or stops them all."""
        try:
            for name in self.servers:
                self.begin(name, wait=False)
            for name in self.servers:
                self._wait(name)
            for name in self.servers:
                self._lay(name)
        except BaseException:  # Ctrl-C as well: whatever stops the start ends what was started
            self.stop()
            raise

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)
        self.cables.close()

    def begin(self, name: str, *, wait: bool = True) -> None:
        """Start a server, unless it runs."""
        if name in self.running and self.running[name].is_alive():
            return
        server = self.servers[name]
        if server.kind not in CALLERS and not is_free(server.port):
            raise NotConnected(_taken(name, server.port))
        self.running[name] = begin(self.folder, name)
        self.guards[name] = Guarded.of(self._number(name))
        if wait:
            self._wait(name)

    def kill(self, name: str) -> None:
        """End a server at once, as a power cut would."""
        process = self.running.pop(name, None)
        if process is not None:
            self.guards.pop(name).dismiss()
            process.kill()
            process.join()

    def freeze(self, name: str) -> None:
        os.kill(self._number(name), signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        os.kill(self._number(name), signal.SIGCONT)

    @property
    def bends(self) -> Bends:
        return Bends.read(self.folder / "bends.json")

    def bend(self, **changed: object) -> None:
        """Change what was done to the machines; the servers see it within a tenth of a second."""
        replace(self.bends, **changed).write(self.folder / "bends.json")  # type: ignore[arg-type]  # named fields

    def numbers(self, name: str, what: str) -> list[int]:
        """The ticks that a server `sent`, or that were `acknowledged` to it."""
        file = self.folder / f"{name}.{what}"
        whole = file.read_text("utf-8").rpartition("\n")[0] if file.exists() else ""
        return [int(line) for line in whole.splitlines()]

    def _number(self, name: str) -> int:
        return self.running[name].pid or 0

    def _lay(self, name: str) -> None:
        """Lay a server's cable: to it, or from it to whom it calls."""
        server = self.servers[name]
        near, far = (server.port, server.shown) if server.kind == "push" else (server.shown, server.port)
        if server.kind in ("mqtt", "sparkplug"):
            return
        try:
            self.cables.lay(name, near, far)
        except OSError:
            raise NotConnected(_taken(name, near)) from None

    def _wait(self, name: str) -> None:
        """Wait until a server listens; one that calls needs not."""
        server, late = self.servers[name], time.monotonic() + PATIENCE
        while server.kind not in CALLERS and not listens(server.port):
            if not self.running[name].is_alive() or time.monotonic() > late:
                said = (self.folder / f"{name}.log").read_text("utf-8", "replace").strip().splitlines()
                raise NotConnected(f"The simulated server {name!r} did not start: {said[-1] if said else 'no word'}")
            time.sleep(0.05)


def write_plan(folder: Path, servers: Mapping[str, Server]) -> None:
    """Write down which servers a floor has."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = {name: {"kind": s.kind, "port": s.port, "shown": s.shown, "ticks": s.ticks} for name, s in servers.items()}
    draft = folder / f"{PLAN}.tmp"
    draft.write_text(json.dumps({"servers": rows}, indent=1), "utf-8")
    draft.replace(folder / PLAN)


def _taken(name: str, port: int) -> str:
    return f"Port {port} of the simulated server {name!r} is taken by another program: end it, or make a new demo."
