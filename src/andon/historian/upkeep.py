"""What the historian does by itself: sealing, compacting and clearing up, beside the writers."""

import logging
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

import duckdb

from ..errors import AndonError, DiskFull
from .cold import Shelf
from .condense import condense
from .hot import Store, raise_if_full
from .lean import trim
from .seal import collect, compact, crowded, seal
from .segment import DAY

HOT_ROWS = 250_000
"""The hot tier is sealed when it holds more rows than this."""
FEW = 20_000
"""Fewer rows than this are not worth a file when a day is over: they stay in the hot tier."""
TOO_MANY = 8 * HOT_ROWS
"""Beyond this writers wait for the seal."""
log = logging.getLogger("andon.historian")


@dataclass(slots=True)
class Upkeep:
    """Looks after each write whether there is something to do, and does it in a thread of its own."""

    store: Store
    shelf: Shelf
    worker: Thread | None = None
    sealed_day: int = -1
    stopping: Event = field(default_factory=Event)
    turn: Lock = field(default_factory=Lock)

    def look(self) -> None:
        """Start sealing if the hot tier is full or a day is over; wait for it only if the hot tier overflows."""
        rows, day = max(self.store.fresh.rows, self.store.measured), self.store.now() // DAY
        if rows < HOT_ROWS and (day == self.sealed_day or rows < FEW):
            return
        with self.turn:
            if not self.stopping.is_set() and (self.worker is None or not self.worker.is_alive()):
                until = None if rows >= HOT_ROWS else day * DAY
                self.sealed_day = day
                self.worker = Thread(target=self._work, args=(until, day), name="andon historian upkeep")
                self.worker.start()
            worker = self.worker
        if worker and rows > TOO_MANY:
            worker.join()

    def stop(self) -> None:
        """Let the work under way end; start no more."""
        self.stopping.set()
        if self.worker:
            self.worker.join()

    def _work(self, until: int | None, day: int) -> None:
        try:
            rows = seal(self.store, until, FEW)
            if rows:
                log.info("sealed %d rows", rows)
            for crowd in crowded(self.store, day):
                if self.stopping.is_set():
                    return
                compact(self.store, self.shelf, crowd, new=crowd >= day)
            condense(self.store)
            collect(self.store)
            trim()
        except (duckdb.Error, OSError) as error:
            self._failed(error)
        except DiskFull as error:
            log.warning("not sealed: %s", error)
        except AndonError as error:
            log.error("not sealed: %s", error)

    def _failed(self, error: duckdb.Error | OSError) -> None:
        """A disk that fills up shows in many ways, and may make DuckDB give up on its file: it is opened again."""
        try:
            with self.store.writing:
                raise_if_full(self.store, error)
        except DiskFull as full:
            log.warning("not sealed: %s", full)
            return
        log.error("not sealed, the next write tries again: %s", error)
