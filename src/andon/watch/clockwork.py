"""Closes shifts on time: each at its end, again when something touches it later; at start those that were missed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from ..historian import Historian, trim
from ..ledger import Books
from ..model import Batch, Receipt, Window, micros
from ..plant import Plant
from ..reading import REACH
from ..units import MINUTE, SECOND
from .closing import Closed, close

log = logging.getLogger("andon.watch")
WHO = "andon"
LOOK = 1.0
"""Seconds between looks at the clock."""
GRACE = 5 * SECOND
"""How long after its end a shift is closed at the earliest: what was said in its last moment is still on its way."""
LATEST = 60 * SECOND
"""And at the latest, whoever is late."""
CALM = 10 * SECOND
"""What touched closed shifts is looked at when nothing more has come for so long."""
RATE = 60 * SECOND
"""Or so long after the first of it; and no closing on that account begins sooner after the last one."""
STEP = 10 * SECOND
"""A wall clock that goes so much faster or slower than time does was set."""
SETTLE = MINUTE
"""How long a clock that was set must run on before shifts are closed by it."""
FIRST, LONGEST = 15 * SECOND, 15 * MINUTE
"""The pause after a failure: at first, and at most; twice as long each time."""
REST = 0.005
"""Seconds of rest after each machine, so that what gathers gets its turn."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """The time on the wall and the time that passes, both in microseconds; the second is never set."""

    wall: Callable[[], int] = lambda: time.time_ns() // 1000
    passing: Callable[[], int] = lambda: time.monotonic_ns() // 1000


@dataclass(slots=True)
class Clockwork:
    """Looks at the clock, and closes what is to be closed.

    Parameters
    ----------
    plant
        The plant as plant.toml says it now.
    history, books
        What was heard, and where the shifts go. The books must be opened in the thread that looks.
    caught_up
        Whether all that was said before a moment has come in, as far as one can know.
    clocks
        Where the time comes from.

    Examples
    --------
    >>> clockwork = Clockwork(lambda: plant, history, books, lambda until: True)     # doctest: +SKIP
    >>> clockwork.look()                                                             # doctest: +SKIP
    Closed(first=3, again=0, same=0, withdrawn=0, left_out=())
    """

    plant: Callable[[], Plant]
    history: Historian
    books: Books
    caught_up: Callable[[int], bool]
    clocks: Clocks = field(default_factory=Clocks)
    closed_until: int = 0
    begun: bool = False
    touched: list[int] = field(default_factory=list)
    last: int = -(1 << 62)
    ahead: int | None = None
    wait_until: int = -(1 << 62)
    failures: int = 0
    known: tuple[Plant | None, Window] = (None, Window(0, 0))

    def __post_init__(self) -> None:
        self.history.listen(self.heard)

    def heard(self, batch: Batch, receipt: Receipt) -> None:
        """Note when a batch touches shifts that are closed; in the writer's thread."""
        if receipt.repeated:
            return
        since = [receipt.touched.since] if receipt.touched else []
        if batch.spells is not None:
            since += map(_micros, batch.spells["since"].to_pylist())
        if since and min(since) < self.closed_until:
            now = self.clocks.passing()
            self.touched[1:] = [now]  # the first and the last time
            if len(self.touched) == 1:
                self.touched.append(now)

    def look(self) -> Closed | None:
        """Close what is due, if anything is; None if not.

        Raises
        ------
        AndonError
            Something failed; it is tried again later.
        """
        now, passing = self.clocks.wall(), self.clocks.passing()
        self._watch_clock(now, passing)
        if passing < self.wait_until or not self.plant().shifts.rules or not self._due(now, passing):
            return None
        touched, self.touched = self.touched, []
        try:
            done = self._close(now)
        except BaseException:
            self.touched = touched or [passing, passing]
            self.failures += 1
            self.wait_until = passing + min(LONGEST, FIRST * 2 ** (self.failures - 1))
            raise
        self.failures, self.begun, self.last = 0, True, passing
        return done

    def work(self, stopped: Event) -> None:
        """Look again and again until `stopped` is set; whatever fails is told, and tried again."""
        while not stopped.wait(LOOK):
            try:
                self.look()
            except Exception as error:  # the outermost frame of this thread: gathering goes on, so must the clock
                seconds = max(0, self.wait_until - self.clocks.passing()) // SECOND
                log.error("shifts were not closed, trying again in %d s: %s", seconds, error)
                log.debug("closing failed", exc_info=True)

    def _due(self, now: int, passing: int) -> bool:
        if not self.begun:
            return True  # what has ended while nobody looked
        end = self._ended(now)
        if end > self.closed_until:
            return now - end >= LATEST or (now - end >= GRACE and self.caught_up(end))
        if not self.touched:
            return False
        first, latest = self.touched
        return passing - self.last >= RATE and (passing - latest >= CALM or passing - first >= RATE)

    def _close(self, now: int) -> Closed:
        end = self._ended(now)
        done = close(self.plant(), self.history, self.books, who=WHO, now=now, rest=REST)
        self.closed_until = end
        if done.first or done.again or done.withdrawn:
            log.info("closed %d shifts, %d of them again", done.first + done.again + done.withdrawn, done.again)
            trim()
        return done

    def _ended(self, now: int) -> int:
        """The end of the shift that ended last, of all machines; 0 where none has."""
        plant = self.plant()
        if not (plant is self.known[0] and now in self.known[1]):
            ends = _ends(plant, now)
            last, coming = max([0, *(e for e in ends if e <= now)]), min([now + REACH, *(e for e in ends if e > now)])
            self.known = (plant, Window(last, coming))
        return self.known[1].since

    def _watch_clock(self, now: int, passing: int) -> None:
        """A clock that was set is not trusted at once: it may be set back, and a shift be closed too soon."""
        ahead = now - passing
        if self.ahead is not None and abs(ahead - self.ahead) > STEP:
            where, seconds = "forward" if ahead > self.ahead else "back", abs(ahead - self.ahead) / SECOND
            log.warning(
                "this computer's clock was set %s by %.0f s; shifts are closed again in a minute", where, seconds
            )
            self.wait_until = max(self.wait_until, passing + SETTLE)
            self.closed_until = min(self.closed_until, now)
        self.ahead = ahead


def _ends(plant: Plant, now: int) -> set[int]:
    """When shifts end, around a moment, of all machines."""
    around = Window(now - 2 * REACH, now + REACH)
    rotas = {plant.shifts.rota(m.path): m.path for m in plant.machines.values()}
    return {s.window.until for path in rotas.values() for s in plant.shifts.calendar(around, path).shifts}


def _micros(at: object) -> int:
    """A moment of a batch, which may be told as a moment or in microseconds."""
    return micros(at) if isinstance(at, datetime) else int(str(at))
