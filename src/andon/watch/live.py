"""The running shift of every machine, kept up to date: tiles each second, and any study of it in milliseconds."""

from __future__ import annotations

import time
from collections.abc import Mapping
from threading import Lock

from ..answer import Asked
from ..ask import Question, ask
from ..historian import Historian
from ..historian.recent import News, Recent
from ..plant import Machine, Plant
from ..reading import COUNT_ROLES, REACH
from ..units import HOUR, SECOND
from .progress import ROLES, Progress
from .tile import Tile, seen

PATIENCE = 10 * SECOND
"""A machine that cannot go on by itself is read again after so long, if nothing but time and parts came meanwhile."""


class Live:
    """The running shift of a plant's machines.

    What they say is kept in memory from a day before their running shifts on, as batches come in. A machine is read
    from there whenever something happens to it; while it only goes on, time and parts are added to what it was. Each
    figure is the one that the study tells of the stored samples at the tile's moment.

    Examples
    --------
    >>> live = Live(plant, history)                                                 # doctest: +SKIP
    >>> [(t.machine, t.state, t.oee) for t in live.tiles()]                         # doctest: +SKIP
    [('line-1/press-3', <State.PRODUCING: 'producing'>, 0.71)]
    """

    def __init__(self, plant: Plant, history: Historian, *, patience: int = PATIENCE) -> None:
        self._plant, self._patience = plant, patience
        self._machines = list(plant.machines.values())
        self._paths = {m.path: [s for r in ROLES if (s := m.role(r))] for m in self._machines}
        self._known: dict[str, Progress] = {}
        self._recent: Recent = history.recent([s for found in self._paths.values() for s in found], 0)
        now = self._recent.now()
        shifts = (plant.shifts.shift_at(now, m.path) for m in self._machines)
        self._recent.move(min([now, *(s.window.since for s in shifts if s)]) - REACH)
        self._lock = Lock()

    def tiles(self) -> list[Tile]:
        """Every machine as it is now."""
        with self._lock:
            now = self._recent.now()
            self._recent.move(self._begin(now))
            news, told = self._recent.news()
            return [self._tile(m, now, news, told) for m in self._machines]

    def ask(self, question: Question) -> Asked:
        """Answer a question as `ask` does; one about the running shift opens no file."""
        return ask(question, self._plant, self._recent)

    def close(self) -> None:
        """Follow the plant no more."""
        self._recent.close()

    def _tile(self, machine: Machine, now: int, news: Mapping[str, News], told: set[str]) -> Tile:
        known = self._known.get(machine.path)
        if known is None or not self._goes_on(machine, known, now, (news, told)):
            known = self._known[machine.path] = Progress.of(machine, self._plant, self._recent, now)
        elif known.steady:
            known.on(now)
        return known.seen.tile

    def _goes_on(self, machine: Machine, known: Progress, now: int, came: tuple[Mapping[str, News], set[str]]) -> bool:
        """Whether nothing happened to a machine but time and parts."""
        news, told = came
        signals = self._paths[machine.path]
        if machine.path in told or any(self._recent.source(s) in told for s in signals):
            return False
        calm = True
        for signal in signals:
            found = news.get(signal.path)
            if found is None or not (found.odd or found.rows):
                continue
            if signal.role not in COUNT_ROLES:
                return False
            calm = calm and not found.odd and known.steady and known.take(signal.path, found.rows, now)
        if not known.steady:
            return known.seen.tile.at <= now < min(known.until, known.seen.tile.at + self._patience)
        return calm and known.seen.tile.at <= now <= known.until

    def _begin(self, now: int) -> int:
        """From when on rows are needed: a day before the first running shift, as far as it is known."""
        if len(self._known) < len(self._machines):
            return self._recent.since
        shifts = (known.seen.shift for known in self._known.values())
        return min([now - HOUR, *(s.window.since for s in shifts if s)]) - REACH


def glance(plant: Plant, history: Historian) -> list[Tile]:
    """Every machine as it is now, read from a history that nobody keeps in memory."""
    now = time.time_ns() // 1000
    return [seen(m, plant, history, now).tile for m in plant.machines.values()]
