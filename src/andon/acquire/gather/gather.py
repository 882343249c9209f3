"""All sources of a plant at work, side by side: one that fails, hangs or floods does not disturb another."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import AndonError, BadConfig
from ...plant import Plant, Signal, Source
from .. import NOT_LIVE, find_connector
from ..link import Link
from ..settings import read_settings
from .connections import Connections, Memory
from .derive import Derived
from .session import Session, Write
from .status import Health, Pulse, Status, now

log = logging.getLogger("andon.gather")
NOTED = 1.0
"""Seconds between notes of what is alive."""
PATIENCE = 8.0
"""Seconds that a source is given to stop."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where gather works: the folder of its own files, the historian, and the secrets by source and key."""

    folder: Path
    memory: Memory
    secret: Callable[[str, str], str | None]
    write: Write | None = None


@dataclass(slots=True)
class _Runner:
    """A source's thread."""

    session: Session
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    task: asyncio.Task[None] | None = None
    thread: threading.Thread | None = None

    def start(self) -> None:
        self.thread = threading.Thread(target=self._work, name=f"andon {self.session.link.source}", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(lambda: self.task.cancel() if self.task else None)

    def join(self) -> None:
        if self.thread:
            self.thread.join(PATIENCE)

    def _work(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.task = self.loop.create_task(self.session.run())
        try:
            self.loop.run_until_complete(self.task)
        except asyncio.CancelledError:
            pass
        except AndonError as error:  # the historian itself is damaged or gone: nothing can be stored
            self.session.pulse.turn(Health.WRONG, str(error))
            log.error("%s: ended: %s", self.session.link.source, error)
        finally:
            self.loop.close()


class Gather:
    """The running sources of a plant.

    Examples
    --------
    >>> from andon.historian import Historian                                       # doctest: +SKIP
    >>> gather = Gather(Site(folder, history, secret))                              # doctest: +SKIP
    >>> gather.change(plant)                                                        # doctest: +SKIP
    >>> gather.status()["press-hall"].health                                        # doctest: +SKIP
    <Health.CONNECTED: 'connected'>
    """

    def __init__(self, site: Site) -> None:
        site.folder.mkdir(parents=True, exist_ok=True)
        self._site = site
        self._connections = Connections(site.memory, site.folder / "alive.json")
        self._runners: dict[str, _Runner] = {}
        self._wrong: dict[str, Pulse] = {}
        self._plans: dict[str, tuple[Source, tuple[Signal, ...]]] = {}
        self._stopped = threading.Event()
        for source in self._connections.mend():
            log.warning("%s: was connected when the process ended; its spell ends at the last sign of life", source)
        self._noting = threading.Thread(target=self._note, name="andon alive", daemon=True)
        self._noting.start()

    def change(self, plant: Plant) -> None:
        """Bring what runs to what plant.toml says: only sources that are new or changed are begun again."""
        wanted = {s.name: (s, _signals(plant, s)) for s in plant.sources if s.connector not in NOT_LIVE}
        gone = [n for n in self._plans if self._plans[n] != wanted.get(n)]
        self._stop(gone)
        heard = self._connections.heard()
        for name, plan in wanted.items():
            if self._plans.get(name) != plan:
                self._plans[name] = plan
                self._begin(plan[0], plan[1], heard.get(name))

    def status(self) -> Mapping[str, Status]:
        """How each source is doing, by name."""
        pulses = {n: r.session.pulse for n, r in self._runners.items()} | self._wrong
        return {n: pulses[n].status() for n in sorted(pulses)}

    def stop(self) -> None:
        """Stop all sources; what was heard is on disk."""
        self._stop(list(self._plans))
        self._stopped.set()
        self._noting.join(PATIENCE)

    def _begin(self, source: Source, signals: tuple[Signal, ...], heard: int | None) -> None:
        try:
            connector = find_connector(source.connector)
            settings, wrong = read_settings(connector, source.settings)
            if wrong:
                raise BadConfig("; ".join(said for _, said in wrong))
        except AndonError as error:
            self._wrong[source.name] = Pulse(source.name, source.connector, Health.WRONG, said=str(error))
            log.error("%s: not started: %s", source.name, error)
            return
        home = self._site.folder / source.name
        home.mkdir(exist_ok=True)
        memory = self._site.memory
        said = tuple(s for s in signals if s.derived is None)
        link = Link(source.name, said, home, lambda key: self._site.secret(source.name, key), heard)
        derived = Derived([s for s in signals if s.derived is not None], memory)
        write = self._site.write or memory.write
        session = Session(connector, link, settings, write, self._connections, memory.last_number(source.name), derived)
        self._runners[source.name] = _Runner(session)
        self._runners[source.name].start()

    def _stop(self, names: list[str]) -> None:
        running = [self._runners.pop(n) for n in names if n in self._runners]
        for runner in running:
            runner.stop()
        for runner in running:
            runner.join()
        for name in names:
            self._wrong.pop(name, None)
            self._plans.pop(name, None)

    def _note(self) -> None:
        """Write down what is alive, every second."""
        while not self._stopped.wait(NOTED):
            try:
                self._connections.note(now())
            except OSError as error:  # a full disk: the next note may fit
                log.debug("the note of what is alive was not written: %s", error)


def _signals(plant: Plant, source: Source) -> tuple[Signal, ...]:
    return tuple(s for m in plant.machines.values() for s in m.signals.values() if s.source == source.name)


__all__ = ["Gather", "Site"]
